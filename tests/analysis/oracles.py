"""
Slow plain-Python oracles of the concepts: written from the definitions, with loops, sharing nothing with the SQL.

Each oracle is named like its concept and gives the rows that the table must hold, in the order of its grain.
"""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from analysis.thresholds import Thresholds

Row = dict[str, Any]

INPUTS = ("input", "change", "paste", "select")
MANY_PLACES = ("cell", "grid", "document")
EVENT_COLUMNS = (
    "session", "agent", "seq", "t_ms", "action", "app", "screen", "field", "role", "mark", "filled", "keys", "x", "y",
    "case_no",
)  # fmt: skip


@dataclasses.dataclass
class Log:
    """The base tables of one study as plain rows; `tokens` holds (session, seq, token, whole)."""

    events: list[Row]
    apps: dict[int, str]
    fields: dict[int, Row]
    forms: list[tuple[int, int, int]] = dataclasses.field(default_factory=list)
    tokens: list[tuple[int, int, int, bool]] = dataclasses.field(default_factory=list)

    def sessions(self) -> list[list[Row]]:
        """Events of each session, in order; seq is the index."""
        by_session: dict[int, list[Row]] = {}
        for event in self.events:
            by_session.setdefault(event["session"], []).append(event)
        return [by_session[session] for session in sorted(by_session)]


def random_log(seed: int) -> Log:
    """
    Make a log in which everything happens often: short and empty sessions, interleaved cases, equal times, nulls.

    App 9 is "(unknown)"; app 4 never shows a reaction. A field's code tells its place: 123 is on screen 12 of app 1.
    """
    rng = random.Random(seed)
    roles = ["entry", "button", None, "cell", "link", "combo", "other", "grid", "check"]
    fields = {
        field: {
            "field": field, "screen": field // 10, "app": field // 100,
            "role": roles[(field + 3 * (field // 10)) % len(roles)], "label": rng.choice([None, "Save", "+", "Name"]),
        }
        for screen in (11, 12, 21, 31, 41, 91)
        for field in range(screen * 10 + 1, screen * 10 + 5)
    }  # fmt: skip
    log = Log([], {1: "CRM", 2: "ERP", 3: "Excel", 4: "Legacy", 9: "(unknown)", 5: "Unused"}, fields)
    for session, size in enumerate((1, 2, 150, 250), start=1):
        _random_session(rng, log, session, size)
    return log


def _random_session(rng: random.Random, log: Log, session: int, size: int) -> None:
    words_of_mark = {1: (1,), 2: (2,), 3: (1, 2), 4: (1, 2, 3), 5: (4,), 6: (4, 1), 7: (1, 2), 8: (5,)}
    gaps = (0, 0, 10, 90, 100, 190, 200, 210, 400, 990, 1000, 1010, 2990, 3000, 3010, 7000, 119_990, 120_000, 120_010)
    field, case_no, t_ms = 111, 1, rng.choice((0, 50))
    burst = 0
    for seq in range(size):
        # Some clicks come in bursts, in which little but clicks happens.
        burst = rng.randint(2, 5) if rng.random() < 0.08 else burst - 1
        field = field if burst > 0 else _next_field(rng, log, field)
        case_no = rng.randint(1, 3) if rng.random() < 0.08 else case_no
        app, on_field = field // 100, rng.random() < 0.85
        action = "click" if burst > 0 and rng.random() < 0.9 else _action(rng, app)
        filled = rng.choice((None, False, True, True)) if on_field else None
        mark = rng.choice((None, *words_of_mark)) if on_field and filled is not False else None
        event = {
            "session": session, "agent": session % 2, "seq": seq, "t_ms": t_ms, "action": action,
            "app": app, "screen": field // 10, "field": field if on_field else None,
            "role": log.fields[field]["role"] if on_field else None, "mark": mark, "filled": filled,
            "keys": rng.choice((None, 3)), "x": rng.choice((100, 110, 115, 140, None)), "y": rng.choice((100, 120)),
            "case_no": case_no if rng.random() < 0.9 else None,
        }  # fmt: skip
        log.events.append(event)
        if action == "screen":
            announced = [other for other in log.fields if other // 10 == field // 10 and rng.random() < 0.6]
            log.forms.extend((session, seq, other) for other in announced)
        if mark is not None and rng.random() < 0.9:
            words = words_of_mark[mark]
            log.tokens.append((session, seq, words[0] if len(words) == 1 else 100 + mark, True))
            if len(words) > 1 or mark % 2:
                log.tokens.extend((session, seq, word, False) for word in words)
        t_ms += rng.choice(gaps[: 12 if burst > 0 else None])


def _next_field(rng: random.Random, log: Log, field: int) -> int:
    chance = rng.random()
    if chance < 0.65:
        return field
    if chance < 0.85:
        return rng.choice([other for other in log.fields if other // 10 == field // 10])
    return rng.choice(list(log.fields))


def _action(rng: random.Random, app: int) -> str:
    often = ["click"] * 8 + ["focus", "input", "change", "paste"] * 4 + ["copy", "blur"] * 2 + ["select", "screen"]
    action = rng.choice([*often, "switch", "submit", "mark", "pause", "gap_start", "call_start", "case_end"])
    return "click" if app == 4 and action in ("screen", "focus", "change", "submit") else action


def _active_ms(events: list[Row], i: int, thresholds: Thresholds) -> int:
    if i + 1 == len(events) or events[i]["action"] in ("pause", "gap_start"):
        return 0
    gap = int(events[i + 1]["t_ms"] - events[i]["t_ms"])
    return gap if gap <= thresholds.gap_drop_ms else 0


def _active_between(events: list[Row], i: int, j: int, thresholds: Thresholds) -> int:
    return sum(_active_ms(events, k, thresholds) for k in range(i, j))


def _case_of(events: Iterable[Row]) -> int | None:
    return next((event["case_no"] for event in events if event["case_no"] is not None), None)


def _left_ms(events: list[Row], i: int) -> int:
    return int(events[min(i + 1, len(events) - 1)]["t_ms"])


def event_times(log: Log, thresholds: Thresholds) -> list[Row]:
    """Look at the next event, and at every event before."""
    rows = []
    for events in log.sessions():
        for i, event in enumerate(events):
            after = events[i + 1] if i + 1 < len(events) else None
            goes_on = event["case_no"] is not None and any(e["case_no"] == event["case_no"] for e in events[i + 1 :])
            active = _active_ms(events, i, thresholds)
            rows.append(
                {name: event[name] for name in EVENT_COLUMNS}
                | {
                    "gap_ms": after["t_ms"] - event["t_ms"] if after else None,
                    "active_ms": active,
                    "case_active_ms": active if goes_on else 0,
                    "active_clock_ms": _active_between(events, 0, i, thresholds),
                }
                | {f"next_{name}": after[name] if after else None for name in ("seq", "t_ms", "action", "app", "screen", "field")}
            )
    return rows


def _stays(events: list[Row], place: Callable[[Row], Any]) -> list[tuple[int, int]]:
    """First and last index of each run of events at one place."""
    begins = [i for i in range(len(events)) if i == 0 or place(events[i]) != place(events[i - 1])]
    return [(i, j - 1) for i, j in pairwise([*begins, len(events)])]


def _visit_rows(log: Log, thresholds: Thresholds, place: Callable[[Row], Any]) -> Iterator[Row]:
    for events in log.sessions():
        for visit_no, (i, j) in enumerate(_stays(events, place), start=1):
            yield {
                "session": events[i]["session"], "visit_no": visit_no, "app": events[i]["app"],
                "screen": events[i]["screen"], "first_seq": i, "last_seq": j,
                "start_ms": events[i]["t_ms"], "end_ms": _left_ms(events, j),
                "dwell_ms": _active_between(events, i, j + 1, thresholds), "n_events": j - i + 1,
                "case_no": _case_of(events[i : j + 1]),
            }  # fmt: skip


def screen_visits(log: Log, thresholds: Thresholds) -> list[Row]:
    """Find the runs of events on one screen."""
    return list(_visit_rows(log, thresholds, lambda event: (event["app"], event["screen"])))


def app_visits(log: Log, thresholds: Thresholds) -> list[Row]:
    """Find the runs of events in one app."""
    rows = list(_visit_rows(log, thresholds, lambda event: event["app"]))
    for row in rows:
        del row["screen"]
        row["known"] = log.apps.get(row["app"], "(unknown)") != "(unknown)"
    return rows


def app_switches(log: Log, thresholds: Thresholds) -> list[Row]:
    """Find where the last known app is another one."""
    rows: list[Row] = []
    place: dict[int, tuple[int, int]] = {}
    for visit in app_visits(log, thresholds):
        if not visit["known"]:
            continue
        app_before, switch_no = place.get(visit["session"], (visit["app"], 0))
        if app_before != visit["app"]:
            switch_no += 1
            rows.append(
                {
                    "session": visit["session"],
                    "switch_no": switch_no,
                    "from_app": app_before,
                    "to_app": visit["app"],
                    "seq": visit["first_seq"],
                    "t_ms": visit["start_ms"],
                    "case_no": visit["case_no"],
                }
            )
        place[visit["session"]] = (visit["app"], switch_no)
    return rows


def round_trips(log: Log, thresholds: Thresholds) -> list[Row]:
    """Pair the switches of which the next goes back."""
    events_of = {events[0]["session"]: events for events in log.sessions()}
    return [
        {
            "session": out["session"], "from_app": out["from_app"], "app": out["to_app"],
            "out_seq": out["seq"], "out_ms": out["t_ms"], "back_seq": back["seq"], "back_ms": back["t_ms"],
            "away_ms": _active_between(events_of[out["session"]], out["seq"], back["seq"], thresholds),
            "case_no": out["case_no"],
        }
        for out, back in pairwise(app_switches(log, thresholds))
        if out["session"] == back["session"] and out["from_app"] == back["to_app"]
    ]  # fmt: skip


def _is_on_field(event: Row) -> bool:
    """A `screen` event with a field only says what the screen shows."""
    return event["field"] is not None and event["action"] != "screen"


def _field_visits_of(events: list[Row]) -> list[list[int]]:
    """Indexes of the events on the field, for each field visit of a session."""
    visits: list[list[int]] = []
    stay: list[int] = []
    for i, event in enumerate(events):
        if i and (event["app"], event["screen"]) != (events[i - 1]["app"], events[i - 1]["screen"]):
            stay = []
        if not _is_on_field(event):
            continue
        if stay and events[stay[0]]["field"] != event["field"]:
            stay = []
        cases = [events[k]["case_no"] for k in stay if events[k]["case_no"] is not None]
        actions = [events[k]["action"] for k in stay if events[k]["action"] != "change"]
        other_case = bool(cases) and event["case_no"] is not None and event["case_no"] != cases[-1]
        was_left = bool(actions) and actions[-1] == "blur" and event["action"] not in ("change", "blur")
        if not stay or other_case or was_left:
            visits.append([])
        stay.append(i)
        visits[-1].append(i)
    return visits


def _field_visit(events: list[Row], visit: list[int], thresholds: Thresholds) -> Row:
    on_field = [events[i] for i in visit]
    first, last = visit[0], visit[-1]
    blurs = [i for i in visit if events[i]["action"] == "blur"]
    inputs = [i for i in visit if events[i]["action"] in INPUTS]
    known = [event["filled"] for event in on_field if event["filled"] is not None]
    keys = [event["keys"] for event in on_field if event["keys"] is not None]
    hesitation = None
    if inputs and events[first]["action"] in ("focus", "click"):
        wall = events[inputs[0]]["t_ms"] - events[first]["t_ms"]
        hesitation = wall if wall == _active_between(events, first, inputs[0], thresholds) else None
    focused = any(event["action"] in ("focus", "click") for event in on_field)
    return {
        "app": events[first]["app"], "screen": events[first]["screen"], "field": events[first]["field"],
        "role": events[first]["role"], "first_seq": first, "last_seq": last,
        "start_ms": events[first]["t_ms"], "end_ms": events[blurs[0]]["t_ms"] if blurs else _left_ms(events, last),
        "dwell_ms": _active_between(events, first, blurs[0] if blurs else last + 1, thresholds),
        "n_events": len(visit), "n_keys": sum(keys) if keys else None,
        "first_input_seq": inputs[0] if inputs else None,
        "first_input_ms": events[inputs[0]]["t_ms"] if inputs else None,
        "hesitation_ms": hesitation, "focused": focused, "entered": focused or bool(inputs),
        "changed": bool(inputs), "seen_filled": any(known), "filled_after": known[-1] if known else None,
        "case_no": _case_of(on_field),
    }  # fmt: skip


def field_visits(log: Log, thresholds: Thresholds) -> list[Row]:
    """Follow the open stay on one field, event by event."""
    rows = []
    for events in log.sessions():
        screens = _stays(events, lambda event: (event["app"], event["screen"]))
        for visit_no, visit in enumerate(_field_visits_of(events), start=1):
            screen_visit_no = next(n for n, (i, j) in enumerate(screens, start=1) if i <= visit[0] <= j)
            row = {"session": events[0]["session"], "visit_no": visit_no, "screen_visit_no": screen_visit_no}
            rows.append(row | _field_visit(events, visit, thresholds))
    return rows


def _is_edit(events: list[Row], i: int) -> bool:
    if events[i]["field"] is None or events[i]["action"] not in INPUTS:
        return False
    if events[i]["action"] in ("change", "select"):
        return True
    for after in events[i + 1 :]:
        if _is_on_field(after) and after["field"] != events[i]["field"]:
            return True
        if after["field"] is not None and after["action"] == "change":
            return False
    return True


def _is_pasted(events: list[Row], i: int) -> bool:
    if events[i]["action"] != "change":
        return bool(events[i]["action"] == "paste")
    for before in reversed(events[:i]):
        if _is_on_field(before):
            if before["field"] != events[i]["field"] or before["action"] == "change":
                return False
            if before["action"] == "paste":
                return True
    return False


def edits(log: Log, thresholds: Thresholds) -> list[Row]:
    """Look ahead from every input."""
    del thresholds
    columns = (
        "session", "seq", "t_ms", "action", "app", "screen", "field", "role", "case_no", "mark", "filled", "keys",
    )  # fmt: skip
    return [
        {name: event[name] for name in columns} | {"pasted": _is_pasted(events, i)}
        for events in log.sessions()
        for i, event in enumerate(events)
        if _is_edit(events, i)
    ]


def _ending_edit(events: list[Row], i: int) -> int:
    """Index of the edit that ends the paste at index i."""
    target, case_no = events[i]["field"], events[i]["case_no"]
    if target is None:
        return i
    for j in range(i + 1, len(events)):
        if events[j]["field"] == target and events[j]["action"] in ("change", "select"):
            other_case = None not in (case_no, events[j]["case_no"]) and case_no != events[j]["case_no"]
            return i if other_case else j
        if events[j]["field"] == target and events[j]["action"] == "paste":
            return i
        if events[j]["field"] != target and _is_edit(events, j):
            return i
    return i


def _puts_something_on_the_clipboard(events: list[Row], k: int) -> bool:
    if events[k]["action"] != "copy":
        return False
    copies_have_marks = any(event["action"] == "copy" and event["mark"] is not None for event in events)
    return events[k]["mark"] is not None or bool(events[k]["filled"]) or events[k]["role"] == "password" or not copies_have_marks


def _link(events: list[Row], i: int, thresholds: Thresholds) -> Row:
    copies = [k for k in range(i) if _puts_something_on_the_clipboard(events, k)]
    edits_before = [k for k in range(i) if _is_edit(events, k)]
    source: Row = events[copies[-1]] if copies else {}
    start = max([copies[-1], *edits_before[-1:]]) if copies else None
    end = _ending_edit(events, i)
    return {
        "session": events[i]["session"], "paste_seq": i,
        "copy_seq": source.get("seq"), "copy_case_no": source.get("case_no"),
        "source_app": source.get("app"), "source_screen": source.get("screen"), "source_field": source.get("field"),
        "target_app": events[i]["app"], "target_screen": events[i]["screen"], "target_field": events[i]["field"],
        "case_no": events[i]["case_no"], "start_seq": start,
        "start_ms": None if start is None else events[start]["t_ms"],
        "edit_seq": end, "edit_ms": events[end]["t_ms"],
        "active_ms": None if start is None else _active_between(events, start, end, thresholds),
    }  # fmt: skip


def copy_paste_links(log: Log, thresholds: Thresholds) -> list[Row]:
    """Look back from every paste to its copy, and ahead to its edit."""
    return [_link(events, i, thresholds) for events in log.sessions() for i, event in enumerate(events) if event["action"] == "paste"]


def _continues(log: Log, former: Row, now: Row) -> bool:
    """Whether the new value holds all words of the former one, and more."""

    def tokens(event: Row, *, whole: bool) -> set[int]:
        here = (event["session"], event["seq"])
        return {token for session, seq, token, is_whole in log.tokens if (session, seq) == here and is_whole == whole}

    former_words, words = tokens(former, whole=False), tokens(now, whole=False)
    if former_words and former_words < words:
        return True
    return len(words) > 1 and bool(tokens(former, whole=True) & words)


def _correction(log: Log, events: list[Row], place: list[int], at: int) -> tuple[str, int] | None:
    """Kind and former seq of a correction at `place[at]`; `place` are the events on one field in one case."""
    event = events[place[at]]
    entries = [k for k in place[:at] if events[k]["action"] in INPUTS]
    known = [k for k in entries if events[k]["filled"] is not None]
    if event["action"] in ("input", "change") and event["filled"] is False and known and events[known[-1]]["filled"]:
        return "cleared", known[-1]
    former = next((k for k in reversed(entries) if _is_edit(events, k)), None)
    if former is None or event["action"] not in INPUTS or not _is_edit(events, place[at]):
        return None
    seen_empty = any(events[k]["filled"] is False for k in place[: at + 1] if k >= former)
    differs = None not in (event["mark"], events[former]["mark"]) and event["mark"] != events[former]["mark"]
    one_visit = any(former in visit and place[at] in visit for visit in _field_visits_of(events))
    in_progress = one_visit and events[former]["action"] in ("input", "paste")
    if differs and not seen_empty and not in_progress and not _continues(log, events[former], event):
        return "changed", former
    return None


def corrections(log: Log, thresholds: Thresholds) -> list[Row]:
    """Replay every field of every case."""
    del thresholds
    rows = []
    for events in log.sessions():
        for i, event in enumerate(events):
            if None in (event["case_no"], event["field"]) or event["role"] in MANY_PLACES:
                continue
            here = (event["case_no"], event["field"])
            place = [k for k in range(i + 1) if (events[k]["case_no"], events[k]["field"]) == here]
            found = _correction(log, events, place, len(place) - 1)
            if found:
                columns = ("session", "seq", "t_ms", "case_no", "app", "screen", "field")
                rows.append({name: event[name] for name in columns} | {"kind": found[0], "former_seq": found[1]})
    return rows


def returns(log: Log, thresholds: Thresholds) -> list[Row]:
    """Look for visits after the first filling edit."""
    filled: dict[tuple[int, int, int], Row] = {}
    for edit in edits(log, thresholds):
        key = (edit["session"], edit["case_no"], edit["field"])
        if edit["case_no"] is not None and edit["filled"] is not False and edit["role"] not in MANY_PLACES:
            filled.setdefault(key, edit)
    rows = []
    for (session, case_no, field), edit in sorted(filled.items()):
        back = [
            visit["first_seq"]
            for visit in field_visits(log, thresholds)
            if (visit["session"], visit["case_no"], visit["field"]) == (session, case_no, field)
            and visit["first_seq"] > edit["seq"]
            and visit["entered"]
        ]
        rows.append(
            {
                "session": session,
                "case_no": case_no,
                "field": field,
                "app": edit["app"],
                "screen": edit["screen"],
                "filled_seq": edit["seq"],
                "n_returns": len(back),
                "first_return_seq": min(back, default=None),
            }
        )
    return rows


def fillable_fields(log: Log, thresholds: Thresholds) -> list[Row]:
    """Ask for announcement, role, and what the log shows."""
    del thresholds
    announced = {field for _, _, field in log.forms}
    shows = {e["field"] for e in log.events if e["action"] in INPUTS or (e["filled"] is not None and e["action"] not in ("screen", "copy"))}
    rows = []
    for field, known in sorted(log.fields.items()):
        by_role = known["role"] in ("entry", "text", "combo", "check", "radio", "date", "password")
        if field in announced or by_role or (known["role"] in (None, "other") and field in shows):
            kept = {name: known[name] for name in ("field", "app", "screen", "role")}
            rows.append(kept | {"announced": field in announced})
    return rows


def skips(log: Log, thresholds: Thresholds) -> list[Row]:
    """Collect the visits of every field shown in a piece of work."""
    fillable = {row["field"] for row in fillable_fields(log, thresholds)}
    shown: dict[tuple[int, int | None, int | None, int], list[Row]] = {}
    screens = screen_visits(log, thresholds)

    def work(session: int, screen_visit: Row, case_no: int | None, field: int) -> list[Row]:
        case_no = screen_visit["case_no"] if case_no is None else case_no
        return shown.setdefault((session, case_no, None if case_no is not None else screen_visit["visit_no"], field), [])

    for session, seq, field in log.forms:
        at = next(v for v in screens if v["session"] == session and v["first_seq"] <= seq <= v["last_seq"])
        event = next(e for e in log.events if (e["session"], e["seq"]) == (session, seq))
        work(session, at, event["case_no"], field)
    for visit in field_visits(log, thresholds):
        key = (visit["session"], visit["screen_visit_no"])
        at = next(v for v in screens if (v["session"], v["visit_no"]) == key)
        work(visit["session"], at, visit["case_no"], visit["field"]).append(visit)
    return _skip_rows(log, {key: visits for key, visits in shown.items() if key[-1] in fillable}, thresholds)


def _skip_rows(log: Log, shown: dict[Any, list[Row]], thresholds: Thresholds) -> list[Row]:
    announced = {field for _, _, field in log.forms}
    telling = {event["session"] for event in log.events if event["filled"] is not None}
    rows: list[Row] = []
    for key in sorted(shown, key=lambda key: [(part is None, part or 0) for part in key]):
        session, case_no, screen_visit_no, field = key
        visits = shown[key]
        left_empty = not any(visit["changed"] or visit["seen_filled"] for visit in visits)
        stayed = any(visit["focused"] and visit["dwell_ms"] >= thresholds.passed_over_min_ms for visit in visits)
        kinds = {"never_touched": not visits} if field in announced else {}
        if session in telling:
            kinds["passed_over"] = stayed and left_empty
        rows.extend(
            {
                "session": session,
                "case_no": case_no,
                "screen_visit_no": screen_visit_no,
                "app": log.fields[field]["app"],
                "screen": log.fields[field]["screen"],
                "field": field,
                "kind": kind,
                "skipped": skipped,
            }
            for kind, skipped in kinds.items()
        )
    return rows


def _click_continues(events: list[Row], i: int, j: int, thresholds: Thresholds) -> bool:
    """Whether the click at j continues a burst with the click before it, at i."""
    one, two = events[i], events[j]
    answered = any(e["action"] in ("change", "select", "screen", "switch") for e in events[i:j])
    if answered or two["t_ms"] - one["t_ms"] > thresholds.repeat_click_gap_ms:
        return False
    if (one["screen"], one["field"]) != (two["screen"], two["field"]):
        return False
    if one["field"] is not None and one["role"] not in MANY_PLACES:
        return True
    if None in (one["x"], one["y"], two["x"], two["y"]):
        return one["field"] is not None
    return bool(abs(one["x"] - two["x"]) + abs(one["y"] - two["y"]) <= thresholds.repeat_click_px)


def repeat_clicks(log: Log, thresholds: Thresholds) -> list[Row]:
    """Grow a burst click by click."""
    rows = []
    for events in log.sessions():
        bursts: list[list[int]] = []
        for i in (i for i, event in enumerate(events) if event["action"] == "click"):
            if bursts and _click_continues(events, bursts[-1][-1], i, thresholds):
                bursts[-1].append(i)
            else:
                bursts.append([i])
        for burst in bursts:
            first, last = events[burst[0]], events[burst[-1]]
            label = log.fields[first["field"]]["label"] if first["field"] is not None else None
            grid = first["role"] in MANY_PLACES
            normal = label == "+" or first["role"] in ("entry", "text", "password", "combo", "date")
            needed = thresholds.repeat_click_n_grid if grid else thresholds.repeat_click_n
            if not normal and len(burst) >= needed:
                place = {name: first[name] for name in ("session", "app", "screen", "field", "role")}
                rows.append(
                    place
                    | {
                        "first_seq": burst[0],
                        "last_seq": burst[-1],
                        "start_ms": first["t_ms"],
                        "end_ms": last["t_ms"],
                        "n_clicks": len(burst),
                        "case_no": _case_of(events[i] for i in burst),
                    }
                )
    return rows


def app_reactions(log: Log, thresholds: Thresholds) -> list[Row]:
    """Look for any event of an app that shows an answer."""
    del thresholds
    rows = []
    for app in sorted(log.apps):
        here = [event for event in log.events if event["app"] == app]
        reacts = any(event["action"] in ("screen", "focus", "change", "submit") for event in here)
        cells = any(event["action"] in ("focus", "select") and event["role"] == "cell" for event in here)
        rows.append({"app": app, "shows_reactions": reacts, "shows_cell_reactions": cells})
    return rows


def _is_dead(events: list[Row], i: int, thresholds: Thresholds) -> bool:
    until = events[i]["t_ms"] + thresholds.dead_click_ms
    not_the_apps = ("mark", "call_start", "call_end", "hold_start", "hold_end", "case_start", "case_end")
    for after in events[i + 1 :]:
        same = after["action"] == "click" and after["field"] == events[i]["field"]
        if after["t_ms"] <= until and not same and after["action"] not in not_the_apps:
            return False
    return bool(events[-1]["t_ms"] >= until)


def dead_clicks(log: Log, thresholds: Thresholds) -> list[Row]:
    """Look ahead from every click that should be answered."""
    fillable = {row["field"] for row in fillable_fields(log, thresholds)}
    reactions = {row["app"]: row for row in app_reactions(log, thresholds)}
    rows = []
    for events in log.sessions():
        for i, event in enumerate(events):
            shows = reactions[event["app"]]
            cell = event["role"] == "cell" and shows["shows_cell_reactions"]
            unknown_role = event["role"] is None and event["field"] is not None and event["field"] not in fillable
            should_answer = event["role"] in ("button", "link") or cell or unknown_role
            measured = event["action"] == "click" and should_answer and shows["shows_reactions"]
            if measured and _is_dead(events, i, thresholds):
                columns = ("session", "seq", "t_ms", "app", "screen", "field", "role", "case_no")
                rows.append({name: event[name] for name in columns})
    return rows
