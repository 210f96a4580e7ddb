-- Title: App reactions: whether the log shows an application answering at all.
-- Grain: one row per app; ordered by app.
-- Columns: shows_reactions (the app has a screen, focus, change or submit event somewhere in the study) ·
--   shows_cell_reactions (it has a focus or select event on a cell)
-- Units: none.
-- Reads: events, apps
-- Params: none
-- Missing values: where shows_reactions is false, dead clicks of the app are not measured: null, never 0.
-- Rule: as the columns say; it is about the study as a whole, so one session that shows an answer is enough.
-- Source: own definition.
SELECT
    apps.app
    , coalesce(bool_or(events.action IN ('screen', 'focus', 'change', 'submit')), FALSE) AS shows_reactions
    , coalesce(bool_or(events.action IN ('focus', 'select') AND events.role = 'cell'), FALSE) AS shows_cell_reactions
FROM apps
LEFT JOIN events ON apps.app = events.app
GROUP BY apps.app
ORDER BY apps.app
