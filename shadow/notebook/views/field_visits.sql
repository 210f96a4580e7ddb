-- Title: Field visits: unbroken stays on one field.
-- Grain: one row per visit.
-- Columns: session, visit_no · app, screen, field, label, role · start_s, end_s · dwell_s · hesitation_s (from focus
--   to the first input) · keys · entered, changed (whether the visit focused or filled the field, and whether it
--   changed it) · filled_after · case_no
-- Units: seconds since the session began; dwell_s active seconds, hesitation_s wall seconds; keys counts.
-- Reads: field_visits
-- Params: none
-- Missing values: case_no is null for what belongs to no case. hesitation_s is null where it was not measured, keys
--   where the log counts none, filled_after where no event tells.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', field_visits.session) AS session
    , field_visits.visit_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , field_visits.role
    , field_visits.start_ms / 1000 AS start_s
    , field_visits.end_ms / 1000 AS end_s
    , field_visits.dwell_ms / 1000 AS dwell_s
    , field_visits.hesitation_ms / 1000 AS hesitation_s
    , field_visits.n_keys AS keys
    , field_visits.entered
    , field_visits.changed
    , field_visits.filled_after
    , field_visits.case_no
FROM codes.field_visits AS field_visits
LEFT JOIN codes.apps AS apps ON field_visits.app = apps.app
LEFT JOIN codes.screens AS screens ON field_visits.screen = screens.screen
LEFT JOIN codes.fields AS fields ON field_visits.field = fields.field
