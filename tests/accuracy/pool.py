"""
Do the intervals hold the truth? A pool of agents stands for the population of an office, and teams are drawn from it.

    pool of 60 agents, one study --ranked--> seconds of each agent, said and true --teams of 5 to 20--> interval holds the pool's mean?
    teams of 8 of them, a study each --ranked--> the interval as a client sees it, held against the same mean
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from analysis.intervals import jackknife
from analysis.loading import LoadedStudy
from analysis.ranking import TOTAL_SD_LN, rank_integrations
from analysis.results import rank_document
from analysis.scoring import score_integrations
from analysis.thresholds import Thresholds
from tests.accuracy.worlds import CASES, key
from tests.analysis.studies import import_study
from tests.simulated import AgentSession, draw_office, simulate_agent, write_log

__all__ = ["SIZES", "coverage", "pool_facts", "pool_lines", "team_facts"]

Facts = dict[str, Any]
Line = tuple[str, str, str, bool, str]

POOL: Final = 60
TEAM: Final = 8
SIZES: Final = (5, 8, 12, 20)
TEAMS: Final = 1000
RESAMPLES: Final = 200


def pool_facts(seed: int, agents: int = POOL) -> Facts:
    """Seconds that each integration saves each agent of a pool, as the product says of them as one study, and truly."""
    office = draw_office(seed)
    pool = [simulate_agent(office, number, cases=CASES) for number in range(agents)]
    with tempfile.TemporaryDirectory() as folder:
        loaded = _study(Path(folder), pool)
        scored = score_integrations(loaded)
        place = {header.agent: header.session for header in loaded.study.catalogue.sessions}
        order = np.argsort([place[agent] for agent in scored.agents])
        rows = [
            {"kind": row.integration.kind, "targets": _targets(loaded, row.integration.targets), "said": row.by_agent[order].tolist()}
            for row in scored.firm
        ]
        total = {"targets": sorted({name for row in rows for name in row["targets"]}), "said": scored.together().by_agent[order].tolist()}
        cases = scored.cases[order].tolist()
        loaded.close()
    for row in (*rows, total):
        fields = [office.fields[name] for name in row["targets"] if name in office.fields]
        row["true"] = [one.saving(fields).wall_s * counted / one.n_cases for one, counted in zip(pool, cases, strict=True)]
    return {"seed": seed, "cases": cases, "rows": rows, "total": total}


def team_facts(seed: int, number: int) -> Facts:
    """What a client would read of the `number`-th eight agents of the pool, recorded by themselves."""
    office = draw_office(seed)
    team = [simulate_agent(office, agent, cases=CASES) for agent in range(TEAM * number, TEAM * (number + 1))]
    with tempfile.TemporaryDirectory() as folder:
        loaded = _study(Path(folder), team)
        ranking = rank_integrations(loaded)
        told = zip(rank_document(loaded, ranking)["rows"], ranking.rows, strict=True)
        rows = [
            {"kind": row["kind"], "targets": _targets(loaded, known.integration.targets), "ci90": row["ci90"]}
            for row, known in told
            if row["ci90"]
        ]
        loaded.close()
    return {"seed": seed, "rows": rows}


def _study(folder: Path, team: Sequence[AgentSession]) -> LoadedStudy:
    return import_study(folder / "study", [write_log(one, folder / f"{n:03}.csv") for n, one in enumerate(team)])


def _targets(loaded: LoadedStudy, codes: Iterable[int]) -> list[str]:
    return sorted({key(loaded.field(code)) for code in codes})


def coverage(pools: Sequence[Facts], size: int, seed: int = 0, teams: int = TEAMS) -> tuple[float, float, int]:
    """
    How often the interval of a team holds the saving of the population its agents were drawn from.

    Args:

        pools: Facts of pools, one per office.

        size: Agents in a team, drawn with replacement: the pool is the population, however small.

        seed: Of the draws.

        teams: How many are drawn, shared out over the offices; each has an interval for every row.

    Returns:

        Share of the intervals that hold it; the same of a percentile bootstrap over agents; number of intervals.
    """
    random = np.random.default_rng(seed)
    allowance = Thresholds().model_sd_ln
    held, held_plainly = [], []
    for pool in pools:
        cases = np.array(pool["cases"])
        rows = [(np.array(row["said"]), sum(row["true"]) / cases.sum()) for row in pool["rows"] if sum(row["true"]) > 0]
        for number in range(-(-teams // len(pools))):
            team = random.integers(0, len(cases), size)
            draws = random.choice(team, (RESAMPLES, size))
            for said, truth in rows:
                estimate = jackknife(said[team], cases[team], 3, allowance)
                if estimate.low is not None and estimate.high is not None:
                    held.append(estimate.low <= truth <= estimate.high)
                if number % 10 == 0:
                    low, high = np.quantile(said[draws].sum(1) / cases[draws].sum(1), [0.05, 0.95])
                    held_plainly.append(low <= truth <= high)
    return float(np.mean(held)), float(np.mean(held_plainly)), len(held)


def pool_lines(pools: Sequence[Facts], teams: Sequence[Facts]) -> list[Line]:
    """Rows of the table: each size of team, their mean, the total, and whole teams."""
    lines: list[Line] = []
    shares = []
    n_teams = -(-TEAMS // len(pools)) * len(pools)
    for size in SIZES:
        held, plainly, _ = coverage(pools, size)
        shares.append(held)
        lines.append(
            (f"90 % interval holds, {size} agents ({n_teams} teams)", ">= 86 %", f"{held:.1%}", held >= 0.86, f"bootstrap {plainly:.0%}")
        )
    mean = float(np.mean(shares))
    lines.append(("90 % interval holds, mean of these", "87 to 93 %", f"{mean:.1%}", 0.87 <= mean <= 0.93, ""))
    total = _total_coverage(pools)
    lines.append((f"90 % interval of the total holds, {TEAM} agents", "87 to 93 %", f"{total:.1%}", 0.87 <= total <= 0.93, ""))
    if teams:
        held, n = _whole(pools, teams)
        lines.append(
            (f"the same of {len(teams)} whole studies of {TEAM} agents ({n} intervals)", ">= 86 %", f"{held:.1%}", held >= 0.86, "")
        )
    return lines


def _total_coverage(pools: Sequence[Facts], seed: int = 0) -> float:
    random = np.random.default_rng(seed)
    held = []
    for pool in pools:
        cases, said = np.array(pool["cases"]), np.array(pool["total"]["said"])
        truth = sum(pool["total"]["true"]) / cases.sum()
        for _ in range(-(-TEAMS // len(pools))):
            team = random.integers(0, len(cases), TEAM)
            estimate = jackknife(said[team], cases[team], 3, TOTAL_SD_LN)
            held.append(estimate.low is not None and estimate.high is not None and estimate.low <= truth <= estimate.high)
    return float(np.mean(held))


def _whole(pools: Sequence[Facts], teams: Sequence[Facts]) -> tuple[float, int]:
    truth = {
        (pool["seed"], row["kind"], *row["targets"]): sum(row["true"]) / sum(pool["cases"]) / 60
        for pool in pools
        for row in pool["rows"]
        if sum(row["true"]) > 0
    }
    held = []
    for team in teams:
        for row in team["rows"]:
            true = truth.get((team["seed"], row["kind"], *row["targets"]))
            if true is not None:
                low, high = row["ci90"]
                held.append(low <= true <= high)
    return float(np.mean(held)), len(held)
