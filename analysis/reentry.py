"""
Re-entry: the same value entered in a second system within a case.

    copy S ... paste D   edit D          clipboard: the chain itself is the evidence
    read S ... input D   edit D          typed: rare tokens in common, more often than chance

An **occurrence** is one edit of a target that re-enters a value, with its source. Its time runs from the copy (or the reading), or from
the edit before it if that is later, to the edit of the target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import polars as pl

from analysis.first_pass import LINK, MODES, first_pass
from analysis.relations import RELATIONS
from analysis.typed_reentry import first_sources, judged_pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from analysis.first_pass import FirstPass
    from analysis.habits import Habits
    from analysis.loading import LoadedStudy

__all__ = ["Reentry", "find_reentry"]

PAIR = ("source_field", "target_field", "mode")
# More than there are, so that session and case make one number.
CASES_A_SESSION: Final = 1 << 32

OCCURRENCE: Final = pl.Schema({
    "session": pl.Int32(), "case_no": pl.Int32(), "agent": pl.Int32(), "source_field": pl.Int32(), "target_field": pl.Int32(), "mode": pl.Enum(MODES),
    "source_seq": pl.Int32(), "start_seq": pl.Int32(), "entry_seq": pl.Int32(), "target_seq": pl.Int32(), "active_s": pl.Float64(), "share": pl.Float64(),
    "relation": pl.Enum(RELATIONS),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reentry:
    """
    What is entered twice in a study.

    Args:

        pairs: One row per source, target and mode, most seconds per case first: source_field, target_field (codes; null = unknown
            origin), mode, relation, cases, case_share, occurrences, chance_rate, effect, q_value (null for clipboard pairs: a chain is
            seen, not inferred), seconds_per_occurrence, seconds_per_case, accepted.

        occurrences: One row per occurrence of a pair, in session and target_seq order: see OCCURRENCE. `entry_seq` is the
            paste, or the edit itself where it was typed. `share` is the part of the
            occurrence's time that counts to this source: a value joined from two sources is one occurrence with two rows of a half.

        habits: What the same reading of the study said of how its work is usually done.
    """

    pairs: pl.DataFrame
    occurrences: pl.DataFrame
    habits: Habits


def find_reentry(loaded: LoadedStudy) -> Reentry:
    """
    Find the pairs of fields in different systems that hold the same value within a case.

    Source: clipboard chains after Leno et al.'s robotic process mining; typed pairs by rare tokens against their chance rate under
    permutation (binomial, Benjamini-Hochberg 1995).
    """
    found = first_pass(loaded)
    tested = judged_pairs(found.pairs.total(), loaded.thresholds)
    occurrences = pl.concat([pl.DataFrame(schema=OCCURRENCE), *_occurrences(loaded, found, tested.filter("accepted"))])
    return Reentry(_pairs(loaded, occurrences, tested), occurrences, found.habits)


def _occurrences(loaded: LoadedStudy, found: FirstPass, accepted: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Block by block, what was pasted, and the edits by which values of accepted pairs were typed again with the sources they were read from."""
    typed = first_sources(found.typed(accepted.select("source_field", "target_field")))
    for links in zip(found.clipboard, typed, strict=True):
        yield pl.concat([_shaped(loaded, part) for part in links]).sort("session", "target_seq", "source_seq")


def _shaped(loaded: LoadedStudy, links: pl.DataFrame) -> pl.DataFrame:
    """Links as occurrences: agents named, times in seconds, codes as words."""
    agents = pl.Series(loaded.agent_of[links["session"].to_numpy()], dtype=pl.Int32)
    shaped = links.select(
        *LINK,
        agent=agents,
        active_s=pl.col("active_ms") / 1000,
        share=pl.col("share") if "share" in links.columns else pl.lit(1.0),
        relation_word=pl.col("relation").replace_strict(dict(enumerate(RELATIONS)), default=None, return_dtype=OCCURRENCE["relation"]),
    )
    return (
        shaped.drop("relation").rename({"relation_word": "relation"}).select(pl.col(name).cast(kind) for name, kind in OCCURRENCE.items())
    )


def _pairs(loaded: LoadedStudy, occurrences: pl.DataFrame, tested: pl.DataFrame) -> pl.DataFrame:
    n_cases = max(1, loaded.n_cases)
    counted = occurrences.group_by(PAIR).agg(
        relation=pl.col("relation").drop_nulls().mode(),
        cases=(pl.col("session").cast(pl.Int64) * CASES_A_SESSION + pl.col("case_no")).n_unique(),
        occurrences=pl.len(),
        seconds_per_occurrence=pl.col("active_s").mean(),
        seconds_per_case=(pl.col("active_s") * pl.col("share")).sum() / n_cases,
    )
    relation = pl.col("relation").cast(pl.List(pl.String)).list.sort().list.first()
    counted = counted.with_columns(relation, pl.col("mode").cast(pl.String))
    typed = tested.with_columns(mode=pl.lit("typed")).select(*PAIR, "chance_rate", "effect", "q_value", "accepted", "n_matching")
    joined = counted.join(typed.filter(pl.col("accepted")).drop("accepted", "n_matching"), on=PAIR, how="left", nulls_equal=True)
    joined = joined.with_columns(accepted=_enough(loaded, n_cases))
    doubtful = typed.filter(~pl.col("accepted")).with_columns(cases=pl.col("n_matching").cast(pl.UInt32)).drop("n_matching")
    both = pl.concat([joined, doubtful], how="diagonal_relaxed").with_columns(case_share=pl.col("cases") / n_cases)
    order = ["accepted", "seconds_per_case", "cases", "source_field", "target_field"]
    return both.sort(order, descending=[True, True, True, False, False], nulls_last=True)


def _enough(loaded: LoadedStudy, n_cases: int) -> pl.Expr:
    """A pair seen in enough cases to be the way of the work and not one slip; in a very small study, in half of its cases."""
    least = min(loaded.thresholds.min_pair_cases, max(2, -(-n_cases // 2)))
    return pl.col("cases") >= least
