"""
The first reading of a study for re-entry and savings, whole sessions at a time: what was carried over, and how the work is usually done.

    block  ->  clipboard links        kept
           ->  pairs of fields        added up      (analysis.typed_matches)
           ->  typed matches          kept, as far as they may be re-entry
           ->  habits                 added up      (analysis.habits)

What is kept is a row for each time a value was carried over, and no event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.habits import Habits
from analysis.kernel.columns import Dimensions
from analysis.kernel.links import copy_paste_links
from analysis.relations import relations_of
from analysis.timeline import clocks_ms
from analysis.typed_matches import pair_cells, rare_entries, typed_matches
from analysis.typed_reentry import PairSums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock
    from analysis.kernel.pieces import Pieces
    from analysis.loading import LoadedStudy
    from analysis.typed_matches import Matches

    Places = NDArray[np.int64]

__all__ = ["LINK", "MODES", "FirstPass", "first_pass"]

MODES: Final = ("clipboard", "typed")

LINK: Final = pl.Schema({
    "session": pl.Int32(), "case_no": pl.Int32(), "source_field": pl.Int32(), "target_field": pl.Int32(), "mode": pl.Enum(MODES),
    "source_seq": pl.Int32(), "start_seq": pl.Int32(), "entry_seq": pl.Int32(), "target_seq": pl.Int32(), "active_ms": pl.Int32(), "relation": pl.Int8(),
})  # fmt: skip
"""Columns of a value carried over; relation is an index into RELATIONS, -1 where none can be told."""


@dataclass(slots=True)
class FirstPass:
    """
    What the sessions read so far say.

    Args:

        pairs: Pairs of fields that might share values by typing.

        habits: How the work is usually done.

        clipboard: Block by block, one row per edit that ends a copy-paste chain from another system (or from an unknown origin) within a
            case: LINK.
    """

    pairs: PairSums
    habits: Habits
    clipboard: list[pl.DataFrame] = field(default_factory=list)
    _typed: list[pl.DataFrame] = field(default_factory=list)

    def typed(self, accepted: pl.DataFrame) -> list[pl.DataFrame]:
        """
        One row per typed edit, source and token of accepted pairs, block by block; the others are let go.

        Args:

            accepted: The pairs: source_field, target_field.

        Returns:

            LINK, token, and first_seq, at which the source showed it first in the case.
        """
        for block, part in enumerate(self._typed):
            self._typed[block] = part.join(accepted, on=["source_field", "target_field"], how="semi", maintain_order="left")
        return self._typed

    def add(self, work: Pieces, loaded: LoadedStudy) -> None:
        """Add the sessions of a block."""
        block, thresholds = work.block, loaded.thresholds
        self.habits.add(work, np.searchsorted(self.habits.agents, loaded.agent_of[block.sessions]))
        links, ended = _clipboard_links(work)
        self.clipboard.append(links)
        entries = rare_entries(block, work.cases, work.edits, thresholds.rare_df)
        self.pairs.add(pair_cells(block, work.cases, entries))
        self._typed.append(_typed_links(work, typed_matches(block, entries, ended)))


def first_pass(loaded: LoadedStudy) -> FirstPass:
    """Read a study once."""
    agents = np.unique(loaded.agent_of[[header.session for header in loaded.study.catalogue.sessions]]).astype(np.int64)
    found = FirstPass(PairSums(), Habits.of(Dimensions.of(loaded.study.catalogue), agents, clocks_ms(loaded.thresholds)))
    loaded.read("looking for re-entry", lambda work: found.add(work, loaded))
    return found


def _clipboard_links(work: Pieces) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Copy-paste chains to another system, and which events they end in."""
    block = work.block
    links = copy_paste_links(block, work.times, work.edits)
    copied, app = np.maximum(links.copied, 0), block.app
    source, case_no = block.field[copied], block.case_no[links.paste]
    real = (block.field[links.paste] >= 0) & (links.copied >= 0) & (case_no > 0)
    real &= (block.case_no[copied] == case_no) | (block.case_no[copied] == 0)
    real &= (source < 0) | (app[copied] != app[links.paste])
    kept = np.flatnonzero(real)
    # Of several chains that end in one edit the last is the one.
    order = kept[np.lexsort((links.paste[kept], links.edit[kept]))]
    kept = order[np.append(np.diff(links.edit[order]) != 0, np.ones(min(1, len(order)), dtype=np.bool_))]
    rows = (links.copied[kept], links.start[kept], links.paste[kept], links.edit[kept])
    ended = np.zeros(len(block), dtype=np.bool_)
    ended[rows[3]] = True
    fields = (source[kept], block.field[links.paste[kept]])
    return _frame(block, "clipboard", rows, (case_no[kept], *fields, links.active_ms[kept])), ended


def _typed_links(work: Pieces, found: Matches) -> pl.DataFrame:
    """Typed edits with a source and a token each; the time runs from the last reading, or from the edit before if that is later."""
    block, edit = work.block, found.edit
    # What is typed is an edit, so the one before it has a place of its own.
    former = work.edits.row[np.maximum(np.searchsorted(work.edits.row, edit) - 1, 0)]
    former = np.where((former >= block.starts[block.session_of[edit]]) & (former < edit), former, -1)
    start = np.maximum(found.last, former)
    active = work.times.between(start, edit)
    fields = (found.source_field, block.field[edit])
    frame = _frame(block, "typed", (found.last, start, edit, edit), (block.case_no[edit], *fields, active))
    return frame.with_columns(token=pl.Series(found.token, dtype=pl.Int32), first_seq=pl.Series(block.seq(found.first)))


def _frame(
    block: SessionBlock, mode: str, rows: tuple[Places, Places, Places, Places], facts: tuple[NDArray[np.int32], ...]
) -> pl.DataFrame:
    source, start, entry, target = rows
    case_no, source_field, target_field, active_ms = facts
    frame = pl.DataFrame({
        "session": block.sessions[block.session_of[target]], "case_no": case_no, "source_field": source_field, "target_field": target_field,
        "source_seq": block.seq(source), "start_seq": block.seq(start), "entry_seq": block.seq(entry), "target_seq": block.seq(target),
        "active_ms": active_ms, "relation": relations_of(block, source, target),
    })  # fmt: skip
    unknown = pl.when(pl.col("source_field") >= 0).then("source_field")
    return frame.with_columns(source_field=unknown, mode=pl.lit(mode)).select(pl.col(name).cast(kind) for name, kind in LINK.items())
