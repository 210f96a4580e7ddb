"""
The bundles of a block of sessions: its re-entries, which are known beforehand, and the fields with a usual value or passed over.

    last edits of fields that hardly vary   ->  `default`
    stays on fields nobody fills            ->  `passed_over`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analysis.bundles import BUNDLE
from analysis.habits import last_entries, tells_states, usual_entries
from analysis.purposes import Fetching
from analysis.spans import opens, packed
from analysis.stretches import DEFAULT, KINDS, PASSED_OVER, BlockBundles

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.pieces import Pieces

    Places = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["entered_by_app", "fetching_of", "other_bundles", "rows_of"]


def other_bundles(work: Pieces, agent: Places, fields: tuple[Bools, Bools], least_ms: int) -> pl.DataFrame:
    """
    Bundles of a block that are no re-entries.

    Args:

        work: The block.

        agent: Agent of each of its sessions, as an index.

        fields: Fields that nearly always get the same value, and fields that are nearly always passed over.

        least_ms: What is shorter is no stay on a field.

    Returns:

        Columns of BUNDLE, entries before fields passed over.
    """
    return pl.concat([_defaults(work, agent, fields[0]), _passed(work, agent, fields[1], least_ms)])


def rows_of(work: Pieces, frame: pl.DataFrame) -> BlockBundles:
    """Bundles by the rows of their events."""
    block = work.block
    start = block.starts[np.searchsorted(block.sessions, frame["session"].to_numpy())]
    source = frame["source_seq"].fill_null(-1).to_numpy()
    return BlockBundles(
        frame["kind"].to_physical().to_numpy().astype(np.int8), (frame["mode"] == "clipboard").fill_null(value=False).to_numpy(),
        np.where(source >= 0, start + source, -1), start + frame["entry_seq"].to_numpy(), start + frame["target_seq"].to_numpy(),
    )  # fmt: skip


def _defaults(work: Pieces, agent: Places, constant: Bools) -> pl.DataFrame:
    """
    Entries into fields that nearly always get the same value.

    Marks compare within a session, so one in which the field was entered once says nothing about its usual value.
    """
    block = work.block
    rows = last_entries(work, constant)
    session, field_, mark = block.session_of[rows], block.field[rows], block.mark(rows)
    (of_session, of_field), _, _, usual = usual_entries(session, field_, mark)
    n_fields = len(block.places.field_role)
    right = mark == usual[np.searchsorted(of_session * n_fields + of_field, session * n_fields + field_)] if len(rows) else mark > 0
    order = np.argsort(rows)
    rows, right = rows[order], right[order]
    return _plain(work, agent, DEFAULT, (rows, rows)).with_columns(right=pl.Series(right))


def _passed(work: Pieces, agent: Places, often: Bools, least_ms: int) -> pl.DataFrame:
    """Stays on fields that are nearly always passed over; the time runs to the event after."""
    block, visits = work.block, work.visits
    at = np.flatnonzero(often[visits.field])
    case_no = np.where(visits.case_no[at] > 0, visits.case_no[at], work.screens.case_no[visits.screen_visit[at]])
    told = tells_states(block)[block.session_of[visits.first[at]]]
    at, case_no = at[(case_no > 0) & told], case_no[(case_no > 0) & told]
    key = work.cases.number(visits.first[at], case_no).astype(np.int64) * len(block.places.field_role) + visits.field[at]
    stayed = visits.focused[at] & (visits.dwell_ms[at] >= least_ms)
    passed = np.isin(key, key[stayed]) & ~np.isin(key, key[visits.changed[at] | visits.seen_filled[at]])
    at = at[passed & (visits.case_no[at] > 0)]
    after = visits.last[at] + 1
    inside = after < block.starts[1:][block.session_of[visits.first[at]]]
    frame = _plain(work, agent, PASSED_OVER, (visits.first[at][inside], after[inside]))
    frame = frame.with_columns(case_no=pl.Series(visits.case_no[at][inside]), target_field=pl.Series(visits.field[at][inside]))
    return frame.with_columns(glance=pl.lit(value=False))


def _plain(work: Pieces, agent: Places, kind: int, rows: tuple[Places, Places]) -> pl.DataFrame:
    """Bundles that have no source, by the rows of their entries and targets."""
    block, (entry, target) = work.block, rows
    session = block.session_of[entry]
    given = pl.DataFrame({
        "session": block.sessions[session], "case_no": block.case_no[entry], "agent": agent[session], "target_field": block.field[entry],
        "entry_seq": block.seq(entry), "target_seq": block.seq(target),
    })  # fmt: skip
    frame = given.with_columns(
        kind=pl.lit(KINDS[kind]), mode=None, source_field=None, root_field=None, source_seq=None, start_seq=None,
        glance=pl.lit(value=True), memory=pl.lit(value=False), right=pl.lit(value=True),
    )  # fmt: skip
    return frame.select(pl.col(name).cast(kind) for name, kind in BUNDLE.items())


def fetching_of(work: Pieces, entered: pl.DataFrame, part: BlockBundles, first: int) -> Fetching:
    """What the re-entries of a block fetch; `first` is the number of the first of them."""
    bundle = first + np.arange(len(entered))
    n_fields = len(work.block.places.field_role)
    part = BlockBundles(*(getattr(part, name)[: len(entered)] for name in ("kind", "copied", "source", "entry", "target")))
    number = work.cases.number(part.target, entered["case_no"].to_numpy()).astype(np.int64) * n_fields
    copied, memory = part.copied, entered["memory"].to_numpy()
    copy, copier = packed(part.source[copied], bundle[copied])
    read, reader = packed((number + entered["source_field"].fill_null(0).to_numpy())[~copied], bundle[~copied])
    put, filler = packed((number + entered["target_field"].to_numpy())[memory], bundle[memory])
    return Fetching(copy, copier, read, reader, put, filler)


def entered_by_app(work: Pieces, target: Places) -> Places:
    """By application, the fields entered in cases that have a re-entry, each once a case."""
    block, cases = work.block, work.cases
    number = cases.number(work.edits.row, block.case_no[work.edits.row])
    meant = np.zeros(cases.n_cases, dtype=np.bool_)
    meant[cases.number(target, block.case_no[target])] = True
    kept = meant[number] & (block.case_no[work.edits.row] > 0)
    case, of_field = packed(number[kept], work.edits.field[kept])
    once = opens(case, of_field)
    return np.bincount(block.places.field_app[of_field[once]], minlength=len(block.places.app_known))
