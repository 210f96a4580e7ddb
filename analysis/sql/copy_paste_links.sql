-- Title: Copy-paste links: each paste, the copy it came from, and the edit it ended in.
-- Grain: one row per paste; ordered by session, paste_seq.
-- Columns: copy_seq, copy_case_no · source_app, source_screen, source_field (of the last copy of the session before
--   the paste that put something on the clipboard) · target_app, target_screen, target_field · case_no (of the paste) · start_seq, start_ms · edit_seq,
--   edit_ms · active_ms (from start to edit, the gap rule applied to each gap between)
-- Units: ms since the session began; active_ms is active ms.
-- Reads: event_times, edits
-- Params: none
-- Missing values: source_field is null where the copy's origin is unknown (its app is then "(unknown)"); copy_*,
--   source_*, start_* and active_ms are null for a paste without an earlier copy in the session; target_field is null
--   for a paste into nothing known, which then is its own end.
-- Rule: the edit that ends a link is the next change or select of the target field, if it comes before an edit of
--   another field and before another paste into the target, and does not belong to another case; else the paste
--   itself. A link starts with its copy, or with the last edit of any field before the paste if that is later:
--
--     copy S        paste A   change A        paste B   change B
--     |---- link 1 -----------|------- link 2 ----------|
--
--   A copy of nothing leaves the clipboard as it was, so it is no copy here: one without a mark, in a session in which
--   other copies have marks, unless it says that something was copied (a short value has no mark, nor has a password).
-- Source: contracts, section 2 (time of an occurrence). On the StudentRecord log the links are the known transfers,
--   and together take 47.0 s of the 72.2 s of a case.
WITH fills AS (
    SELECT
        *
        , action = 'copy' AND (
            mark IS NOT NULL OR coalesce(filled, FALSE) OR coalesce(role = 'password', FALSE)
            OR NOT bool_or(action = 'copy' AND mark IS NOT NULL) OVER (PARTITION BY session)
        ) AS fills_clipboard
    FROM event_times
)

, on_target AS (
    SELECT
        *
        , last_value(CASE WHEN fills_clipboard THEN seq END IGNORE NULLS) OVER before AS copy_seq
        , min(CASE WHEN action IN ('change', 'select') THEN seq END) OVER after_on_field AS change_seq
        , min(CASE WHEN action = 'paste' THEN seq END) OVER after_on_field AS next_paste_seq
    FROM fills
    WINDOW
        before AS (PARTITION BY session ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        , after_on_field AS (
            PARTITION BY session, field ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        )
)

, edit_runs AS (
    SELECT
        *
        , count(CASE WHEN begins_run THEN 1 END) OVER (PARTITION BY session ORDER BY seq) AS run_no
    FROM (
        SELECT *, field IS DISTINCT FROM lag(field) OVER (PARTITION BY session ORDER BY seq) AS begins_run
        FROM edits
    )
)

, edit_run_ends AS (
    SELECT session, run_no, lead(min(seq)) OVER (PARTITION BY session ORDER BY run_no) AS other_field_seq
    FROM edit_runs
    GROUP BY session, run_no
)

, next_edits AS (
    SELECT edit_runs.session, edit_runs.seq, edit_runs.field, edit_run_ends.other_field_seq
    FROM edit_runs
    INNER JOIN edit_run_ends USING (session, run_no)
)

, pastes AS (
    SELECT
        on_target.*
        , edit_before.seq AS edit_before_seq
        , CASE
            WHEN edit_after.field = on_target.field THEN edit_after.other_field_seq ELSE edit_after.seq
        END AS other_edit_seq
    FROM on_target
    ASOF LEFT JOIN edits AS edit_before
        ON on_target.session = edit_before.session AND on_target.seq > edit_before.seq
    ASOF LEFT JOIN next_edits AS edit_after
        ON on_target.session = edit_after.session AND on_target.seq < edit_after.seq
    WHERE on_target.action = 'paste'
)

, bounded AS (
    SELECT
        pastes.*
        , CASE WHEN pastes.copy_seq IS NOT NULL THEN greatest(pastes.copy_seq, pastes.edit_before_seq) END AS start_seq
        , CASE
            WHEN pastes.field IS NOT NULL
                AND coalesce(pastes.change_seq < pastes.other_edit_seq, TRUE)
                AND coalesce(pastes.change_seq < pastes.next_paste_seq, TRUE)
                AND coalesce(change.case_no = pastes.case_no, TRUE)
                THEN pastes.change_seq
        END AS ending_seq
    FROM pastes
    LEFT JOIN event_times AS change ON pastes.session = change.session AND pastes.change_seq = change.seq
)

SELECT
    bounded.session
    , bounded.seq AS paste_seq
    , bounded.copy_seq
    , source.case_no AS copy_case_no
    , source.app AS source_app
    , source.screen AS source_screen
    , source.field AS source_field
    , bounded.app AS target_app
    , bounded.screen AS target_screen
    , bounded.field AS target_field
    , bounded.case_no
    , start.seq AS start_seq
    , start.t_ms AS start_ms
    , edit.seq AS edit_seq
    , edit.t_ms AS edit_ms
    , edit.active_clock_ms - start.active_clock_ms AS active_ms
FROM bounded
INNER JOIN event_times AS edit
    ON bounded.session = edit.session AND coalesce(bounded.ending_seq, bounded.seq) = edit.seq
LEFT JOIN event_times AS source ON bounded.session = source.session AND bounded.copy_seq = source.seq
LEFT JOIN event_times AS start ON bounded.session = start.session AND bounded.start_seq = start.seq
ORDER BY bounded.session, bounded.seq
