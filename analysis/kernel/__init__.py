"""
The fast path of the concepts: whole sessions as arrays, each column read once, sums per session that add up.

    store  ->  columns        ->  times  ->  visits, fields  ->  edits, returns, clicks, skips, links  ->  aggregates
    (parts)    (SessionBlock)     (gap       (who stayed          (what the stay was like)                 (session x place,
                                   rule)      where)                                                        merged on demand)

A block's rows come in session and seq order, so a visit is a run of equal codes, and "the same session" is known from a handful of rows
where one begins. Nothing here sorts all events or loops over sessions. What a concept means is said in `analysis/sql`; the tests hold
every kernel to those tables, row by row.
"""
