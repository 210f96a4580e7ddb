"""
Clicks that repeat, clicks that nothing answers, and where a log shows answers at all.

repeat_clicks.sql and, of dead_clicks.sql, what one session can say: whether an application answers anywhere, and which fields are
fillable, is known of the study as a whole, so the kernel gives the clicks that would be dead, and the study decides (`aggregates`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import NO_ROLE, SessionBlock
from analysis.kernel.edits import MANY_PLACES
from analysis.kernel.visits import known_case
from analysis.thresholds import Thresholds
from shadow.events import ACTION_CODES

__all__ = ["Bursts", "DeadClicks", "dead_clicks", "repeat_clicks"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

CLICK = np.uint8(ACTION_CODES["click"])


@dataclass(frozen=True, slots=True)
class Bursts:
    """One row per burst: first and last click, how many, case (0 for none)."""

    first: Places
    last: Places
    n_clicks: Codes
    case_no: Codes


@dataclass(frozen=True, slots=True)
class DeadClicks:
    """One row per click on a button, link, cell or field of unknown role that nothing followed in time: its event and field."""

    row: Places
    field: Codes


def repeat_clicks(block: SessionBlock, thresholds: Thresholds) -> Bursts:
    """Bursts of clicks on one place, as if it had not answered."""
    clicks = np.flatnonzero(block.action == CLICK)
    joined = _continued(block, clicks, thresholds)
    # Neighbouring clicks that continue make one burst with the click before them.
    opens = np.flatnonzero(np.diff(joined, prepend=-2) != 1)
    ends = np.append(opens, len(joined))[1:]
    first, last = joined[opens] - 1, joined[ends - 1]
    n_clicks = (ends - opens + 1).astype(np.int32)
    field = block.field[clicks[first]]
    needed, normal = _needed(block, field, thresholds)
    kept = np.flatnonzero((n_clicks >= needed) & ~normal)
    first, last = first[kept], last[kept]
    case_no = known_case(block.case_no[clicks], first, last)
    return Bursts(clicks[first], clicks[last], n_clicks[kept], case_no)


def _needed(block: SessionBlock, field: Codes, thresholds: Thresholds) -> tuple[Codes, Bools]:
    """Clicks that make a burst in each field, and whether repeated clicks are the way to work there."""
    places = block.places
    grid = places.field_has_role(*MANY_PLACES)
    normal = places.field_has_role("entry", "text", "password", "combo", "date") | places.field_steps
    # The last place answers for -1, a click on no field.
    per_field = np.append(np.where(grid, thresholds.repeat_click_n_grid, thresholds.repeat_click_n), thresholds.repeat_click_n)
    return per_field[field].astype(np.int32), np.append(normal, np.False_)[field]


def _continued(block: SessionBlock, clicks: Places, thresholds: Thresholds) -> Places:
    """Indexes of the clicks that continue a burst with the click before."""
    t_ms, field, screen = block.t_ms[clicks], block.field[clicks], block.screen[clicks]
    at = np.flatnonzero(
        (t_ms[1:] - t_ms[:-1] <= thresholds.repeat_click_gap_ms) & (field[1:] == field[:-1]) & (screen[1:] == screen[:-1])
    ) + 1  # fmt: skip
    one, two = clicks[at - 1], clicks[at]
    at = at[(block.session_of[one] == block.session_of[two]) & ~_answered(block, one, two)]
    continued: Places = at[_near(block, clicks[at - 1], clicks[at], field[at], thresholds)]
    return continued


def _answered(block: SessionBlock, one: Places, two: Places) -> Bools:
    answered = np.zeros(len(one), dtype=np.bool_)
    apart = np.flatnonzero(two - one > 1)
    if len(apart):
        answers = np.flatnonzero(block.is_action("change", "select", "screen", "switch"))
        answered[apart] = np.searchsorted(answers, one[apart]) < np.searchsorted(answers, two[apart])
    return answered


def _near(block: SessionBlock, one: Places, two: Places, field: Codes, thresholds: Thresholds) -> Bools:
    """Whether clicks are near each other, where that matters: on no field, and in fields that stand for many places."""
    many = np.append(block.places.field_has_role(*MANY_PLACES), np.True_)[field]
    near = np.ones(len(one), dtype=np.bool_)
    asked = np.flatnonzero(many)
    if len(asked):
        (x_one, y_one), (x_two, y_two) = block.position(one[asked]), block.position(two[asked])
        distance = np.abs(x_two - x_one) + np.abs(y_two - y_one)
        near[asked] = np.where(np.isnan(distance), field[asked] >= 0, distance <= thresholds.repeat_click_px)
    return near


def dead_clicks(block: SessionBlock, thresholds: Thresholds) -> DeadClicks:
    """Clicks on what may have to answer, after which nothing happened for long enough, though that time was observed."""
    clicks = np.flatnonzero((block.action == CLICK) & (block.field >= 0))
    may_answer = block.places.field_has_role("button", "link", "cell") | (block.places.field_role == NO_ROLE)
    clicks = clicks[may_answer[block.field[clicks]]]
    until = block.t_ms[clicks] + thresholds.dead_click_ms
    ends = block.starts[1:][block.session_of[clicks]]
    observed = block.t_ms[ends - 1] >= until
    clicks, until, ends = clicks[observed], until[observed], ends[observed]
    answer = _answer_rows(block, clicks, ends)
    # What answers only after the session's end does not.
    silent = (answer == ends) | (block.t_ms[np.minimum(answer, len(block) - 1)] > until)
    rows = clicks[silent]
    return DeadClicks(rows, block.field[rows])


def _answer_rows(block: SessionBlock, clicks: Places, ends: Places) -> Places:
    """Row of the next event of the session that is the application's and no click on the same field; the session's end without one."""
    aside = np.flatnonzero(
        block.is_action("mark", "call_start", "call_end", "hold_start", "hold_end", "case_start", "case_end")
    )  # fmt: skip
    after = _past(aside, clicks + 1)
    again = np.flatnonzero((after < ends) & _clicks_on(block, after, block.field[clicks]))
    if len(again):
        after[again] = _past_runs(block, aside, clicks[again])
    return np.minimum(after, ends)


def _clicks_on(block: SessionBlock, rows: Places, field: Codes) -> Bools:
    inside = np.minimum(rows, len(block) - 1)
    same: Bools = (block.action[inside] == CLICK) & (block.field[inside] == field)
    return same


def _past(aside: Places, rows: Places) -> Places:
    """The first row from each on that is no aside."""
    if not len(aside):
        return rows
    ends = np.flatnonzero(np.diff(aside, append=aside[-1] + 2) != 1)
    at = np.searchsorted(aside, rows)
    inside = np.flatnonzero((at < len(aside)) & (aside[np.minimum(at, len(aside) - 1)] == rows))
    past = rows.copy()
    past[inside] = aside[ends[np.searchsorted(ends, at[inside])]] + 1
    return past


def _past_runs(block: SessionBlock, aside: Places, clicks: Places) -> Places:
    """The first row that is no aside behind the run of clicks on one field that each click lies in."""
    every = np.flatnonzero((block.action == CLICK) & (block.field >= 0))
    after, field, session = _past(aside, every + 1), block.field[every], block.session_of[every]
    linked = (after[:-1] == every[1:]) & (field[1:] == field[:-1]) & (session[1:] == session[:-1])
    ends = np.flatnonzero(np.append(~linked, np.True_))
    past: Places = after[ends[np.searchsorted(ends, np.searchsorted(every, clicks))]]
    return past
