"""Where the time of everything goes, by function: `python -m tests.bench.profiling STUDY`."""

from __future__ import annotations

import cProfile
import pstats
import sys
from pathlib import Path
from typing import Any, Final

from shadow.study import open_study
from tests.bench.meter import stage
from tests.bench.running import ROOT
from tests.bench.work import everything

TOP: Final = 20
# Below this share of the whole a function says nothing.
LEAST_SHARE: Final = 0.01


def main(study: Path) -> None:
    """Report the functions of ours in which most time passes (with what they call), and those of any kind that take it themselves."""
    profile = cProfile.Profile()
    opened = open_study(study)
    with stage("profile") as facts:
        profile.runcall(everything, opened)
        stats = pstats.Stats(profile)
        facts["total_s"] = stats.total_tt
        facts["ours"] = _top(stats, 3, ours=True)
        facts["own"] = _top(stats, 2, ours=False)


def _top(stats: pstats.Stats, figure: int, *, ours: bool) -> list[dict[str, Any]]:
    rows = []
    for (file, line, name), figures in stats.stats.items():
        path = Path(file)
        is_ours = path.is_relative_to(ROOT) and "site-packages" not in path.parts and path.relative_to(ROOT).parts[0] != "tests"
        if figures[figure] >= LEAST_SHARE * stats.total_tt and (is_ours or not ours):
            where = path.relative_to(ROOT).as_posix() if is_ours else path.name
            rows.append({"function": f"{where}:{name}" if line else name, "calls": figures[0], "seconds": figures[figure]})
    return sorted(rows, key=lambda row: -row["seconds"])[:TOP]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
