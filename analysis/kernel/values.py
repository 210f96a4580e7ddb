"""
Times by place, kept so that medians and other quantiles stay exact when sessions are put together.

A quantile does not add up, but how often each time was seen does. Recorders tell time to 10 ms, so there are few different times: a place
with a million visits has some thousand.

    (field 7, 120 ms) x 3   (field 7, 130 ms) x 1   (field 9, 50 ms) x 2
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["TimeCounts", "times_at"]

Codes = NDArray[np.int32]
Places = NDArray[np.int64]

# Times waiting before they are counted; a few megabytes, so that counting is rare and memory stays flat.
WAITING: Final = 1_000_000


def times_at(place: Codes, times_ms: Codes | Places) -> Places:
    """One number for each place and time, in the order of both."""
    return (place.astype(np.int64) << np.int64(32)) | times_ms


@dataclass(slots=True)
class TimeCounts:
    """How often each time was seen at each place; grows by `add`."""

    _waiting: list[Places]
    _times: Places
    _counts: Places

    @classmethod
    def empty(cls) -> TimeCounts:
        """Nothing seen yet."""
        return cls([], np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, place: Codes, time_ms: Places, counts: Places) -> TimeCounts:
        """What `counted` gave."""
        return cls([], times_at(place, time_ms), counts)

    def counted(self) -> tuple[Places, Places, Places]:
        """Places and times, in order of both, and how often each was seen."""
        self._count()
        return self._times >> np.int64(32), self._times & np.int64(0xFFFFFFFF), self._counts

    def add(self, seen: Places) -> None:
        """Count some more times, as `times_at` gives them."""
        self._waiting.append(seen)
        if sum(map(len, self._waiting)) > max(WAITING, len(self._times)):
            self._count()

    def quantiles(self, n_places: int, *shares: float) -> list[NDArray[np.float64]]:
        """
        Quantiles of the times of each place, in ms, between neighbours by distance; NaN for a place without any.

        Source: definition 7 of Hyndman and Fan, The American Statistician 50(4):361-365, 1996, as in DuckDB's quantile_cont.
        """
        self._count()
        first = np.searchsorted(self._times, np.arange(n_places + 1, dtype=np.int64) << np.int64(32))
        total = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(self._counts)])
        n_seen = total[first[1:]] - total[first[:-1]]
        known = np.flatnonzero(n_seen)
        found = [np.full(n_places, np.nan) for _ in shares]
        for share, values in zip(shares, found, strict=True):
            at = (n_seen[known] - 1) * share
            low, high = (self._ranked(total, total[first[known]] + rank.astype(np.int64)) for rank in (np.floor(at), np.ceil(at)))
            values[known] = low + (high - low) * (at - np.floor(at))
        return found

    def _ranked(self, total: Places, rank: Places) -> Places:
        """The time that stands at a rank, counted from 0 over all places."""
        ranked: Places = self._times[np.searchsorted(total, rank, side="right") - 1] & np.int64(0xFFFFFFFF)
        return ranked

    def _count(self) -> None:
        if self._waiting:
            seen, counts = np.unique(np.concatenate(self._waiting), return_counts=True)
            self._waiting.clear()
            if len(self._times):
                seen, counts = _merged(self._times, self._counts, seen, counts)
            self._times, self._counts = seen, counts


def _merged(times: Places, counts: Places, more: Places, more_counts: Places) -> tuple[Places, Places]:
    both = np.concatenate([times, more])
    order = np.argsort(both, kind="stable")
    both, n_seen = both[order], np.concatenate([counts, more_counts])[order]
    opens = np.flatnonzero(np.diff(both, prepend=-1))
    return both[opens], np.add.reduceat(n_seen, opens)
