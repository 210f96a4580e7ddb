"""
Stays on fields, with hesitation and what became of the field: field_visits.sql.

Most events lie on a field; those that do are picked out once, and everything about fields works on them. "Place" here is a place among
them, "row" one in the block:

    rows    0 click A   1 focus F   2 mark   3 input F   4 blur F
    places  0           1                    2           3
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.runs import begin_places, run_ends
from analysis.kernel.times import Times
from analysis.kernel.visits import Stays, known_case
from shadow.events import ACTION_CODES

__all__ = ["FieldVisits", "OnField", "events_on_fields", "field_visits"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

BLUR, CHANGE, COPY = (np.uint8(ACTION_CODES[name]) for name in ("blur", "change", "copy"))


@dataclass(frozen=True, slots=True)
class OnField:
    """
    The events on a field; a `screen` event with one only says what the screen shows, and is none.

    Args:

        rows: Where they are in the block.

        field, action, case_no: Of each of them.

        begins_run: It is on another field than the one before it, or the first of its session.

        is_input: It is an input, change, paste or select.
    """

    rows: Places
    field: Codes
    action: NDArray[np.uint8]
    case_no: Codes
    begins_run: Bools
    is_input: Bools


@dataclass(frozen=True, slots=True)
class FieldVisits:
    """
    One row per field visit.

    Args:

        number: Visit of each event on a field, by place.

        field: Its field.

        first, last: Rows of its first and last event on the field.

        screen_visit: Index of the screen visit it lies in.

        dwell_ms: Active ms.

        end_row: Row of its first blur; else of the next event of the session, or its last one.

        first_input: Row of its first input; -1 if it has none.

        hesitation_ms: -1 where not measured.

        focused, changed, seen_filled, filled_after: As in the SQL; filled_after is 1, 0, or -1 where not known.

        shows_state: It tells the field's state, otherwise than as the source of a copy.

        n_keys: -1 if none counts keys.

        case_no: 0 for none.
    """

    number: Codes
    field: Codes
    first: Places
    last: Places
    screen_visit: Codes
    n_events: Codes
    dwell_ms: Codes
    end_row: Places
    first_input: Places
    hesitation_ms: Codes
    focused: Bools
    changed: Bools
    seen_filled: Bools
    filled_after: NDArray[np.int8]
    shows_state: Bools
    n_keys: Codes
    case_no: Codes

    @property
    def entered(self) -> Bools:
        """It holds a focus, click, input, change, paste or select."""
        return self.focused | self.changed


def events_on_fields(block: SessionBlock) -> OnField:
    """Pick out the events on a field."""
    rows = np.flatnonzero((block.field >= 0) & (block.action != ACTION_CODES["screen"]))
    field, action = block.field[rows], block.action[rows]
    is_input = (
        (action == ACTION_CODES["input"]) | (action == CHANGE) | (action == ACTION_CODES["paste"]) | (action == ACTION_CODES["select"])
    )
    begins = begin_places(field, np.searchsorted(rows, block.starts))
    return OnField(rows, field, action, block.case_no[rows], begins, is_input)


def field_visits(block: SessionBlock, times: Times, screens: Stays, on: OnField) -> FieldVisits:
    """Stays on one field within one screen visit, cut where the case changes and where the field is entered anew after a blur."""
    begins = _visit_begins(on, screens)
    places = np.flatnonzero(begins)
    number = np.cumsum(begins, dtype=np.int32)
    number -= 1
    ends = run_ends(places, len(on.rows))
    first, last = on.rows[places], on.rows[ends]
    blurred = _first_rows(on, on.action == BLUR, ends)
    first_input = _first_rows(on, on.is_input, ends)
    changed = first_input >= 0
    focused = _counts((on.action == ACTION_CODES["focus"]) | (on.action == ACTION_CODES["click"]), ends) > 0
    seen_filled, filled_after, shows_state = _states(block, on, ends)
    return FieldVisits(
        number, on.field[places], first, last, _screen_visit_of(screens, first, len(block)),
        np.diff(places, append=len(on.rows)).astype(np.int32),
        times.between(first, np.where(blurred >= 0, blurred, last + 1)),
        np.where(blurred >= 0, blurred, _next_rows(block, last)),
        first_input, _hesitation(block, times, first, first_input),
        focused, changed, seen_filled, filled_after, shows_state,
        _keys(block, on, ends), known_case(on.case_no, places, ends),
    )  # fmt: skip


def _visit_begins(on: OnField, screens: Stays) -> Bools:
    begins = on.begins_run.copy()
    entering = np.searchsorted(on.rows, screens.first)
    begins[entering[entering < len(begins)]] = True
    stays = np.flatnonzero(begins)
    for places in (_other_case(on, stays), _back_after_blur(on, begins, stays)):
        begins[places] = True
    return begins


def _same_stay(stays: Places, one: Places, two: Places) -> Bools:
    """Whether no stay begins behind the one and up to the two."""
    same: Bools = np.searchsorted(stays, one, side="right") == np.searchsorted(stays, two, side="right")
    return same


def _other_case(on: OnField, stays: Places) -> Places:
    """Places within a stay whose case differs from the stay's last known one."""
    changes = np.flatnonzero(on.case_no[1:] != on.case_no[:-1])
    one, two = changes, changes + 1
    if not on.case_no.all():
        # Only cases count, and between two of them there may be events without one.
        known = np.flatnonzero(on.case_no > 0)
        case_no = on.case_no[known]
        at = np.flatnonzero(case_no[1:] != case_no[:-1])
        one, two = known[at], known[at + 1]
    return two[_same_stay(stays, one, two)]


def _back_after_blur(on: OnField, begins: Bools, stays: Places) -> Places:
    """Places within a stay with anything but a change or blur, where the last before that was no change is a blur."""
    action = on.action
    left = (action == BLUR) | (action == CHANGE)
    at = np.flatnonzero(left[:-1] & ~left[1:] & ~begins[1:]) + 1
    late = at[action[at - 1] == CHANGE]
    before = at - 1
    if len(late):
        others = np.flatnonzero(action != CHANGE)
        before[action[at - 1] == CHANGE] = others[np.searchsorted(others, late) - 1]
        # A change may open the session, with nothing before it.
        before = np.minimum(before, at - 1)
    back = (action[before] == BLUR) & _same_stay(stays, before, at)
    found: Places = at[back]
    return found


def _counts(which: Bools, ends: Places) -> Codes:
    """How many of these events each visit has; visits lie side by side, so their last places are enough."""
    upto = np.cumsum(which, dtype=np.int32)[ends]
    return np.diff(upto, prepend=np.int32(0))


def _first_rows(on: OnField, which: Bools, ends: Places) -> Places:
    """Row of the first of these events in each visit; -1 without."""
    counts, known = _counts(which, ends), np.flatnonzero(which)
    before = np.cumsum(counts) - counts
    has = np.flatnonzero(counts > 0)
    found = np.full(len(ends), -1, dtype=np.int64)
    found[has] = on.rows[known[before[has]]]
    return found


def _states(block: SessionBlock, on: OnField, ends: Places) -> tuple[Bools, NDArray[np.int8], Bools]:
    filled = block.filled[on.rows]
    is_known = filled >= 0
    counts, known = _counts(is_known, ends), np.flatnonzero(is_known)
    has = np.flatnonzero(counts > 0)
    filled_after = np.full(len(ends), -1, dtype=np.int8)
    filled_after[has] = filled[known[np.cumsum(counts)[has] - 1]]
    return _counts(filled == 1, ends) > 0, filled_after, _counts(is_known & (on.action != COPY), ends) > 0


def _keys(block: SessionBlock, on: OnField, ends: Places) -> Codes:
    keys = block.keys[on.rows]
    # Sums may wrap on the way; differences do not feel it, as in `Times`.
    upto = np.cumsum(np.maximum(keys, 0), dtype=np.int32)[ends]
    sums = np.diff(upto, prepend=np.int32(0))
    sums[_counts(keys >= 0, ends) == 0] = -1
    return sums


def _hesitation(block: SessionBlock, times: Times, first: Places, first_input: Places) -> Codes:
    action = block.action[first]
    begun = (action == ACTION_CODES["focus"]) | (action == ACTION_CODES["click"])
    asked = np.flatnonzero(begun & (first_input >= 0))
    one, two = first[asked], first_input[asked]
    wall = block.t_ms[two] - block.t_ms[one]
    hesitation = np.full(len(first), -1, dtype=np.int32)
    # All of the time between is active, or else some of it was not observed.
    hesitation[asked] = np.where(wall == times.between(one, two), wall, -1)
    return hesitation


def _next_rows(block: SessionBlock, rows: Places) -> Places:
    """Row of the next event of the session, or the same row if it is the last. Rows come in order."""
    after = rows + 1
    at_ends = np.searchsorted(rows, block.starts[1:] - 1)
    inside = at_ends < len(rows)
    at_ends, ends = at_ends[inside], block.starts[1:][inside] - 1
    is_end = rows[at_ends] == ends
    after[at_ends[is_end]] = ends[is_end]
    return after


def _screen_visit_of(screens: Stays, rows: Places, n_rows: int) -> Codes:
    lengths = np.diff(screens.first, append=n_rows)
    visits: Codes = np.repeat(np.arange(len(screens.first), dtype=np.int32), lengths)[rows]
    return visits
