"""Rows of bars with a part pointed out: the drawing that several sections share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shadow.report.figures.svg import LIGHT, MUTED, Drawing, text_width

__all__ = ["Bar", "bars_chart"]


@dataclass(frozen=True, slots=True)
class Bar:
    """One row: `whole` is the length, `part` the end of it that is pointed out (none if 0 or less); `text` says both."""

    label: str
    place: str
    whole: float
    part: float
    text: str


def bars_chart(drawing: Drawing, bars: Sequence[Bar], label: str) -> Markup:
    """Label and place at the left, bar, text behind it; on a telephone the label stands above and the text at the right of it."""
    return _narrow(drawing, bars, label) if drawing.narrow else _wide(drawing, bars, label)


def _wide(drawing: Drawing, bars: Sequence[Bar], label: str) -> Markup:
    left = 196.0
    scale = min((drawing.width - left - 12 - text_width(bar.text, 13)) / max(bar.whole, 1e-9) for bar in bars)
    for index, bar in enumerate(bars):
        y = 4 + 34 * index
        drawing.text(0, y + (10 if bar.place else 17), bar.label, room=left - 16)
        drawing.text(0, y + 24, bar.place, 11, room=left - 16, fill=MUTED)
        end = _bar(drawing, bar, left, y, scale)
        drawing.text(end + 8, y + 17, bar.text, room=drawing.width - end - 8)
    return drawing.render(34 * len(bars) + 4, label)


def _narrow(drawing: Drawing, bars: Sequence[Bar], label: str) -> Markup:
    scale = drawing.width / _longest(bars)
    for index, bar in enumerate(bars):
        y = 50 * index
        drawing.text(0, y + 12, bar.label, 12, room=drawing.width - 8 - text_width(bar.text, 12))
        drawing.text(drawing.width, y + 12, bar.text, 12, anchor="end")
        _bar(drawing, bar, 0, y + 18, scale)
    return drawing.render(50 * len(bars), label)


def _bar(drawing: Drawing, bar: Bar, left: float, y: float, scale: float) -> float:
    whole, part = bar.whole * scale, max(min(bar.part, bar.whole), 0) * scale
    drawing.rect(left, y + 2, whole - part, 20, LIGHT)
    if part > 0:
        drawing.rect(left + whole - part, y + 2, part, 20, drawing.hatch)
    return left + whole


def _longest(bars: Sequence[Bar]) -> float:
    return max((bar.whole for bar in bars), default=1.0) or 1.0
