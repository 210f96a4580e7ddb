"""Contracts, section 2: the documents that other programs read, column by column."""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.cli.running import shadow

# What a value may be: a type, None for null, a set of words, a list of one kind, or an object by its keys.
Kind = Any

NUMBER: Final = float
SHARE: Final = "0..1"
FIELD: Final = {"app": str, "screen": str, "field": str, "label": (str, None)}
SPAN: Final = [NUMBER]
ASSUMPTION: Final = {"name": str, "value": NUMBER, "unit": str, "source": str}

COUNTS: Final = {"sessions": int, "agents": int, "cases": int, "events": int}

PAIR: Final = {
    "source": FIELD, "target": FIELD, "mode": {"clipboard", "typed"}, "relation": {"same", "reformatted", "part", "joined"}, "cases": int,
    "case_share": SHARE, "occurrences": int, "chance_rate": (NUMBER, None), "effect": (NUMBER, None), "q_value": (NUMBER, None),
    "seconds_per_occurrence": (NUMBER, None), "seconds_per_case": (NUMBER, None),
}  # fmt: skip

ROWS: Final[dict[str, Kind]] = {
    "cases": {
        "session": str, "case": int, "start": NUMBER, "end": NUMBER, "seconds": NUMBER, "events": int, "apps": int,
        "how": {"given", "case_id", "completion", "cut"},
    },
    "friction --by screen": {
        "app": str, "screen": str, "visits": int, "cases": int, "dwell_s_per_case": NUMBER, "dwell_s_median": NUMBER, "dwell_s_p90": NUMBER,
        "returns_per_case": (NUMBER, None), "repeat_clicks": (int, None), "dead_clicks": (int, None), "corrections_per_case": (NUMBER, None),
        "passed_over": (int, None), "never_touched": (int, None), "excess_s_per_case": (NUMBER, None), "n_agents": int,
    },
    "friction --by field": {
        "app": str, "screen": str, "field": str, "label": (str, None), "visits": int, "dwell_s_median": (NUMBER, None),
        "hesitation_s_median": (NUMBER, None), "corrections_per_visit": (NUMBER, None), "return_rate": (SHARE, None), "skip_rate": (SHARE, None),
        "never_touched_rate": (SHARE, None), "n_cases": int, "n_agents": int,
    },
    "friction --by app": {"app": str, "dwell_s_per_case": NUMBER, "switches_in": int, "round_trips": int},
    "reentry": PAIR,
    "reentry --possible": {**PAIR, "accepted": bool},
    "rank": {
        "rank": int, "kind": {"autofill", "link", "deep_link", "template", "default", "remove_field"}, "title": str, "sources": [FIELD],
        "targets": [FIELD], "minutes_per_case": (NUMBER, None), "ci90": (SPAN, None), "bounds": SPAN, "marginal_minutes_per_case": (NUMBER, None),
        "cumulative_minutes_per_case": (NUMBER, None), "case_share": SHARE, "cases": int, "agents": int, "occurrences": int,
        "evidence": {"measured", "blended", "modelled", "anecdote"}, "p_top5": (SHARE, None), "assumptions": [ASSUMPTION],
    },
}  # fmt: skip

Documents = dict[str, dict[str, Any]]


def _faults(value: object, kind: Kind, where: str) -> Iterator[str]:
    """Where a value is not of its kind."""
    if isinstance(kind, tuple):
        if value is not None:
            yield from _faults(value, kind[0], where)
    elif isinstance(kind, dict):
        if not isinstance(value, dict) or set(kind) != set(value):
            yield f"{where}: {sorted(set(kind) ^ set(value)) if isinstance(value, dict) else value}"
        else:
            yield from (fault for name in kind for fault in _faults(value[name], kind[name], f"{where}.{name}"))
    elif isinstance(kind, list):
        members = value if isinstance(value, list) else [value]
        yield from (fault for member in members for fault in _faults(member, kind[0], f"{where}[]"))
    elif not _is(value, kind):
        yield f"{where}: {value!r}"


def _is(value: object, kind: Kind) -> bool:
    if isinstance(kind, set):
        return value in kind
    if kind in (NUMBER, SHARE):
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        return number and (kind != SHARE or 0 <= value <= 1)
    return type(value) is kind


def _no_constant(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


@pytest.fixture(name="documents", scope="module")
def _documents(study: Path) -> Documents:
    """The JSON document of each command; standard output holds it and nothing else."""
    found = {}
    for command in ROWS:
        name, *options = command.split()
        ran = shadow(name, study, *options, "--json", cwd=study.parent)
        assert (0, "") == (ran.returncode, ran.stderr), command
        found[command] = json.loads(ran.stdout, parse_constant=_no_constant)
    return found


@pytest.mark.parametrize("command", ROWS)
def test_document(command: str, documents: Documents) -> None:
    """A document says its schema version, its command and what the study holds; its rows have the columns and kinds of the contract."""
    document = documents[command]

    assert {"schema_version", "command", "study", "rows", "warnings"} == set(document)
    assert (1, command.split(maxsplit=1)[0]) == (document["schema_version"], document["command"])
    assert [] == list(_faults(document["study"], COUNTS, "study"))
    assert [] == list(_faults(document["warnings"], [{"code": str, "message": str}], "warnings"))
    assert document["rows"]
    assert [] == list(_faults(document["rows"], [ROWS[command]], "rows"))


def test_all_documents_are_of_one_study(documents: Documents) -> None:
    """Every document counts the same sessions, agents, cases and events."""
    assert 1 == len({json.dumps(document["study"]) for document in documents.values()})
    assert 3 == documents["cases"]["study"]["agents"]
    assert documents["cases"]["study"]["cases"] == len(documents["cases"]["rows"])


def test_cases_are_in_order_and_in_themselves_consistent(documents: Documents) -> None:
    """Cases stand by session and number; a case ends after it began and takes no longer than from start to end and the work after its end."""
    rows = documents["cases"]["rows"]

    assert sorted((row["session"], row["case"]) for row in rows) == [(row["session"], row["case"]) for row in rows]
    assert [] == [row for row in rows if not 0 <= row["start"] <= row["end"] or row["seconds"] > row["end"] - row["start"] + 0.01]


def test_re_entry_is_ordered_by_what_it_costs(documents: Documents) -> None:
    """The costliest pair comes first; without --possible there are just the accepted ones."""
    seconds = [row["seconds_per_case"] for row in documents["reentry"]["rows"]]
    accepted = [{**row} for row in documents["reentry --possible"]["rows"] if row["accepted"]]

    assert sorted(seconds, reverse=True) == seconds
    assert documents["reentry"]["rows"] == [{name: value for name, value in row.items() if name != "accepted"} for row in accepted]


def test_ranking_adds_up(documents: Documents) -> None:
    """Places count from 1, what each adds never grows but within a pair, the sum is of what each adds, and anecdotes come last without interval or place."""
    rows = documents["rank"]["rows"]
    solid = [row for row in rows if row["evidence"] != "anecdote"]
    added = [row["marginal_minutes_per_case"] for row in solid]
    sums = [sum(added[: place + 1]) for place in range(len(added))]

    assert list(range(1, len(rows) + 1)) == [row["rank"] for row in rows]
    assert solid == rows[: len(solid)]
    # Two that complete each other go together, and the second may add more than the first: they count by their mean.
    grouped: list[float] = []
    for place, gain in enumerate(added):
        if place and gain > added[place - 1] + 1e-9:
            grouped[-1] = (grouped[-1] + gain) / 2
        else:
            grouped.append(gain)
    assert all(later <= earlier + 1e-9 for earlier, later in itertools.pairwise(grouped))
    assert sums == pytest.approx([row["cumulative_minutes_per_case"] for row in solid])
    assert [] == [row["title"] for row in rows if row["bounds"] and row["bounds"][0] > row["bounds"][1]]
    assert [] == [row["title"] for row in solid if row["ci90"] is None or row["ci90"][0] > row["ci90"][1]]
    assert [] == [row["title"] for row in rows[len(solid) :] if row["ci90"] is not None or row["p_top5"] is not None]


def test_what_was_not_measured_is_null(small_study: Path) -> None:
    """A log that announces no form cannot say what was never touched: that is null, and never 0."""
    ran = shadow("friction", small_study, "--by", "field", "--json", cwd=small_study.parent)

    assert {None} == {row["never_touched_rate"] for row in json.loads(ran.stdout)["rows"]}


def test_events_have_a_line_for_every_row_of_the_source(small_study: Path) -> None:
    """Sessions lose the log's names in order of first sight; seq counts in time order; a row that belongs to no case has none."""
    ran = shadow("cases", small_study, "--events", "events.csv", "--json", cwd=small_study.parent)
    text = (small_study.parent / "events.csv").read_text("utf-8")

    assert "session,seq,case\ns001,0,\ns001,1,1\ns001,2,1\ns001,3,2\ns002,0,1\n" == text
    assert "wrote events.csv\n" == ran.stderr
    assert 3 == len(json.loads(ran.stdout)["rows"])


def test_events_count_the_rows_of_the_samples(study: Path, documents: Documents) -> None:
    """The sample study has one line for each of its events, in order, and the cases are those of the document."""
    shadow("cases", study, "--events", "all.csv", cwd=study.parent)
    with (study.parent / "all.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    keys = [(line["session"], int(line["seq"])) for line in lines]

    assert documents["cases"]["study"]["events"] == len(lines)
    assert sorted(keys) == keys
    assert {(row["session"], str(row["case"])) for row in documents["cases"]["rows"]} == {
        (line["session"], line["case"]) for line in lines if line["case"]
    }
