"""
The keystroke-level model: how long an expert who makes no errors needs, in seconds.

It never carries a saving alone: it is good at absolute times and bad at differences. It gives the agents' pace (observed over modelled
time), the lower bound of a saving (the motor part) and the excess time of a screen.

Operators: Card, Moran, Newell, CACM 23(7):396-410, 1980, doi 10.1145/358886.358895, with Kieras' M of 1.2 s; one table, never mixed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

__all__ = ["KEY_S", "MENTAL_S", "MOTOR_S", "TRIP_S", "agents_pace", "pace_array"]

KEY_S: Final = 0.28
POINT_S: Final = 1.10
CLICK_S: Final = 0.20
MENTAL_S: Final = 1.20

# Motor seconds of one event; an input or change adds KEY_S for each key it counts. A switch has none of its own: some recorders write it
# as an event and some do not, and a pace must not depend on that.
MOTOR_S: Final = {
    "click": POINT_S + CLICK_S,
    "submit": POINT_S + CLICK_S,
    "select": 2 * (POINT_S + CLICK_S),
    "copy": 2 * KEY_S,
    "paste": 2 * KEY_S,
    "focus": KEY_S,
}
PACE_LIMITS: Final = (0.7, 4.0)
# One field carried over: point and click, copy; point and click, paste; and one M. 295 of them on a real log took 4.82 s (median).
TRIP_S: Final = 2 * (POINT_S + CLICK_S + 2 * KEY_S) + MENTAL_S


def agents_pace(trips: pl.DataFrame) -> pl.DataFrame:
    """
    Pace of each agent: observed over modelled time, the median of their trips, within PACE_LIMITS.

    Args:

        trips: One row per field carried over by copy and paste, from the act before the source to the first paste: agent, active_s.

    Returns:

        agent, pace. Never an output: it scales what remains of a filled field. The model of a trip is TRIP_S, whatever acts a log happens
        to hold: the same work recorded with its clicks and without them has the same pace.
    """
    pace = trips.filter(pl.col("active_s") > 0).group_by("agent").agg(pace=pl.col("active_s").median() / TRIP_S)
    return pace.with_columns(pl.col("pace").clip(*PACE_LIMITS)).sort("agent")


def pace_array(pace: pl.DataFrame, agents: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Pace of each agent of a list; the middle of the others for one of whom no trip was seen, and 1 if there is none at all."""
    known = dict(pace.iter_rows())
    middle = float(np.median(list(known.values()))) if known else 1.0
    return np.array([known.get(int(agent), middle) for agent in agents], dtype=np.float64)
