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
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from analysis.choices import Choices

    Ints = NDArray[np.int64]

__all__ = ["in_order_of_gain"]


def in_order_of_gain(choices: Choices, places: Iterable[int], above: Iterable[int] = ()) -> list[tuple[int, float]]:
    """
    Items by what each adds to those above and before it.

    Args:

        choices: What there is to choose from.

        places: Those that are to be put in order.

        above: Those that come before them.

    Returns:

        The places, each with the seconds it adds.
    """
    left, chosen, ordered = list(places), list(above), []
    reached = choices.seconds(chosen)
    unfinished = {place: choices.unfinished(place) for place in left}
    while left:
        gains = {place: choices.seconds([*chosen, place]) - reached for place in left}
        best = max(left, key=lambda place: gains[place])
        for place in _better_pair(choices, unfinished, gains, (chosen, reached)) or [best]:
            chosen.append(place)
            now = choices.seconds(chosen)
            ordered.append((place, now - reached))
            reached = now
            left.remove(place)
    return ordered


def _better_pair(
    choices: Choices, unfinished: dict[int, set[int]], gains: dict[int, float], so_far: tuple[list[int], float]
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
        gain = choices.seconds([*chosen, first, second]) - reached
        if gain > most:
            most, found = gain, sorted((first, second), key=lambda place: -gains[place])
    return found
