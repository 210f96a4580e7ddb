"""The friction tables said once more in SQL, over the tables of the concepts: what the sums are held against."""

from __future__ import annotations

import duckdb
import polars as pl

from analysis.klm import KEY_S, MENTAL_S, MOTOR_S
from analysis.tables import frame_of

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


SWITCHES = """
    SELECT from_app, to_app, count(*) AS n FROM app_switches
    WHERE from_app IS NOT NULL AND case_no IS NOT NULL GROUP BY ALL ORDER BY n DESC, from_app, to_app
"""

CASES = """
    SELECT e.session, e.case_no, min(e.t_ms) AS start_ms, max(e.t_ms) AS end_ms, sum(e.case_active_ms) AS active_ms
         , count(*) AS n_events, count(DISTINCT CASE WHEN a.name <> '(unknown)' THEN e.app END) AS n_apps
         , (SELECT count(*) FROM app_switches AS s WHERE s.session = e.session AND s.case_no = e.case_no) AS n_switches
    FROM event_times AS e JOIN apps AS a USING (app)
    WHERE e.case_no IS NOT NULL
    GROUP BY e.session, e.case_no
    ORDER BY e.session, e.case_no
"""


def _frame(con: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    return frame_of(con.sql(sql))


def _n_cases(con: duckdb.DuckDBPyConnection) -> pl.Expr:
    """Cases to divide by; null where there are none, for then nothing is known per case."""
    return pl.lit(cases(con).height or None, dtype=pl.Int64)


def cases(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per case, as `analysis.kernel.casework` has it."""
    return _frame(con, CASES)


def friction_by_screen(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`analysis.friction.friction_by_screen`."""
    n_cases = _n_cases(con)
    per_case = [(pl.col(source) / n_cases).alias(name) for source, name in (
        ("case_s", "dwell_s_per_case"), ("returns", "returns_per_case"), ("corrections", "corrections_per_case"))]  # fmt: skip
    frame = _frame(con, BY_SCREEN).join(_excess(con, n_cases), on="screen", how="left")
    return (
        frame.with_columns(per_case).drop("case_s", "returns", "corrections").sort("dwell_s_per_case", "screen", descending=[True, False])
    )


def _excess(con: duckdb.DuckDBPyConnection, n_cases: pl.Expr) -> pl.DataFrame:
    timed = _with_model_times(_frame(con, "SELECT * FROM event_times ORDER BY session, seq")).filter(pl.col("case_no").is_not_null())
    totals = timed.group_by("screen").agg(active_s=pl.col("case_active_ms").sum() / 1000, model_s=pl.col("model_s").sum())
    observed, modelled = float(totals["active_s"].sum()), float(totals["model_s"].sum())
    pace = observed / modelled if modelled else 0.0
    excess = (pl.col("active_s") - pace * pl.col("model_s")) / n_cases
    return totals.select("screen", excess_s_per_case=pl.when(pl.col("model_s") > 0).then(excess))


def _with_model_times(event_times: pl.DataFrame) -> pl.DataFrame:
    same = pl.col("session") == pl.col("session").shift()
    new_app = same & (pl.col("app") != pl.col("app").shift())
    keyed = pl.col("action").is_in(["input", "change"])
    same_field = same & (pl.col("field") == pl.col("field").shift())
    next_is_click = (pl.col("next_action") == "click") & (pl.col("next_field") == pl.col("field"))
    focus = pl.col("action") == "focus"
    base = (
        pl.when(focus & next_is_click).then(0.0)
        .when(focus & (pl.col("role") == "cell")).then(MOTOR_S["click"])
        .otherwise(pl.col("action").replace_strict(MOTOR_S, default=0.0, return_dtype=pl.Float64))
    )  # fmt: skip
    motor = base + pl.when(keyed).then(pl.col("keys").fill_null(0) * KEY_S).otherwise(0)
    typed_first = keyed & ~(same_field & pl.col("action").shift().is_in(["input", "paste"])).fill_null(value=False)
    mental = pl.when((new_app | typed_first).fill_null(value=False)).then(MENTAL_S).otherwise(0.0)
    return event_times.with_columns(motor_s=motor).with_columns(model_s=pl.col("motor_s") + mental)


def friction_by_field(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`analysis.friction.friction_by_field`."""
    return _frame(con, BY_FIELD).sort(pl.col("visits") * pl.col("dwell_s_median").fill_null(0), "field", descending=[True, False])


def friction_by_app(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`analysis.friction.friction_by_app`."""
    frame = _frame(con, BY_APP).with_columns(dwell_s_per_case=pl.col("case_s") / _n_cases(con)).drop("case_s")
    return frame.sort("dwell_s_per_case", "app", descending=[True, False])


def switches_between_apps(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`analysis.friction.switches_between_apps`."""
    return _frame(con, SWITCHES).with_columns(per_case=pl.col("n") / max(1, cases(con).height)).drop("n")


def totals(con: duckdb.DuckDBPyConnection, gap_drop_ms: int) -> dict[str, int]:
    """`analysis.kernel.coverage.TOTALS`."""
    frame = _frame(con, "SELECT * FROM event_times").with_columns(gap=pl.col("gap_ms").fill_null(0))
    paused, blind = pl.col("action") == "pause", pl.col("action") == "gap_start"
    last = pl.col("seq") == pl.col("seq").max().over("session", "case_no")
    inside = pl.col("case_no").is_not_null() & ~last & ~paused & ~blind
    sums = {
        "events": pl.len(),
        "events_in_case": pl.col("case_no").count(),
        "recorded_ms": pl.col("gap").sum(),
        "active_ms": pl.col("active_ms").sum(),
        "long_gaps_ms": pl.col("gap").filter((pl.col("gap") > gap_drop_ms) & ~paused & ~blind).sum(),
        "paused_ms": pl.col("gap").filter(paused).sum(),
        "blind_ms": pl.col("gap").filter(blind).sum(),
        "calls": pl.col("action").is_in(["call_start", "call_end"]).sum(),
        "keyed": pl.col("keys").count(),
    } | {f"case_ms_{gap_s}": pl.col("gap").filter(inside & (pl.col("gap") <= gap_s * 1000)).sum() for gap_s in (60, 120, 300)}
    return frame.select(**sums).row(0, named=True)
