"""How much of the recorded time was seen, and what the log tells at all: totals of a block that add up."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.concepts import BlockConcepts
from analysis.kernel.runs import run_ends
from analysis.thresholds import GAPS_S, Thresholds

__all__ = ["TOTALS", "totals_of"]

Places = NDArray[np.int64]

TOTALS: Final = (
    "events", "events_in_case", "recorded_ms", "active_ms", "long_gaps_ms", "paused_ms", "blind_ms", "calls", "keyed",
    *(f"case_ms_{gap_s}" for gap_s in GAPS_S),
)  # fmt: skip
"""
Events, and those that belong to a case; time from each event to the next, what of it counts, and what does not count
for it is too long, after a pause, or not seen; events of a telephone; events that count keys; time on the case if gaps up to so many
seconds counted.
"""


def totals_of(found: BlockConcepts, thresholds: Thresholds) -> dict[str, int]:
    """The totals of a block."""
    block, times = found.block, found.times
    last = block.starts[1:] - 1
    recorded = int((block.t_ms[last].astype(np.int64) - block.t_ms[block.starts[:-1]]).sum())
    uncounted = np.flatnonzero(block.is_action("pause", "gap_start"))
    uncounted = uncounted[~np.isin(uncounted, last)]
    gaps = _gaps(found, uncounted)
    paused = block.is_action("pause")[uncounted]
    active = int(times.active_ms.sum(dtype=np.int64))
    wall, ends = _wall_on_cases(found)
    long = np.flatnonzero(np.diff(block.t_ms) > min(*GAPS_S, thresholds.gap_drop_ms / 1000) * 1000)
    long = np.setdiff1d(long, np.concatenate([last, uncounted]))
    long_ms, in_case = _gaps(found, long), (block.case_no[long] > 0) & ~np.isin(long, ends)
    uncounted_in_case = int(gaps[(block.case_no[uncounted] > 0) & ~np.isin(uncounted, ends)].sum())

    def on_cases(limit_ms: int) -> int:
        return wall - uncounted_in_case - int(long_ms[in_case & (long_ms > limit_ms)].sum())

    return {
        "events": len(block), "events_in_case": int(np.count_nonzero(block.case_no)), "recorded_ms": recorded, "active_ms": active,
        "long_gaps_ms": int(long_ms[long_ms > thresholds.gap_drop_ms].sum()),
        "paused_ms": int(gaps[paused].sum()), "blind_ms": int(gaps[~paused].sum()),
        "calls": int(np.count_nonzero(block.is_action("call_start", "call_end"))),
        "keyed": int(np.count_nonzero(block.keys >= 0)),
    } | {f"case_ms_{gap_s}": on_cases(gap_s * 1000) for gap_s in GAPS_S}  # fmt: skip


def _gaps(found: BlockConcepts, rows: Places) -> Places:
    """Time from some events, none of them a session's last, to the next."""
    gaps: Places = found.block.t_ms[rows + 1].astype(np.int64) - found.block.t_ms[rows]
    return gaps


def _wall_on_cases(found: BlockConcepts) -> tuple[int, Places]:
    """Time from each event of a case to the next event, but for the case's last; and the places of those."""
    block, cases = found.block, found.cases
    runs = np.flatnonzero(block.case_no[cases.first])
    first, end = cases.first[runs], (run_ends(cases.first, len(block)) + 1)[runs]
    # The last run of a session ends with it: what follows is another clock.
    end = np.minimum(end, block.starts[1:][block.session_of[first]] - 1)
    ends = cases.ends_case[~np.isin(cases.ends_case, block.starts[1:] - 1)]
    wall = (block.t_ms[end].astype(np.int64) - block.t_ms[first]).sum()
    return int(wall) - int(_gaps(found, ends).sum()), ends
