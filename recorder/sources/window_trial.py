"""
Whether windows and the clipboard are seen here, without touching what the agent has in front or on the clipboard.

The window of the trial is a pixel that asks for no focus; its selection has a name that no other program uses.
"""

from __future__ import annotations

import queue
import select
import time
from typing import Any, Final

from recorder.sources.base import ClipboardTaken, Finding, Sighting, Source, WindowActivated
from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError

__all__ = ["TRIAL_SELECTION", "try_windows"]

TRIAL_SELECTION: Final = "_AGENT_SHADOWING_TRIAL"
PATIENCE_S: Final = 2.0
# Phrases of the topic `doctor`, by key.
FRONT, MANAGER, CLIPBOARD = "window_in_front", "window_manager", "clipboard_owner"


def try_windows(source: Source) -> tuple[Finding, ...]:
    """
    Findings about the window in front, about the window manager and about the clipboard.

    Args:

        source: A fresh source of windows and clipboard that looks at TRIAL_SELECTION; it is started and stopped.
    """
    seen: queue.Queue[Sighting] = queue.Queue()
    try:
        source.start(seen.put)
    except CaptureError:
        return tuple(_finding(subject, works=False) for subject in (FRONT, MANAGER, CLIPBOARD))
    try:
        listed = _with_display(_window_is_listed)
        owned = _with_display(_own_selection, seen)
    finally:
        source.stop()
    front = [sighting for sighting in owned if isinstance(sighting, WindowActivated)]
    taken = [sighting for sighting in owned if isinstance(sighting, ClipboardTaken)]
    return tuple(_finding(subject, works=bool(found)) for subject, found in ((FRONT, front), (MANAGER, listed), (CLIPBOARD, taken)))


def _finding(subject: str, *, works: bool) -> Finding:
    return Finding(subject, works, "" if works else f"{subject}_remedy")


def _with_display(trial: Any, *args: Any) -> tuple[Any, ...]:  # noqa: ANN401 - python-xlib has no types
    """Run a trial on a connection of its own; empty if that is lost."""
    try:
        display = XDisplay()
    except CaptureError:
        return ()
    try:
        with display.guarded():
            return tuple(trial(display, *args))
    except ConnectionLost:
        return ()
    finally:
        # What the trial made ends with the connection.
        display.close()


def _window_is_listed(display: XDisplay) -> tuple[int, ...]:
    """Show a window and wait until the window manager lists it; empty if it does not."""
    from Xlib import X, Xutil

    display.root.change_attributes(event_mask=X.PropertyChangeMask)
    window = display.root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
    window.set_wm_hints(flags=Xutil.InputHint, input=0)
    # Zero says: it was not the agent who opened this, so leave the focus where it is.
    window.change_property(display.atom("_NET_WM_USER_TIME"), display.atom("CARDINAL"), 32, [0])
    skip = [display.atom(f"_NET_WM_STATE_{state}") for state in ("SKIP_TASKBAR", "SKIP_PAGER")]
    window.change_property(display.atom("_NET_WM_STATE"), display.atom("ATOM"), 32, skip)
    window.map()
    end = time.monotonic() + PATIENCE_S
    while window.id not in display.numbers(display.root.id, "_NET_CLIENT_LIST"):
        left = end - time.monotonic()
        if left <= 0:
            return ()
        if not display.raw.pending_events():
            select.select([display.raw.fileno()], [], [], left)
        while display.raw.pending_events():
            display.raw.next_event()
    return (window.id,)


def _own_selection(display: XDisplay, seen: queue.Queue[Sighting]) -> list[Sighting]:
    """Take the selection of the trial and collect what is seen until that is."""
    from Xlib import X

    owner = display.root.create_window(0, 0, 1, 1, 0, 0, X.InputOnly, X.CopyFromParent)
    owner.set_selection_owner(display.atom(TRIAL_SELECTION), X.CurrentTime)
    display.raw.sync()
    found: list[Sighting] = []
    try:
        while not any(isinstance(sighting, ClipboardTaken) for sighting in found):
            found.append(seen.get(timeout=PATIENCE_S))
    except queue.Empty:
        return found
    return found
