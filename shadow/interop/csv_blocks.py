"""
A CSV in blocks of whole rows, so that a library can take in each at once.

    bytes --cut--> blocks of whole rows --check--> plain ones are parsed by polars
                                       --------> from the first one that is not, the rows must be read one by one

Plain is what can be read in one way only: UTF-8, rows that end in LF or CRLF, quotes as in RFC 4180, in every row as many cells as the header
has. Whether a block is plain is seen from where its quotes, commas and line ends stand. Nothing here refuses anything: what is odd is left
to the reader of rows, who names the line.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final, TypeAlias

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Bytes: TypeAlias = NDArray[np.uint8]
    Places: TypeAlias = NDArray[np.int64]

__all__ = ["FIELD_LIMIT", "Block", "blocks", "csv_fault", "parsed"]

# Some 60,000 rows of a UI log: enough for polars, little for the memory.
BLOCK_BYTES: Final = 8 << 20
# One field of a UI log is a value, a label or a list of elements. A megabyte of it is an unclosed quote.
FIELD_LIMIT: Final = 1 << 20
# Counted at a time, so that what is compared stays in the processor's cache.
PIECE: Final = 1 << 17
BOM: Final = b"\xef\xbb\xbf"
NEWLINE, RETURN, QUOTE, COMMA = b'\n\r",'
_NOWHERE: Final[Places] = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Block:
    """
    Whole rows of a CSV.

    Args:

        content: The bytes, with a line end after the last row; empty where the file cannot be cut any further.

        offset: Where they begin in the (unpacked) file.

        line: The line on which they begin, from 1.
    """

    content: bytes
    offset: int
    line: int

    def line_of(self, row: int) -> int:
        """The line on which a row begins, rows counted from 0; the block must be plain."""
        content = np.frombuffer(self.content, np.uint8)
        starts, _ = _rows(content, np.flatnonzero(content == QUOTE))
        return self.line + self.content.count(b"\n", 0, int(starts[row]))

    def after(self, line: int) -> Block | None:
        """The block without its lines up to this one; None if carriage returns alone end lines there, or it has no such line."""
        end = 0
        for _ in range(self.line, line + 1):
            end = self.content.find(b"\n", end) + 1
            if not end:
                return None
        gone = self.content[:end]
        return None if _lone_returns(gone) else Block(self.content[end:], self.offset + end, line + 1)


def blocks(raw: IO[bytes]) -> Iterator[Block]:
    """A file in blocks of whole rows; the last one is without content if no end of a row was found or the file is damaged."""
    offset, line, rest, ended = 0, 1, b"", False
    while not ended:
        try:
            more = raw.read(BLOCK_BYTES)
        except (EOFError, OSError, zlib.error):
            break
        rest, ended = rest + more, len(more) < BLOCK_BYTES
        if not offset and rest.startswith(BOM):
            rest, offset = rest[len(BOM) :], len(BOM)
        end = len(rest) if ended else _last_row_end(rest)
        if not end and not ended:
            break
        content, rest = rest[:end], rest[end:]
        if ended:
            content = content.rstrip(b"\r\n") + b"\n"
        if content != b"\n":
            yield Block(content, offset, line)
        offset, line = offset + end, line + _count(content, NEWLINE)
    if not ended:
        yield Block(b"", offset, line)


def _last_row_end(content: bytes) -> int:
    """Place behind the last line end that is in no quotes; 0 if there is none."""
    end = content.rfind(b"\n") + 1
    quotes = _count(memoryview(content)[:end], QUOTE)
    while end and quotes % 2:
        earlier = content.rfind(b"\n", 0, end - 1) + 1
        quotes -= content.count(b'"', earlier, end)
        end = earlier
    return end


def parsed(block: Block, header: Sequence[str]) -> pl.DataFrame | None:
    """
    The rows of a plain block.

    Returns:

        One row per row of the log: the columns of the header as text, null where empty. None if the block is not plain.
    """
    if len(header) < 2 or not _is_text(block.content):  # noqa: PLR2004 - a row of one cell may be blank
        return None
    content = np.frombuffer(block.content, np.uint8)
    quotes = np.flatnonzero(content == QUOTE) if b'"' in block.content else _NOWHERE
    if not _quotes_are_plain(content, quotes):
        return None
    schema = dict.fromkeys(header, pl.String)
    try:
        frame = pl.read_csv(block.content, has_header=False, schema=schema, infer_schema=False)
    except pl.exceptions.PolarsError:
        return None
    if not _rows_are_whole(content, quotes, frame):
        return None
    if len(quotes):  # An empty cell in quotes is empty.
        frame = frame.with_columns(pl.when(pl.all() != "").then(pl.all()))
    return frame


def _is_text(content: bytes) -> bool:
    return bool(content) and b"\0" not in content and not (b"\r" in content and _lone_returns(content)) and _is_utf8(content)


def _rows_are_whole(content: Bytes, quotes: Places, frame: pl.DataFrame) -> bool:
    """Whether every row has as many cells as the header, and none is over the limit."""
    width = frame.width
    if (frame.select(pl.all().str.len_bytes().max()).max_horizontal()[0] or 0) > FIELD_LIMIT:
        return False
    if _count(content, NEWLINE) != len(frame):
        starts, ends = _rows(content, quotes)
        return len(starts) == len(frame) and not (_commas(content, quotes, starts, ends) != (width - 1) % 256).any()
    # A row with too many cells polars has refused, so that none has too few if there are enough in all.
    return _count(content, COMMA) - _commas_inside(content, quotes) == (width - 1) * len(frame)


def _commas_inside(content: Bytes, quotes: Places) -> int:
    """How many commas stand in quotes."""
    if not len(quotes):
        return 0
    commas = (content == COMMA).view(np.uint8)
    # Bytes are added up fastest in bytes, where they cannot run over.
    wide = np.uint8 if int(np.diff(quotes)[::2].max()) <= np.iinfo(np.uint8).max else np.uint32
    return int(np.add.reduceat(commas, quotes, dtype=wide)[::2].sum(dtype=np.int64))


def _count(content: bytes | memoryview | Bytes, byte: int) -> int:
    """How often a byte comes; several times as fast as `bytes.count` where that is every few bytes."""
    found = np.frombuffer(content, np.uint8)
    return sum(int(np.count_nonzero(found[at : at + PIECE] == byte)) for at in range(0, len(found), PIECE))


def _rows(content: Bytes, quotes: Places) -> tuple[Places, Places]:
    """Where each row begins, and its line end."""
    newlines = np.flatnonzero(content == NEWLINE)
    ends = newlines[np.searchsorted(quotes, newlines) % 2 == 0]
    return np.concatenate([ends[:1] * 0, ends[:-1] + 1]), ends


def _quotes_are_plain(content: Bytes, quotes: Places) -> bool:
    """Whether every quoted cell is quoted from its first to its last byte, with the quotes in it doubled."""
    opening, closing = quotes[::2], quotes[1::2]
    if len(opening) != len(closing):
        return False
    before = content[opening[opening > 0] - 1]
    return bool(np.isin(before, (COMMA, NEWLINE, QUOTE)).all() and np.isin(content[closing + 1], (COMMA, NEWLINE, RETURN, QUOTE)).all())


def _commas(content: Bytes, quotes: Places, starts: Places, ends: Places) -> Bytes:
    """How many commas between cells each row has, modulo 256: polars refuses a row that has as many too many."""
    commas = (content == COMMA).view(np.uint8)
    found = np.add.reduceat(commas, starts, dtype=np.uint8)
    if len(quotes):
        in_quotes = np.add.reduceat(commas, quotes, dtype=np.uint8)[::2]
        np.subtract.at(found, np.searchsorted(ends, quotes[::2]), in_quotes)
    return found


def _lone_returns(content: bytes) -> bool:
    return content.count(b"\r") != content.count(b"\r\n")


def _is_utf8(content: bytes) -> bool:
    if content.isascii():
        return True
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def csv_fault(fault: str) -> tuple[str, str]:
    """Reason and remedy for what Python's reader of rows says is wrong with one."""
    if "field larger" in fault:
        return "holds a field of over 1 MiB, so a quote is probably not closed", "close the quote"
    if "unexpected end" in fault:
        return "the file ends inside a quoted field", "it was cut off: export it again"
    return "is not valid CSV", "quote fields and double the quotes in them (RFC 4180)"
