"""What waits to be written, and how the writing goes: what the journal's thread shares with others, under a lock that nobody holds long."""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from shadow.recorded import RecordedEvent

__all__ = ["Forget", "Inbox", "JournalStatus", "Picture", "Waiting"]

QUEUE_EVENTS: Final = 20_000
# They are large, and there is one every two seconds at most.
QUEUE_PICTURES: Final = 4
# Of the queue, for what must not be lost.
KEPT_EVENTS: Final = 1_000
KEPT_ACTIONS: Final = frozenset(
    {
        "pause",
        "resume",
        "mark",
        "gap_start",
        "gap_end",
        "submit",
        "case_start",
        "case_end",
        "call_start",
        "call_end",
        "hold_start",
        "hold_end",
    }
)


@dataclass(frozen=True, slots=True)
class JournalStatus:
    """
    How the journal is.

    Args:

        acknowledged_seq: `seq` of the last event that is durable; -1 if there is none.

        n_acknowledged: Durable events, those with them that were forgotten later.

        n_waiting: Events taken and not yet durable, and pictures.

        n_dropped: Events that were not taken, or could not be written in the end, by action.

        disk_full: Whether there is no room just now.

        faults: Writes that failed for another reason, in all.

        failed: Whether the journal has stopped for good because of them.

        worst_ack_ms: Longest time from `put` to durable.
    """

    acknowledged_seq: int
    n_acknowledged: int
    n_waiting: int
    n_dropped: dict[str, int]
    disk_full: bool
    faults: int
    failed: bool
    worst_ack_ms: int


@dataclass(slots=True, eq=False)
class Waiting:
    """An event that waits to be written. `put_at`: seconds of real time."""

    event: RecordedEvent
    put_at: float


@dataclass(slots=True, eq=False)
class Picture:
    """A picture that waits to be written, and the time of the event it belongs to; it is written or dropped, and never tried again."""

    t_ms: int
    png: bytes = field(repr=False)


@dataclass(slots=True, eq=False)
class Forget:
    """The wish that something be forgotten, and the answer; times in ms of the session."""

    since_ms: int
    until_ms: int
    from_ms: int | None = None
    done: bool = False
    refused: bool = False


class Inbox:
    """The queue of one journal, and its counts."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._queue: deque[Waiting | Picture | Forget] = deque()
        self._n_pictures = 0
        self._n_forgets = self._n_waiting = self._n_acknowledged = self._faults = 0
        self._acknowledged_seq = -1
        self._dropped: dict[str, int] = {}
        self._disk_full = self._failed = False
        self._worst_ack_s = 0.0
        self.closing = self.abandoned = self.over = False

    # --- those who want something written --------------------------------------------------------------------------

    def put(self, event: RecordedEvent) -> bool:
        """Take an event if there is room for one of its kind; otherwise count it."""
        kept = event.action in KEPT_ACTIONS
        with self._changed:
            if self.closing or self._failed or self._n_waiting >= QUEUE_EVENTS - (0 if kept else KEPT_EVENTS):
                self._drop(event)
                return False
            self._queue.append(Waiting(event, time.perf_counter()))
            self._n_waiting += 1
            if len(self._queue) == 1:
                self._changed.notify_all()
        return True

    def put_picture(self, picture: Picture) -> bool:
        """Take a picture, unless there is trouble or more than enough to do."""
        with self._changed:
            if self.closing or self._failed or self._disk_full or self._n_pictures >= QUEUE_PICTURES:
                return False
            self._queue.append(picture)
            self._n_pictures += 1
            self._n_waiting += 1
            if len(self._queue) == 1:
                self._changed.notify_all()
        return True

    def ask(self, forget: Forget) -> None:
        """Wait until something is forgotten, or the journal is over."""
        with self._changed:
            if not self.over and not self.closing:
                self._queue.append(forget)
                self._n_forgets += 1
                self._changed.notify_all()
                self._changed.wait_for(lambda: forget.done or self.over)

    def close(self, *, abandon: bool = False) -> None:
        """Take nothing more; `abandon`: write nothing more either."""
        with self._changed:
            self.closing, self.abandoned = True, abandon
            self._changed.notify_all()

    def settled(self, timeout_s: float) -> bool:
        """Wait until nothing waits to be written."""
        with self._changed:
            return self._changed.wait_for(lambda: self._n_waiting == 0 or self.over, timeout_s)

    def status(self) -> JournalStatus:
        """How it is just now."""
        with self._changed:
            return JournalStatus(
                self._acknowledged_seq,
                self._n_acknowledged,
                self._n_waiting,
                dict(self._dropped),
                self._disk_full,
                self._faults,
                self._failed,
                round(self._worst_ack_s * 1000),
            )

    # --- the journal's thread --------------------------------------------------------------------------------------

    @property
    def urgent(self) -> bool:
        """Whether somebody waits for an answer: to a wish to forget, or to close."""
        return self.closing or self._n_forgets > 0

    @property
    def disk_full(self) -> bool:
        """Whether there is no room just now."""
        return self._disk_full

    @property
    def failed(self) -> bool:
        """Whether nothing more is written."""
        return self._failed

    def wait(self, timeout_s: float, linger_s: float) -> None:
        """Wait for something to do, and then a little longer for more of it, unless it is urgent."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._queue) or self.urgent, timeout_s)
            self._changed.wait_for(lambda: self.urgent, linger_s)

    def take(self) -> list[Waiting | Picture | Forget]:
        """All that waits, in the order in which it came."""
        with self._changed:
            taken = list(self._queue)
            self._queue.clear()
            self._n_pictures = 0
        return taken

    def acknowledge(self, done: list[Waiting]) -> None:
        """These are durable."""
        with self._changed:
            self._n_waiting -= len(done)
            self._n_acknowledged += len(done)
            self._acknowledged_seq = done[-1].event.seq
            self._worst_ack_s = max(self._worst_ack_s, time.perf_counter() - done[0].put_at)
            self._changed.notify_all()

    def answer(self, forget: Forget) -> None:
        """This is forgotten, or refused."""
        with self._changed:
            forget.done = True
            self._n_forgets -= 1
            self._changed.notify_all()

    def let_go(self, n: int) -> None:
        """So many were forgotten before they were written, or were pictures, which nobody waits for."""
        with self._changed:
            self._n_waiting -= n
            self._changed.notify_all()

    def give_up(self, lost: list[Waiting]) -> None:
        """These cannot be written."""
        with self._changed:
            for item in lost:
                self._drop(item.event)
            self._n_waiting -= len(lost)
            self._changed.notify_all()

    def fault(self, *, no_room: bool) -> None:
        """A write failed."""
        with self._changed:
            self._disk_full = self._disk_full or no_room
            self._faults += not no_room

    def recover(self) -> None:
        """A write succeeded, so there is room."""
        if self._disk_full:
            with self._changed:
                self._disk_full = False

    def fail(self) -> None:
        """Nothing more is written."""
        with self._changed:
            self._failed = True

    def end(self) -> None:
        """The thread is over: nobody waits any more."""
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def _drop(self, event: RecordedEvent) -> None:
        self._dropped[event.action] = self._dropped.get(event.action, 0) + 1
