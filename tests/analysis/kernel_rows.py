"""The arrays of the fast path as rows of the concepts' tables, so that the two can be held against each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from analysis.kernel.columns import EVENT_COLUMNS, NO_ROLE, STEPPERS, Dimensions, SessionBlock, block_of
from analysis.kernel.concepts import BlockConcepts
from shadow.events import ACTION_CODES, ROLES
from shadow.tables import SCHEMAS
from tests.analysis.oracles import Log

Frame = dict[str, Any]


def places_of(log: Log) -> Dimensions:
    """The places of a literal log; codes that it does not give out stand for nothing."""
    n_fields = max(log.fields, default=0) + 1
    n_screens = max((known["screen"] for known in [*log.fields.values(), *log.events]), default=0) + 1
    n_apps = max([*log.apps, *(event["app"] for event in log.events)], default=0) + 1
    known = [log.fields.get(field, {"screen": 0, "role": None, "label": None}) for field in range(n_fields)]
    app = np.zeros(n_screens, dtype=np.int32)
    for event in [*log.fields.values(), *log.events]:
        app[event["screen"]] = event["app"]
    return Dimensions(
        np.array([log.apps.get(code, "(unknown)") != "(unknown)" for code in range(n_apps)], dtype=np.bool_),
        app,
        np.array([entry["screen"] for entry in known], dtype=np.int32),
        np.array([NO_ROLE if entry["role"] is None else ROLES.index(entry["role"]) for entry in known], dtype=np.uint8),
        np.array([entry["label"] in STEPPERS for entry in known], dtype=np.bool_),
    )


def block_of_log(log: Log) -> SessionBlock:
    """A literal log as one block."""
    events = sorted(log.events, key=lambda event: (event["session"], event["seq"]))
    sessions = sorted({event["session"] for event in events})
    sides = [sorted(side, key=lambda row: row[:2]) for side in (log.forms, log.tokens)]
    sizes = [(session, *(sum(row == session for row in rows) for rows in (
        [event["session"] for event in events], *([row[0] for row in side] for side in sides)))) for session in sessions]  # fmt: skip
    schema = {name: kind for name, kind in SCHEMAS["events"].items() if name in EVENT_COLUMNS}
    coded = [{name: event[name] for name in schema} | {"action": ACTION_CODES[event["action"]]} for event in events]
    frames = [pl.DataFrame(side, schema=SCHEMAS[table], orient="row") for side, table in zip(sides, ("forms", "tokens"), strict=True)]
    case_no = np.array([event["case_no"] or 0 for event in events], dtype=np.int32)
    return block_of(places_of(log), sizes, pl.DataFrame(coded, schema=schema), case_no, (frames[0], frames[1]))


def table_of(found: BlockConcepts, concept: str) -> pl.DataFrame:
    """The rows of one concept, without the columns that only repeat what its first event or its field is."""
    return pl.DataFrame(TABLES[concept](found, found.block))


def _null(values: Any, missing: int = -1) -> pl.Series:
    series = pl.Series(values)
    return series.set(series == missing, None)


def _session(block: SessionBlock, rows: Any) -> Any:
    return block.sessions[block.session_of[rows]]


def _seq(block: SessionBlock, rows: Any) -> pl.Series:
    return _null(np.where(rows >= 0, block.seq(np.maximum(rows, 0)), -1))


def _visit_no(block: SessionBlock, first: Any) -> Any:
    """Visits numbered from 1 in each session."""
    return np.arange(len(first)) - np.searchsorted(first, block.starts)[block.session_of[first]] + 1


def _event_times(found: BlockConcepts, block: SessionBlock) -> Frame:
    rows = np.arange(len(block))
    counts = np.where(block.case_no > 0, found.times.active_ms, 0)
    counts[found.cases.ends_case] = 0
    clock = found.times.clock_ms
    return {
        "session": _session(block, rows), "seq": _seq(block, rows), "active_ms": found.times.active_ms, "case_active_ms": counts,
        "active_clock_ms": clock[:-1] - clock[block.starts[block.session_of]],
    }  # fmt: skip


def _stays(place: str) -> Callable[[BlockConcepts, SessionBlock], Frame]:
    def table(found: BlockConcepts, block: SessionBlock) -> Frame:
        stays = found.screens if place == "screen" else found.apps
        more = {"known": block.places.app_known[stays.place]} if place == "app" else {"app": block.places.screen_app[stays.place]}
        return {
            "session": _session(block, stays.first), "visit_no": _visit_no(block, stays.first), place: stays.place, **more,
            "first_seq": _seq(block, stays.first), "last_seq": _seq(block, stays.last), "start_ms": block.t_ms[stays.first],
            "dwell_ms": stays.dwell_ms, "n_events": stays.last - stays.first + 1, "case_no": _null(stays.case_no, 0),
        }  # fmt: skip

    return table


def _field_visits(found: BlockConcepts, block: SessionBlock) -> Frame:
    visits = found.visits
    return {
        "session": _session(block, visits.first), "visit_no": _visit_no(block, visits.first),
        "screen_visit_no": _visit_no(block, found.screens.first)[visits.screen_visit], "field": visits.field,
        "screen": block.screen[visits.first], "first_seq": _seq(block, visits.first), "last_seq": _seq(block, visits.last),
        "start_ms": block.t_ms[visits.first], "end_ms": block.t_ms[visits.end_row], "dwell_ms": visits.dwell_ms,
        "n_events": visits.n_events, "n_keys": _null(visits.n_keys), "first_input_seq": _seq(block, visits.first_input),
        "hesitation_ms": _null(visits.hesitation_ms), "focused": visits.focused, "entered": visits.entered, "changed": visits.changed,
        "seen_filled": visits.seen_filled, "filled_after": _null(visits.filled_after).cast(pl.Boolean),
        "case_no": _null(visits.case_no, 0),
    }  # fmt: skip


def _app_switches(found: BlockConcepts, block: SessionBlock) -> Frame:
    made = found.switches
    return {
        "session": _session(block, made.row), "switch_no": _visit_no(block, made.row), "from_app": made.from_app, "to_app": made.to_app,
        "seq": _seq(block, made.row), "t_ms": block.t_ms[made.row], "case_no": _null(made.case_no, 0),
    }  # fmt: skip


def _round_trips(found: BlockConcepts, block: SessionBlock) -> Frame:
    trips = found.trips
    return {
        "session": _session(block, trips.out), "from_app": trips.from_app, "app": trips.app, "out_seq": _seq(block, trips.out),
        "back_seq": _seq(block, trips.back), "away_ms": trips.away_ms, "case_no": _null(trips.case_no, 0),
    }  # fmt: skip


def _edits(found: BlockConcepts, block: SessionBlock) -> Frame:
    made = found.edits
    return {"session": _session(block, made.row), "seq": _seq(block, made.row), "field": made.field, "pasted": made.pasted}


def _links(found: BlockConcepts, block: SessionBlock) -> Frame:
    links = found.links
    return {
        "session": _session(block, links.paste), "paste_seq": _seq(block, links.paste), "copy_seq": _seq(block, links.copied),
        "start_seq": _seq(block, links.start), "edit_seq": _seq(block, links.edit), "active_ms": _null(links.active_ms),
    }  # fmt: skip


def _corrections(found: BlockConcepts, block: SessionBlock) -> Frame:
    made = found.corrections
    kinds = pl.Series(np.where(made.cleared, "cleared", "changed").tolist(), dtype=pl.String)
    return {"session": _session(block, made.row), "seq": _seq(block, made.row), "kind": kinds, "former_seq": _seq(block, made.former)}


def _returns(found: BlockConcepts, block: SessionBlock) -> Frame:
    made = found.returns
    return {
        "session": _session(block, made.filled), "case_no": made.case_no, "field": made.field, "filled_seq": _seq(block, made.filled),
        "n_returns": made.n_returns, "first_return_seq": _seq(block, made.first_return),
    }  # fmt: skip


def _repeat_clicks(found: BlockConcepts, block: SessionBlock) -> Frame:
    bursts = found.bursts
    return {
        "session": _session(block, bursts.first), "first_seq": _seq(block, bursts.first), "last_seq": _seq(block, bursts.last),
        "n_clicks": bursts.n_clicks, "case_no": _null(bursts.case_no, 0),
    }  # fmt: skip


TABLES: dict[str, Callable[[BlockConcepts, SessionBlock], Frame]] = {
    "event_times": _event_times,
    "screen_visits": _stays("screen"),
    "app_visits": _stays("app"),
    "field_visits": _field_visits,
    "app_switches": _app_switches,
    "round_trips": _round_trips,
    "edits": _edits,
    "copy_paste_links": _links,
    "corrections": _corrections,
    "returns": _returns,
    "repeat_clicks": _repeat_clicks,
}
