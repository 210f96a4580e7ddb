-- Title: Repeat clicks: bursts of clicks on one place, as if it had not answered.
-- Grain: one row per burst.
-- Columns: session · start_s, end_s (first and last click) · case_no · app, screen, field, label, role · clicks
-- Units: seconds since the session began; clicks counts.
-- Reads: repeat_clicks
-- Params: none
-- Missing values: case_no is null for what belongs to no case. field is null for clicks on no known element.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', repeat_clicks.session) AS session
    , repeat_clicks.start_ms / 1000 AS start_s
    , repeat_clicks.end_ms / 1000 AS end_s
    , repeat_clicks.case_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , repeat_clicks.role
    , repeat_clicks.n_clicks AS clicks
FROM codes.repeat_clicks AS repeat_clicks
LEFT JOIN codes.apps AS apps ON repeat_clicks.app = apps.app
LEFT JOIN codes.screens AS screens ON repeat_clicks.screen = screens.screen
LEFT JOIN codes.fields AS fields ON repeat_clicks.field = fields.field
