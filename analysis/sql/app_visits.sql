-- Title: App visits: unbroken stays in one application.
-- Grain: one row per visit; ordered by session, visit_no (from 1 in each session).
-- Columns: app · known (the log knows the app) · first_seq, last_seq · start_ms, end_ms (when the next visit begins;
--   the last visit ends with its last event) · dwell_ms (sum of active_ms of its events) · n_events · case_no (of its
--   first event that has one)
-- Units: ms since the session began; dwell_ms is active ms.
-- Reads: event_times, apps
-- Params: none
-- Missing values: case_no is null if no event of the visit belongs to a case. The app "(unknown)" keeps its time in
--   visits of its own, with known = false: where the agent was is not known, so nothing is said about switches there.
-- Rule: a run of events in one app. Dwell over app visits sums to the session's active time.
-- Source: own definition.
WITH entered AS (
    SELECT
        *
        , (lag(seq) OVER in_session IS NULL OR app IS DISTINCT FROM lag(app) OVER in_session) AS enters
    FROM event_times
    WINDOW in_session AS (PARTITION BY session ORDER BY seq)
)

, numbered AS (
    SELECT *, CAST(count(CASE WHEN enters THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS INTEGER) AS visit_no
    FROM entered
)

, visits AS (
    SELECT
        session
        , visit_no
        , first(app) AS app
        , min(seq) AS first_seq
        , max(seq) AS last_seq
        , min(t_ms) AS start_ms
        , max(coalesce(next_t_ms, t_ms)) AS end_ms
        , CAST(sum(active_ms) AS BIGINT) AS dwell_ms
        , CAST(count(*) AS INTEGER) AS n_events
        , arg_min(case_no, seq) FILTER (case_no IS NOT NULL) AS case_no
    FROM numbered
    GROUP BY session, visit_no
)

SELECT
    visits.session
    , visits.visit_no
    , visits.app
    , coalesce(apps.name <> '(unknown)', FALSE) AS known
    , visits.first_seq
    , visits.last_seq
    , visits.start_ms
    , visits.end_ms
    , visits.dwell_ms
    , visits.n_events
    , visits.case_no
FROM visits
LEFT JOIN apps ON visits.app = apps.app
ORDER BY visits.session, visits.visit_no
