"""
How long things last, and where agents differ.

None of it is a keystroke-level model: keys come in log-normal intervals, pointing follows Fitts' law over real distances, thinking is
ex-Gaussian and systems answer in log-normal times.

Source: measurement reference, sections 2.4 and 8.1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.simulated.office import Office
from tests.simulated.streams import Stream

__all__ = ["Agent", "draw_agent", "interruption_s"]

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
    "brood": (22.0, 6.00, 25.0),  # a case nobody had before
}
GLANCE_MEAN_S: Final = 1.2
GLANCE_SD_LN: Final = 0.45
KEY_SD_LN: Final = 0.45
POINTING_SD_LN: Final = 0.15
PACE_SD_LN: Final = 0.25
FATIGUE_PER_HOUR: Final = 0.03
NEW_TO_IT: Final = 0.12  # how much slower the first case is, beside the power law of practice
NEW_FOR_CASES: Final = 4.0
SLOW: Final = 3.0
# Seconds for which other things come first, and how often: share of the acts, median, sd of ln. Nobody saves them.
INTERRUPTIONS: Final = ((0.008, 15.0, 0.9), (0.0015, 400.0, 1.0))
ONE_SLOW_IN: Final = 16


@dataclass(frozen=True, slots=True)
class Agent:
    """
    One agent's head and hands.

    Args:

        number: Which agent of the office, from 0.

        pace: Multiplies thinking and pointing; `slow` agents have three times the pace they would have.

        key_s: Median seconds between two keys.

        fitts_a_s, fitts_b_s: Pointing: seconds, and seconds per bit.

        learning: Exponent of the power law of practice, below 0.

        act_sd_ln: How much equal acts differ: sd of ln of a factor drawn for each act.
    """

    number: int
    pace: float
    slow: bool
    key_s: float
    fitts_a_s: float
    fitts_b_s: float
    learning: float
    act_sd_ln: float

    def tempo(self, case: int, hours: float) -> float:
        """Pace in the agent's case number `case` (from 0), so many hours into the session."""
        practice = (case + 1) ** self.learning * (1 + NEW_TO_IT * math.exp(-case / NEW_FOR_CASES))
        return float(self.pace * practice * (1 + FATIGUE_PER_HOUR * hours))


def interruption_s(draw: Stream) -> float:
    """Seconds for which an act is put off: 0 nearly always, else somebody asks something, or the agent is away."""
    left = draw.share()
    for share, median, sd_ln in INTERRUPTIONS:
        left -= share
        if left < 0:
            return draw.lognormal(median, sd_ln)
    return 0.0


def draw_agent(office: Office, number: int) -> Agent:
    """Agent `number` (from 0) of an office."""
    draw = Stream(f"{office.seed}/{number}/agent")
    slow = number % ONE_SLOW_IN == office.slow_agent
    return Agent(
        number=number,
        pace=draw.lognormal(1.0, PACE_SD_LN) * (SLOW if slow else 1.0),
        slow=slow,
        key_s=draw.lognormal(0.24, 0.25),
        fitts_a_s=max(0.05, draw.normal(0.12, 0.03)),
        fitts_b_s=max(0.08, draw.normal(0.135, 0.02)),
        learning=draw.between(-0.05, -0.02),
        act_sd_ln=draw.between(0.35, 0.6),
    )
