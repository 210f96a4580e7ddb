-- Title: Corrections: an edit undone or redone within its case.
-- Grain: one row per correction.
-- Columns: session, seq · t_s · case_no · app, screen, field, label · kind (`cleared` or `changed`)
-- Units: seconds since the session began.
-- Reads: corrections
-- Params: none
-- Missing values: without a case there is no correction, nor in cells, grids and documents.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', corrections.session) AS session
    , corrections.seq
    , corrections.t_ms / 1000 AS t_s
    , corrections.case_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , corrections.kind
FROM codes.corrections AS corrections
LEFT JOIN codes.apps AS apps ON corrections.app = apps.app
LEFT JOIN codes.screens AS screens ON corrections.screen = screens.screen
LEFT JOIN codes.fields AS fields ON corrections.field = fields.field
