"""What the fields of a form suggest, on both sides of each limit."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from analysis.loading import LoadedStudy
from analysis.ranking import rank_integrations
from analysis.suggestions import Suggestion, find_suggestions, suggestion_row
from tests.analysis.studies import Row, act, laid_out, later

StudyOf = Callable[..., LoadedStudy]

FORM = json.dumps(["name", "fax", "kind"])
N = 20
LIMIT = f"[thresholds]\nnever_touched_min_cases = {N}\n"


def one_case(number: int, *, fax: str = "", kind: str = "private") -> list[Row]:
    """A case of 10 s on one form: the name is entered, the fax touched (`stop` leaves it empty), the kind chosen."""
    rows = [
        act(0, "screen", "CRM:/card", elements=FORM),
        act(1, "focus", "CRM:/card:name", state="empty"), act(3, "change", "CRM:/card:name", f"nobody {number}", state="filled"),
        act(7, "select", "CRM:/card:kind", kind, state="filled", role="combo"), act(10, "submit", "CRM:/card:save"),
    ]  # fmt: skip
    if fax:
        rows += [act(4, "focus", "CRM:/card:fax", state="empty"), act(5, "blur", "CRM:/card:fax", state="empty")]
    if fax not in ("", "stop"):
        rows.append(act(4.5, "change", "CRM:/card:fax", fax, state="filled"))
    return later(sorted(rows, key=lambda row: row["time"]), 60 * number, case=str(number))


def suggested(loaded: LoadedStudy) -> list[tuple[str, str]]:
    """Kind and field of each suggestion."""
    return [(one.kind, one.field["field"]) for one in find_suggestions(loaded, laid_out(loaded).bundles)]


def log(**given: list[str]) -> list[Row]:
    """N cases, with what each does to a field."""
    return [row for number in range(N) for row in one_case(number, **{name: each[number] for name, each in given.items()})]


class TestLimits:
    @pytest.mark.parametrize(("touched", "expected"), [(0, True), (1, True), (2, False)])
    def test_remove(self, study_of: StudyOf, touched: int, *, expected: bool) -> None:
        """A field that is never touched in 95 of 100 cases may go; one in ten more touched, and it stays."""
        rows = log(fax=["4521"] * touched + [""] * (N - touched), kind=["private", "firm"] * (N // 2))

        assert expected == (("remove", "fax") in suggested(study_of(rows, LIMIT)))

    def test_too_few_cases(self, study_of: StudyOf) -> None:
        """Fewer cases than the limit say nothing of a rare use."""
        assert ("remove", "fax") not in suggested(study_of(log(), f"[thresholds]\nnever_touched_min_cases = {N + 1}\n"))

    def test_what_must_be_filled_stays(self, study_of: StudyOf) -> None:
        """A field that must be filled and that nobody touches is filled by somebody else."""
        rows = [*log(fax=["4521"] + [""] * (N - 1)), act(60 * N, "focus", "CRM:/card:fax", required="true", state="filled")]

        assert ("remove", "fax") not in suggested(study_of(rows, LIMIT))

    @pytest.mark.parametrize(("stops", "expected"), [(16, True), (15, False)])
    def test_move(self, study_of: StudyOf, stops: int, *, expected: bool) -> None:
        """A field passed over in 80 of 100 cases is in the way."""
        rows = log(fax=["stop"] * stops + ["4521"] * (N - stops))

        assert expected == (("move", "fax") in suggested(study_of(rows, LIMIT)))

    @pytest.mark.parametrize(("usual", "expected"), [(16, True), (15, False)])
    def test_default(self, study_of: StudyOf, usual: int, *, expected: bool) -> None:
        """A field with one value in 80 of 100 entries may start with it."""
        rows = log(kind=["private"] * usual + ["firm"] * (N - usual))

        assert expected == (("default", "kind") in suggested(study_of(rows, LIMIT)))

    def test_where_no_form_is_announced_it_is_not_known_who_saw_the_field(self, study_of: StudyOf) -> None:
        """Without its form a field passed over each time it was touched says nothing of the times it was only shown."""
        rows = [row | {"elements": None} for row in log(fax=["stop"] * N)]

        assert ("move", "fax") not in suggested(study_of(rows, LIMIT))


class TestPlanted:
    def test_the_sample(self, sample: LoadedStudy, truth: dict[str, Any]) -> None:
        """Fields never touched, passed over and nearly always the same are those that were planted, and no others."""
        found = rank_integrations(sample).suggestions
        never, passed = ([one["field"] for one in truth["friction"][name]] for name in ("never_touched", "passed_over"))
        planted = {
            "remove": never,
            "move": passed,
            "default": [row["targets"][0]["field"] for row in truth["integrations"] if row["kind"] == "default"],
        }

        assert {kind: set(fields) for kind, fields in planted.items()} == {
            kind: {one.field["field"] for one in found if one.kind == kind} for kind in planted
        }

    def test_no_agent_is_named(self, sample: LoadedStudy) -> None:
        """A suggestion counts agents and tells nothing of one."""
        first: Suggestion = rank_integrations(sample).suggestions[0]

        assert {"app", "screen", "field", "label", "kind", "share", "n_cases", "n_agents"} == set(suggestion_row(first))
