"""
Friction: where the time of a case goes, by screen, field and application, and which steps repeat.

These tables describe; the ranking decides. A number that the log cannot show (dead clicks where an application shows no reactions, fields
never touched where no form was announced) is null and never 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from analysis.klm import with_model_times

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy

__all__ = ["friction_by_app", "friction_by_field", "friction_by_screen", "switches_between_apps"]

BY_SCREEN = """
    WITH work AS (
        SELECT screen, sum(case_active_ms) / 1000.0 AS case_s, count(DISTINCT (session, case_no)) FILTER (case_no IS NOT NULL) AS cases
             , count(DISTINCT agent) AS n_agents
        FROM event_times GROUP BY screen
    )
    , stays AS (
        SELECT screen, count(*) AS visits, median(dwell_ms) / 1000.0 AS dwell_s_median, quantile_cont(dwell_ms, 0.9) / 1000.0 AS dwell_s_p90
        FROM screen_visits GROUP BY screen
    )
    , returned AS (SELECT screen, sum(n_returns) AS n FROM returns GROUP BY screen)
    , bursts AS (SELECT screen, count(*) AS n FROM repeat_clicks GROUP BY screen)
    , dead AS (SELECT screen, count(*) AS n FROM dead_clicks GROUP BY screen)
    , corrected AS (SELECT screen, count(*) AS n FROM corrections GROUP BY screen)
    , passed AS (SELECT screen, count(CASE WHEN skipped THEN 1 END) AS n FROM skips WHERE kind = 'passed_over' GROUP BY screen)
    , untouched AS (SELECT screen, count(CASE WHEN skipped THEN 1 END) AS n FROM skips WHERE kind = 'never_touched' GROUP BY screen)
    SELECT s.screen, s.visits, w.cases, w.case_s, s.dwell_s_median, s.dwell_s_p90
         , coalesce(returned.n, 0) AS returns, coalesce(bursts.n, 0) AS repeat_clicks
         , CASE WHEN r.shows_reactions THEN coalesce(dead.n, 0) END AS dead_clicks
         , coalesce(corrected.n, 0) AS corrections, passed.n AS passed_over, untouched.n AS never_touched, w.n_agents
    FROM stays AS s
    JOIN work AS w USING (screen)
    JOIN screens AS d USING (screen)
    JOIN app_reactions AS r ON d.app = r.app
    LEFT JOIN returned USING (screen) LEFT JOIN bursts USING (screen) LEFT JOIN dead USING (screen)
    LEFT JOIN corrected USING (screen) LEFT JOIN passed USING (screen) LEFT JOIN untouched USING (screen)
    ORDER BY s.screen
"""

BY_FIELD = """
    WITH stays AS (
        SELECT field, count(*) AS visits, median(dwell_ms) / 1000.0 AS dwell_s_median
             , median(hesitation_ms) / 1000.0 AS hesitation_s_median
        FROM field_visits GROUP BY field
    )
    , work AS (
        SELECT field, count(DISTINCT (session, case_no)) FILTER (case_no IS NOT NULL) AS n_cases, count(DISTINCT agent) AS n_agents
        FROM events WHERE field IS NOT NULL GROUP BY field
    )
    , corrected AS (SELECT field, count(*) AS n FROM corrections GROUP BY field)
    , returned AS (SELECT field, avg(CASE WHEN n_returns > 0 THEN 1.0 ELSE 0.0 END) AS rate FROM returns GROUP BY field)
    , skipped AS (
        SELECT field, count(DISTINCT (session, case_no)) AS shown
             , avg(CASE WHEN skipped THEN 1.0 ELSE 0.0 END) FILTER (kind = 'passed_over') AS skip_rate
             , avg(CASE WHEN skipped THEN 1.0 ELSE 0.0 END) FILTER (kind = 'never_touched') AS never_touched_rate
        FROM skips WHERE case_no IS NOT NULL GROUP BY field
    )
    SELECT f.field, coalesce(s.visits, 0) AS visits, s.dwell_s_median, s.hesitation_s_median
         , CASE WHEN s.visits > 0 THEN coalesce(corrected.n, 0) / s.visits END AS corrections_per_visit
         , returned.rate AS return_rate, k.skip_rate, k.never_touched_rate
         , greatest(coalesce(w.n_cases, 0), coalesce(k.shown, 0)) AS n_cases, coalesce(w.n_agents, 0) AS n_agents
    FROM fields AS f
    LEFT JOIN stays AS s USING (field) LEFT JOIN work AS w USING (field) LEFT JOIN corrected USING (field)
    LEFT JOIN returned USING (field) LEFT JOIN skipped AS k USING (field)
    ORDER BY f.field
"""

BY_APP = """
    WITH work AS (SELECT app, sum(case_active_ms) / 1000.0 AS case_s FROM event_times GROUP BY app)
    , entered AS (SELECT to_app AS app, count(*) AS n FROM app_switches GROUP BY to_app)
    , tripped AS (SELECT app, count(*) AS n FROM round_trips GROUP BY app)
    SELECT a.app, coalesce(w.case_s, 0) AS case_s, coalesce(entered.n, 0) AS switches_in, coalesce(tripped.n, 0) AS round_trips
    FROM apps AS a
    JOIN work AS w USING (app) LEFT JOIN entered USING (app) LEFT JOIN tripped USING (app)
    WHERE a.name <> '(unknown)'
    ORDER BY a.app
"""


def friction_by_screen(loaded: LoadedStudy) -> pl.DataFrame:
    """
    Where the time of a case goes.

    Returns:

        One row per screen, most seconds per case first: screen (code), visits, cases, dwell_s_per_case (over all cases),
        dwell_s_median and dwell_s_p90 (per visit), returns_per_case, repeat_clicks (bursts), dead_clicks (null where the application shows
        no reactions), corrections_per_case, passed_over, never_touched, excess_s_per_case (observed minus what the keystroke-level model
        gives at the study's own pace; null where nothing on the screen is modelled), n_agents.
    """
    n_cases = _n_cases(loaded)
    per_case = [(pl.col(source) / n_cases).alias(name) for source, name in (
        ("case_s", "dwell_s_per_case"), ("returns", "returns_per_case"), ("corrections", "corrections_per_case"))]  # fmt: skip
    frame = loaded.query(BY_SCREEN).join(_excess(loaded, n_cases), on="screen", how="left")
    return (
        frame.with_columns(per_case).drop("case_s", "returns", "corrections").sort("dwell_s_per_case", "screen", descending=[True, False])
    )


def _n_cases(loaded: LoadedStudy) -> pl.Expr:
    """Cases to divide by; null where there are none, for then nothing is known per case."""
    return pl.lit(loaded.n_cases or None, dtype=pl.Int64)


def _excess(loaded: LoadedStudy, n_cases: pl.Expr) -> pl.DataFrame:
    """
    Seconds per case above the model, by screen.

    The model is scaled so that over the whole study it gives the time observed: excess says where time is spent beyond the usual, and adds
    up to 0 over screens.
    """
    timed = with_model_times(loaded.table("event_times").sort("session", "seq")).filter(pl.col("case_no").is_not_null())
    totals = timed.group_by("screen").agg(active_s=pl.col("case_active_ms").sum() / 1000, model_s=pl.col("model_s").sum())
    observed, modelled = float(totals["active_s"].sum()), float(totals["model_s"].sum())
    pace = observed / modelled if modelled else 0.0
    excess = (pl.col("active_s") - pace * pl.col("model_s")) / n_cases
    return totals.select("screen", excess_s_per_case=pl.when(pl.col("model_s") > 0).then(excess))


def friction_by_field(loaded: LoadedStudy) -> pl.DataFrame:
    """
    How each field is worked with.

    Returns:

        One row per field, most time first: field (code), visits, dwell_s_median, hesitation_s_median, corrections_per_visit, return_rate,
        skip_rate and never_touched_rate (shares of the cases in which the form was shown), n_cases (in which it was
        shown or touched), n_agents. Null = not measured.
    """
    frame = loaded.query(BY_FIELD)
    return frame.sort(pl.col("visits") * pl.col("dwell_s_median").fill_null(0), "field", descending=[True, False])


def friction_by_app(loaded: LoadedStudy) -> pl.DataFrame:
    """
    Where the time goes between systems.

    Returns:

        One row per app, most seconds per case first: app (code), dwell_s_per_case, switches_in and round_trips (study totals).
    """
    frame = loaded.query(BY_APP).with_columns(dwell_s_per_case=pl.col("case_s") / _n_cases(loaded)).drop("case_s")
    return frame.sort("dwell_s_per_case", "app", descending=[True, False])


def switches_between_apps(loaded: LoadedStudy) -> pl.DataFrame:
    """Changes of application within cases: from_app, to_app (codes), per_case; most frequent first."""
    counts = loaded.query("""
        SELECT from_app, to_app, count(*) AS n FROM app_switches
        WHERE from_app IS NOT NULL AND case_no IS NOT NULL GROUP BY ALL ORDER BY n DESC, from_app, to_app
    """)
    return counts.with_columns(per_case=pl.col("n") / max(1, loaded.n_cases)).drop("n")
