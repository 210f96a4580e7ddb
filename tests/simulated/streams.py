"""Named random numbers: a stream is found by its name, so what else is simulated does not change what it gives."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TypeVar

__all__ = ["Stream"]

T = TypeVar("T")


class Stream:
    """
    The random numbers of one thing, independent of those of every other.

    Args:

        name: What they are for, such as `12/3/41/enter CRM:/search:query` (seed, agent, case, step). Equal names give equal numbers.
    """

    __slots__ = ("normal", "share")

    def __init__(self, name: str) -> None:
        numbers = random.Random(name)
        self.share = numbers.random
        self.normal = numbers.gauss

    def happens(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self.share() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.share() * (high - low + 1))

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`, all equally likely."""
        return low + (high - low) * self.share()

    def pick(self, options: Sequence[T]) -> T:
        """One of the options, all equally likely."""
        return options[int(self.share() * len(options))]

    def weighted(self, weights: Mapping[T, float]) -> T:
        """One of the keys, by weight; the weights add up to 1."""
        left = self.share()
        *others, last = weights
        for option in others:
            left -= weights[option]
            if left < 0:
                return option
        return last

    def several(self, options: Sequence[T], n: int) -> list[T]:
        """Draw `n` of the options, each at most once, in a random order."""
        return sorted(options, key=lambda _: self.share())[:n]

    def lognormal(self, median: float, sd_ln: float) -> float:
        """A log-normal draw, by its median."""
        return median * math.exp(self.normal(0.0, sd_ln))

    def exgauss(self, mu: float, sigma: float, tau: float) -> float:
        """A normal plus an exponential draw, at least 50 ms."""
        return max(0.05, self.normal(mu, sigma) - tau * math.log(1.0 - self.share()))
