"""
Where the work lies that bundles would remove, on a clock over the whole study: what replay needs of every event.

    stretch   |---------|              from and to, and what was done before each of the two points
              ^         ^              (motor, modelled and talking seconds), so that no event has to be kept
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.spans import expanded, run_lengths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.timeline import Timeline

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Inside", "Layout", "Longest", "Spans", "SpansSoFar", "inside_of", "spans_between"]

MOMENT: Final = ("at_s", "motor_s", "model_s", "talk_s")


@dataclass(frozen=True, slots=True)
class Spans:
    """
    Stretches of time on the clock of a study.

    Args:

        start, end: Points of time, one row each: active seconds, and the motor, modelled and talking seconds before it (MOMENT).

        agent: Whose work it is, as an index.
    """

    start: Numbers
    end: Numbers
    agent: Places

    def __len__(self) -> int:
        return len(self.agent)

    def later(self, by: Numbers) -> Spans:
        """The same in a block that others come before: `by` is what these took, as a moment."""
        return Spans(self.start + by, self.end + by, self.agent)

    def took(self, which: Places, column: int = 0) -> Numbers:
        """Seconds of some of them: active ones, or those in another column of MOMENT."""
        seconds: Numbers = self.end[which, column] - self.start[which, column]
        return seconds

    def put_in_order(self, begin: int, upto: int) -> Places:
        """Put a run of them in order of where they begin, the longer first; returns which of the run each was."""
        order = np.lexsort((-self.end[begin:upto, 0], self.start[begin:upto, 0]))
        for column in (self.start, self.end, self.agent):
            column[begin:upto] = column[begin:upto][order]
        return order


class SpansSoFar:
    """Stretches of block after block. They grow in place: of a large study they are most of the memory, and not to be held twice."""

    def __init__(self) -> None:
        self._spans = Spans(np.zeros((0, len(MOMENT))), np.zeros((0, len(MOMENT))), np.zeros(0, dtype=np.int64))
        self._n = 0

    def add(self, spans: Spans) -> None:
        """Add those of a block."""
        upto = self._n + len(spans)
        if upto > len(self._spans):
            self._make_room(upto + upto // 8)
        for column, more in self._columns(spans):
            column[self._n : upto] = more
        self._n = upto

    def all(self) -> Spans:
        """All of them; the last that is asked of this object."""
        self._make_room(self._n)
        return self._spans

    def _make_room(self, n: int) -> None:
        for column, _ in self._columns(self._spans):
            column.resize((n, *column.shape[1:]), refcheck=False)

    def _columns(self, spans: Spans) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
        return ((getattr(self._spans, name), getattr(spans, name)) for name in ("start", "end", "agent"))


def spans_between(line: Timeline, start_ms: Numbers, end_ms: Numbers, session: NDArray[np.int32]) -> Spans:
    """Stretches between points of a block's timeline, in its sessions."""
    points = []
    for ms in (start_ms, end_ms):
        before = line.totals_at(ms, session)
        points.append(np.stack([ms / 1000, before.motor_s, before.model_s, before.talk_s], axis=1))
    return Spans(points[0], points[1], line.agent[session])


@dataclass(frozen=True, slots=True)
class Layout:
    """
    The stretches that could disappear, on one clock.

    Args:

        spans: In order of where they begin, the longer first.

        stretch, need: For each need its stretch, and the bundle that must be covered for that to disappear. A stretch may have several.

        n_own: So many of the needs, from the first on, are of the bundles' own stretches, at targets and at sources; the others of visits.

        pulled_in_s: Seconds by which the longest of the bundles' own were pulled in.
    """

    spans: Spans
    stretch: Places
    need: Places
    n_own: int
    pulled_in_s: float

    def by_bundle(self, n_bundles: int) -> tuple[Numbers, Numbers]:
        """Seconds of each bundle's own stretches, as seen and as modelled."""
        own, need = self.stretch[: self.n_own], self.need[: self.n_own]
        seen, modelled = (np.bincount(need, weights=self.spans.took(own, column), minlength=n_bundles) for column in (0, 2))
        return seen.astype(np.float64, copy=False), modelled.astype(np.float64, copy=False)


class Longest:
    """
    Which stretches may be among the longest of their sort, while not all are known.

    Args:

        share: How many of the longest, as a share of all.

        most: At most how many there will be of each sort.
    """

    def __init__(self, share: float, most: Places) -> None:
        self._n = np.ceil(share * most).astype(np.int64) + 2
        self._longest: list[Numbers] = [np.zeros(0) for _ in most]

    def may_be(self, sort: Places, length: Numbers) -> Bools:
        """Which of some more stretches are among the longest so far."""
        found = np.zeros(len(sort), dtype=np.bool_)
        for one in np.unique(sort):
            mine = np.flatnonzero(sort == one)
            n = int(self._n[one])
            known = np.concatenate([self._longest[one], length[mine]])
            if len(known) > n:
                known = np.partition(known, len(known) - n)[-n:]
            self._longest[one] = known
            found[mine] = length[mine] >= (known.min() if len(known) == n else -np.inf)
        return found


@dataclass(frozen=True, slots=True)
class Inside:
    """
    What happens inside of some stretches.

    Args:

        stretch: Their numbers, in order.

        begin: Where the moments of each begin.

        moments: Moments of the event before each, of its events and of the one that ends it, in order.
    """

    stretch: Places
    begin: Places
    moments: Numbers

    @classmethod
    def of(cls, parts: Sequence[tuple[int, Numbers, Inside]]) -> Inside:
        """Those of several blocks, each with the number its stretches begin at and the moment at which it begins."""
        sizes = np.cumsum([0, *(len(inside.moments) for _, _, inside in parts)])
        return cls(
            np.concatenate([np.zeros(0, dtype=np.int64), *(inside.stretch + first for first, _, inside in parts)]),
            np.concatenate([np.zeros(0, dtype=np.int64), *(part[2].begin + size for part, size in zip(parts, sizes, strict=False))]),
            np.concatenate([np.zeros((0, len(MOMENT))), *(inside.moments + by for _, by, inside in parts)]),
        )

    def moment_at(self, stretch: Places, at_s: Numbers) -> Numbers:
        """The moment at a point of time inside of each of some stretches."""
        which = np.searchsorted(self.stretch, stretch)
        length = run_lengths(self.begin, len(self.moments))[which]
        asked, place = expanded(np.arange(len(which)), self.begin[which], length)
        earlier = np.bincount(asked, weights=self.moments[place, 0] < at_s[asked], minlength=len(which)).astype(np.int64)
        after = self.begin[which] + np.minimum(np.maximum(earlier, 1), length - 1)
        found = self.moments[after].copy()
        found[:, 0] = at_s
        # Talk goes on evenly from one event to the next.
        one, two = self.moments[after - 1], self.moments[after]
        wait = two[:, 0] - one[:, 0]
        share = np.divide(at_s - one[:, 0], wait, out=np.zeros_like(wait), where=wait > 0)
        found[:, 3] = one[:, 3] + share * (two[:, 3] - one[:, 3])
        return found


def inside_of(line: Timeline, which: Places, start_ms: Numbers, end_ms: Numbers) -> Inside:
    """What happens inside of some stretches of a block; `which` are their numbers."""
    first = np.maximum(np.searchsorted(line.clock_ms, start_ms[which], side="left") - 1, 0)
    last = np.searchsorted(line.clock_ms, end_ms[which], side="left")
    length = last - first + 1
    _, place = expanded(which, first, length)
    before = line.before
    moments = np.stack([line.clock_ms[place] / 1000, before.motor_s[place], before.model_s[place], before.talk_s[place]], axis=1)
    return Inside(which, np.cumsum(length) - length, moments)
