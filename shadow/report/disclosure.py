"""
What may be shown at this number of agents.

    agents      level
    5 or more   figures
    3 or 4      ranges, nothing finer than a screen
    1 or 2      refused, unless the agents have agreed; then ranges, and the first page says so

`permitted` cuts a result down to that before anything is drawn, so that a chart or a table cannot show more than it was given. At any
size, what rests on fewer than three agents loses its figures, for one agent's could be read from it.

Source: the contracts of this project, section 6; complementary suppression after Hundepool et al., Statistical Disclosure Control, 2012,
chapter 4.
"""

from __future__ import annotations

import math
from collections import defaultdict
from itertools import pairwise
from typing import Any, Final, Literal, NamedTuple

from shadow.errors import DisclosureError

__all__ = ["Amount", "Level", "Range", "ReportRefusedError", "Result", "Row", "band", "level", "permitted", "working_view"]

Result = dict[str, Any]
Row = dict[str, Any]
Level = Literal["figures", "ranges", "refused"]

FIGURES_FROM: Final = 5
RANGES_FROM: Final = 3
ROW_FLOOR: Final = 3

# What adds less than this share of its own saving, and of that of all together, is in the rows above it.
COVERED: Final = 0.1
COVERED_OF_WHOLE: Final = 0.01

# Neighbours are at most half as much again apart, so a range says the size of a thing and not its value.
STEPS: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0)
SHARES: Final = (0.0, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0)


class Range(NamedTuple):
    """Where a figure lies, when the figure itself may not be shown; same unit as the figure."""

    low: float
    high: float


Amount = float | Range | None


class ReportRefusedError(DisclosureError, ValueError):
    """Too few agents for a report; add sessions from more agents or ask these for their agreement."""


def level(result: Result) -> Level:
    """How much of the result a report may show."""
    study = result["study"]
    agents = study.get("agents") or 0
    if agents >= FIGURES_FROM:
        return "figures"
    if agents >= RANGES_FROM or (agents > 0 and study.get("agents_agreed") is True):
        return "ranges"
    return "refused"


def permitted(result: Result) -> Result:
    """
    The part of a result that a report may show.

    Returns:

        A new result of the same shape, with `level`, `withheld` (how many rows of each kind are left out because they rest on too few
        agents) and, in each row of the ranking, `covered` (it adds next to nothing to those above it). At level `ranges` every measured figure is a `Range`, fields are gone and screens stand for them.

    Raises:

        ReportRefusedError: With 1 or 2 agents who have not agreed.
    """
    allowed = level(result)
    if allowed == "refused":
        raise ReportRefusedError(_refusal(result), _REMEDY)
    shown = _without_thin_rows(_with_covered(result))
    if allowed == "ranges":
        shown = _as_ranges(shown)
    return {**shown, "level": allowed}


def working_view(result: Result) -> Result:
    """
    The result as those who work on the study see it: what the report shows at five agents or more, and all figures below that.

    Returns:

        A new result of the same shape as `permitted` gives at level `figures`.
    """
    if level(result) == "figures":
        return permitted(result)
    return {**_with_covered(result), "level": "figures", "withheld": dict.fromkeys(("screen", "field", "reentry", "workarounds"), 0)}


def band(amount: float | None) -> Range | None:
    """The step of the 1, 1.5, 2, 3, 4, 5, 7, 10 scale that an amount lies in; below 0 its mirror image."""
    if amount is None:
        return None
    if amount == 0:
        return Range(0.0, 0.0)
    if amount < 0:
        above = band(-amount)
        return above and Range(-above.high, -above.low)
    unit = 10.0 ** math.floor(math.log10(amount))
    low, high = next(step for step in pairwise(STEPS) if amount < step[1] * unit or step[1] == STEPS[-1])
    return Range(low * unit, high * unit)


def share_band(share: float | None) -> Range | None:
    """The step of the scale of shares that a share lies in; the ends are steps of their own only where nothing or all is meant."""
    if share is None:
        return None
    return next(Range(low, high) for low, high in pairwise(SHARES) if share < high or high == SHARES[-1])


_REMEDY: Final = (
    "add sessions from more agents, or, once every agent has agreed to a report about so few, "
    "set agents_agreed = true under [report] in study.toml"
)


def _refusal(result: Result) -> str:
    agents = result["study"].get("agents") or 0
    return f"a report needs at least {RANGES_FROM} agents and this study has {agents}"


# --- what the rows above save already ---


def _with_covered(result: Result) -> Result:
    """Rows of the ranking that add next to nothing are marked while the minutes are still there to tell."""
    whole = max((row["cumulative_minutes_per_case"] or 0.0 for row in result["rank"]), default=0.0)
    return {**result, "rank": [{**row, "covered": _covered(row, whole)} for row in result["rank"]]}


def _covered(row: Row, whole: float) -> bool:
    alone, on_top = row["minutes_per_case"], row["marginal_minutes_per_case"]
    return alone is not None and on_top is not None and on_top < COVERED * alone and on_top < COVERED_OF_WHOLE * whole


# --- at any size: what rests on too few agents ---


def _without_thin_rows(result: Result) -> Result:
    """Rows of fewer than three agents lose their figures (candidates) or are left out (screens, fields, pairs)."""
    floor = min(ROW_FLOOR, result["study"]["agents"])
    rank = [_thin_candidate(row) if _thin(row, "agents", floor) else row for row in result["rank"]]
    screens = _screens_without_thin(result["friction"]["screen"], floor)
    shown_to = {(row["app"], row["screen"]): row["n_agents"] for row in result["friction"]["screen"]}
    fields = [row for row in result["friction"]["field"] if _behind(row, shown_to) >= floor]
    suggestions = [row for row in result["suggestions"] if _behind(row, shown_to) >= floor]
    hidden = _fields_of_thin_candidates(rank)
    reentry = [row for row in result["reentry"] if _key(row["target"]) not in hidden]
    workarounds = [row for row in result["workarounds"] if not _thin(row, "agents", floor)]
    switching = _nothing(result["switching"]) if _thin(result["switching"], "agents", floor) else result["switching"]
    withheld = {
        "screen": len(result["friction"]["screen"]) - len(screens),
        "field": len(result["friction"]["field"]) - len(fields),
        "reentry": len(result["reentry"]) - len(reentry),
        "workarounds": len(result["workarounds"]) - len(workarounds),
    }
    friction = {**result["friction"], "screen": screens, "field": fields}
    return {
        **result,
        "rank": rank,
        "reentry": reentry,
        "workarounds": workarounds,
        "suggestions": suggestions,
        "switching": switching,
        "friction": friction,
        "withheld": withheld,
    }


def _thin(row: Row, column: str, floor: int) -> bool:
    return (row.get(column) or 0) < floor


def _nothing(row: Row) -> Row:
    """The row, with nothing measured."""
    return dict.fromkeys(row)


def _behind(field: Row, shown_to: dict[tuple[str, str], int | None]) -> int:
    """Agents a field rests on: those who touched it, or, where nobody ever did, those who worked on its screen. That is no person's doing."""
    touched = field["n_agents"] or 0
    if touched or not field["n_cases"]:
        return touched
    return shown_to.get((field["app"], field["screen"])) or 0


def _thin_candidate(row: Row) -> Row:
    """A candidate that is only named: what it would save could be one agent's figure."""
    figures = ("minutes_per_case", "ci90", "bounds", "marginal_minutes_per_case", "cumulative_minutes_per_case")
    counts = ("case_share", "cases", "agents", "occurrences", "p_top5")
    return {**row, "evidence": "anecdote", "thin": True, "covered": False} | dict.fromkeys((*figures, *counts))


def _screens_without_thin(rows: list[Row], floor: int) -> list[Row]:
    """If just one screen is left out, the smallest of the others goes with it: else a subtraction would bring it back."""
    kept = [row for row in rows if not _thin(row, "n_agents", floor)]
    if len(kept) == len(rows) - 1 and kept:
        kept.remove(min(kept, key=lambda row: row["dwell_s_per_case"] or 0.0))
    return kept


def _fields_of_thin_candidates(rank: list[Row]) -> set[tuple[str, ...]]:
    shown = {_key(field) for row in rank if not row.get("thin") for field in row["targets"]}
    return {_key(field) for row in rank if row.get("thin") for field in row["targets"]} - shown


def _key(field: Row) -> tuple[str, ...]:
    return field["app"], field["screen"], field["field"]


# --- 3 or 4 agents: ranges, nothing finer than a screen ---


def _as_ranges(result: Result) -> Result:
    """Every measured figure as a range; the study's own counts of agents, cases, sessions and events stay."""
    friction = result["friction"]
    return {
        **result,
        "cases": _banded(
            result["cases"],
            ("seconds_mean", "seconds_median", "events_median", "events_in_no_case"),
            ("share_in_no_case",),
        ),
        "rank": [_rank_range(row) for row in result["rank"]],
        "reentry": _reentry_by_screen(result["reentry"]),
        "workarounds": [_workaround_range(row) for row in result["workarounds"]],
        "friction": {
            "screen": [_banded(row, _SCREEN_FIGURES, ()) for row in friction["screen"]],
            "field": [],
            "app": [_banded(row, ("dwell_s_per_case", "switches_in", "round_trips"), ()) for row in friction["app"]],
        },
        "suggestions": [],
        "switches": [_banded(row, ("per_case",), ()) for row in result["switches"]],
        "switching": _banded(result["switching"], ("after_s", "across_s"), ()) | {"after_ci90": None, "across_ci90": None},
        "typical_case": None,
        "total": None,
        "sensitivity": [row | {"total_low": None, "total_high": None} for row in result["sensitivity"]],
        "coverage": _coverage_ranges(result["coverage"]),
        "marks": [{**row, "n": None} for row in result["marks"]],
        "marks_not_quoted": band(result["marks_not_quoted"]),
    }


_SCREEN_FIGURES: Final = (
    "visits",
    "cases",
    "dwell_s_per_case",
    "dwell_s_median",
    "dwell_s_p90",
    "returns_per_case",
    "repeat_clicks",
    "dead_clicks",
    "corrections_per_case",
    "passed_over",
    "never_touched",
    "excess_s_per_case",
)


def _banded(row: Row, amounts: tuple[str, ...], shares: tuple[str, ...]) -> Row:
    return row | {key: band(row.get(key)) for key in amounts} | {key: share_band(row.get(key)) for key in shares}


def _rank_range(row: Row) -> Row:
    """Minutes from the interval, or from the bounds where there is none; what is on top of what cannot be said in ranges."""
    limits = row["ci90"] or row["bounds"]
    fields = {side: _screens_of(row[side]) for side in ("sources", "targets")}
    minutes = {"minutes_per_case": Range(*limits) if limits else None}
    gone = dict.fromkeys(("marginal_minutes_per_case", "cumulative_minutes_per_case"))
    return _banded(row, ("cases", "occurrences"), ("case_share",)) | fields | minutes | gone


def _workaround_range(row: Row) -> Row:
    """Screens for fields, and no single occurrence."""
    fields = {side: _screens_of(row[side]) for side in ("memory", "sources", "targets")}
    return _banded(row, ("occurrences", "cases", "seconds_per_case", "held_s_median"), ()) | fields | {"example": None}


def _screens_of(fields: list[Row]) -> list[Row]:
    """The screens that the fields are on, each once, in order of first sight."""
    places = dict.fromkeys((field["app"], field["screen"]) for field in fields)
    return [_screen_field(app, screen) for app, screen in places]


def _screen_field(app: str, screen: str) -> Row:
    return {"app": app, "screen": screen, "field": None, "label": None}


def _reentry_by_screen(rows: list[Row]) -> list[Row]:
    """One row per pair of screens, largest first; seconds and occurrences added up, share of cases from the pair with the largest."""
    groups: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for row in rows:
        source, target = row["source"], row["target"]
        groups[source["app"], source["screen"], target["app"], target["screen"]].append(row)
    ordered = sorted(groups.items(), key=lambda item: -(_total(item[1], "seconds_per_case") or 0.0))
    return [_screen_pair(place, group) for place, group in ordered]


def _screen_pair(place: tuple[str, str, str, str], group: list[Row]) -> Row:
    longest = max(group, key=lambda row: row["seconds_per_case"] or 0.0)
    return {
        "source": _screen_field(*place[:2]),
        "target": _screen_field(*place[2:]),
        "mode": longest["mode"],
        "relation": None,
        "cases": None,
        "case_share": share_band(max((row["case_share"] for row in group if row["case_share"] is not None), default=None)),
        "occurrences": band(_total(group, "occurrences")),
        "seconds_per_occurrence": None,
        "seconds_per_case": band(_total(group, "seconds_per_case")),
    }


def _total(rows: list[Row], key: str) -> float | None:
    known = [row[key] for row in rows if row[key] is not None]
    return sum(known) if known else None


def _coverage_ranges(coverage: Row) -> Row:
    gaps = [_banded(row, ("case_seconds", "minutes_saved"), ()) for row in coverage["minutes_by_gap"]]
    return _banded(coverage, ("recorded_s", "active_s", "long_gaps_s", "paused_s", "blind_s"), ()) | {"minutes_by_gap": gaps}
