"""
Typed re-entry: no clipboard, so the values themselves must tell, by their marks.

Two fields of different systems that share **rare** tokens within a case, in more cases than chance would have it, are a pair. Rarity and
chance are of one session (`analysis.typed_matches`); here their sums over all sessions are judged.

Source: rare tokens, the permutation rate and the thresholds were measured on real logs with clipboard chains as the truth (F1 0.95 there,
precision 1.00); binomial tail; Benjamini and Hochberg 1995, doi 10.1111/j.2517-6161.1995.tb02031.x.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl
from scipy.special import bdtrc

from analysis.kernel.runs import run_ends
from analysis.spans import opens, packed, run_lengths

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.thresholds import Thresholds
    from analysis.typed_matches import Cells

    Places = NDArray[np.int64]

__all__ = ["PairSums", "first_sources", "judged_pairs"]

SUMS: Final = ("n", "n_matching", "n_before", "expected")
SCHEMA: Final = pl.Schema(
    {
        "source_field": pl.Int32,
        "target_field": pl.Int32,
        "n": pl.Int64,
        "n_matching": pl.Int64,
        "n_before": pl.Int64,
        "expected": pl.Float64,
    }
)
# Rows waiting before they are added up; some megabytes.
WAITING: Final = 500_000


class PairSums:
    """Counts of pairs of fields, added up over sessions."""

    def __init__(self) -> None:
        self._waiting = [pl.DataFrame(schema=SCHEMA)]

    def add(self, cells: Cells) -> None:
        """Add the pairs of some sessions; the order does not matter."""
        columns = {name: getattr(cells, name) for name in SUMS}
        frame = pl.DataFrame({"source_field": cells.source, "target_field": cells.target} | columns)
        self._waiting.append(frame.cast(SCHEMA))
        if sum(map(len, self._waiting[1:])) > max(WAITING, len(self._waiting[0])):
            self._waiting = [self.total()]

    def total(self) -> pl.DataFrame:
        """One row per pair: source_field, target_field, n, n_matching, n_before, expected; in order of the fields."""
        pair = ["source_field", "target_field"]
        return pl.concat(self._waiting).group_by(pair).agg(pl.col(SUMS).sum()).sort(pair)


def judged_pairs(summed: pl.DataFrame, thresholds: Thresholds) -> pl.DataFrame:
    """
    Accept pairs by effect and false discovery rate; keep the possible ones beside them.

    Args:

        summed: What `PairSums.total` gives.

        thresholds: The study's.

    Returns:

        One row per pair that is accepted or possible: source_field, target_field, n_matching (cases), chance_rate, effect, q_value,
        accepted.
    """
    columns = ["source_field", "target_field", "n_matching", "chance_rate", "effect", "q_value", "accepted"]
    n, k = (summed[name].to_numpy() for name in ("n", "n_matching"))
    summed = summed.with_columns(chance_rate=pl.col("expected") / pl.col("n"))
    rate = np.maximum(summed["chance_rate"].to_numpy(), 1 / (n + 1))
    chance = np.where(k > 0, bdtrc(k - 1, n, np.minimum(rate, 1.0)), 1.0)
    q = _false_discovery(np.clip(chance, 0, 1))
    judged = summed.with_columns(q_value=pl.Series(q), effect=pl.col("n_matching") / pl.col("n") - pl.col("chance_rate"))
    forward = pl.col("n_before") >= thresholds.direction_share * pl.col("n_matching")
    significant = (pl.col("q_value") <= thresholds.q_max) & (pl.col("n") >= thresholds.min_pair_cases)
    judged = judged.with_columns(accepted=significant & forward & (pl.col("effect") >= thresholds.effect_min))
    possible = pl.col("accepted") | (forward & (pl.col("n_matching") > 1) & (pl.col("q_value") <= thresholds.q_max))
    return judged.filter(possible).select(columns)


def _false_discovery(chance: np.ndarray[tuple[int], np.dtype[np.float64]]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """
    False discovery rate at which each pair would just be accepted (Benjamini and Hochberg's step-up).

    scipy.stats has it too, at more than a second of start-up for every command.
    """
    order = np.argsort(chance)[::-1]
    ranks = np.arange(len(chance), 0, -1)
    rates = np.minimum.accumulate(chance[order] * len(chance) / ranks)
    found = np.empty_like(rates)
    found[order] = rates
    return found


def first_sources(parts: Sequence[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """
    For each edit its sources: each of its tokens counts to the source usually read first among those that have it.

    "Usually" is over all edits of the target, so that a target lists one of several equal sources and not each in turn. A second source
    counts only for tokens that the first does not have (a joined value), and the time is shared between them.

    Args:

        parts: One row per edit, source and token, of accepted pairs: session, target_seq, target_field, source_field, source_seq, token,
            first_seq, and whatever else. No edit is in two of them.

    Returns:

        For each of them the rows of each edit and source with the latest reading of a token that counts to it, and their share of the edit.
    """
    n_fields = max((int(part["source_field"].to_numpy().max(initial=0)) for part in parts), default=0) + 1
    known, rank = _order_of_choice(parts, n_fields)
    for part in parts:
        edit, token, source_seq = _edits(part), part["token"].to_numpy(), part["source_seq"].to_numpy()
        choice = rank[np.searchsorted(known, _pairs(part, n_fields))]
        of_edit, of_token, chosen, row = packed(edit, token, choice, np.arange(len(edit)))
        first = opens(of_edit, of_token)
        of_edit, chosen, row = of_edit[first], chosen[first], row[first]
        of_edit, chosen, _, row = packed(of_edit, chosen, source_seq[row], row)
        last = run_ends(np.flatnonzero(opens(of_edit, chosen)), len(row))
        share = 1.0 / np.bincount(of_edit[last])[of_edit[last]]
        yield part[row[last]].with_columns(share=pl.Series(share, dtype=pl.Float64))


def _edits(part: pl.DataFrame) -> Places:
    """For each match the number of its edit."""
    session, target_seq = part["session"].to_numpy(), part["target_seq"].to_numpy()
    edit: Places = np.unique(session.astype(np.int64) << np.int64(32) | target_seq, return_inverse=True)[1]
    return edit


def _pairs(part: pl.DataFrame, n_fields: int) -> Places:
    """For each match its target and source, as one number."""
    pairs: Places = part["target_field"].to_numpy().astype(np.int64) * n_fields + part["source_field"].to_numpy()
    return pairs


def _order_of_choice(parts: Sequence[pl.DataFrame], n_fields: int) -> tuple[Places, Places]:
    """The pairs there are, in order, and the rank of each: the source usually read first, of several the one seen more often."""
    none = np.zeros(0, dtype=np.int64)
    pairs, n, places = [none], [none], [none]
    for part in parts:
        of_edit, pair, first_seq = packed(_edits(part), _pairs(part, n_fields), part["first_seq"].to_numpy())
        begins = opens(of_edit, pair)
        of_edit, first_seq, pair = packed(of_edit[begins], first_seq[begins], pair[begins])
        begin, equal = np.flatnonzero(opens(of_edit)), np.flatnonzero(opens(of_edit, first_seq))
        place = np.repeat(equal, run_lengths(equal, len(pair))) - np.repeat(begin, run_lengths(begin, len(pair))) + 1
        seen, which = np.unique(pair, return_inverse=True)
        pairs.append(seen)
        n.append(np.bincount(which))
        places.append(np.bincount(which, weights=place).astype(np.int64))
    known, which = np.unique(np.concatenate(pairs), return_inverse=True)
    n_edits, n_before = (np.bincount(which, weights=np.concatenate(counts)) for counts in (n, places))
    rank = np.empty(len(known), dtype=np.int64)
    rank[np.lexsort((known % n_fields, -n_edits, n_before / n_edits))] = np.arange(len(known))
    return known, rank
