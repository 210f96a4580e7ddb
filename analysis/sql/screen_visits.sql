-- Title: Screen visits: unbroken stays on one screen.
-- Grain: one row per visit; ordered by session, visit_no (from 1 in each session).
-- Columns: app, screen · first_seq, last_seq · start_ms, end_ms (when the next visit begins; the last visit ends with
--   its last event) · dwell_ms (sum of active_ms of its events) · n_events · case_no (of its first event that has
--   one)
-- Units: ms since the session began; dwell_ms is active ms.
-- Reads: event_times
-- Params: none
-- Missing values: case_no is null if no event of the visit belongs to a case.
-- Rule: a run of events on one screen of one app. A second `screen` event of the same screen, a pause and a change of
--   case do not end it. Every event lies in exactly one visit, so dwell sums to the session's active time.
-- Source: own definition.
WITH entered AS (
    SELECT
        *
        , (lag(seq) OVER in_session IS NULL
            OR app IS DISTINCT FROM lag(app) OVER in_session
            OR screen IS DISTINCT FROM lag(screen) OVER in_session) AS enters
    FROM event_times
    WINDOW in_session AS (PARTITION BY session ORDER BY seq)
)

, numbered AS (
    SELECT *, CAST(count(CASE WHEN enters THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS INTEGER) AS visit_no
    FROM entered
)

SELECT
    session
    , visit_no
    , first(app) AS app
    , first(screen) AS screen
    , min(seq) AS first_seq
    , max(seq) AS last_seq
    , min(t_ms) AS start_ms
    , max(coalesce(next_t_ms, t_ms)) AS end_ms
    , CAST(sum(active_ms) AS BIGINT) AS dwell_ms
    , CAST(count(*) AS INTEGER) AS n_events
    , arg_min(case_no, seq) FILTER (case_no IS NOT NULL) AS case_no
FROM numbered
GROUP BY session, visit_no
ORDER BY session, visit_no
