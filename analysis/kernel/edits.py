"""
What was entered into fields, what of it was undone or redone, and which fields were come back to.

edits.sql, corrections.sql and returns.sql.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.fields import CHANGE, FieldVisits, OnField
from analysis.kernel.grid import Grid, grid_of, joined, ordered, pair_keys, parted
from analysis.kernel.times import CaseRuns
from shadow.events import ACTION_CODES

__all__ = ["MANY_PLACES", "Corrections", "Edits", "Returns", "corrections", "edits", "returns"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

INPUT, PASTE, SELECT = (np.uint8(ACTION_CODES[name]) for name in ("input", "paste", "select"))
# Roles of which one field stands for many places.
MANY_PLACES = ("cell", "grid", "document")


@dataclass(frozen=True, slots=True)
class Edits:
    """One row per edit: its event, its field, whether it was pasted, its field visit."""

    row: Places
    field: Codes
    pasted: Bools
    visit: Codes


@dataclass(frozen=True, slots=True)
class Corrections:
    """One row per correction, in order of its event: the entry undone or redone, and whether it left the field empty."""

    row: Places
    former: Places
    cleared: Bools


@dataclass(frozen=True, slots=True)
class Returns:
    """
    One row per case and field filled in it, in order of both.

    Args:

        case_no, field: What was filled.

        filled: Row of the first edit that filled it.

        n_returns: Later visits that entered it.

        first_return: Row at which the first of them begins; -1 without.
    """

    case_no: Codes
    field: Codes
    filled: Places
    n_returns: Codes
    first_return: Places


def edits(on: OnField, visits: FieldVisits) -> Edits:
    """Changes and selects, and pastes and inputs that no change of the field follows before another field's event."""
    places = np.flatnonzero(on.is_input)
    action = on.action[places]
    run = np.cumsum(on.begins_run, dtype=np.int32)[places]
    is_change, is_paste = action == CHANGE, action == PASTE
    changes, pastes = np.flatnonzero(is_change), np.flatnonzero(is_paste)
    n_changes = np.cumsum(is_change, dtype=np.int32)
    is_edit = is_change | (action == SELECT)
    others = np.flatnonzero(~is_edit)
    # The change after an input is the one behind those counted so far.
    is_edit[others] = ~_in_run(run, changes, n_changes[others], others)
    pasted = is_paste.copy()
    if len(pastes):
        before = np.cumsum(is_paste, dtype=np.int32)[changes] - 1
        paste = pastes[before]
        same = (before >= 0) & (run[paste] == run[changes]) & (n_changes[paste] + 1 == n_changes[changes])
        pasted[changes] = same
    kept = np.flatnonzero(is_edit)
    at = places[kept]
    return Edits(on.rows[at], on.field[at], pasted[kept], visits.number[at])


def _in_run(run: Codes, changes: Places, which: Codes, entries: Places) -> Bools:
    """Whether the given change exists and lies in the entry's run."""
    exists = which < len(changes)
    found = np.zeros(len(entries), dtype=np.bool_)
    found[exists] = run[changes[which[exists]]] == run[entries[exists]]
    return found


def _in_cases(block: SessionBlock, cases: CaseRuns, rows: Places, field: Codes, case_no: Codes) -> tuple[Places, Places]:
    """Which of some events belong to a case and lie in a field that is one place; and their pairs of case and field."""
    one_place = ~block.places.field_has_role(*MANY_PLACES)
    meant = case_no > 0
    if not one_place.all():
        meant &= one_place[field]
    kept = np.flatnonzero(meant)
    if len(kept) < len(rows):
        rows, field, case_no = rows[kept], field[kept], case_no[kept]
    return kept, pair_keys(cases.number(rows, case_no), field, len(one_place))


def corrections(block: SessionBlock, cases: CaseRuns, on: OnField, made: Edits) -> Corrections:
    """Edits undone or redone within one case and field."""
    cleared, emptied = _cleared(block, cases, on)
    changed, redone = _changed(block, cases, made)
    rows, former = np.concatenate([cleared, changed]), np.concatenate([emptied, redone])
    order = np.argsort(rows, kind="stable")
    return Corrections(rows[order], former[order], (np.arange(len(rows)) < len(cleared))[order])


def _cleared(block: SessionBlock, cases: CaseRuns, on: OnField) -> tuple[Places, Places]:
    """Inputs and changes that leave a field empty which the entry before had left filled; and that entry."""
    places = np.flatnonzero(on.is_input)
    rows = on.rows[places]
    filled = block.filled[rows]
    empties = filled == 0
    if not empties.any():
        return rows[:0], rows[:0]
    kept, keys = _in_cases(block, cases, rows, on.field[places], on.case_no[places])
    known = filled[kept] >= 0
    kept, keys = kept[known], keys[known]
    grid = grid_of(cases.n_cases, len(block.places.field_role), keys)
    slots = grid.slots(keys)
    emptied = np.zeros(grid.n_slots, dtype=np.bool_)
    emptied[slots[empties[kept]]] = True
    asked = emptied[slots]
    slot, entry = parted(ordered(slots[asked], kept[asked], len(block)), len(block))
    state, action = filled[entry], on.action[places[entry]]
    undone = (state[1:] == 0) & (state[:-1] == 1) & (slot[1:] == slot[:-1]) & ((action[1:] == INPUT) | (action[1:] == CHANGE))
    at = np.flatnonzero(undone)
    return rows[entry[at + 1]], rows[entry[at]]


def _changed(block: SessionBlock, cases: CaseRuns, made: Edits) -> tuple[Places, Places]:
    """Edits of another value than the edit before, which do not only continue it; and that edit."""
    kept, keys = _in_cases(block, cases, made.row, made.field, block.case_no[made.row])
    again = _repeated(grid_of(cases.n_cases, len(block.places.field_role), keys), keys)
    key, edit = parted(ordered(keys[again], kept[again], len(block)), len(block))
    row, visit = made.row[edit], made.visit[edit]
    state, action, mark = block.filled[row], block.action[row], block.mark(row)
    redone = (
        (key[1:] == key[:-1]) & (state[1:] != 0) & (state[:-1] != 0)
        & (mark[1:] != mark[:-1]) & (mark[1:] >= 0) & (mark[:-1] >= 0)
        & ((visit[1:] != visit[:-1]) | (action[:-1] == CHANGE) | (action[:-1] == SELECT))
    )  # fmt: skip
    at = np.flatnonzero(redone)
    former, now, key = row[at], row[at + 1], key[at]
    real = ~_emptied_between(block, cases, key, former, now)
    former, now = former[real], now[real]
    real = ~_continues(block, former, now)
    return now[real], former[real]


def _repeated(grid: Grid, keys: Places) -> Bools:
    """Which pairs are there more than once."""
    slots = grid.slots(keys)
    place = np.arange(len(slots), dtype=np.int32)
    holder = np.empty(grid.n_slots, dtype=np.int32)
    # Any one of a pair's rows may stay; whichever it is, the others see that they did not.
    holder[slots] = place
    several = np.zeros(grid.n_slots, dtype=np.bool_)
    several[slots[holder[slots] != place]] = True
    return several[slots]


def _emptied_between(block: SessionBlock, cases: CaseRuns, key: Places, former: Places, now: Places) -> Bools:
    """Whether the field was seen empty in its case between two events; any event on it may say so, a new form too."""
    empties = np.flatnonzero((block.filled == 0) & (block.field >= 0) & (block.case_no > 0))
    number = cases.number(empties, block.case_no[empties])
    seen = pair_keys(number, block.field[empties], len(block.places.field_role))
    order = ordered(seen, empties, len(block))
    after, until = (np.searchsorted(order, joined(key, rows, len(block)), side="right") for rows in (former, now))
    between: Bools = until > after
    return between


def _continues(block: SessionBlock, former: Places, now: Places) -> Bools:
    """Whether the new value holds all words of the former one, and more; a value of one word may be known by its whole form only."""
    token_start = _token_start(block)
    had, were_whole = _marks(block, token_start, former)
    has, _ = _marks(block, token_start, now)
    n_had, n_has, n_kept, n_whole = (
        np.bincount(found >> np.int64(32), minlength=len(now)) for found in (had, has, _in_both(had, has), _in_both(were_whole, has))
    )
    longer: Bools = ((n_had > 0) & (n_has > n_had) & (n_kept == n_had)) | ((n_has > 1) & (n_whole > 0))
    return longer


def _token_start(block: SessionBlock) -> Places:
    """Before how many tokens those of each event lie, and of one behind the last."""
    start = np.zeros(len(block) + 1, dtype=np.int64)
    np.cumsum(np.bincount(block.token_rows, minlength=len(block)), out=start[1:])
    return start


def _marks(block: SessionBlock, token_start: Places, rows: Places) -> tuple[Places, Places]:
    """The words and the whole forms of some events' values, each once: index of the event in `rows` << 32 | mark."""
    first, n_marks = token_start[rows], token_start[rows + 1] - token_start[rows]
    which = np.repeat(np.arange(len(rows), dtype=np.int64), n_marks)
    at = np.arange(len(which)) + np.repeat(first - (np.cumsum(n_marks) - n_marks), n_marks)
    marks, whole = (which << np.int64(32)) | block.tokens[at], block.token_whole[at]
    return _each_once(marks[~whole]), _each_once(marks[whole])


def _each_once(marks: Places) -> Places:
    ordered_marks = np.sort(marks)
    once: Places = ordered_marks[np.diff(ordered_marks, prepend=-1) != 0]
    return once


def _in_both(one: Places, two: Places) -> Places:
    """What both have; neither has anything twice."""
    both = np.sort(np.concatenate([one, two]))
    shared: Places = both[1:][both[1:] == both[:-1]]
    return shared


def returns(block: SessionBlock, cases: CaseRuns, visits: FieldVisits, made: Edits) -> Returns:
    """Later visits to fields already filled in the case."""
    n_fields = len(block.places.field_role)
    filling = np.flatnonzero(block.filled[made.row] != 0)
    row, field = made.row[filling], made.field[filling]
    kept, keys = _in_cases(block, cases, row, field, block.case_no[row])
    entered = np.flatnonzero(visits.entered)
    back, back_keys = _in_cases(block, cases, visits.first[entered], visits.field[entered], visits.case_no[entered])
    back = entered[back]
    grid = grid_of(cases.n_cases, n_fields, keys, back_keys)
    first = np.full(grid.n_slots, len(block), dtype=np.int32)
    slots = grid.slots(keys)
    # Of several values for one slot the last is kept: backwards, that is the first.
    first[slots[::-1]] = row[kept][::-1]
    slot = grid.slots(back_keys)
    late = first[slot] < visits.first[back]
    filled = np.flatnonzero(first < len(block))
    pair, visit = np.searchsorted(filled, slot[late]), visits.first[back[late]]
    first_return = np.full(len(filled), len(block), dtype=np.int64)
    first_return[pair[::-1]] = visit[::-1]
    first_return[first_return == len(block)] = -1
    n_returns = np.bincount(pair, minlength=len(filled)).astype(np.int32)
    at = first[filled].astype(np.int64)
    return Returns(block.case_no[at], block.field[at], at, n_returns, first_return)
