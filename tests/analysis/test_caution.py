"""What keeps a saving honest: warm-up, gaps, calls, the model where little was seen, and rows that cannot be told apart."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from analysis.bundles import BUNDLE
from analysis.caveats import ranking_caveats
from analysis.evidence import evidence_of, weigh_evidence
from analysis.loading import LoadedStudy
from analysis.ranking import Ranking, rank_integrations
from analysis.timeline import longest_ms
from analysis.warm_up import counted_cases
from tests.analysis.studies import Row, act, carried, laid_out, later

StudyOf = Callable[..., LoadedStudy]

FREE = "[thresholds]\nmin_agents = 1\nmin_occurrences = 1\nglance_s = 0\nredo_share = 0\n"
VALUES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni", "mepira", "nosatu"]


def case(value: str, number: int, pause_s: float = 0.0, **more: str) -> list[Row]:
    """A value carried over in 4 s from the copy to the edit, after so long a pause, in a case of its own."""
    rows = later(carried(2, "CRM:/card:no", "ERP:/form:account", value), pause_s)
    rows = [act(0, "click", "ERP:/form:start"), *rows, act(8 + pause_s, "submit", "ERP:/form:save")]
    return [row | {"case": str(number)} | more for row in later(rows, 10 + 300 * number)]


def cases(n: int, **more: str) -> list[Row]:
    """So many cases."""
    return [row for number in range(n) for row in case(f"{VALUES[number % 10]}{number:02d}", number, **more)]


def codes(ranking: Ranking) -> list[str]:
    """Of what a ranking warns of."""
    return [caveat["code"] for caveat in ranking_caveats(ranking)]


class TestWarmUp:
    def test_the_first_cases_are_left_out_where_enough_remain(self, study_of: StudyOf) -> None:
        """Of 10 cases of an agent the first 4 are warm-up: 6 count, and the saving is theirs."""
        loaded = study_of(cases(10), f"{FREE}warm_up_cases = 4\nwarm_up_days = 0\n")
        counted = counted_cases(loaded)
        ranking = rank_integrations(loaded)

        assert [5, 6, 7, 8, 9, 10] == counted.cases["case_no"].to_list()
        assert [(6,)] == counted.by_agent().select("n_cases").rows()
        assert (4, 4) == (counted.n_left_out, counted.n_new)
        assert 6 == ranking.rows[0].integration.n_cases
        assert "warm_up_left_out" in codes(ranking)

    def test_all_count_where_too_few_would_remain(self, study_of: StudyOf) -> None:
        """Of 10 cases with 5 of warm-up half would remain: all count, and it is said that the agents were new."""
        loaded = study_of(cases(10), f"{FREE}warm_up_cases = 5\nwarm_up_days = 0\n")
        ranking = rank_integrations(loaded)

        assert (0, 5) == (ranking.cases.n_left_out, ranking.cases.n_new)
        assert 10 == ranking.rows[0].integration.n_cases
        assert "warm_up_kept" in codes(ranking)

    def test_days_where_the_log_knows_them(self, study_of: StudyOf) -> None:
        """An agent with three days: the first is left out, if that is more than the first cases."""
        rows = [
            row | {"session": f"day {day}", "time": f"2026-03-0{day}T08:{row['time'] // 60000:02d}:{row['time'] // 1000 % 60:02d}Z"}
            for day in (1, 2, 3)
            for row in cases(5)
        ]
        loaded = study_of(rows, f"{FREE}warm_up_cases = 2\nwarm_up_days = 1\n")

        assert [2, 3] == counted_cases(loaded).cases["session"].unique().sort().to_list()

    def test_each_agent_has_a_warm_up(self, study_of: StudyOf) -> None:
        """Two agents with 10 cases each: the first 4 of each are left out."""
        rows = [row for who in ("Ann", "Bo") for row in cases(10, agent=who, session=who)]
        counted = counted_cases(study_of(rows, f"{FREE}warm_up_cases = 4\nwarm_up_days = 0\n"))

        assert {(1, 6), (2, 6)} == set(counted.cases.group_by("session").len().rows())


class TestGaps:
    def test_told_for_three_lengths(self, study_of: StudyOf) -> None:
        """A pause of 90 s within what would disappear counts up to 120 s, and not up to 60 s; that is warned of."""
        rows = cases(10)
        for row in rows:
            row["time"] += 90_000 if row["action"] in ("paste", "change", "submit") else 0
        ranking = rank_integrations(study_of(rows, f"{FREE}unattributed_ms = 300000\n"))

        assert ranking.total is not None
        assert ranking.by_gap[60] < ranking.by_gap[120] == ranking.by_gap[300] == ranking.total.seconds
        assert "gap_sensitivity" in codes(ranking)

    def test_what_nobody_knows_is_not_saved(self, study_of: StudyOf) -> None:
        """A gap of over 15 s is no time that an integration saves, however long gaps count otherwise."""
        rows = cases(10)
        longer = later(rows, 0)
        for row in longer:
            row["time"] += 20_000 if row["action"] in ("paste", "change", "submit") else 0
        plain, waited = (rank_integrations(study_of(part, FREE)).rows[0] for part in (rows, longer))

        assert plain.seconds > waited.seconds > plain.seconds - 2

    def test_steady(self, study_of: StudyOf) -> None:
        """Without long gaps the total is the same whatever counts, and nothing is said."""
        ranking = rank_integrations(study_of(cases(10), FREE))

        assert 1 == len(set(ranking.by_gap.values()))
        assert "gap_sensitivity" not in codes(ranking)


class TestCalls:
    @pytest.mark.parametrize(
        ("start", "end", "held", "share"),
        [(-1, 40, None, 0.5), (-1, 9, None, 1.0), (-9, -3, None, 1.0), (8.5, 40, None, 1.0), (-1, 40, (-0.5, 8.5), 1.0)],
    )
    def test_no_saving_beside_talk_that_outlasts_the_work(
        self, study_of: StudyOf, start: float, end: float, held: tuple[float, float] | None, share: float
    ) -> None:
        """Every second case has a call: work beside talk that outlasts it does not count; with the call, outside of it, and on hold, it does."""
        saved = {}
        for called in (False, True):
            rows = cases(10)
            for number in range(0, 10, 2):
                at = 300 * number + 11.5
                calls = [act(at + start, "call_start", "Phone"), act(at + end, "call_end", "Phone")]
                if held:
                    calls += [act(at + held[0], "hold_start", "Phone"), act(at + held[1], "hold_end", "Phone")]
                rows += [row | {"case": str(number)} for row in calls] if called else []
            ranking = rank_integrations(study_of(sorted(rows, key=lambda row: row["time"]), FREE))
            saved[called] = ranking.rows[0]

        assert pytest.approx(share, abs=0.06) == saved[True].seconds / saved[False].seconds
        assert pytest.approx(saved[False].most, rel=0.02) == saved[True].most
        assert (share < 1) == ("talk_share" in [assumption.name for assumption in saved[True].assumptions])


def way_of(seen_s: list[float], klm_s: list[float]) -> tuple[pl.DataFrame, tuple[np.ndarray, np.ndarray]]:
    """Bundles of one way and one agent, each of which took so long, and would take an expert so long."""
    n = len(seen_s)
    frame = pl.DataFrame({
        "agent": [0] * n, "kind": ["reentry"] * n, "root_field": [1] * n, "target_field": [2] * n, "mode": ["clipboard"] * n,
    }, schema_overrides={name: BUNDLE[name] for name in ("kind", "mode")})  # fmt: skip
    return frame, (np.array(seen_s), np.array(klm_s))


class TestEvidence:
    @pytest.mark.parametrize(("n", "label"), [(5, "modelled"), (6, "blended"), (24, "blended"), (25, "measured")])
    def test_by_how_much_was_seen(self, n: int, label: str) -> None:
        """A way seen 25 times is measured, from 6 on it is blended with the model, below it is the model's."""
        weighed = weigh_evidence(*way_of([5.0] * n, [4.0] * n), np.ones(1), 0.25)

        assert label == evidence_of(weighed, np.arange(n)).label

    def test_by_hand(self) -> None:
        """
        Six times 6 s where the model says 4: with sd 0.6 within and 0.25 of the model the data weigh 0.25^2 / (0.25^2 + 0.6^2 / 6).

        w = 0.0625 / 0.1225; factor = (4 / 6) ** (1 - w).
        """
        found = evidence_of(weigh_evidence(*way_of([6.0] * 6, [4.0] * 6), np.ones(1), 0.25), np.arange(6))

        assert pytest.approx((4 / 6) ** (1 - 0.0625 / 0.1225)) == found.factor
        assert not found.conflict

    def test_measured_times_are_left_alone(self) -> None:
        """Where enough was seen the model changes nothing."""
        assert 1.0 == evidence_of(weigh_evidence(*way_of([6.0] * 25, [4.0] * 25), np.ones(1), 0.25), np.arange(25)).factor

    def test_at_the_agents_pace(self) -> None:
        """The model speaks at the pace of who did it: 6 s where it says 4 is just what an agent of pace 1.5 needs."""
        found = evidence_of(weigh_evidence(*way_of([6.0] * 6, [4.0] * 6), np.array([1.5]), 0.25), np.arange(6))

        assert pytest.approx(1.0) == found.factor

    def test_a_contradiction_is_never_averaged(self) -> None:
        """Times of ten times what the model says are left as they are, and said to contradict it."""
        found = evidence_of(weigh_evidence(*way_of([40.0] * 12, [4.0] * 12), np.ones(1), 0.25), np.arange(12))

        assert (1.0, True) == (found.factor, found.conflict)

    def test_nothing_to_go_by(self) -> None:
        """Stretches without time, or without anything an expert would do, are taken as seen."""
        found = evidence_of(weigh_evidence(*way_of([5.0, 5.0, 0.0], [0.0, 0.0, 4.0]), np.ones(1), 0.25), np.arange(3))

        assert 1.0 == found.factor


class TestApart:
    def test_two_that_save_as_much(self, sample: LoadedStudy) -> None:
        """In the sample two links of one form save nearly the same: it is said that their order may be otherwise."""
        ranking = rank_integrations(sample)

        assert ranking.tied
        assert codes(ranking).count("not_apart") == len(ranking.tied)
        for place, below in ranking.tied:
            one, other = ranking.rows[place], ranking.rows[below]
            assert (one.low or 0) < (other.high or 0)
            assert (other.low or 0) < (one.high or 0)

    def test_a_winsorised_stretch(self, study_of: StudyOf) -> None:
        """One of 40 times that took 12 s longer is pulled in to what the longest of the others take; how much is known."""
        rows = [row for number in range(40) for row in case(f"value{number:03d}", number)]
        for row in rows:
            row["time"] += 12_000 if row["case"] == "7" and row["action"] in ("change", "submit") else 0
        loaded = study_of(rows, FREE)
        layout = laid_out(loaded).layouts[longest_ms(loaded.thresholds)]

        assert layout.pulled_in_s > 4
        assert layout.spans.took(layout.stretch[: layout.n_own]).max() < 12
