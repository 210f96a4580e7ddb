-- Title: Sessions: how much of each recording there is.
-- Grain: one row per session.
-- Columns: session · events · cases · recorded_s (from first to last event) · active_s (without the gaps that do not
--   count)
-- Units: seconds; events and cases count.
-- Reads: event_times
-- Params: none
-- Missing values: none.
-- Rule: nothing here, nor anywhere else, says whose session it is, when it was, or which sessions are of one agent.
-- Source: contracts, section 6.
SELECT
    printf('s%03d', session) AS session
    , count(*) AS events
    , count(DISTINCT case_no) AS cases
    , (max(t_ms) - min(t_ms)) / 1000 AS recorded_s
    , sum(active_ms) / 1000 AS active_s
FROM codes.event_times
GROUP BY session
