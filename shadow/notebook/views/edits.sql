-- Title: Edits: a field got its value.
-- Grain: one row per edit.
-- Columns: session, seq · t_s · case_no · app, screen, field, label, role · action · pasted · value_mark, filled
--   (after the edit) · keys
-- Units: seconds since the session began; keys counts.
-- Reads: edits
-- Params: none
-- Missing values: case_no is null for what belongs to no case. value_mark, filled and keys are null where the log does
--   not tell them.
-- Rule: as the concept of analysis/sql that it reads says; names for codes, seconds for milliseconds.
-- Source: analysis/sql.
SELECT
    printf('s%03d', edits.session) AS session
    , edits.seq
    , edits.t_ms / 1000 AS t_s
    , edits.case_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , edits.role
    , edits.action
    , edits.pasted
    , edits.mark AS value_mark
    , edits.filled
    , edits.keys
FROM codes.edits AS edits
LEFT JOIN codes.apps AS apps ON edits.app = apps.app
LEFT JOIN codes.screens AS screens ON edits.screen = screens.screen
LEFT JOIN codes.fields AS fields ON edits.field = fields.field
