"""The sample study against what was planted in it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import polars as pl
import pytest

from analysis.integrations import candidate_integrations
from analysis.loading import LoadedStudy
from analysis.results import rank_document, reentry_document
from analysis.scoring import score_integrations

Truth = dict[str, Any]
Row = dict[str, Any]


def name(field: Row) -> str:
    """`app:screen:field`."""
    return f"{field['app']}:{field['screen']}:{field['field']}"


@pytest.fixture(name="reentry", scope="module")
def _reentry(sample: LoadedStudy) -> list[Row]:
    rows: list[Row] = reentry_document(sample)["rows"]
    return rows


@pytest.fixture(name="ranked", scope="module")
def _ranked(sample: LoadedStudy) -> list[Row]:
    rows: list[Row] = rank_document(sample)["rows"]
    return rows


@pytest.fixture(name="planted", scope="module")
def _planted(truth: Truth) -> list[Row]:
    """The legs as the log shows them: the way through the notes is there in two legs."""
    return [leg for leg in truth["reentry"] if leg["via"] is None]


def leg_of(row: Row, planted: list[Row]) -> Row | None:
    """The planted leg that a row is, by its source or one that holds the same value."""
    for leg in planted:
        if name(row["target"]) == name(leg["target"]) and name(row["source"]) in map(name, [leg["source"], *leg["equal_sources"]]):
            return leg
    return None


class TestReentry:
    def test_every_leg_and_none_invented(self, reentry: list[Row], planted: list[Row]) -> None:
        """The rows are the planted legs, one each, in their modes."""
        found = [leg_of(row, planted) for row in reentry]

        assert sorted((name(leg["target"]), name(leg["source"]), leg["mode"]) for leg in planted) == sorted(
            (name(leg["target"]), name(leg["source"]), row["mode"]) for leg, row in zip(found, reentry, strict=True) if leg
        )
        assert len(planted) == len(reentry)

    def test_counts(self, reentry: list[Row], planted: list[Row]) -> None:
        """Each is found in the cases in which it was planted, within one in fifty."""
        for row in reentry:
            leg = leg_of(row, planted)
            assert leg is not None
            assert pytest.approx(leg["cases"], rel=0.02) == row["cases"]
            assert pytest.approx(leg["occurrences"], rel=0.02) == row["occurrences"]

    def test_relations(self, reentry: list[Row], planted: list[Row]) -> None:
        """The relation of a value from one source is what became of it."""
        n_sources = Counter(name(leg["target"]) for leg in planted)
        single = [(row, leg_of(row, planted)) for row in reentry if n_sources[name(row["target"])] == 1]

        assert {name(row["target"]): leg["relation"] for row, leg in single if leg} == {
            name(row["target"]): row["relation"] for row, _ in single
        }


class TestRanking:
    def test_defaults(self, ranked: list[Row], truth: Truth) -> None:
        """The planted defaults are rows, and no other field is taken for one."""
        assert {name(field) for field in truth["defaults"]} == {name(row["targets"][0]) for row in ranked if row["kind"] == "default"}

    def test_every_integration_is_a_row(self, ranked: list[Row], truth: Truth) -> None:
        """Each true integration has a row of its kind and targets, with its minutes within a fifth; no other is told of but a field to remove."""
        found = {
            (row["kind"], *sorted(map(name, row["targets"]))): row["minutes_per_case"] for row in ranked if row["kind"] != "remove_field"
        }
        true = {(item["kind"], *sorted(map(name, item["targets"]))): item["minutes_per_case"] for item in truth["integrations"]}

        assert set(true) == set(found)
        assert {key: pytest.approx(minutes, rel=0.2) for key, minutes in true.items()} == found

    def test_intervals(self, ranked: list[Row], truth: Truth) -> None:
        """Nine of ten intervals should hold the true saving: of fifteen at least eleven do."""
        by_key = {(row["kind"], *sorted(map(name, row["targets"]))): row["ci90"] for row in ranked}
        held = [
            low <= item["minutes_per_case"] <= high
            for item in truth["integrations"]
            for low, high in [by_key[item["kind"], *sorted(map(name, item["targets"]))]]
        ]

        assert sum(held) >= 11


@pytest.fixture(name="saved", scope="module")
def _saved(sample: LoadedStudy) -> Any:
    """A function from target fields to the minutes per case that filling them all saves."""
    scores = score_integrations(sample)
    replay = scores.replay
    candidates = [item for item in candidate_integrations(sample, scores.found.bundles) if item.kind in ("autofill", "default")]

    def minutes(targets: list[Row]) -> float:
        wanted = {name(target) for target in targets}
        chosen = [item.bundles for item in candidates if name(sample.field(item.targets[0])) in wanted]
        assert len(wanted) == len(chosen)
        return replay.saving(np.unique(np.concatenate(chosen))).seconds / 60 / sample.n_cases

    return minutes


@pytest.mark.parametrize("place", range(6))
def test_sets(saved: Any, truth: Truth, place: int) -> None:
    """Several integrations at once save, by replay, what they truly save: everything within a tenth, smaller sets within a fifth."""
    item = truth["sets"][place]

    assert pytest.approx(item["minutes_per_case"], rel=0.1 if item["title"] == "everything" else 0.2) == saved(item["targets"])


def test_everything_is_a_set(truth: Truth) -> None:
    """The sets tested above are all there are, and the last of them is everything."""
    assert (6, "everything") == (len(truth["sets"]), truth["sets"][-1]["title"])


def test_events_belong_to_their_cases(sample: LoadedStudy, truth: Truth) -> None:
    """Of all events at least 95 in 100 are in the case they truly belong to, or rightly in none."""
    right = 0
    for session, (_, ends) in enumerate(truth["boundaries"].items(), start=1):
        found = sample.cases.filter(pl.col("session") == session)["case_no"].fill_null(0).to_numpy()
        true = np.zeros(len(found), dtype=np.int64)
        for case, (first, last) in enumerate(ends, start=1):
            true[first : last + 1] = case
        for case in range(1, len(ends) + 1):
            numbers = Counter(found[(true == case) & (found > 0)].tolist())
            best, n = numbers.most_common(1)[0] if numbers else (0, 0)
            right += n if Counter(true[found == best].tolist()).most_common(1)[0][0] == case else 0
        right += int(((true == 0) & (found == 0)).sum())

    assert right / truth["events"] >= 0.95
