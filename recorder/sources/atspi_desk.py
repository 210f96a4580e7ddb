"""What is known of the desktop while it is watched, and the queue of what its signals gave to do."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from recorder.sources.atspi_bus import BusFault, Ref
from recorder.sources.atspi_controls import Known, Reader
from recorder.sources.atspi_pages import Shown
from recorder.sources.base import Emit, Reacted

__all__ = ["Desk", "Queue", "Reactions", "Work"]

MOST_WAITING: Final = 5000
LATE_MS: Final = 300
REACTED_MS: Final = 50

Work = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Desk:
    """
    What is in front, what has the focus, and every control that was described.

    Args:

        front: The page in front.

        form: It and its fields, as they were last shown.

        listed: What its fields were when they were last described.

        focus: The control that has the focus.

        before: The one that had it before, and when that lost it.

        nowhere: Whether it was said that nothing has the focus.

        open: The combo box whose list is open.

        popup: The menu or bubble that lies before the window in front.

        known: Controls.

        parts_of: What belongs to a control without being it, such as an item of a combo box.

        dull: What belongs to none.

        coming: Whose signals of the focus wait in the queue.

        n_coming: How many signals of its text wait in the queue.

        n_signals: How many signals came.
    """

    front: Shown | None = None
    form: tuple[object, ...] = ()
    listed: tuple[Ref, ...] = ()
    focus: Known | None = None
    before: tuple[Known | None, int] = (None, 0)
    nowhere: bool = False
    open: Known | None = None
    popup: Ref | None = None
    known: dict[Ref, Known] = field(default_factory=dict)
    parts_of: dict[Ref, Ref] = field(default_factory=dict)
    dull: set[Ref] = field(default_factory=set)
    coming: set[Ref] = field(default_factory=set)
    n_coming: Counter[Ref] = field(default_factory=Counter)
    n_signals: int = 0

    def at(self, ref: Ref) -> Known | None:
        """The control that something is or belongs to."""
        return self.known.get(self.parts_of.get(ref, ref))

    def shows(self, owner: str) -> bool:
        """Whether the page in front is of this program, and may be read."""
        return self.front is not None and self.front.allowed and self.front.window[0] == owner

    def is_written(self, known: Known, t_ms: int) -> bool:
        """Whether a person writes there. On a busy machine the last letters of a field are told after the focus has left it."""
        before, left_ms = self.before
        return known is self.focus or (known is before and t_ms - left_ms < LATE_MS)


class Queue:
    """What there is to do, in the order of the signals, and what only after a while."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[Work] = asyncio.Queue(MOST_WAITING)
        self._timers: dict[object, asyncio.TimerHandle] = {}
        self.n_dropped = 0

    def put(self, work: Work) -> bool:
        """Have something done in its turn; False if there is too much to do already."""
        try:
            self._waiting.put_nowait(work)
        except asyncio.QueueFull:
            self.n_dropped += 1
            return False
        return True

    def later(self, what: object, wait_s: float, work: Work) -> None:
        """Have something done after a while; what was to be done before of the same kind is not done then."""
        self.not_later(what)

        def due() -> None:
            self._timers.pop(what, None)
            self.put(work)

        self._timers[what] = self._loop.call_later(wait_s, due)

    def not_later(self, what: object) -> None:
        """It has been done, or need not be."""
        if (timer := self._timers.pop(what, None)) is not None:
            timer.cancel()

    def waits(self, what: object) -> bool:
        """Whether something of this kind is to be done later."""
        return what in self._timers

    async def run(self) -> None:
        """Do what there is to do, until cancelled."""
        while True:
            work = await self._waiting.get()
            try:
                await work()
            except BusFault:
                # It is gone: things disappear while they are asked about.
                continue

    def close(self) -> None:
        """Do nothing later."""
        for what in list(self._timers):
            self.not_later(what)


class Reactions:
    """
    Says that programs showed something new, not too often.

    Args:

        reader: Knows the programs.

        emit: Takes the sightings.

        queue: Where what comes too soon waits.

        ignore_pids: Processes of the recorder itself.
    """

    def __init__(self, reader: Reader, emit: Emit, queue: Queue, ignore_pids: Callable[[], set[int]]) -> None:
        self._reader = reader
        self._emit = emit
        self._queue = queue
        self._ignore_pids = ignore_pids
        self._last: dict[str, int] = {}

    def saw(self, owner: str, t_ms: int) -> None:
        """A program showed something. What follows closely is said once, when the time is over: a click between was not dead."""
        program, last = self._reader.known_program(owner), self._last.get(owner)
        since = REACTED_MS if last is None else t_ms - last
        if program is not None and since >= REACTED_MS:
            self._last[owner] = t_ms
            self._emit(Reacted(t_ms=t_ms, pid=program.pid))
        elif not self._queue.waits((self, owner)):

            async def say() -> None:
                await self._say(owner, t_ms)

            self._queue.later((self, owner), max(0, REACTED_MS - since) / 1000, say)

    async def _say(self, owner: str, t_ms: int) -> None:
        program = await self._reader.program(owner)
        if program.pid not in self._ignore_pids():
            self._last[owner] = t_ms
            self._emit(Reacted(t_ms=t_ms, pid=program.pid))
