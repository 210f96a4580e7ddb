"""
The pieces of work that are measured, each in a process of its own: `python -m tests.bench.work NAME STUDY`.

Everything is imported before the measuring begins; the start of a program is measured elsewhere (`tests/cli`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.cases import StudyCases
from analysis.kernel.reading import read_events
from analysis.loading import LoadedStudy, load_study
from analysis.ranking import rank_integrations
from analysis.reentry import find_reentry
from analysis.results import friction_document, rank_document, reentry_document
from shadow.study import Study, open_study
from tests.bench.flows import flows
from tests.bench.meter import stage

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CONCEPT_COLUMNS", "WORK"]

# What the concepts read of an event; re-entry and cases read no more of it, but the tokens beside it.
CONCEPT_COLUMNS: Final = (
    "session", "seq", "t_ms", "action", "app", "screen", "field", "mark", "filled", "keys", "x", "y", "given_case",
)  # fmt: skip
SCANS: Final = 5


def scan(study: Study) -> None:
    """Read the columns and do next to nothing with them: what any analysis has to do at least. The first time warms the page cache."""
    events = study.scan("events").select(pl.col(CONCEPT_COLUMNS).sum())
    forms = study.scan("forms").select(pl.all().sum())
    rest = [study.scan("events").select(pl.col("case_mark").sum()), study.scan("tokens").select(pl.all().sum())]
    for name, frames in (("scan", [events, forms]), ("scan all", [events, forms, *rest])):
        pl.collect_all(frames, engine="streaming")
        with stage(name, times=SCANS):
            for _ in range(SCANS):
                for frame in frames:
                    frame.collect(engine="streaming")


def cases(study: Study) -> None:
    """Say to which case each event belongs."""
    with stage("cases") as facts:
        found, n_cases = StudyCases(study), 0
        for sessions, starts, events in read_events(study, ("action", *found.columns)):
            numbers = found.numbers(sessions, starts, events)
            n_cases += int(np.maximum.reduceat(numbers, starts[:-1]).sum())
        facts["cases"] = n_cases


def concepts(study: Study) -> None:
    """All concepts and the friction documents."""
    loaded = _load(study)
    _friction(loaded)


def everything(study: Study) -> None:
    """What `friction`, `reentry` and `rank` answer, from the store to the documents; the first reading counts what all of them ask for."""
    loaded = load_study(study)
    with stage("reentry") as facts:
        reentry = find_reentry(loaded)
        facts["rows"] = len(reentry_document(loaded, reentry)["rows"])
        facts["clipboard"] = reentry.occurrences.filter(pl.col("mode") == "clipboard").height
        facts["cases"] = loaded.n_cases
    _friction(loaded)
    with stage("rank") as facts:
        facts["rows"] = len(rank_document(loaded, rank_integrations(loaded, reentry))["rows"])


def our_flows(study: Study) -> None:
    """The directly-follows graph and the variants, from the store."""
    flows(study)


WORK: Final[dict[str, Callable[[Study], None]]] = {
    "scan": scan, "cases": cases, "concepts": concepts, "everything": everything, "flows": our_flows,
}  # fmt: skip


def _load(study: Study) -> LoadedStudy:
    with stage("load") as facts:
        loaded = load_study(study)
        facts["cases"] = loaded.n_cases
    return loaded


def _friction(loaded: LoadedStudy) -> None:
    with stage("friction") as facts:
        rows = {by: friction_document(loaded, by)["rows"] for by in ("screen", "field", "app")}
        facts["bursts"] = sum(row["repeat_clicks"] for row in rows["screen"])


if __name__ == "__main__":
    WORK[sys.argv[1]](open_study(Path(sys.argv[2])))
