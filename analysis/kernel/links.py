"""Each paste, the copy it came from, and the edit it ended in: copy_paste_links.sql."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.edits import PASTE, Edits
from analysis.kernel.runs import begin_places, latest
from analysis.kernel.times import Times
from shadow.events import ACTION_CODES

__all__ = ["Links", "copy_paste_links"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Links:
    """One row per paste: its event, the copy (-1 without), start (-1 without a copy), the edit it ended in, active ms (-1 without a copy)."""

    paste: Places
    copied: Places
    start: Places
    edit: Places
    active_ms: Codes


def copy_paste_links(block: SessionBlock, times: Times, made: Edits) -> Links:
    """Link every paste to the copy before it and the edit behind it."""
    paste = np.flatnonzero(block.action == PASTE)
    copied = _in_session(block, latest(_copies(block), paste), paste)
    edited = _in_session(block, latest(made.row, paste), paste)
    start = np.where(copied >= 0, np.maximum(copied, edited), -1)
    edit = _endings(block, made, paste)
    active = np.where(start >= 0, times.between(np.maximum(start, 0), edit), -1).astype(np.int32)
    return Links(paste, copied, start, edit, active)


def _in_session(block: SessionBlock, found: Places, rows: Places) -> Places:
    """The rows found, where they lie in the session of the rows they were found for; else -1."""
    same = (found >= 0) & (block.session_of[np.maximum(found, 0)] == block.session_of[rows])
    return np.where(same, found, -1)


def _copies(block: SessionBlock) -> Places:
    """Copies that put something on the clipboard."""
    copies = np.flatnonzero(block.action == ACTION_CODES["copy"])
    session, marked = block.session_of[copies], block.mark(copies) >= 0
    tells = np.zeros(len(block.sessions), dtype=np.bool_)
    tells[session[marked]] = True
    # The last place answers for -1, a copy from no field.
    secret = np.append(block.places.field_has_role("password"), np.False_)[block.field[copies]]
    filling: Places = copies[marked | (block.filled[copies] == 1) | secret | ~tells[session]]
    return filling


def _endings(block: SessionBlock, made: Edits, paste: Places) -> Places:
    """
    The edit that ends each link: the next change or select, if nothing speaks against it, else the paste.

    The first change or select behind the paste is the only one that can: if it is of another field, that is an edit of another field.
    """
    field = block.field[paste]
    fills = np.flatnonzero(block.is_action("change", "select") & (block.field >= 0))
    ends = block.starts[1:][block.session_of[paste]]
    fill = _next(fills, paste, ends)
    inside = np.minimum(fill, len(block) - 1)
    case_no, other = block.case_no[inside], block.case_no[paste]
    own = (field >= 0) & (fill < ends) & (block.field[inside] == field) & ((case_no == other) | (case_no == 0) | (other == 0))
    pastes = paste[field >= 0]
    own &= (_next(pastes, paste, ends) > fill) & (_next_of_other_field(block, made, paste, ends) > fill)
    return np.where(own, fill, paste)


def _next(known: Places, rows: Places, ends: Places) -> Places:
    """The first of the known places behind each row, or the end of its session."""
    at = np.searchsorted(known, rows, side="right")
    found: Places = np.minimum(np.append(known, np.iinfo(np.int64).max)[at], ends)
    return found


def _next_of_other_field(block: SessionBlock, made: Edits, paste: Places, ends: Places) -> Places:
    """The first edit of another field behind each paste, or the end of its session."""
    runs = np.flatnonzero(begin_places(made.field, np.searchsorted(made.row, block.starts)))
    after = np.searchsorted(made.row, paste, side="right")
    same = np.append(made.field, np.int32(-1))[after] == block.field[paste]
    run_after = np.append(runs, len(made.row))[np.searchsorted(runs, after, side="right")]
    found: Places = np.minimum(np.append(made.row, np.iinfo(np.int64).max)[np.where(same, run_after, after)], ends)
    return found
