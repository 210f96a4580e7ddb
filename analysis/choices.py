"""
A replay reduced to what a choice among some integrations can change.

    bundle    covered if one of the integrations that hold it is chosen        alike: held by the same ones
    stretch   gone if all its bundles are                                      alike: bundles alike
    piece     gone if one of the stretches over it is                          alike: stretches alike

        |------- stretch ------|
                   |------- stretch -------|
        |- piece --|-- piece --|-- piece --|

A study has many pieces and few that differ, so a set of integrations is replayed in no more time for a large study than for a small one.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

from analysis.spans import expanded, opens, packed, run_lengths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.replay import Replay

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Choices"]

# Numbers up to here are looked up in a table, and not sorted.
TABLE_ROOM: Final = 1_000_000
# So many owners of sets, or stretches, are worked on at a time: what a study leaves is small, and what it takes to get there should be, too.
AT_A_TIME: Final = 1 << 19


@dataclass(frozen=True, slots=True)
class _Sets:
    """
    Different sets of numbers.

    Args:

        of: The set of each owner.

        begin: Where each set begins in `members`; none is empty.

        members: What they hold.
    """

    of: Ints
    begin: Ints
    members: Ints

    @classmethod
    def named(cls, owner: Ints, member: Ints, n_owners: int) -> _Sets:
        """The sets of owners 0 to n - 1, each with a member at least."""
        parts = []
        for first in range(0, n_owners, AT_A_TIME):
            mine = np.flatnonzero((owner >= first) & (owner < first + AT_A_TIME))
            parts.append(cls._of_some(owner[mine] - first, member[mine], min(AT_A_TIME, n_owners - first)))
        return cls.joined(parts)[0]

    @classmethod
    def joined(cls, parts: Sequence[_Sets]) -> tuple[_Sets, list[Ints]]:
        """The owners of several, one after the other, with what sets they have between them; and for each the new numbers of its sets."""
        known: dict[bytes, int] = {}
        numbers = []
        for part in parts:
            ends = np.append(part.begin, len(part.members))
            keys = (part.members[begin:end].tobytes() for begin, end in pairwise(ends.tolist()))
            numbers.append(np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64))
        none = np.zeros(0, dtype=np.int64)
        members = [none, *(np.frombuffer(key, dtype=np.int64) for key in known)]
        sizes = np.array([len(member) for member in members[1:]], dtype=np.int64)
        of = [none, *(number[part.of] for number, part in zip(numbers, parts, strict=True))]
        return cls(np.concatenate(of), np.cumsum(sizes) - sizes, np.concatenate(members)), numbers

    @classmethod
    def _of_some(cls, owner: Ints, member: Ints, n_owners: int) -> _Sets:
        owner, member = packed(owner, member)
        once = opens(owner, member)
        owner, member = owner[once], member[once]
        begin = np.flatnonzero(opens(owner))
        length = run_lengths(begin, len(owner))
        of, sizes, members, n = np.zeros(n_owners, dtype=np.int64), [], [], 0
        for size in np.unique(length):
            mine = np.flatnonzero(length == size)
            # Sets alike in what comes first are alike if they are in the next, too.
            which, first = np.zeros(len(mine), dtype=np.int64), mine[:1]
            for step in range(size):
                which, first = _alike(which, member[begin[mine] + step])
            of[mine] = n + which
            sizes.append(np.full(len(first), size))
            members.append(member[begin[mine[first]][:, None] + np.arange(size)].ravel())
            n += len(first)
        size_of = np.concatenate([np.zeros(0, dtype=np.int64), *sizes])
        return cls(of, np.cumsum(size_of) - size_of, np.concatenate([np.zeros(0, dtype=np.int64), *members]))

    def __len__(self) -> int:
        return len(self.begin)

    def all(self, flags: Bools) -> Bools:
        """Whether all members of each set have the flag."""
        return np.logical_and.reduceat(flags[self.members], self.begin) if len(self.begin) else np.zeros(0, dtype=bool)

    def any(self, flags: Bools) -> Bools:
        """Whether some member of each set has it."""
        return np.logical_or.reduceat(flags[self.members], self.begin) if len(self.begin) else np.zeros(0, dtype=bool)


@dataclass(frozen=True, slots=True)
class _Memories:
    """
    Bundles by what covers them: themselves, or everything they feed.

    Args:

        of: The sort of each bundle.

        was: The sort each of these was of before what they feed was asked for.

        fed: The set of former sorts that each one feeds; -1 for those that feed nothing.

        sets: These sets.
    """

    of: Ints
    was: Ints
    fed: Ints
    sets: _Sets

    @classmethod
    def deeper(cls, sort: Ints, memory: Ints, fed: Ints) -> _Memories:
        """One step from fed to feeding."""
        owners, owner = np.unique(memory, return_inverse=True)
        sets = _Sets.named(owner, sort[fed], len(owners))
        feeds = np.full(len(sort), -1, dtype=np.int64)
        feeds[owners] = sets.of
        pairs, of = np.unique(sort * (len(sets) + 1) + feeds + 1, return_inverse=True)
        was, fed_set = np.divmod(pairs, len(sets) + 1)
        return cls(of.ravel(), was, fed_set - 1, sets)

    def covered(self, before: Bools) -> Bools:
        """Which sorts are covered, from which of the former were."""
        through = np.append(self.sets.all(before), np.False_)
        return before[self.was] | through[self.fed]


_Kinds = TypeVar("_Kinds", _Sets, _Memories)


class Choices:
    """
    Sets of bundles to choose from.

    Args:

        replay: The study they are of.

        items: What there is to choose from: the bundles of each.
    """

    def __init__(self, replay: Replay, items: Sequence[Ints]) -> None:
        self._replay = replay
        n_agents = replay.n_agents
        sort, self._held = _held_alike(len(replay.agent), items)
        self._steps = []
        deep = sort
        for _ in range(2):  # a memory of a memory is as deep as it goes
            self._steps.append(_Memories.deeper(deep, replay.memory, replay.fed))
            deep = self._steps[-1].of
        self._stretches, stretches = _possible(replay, deep)
        self._raw = np.zeros(len(self._steps[-1].was), dtype=np.int64)
        self._raw[deep] = sort
        self._pieces, self._active, self._talk = self._cut(stretches)
        self._bundles = np.bincount(sort * n_agents + replay.agent, minlength=len(self._held) * n_agents).reshape(-1, n_agents)
        failing = np.bincount(sort * n_agents + replay.agent, weights=replay.can_fail, minlength=len(self._held) * n_agents)
        self._failing = failing.reshape(-1, n_agents).astype(np.float64)
        self._glances, self._looked = self._looks(sort)
        # Which each bundle, stretch and glance is of was needed to get here, and is as large as the study.
        self._steps = [_without_owners(step) for step in self._steps]
        self._stretches, self._glances = _without_owners(self._stretches), _without_owners(self._glances)

    def _cut(self, stretches: Ints) -> tuple[_Sets, Floats, Floats]:
        """The pieces, and the active and talking seconds of those alike: sort x agent."""
        every = self._stretches.all(self._covered(np.ones(self._held.shape[1], dtype=bool)))
        reached = np.flatnonzero(every[self._stretches.of])
        stretches, sort = stretches[reached], self._stretches.of[reached]
        parts = [self._cut_some(stretches[begin:end], sort[begin:end]) for begin, end in self._apart(stretches)]
        sets, numbers = _Sets.joined([part[0] for part in parts])
        totals = np.zeros((2, len(sets), self._replay.n_agents))
        for number, (_, *found) in zip(numbers, parts, strict=True):
            totals[:, number] += found
        return sets, totals[0], totals[1]

    def _apart(self, stretches: Ints) -> Iterator[tuple[int, int]]:
        """Runs of stretches of which none overlaps one of another run."""
        spans = self._replay.spans
        open_till = np.maximum.accumulate(spans.end[stretches, 0])
        apart = np.append(np.flatnonzero(spans.start[stretches[1:], 0] >= open_till[:-1]) + 1, len(stretches))
        begin = 0
        while begin < len(stretches):
            end = int(apart[np.searchsorted(apart, min(begin + AT_A_TIME, len(stretches)))])
            yield begin, end
            begin = end

    def _cut_some(self, stretches: Ints, sort: Ints) -> tuple[_Sets, Floats, Floats]:
        spans, n_agents = self._replay.spans, self._replay.n_agents
        start, end = spans.start[stretches], spans.end[stretches]
        points, known = np.unique(np.concatenate([start[:, 0], end[:, 0]]), return_index=True)
        talk = np.concatenate([start[:, 3], end[:, 3]])[known]
        first, upto = (np.searchsorted(points, side[:, 0]) for side in (start, end))
        over, piece = expanded(np.arange(len(stretches)), first, np.maximum(upto - first, 0))
        is_covered = np.zeros(len(points), dtype=bool)
        is_covered[piece] = True
        covered, piece = np.flatnonzero(is_covered), (np.cumsum(is_covered) - 1)[piece]
        sets = _Sets.named(piece, sort[over], len(covered))
        agent = np.zeros(len(covered), dtype=np.int64)
        agent[piece] = spans.agent[stretches[over]]
        cell = sets.of * n_agents + agent
        active, beside = (
            np.bincount(cell, weights=(totals[1:] - totals[:-1])[covered], minlength=len(sets) * n_agents)
            .reshape(-1, n_agents)
            .astype(np.float64)
            for totals in (points, talk)
        )
        return _without_owners(sets), active, beside

    def _looks(self, sort: Ints) -> tuple[_Sets, Floats]:
        """Glances by the bundles that share them, and their seconds: sort x agent."""
        replay = self._replay
        shared = np.flatnonzero(replay.glance >= 0)
        sets = _Sets.named(replay.glance[shared], sort[shared], len(replay.looker))
        cell = sets.of * replay.n_agents + replay.looker
        seconds = np.bincount(cell, weights=replay.glance_seconds(), minlength=len(sets) * replay.n_agents)
        return sets, seconds.reshape(-1, replay.n_agents).astype(np.float64)

    def _asked(self, chosen: Bools) -> Bools:
        """Which sorts of bundles the chosen ones hold."""
        asked: Bools = np.logical_or.reduce(self._held[:, chosen], axis=1)
        return asked

    def _covered(self, chosen: Bools) -> Bools:
        """Which sorts of bundles are covered."""
        covered = self._asked(chosen)
        for step in self._steps:
            covered = step.covered(covered)
        return covered

    def seconds(self, places: Sequence[int]) -> float:
        """Seconds that some of the items save together, as `Replay.saving` has them."""
        chosen = np.zeros(self._held.shape[1], dtype=bool)
        chosen[list(places)] = True
        asked = self._asked(chosen)
        gone = self._pieces.any(self._stretches.all(self._covered(chosen)))
        looked = self._looked[self._glances.any(asked)].sum(axis=0)
        failing = self._failing[asked].sum(axis=0), self._bundles[asked].sum(axis=0).astype(np.float64)
        return float(self._replay.remains.net(self._active[gone].sum(axis=0), self._talk[gone].sum(axis=0), looked, failing).sum())

    def unfinished(self, place: int) -> set[int]:
        """Stretches, those alike as one, that an item covers in part, and others could cover the rest of."""
        mine = self._held[:, place][self._raw]
        return set(np.flatnonzero(self._stretches.any(mine) & ~self._stretches.all(mine)).tolist())


def _without_owners(kinds: _Kinds) -> _Kinds:
    return dataclasses.replace(kinds, of=np.zeros(0, dtype=np.int64))


def _alike(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """A number for each different pair of numbers, from 0 up; and where each comes first."""
    n = int(other.max(initial=0)) + 1
    key = one * n + other
    n_keys = int(key.max(initial=0)) + 1
    if n_keys > TABLE_ROOM + 2 * len(key):
        _, first, which = np.unique(key, return_index=True, return_inverse=True)
        return which.ravel(), first
    at = np.full(n_keys, -1, dtype=np.int64)
    at[key[::-1]] = np.arange(len(key))[::-1]
    known = at >= 0
    return (np.cumsum(known) - 1)[key], at[known]


def _possible(replay: Replay, sort: Ints) -> tuple[_Sets, Ints]:
    """Stretches that bundles can make disappear, by the sorts of these; and which they are."""
    possible = np.ones(len(replay.spans), dtype=bool)
    possible[replay.stretch[replay.need < 0]] = False
    asks = np.flatnonzero(possible[replay.stretch])
    number = np.cumsum(possible) - 1
    return _Sets.named(number[replay.stretch[asks]], sort[replay.need[asks]], int(possible.sum())), np.flatnonzero(possible)


def _held_alike(n_bundles: int, items: Sequence[Ints]) -> tuple[Ints, Bools]:
    """Bundles by the items that hold them: the sort of each bundle, and which items hold each sort."""
    sort = np.zeros(n_bundles, dtype=np.int64)
    held = [np.zeros(len(items), dtype=bool)]
    for place, item in enumerate(items):
        former, which = np.unique(sort[item], return_inverse=True)
        sort[item] = len(held) + which
        for one in former:
            held.append(held[one].copy())
            held[-1][place] = True
    known, sort = np.unique(sort, return_inverse=True)
    return sort.ravel(), np.stack(held)[known] if n_bundles else np.zeros((0, len(items)), dtype=bool)
