"""The documents keep the contract: columns, types and nulls; no agent anywhere; the same whatever the clock and the names say."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from analysis.loading import LoadedStudy
from analysis.results import cases_document, event_cases, friction_document, rank_document, reentry_document
from analysis.study_result import study_result
from tests.analysis.studies import Row, act, carried, later, typed

StudyOf = Callable[..., LoadedStudy]
Document = dict[str, Any]

DOCUMENTS: dict[str, Callable[[LoadedStudy], Document]] = {
    "cases": cases_document,
    "friction by screen": friction_document,
    "friction by field": lambda loaded: friction_document(loaded, "field"),
    "friction by app": lambda loaded: friction_document(loaded, "app"),
    "reentry": reentry_document,
    "possible reentry": lambda loaded: reentry_document(loaded, possible=True),
    "rank": rank_document,
}

FIELD = {"app": "text", "screen": "text", "field": "text", "label": "text?"}
REENTRY = {
    "source": FIELD, "target": FIELD, "mode": "clipboard|typed", "relation": "same|reformatted|part|joined?", "cases": "count",
    "case_share": "share", "occurrences": "count", "chance_rate": "share?", "effect": "number?", "q_value": "share?",
    "seconds_per_occurrence": "number", "seconds_per_case": "number",
}  # fmt: skip
# Contracts, section 2; `?` = null where it could not be measured. Of a doubtful typed pair only the test is known.
COLUMNS: dict[str, dict[str, Any]] = {
    "cases": {
        "session": "text", "case": "count", "start": "number", "end": "number", "seconds": "number", "events": "count", "apps": "count",
        "how": "given|case_id|completion|cut",
    },
    "friction by screen": {
        "app": "text", "screen": "text", "visits": "count", "cases": "count", "dwell_s_per_case": "number?", "dwell_s_median": "number",
        "dwell_s_p90": "number", "returns_per_case": "number?", "repeat_clicks": "count", "dead_clicks": "count?",
        "corrections_per_case": "number?", "passed_over": "count?", "never_touched": "count?", "excess_s_per_case": "number?",
        "n_agents": "count",
    },
    "friction by field": FIELD | {
        "visits": "count", "dwell_s_median": "number?", "hesitation_s_median": "number?", "corrections_per_visit": "number?",
        "return_rate": "share?", "skip_rate": "share?", "never_touched_rate": "share?", "n_cases": "count", "n_agents": "count",
    },
    "friction by app": {"app": "text", "dwell_s_per_case": "number?", "switches_in": "count", "round_trips": "count"},
    "reentry": REENTRY,
    "possible reentry": REENTRY | {
        "accepted": "truth", "occurrences": "count?", "seconds_per_occurrence": "number?", "seconds_per_case": "number?",
    },
    "rank": {
        "rank": "count", "kind": "autofill|link|deep_link|template|default|remove_field", "title": "text", "sources": [FIELD],
        "targets": [FIELD], "minutes_per_case": "number", "ci90": "range?", "bounds": "range", "marginal_minutes_per_case": "number",
        "cumulative_minutes_per_case": "number", "case_share": "share", "cases": "count", "agents": "count", "occurrences": "count",
        "evidence": "measured|blended|modelled|anecdote", "p_top5": "share?",
        "assumptions": [{"name": "text", "value": "number", "unit": "text", "source": "text"}],
    },
}  # fmt: skip


def fits(kind: Any, value: Any) -> bool:
    """Whether a value is what a column of the table may hold."""
    if isinstance(kind, dict):
        return isinstance(value, dict) and list(kind) == list(value) and all(fits(kind[name], value[name]) for name in kind)
    if isinstance(kind, list):
        return isinstance(value, list) and all(fits(kind[0], item) for item in value)
    if value is None:
        return bool(kind.endswith("?"))
    number = isinstance(value, int | float) and not isinstance(value, bool)
    checks = {
        "text": lambda: isinstance(value, str),
        "truth": lambda: isinstance(value, bool),
        "count": lambda: number and isinstance(value, int) and value >= 0,
        "number": lambda: number,
        "share": lambda: number and 0 <= value <= 1,
        "range": lambda: isinstance(value, list) and len(value) == 2 and value[0] <= value[1],
    }
    plain = kind.removesuffix("?")
    return bool(checks[plain]()) if plain in checks else value in plain.split("|")


def poor_log() -> list[Row]:
    """A log with next to nothing in it: no values, no fields, no cases."""
    return [act(0, "click", "CRM"), act(2, "click", "Desk:/list"), act(3, "mark", "Desk", note="slow today")]


@pytest.fixture(name="made", scope="module")
def _made(sample: LoadedStudy) -> dict[str, Document]:
    """Every document of the sample study."""
    return {name: make(sample) for name, make in DOCUMENTS.items()}


@pytest.fixture(name="result", scope="module")
def _result(sample: LoadedStudy) -> Document:
    """The one result of the sample study."""
    return study_result(sample)


def faults(name: str, document: Document) -> list[tuple[str, Any]]:
    """Columns of a document that are not as the contract has them, and what they hold."""
    columns = COLUMNS[name]
    missing = [("columns", list(row)) for row in document["rows"] if list(row) != list(columns)]
    return missing or [(column, row[column]) for row in document["rows"] for column in columns if not fits(columns[column], row[column])]


class TestContract:
    @pytest.mark.parametrize("name", COLUMNS)
    def test_sample(self, made: dict[str, Document], name: str) -> None:
        """Each row of the sample study has the contract's columns, in order, and in each what the contract says."""
        assert [] == faults(name, made[name])
        assert made[name]["rows"]

    def test_a_poor_log(self, study_of: StudyOf) -> None:
        """A study without cases, values or fields gives every document, and in it nothing that was not measured."""
        loaded = study_of(poor_log())

        documents = {name: make(loaded) for name, make in DOCUMENTS.items()}

        assert {name: [] for name in DOCUMENTS} == {name: faults(name, document) for name, document in documents.items()}
        assert {"cases": 0, "reentry": 0, "possible reentry": 0, "rank": 0, "friction by field": 0, "friction by screen": 3, "friction by app": 2} == {
            name: len(document["rows"]) for name, document in documents.items()
        }  # fmt: skip

    @pytest.mark.parametrize("name", DOCUMENTS)
    def test_envelope(self, made: dict[str, Document], name: str) -> None:
        """A document says its version, command and study, and warns by code and message."""
        document = made[name]

        expected = {"schema_version": 1, "command": name.removeprefix("possible ").partition(" ")[0]}
        assert expected == {key: document[key] for key in expected}
        assert {"sessions": 8, "agents": 8, "cases": 480, "events": 50820} == document["study"]
        assert all({"code", "message"} == set(warning) for warning in document["warnings"])

    def test_json(self, made: dict[str, Document], result: Document) -> None:
        """Every document, and the report's one result, is JSON without NaN or infinity."""
        for document in [*made.values(), result]:
            assert document == json.loads(json.dumps(document, allow_nan=False))

    def test_order(self, made: dict[str, Document]) -> None:
        """Rows are ordered: cases as they began, friction and re-entry by seconds per case, ranks from 1."""
        for name, column in [
            ("friction by screen", "dwell_s_per_case"),
            ("friction by app", "dwell_s_per_case"),
            ("reentry", "seconds_per_case"),
        ]:
            assert all(above[column] >= below[column] for above, below in pairwise(made[name]["rows"]))
        assert list(range(1, len(made["rank"]["rows"]) + 1)) == [row["rank"] for row in made["rank"]["rows"]]
        assert [(row["session"], row["case"]) for row in made["cases"]["rows"]] == sorted(
            (row["session"], row["case"]) for row in made["cases"]["rows"]
        )

    def test_a_case_for_every_row_of_the_source(self, sample: LoadedStudy) -> None:
        """Each row of the source has a line, by session and unbroken seq."""
        lines = event_cases(sample)

        assert ["session", "seq", "case"] == lines.columns
        assert 50820 == lines.height
        assert [f"s00{n}" for n in range(1, 9)] == lines["session"].unique().sort().to_list()
        assert all(part["seq"].to_list() == list(range(part.height)) for part in lines.partition_by("session"))


class TestNobody:
    def test_no_agent_anywhere(self, made: dict[str, Document], result: Document) -> None:
        """Agents are counted and never told apart: no key but the counts speaks of them, and no document ties a session to one."""
        keys = set()

        def walk(node: Any) -> None:
            if isinstance(node, dict):
                keys.update((key, type(value)) for key, value in node.items() if "agent" in key)
                for value in node.values():
                    walk(value)
            for item in node if isinstance(node, list) else ():
                walk(item)

        for document in [*made.values(), result]:
            walk(document)

        assert {("agents", int), ("n_agents", int), ("agents_agreed", bool)} == keys

    def test_the_one_result_holds_no_session(self, result: Document) -> None:
        """What a report renders names no session, for with one session each that would be an agent."""
        assert '"s00' not in json.dumps(result)


def seeded_rows(seed: int) -> list[Row]:
    """Three agents, two sessions each, of re-entry by clipboard and typing, choices, corrections and idle clicks."""
    rng = random.Random(seed)
    rows: list[Row] = []
    for n in range(36):
        name, known = f"customer{rng.randint(1000, 9999)}", {"session": f"s{n // 6}", "agent": ("Ann", "Bo", "Cy")[n // 6 % 3]}
        case = [
            *carried(0, "CRM:/card:name", "ERP:/form:name", name),
            *typed(rng.randint(5, 9), "CRM:/card:no", "ERP:/form:no", name[::-1]),
            act(20, "select", "ERP:/form:team", rng.choice(["back office"] * 9 + ["front desk"])),
            *([act(22, "change", "ERP:/form:no", name[::-1] + "7")] if rng.random() < 0.3 else []),
            *(act(23 + i / 3, "click", "ERP:/form:save", role="button") for i in range(rng.randint(1, 4))),
            act(26, "submit", "ERP:/form:save", role="button"),
        ]
        rows += later(case, (n % 6) * 60 + rng.random(), **known)
    return sorted(rows, key=lambda row: (row["session"], row["time"]))


def on_the_clock(rows: list[Row], start: datetime) -> list[Row]:
    """The rows with times of day for milliseconds."""
    return [row | {"time": (start + timedelta(milliseconds=row["time"])).isoformat()} for row in rows]


@pytest.mark.parametrize("seed", range(2))
def test_the_clock_and_the_names_change_nothing(study_of: StudyOf, seed: int) -> None:
    """A study recorded on another day by people of other names gives the same documents."""
    rows = seeded_rows(seed)
    others = {"Ann": "Zoe", "Bo": "Ann", "Cy": "Bo"}
    renamed = [row | {"agent": others[row["agent"]], "session": f"other {row['session']}"} for row in rows]

    one = study_of(on_the_clock(rows, datetime(2026, 3, 2, 8, tzinfo=UTC)))
    other = study_of(on_the_clock(renamed, datetime(2031, 11, 9, 23, 17, 3, tzinfo=UTC)))

    for make in DOCUMENTS.values():
        assert make(one) == make(other)
    assert rank_document(one)["rows"]
