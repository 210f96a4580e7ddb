"""
What a change of application costs, measured for each agent and told for the study only.

    A: act . . . | B: switch . . . act            across: from act to act      after: from the other application in front to the act
                                                  within: from act to act on another field of the same screen

The way to the other application is in the log (`analysis.timeline`). What comes after it, until one has found one's bearings, is what the
first act there takes longer than an act usually does. Everything rests on counts of waits by agent, which add up over sessions.

Source: measurement after González and Mark's tool switches; prior from Murty, Dadlani, Das, Harvard Business Review, August 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analysis.intervals import jackknife
from shadow.events import ACTION_CODES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intervals import Estimate
    from analysis.kernel.columns import SessionBlock
    from analysis.kernel.values import TimeCounts
    from analysis.thresholds import Thresholds

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["Switching", "agent_kinds", "bearings_of", "measure_switching", "switching_row", "waits_of"]

ACTS: Final = ("click", "input", "change", "select", "paste", "copy", "submit")
KINDS: Final = ("within", "after", "across")
# Spread of a normal distribution over the distance of its quartiles, and of a median over that of a mean.
QUARTILES: Final = 1.349
OF_A_MEDIAN: Final = 1.2533
# Costs that are weighed, seconds.
GRID: Final = np.geomspace(0.01, 15.0, 600)


@dataclass(frozen=True, slots=True)
class Switching:
    """
    The cost of changing applications.

    Args:

        cost_s: Seconds that each agent usually takes longer for the first act after a change than for any act, by index; 0 where that is
            not known.

        after: Seconds until one has found one's bearings, per change, over agents; None where no log says when an application is in front,
            or the first act there takes no longer than others.

        across: Seconds that a change adds between two acts, the way there included, likewise; None where there was none, or it adds none.

        n_agents: Agents in whose work changes were seen.
    """

    cost_s: Floats
    after: Estimate | None
    across: Estimate | None
    n_agents: int


@dataclass(frozen=True, slots=True)
class Waits:
    """Waits before acts of a block: row of what was waited from, kind (index into KINDS), ms."""

    row: Ints
    kind: Ints
    wait_ms: NDArray[np.int32]


def agent_kinds(agent: Ints, kind: Ints) -> NDArray[np.int32]:
    """A number for each agent (index) and kind, under which waits are counted."""
    return (agent * len(KINDS) + kind).astype(np.int32)


def measure_switching(waits: TimeCounts, n_agents: int, thresholds: Thresholds) -> Switching:
    """
    Measure what a change of application costs.

    An agent's own cost is the median wait after a change less the median wait within an application, drawn towards `switch_s` by how sure
    it is. Waits longer than `unattributed_ms` say nothing.

    Args:

        waits: How often each agent waited how long (`agent_kinds`).

        n_agents: Agents of the study.

        thresholds: The study's.
    """
    place, wait_ms, counts = waits.counted()
    agent, kind = np.divmod(place, len(KINDS))
    counted = pl.DataFrame({"agent": agent, "kind": pl.Series(KINDS).gather(kind), "wait_ms": wait_ms, "len": counts})
    told = _told(counted.filter(pl.col("wait_ms") <= thresholds.unattributed_ms))
    after, across = _extra(told, "after"), _extra(told, "across")
    cost = _drawn_to(thresholds.switch_s, thresholds.switch_sd_ln, after)
    of_agent = np.zeros(n_agents)
    of_agent[after["agent"].to_numpy()] = cost
    least = thresholds.min_agents
    return Switching(
        cost_s=of_agent,
        after=_over_agents(cost, after, least),
        across=_over_agents(across["extra_s"].to_numpy(), across, least),
        n_agents=len(across),
    )


def bearings_of(block: SessionBlock, cost_s: Floats, longest_ms: int) -> Floats:
    """
    Ms after each event of a block, and behind the last, that finding one's bearings takes: above 0 only where another application is in front.

    Args:

        block: The sessions.

        cost_s: What a change costs who works in each of them, seconds.

        longest_ms: After a longer wait nothing is known.
    """
    waits = waits_of(block)
    arrived = (waits.kind == KINDS.index("after")) & (waits.wait_ms <= longest_ms)
    row = waits.row[arrived]
    found = np.zeros(len(block) + 1)
    found[row] = np.minimum(cost_s[block.session_of[row]] * 1000, waits.wait_ms[arrived])
    return found


def waits_of(block: SessionBlock) -> Waits:
    """The waits before the acts of a block, those of one kind after those of another."""
    steps = np.flatnonzero(block.is_action(*ACTS, "switch"))
    acts, session, app, field = block.action[steps] != ACTION_CODES["switch"], block.session_of[steps], block.app[steps], block.field[steps]
    screens = np.cumsum(block.is_action("screen"), dtype=np.int32)[steps]
    here = np.arange(len(steps))
    former = np.maximum(here - 1, 0)
    follows = acts & (session[former] == session) & (here > 0)
    moves = (field[former] != field) & (field[former] >= 0) & (field >= 0) & (screens[former] == screens)
    stays = app[former] == app
    last_act = np.maximum.accumulate(np.where(acts, here, -1))[former] if len(steps) else here
    again = acts & (here > 0) & (last_act >= 0) & (session[last_act] == session) & (app[last_act] != app)
    found = [
        (np.flatnonzero(follows & acts[former] & stays & moves), former), (np.flatnonzero(follows & ~acts[former] & stays), former),
        (np.flatnonzero(again), last_act),
    ]  # fmt: skip
    row = np.concatenate([steps[start[which]] for which, start in found])
    until = np.concatenate([steps[which] for which, _ in found])
    kind = np.repeat(np.arange(len(KINDS)), [len(which) for which, _ in found])
    return Waits(row, kind, block.t_ms[until] - block.t_ms[row])


def _told(counts: pl.DataFrame) -> pl.DataFrame:
    """Median and spread of the waits of each agent and kind, from their counts: agent, kind, n, median_s, spread_s."""
    ordered = counts.sort("agent", "kind", "wait_ms").with_columns(
        upto=pl.col("len").cum_sum().over("agent", "kind") / pl.col("len").sum().over("agent", "kind")
    )
    quantiles = {f"q{share}": pl.col("wait_ms").filter(pl.col("upto") >= share / 100).first() / 1000 for share in (25, 50, 75)}
    told = ordered.group_by("agent", "kind", maintain_order=True).agg(n=pl.col("len").sum(), **quantiles)
    return told.select("agent", "kind", "n", median_s="q50", spread_s=(pl.col("q75") - pl.col("q25")) / QUARTILES)


def _extra(told: pl.DataFrame, kind: str) -> pl.DataFrame:
    """By how much the waits of a kind are longer than those within an application: agent, n, extra_s, se_s."""
    usual = told.filter(pl.col("kind") == "within").select("agent", usual_s="median_s")
    changed = told.filter(pl.col("kind") == kind).join(usual, on="agent").sort("agent")
    error = OF_A_MEDIAN * pl.col("spread_s") / pl.col("n").sqrt()
    return changed.select("agent", "n", extra_s=pl.col("median_s") - pl.col("usual_s"), se_s=error)


def _drawn_to(prior_s: float, sd_ln: float, extra: pl.DataFrame) -> Floats:
    """
    Each agent's cost, drawn towards the prior by how sure it is; seconds, above 0.

    Source: mean of the posterior, of a normal median and a log-normal prior, weighed over GRID.
    """
    seen, error = extra["extra_s"].to_numpy()[:, None], np.maximum(extra["se_s"].to_numpy()[:, None], GRID[0])
    likelihood = -0.5 * (((GRID - seen) / error) ** 2 + (np.log(GRID / prior_s) / sd_ln) ** 2)
    weight = np.exp(likelihood - likelihood.max(axis=1, keepdims=True)) if len(seen) else np.zeros((0, len(GRID)))
    return np.asarray((weight * GRID).sum(axis=1) / weight.sum(axis=1))


def _over_agents(seconds: Floats, extra: pl.DataFrame, least: int) -> Estimate | None:
    """The mean over all changes, with its interval over agents; None where there was no change, or nothing extra was seen."""
    n = extra["n"].to_numpy().astype(np.float64)
    return jackknife(seconds * n, n, least) if (extra["extra_s"].to_numpy() * n).sum() > 0 else None


def switching_row(switching: Switching) -> dict[str, Any]:
    """The cost of a change as a part of the one result that a report renders: seconds a change, with 90 % intervals over agents."""
    row: dict[str, Any] = {"agents": switching.n_agents}
    for name, estimate in (("after", switching.after), ("across", switching.across)):
        known = None if estimate is None or estimate.low is None or estimate.high is None else [estimate.low, estimate.high]
        row |= {f"{name}_s": None if estimate is None else estimate.seconds, f"{name}_ci90": known}
    return row
