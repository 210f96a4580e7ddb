"""
Friction: where the time of a case goes, by screen, field and application, and which steps repeat.

These tables describe; the ranking decides. A number that the log cannot show (dead clicks where an application shows no reactions, fields
never touched where no form was announced) is null and never 0. They come from sums that add up over sessions; what the study knows only as
a whole is applied here: which fields are fillable or announced, and which applications answer at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.kernel.aggregates import StudySums
from analysis.kernel.columns import NO_ROLE

__all__ = [
    "apps_without_reactions",
    "fillable_fields",
    "friction_by_app",
    "friction_by_field",
    "friction_by_screen",
    "switches_between_apps",
]

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Skips:
    """Of each field: whether passing over and leaving untouched is counted at all, and how often it came."""

    passed_known: Bools
    passed: Places
    untouched_known: Bools
    untouched: Places


def friction_by_screen(sums: StudySums) -> pl.DataFrame:
    """
    Where the time of a case goes.

    Returns:

        One row per screen, most seconds per case first: screen (code), visits, cases, dwell_s_per_case (over all cases),
        dwell_s_median and dwell_s_p90 (per visit), returns_per_case, repeat_clicks (bursts), dead_clicks (null where the application shows
        no reactions), corrections_per_case, passed_over, never_touched, excess_s_per_case (observed minus what the keystroke-level model
        gives at the study's own pace; null where nothing on the screen is modelled), n_agents.
    """
    places, screens, skips = sums.places, sums.screens, _skips(sums)
    n_screens = len(places.screen_app)

    def over_fields(counts: Places | Bools) -> Places:
        return np.bincount(places.field_screen, counts, minlength=n_screens).astype(np.int64)

    median, p90 = sums.screen_dwell.quantiles(n_screens, 0.5, 0.9)
    answers = sums.apps["reactions"][places.screen_app] > 0
    frame = pl.DataFrame({
        "screen": np.arange(n_screens, dtype=np.int32),
        "visits": screens["visits"],
        "cases": screens["cases"],
        "dwell_s_per_case": _per_case(screens["case_ms"] / 1000, sums),
        "dwell_s_median": median / 1000,
        "dwell_s_p90": p90 / 1000,
        "returns_per_case": _per_case(over_fields(sums.fields["returns"]), sums),
        "repeat_clicks": screens["repeat_clicks"],
        "dead_clicks": _known(over_fields(np.where(_may_be_dead(sums), sums.fields["silent_clicks"], 0)), answers),
        "corrections_per_case": _per_case(over_fields(sums.fields["corrections"]), sums),
        "passed_over": _known(over_fields(skips.passed), over_fields(skips.passed_known) > 0),
        "never_touched": _known(over_fields(skips.untouched), over_fields(skips.untouched_known) > 0),
        "excess_s_per_case": _excess(sums),
        "n_agents": sums.screen_agents.sum(axis=0),
    })  # fmt: skip
    return frame.filter(pl.col("visits") > 0).sort("dwell_s_per_case", "screen", descending=[True, False])


def friction_by_field(sums: StudySums) -> pl.DataFrame:
    """
    How each field is worked with.

    Returns:

        One row per field, most time first: field (code), visits, dwell_s_median, hesitation_s_median, corrections_per_visit, return_rate,
        skip_rate and never_touched_rate (shares of the cases in which the form was shown), n_cases (in which it was
        shown or touched), n_agents. Null = not measured.
    """
    fields, n_fields = sums.fields, len(sums.places.field_role)
    (dwell,), (hesitation,) = sums.field_dwell.quantiles(n_fields, 0.5), sums.hesitation.quantiles(n_fields, 0.5)
    counted, announced = fillable_fields(sums), fields["announced"] > 0
    told, shown = (np.where(counted & which, fields[name], 0) for which, name in ((counted, "case_told"), (announced, "case_shown")))
    frame = pl.DataFrame({
        "field": np.arange(n_fields, dtype=np.int32),
        "visits": fields["visits"],
        "dwell_s_median": _number(dwell / 1000),
        "hesitation_s_median": _number(hesitation / 1000),
        "corrections_per_visit": _share(fields["corrections"], fields["visits"]),
        "return_rate": _share(fields["returned"], fields["filled"]),
        "skip_rate": _share(fields["case_passed"], told),
        "never_touched_rate": _share(fields["case_untouched"], shown),
        "n_cases": np.maximum(fields["cases"], np.maximum(told, shown)),
        "n_agents": sums.field_agents.sum(axis=0),
    })  # fmt: skip
    return frame.sort(pl.col("visits") * pl.col("dwell_s_median").fill_null(0), "field", descending=[True, False])


def friction_by_app(sums: StudySums) -> pl.DataFrame:
    """
    Where the time goes between systems.

    Returns:

        One row per known application that was visited, most seconds per case first: app (code), dwell_s_per_case, switches_in and
        round_trips (study totals).
    """
    places, n_apps = sums.places, len(sums.places.app_known)
    spent, visits = (np.bincount(places.screen_app, sums.screens[name], minlength=n_apps) for name in ("case_ms", "visits"))
    frame = pl.DataFrame({
        "app": np.arange(n_apps, dtype=np.int32),
        "switches_in": sums.apps["switches_in"],
        "round_trips": sums.apps["round_trips"],
        "dwell_s_per_case": _per_case(spent / 1000, sums),
    })  # fmt: skip
    there = places.app_known & (visits > 0)
    return frame.filter(pl.Series(there)).sort("dwell_s_per_case", "app", descending=[True, False])


def switches_between_apps(sums: StudySums) -> pl.DataFrame:
    """Changes of application within cases: from_app, to_app (codes), per_case; most frequent first."""
    from_app, to_app = np.nonzero(sums.switches)
    counts = pl.DataFrame({"from_app": from_app, "to_app": to_app, "n": sums.switches[from_app, to_app]})
    ordered = counts.sort("n", "from_app", "to_app", descending=[True, False, False])
    return ordered.with_columns(per_case=pl.col("n") / max(1, sums.n_cases)).drop("n")


def apps_without_reactions(sums: StudySums) -> list[int]:
    """Known applications of which the log never shows that they answer: codes."""
    return [int(app) for app in np.flatnonzero(sums.places.app_known & (sums.apps["reactions"] == 0))]


def _excess(sums: StudySums) -> pl.Series:
    """
    Seconds per case above the model, by screen.

    The model is scaled so that over the whole study it gives the time observed: excess says where time is spent beyond the usual, and adds
    up to 0 over screens.
    """
    observed, modelled = sums.screens["case_ms"] / 1000, sums.screens["model_cs"] / 100
    pace = float(observed.sum() / modelled.sum()) if modelled.any() else 0.0
    return _per_case(observed - pace * modelled, sums).set(pl.Series(modelled == 0), None)


def fillable_fields(sums: StudySums) -> Bools:
    """Fields a person could have filled, as fillable_fields.sql says."""
    places = sums.places
    by_role = places.field_has_role("entry", "text", "combo", "check", "radio", "date", "password")
    unclear = places.field_has_role("other") | (places.field_role == NO_ROLE)
    fillable: Bools = (sums.fields["announced"] > 0) | by_role | (unclear & (sums.fields["shows_state"] > 0))
    return fillable


def _skips(sums: StudySums) -> _Skips:
    fields, fillable, announced = sums.fields, fillable_fields(sums), sums.fields["announced"] > 0
    told, passed, untouched = (fields[f"case_{name}"] + fields[f"loose_{name}"] for name in ("told", "passed", "untouched"))
    return _Skips(fillable & (told > 0), np.where(fillable, passed, 0), announced, np.where(announced, untouched, 0))


def _may_be_dead(sums: StudySums) -> Bools:
    """Fields of which a click has to be answered: buttons, links, cells where cells answer, and what is unknown and not fillable."""
    places = sums.places
    cells_answer = sums.apps["cell_reactions"][places.field_app] > 0
    unknown = (places.field_role == NO_ROLE) & ~fillable_fields(sums)
    may: Bools = places.field_has_role("button", "link") | (places.field_has_role("cell") & cells_answer) | unknown
    return may


def _per_case(total: Places | Numbers, sums: StudySums) -> pl.Series:
    """By all cases; null where there are none, for then nothing is known per case."""
    return pl.Series(total, dtype=pl.Float64) / (sums.n_cases or None)


def _known(counts: Places, known: Bools) -> pl.Series:
    return pl.Series(counts).set(pl.Series(~known), None)


def _share(part: Places, whole: Places) -> pl.Series:
    return _number(np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0))


def _number(values: Numbers) -> pl.Series:
    return pl.Series(values, nan_to_null=True)
