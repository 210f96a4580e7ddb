-- Title: Dead clicks: clicks on something that should answer, after which nothing happened.
-- Grain: one row per dead click; ordered by session, seq.
-- Columns: t_ms · app, screen, field, role · case_no
-- Units: ms since the session began.
-- Reads: event_times, app_reactions, fillable_fields
-- Params: dead_click_ms
-- Missing values: where app_reactions.shows_reactions is false there is no row because nothing is measured: report
--   null. So it is with a click whose dead_click_ms were not observed to the end: the session ended, paused or went
--   blind before.
-- Rule: a dead click is a click on a button, link or cell, or on a field of unknown role that is not fillable, that no
--   event follows within dead_click_ms (that time included), other than clicks on the same field, and events that are
--   not the app's: marks, calls, holds, case_start and case_end. A click in a cell counts only where the app shows
--   cells answer (focus or select), for selecting a cell is all the answer there is. An answer that comes later does
--   not bring a click to life.
-- Source: after the published rules of PostHog, Amplitude, Sentry and OpenReplay; see analysis/thresholds.py.
WITH observed AS (
    SELECT *, max(t_ms) OVER (PARTITION BY session) AS observed_to_ms
    FROM event_times
)

, relevant AS (
    SELECT
        *
        , (action <> 'click'
            OR field IS NULL
            OR lag(action) OVER in_session IS DISTINCT FROM 'click'
            OR lag(field) OVER in_session IS DISTINCT FROM field) AS begins_run
    FROM observed
    WHERE action NOT IN (
        'mark', 'call_start', 'call_end', 'hold_start', 'hold_end', 'case_start', 'case_end'
    )
    WINDOW in_session AS (PARTITION BY session ORDER BY seq)
)

, runs AS (
    SELECT *, count(CASE WHEN begins_run THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS run_no
    FROM relevant
)

, run_ends AS (
    SELECT session, run_no, lead(min(t_ms)) OVER (PARTITION BY session ORDER BY run_no) AS answer_ms
    FROM runs
    GROUP BY session, run_no
)

SELECT
    runs.session, runs.seq, runs.t_ms, runs.app, runs.screen, runs.field, runs.role, runs.case_no
FROM runs
INNER JOIN run_ends USING (session, run_no)
INNER JOIN app_reactions ON runs.app = app_reactions.app
LEFT JOIN fillable_fields ON runs.field = fillable_fields.field
WHERE runs.action = 'click'
    AND app_reactions.shows_reactions
    AND (
        runs.role IN ('button', 'link')
        OR (runs.role = 'cell' AND app_reactions.shows_cell_reactions)
        OR (runs.role IS NULL AND runs.field IS NOT NULL AND fillable_fields.field IS NULL)
    )
    AND coalesce(run_ends.answer_ms > runs.t_ms + $dead_click_ms, TRUE)
    AND runs.observed_to_ms >= runs.t_ms + $dead_click_ms
ORDER BY runs.session, runs.seq
