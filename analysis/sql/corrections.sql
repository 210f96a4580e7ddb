-- Title: Corrections: edits undone or redone within their case.
-- Grain: one row per correction; ordered by session, seq.
-- Columns: kind (`cleared` or `changed`) · t_ms · case_no · app, screen, field · former_seq (the entry undone or
--   redone)
-- Units: ms since the session began.
-- Reads: event_times, field_visits, edits, tokens
-- Params: none
-- Missing values: without a case there is no correction, nor in cells, grids and documents: one such field stands for
--   many places. `changed` needs the marks of both edits; where the log gives none, a change cannot be told and is
--   not counted.
-- Rule: all within one case and one field:
--   `cleared`: an input or change leaves the field empty, and the last input, change, paste or select before it with
--     a known state had left it filled.
--   `changed`: an edit that does not leave the field empty, whose mark differs from that of the edit before it,
--     unless that edit left the field empty, or the field was seen empty since (cleared, or a new form), or the new
--     value only continues the former one: in one field visit after an input or paste that was not yet a change, or
--     by adding words to all of the former value's words ("John" to "John Doe").
-- Source: own definition of the glossary's "an edit undone or redone".
WITH in_place AS (
    SELECT event_times.*, field_visits.visit_no
    FROM event_times
    ASOF JOIN field_visits
        ON event_times.session = field_visits.session AND event_times.seq >= field_visits.first_seq
    WHERE event_times.field IS NOT NULL
        AND event_times.case_no IS NOT NULL
        AND coalesce(event_times.role NOT IN ('cell', 'grid', 'document'), TRUE)
)

, states AS (
    SELECT
        *
        , count(CASE WHEN NOT filled THEN 1 END) OVER (PARTITION BY session, case_no, field ORDER BY seq) AS n_empty
    FROM in_place
)

, entries AS (
    SELECT
        *
        , last_value(CASE WHEN filled IS NOT NULL THEN seq END IGNORE NULLS) OVER earlier AS former_seq
        , last_value(filled IGNORE NULLS) OVER earlier AS former_filled
    FROM states
    WHERE action IN ('input', 'change', 'paste', 'select')
    WINDOW earlier AS (
        PARTITION BY session, case_no, field ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)

, cleared AS (
    SELECT session, seq, 'cleared' AS kind, former_seq
    FROM entries
    WHERE action IN ('input', 'change') AND NOT filled AND former_filled
)

, edit_pairs AS (
    SELECT
        states.*
        , lag(states.seq) OVER of_field AS former_seq
        , lag(states.mark) OVER of_field AS former_mark
        , lag(states.action) OVER of_field AS former_action
        , lag(states.n_empty) OVER of_field AS former_n_empty
        , lag(coalesce(states.filled, TRUE)) OVER of_field AS former_filled
        , lag(states.visit_no) OVER of_field AS former_visit_no
    FROM states
    INNER JOIN edits ON states.session = edits.session AND states.seq = edits.seq
    WINDOW of_field AS (PARTITION BY states.session, states.case_no, states.field ORDER BY states.seq)
)

, redone AS (
    SELECT *
    FROM edit_pairs
    WHERE coalesce(filled, TRUE)
        AND former_filled
        AND mark <> former_mark
        AND n_empty = former_n_empty
        AND (former_visit_no <> visit_no OR former_action IN ('change', 'select'))
)

, value_words AS (
    SELECT
        session
        , seq
        , coalesce(list(DISTINCT token) FILTER (NOT whole), []) AS words
        , coalesce(list(DISTINCT token) FILTER (whole), []) AS wholes
    FROM tokens
    GROUP BY session, seq
)

, changed AS (
    SELECT redone.session, redone.seq, 'changed' AS kind, redone.former_seq
    FROM redone
    LEFT JOIN value_words AS now ON redone.session = now.session AND redone.seq = now.seq
    LEFT JOIN value_words AS former ON redone.session = former.session AND redone.former_seq = former.seq
    WHERE NOT coalesce(
        (len(former.words) > 0 AND len(now.words) > len(former.words) AND list_has_all(now.words, former.words))
        -- A value of one word may be known by its whole form only.
        OR (len(now.words) > 1 AND list_has_any(now.words, former.wholes))
        , FALSE
    )
)

, corrections AS (
    SELECT * FROM cleared
    UNION ALL
    SELECT * FROM changed
)

SELECT
    corrections.session, corrections.seq, corrections.kind, states.t_ms, states.case_no
    , states.app, states.screen, states.field, corrections.former_seq
FROM corrections
INNER JOIN states ON corrections.session = states.session AND corrections.seq = states.seq
ORDER BY corrections.session, corrections.seq
