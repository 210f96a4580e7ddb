"""
The window in front and the clipboard, on X11.

    X server --events--> one thread --WindowActivated, ClipboardTaken--> emit

The window manager keeps the window in front in a property of the root window, and every window keeps its title in one of its own. The
server tells of each change, so nothing is asked over and over; the thread sleeps until the server says something.

Source: Extended Window Manager Hints 1.5, _NET_ACTIVE_WINDOW, _NET_WM_NAME.
"""

from __future__ import annotations

import os
import select
import threading
import time
from typing import Any, Final

from recorder.sources.base import ClipboardTaken, Clock, Emit, Finding, Sighting, Source, Window, WindowActivated
from recorder.sources.x11_clipboard import ReadClipboard, X11Clipboard
from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError

__all__ = ["X11Windows"]

PATIENCE_S: Final = 5.0
# Properties of the root, and of the window in front, whose change may mean another sighting. Some window managers leave a window in
# front that was closed or iconified when there is no other: the list of windows and the state of this one tell.
OF_ROOT: Final = ("_NET_ACTIVE_WINDOW", "_NET_CLIENT_LIST")
OF_WINDOW: Final = ("_NET_WM_NAME", "WM_NAME", "WM_CLASS", "_NET_WM_STATE")
# Between a window that closes and the next in front there is a moment without any, which means nothing.
MOMENT_S: Final = 0.1


class X11Windows(Source):
    """
    Which window is in front, and what is put on the clipboard by which window.

    Args:

        clock: The session's clock.

        read_clipboard: Asked, on this source's thread and at each copy, whether the text may be read; it is given the window that it came
            from. The recorder knows what this source cannot: a web system is on the allowlist by its host, so for a browser's window the
            answer depends on the page in front. It must not block. What it refuses is never asked of the owner.

        selection: Name of the selection that is the clipboard; another is for trials that must leave the agent's clipboard alone.
    """

    name = "windows and clipboard"

    def __init__(self, clock: Clock, read_clipboard: ReadClipboard, *, selection: str = "CLIPBOARD") -> None:
        self._clock = clock
        self._read_clipboard = read_clipboard
        self._selection = selection
        self._thread: threading.Thread | None = None
        self._display: XDisplay | None = None
        self._wake: tuple[int, int] | None = None
        self._started = False
        self._told: tuple[Window | None] | None = None
        self._front: int | None = None
        # Since when no window is in front, and when that is to be told.
        self._none_since: tuple[int, float] | None = None

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """The window in front and the clipboard."""
        return frozenset({WindowActivated, ClipboardTaken})

    @property
    def front(self) -> int | None:
        """Key of the window in front, as last heard; None if there is none. `read_clipboard` may ask, being called on the same thread."""
        return self._front

    def start(self, emit: Emit) -> None:
        """Begin to see; the window that is in front now is told at once. See `Source.start`."""
        if self._started:
            raise RuntimeError("this source was started before; make a new one")
        self._started = True
        display = self._display = XDisplay()
        try:
            self._begin(display, emit)
        except ConnectionLost:
            self.stop()
            raise CaptureError("the X server closed the connection", "log in again, and start once more") from None
        except CaptureError:
            self.stop()
            raise

    def stop(self) -> None:
        """Cease to see; see `Source.stop`."""
        thread, wake, display = self._thread, self._wake, self._display
        if thread is not None and wake is not None:
            os.write(wake[1], b"\0")
            thread.join(PATIENCE_S)
        for end in wake or ():
            os.close(end)
        if display is not None:
            display.close()
        self._wake = self._display = None

    def alive(self) -> bool:
        """Whether its thread runs, which ends with the connection to the server."""
        return self._thread is not None and self._thread.is_alive()

    def self_test(self) -> tuple[Finding, ...]:
        """A window of one's own that takes no focus, and a selection that nobody else uses; see `window_trial`."""
        from recorder.sources.window_trial import TRIAL_SELECTION, try_windows

        return try_windows(X11Windows(self._clock, lambda _: False, selection=TRIAL_SELECTION))

    def _begin(self, display: XDisplay, emit: Emit) -> None:
        from Xlib import X

        with display.guarded():
            display.require("XFIXES")
            if not display.numbers(display.root.id, "_NET_SUPPORTING_WM_CHECK"):
                raise CaptureError("no window manager says which window is in front", "log in to a desktop session with a window manager")
            display.root.change_attributes(event_mask=X.PropertyChangeMask)
            clipboard = X11Clipboard(display, self._clock, self._read_clipboard, emit, self._selection)
            clipboard.watch()
            self._of_root, self._of_window = ({display.atom(name) for name in names} for names in (OF_ROOT, OF_WINDOW))
            self._look(display, emit)
            self._tell_none(emit, at_once=True)
            display.raw.sync()
        self._wake = os.pipe()
        self._thread = threading.Thread(
            target=self._run, args=(display, clipboard, emit, self._wake[0]), name="windows and clipboard", daemon=True
        )
        self._thread.start()

    def _run(self, display: XDisplay, clipboard: X11Clipboard, emit: Emit, wake: int) -> None:
        try:
            with display.guarded():
                while True:
                    display.raw.flush()
                    # Also what came while an answer was waited for is here, and no file would wake for it.
                    if display.raw.pending_events():
                        self._handle(display, display.raw.next_event(), clipboard, emit)
                        continue
                    clipboard.give_up_late()
                    self._tell_none(emit)
                    ready, _, _ = select.select([display.raw.fileno(), wake], [], [], self._seconds_left(clipboard))
                    if wake in ready:
                        return
        except ConnectionLost:
            return

    def _handle(self, display: XDisplay, event: Any, clipboard: X11Clipboard, emit: Emit) -> None:  # noqa: ANN401 - python-xlib has no types
        from Xlib import X

        clipboard.handle(event)
        if event.type != X.PropertyNotify:
            return
        if (event.window.id == display.root.id and event.atom in self._of_root) or (
            event.window.id == self._front and event.atom in self._of_window
        ):
            self._look(display, emit)

    def _look(self, display: XDisplay, emit: Emit) -> None:
        """Tell of the window in front if it is another, or called otherwise, than was told last."""
        t_ms = self._clock()
        front = display.active()
        if front != self._front:
            self._follow(display, front)
        if front is None or display.box(front) is None or display.atom("_NET_WM_STATE_HIDDEN") in display.numbers(front, "_NET_WM_STATE"):
            self._none_since = self._none_since or (t_ms, time.monotonic() + MOMENT_S)
            return
        self._none_since = None
        self._tell(emit, t_ms, display.describe(front))

    def _tell_none(self, emit: Emit, *, at_once: bool = False) -> None:
        """Tell that no window is in front once that has lasted."""
        if self._none_since is not None and (at_once or time.monotonic() >= self._none_since[1]):
            t_ms, self._none_since = self._none_since[0], None
            self._tell(emit, t_ms, None)

    def _tell(self, emit: Emit, t_ms: int, window: Window | None) -> None:
        if self._told != (window,):
            self._told = (window,)
            emit(WindowActivated(t_ms=t_ms, window=window))

    def _seconds_left(self, clipboard: X11Clipboard) -> float | None:
        """Until something is due without an event; None if nothing is."""
        due = [clipboard.seconds_left(), None if self._none_since is None else max(0.0, self._none_since[1] - time.monotonic())]
        return min((seconds for seconds in due if seconds is not None), default=None)

    def _follow(self, display: XDisplay, front: int | None) -> None:
        """Be told of changes of this window's properties, and no more of those of the one before."""
        from Xlib import X

        for ident, mask in ((self._front, X.NoEventMask), (front, X.PropertyChangeMask)):
            if ident is not None:
                display.window(ident).change_attributes(event_mask=mask, onerror=lambda *_: None)
        self._front = front
