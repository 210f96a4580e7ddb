"""The tables of the report as native tables: in the largest size in which all rows fit, or cut at the end of a slide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Any, Final

from lxml import etree
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.util import Pt

from shadow.report.figures.blocks import Cell, Table
from shadow.report.figures.svg import INK, MIDDLE, MUTED, PALE, RULE
from shadow.report.slides.deck import Deck, Text, colour, describe
from shadow.report.slides.setting import LEADING, Box, lines_of, width_of

__all__ = ["Laid", "add_table", "laid_out"]

# The largest in which a table fits on one slide; one that does not is cut, in a size that is easy to read.
SIZES: Final = (15.0, 14.0, 13.0, 12.0, 11.0, 10.5)
CUT_SIZE: Final = 12.0
DETAIL: Final = 0.82
SIDE: Final = 6.0
SLACK: Final = 2.0
ABOVE: Final = 4.0
WIDEST: Final = 30.0  # letters of the size in a column of text, before the room is shared out
WIDEST_NUMBER: Final = 12.0
# No fills and no lines but those that are set here, so that every program shows the same.
STYLE: Final = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


@dataclass(frozen=True, slots=True)
class Laid:
    """A table, or the part of it on one slide: size of the text, width of each column, least height of a row; all in points."""

    table: Table
    size: float
    widths: tuple[float, ...]
    least: float

    @property
    def head_height(self) -> float:
        """Height of the row of headings."""
        columns = zip(self.table.columns, self.widths, strict=True)
        lines = max(lines_of(column.label, width - 2 * SIDE, self.size, bold=True) for column, width in columns)
        return lines * self.size * LEADING + 2 * ABOVE

    def height(self, row: Sequence[Cell]) -> float:
        """Height of a row."""
        highest = max(self._cell_height(cell, width - 2 * SIDE) for cell, width in zip(row, self.widths, strict=True))
        return max(self.least, highest + 2 * ABOVE)

    def _cell_height(self, cell: Cell, width: float) -> float:
        small = DETAIL * self.size
        detail = lines_of(cell.detail, width, small) * small if cell.detail else 0.0
        return LEADING * (lines_of(cell.text, width, self.size) * self.size + detail)

    def fitting(self, height: float) -> int:
        """How many rows have room below the heading; at least one."""
        left, n = height - self.head_height, 0
        for row in self.table.rows:
            left -= self.height(row)
            if left < 0:
                break
            n += 1
        return max(n, 1)


def laid_out(table: Table, room: Box, *, least: float = 0.0, shares: Sequence[float] = ()) -> list[Laid]:
    """
    The table in as few parts as it takes, about equally many rows in each.

    Args:

        table: The table.

        room: Where it may be.

        least: Least height of a row.

        shares: Share of the width for each column; by what they hold if empty.
    """
    given = tuple(share * room.width for share in shares)
    tried = [Laid(table, size, given or _widths(table, room.width, size), least) for size in (*SIZES, CUT_SIZE)]
    whole = next((laid for laid in tried if laid.fitting(room.height) == len(table.rows)), None)
    return [whole] if whole else _cut(tried[-1], room.height)


def _cut(whole: Laid, height: float) -> list[Laid]:
    """As few parts as possible, cut evenly where that takes no more of them."""
    n = len(whole.table.rows)
    parts = _cut_at(whole, height, n)
    even = _cut_at(whole, height, ceil(n / len(parts)))
    return even if len(even) == len(parts) else parts


def _cut_at(whole: Laid, height: float, most: int) -> list[Laid]:
    parts, rows = [], whole.table.rows
    while rows:
        rest = replace(whole, table=replace(whole.table, rows=rows))
        n = min(most, rest.fitting(height))
        parts.append(replace(rest, table=replace(rest.table, rows=rows[:n])))
        rows = rows[n:]
    return parts


def _widths(table: Table, room: float, size: float) -> tuple[float, ...]:
    """Columns of numbers as wide as they need; those of text share what is left."""
    wanted = [_wanted(table, index, size) for index in range(len(table.columns))]
    fixed = sum(width for width, column in zip(wanted, table.columns, strict=True) if column.number)
    loose = sum(wanted) - fixed
    scale = (room - fixed) / loose if loose else 1.0
    return tuple(width if column.number else width * scale for width, column in zip(wanted, table.columns, strict=True))


def _wanted(table: Table, index: int, size: float) -> float:
    column = table.columns[index]
    head = max((width_of(word, size, bold=True) for word in column.label.split()), default=0.0)
    texts = [width_of(row[index].text, size) for row in table.rows]
    texts += [width_of(row[index].detail, DETAIL * size) for row in table.rows]
    return max(head, min(max(texts, default=0.0), size * (WIDEST_NUMBER if column.number else WIDEST))) + 2 * SIDE + SLACK


def add_table(deck: Deck, slide: Slide, box: Box, laid: Laid) -> None:
    """A native table; what it is about is its alternative text."""
    table = laid.table
    heights = [laid.head_height, *(laid.height(row) for row in table.rows)]
    extent = (box.left, box.top, sum(laid.widths), sum(heights))
    frame: Any = slide.shapes.add_table(len(heights), len(laid.widths), *map(Pt, extent))
    describe(frame, table.caption)
    native = frame.table
    native._tbl.tblPr.find(qn("a:tableStyleId")).text = STYLE  # noqa: SLF001  the library has no name for it
    native.horz_banding = False
    for column, width in zip(native.columns, laid.widths, strict=True):
        column.width = Pt(width)
    for line, height in zip(native.rows, heights, strict=True):
        line.height = Pt(height)
    heads = [Cell(column.label) for column in table.columns]
    for line, row in zip(native.rows, (heads, *table.rows), strict=True):
        for at, cell in enumerate(line.cells):
            _write(deck, cell, _texts(row[at], laid.size, bold=row is heads or at == table.head), right=table.columns[at].number)
            _rule(cell, MIDDLE if row is heads else RULE)
            if row is heads:
                cell.fill.solid()
                cell.fill.fore_color.rgb = colour(PALE)


def _texts(cell: Cell, size: float, *, bold: bool) -> list[Text]:
    texts = [Text(cell.text, size, bold=bold, fill=INK)]
    return [*texts, Text(cell.detail, DETAIL * size, fill=MUTED)] if cell.detail else texts


def _write(deck: Deck, cell: Any, texts: Sequence[Text], *, right: bool) -> None:  # noqa: ANN401
    cell.margin_left = cell.margin_right = Pt(SIDE)
    cell.margin_top = cell.margin_bottom = Pt(ABOVE)
    deck.write(cell.text_frame, texts, right=right)


def _rule(cell: Any, code: str) -> None:  # noqa: ANN401
    """A line below the cell; the library has no name for it. It stands before the fill."""
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
    line = etree.SubElement(properties, qn("a:lnB"), {"w": "9525"})
    solid = etree.SubElement(line, qn("a:solidFill"))
    etree.SubElement(solid, qn("a:srgbClr")).set("val", code.lstrip("#").upper())
