-- Title: App switches: from one application to another.
-- Grain: one row per change of application; ordered by session, switch_no (from 1 in each session).
-- Columns: from_app, to_app · seq, t_ms (of the first event in to_app) · case_no (of the visit to to_app)
-- Units: ms since the session began.
-- Reads: app_visits
-- Params: none
-- Missing values: stays in an unknown app are passed by: A, unknown, A is no switch, and A, unknown, B is one from A
--   to B. case_no is null if the visit belongs to no case.
-- Rule: a visit to a known app whose last known app before it is another one.
-- Source: contracts, section 2 (a switch is a change of application).
WITH known_visits AS (
    SELECT *, lag(app) OVER (PARTITION BY session ORDER BY visit_no) AS from_app
    FROM app_visits
    WHERE known
)

SELECT
    session
    , CAST(row_number() OVER (PARTITION BY session ORDER BY visit_no) AS INTEGER) AS switch_no
    , from_app
    , app AS to_app
    , first_seq AS seq
    , start_ms AS t_ms
    , case_no
FROM known_visits
WHERE from_app <> app
ORDER BY session, switch_no
