"""
Native bar charts that stay editable: lying bars, what they come to as text behind them.

    |........|#######|----|  0.92      offset (no fill), parts, room for the text (no fill)

The text stands behind the bar and not in it, for in a short bar it would be cut. The data sheet inside the file is written by us: the
library would take a name that begins with "=" for a formula, and would put the time of day into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any, Final

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.util import Pt
from xlsxwriter import Workbook

from shadow.report.figures.svg import INK, MUTED, shorten
from shadow.report.slides.deck import Deck, Text, colour, describe, one_line
from shadow.report.slides.setting import Box, width_of

__all__ = ["Chart", "Lying", "Part", "add_bars"]

LABELS_SHARE: Final = 0.36
GAP: Final = 12.0
SIZE: Final = 12.0
TALLEST: Final = 40.0
LABEL_LINES: Final = 1.9
KEY: Final = 26.0


@dataclass(frozen=True, slots=True)
class Part:
    """A series: its name, and its colour; None where there is a gap."""

    name: str
    fill: str | None


@dataclass(frozen=True, slots=True)
class Lying:
    """A bar: its label, where it begins, the length of each part, and the text behind it."""

    label: str
    start: float
    lengths: tuple[float, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, the parts they are made of, unit and n; with a unit there is an axis that counts it."""

    caption: str
    bars: tuple[Lying, ...]
    parts: tuple[Part, ...]
    unit: str = ""


def add_bars(deck: Deck, slide: Any, box: Box, drawn: Chart) -> None:  # noqa: ANN401  the library is typed in part
    """A chart of bars from the top down, with a key where there is more than one part."""
    words, bars, parts = deck.words, drawn.bars, drawn.parts
    above, below = KEY if len(parts) > 1 else 0.0, KEY if drawn.unit else 0.0
    box = box.upper(min(box.height, TALLEST * len(bars) + above + below))
    top = max((bar.start + sum(bar.lengths) for bar in bars), default=1.0) or 1.0
    behind = max((width_of(bar.text, SIZE) for bar in bars), default=0.0) + GAP
    room = top * behind / ((1 - LABELS_SHARE) * box.width - behind)
    labels = [shorten(one_line(bar.label), LABEL_LINES * LABELS_SHARE * box.width, SIZE) for bar in bars]
    names = [words.say("begins at"), *(part.name for part in parts), words.say("room for the text")]
    columns = [[bar.start for bar in bars], *([bar.lengths[at] for bar in bars] for at in range(len(parts))), [room] * len(bars)]
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = labels
    for name, column in zip(names, columns, strict=True):
        data.add_series(name, column)
    frame: Any = slide.shapes.add_chart(XL_CHART_TYPE.BAR_STACKED, *map(Pt, box), data)
    describe(frame, _spoken(slide, bars))
    chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(_data_sheet(labels, names, columns))
    deck.style(chart.font, Text("", SIZE))
    _set_axes(chart, top + room, drawn.unit)
    _set_series(deck, chart, bars, parts)
    _set_key(deck, chart, parts)
    _set_layout(chart, above / box.height, below / box.height)


def _spoken(slide: Any, bars: Sequence[Lying]) -> str:  # noqa: ANN401
    return f"{slide.shapes.title.text_frame.text}. " + "; ".join(f"{bar.label}: {bar.text}" for bar in bars)


def _set_axes(chart: Any, highest: float, unit: str) -> None:  # noqa: ANN401
    chart.has_title = False
    labels, values = chart.category_axis, chart.value_axis
    labels.reverse_order = True
    labels.has_major_gridlines = False
    labels.format.line.fill.background()
    values.minimum_scale, values.maximum_scale = 0, highest
    values.has_major_gridlines = False
    values.visible = bool(unit)
    if unit:
        values.tick_labels.number_format, values.tick_labels.number_format_is_linked = f'0" {unit}"', False
        values.tick_label_position = XL_TICK_LABEL_POSITION.HIGH  # which is below, for the labels run from the top down
        values.format.line.fill.background()
    chart.plots[0].gap_width, chart.plots[0].overlap = 45, 100


def _set_series(deck: Deck, chart: Any, bars: Sequence[Lying], parts: Sequence[Part]) -> None:  # noqa: ANN401
    offset, *drawn, behind = chart.plots[0].series
    for series, fill in ((offset, None), *zip(drawn, (part.fill for part in parts), strict=True), (behind, None)):
        if fill is None:
            series.format.fill.background()
            series.format.line.fill.background()
        else:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = colour(fill)
    for index, bar in enumerate(bars):
        label = behind.points[index].data_label
        label.position = XL_LABEL_POSITION.INSIDE_BASE
        label.text_frame.word_wrap = False
        run = label.text_frame.paragraphs[0].add_run()
        run.text = one_line(bar.text)
        deck.style(run.font, Text("", SIZE, fill=INK))


def _set_key(deck: Deck, chart: Any, parts: Sequence[Part]) -> None:  # noqa: ANN401
    """A key of what is drawn, once; the series that are not drawn are taken out of it."""
    chart.has_legend = len(parts) > 1
    if not chart.has_legend:
        return
    legend = chart.legend
    legend.position, legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    deck.style(legend.font, Text("", SIZE, fill=MUTED))
    place = legend._element.find(qn("c:legendPos"))  # noqa: SLF001  the library has no name for entries
    # Of several with one name the first is shown, of the last name the last: LibreOffice counts them from the other end.
    named = {part.name: at for at, part in reversed([*enumerate(parts, 1)]) if part.fill is not None} | {parts[-1].name: len(parts)}
    for index in reversed(range(len(parts) + 2)):
        if index in named.values():
            continue
        entry = etree.Element(qn("c:legendEntry"))
        etree.SubElement(entry, qn("c:idx")).set("val", str(index))
        etree.SubElement(entry, qn("c:delete")).set("val", "1")
        place.addnext(entry)


def _set_layout(chart: Any, key: float, axis: float) -> None:  # noqa: ANN401
    """The bars begin where the labels end, and leave room for key and axis, whatever program lays them out."""
    area = chart._chartSpace.chart.plotArea  # noqa: SLF001  the library has no name for it
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = etree.Element(qn("c:layout"))
    manual = etree.SubElement(layout, qn("c:manualLayout"))
    places = (("layoutTarget", "inner"), ("xMode", "edge"), ("yMode", "edge"))
    extent = (("x", LABELS_SHARE), ("y", key), ("w", 1 - LABELS_SHARE), ("h", 1 - key - axis))
    for name, value in (*places, *((name, f"{share:.4f}") for name, share in extent)):
        etree.SubElement(manual, qn(f"c:{name}")).set("val", value)
    area.insert(0, layout)


def _data_sheet(labels: Sequence[str], names: Sequence[str], columns: Sequence[Sequence[float]]) -> bytes:
    """What opens under "Edit data": labels in the first column, a series in each of the others."""
    content = BytesIO()
    with Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": datetime(2000, 1, 1)})  # noqa: DTZ001  no clock in the file
        sheet = book.add_worksheet("Sheet1")
        for down, label in enumerate(labels, 1):
            sheet.write_string(down, 0, label)
        for at, (name, column) in enumerate(zip(names, columns, strict=True), 1):
            sheet.write_string(0, at, name)
            for down, value in enumerate(column, 1):
                sheet.write_number(down, at, value)
    return content.getvalue()
