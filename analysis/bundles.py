"""
Bundles: the stretches of observed work that an integration would remove, as places in the sequence of events.

    B: edit D1 | A: switch  click S  copy | B: switch  click D2  paste  edit D2
                      `---------------'          `--------------------------'     the bundle's own stretches: fetching, entering
             `------------------------------------'                               the visit to A, if that was all it was for

A bundle says who worked (agent, for the jackknife only), what it is an instance of and whether a glance remains when it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.first_pass import MODES
from analysis.stretches import KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry
    from analysis.warm_up import CountedCases

    Places = NDArray[np.int64]

__all__ = ["BUNDLE", "Bundles", "reentry_bundles"]

# A target is a memory if in more than this share of the times it is filled the value goes on to a third system.
MOSTLY: Final = 0.5

BUNDLE: Final = pl.Schema({
    "session": pl.Int32(), "case_no": pl.Int32(), "agent": pl.Int32(), "kind": pl.Enum(KINDS), "mode": pl.Enum(MODES), "source_field": pl.Int32(),
    "target_field": pl.Int32(), "root_field": pl.Int32(), "source_seq": pl.Int32(), "start_seq": pl.Int32(), "entry_seq": pl.Int32(), "target_seq": pl.Int32(),
    "glance": pl.Boolean(), "memory": pl.Boolean(), "right": pl.Boolean(),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundles:
    """
    Re-entries, entries of values that hardly vary, and fields passed over: one row each, and the row number is its name.

    Args:

        frame: Columns of BUNDLE: agent (index), kind (`reentry`, `default`, `passed_over`), root_field (where the value came from in the
            first place), glance (whether one remains), memory (whether the target only carries the value on to a third system), right (the
            value was the usual one).

        feeds: For each bundle into a memory, the bundles its value went on to: bundle, fed.
    """

    frame: pl.DataFrame
    feeds: pl.DataFrame


def reentry_bundles(loaded: LoadedStudy, reentry: Reentry, counted: CountedCases) -> Bundles:
    """The re-entries of a study, of the cases that count, in order of session, target and source."""
    accepted = reentry.pairs.filter("accepted").select("source_field", "target_field", pl.col("mode").cast(pl.Enum(MODES)))
    keys = ["source_field", "target_field", "mode"]
    occurrences = counted.only(reentry.occurrences.select(name for name in BUNDLE if name in reentry.occurrences.columns))
    entered = occurrences.join(accepted, on=keys, how="semi", nulls_equal=True, maintain_order="left")
    entered = entered.with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    feeds = _feeds(loaded, entered)
    memory = _memories(entered, feeds)
    agent = np.searchsorted(reentry.habits.agents, entered["agent"].to_numpy())
    entered = _with_roots(entered, feeds).with_columns(
        agent=pl.Series(agent), kind=pl.lit("reentry"), memory=memory, glance=~memory, right=pl.lit(value=True)
    )
    return Bundles(entered.select(pl.col(name).cast(kind) for name, kind in BUNDLE.items()), feeds)


def _feeds(loaded: LoadedStudy, entered: pl.DataFrame) -> pl.DataFrame:
    """
    Which re-entries carry on a value that an earlier one had put down: A.S -> W.M, then W.M -> B.D in the same case.

    M held the value: what was taken from it shares a token with what was put there. The last one before is the one.
    """
    down = entered.select(
        "bundle", "session", "case_no", "source_field", memory="target_field", put_seq="target_seq", put_from="source_seq"
    )
    on = entered.select("session", "case_no", "target_field", fed="bundle", memory="source_field", taken_seq="source_seq")
    pairs = down.join(on, on=["session", "case_no", "memory"]).filter(pl.col("put_seq") <= pl.col("taken_seq"))
    related = _related(loaded, pairs.select("bundle", "fed", "session", "put_from", "taken_seq"))
    chosen = pairs.join(related, on=["bundle", "fed"]).sort("fed", "put_seq", descending=[False, True])
    return chosen.unique("fed", keep="first", maintain_order=True).select("bundle", "fed").sort("fed")


def _related(loaded: LoadedStudy, pairs: pl.DataFrame) -> pl.DataFrame:
    """The pairs of which what was put down and what was taken share a token: bundle, fed."""
    if pairs.is_empty():
        return pairs.select("bundle", "fed")
    put, taken = (pairs.select("bundle", "fed", "session", seq=name) for name in ("put_from", "taken_seq"))
    asked = pl.concat([put, taken]).select("session", "seq").unique().lazy()
    tokens = loaded.study.scan("tokens").select("session", "seq", "token").join(asked, on=["session", "seq"], how="semi").unique()
    known = tokens.collect(engine="streaming")
    had, has = (side.join(known, on=["session", "seq"]).select("bundle", "fed", "token") for side in (put, taken))
    return had.join(has, on=["bundle", "fed", "token"], how="semi").select("bundle", "fed").unique()


def _memories(entered: pl.DataFrame, feeds: pl.DataFrame) -> pl.Series:
    """True where the bundle's target only carries values on: in most of the times it is filled they go on to another system."""
    feeding = entered.select("target_field", on=pl.col("bundle").is_in(feeds["bundle"].implode()))
    shares = feeding.group_by("target_field").agg(passed_on=pl.col("on").mean())
    return entered.join(shares, on="target_field", how="left", maintain_order="left").select(memory=pl.col("passed_on") > MOSTLY)["memory"]


def _with_roots(entered: pl.DataFrame, feeds: pl.DataFrame) -> pl.DataFrame:
    """Each bundle's root: the source of the value before any memory it went through."""
    before = dict(feeds.select("fed", "bundle").iter_rows())
    roots = np.arange(len(entered))
    for bundle in before:
        place, seen = bundle, {bundle}
        while place in before and before[place] not in seen:
            place = before[place]
            seen.add(place)
        roots[bundle] = place
    return entered.with_columns(root_field=entered["source_field"].gather(roots))
