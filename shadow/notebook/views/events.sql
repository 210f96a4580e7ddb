-- Title: Events: what was done, in order.
-- Grain: one row per event of the log.
-- Columns: session · seq (from 0 within the session) · t_s (since the session began) · case_no · action · app, screen,
--   field, label, role (what it was done to) · value_mark (stands for the value within its session: equal marks, equal
--   values; what the value was is kept nowhere) · filled (state after the action) · keys · x, y
-- Units: t_s in seconds; x, y screen pixels; keys counts.
-- Reads: events
-- Params: none
-- Missing values: case_no is null for an event that belongs to no case; field, label, role and all after them are null
--   where the log does not tell them.
-- Rule: actions and roles as in contracts, section 3.
-- Source: the study's store.
SELECT
    printf('s%03d', events.session) AS session
    , events.seq
    , events.t_ms / 1000 AS t_s
    , events.case_no
    , events.action
    , apps.name AS app
    , screens.name AS screen
    , fields.element AS field
    , fields.label
    , events.role
    , events.mark AS value_mark
    , events.filled
    , events.keys
    , events.x
    , events.y
FROM codes.events AS events
LEFT JOIN codes.apps AS apps ON events.app = apps.app
LEFT JOIN codes.screens AS screens ON events.screen = screens.screen
LEFT JOIN codes.fields AS fields ON events.field = fields.field
