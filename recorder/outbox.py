"""
The last step of the sessioniser: events in order of time, numbered, on their way to the journal.

What a click hit is known a little after the click, and a page a little after its window. So events wait for HOLD_MS and leave in order:

    found   click(100) screen(130)      focus(120)
    left                click(100) focus(120) screen(130)
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING, Final

import msgspec

from shadow.recorded import RecordedEvent

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Outbox"]

# Longer than anything takes to be known; shorter than the second of which events may be lost when the power fails.
HOLD_MS: Final = 500
GRAIN_MS: Final = 10


class Outbox:
    """
    Holds events back for a moment, then hands them on in order.

    Args:

        put: Takes each event, in order of `seq`.
    """

    def __init__(self, put: Callable[[RecordedEvent], object]) -> None:
        self._put = put
        self._waiting: list[tuple[int, int, RecordedEvent]] = []
        self._arrived = 0
        self._seq = 0
        self._last_ms = 0

    def add(self, event: RecordedEvent) -> None:
        """Take an event at its `t_ms`; its `seq` is given when it leaves."""
        heapq.heappush(self._waiting, (event.t_ms, self._arrived, event))
        self._arrived += 1

    def release(self, now_ms: int) -> None:
        """Hand on what has waited long enough."""
        while self._waiting and self._waiting[0][0] <= now_ms - HOLD_MS:
            self._leave(heapq.heappop(self._waiting)[2])

    def drain(self) -> None:
        """Hand on everything."""
        while self._waiting:
            self._leave(heapq.heappop(self._waiting)[2])

    def forget(self, since_ms: int) -> int:
        """Drop what is waiting from a time on; returns how many events."""
        kept = [entry for entry in self._waiting if entry[0] < since_ms]
        n_dropped = len(self._waiting) - len(kept)
        heapq.heapify(kept)
        self._waiting = kept
        return n_dropped

    def _leave(self, event: RecordedEvent) -> None:
        self._last_ms = max(self._last_ms, event.t_ms // GRAIN_MS * GRAIN_MS)
        self._put(msgspec.structs.replace(event, seq=self._seq, t_ms=self._last_ms))
        self._seq += 1
