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

from analysis.stretches import detours, find_stretches
from analysis.switching import Switching, measure_switching
from analysis.warm_up import counted_cases

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry
    from analysis.timeline import Timeline

__all__ = ["Bundles", "find_bundles"]

# A target is a memory if in more than this share of the times it is filled the value goes on to a third system.
MOSTLY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Bundles:
    """
    Re-entries, entries of values that hardly vary, and fields passed over: one row each, and the row number is its name.

    Args:

        frame: Columns session, case_no, agent (index), kind (`reentry`, `default`, `passed_over`), mode, source_field, target_field,
            root_field (where the value came from in the first place), source_seq, start_seq, entry_seq, target_seq, glance (whether one remains), detour_s (by how much the way past the field is longer than the way on
            from it), memory (whether the target only carries the value on to a third system), right (the value was the usual one).

        feeds: For each bundle into a memory, the bundles its value went on to: bundle, fed.

        stretches: Work that could disappear: stretch, start, end, in active seconds of the timeline.

        needs: The bundles that must all be covered for a stretch to disappear: stretch, bundle.

        pulled_in_s: Seconds by which the longest stretches were pulled in.

        switching: What a change of application costs.
    """

    frame: pl.DataFrame
    feeds: pl.DataFrame
    stretches: pl.DataFrame
    needs: pl.DataFrame
    pulled_in_s: float
    switching: Switching

    def retimed(self, loaded: LoadedStudy, line: Timeline) -> Bundles:
        """The same bundles by another clock."""
        frame = self.frame.with_columns(detour_s=pl.Series(detours(loaded, line, self.frame)))
        return Bundles(frame, self.feeds, *find_stretches(loaded, line, frame), self.switching)


COLUMNS: Final = (
    "session", "case_no", "agent", "kind", "mode", "source_field", "target_field", "root_field", "source_seq", "entry_seq", "target_seq",
    "start_seq", "glance", "memory", "right",
)  # fmt: skip


def find_bundles(loaded: LoadedStudy, line: Timeline, reentry: Reentry) -> Bundles:
    """The bundles of a study, of the cases that count."""
    counted = counted_cases(loaded)
    accepted = reentry.pairs.filter("accepted").select("source_field", "target_field", "mode")
    keys = ["source_field", "target_field", "mode"]
    entered = counted.only(reentry.occurrences).join(accepted, on=keys, how="semi", nulls_equal=True)
    entered = entered.sort("session", "target_seq", "source_seq")
    entered = entered.with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    feeds = _feeds(loaded, entered)
    entered = _with_roots(entered, feeds).with_columns(kind=pl.lit("reentry"), memory=_memories(entered, feeds), right=pl.lit(value=True))
    entered = entered.with_columns(glance=~pl.col("memory"))
    others = [counted.only(part) for part in (_constant_entries(loaded), _passed_over(loaded))]
    frame = pl.concat([part.select(COLUMNS) for part in (entered, *others)], how="vertical_relaxed")
    agent = np.searchsorted(line.agents, frame["agent"].cast(pl.Int64).to_numpy())
    frame = frame.with_columns(agent=pl.Series(agent)).with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    frame = frame.with_columns(detour_s=pl.Series(detours(loaded, line, frame)))
    return Bundles(frame, feeds, *find_stretches(loaded, line, frame), measure_switching(loaded))


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
    tokens = loaded.table("tokens").select("session", "seq", "token").unique()
    put = pairs.select("bundle", "fed", "session", seq="put_from").join(tokens, on=["session", "seq"])
    taken = pairs.select("bundle", "fed", "session", seq="taken_seq").join(tokens, on=["session", "seq"])
    related = put.join(taken, on=["bundle", "fed", "token"]).select("bundle", "fed").unique()
    chosen = pairs.join(related, on=["bundle", "fed"]).sort("fed", "put_seq", descending=[False, True])
    return chosen.unique("fed", keep="first", maintain_order=True).select("bundle", "fed").sort("fed")


def _memories(entered: pl.DataFrame, feeds: pl.DataFrame) -> pl.Series:
    """True where the bundle's target only carries values on: in most of the times it is filled they go on to another system."""
    feeding = entered.select("target_field", on=pl.col("bundle").is_in(feeds["bundle"].implode()))
    shares = feeding.group_by("target_field").agg(passed_on=pl.col("on").mean())
    return entered.join(shares, on="target_field", how="left", maintain_order="left").select(memory=pl.col("passed_on") > MOSTLY)["memory"]


def _with_roots(entered: pl.DataFrame, feeds: pl.DataFrame) -> pl.DataFrame:
    """Each bundle's root: the source of the value before any memory it went through."""
    before = dict(feeds.select("fed", "bundle").iter_rows())
    sources = entered["source_field"].to_list()
    roots = []
    for bundle in range(len(sources)):
        place, seen = bundle, {bundle}
        while place in before and before[place] not in seen:
            place = before[place]
            seen.add(place)
        roots.append(sources[place])
    return entered.with_columns(root_field=pl.Series(roots, dtype=pl.Int32))


def _constant_entries(loaded: LoadedStudy) -> pl.DataFrame:
    """
    Entries into fields that nearly always get the same value.

    The share is of the cases in which the field's screen was worked on, because a default would be wrong wherever the field is left
    empty. Marks compare within a session, so one in which the field was entered once says nothing about its usual value.
    """
    thresholds = loaded.thresholds
    entries = loaded.query("""
        SELECT d.session, d.case_no, e.agent, d.seq AS target_seq, d.field AS target_field, d.screen, d.mark
        FROM edits AS d
        JOIN events AS e USING (session, seq)
        WHERE d.case_no IS NOT NULL AND d.mark IS NOT NULL AND coalesce(d.role NOT IN ('cell', 'text', 'document'), TRUE)
        ORDER BY d.session, d.seq
    """).unique(["session", "case_no", "target_field"], keep="last", maintain_order=True)
    usual = entries.group_by("session", "target_field").agg(usual=pl.col("mark").mode().min())
    entries = entries.join(usual, on=["session", "target_field"]).with_columns(right=pl.col("mark") == pl.col("usual"))
    shares = _shares_of_usual(entries)
    constant = shares.filter((pl.col("share") >= thresholds.const_share) & (pl.col("n") >= thresholds.min_pair_cases))
    kept = entries.join(constant.select("target_field"), on="target_field", how="semi").sort("session", "target_seq")
    return _plain(kept, "default").with_columns(entry_seq="target_seq", start_seq="target_seq", right=kept["right"])


def _shares_of_usual(entries: pl.DataFrame) -> pl.DataFrame:
    """For each field entered more than once in some session: n (entries) and share (of the cases worked on its screen, usual value entered)."""
    worked = entries.group_by("session", "screen").agg(worked=pl.col("case_no").n_unique())
    by_session = entries.group_by("session", "target_field", "screen").agg(n=pl.len(), n_right=pl.col("right").sum())
    once = by_session.filter(pl.col("n") == 1).join(worked, on=["session", "screen"])
    once = once.group_by("target_field").agg(not_told=pl.col("worked").sum())
    told = by_session.filter(pl.col("n") > 1).group_by("target_field", "screen").agg(pl.col("n", "n_right").sum())
    told = told.join(worked.group_by("screen").agg(pl.col("worked").sum()), on="screen").join(once, on="target_field", how="left")
    return told.select("target_field", "n", share=pl.col("n_right") / (pl.col("worked") - pl.col("not_told").fill_null(0)))


def _passed_over(loaded: LoadedStudy) -> pl.DataFrame:
    """Stays on fields that are nearly always passed over; the time runs to the event after."""
    visits = loaded.query("""
        WITH often AS (
            SELECT field FROM skips
            WHERE kind = 'passed_over' AND case_no IS NOT NULL
            GROUP BY field
            HAVING avg(skipped::INT) >= $passed_over_share AND count(*) >= $min_pair_cases
        )
        SELECT v.session, v.case_no, e.agent, v.field AS target_field, v.first_seq AS entry_seq, v.last_seq + 1 AS target_seq
        FROM skips AS s
        JOIN field_visits AS v USING (session, case_no, field)
        JOIN events AS e ON v.session = e.session AND v.last_seq + 1 = e.seq
        SEMI JOIN often USING (field)
        WHERE s.kind = 'passed_over' AND s.skipped
        ORDER BY v.session, v.first_seq
    """, loaded.thresholds.sql_params(["passed_over_share", "min_pair_cases"]))  # fmt: skip
    return _plain(visits, "passed_over").with_columns(start_seq="target_seq", glance=pl.lit(value=False))


def _plain(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Columns of bundles that have no source."""
    return frame.with_columns(
        kind=pl.lit(kind),
        mode=pl.lit(None, dtype=pl.String),
        source_field=pl.lit(None, dtype=pl.Int32),
        root_field=pl.lit(None, dtype=pl.Int32),
        source_seq=pl.lit(None, dtype=pl.Int32),
        glance=pl.lit(value=True),
        memory=pl.lit(value=False),
        right=pl.lit(value=True),
    )
