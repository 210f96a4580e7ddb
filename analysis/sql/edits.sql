-- Title: Edits: what was entered into a field, once for each time it was entered.
-- Grain: one row per edit; ordered by session, seq.
-- Columns: t_ms · action · app, screen, field, role · case_no · pasted (the edit is a paste, or a change with a paste
--   into the field since the change before it) · mark, filled (after the edit) · keys
-- Units: ms since the session began.
-- Reads: event_times
-- Params: none
-- Missing values: mark and filled are null where the log does not tell them. An event without a field is no edit:
--   nobody can tell what was edited.
-- Rule: a change or a select, or a paste or an input that no change of the same field follows before an event on
--   another field.
-- Source: own definition.
WITH on_field AS (
    SELECT *, field IS DISTINCT FROM lag(field) OVER (PARTITION BY session ORDER BY seq) AS begins_run
    FROM event_times
    WHERE field IS NOT NULL AND action <> 'screen'
)

, runs AS (
    SELECT *, count(CASE WHEN begins_run THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS run_no
    FROM on_field
)

, by_change AS (
    SELECT
        *
        , max(CASE WHEN action = 'change' THEN seq END) OVER (PARTITION BY session, run_no) AS last_change_seq
        , count(CASE WHEN action = 'change' THEN 1 END) OVER (
            PARTITION BY session, run_no ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS n_changes_before
    FROM runs
)

, by_paste AS (
    SELECT *, bool_or(action = 'paste') OVER (PARTITION BY session, run_no, n_changes_before) AS has_paste
    FROM by_change
)

SELECT
    session, seq, t_ms, action, app, screen, field, role, case_no
    , action = 'paste' OR (action = 'change' AND has_paste) AS pasted
    , mark, filled, keys
FROM by_paste
WHERE action IN ('change', 'select')
    OR (action IN ('paste', 'input') AND coalesce(seq > last_change_seq, TRUE))
ORDER BY session, seq
