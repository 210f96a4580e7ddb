"""
A whole session: one agent's cases one after the other, and what lies between them.

    idle | case 0 | idle | case 1 | ... | idle | case 59
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework import LEFT_ON, work
from desk import Desk, Row
from plan import Plan, plan
from timing import Agent, Stream, agent
from world import BETWEEN, BREAKS, CASES_PER_AGENT, FIELDS, NEWS, PAUSED_AGENTS, QUEUE


@dataclass
class Shift:
    """
    One agent's session.

    Args:

        who: The agent.

        rows: The log, times in seconds since the session began.

        cases: First and last row of each case, as positions in `rows`.

        plans: What each case was about.

        desks: The desk after each case.
    """

    who: Agent
    rows: list[Row] = field(default_factory=list)
    cases: list[tuple[int, int]] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)
    desks: list[Desk] = field(default_factory=list)
    clock: float = 0.0

    def add(self, desk: Desk) -> None:
        """Put what was done at a desk behind what was done before."""
        self.rows += [row._replace(t=row.t + self.clock) for row in desk.rows]
        self.clock += desk.clock


def shift(seed: int, number: int) -> Shift:
    """Agent `number` (from 0) works through the day."""
    done = Shift(agent(seed, number))
    screens: Mapping[str, str] = LEFT_ON
    for case in range(CASES_PER_AGENT):
        idle = between(seed, done.who, case, screens)
        done.add(idle)
        about = plan(seed, done.who, case)
        desk = work(about, (), idle.screens)
        done.cases.append((len(done.rows), len(done.rows) + len(desk.rows) - 1))
        done.plans.append(about)
        done.desks.append(desk)
        done.add(desk)
        screens = desk.screens
    return done


def between(seed: int, who: Agent, case: int, screens: Mapping[str, str]) -> Desk:
    """What an agent does before opening the ticket of a case: the queue, a break, the news. None of it belongs to a case."""
    draw = Stream(seed, who.number, case, "between")
    desk = Desk(who, case, {"Helpdesk.article": "news"}, screens)
    desk.draw = draw
    desk.open(QUEUE)
    if case in BREAKS:
        _break(desk, case)
    if draw.happens(BETWEEN["news"]):
        desk.navigate(NEWS)
        for _ in range(draw.whole(1, 3)):
            desk.look("Helpdesk.article", "read")
        desk.navigate(QUEUE)
    for name in ("refresh", "filter"):
        if draw.happens(BETWEEN[name]):
            desk.think("go")
            desk.click(FIELDS[f"Helpdesk.{name}"])
            desk.wait(QUEUE.app)
    desk.think("read")
    return desk


def _break(desk: Desk, case: int) -> None:
    low, high = BREAKS[case]
    paused = desk.who.number in PAUSED_AGENTS and case == min(BREAKS)
    desk.think("go")
    if paused:
        desk.log("pause")
    desk.clock += 60 * (low + (high - low) * desk.draw.share())
    if paused:
        desk.log("resume")
