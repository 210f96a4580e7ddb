-- Title: Repeat clicks: bursts of clicks on one place, as if it had not answered.
-- Grain: one row per burst; ordered by session, first_seq.
-- Columns: app, screen, field, role · first_seq, last_seq · start_ms, end_ms (of its first and last click) · n_clicks
--   · case_no (of its first click that has one)
-- Units: ms since the session began.
-- Reads: event_times, fields
-- Params: repeat_click_n, repeat_click_n_grid, repeat_click_gap_ms, repeat_click_px
-- Missing values: field and role are null for clicks on no known element; without x and y such clicks make no burst.
-- Rule: neighbouring clicks of a session belong together if they are at most repeat_click_gap_ms apart, on the same
--   element (or both on none, on the same screen, at most repeat_click_px apart: |dx| + |dy|), and no change, select,
--   screen or switch lies between: that is an answer. A burst has at least repeat_click_n clicks, in cells, grids and
--   documents repeat_click_n_grid, and there its clicks are at most repeat_click_px apart too where positions are
--   known: one such field stands for many places. Where repeated clicks are the way to work there are no bursts: in
--   text, lists and dates (entry, text, password, combo, date) and on steppers and paging (+, -, arrows).
-- Source: after the published rules of PostHog, Datadog, OpenReplay, Mixpanel and Amplitude; see
--   analysis/thresholds.py.
WITH answered AS (
    SELECT
        *
        , count(CASE WHEN action IN ('change', 'select', 'screen', 'switch') THEN 1 END) OVER (
            PARTITION BY session ORDER BY seq
        ) AS n_answers
        , coalesce(role IN ('cell', 'grid', 'document'), FALSE) AS many_places
    FROM event_times
)

, before AS (
    SELECT
        answered.*
        , coalesce(
            -- In text, repeated clicks set the cursor or pick a word; in lists and dates they step through the values.
            answered.role IN ('entry', 'text', 'password', 'combo', 'date')
            -- So they do on steppers and in paging, which are known by their label in any language.
            OR trim(fields.label) IN ('+', '-', '−', '–', '▲', '▼', '<', '>', '‹', '›', '«', '»', '<<', '>>')
            , FALSE
        ) AS is_normal
        , answered.t_ms - lag(answered.t_ms) OVER in_session <= $repeat_click_gap_ms AS is_soon
        , answered.n_answers = lag(answered.n_answers) OVER in_session AS is_unanswered
        , answered.screen IS NOT DISTINCT FROM lag(answered.screen) OVER in_session
            AND answered.field IS NOT DISTINCT FROM lag(answered.field) OVER in_session AS is_same
        , abs(answered.x - lag(answered.x) OVER in_session)
            + abs(answered.y - lag(answered.y) OVER in_session) <= $repeat_click_px AS is_near
    FROM answered
    LEFT JOIN fields ON answered.field = fields.field
    WHERE answered.action = 'click'
    WINDOW in_session AS (PARTITION BY answered.session ORDER BY answered.seq)
)

, linked AS (
    SELECT
        *
        , coalesce(is_soon AND is_unanswered AND is_same, FALSE)
            AND CASE
                WHEN field IS NULL THEN coalesce(is_near, FALSE)
                WHEN many_places THEN coalesce(is_near, TRUE)
                ELSE TRUE
            END AS continues
    FROM before
)

, bursts AS (
    SELECT *, count(CASE WHEN NOT continues THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS burst_no
    FROM linked
)

SELECT
    session
    , min(seq) AS first_seq
    , max(seq) AS last_seq
    , min(t_ms) AS start_ms
    , max(t_ms) AS end_ms
    , CAST(count(*) AS INTEGER) AS n_clicks
    , first(app) AS app
    , first(screen) AS screen
    , first(field) AS field
    , first(role) AS role
    , arg_min(case_no, seq) FILTER (case_no IS NOT NULL) AS case_no
FROM bursts
WHERE NOT is_normal
GROUP BY session, burst_no
HAVING count(*) >= CASE WHEN bool_or(many_places) THEN $repeat_click_n_grid ELSE $repeat_click_n END
ORDER BY session, first_seq
