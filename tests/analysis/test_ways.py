"""The way to a field: what of the time before it belongs to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from analysis.loading import LoadedStudy
from analysis.ranking import RankedIntegration, rank_integrations
from tests.analysis.studies import Row, act, later, typed

StudyOf = Callable[..., LoadedStudy]

FREE = "[thresholds]\nmin_agents = 1\nmin_occurrences = 1\nglance_s = 0\nredo_share = 0\nwinsor = 1\n"
NAMES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni", "mepira", "nosatu"]


def in_cases(make: Callable[[str], list[Row]]) -> list[Row]:
    """Ten cases of ten minutes, each with a value of its own."""
    return [row | {"case": str(n)} for n, name in enumerate(NAMES) for row in later(make(name), 600 * n)]


def row_of(loaded: LoadedStudy, kind: str) -> RankedIntegration:
    """The first row of a kind."""
    return next(row for row in rank_integrations(loaded).rows if row.integration.kind == kind)


def test_entering_ends_with_the_last_key(study_of: StudyOf) -> None:
    """A program that writes the change down later makes no field longer, nor the way to what comes next."""

    def saved(late_s: float) -> float:
        def case(name: str) -> list[Row]:
            rows = typed(2, "CRM:/card:no", "ERP:/form:account", name)
            rows[-1]["time"] = 4100 + round(1000 * late_s)
            return [act(0, "click", "ERP:/form:start"), *rows, act(9, "submit", "ERP:/form:save")]

        return row_of(study_of(in_cases(case), FREE), "autofill").seconds

    assert pytest.approx(saved(0.0)) == saved(0.8)


def test_a_field_that_nobody_clicked_into_was_reached_with_a_key(study_of: StudyOf) -> None:
    """Reading before the Tab key is none of a stop at a field that stays empty; before a click a part of it may be the way."""

    def saved(read_s: float, *, clicked: bool) -> float:
        def case(name: str) -> list[Row]:
            at, form = 4 + read_s, '["name", "fax"]'
            rows = [
                act(0, "screen", "CRM:/card", elements=form),
                act(1, "focus", "CRM:/card:name", state="empty"), act(3, "change", "CRM:/card:name", name, state="filled"),
                act(4, "screen", "CRM:/card", elements=form), act(at, "focus", "CRM:/card:fax", state="empty"),
                act(at + 0.1, "click", "CRM:/card:fax", state="empty"), act(at + 2, "blur", "CRM:/card:fax", state="empty"),
                act(at + 3, "submit", "CRM:/card:save"),
            ]  # fmt: skip
            return [row for row in rows if clicked or row["action"] != "click"]

        return row_of(study_of(in_cases(case), FREE), "remove_field").seconds

    by_key = saved(3, clicked=False)
    assert pytest.approx(by_key) == saved(1, clicked=False)
    assert by_key < saved(3, clicked=True)
