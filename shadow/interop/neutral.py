"""
The neutral row: what every log format becomes before values are marked and dropped.

It holds values, so it lives in memory only, a batch at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import polars as pl

from shadow.events import ROLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shadow.interop.reading import Batch, LogFile

__all__ = ["NEUTRAL", "Format", "LearntLate", "iso_or_ms"]

# One row per row of the log. `session` and `agent` are the log's own names. `time_ms` is since 1970 (UTC), or since the session began
# where `relative`. `value` is the value after the action. `clipboard`: a copy whose origin the log keeps in another row.
NEUTRAL: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "row": pl.Int64,
    "session": pl.String,
    "agent": pl.String,
    "time_ms": pl.Int64,
    "relative": pl.Boolean,
    "action": pl.UInt8,
    "app": pl.String,
    "screen": pl.String,
    "element": pl.String,
    "label": pl.String,
    "role": pl.Enum(ROLES),
    "value": pl.String,
    "filled": pl.Boolean,
    "keys": pl.Int32,
    "x": pl.Int32,
    "y": pl.Int32,
    "case": pl.String,
    "required": pl.Boolean,
    "note": pl.String,
    "elements": pl.String,
    "clipboard": pl.Boolean,
}


# What Python's calendar holds: the years 1 to 9999, in milliseconds since 1970.
SECOND_CHARS: Final = len("1970-01-01T00:00:00")
CALENDAR_MS: Final = (-62_135_596_800_000, 253_402_300_799_999)


class LearntLate(Exception):  # noqa: N818 - no error: the source is read again
    """A row has told something that changes what earlier ones mean, so the source must be read again by one who knows it."""


class Format(Protocol):
    """A log format: how it is told and how its batches become neutral rows."""

    name: str

    def claims(self, opening: str, header: tuple[str, ...]) -> bool:
        """Whether a file with this first line and header is of this format."""

    def open(self, log: LogFile) -> LogFile:
        """The log as this format reads it."""

    def prepare(self, log: LogFile) -> None:
        """Learn from the whole log what its rows need from each other, before the first row is given."""

    def rows(self, log: LogFile) -> Iterator[tuple[Batch, pl.DataFrame]]:
        """
        The batches of the log, each with its neutral rows.

        Raises:

            SourceError: A row breaks the format: file, line, reason and remedy.

            LearntLate: The rows given so far are to be forgotten. What was learnt is kept: read all rows once, then once more.
        """


def iso_or_ms(batch: Batch, column: str) -> tuple[pl.Series, pl.Series]:
    """
    Times of a batch in milliseconds, and whether each was a plain number.

    ISO 8601 needs an offset: without one, two agents' logs cannot be told apart in summer and winter.

    Raises:

        SourceError: A time is neither.
    """
    whole = batch.frame[column].cast(pl.Int64, strict=False)
    if not whole.null_count() and whole.is_between(0, CALENDAR_MS[1]).all():
        return whole, pl.repeat(value=True, n=len(whole), eager=True)
    text = batch.frame[column].str.strip_chars()
    plain = text.str.contains(r"^[+-]?\d+(\.\d+)?$")
    numbers = text.set(~plain, None).cast(pl.Float64, strict=False)
    times = numbers.floor().cast(pl.Int64, strict=False)
    if not plain.all():
        stamps = text.set(plain, None)
        times = times.fill_null(_stamped(stamps))
        if times.null_count():  # Most logs write neither a decimal comma nor an offset of hours only.
            times = times.fill_null(_stamped(stamps.str.replace(",", ".", literal=True).str.replace(r"([+-]\d\d)$", "${1}:00")))
    remedy = "write ISO 8601 with an offset (2026-11-22T09:30:00.250+01:00) or milliseconds since the session began"
    times = times.set(~times.is_between(*CALENDAR_MS), None)
    batch.refuse_where(times.is_null(), f"{column} cannot be read as a time", remedy)
    batch.refuse_where(plain & (numbers < 0), f"{column} lies before the session began", remedy)
    return times, plain


def _stamped(stamps: pl.Series) -> pl.Series:
    """
    Milliseconds since 1970 of ISO 8601 times, null for what is none.

    Fractions and offsets come again and again, so each is read once, on the first second of 1970, and added to the second before it, which
    polars reads several times as fast without them.
    """
    seconds = stamps.str.slice(0, SECOND_CHARS).str.to_datetime("%Y-%m-%dT%H:%M:%S", time_unit="ms", strict=False).dt.epoch("ms")
    rests = stamps.str.slice(SECOND_CHARS)
    distinct = rests.drop_nulls().unique()
    if len(distinct) > len(stamps) // 4:
        return _read_whole(stamps)
    rest_ms = _read_whole(pl.Series(["1970-01-01T00:00:00"]) + distinct)
    times = seconds + rest_ms.gather(rests.cast(pl.Enum(distinct)).to_physical())
    if times.null_count() > stamps.null_count():
        times = times.fill_null(_read_whole(stamps))
    return times


def _read_whole(stamps: pl.Series) -> pl.Series:
    return stamps.str.to_datetime("%+", time_unit="ms", strict=False, ambiguous="earliest").dt.epoch("ms")
