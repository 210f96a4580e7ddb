"""The one result of a study: everything a report shows, in one document that holds no person and computes nothing further."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from analysis.effort import effort_rows
from analysis.friction import apps_without_reactions, switches_between_apps
from analysis.ranking import rank_integrations
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
from analysis.sensitivity import sensitivity_rows
from analysis.suggestions import suggestion_row
from analysis.switching import switching_row
from analysis.thresholds import GAPS_S, SOURCES
from analysis.typical_case import typical_case
from analysis.workarounds import workaround_row
from shadow.events import SCHEMA_VERSION
from shadow.session import IMPORTED

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy
    from analysis.ranking import Ranking

__all__ = ["make_result", "switch_rows"]

# Thresholds that every table rests on, whatever the ranking rests on.
GENERAL: Final = (
    "gap_drop_ms", "rare_df", "effect_min", "q_max", "const_share", "passed_over_share", "never_touched_share", "never_touched_min_cases",
    "min_agents", "min_occurrences",
)  # fmt: skip


def make_result(loaded: LoadedStudy) -> Document:
    """The result of a study, made anew; `analysis.study_result.study_result` keeps it."""
    # First, for its reading counts what the rest asks for.
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
        "tied": [[row + 1, below + 1] for row, below in ranking.tied],
        "effort": effort_rows(rank, loaded.study.settings.effort),
        "sensitivity": sensitivity_rows(ranking, loaded.thresholds),
        "reentry": reentry_document(loaded, reentry)["rows"],
        "workarounds": [workaround_row(workaround) for workaround in ranking.workarounds],
        "suggestions": [suggestion_row(suggestion) for suggestion in ranking.suggestions],
        "friction": {by: friction_document(loaded, by)["rows"] for by in ("screen", "field", "app")},
        "switches": switch_rows(loaded),
        "switching": switching_row(ranking.switching),
        "typical_case": typical_case(loaded, reentry),
        "coverage": _coverage(loaded, ranking),
        "assumptions": _assumptions(loaded, rank),
        **_marks(loaded),
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
        "assumed_by": settings.assumptions.by or None,
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
    active_ms, on_cases_ms = loaded.sums.totals["active_ms"], int(loaded.sums.screens["case_ms"].sum())
    return {
        "n": len(rows),
        "seconds_mean": float(np.mean(seconds)) if rows else None,
        "seconds_median": float(np.median(seconds)) if rows else None,
        "events_median": float(np.median(events)) if rows else None,
        "how": {how: sum(row["how"] == how for row in rows) for how in sorted({row["how"] for row in rows})},
        "events_in_no_case": loaded.sums.totals["events"] - loaded.sums.totals["events_in_case"],
        "share_in_no_case": 1 - on_cases_ms / active_ms if active_ms else None,
    }


def switch_rows(loaded: LoadedStudy) -> list[Row]:
    """Changes per case from one application to another: source_app, target_app, per_case; commonest first."""
    apps = loaded.study.catalogue.apps
    return [
        {"source_app": apps[row["from_app"]], "target_app": apps[row["to_app"]], "per_case": row["per_case"]}
        for row in switches_between_apps(loaded.sums).to_dicts()
    ]


def _coverage(loaded: LoadedStudy, ranking: Ranking) -> Row:
    totals = loaded.sums.totals
    saved = {gap_s: seconds / 60 for gap_s, seconds in ranking.by_gap.items()}
    n_cases = loaded.n_cases
    at_gap = [
        {
            "gap_s": gap_s,
            "case_seconds": totals[f"case_ms_{gap_s}"] / 1000 / n_cases if n_cases else None,
            "minutes_saved": saved.get(gap_s),
        }
        for gap_s in GAPS_S
    ]
    return {
        **{f"{name}_s": totals[f"{name}_ms"] / 1000 for name in ("recorded", "active", "long_gaps", "paused", "blind")},
        "sessions": len(loaded.study.catalogue.sessions),
        "minutes_by_gap": at_gap,
        "not_measured": _not_measured(loaded),
    }


def _not_measured(loaded: LoadedStudy) -> list[Row]:
    """What the logs cannot show, each a code and a sentence."""
    totals = loaded.sums.totals
    found = []
    if apps_without_reactions(loaded.sums):
        found.append(("dead_clicks", "Clicks without effect are not measured where the log shows no reactions of a system."))
    if not any(header.n_forms for header in loaded.study.catalogue.sessions):
        found.append(("never_touched", "Fields that were never touched cannot be seen: the logs do not say which fields a form has."))
    if not totals["calls"]:
        found.append(("no_call_state", "The log does not say when the agents were on the telephone."))
    if not totals["keyed"]:
        found.append(("no_keys", "The logs do not count keys, so the least a saving can be is told from clicks alone."))
    found.append(("system_wait", "Waiting for a system is part of the times shown; the logs do not tell it apart."))
    return [{"code": code, "message": message} for code, message in found]


def _assumptions(loaded: LoadedStudy, rows: list[Row]) -> list[Row]:
    """Every assumption once, the ranking's first: who set it (`toolkit` or `study.toml`), and until when it holds."""
    named: dict[str, Any] = {assumption["name"]: assumption for row in rows for assumption in row["assumptions"]}
    for name in GENERAL:
        named.setdefault(name, {"name": name, "value": getattr(loaded.thresholds, name), **SOURCES[name]._asdict()})
    said, given = loaded.study.settings.assumptions, loaded.study.settings.thresholds
    own = {"set_by": "study.toml", "until": said.until.isoformat() if said.until else None}
    return [row | (own if row["name"] in given else {"set_by": "toolkit", "until": None}) for row in named.values()]


def _marks(loaded: LoadedStudy) -> Row:
    """The agents' own words, as often as they were said, where the agents agreed to be quoted; else only how many there are."""
    notes = loaded.study.scan("notes").select(pl.col("note").str.strip_chars()).collect().filter(pl.col("note") != "")
    if not loaded.study.settings.report.quote_marks:
        return {"marks": [], "marks_not_quoted": len(notes)}
    counts = notes.group_by("note").len().sort("len", "note", descending=[True, False])
    return {"marks": [{"note": note, "n": n} for note, n in counts.iter_rows()], "marks_not_quoted": 0}
