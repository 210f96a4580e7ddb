"""One simulated world through the whole product: imported, cut into cases, ranked, and held against its truth."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from analysis.klm import TRIP_S
from analysis.loading import LoadedStudy
from analysis.ranking import Ranking, rank_integrations
from analysis.reentry import find_reentry
from analysis.results import rank_document, reentry_document
from tests.accuracy.cases import cut_at_gaps, share_right
from tests.accuracy.signals import signal_facts
from tests.accuracy.talk import talk_facts
from tests.analysis.studies import import_study
from tests.simulated import AgentSession, Office, draw_office, simulate_agent, write_log

__all__ = ["CASES", "Facts", "case_accuracy", "key", "world_facts"]

Facts = dict[str, Any]

TEAM = 8
CASES = 60

# Every field whose value another system's field had before, in the same case: what one would try first.
EQUAL_VALUES = """
    SELECT a.field AS source, b.field AS target, count(DISTINCT (b.session, b.case_no)) AS n
    FROM events AS a JOIN events AS b ON a.session = b.session AND a.case_no = b.case_no AND a.mark = b.mark AND a.seq < b.seq AND a.app <> b.app
    WHERE b.action IN ('change', 'paste', 'select') AND a.field IS NOT NULL AND b.field IS NOT NULL
    GROUP BY ALL HAVING n >= 5
"""


def key(field: dict[str, Any]) -> str:
    """`app:screen:element` of a field as the documents name it."""
    return f"{field['app']}:{field['screen']}:{field['field']}"


def world_facts(seed: int, agents: int = TEAM, **variant: bool) -> Facts:
    """What the product says of a world, and what is true of it."""
    office = draw_office(seed, null=variant.get("null", False))
    asked = {name: flag for name, flag in variant.items() if name != "null"}
    team = [simulate_agent(office, number, cases=CASES, **asked) for number in range(agents)]
    with tempfile.TemporaryDirectory() as folder:
        loaded = import_study(Path(folder) / "study", [write_log(one, Path(folder) / f"{n}.csv") for n, one in enumerate(team)])
        facts = _facts(office, team, loaded)
        loaded.close()
    return {"seed": seed, **variant, **facts}


def _facts(office: Office, team: list[AgentSession], loaded: LoadedStudy) -> Facts:
    reentry = find_reentry(loaded)
    ranking = rank_integrations(loaded, reentry)
    found = [[key(row["source"]), key(row["target"])] for row in reentry_document(loaded, reentry)["rows"]]
    equal = loaded.query(EQUAL_VALUES).select("source", "target").iter_rows()
    return {
        "planted": _planted(office),
        "found": found,
        "equal": [[key(loaded.field(source)), key(loaded.field(target))] for source, target in equal],
        "rows": _rows(office, team, loaded, ranking),
        "total": _total(office, team, loaded, ranking),
        "cases_right": float(np.mean([case_accuracy(loaded, n, one.case_of_row) for n, one in enumerate(team, start=1)])),
        "cases_by_gaps": float(np.mean([share_right(cut_at_gaps([row.t for row in one.rows]), one.case_of_row) for one in team])),
        "signals": signal_facts(team, loaded),
        "beside_talk": talk_facts(office, team, loaded, ranking, [key(loaded.field(code)) for code in loaded.table("fields")["field"]]),
    }


def _planted(office: Office) -> list[list[Any]]:
    """Each leg of what is carried: sources that show the same value, and the target."""
    legs: list[list[Any]] = []
    for way in office.transfers:
        sources = [source.key for source in way.sources]
        alike = [field.key for field in way.equal]
        if way.via:
            legs += [[[sources[0], *alike], way.via.key], [[way.via.key], way.target.key]]
        else:
            legs += [[[source, *alike], way.target.key] for source in sources]
    return legs


def _rows(office: Office, team: list[AgentSession], loaded: LoadedStudy, ranking: Ranking) -> list[Facts]:
    """Each row of the ranking with its true minutes per case, by replay of the same team's cases with its targets filled."""
    n_cases = sum(one.n_cases for one in team)
    rows = []
    for row, told in zip(rank_document(loaded, ranking)["rows"], ranking.rows, strict=True):
        targets = [office.fields[key(field)] for field in row["targets"] if key(field) in office.fields]
        saved = [one.saving(targets) for one in team]
        rows.append({
            "kind": row["kind"],
            "targets": sorted(key(field) for field in row["targets"]),
            "evidence": row["evidence"],
            "true": sum(one.wall_s for one in saved) / n_cases / 60,
            "said": row["minutes_per_case"],
            "ci90": row["ci90"],
            "p_top5": row["p_top5"],
            "occurrences": row["occurrences"],
            "everything": told.most / 60,
            "model": row["occurrences"] * max(0.0, TRIP_S - loaded.thresholds.glance_s) / loaded.n_cases / 60,
        })  # fmt: skip
    return rows


def _total(office: Office, team: list[AgentSession], loaded: LoadedStudy, ranking: Ranking) -> Facts | None:
    """All firm rows together: true, said, and the sum of what each saves alone."""
    firm = [row for row in ranking.rows if row.evidence != "anecdote"]
    if ranking.total is None:
        return None
    targets = {key(loaded.field(code)) for row in firm for code in row.integration.targets}
    saved = [one.saving([office.fields[name] for name in sorted(targets & set(office.fields))]).wall_s for one in team]
    n_cases = sum(one.n_cases for one in team)
    return {"true": sum(saved) / n_cases / 60, "said": ranking.total.seconds / 60, "sum": sum(row.seconds for row in firm) / 60}


def case_accuracy(loaded: LoadedStudy, session: int, truth: list[int | None]) -> float:
    """Share of a session's rows that the product puts in the case they belong to (`cases.share_right`)."""
    return share_right(loaded.cases.filter(pl.col("session") == session).sort("seq")["case_no"].fill_null(0).to_list(), truth)
