"""The `ui-log` interchange format, CSV or JSON Lines (contracts, section 3): each row is checked and becomes a neutral row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from shadow.events import ACTION_CODES, ROLES
from shadow.interop.neutral import NEUTRAL, LearntLate, iso_or_ms
from shadow.interop.reading import check_header

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shadow.interop.reading import Batch, LogFile

__all__ = ["UiLog"]

REQUIRED: Final = ("session", "agent", "time", "action", "app")
COLUMNS: Final = (
    *REQUIRED, "screen", "element", "label", "role", "value", "state", "keys", "x", "y", "case", "required", "note", "elements",
)  # fmt: skip
# Where a log that carries values leaves the value empty after one of these, the field was empty.
SHOWS_VALUE: Final = ("focus", "blur", "change", "select", "paste")


class UiLog:
    """
    The `ui-log` format; one instance reads one source.

    Which actions show values is learnt as they do; every row is judged alike, also one that came before.
    """

    name = "ui-log"

    def __init__(self) -> None:
        self._shows_value: set[int] = set()
        self._taken_for_silent: set[int] = set()

    def claims(self, opening: str, header: tuple[str, ...]) -> bool:
        """JSON Lines, or a header with at least the session, time and action columns."""
        return opening.startswith("{") or {"session", "time", "action"} <= set(header)

    def open(self, log: LogFile) -> LogFile:
        """The log, read strictly."""
        return log

    def prepare(self, log: LogFile) -> None:
        """Nothing: a ui-log's rows stand for themselves."""

    def rows(self, log: LogFile) -> Iterator[tuple[Batch, pl.DataFrame]]:
        """The batches of the log, each with its neutral rows; see `Format`."""
        for batch in log.batches():
            check_header(batch, COLUMNS, REQUIRED)
            yield batch, self._neutral(batch)

    def _neutral(self, batch: Batch) -> pl.DataFrame:
        batch = batch.widened(COLUMNS)
        frame = batch.frame
        for name in REQUIRED:
            batch.refuse_where(frame[name].is_null(), f"{name} is empty", "every row needs it")
        time_ms, relative = iso_or_ms(batch, "time")
        action = _words(batch, "action", ACTION_CODES, pl.UInt8)
        _only_on(batch, "note", action, "mark")
        _only_on(batch, "elements", action, "screen")
        _check_elements(batch)
        columns = {
            "time_ms": time_ms,
            "relative": relative,
            "action": action,
            "element": frame["element"].fill_null(frame["label"]),
            "role": _words(batch, "role", {role: role for role in ROLES}, NEUTRAL["role"]),
            "filled": self._filled(batch, action),
            "required": _words(batch, "required", {"true": True, "false": False}, pl.Boolean),
            "clipboard": pl.repeat(value=False, n=len(frame), eager=True),
            **{name: _whole_number(batch, name) for name in ("keys", "x", "y")},
        }
        batch.refuse_where(columns["keys"] < 0, "keys is negative", "give the number of keys the action took")
        cells = dict(zip(frame.columns, frame.get_columns(), strict=True)) | columns
        return pl.DataFrame([cells[name].cast(dtype).alias(name) for name, dtype in NEUTRAL.items()])

    def _filled(self, batch: Batch, action: pl.Series) -> pl.Series:
        """
        State after the action: as said, else by the value.

        An empty value means an empty field only after an action that shows values elsewhere in this log.
        """
        by_state = _words(batch, "state", {"empty": False, "filled": True}, pl.Boolean)
        has_value = batch.frame["value"].is_not_null()
        known = [ACTION_CODES[name] for name in SHOWS_VALUE]
        self._shows_value |= set(action.filter(has_value & action.is_in(known)).unique().to_list())
        if self._shows_value & self._taken_for_silent:
            self._taken_for_silent.clear()
            raise LearntLate
        bare = ~has_value & batch.frame["element"].is_not_null()
        empty = bare & action.is_in(sorted(self._shows_value))
        self._taken_for_silent |= set(action.filter(bare & by_state.is_null() & action.is_in(known) & ~empty).unique().to_list())
        by_value = pl.select(pl.when(has_value).then(statement=True).when(empty).then(statement=False)).to_series()
        return by_state.fill_null(by_value)


def _words(batch: Batch, column: str, codes: Mapping[str, object], dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    """A column of words out of a list, each as what it stands for; anything else is refused without repeating it."""
    cells = batch.frame[column]
    as_written = cells.cast(pl.Enum(list(codes)), strict=False)
    if as_written.null_count() == cells.null_count():
        if as_written.dtype == dtype:
            return as_written
        return pl.Series(list(codes.values()), dtype=dtype).gather(as_written.to_physical())
    seen = cells.drop_nulls().unique()
    words = seen.str.strip_chars().str.to_lowercase()
    known = {cell: codes[word] for cell, word in zip(seen, words, strict=True) if word in codes}
    found = cells.replace_strict(known, default=None, return_dtype=dtype)
    batch.refuse_where(found.is_null() & cells.is_not_null(), f"{column} is not a known word", f"use one of: {' '.join(codes)}")
    return found


def _whole_number(batch: Batch, column: str) -> pl.Series:
    cells = batch.frame[column]
    whole = cells.cast(pl.Int32, strict=False)
    if whole.null_count() == cells.null_count():
        return whole
    numbers = cells.cast(pl.Float64, strict=False)
    bad = numbers.is_null() & cells.is_not_null() | ~numbers.is_between(-(2**31), 2**31 - 1)
    batch.refuse_where(bad, f"{column} is not a whole number", "give digits only")
    return numbers.round().cast(pl.Int32)


def _only_on(batch: Batch, column: str, action: pl.Series, only: str) -> None:
    stray = batch.frame[column].is_not_null() & (action != ACTION_CODES[only])
    batch.refuse_where(stray, f"{column} stands on another action than {only}", "leave it empty there")


def _check_elements(batch: Batch) -> None:
    cells = batch.frame["elements"]
    for text in cells.drop_nulls().unique(maintain_order=True):
        try:
            msgspec.json.decode(text, type=list[str])
        except msgspec.MsgspecError:
            remedy = 'give the ids of the fillable elements, such as ["name","email"]'
            batch.refuse_where(cells == text, "elements is not a JSON list of texts", remedy)
