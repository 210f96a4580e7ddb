"""
The main concepts in plain pandas, as a sensible analyst would write them in an afternoon: `python -m tests.bench.plain_pandas STUDY`.

Cases are taken as given, equal values are equal marks, and the finer rules of the product's concepts are left out (what a blur ends, which
edit ends a paste, rare values), so this does less work than what it stands beside.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from shadow.events import ACTIONS
from shadow.study import Study, open_study
from tests.bench.meter import stage

COLUMNS: Final = ("session", "seq", "t_ms", "action", "app", "screen", "field", "mark", "x", "y")
GAP_MS: Final = 120_000
BURST_MS: Final = 1000
BURST_N: Final = 3


def main(study: Study) -> None:
    """Measure loading, the concepts and re-entry."""
    with stage("pandas load"):
        log = load(study)
    with stage("pandas concepts") as facts:
        facts.update(concepts(log))
    with stage("pandas reentry") as facts:
        facts.update(reentry(log))


def load(study: Study) -> pd.DataFrame:
    """The log as a frame, with its cases. Parquet is read by polars, which the project has, and not by pyarrow, which it has not."""
    frame = study.scan("events").select(COLUMNS).collect()
    log = pd.DataFrame({name: frame[name].to_numpy() for name in COLUMNS})
    log["action"] = pd.Categorical.from_codes(log["action"], categories=list(ACTIONS))
    log["case"] = (log["action"] == "case_start").groupby(log["session"]).cumsum()
    return log


def concepts(log: pd.DataFrame) -> dict[str, int]:
    """Dwell by screen, repeat clicks, corrections, copies pasted elsewhere, fields passed over; returns how many of each."""
    gap = -log.groupby("session")["t_ms"].diff(-1)
    log["active_ms"] = gap.where(gap <= GAP_MS, 0)
    dwell = log.groupby(["app", "screen"])["active_ms"].agg(["sum", "median"])
    return {
        "screens": len(dwell),
        "bursts": repeat_clicks(log),
        "corrections": corrections(log),
        "carried": copies_pasted(log),
        "passed over": passed_over(log),
    }


def repeat_clicks(log: pd.DataFrame) -> int:
    """Bursts of clicks on one field, each at most a second after the one before."""
    clicks = log[log["action"] == "click"]
    before = clicks.groupby("session")[["t_ms", "field"]].shift()
    goes_on = (clicks["t_ms"] - before["t_ms"] <= BURST_MS) & (clicks["field"] == before["field"])
    sizes = clicks.groupby((~goes_on).cumsum()).size()
    return int((sizes >= BURST_N).sum())


def corrections(log: pd.DataFrame) -> int:
    """Changes of the field that was changed last, in the same case, to another value."""
    changes = log[log["action"] == "change"]
    before = changes.groupby(["session", "case"])[["field", "mark"]].shift()
    return int(((changes["field"] == before["field"]) & (changes["mark"] != before["mark"])).sum())


def copies_pasted(log: pd.DataFrame) -> int:
    """Pastes of what was last copied, in another system in the same case."""
    columns = ["session", "case", "seq", "app", "field"]
    copies, pastes = (log.loc[log["action"] == action, columns].sort_values("seq") for action in ("copy", "paste"))
    links = pd.merge_asof(pastes, copies, on="seq", by=["session", "case"], suffixes=("", "_copied"))
    return int((links["app_copied"].notna() & (links["app_copied"] != links["app"])).sum())


def passed_over(log: pd.DataFrame) -> int:
    """Stays on a field, from focus to focus, without a change."""
    on_field = log[log["field"].notna()]
    stay = (on_field["action"] == "focus").cumsum()
    changed = on_field["action"].isin(["change", "paste", "select"]).groupby(stay).any()
    return int((~changed).sum())


def reentry(log: pd.DataFrame) -> dict[str, int]:
    """Changes to a value that was seen before in another system in the same case."""
    seen = log.loc[log["mark"].notna(), ["session", "case", "seq", "app", "field", "mark"]]
    changed = seen[(log.loc[seen.index, "action"] == "change")]
    pairs = changed.merge(seen, on=["session", "case", "mark"], suffixes=("", "_source"))
    pairs = pairs[(pairs["app"] != pairs["app_source"]) & (pairs["seq_source"] < pairs["seq"])]
    by_pair = pairs.groupby(["field_source", "field"])["case"].agg(np.size)
    return {"pairs": len(by_pair), "changes": len(pairs.drop_duplicates(["session", "seq"]))}


if __name__ == "__main__":
    main(open_study(Path(sys.argv[1])))
