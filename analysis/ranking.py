"""
The ranking: which small integration saves how many minutes per case, in the order in which each adds most to those above it.

    candidates --alone--> estimate, interval, evidence, shrinkage, chance of the top five      (each by itself)
               --greedy--> what each adds on top of the rows above it                            (analysis.greedy)

Rows under 3 agents or 25 occurrences are anecdotes: no interval, and after the others.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.choices import Choices
from analysis.greedy import in_order_of_gain
from analysis.integrations import Integration
from analysis.intervals import chance_of_top, draw, jackknife, shrink
from analysis.klm import TRIP_S
from analysis.scoring import LEAST_SECONDS, Scored, score_integrations
from analysis.stretches import BIT_S
from analysis.suggestions import Suggestion, find_suggestions
from analysis.switching import Switching
from analysis.thresholds import GAPS_S, SOURCES
from analysis.timeline import longest_ms
from analysis.warm_up import CountedCases
from analysis.workarounds import Workaround, find_workarounds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.intervals import Estimate
    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry
    from analysis.scoring import Scored, Scores

    Ints = NDArray[np.int64]

__all__ = ["GAPS_S", "Assumption", "RankedIntegration", "Ranking", "rank_integrations"]

# Standard error of ln seconds at 25 occurrences where no jackknife could tell.
UNKNOWN_SE_LN: Final = 0.5
# How far the replay of all rows together was off the truth in simulated offices: their errors make up for each other.
TOTAL_SD_LN: Final = 0.04


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
    `least` and `most` are bounds that no sampling explains away; `marginal` is what it adds to the rows above, `cumulative` all of them;
    `conflict` says that times and model contradict each other.
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
    conflict: bool
    p_top5: float | None
    assumptions: tuple[Assumption, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """
    The rows, and how sure they are as a whole.

    Args:

        rows: In the order in which each adds most; anecdotes after the others.

        total: The saving of all rows that are not anecdotes together, with its interval; None if there is none.

        by_gap: Seconds per case of that, by the longest gap that counts, in seconds.

        tied: Places of two rows, from 0, that cannot be told apart: neighbours among those that add anything.

        cases: The cases that were counted.

        workarounds: Applications that serve as a memory between two systems.

        switching: What a change of application costs.

        suggestions: What the fields of the forms suggest, in no order of minutes.

        scores: What the rows were made from.
    """

    rows: list[RankedIntegration]
    total: Estimate | None
    by_gap: dict[int, float]
    tied: tuple[tuple[int, int], ...]
    cases: CountedCases
    workarounds: tuple[Workaround, ...]
    switching: Switching
    suggestions: tuple[Suggestion, ...]
    scores: Scores


def rank_integrations(loaded: LoadedStudy, reentry: Reentry | None = None) -> Ranking:
    """Rank the integrations that the work in a study suggests."""
    scores, thresholds = score_integrations(loaded, reentry), loaded.thresholds
    firm, thin, per_case = scores.firm, scores.thin, scores.per_case
    shrunken, variance = _shrunken(firm)
    drawn = draw(shrunken, variance, [item.estimate.pulls for item in firm])
    chances = chance_of_top(drawn) if firm else np.zeros(0)
    values = [(float(seconds), float(chance)) for seconds, chance in zip(shrunken, chances, strict=True)]
    sets = [item.integration.bundles for item in firm]
    choices = Choices(scores.replay, [*sets, *(item.integration.bundles for item in thin)])
    order = in_order_of_gain(choices, range(len(firm)))
    after = in_order_of_gain(choices, range(len(firm), len(firm) + len(thin)), range(len(firm)))
    told = [*((item, value) for item, value in zip(firm, values, strict=True)), *((item, None) for item in thin)]
    ordered = [(*told[place], gain) for place, gain in [*order, *after]]
    return Ranking(
        rows=_rows(loaded, ordered, per_case),
        total=jackknife(scores.together().by_agent, scores.cases, thresholds.min_agents, TOTAL_SD_LN) if firm else None,
        by_gap={gap: scores.together(longest_ms(thresholds, 1000 * gap)).seconds / per_case for gap in GAPS_S} if firm else {},
        tied=_tied(firm, [(place, gain / per_case) for place, gain in order], drawn, thresholds.apart_share),
        cases=scores.counted,
        workarounds=find_workarounds(loaded, scores.found, per_case),
        switching=scores.found.switching,
        suggestions=find_suggestions(loaded, scores.found.bundles),
        scores=scores,
    )


def _tied(
    firm: Sequence[Scored], order: Sequence[tuple[int, float]], drawn: NDArray[np.float64], apart: float
) -> tuple[tuple[int, int], ...]:
    """
    Rows whose saving alone is as likely as not above that of the next.

    One that is a part of the other is no rival of it, nor is one whose saving the rows above have already.
    """
    tied = []
    rivals = [(row, place) for row, (place, gain) in enumerate(order) if gain >= LEAST_SECONDS]
    for (row, place), (next_row, below) in pairwise(rivals):
        chance = float((drawn[place] > drawn[below]).mean())
        one, other = firm[place].integration.bundles, firm[below].integration.bundles
        if 1 - apart < chance < apart and not (np.isin(one, other).all() or np.isin(other, one).all()):
            tied.append((row, next_row))
    return tuple(tied)


def _shrunken(firm: Sequence[Scored]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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


def _rows(
    loaded: LoadedStudy, ordered: Sequence[tuple[Scored, tuple[float, float] | None, float]], per_case: float
) -> list[RankedIntegration]:
    rows = []
    cumulative = 0.0
    for item, value, gain in ordered:
        cumulative += gain / per_case
        estimate = item.estimate
        seconds, chance = value or (estimate.seconds, None)
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
                evidence="anecdote" if item.anecdote else item.evidence.label,
                conflict=item.evidence.conflict,
                p_top5=chance,
                assumptions=_assumptions(loaded, item),
            )
        )
    return rows


def _assumptions(loaded: LoadedStudy, item: Scored) -> tuple[Assumption, ...]:
    filled = ("glance_s", "trip_s", "bit_s")
    rests_on = {"default": filled, "remove_field": ()}.get(item.integration.kind, (*filled, "switch_s", "redo_share"))
    rests_on = (*rests_on, "gap_drop_ms", "unattributed_ms", "winsor", "model_sd_ln")
    if item.evidence.label != "measured":
        rests_on = (*rests_on, "klm_sd_ln")
    if item.saving.talk:
        rests_on = (*rests_on, "talk_share")
    return tuple(MODEL.get(name) or Assumption(name, getattr(loaded.thresholds, name), *SOURCES[name]) for name in rests_on)
