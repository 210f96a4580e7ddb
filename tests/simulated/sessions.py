"""
A whole session: one agent's cases one after the other, what lies between them, and what integrations would have saved.

    idle | case 0 | idle | case 1 | ... | idle | case 59
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Final, NamedTuple

from tests.simulated.calls import with_call
from tests.simulated.casework import case_parts, open_ticket, work
from tests.simulated.desk import Desk
from tests.simulated.faults import spoil
from tests.simulated.office import Field, Office
from tests.simulated.plan import Plan, plan_case
from tests.simulated.recording import Row
from tests.simulated.schedule import Turn, interleaved_turns, plain_turns
from tests.simulated.steps import Keys, Step
from tests.simulated.streams import Stream
from tests.simulated.timing import Agent, draw_agent

__all__ = ["AgentSession", "Carried", "Saved", "Signal", "simulate_agent"]

NOTHING: Final[Keys] = frozenset()
# Between two cases: shares, and breaks in minutes after so many cases.
REFRESH_SHARE: Final = 0.25
NEWS_SHARE: Final = 0.10
BREAKS: Final = {15: (4.0, 9.0), 31: (22.0, 38.0), 46: (3.0, 8.0)}


class Signal(NamedTuple):
    """
    A planted friction signal: its kind, its field, its row in the session, and its case.

    Args:

        kind: `repeat_click` (a burst, at its last click), `dead_click` (the button never answers), `late_answer` (a click that was answered
            after more than 3 s), `double_click` (in a grid, nothing wrong with it), `correction`, `return`, `passed_over`, and
            `never_touched` (at the row that shows the form).

        field: The field; a menu link's has no screen, for the menu is on every screen of its system.
    """

    kind: str
    field: Field
    row: int
    case: int | None


class Carried(NamedTuple):
    """A value entered a second time: from where, where, the row of the edit (its last input or its paste), and the case."""

    source: Field
    target: Field
    row: int
    case: int


class Saved(NamedTuple):
    """Seconds saved over all cases of a session: of wall clock, and of the agent's hands and head."""

    wall_s: float
    hands_s: float
    n_cases: int


@dataclasses.dataclass(frozen=True, slots=True)
class _Stint:
    """A part of a case done in one go: its steps, and the agent's tempo then."""

    steps: list[Step]
    tempo: float


@dataclasses.dataclass(slots=True)
class _Case:
    """A case, with all that is needed to work on it again."""

    plan: Plan
    parts: list[list[Step]]
    stints: list[_Stint] = dataclasses.field(default_factory=list)
    entered: dict[str, str] = dataclasses.field(default_factory=dict)
    wall_s: float = 0.0
    hands_s: float = 0.0
    again: dict[Keys, tuple[float, float]] = dataclasses.field(default_factory=dict)


class AgentSession:
    """
    One agent's session, with what is true of it.

    Args:

        office: The office.

        number: Which agent.

    Attributes:

        rows: The log, times in seconds since the session began.

        case_of_row: The case of each row, from 0; None for a row that belongs to none.

        signals: The friction signals that were planted.

        carried: Every value that was entered a second time.
    """

    def __init__(self, office: Office, number: int) -> None:
        self.office, self.number = office, number
        self.agent: Agent = draw_agent(office, number)
        self.rows: list[Row] = []
        self.case_of_row: list[int | None] = []
        self.signals: list[Signal] = []
        self.carried: list[Carried] = []
        self.clock_s = 0.0
        self._cases: list[_Case] = []

    @property
    def n_cases(self) -> int:
        """How many cases there are."""
        return len(self._cases)

    @property
    def case_walls_s(self) -> list[float]:
        """Wall seconds of each case; gaps above 120 s without an event count for nothing, unless the agent talked."""
        return [case.wall_s for case in self._cases]

    @property
    def wall_s(self) -> float:
        """Wall seconds of all cases."""
        return sum(self.case_walls_s)

    @property
    def hands_s(self) -> float:
        """Seconds of all cases in which the agent worked, and did not only listen."""
        return sum(case.hands_s for case in self._cases)

    def saving(self, targets: Collection[Field]) -> Saved:
        """
        Work on the same cases again with integrations on.

        Args:
            targets: Fields that come filled, and fields that are removed; any set.

        Returns:
            Seconds saved over all cases: without, minus with. A case that these fields do not concern is as it was.
        """
        on = frozenset(target.key for target in targets)
        saved = [self._saved(case, on) for case in self._cases]
        return Saved(sum(wall for wall, _ in saved), sum(hands for _, hands in saved), self.n_cases)

    def _saved(self, case: _Case, on: Keys) -> tuple[float, float]:
        wanted = case.plan.wanted
        active = frozenset(key for key in on if key in wanted or f"stop {key}" in wanted)
        if not active:
            return 0.0, 0.0
        if active not in case.again:
            entered: dict[str, str] = {}
            desks = [self._work(case, stint, entered, active) for stint in case.stints]
            case.again[active] = sum(desk.wall_s() for desk in desks), sum(desk.hands_s() for desk in desks)
        wall_s, hands_s = case.again[active]
        return case.wall_s - wall_s, case.hands_s - hands_s

    def _work(self, case: _Case, stint: _Stint, entered: dict[str, str], on: Keys) -> Desk:
        return work(Desk(self.office, self.agent, stint.tempo, case.plan.values, entered), case.plan, stint.steps, on)

    # --- the day, as it is simulated -------------------------------------------------------------------------------

    def add_turn(self, turn: Turn, *, calls: bool) -> Desk:
        """Work on a case, or a part of one; the desk as it is left."""
        if turn.first == 0:
            plan = plan_case(self.office, self.number, turn.case)
            parts = case_parts(plan)
            self._cases.append(_Case(plan, with_call(plan, parts) if calls else parts))
        case = self._cases[turn.case]
        steps = [step for part in case.parts[turn.first : turn.last] for step in part]
        if turn.first > 0:
            steps.insert(0, Step(f"reopen {turn.first}", self.office.queue, open_ticket))
        stint = _Stint(steps, self.agent.tempo(turn.case, self.clock_s / 3600))
        case.stints.append(stint)
        desk = self._work(case, stint, case.entered, NOTHING)
        case.wall_s += desk.wall_s()
        case.hands_s += desk.hands_s()
        self._add(desk, turn.case)
        return desk

    def add_idle(self, place: int, left: Desk | None) -> None:
        """What an agent does before opening a ticket: the queue, a break, the news; `left` is where a case was put aside."""
        office = self.office
        values = {office.article.key: "news"} if office.article else {}
        desk = Desk(office, self.agent, self.agent.tempo(place, self.clock_s / 3600), values, {})
        desk.begin(f"{office.seed}/{self.number}/idle {place}")
        if left:
            desk.app, desk.screens = left.app, left.screens
            desk.go(office.queue, f"{office.seed}/{self.number}/idle {place}")
        else:
            desk.open(office.queue)
        if place in BREAKS:
            desk.think("go")
            desk.clock += 60 * desk.draw.between(*BREAKS[place])
        if office.news and office.article and desk.draw.happens(NEWS_SHARE):
            desk.navigate(office.news)
            for _ in range(desk.draw.whole(1, 3)):
                desk.look(office.article, "read")
            desk.navigate(office.queue)
        if desk.draw.happens(REFRESH_SHARE):
            desk.think("go")
            desk.click(office.refresh)
            desk.open(office.queue)
        desk.think("read")
        self._add(desk, None)

    def record(self) -> None:
        """Give the rows the faults that a recording has."""
        spoilt = spoil(self.rows, Stream(f"{self.office.seed}/{self.number}/faults"))
        cases = self.case_of_row
        self.signals = [each._replace(row=spoilt.place[each.row]) for each in self.signals]
        self.carried = [each._replace(row=spoilt.place[each.row]) for each in self.carried]
        self.case_of_row = [None if at is None else cases[at] for at in spoilt.origin]
        self.rows = spoilt.rows

    def _untouched(self, desk: Desk) -> Iterator[tuple[Field, int]]:
        """The fields nobody enters, each with the row that first shows it at a desk."""
        for field in self.office.never_touched:
            shown = (at for at, row in enumerate(desk.rows) if (row.action, row.app, row.screen) == ("screen", field.app, field.screen))
            yield from ((field, at) for at in islice(shown, 1))

    def _add(self, desk: Desk, case: int | None) -> None:
        """Put what was done at a desk behind what was done before."""
        at = len(self.rows)
        self.signals += [Signal(kind, of, at + row, case) for kind, of, row in desk.signals]
        self.signals += [Signal("never_touched", of, at + row, case) for of, row in self._untouched(desk)]
        if case is not None:
            self.carried += [Carried(source, target, at + row, case) for source, target, row in desk.carried]
        self.rows += [row._replace(t=row.t + self.clock_s) for row in desk.rows]
        self.case_of_row += [case] * len(desk.rows)
        self.clock_s += desk.clock


def simulate_agent(office: Office, number: int, cases: int = 60, *, calls: bool = False, interleaved: bool = False) -> AgentSession:
    """
    Let one agent work through their cases.

    Args:
        office: The office.
        number: Which agent, from 0. Equal arguments give equal sessions, whoever else is in the team.
        cases: How many cases.
        calls: Most cases come with a phone call, and the agent talks while they work.
        interleaved: Some cases are put aside in the middle and taken up again later.

    Returns:
        The session.

    Raises:
        ValueError: Both calls and interleaved: nobody puts a caller aside. Choose one.
    """
    if calls and interleaved:
        raise ValueError("calls and interleaved cannot both be on: choose one")
    session = AgentSession(office, number)
    turns = interleaved_turns(Stream(f"{office.seed}/{number}/turns"), cases) if interleaved else plain_turns(cases)
    left: Desk | None = None
    for place, turn in enumerate(turns):
        session.add_idle(place, left)
        desk = session.add_turn(turn, calls=calls)
        left = desk if turn.last else None
    session.record()
    return session
