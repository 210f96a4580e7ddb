"""
The ranking: which small integration saves how many minutes per case, in the order in which each adds most to those above it.

    candidates --alone--> estimate, interval, shrinkage, chance of the top five      (each by itself)
               --greedy--> what each adds on top of the rows above it                  (with a look at pairs: two that only together
                                                                                       make a visit needless)

Rows under 3 agents or 25 occurrences are anecdotes: no interval, and after the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.bundles import find_bundles
from analysis.integrations import Integration, candidate_integrations
from analysis.intervals import chance_of_top, jackknife, shrink
from analysis.klm import TRIP_S, agents_pace, pace_array
from analysis.reentry import find_reentry
from analysis.replay import Replay, Saving, prepare_replay
from analysis.stretches import BIT_S, stays_on_field
from analysis.thresholds import SOURCES
from analysis.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.bundles import Bundles
    from analysis.intervals import Estimate
    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry
    from analysis.timeline import Timeline

    Ints = NDArray[np.int64]

__all__ = ["Assumption", "RankedIntegration", "Ranking", "rank_integrations"]

# Standard error of ln seconds at 25 occurrences where no jackknife could tell.
UNKNOWN_SE_LN: Final = 0.5
# Below this many seconds a case nothing is worth a row.
LEAST_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Assumption:
    """Something the figures rest on that this study did not measure."""

    name: str
    value: float
    unit: str
    source: str


# What the model of the remaining work takes from elsewhere; the rest are thresholds.
MODEL: Final = {
    "trip_s": Assumption(
        "trip_s", round(TRIP_S, 2), "s", "keystroke-level model, doi 10.1145/358886.358895; 4.82 s seen in the StudentRecord log"
    ),
    "bit_s": Assumption("bit_s", BIT_S, "s", "Fitts's law, Card, Moran and Newell 1983"),
}


@dataclass(frozen=True, slots=True)
class RankedIntegration:
    """
    A row of the ranking; seconds are per case over all cases of the study.

    `seconds` is what it saves alone, shrunk where there is enough to shrink towards; `low` and `high` are its 90 % interval or None;
    `least` and `most` are bounds that no sampling explains away; `marginal` is what it adds to the rows above, `cumulative` all of them.
    """

    integration: Integration
    seconds: float
    low: float | None
    high: float | None
    least: float
    most: float
    marginal: float
    cumulative: float
    evidence: str
    p_top5: float | None
    assumptions: tuple[Assumption, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rows, and the saving of all rows that are not anecdotes together, with its interval."""

    rows: list[RankedIntegration]
    total: Estimate | None


@dataclass(frozen=True, slots=True)
class _Scored:
    """A candidate with what it saves alone."""

    integration: Integration
    saving: Saving
    estimate: Estimate
    anecdote: bool


def rank_integrations(loaded: LoadedStudy, reentry: Reentry | None = None) -> Ranking:
    """Rank the integrations that the work in a study suggests."""
    reentry = reentry or find_reentry(loaded)
    line = timeline(loaded)
    bundles = find_bundles(loaded, line, reentry)
    replay = prepare_replay(loaded, line, bundles, pace_array(_pace(loaded, line, bundles), line.agents))
    scored = [_score(loaded, replay, candidate) for candidate in candidate_integrations(loaded, bundles)]
    per_case = max(1.0, float(line.cases.sum()))
    scored = [item for item in scored if item.saving.seconds / per_case >= LEAST_SECONDS]
    firm = [item for item in scored if not item.anecdote]
    shrunken, variance = _shrunken(firm)
    chances = chance_of_top(shrunken, variance) if firm else np.zeros(0)
    values = {id(item): (float(shrunken[place]), float(chances[place])) for place, item in enumerate(firm)}
    ordered = _in_order(replay, firm)
    ordered += _in_order(replay, [item for item in scored if item.anecdote], firm)
    return Ranking(_rows(loaded, ordered, values, per_case), _total(loaded, replay, firm))


def _pace(loaded: LoadedStudy, line: Timeline, bundles: Bundles) -> pl.DataFrame:
    """Pace of each agent, from the fields they carried over by copy and paste; a copy pasted several times is one trip."""
    carried = bundles.frame.filter((pl.col("kind") == "reentry") & (pl.col("mode") == "clipboard"))
    carried = carried.sort("session", "entry_seq").unique(["session", "source_seq"], keep="first", maintain_order=True)
    first = stays_on_field(loaded, line, carried, "source_seq")["first"].to_numpy()
    active_s = line.active_s[line.place(carried, "entry_seq")] - line.active_s[np.maximum(first - 1, 0)]
    return agents_pace(pl.DataFrame({"agent": line.agents[carried["agent"].to_numpy()], "active_s": active_s}))


def _score(loaded: LoadedStudy, replay: Replay, candidate: Integration) -> _Scored:
    saving = replay.saving(candidate.bundles)
    thresholds = loaded.thresholds
    thin = candidate.n_agents < thresholds.min_agents or candidate.n_occurrences < thresholds.min_occurrences
    estimate = jackknife(saving.by_agent, replay.line.cases, thresholds.min_agents)
    return _Scored(candidate, saving, estimate, thin)


def _shrunken(firm: Sequence[_Scored]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Estimates pulled together, and the variances of their logarithms.

    Each kind is pulled towards its own: a default saves a choice, an autofill a trip, a link several of them. The standard error is pooled
    over candidates, for a rare one's own error is too uncertain to weigh by.
    """
    theta = np.array([item.estimate.seconds for item in firm])
    own = np.array([np.nan if item.estimate.se_ln is None else item.estimate.se_ln for item in firm])
    n = np.array([item.integration.n_occurrences for item in firm], dtype=np.float64)
    known = ~np.isnan(own)
    pooled = (float(np.median(own[known] * np.sqrt(n[known]))) if known.any() else UNKNOWN_SE_LN * 5) / np.sqrt(n)
    shrunken, variance = theta.copy(), pooled**2
    kinds = np.array([item.integration.kind for item in firm])
    for kind in np.unique(kinds):
        shrunken[kinds == kind], variance[kinds == kind] = shrink(theta[kinds == kind], pooled[kinds == kind])
    return shrunken, variance


def _in_order(replay: Replay, items: list[_Scored], above: Sequence[_Scored] = ()) -> list[tuple[_Scored, float]]:
    """
    The items by what each adds to those above and before it, with that.

    A pair that together adds more per integration than the best single one goes first: it completes a visit that neither completes alone.
    """
    left, chosen, ordered = list(items), _bundles_of(above), []
    reached = replay.saving(chosen).seconds
    while left:
        gains = [replay.saving(np.r_[chosen, item.integration.bundles]).seconds - reached for item in left]
        best = int(np.argmax(gains))
        picked = [left[best]]
        pair = _better_pair(replay, left, gains, chosen, reached)
        if pair is not None:
            picked = pair
        for item in picked:
            chosen = np.unique(np.r_[chosen, item.integration.bundles])
            now = replay.saving(chosen).seconds
            ordered.append((item, now - reached))
            reached = now
            left.remove(item)
    return ordered


def _bundles_of(items: Sequence[_Scored]) -> Ints:
    """Every bundle that one of the items would remove, once."""
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(item.integration.bundles for item in items)]))


def _better_pair(replay: Replay, left: list[_Scored], gains: list[float], chosen: Ints, reached: float) -> list[_Scored] | None:
    """
    Two items that together add more than twice the best single gain, the larger first.

    Only two that each cover a part of the same stretch can: both are there for one visit.
    """
    best, found = 2 * max(gains), None
    unfinished = [replay.unfinished(item.integration.bundles) for item in left]
    for first, second in combinations(range(len(left)), 2):
        if unfinished[first].isdisjoint(unfinished[second]):
            continue
        both = np.r_[chosen, left[first].integration.bundles, left[second].integration.bundles]
        gain = replay.saving(both).seconds - reached
        if gain > best:
            best, found = gain, sorted((first, second), key=lambda place: -gains[place])
    return [left[place] for place in found] if found else None


def _rows(
    loaded: LoadedStudy, ordered: list[tuple[_Scored, float]], values: dict[int, tuple[float, float]], per_case: float
) -> list[RankedIntegration]:
    rows = []
    cumulative = 0.0
    for item, gain in ordered:
        cumulative += gain / per_case
        seconds, chance = values.get(id(item), (item.estimate.seconds, None))
        estimate = item.estimate
        scale = seconds / estimate.seconds if estimate.seconds else 1.0
        rows.append(
            RankedIntegration(
                integration=item.integration,
                seconds=seconds,
                low=None if item.anecdote or estimate.low is None else estimate.low * scale,
                high=None if item.anecdote or estimate.high is None else estimate.high * scale,
                least=max(0.0, min(item.saving.low / per_case, seconds)),
                most=max(item.saving.high / per_case, seconds),
                marginal=gain / per_case,
                cumulative=cumulative,
                evidence="anecdote" if item.anecdote else "measured",
                p_top5=chance,
                assumptions=_assumptions(loaded, item.integration.kind),
            )
        )
    return rows


def _assumptions(loaded: LoadedStudy, kind: str) -> tuple[Assumption, ...]:
    filled = ("glance_s", "trip_s", "bit_s")
    rests_on = {"default": (*filled, "gap_drop_ms"), "remove_field": ("gap_drop_ms",)}.get(kind, (*filled, "redo_share", "gap_drop_ms"))
    return tuple(MODEL.get(name) or Assumption(name, getattr(loaded.thresholds, name), *SOURCES[name]) for name in rests_on)


def _total(loaded: LoadedStudy, replay: Replay, firm: list[_Scored]) -> Estimate | None:
    """All firm rows together: replayed as one set, not added up."""
    if not firm:
        return None
    return jackknife(replay.saving(_bundles_of(firm)).by_agent, replay.line.cases, loaded.thresholds.min_agents)
