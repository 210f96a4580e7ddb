-- Title: Fillable fields: fields a person could have filled, so that leaving them empty means something.
-- Grain: one row per fillable field of the study; ordered by field.
-- Columns: app, screen, role · announced (some `screen` event announces it)
-- Units: none.
-- Reads: events, fields, forms
-- Params: none
-- Missing values: role is null where the log gives none.
-- Rule: a field is fillable if it is announced, or if its role is entry, text, combo, check, radio, date or password;
--   one of unknown or other role if the log shows it: an input, change, paste or select in it, or a known
--   state other than where it is only shown or copied from.
-- Source: own definition; roles as in contracts, section 3.
WITH announced AS (
    SELECT DISTINCT field FROM forms
)

, shown_fillable AS (
    SELECT field
    FROM events
    WHERE field IS NOT NULL
    GROUP BY field
    HAVING bool_or(action IN ('input', 'change', 'paste', 'select') OR (filled IS NOT NULL AND action NOT IN ('screen', 'copy')))
)

SELECT fields.field, fields.app, fields.screen, fields.role, announced.field IS NOT NULL AS announced
FROM fields
LEFT JOIN announced ON fields.field = announced.field
LEFT JOIN shown_fillable ON fields.field = shown_fillable.field
WHERE announced.field IS NOT NULL
    OR fields.role IN ('entry', 'text', 'combo', 'check', 'radio', 'date', 'password')
    OR (coalesce(fields.role = 'other', TRUE) AND shown_fillable.field IS NOT NULL)
ORDER BY fields.field
