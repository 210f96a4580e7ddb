"""
The order of the rows: each time what adds most to those chosen before, with a look at pairs.

A visit made for two values disappears only when both are filled, so two integrations may add together what neither adds alone.

Source: greedy choice is within 1 - 1/e of the best where parts only overlap (Nemhauser, Wolsey, Fisher 1978); the look at pairs is for
parts that complete each other.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.replay import Replay

    Ints = NDArray[np.int64]

__all__ = ["in_order_of_gain", "together"]


def together(items: Sequence[Ints]) -> Ints:
    """Every bundle of several sets, once."""
    return np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *items]))


def in_order_of_gain(replay: Replay, items: Sequence[Ints], above: Sequence[Ints] = ()) -> list[tuple[int, float]]:
    """
    Sets of bundles by what each adds to those above and before it.

    Returns:

        Places in `items`, each with the seconds it adds.
    """
    left, chosen, ordered = list(range(len(items))), together(above), []
    reached = replay.saving(chosen).seconds
    unfinished = [replay.unfinished(bundles) for bundles in items]
    while left:
        gains = {place: replay.saving(np.r_[chosen, items[place]]).seconds - reached for place in left}
        best = max(left, key=lambda place: gains[place])
        for place in _better_pair(replay, items, unfinished, gains, (chosen, reached)) or [best]:
            chosen = together([chosen, items[place]])
            now = replay.saving(chosen).seconds
            ordered.append((place, now - reached))
            reached = now
            left.remove(place)
    return ordered


def _better_pair(
    replay: Replay, items: Sequence[Ints], unfinished: Sequence[set[int]], gains: dict[int, float], so_far: tuple[Ints, float]
) -> list[int] | None:
    """
    Two sets that together add more than twice the best single gain, the larger first; `so_far` is what was chosen and the seconds reached.

    Only two that each cover a part of the same stretch can: both are there for one visit.
    """
    chosen, reached = so_far
    most, found = 2 * max(gains.values()), None
    for first, second in combinations(gains, 2):
        if unfinished[first].isdisjoint(unfinished[second]):
            continue
        gain = replay.saving(np.concatenate([chosen, items[first], items[second]])).seconds - reached
        if gain > most:
            most, found = gain, sorted((first, second), key=lambda place: -gains[place])
    return found
