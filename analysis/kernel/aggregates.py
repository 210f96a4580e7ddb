"""
Sums of some sessions by screen, field and application, which add up.

    BlockConcepts  ->  SessionSums (by place)  ->  StudySums (by place)  ->  friction
                       of whole sessions           added, session by session or block by block

What depends on the study as a whole (is a field announced or fillable anywhere, does an application answer at all) is kept as counts of
its own, and applied when everything is added: so no sum has to be made again when a session comes or goes. All figures are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.kernel.casework import CASE_SCHEMA, case_table
from analysis.kernel.columns import Dimensions
from analysis.kernel.concepts import BlockConcepts
from analysis.kernel.coverage import TOTALS, totals_of
from analysis.kernel.model import model_times
from analysis.kernel.runs import united
from analysis.kernel.values import TimeCounts, times_at
from analysis.thresholds import Thresholds

__all__ = ["APP_SUMS", "FIELD_SUMS", "SCREEN_SUMS", "SessionSums", "StudySums", "session_sums"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

SCREEN_SUMS: Final = ("visits", "cases", "case_ms", "model_cs", "repeat_clicks")
"""
Visits; cases with an event on the screen; active ms as far as they count to a case, and hundredths of a second that the keystroke-level
model gives for the same events; bursts.
"""

FIELD_SUMS: Final = (
    "visits", "shows_state", "corrections", "filled", "returned", "returns", "silent_clicks", "announced", "met", "cases",
    "case_shown", "case_told", "case_untouched", "case_passed", "loose_shown", "loose_told", "loose_untouched", "loose_passed",
)  # fmt: skip
"""
Visits; those that show an input or a state; corrections; cases that filled the field, came back to it, and how often; clicks that nothing
followed; pieces of work that announce it, that it was met in, cases it was met in. Then, for cases and for screen visits without one: pieces
of work it was shown in, those of sessions that tell fields' states, those that never touched it, those that passed it over.
"""

APP_SUMS: Final = ("switches_in", "round_trips", "reactions", "cell_reactions")
"""Changes to the application; round trips to it; screen visits with an event that shows it answer; events that show its cells answer."""


@dataclass(frozen=True, slots=True)
class SessionSums:
    """
    Sums of some sessions.

    Args:

        cases: One row per case (`CASE_SCHEMA` but `how`).

        totals: TOTALS of them all.

        switches: Changes of application within cases: from by to.

        screens, fields, apps: Each sum by code.

        sessions, on_screens, on_fields: The sessions, and which screens and fields were seen in each: session by code.

        screen_dwell, field_dwell, hesitation: Every single time, as `times_at` gives it, session by session.
    """

    cases: pl.DataFrame
    totals: dict[str, int]
    switches: Places
    screens: dict[str, Places]
    fields: dict[str, Places]
    apps: dict[str, Places]
    sessions: Codes
    on_screens: Bools
    on_fields: Bools
    screen_dwell: Places
    field_dwell: Places
    hesitation: Places


def session_sums(found: BlockConcepts, thresholds: Thresholds) -> SessionSums:
    """Add up a block's concepts, by place."""
    block, visits, screens = found.block, found.visits, found.screens
    measured = np.flatnonzero(visits.hesitation_ms >= 0)
    on_screens = np.zeros((len(block.sessions), len(block.places.screen_app)), dtype=np.bool_)
    on_screens[block.session_of[screens.first], screens.place] = True
    on_fields = np.zeros((len(block.sessions), len(block.places.field_role)), dtype=np.bool_)
    met = found.shown.touched | found.shown.met
    on_fields[found.shown.session[met], found.shown.field[met]] = True
    return SessionSums(
        case_table(found), totals_of(found, thresholds), _switches(found),
        _by_screen(found), _by_field(found), _by_app(found),
        block.sessions, on_screens, on_fields,
        times_at(screens.place, screens.dwell_ms),
        times_at(visits.field, visits.dwell_ms),
        times_at(visits.field[measured], visits.hesitation_ms[measured]),
    )  # fmt: skip


def _switches(found: BlockConcepts) -> Places:
    made, n_apps = found.switches, len(found.block.places.app_known)
    inside = np.flatnonzero(made.case_no)
    return _counts(made.from_app[inside] * np.int32(n_apps) + made.to_app[inside], n_apps * n_apps).reshape(n_apps, n_apps)


def _counts(codes: Codes, n_codes: int, weights: Codes | None = None) -> Places:
    """How many there are of each code, or the sum of their weights."""
    counts: Places = np.bincount(codes, weights, minlength=n_codes).astype(np.int64)
    return counts


def _by_screen(found: BlockConcepts) -> dict[str, Places]:
    block, cases = found.block, found.cases
    n_screens = len(block.places.screen_app)
    # Stretches of one case on one screen: their time counts, but for that behind the case's last event.
    first = united(found.screens.first, cases.first)
    ends = np.append(first[1:], len(block))
    inside = np.flatnonzero(block.case_no[first])
    first, ends = first[inside], ends[inside]
    screen, last = block.screen[first], cases.ends_case
    of_case = np.sort((cases.number(first, block.case_no[first]).astype(np.int64) << np.int64(32)) | screen)
    modelled = np.zeros(len(block) + 1, dtype=np.int64)
    np.cumsum(model_times(block, found.apps), out=modelled[1:])
    spent = _counts(screen, n_screens, found.times.between(first, ends))
    return {
        "visits": _counts(found.screens.place, n_screens),
        "cases": _counts((of_case[_changes(of_case)] & np.int64(0xFFFFFFFF)).astype(np.int32), n_screens),
        "case_ms": spent - _counts(block.screen[last], n_screens, found.times.active_ms[last]),
        "model_cs": _counts(screen, n_screens, modelled[ends] - modelled[first]),
        "repeat_clicks": _counts(block.screen[found.bursts.first], n_screens),
    }


def _changes(keys: Places) -> Bools:
    changes = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=changes[1:])
    return changes


def _by_field(found: BlockConcepts) -> dict[str, Places]:
    block, visits, made = found.block, found.visits, found.returns
    n_fields = len(block.places.field_role)
    return {
        "visits": _counts(visits.field, n_fields),
        "shows_state": _counts(visits.field[visits.changed | visits.shows_state], n_fields),
        "corrections": _counts(block.field[found.corrections.row], n_fields),
        "filled": _counts(made.field, n_fields),
        "returned": _counts(made.field[made.n_returns > 0], n_fields),
        "returns": _counts(made.field, n_fields, made.n_returns),
        "silent_clicks": _counts(found.dead.field, n_fields),
        **_shown(found),
    }


def _shown(found: BlockConcepts) -> dict[str, Places]:
    """Pieces of work by field and by what became of the field in them: counted once for each mixture, of which there are few."""
    block, shown, n_fields = found.block, found.shown, len(found.block.places.field_role)
    tells = np.logical_or.reduceat(block.filled >= 0, block.starts[:-1])
    facts = (shown.announced, shown.touched, shown.met, shown.passed_over, shown.case_no > 0, tells[shown.session])
    mixture = shown.field << np.int32(len(facts))
    for bit, fact in enumerate(facts):
        mixture |= fact.astype(np.int32) << np.int32(bit)
    counts = _counts(mixture, n_fields << len(facts)).reshape(n_fields, 1 << len(facts))
    announced, touched, met, passed, in_case, told = (np.arange(1 << len(facts)) >> bit & 1 > 0 for bit in range(len(facts)))

    def having(which: Bools) -> Places:
        sums: Places = counts[:, which].sum(axis=1)
        return sums

    sums = {"announced": having(announced), "met": having(touched | met), "cases": having(met & in_case)}
    for name, kind in (("case", in_case), ("loose", ~in_case)):
        sums |= {
            f"{name}_shown": having(kind & (announced | touched)),
            f"{name}_told": having(kind & (announced | touched) & told),
            f"{name}_untouched": having(kind & announced & ~touched),
            f"{name}_passed": having(kind & passed & told),
        }
    return sums


def _by_app(found: BlockConcepts) -> dict[str, Places]:
    block, places, on = found.block, found.block.places, found.on_field
    n_apps = len(places.app_known)
    answers = np.flatnonzero(block.is_action("screen", "focus", "change", "submit"))
    answered = found.screens.place[
        np.searchsorted(answers, found.screens.last, side="right") > np.searchsorted(answers, found.screens.first)
    ]
    is_cell = places.field_has_role("cell")
    focused = np.flatnonzero(block.is_action("focus", "select")) if is_cell.any() else on.rows[:0]
    focused = focused[np.append(is_cell, np.False_)[block.field[focused]]]
    return {
        "switches_in": _counts(found.switches.to_app, n_apps),
        "round_trips": _counts(found.trips.app, n_apps),
        "reactions": _counts(places.screen_app[answered], n_apps),
        "cell_reactions": _counts(places.screen_app[block.screen[focused]], n_apps),
    }


@dataclass(slots=True)
class StudySums:
    """
    Sums of a study, by place; grows by `add`.

    Args:

        places: The study's places.

        agents: Agent of each session, as an index.

        totals: TOTALS.

        switches: Changes of application within cases: from by to.

        screens, fields, apps: Each sum by code.

        screen_agents, field_agents: Which agents were seen at each place: agent by code.

        screen_dwell, field_dwell, hesitation: Times by code, in ms.
    """

    places: Dimensions
    agents: Codes
    totals: dict[str, int]
    switches: Places
    screens: dict[str, Places]
    fields: dict[str, Places]
    apps: dict[str, Places]
    screen_agents: Bools
    field_agents: Bools
    screen_dwell: TimeCounts
    field_dwell: TimeCounts
    hesitation: TimeCounts
    _cases: list[pl.DataFrame] = field(default_factory=list)

    @classmethod
    def of(cls, places: Dimensions, agents: Mapping[int, int]) -> StudySums:
        """Nothing added yet; `agents` is the agent of each session."""
        order = {agent: index for index, agent in enumerate(sorted(set(agents.values())))}
        of_session = np.zeros(max(agents, default=0) + 1, dtype=np.int32)
        for session, agent in agents.items():
            of_session[session] = order[agent]
        n_screens, n_fields, n_apps = len(places.screen_app), len(places.field_role), len(places.app_known)
        return cls(
            places, of_session, dict.fromkeys(TOTALS, 0), np.zeros((n_apps, n_apps), dtype=np.int64),
            {name: np.zeros(n_screens, dtype=np.int64) for name in SCREEN_SUMS},
            {name: np.zeros(n_fields, dtype=np.int64) for name in FIELD_SUMS},
            {name: np.zeros(n_apps, dtype=np.int64) for name in APP_SUMS},
            np.zeros((len(order), n_screens), dtype=np.bool_), np.zeros((len(order), n_fields), dtype=np.bool_),
            TimeCounts.empty(), TimeCounts.empty(), TimeCounts.empty(),
        )  # fmt: skip

    def add(self, sums: SessionSums, how: NDArray[np.uint8]) -> None:
        """
        Add some sessions; the order does not matter.

        Args:

            sums: Their sums.

            how: How each of their cases was found, an index into `analysis.cases.HOW`.
        """
        self._cases.append(sums.cases.with_columns(how=how))
        for name, total in sums.totals.items():
            self.totals[name] += total
        self.switches += sums.switches
        for totals, more in ((self.screens, sums.screens), (self.fields, sums.fields), (self.apps, sums.apps)):
            for name in totals:
                totals[name] += more[name]
        agents = self.agents[sums.sessions]
        np.logical_or.at(self.screen_agents, agents, sums.on_screens)
        np.logical_or.at(self.field_agents, agents, sums.on_fields)
        self.screen_dwell.add(sums.screen_dwell)
        self.field_dwell.add(sums.field_dwell)
        self.hesitation.add(sums.hesitation)

    @property
    def cases(self) -> pl.DataFrame:
        """One row per case (`CASE_SCHEMA`), in session and case order."""
        if len(self._cases) != 1:
            self._cases = [pl.concat([pl.DataFrame(schema=CASE_SCHEMA), *self._cases]).sort("session", "case_no")]
        return self._cases[0]

    def restore_cases(self, cases: pl.DataFrame) -> None:
        """Add cases that were added before and kept (`CASE_SCHEMA`)."""
        self._cases.append(cases)

    @property
    def n_cases(self) -> int:
        """Cases added."""
        return sum(frame.height for frame in self._cases)
