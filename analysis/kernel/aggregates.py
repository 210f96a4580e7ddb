"""
Sums of each session by screen, field and application, which add up over sessions.

    BlockConcepts  ->  SessionSums (session x place)  ->  StudySums (place)  ->  friction
                       one row for each session           added, session by session or block by block

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
from analysis.kernel.columns import Dimensions, SessionBlock
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

        switches: Changes of application within cases: from_app, to_app, n.

        screens, fields, apps: One row per session and place with anything to add: session, code, and the sums.

        screen_dwell, field_dwell, hesitation: Every single time, as `times_at` gives it, session by session.
    """

    cases: pl.DataFrame
    totals: dict[str, int]
    switches: pl.DataFrame
    screens: pl.DataFrame
    fields: pl.DataFrame
    apps: pl.DataFrame
    screen_dwell: Places
    field_dwell: Places
    hesitation: Places


def session_sums(found: BlockConcepts, thresholds: Thresholds) -> SessionSums:
    """Add up a block's concepts, by session and place."""
    visits = found.visits
    measured = np.flatnonzero(visits.hesitation_ms >= 0)
    return SessionSums(
        case_table(found), totals_of(found, thresholds), _switches(found),
        _by_screen(found), _by_field(found), _by_app(found),
        times_at(found.screens.place, found.screens.dwell_ms),
        times_at(visits.field, visits.dwell_ms),
        times_at(visits.field[measured], visits.hesitation_ms[measured]),
    )  # fmt: skip


def _switches(found: BlockConcepts) -> pl.DataFrame:
    made, n_apps = found.switches, len(found.block.places.app_known)
    inside = np.flatnonzero(made.case_no)
    pair, n = np.unique(made.from_app[inside].astype(np.int64) * n_apps + made.to_app[inside], return_counts=True)
    from_app, to_app = np.divmod(pair, max(1, n_apps))
    return pl.DataFrame({"from_app": from_app, "to_app": to_app, "n": n})


class _Table:
    """Counts by session and place, column by column."""

    def __init__(self, block: SessionBlock, n_places: int) -> None:
        self._block, self._n_places = block, max(1, n_places)
        self._n_cells = len(block.sessions) * self._n_places
        self._columns: dict[str, Codes] = {}

    def cells(self, rows: Places, place: Codes) -> Codes:
        """Cells of events, from their rows and places."""
        cells: Codes = self._block.session_of[rows] * np.int32(self._n_places) + place
        return cells

    def add(self, name: str, cells: Codes, weights: Codes | None = None) -> None:
        """A column: how many of these cells there are, or the sum of their weights."""
        self._columns[name] = np.bincount(cells, weights, minlength=self._n_cells).astype(np.int32)

    def frame(self) -> pl.DataFrame:
        """One row per cell with anything in it: session, code, and the columns."""
        some = np.zeros(self._n_cells, dtype=np.bool_)
        for column in self._columns.values():
            some |= column != 0
        cells = np.flatnonzero(some)
        session, code = np.divmod(cells.astype(np.int32), np.int32(self._n_places))
        columns = {name: column[cells] for name, column in self._columns.items()}
        return pl.DataFrame({"session": self._block.sessions[session], "code": code} | columns)


def _by_screen(found: BlockConcepts) -> pl.DataFrame:
    block, cases = found.block, found.cases
    table = _Table(block, len(block.places.screen_app))
    table.add("visits", table.cells(found.screens.first, found.screens.place))
    # Stretches of one case on one screen: their time counts, but for that behind the case's last event.
    first = united(found.screens.first, cases.first)
    ends = np.append(first[1:], len(block))
    inside = np.flatnonzero(block.case_no[first])
    first, ends = first[inside], ends[inside]
    spent = found.times.between(first, ends)
    last = cases.ends_case
    screen = np.concatenate([block.screen[first], block.screen[last]])
    cells = table.cells(np.concatenate([first, last]), screen)
    pair = np.sort((cases.number(first, block.case_no[first]).astype(np.int64) << np.int64(32)) | cells[: len(first)])
    table.add("cases", (pair[_changes(pair)] & np.int64(0xFFFFFFFF)).astype(np.int32))
    table.add("case_ms", cells, np.concatenate([spent, -found.times.active_ms[last]]))
    rows, modelled = model_times(block, found.apps)
    table.add("model_cs", table.cells(rows, block.screen[rows]), modelled)
    table.add("repeat_clicks", table.cells(found.bursts.first, block.screen[found.bursts.first]))
    return table.frame()


def _changes(keys: Places) -> Bools:
    changes = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=changes[1:])
    return changes


def _by_field(found: BlockConcepts) -> pl.DataFrame:
    block, visits, made = found.block, found.visits, found.returns
    table = _Table(block, len(block.places.field_role))
    cells = table.cells(visits.first, visits.field)
    table.add("visits", cells)
    table.add("shows_state", cells[visits.changed | visits.shows_state])
    table.add("corrections", table.cells(found.corrections.row, block.field[found.corrections.row]))
    cells = table.cells(made.filled, made.field)
    table.add("filled", cells)
    table.add("returned", cells[made.n_returns > 0])
    table.add("returns", cells, made.n_returns)
    table.add("silent_clicks", table.cells(found.dead.row, found.dead.field))
    _add_shown(table, found)
    return table.frame()


def _add_shown(table: _Table, found: BlockConcepts) -> None:
    block, shown = found.block, found.shown
    cells = table.cells(block.starts[shown.session], shown.field)
    told = np.zeros(len(block.sessions), dtype=np.bool_)
    told[np.flatnonzero(np.logical_or.reduceat(block.filled >= 0, block.starts[:-1]))] = True
    told = told[shown.session]
    in_case, is_shown, untouched = shown.case_no > 0, shown.announced | shown.touched, shown.announced & ~shown.touched
    table.add("announced", cells[shown.announced])
    table.add("met", cells[shown.touched | shown.met])
    table.add("cases", cells[shown.met & in_case])
    for name, kind in (("case", in_case), ("loose", ~in_case)):
        for what, rows in (("shown", is_shown), ("told", is_shown & told), ("untouched", untouched), ("passed", shown.passed_over & told)):
            table.add(f"{name}_{what}", cells[kind & rows])


def _by_app(found: BlockConcepts) -> pl.DataFrame:
    block, places, on = found.block, found.block.places, found.on_field
    table = _Table(block, len(places.app_known))
    table.add("switches_in", table.cells(found.switches.row, found.switches.to_app))
    table.add("round_trips", table.cells(found.trips.out, found.trips.app))
    answers = np.flatnonzero(block.is_action("screen", "focus", "change", "submit"))
    answered = found.screens.first[
        np.searchsorted(answers, found.screens.last, side="right") > np.searchsorted(answers, found.screens.first)
    ]
    table.add("reactions", table.cells(answered, places.screen_app[block.screen[answered]]))
    is_cell = places.field_has_role("cell")
    focused = np.flatnonzero(block.is_action("focus", "select")) if is_cell.any() else on.rows[:0]
    focused = focused[np.append(is_cell, np.False_)[block.field[focused]]]
    table.add("cell_reactions", table.cells(focused, places.screen_app[block.screen[focused]]))
    return table.frame()


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
        np.add.at(self.switches, (sums.switches["from_app"].to_numpy(), sums.switches["to_app"].to_numpy()), sums.switches["n"].to_numpy())
        for totals, frame in ((self.screens, sums.screens), (self.fields, sums.fields), (self.apps, sums.apps)):
            code = frame["code"].to_numpy()
            for name, sums_at in totals.items():
                np.add.at(sums_at, code, frame[name].to_numpy())
        for seen, frame, presence in ((self.screen_agents, sums.screens, "visits"), (self.field_agents, sums.fields, "met")):
            there = frame.filter(pl.col(presence) > 0)
            seen[self.agents[there["session"].to_numpy()], there["code"].to_numpy()] = True
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
