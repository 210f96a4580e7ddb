"""
What the analysis says, as the documents that other programs read (contracts, section 2) and the one result that a report renders.

All times are seconds, `minutes_*`, `ci90` and `bounds` minutes. A number that could not be measured is null, never 0. Nothing here is per
agent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from analysis.cases import HOW
from analysis.caveats import ranking_caveats, study_caveats
from analysis.friction import friction_by_app, friction_by_field, friction_by_screen
from analysis.kept_documents import kept_document
from shadow.events import SCHEMA_VERSION, UNKNOWN_APP, session_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.loading import LoadedStudy
    from analysis.ranking import RankedIntegration, Ranking
    from analysis.reentry import Reentry

__all__ = [
    "Document",
    "Row",
    "cases_document",
    "event_cases",
    "friction_document",
    "rank_document",
    "reentry_document",
    "study_counts",
    "total_row",
]

Row = dict[str, Any]
Document = dict[str, Any]

PAIR_COLUMNS: Final = (
    "cases", "case_share", "occurrences", "chance_rate", "effect", "q_value", "seconds_per_occurrence", "seconds_per_case",
)  # fmt: skip


def study_counts(loaded: LoadedStudy) -> dict[str, int]:
    """Sessions, agents, cases and events of a study."""
    headers = loaded.study.catalogue.sessions
    return {
        "sessions": len(headers),
        "agents": len({header.agent for header in headers}),
        "cases": loaded.n_cases,
        "events": sum(header.n_events for header in headers),
    }


def _document(loaded: LoadedStudy, command: str, rows: list[Row]) -> Document:
    counts = study_counts(loaded)
    return {"schema_version": SCHEMA_VERSION, "command": command, "study": counts, "rows": rows, "warnings": study_caveats(loaded, counts)}


def cases_document(loaded: LoadedStudy) -> Document:
    """One row per case, in the order they began: session, case, start, end, seconds, events, apps, how."""
    rows = [
        {
            "session": session_name(session),
            "case": case_no,
            "start": start_ms / 1000,
            "end": end_ms / 1000,
            "seconds": active_ms / 1000,
            "events": n_events,
            "apps": n_apps,
            "how": HOW[how],
        }
        for session, case_no, start_ms, end_ms, active_ms, n_events, n_apps, _, how in loaded.sums.cases.iter_rows()
    ]
    return _document(loaded, "cases", rows)


def event_cases(loaded: LoadedStudy) -> pl.DataFrame:
    """Case of every row of the sources: session (name), seq, case (null = belongs to none), in session and seq order."""
    names = {header.session: header.name for header in loaded.study.catalogue.sessions}
    return loaded.cases.select(session=pl.col("session").replace_strict(names, return_dtype=pl.String), seq="seq", case="case_no")


def friction_document(loaded: LoadedStudy, by: str = "screen") -> Document:
    """Friction by `screen`, `field` or `app`; see `analysis.friction` for the columns."""
    makers: dict[str, Callable[[LoadedStudy], list[Row]]] = {"screen": _screen_rows, "field": _field_rows, "app": _app_rows}
    return _document(loaded, "friction", makers[by](loaded))


def _screen_rows(loaded: LoadedStudy) -> list[Row]:
    catalogue = loaded.study.catalogue
    rows = []
    for row in friction_by_screen(loaded.sums).to_dicts():
        screen = catalogue.screens[row["screen"]]
        if catalogue.apps[screen.app] != UNKNOWN_APP:
            rows.append({"app": catalogue.apps[screen.app], "screen": screen.name, **{name: row[name] for name in SCREEN_COLUMNS}})
    return rows


SCREEN_COLUMNS: Final = (
    "visits", "cases", "dwell_s_per_case", "dwell_s_median", "dwell_s_p90", "returns_per_case", "repeat_clicks", "dead_clicks",
    "corrections_per_case", "passed_over", "never_touched", "excess_s_per_case", "n_agents",
)  # fmt: skip


def _field_rows(loaded: LoadedStudy) -> list[Row]:
    rows = friction_by_field(loaded.sums).to_dicts()
    return [{**loaded.field(row["field"]), **_without(row, "field")} for row in rows if loaded.field(row["field"])["app"] != UNKNOWN_APP]


def _app_rows(loaded: LoadedStudy) -> list[Row]:
    apps = loaded.study.catalogue.apps
    columns = ("dwell_s_per_case", "switches_in", "round_trips")
    return [{"app": apps[row["app"]], **{name: row[name] for name in columns}} for row in friction_by_app(loaded.sums).to_dicts()]


def reentry_document(loaded: LoadedStudy, reentry: Reentry | None = None, *, possible: bool = False) -> Document:
    """One row per accepted pair of fields, most seconds per case first; with `possible` also the doubtful ones, marked."""
    if reentry is None:
        return kept_document(
            loaded, "possible_reentry" if possible else "reentry", lambda: _reentry_document(loaded, None, possible=possible)
        )
    return _reentry_document(loaded, reentry, possible=possible)


def _reentry_document(loaded: LoadedStudy, reentry: Reentry | None, *, possible: bool) -> Document:
    from analysis.reentry import find_reentry  # noqa: PLC0415 - what it needs takes longer to start than all of `cases` and `friction`

    pairs = (reentry or find_reentry(loaded)).pairs
    shown = pairs if possible else pairs.filter("accepted")
    rows = []
    for pair in shown.to_dicts():
        row = {
            "source": loaded.field(pair["source_field"]),
            "target": loaded.field(pair["target_field"]),
            "mode": pair["mode"],
            "relation": pair["relation"],
            **{name: pair[name] for name in PAIR_COLUMNS},
        }
        rows.append({**row, "accepted": pair["accepted"]} if possible else row)
    return _document(loaded, "reentry", rows)


def rank_document(loaded: LoadedStudy, ranking: Ranking | None = None) -> Document:
    """One row per integration, in the order in which each adds most to those above it; anecdotes after the others."""
    if ranking is None:
        return kept_document(loaded, "rank", lambda: _rank_document(loaded, None))
    return _rank_document(loaded, ranking)


def _rank_document(loaded: LoadedStudy, ranking: Ranking | None) -> Document:
    from analysis.ranking import rank_integrations  # noqa: PLC0415 - as with re-entry

    ranking = ranking or rank_integrations(loaded)
    document = _document(loaded, "rank", [_rank_row(loaded, place, row) for place, row in enumerate(ranking.rows, start=1)])
    return {**document, "warnings": document["warnings"] + ranking_caveats(ranking)}


def total_row(ranking: Ranking) -> Row | None:
    """All integrations that are no anecdotes together, replayed as one set: minutes_per_case, ci90; null if there is none."""
    total = ranking.total
    return None if total is None else {"minutes_per_case": total.seconds / 60, "ci90": _minutes(total.low, total.high)}


def _rank_row(loaded: LoadedStudy, place: int, row: RankedIntegration) -> Row:
    integration = row.integration
    sources = [loaded.field(code) for code in integration.sources]
    targets = [loaded.field(code) for code in integration.targets]
    return {
        "rank": place,
        "kind": integration.kind,
        "title": title(integration.kind, sources, targets),
        "sources": sources,
        "targets": targets,
        "minutes_per_case": row.seconds / 60,
        "ci90": _minutes(row.low, row.high),
        "bounds": _minutes(row.least, row.most),
        "marginal_minutes_per_case": row.marginal / 60,
        "cumulative_minutes_per_case": row.cumulative / 60,
        "case_share": integration.n_cases / max(1, loaded.n_cases),
        "cases": integration.n_cases,
        "agents": integration.n_agents,
        "occurrences": integration.n_occurrences,
        "evidence": row.evidence,
        "p_top5": row.p_top5,
        "assumptions": [{"name": a.name, "value": a.value, "unit": a.unit, "source": a.source} for a in row.assumptions],
    }


def _minutes(low: float | None, high: float | None) -> list[float] | None:
    return None if low is None or high is None else [low / 60, high / 60]


def title(kind: str, sources: list[Row], targets: list[Row]) -> str:
    """What would be built, in one English line; the report says it in the reader's language."""
    target = targets[0]
    name = target["label"] or target["field"]
    if kind == "link":
        return f"Link {_place(sources[0])} to {_place(target)}: {len(targets)} fields filled"
    if kind == "default":
        return f"Start {name} in {target['app']} with its usual value"
    if kind == "remove_field":
        return f"Remove or move {name} in {target['app']}"
    origins = " and ".join(dict.fromkeys(source["label"] or source["field"] or source["app"] for source in sources))
    apps = " and ".join(dict.fromkeys(source["app"] for source in sources))
    return f"Fill {name} in {target['app']} from {origins} in {apps}"


def _place(field: Row) -> str:
    return f"{field['app']} {field['screen']}".strip()


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}
