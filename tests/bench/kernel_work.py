"""Cases, all concepts in one pass over the study (`analysis.kernel`) and the friction tables: `python -m tests.bench.kernel_work STUDY`."""

from __future__ import annotations

import sys
from pathlib import Path

from analysis.cases import StudyCases
from analysis.friction import friction_by_app, friction_by_field, friction_by_screen
from analysis.kernel.study_pass import empty_sums, read_sums
from analysis.loading import thresholds_of
from shadow.study import Study, open_study
from tests.bench.meter import stage


def main(study: Study) -> None:
    """Measure the pass with its tables, and with the cases it needs."""
    thresholds = thresholds_of(study)
    with stage("kernel") as facts:
        sums = empty_sums(study)
        for found in read_sums(study, thresholds, StudyCases(study)):
            sums.add(*found)
        by_screen, _, _ = friction_by_screen(sums), friction_by_field(sums), friction_by_app(sums)
        facts["cases"], facts["bursts"] = sums.n_cases, int(by_screen["repeat_clicks"].sum())


if __name__ == "__main__":
    main(open_study(Path(sys.argv[1])))
