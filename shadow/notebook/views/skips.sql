-- Title: Skips: fields passed over, and fields never touched.
-- Grain: one row per case (where there is none, screen visit), field and kind in which the form was shown.
-- Columns: session, case_no · app, screen, field, label · kind (`never_touched` or `passed_over`) · skipped; the mean
--   of skipped is the rate
-- Units: none.
-- Reads: skips
-- Params: none
-- Missing values: case_no is null for what belongs to no case. A kind the log cannot show has no rows.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', skips.session) AS session
    , skips.case_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , skips.kind
    , skips.skipped
FROM codes.skips AS skips
LEFT JOIN codes.apps AS apps ON skips.app = apps.app
LEFT JOIN codes.screens AS screens ON skips.screen = screens.screen
LEFT JOIN codes.fields AS fields ON skips.field = fields.field
