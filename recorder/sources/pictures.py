"""
Pictures while it is recorded: one when a screen has come to the front, if the agent asked for them.

    screen came to the front --look--> worker (one picture at a time, two seconds apart) --PictureTaken--> journal
                                       |  ^
                                       +--+ in doubt: again a moment later, a few times, unless the next screen came

What may be seen on one is decided in `recorder.sources.screenshots`, by what the accessibility bus says of the page before and after
(`recorder.sources.atspi_buttons`): buttons of web pages, everything else black. Of native windows there is no picture. The screen is told
half a second after it came, so that what the page shows is what it says.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from recorder.sources.base import Control, Emit, Finding, PictureTaken, Sighting, Source, Window
from recorder.sources.screenshots import Screenshots
from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError

__all__ = ["Pictures"]

APART_S: Final = 2.0
STOP_S: Final = 5.0
# A page that still settles does not say the same before and after; it is asked again after each of these, then let be.
AGAIN_S: Final = (0.3, 0.6, 1.2, 1.2)


class Pictures(Source):
    """
    Takes pictures, on a thread of its own.

    Args:

        ask: Gives the controls of the web page in front, from the program itself; None in any doubt.

        is_plain: Whether a label is what a developer wrote and no more.

        may_record_front: Whether what is in front now may be recorded; asked before and after.
    """

    name = "screenshots"

    def __init__(
        self,
        ask: Callable[[], Sequence[Control] | None],
        is_plain: Callable[[str | None], bool],
        may_record_front: Callable[[], bool],
    ) -> None:
        self._ask = ask
        self._is_plain = is_plain
        self._may_record_front = may_record_front
        self._changed = threading.Condition()
        self._wanted_ms: int | None = None
        self._ended = False
        self._taken_s = -APART_S
        self._thread: threading.Thread | None = None

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Pictures."""
        return frozenset({PictureTaken})

    def start(self, emit: Emit) -> None:
        """Wait for screens to come to the front."""
        if self._thread is not None:
            raise RuntimeError("this source was started before; make a new one")
        self._thread = threading.Thread(target=self._work, args=(emit,), name="pictures", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take none any more; one that is being taken is dropped."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread is not None and self._thread.is_alive() and not self._ended

    def look(self, t_ms: int) -> None:
        """Take a picture of the screen that came to the front at a time, unless there is one of just now; an earlier screen is let be."""
        with self._changed:
            if not self._ended and not self._is_too_soon():
                self._wanted_ms = t_ms
                self._changed.notify_all()

    def self_test(self) -> tuple[Finding, ...]:
        """Nothing beside what `shadow doctor` tries of pictures by itself."""
        return ()

    def _is_too_soon(self) -> bool:
        return time.monotonic() - self._taken_s < APART_S

    def _work(self, emit: Emit) -> None:
        while (t_ms := self._next()) is not None:
            for pause_s in (*AGAIN_S, None):
                if self._took(emit, t_ms) or pause_s is None or self._something_else_within(pause_s):
                    break

    def _next(self) -> int | None:
        """Time of the screen that is to be taken next; None at the end."""
        with self._changed:
            while not self._ended:
                wanted, self._wanted_ms = self._wanted_ms, None
                if wanted is not None and not self._is_too_soon():
                    return wanted
                self._changed.wait()
            return None

    def _something_else_within(self, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._ended or self._wanted_ms is not None, seconds)

    def _took(self, emit: Emit, t_ms: int) -> bool:
        """Whether there was no doubt, and so a picture."""
        png = self._take() if self._may_record_front() else None
        with self._changed:
            if png is None or self._ended or not self._may_record_front():
                return False
            emit(PictureTaken(t_ms=t_ms, png=png))
            self._taken_s = time.monotonic()
            return True

    def _take(self) -> bytes | None:
        window = _in_front()
        if window is None or window.pid is None:
            return None

        def ask() -> Sequence[Control] | None:
            controls = self._ask()
            return controls if controls and all(control.page.pid == window.pid for control in controls) else None

        try:
            return Screenshots(ask, self._is_plain).take(window)
        except Exception:  # noqa: BLE001 - a picture that cannot be taken must not end the recording; its message could hold what was seen
            return None


def _in_front() -> Window | None:
    """The X window in front, with its process; its title is not read."""
    try:
        display = XDisplay()
    except CaptureError:
        return None
    try:
        with display.guarded():
            ident = display.active()
            return None if ident is None else Window(key=ident, pid=display.pid(ident))
    except ConnectionLost:
        return None
    finally:
        display.close()
