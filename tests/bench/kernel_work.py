"""All concepts in one pass over the study (`analysis.kernel`) and the friction tables made of it: `python -m tests.bench.kernel_work STUDY`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl

from analysis.cases import assign_cases
from analysis.kernel.friction import friction_by_app, friction_by_field, friction_by_screen
from analysis.kernel.study_pass import sums_of_study
from analysis.loading import thresholds_of
from shadow.study import Study, open_study
from tests.bench.meter import stage


def main(study: Study) -> None:
    """Measure the pass with its tables; the cases it needs are found before, and measured by themselves."""
    numbers = assign_cases(study).select(pl.col("case_no").fill_null(0).cast(pl.Int32))["case_no"].to_numpy().astype(np.int32)
    thresholds = thresholds_of(study)
    with stage("kernel") as facts:
        sums = sums_of_study(study, thresholds, numbers)
        by_screen, _, _ = friction_by_screen(sums), friction_by_field(sums), friction_by_app(sums)
        facts["bursts"] = int(by_screen["repeat_clicks"].sum())


if __name__ == "__main__":
    main(open_study(Path(sys.argv[1])))
