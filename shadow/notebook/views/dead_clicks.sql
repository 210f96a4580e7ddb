-- Title: Dead clicks: clicks on something that should answer, after which nothing happened.
-- Grain: one row per dead click.
-- Columns: session · t_s · case_no · app, screen, field, label, role
-- Units: seconds since the session began.
-- Reads: dead_clicks
-- Params: none
-- Missing values: case_no is null for what belongs to no case. An application that never shows a reaction has no rows
--   because nothing is measured there: not 0.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', dead_clicks.session) AS session
    , dead_clicks.t_ms / 1000 AS t_s
    , dead_clicks.case_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , dead_clicks.role
FROM codes.dead_clicks AS dead_clicks
LEFT JOIN codes.apps AS apps ON dead_clicks.app = apps.app
LEFT JOIN codes.screens AS screens ON dead_clicks.screen = screens.screen
LEFT JOIN codes.fields AS fields ON dead_clicks.field = fields.field
