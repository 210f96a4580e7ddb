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

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intervals import Estimate
    from analysis.loading import LoadedStudy

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["Switching", "measure_switching", "switching_row"]

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

        bearings: One row per change whose first act is known: session, seq (of the event that says the other application is in front),
            bearings_s (seconds until the first act, as far as the agent usually takes longer than for any act).

        after: Seconds until one has found one's bearings, per change, over agents; None where no log says when an application is in front,
            or the first act there takes no longer than others.

        across: Seconds that a change adds between two acts, the way there included, likewise; None where there was none, or it adds none.

        n_agents: Agents in whose work changes were seen.
    """

    bearings: pl.DataFrame
    after: Estimate | None
    across: Estimate | None
    n_agents: int


def measure_switching(loaded: LoadedStudy) -> Switching:
    """
    Measure what a change of application costs.

    An agent's own cost is the median wait after a change less the median wait within an application, drawn towards `switch_s` by how sure
    it is. Waits longer than `unattributed_ms` say nothing.
    """
    thresholds = loaded.thresholds
    waits = _waits(loaded).filter(pl.col("wait_ms") <= thresholds.unattributed_ms)
    told = _told(waits.group_by("agent", "kind", "wait_ms").len())
    after, across = _extra(told, "after"), _extra(told, "across")
    cost = _drawn_to(thresholds.switch_s, thresholds.switch_sd_ln, after)
    arrivals = waits.filter(pl.col("kind") == "after").join(after.select("agent", cost_s=pl.Series(cost)), on="agent")
    least = thresholds.min_agents
    return Switching(
        bearings=arrivals.select("session", "seq", bearings_s=pl.min_horizontal("cost_s", pl.col("wait_ms") / 1000)),
        after=_over_agents(cost, after, least),
        across=_over_agents(across["extra_s"].to_numpy(), across, least),
        n_agents=len(across),
    )


def _waits(loaded: LoadedStudy) -> pl.DataFrame:
    """One row per wait before an act: session, seq (of what was waited from), agent, kind, wait_ms."""
    events = loaded.table("event_times").select("session", "agent", "seq", "t_ms", "action", "app", "field")
    events = events.sort("session", "seq").with_columns(screens=(pl.col("action") == "screen").cum_sum())
    steps = events.filter(pl.col("action").is_in([*ACTS, "switch"])).with_columns(acts=pl.col("action") != "switch")
    before = {f"{name}_before": pl.col(name).shift().over("session") for name in ("seq", "t_ms", "app", "field", "acts", "screens")}
    last_act = {f"{name}_acted": pl.when("acts").then(name).forward_fill().shift().over("session") for name in ("seq", "t_ms", "app")}
    steps = steps.with_columns(**before, **last_act).filter("acts")
    stays = pl.col("app_before") == pl.col("app")
    moves = (pl.col("field_before") != pl.col("field")) & (pl.col("screens_before") == pl.col("screens"))
    rules = {
        "within": (pl.col("acts_before") & stays & moves, "before"),
        "after": (~pl.col("acts_before") & stays, "before"),
        "across": (pl.col("app_acted") != pl.col("app"), "acted"),
    }
    parts = [
        steps.filter(rule).select(
            "session", "agent", seq=f"seq_{start}", kind=pl.lit(kind), wait_ms=pl.col("t_ms") - pl.col(f"t_ms_{start}")
        )
        for kind, (rule, start) in rules.items()
    ]
    return pl.concat(parts)


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
