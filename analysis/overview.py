"""The one result of a study: everything a report shows, in one document that holds no person and computes nothing further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analysis.friction import switches_between_apps
from analysis.ranking import GAPS_S, rank_integrations
from analysis.reentry import find_reentry
from analysis.results import (
    Document,
    Row,
    cases_document,
    friction_document,
    rank_document,
    reentry_document,
    study_counts,
    total_row,
)
from analysis.thresholds import SOURCES
from shadow.events import SCHEMA_VERSION
from shadow.session import IMPORTED

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy
    from analysis.ranking import Ranking
    from analysis.reentry import Reentry

__all__ = ["study_result"]

# Thresholds that every table rests on, whatever the ranking rests on.
GENERAL: Final = ("gap_drop_ms", "rare_df", "effect_min", "q_max", "const_share", "min_agents", "min_occurrences")


def study_result(loaded: LoadedStudy) -> Document:
    """
    The result of a study.

    Returns:

        A document with study, cases, rank, total, reentry, friction, switches, typical_case, coverage, assumptions, marks and warnings.
    """
    reentry = find_reentry(loaded)
    cases = cases_document(loaded)["rows"]
    ranking = rank_integrations(loaded, reentry)
    ranked, total = rank_document(loaded, ranking), total_row(ranking)
    rank = ranked["rows"]
    return {
        "schema_version": SCHEMA_VERSION,
        "study": _study(loaded),
        "cases": _cases(loaded, cases),
        "rank": rank,
        "total": total,
        "reentry": reentry_document(loaded, reentry)["rows"],
        "friction": {by: friction_document(loaded, by)["rows"] for by in ("screen", "field", "app")},
        "switches": _switches(loaded),
        "typical_case": _typical_case(loaded, reentry),
        "coverage": _coverage(loaded, ranking),
        "assumptions": _assumptions(loaded, rank),
        "marks": _marks(loaded),
        "warnings": ranked["warnings"],
    }


def _study(loaded: LoadedStudy) -> Row:
    study, settings = loaded.study, loaded.study.settings
    days = sorted(header.started_at[:10] for header in study.catalogue.sessions if header.started_at)
    systems = [row["app"] for row in friction_document(loaded, "app")["rows"]]
    return {
        "title": settings.study.title or None,
        **study_counts(loaded),
        "systems": systems,
        "cases_per_day": settings.study.cases_per_day,
        "language": settings.study.language,
        "agents_agreed": settings.report.agents_agreed,
        "first_day": days[0] if days else None,
        "last_day": days[-1] if days else None,
        "origin": _origin(loaded),
    }


def _origin(loaded: LoadedStudy) -> str:
    """Where the sessions come from: `imported` logs, sessions `recorded` with consent, or `both`."""
    recorded = {header.consent != IMPORTED for header in loaded.study.catalogue.sessions}
    return "both" if len(recorded) > 1 else "recorded" if True in recorded else "imported"


def _cases(loaded: LoadedStudy, rows: list[Row]) -> Row:
    seconds, events = [row["seconds"] for row in rows], [row["events"] for row in rows]
    spent = loaded.table("event_times").select(pl.col("active_ms").sum(), within=pl.col("case_active_ms").sum()).row(0)
    return {
        "n": len(rows),
        "seconds_mean": float(np.mean(seconds)) if rows else None,
        "seconds_median": float(np.median(seconds)) if rows else None,
        "events_median": float(np.median(events)) if rows else None,
        "how": {how: sum(row["how"] == how for row in rows) for how in sorted({row["how"] for row in rows})},
        "events_in_no_case": loaded.cases["case_no"].null_count(),
        "share_in_no_case": 1 - spent[1] / spent[0] if spent[0] else None,
    }


def _switches(loaded: LoadedStudy) -> list[Row]:
    apps = loaded.study.catalogue.apps
    return [
        {"source_app": apps[row["from_app"]], "target_app": apps[row["to_app"]], "per_case": row["per_case"]}
        for row in switches_between_apps(loaded).to_dicts()
    ]


def _typical_case(loaded: LoadedStudy, reentry: Reentry) -> Row | None:
    """The case nearest to all others in length, events and switches (the medoid), as a timeline without the gaps that do not count."""
    features = loaded.query("""
        SELECT e.session, e.case_no, sum(e.case_active_ms) / 1000.0 AS seconds, count(*) AS events
             , (SELECT count(*) FROM app_switches AS s WHERE s.session = e.session AND s.case_no = e.case_no) AS switches
        FROM event_times AS e WHERE e.case_no IS NOT NULL
        GROUP BY e.session, e.case_no ORDER BY e.session, e.case_no
    """)
    if features.is_empty():
        return None
    scaled = features.select(pl.col("seconds", "events", "switches").rank()).to_numpy()
    chosen = features.row(int(np.abs(scaled - np.median(scaled, axis=0)).sum(axis=1).argmin()), named=True)
    return {
        "seconds": chosen["seconds"],
        "events": chosen["events"],
        "switches": chosen["switches"],
        "segments": _segments(loaded, reentry, chosen["session"], chosen["case_no"]),
    }


def _segments(loaded: LoadedStudy, reentry: Reentry, session: int, case_no: int) -> list[Row]:
    """Stays of one case: app, screen, start_s, end_s, and whether a value was being carried over."""
    here = (pl.col("session") == session) & (pl.col("case_no") == case_no)
    steps = loaded.table("event_times").filter(here & (pl.col("case_active_ms") > 0)).sort("seq")
    carried = reentry.occurrences.filter(here).select("start_seq", "target_seq").rows()
    catalogue = loaded.study.catalogue
    segments: list[Row] = []
    clock = 0.0
    for step in steps.select("seq", "app", "screen", "case_active_ms").to_dicts():
        place = {
            "app": catalogue.apps[step["app"]],
            "screen": catalogue.screens[step["screen"]].name,
            "reentry": any(start <= step["seq"] < end for start, end in carried),
        }
        end = clock + step["case_active_ms"] / 1000
        if segments and all(segments[-1][name] == value for name, value in place.items()):
            segments[-1]["end_s"] = end
        else:
            segments.append({**place, "start_s": clock, "end_s": end})
        clock = end
    return segments


def _coverage(loaded: LoadedStudy, ranking: Ranking) -> Row:
    times = loaded.table("event_times").with_columns(pl.col("gap_ms").fill_null(0))
    paused, blind = pl.col("action") == "pause", pl.col("action") == "gap_start"
    long_gap = (pl.col("gap_ms") > loaded.thresholds.gap_drop_ms) & ~paused & ~blind
    sums = times.select(
        recorded_s=pl.col("gap_ms").sum() / 1000,
        active_s=pl.col("active_ms").sum() / 1000,
        long_gaps_s=pl.col("gap_ms").filter(long_gap).sum() / 1000,
        paused_s=pl.col("gap_ms").filter(paused).sum() / 1000,
        blind_s=pl.col("gap_ms").filter(blind).sum() / 1000,
    ).row(0, named=True)
    saved = {gap_s: seconds / 60 for gap_s, seconds in ranking.by_gap.items()}
    at_gap = [{"gap_s": gap_s, "case_seconds": _case_seconds(loaded, times, gap_s), "minutes_saved": saved.get(gap_s)} for gap_s in GAPS_S]
    sessions = len(loaded.study.catalogue.sessions)
    return {**sums, "sessions": sessions, "minutes_by_gap": at_gap, "not_measured": _not_measured(loaded)}


def _case_seconds(loaded: LoadedStudy, times: pl.DataFrame, gap_s: int) -> float | None:
    """Mean seconds of a case if gaps above `gap_s` counted for nothing."""
    if loaded.n_cases == 0:
        return None
    last = pl.col("seq") == pl.col("seq").max().over("session", "case_no")
    within = pl.col("case_no").is_not_null() & ~last & ~pl.col("action").is_in(["pause", "gap_start"]) & (pl.col("gap_ms") <= gap_s * 1000)
    return float(times.filter(within)["gap_ms"].sum()) / 1000 / loaded.n_cases


def _not_measured(loaded: LoadedStudy) -> list[Row]:
    """What the logs cannot show, each a code and a sentence."""
    silent = loaded.query(
        "SELECT a.name FROM app_reactions AS r JOIN apps AS a USING (app) WHERE NOT r.shows_reactions AND a.name <> '(unknown)'"
    )
    actions = set(loaded.table("events")["action"].unique().to_list())
    found = []
    if not silent.is_empty():
        found.append(("dead_clicks", "Clicks without effect are not measured where the log shows no reactions of a system."))
    if loaded.table("forms").is_empty():
        found.append(("never_touched", "Fields that were never touched cannot be seen: the logs do not say which fields a form has."))
    if not actions & {"call_start", "call_end"}:
        found.append(("no_call_state", "The log does not say when the agents were on the telephone."))
    if loaded.table("events").filter(pl.col("keys").is_not_null()).is_empty():
        found.append(("no_keys", "The logs do not count keys, so the least a saving can be is told from clicks alone."))
    found.append(("system_wait", "Waiting for a system is part of the times shown; the logs do not tell it apart."))
    return [{"code": code, "message": message} for code, message in found]


def _assumptions(loaded: LoadedStudy, rows: list[Row]) -> list[Row]:
    """Every assumption once, the ranking's first."""
    named: dict[str, Any] = {assumption["name"]: assumption for row in rows for assumption in row["assumptions"]}
    for name in GENERAL:
        named.setdefault(name, {"name": name, "value": getattr(loaded.thresholds, name), **SOURCES[name]._asdict()})
    return list(named.values())


def _marks(loaded: LoadedStudy) -> list[Row]:
    """The agents' own words, as often as they were said."""
    notes = loaded.study.scan("notes").select(pl.col("note").str.strip_chars()).collect()
    counts = notes.filter(pl.col("note") != "").group_by("note").len().sort("len", "note", descending=[True, False])
    return [{"note": note, "n": n} for note, n in counts.iter_rows()]
