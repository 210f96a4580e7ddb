-- Title: Fields: every field the study has seen.
-- Grain: one row per field.
-- Columns: app, screen, field, label, role, required
-- Units: none.
-- Reads: fields
-- Params: none
-- Missing values: label and role are null where the log gives none.
-- Rule: label, role and required as first seen.
-- Source: the study's store.
SELECT
    apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , fields.role
    , fields.required
FROM codes.fields AS fields
INNER JOIN codes.screens AS screens ON fields.screen = screens.screen
INNER JOIN codes.apps AS apps ON fields.app = apps.app
