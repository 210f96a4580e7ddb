-- Title: Screen visits: unbroken stays on one screen.
-- Grain: one row per visit.
-- Columns: session, visit_no (from 1 within the session) · app, screen · start_s, end_s · dwell_s (active time of the
--   stay) · events · case_no
-- Units: seconds since the session began; dwell_s active seconds.
-- Reads: screen_visits
-- Params: none
-- Missing values: case_no is null for what belongs to no case.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', screen_visits.session) AS session
    , screen_visits.visit_no
    , apps.name AS app
    , screens.name AS screen
    , screen_visits.start_ms / 1000 AS start_s
    , screen_visits.end_ms / 1000 AS end_s
    , screen_visits.dwell_ms / 1000 AS dwell_s
    , screen_visits.n_events AS events
    , screen_visits.case_no
FROM codes.screen_visits AS screen_visits
LEFT JOIN codes.apps AS apps ON screen_visits.app = apps.app
LEFT JOIN codes.screens AS screens ON screen_visits.screen = screens.screen
