"""What one case is made of: when it began and ended, its time, events, applications and changes between them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.kernel.concepts import BlockConcepts
from analysis.kernel.runs import run_ends, united

__all__ = ["CASE_SCHEMA", "case_table"]

Codes = NDArray[np.int32]
Places = NDArray[np.int64]

CASE_SCHEMA = pl.Schema({
    "session": pl.Int32, "case_no": pl.Int32, "start_ms": pl.Int32, "end_ms": pl.Int32, "active_ms": pl.Int32, "n_events": pl.Int32,
    "n_apps": pl.Int32, "n_switches": pl.Int32, "how": pl.UInt8,
})  # fmt: skip
"""One row per case; `start_ms` and `end_ms` on the session's clock, `how` an index into `analysis.cases.HOW`."""


def case_table(found: BlockConcepts) -> pl.DataFrame:
    """
    The cases of a block.

    Returns:

        The columns of CASE_SCHEMA but `how`, in session and case order.
    """
    block, cases, times = found.block, found.cases, found.times
    last = np.sort(cases.ends_case)
    number = cases.number(last, block.case_no[last])
    order = np.argsort(number)
    last, number = last[order], number[order]
    runs = np.flatnonzero(block.case_no[cases.first])
    ends = (run_ends(cases.first, len(block)) + 1)[runs]
    first = cases.first[runs]
    of_run = cases.number(first, block.case_no[first])

    def per_case(numbers: Codes, weights: Codes | Places | None = None) -> Codes:
        counts: Codes = np.bincount(numbers, weights, minlength=cases.n_cases)[number].astype(np.int32)
        return counts

    begun = np.full(cases.n_cases, len(block), dtype=np.int64)
    begun[of_run[::-1]] = first[::-1]
    known = np.flatnonzero(found.switches.case_no)
    return pl.DataFrame({
        "session": block.sessions[block.session_of[last]],
        "case_no": block.case_no[last],
        "start_ms": block.t_ms[begun[number]],
        "end_ms": block.t_ms[last],
        "active_ms": per_case(of_run, times.between(first, ends)) - times.active_ms[last],
        "n_events": per_case(of_run, ends - first),
        "n_apps": per_case(_apps_met(found)),
        "n_switches": per_case(cases.number(found.switches.row[known], found.switches.case_no[known])),
    })  # fmt: skip


def _apps_met(found: BlockConcepts) -> Codes:
    """Number of the case, once for each known application that it has an event in."""
    block, cases, places = found.block, found.cases, found.block.places
    first = united(found.screens.first, cases.first)
    first = first[block.case_no[first] > 0]
    app = places.screen_app[block.screen[first]]
    first, app = first[places.app_known[app]], app[places.app_known[app]]
    met = (cases.number(first, block.case_no[first]).astype(np.int64) << np.int64(32)) | app
    met.sort()
    numbers: Codes = (met[np.diff(met, prepend=-1) != 0] >> np.int64(32)).astype(np.int32)
    return numbers
