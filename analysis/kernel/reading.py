"""
The store as blocks of whole sessions, read once.

    events-0001.parquet   s1 s1 s1 s2 s2 s3 s3 s3 s3 s4 ...
                          |---- block 1 ----|---- block 2 ...      never a part of a session
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.kernel.columns import EVENT_COLUMNS, Dimensions, SessionBlock, block_of
from shadow.store import SessionHeader, part_path
from shadow.study import Study
from shadow.tables import SCHEMAS

__all__ = ["BLOCK_EVENTS", "CaseSource", "read_blocks", "read_events", "read_session"]

Codes = NDArray[np.int32]
Places = NDArray[np.int64]

# Fits the second-level caches column by column; larger blocks take more memory, smaller ones more time.
BLOCK_EVENTS: Final = 262_144
# Read at a time: sessions do not end where row groups of the files do, so that those at the ends are decoded twice.
READ_EVENTS: Final = 1_048_576
# Sums are tables of sessions by fields while a block is worked on.
BLOCK_SESSION_FIELDS: Final = 500_000

# What a telephone does, beside the work.
CALLS: Final = ("call_start", "call_end", "hold_start", "hold_end")


class CaseSource(Protocol):
    """Who says which events belong to which case."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the events that it must see beside their action."""

    def numbers(self, sessions: Codes, starts: Places, events: pl.DataFrame) -> Codes:
        """
        Case of each event, from 1 within its session; 0 for none.

        Args:

            sessions: Whole sessions with events.

            starts: Place of each one's first event, and the number of events behind the last.

            events: Their action and `columns`, in session and seq order.
        """


def read_blocks(
    study: Study, cases: CaseSource, parts: Collection[int] | None = None, n_events: int = BLOCK_EVENTS
) -> Iterator[SessionBlock]:
    """
    Read a study's events once, some whole sessions at a time.

    Args:

        study: The study; its store is only read.

        cases: Says which events belong to which case.

        parts: Which parts of the store; None for all.

        n_events: Events of a block, unless one session has more.

    Returns:

        The blocks, in the order of the parts and of their sessions, with the telephone's rows laid aside; a session without events is in
        none.
    """
    places = Dimensions.of(study.catalogue)
    n_sessions = max(1, BLOCK_SESSION_FIELDS // max(1, len(places.field_role)))
    for held in _slices(study, parts, max(n_events, READ_EVENTS)):
        for some in held.cut(n_events, n_sessions, held):
            yield _block(some, places, cases)


def read_session(study: Study, cases: CaseSource, session: int) -> SessionBlock:
    """The block of one session, which has events."""
    part = next(header.part for header in study.catalogue.sessions if header.session == session)
    part_slice = next(part_slice for part_slice in _slices(study, [part], 1) if session in part_slice.sessions)
    return _block(part_slice, Dimensions.of(study.catalogue), cases)


def read_events(study: Study, columns: Sequence[str], n_events: int = BLOCK_EVENTS) -> Iterator[tuple[Codes, Places, pl.DataFrame]]:
    """
    Some columns of a study's events, some whole sessions at a time.

    Returns:

        For each: the sessions that have events, the place of each one's first event and the number of events behind the last, the columns.
    """
    for part_slice in _slices(study, None, n_events):
        yield part_slice.sessions, part_slice.starts, part_slice.table("events", columns)


@dataclass(frozen=True, slots=True)
class _Slice:
    """
    Neighbouring sessions of a part: their headers, and before how many rows of each table of the part they lie.

    What is read is read for the slice they are `of`, if that is another: once for all that are of it.
    """

    study: Study
    part: int
    headers: Sequence[SessionHeader]
    before: dict[str, int]
    of: _Slice | None = None
    _read: dict[tuple[str, ...], pl.DataFrame] = dataclasses.field(default_factory=dict)

    def table(self, name: str, columns: Sequence[str]) -> pl.DataFrame:
        """Their rows of a table of the store."""
        n_rows = self.n_rows(name)
        if self.of is not None:
            return self.of.table(name, columns).slice(self.before[name] - self.of.before[name], n_rows)
        if not n_rows:
            return pl.DataFrame(schema={column: SCHEMAS[name][column] for column in columns})
        key = (name, *columns)
        if key not in self._read:
            path = part_path(self.study.store, name, self.part)
            self._read[key] = pl.scan_parquet(path, glob=False).select(columns).slice(self.before[name], n_rows).collect()
        return self._read[key]

    def cut(self, n_events: int, n_sessions: int, of: _Slice | None = None) -> Iterator[_Slice]:
        """Slices of whole sessions, which may be of another."""
        before = self.before
        for group in _groups(self.headers, n_events, n_sessions):
            some = _Slice(self.study, self.part, group, before, of)
            yield some
            before = {table: rows + some.n_rows(table) for table, rows in before.items()}

    def n_rows(self, name: str) -> int:
        """How many rows of a table they have."""
        return sum(_n_rows(header, name) for header in self.headers)

    @property
    def sessions(self) -> Codes:
        """Those with events."""
        return np.array([header.session for header in self.headers if header.n_events], dtype=np.int32)

    @property
    def starts(self) -> Places:
        """Place of each one's first event, and the number of events behind the last."""
        return np.cumsum([0, *(header.n_events for header in self.headers if header.n_events)], dtype=np.int64)


def _n_rows(header: SessionHeader, table: str) -> int:
    return {"events": header.n_events, "forms": header.n_forms, "tokens": header.n_tokens}[table]


def _slices(study: Study, parts: Collection[int] | None, n_events: int) -> Iterator[_Slice]:
    for table in ("events", "forms", "tokens"):
        # Says which file is missing, if one is.
        study.scan(table)
    for part in study.catalogue.parts:
        if parts is None or part.part in parts:
            headers = sorted((h for h in study.catalogue.sessions if h.part == part.part), key=lambda header: header.session)
            yield from _Slice(study, part.part, headers, {"events": 0, "forms": 0, "tokens": 0}).cut(n_events, len(headers))


def _groups(headers: Sequence[SessionHeader], n_events: int, n_sessions: int) -> Iterator[list[SessionHeader]]:
    """Neighbouring sessions that make a block; none without events."""
    group: list[SessionHeader] = []
    held = 0
    for header in headers:
        if held and (held + header.n_events > n_events or len(group) == n_sessions):
            yield group
            group, held = [], 0
        group.append(header)
        held += header.n_events
    if held:
        yield group


def _block(part_slice: _Slice, places: Dimensions, cases: CaseSource) -> SessionBlock:
    events = part_slice.table("events", (*EVENT_COLUMNS, *cases.columns))
    case_no = cases.numbers(part_slice.sessions, part_slice.starts, events)
    sizes = [(header.session, header.n_events, header.n_forms, header.n_tokens) for header in part_slice.headers if header.n_events]
    sides = part_slice.table("forms", ("seq", "field")), part_slice.table("tokens", ("seq", "token", "whole"))
    return _calls_aside(block_of(places, sizes, events, case_no, sides))


def _calls_aside(block: SessionBlock) -> SessionBlock:
    """The telephone puts nothing in front: its rows stand where the work stands, and break no visit."""
    calls = np.flatnonzero(block.is_action(*CALLS))
    if not len(calls):
        return block
    places = np.arange(len(block), dtype=np.int64)
    places[calls] = -1
    work = np.maximum.accumulate(places)[calls]
    # Before a session's first work the telephone is all there is, and stays where it is.
    inside = work >= block.starts[:-1][block.session_of[calls]]
    calls, work = calls[inside], work[inside]
    screen, field = block.screen.copy(), block.field.copy()
    screen[calls], field[calls] = screen[work], -1
    return dataclasses.replace(block, screen=screen, field=field)
