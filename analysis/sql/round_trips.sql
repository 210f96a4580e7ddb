-- Title: Round trips: from one application to another and straight back (A, B, A).
-- Grain: one row per round trip; ordered by session, out_seq.
-- Columns: from_app (A) · app (B, for which it counts) · out_seq, out_ms (first event in B) · back_seq, back_ms
--   (first event back in A) · away_ms (active time from the one to the other) · case_no (of the visit to B)
-- Units: ms since the session began; away_ms is active ms.
-- Reads: app_switches, event_times
-- Params: none
-- Missing values: as in app_switches, unknown apps are passed by.
-- Rule: two switches in a row of which the second goes back. Trips may share a leg: A, B, A, B counts for B and A.
-- Source: contracts, section 2 (a round trip is A, B, A and counts for B).
WITH next_switch AS (
    SELECT
        *
        , lead(to_app) OVER in_session AS next_app
        , lead(seq) OVER in_session AS back_seq
        , lead(t_ms) OVER in_session AS back_ms
    FROM app_switches
    WINDOW in_session AS (PARTITION BY session ORDER BY switch_no)
)

SELECT
    next_switch.session
    , next_switch.from_app
    , next_switch.to_app AS app
    , next_switch.seq AS out_seq
    , next_switch.t_ms AS out_ms
    , next_switch.back_seq
    , next_switch.back_ms
    , back.active_clock_ms - away.active_clock_ms AS away_ms
    , next_switch.case_no
FROM next_switch
INNER JOIN event_times AS away ON next_switch.session = away.session AND next_switch.seq = away.seq
INNER JOIN event_times AS back ON next_switch.session = back.session AND next_switch.back_seq = back.seq
WHERE next_switch.next_app = next_switch.from_app
ORDER BY next_switch.session, next_switch.seq
