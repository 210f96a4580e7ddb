"""pm4py's directly-follows graph and variants, from a log in memory: `python -m tests.bench.pm4py_work LOG`, where pm4py is installed."""

from __future__ import annotations

import sys

import pandas as pd
import pm4py

from tests.bench.meter import stage


def main(path: str) -> None:
    """Measure both, and what the log must be made into first; reading the file is not measured."""
    frame = pd.read_csv(path, parse_dates=["time"])
    with stage("pm4py log") as facts:
        log = pm4py.format_dataframe(frame, case_id="case", activity_key="activity", timestamp_key="time")
        facts["version"] = pm4py.__version__
    with stage("pm4py dfg") as facts:
        facts["edges"] = len(pm4py.discover_dfg(log)[0])
    with stage("pm4py variants") as facts:
        facts["variants"] = len(pm4py.get_variants(log))


if __name__ == "__main__":
    main(sys.argv[1])
