-- Title: App visits: unbroken stays in one application.
-- Grain: one row per visit.
-- Columns: session, visit_no · app · start_s, end_s · dwell_s · events · case_no
-- Units: seconds since the session began; dwell_s active seconds.
-- Reads: app_visits
-- Params: none
-- Missing values: case_no is null for what belongs to no case. The app is '(unknown)' where the log does not know it.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', app_visits.session) AS session
    , app_visits.visit_no
    , apps.name AS app
    , app_visits.start_ms / 1000 AS start_s
    , app_visits.end_ms / 1000 AS end_s
    , app_visits.dwell_ms / 1000 AS dwell_s
    , app_visits.n_events AS events
    , app_visits.case_no
FROM codes.app_visits AS app_visits
LEFT JOIN codes.apps AS apps ON app_visits.app = apps.app
