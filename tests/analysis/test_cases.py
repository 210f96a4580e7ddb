"""How the events of a study get their cases: given, by id, by completion, cut."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from analysis.found_cases import sequence_of
from analysis.loading import LoadedStudy
from analysis.results import cases_document, event_cases
from tests.analysis.segmentation_worlds import normalised_distance
from tests.analysis.studies import Row, act

StudyOf = Callable[..., LoadedStudy]

FORM = "Desk:/ticket"


def cases_of(loaded: LoadedStudy) -> str:
    """The case of each event as digits, `.` for none."""
    return "".join("." if case is None else str(case) for case in loaded.cases["case_no"].to_list())


def how(loaded: LoadedStudy) -> list[str]:
    """How each session was cut."""
    return loaded.cases.group_by("session", maintain_order=True).agg(pl.col("how").first())["how"].to_list()


def rounds(n: int, *submits: str) -> list[Row]:
    """Tickets opened, filled and submitted, one after the other: a click, a change and the submits of each."""
    rows: list[Row] = []
    for _ in range(n):
        for action, field in [("click", "open"), ("change", "text"), *(("submit", submit) for submit in submits)]:
            rows.append(act(len(rows), action, f"{FORM}:{field}"))
    return rows


class TestGiven:
    def test_by_column(self, study_of: StudyOf) -> None:
        """The log's own cases hold, also interleaved; rows without one belong to none; names become numbers."""
        ids = ["T-9", "T-9", None, "T-4", "T-9", "T-4"]
        loaded = study_of([act(n, "click", f"{FORM}:open", case=case) for n, case in enumerate(ids)])

        assert ("11.212", ["given"]) == (cases_of(loaded), how(loaded))

    def test_by_start_and_end(self, study_of: StudyOf) -> None:
        """A case runs from its start to its end, both included."""
        actions = ["click", "case_start", "click", "case_end", "click", "case_start", "case_end"]
        loaded = study_of([act(n, action, FORM) for n, action in enumerate(actions)])

        assert (".111.22", ["given"]) == (cases_of(loaded), how(loaded))

    def test_a_lost_start_or_end(self, study_of: StudyOf) -> None:
        """A start ends the case before it, an end without a start ends nothing: a row lost costs one case, not all after it."""
        actions = ["case_end", "case_start", "click", "case_start", "click", "case_end", "click", "case_start", "click"]
        loaded = study_of([act(n, action, FORM) for n, action in enumerate(actions)])

        assert ".11222.33" == cases_of(loaded)


class TestByCaseId:
    def test_interleaving(self, study_of: StudyOf) -> None:
        """A case left and taken up again is one case; what comes before the first id belongs to none."""
        shown = [None, "INC-1", None, "INC-2", None, "INC-1", "40 pcs"]
        rows = [act(n, "change", f"{FORM}:id", value) for n, value in enumerate(shown)]
        loaded = study_of(rows, "[cases]\nid_patterns = ['^INC-[0-9]+$']\n")

        assert (".112211", ["case_id"]) == (cases_of(loaded), how(loaded))


class TestCompletion:
    def test_study_toml_says_what_completes(self, study_of: StudyOf) -> None:
        """Of several submits the one named in study.toml completes a case, whatever the log suggests."""
        rows = rounds(4, "apply", "close")[:-1]
        rows += [row | {"session": session} for session in ("two", "three") for row in rounds(2, "apply", "close")]

        found, told = study_of(rows), study_of(rows, f'[cases]\ncompletion = ["{FORM}:apply"]\n')

        assert "111122223333..." + "11112222" * 2 == cases_of(found)
        assert "111122223333444" + "11112222" * 2 == cases_of(told)

    def test_a_whole_screen_or_system_may_be_named(self, study_of: StudyOf) -> None:
        """`app` and `app:screen` name every submit there, and a name that fits no submit names none."""
        rows = rounds(3, "close")

        named = [cases_of(study_of(rows, f'[cases]\ncompletion = ["{name}"]\n')) for name in ("Desk", FORM, "Des")]

        assert ["111222333"] * 3 == named

    def test_asides_are_no_steps(self, study_of: StudyOf) -> None:
        """A mark or a pause on the way neither begins nor ends a case."""
        rows = rounds(3, "close")
        aside = [act(3.5, "mark", FORM, note="again!"), act(5.5, "pause", FORM), act(5.7, "resume", FORM)]
        loaded = study_of(sorted([*rows, *aside], key=lambda row: row["time"]))

        assert "111" + "222222" + "333" == cases_of(loaded)


class TestCut:
    def test_submits_that_do_not_come_back(self, study_of: StudyOf) -> None:
        """Where no submit completes cases the rounds are cut, and the study says so."""
        rows = [*rounds(4), act(90, "submit", f"{FORM}:logout")]
        loaded = study_of(rows)

        assert ("112233444", ["cut"]) == (cases_of(loaded), how(loaded))
        assert {"cut"} == {row["how"] for row in cases_document(loaded)["rows"]}

    def test_each_session_in_its_own_way(self, study_of: StudyOf) -> None:
        """Sessions of one study are cut each in the first way that applies to it."""
        with_cases = [row | {"session": "two", "case": "7"} for row in rounds(2)]
        loaded = study_of(rounds(3, "close") + with_cases)

        assert ("111222333" + "1111", ["completion", "given"]) == (cases_of(loaded), how(loaded))


class TestWhatIsSaid:
    def test_what_belongs_to_no_case_is_counted(self, study_of: StudyOf) -> None:
        """The document warns of events in no case with their number and share."""
        loaded = study_of([*rounds(4, "close"), act(90, "click", f"{FORM}:open"), act(91, "change", f"{FORM}:text")])

        said = {warning["code"]: warning["message"] for warning in cases_document(loaded)["warnings"]}

        assert "2 of 14 events (14%) belong to no case and are left out" == said["events_in_no_case"]

    def test_no_case_at_all(self, study_of: StudyOf) -> None:
        """A log without any case says how to mend that."""
        loaded = study_of([act(n, "click", f"{FORM}:{n}") for n in range(4)])

        assert ([], {"no_cases", "events_in_no_case", "few_agents", "no_values"}) == (
            cases_document(loaded)["rows"], {warning["code"] for warning in cases_document(loaded)["warnings"]}
        )  # fmt: skip

    def test_a_row_of_the_document(self, study_of: StudyOf) -> None:
        """A case has its span from the session's start, its active seconds without long gaps, its events and its systems."""
        rows = [act(10, "click", "Desk:/t:a", case="x"), act(15, "click", "CRM:/c:b", case="x"), act(200, "click", "Desk:/t:a", case="x")]
        loaded = study_of([act(0, "click", "Desk:/t:a"), *rows, act(230, "click", "Desk:/t:a", case="y")])

        expected = {"session": "s001", "case": 1, "start": 10, "end": 200, "seconds": 5, "events": 3, "apps": 2, "how": "given"}
        assert expected == cases_document(loaded)["rows"][0]
        assert [None, 1, 1, 1, 2] == event_cases(loaded)["case"].to_list()
        assert {"s001"} == set(event_cases(loaded)["session"])


@pytest.mark.parametrize("student", ["recorded"], indirect=True)  # the labels are of the raw rows
def test_student_record(student: LoadedStudy, student_record: Path) -> None:
    """The cases of a real log are nearer to the true ones than published methods come (normalised edit distance 0.02)."""
    with (student_record / "case-labels.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["timeStamp"], int(row["raw_row_index_0based"])))
    true = [int(row["case"]) + 1 if row["case"] else 0 for row in rows]
    columns = ["session", "t_ms", "action", "app", "screen", "field"]
    kinds = sequence_of(student.study.scan("events").select(columns).collect(), student.study.catalogue).kind.tolist()

    assert normalised_distance(kinds, true, student.cases["case_no"].fill_null(0).to_list()) <= 0.02
