"""
What a sheet is made of: rows of the result, and columns that read a figure or a text from a row.

    rows of the result ---> Measure (one reads a row) ---> Grid: labels and typed cells
                                                           a Range takes two columns, low and high

Where only ranges may be shown a figure becomes two columns of numbers and not a text, so that it can still be counted on. A column in
which nothing is known at this level is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any, Final

from shadow.report.disclosure import Amount, Range, Row
from shadow.report.texts import Words

__all__ = ["COUNT", "DATA", "ONE", "SHARE", "TEXT", "TWO", "Column", "Grid", "Measure", "Sheet", "amount", "grid", "share", "text"]

TEXT: Final = ""
COUNT: Final = "#,##0"
ONE: Final = "#,##0.0"
TWO: Final = "#,##0.00"
SHARE: Final = "0%"

Datum = str | Amount
# Characters: a text column is as wide as its longest text between these, a number column as the longest word of its heading.
NARROWEST: Final = 6
WIDE: Final = 36
ROOM: Final = 3


@dataclass(frozen=True, slots=True)
class Measure:
    """
    A column as a sheet asks for it.

    Args:

        label: Its heading, with the unit.

        read: The figure or text of a row.

        form: Number format of a row; `TEXT` for text.

        bar: Draw a bar as long as the number into each cell.

        widest: Characters of a line, at most; 0 for a column of numbers.
    """

    label: str
    read: Callable[[Any], Datum]
    form: Callable[[Any], str]
    bar: bool = False
    widest: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One sheet.

    Args:

        name: On its tab.

        title: What was found.

        note: Unit, n, and how to read it.

        measures: Its columns.

        rows: What they are read from, one for each row.
    """

    name: str
    title: str
    note: str
    measures: Sequence[Measure]
    rows: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as it is written."""

    label: str
    bar: bool
    width: int


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns, and rows of cells: a value (None is an empty cell) and its number format."""

    columns: list[Column] = field(default_factory=list)
    rows: list[list[tuple[str | float | None, str]]] = field(default_factory=list)


DATA: Final = itemgetter  # a column that reads one entry of a row as it is


def text(label: str, read: Callable[[Any], str | None], widest: int = WIDE) -> Measure:
    """A column of text."""
    return Measure(label, read, lambda _row: TEXT, widest=widest)


def amount(label: str, read: Callable[[Any], Amount], form: str = COUNT, *, bar: bool = False) -> Measure:
    """A column of numbers, by default whole ones."""
    return Measure(label, read, lambda _row: form, bar)


def share(label: str, key: str) -> Measure:
    """A column of shares of 1, shown in per cent."""
    return amount(label, DATA(key), SHARE)


def grid(sheet: Sheet, words: Words) -> Grid:
    """The cells of a sheet."""
    parts = [part for measure in sheet.measures for part in _parts(measure, sheet.rows, words)]
    columns = [column for column, _ in parts]
    return Grid(columns, [list(row) for row in zip(*(cells for _, cells in parts), strict=True)])


def _parts(measure: Measure, rows: Sequence[Row], words: Words) -> Iterable[tuple[Column, list[tuple[str | float | None, str]]]]:
    """One column; two where there are ranges; none where nothing is known."""
    values, forms = [measure.read(row) for row in rows], [measure.form(row) for row in rows]
    if all(value is None for value in values):
        return
    if not any(isinstance(value, Range) for value in values):
        yield _column(measure, measure.label, values), [(_end(value, 0), form) for value, form in zip(values, forms, strict=True)]
        return
    for end, label in enumerate((words.say("{figure}, low", figure=measure.label), words.say("{figure}, high", figure=measure.label))):
        yield _column(measure, label, values), [(_end(value, end), form) for value, form in zip(values, forms, strict=True)]


def _column(measure: Measure, label: str, values: Sequence[Datum]) -> Column:
    word = max(map(len, label.split()), default=0) + ROOM
    if not measure.widest:
        return Column(label, measure.bar, max(word, min(len(label), NARROWEST) + ROOM))
    longest = max((len(value) for value in values if isinstance(value, str)), default=0) or measure.widest
    return Column(label, measure.bar, max(word, min(longest, measure.widest) + ROOM))


def _end(value: Datum, end: int) -> str | float | None:
    return value[end] if isinstance(value, Range) else value
