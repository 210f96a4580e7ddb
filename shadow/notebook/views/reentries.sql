-- Title: Re-entries: each time a value was entered again in another system.
-- Grain: one row per occurrence and source; a value joined from two sources is one occurrence with two rows.
-- Columns: session, case_no · source_app, source_screen, source_field, source_label · target_app, target_screen,
--   target_field, target_label · mode (`clipboard` or `typed`) · relation (`same`, `reformatted`, `part` or `joined`)
--   · start_s, end_s (from the copy or the look, or the edit before it if that is later, to the edit of the target) ·
--   seconds (active time between) · share (part of the occurrence that counts to this source)
-- Units: seconds since the session began; seconds active seconds; share 0 to 1.
-- Reads: reentries, events
-- Params: none
-- Missing values: the source is null and its app '(unknown)' where a copy's origin is not known.
-- Rule: as `shadow reentry`, accepted pairs or not: pairs of too few cases are here, too.
-- Source: contracts, section 2.
SELECT
    printf('s%03d', reentries.session) AS session
    , reentries.case_no
    , coalesce(source_apps.name, '(unknown)') AS source_app
    , source_screens.name AS source_screen
    , sources.element AS source_field
    , sources.label AS source_label
    , target_apps.name AS target_app
    , target_screens.name AS target_screen
    , targets.element AS target_field
    , targets.label AS target_label
    , reentries.mode
    , reentries.relation
    , begun.t_ms / 1000 AS start_s
    , ended.t_ms / 1000 AS end_s
    , reentries.active_s AS seconds
    , reentries.share
FROM codes.reentries AS reentries
INNER JOIN codes.events AS begun ON reentries.session = begun.session AND reentries.start_seq = begun.seq
INNER JOIN codes.events AS ended ON reentries.session = ended.session AND reentries.target_seq = ended.seq
LEFT JOIN codes.fields AS sources ON reentries.source_field = sources.field
LEFT JOIN codes.screens AS source_screens ON sources.screen = source_screens.screen
LEFT JOIN codes.apps AS source_apps ON sources.app = source_apps.app
LEFT JOIN codes.fields AS targets ON reentries.target_field = targets.field
LEFT JOIN codes.screens AS target_screens ON targets.screen = target_screens.screen
LEFT JOIN codes.apps AS target_apps ON targets.app = target_apps.app
