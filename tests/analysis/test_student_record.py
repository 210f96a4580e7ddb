"""The StudentRecord logs, that somebody else recorded: cases, transfers and their times against what is known of them."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from analysis.found_cases import sequence_of
from analysis.loading import LoadedStudy
from analysis.reentry import find_reentry
from analysis.results import rank_document, reentry_document
from analysis.segmentation import looped_cases
from tests.analysis.studies import named_field

RELATION = {"identity": "same", "append": "joined", "reformat": "reformatted", "part": "part"}
FORM = "forms.zoho.com:/universityofmelbourne/form/NewRecord"
TRANSFER_S = 47.1


@pytest.fixture(name="transfers", scope="module")
def _transfers(student_record: Path) -> dict[tuple[str, str], str]:
    """The true transfers, source and target, with the relation of each."""
    with (student_record / "transfers.csv").open(encoding="utf-8") as file:
        return {
            (f"Excel:{row['source_sheet']}:{row['source_column']}", f"{FORM}:{row['target_id'] or row['target_field']}"): RELATION[
                row["relation"]
            ]
            for row in csv.DictReader(file)
        }


@pytest.fixture(name="labels", scope="module")
def _labels(student_record: Path) -> list[str]:
    """True case of each raw row, in time order (file order at equal times)."""
    with (student_record / "case-labels.csv").open(encoding="utf-8") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: (row["timeStamp"], int(row["raw_row_index_0based"])))
    return [row["case"] for row in rows]


def boundaries(cases: list[object]) -> list[int]:
    """Where another case begins; rows of no case begin none."""
    known = [(place, case) for place, case in enumerate(cases) if case not in (None, "", 0)]
    return [place for n, (place, case) in enumerate(known) if n == 0 or case != known[n - 1][1]]


def boundary_f1(true: list[int], found: list[int]) -> float:
    """F1 of boundaries, each found one within one event of a true one that no other has taken."""
    left, hits = set(true), 0
    for place in found:
        near = [other for other in (place, place - 1, place + 1) if other in left]
        left -= set(near[:1])
        hits += bool(near)
    return 2 * hits / (len(true) + len(found))


def test_about_fifty_cases(student: LoadedStudy) -> None:
    """Fifty records were entered."""
    assert 48 <= student.n_cases <= 52


@pytest.mark.parametrize("student", ["recorded"], indirect=True)  # the labels are of the raw rows
class TestBoundaries:
    def test_completion(self, student: LoadedStudy, labels: list[str]) -> None:
        """Cases begin where the clerk began another record, within one event."""
        assert boundary_f1(boundaries(list(labels)), boundaries(student.cases["case_no"].to_list())) >= 0.95

    def test_back_edges_alone(self, student: LoadedStudy, labels: list[str]) -> None:
        """So they do if nothing but the loop of the work is looked at."""
        columns = ["session", "t_ms", "action", "app", "screen", "field"]
        rounds = looped_cases(sequence_of(student.study.scan("events").select(columns).collect(), student.study.catalogue))

        assert boundary_f1(boundaries(list(labels)), boundaries(rounds.tolist())) >= 0.95


class TestTransfers:
    def test_all_of_them_and_no_other(self, student: LoadedStudy, transfers: dict[tuple[str, str], str]) -> None:
        """The ten transfers are found, and nothing else is taken for one."""
        pairs = find_reentry(student).pairs.filter("accepted")
        found = {(named_field(student, row["source_field"]), named_field(student, row["target_field"])) for row in pairs.to_dicts()}

        assert set(transfers) == found
        assert {"clipboard"} == set(pairs["mode"])

    def test_relations(self, student: LoadedStudy, transfers: dict[tuple[str, str], str]) -> None:
        """At least eight of the ten have the relation that the values really have."""
        pairs = find_reentry(student).pairs.filter("accepted").to_dicts()
        right = [
            transfers[named_field(student, row["source_field"]), named_field(student, row["target_field"])] == row["relation"]
            for row in pairs
        ]

        assert sum(right) >= 8

    def test_seconds(self, student: LoadedStudy) -> None:
        """Together they take what is known of a case, within a tenth."""
        assert pytest.approx(TRANSFER_S, rel=0.1) == sum(row["seconds_per_case"] for row in reentry_document(student)["rows"])

    def test_occurrences(self, student: LoadedStudy, student_record: Path) -> None:
        """Each was made about fifty times; no more than one was missed or made up."""
        with (student_record / "transfers.csv").open(encoding="utf-8") as file:
            true = sorted(int(row["occurrences"]) for row in csv.DictReader(file))
        found = sorted(row["occurrences"] for row in reentry_document(student)["rows"])

        assert np.abs(np.array(true) - found).max() <= 1


def test_one_agent_makes_anecdotes(student: LoadedStudy) -> None:
    """One clerk's work is ranked without intervals and chances, with bounds around each figure."""
    rows = rank_document(student)["rows"]

    assert {("anecdote", None, None)} == {(row["evidence"], row["ci90"], row["p_top5"]) for row in rows}
    assert all(row["bounds"][0] <= row["minutes_per_case"] <= row["bounds"][1] for row in rows)
    assert {"autofill", "link"} <= {row["kind"] for row in rows}


def test_the_link_is_worth_more_than_its_parts(student: LoadedStudy) -> None:
    """Nothing is saved twice: all rows together save less than the transfers and what is around them take."""
    rows = rank_document(student)["rows"]
    by_kind = defaultdict(float)
    for row in rows:
        by_kind[row["kind"]] += row["minutes_per_case"]

    assert rows[0]["kind"] == "link"
    assert by_kind["autofill"] <= by_kind["link"]
    case_s = student.table("event_times").select(pl.col("case_active_ms").sum()).item() / 1000 / student.n_cases
    assert rows[-1]["cumulative_minutes_per_case"] * 60 < case_s


# What the raw log's link saves, in seconds a case: the same work cleaned of its clicks is worth the same.
LINK_S = 52.8


def test_a_saving_does_not_hang_on_how_much_is_logged(student: LoadedStudy) -> None:
    """The raw log and the one cleaned of clicks and selections hold the same work, so the link saves the same within 10 %."""
    link = rank_document(student)["rows"][0]

    assert pytest.approx(LINK_S, rel=0.1) == link["minutes_per_case"] * 60
