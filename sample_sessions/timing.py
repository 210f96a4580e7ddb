"""
How long things take in the sample study: named random streams, agents, and where things are on the screen.

None of it is a keystroke-level model: keys come in log-normal intervals, pointing follows Fitts' law over real distances, thinking is
ex-Gaussian and the systems answer in log-normal times. Only `random.random()` is drawn from, the one generator whose values Python
promises to keep; every distribution is made from it here.

Source: the requirements of the simulator in the measurement reference, section 8.1.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from functools import cache
from statistics import NormalDist
from typing import Final, NamedTuple

from world import FIELDS, PLACES, Field, Place

_NORMAL: Final = NormalDist()

# Ex-Gaussian thinking in seconds at pace 1: mu, sigma, tau (mean = mu + tau).
THOUGHTS: Final[Mapping[str, tuple[float, float, float]]] = {
    "go": (0.17, 0.05, 0.13),  # already decided, only turning to it
    "find": (0.45, 0.10, 0.40),  # looking for the field among others
    "choose": (0.50, 0.12, 0.60),
    "memorise": (0.55, 0.12, 0.45),
    "check": (0.60, 0.15, 0.70),
    "compose": (1.20, 0.30, 1.80),
    "read": (3.00, 0.70, 3.50),
    "hesitate": (1.60, 0.40, 3.20),  # a choice nobody explained
}
# System response in seconds: median, sd of ln. The window system brings a window to the front.
RESPONSES: Final[Mapping[str, tuple[float, float]]] = {
    "Helpdesk": (0.55, 0.30), "CRM": (0.95, 0.40), "Billing": (1.20, 0.45), "Notes": (0.20, 0.20),
    "window": (0.14, 0.25), "slow save": (3.60, 0.25),
}  # fmt: skip
GLANCE_MEAN_S: Final = 1.2
GLANCE_SD_LN: Final = 0.45
KEY_SD_LN: Final = 0.45
POINTING_SD_LN: Final = 0.15


class Stream:
    """
    The random numbers of one step, found by name and independent of every other step.

    Args:

        names: What the stream is for (seed, agent, case, step). Equal names give equal numbers, whatever else is simulated.
    """

    def __init__(self, *names: object) -> None:
        self._random = random.Random("/".join(map(str, names)))

    def share(self) -> float:
        """A number above 0 and below 1, all equally likely."""
        return max(self._random.random(), 1e-12)

    def happens(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self.share() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.share() * (high - low + 1))

    def pick(self, weights: Mapping[str, float]) -> str:
        """One of the keys, by weight; the weights add up to 1."""
        left = self.share()
        for option, weight in weights.items():
            left -= weight
            if left < 0:
                return option
        return list(weights)[-1]

    def one_of(self, options: tuple[str, ...]) -> str:
        """One of the options, all equally likely."""
        return options[self.whole(0, len(options) - 1)]

    def normal(self, mean: float, sd: float) -> float:
        """A normal draw."""
        return mean + sd * _NORMAL.inv_cdf(self.share())

    def lognormal(self, median: float, sd_ln: float) -> float:
        """A log-normal draw, by its median."""
        return median * math.exp(self.normal(0.0, sd_ln))

    def exgauss(self, mu: float, sigma: float, tau: float) -> float:
        """A normal plus an exponential draw, at least 50 ms."""
        return max(0.05, self.normal(mu, sigma) - tau * math.log(self.share()))


class Agent(NamedTuple):
    """One agent's hands and head. `pace` multiplies thinking and pointing, `key_s` is the median time between two keys."""

    number: int
    pace: float
    key_s: float
    fitts_a_s: float
    fitts_b_s: float
    learning: float

    def tempo(self, case: int) -> float:
        """Pace in the agent's case number `case` (from 0): a power law of practice."""
        return float(self.pace * (case + 1) ** -self.learning)


def agent(seed: int, number: int) -> Agent:
    """Agent `number` (from 0) of the study."""
    draw = Stream(seed, number, "agent")
    return Agent(
        number=number,
        pace=draw.lognormal(1.0, 0.25),
        key_s=draw.lognormal(0.20, 0.25),
        fitts_a_s=max(0.05, draw.normal(0.12, 0.03)),
        fitts_b_s=max(0.08, draw.normal(0.135, 0.02)),
        learning=0.02 + 0.03 * draw.share(),
    )


class Box(NamedTuple):
    """Where an element is, in screen pixels from the top left corner: its middle and its size."""

    x: int
    y: int
    width: int
    height: int


_SIZES: Final = {"button": (110, 32), "grid": (900, 30), "document": (620, 120), "text": (620, 120)}


@cache
def box(field: Field) -> Box:
    """The fixed place of a field: two columns in the order of the table, 62 px apart."""
    peers = [f.element for f in FIELDS.values() if (f.app, f.screen) == (field.app, field.screen)]
    row, column = divmod(peers.index(field.element), 2)
    width, height = _SIZES.get(field.role, (300, 28))
    return Box(520 + 640 * column, 210 + 62 * row, width, height)


@cache
def door_box(place: Place) -> Box:
    """The fixed place of a menu link: one row under the title bar."""
    peers = [p.door for p in PLACES if p.app == place.app and p.door]
    return Box(240 + 150 * peers.index(place.door or ""), 110, 120, 26)


@cache
def option_box(field: Field, option: int) -> Box:
    """The fixed place of an option of a list or a pair of radio buttons: under the field, 28 px apart."""
    around = box(field)
    return Box(around.x, around.y + 28 * (option + 1), around.width, 26)


def pointing_s(who: Agent, start: tuple[int, int], target: Box) -> float:
    """
    Time to move the pointer, without noise and at pace 1, in seconds.

    Source: Fitts' law in Shannon's form, a + b log2(D/W + 1), with W the smaller side of the target (MacKenzie 1992, HCI 7:91-139).
    """
    distance = math.hypot(target.x - start[0], target.y - start[1])
    return who.fitts_a_s + who.fitts_b_s * math.log2(distance / min(target.width, target.height) + 1)
