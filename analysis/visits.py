"""
Visits made only to fetch values, and what each was for: such a visit disappears when everything it was for is covered.

    B ... | A: search customer   open   click S1  copy   click S2  copy | B ...
                 means                  ------ purposes: S1, S2 ------

A purpose is a copy, a look at a field that shows a value, an edit or a submit. Moving about is none, nor is a search on the way to where a
value was fetched. A visit whose purposes are all values that bundles fetch is needless once those bundles are covered; any other purpose
keeps it. One that only opens what later visits fetch from is as needless as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.purposes import Fetching, Purposes, purposes_of
from analysis.spans import expanded, opens, packed, run_lengths

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock
    from analysis.kernel.pieces import Pieces
    from analysis.kernel.visits import Stays
    from analysis.timeline import Timeline

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Needless", "needless_visits", "spans_of"]

# Source, memory, and one more on the way: longer chains of fetching were not seen.
LONGEST_CHAIN: Final = 3


@dataclass(frozen=True, slots=True)
class Needless:
    """
    Stretches of visits of a block that could disappear.

    Args:

        part: Which part of its visit each stretch is: the way there, what it opens, the fetching, or the way back.

        visit: The visit, an index of the block's visits to applications; of a way back the last on it.

        opened: Row of the last screen opened in that visit, or of its first event.

        stretch, bundle: Every bundle that must be covered for a stretch to disappear, in order of both.
    """

    part: NDArray[np.int8]
    visit: Places
    opened: Places
    stretch: Places
    bundle: Places


THERE, OPENING, FETCHING, BACK = range(4)


def needless_visits(work: Pieces, fetching: Fetching) -> Needless:
    """
    Visits of a block that could disappear, in stretches.

    Those with a purpose that no bundle covers never can, and are left out. What a visit opened is needed as long as a later visit of the
    case to the same system is: that would have to open it instead. The way back is needed unless it leads to where the visit began.
    """
    block, apps = work.block, work.apps
    known = _in_between(block, apps)
    opened = _last_opened(block, apps)
    found = purposes_of(work, known, opened, fetching)
    later = _later_purposes(apps, known, block, found)
    fetches = found.some_covered(len(known))
    without = known & ~found.any(len(known)) & (opened >= 0)
    ahead = without & later.some_covered(len(known))
    own = _of(found, fetches).joined(_of(later, ahead))
    free = (fetches | ahead) & ~own.some_uncovered(len(known))
    opening = own.joined(_of(later, fetches | ahead))
    opens_free = (fetches | ahead) & ~opening.some_uncovered(len(known))
    ways, members = _ways_back(apps, free)
    parts = [
        (THERE, np.flatnonzero(free), own), (OPENING, np.flatnonzero(opens_free), opening), (FETCHING, np.flatnonzero(free), own),
        (BACK, ways, _of_chains(own, members)),
    ]  # fmt: skip
    return _numbered(apps, opened, parts)


def _in_between(block: SessionBlock, apps: Stays) -> Bools:
    """Visits of a case to a known system that are neither the first nor the last of their session."""
    session = block.session_of[apps.first]
    first = opens(session)
    last = np.append(first[1:], np.ones(min(1, len(first)), dtype=np.bool_))
    known: Bools = (apps.case_no > 0) & block.places.app_known[apps.place] & ~first & ~last
    return known


def _last_opened(block: SessionBlock, apps: Stays) -> Places:
    """Row of the last screen that each visit opened; -1 without."""
    rows = np.flatnonzero(block.is_action("screen") & (block.field < 0))
    visit = np.searchsorted(apps.first, rows, side="right") - 1
    opened = np.full(len(apps.first), -1, dtype=np.int64)
    opened[visit] = rows
    return opened


def _of(purposes: Purposes, visits: Bools) -> Purposes:
    kept = visits[purposes.visit]
    return Purposes(purposes.visit[kept], purposes.bundle[kept])


def _later_purposes(apps: Stays, known: Bools, block: SessionBlock, found: Purposes) -> Purposes:
    """The purposes of each visit's later visits in the case to the same system."""
    visits = np.flatnonzero(known)
    session, case_no, app, visits = packed(block.session_of[apps.first[visits]], apps.case_no[visits], apps.place[visits], visits)
    begin = np.flatnonzero(opens(session, case_no, app))
    length = run_lengths(begin, len(visits))
    end = np.repeat(begin + length, length)
    early, late = expanded(visits, np.arange(len(visits)) + 1, end - np.arange(len(visits)) - 1)
    late = visits[late]
    first, upto = (np.searchsorted(found.visit, late, side=side) for side in ("left", "right"))
    early, at = expanded(early, first, upto - first)
    return Purposes.of(early, found.bundle[at])


def _ways_back(apps: Stays, free: Bools) -> tuple[Places, tuple[Places, Places]]:
    """
    The way out of one to LONGEST_CHAIN visits in a row that led back to where the first began, and one's bearings: gone if all of them are.

        B | C | N | B      C and N gone: so is the way from N to B
        B | C | N | H      C and N gone: there is still one way, from B to H

    Returns:

        The last visit of each, and its visits: number of the way, visit.
    """
    last_visits, members = [], []
    n = 0
    for length in range(1, LONGEST_CHAIN + 1):
        starts = np.arange(max(0, len(free) - length + 1))
        whole = np.logical_and.reduce([free[step : len(free) - length + 1 + step] for step in range(length)])
        # What is neither first nor last of its session has neighbours.
        starts = starts[whole]
        starts = starts[apps.place[np.maximum(starts - 1, 0)] == apps.place[np.minimum(starts + length, len(apps.place) - 1)]]
        last_visits.append(starts + length - 1)
        members.append((np.repeat(n + np.arange(len(starts)), length), (starts[:, None] + np.arange(length)).ravel()))
        n += len(starts)
    ways, visits = (np.concatenate([member[side] for member in members]) for side in (0, 1))
    return np.concatenate(last_visits), (ways, visits)


def _of_chains(own: Purposes, members: tuple[Places, Places]) -> Purposes:
    """What the visits of each way were for, by the way's number."""
    ways, visits = members
    first, upto = (np.searchsorted(own.visit, visits, side=side) for side in ("left", "right"))
    ways, at = expanded(ways, first, upto - first)
    return Purposes.of(ways, own.bundle[at])


def _numbered(apps: Stays, opened: Places, parts: list[tuple[int, Places, Purposes]]) -> Needless:
    """Stretches of several kinds as one numbered table."""
    kinds, visits, stretches, bundles = [], [], [], []
    n = 0
    for part, which, purposes in parts:
        keys = np.arange(len(which)) if part == BACK else which
        first, upto = (np.searchsorted(purposes.visit, keys, side=side) for side in ("left", "right"))
        stretch, at = expanded(n + np.arange(len(which)), first, upto - first)
        kinds.append(np.full(len(which), part, dtype=np.int8))
        visits.append(which)
        stretches.append(stretch)
        bundles.append(purposes.bundle[at])
        n += len(which)
    visit = np.concatenate(visits)
    opened = np.where(opened[visit] >= 0, opened[visit], apps.first[visit])
    return Needless(np.concatenate(kinds), visit, opened, np.concatenate(stretches), np.concatenate(bundles))


def spans_of(line: Timeline, apps: Stays, needless: Needless, bearings_ms: Numbers) -> tuple[Numbers, Numbers]:
    """
    From and to of each stretch, in ms of the timeline.

        B | way . first event ... opened . look  copy . left . way | bearings . B

    Args:

        line: The block's timeline.

        apps: Its visits to applications.

        needless: The stretches.

        bearings_ms: Ms after each event that finding one's bearings takes: above 0 only where another application is in front.
    """
    first, after = apps.first[needless.visit], apps.last[needless.visit] + 1
    clock = line.clock_ms
    points = [
        clock[first] - line.lead_ms(first),
        clock[first],
        clock[needless.opened],
        clock[after] - line.lead_ms(after),
        clock[after] + bearings_ms[after],
    ]
    begin = np.choose(needless.part, [points[0], points[1], points[2], points[3]])
    end = np.choose(needless.part, [points[1], points[2], points[3], points[4]])
    return begin, end
