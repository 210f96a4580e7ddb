"""
Whether presses are seen here: one real press of an unused key and one of a mouse button, harmless to every program.

For the few milliseconds of the trial keyboard and mouse are grabbed, so the server delivers what is pressed to this program alone. A key
that bears no character is pressed, and RECORD must tell of it.
"""

from __future__ import annotations

import queue
import time
from typing import Any, Final

from recorder.sources.base import Finding, KeyPressed, PointerPressed, Sighting, Source
from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError

__all__ = ["try_presses"]

PATIENCE_S: Final = 2.0
# Phrases of the topic `doctor`, by key.
KEYS, BUTTONS = "key_presses", "button_presses"


def try_presses(source: Source) -> tuple[Finding, ...]:
    """
    Findings about keys and about buttons.

    Args:

        source: A fresh source that sees both; it is started and stopped.
    """
    seen: queue.Queue[Sighting] = queue.Queue()
    try:
        source.start(seen.put)
    except CaptureError:
        return tuple(_finding(subject, works=False) for subject in (KEYS, BUTTONS))
    try:
        tried = _pressed_alone()
        kinds = _kinds_seen(seen) if tried else set()
    finally:
        source.stop()
    return tuple(
        _finding(subject, works=kind in kinds if tried else None) for subject, kind in ((KEYS, KeyPressed), (BUTTONS, PointerPressed))
    )


def _finding(subject: str, *, works: bool | None) -> Finding:
    return Finding(subject, works, {True: "", False: "presses_remedy", None: "grabbed_remedy"}[works])


def _kinds_seen(seen: queue.Queue[Sighting]) -> set[type[Sighting]]:
    """Both kinds as soon as they came, else what came in time. What the agent presses meanwhile proves as much."""
    kinds: set[type[Sighting]] = set()
    end = time.monotonic() + PATIENCE_S
    while kinds < {KeyPressed, PointerPressed}:
        try:
            kinds.add(type(seen.get(timeout=max(0.0, end - time.monotonic()))))
        except queue.Empty:
            return kinds
    return kinds


def _pressed_alone() -> bool:
    """Press and let go; False where another program holds keyboard or mouse, or the server takes no made-up presses."""
    try:
        display = XDisplay()
    except CaptureError:
        return False
    try:
        with display.guarded():
            return display.raw.has_extension("XTEST") and _grab_and_press(display)
    except ConnectionLost:
        return False
    finally:
        # Grabs end with the connection.
        display.close()


def _grab_and_press(display: XDisplay) -> bool:
    from Xlib import X
    from Xlib.ext import xtest

    raw, root = display.raw, display.root
    keys = root.grab_keyboard(False, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)  # noqa: FBT003 - owner_events, by place only
    buttons = root.grab_pointer(
        False,  # noqa: FBT003 - as above
        X.ButtonPressMask | X.ButtonReleaseMask,
        X.GrabModeAsync,
        X.GrabModeAsync,
        X.NONE,
        X.NONE,
        X.CurrentTime,
    )
    if (keys, buttons) != (X.GrabSuccess, X.GrabSuccess):
        return False
    code = _unused_key(raw)
    for what, detail in ((X.KeyPress, code), (X.KeyRelease, code), (X.ButtonPress, 1), (X.ButtonRelease, 1)):
        xtest.fake_input(raw, what, detail)
    raw.sync()
    return True


def _unused_key(raw: Any) -> int:  # noqa: ANN401 - python-xlib has no types
    """A key without a meaning; the last there is if all have one, which the grab keeps from every program too."""
    first, last = raw.display.info.min_keycode, raw.display.info.max_keycode
    rows = raw.get_keyboard_mapping(first, last - first + 1)
    return next((first + place for place, row in enumerate(rows) if not any(row)), int(last))
