"""
The calibration gate: an office whose work does not look like recorded work is not used.

Source: measurement reference, sections 1.4 and 8.1 (two real logs: 4.8 and 5.7 s to transfer a field, 1.77 and 2.10 s from copy to paste,
69 and 136 s for a case). The limits of the case's length and of the acts are our own judgement.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from statistics import median, stdev, variance
from typing import Final, NamedTuple

from tests.simulated.drawing import draw_office
from tests.simulated.office import Office
from tests.simulated.recording import Row
from tests.simulated.sessions import AgentSession, simulate_agent
from tests.simulated.timing import draw_agent

__all__ = ["Calibration", "calibration", "refuse", "usable"]

TEAM: Final = 8
CASES: Final = 20
LARGE_TEAM: Final = 200
AT_IT_S: Final = 30.0  # whoever takes longer to carry a field was interrupted


class Calibration(NamedTuple):
    """
    How some sessions compare with real logs; seconds.

    Args:

        transfer_s: Median time from one copy to the next, with nothing but one paste and the way there between them.

        copy_to_paste_s: Median time from a copy to the paste of it in another system.

        case_s: Median wall time of a case.

        case_share: Share of the cases that take 60 to 240 s.

        act_sd_ln: How much one agent's transfers differ: pooled standard deviation of ln seconds.

        pace_sd_ln: How much the agents of a large team differ, the slow ones aside: standard deviation of ln pace.
    """

    transfer_s: float
    copy_to_paste_s: float
    case_s: float
    case_share: float
    act_sd_ln: float
    pace_sd_ln: float


LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "transfer_s": (4.5, 6.5), "copy_to_paste_s": (1.6, 2.4), "case_s": (60.0, 240.0), "case_share": (0.85, 1.0), "act_sd_ln": (0.2, 0.6),
    "pace_sd_ln": (0.2, 0.3),
}  # fmt: skip


def calibration(sessions: Sequence[AgentSession]) -> Calibration:
    """Take the measure of some sessions of one office."""
    transfers = [list(transfers_s(session.rows)) for session in sessions]
    walls = [wall for session in sessions for wall in session.case_walls_s]
    low, high = LIMITS["case_s"]
    return Calibration(
        transfer_s=median([seconds for each in transfers for seconds in each] or [0.0]),
        copy_to_paste_s=median([seconds for session in sessions for seconds in latencies_s(session.rows)] or [0.0]),
        case_s=median(walls),
        case_share=sum(low <= wall <= high for wall in walls) / len(walls),
        act_sd_ln=_within_sd_ln(transfers),
        pace_sd_ln=_pace_sd_ln(sessions[0].office),
    )


def _within_sd_ln(samples: Sequence[Sequence[float]]) -> float:
    """Pooled standard deviation of ln within the samples."""
    logs = [[math.log(seconds) for seconds in sample] for sample in samples if len(sample) > 1]
    squares = sum(variance(sample) * (len(sample) - 1) for sample in logs)
    return math.sqrt(squares / max(1, sum(len(sample) - 1 for sample in logs)))


def _pace_sd_ln(office: Office) -> float:
    agents = [draw_agent(office, number) for number in range(LARGE_TEAM)]
    return stdev(math.log(agent.pace) for agent in agents if not agent.slow)


def transfers_s(rows: Sequence[Row]) -> Iterator[float]:
    """Seconds from a copy to the next, where all that was done between them is to go and paste."""
    copies = [at for at, row in enumerate(rows) if row.action == "copy"]
    for first, after in pairwise(copies):
        done = Counter(row.action for row in rows[first + 1 : after])
        if done["paste"] == 1 and not done.keys() - {"paste", "switch", "focus", "click"}:
            seconds = rows[after].t - rows[first].t
            if seconds <= AT_IT_S:
                yield seconds


def latencies_s(rows: Sequence[Row]) -> Iterator[float]:
    """Seconds from a copy to its paste in another system."""
    clipboard = [row for row in rows if row.action in {"copy", "paste"}]
    for copied, pasted in pairwise(clipboard):
        if (copied.action, pasted.action) == ("copy", "paste") and copied.app != pasted.app:
            yield pasted.t - copied.t


def refuse(figures: Calibration) -> str | None:
    """Say why such sessions do not look like real work, in one line; None if they do."""
    for name, (low, high) in LIMITS.items():
        if not low <= (value := getattr(figures, name)) <= high:
            return f"{name} is {value:.3g}, must be {low:g} to {high:g}"
    return None


@cache
def usable(seed: int) -> bool:
    """Whether an office passes the gate: its first agents, the slow ones aside, and their first cases."""
    office = draw_office(seed)
    numbers = [number for number in range(TEAM + 1) if not draw_agent(office, number).slow][:TEAM]
    return refuse(calibration([simulate_agent(office, number, CASES) for number in numbers])) is None
