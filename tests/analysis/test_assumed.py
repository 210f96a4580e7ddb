"""What nobody measured: effort classes, other values of the assumptions, words that may be quoted, and the case that stands for all."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.effort import EFFORT_BY_KIND, effort_rows
from analysis.loading import load_study
from analysis.ranking import rank_integrations
from analysis.sensitivity import sensitivity_rows
from analysis.study_result import study_result
from analysis.typical_case import medoid
from shadow.errors import SettingsError
from shadow.settings import EffortSection
from shadow.study import open_study

if TYPE_CHECKING:
    from pathlib import Path

    from analysis.loading import LoadedStudy

RANK = [{"rank": n, "kind": kind, "title": f"{kind} {n}"} for n, kind in enumerate(EFFORT_BY_KIND, start=1)]


class TestEffort:
    def test_defaults_go_by_kind(self) -> None:
        """Where study.toml says nothing, each kind has its class, and the toolkit says so."""
        rows = effort_rows(RANK, EffortSection())

        assert list(EFFORT_BY_KIND.values()) == [row["effort"] for row in rows]
        assert {"toolkit"} == {row["set_by"] for row in rows}

    def test_a_title_goes_before_a_kind(self) -> None:
        """study.toml may say it of a kind, and of one integration of that kind otherwise."""
        rank = [*RANK, {"rank": 7, "kind": "link", "title": "link 7"}]

        rows = effort_rows(rank, EffortSection(link="medium", titles={"link 7": "small"}))

        assert ["medium", "small"] == [row["effort"] for row in rows[-2:]]
        assert ["study.toml", "study.toml"] == [row["set_by"] for row in rows[-2:]]

    def test_a_title_that_is_not_there_is_refused(self) -> None:
        """A misspelt integration cannot pass unseen; the nearest is named."""
        with pytest.raises(SettingsError, match=r"\[effort.titles\] 'link 66' is no integration of this study.*did you mean 'link 6'"):
            effort_rows(RANK, EffortSection(titles={"link 66": "small"}))


@pytest.fixture(name="rows", scope="module")
def _rows(sample: LoadedStudy) -> dict[str, dict[str, Any]]:
    """What the sample study hangs on, by name."""
    return {row["name"]: row for row in sensitivity_rows(rank_integrations(sample), sample.thresholds)}


class TestSensitivity:
    def test_each_total_is_that_of_an_analysis_with_the_value(self, sample: LoadedStudy, rows: dict[str, dict[str, Any]]) -> None:
        """What the replay says of half and double is what a whole ranking under that threshold says."""
        for name, end in (("glance_s", "low"), ("glance_s", "high"), ("redo_share", "high")):
            other = replace(sample, thresholds=msgspec.structs.replace(sample.thresholds, **{name: rows[name][end]}))
            total = rank_integrations(other).total

            assert total is not None
            assert total.seconds / 60 == pytest.approx(rows[name][f"total_{end}"], rel=0.01)

    def test_more_that_remains_saves_less(self, rows: dict[str, dict[str, Any]], sample: LoadedStudy) -> None:
        """The total as it is lies between both ends, and the widest span comes first."""
        total = rank_integrations(sample).total
        assert total is not None

        for name in ("glance_s", "redo_share"):
            assert rows[name]["total_high"] < total.seconds / 60 < rows[name]["total_low"]
        spans = [abs(row["total_high"] - row["total_low"]) for row in rows.values()]
        assert sorted(spans, reverse=True) == spans


@given(st.lists(st.tuples(*[st.integers(0, 20)] * 3), min_size=1, max_size=30))
def test_medoid_is_the_point_nearest_to_all(points: list[tuple[int, int, int]]) -> None:
    """As long as it takes to look at every pair."""
    values = np.array(points, dtype=np.float64)
    every = np.abs(values[:, None, :] - values[None, :, :]).sum(axis=(1, 2))

    assert every.min() == every[medoid(values)]


def said(sample: LoadedStudy, folder: Path, toml: str) -> dict[str, Any]:
    """The result, if study.toml said this."""
    shutil.copytree(sample.study.folder, folder)
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    loaded = load_study(open_study(folder))
    try:
        return study_result(loaded)
    finally:
        loaded.close()


class TestWhoSaysSo:
    def test_marks_are_quoted_only_where_the_agents_agreed(self, sample: LoadedStudy, tmp_path: Path) -> None:
        """By default there is only their number; with the agreement in study.toml the words."""
        silent, spoken = study_result(sample), said(sample, tmp_path / "study", "[report]\nquote_marks = true\n")

        assert ([], 0) == (silent["marks"], spoken["marks_not_quoted"])
        assert silent["marks_not_quoted"] == sum(row["n"] for row in spoken["marks"]) > 0

    def test_what_study_toml_sets_is_the_consultants_until_a_day(self, sample: LoadedStudy, tmp_path: Path) -> None:
        """A value set there names it as its origin, with the day; all others are the toolkit's until a later recording."""
        toml = '[thresholds]\nglance_s = 1.2\n[assumptions]\nby = "operations"\nuntil = 2027-06-30\n[effort]\nlink = "medium"\n'
        result = said(sample, tmp_path / "study", toml)
        own = {row["name"]: (row["set_by"], row["until"]) for row in result["assumptions"]}

        assert ("study.toml", "2027-06-30") == own.pop("glance_s")
        assert {("toolkit", None)} == set(own.values())
        assert "operations" == result["study"]["assumed_by"]
        assert {"medium"} == {
            effort["effort"] for effort, row in zip(result["effort"], result["rank"], strict=True) if row["kind"] == "link"
        }
