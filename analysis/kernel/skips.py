"""
Fields shown in a piece of work, and which of them were passed over or never touched: what one session can say of skips.sql.

Which fields are announced or fillable at all is known of the study as a whole, so the kernel gives every piece of work with every field
shown in it, and the study decides which of them are rows (`aggregates`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.fields import FieldVisits
from analysis.kernel.grid import grid_of, pair_keys
from analysis.kernel.runs import begin_places
from analysis.kernel.times import CaseRuns
from analysis.kernel.visits import Stays
from analysis.thresholds import Thresholds
from shadow.events import ACTION_CODES

__all__ = ["Shown", "shown_fields"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

ANNOUNCED, TOUCHED, MET, STAYED, HAD_VALUE = (np.uint8(1 << bit) for bit in range(5))


@dataclass(frozen=True, slots=True)
class Shown:
    """
    One row per piece of work and field shown in it, or met in it by an event.

    Args:

        session: Index of the session in the block.

        case_no: 0 where the piece of work is a screen visit.

        screen_visit: Index of that visit; -1 where the piece of work is a case, and for what a `screen` event met outside any.

        field: The field.

        announced: A `screen` event announces it.

        touched: A field visit is on it. Shown is what is announced or touched.

        met: An event of the case is on it, a `screen` event too.

        passed_over: It was stayed on and left unchanged and empty; means nothing in a session whose log tells no field's state.
    """

    session: Codes
    case_no: Codes
    screen_visit: Codes
    field: Codes
    announced: Bools
    touched: Bools
    met: Bools
    passed_over: Bools


def shown_fields(block: SessionBlock, cases: CaseRuns, screens: Stays, visits: FieldVisits, thresholds: Thresholds) -> Shown:
    """Collect what happened to each field in each piece of work in which it was shown."""
    n_fields = len(block.places.field_role)
    of_visit, loose = _work_of_visits(cases, screens)
    work = np.where(visits.case_no > 0, cases.number(visits.first, visits.case_no), of_visit[visits.screen_visit])
    touched = pair_keys(work, visits.field, n_fields)
    announced = pair_keys(_announced(block, cases, screens, of_visit), block.form_fields, n_fields)
    named = np.flatnonzero((block.action == ACTION_CODES["screen"]) & (block.field >= 0))
    met = pair_keys(cases.number(named, block.case_no[named]), block.field[named], n_fields)
    grid = grid_of(cases.n_cases + len(loose), n_fields, touched, announced, met)
    slot = grid.slots(touched)
    state = np.zeros(grid.n_slots, dtype=np.uint8)
    state[grid.slots(announced)] = ANNOUNCED
    state[grid.slots(met)] |= MET
    # Several visits may ask for one slot.
    np.bitwise_or.at(state, slot, _seen(visits, thresholds))
    slots = np.flatnonzero(state != 0)
    work, field = grid.work_and_field(slots)
    session, case_no, screen_visit = _works(block, cases, screens, loose)
    told = ((state[slots] & bit) > 0 for bit in (ANNOUNCED, TOUCHED, MET))
    announced_at, touched_at, met_at = told
    passed_over = (state[slots] & (STAYED | HAD_VALUE)) == STAYED
    return Shown(
        session[work], case_no[work], screen_visit[work], field.astype(np.int32), announced_at, touched_at, met_at, passed_over
    )  # fmt: skip


def _seen(visits: FieldVisits, thresholds: Thresholds) -> NDArray[np.uint8]:
    """What each field visit says of its field."""
    seen = np.full(len(visits.field), TOUCHED)
    stayed = visits.focused & (visits.dwell_ms >= thresholds.passed_over_min_ms)
    for bit, which in ((MET, visits.case_no > 0), (STAYED, stayed), (HAD_VALUE, visits.changed | visits.seen_filled)):
        seen |= which.view(np.uint8) * bit
    return seen


def _work_of_visits(cases: CaseRuns, screens: Stays) -> tuple[Codes, Places]:
    """The piece of work of each screen visit: its case, or a number of its own behind those of the cases; and the visits with such."""
    work = cases.number(screens.first, screens.case_no)
    loose = np.flatnonzero(screens.case_no == 0)
    work[loose] = cases.n_cases + np.arange(len(loose), dtype=np.int32)
    return work, loose


def _announced(block: SessionBlock, cases: CaseRuns, screens: Stays, of_visit: Codes) -> Codes:
    """The piece of work of each row of the forms."""
    first = np.flatnonzero(begin_places(block.form_rows, np.zeros(1, dtype=np.int64)))
    rows = block.form_rows[first]
    screen_visit = (np.searchsorted(screens.first, rows, side="right") - 1).astype(np.int32)
    case_no = block.case_no[rows]
    work = np.where(case_no > 0, cases.number(rows, case_no), of_visit[screen_visit])
    return np.repeat(work, np.diff(first, append=len(block.form_rows)))


def _works(block: SessionBlock, cases: CaseRuns, screens: Stays, loose: Places) -> tuple[Codes, Codes, Codes]:
    """Session, case and screen visit of each piece of work, by number."""
    lengths = np.diff(cases.offset, append=np.int32(cases.n_cases))
    session = np.repeat(np.arange(len(block.sessions), dtype=np.int32), lengths)
    case_no = np.arange(cases.n_cases, dtype=np.int32) - cases.offset[session]
    none, visit = np.zeros(len(loose), dtype=np.int32), loose.astype(np.int32)
    return (
        np.concatenate([session, block.session_of[screens.first[loose]]]),
        np.concatenate([case_no, none]),
        np.concatenate([np.full(cases.n_cases, -1, dtype=np.int32), visit]),
    )
