"""
Which assumption would change the result: the ranking replayed with each of them low and high, the others as they are.

    replay --what remains of a filled field--> saving of all, which come first
           --longest gap that counts-------->
    rows   --least occurrences-------------->

The replay is made once; what remains is a factor in it and the layouts by longest gap are there already, so a value costs another choice
of order and no further reading. What only a new reading could tell (which cases are left out as warm-up, in which gaps nobody knows what
was done, how alike two values must be) is not varied.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from analysis.choices import Choices
from analysis.greedy import in_order_of_gain
from analysis.thresholds import GAPS_S, SOURCES
from analysis.timeline import longest_ms

if TYPE_CHECKING:
    from analysis.integrations import Integration
    from analysis.ranking import Ranking
    from analysis.replay import Replay
    from analysis.scoring import Scores
    from analysis.thresholds import Thresholds

__all__ = ["sensitivity_rows"]

FIRST: Final = 3
# What nobody has measured is taken half and double.
HALF: Final = 0.5
DOUBLE: Final = 2.0
MS: Final = 1000
# Who is not among the first of the ranking as it is comes not among its first three by half or double of one assumption.
RIVALS: Final = 12


class World(NamedTuple):
    """The replay and the integrations to rank, in their order, if an assumption had another value."""

    replay: Replay
    ranked: tuple[Integration, ...]

    def is_like(self, other: World) -> bool:
        """Whether the assumption changes nothing that goes in."""
        return self.replay is other.replay and [*map(id, self.ranked)] == [*map(id, other.ranked)]


class Outcome(NamedTuple):
    """Minutes per case that all of them save together, and those that come first."""

    total: float
    first: frozenset[int]


class Variation(NamedTuple):
    """An assumption, two values of it, and what would be if it had these."""

    name: str
    low: float
    high: float
    at_low: World
    at_high: World


def sensitivity_rows(ranking: Ranking, thresholds: Thresholds) -> list[dict[str, Any]]:
    """
    What the saving of all ranked integrations together would be.

    Args:

        ranking: The ranking as it is.

        thresholds: What it assumes.

    Returns:

        One row per assumption, the one with the widest span first: name, unit, value, low, high, total_low and total_high (minutes per
        case at these values), first_three_change (whether other integrations would come first). No rows without a ranking.
    """
    scores = ranking.scores
    own = World(scores.replay, tuple(row.integration for row in ranking.rows if row.evidence != "anecdote"))
    if not own.ranked:
        return []
    found = [_by_gap(scores, own, thresholds), *_by_what_remains(scores, own, thresholds), _by_occurrences(ranking, own, thresholds)]
    now = _outcome(own, scores.per_case)
    rows = []
    for variation in found:
        ends = [now if world.is_like(own) else _outcome(world, scores.per_case) for world in (variation.at_low, variation.at_high)]
        rows.append(_row(variation, getattr(thresholds, variation.name), ends, now))
    return sorted(rows, key=lambda row: -abs(row["total_high"] - row["total_low"]))


def _outcome(world: World, per_case: float) -> Outcome:
    choices = Choices(world.replay, [integration.bundles for integration in world.ranked])
    order = in_order_of_gain(choices, range(min(RIVALS, len(world.ranked))))
    first = frozenset(id(world.ranked[place]) for place, _ in order[:FIRST])
    return Outcome(choices.seconds(range(len(world.ranked))) / per_case / 60, first)


def _by_gap(scores: Scores, own: World, thresholds: Thresholds) -> Variation:
    ends = (GAPS_S[0] * MS, GAPS_S[-1] * MS)
    return Variation("gap_drop_ms", *ends, *(World(scores.replays[longest_ms(thresholds, gap)], own.ranked) for gap in ends))


def _by_what_remains(scores: Scores, own: World, thresholds: Thresholds) -> list[Variation]:
    ends = {name: (HALF * getattr(thresholds, name), DOUBLE * getattr(thresholds, name)) for name in ("glance_s", "redo_share")}
    if scores.together().talk:
        ends["talk_share"] = (0.0, 1.0)
    found = []
    for name, (low, doubled) in ends.items():
        high = min(doubled, 1.0) if SOURCES[name].unit == "share" else doubled
        remains = (replace(scores.replay.remains, **{name: value}) for value in (low, high))
        found.append(Variation(name, low, high, *(World(replace(scores.replay, remains=one), own.ranked) for one in remains)))
    return found


def _by_occurrences(ranking: Ranking, own: World, thresholds: Thresholds) -> Variation:
    """With fewer, anecdotes that enough agents showed are ranked; with more, what is ranked becomes an anecdote."""
    ends = (round(HALF * thresholds.min_occurrences), round(DOUBLE * thresholds.min_occurrences))
    shown = [row.integration for row in ranking.rows if row.integration.n_agents >= thresholds.min_agents]
    worlds = (World(own.replay, tuple(one for one in shown if one.n_occurrences >= least)) for least in ends)
    return Variation("min_occurrences", *ends, *worlds)


def _row(variation: Variation, value: float, ends: list[Outcome], now: Outcome) -> dict[str, Any]:
    return {
        "name": variation.name,
        "unit": SOURCES[variation.name].unit,
        "value": value,
        "low": variation.low,
        "high": variation.high,
        "total_low": ends[0].total,
        "total_high": ends[1].total,
        "first_three_change": any(end.first != now.first for end in ends),
    }
