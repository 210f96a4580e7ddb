"""
Where a raw clipboard row was copied from.

The Action Logger writes a copy twice: what was selected (`getCell`, or a browser's own copy) and, beside it, an `OS-Clipboard` row with
the text. The origin of a clipboard row is, in this order,

1. a copy of the same text within HAND_OVER_MS on either side (a browser logs its own copy);
2. the last cell selected before it, or up to HAND_OVER_MS after it, if the copied text is that cell's text or a part of it;
3. the last cell before it with just this text;
4. the last cell selected, if that was within HAND_OVER_MS;
5. unknown.

Texts are compared by marks and tokens, so this runs after values are dropped.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from shadow.events import ACTION_CODES

__all__ = ["clipboard_origins"]

# Seen in the real log beside this project: 30 to 650 ms between the cell row and the clipboard row.
HAND_OVER_MS: Final = 1000

TARGET = ("app", "screen", "field")


def clipboard_origins(events: pl.LazyFrame, tokens: pl.LazyFrame) -> pl.DataFrame:
    """
    Origin of every clipboard row that has one.

    Args:

        events: Staged events (`shadow.interop.encoding.STAGED`), any order.

        tokens: Their tokens.

    Returns:

        One row per clipboard row with a known origin: session, row, app, screen, field.
    """
    keyed = events.select("session", "row", "t_ms", "action", "clipboard", "mark", *TARGET).sort("t_ms", "row")
    copies = keyed.filter(pl.col("clipboard")).select("session", "row", "t_ms", "mark").collect()
    if copies.is_empty():
        return copies.select("session", "row").with_columns(pl.lit(None, dtype=pl.Int32).alias(name) for name in TARGET).clear()
    has_target = pl.col("field").is_not_null() & ~pl.col("clipboard")
    selected = keyed.filter(has_target & (pl.col("action") == ACTION_CODES["focus"])).collect()
    own_copies = keyed.filter(has_target & (pl.col("action") == ACTION_CODES["copy"])).collect()
    around = _nearest(copies, selected, by=["session"], tolerance=None)
    found = [
        _nearest(copies, own_copies, by=["session", "mark"], tolerance=HAND_OVER_MS),
        _related(around, tokens.select("session", "row", "token").unique().collect()),
        _nearest(copies, selected, by=["session", "mark"], tolerance=None),
        around.filter((pl.col("t_ms") - pl.col("origin_ms")).abs() <= HAND_OVER_MS),
    ]
    ranked = pl.concat([frame.select("session", "row", *TARGET) for frame in found])
    return ranked.unique(["session", "row"], keep="first", maintain_order=True)


def _nearest(copies: pl.DataFrame, candidates: pl.DataFrame, by: list[str], tolerance: int | None) -> pl.DataFrame:
    """For each copy the candidate with the same keys before it (within `tolerance`), then the one up to HAND_OVER_MS after it."""
    sources = candidates.select(*by, "t_ms", *TARGET, origin_row="row", origin_ms="t_ms", origin_mark="mark").sort("t_ms")
    before = copies.join_asof(sources, on="t_ms", by=by, strategy="backward", tolerance=tolerance, check_sortedness=False)
    after = copies.join_asof(sources, on="t_ms", by=by, strategy="forward", tolerance=HAND_OVER_MS, check_sortedness=False)
    return pl.concat([before, after]).filter(pl.col("field").is_not_null())


def _related(around: pl.DataFrame, words: pl.DataFrame) -> pl.DataFrame:
    """The selected cells whose text is the copied text, or shares a token with it."""
    cells = around.select("session", "row", "origin_row").join(words.rename({"row": "origin_row"}), on=["session", "origin_row"])
    sharing = cells.join(words, on=["session", "row", "token"], how="semi").select("session", "row", "origin_row", shared=True)
    matched = around.join(sharing.unique(), on=["session", "row", "origin_row"], how="left", maintain_order="left")
    return matched.filter(pl.col("shared") | (pl.col("mark") == pl.col("origin_mark")))
