-- Title: Cases: one piece of work each.
-- Grain: one row per case.
-- Columns: session, case_no (from 1 within the session) · start_s, end_s (since the session began) · seconds (active
--   time on the case) · events, apps, switches (changes of application) · how (`given`, `case_id`, `completion` or
--   `cut`)
-- Units: seconds; the others counts.
-- Reads: cases
-- Params: none
-- Missing values: none.
-- Rule: as `shadow cases`.
-- Source: contracts, section 2.
SELECT
    printf('s%03d', session) AS session
    , case_no
    , start_ms / 1000 AS start_s
    , end_ms / 1000 AS end_s
    , active_ms / 1000 AS seconds
    , n_events AS events
    , n_apps AS apps
    , n_switches AS switches
    , how
FROM codes.cases
