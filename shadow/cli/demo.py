"""The whole chain on the sample sessions, saying what it does."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from shadow.errors import ShadowError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["REPORTS", "run_demo", "sample_logs"]

REPORTS: Final = (Path("report.html"), Path("report.pdf"), Path("report.xlsx"))


def sample_logs() -> list[Path]:
    """
    The logs of the sample study: in the installed package, or beside it in a checkout.

    Raises:

        ShadowError: They are not there.
    """
    package = Path(str(files("shadow")))
    for folder in (package / "sample_sessions", package.parent / "sample_sessions"):
        logs = sorted(folder.glob("agent-*.csv.gz"))
        if logs:
            return logs
    raise ShadowError("the sample sessions are not there", "install the package again")


def run_demo(study: Path | None, note: Callable[[str], None]) -> dict[str, Any]:
    """
    Import the sample sessions, say what was found, and give the result that a report renders.

    Args:

        study: Where to keep the study; None = a temporary folder that is gone afterwards.

        note: Says a line.
    """
    if study is not None:
        return _chain(study, note)
    with tempfile.TemporaryDirectory(prefix="shadow-demo-") as folder:
        return _chain(Path(folder) / "study", note)


def _chain(study: Path, note: Callable[[str], None]) -> dict[str, Any]:
    from analysis.loading import load_study
    from analysis.study_result import study_result
    from shadow.interop.importing import import_logs
    from shadow.study import open_study

    note("1 import    the sample logs; values are marked in memory and dropped")
    import_logs(sample_logs(), study)
    loaded = load_study(open_study(study))
    try:
        result = study_result(loaded)
    finally:
        loaded.close()
    counts = result["study"]
    note(f"2 cases     {counts['cases']} cases of {counts['agents']} agents in {counts['events']:,} events")
    note(f"3 re-entry  {len(result['reentry'])} pairs of fields, {sum(row['seconds_per_case'] for row in result['reentry']):.0f} s a case")
    note(f"4 rank      {len(result['rank'])} integrations; the first three, each alone:")
    for row in result["rank"][:3]:
        low, high = row["ci90"]
        note(f"            {row['minutes_per_case']:.3f} min a case ({low:.3f} to {high:.3f})  {row['title']}")
    note("5 report")
    return result
