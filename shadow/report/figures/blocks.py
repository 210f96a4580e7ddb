"""What a section of the report is made of, before it is HTML."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from markupsafe import Markup

from shadow.report.figures.svg import Drawing

__all__ = ["Cell", "Column", "Figure", "Heading", "Listing", "Note", "Section", "Table", "figure"]

WIDE = 760
NARROW = 340


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table; `number` is set right, in figures of equal width."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `detail` stands under the text, smaller; `lang` is the language of the text where it is not that of the page."""

    text: str
    detail: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `head` is the column that names the row."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    head: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, drawn for a sheet of paper and for a telephone; `caption` says unit and n, `key` explains the fills."""

    kind: ClassVar[str] = "figure"
    wide: Markup
    narrow: Markup
    caption: str
    key: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A paragraph."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True, slots=True)
class Listing:
    """Sentences in a list."""

    kind: ClassVar[str] = "listing"
    items: tuple[str, ...]


Block = Table | Figure | Heading | Note | Listing


@dataclass(frozen=True, slots=True)
class Section:
    """
    One section.

    Args:

        name: Anchor, and the end of the address a question points to.

        topic: What it is about, in a word or two, for the list of contents.

        title: What was found.
    """

    name: str
    topic: str
    title: str
    blocks: tuple[Block, ...]


def figure(draw: Callable[[Drawing], Markup], name: str, caption: str, key: tuple[tuple[str, str], ...] = ()) -> Figure:
    """The chart at both widths."""
    return Figure(draw(Drawing(name, WIDE)), draw(Drawing(name, NARROW)), caption, key)


def cells(*texts: str | Cell) -> tuple[Cell, ...]:
    """A row of a table."""
    return tuple(text if isinstance(text, Cell) else Cell(text) for text in texts)
