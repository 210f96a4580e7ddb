"""
What became of a value on its way from one field to another, told from tokens alone.

    same          the exact value (blanks around it aside)
    part          the words of the target are some of the source's            "122 Albert St, Port Melbourne" -> "Port Melbourne"
    joined        the words of the source are some of the target's            "Doe" -> "John Doe"
    reformatted   the same words, or the same thing written differently       11/03/1986 -> 11-03-1986, 1.200,00 -> 1200
"""

from __future__ import annotations

import polars as pl

__all__ = ["with_relation"]


def with_relation(pairs: pl.DataFrame, events: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """
    The relation of each pair of events.

    Args:

        pairs: One row per pair: session, source_seq, target_seq and whatever else; a row number is not needed.

        events: session, seq, mark.

        tokens: session, seq, token, whole.

    Returns:

        The pairs in the same order with a column `relation`; null where a value has no tokens or the two share none.
    """
    marks = events.select("session", "seq", "mark")
    sets = (
        tokens.group_by("session", "seq")
        .agg(words=pl.col("token").filter(~pl.col("whole")), wholes=pl.col("token").filter(pl.col("whole")))
    )  # fmt: skip
    known = marks.join(sets, on=["session", "seq"], how="left")
    sides = pairs.select("session", "source_seq", "target_seq")
    for side in ("source", "target"):
        renamed = known.rename({"seq": f"{side}_seq", **{name: f"{side}_{name}" for name in ("mark", "words", "wholes")}})
        sides = sides.join(renamed, on=["session", f"{side}_seq"], how="left", maintain_order="left")
    source, target = pl.col("source_words"), pl.col("target_words")
    shared = source.list.set_intersection(target).list.len()
    wholes = pl.col("source_wholes").list.set_intersection("target_wholes").list.len()
    n_source, n_target = source.list.n_unique(), target.list.n_unique()
    relation = (
        pl.when(pl.col("source_mark") == pl.col("target_mark")).then(pl.lit("same"))
        .when((shared > 0) & (shared == n_target) & (n_target == n_source)).then(pl.lit("reformatted"))
        .when((shared > 0) & (shared == n_target)).then(pl.lit("part"))
        .when((shared > 0) & (shared == n_source)).then(pl.lit("joined"))
        .when(wholes > 0).then(pl.lit("reformatted"))
        .when(shared > 0).then(pl.when(n_target >= n_source).then(pl.lit("joined")).otherwise(pl.lit("part")))
    )  # fmt: skip
    return pairs.with_columns(sides.select(relation=relation)["relation"])
