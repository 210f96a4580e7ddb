"""What the accessibility bus of Linux desktops tells: pages, focus, what fields hold, what lies under the pointer."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from recorder.sources.atspi_bus import AccessibilityBus, BusFault
from recorder.sources.atspi_controls import Reader
from recorder.sources.atspi_watch import Watch
from recorder.sources.base import (
    Clock,
    Control,
    ControlChanged,
    Emit,
    Finding,
    FocusMoved,
    PageShown,
    PointerHit,
    PointerPressed,
    Reacted,
    Sighting,
    Source,
)
from shadow.errors import CaptureError

__all__ = ["Accessibility"]

PING_S: Final = 0.5
SILENT_S: Final = 2.0
BUTTONS_S: Final = 1.5
START_S: Final = 5.0
# While somebody types the connection is kept a little longer.
STOP_S: Final = 8.0
SILENT_BUS: Final = ("the accessibility bus does not answer", "log out and in again")


class Accessibility(Source):
    """
    Sees through AT-SPI, on one thread with one asyncio loop.

    Args:

        clock: The session's clock.

        values: Whether what fields hold may be read; otherwise only whether they hold anything.

        allowed: Whether a page or program of these names is on the allowlist; of others nothing but the names is read.

        ignore_pids: Processes of the recorder itself.
    """

    name = "accessibility"

    def __init__(
        self,
        clock: Clock,
        *,
        values: bool = True,
        allowed: Callable[[tuple[str, ...]], bool],
        ignore_pids: Callable[[], set[int]] = set,
    ) -> None:
        self._clock = clock
        self._values = values
        self._allowed = allowed
        self._ignore_pids = ignore_pids
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watch: Watch | None = None
        self._end: asyncio.Event | None = None
        self._ready = threading.Event()
        self._fault: CaptureError | None = None
        self._pinged_s = 0.0
        self._ended = False

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Pages, focus, changes, what was hit, reactions."""
        return frozenset({PageShown, FocusMoved, ControlChanged, PointerHit, Reacted})

    def start(self, emit: Emit) -> None:
        """Connect, and say which page is in front."""
        if self._thread is not None:
            raise RuntimeError("this source was started before; make a new one")
        self._thread = threading.Thread(target=self._serve, args=(emit,), name="accessibility", daemon=True)
        self._thread.start()
        in_time = self._ready.wait(START_S)
        if self._fault is not None or not in_time:
            self.stop()
            raise self._fault or CaptureError(*SILENT_BUS)

    def stop(self) -> None:
        """Give the bus back and end the thread."""
        loop, end, thread = self._loop, self._end, self._thread
        self._ended = True
        if loop is not None and end is not None and thread is not None and thread.is_alive():
            try:
                loop.call_soon_threadsafe(end.set)
            except RuntimeError:
                # It closed in this moment, of itself.
                self._loop = None
        if thread is not None:
            thread.join(STOP_S)

    def alive(self) -> bool:
        """Whether the thread runs and the bus answered lately."""
        thread = self._thread
        return thread is not None and thread.is_alive() and not self._ended and time.monotonic() - self._pinged_s < SILENT_S

    def locate(self, press: PointerPressed) -> bool:
        """Have the thread ask at once what lies under the pointer."""
        loop, watch = self._loop, self._watch
        if loop is None or watch is None or self._ended:
            return False
        try:
            loop.call_soon_threadsafe(watch.locate, press)
        except RuntimeError:
            return False
        return True

    def shown_controls(self) -> Sequence[Control] | None:
        """
        The buttons of the web page in front and the boxes of all else that shows something there, asked of the program now.

        For another thread than this source's own, which waits for it.

        Returns:

            None in any doubt, and where the answer does not come in time.
        """
        loop, watch = self._loop, self._watch
        if loop is None or watch is None or self._ended:
            return None
        asking = watch.shown_controls()
        try:
            asked = asyncio.run_coroutine_threadsafe(asking, loop)
        except RuntimeError:
            asking.close()
            return None
        try:
            return asked.result(BUTTONS_S)
        except (TimeoutError, concurrent.futures.CancelledError):
            asked.cancel()
            return None

    def self_test(self) -> tuple[Finding, ...]:
        """Whether there is a bus, who is on it, and which browsers show their pages."""
        from recorder.sources.atspi_check import check

        return check()

    def _serve(self, emit: Emit) -> None:
        try:
            asyncio.run(self._see(emit))
        except CaptureError as fault:
            self._fault = fault
        except Exception:  # noqa: BLE001 - its message might hold what was read; `alive` tells that the thread is gone
            self._fault = CaptureError(*SILENT_BUS)
        finally:
            self._watch = None
            self._loop = None
            self._ready.set()

    async def _see(self, emit: Emit) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        bus = AccessibilityBus()
        try:
            await bus.connect()
            reader = Reader(bus, values=self._values, allowed=self._allowed)
            watch = Watch(reader, emit, self._clock, ignore_pids=self._ignore_pids)
            await bus.listen(watch.on_signal)
            self._watch = watch
            await self._follow(bus, watch)
        finally:
            await bus.close()

    async def _follow(self, bus: AccessibilityBus, watch: Watch) -> None:
        """See until told to stop, or until the bus is gone."""
        if self._end is None:
            return
        working = [asyncio.ensure_future(task) for task in (self._end.wait(), self._first_then_run(watch), self._ping(bus))]
        try:
            done, _ = await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            watch.close()
            for task in working:
                task.cancel()
            await asyncio.gather(*working, return_exceptions=True)
            if bus.connected:
                await watch.quiet()

    async def _first_then_run(self, watch: Watch) -> None:
        try:
            await watch.begin()
        except BusFault:
            # Nothing in front answers; what comes next will.
            self._pinged_s = time.monotonic()
        self._pinged_s = time.monotonic()
        self._ready.set()
        await watch.run()

    async def _ping(self, bus: AccessibilityBus) -> None:
        while bus.connected:
            try:
                await bus.ping()
                self._pinged_s = time.monotonic()
            except BusFault:
                # `alive` tells by the time of the last answer.
                pass
            await asyncio.sleep(PING_S)
