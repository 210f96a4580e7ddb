"""
Recorded logs as batches of text columns, read as a stream; every row knows its line.

Nothing here knows what a column means. A file that cannot be read is refused by line; what stands in the line is never repeated.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from dataclasses import dataclass, replace
from typing import IO, TYPE_CHECKING, Any, Final, TypeAlias, cast

import msgspec
import polars as pl

from shadow.errors import SourceError
from shadow.interop.csv_blocks import FIELD_LIMIT, Block, blocks, csv_fault, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["Batch", "LogFile", "check_header"]

BATCH_ROWS: Final = 50_000

Row: TypeAlias = "tuple[int, list[str | None]]"


@dataclass(frozen=True, slots=True)
class Batch:
    """
    Some consecutive rows of a log, as text.

    Args:

        file: The file as the user named it, for messages.

        columns: Names of the columns the log has.

        named_on: The line that names each of them: the header's in a CSV, in JSON Lines the first that has it.

        frame: One row per row of the log: `row` (Int64, from 0 over the file) and the columns as text, null where empty.

        line_of: The line on which the row at a place in the frame begins, from 1.
    """

    file: str
    columns: tuple[str, ...]
    named_on: Mapping[str, int]
    frame: pl.DataFrame
    line_of: Callable[[int], int]

    def refuse_where(self, bad: pl.Series, reason: str, remedy: str) -> None:
        """Raise SourceError for the first row where `bad` is true; null counts as not bad."""
        index = bad.fill_null(value=False).arg_max() if len(bad) else None
        if index is not None and bad[index]:
            raise SourceError(self.file, self.line_of(index), reason, remedy)

    def widened(self, columns: tuple[str, ...]) -> Batch:
        """The batch with all these columns; those the log does not have are null."""
        nothing = pl.repeat(None, len(self.frame), dtype=pl.String, eager=True)
        absent = [nothing.alias(name) for name in columns if name not in self.columns]
        # Not `with_columns`, which would copy every column that was read in pieces.
        return replace(self, columns=columns, frame=pl.DataFrame([*self.frame.get_columns(), *absent]))


class LogFile:
    """
    A recorded log on disk: CSV or JSON Lines, plain or gzip-compressed, UTF-8.

    Args:

        path: The file.

        strict: Whether CSV quoting must follow RFC 4180 to the letter. The Action Logger writes cells with bare quotes in them.
    """

    def __init__(self, path: Path, *, strict: bool = True) -> None:
        self.path = path
        self.strict = strict

    @property
    def name(self) -> str:
        """The file as messages call it."""
        return str(self.path)

    def opening(self) -> str:
        """
        The first line, by which the format is told.

        Raises:

            SourceError: The file cannot be opened, is empty or is not text.
        """
        with self._open() as text:
            for line in self._lines(text):
                if line.strip():
                    return line.strip()
        raise SourceError(self.name, None, "the file is empty", "give a log with a header row and at least one event")

    def batches(self) -> Iterator[Batch]:
        """
        The rows of the log in file order.

        Raises:

            SourceError: A row cannot be read: file, line, reason and remedy.
        """
        with self._open() as text:
            if self.opening().startswith("{"):
                yield from self._json_batches(text)
            else:
                yield from self._csv_batches(text)

    def header(self) -> tuple[str, ...]:
        """Names of the columns of a CSV; an empty tuple for JSON Lines, where each line names its own."""
        if self.opening().startswith("{"):
            return ()
        with self._open() as text:
            _, names = next(self._csv_rows(text))
        return tuple((name or "").strip() for name in names)

    def _open(self, offset: int = 0) -> IO[str]:
        raw = self._open_bytes()
        try:
            raw.seek(offset)
        except (EOFError, OSError, zlib.error):  # Only a file that was changed since: what follows is not read.
            raw.close()
            raise SourceError(self.name, None, "the file breaks off or is damaged", "copy or export it again") from None
        return io.TextIOWrapper(raw, encoding="utf-8" if offset else "utf-8-sig", newline="")

    def _open_bytes(self) -> IO[bytes]:
        try:
            raw = self.path.open("rb")
        except OSError as fault:
            raise SourceError(self.name, None, f"cannot be opened ({fault.strerror})", "check the path and that you may read it") from None
        if raw.read(2) == b"\x1f\x8b":
            raw.close()
            return cast("IO[bytes]", gzip.open(self.path))
        raw.seek(0)
        return raw

    def _lines(self, text: IO[str], before: int = 0) -> Iterator[str]:
        """Lines of the file, of which so many come before these; a byte that is not text is refused by line."""
        number = before
        try:
            for line in text:
                number += 1
                if "\0" in line:
                    raise SourceError(self.name, number, "is not text", "give a CSV or JSON Lines file in UTF-8")
                yield line
        except UnicodeDecodeError:
            raise SourceError(
                self.name, self._undecodable_line(), "is not UTF-8 text", "save the log as UTF-8, CSV or JSON Lines"
            ) from None
        except (EOFError, OSError, zlib.error):
            raise SourceError(self.name, number + 1, "the file breaks off or is damaged", "copy or export it again") from None

    def _undecodable_line(self) -> int | None:
        """Line of the first byte that is not UTF-8."""
        with gzip.open(self.path) if self.path.read_bytes()[:2] == b"\x1f\x8b" else self.path.open("rb") as raw:
            for number, line in enumerate(raw, start=1):
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    return number
        return None

    def _csv_rows(self, text: IO[str], before: int = 0) -> Iterator[Row]:
        """Rows of a CSV, of which so many lines come before these."""
        csv.field_size_limit(FIELD_LIMIT)
        reader = csv.reader(self._lines(text, before), strict=self.strict)
        while True:
            started = before + reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                raise SourceError(self.name, started, *csv_fault(str(fault))) from None
            if cells:
                yield started, [cell or None for cell in cells]

    def _csv_batches(self, text: IO[str]) -> Iterator[Batch]:
        """A CSV block by block; from the first block that is not plain, row by row."""
        rows = self._csv_rows(text)
        line, names = next(rows)
        header = [(name or "").strip() for name in names]
        named_on = dict.fromkeys(header, line)
        first = 0
        for block in self._blocks_after(line) if len(named_on) == len(header) else ():
            frame = parsed(block, header)
            if frame is None:
                with self._open(block.offset) as rest:
                    odd = self._whole_rows(self._csv_rows(rest, block.line - 1), len(header))
                    yield from self._batches(header, named_on, odd, first)
                return
            # Last, so that a log's own "row" is refused by its name and not mistaken for this one.
            frame = frame.with_columns(row=pl.int_range(first, first + len(frame), dtype=pl.Int64))
            yield Batch(self.name, tuple(header), named_on, frame, block.line_of)
            first += len(frame)
        if not first:
            yield from self._batches(header, named_on, self._whole_rows(rows, len(header)))

    def _blocks_after(self, header_line: int) -> Iterator[Block]:
        """Blocks of the rows behind the header; none if the header is not plain."""
        with self._open_bytes() as raw:
            found = blocks(raw)
            opening = next(found, None)
            begun = opening.after(header_line) if opening else None
            if begun is not None:
                if begun.content:
                    yield begun
                yield from found

    def _whole_rows(self, rows: Iterator[Row], width: int) -> Iterator[Row]:
        for line, cells in rows:
            if len(cells) != width:
                reason = f"has {len(cells)} columns where the header has {width}"
                raise SourceError(self.name, line, reason, "mend the row; a file that was cut off must be exported again")
            yield line, cells

    def _json_batches(self, text: IO[str]) -> Iterator[Batch]:
        """JSON Lines in batches whose columns are those seen up to then; a column not named in a line is null there."""
        named_on: dict[str, int] = {}
        yield from self._batches(named_on, named_on, self._json_rows(text, named_on))

    def _json_rows(self, text: IO[str], named_on: dict[str, int]) -> Iterator[Row]:
        decoder = msgspec.json.Decoder(dict[str, Any])
        for number, line in enumerate(self._lines(text), start=1):
            if not line.strip():
                continue
            try:
                tree = decoder.decode(line)
            except msgspec.MsgspecError:
                remedy = "give one JSON object a line; a file that was cut off must be exported again"
                raise SourceError(self.name, number, "is not a JSON object", remedy) from None
            for name in tree:
                named_on.setdefault(name, number)
            yield number, [self._cell(tree.get(name), name, number) for name in named_on]

    def _cell(self, content: object, column: str, line: int) -> str | None:
        """A JSON value as the text a CSV would hold."""
        if content is None or content == "":
            return None
        if isinstance(content, str):
            return content
        if isinstance(content, bool):
            return "true" if content else "false"
        if isinstance(content, (int, float)):
            return str(content)
        if isinstance(content, list) and column == "elements":
            return msgspec.json.encode(content).decode()
        raise SourceError(self.name, line, f"{shown_name(column)} holds a nested value", "give a text, a number or true/false")

    def _batches(self, header: Iterable[str], named_on: Mapping[str, int], rows: Iterable[Row], first: int = 0) -> Iterator[Batch]:
        lines: list[int] = []
        cells: list[list[str | None]] = []
        for line, row in rows:
            lines.append(line)
            cells.append(row)
            if len(lines) == BATCH_ROWS:
                yield Batch(self.name, tuple(header), named_on, _frame(tuple(header), first, cells), lines.__getitem__)
                first += len(lines)
                lines, cells = [], []
        if lines:
            yield Batch(self.name, tuple(header), named_on, _frame(tuple(header), first, cells), lines.__getitem__)


def _frame(header: tuple[str, ...], first: int, cells: list[list[str | None]]) -> pl.DataFrame:
    width = len(header)
    if len(cells[0]) < width:  # JSON Lines: a column that first appears in a later line
        cells = [row + [None] * (width - len(row)) for row in cells]
    columns = {name: pl.Series(column, dtype=pl.String) for name, column in zip(header, zip(*cells, strict=True), strict=True)}
    # Last, so that a log's own "row" is refused by its name and not mistaken for this one.
    return pl.DataFrame(columns | {"row": pl.int_range(first, first + len(cells), dtype=pl.Int64, eager=True)})


def check_header(batch: Batch, known: Sequence[str], required: Sequence[str]) -> None:
    """
    Refuse a header that lacks a required column or has one that is not known.

    A first line that is no header may hold values, so unknown columns are named only when the required ones are all there.
    """
    missing = [name for name in required if name not in batch.columns]
    if missing:
        line = min(batch.named_on.values(), default=1)
        raise SourceError(batch.file, line, f"the column {missing[0]} is missing", f"the columns {', '.join(required)} must be there")
    unknown = [name for name in batch.columns if name not in known]
    if unknown:
        reason = f"the column {shown_name(unknown[0])} is not known"
        raise SourceError(batch.file, batch.named_on[unknown[0]], reason, f"remove it; known are {', '.join(known)}")
    doubled = sorted({name for name in batch.columns if batch.columns.count(name) > 1})
    if doubled:
        raise SourceError(batch.file, batch.named_on[doubled[0]], f"the column {doubled[0]} is there twice", "keep one of them")


def shown_name(column: str) -> str:
    """A column's name if it looks like one: a header may be a row of values by mistake."""
    return column if re.fullmatch(r"[A-Za-z_][\w.]{0,39}", column) else "(not a name)"
