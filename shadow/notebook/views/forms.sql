-- Title: Forms: the fields that a screen announced as fillable when it was shown.
-- Grain: one row per announcement and field.
-- Columns: session, seq (of the `screen` event) · t_s · case_no · app, screen, field, label, role, required
-- Units: seconds since the session began.
-- Reads: forms, events
-- Params: none
-- Missing values: no row where the log does not say which fields a form has.
-- Rule: as the log announces them.
-- Source: contracts, section 3 (elements).
SELECT
    printf('s%03d', forms.session) AS session
    , forms.seq
    , events.t_ms / 1000 AS t_s
    , events.case_no
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , fields.role
    , fields.required
FROM codes.forms AS forms
INNER JOIN codes.events AS events ON forms.session = events.session AND forms.seq = events.seq
INNER JOIN codes.fields AS fields ON forms.field = fields.field
INNER JOIN codes.screens AS screens ON fields.screen = screens.screen
INNER JOIN codes.apps AS apps ON fields.app = apps.app
