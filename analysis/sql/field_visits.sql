-- Title: Field visits: unbroken stays on one field, with hesitation and what became of the field.
-- Grain: one row per visit; ordered by session, visit_no (from 1 in each session).
-- Columns: screen_visit_no · app, screen, field, role · first_seq, last_seq (of its events on the field) · start_ms,
--   end_ms · dwell_ms · n_events, n_keys · first_input_seq, first_input_ms (first input, change, paste or select) ·
--   hesitation_ms · focused (holds a focus or click) · entered (focused, or holds an input, change, paste or select)
--   · changed (holds an input, change, paste or select) · seen_filled (the field was filled at some event of the
--   visit) · filled_after (last known state) · case_no
-- Units: ms since the session began; dwell_ms is active ms, hesitation_ms wall ms.
-- Reads: event_times, screen_visits
-- Params: none
-- Missing values: filled_after is null if no event tells the state; n_keys if none counts keys; hesitation_ms if the
--   visit does not begin with focus or click, has no input, or a dropped gap or a pause lies between (not measured,
--   not 0).
-- Rule: a stay is a run of events on one field within one screen visit; events without a field (a mark, a call) do not
--   break it, nor do `screen` events with one: they only say what the screen shows. Within a stay a new visit begins (a) where an event's case differs from the stay's last known case, and
--   (b) with any event but `change` and `blur` after the field was left by `blur`: programs write the change late.
--   The visit ends at its first blur, else with the gap after its last event on the field:
--
--     focus F   input F   mark   change F   blur F        focus G
--     |---------|---------|------|----------|             |------
--     `------------ dwell of F -------------'             `- dwell of G
--     `-hesitat.'
--
-- Source: own definition; field time from focus in to focus out after Zuko, zuko.io/guides/metric-definitions.
WITH on_field AS (
    SELECT event_times.*, screen_visits.visit_no AS screen_visit_no
    FROM event_times
    ASOF JOIN screen_visits
        ON event_times.session = screen_visits.session AND event_times.seq >= screen_visits.first_seq
    WHERE event_times.field IS NOT NULL AND event_times.action <> 'screen'
)

, stay_begins AS (
    SELECT
        *
        , (field IS DISTINCT FROM lag(field) OVER in_session
            OR screen_visit_no IS DISTINCT FROM lag(screen_visit_no) OVER in_session) AS begins_stay
    FROM on_field
    WINDOW in_session AS (PARTITION BY session ORDER BY seq)
)

, stays AS (
    SELECT *, count(CASE WHEN begins_stay THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS stay_no
    FROM stay_begins
)

, visit_begins AS (
    SELECT
        *
        , (begins_stay
            OR coalesce(case_no <> last_value(case_no IGNORE NULLS) OVER earlier, FALSE)
            OR (action NOT IN ('change', 'blur')
                AND coalesce(last_value(nullif(action, 'change') IGNORE NULLS) OVER earlier = 'blur', FALSE))
        ) AS begins_visit
    FROM stays
    WINDOW earlier AS (
        PARTITION BY session, stay_no ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)

, numbered AS (
    SELECT
        *
        , CAST(count(CASE WHEN begins_visit THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS INTEGER) AS visit_no
        , action IN ('input', 'change', 'paste', 'select') AS is_input
    FROM visit_begins
)

, visits AS (
    SELECT
        session
        , visit_no
        , min(screen_visit_no) AS screen_visit_no
        , first(app) AS app
        , first(screen) AS screen
        , first(field) AS field
        , first(role) AS role
        , min(seq) AS first_seq
        , max(seq) AS last_seq
        , min(t_ms) AS start_ms
        , coalesce(min(t_ms) FILTER (action = 'blur'), max(coalesce(next_t_ms, t_ms))) AS end_ms
        , min(active_clock_ms) AS start_clock_ms
        , coalesce(
            min(active_clock_ms) FILTER (action = 'blur'), max(active_clock_ms + active_ms)
        ) AS end_clock_ms
        , CAST(count(*) AS INTEGER) AS n_events
        , CAST(sum(keys) AS BIGINT) AS n_keys
        , arg_min(action, seq) AS first_action
        , min(seq) FILTER (is_input) AS first_input_seq
        , min(t_ms) FILTER (is_input) AS first_input_ms
        , min(active_clock_ms) FILTER (is_input) AS first_input_clock_ms
        , bool_or(action IN ('focus', 'click')) AS focused
        , bool_or(is_input) AS changed
        , coalesce(bool_or(filled), FALSE) AS seen_filled
        , arg_max(filled, seq) FILTER (filled IS NOT NULL) AS filled_after
        , arg_min(case_no, seq) FILTER (case_no IS NOT NULL) AS case_no
    FROM numbered
    GROUP BY session, visit_no
)

SELECT
    session, visit_no, screen_visit_no, app, screen, field, role, first_seq, last_seq, start_ms, end_ms
    , end_clock_ms - start_clock_ms AS dwell_ms
    , n_events, n_keys, first_input_seq, first_input_ms
    , CASE
        WHEN first_action IN ('focus', 'click')
            -- All of the time between is active, or else some of it was not observed.
            AND first_input_ms - start_ms = first_input_clock_ms - start_clock_ms
            THEN first_input_ms - start_ms
    END AS hesitation_ms
    , focused, focused OR changed AS entered, changed, seen_filled, filled_after, case_no
FROM visits
ORDER BY session, visit_no
