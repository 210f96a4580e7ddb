"""What each concept counts: literal logs for the rules and their edges, seeded logs against slow oracles."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import duckdb
import msgspec
import pytest

from analysis.concepts import BASE_TABLES, CONCEPTS, build_concepts, connect, create_base_tables, describe
from analysis.thresholds import SOURCES, Thresholds
from tests.analysis import oracles
from tests.analysis.oracles import EVENT_COLUMNS, Log, Row

DEFAULT = Thresholds()
HOUR_MS = 3_600_000
SEEDS = range(6)
OTHER_THRESHOLDS = Thresholds(
    gap_drop_ms=3_000, repeat_click_n=2, repeat_click_n_grid=3, repeat_click_gap_ms=400, repeat_click_px=5,
    dead_click_ms=1_000, passed_over_min_ms=1_000,
)  # fmt: skip

APPS = {1: "CRM", 2: "ERP", 3: "Excel", 4: "Legacy", 9: "(unknown)"}
ROLES = {
    111: "entry", 112: "entry", 113: "button", 114: None, 115: "cell", 116: "link", 117: "combo", 118: "other",
    119: "check", 121: "entry", 131: "button", 211: "entry", 212: "text", 213: "button", 311: "cell", 312: "cell",
    411: "button", 911: None,
}  # fmt: skip


def event(t_ms: int, action: str, place: int, **known: Any) -> Row:
    """Write one event; `place` is a field (111: on screen 11 of app 1) or, without a field, a screen (11)."""
    field = place if place > 99 else None
    screen = place // 10 if field else place
    row = dict.fromkeys(EVENT_COLUMNS) | {"session": 1, "agent": 1, "t_ms": t_ms, "action": action, "case_no": 1}
    return row | {"app": screen // 10, "screen": screen, "field": field, "role": ROLES.get(place)} | known


def log_of(*events: Row, **tables: Any) -> Log:
    """Make a log of one session; seq is the order given; `labels` and `roles` are by field."""
    labels, roles = tables.pop("labels", {}), ROLES | tables.pop("roles", {})
    fields = {
        field: {"field": field, "screen": field // 10, "app": field // 100, "role": role, "label": labels.get(field)}
        for field, role in roles.items()
    }
    numbered = [known | {"seq": seq, "role": roles.get(known["field"])} for seq, known in enumerate(events)]
    return Log(numbered, APPS, fields, **tables)


def load(con: duckdb.DuckDBPyConnection, log: Log) -> None:
    """Fill the base tables of a connection."""
    create_base_tables(con)
    known_fields = [known | {"element": str(field), "required": None} for field, known in log.fields.items()]
    tables: dict[str, list[Row]] = {
        "events": log.events,
        "apps": [{"app": app, "name": name} for app, name in log.apps.items()],
        "fields": known_fields,
        "forms": [dict(zip(("session", "seq", "field"), row, strict=True)) for row in log.forms],
        "tokens": [dict(zip(("session", "seq", "token", "whole"), row, strict=True)) for row in log.tokens],
    }
    for table, rows in tables.items():
        columns = dict(column.split() for column in BASE_TABLES[table].split(", "))
        lists = ", ".join(f"unnest(${column}::{kind}[])" for column, kind in columns.items())
        # One list for each column: a hundred times quicker than a parameter for each value.
        con.execute(f"INSERT INTO {table} SELECT {lists}", {name: [row[name] for row in rows] for name in columns})


@functools.cache
def shared_connection() -> duckdb.DuckDBPyConnection:
    """Open the one connection of this module; every log loaded replaces the one before."""
    return connect()


@pytest.fixture(autouse=True, scope="module")
def _closed_connection() -> Iterator[None]:
    yield
    shared_connection().close()
    # A worker may come back to this module: then there is a new one.
    shared_connection.cache_clear()


def rows_of(log: Log, concept: str, thresholds: Thresholds = DEFAULT) -> list[Row]:
    """Build one concept, and what it reads, on a log."""
    con = shared_connection()
    load(con, log)
    build_concepts(con, thresholds, only=[concept])
    return con.table(concept).to_dicts()


def built(concept: str, *events: Row, **tables: Any) -> list[Row]:
    """Build one concept on a literal log."""
    return rows_of(log_of(*events, **tables), concept)


def only(rows: list[Row], *columns: str) -> list[Any]:
    """Keep some columns of the rows, as tuples; of one column, its values."""
    return [row[columns[0]] if len(columns) == 1 else tuple(row[column] for column in columns) for row in rows]


def shifted(log: Log) -> Log:
    """Let every session begin an hour later."""
    later = [known | {"t_ms": known["t_ms"] + HOUR_MS} for known in log.events]
    return Log(later, log.apps, log.fields, log.forms, log.tokens)


def backwards(log: Log) -> Log:
    """Turn the rows of the base tables round."""
    return Log(log.events[::-1], log.apps, log.fields, log.forms[::-1], log.tokens[::-1])


@functools.cache
def seeded(seed: int) -> Log:
    """Make the seeded log once."""
    return oracles.random_log(seed)


@functools.cache
def built_on(seed: int, thresholds: Thresholds = DEFAULT, turned: Callable[[Log], Log] | None = None) -> dict[str, list[Row]]:
    """Build every concept on a seeded log, or on what that is turned into, once."""
    con = shared_connection()
    load(con, turned(seeded(seed)) if turned else seeded(seed))
    build_concepts(con, thresholds)
    return {concept: con.table(concept).to_dicts() for concept in CONCEPTS}


class TestOracles:
    @pytest.mark.parametrize("seed", SEEDS)
    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_equals_the_oracle(self, concept: str, seed: int) -> None:
        """Every concept holds the rows of its slow oracle, in the order of its grain."""
        expected = getattr(oracles, concept)(seeded(seed), DEFAULT)

        assert expected == built_on(seed)[concept]

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_equals_the_oracle_under_other_thresholds(self, concept: str) -> None:
        """Every threshold reaches the rule it is meant for."""
        expected = getattr(oracles, concept)(seeded(99), OTHER_THRESHOLDS)

        assert expected == built_on(99, OTHER_THRESHOLDS)[concept]

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_oracle_logs_are_not_thin(self, concept: str) -> None:
        """The seeded logs hold enough of everything for a comparison to mean something."""
        n_rows = sum(len(built_on(seed)[concept]) for seed in SEEDS)

        assert n_rows >= 20

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_empty(self, concept: str) -> None:
        """No events give no rows, but for the apps and fields there are."""
        log = Log([], {}, {})

        assert [] == rows_of(log, concept)

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_single_event(self, concept: str) -> None:
        """One event alone gives what the oracle gives: nothing is read beyond the end."""
        log = log_of(event(0, "click", 113))

        assert getattr(oracles, concept)(log, DEFAULT) == rows_of(log, concept)

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_ties(self, concept: str) -> None:
        """Events at one time are told apart by seq alone."""
        actions = ("focus", "copy", "click", "paste", "change", "input", "blur", "click", "select", "click", "click")
        log = log_of(*(event(70, action, 111 + n % 3, mark=n, filled=True) for n, action in enumerate(actions)))

        assert getattr(oracles, concept)(log, DEFAULT) == rows_of(log, concept)

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_nulls(self, concept: str) -> None:
        """Events without field, role, mark, state, place on the screen and case give what the oracle gives."""
        actions = ("focus", "input", "paste", "change", "click", "click", "click", "blur", "screen", "focus")
        events = [event(n * 500, action, (114, 11)[n % 3 == 0], case_no=None, role=None) for n, action in enumerate(actions)]
        log = log_of(*events, forms=[(1, 8, 111)])

        assert getattr(oracles, concept)(log, DEFAULT) == rows_of(log, concept)


class TestProperties:
    @pytest.mark.parametrize("visits", ["screen_visits", "app_visits"])
    @pytest.mark.parametrize("seed", SEEDS)
    def test_dwell_sums_to_the_active_time(self, visits: str, seed: int) -> None:
        """Over all visits, dwell is the active time of the study: no event is lost or counted twice."""
        concepts = built_on(seed)

        assert sum(only(concepts["event_times"], "active_ms")) == sum(only(concepts[visits], "dwell_ms"))

    @pytest.mark.parametrize("seed", SEEDS)
    def test_field_dwell_stays_within_its_screen_visit(self, seed: int) -> None:
        """The field visits of a screen visit never last longer together than the screen visit."""
        concepts = built_on(seed)
        on_fields: dict[tuple[int, int], int] = {}
        for visit in concepts["field_visits"]:
            key = (visit["session"], visit["screen_visit_no"])
            on_fields[key] = on_fields.get(key, 0) + visit["dwell_ms"]
        dwell = {(visit["session"], visit["visit_no"]): visit["dwell_ms"] for visit in concepts["screen_visits"]}

        assert all(on_fields[key] <= dwell[key] for key in on_fields)

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_shifting_the_clock_changes_nothing(self, concept: str) -> None:
        """A session that began an hour later has the same rows, its points in time an hour later."""
        points = ("t_ms", "start_ms", "end_ms", "first_input_ms", "out_ms", "back_ms", "edit_ms", "next_t_ms")
        expected = [
            {name: value + HOUR_MS if name in points and value is not None else value for name, value in row.items()}
            for row in built_on(1)[concept]
        ]

        assert expected == built_on(1, turned=shifted)[concept]

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_the_order_of_the_rows_read_does_not_matter(self, concept: str) -> None:
        """Base tables in any row order give the same concept."""
        assert built_on(2)[concept] == built_on(2, turned=backwards)[concept]


class TestEventTimes:
    def test_gap_rule(self) -> None:
        """A gap of exactly the threshold counts, one of 10 ms more counts for nothing."""
        rows = built("event_times", event(0, "click", 113), event(120_000, "click", 113), event(240_010, "click", 113))

        assert [(120_000, 120_000, 0), (120_010, 0, 120_000), (None, 0, 120_000)] == only(rows, "gap_ms", "active_ms", "active_clock_ms")

    @pytest.mark.parametrize("action", ["pause", "gap_start"])
    def test_blind_spans_are_not_active(self, action: str) -> None:
        """Nothing was observed after a pause or the start of a gap, however short it was."""
        rows = built("event_times", event(0, action, 11), event(500, "resume", 11), event(900, "click", 113))

        assert [0, 400, 0] == only(rows, "active_ms")

    def test_interleaved_cases(self) -> None:
        """The gap after an event counts to its case until that case is over, also if another case comes next."""
        rows = built(
            "event_times",
            event(0, "click", 113, case_no=1),
            event(10, "click", 113, case_no=2),
            event(30, "click", 113, case_no=1),
            event(70, "click", 113, case_no=None),
            event(150, "click", 113, case_no=2),
        )

        assert [10, 20, 0, 0, 0] == only(rows, "case_active_ms")


class TestScreenVisits:
    def test_stay(self) -> None:
        """A stay ends with the first event elsewhere; coming back is a new visit."""
        rows = built(
            "screen_visits",
            event(0, "screen", 11, case_no=None),
            event(100, "click", 113, case_no=7),
            event(300, "screen", 12),
            event(600, "screen", 11),
        )

        assert [(1, 11, 0, 1, 0, 300, 300, 7), (2, 12, 2, 2, 300, 600, 300, 1), (3, 11, 3, 3, 600, 600, 0, 1)] == only(
            rows, "visit_no", "screen", "first_seq", "last_seq", "start_ms", "end_ms", "dwell_ms", "case_no"
        )

    def test_announced_again(self) -> None:
        """A second `screen` event, a pause and a new case do not end a stay."""
        events = [event(0, "screen", 11), event(10, "pause", 11), event(90, "screen", 11, case_no=2)]

        assert [10] == only(built("screen_visits", *events), "dwell_ms")


class TestFieldVisits:
    def test_one_visit(self) -> None:
        """A visit runs from focus to blur, events without a field included; the gap after blur is not in it."""
        rows = built(
            "field_visits",
            event(0, "focus", 111, filled=False),
            event(800, "input", 111, keys=2),
            event(900, "mark", 11),
            event(1_000, "change", 111, keys=3, filled=True),
            event(1_200, "blur", 111),
            event(9_000, "focus", 112),
        )

        assert [(0, 4, 1_200, 1_200, 5, 800, True, True), (5, 5, 9_000, 0, None, None, False, None)] == only(
            rows, "first_seq", "last_seq", "end_ms", "dwell_ms", "n_keys", "hesitation_ms", "changed", "filled_after"
        )

    def test_gap_to_the_next_field(self) -> None:
        """Without a blur the visit lasts until the event after its last one."""
        rows = built("field_visits", event(0, "focus", 111), event(500, "mark", 11), event(900, "focus", 112))

        assert [500, 0] == only(rows, "dwell_ms")

    def test_leaving_the_screen(self) -> None:
        """Another screen between two events on a field makes them two visits."""
        rows = built("field_visits", event(0, "focus", 111), event(10, "switch", 21), event(30, "input", 111))

        assert [(0, 10, True), (2, 0, False)] == only(rows, "first_seq", "dwell_ms", "focused")

    def test_focus_again_after_blur(self) -> None:
        """Coming back to the field that was just left is a new visit."""
        rows = built("field_visits", event(0, "focus", 111), event(10, "blur", 111), event(30, "focus", 111))

        assert [(0, 1), (2, 2)] == only(rows, "first_seq", "last_seq")

    def test_late_change(self) -> None:
        """A change that a program writes after the blur belongs to the visit, the time after the blur does not."""
        rows = built(
            "field_visits", event(0, "focus", 111), event(40, "blur", 111), event(50, "change", 111),
            event(90, "focus", 112),
        )  # fmt: skip

        assert [(0, 2, 40, True), (3, 3, 0, False)] == only(rows, "first_seq", "last_seq", "dwell_ms", "changed")

    def test_another_case(self) -> None:
        """The next case on the same field is another visit; an event without a case is not."""
        rows = built(
            "field_visits",
            event(0, "focus", 111, case_no=None),
            event(10, "input", 111, case_no=1),
            event(20, "focus", 111, case_no=None),
            event(30, "input", 111, case_no=2),
        )

        assert [(0, 2, 1), (3, 3, 2)] == only(rows, "first_seq", "last_seq", "case_no")

    def test_hesitation_over_a_dropped_gap(self) -> None:
        """A hesitation with an absence in it was not measured: null, not 0 and not the whole absence."""
        rows = built("field_visits", event(0, "focus", 111), event(200_000, "input", 111))

        assert [(None, 200_000)] == only(rows, "hesitation_ms", "first_input_ms")

    def test_hesitation_needs_a_beginning(self) -> None:
        """Without a focus or click at the start nobody knows when the hesitation began."""
        rows = built("field_visits", event(0, "blur", 111), event(10, "change", 111), event(20, "change", 111))

        assert [None] == only(rows, "hesitation_ms")

    def test_at_once(self) -> None:
        """An input at the time of the focus is a hesitation of 0, for it was measured."""
        assert [0] == only(built("field_visits", event(5, "click", 111), event(5, "select", 111)), "hesitation_ms")


class TestApps:
    def test_switches(self) -> None:
        """A switch is a change of application, seen at the first event in the other one; a change of screen is none."""
        rows = built(
            "app_switches", event(0, "click", 113), event(10, "screen", 12), event(20, "switch", 21),
            event(30, "click", 113),
        )  # fmt: skip

        assert [(1, 1, 2, 2, 20), (2, 2, 1, 3, 30)] == only(rows, "switch_no", "from_app", "to_app", "seq", "t_ms")

    def test_unknown_app(self) -> None:
        """An event in an unknown app is no switch, and keeps its own time."""
        events = [event(0, "click", 113), event(10, "copy", 911), event(40, "click", 113), event(50, "paste", 211)]

        assert [(1, 2)] == only(built("app_switches", *events), "from_app", "to_app")
        assert [(1, True, 10), (9, False, 30), (1, True, 10), (2, True, 0)] == only(
            built("app_visits", *events), "app", "known", "dwell_ms"
        )

    def test_round_trip(self) -> None:
        """A, B, A counts for B, with the active time away; A, B, C is no round trip."""
        rows = built(
            "round_trips", event(0, "click", 113), event(10, "click", 213), event(200_000, "click", 213),
            event(200_030, "click", 113), event(200_050, "click", 213), event(200_060, "click", 311),
        )  # fmt: skip

        assert [(1, 2, 1, 3, 30), (2, 1, 3, 4, 20)] == only(rows, "from_app", "app", "out_seq", "back_seq", "away_ms")


class TestEdits:
    def test_a_change_ends_what_was_typed_or_pasted(self) -> None:
        """Typing or pasting and then the change is one edit, the change; events without a field do not matter."""
        rows = built(
            "edits", event(0, "input", 111), event(10, "paste", 111), event(20, "mark", 11),
            event(30, "change", 111, mark=4), event(40, "input", 111), event(50, "change", 111),
        )  # fmt: skip

        assert [(3, "change", True, 4), (5, "change", False, None)] == only(rows, "seq", "action", "pasted", "mark")

    def test_no_change_follows(self) -> None:
        """Where no change follows before another field, the paste or input is the edit; a later change is another."""
        rows = built("edits", event(0, "paste", 111), event(10, "focus", 112), event(20, "change", 111), event(30, "input", 112))

        assert [(0, "paste", True), (2, "change", False), (3, "input", False)] == only(rows, "seq", "action", "pasted")

    def test_select(self) -> None:
        """A select is an edit and ends nothing before it."""
        rows = built("edits", event(0, "input", 117), event(10, "select", 117), event(20, "click", 117))

        assert ["input", "select"] == only(rows, "action")

    def test_no_field(self) -> None:
        """A change of nobody knows what is no edit."""
        assert [] == built("edits", event(0, "change", 11))


class TestCopyPasteLinks:
    def test_one_copy_for_two_fields(self) -> None:
        """A link runs from the copy, or from the edit before if that is later, to the edit of its target."""
        rows = built(
            "copy_paste_links", event(0, "copy", 311), event(1_000, "paste", 111), event(1_500, "change", 111),
            event(3_000, "paste", 112), event(3_200, "change", 112),
        )  # fmt: skip

        assert [(311, 111, 0, 2, 1_500), (311, 112, 2, 4, 1_700)] == only(
            rows, "source_field", "target_field", "start_seq", "edit_seq", "active_ms"
        )

    def test_gap_rule_inside(self) -> None:
        """An absence between copy and paste counts for nothing."""
        rows = built("copy_paste_links", event(0, "copy", 311), event(500_000, "click", 111), event(500_700, "paste", 111))

        assert [700] == only(rows, "active_ms")

    def test_last_copy_wins(self) -> None:
        """The clipboard holds the last copy of the session, also one of an earlier case."""
        rows = built(
            "copy_paste_links", event(0, "copy", 311), event(10, "copy", 312, case_no=None), event(20, "paste", 111),
        )  # fmt: skip

        assert [(312, None, 1)] == only(rows, "source_field", "copy_case_no", "case_no")

    def test_unknown_origin(self) -> None:
        """A copy of unknown origin has no source field; a paste with no copy before it has no time either."""
        rows = built("copy_paste_links", event(0, "paste", 111), event(10, "copy", 91), event(50, "paste", 112))

        assert [(None, None, None, None), (1, 9, None, 40)] == only(rows, "copy_seq", "source_app", "source_field", "active_ms")

    def test_another_field_is_edited_first(self) -> None:
        """A change of the target after another field was edited is not the end of the paste: the paste is."""
        rows = built(
            "copy_paste_links", event(0, "copy", 311), event(10, "paste", 111), event(20, "change", 112),
            event(30, "change", 111),
        )  # fmt: skip

        assert [1] == only(rows, "edit_seq")

    def test_looking_elsewhere_is_no_edit(self) -> None:
        """A glance at another field does not end a link."""
        rows = built(
            "copy_paste_links", event(0, "copy", 311), event(10, "paste", 111), event(20, "focus", 112),
            event(30, "change", 111),
        )  # fmt: skip

        assert [3] == only(rows, "edit_seq")

    def test_two_pastes_into_one_field(self) -> None:
        """The first of two pastes into a field ends with itself, the second with the change."""
        rows = built(
            "copy_paste_links", event(0, "copy", 311), event(10, "paste", 111), event(20, "copy", 312),
            event(30, "paste", 111), event(40, "change", 111),
        )  # fmt: skip

        assert [(311, 1), (312, 4)] == only(rows, "source_field", "edit_seq")

    def test_not_into_the_next_case(self) -> None:
        """A change in another case does not end a paste."""
        rows = built("copy_paste_links", event(0, "copy", 311), event(10, "paste", 111), event(900, "select", 111, case_no=2))

        assert [1] == only(rows, "edit_seq")


def edit(t_ms: int, mark: int | None, action: str = "change", place: int = 111, **known: Any) -> Row:
    """Write an edit that leaves a value, or an empty field for a mark of None."""
    return event(t_ms, action, place, mark=mark, filled=mark is not None, **known)


class TestCorrections:
    def test_changed(self) -> None:
        """A field whose value is changed again in the case is corrected; the same value again is no correction."""
        rows = built("corrections", edit(0, 1), edit(10, 2), edit(20, 2))

        assert [(1, "changed", 0)] == only(rows, "seq", "kind", "former_seq")

    def test_another_case(self) -> None:
        """The field of the next case is a new value, and without a case nothing is said."""
        rows = built("corrections", edit(0, 1), edit(10, 2, case_no=2), edit(20, 3, case_no=None), edit(30, 1))

        assert [] == rows

    def test_interleaved_cases(self) -> None:
        """A correction is found across the events of another case."""
        assert [2] == only(built("corrections", edit(0, 1), edit(10, 5, case_no=2), edit(20, 2)), "seq")

    def test_cleared_and_filled_anew(self) -> None:
        """Clearing a value and entering another is one correction, the clearing."""
        rows = built("corrections", edit(0, 1), edit(10, None), edit(20, 2))

        assert [(1, "cleared")] == only(rows, "seq", "kind")

    def test_typed_and_cleared(self) -> None:
        """Typing that is deleted again before the change is a correction, once."""
        rows = built("corrections", edit(0, 1, "input"), edit(10, None, "input"), edit(20, None, "input"), edit(30, 2))

        assert [(1, "cleared")] == only(rows, "seq", "kind")

    def test_filling_in_progress(self) -> None:
        """A paste completed by typing in one visit is one entry; in a later visit it is a correction."""
        here = [event(0, "focus", 111), edit(10, 1, "paste"), edit(20, 2, "input")]
        later = [edit(10, 1, "paste"), event(15, "focus", 112), edit(20, 2, "input")]

        assert [] == built("corrections", *here)
        assert [2] == only(built("corrections", *later), "seq")

    def test_words_added(self) -> None:
        """Adding a word to a value joins, it does not correct; exchanging a word corrects."""
        john, john_doe, jane_doe = (0, 7, True), (1, 8, True), (2, 9, True)
        words = [(1, 7, False), (1, 5, False), (2, 6, False), (2, 5, False)]
        tokens = [(1, *token) for token in (john, john_doe, jane_doe, *words)]
        rows = built("corrections", edit(0, 1), edit(10, 2), edit(20, 3), tokens=tokens)

        assert [(2, 1)] == only(rows, "seq", "former_seq")

    def test_reformatted(self) -> None:
        """The same value in another form is work done again: a correction."""
        tokens = [(1, seq, token, whole) for seq in (0, 1) for token, whole in ((4, True), (11, False), (12, False))]

        assert [1] == only(built("corrections", edit(0, 1), edit(10, 2), tokens=tokens), "seq")

    def test_rewritten(self) -> None:
        """A value of one word written anew, say without a blank at its end, is work done again too."""
        tokens = [(1, seq, 4, whole) for seq in (0, 1) for whole in (True, False)]

        assert [1] == only(built("corrections", edit(0, 1), edit(10, 2), tokens=tokens), "seq")

    def test_seen_empty_between(self) -> None:
        """A form that opened empty again is filled, not corrected."""
        rows = built("corrections", edit(0, 1), event(10, "focus", 111, filled=False), edit(20, 2))

        assert [] == rows

    def test_unknown_values(self) -> None:
        """Without marks nobody knows whether the value changed, so nothing is counted."""
        assert [] == built("corrections", event(0, "change", 111, filled=True), event(9, "change", 111, filled=True))

    @pytest.mark.parametrize("role", ["cell", "grid", "document"])
    def test_many_places(self, role: str) -> None:
        """A column of a sheet stands for many cells, so another value there corrects nothing and returns nowhere."""
        events = [edit(0, 1), event(5, "focus", 112), edit(10, 2)]

        assert [] == built("corrections", *events, roles={111: role})
        assert [] == built("returns", *events, roles={111: role})


class TestReturns:
    def test_entered_again(self) -> None:
        """Back to a field already filled, once for each later visit that enters it."""
        rows = built(
            "returns", event(0, "focus", 111), edit(10, 1), event(20, "focus", 112), event(30, "click", 111),
            event(40, "blur", 111), event(50, "focus", 111),
        )  # fmt: skip

        assert [(1, 111, 1, 2, 3)] == only(rows, "case_no", "field", "filled_seq", "n_returns", "first_return_seq")

    def test_never_again(self) -> None:
        """A field filled once and left for good is a row without a return: it belongs to the denominator."""
        assert [(0, None)] == only(built("returns", edit(0, 1), event(10, "focus", 112)), "n_returns", "first_return_seq")

    def test_left_empty(self) -> None:
        """A field that was visited before it was filled, or only cleared, was not returned to."""
        rows = built(
            "returns", event(0, "focus", 111), event(10, "focus", 112), edit(20, 1), edit(25, None, place=112),
        )  # fmt: skip

        assert [(111, 0)] == only(rows, "field", "n_returns")

    def test_only_within_the_case(self) -> None:
        """Entering the field in the next case is no return."""
        rows = built("returns", edit(0, 1), event(10, "focus", 112), event(20, "focus", 111, case_no=2))

        assert [0] == only(rows, "n_returns")

    def test_copying_is_not_entering(self) -> None:
        """To copy from a filled field is to read it."""
        rows = built("returns", edit(0, 1), event(10, "focus", 112), event(20, "copy", 111))

        assert [0] == only(rows, "n_returns")


class TestFillableFields:
    def test_by_role_by_log_and_by_announcement(self) -> None:
        """Entry roles are fillable; other and unknown roles if edited or with a state; anything if announced."""
        rows = built("fillable_fields", event(0, "click", 114), event(1, "focus", 118, filled=False), forms=[(1, 0, 213)])

        assert [111, 112, 117, 118, 119, 121, 211, 212, 213] == only(rows, "field")
        assert [213] == [row["field"] for row in rows if row["announced"]]

    @pytest.mark.parametrize("role", ["entry", "text", "combo", "check", "radio", "date", "password"])
    def test_entry_roles(self, role: str) -> None:
        """What a person fills by its nature is fillable without any event."""
        assert 113 in only(built("fillable_fields", roles={113: role}), "field")

    @pytest.mark.parametrize("action", ["input", "change", "paste", "select"])
    def test_shown_by_an_edit(self, action: str) -> None:
        """An element of unknown role is fillable once anything was entered in it."""
        assert 114 in only(built("fillable_fields", event(0, action, 114)), "field")


class TestSkips:
    def test_both_kinds(self) -> None:
        """Of a form of three fields, one is filled, one passed over and one never touched."""
        rows = built(
            "skips", event(0, "screen", 11), event(10, "focus", 111), edit(500, 1),
            event(600, "focus", 112, filled=False), event(900, "submit", 11), forms=[(1, 0, 111), (1, 0, 112), (1, 0, 119)],
        )  # fmt: skip

        assert [
            (111, "never_touched", False), (111, "passed_over", False),
            (112, "never_touched", False), (112, "passed_over", True),
            (119, "never_touched", True), (119, "passed_over", False),
        ] == only(rows, "field", "kind", "skipped")  # fmt: skip

    @pytest.mark.parametrize(("stay_ms", "skipped"), [(190, False), (200, True)])
    def test_tabbed_through(self, stay_ms: int, skipped: bool) -> None:  # noqa: FBT001 - a case of the table
        """A field passed in under 200 ms was not looked at."""
        rows = built("skips", event(0, "focus", 111, filled=False), event(stay_ms, "focus", 113))

        assert [skipped] == only(rows, "skipped")

    def test_not_announced(self) -> None:
        """A field that no screen event announces can be passed over, but nobody can see it untouched."""
        assert ["passed_over"] == only(built("skips", event(0, "focus", 111, filled=False)), "kind")

    def test_no_state_told(self) -> None:
        """In a log that tells the state of no field, nobody can see that one was left empty."""
        assert [] == built("skips", event(0, "focus", 111), event(900, "focus", 112))

    def test_filled_later_or_before(self) -> None:
        """A field filled later in the case, or found filled, was not passed over."""
        later = [event(0, "focus", 111), event(500, "focus", 112, filled=True), event(900, "focus", 113), edit(950, 1)]

        assert [(111, False), (112, False)] == only(built("skips", *later), "field", "skipped")

    def test_each_case_on_its_own(self) -> None:
        """A form shown in two cases is two rows of the rate."""
        rows = built(
            "skips", event(0, "screen", 11), event(10, "focus", 111), event(20, "screen", 11, case_no=2),
            event(30, "screen", 12, case_no=2), forms=[(1, 0, 111), (1, 2, 111)],
        )  # fmt: skip
        untouched = [row for row in rows if row["kind"] == "never_touched"]

        assert [(1, False), (2, True)] == only(untouched, "case_no", "skipped")

    def test_without_a_case(self) -> None:
        """Without a case the screen visit is the piece of work; a visit that has a case lends it to its events."""
        rows = built(
            "skips", event(0, "screen", 11, case_no=None), event(9, "screen", 12, case_no=None), event(12, "mark", 12),
            forms=[(1, 0, 111), (1, 1, 121)],
        )  # fmt: skip
        untouched = [row for row in rows if row["kind"] == "never_touched"]

        assert [(1, None, 121), (None, 1, 111)] == only(untouched, "case_no", "screen_visit_no", "field")

    def test_buttons(self) -> None:
        """A button that was looked at was not skipped."""
        assert [] == built("skips", event(0, "focus", 113), event(900, "focus", 115))


def clicks(place: int, *times: int, **known: Any) -> list[Row]:
    """Write clicks on one place."""
    return [event(t_ms, "click", place, **known) for t_ms in times]


class TestRepeatClicks:
    def test_burst(self) -> None:
        """Three clicks, each at most a second after the one before, are one burst; a fourth makes it no second one."""
        rows = built("repeat_clicks", *clicks(113, 0, 1_000, 2_000, 3_000, 4_010, 4_020))

        assert [(0, 3, 0, 3_000, 4)] == only(rows, "first_seq", "last_seq", "start_ms", "end_ms", "n_clicks")

    def test_two_bursts(self) -> None:
        """A pause of more than a second parts two bursts."""
        assert [0, 3] == only(built("repeat_clicks", *clicks(113, 0, 10, 20, 2_000, 2_010, 2_020)), "first_seq")

    def test_another_element(self) -> None:
        """A click elsewhere ends the burst; another kind of event does not."""
        elsewhere = [*clicks(113, 0, 10), *clicks(116, 20), *clicks(113, 30)]
        focused = [*clicks(113, 0, 10), event(15, "focus", 113), *clicks(113, 30)]

        assert [] == built("repeat_clicks", *elsewhere)
        assert [3] == only(built("repeat_clicks", *focused), "n_clicks")

    @pytest.mark.parametrize(("action", "place"), [("change", 119), ("select", 117), ("screen", 11), ("switch", 21)])
    def test_answered(self, action: str, place: int) -> None:
        """A change, a choice, a new screen or a switch between the clicks is an answer: the next click is a new one."""
        assert [] == built("repeat_clicks", *clicks(113, 0, 10), event(15, action, place), *clicks(113, 30))

    @pytest.mark.parametrize("role", ["entry", "text", "password", "combo", "date"])
    def test_text_and_lists(self, role: str) -> None:
        """In text and lists repeated clicks are the way to work."""
        assert [] == built("repeat_clicks", *clicks(113, 0, 10, 20, 30, 40), roles={113: role})

    @pytest.mark.parametrize("label", ["+", "-", " + ", "▲", "«", ">>"])
    def test_steppers(self, label: str) -> None:
        """A button labelled + is meant to be clicked again and again, and so is one to the next page."""
        assert [] == built("repeat_clicks", *clicks(113, 0, 10, 20, 30), labels={113: label})

    @pytest.mark.parametrize("role", ["cell", "grid", "document"])
    def test_many_places(self, role: str) -> None:
        """Three clicks are a double click and another one where double clicks are normal."""
        assert [] == built("repeat_clicks", *clicks(113, 0, 10, 20), roles={113: role})

    def test_double_clicks_in_a_sheet(self) -> None:
        """Two double clicks on two rows of a column are no burst; four clicks on one cell are."""
        rows = [*clicks(115, 0, 100, x=5, y=5), *clicks(115, 500, 600, x=5, y=60)]

        assert [] == built("repeat_clicks", *rows)
        assert [4] == only(built("repeat_clicks", *clicks(115, 0, 100, 500, 600, x=5, y=5)), "n_clicks")
        assert [4] == only(built("repeat_clicks", *clicks(115, 0, 100, 500, 600)), "n_clicks")
        assert [] == built("repeat_clicks", *clicks(115, 0, 100, 500))

    def test_no_element(self) -> None:
        """Without an element the place decides: at most 30 px of Manhattan distance from click to click."""
        near = [event(0, "click", 11, x=0, y=0), event(10, "click", 11, x=20, y=10), event(20, "click", 11, x=40, y=0)]
        far = [*near[:2], event(20, "click", 11, x=40, y=21)]

        assert [(3, None)] == only(built("repeat_clicks", *near), "n_clicks", "field")
        assert [] == built("repeat_clicks", *far)
        assert [] == built("repeat_clicks", *clicks(11, 0, 10, 20))


class TestDeadClicks:
    def test_no_answer(self) -> None:
        """A click is dead if nothing happens for three seconds, alive if anything does by then."""
        reacts = event(0, "screen", 11)
        rows = built("dead_clicks", reacts, *clicks(113, 100), event(3_110, "focus", 111))
        alive = built("dead_clicks", reacts, *clicks(113, 100), event(3_100, "focus", 111))

        assert [(1, 113)] == only(rows, "seq", "field")
        assert [] == alive

    def test_clicked_again(self) -> None:
        """More clicks on the same element answer nothing: each of them is dead if its own three seconds are."""
        rows = built("dead_clicks", event(0, "screen", 11), *clicks(113, 0, 1_000, 2_000), event(4_500, "screen", 12))

        assert [1, 2] == only(rows, "seq")

    def test_went_elsewhere(self) -> None:
        """A click on something else within three seconds means the agent went on."""
        rows = built("dead_clicks", event(0, "screen", 11), *clicks(113, 0), *clicks(116, 900), event(9_000, "focus", 111))

        assert [2] == only(rows, "seq")

    @pytest.mark.parametrize("action", ["mark", "call_start", "call_end", "hold_start", "hold_end", "case_start", "case_end"])
    def test_not_the_apps_doing(self, action: str) -> None:
        """The agent's mark that this button is dead does not bring it to life; nor does a call coming in."""
        events = [event(0, "screen", 11), *clicks(113, 0), event(900, action, 11), event(9_000, "focus", 111)]

        assert [1] == only(built("dead_clicks", *events), "seq")

    @pytest.mark.parametrize("action", ["screen", "focus", "change", "submit"])
    def test_reactions(self, action: str) -> None:
        """Any of four kinds of event shows that the log of an app would have shown an answer."""
        rows = built("app_reactions", event(0, action, 111), event(10, "click", 213))

        assert [(1, True), (2, False)] == only(rows, "app", "shows_reactions")[:2]

    def test_silent_app(self) -> None:
        """In an app whose log shows no reaction nothing is measured, and the reactions table says so."""
        events = [*clicks(411, 0), event(9_000, "screen", 11)]

        assert [] == built("dead_clicks", *events)
        assert [(1, True), (2, False), (3, False), (4, False), (9, False)] == only(
            built("app_reactions", *events), "app", "shows_reactions"
        )

    def test_end_of_the_recording(self) -> None:
        """A click near the end of the session, or before a pause, was not observed long enough to be called dead."""
        observed = [event(0, "screen", 11), *clicks(113, 100), event(3_100, "mark", 11)]

        assert [1] == only(built("dead_clicks", *observed), "seq")
        assert [] == built("dead_clicks", event(0, "screen", 11), *clicks(113, 100))
        assert [] == built("dead_clicks", event(0, "screen", 11), *clicks(113, 100), event(2_000, "pause", 11))

    def test_what_should_answer(self) -> None:
        """Text fields need not answer; an element of unknown role should unless it can be filled."""
        later = event(9_000, "screen", 11)
        opening = event(0, "screen", 11)

        assert [] == built("dead_clicks", opening, *clicks(111, 1), later)
        assert [114] == only(built("dead_clicks", opening, *clicks(114, 1), later), "field")
        assert [] == built("dead_clicks", opening, *clicks(114, 1), event(9_000, "change", 114))

    def test_cells(self) -> None:
        """Selecting a cell shows nothing in most logs; a click there is dead only where cells are seen to answer."""
        opening, later = event(0, "screen", 31), event(9_000, "screen", 31)

        assert [] == built("dead_clicks", opening, *clicks(311, 1), later)
        assert [311] == only(built("dead_clicks", opening, *clicks(311, 1), later, event(9_001, "focus", 312)), "field")


class TestBuilding:
    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_header_is_true(self, concept: str) -> None:
        """A concept's header names the tables it reads, in building order, and the parameters it takes."""
        sql = (files("analysis") / "sql" / f"{concept}.sql").read_text(encoding="utf-8")
        code = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
        words = set(code.replace(".", " ").replace("(", " ").replace(")", " ").replace(",", " ").split())
        described = describe()[concept]
        before = (*BASE_TABLES, *CONCEPTS[: CONCEPTS.index(concept)])

        assert set(described.reads) == words & set(before)
        assert set(described.params) == {word[1:] for word in words if word.startswith("$")}

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_no_filtered_window(self, concept: str) -> None:
        """
        No running window has a FILTER or count_if; both count(CASE ...) and min(CASE ...) do what they should.

        DuckDB 2.0 takes time squared in the events of a session for the one, and gives null for 0 by the other.
        """
        sql = (files("analysis") / "sql" / f"{concept}.sql").read_text(encoding="utf-8")

        assert re.search(r"FILTER \([^\n]*\) OVER|count_if", sql) is None

    def test_every_file_is_a_concept(self) -> None:
        """No SQL file lies about unused, and none is missing."""
        names = sorted(path.name for path in (files("analysis") / "sql").iterdir() if path.name.endswith(".sql"))

        assert sorted(f"{concept}.sql" for concept in CONCEPTS) == names

    @pytest.mark.parametrize("concept", CONCEPTS)
    def test_columns_are_described(self, concept: str) -> None:
        """Every column of a table is named in its header, or is part of its grain or of the table it extends."""
        with connect() as con:
            create_base_tables(con)
            build_concepts(con, DEFAULT, only=[concept])
            columns = set(con.table(concept).columns)
        described = describe()[concept]
        text = f"{described.columns} {described.grain}".replace("next_*", "")
        inherited = set(EVENT_COLUMNS) if concept == "event_times" else set()

        assert [] == sorted(column for column in columns - inherited if column not in text)

    def test_only(self) -> None:
        """One concept is built with what it reads, and nothing else."""
        with connect() as con:
            create_base_tables(con)

            assert ("event_times", "screen_visits", "field_visits", "edits", "returns") == build_concepts(con, DEFAULT, only=["returns"])

    def test_again(self) -> None:
        """Building again, with other thresholds, replaces what was there."""
        log = log_of(event(0, "click", 113), event(60_000, "click", 113))
        with connect() as con:
            load(con, log)
            build_concepts(con, DEFAULT)
            build_concepts(con, Thresholds(gap_drop_ms=30_000))

            assert [0] == only(con.table("screen_visits").to_dicts(), "dwell_ms")

    def test_unknown_concept(self) -> None:
        """A name that is no concept is refused, with the names there are."""
        with connect() as con, pytest.raises(KeyError, match="no concept is called swifts; known: event_times"):
            build_concepts(con, DEFAULT, only=["swifts"])

    def test_base_tables_missing(self) -> None:
        """Without the base tables the first concept fails by the name of the table."""
        with connect() as con, pytest.raises(duckdb.CatalogException, match="events"):
            build_concepts(con, DEFAULT)

    def test_connection_stays_at_home(self) -> None:
        """A connection installs nothing and spills nothing."""
        names = ("autoinstall_known_extensions", "autoload_known_extensions", "temp_directory")
        with connect() as con:
            found = [con.execute("SELECT current_setting($name)", {"name": name}).fetchall()[0][0] for name in names]

        assert [False, False, ""] == found


class TestThresholds:
    def test_all_are_sourced(self) -> None:
        """Every threshold has a unit and a source, and no source stands for nothing."""
        assert set(SOURCES) == {field.name for field in msgspec.structs.fields(Thresholds)}
        assert all(source.unit and source.source for source in SOURCES.values())

    def test_sql_params(self) -> None:
        """A statement gets exactly the parameters it names."""
        assert {"gap_drop_ms": 120_000, "repeat_click_px": 30} == DEFAULT.sql_params({"repeat_click_px", "gap_drop_ms"})

    def test_unknown_param(self) -> None:
        """A parameter that is no threshold is refused by name."""
        with pytest.raises(KeyError, match="no threshold is called gap_ms"):
            DEFAULT.sql_params(["gap_ms"])

    @pytest.mark.parametrize(("name", "value"), [("gap_drop_ms", -1), ("rare_df", 1.2), ("repeat_click_n", 1), ("winsor", -0.1)])
    def test_senseless_values(self, name: str, value: float) -> None:
        """A value that no rule could mean is refused by name."""
        with pytest.raises(msgspec.ValidationError, match=f"threshold {name} is"):
            msgspec.convert({name: value}, Thresholds)

    def test_oracles_are_plain(self) -> None:
        """The oracles share nothing with the SQL."""
        assert "duckdb" not in inspect.getsource(oracles)
