"""What a change of application costs: measured on literal logs, drawn towards the prior, and spared with the visit it belongs to."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from analysis.loading import LoadedStudy
from analysis.reentry import find_reentry
from analysis.switching import Switching, _drawn_to, measure_switching, switching_row
from tests.analysis.studies import Row, act, laid_out, later, replay_of

StudyOf = Callable[..., LoadedStudy]

FREE = "[thresholds]\nmin_agents = 1\nmin_occurrences = 1\nglance_s = 0\nredo_share = 0\n"
VALUES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni"]


def one_case(number: int, bearings_s: float, agent: str = "Ann") -> list[Row]:
    """
    A value fetched from another system; 1 s between two fields, 1 s to the other system, and so long until one acts there.

        B: click  click . switch | A: . . copy . switch | B: . . click  paste  change  submit
           0      1       2           3+b     4+b            5+2b  6+2b   7+2b    8+2b
    """
    value, b = VALUES[number % len(VALUES)] + agent, bearings_s
    rows = [
        act(0, "click", "ERP:/form:start"), act(1, "click", "ERP:/form:kind"), act(2, "switch", "CRM:/card"),
        act(3 + b, "copy", "CRM:/card:no", value), act(4 + b, "switch", "ERP:/form"), act(5 + 2 * b, "click", "ERP:/form:kind"),
        act(6 + 2 * b, "paste", "ERP:/form:account", value), act(7 + 2 * b, "change", "ERP:/form:account", value),
        act(8 + 2 * b, "submit", "ERP:/form:save"),
    ]  # fmt: skip
    more = {"case": str(number), "agent": agent, "session": agent}
    return [row | more for row in later(rows, 100 * number)]


def log(bearings_s: float, n: int = 8, agents: tuple[str, ...] = ("Ann",)) -> list[Row]:
    """So many cases of each agent."""
    return [row for agent in agents for number in range(n) for row in one_case(number, bearings_s, agent)]


def saved(loaded: LoadedStudy) -> float:
    """Seconds per case that filling everything saves."""
    found = laid_out(loaded)
    return replay_of(loaded, found).saving(found.bundles.frame["bundle"].to_numpy()).seconds / loaded.n_cases


def switching_of(loaded: LoadedStudy) -> Switching:
    """What a change of application costs in a study."""
    habits = find_reentry(loaded).habits
    return measure_switching(habits.waits, len(habits.agents), loaded.thresholds)


class TestMeasured:
    def test_what_a_change_adds(self, study_of: StudyOf) -> None:
        """3 s after the other system is in front, where a move takes 1 s, and 1 s to get there: 2 s of bearings, 3 s in all."""
        switching = switching_of(study_of(log(2.0), FREE))

        assert switching.after is not None
        assert switching.across is not None
        assert 2.0 == pytest.approx(switching.after.seconds, rel=0.01)
        assert 3.0 == pytest.approx(switching.across.seconds)

    def test_none_to_be_told(self, study_of: StudyOf) -> None:
        """Where the first act takes no longer than any other there is nothing to tell, and next to nothing is spared."""
        switching = switching_of(study_of(log(0.0), FREE))

        assert switching.after is None
        assert switching.cost_s.max() < 0.1

    def test_no_switches_in_the_log(self, study_of: StudyOf) -> None:
        """A log that never says when an application is in front tells what a change adds, and nothing of where it goes."""
        rows = [row for row in log(2.0) if row["action"] != "switch"]
        switching = switching_of(study_of(rows, FREE))

        assert not switching.cost_s.any()
        assert switching.after is None
        assert switching.across is not None

    def test_an_interval_over_agents_and_none_of_any_agent(self, study_of: StudyOf) -> None:
        """Three agents of 1, 2 and 3 s: one figure with an interval about it, and no figure for each."""
        rows = [row for bearings, agent in ((1.0, "Ann"), (2.0, "Bo"), (3.0, "Cy")) for row in log(bearings, agents=(agent,))]
        row = switching_row(switching_of(study_of(rows, "")))

        assert {"agents", "after_s", "after_ci90", "across_s", "across_ci90"} == set(row)
        assert 2.0 == pytest.approx(row["after_s"], rel=0.01)
        low, high = row["after_ci90"]
        assert low < 1.5
        assert high > 2.5


class TestDrawn:
    @pytest.mark.parametrize(("seen", "error", "expected"), [(1.0, 0.01, 1.0), (1.0, 50.0, 2.0 * np.exp(0.08)), (-0.5, 0.02, 0.0)])
    def test_between_what_was_seen_and_the_prior(self, seen: float, error: float, expected: float) -> None:
        """What was seen surely stands; what was not is the mean of the prior; a cost is never below nothing."""
        extra = pl.DataFrame({"extra_s": [seen], "se_s": [error]})

        assert expected == pytest.approx(float(_drawn_to(2.0, 0.4, extra)[0]), abs=0.05)


class TestSpared:
    def test_with_the_visit(self, study_of: StudyOf) -> None:
        """
        A visit that is not made spares the bearings in the other system, and those back here, where something else is done first.

        With 2 s of bearings each way the whole 4 s more than without them are saved: none of them was for anything else.
        """
        assert 4.0 == pytest.approx(saved(study_of(log(2.0), FREE)) - saved(study_of(log(0.0), FREE)), abs=0.2)
