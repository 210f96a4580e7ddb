-- Title: Events with their active time. The one place where the gap rule lives.
-- Grain: one row per event; ordered by session, seq.
-- Columns: those of events, and
--   gap_ms          time to the next event of the session
--   active_ms       gap_ms, but 0 after a gap longer than gap_drop_ms, after pause or gap_start, and for the last
--                   event; it belongs to this event: to its screen, field and app
--   case_active_ms  active_ms as far as it counts to the event's case: 0 for the last event of a case, and without a
--                   case
--   active_clock_ms active time of the session before this event; the difference of two is what is active between
--   next_seq, next_t_ms, next_action, next_app, next_screen, next_field  of the next event of the session
-- Units: ms.
-- Reads: events
-- Params: gap_drop_ms
-- Missing values: gap_ms and next_* are null for the last event of a session.
-- Rule: as the columns say. A gap of exactly gap_drop_ms counts. Cases may interleave: the gap after an event is its
--   case's as long as the case goes on at all.
-- Source: contracts, section 2 (a gap without any event above 120 s counts for nothing).
WITH neighbours AS (
    SELECT
        *
        , lead(seq) OVER in_session AS next_seq
        , lead(t_ms) OVER in_session AS next_t_ms
        , lead(action) OVER in_session AS next_action
        , lead(app) OVER in_session AS next_app
        , lead(screen) OVER in_session AS next_screen
        , lead(field) OVER in_session AS next_field
        , seq = max(seq) OVER (PARTITION BY session, case_no) AS ends_case
    FROM events
    WINDOW in_session AS (PARTITION BY session ORDER BY seq)
)

, active AS (
    SELECT
        *
        , next_t_ms - t_ms AS gap_ms
        , CASE
            WHEN next_t_ms IS NULL THEN 0
            WHEN action IN ('pause', 'gap_start') THEN 0
            WHEN next_t_ms - t_ms > $gap_drop_ms THEN 0
            ELSE next_t_ms - t_ms
        END AS active_ms
    FROM neighbours
)

SELECT
    session, agent, seq, t_ms, action, app, screen, field, role, mark, filled, keys, x, y, case_no
    , gap_ms
    , active_ms
    , CASE WHEN case_no IS NULL OR ends_case THEN 0 ELSE active_ms END AS case_active_ms
    , CAST(sum(active_ms) OVER (PARTITION BY session ORDER BY seq) - active_ms AS BIGINT) AS active_clock_ms
    , next_seq, next_t_ms, next_action, next_app, next_screen, next_field
FROM active
ORDER BY session, seq
