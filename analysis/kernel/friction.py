"""
The friction tables from sums that add up: those of `analysis.friction`, but for the excess over the keystroke-level model.

What the study knows only as a whole is applied here: which fields are fillable or announced, and which applications answer at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.kernel.aggregates import StudySums
from analysis.kernel.columns import NO_ROLE

__all__ = ["friction_by_app", "friction_by_field", "friction_by_screen"]

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
    Where the time of a case goes: `analysis.friction.friction_by_screen` without excess_s_per_case.

    Returns:

        One row per screen that was visited, most seconds per case first.
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
        "n_agents": sums.screen_agents.sum(axis=0),
    })  # fmt: skip
    return frame.filter(pl.col("visits") > 0).sort("dwell_s_per_case", "screen", descending=[True, False])


def friction_by_field(sums: StudySums) -> pl.DataFrame:
    """
    How each field is worked with, as `analysis.friction.friction_by_field` gives it.

    Returns:

        One row per field, most time first.
    """
    fields, n_fields = sums.fields, len(sums.places.field_role)
    (dwell,), (hesitation,) = sums.field_dwell.quantiles(n_fields, 0.5), sums.hesitation.quantiles(n_fields, 0.5)
    counted, announced = _fillable(sums), fields["announced"] > 0
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
    Where the time goes between systems, as `analysis.friction.friction_by_app` gives it.

    Returns:

        One row per known application that was visited, most seconds per case first.
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


def _fillable(sums: StudySums) -> Bools:
    """Fields a person could have filled, as fillable_fields.sql says."""
    places = sums.places
    by_role = places.field_has_role("entry", "text", "combo", "check", "radio", "date", "password")
    unclear = places.field_has_role("other") | (places.field_role == NO_ROLE)
    fillable: Bools = (sums.fields["announced"] > 0) | by_role | (unclear & (sums.fields["shows_state"] > 0))
    return fillable


def _skips(sums: StudySums) -> _Skips:
    fields, fillable, announced = sums.fields, _fillable(sums), sums.fields["announced"] > 0
    told, passed, untouched = (fields[f"case_{name}"] + fields[f"loose_{name}"] for name in ("told", "passed", "untouched"))
    return _Skips(fillable & (told > 0), np.where(fillable, passed, 0), announced, np.where(announced, untouched, 0))


def _may_be_dead(sums: StudySums) -> Bools:
    """Fields of which a click has to be answered: buttons, links, cells where cells answer, and what is unknown and not fillable."""
    places = sums.places
    cells_answer = sums.apps["cell_reactions"][places.field_app] > 0
    unknown = (places.field_role == NO_ROLE) & ~_fillable(sums)
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
