"""
A small SVG writer, and the width of a text before it is drawn.

A drawing is a list of elements; what is drawn on it comes from the data as text and is escaped here, in one place. Differences are told
by hatching and outline beside the colour. Fonts differ between machines, so widths are measured with the widest of the usual ones.
"""

from __future__ import annotations

from itertools import accumulate
from math import floor, log10
from typing import Final, NamedTuple

from markupsafe import Markup, escape

__all__ = [
    "ACCENT",
    "INK",
    "LIGHT",
    "MIDDLE",
    "MUTED",
    "PALE",
    "RULE",
    "Axis",
    "Drawing",
    "shorten",
    "text_width",
    "tick_step",
    "wrap",
]

INK: Final = "#1c2733"
MUTED: Final = "#55616e"  # 6.3:1 on white
ACCENT: Final = "#0d5c75"  # 7.3:1 on white
MIDDLE: Final = "#9fb4bf"  # surfaces only, as are the next ones
LIGHT: Final = "#cbd5dc"
PALE: Final = "#f3f5f7"
RULE: Final = "#e3e8ec"

NARROW: Final = 480

# Width in hundredths of the font size (DejaVu Sans, the widest of the fonts the page asks for); capitals and digits by group.
_WIDTHS: Final = (
    dict.fromkeys("ijl'", 28)
    | dict.fromkeys(" .,:;|!I", 32)
    | dict.fromkeys('tfr()[]-/"“”‘’·', 40)
    | dict.fromkeys("mMW@%", 98)
    | dict.fromkeys("wOQGæœ", 82)
    | dict.fromkeys("→…—ÆØ", 100)
)
_BOLD: Final = 1.1


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text in pixels, on the wide side."""
    return sum(map(_units, text)) * _pixels(size, bold=bold)


def _units(char: str) -> int:
    known = _WIDTHS.get(char)
    if known is not None:
        return known
    if ord(char) > 0x2E7F:  # noqa: PLR2004  East Asian and pictures
        return 105
    return 72 if char.isupper() else 63


def _pixels(size: float, *, bold: bool) -> float:
    return size / 100 * (_BOLD if bold else 1.0)


def shorten(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits with an ellipsis; of an address (`/form/new`) the end, for addresses begin alike."""
    if text_width(text, size, bold=bold) <= width:
        return text
    room = width / _pixels(size, bold=bold) - _units("…")
    if room < 0:
        return ""
    if text.startswith("/"):
        kept = sum(reached <= room for reached in accumulate(map(_units, reversed(text))))
        return "…" + text[len(text) - kept :].lstrip()
    kept = sum(reached <= room for reached in accumulate(map(_units, text)))
    return text[:kept].rstrip() + "…"


def wrap(text: str, width: float, size: float, lines: int = 2, *, bold: bool = False) -> list[str]:
    """The text in at most that many lines, broken at spaces; the last one is shortened."""
    words = text.split()
    out: list[str] = []
    while words and len(out) < lines - 1:
        taken = _fitting(words, width, size, bold=bold)
        out.append(shorten(" ".join(words[:taken]), width, size, bold=bold))
        words = words[taken:]
    if words:
        out.append(shorten(" ".join(words), width, size, bold=bold))
    return out or [""]


def _fitting(words: list[str], width: float, size: float, *, bold: bool) -> int:
    """How many of the words fit on one line; at least one."""
    room = width / _pixels(size, bold=bold) + _units(" ")
    ends = accumulate(sum(map(_units, word)) + _units(" ") for word in words)
    return max(1, sum(end <= room for end in ends))


def tick_step(top: float, most: int) -> tuple[float, int]:
    """The step between the marks of an axis from 0 that has at most so many, and the decimals it needs."""
    step = next(s for s in (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 1e9) if top / s <= most)
    return step, max(0, -floor(log10(step)))


class Axis(NamedTuple):
    """A horizontal scale: where its 0 is, and pixels per unit."""

    left: float
    scale: float

    def at(self, value: float) -> float:
        """Where a value is."""
        return self.left + value * self.scale


class Drawing:
    """
    One chart at one width.

    Args:

        name: Unique in the page; ids inside the drawing start with it.

        width: Width in pixels of the drawing's own coordinates. Below 480 it is meant for a telephone.
    """

    def __init__(self, name: str, width: float) -> None:
        self.name = f"{name}-{width:.0f}"
        self.width = width
        self.narrow = width < NARROW
        self._parts: list[Markup] = []

    @property
    def hatch(self) -> str:
        """Fill of what is pointed out: accent with white stripes."""
        return f"url(#{self.name}-hatch)"

    @property
    def dots(self) -> str:
        """Fill of what is neither: a light ground with dots."""
        return f"url(#{self.name}-dots)"

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, stroke: str = "none", tip: str = "") -> None:  # noqa: PLR0913  corners
        """A box; `tip` is shown when the pointer rests on it."""
        self._add(
            '<rect x="{}" y="{}" width="{}" height="{}" rx="1.5" fill="{}" stroke="{}"',
            (x, y, max(w, 0.0), h, fill, stroke),
            tip,
            "rect",
        )

    def line(  # noqa: PLR0913, PLR0917  ends
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, width: float = 1, dash: str = "none"
    ) -> None:
        """A straight line."""
        place = (x1, y1, x2, y2, stroke, width, dash)
        self._add('<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{}" stroke-width="{}" stroke-dasharray="{}"', place)

    def circle(self, x: float, y: float, radius: float, fill: str) -> None:
        """A dot."""
        self._add('<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="#fff" stroke-width="1.5"', (x, y, radius, fill))

    def numbered(self, x: float, y: float, number: str) -> None:
        """A dot with a number in it."""
        self.circle(x, y, 12, ACCENT)
        self.circle(x, y, 10, "#fff")
        self.text(x, y + 4, number, 12, anchor="middle", bold=True)

    def path(self, d: str, fill: str, *, stroke: str = "none", opacity: float = 1, tip: str = "") -> None:
        """A shape."""
        self._add('<path d="{}" fill="{}" stroke="{}" fill-opacity="{}"', (d, fill, stroke, opacity), tip, "path")

    def text(  # noqa: PLR0913  all that a line of text has
        self,
        x: float,
        y: float,
        text: str,
        size: float = 13,
        *,
        room: float | None = None,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
    ) -> None:
        """A line of text on its baseline; if it needs more than `room` it is shortened and the whole is its tip."""
        shown = text if room is None else shorten(text, room, size, bold=bold)
        weight = 600 if bold else 400
        head = '<text x="{}" y="{}" font-size="{}" text-anchor="{}" fill="{}" font-weight="{}">'
        tip = Markup("<title>{}</title>").format(text) if shown != text else ""
        self._parts.append(_fill(head, (x, y, size, anchor, fill, weight)) + tip + escape(shown) + Markup("</text>"))

    def render(self, height: float, label: str) -> Markup:
        """The drawing as one element of a page; `label` is what a screen reader says."""
        head = Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{}" viewBox="0 0 {} {}" width="{}" height="{}" '
            'font-family="inherit">'
        ).format(label, _n(self.width), _n(height), _n(self.width), _n(height))
        return head + self._patterns() + Markup("").join(self._parts) + Markup("</svg>")

    def _add(self, head: str, values: tuple[object, ...], tip: str = "", tag: str = "") -> None:
        end = Markup("><title>{}</title></{}>").format(tip, Markup(tag)) if tip else Markup("/>")  # noqa: S704  tag is ours
        self._parts.append(_fill(head, values) + end)

    def _patterns(self) -> Markup:
        return Markup(
            '<defs><pattern id="{n}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
            '<rect width="6" height="6" fill="{a}"/><rect width="2" height="6" fill="#fff" fill-opacity=".75"/></pattern>'
            '<pattern id="{n}-dots" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="{p}"/>'
            '<circle cx="3" cy="3" r="1" fill="{m}"/></pattern></defs>'
        ).format(n=self.name, a=ACCENT, m=MUTED, p=PALE)


def _fill(head: str, values: tuple[object, ...]) -> Markup:
    # Escaped one by one and put in by Python itself, which is three times as fast as `Markup.format`.
    escaped = (_n(value) if isinstance(value, float | int) else escape(value) for value in values)
    return Markup(head.format(*escaped))  # noqa: S704  head is ours


def _n(value: float) -> str:
    """A coordinate with at most one decimal, two for what is below 1."""
    text = f"{value:.2f}" if abs(value) < 1 else f"{value:.1f}"
    return text.rstrip("0").rstrip(".") or "0"
