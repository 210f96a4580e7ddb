"""An application used as the memory between two systems is found, and a system that only happens to be copied from is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analysis.loading import LoadedStudy
from analysis.ranking import rank_integrations
from analysis.results import rank_document
from analysis.workarounds import Workaround, find_workarounds, workaround_row
from tests.analysis.studies import Row, act, carried, import_study, laid_out, later
from tests.simulated import draw_office, simulate_agent, write_log

StudyOf = Callable[..., LoadedStudy]

FREE = "[thresholds]\nmin_agents = 1\nmin_occurrences = 1\n"
VALUES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni"]


def found_in(loaded: LoadedStudy) -> tuple[Workaround, ...]:
    """The workarounds of a study."""
    return find_workarounds(loaded, laid_out(loaded), loaded.n_cases)


def ways(found: tuple[Workaround, ...]) -> list[tuple[str, str, str]]:
    """Where each comes from, its memory, and where it leads."""
    return [(one.sources[0]["app"], one.memory[0]["app"], one.targets[0]["app"]) for one in found]


def through(memory: str, number: int, *, extra: tuple[str, ...] = (), target: str = "Billing:bill:account") -> list[Row]:
    """
    One case of 100 s: a value goes from the CRM into a memory, rests there, and is carried on to another system.

        copy S ... paste N   change N | extra entries | copy N ... paste D   change D   submit
        0                    4 s        10 s ...        30 s                 34 s       40 s
    """
    value, case = VALUES[number], {"case": str(number)}
    rows = carried(0, "CRM:customer:number", memory, value, **case)
    rows += [row for at, field in enumerate(extra) for row in (act(10 + at, "change", field, f"own {number} {at}", **case),)]
    rows += carried(30, memory, target, value, **case)
    return later([*rows, act(40, "submit", "Billing:bill:save", **case)], 100 * number)


class TestLiteralLogs:
    def test_a_note_between_two_systems(self, study_of: StudyOf) -> None:
        """Eight values of 4 s into the note and 4 s out of it, 26 s apart: the way, its fields, counts and seconds."""
        rows = [row for number in range(8) for row in through("Notes:pad:body", number)]
        (found,) = found_in(study_of(rows, FREE))
        row = workaround_row(found)

        assert ["number", "body", "account"] == [row[side][0]["field"] for side in ("sources", "memory", "targets")]
        assert [8, 8, 1] == [row["occurrences"], row["cases"], row["agents"]]
        assert 8.0 == pytest.approx(row["seconds_per_case"])
        assert {"put_s": 4.0, "held_s": 0.0, "taken_s": 4.0} == pytest.approx(row["example"] | {"held_s": 0.0})

    def test_a_value_that_rests_beyond_any_gap(self, study_of: StudyOf) -> None:
        """The 26 s between the two ways hold no event, so nobody knows what was done: they count for nothing."""
        rows = [row for number in range(8) for row in through("Notes:pad:body", number)]
        (found,) = found_in(study_of(rows, FREE))

        assert 0 == found.held_s

    def test_a_system_with_a_form_of_its_own_is_no_memory(self, study_of: StudyOf) -> None:
        """Where three more fields of the system are filled in each case, its value is there for its own sake."""
        extra = ("Desk:ticket:kind", "Desk:ticket:place", "Desk:ticket:text")
        rows = [row for number in range(8) for row in through("Desk:ticket:customer", number, extra=extra)]

        assert () == found_in(study_of(rows, FREE))

    def test_back_to_where_it_came_from_is_not_between_two(self, study_of: StudyOf) -> None:
        """A value that is parked and brought back to the system it came from is between no two systems."""
        rows = [row for number in range(8) for row in through("Notes:pad:body", number, target="CRM:order:number")]

        assert () == found_in(study_of(rows, FREE))

    def test_too_few_cases(self, study_of: StudyOf) -> None:
        """In four cases of eight it is a slip: a pair needs five."""
        direct = [later(carried(0, "CRM:customer:number", "Billing:bill:account", VALUES[n], case=str(n)), 100 * n) for n in range(4, 8)]
        rows = [row for number in range(4) for row in through("Notes:pad:body", number)] + [row for part in direct for row in part]

        assert () == found_in(study_of(rows, FREE))


class TestPlanted:
    def test_the_sample(self, sample: LoadedStudy, truth: dict[str, Any]) -> None:
        """The way through the notes is found as it was planted, each time; the ranking warns of it."""
        ranking = rank_integrations(sample)
        (found,) = ranking.workarounds
        planted = truth["workaround"]
        said = [{name: side[0][name] for name in ("app", "screen", "field")} for side in (found.sources, found.memory, found.targets)]

        assert [planted["source"], planted["via"], planted["target"]] == said
        assert (planted["cases"], planted["occurrences"]) == (found.n_cases, found.n_occurrences)
        assert ["Notes serves as a memory between CRM and Billing, 127 times in 127 cases: ask what it is for"] == [
            warning["message"] for warning in rank_document(sample, ranking)["warnings"] if warning["code"] == "workaround"
        ]

    @pytest.mark.parametrize("seed", [1, 4])
    def test_simulated_offices(self, seed: int, tmp_path: Path) -> None:
        """In an office that parks a value it is found, and in one that does not there is none."""
        office = draw_office(seed)
        team = [simulate_agent(office, number, cases=25) for number in range(3)]
        loaded = import_study(tmp_path / "study", [write_log(one, tmp_path / f"{n}.csv") for n, one in enumerate(team)])
        parked = [(way.sources[0].app, way.via.app, way.target.app) for way in office.transfers if way.via]

        assert parked == ways(found_in(loaded))
        loaded.close()
