-- Title: Skips: fields passed over, and fields never touched.
-- Grain: one row per piece of work, field and kind; ordered by session, case_no, screen_visit_no, field, kind. A
--   piece of work is a case; where there is none, a screen visit.
-- Columns: case_no or screen_visit_no · app, screen, field · kind (`never_touched` or `passed_over`) · skipped
-- Units: none. A rate is the share of rows skipped: every row stands for a case in which the form was shown.
-- Reads: event_times, screen_visits, field_visits, fillable_fields, forms
-- Params: passed_over_min_ms
-- Missing values: a row has a case_no or a screen_visit_no, the other is null. `never_touched` has rows only for
--   fields that some `screen` event announces: without it an untouched field is not seen at all. `passed_over` has
--   none in a session whose log tells no field's state: what is empty is not seen. Only fillable_fields have rows.
-- Rule: a form is shown in a case if a `screen` event of the case announces the field or an event of the case is on
--   it; events without a case belong to the case of their visit, if that has one.
--   `passed_over`: a visit that focuses or clicks the field and lasts at least passed_over_min_ms, and in the whole
--     case no input, change, paste or select in it, and never seen filled.
--   `never_touched`: announced, and no event at all is on it.
-- Source: contracts, section 2 (shares of the cases in which the form was shown); passed over is the blank field of
--   Zuko, zuko.io/guides/metric-definitions.
WITH announced AS (
    SELECT
        forms.session
        , coalesce(event_times.case_no, screen_visits.case_no) AS case_no
        , screen_visits.visit_no AS screen_visit_no
        , forms.field
    FROM forms
    INNER JOIN event_times ON forms.session = event_times.session AND forms.seq = event_times.seq
    ASOF JOIN screen_visits
        ON event_times.session = screen_visits.session AND event_times.seq >= screen_visits.first_seq
)

, touched AS (
    SELECT
        field_visits.session
        , coalesce(field_visits.case_no, screen_visits.case_no) AS case_no
        , field_visits.screen_visit_no
        , field_visits.field
        , field_visits.focused AND field_visits.dwell_ms >= $passed_over_min_ms AS stayed
        , field_visits.changed OR field_visits.seen_filled AS has_value
    FROM field_visits
    INNER JOIN screen_visits
        ON field_visits.session = screen_visits.session AND field_visits.screen_visit_no = screen_visits.visit_no
)

, shown AS (
    SELECT session, case_no, screen_visit_no, field, TRUE AS untouched, FALSE AS stayed, FALSE AS has_value
    FROM announced
    UNION ALL
    SELECT session, case_no, screen_visit_no, field, FALSE AS untouched, stayed, has_value
    FROM touched
)

, pieces_of_work AS (
    SELECT
        session
        , case_no
        , CASE WHEN case_no IS NULL THEN screen_visit_no END AS screen_visit_no
        , field
        , bool_and(untouched) AS never_touched
        , bool_or(stayed) AND NOT bool_or(has_value) AS passed_over
    FROM shown
    GROUP BY ALL
)

, kinds AS (
    SELECT session, case_no, screen_visit_no, field, 'never_touched' AS kind, never_touched AS skipped
    FROM pieces_of_work
    WHERE field IN (SELECT field FROM forms)
    UNION ALL
    SELECT session, case_no, screen_visit_no, field, 'passed_over' AS kind, passed_over AS skipped
    FROM pieces_of_work
    WHERE session IN (SELECT session FROM event_times WHERE filled IS NOT NULL)
)

SELECT
    kinds.session, kinds.case_no, kinds.screen_visit_no
    , fillable_fields.app, fillable_fields.screen, kinds.field, kinds.kind, kinds.skipped
FROM kinds
INNER JOIN fillable_fields ON kinds.field = fillable_fields.field
ORDER BY kinds.session, kinds.case_no, kinds.screen_visit_no, kinds.field, kinds.kind
