"""
Stretches: the work that disappears with a bundle, where a field is filled and where its value was fetched.

The way between two systems belongs to the visits (`analysis.visits`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.klm import KEY_S
from analysis.spans import opens
from shadow.events import ACTION_CODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock
    from analysis.kernel.fields import FieldVisits
    from analysis.timeline import Timeline

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["BIT_S", "KINDS", "BlockBundles", "Stays", "at_sources", "at_targets", "detours", "stays_on_field"]

# Fitts: seconds a bit, and the size of a control.
BIT_S: Final = 0.1
TARGET_PX: Final = 60

KINDS: Final = ("reentry", "default", "passed_over")
REENTRY, DEFAULT, PASSED_OVER = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class BlockBundles:
    """
    Bundles of a block, by the rows of their events.

    Args:

        kind: Index into KINDS.

        copied: Whether the value came by copy and paste.

        source: Row of the copy or the last reading; -1 where there is none.

        entry: Row of the paste, or of the edit itself; of the first event on a field that was passed over.

        target: Row of the edit; of the event behind a field that was passed over.
    """

    kind: NDArray[np.int8]
    copied: Bools
    source: Places
    entry: Places
    target: Places


@dataclass(frozen=True, slots=True)
class Stays:
    """The stay on a field in which some events lie: rows of its first and last event."""

    first: Places
    last: Places


def stays_on_field(block: SessionBlock, visits: FieldVisits, rows: Places) -> Stays:
    """The stay in which each event lies, or the last one before it; the event itself where there was none in its session."""
    visit = np.searchsorted(visits.first, rows, side="right") - 1
    known = visit >= 0
    if known.any():
        visit = np.maximum(visit, 0)
        known &= visits.first[visit] >= block.starts[:-1][block.session_of[rows]]
        return Stays(np.where(known, visits.first[visit], rows), np.where(known, visits.last[visit], rows))
    return Stays(rows, rows)


def at_targets(line: Timeline, stays: Stays, bundles: BlockBundles) -> tuple[Numbers, Numbers]:
    """
    What disappears with each bundle at the field it fills, from and to in ms of the timeline.

        ... click D   paste   change D ...         from the way to D to the edit
        ... focus D   click N ...                  at a field passed over: from the way to D to the way on
    """
    passed = bundles.kind == PASSED_OVER
    left = line.clock_ms[bundles.target] - line.lead_ms(bundles.target)
    begins = _way_begins(line, stays)
    begins = np.where(passed, _way_by_key(line, stays, begins), begins)
    return begins, np.where(passed, left, line.clock_ms[line.acted[bundles.target]])


def at_sources(line: Timeline, stays: Stays, copied: Bools, source: Places) -> tuple[Numbers, Numbers]:
    """
    What disappears with values at the fields they were fetched from, from and to in ms of the timeline.

        ... click S   copy ...                     from the way to S to the copy; a look, to its end

    A source read once for several targets is still read as long as one of them is filled by hand. Where a look ended is not logged: it is
    what is left when the way to the next event is taken off.
    """
    left = stays.last + 1
    return _way_begins(line, stays), np.where(copied, line.clock_ms[source], line.clock_ms[left] - line.lead_ms(left))


def _way_begins(line: Timeline, stays: Stays) -> Numbers:
    """When the way to a field began; one that led from another system belongs to the visit."""
    first = stays.first
    within = first > line.block.starts[:-1][line.block.session_of[first]]
    within &= line.app[np.maximum(first - 1, 0)] == line.app[first]
    return line.clock_ms[first] - np.where(within, line.lead_ms(first), 0.0)


def _way_by_key(line: Timeline, stays: Stays, begins: Numbers) -> Numbers:
    """The same where nobody clicked into the field: a key led there, and what the time before it holds beside that was other work."""
    clicked = line.block.action == ACTION_CODES["click"]
    by_mouse = clicked[stays.first] | (clicked[np.minimum(stays.first + 1, len(clicked) - 1)] & (stays.last > stays.first))
    return np.where(by_mouse, begins, np.maximum(begins, line.clock_ms[stays.first] - KEY_S * 1000))


def detours(block: SessionBlock, stays: Stays) -> Numbers:
    """
    Seconds by which the way past a filled field is longer than the way on from it; below 0 if it is shorter.

        A --> D --> N       A, D and N on one screen, with known places: without the stop at D the pointer goes from A to N
         `-------->'

    The stretch at the target ends at D, which leaves the way from D to N. What remains is the way from A to N. Where a place is not known
    the two are taken to be the same.

    Source: Fitts's law with BIT_S a bit, Card, Moran, Newell 1983.
    """
    session, screen, field = block.session_of, block.screen, block.field
    there = stays.first
    before, end = np.maximum(there - 1, 0), np.minimum(stays.last + 1, len(block) - 1)
    usable = (session[before] == session[there]) & (session[end] == session[there])
    usable &= (screen[before] == screen[there]) & (screen[end] == screen[there])
    usable &= (field[before] >= 0) & (field[end] >= 0) & (field[end] != field[there])
    asked = np.flatnonzero(usable)
    at = {}
    for name in ("x", "y"):
        known, value = _placed(block, name)
        at["A", name] = _nearest(block, known, value, before[asked], ahead=False)
        at["D", name] = _nearest(block, known, value, stays.last[asked], ahead=False)
        at["N", name] = _nearest(block, known, value, end[asked], ahead=True)
    bits = [np.log2(np.hypot(at[one, "x"] - at["N", "x"], at[one, "y"] - at["N", "y"]) / TARGET_PX + 1) for one in ("A", "D")]
    found = np.zeros(len(there))
    found[asked] = np.nan_to_num(BIT_S * (bits[0] - bits[1]))
    return found


def _placed(block: SessionBlock, name: str) -> tuple[Places, Numbers]:
    """Events whose x or y is known, in order of session, screen and time, and what it is."""
    column = block.rare[name]
    rows = column.is_not_null().to_numpy().nonzero()[0]
    key = np.sort(_screen_keys(block, rows))
    return key, column.fill_null(0).to_numpy()[key & ROW].astype(np.float64)


ROW: Final = (1 << 32) - 1


def _screen_keys(block: SessionBlock, rows: Places) -> Places:
    n_screens = len(block.places.screen_app)
    return ((block.session_of[rows].astype(np.int64) * n_screens + block.screen[rows]) << np.int64(32)) | rows


def _nearest(block: SessionBlock, known: Places, value: Numbers, rows: Places, *, ahead: bool) -> Numbers:
    """The last known value on the screen up to each event, or the next one from it on; NaN where there is none."""
    asked = _screen_keys(block, rows)
    place = np.searchsorted(known, asked, side="left" if ahead else "right") - (0 if ahead else 1)
    exists = (place >= 0) & (place < len(known))
    place = np.where(exists, place, 0)
    found = np.full(len(rows), np.nan)
    if len(known):
        exists &= known[place] >> np.int64(32) == asked >> np.int64(32)
        found[exists] = value[place[exists]]
    return found


def first_of_each(rows: Places) -> Places:
    """Where each of some rows comes first, in order of the rows."""
    order = np.argsort(rows, kind="stable")
    return order[opens(rows[order])] if len(rows) else order
