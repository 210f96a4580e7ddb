"""
Friction signals: those planted in the worlds against those told, beside what one would try first.

    planted   session . row -> moment, field, piece of work --.
    told      a concept's rows ------------------------------- same session and field, and the same moment or piece of work -> hits
    tried first   one query each -----------------------------'

Clicks, corrections and returns have a moment: told within TOLERANCE_MS of the planted one they are the same, for a text's change is logged
only once it has rested, and no two acts on a field planted here are so near. A field passed over or never touched is told of a piece of work
(a case, else a screen visit) and has no moment: there the piece of work has to be the same. Each planted signal answers for one that is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import polars as pl

from analysis.loading import LoadedStudy
from tests.simulated import AgentSession, Signal

__all__ = ["SIGNALS", "Told", "hits", "signal_facts", "signal_lines"]

Facts = dict[str, Any]
Line = tuple[str, str, str, bool, str]

TOLERANCE_MS: Final = 2_000
F1_TARGET: Final = 0.90
FALSE_SHARE: Final = 0.01
# A click that is answered only after the limit is dead by definition: for that long nothing happened (docs/method.md).
KINDS: Final = {
    "repeat_click": ("repeat_click",),
    "dead_click": ("dead_click", "late_answer"),
    "correction": ("correction",),
    "return": ("return",),
    "passed_over": ("passed_over",),
    "never_touched": ("never_touched",),
}
SIGNALS: Final = tuple(KINDS)

# Told by the product: session, field, and from when to when or in which piece of work. A field is told as never touched where that is its
# usual state: of single cases in which a field was not needed nothing is told.
TOLD: Final = {
    "repeat_click": "SELECT session, field, start_ms, end_ms FROM repeat_clicks",
    "dead_click": "SELECT session, field, t_ms AS start_ms, t_ms AS end_ms FROM dead_clicks",
    "correction": "SELECT session, field, t_ms AS start_ms, t_ms AS end_ms FROM corrections",
    "return": """
        SELECT v.session, v.field, v.start_ms, v.start_ms AS end_ms FROM returns AS r
        JOIN field_visits AS v ON r.session = v.session AND r.case_no = v.case_no AND r.field = v.field
        WHERE r.n_returns > 0 AND v.entered AND v.first_seq >= r.first_return_seq
    """,
    "passed_over": "SELECT session, field, case_no, screen_visit_no FROM skips WHERE kind = 'passed_over' AND skipped",
    "never_touched": """
        SELECT session, field, case_no, screen_visit_no FROM skips WHERE kind = 'never_touched' AND skipped AND field IN (
            SELECT field FROM skips WHERE kind = 'never_touched' AND case_no IS NOT NULL
            GROUP BY field HAVING avg(CAST(skipped AS DOUBLE)) >= $never
        )
    """,
}
# Three clicks within a second anywhere; a click before three silent seconds; a second edit, and a second visit, of a field in a case; a form's
# field focused and not edited in the case; one usually not edited.
TRIED_FIRST: Final = {
    "repeat_click": """
        WITH clicks AS (SELECT *, lag(t_ms, 2) OVER (PARTITION BY session ORDER BY seq) AS start_ms FROM events WHERE action = 'click'),
        thirds AS (SELECT *, t_ms - start_ms <= 1000 AS third FROM clicks),
        runs AS (SELECT *, third AND NOT coalesce(lag(third) OVER (PARTITION BY session ORDER BY seq), FALSE) AS opens FROM thirds)
        SELECT session, field, start_ms, t_ms AS end_ms FROM runs WHERE opens
    """,
    "dead_click": """
        WITH silent AS (SELECT *, lead(t_ms) OVER (PARTITION BY session ORDER BY seq) - t_ms > 3000 AS dead FROM events)
        SELECT session, field, t_ms AS start_ms, t_ms AS end_ms FROM silent WHERE action = 'click' AND dead
    """,
    "correction": """
        WITH every AS (SELECT *, row_number() OVER (PARTITION BY session, case_no, field ORDER BY seq) AS n FROM edits)
        SELECT session, field, t_ms AS start_ms, t_ms AS end_ms FROM every WHERE n > 1 AND case_no IS NOT NULL
    """,
    "return": """
        WITH every AS (SELECT *, row_number() OVER (PARTITION BY session, case_no, field ORDER BY visit_no) AS n FROM field_visits)
        SELECT session, field, start_ms, start_ms AS end_ms FROM every WHERE n > 1 AND case_no IS NOT NULL
    """,
    "passed_over": """
        SELECT session, field, case_no, NULL AS screen_visit_no FROM field_visits
        WHERE case_no IS NOT NULL AND field IN (SELECT field FROM forms) GROUP BY ALL HAVING bool_or(focused) AND NOT bool_or(changed)
    """,
    "never_touched": """
        WITH shown AS (
            SELECT s.session, s.field, s.case_no, s.screen_visit_no, coalesce(bool_or(v.changed), FALSE) AS edited
            FROM skips AS s LEFT JOIN field_visits AS v ON s.session = v.session AND s.field = v.field AND s.case_no = v.case_no
            WHERE s.kind = 'never_touched' GROUP BY ALL
        )
        SELECT session, field, case_no, screen_visit_no FROM shown WHERE NOT edited AND field IN (
            SELECT field FROM shown WHERE case_no IS NOT NULL GROUP BY field HAVING avg(CAST(NOT edited AS DOUBLE)) >= $never
        )
    """,
}
PLACES = """
    SELECT e.session, e.seq, e.t_ms, coalesce(e.case_no, v.case_no) AS case_no, v.visit_no FROM events AS e
    ASOF JOIN screen_visits AS v ON e.session = v.session AND e.seq >= v.first_seq ORDER BY e.session, e.seq
"""


class Told(NamedTuple):
    """A signal: where (session, field, and the piece of work of one without a moment), and from when to when."""

    where: tuple[object, ...]
    start_ms: int
    end_ms: int


def signal_facts(team: Sequence[AgentSession], loaded: LoadedStudy) -> Facts:
    """How many of each signal were planted and told, and how many of those are the same; likewise for what one would try first."""
    planted = _planted(team, loaded)
    facts: Facts = {}
    for name, kinds in KINDS.items():
        truth = [one for kind in kinds for one in planted[kind]]
        told, plain = (_told(loaded, queries[name]) for queries in (TOLD, TRIED_FIRST))
        facts[name] = {
            "planted": len(truth), "told": len(told), "right": hits(truth, told), "plain": len(plain), "plain_right": hits(truth, plain),
        }  # fmt: skip
    facts["dead_click"]["never_answered"] = len(planted["dead_click"])
    facts["dead_click"]["never_answered_right"] = hits(planted["dead_click"], _told(loaded, TOLD["dead_click"]))
    double = planted["double_click"]
    told, plain = (_told(loaded, queries["repeat_click"]) for queries in (TOLD, TRIED_FIRST))
    facts["double_click"] = {"planted": len(double), "told": hits(double, told), "plain": hits(double, plain)}
    return facts


def hits(truth: Iterable[Told], told: Iterable[Told]) -> int:
    """How many that are told are planted there and then; each answers for one other."""
    left: dict[tuple[object, ...], list[Told]] = defaultdict(list)
    for one in told:
        left[one.where].append(one)
    n = 0
    for one in sorted(truth, key=lambda planted: planted.start_ms):
        near = [other for other in left[one.where] if _near(one, other)]
        if near:
            left[one.where].remove(min(near, key=lambda other: abs(other.end_ms - one.end_ms)))
            n += 1
    return n


def _near(one: Told, other: Told) -> bool:
    return one.start_ms - TOLERANCE_MS <= other.end_ms and other.start_ms - TOLERANCE_MS <= one.end_ms


def _planted(team: Sequence[AgentSession], loaded: LoadedStudy) -> dict[str, list[Told]]:
    """The planted signals by kind, as they would be told."""
    codes = {tuple(loaded.field(code)[part] for part in ("app", "screen", "field")): code for code in loaded.table("fields")["field"]}
    places = loaded.query(PLACES).partition_by("session", as_dict=True)
    found: dict[str, list[Told]] = defaultdict(list)
    for session, one in enumerate(team, start=1):
        rows = places[(session,)]
        if len(rows) != len(one.rows):
            raise ValueError(f"session {session} has {len(one.rows)} rows and {len(rows)} events: the planted rows cannot be found")
        at = rows.rows(named=True)
        for signal in one.signals:
            # A menu's link is on every screen of its system: the row tells on which.
            screen = signal.field.screen or one.rows[signal.row].screen
            code = codes.get((signal.field.app, screen, signal.field.element))
            found[signal.kind].append(_as_told(signal, session, code, at[signal.row]))
    return found


def _as_told(signal: Signal, session: int, field: int | None, place: Facts) -> Told:
    if signal.kind in {"passed_over", "never_touched"}:
        return Told((session, field, *_work(place["case_no"], place["visit_no"])), 0, 0)
    return Told((session, field), place["t_ms"], place["t_ms"])


def _told(loaded: LoadedStudy, query: str) -> list[Told]:
    params = {"never": loaded.thresholds.never_touched_share} if "$never" in query else None
    frame = loaded.query(query, params)
    if "start_ms" in frame.columns:
        return [Told((session, field), start, end) for session, field, start, end in frame.iter_rows()]
    frame = frame.with_columns(pl.col("case_no", "screen_visit_no").cast(pl.Int64))
    return [Told((session, field, *_work(case, visit)), 0, 0) for session, field, case, visit in frame.iter_rows()]


def _work(case_no: int | None, visit_no: int | None) -> tuple[str, int | None]:
    return ("visit", visit_no) if case_no is None else ("case", case_no)


# --- the lines of the table ----------------------------------------------------------------------------------------


def signal_lines(worlds: Sequence[Facts]) -> Iterator[Line]:
    """One line for each signal, and one for double clicks."""
    every = [world["signals"] for world in worlds if "signals" in world]
    if not every:
        return
    for name in SIGNALS:
        n = {part: sum(one[name][part] for one in every) for part in every[0][name]}
        precision, recall, f1 = _scores(n["planted"], n["told"], n["right"])
        plainly = _scores(n["planted"], n["plain"], n["plain_right"])[2]
        more = f"; of {n['never_answered']} never answered {n['never_answered_right']}" if "never_answered" in n else ""
        said = f"{f1:.3f} (precision {precision:.3f}, recall {recall:.3f} of {n['planted']}{more})"
        yield f"{name}, F1", f">= {F1_TARGET:.2f}", said, f1 >= F1_TARGET, f"{FIRST[name]} {plainly:.2f}"
    planted, told, plain = (sum(one["double_click"][part] for one in every) for part in ("planted", "told", "plain"))
    share = told / max(1, planted)
    yield (
        f"double clicks in grids told as repeat_click, of {planted}", "<= 1 %", f"{share:.1%}", share <= FALSE_SHARE,
        f"{FIRST['repeat_click']} {plain / max(1, planted):.1%}",
    )  # fmt: skip


FIRST: Final = {
    "repeat_click": "any three clicks within 1 s",
    "dead_click": "any click before 3 s of silence",
    "correction": "any second edit in a case",
    "return": "any second visit in a case",
    "passed_over": "any focused and not edited",
    "never_touched": "any usually not edited",
}


def _scores(planted: int, told: int, right: int) -> tuple[float, float, float]:
    """Precision, recall and F1."""
    precision, recall = right / max(1, told), right / max(1, planted)
    return precision, recall, 2 * right / max(1, planted + told)
