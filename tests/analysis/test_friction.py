"""Where the time goes: tables of friction on a literal study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from analysis.friction import switches_between_apps
from analysis.loading import LoadedStudy
from analysis.results import friction_document
from tests.analysis.studies import Row, act, import_study, later, write_log

StudyOf = Callable[..., LoadedStudy]


def case() -> list[Row]:
    """
    One case: a form with a field filled twice, one passed over and one never touched; a look in the CRM; a burst of clicks.

    Desk 0 ... 10 | CRM 10 ... 14 | Desk 14 ... 20, and 100 s later an event of the next case
    """
    return [
        act(0, "screen", "Desk:/ticket", elements='["subject", "fax", "due"]'),
        act(1, "focus", "Desk:/ticket:subject", "", role="entry"),
        act(3, "change", "Desk:/ticket:subject", "help", role="entry", keys=4),
        act(5, "focus", "Desk:/ticket:fax", "", role="entry"),
        act(7, "blur", "Desk:/ticket:fax", "", role="entry"),
        act(10, "click", "CRM:/card:name", "Ann Lee", role="text"),
        act(14, "focus", "Desk:/ticket:subject", "help", role="entry"),
        act(16, "change", "Desk:/ticket:subject", "other", role="entry", keys=5),
        *(act(17 + n / 2, "click", "Desk:/ticket:save", role="button") for n in range(3)),
        act(20, "submit", "Desk:/ticket:save", role="button"),
    ]


@pytest.fixture(name="loaded", scope="module")
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedStudy]:
    folder = tmp_path_factory.mktemp("friction")
    rows = [row for n in range(4) for row in later(case(), n * 60, case=str(n), session=str(n // 2), agent=str(n // 2))]
    loaded = import_study(folder / "study", [write_log(folder / "log.csv", rows)])
    yield loaded
    loaded.close()


def rows_by(loaded: LoadedStudy, by: str, name: str) -> dict[str, dict[str, Any]]:
    """Rows of a friction document, by one of their columns."""
    return {row[name]: row for row in friction_document(loaded, by)["rows"]}


class TestByScreen:
    def test_seconds_per_case(self, loaded: LoadedStudy) -> None:
        """Time on the case goes to the screen it was spent on: 16 s and 4 s of the 20; a visit's median and p90 beside it."""
        rows = rows_by(loaded, "screen", "screen")

        assert {"/ticket": 16.0, "/card": 4.0} == {name: row["dwell_s_per_case"] for name, row in rows.items()}
        assert ["/ticket", "/card"] == list(rows)
        assert (4, 4, 4, 4, 2) == tuple(rows["/card"][name] for name in ("visits", "cases", "dwell_s_median", "dwell_s_p90", "n_agents"))

    def test_what_repeats(self, loaded: LoadedStudy) -> None:
        """Per case one return and one correction; over the study four bursts, four fields passed over, four never touched."""
        row = rows_by(loaded, "screen", "screen")["/ticket"]

        assert (1, 1, 4, 4, 4) == tuple(
            row[name] for name in ("returns_per_case", "corrections_per_case", "repeat_clicks", "passed_over", "never_touched")
        )

    def test_excess_adds_up_to_nothing(self, loaded: LoadedStudy) -> None:
        """What one screen takes beyond the usual another takes less."""
        assert pytest.approx(0, abs=1e-9) == sum(row["excess_s_per_case"] for row in friction_document(loaded)["rows"])

    def test_what_a_log_cannot_show_is_null(self, loaded: LoadedStudy) -> None:
        """Where no form was announced, and no reaction ever seen, nothing is said of untouched fields and dead clicks."""
        row = rows_by(loaded, "screen", "screen")["/card"]

        assert (None, None) == (row["never_touched"], row["dead_clicks"])
        assert 0 == rows_by(loaded, "screen", "screen")["/ticket"]["dead_clicks"]


class TestByField:
    def test_rates(self, loaded: LoadedStudy) -> None:
        """A field filled twice in every case, one always passed over, one never touched: shares of the cases that showed the form."""
        rows = rows_by(loaded, "field", "field")

        assert (1, 0, 0) == tuple(rows["subject"][name] for name in ("return_rate", "skip_rate", "never_touched_rate"))
        assert (None, 1, 0) == tuple(rows["fax"][name] for name in ("return_rate", "skip_rate", "never_touched_rate"))
        assert (None, 0, 1) == tuple(rows["due"][name] for name in ("return_rate", "skip_rate", "never_touched_rate"))

    def test_visits(self, loaded: LoadedStudy) -> None:
        """Visits, hesitation and corrections are those of the field: two visits a case, 2 s to the first key, one correction."""
        row, untouched = (rows_by(loaded, "field", "field")[name] for name in ("subject", "due"))

        assert (8, 2, 0.5, 4, 2) == tuple(
            row[name] for name in ("visits", "hesitation_s_median", "corrections_per_visit", "n_cases", "n_agents")
        )
        assert (0, None, None, None) == tuple(
            untouched[name] for name in ("visits", "dwell_s_median", "hesitation_s_median", "corrections_per_visit")
        )


class TestByApp:
    def test_time_switches_and_round_trips(self, loaded: LoadedStudy) -> None:
        """Study totals: a switch there and one back in each case; trips to the CRM in each, and from case to case two to the Desk."""
        rows = rows_by(loaded, "app", "app")

        assert {"Desk": (16, 4, 2), "CRM": (4, 4, 4)} == {
            name: tuple(row[column] for column in ("dwell_s_per_case", "switches_in", "round_trips")) for name, row in rows.items()
        }

    def test_switches_between_apps(self, loaded: LoadedStudy) -> None:
        """One switch there and one back in every case."""
        assert [1.0, 1.0] == switches_between_apps(loaded.sums)["per_case"].to_list()


class TestWithoutCases:
    def test_nothing_per_case(self, study_of: StudyOf) -> None:
        """In a log without cases what is per case is not known, and not 0; what is per visit is."""
        loaded = study_of([act(0, "click", "Desk:/a:x"), act(3, "click", "Desk:/b:y"), act(9, "click", "CRM:/c:z")])
        screens, apps = friction_document(loaded)["rows"], friction_document(loaded, "app")["rows"]

        columns = ("dwell_s_per_case", "returns_per_case", "corrections_per_case", "excess_s_per_case")
        assert {(None,) * 4} == {tuple(row[name] for name in columns) for row in screens}
        assert {None} == {row["dwell_s_per_case"] for row in apps}
        assert {0, 3, 6} == {row["dwell_s_median"] for row in screens}

    def test_an_unknown_system_is_no_row(self, study_of: StudyOf) -> None:
        """Where the log does not know the application there is nothing to show."""
        loaded = study_of([act(n, "click", "(unknown):x:y", case="1") for n in range(3)] + [act(4, "click", "CRM:/c:z", case="1")])

        apps = {row["app"] for by in ("screen", "field", "app") for row in friction_document(loaded, by)["rows"]}
        assert {"CRM"} == apps
