-- Title: App switches: from one application to another.
-- Grain: one row per change of application.
-- Columns: session, switch_no · source_app, target_app · t_s (first event in the target) · case_no
-- Units: seconds since the session began.
-- Reads: app_switches
-- Params: none
-- Missing values: case_no is null for what belongs to no case. Stays in an unknown application are passed by.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', app_switches.session) AS session
    , app_switches.switch_no
    , source.name AS source_app
    , target.name AS target_app
    , app_switches.t_ms / 1000 AS t_s
    , app_switches.case_no
FROM codes.app_switches AS app_switches
LEFT JOIN codes.apps AS source ON app_switches.from_app = source.app
LEFT JOIN codes.apps AS target ON app_switches.to_app = target.app
