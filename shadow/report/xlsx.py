"""
The page as a workbook: every table of the report with its figures as numbers, to count on with.

Text from the log is written as text whatever it begins with, so no cell is ever a formula or a link. The same page makes the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from shadow.report.figures.svg import ACCENT, INK, MIDDLE, MUTED, PALE, RULE
from shadow.report.page import Page
from shadow.report.sheets.columns import TEXT, Grid, Sheet, grid
from shadow.report.sheets.contents import sheets_of
from shadow.report.sheets.first import Line, first_lines

__all__ = ["render_xlsx"]

# No clock; the days of the recordings are on the first sheet.
MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001  the file has no time zone
OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": "Arial", "font_size": 10},
}

HEADER_ROW: Final = 3
A4: Final = 9
READING_WIDTH: Final = 92
# How much larger than text the other lines of the first sheet are, and the room above them in points.
SHAPES: Final = {"title": (1.6, 4.0), "heading": (1.2, 14.0)}
LINE_HEIGHT: Final = 14
FONT: Final = {"font_name": "Arial", "font_size": 10, "font_color": INK, "valign": "top"}
# A column is as wide as so many digits, and letters are on the whole narrower.
LETTERS: Final = 1.12


class _Formats:
    """The formats of a workbook, each made once: a file holds few."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        key = tuple(sorted(properties.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(FONT | properties)
        return self._made[key]


def render_xlsx(page: Page) -> bytes:
    """
    The report as a workbook.

    Returns:

        XLSX. The first sheet has the finding and how to read the others; each of the others is one table with a frozen heading and a
        filter. What was not measured is an empty cell; where only ranges may be shown, a figure is two columns, low and high.
    """
    content = BytesIO()
    with Workbook(content, OPTIONS) as book:
        book.set_properties({"title": page.title, "language": page.words.lang, "created": MADE})
        formats, sheets = _Formats(book), sheets_of(page)
        _write_first(book.add_worksheet(page.words.say("Summary")), first_lines(page, sheets), formats)
        for sheet in sheets:
            _write(book.add_worksheet(sheet.name), sheet, grid(sheet, page.words), formats)
    return content.getvalue()


def _write_first(sheet: Worksheet, lines: list[Line], formats: _Formats) -> None:
    looks = {
        "title": formats(bold=True, font_size=16, font_color=ACCENT, text_wrap=True),
        "heading": formats(bold=True, font_size=12, text_wrap=True, valign="bottom"),
        "text": formats(text_wrap=True),
        "small": formats(font_color=MUTED, text_wrap=True),
    }
    for index, line in enumerate(lines):
        sheet.write_string(index, 0, line.text, looks[line.look])
        scale, above = SHAPES.get(line.look, (1.0, 2.0))
        sheet.set_row(index, LINE_HEIGHT * scale * _lines(line.text, READING_WIDTH / scale) + above)
    sheet.set_column(0, 0, READING_WIDTH)
    _set_page(sheet)
    sheet.fit_to_pages(1, 1)


def _write(sheet: Worksheet, table: Sheet, cells: Grid, formats: _Formats) -> None:
    last = len(cells.columns) - 1
    sheet.write_string(0, 0, table.title, formats(bold=True, font_size=14, font_color=ACCENT))
    sheet.write_string(1, 0, table.note, formats(font_color=MUTED))
    sheet.set_row(0, 22)
    heads = [
        formats(bold=True, text_wrap=True, bg_color=PALE, bottom=1, bottom_color=MIDDLE, **side)
        for side in ({"align": "left", "indent": 1}, {"align": "right"})
    ]
    numeric = [any(form != TEXT for _, form in column) for column in zip(*cells.rows, strict=True)] or [False] * len(cells.columns)
    for index, column in enumerate(cells.columns):
        sheet.set_column(index, index, column.width)
        sheet.write_string(HEADER_ROW, index, column.label, heads[numeric[index]])
    deepest = max(_lines(column.label, column.width) for column in cells.columns)
    sheet.set_row(HEADER_ROW, LINE_HEIGHT * deepest + 4)
    _write_rows(sheet, cells, formats)
    end = HEADER_ROW + len(cells.rows)
    sheet.autofilter(HEADER_ROW, 0, end, last)
    sheet.freeze_panes(HEADER_ROW + 1, 0)
    _draw_bars(sheet, cells, end)
    sheet.repeat_rows(HEADER_ROW)
    _set_page(sheet)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_rows(sheet: Worksheet, cells: Grid, formats: _Formats) -> None:
    for index, row in enumerate(cells.rows, HEADER_ROW + 1):
        deepest = 1
        for at, (value, form) in enumerate(row):
            look = formats(
                bottom=1, bottom_color=RULE, **({"num_format": form} if form != TEXT else {"text_wrap": True, "align": "left", "indent": 1})
            )
            if value is None or value == "":
                sheet.write_blank(index, at, None, look)
            elif not isinstance(value, str):
                sheet.write_number(index, at, value, look)
            else:
                sheet.write_string(index, at, value, look)
                deepest = max(deepest, _lines(value, cells.columns[at].width))
        sheet.set_row(index, LINE_HEIGHT * deepest + 3)


def _draw_bars(sheet: Worksheet, cells: Grid, end: int) -> None:
    bar = {"type": "data_bar", "bar_color": MIDDLE, "min_type": "num", "min_value": 0}
    for index, column in enumerate(cells.columns):
        if column.bar and cells.rows:
            sheet.conditional_format(HEADER_ROW + 1, index, end, index, bar)


def _set_page(sheet: Worksheet) -> None:
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.set_footer("&L&A&R&P / &N")
    sheet.hide_gridlines(2)


def _lines(text: str, width: float) -> int:
    """Lines that a text takes in a cell so many characters wide; a word that is too long is broken."""
    width *= LETTERS
    lines, room = 1, width
    for word in text.split():
        if len(word) > room and room < width:
            lines, room = lines + 1, width
        while len(word) > width:
            word, lines = word[int(width) :], lines + 1  # noqa: PLW2901  the rest of it
        room -= len(word) + 1
    return lines
