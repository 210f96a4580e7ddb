"""
A recording while it runs: sources, the thread of the sessioniser, the journal, and what watches over them.

    sources --Sighting--> ingest --> sessioniser --RecordedEvent--> journal
                 ^                        ^
                 `------ watch -----------'    restarts what died, notes suspends, overflows and full disks as gaps

There is one way in which sources begin to see, whether at the start, after a pause or after a fault: all of them are made anew. So a
resumed recording knows no less and no more than a fresh one.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from recorder.ingest import Ingest
from recorder.outbox import GRAIN_MS
from recorder.sessioniser import Sessioniser
from recorder.sources.base import PictureTaken, PointerPressed, Sighting
from shadow.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from recorder.journal import Journal
    from recorder.sources.base import Clock, Source
    from shadow.consent import Switches
    from shadow.recorded import RecordedEvent
    from shadow.settings import Settings

__all__ = ["Recording", "State", "Trouble"]

TICK_S: Final = 0.05
WATCH_S: Final = 0.25
# The difference of two clocks moves by less than this unless the machine slept.
SLEPT_MS: Final = 500
RETRY_MS: Final = 1000
FORGET_MS: Final = 5 * 60_000
STOP_S: Final = 5.0


class State(StrEnum):
    """What the agent is told, in colour and in words."""

    recording = "recording"
    degraded = "degraded"
    paused = "paused"
    disk_full = "disk_full"
    stopped = "stopped"


@dataclass(frozen=True, slots=True)
class Trouble:
    """
    Something the agent should know, once.

    Args:

        key: Which phrase says it, one of the troubles in the phrases `controls`.

        what: The source it is about; empty where it is about none.
    """

    key: str
    what: str = ""


class Recording:
    """
    Records one session. The agent's yes comes first: whoever makes a recording has a signed consent record.

    Args:

        settings: The study's settings.

        switches: What the agent agreed to.

        journal: An open journal; the recording closes it.

        factories: Gives the makers of the sources, fresh ones at each start; it is told how to ask whether what is in front may be recorded.

        clock: The session's clock.

        tell: Called with each trouble, from any thread.

        awake_ms: A clock that goes on while the machine sleeps.
    """

    def __init__(  # noqa: PLR0913 - what a recording is made of
        self,
        settings: Settings,
        switches: Switches,
        journal: Journal,
        factories: Callable[[Callable[[], bool]], Sequence[Callable[[], Source]]],
        *,
        clock: Clock,
        tell: Callable[[Trouble], None],
        awake_ms: Clock | None = None,
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._tell = tell
        self._awake_ms = awake_ms or clock_of_wake
        self._ingest = Ingest()
        self._sessioniser = Sessioniser(settings, switches, self._put)
        self._factories = factories(lambda: self._sessioniser.is_recording_front)
        self._sources: list[Source] = []
        self._lock = threading.RLock()
        self._ended = threading.Event()
        self._stop_requested = threading.Event()
        self._threads: list[threading.Thread] = []
        self._state = State.stopped
        self._refused_ms: int | None = None
        self._gate = threading.Lock()
        self._early: list[Sighting] | None = None
        self._retry_ms = 0
        self._lost = ""
        self.n_events = 0

    # --- what the agent decides ------------------------------------------------------------------------------------

    def start(self) -> None:
        """
        Begin; every source is ready when this returns.

        Raises:

            CaptureError: A source cannot start here. Nothing is left running, and the journal is closed.
        """
        with self._lock:
            self._state = State.recording
            self._threads = [threading.Thread(target=self._work, name="sessioniser"), threading.Thread(target=self._watch, name="watch")]
            self._threads[0].start()
            try:
                self._start_sources(lambda: None)
            except BaseException:
                self.stop()
                raise
            self._threads[1].start()

    def pause(self) -> None:
        """Stop every source: while paused nothing listens."""
        with self._lock:
            if self._state in (State.recording, State.degraded):
                self._state = State.paused
                self._stop_sources()
                self._order(self._sessioniser.pause)

    def resume(self) -> None:
        """Record again after a pause."""
        with self._lock:
            if self._state is State.paused:
                self._state = State.degraded
                self._retry_ms = 0
                self._restart_sources("resume")

    def mark(self, note: str | None = None, ago_ms: int = 0) -> None:
        """
        Mark friction.

        Args:

            note: A few words of the agent's, if there are any.

            ago_ms: How long ago it was: typing the words takes a while, and in another window.
        """
        at_ms = self._clock() - ago_ms
        with self._lock:
            if self._state is not State.stopped:
                self._ingest.order(lambda: self._sessioniser.mark(at_ms, note))

    def forget_last(self) -> int | None:
        """
        Destroy what was recorded in the last five minutes.

        A segment of the journal is destroyed as a whole, so it may be up to a minute more.

        Returns:

            From when on all is forgotten, ms since the session began; None if it could not be destroyed, and the agent was told.
        """
        since_ms = max(0, self._clock() - FORGET_MS)
        done = threading.Event()
        forgotten: list[int] = []

        def forget() -> None:
            self._sessioniser.forget(since_ms)
            try:
                at_ms = self._journal.forget(since_ms)
                forgotten.append(since_ms if at_ms is None else at_ms)
            except CaptureError:
                self._tell(Trouble("said_not_forgotten"))
            finally:
                done.set()

        self._ingest.order(forget)
        done.wait(STOP_S)
        return forgotten[0] if forgotten else None

    def stop(self) -> None:
        """End the recording: no thread, hook or open file is left. Without effect the second time."""
        with self._lock:
            if self._ended.is_set():
                return
            self._stop_sources()
            self._ended.set()
            self._state = State.stopped
        for thread in self._threads:
            if thread.ident is not None and thread is not threading.current_thread():
                thread.join(STOP_S)
        self._journal.close()

    # --- what is going on ------------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """What the agent is told."""
        return self._state

    @property
    def paused(self) -> bool:
        """Whether the agent paused it."""
        return self._state is State.paused

    @property
    def stop_requested(self) -> threading.Event:
        """Set when somebody asked for the end; who waits for it calls `stop`."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Ask for the end, from any thread or signal handler."""
        self._stop_requested.set()

    # --- sources ---------------------------------------------------------------------------------------------------

    def _start_sources(self, ready: Callable[[], None]) -> None:
        """Make and start all sources; what they see at once comes after what `ready` orders."""
        with self._gate:
            self._early = []
        try:
            for make in self._factories:
                source = make()
                self._sources.append(source)
                source.start(self._emit)
        except BaseException:
            self._stop_sources()
            raise
        ready()
        with self._gate:
            early, self._early = self._early, None
            for sighting in early:
                self._ingest.put(sighting)

    def _stop_sources(self) -> None:
        sources, self._sources = self._sources, []
        for source in sources:
            source.stop()

    def _restart_sources(self, action: str) -> bool:
        """Try, at most once a second, to see again; `action` tells the log when it worked."""
        now_ms = self._clock()
        if now_ms < self._retry_ms:
            return False
        self._retry_ms = now_ms + RETRY_MS
        try:
            self._start_sources(lambda: self._order(self._sessioniser.resume, action))
        except CaptureError:
            return False
        self._state = State.recording
        return True

    def _emit(self, sighting: Sighting) -> None:
        if isinstance(sighting, PointerPressed):
            for source in self._sources:
                source.locate(sighting)
        if isinstance(sighting, PictureTaken):
            if self._came(sighting.t_ms):
                self._journal.put_picture(sighting.t_ms, sighting.png)
            return
        with self._gate:
            if self._early is not None:
                self._early.append(sighting)
                return
        self._ingest.put(sighting)

    # --- the thread of the sessioniser -----------------------------------------------------------------------------

    def _work(self) -> None:
        ticked_ms = 0
        while not self._ended.is_set():
            self._do(self._ingest.take(TICK_S))
            now_ms = self._clock()
            if now_ms - ticked_ms >= TICK_S * 1000:
                ticked_ms = now_ms
                self._do(lambda: self._sessioniser.tick(self._clock()))
        while (waiting := self._ingest.take(0.0)) is not None:
            self._do(waiting)
        self._do(lambda: self._sessioniser.finish(self._clock()))

    def _do(self, item: Sighting | Callable[[], None] | None) -> None:
        if item is None:
            return
        try:
            if isinstance(item, Sighting):
                self._sessioniser.take(item)
            else:
                item()
        except Exception as fault:  # noqa: BLE001 - one sighting that is not understood must not end the recording; its message could hold a value
            self._tell(Trouble("said_fault", type(fault).__name__))
            now_ms = self._clock()
            self._sessioniser.gap(now_ms, now_ms)

    def _put(self, event: RecordedEvent) -> None:
        self.n_events += 1
        if self._journal.put(event):
            if self._refused_ms is not None:
                since_ms, self._refused_ms = self._refused_ms, None
                self._order(partial(self._sessioniser.gap, since_ms))
        elif self._refused_ms is None:
            self._refused_ms = event.t_ms
        if event.action == "screen" and self._came(event.t_ms):
            for source in self._sources:
                source.look(event.t_ms)

    def _came(self, t_ms: int) -> bool:
        """Whether what is in front may be recorded and came at this time of an event."""
        return self._sessioniser.is_recording_front and 0 <= self._sessioniser.front_since_ms - t_ms < GRAIN_MS

    def _order(self, order: Callable[..., None], *args: Any) -> None:  # noqa: ANN401 - whatever the order takes
        at_ms = self._clock()
        self._ingest.order(lambda: order(at_ms, *args))

    # --- the watch -------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        apart_ms = self._awake_ms() - self._clock()
        while not self._ended.wait(WATCH_S):
            with self._lock:
                if self._ended.is_set():
                    return
                self._watch_sources()
                self._watch_disk()
            slept_ms = self._awake_ms() - self._clock() - apart_ms
            if slept_ms > SLEPT_MS:
                apart_ms += slept_ms
                self._order(lambda at_ms: self._sessioniser.gap(at_ms, at_ms))
                self._tell(Trouble("said_slept"))
            if (since_ms := self._ingest.overflow()) is not None:
                self._order(partial(self._sessioniser.gap, since_ms))
                self._tell(Trouble("trouble_queue_overflow", str(self._ingest.n_dropped.total())))

    def _watch_sources(self) -> None:
        if self._state is State.recording:
            dead = [source.name for source in self._sources if not source.alive()]
            if not dead:
                return
            self._order(self._sessioniser.pause, "gap_start")
            self._stop_sources()
            self._state = State.degraded
            self._lost = dead[0]
            self._tell(Trouble("trouble_source_lost", self._lost))
        if self._state is State.degraded and self._restart_sources("gap_end"):
            self._tell(Trouble("said_source_restarted", self._lost))

    def _watch_disk(self) -> None:
        journal = self._journal.status()
        full = journal.disk_full
        if journal.failed and not self._stop_requested.is_set():
            self._tell(Trouble("said_failed"))
            self.request_stop()
        if full and self._state in (State.recording, State.degraded):
            self._stop_sources()
            self._order(self._sessioniser.pause, "gap_start")
            self._state = State.disk_full
            self._tell(Trouble("trouble_disk_full"))
        elif not full and self._state is State.disk_full:
            self._state = State.degraded
            self._tell(Trouble("said_disk_room"))
            self._watch_sources()


def clock_of_wake() -> int:
    """Milliseconds on a clock that goes on while the machine sleeps; where there is none, one that does not."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime_ns(clock) // 1_000_000 if clock is not None else time.monotonic_ns() // 1_000_000
