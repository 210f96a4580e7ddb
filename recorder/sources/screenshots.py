"""
Pictures of the window in front, black except where it is known that nobody's data can be. Off unless the agent asked for them.

    boxes --> grab --> boxes again --same?--no--> no picture
                                      |yes
              black, the safe boxes, black again over what is not safe --> half size --> PNG

A picture is taken when a screen comes to the front, never by the clock. Whatever is not known is black: a window without boxes, text
between the boxes, a window of another program lying above. Blurred text can be read again, so nothing is blurred.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from recorder.sources.base import Box, Control, Window
from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError

__all__ = ["Boxes", "Picture", "Screenshots", "grab", "is_scaled", "known_boxes", "safe_picture"]

# What every desktop has that draws one pixel for one; on others boxes and pixels may not fall together.
PLAIN_DPI: Final = 96
SCALES: Final = ("GDK_SCALE", "QT_SCALE_FACTOR")


@dataclass(frozen=True, slots=True)
class Picture:
    """
    Pixels of a part of the desktop.

    Args:

        rgb: Three bytes for each, row by row from the top.

        width: Pixels in a row.

        height: Rows.
    """

    rgb: bytes = field(repr=False)
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Boxes:
    """
    What is known of a window's parts, in pixels of the desktop.

    Args:

        safe: Boxes in which nobody's data can be.

        unsafe: Boxes in which there may be some; they win where both are.
    """

    safe: tuple[Box, ...]
    unsafe: tuple[Box, ...]


def known_boxes(controls: Iterable[Control], is_plain: Callable[[str | None], bool]) -> Boxes:
    """
    Which boxes are safe and which are not.

    Safe is a button that bears an id of its own, holds no value, cannot be filled, whose label is plain, and that nothing which is not safe
    lies upon or under. Everything else is not.

    Args:

        controls: Of the page in front.

        is_plain: Whether a label is what a developer wrote and no more, as the scrubber judges it.
    """
    safe: list[Box] = []
    unsafe: list[Box] = []
    for control in controls:
        if control.box is not None:
            (safe if _is_safe(control, is_plain) else unsafe).append(control.box)
    # A browser that is asked what lies at a place may answer from memory; its boxes are never older than its answer.
    apart = [box for box in safe if not any(_overlap(box, other) for other in unsafe)]
    return Boxes(tuple(apart), tuple(unsafe))


def _overlap(one: Box, other: Box) -> bool:
    across = one.x < other.x + other.width and other.x < one.x + one.width
    return across and one.y < other.y + other.height and other.y < one.y + one.height


def _is_safe(control: Control, is_plain: Callable[[str | None], bool]) -> bool:
    is_button = control.role == "button" and control.element is not None and not control.fillable
    return is_button and not control.value and control.filled is not True and is_plain(control.label)


def safe_picture(picture: Picture, boxes_before: Boxes | None, boxes_after: Boxes | None, area: Box) -> bytes | None:
    """
    A picture as it may be kept: PNG, half the size, black outside the safe boxes.

    Args:

        picture: Of just this area, grabbed after the first and before the second question.

        boxes_before: Answer of the program before the picture; None if it gave none.

        boxes_after: Its answer after it.

        area: Where the picture was taken, pixels of the desktop.

    Returns:

        None where the two answers are not the same, one is missing, or the picture is not of this area: then it is not known what it shows.
    """
    if boxes_before is None or boxes_before != boxes_after or (picture.width, picture.height) != (area.width, area.height):
        return None
    import numpy as np
    from mss.tools import to_png

    pixels = np.frombuffer(picture.rgb, np.uint8).reshape(picture.height, picture.width, 3)
    shown = np.zeros((picture.height, picture.width, 1), np.bool_)
    for boxes, is_shown in ((boxes_before.safe, True), (boxes_before.unsafe, False)):
        for box in boxes:
            shown[_span(box.y - area.y, box.height), _span(box.x - area.x, box.width)] = is_shown
    rows, columns = picture.height // 2, picture.width // 2
    if not (rows and columns):
        return None
    # A fourth of the sum of two by two pixels; black pixels only make their neighbours darker.
    blocks = np.where(shown, pixels, 0)[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2, 3)
    return to_png((blocks.sum((1, 3), np.uint16) >> 2).astype(np.uint8).tobytes(), (columns, rows))


def _span(start: int, length: int) -> slice:
    """The part of a row or column that a box covers; what lies before the first pixel is cut off."""
    return slice(max(0, start), max(0, start + length))


class Screenshots:
    """
    Takes a picture when it is told to.

    Args:

        ask: Gives the controls of the page in front, each time anew from the program itself; None if it does not answer.

        is_plain: As for `known_boxes`.
    """

    def __init__(self, ask: Callable[[], Sequence[Control] | None], is_plain: Callable[[str | None], bool]) -> None:
        self._ask = ask
        self._is_plain = is_plain

    def take(self, window: Window) -> bytes | None:
        """
        A picture of a window that has just come to the front, as `safe_picture` keeps it; it takes some hundredths of a second.

        Returns:

            None where it is not known what it would show: the window is not in front or moved, the program does not answer the same before
            and after, or the desktop is scaled. Also where this machine gives no pictures.
        """
        try:
            display = XDisplay()
        except CaptureError:
            return None
        try:
            with display.guarded():
                return self._take(display, window.key) if isinstance(window.key, int) else None
        except ConnectionLost:
            return None
        finally:
            display.close()

    def _take(self, display: XDisplay, ident: int) -> bytes | None:
        before = None if is_scaled(display) else self._look(display, ident)
        if before is None:
            return None
        area, boxes = before
        picture = grab(area)
        after = self._look(display, ident)
        if picture is None or after is None or after[0] != area:
            return None
        return safe_picture(picture, boxes, after[1], area)

    def _look(self, display: XDisplay, ident: int) -> tuple[Box, Boxes] | None:
        """Where the window is and what is known of its parts, what lies above it being unsafe; None if any of it is not known."""
        controls = self._ask()
        box, above = display.box(ident), display.shown_above(ident)
        if controls is None or box is None or above is None or display.active() != ident:
            return None
        known = known_boxes(controls, self._is_plain)
        area = _cut(box, display.box(display.root.id))
        return None if area is None else (area, Boxes(known.safe, known.unsafe + above))


def _cut(box: Box, desktop: Box | None) -> Box | None:
    """The part of a box that is on the desktop; None if there is none."""
    if desktop is None:
        return None
    left, top = max(box.x, 0), max(box.y, 0)
    right, bottom = min(box.x + box.width, desktop.width), min(box.y + box.height, desktop.height)
    return Box(left, top, right - left, bottom - top) if right > left and bottom > top else None


def is_scaled(display: XDisplay) -> bool:
    """Whether a pixel may not be a pixel: then nobody knows where a box is."""
    settings = display.text(display.root.id, "RESOURCE_MANAGER") or ""
    dpi = [line.partition(":")[2].strip() for line in settings.splitlines() if line.startswith("Xft.dpi:")]
    return any(found != str(PLAIN_DPI) for found in dpi) or any(os.environ.get(scale, "1") not in {"", "1"} for scale in SCALES)


def grab(area: Box) -> Picture | None:
    """Pixels of the desktop; None if this machine gives none."""
    try:
        import mss
        from mss.exception import ScreenShotError
    except ImportError:
        return None
    try:
        with mss.MSS() as screen:
            shot = screen.grab({"left": area.x, "top": area.y, "width": area.width, "height": area.height})
    except ScreenShotError:
        return None
    return Picture(bytes(shot.rgb), shot.width, shot.height)
