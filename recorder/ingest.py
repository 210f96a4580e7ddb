"""The bounded queue between the sources' threads and the sessioniser's: it never blocks a source, and counts what it had to drop."""

from __future__ import annotations

import queue
from collections import Counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder.sources.base import Sighting

    Order = Callable[[], None]

__all__ = ["Ingest"]

# Some seconds of the fastest work, and some megabytes.
LIMIT: Final = 20_000


class Ingest:
    """
    Sightings and orders on their way to one thread, in order of arrival.

    Args:

        limit: How many sightings may wait; orders always find room.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self._queue: queue.SimpleQueue[Sighting | Order] = queue.SimpleQueue()
        self._limit = limit
        self._first_dropped_ms: int | None = None
        self.n_dropped: Counter[str] = Counter()

    def put(self, sighting: Sighting) -> None:
        """Take a sighting, or count it as dropped where too many wait."""
        if self._queue.qsize() < self._limit:
            self._queue.put(sighting)
            return
        self.n_dropped[type(sighting).__name__] += 1
        if self._first_dropped_ms is None:
            self._first_dropped_ms = sighting.t_ms

    def order(self, order: Order) -> None:
        """Have something done by the thread that takes, after what waits now."""
        self._queue.put(order)

    def take(self, timeout_s: float) -> Sighting | Order | None:
        """The next in order; None if nothing came in time."""
        try:
            return self._queue.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def overflow(self) -> int | None:
        """When the first of those was dropped that nobody asked about yet, once there is room again; None if none was."""
        if self._first_dropped_ms is None or self._queue.qsize() > self._limit // 2:
            return None
        since_ms, self._first_dropped_ms = self._first_dropped_ms, None
        return since_ms
