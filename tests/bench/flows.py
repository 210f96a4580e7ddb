"""
The directly-follows graph and the variants of the cases, by polars from the store, for the row beside pm4py's.

The product has neither; this is what they would cost. An activity is an action on a screen. Cases are those given by case_start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from shadow.events import ACTION_CODES
from tests.bench.meter import stage

if TYPE_CHECKING:
    from pathlib import Path

    from shadow.study import Study

__all__ = ["flows", "write_flow_log"]

# More than there are actions.
ACTION_BASE: Final = 32


def flows(study: Study) -> None:
    """Measure both, over all events."""
    with stage("our dfg") as facts:
        same = pl.col("case") == pl.col("case").shift()
        steps = _activities(study).select(pl.col("activity").shift().alias("before"), "activity", same=same).filter("same")
        facts["edges"] = steps.group_by("before", "activity").len().collect().height
    with stage("our variants") as facts:
        traces = _activities(study).group_by("case").agg("activity")
        facts["variants"] = traces.group_by("activity").len().select(pl.len()).collect().item()


def _activities(study: Study) -> pl.LazyFrame:
    """Case and activity of each event, in order."""
    starts = pl.col("action") == ACTION_CODES["case_start"]
    activity = pl.col("screen") * ACTION_BASE + pl.col("action")
    return study.scan("events").select("session", "t_ms", case=starts.cum_sum(), activity=activity)


def write_flow_log(study: Study, path: Path) -> None:
    """Write the same cases and activities as the log that pm4py reads: case, activity, time."""
    activities = _activities(study).with_columns(
        case=pl.format("case {}", "case"),
        activity=pl.format("activity {}", "activity"),
        time=pl.datetime(2026, 1, 1) + pl.duration(days="session", milliseconds="t_ms"),
    )
    activities.select("case", "activity", "time").collect().write_csv(path)
