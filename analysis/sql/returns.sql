-- Title: Returns: back to a field already filled.
-- Grain: one row per case and field filled in it; ordered by session, case_no, field.
-- Columns: app, screen · filled_seq (of the first edit that filled the field) · n_returns (later visits of the field
--   in the case that entered it) · first_return_seq
-- Units: counts. return_rate of a field = share of its rows with n_returns > 0.
-- Reads: edits, field_visits
-- Params: none
-- Missing values: fields filled outside any case have no row, nor have cells, grids and documents: one such field
--   stands for many places. first_return_seq is null without a return. An edit whose state is not known counts as
--   filling.
-- Rule: a return is a visit of the field, in the case, that begins after the first edit that left it filled, and that
--   enters it: by focus, click, input, change, paste or select.
-- Source: contracts, section 2 (of the cases in which the field was filled, those in which it was entered again
--   afterwards).
WITH filled AS (
    SELECT session, case_no, field, first(app) AS app, first(screen) AS screen, min(seq) AS filled_seq
    FROM edits
    WHERE case_no IS NOT NULL
        AND coalesce(filled, TRUE)
        AND coalesce(role NOT IN ('cell', 'grid', 'document'), TRUE)
    GROUP BY session, case_no, field
)

SELECT
    filled.session
    , filled.case_no
    , filled.field
    , first(filled.app) AS app
    , first(filled.screen) AS screen
    , first(filled.filled_seq) AS filled_seq
    , CAST(count(back.first_seq) AS INTEGER) AS n_returns
    , min(back.first_seq) AS first_return_seq
FROM filled
LEFT JOIN field_visits AS back
    ON filled.session = back.session
    AND filled.case_no = back.case_no
    AND filled.field = back.field
    AND filled.filled_seq < back.first_seq
    AND back.entered
GROUP BY filled.session, filled.case_no, filled.field
ORDER BY filled.session, filled.case_no, filled.field
