"""Active time: the gap rule of event_times.sql, and the cases an event may count to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.runs import begin_places, run_ends
from analysis.thresholds import Thresholds

__all__ = ["CaseRuns", "Times", "case_runs", "event_times"]

Codes = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Times:
    """
    Active time of a block's events.

    Args:

        active_ms: What each event adds, by the gap rule.

        clock_ms: Active time before each event, and behind the last. Only differences within a session mean anything: the clock runs on
            from session to session and may wrap at 2**31, which a difference does not feel, for no session is that long.
    """

    active_ms: Codes
    clock_ms: Codes

    def between(self, first: Places, end: Places) -> Codes:
        """Active time from one event to another of its session, in ms; the other's own is not in it."""
        spent: Codes = self.clock_ms[end] - self.clock_ms[first]
        return spent


@dataclass(frozen=True, slots=True)
class CaseRuns:
    """
    The cases of a block, each with a number of its own; those of a session are neighbours.

    Args:

        offset: What to add to each session's case numbers. A session's number 0 stands for no case.

        offset_of: The same for each event.

        n_cases: Numbers given, those for no case too.

        first: Place where each run of one case (or of none) begins.

        ends_case: Places of the last event of each case, in no order.
    """

    offset: Codes
    offset_of: Codes
    n_cases: int
    first: Places
    ends_case: Places

    def number(self, rows: Places, case_no: Codes) -> Codes:
        """Numbers of cases of the sessions in which some events lie."""
        numbers: Codes = self.offset_of[rows] + case_no
        return numbers


def event_times(block: SessionBlock, thresholds: Thresholds) -> Times:
    """Active time of each event."""
    active = np.empty(len(block), dtype=np.int32)
    np.subtract(block.t_ms[1:], block.t_ms[:-1], out=active[:-1])
    active[block.starts[1:] - 1] = 0
    active[np.flatnonzero(active > thresholds.gap_drop_ms)] = 0
    active[np.flatnonzero(block.is_action("pause", "gap_start"))] = 0
    clock = np.zeros(len(block) + 1, dtype=np.int32)
    np.cumsum(active, dtype=np.int32, out=clock[1:])
    return Times(active, clock)


def case_runs(block: SessionBlock) -> CaseRuns:
    """Number the cases of a block, and find where each one ends."""
    first = np.flatnonzero(begin_places(block.case_no, block.starts))
    case_no, session = block.case_no[first], block.session_of[first]
    highest = np.zeros(len(block.sessions), dtype=np.int32)
    np.maximum.at(highest, session, case_no)
    offset = np.concatenate([np.zeros(1, dtype=np.int32), np.cumsum(highest + 1, dtype=np.int32)])
    number = offset[session] + case_no
    last = np.full(int(offset[-1]), -1, dtype=np.int64)
    # Of several values for one case the last is kept.
    last[number] = run_ends(first, len(block))
    last[offset[:-1]] = -1
    offset_of = np.repeat(offset[:-1], np.diff(block.starts))
    return CaseRuns(offset[:-1], offset_of, int(offset[-1]), first, last[last >= 0])
