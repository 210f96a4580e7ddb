"""
Text set in boxes whose size is known: which font size fits, and how many lines it takes.

Nothing shrinks text when a slide is opened (LibreOffice does not at all), so sizes are chosen here, by measured widths. All
lengths are points.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from shadow.report.figures.svg import text_width, wrap

__all__ = ["BODY", "HEIGHT", "LEADING", "MARGIN", "WIDTH", "Box", "fitting", "height_of", "lines_of", "width_of"]

WIDTH: Final = 960.0
HEIGHT: Final = 540.0
MARGIN: Final = 44.0
LEADING: Final = 1.2
UNLIMITED: Final = 99
# Arial beside the wide font that the widths of the report are measured with.
NARROWER: Final = 0.92


class Box(NamedTuple):
    """A place on a slide."""

    left: float
    top: float
    width: float
    height: float

    def upper(self, height: float) -> Box:
        """The part of it down to a height."""
        return self._replace(height=height)

    def below(self, height: float) -> Box:
        """What is left of it below a height."""
        return self._replace(top=self.top + height, height=self.height - height)

    def column(self, index: int, of: int, gap: float = 20.0) -> Box:
        """One of several columns beside each other."""
        width = (self.width - gap * (of - 1)) / of
        return self._replace(left=self.left + index * (width + gap), width=width)


BODY: Final = Box(MARGIN, 128.0, WIDTH - 2 * MARGIN, 372.0)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text, on the wide side."""
    return NARROWER * text_width(text, size, bold=bold)


def lines_of(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Lines that a text takes; a word that is wider than the box takes several."""
    lines = wrap(text, width / NARROWER, size, UNLIMITED, bold=bold)
    broken = sum(int(width_of(word, size, bold=bold) // width) for word in text.split())
    return len(lines) + broken


def height_of(texts: Sequence[str], width: float, size: float, *, gap: float = 0.0, bold: bool = False) -> float:
    """Height of paragraphs one below the other."""
    return sum(lines_of(text, width, size, bold=bold) * size * LEADING + gap for text in texts)


def fitting(texts: Sequence[str], box: Box, sizes: Sequence[float], *, gap: float = 0.0, bold: bool = False) -> float:
    """The first of the sizes, largest first, at which the paragraphs fit; the last if none does."""
    return next((size for size in sizes if height_of(texts, box.width, size, gap=gap, bold=bold) <= box.height), sizes[-1])
