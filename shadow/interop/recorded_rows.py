"""
Recorded events to the rows of the store: names become codes, and missing time becomes a gap.

A session fits in memory and comes in order, so nothing is staged. What was forgotten, struck or damaged left a hole in `seq`:

    as kept     0 focus   1 input            7 blur
    as stored   0 focus   1 input   2 gap_start   3 gap_end   4 blur
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from shadow.events import ACTION_CODES
from shadow.interop.naming import Names, is_unnamed, unnamed_screens
from shadow.recorded import RecordedEvent
from shadow.store import TABLES, Catalogue, part_path
from shadow.tables import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

__all__ = ["announced_fields", "session_tables", "with_gaps", "write_tables"]

GRAIN_MS: Final = 10
ROW_GROUP: Final = 131_072

Row = tuple[object, ...]
# Application and screen, as the recorder names them.
Place = tuple[str, str]


def with_gaps(events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    """
    The events numbered anew from 0, with a gap wherever some are missing between two: that time is not measured, which is not dwell.

    A gap has the place of the event beside it, so that it is no change of screen.
    """
    kept: list[RecordedEvent] = list(events[:1])
    for before, after in pairwise(events):
        if after.seq != before.seq + 1:
            if before.action not in ("gap_start", "pause"):
                kept.append(RecordedEvent(0, before.t_ms, "gap_start", before.app, before.screen))
            if after.action not in ("gap_end", "resume"):
                kept.append(RecordedEvent(0, after.t_ms, "gap_end", after.app, after.screen))
        kept.append(after)
    return [msgspec.structs.replace(event, seq=seq) for seq, event in enumerate(kept)]


def session_tables(session: int, events: Sequence[RecordedEvent], names: Names, announced: frozenset[int]) -> dict[str, pl.DataFrame]:
    """
    The rows of one session, by table of the store.

    Args:

        session: Its ordinal in the study.

        events: As `with_gaps` gives them.

        names: Gives codes to their names.

        announced: Fields that a form of the study announced (`announced_fields`).
    """
    screens = _screens(events, names, announced)
    tables: dict[str, list[Row]] = {table: [] for table in TABLES}
    for event in events:
        app, screen = screens[event.app, event.screen]
        tables["events"].append((session, *_event_row(event, app, screen, names)))
        tables["tokens"].extend((session, event.seq, token, whole) for token, whole in _tokens(event))
        form = sorted({names.field(screen, element) for element in event.elements or ()})
        tables["forms"].extend((session, event.seq, field) for field in form)
        if event.note is not None:
            tables["notes"].append((session, event.seq, event.note))
    return {table: pl.DataFrame(rows, schema=SCHEMAS[table], orient="row") for table, rows in tables.items()}


def write_tables(tables: dict[str, pl.DataFrame], store: Path, part: int) -> dict[str, int]:
    """Write the rows as a part of the store; returns rows by table. A table without rows gets no file."""
    for table, frame in tables.items():
        if not frame.is_empty():
            frame.write_parquet(part_path(store, table, part), compression="zstd", row_group_size=ROW_GROUP)
    return {table: frame.height for table, frame in tables.items()}


def announced_fields(store: Path, catalogue: Catalogue) -> frozenset[int]:
    """Codes of the fields that some form of the study has announced."""
    paths = [part_path(store, "forms", part.part) for part in catalogue.parts if part.forms]
    return frozenset(pl.scan_parquet(paths, glob=False).select(pl.col("field").unique()).collect()["field"]) if paths else frozenset()


def _event_row(event: RecordedEvent, app: int, screen: int, names: Names) -> Row:
    field = None if event.element is None else names.field(screen, event.element, event.label, event.role, event.required)
    t_ms = event.t_ms // GRAIN_MS * GRAIN_MS
    place = (event.seq, t_ms, ACTION_CODES[event.action], app, screen, field)
    return (*place, event.mark, event.filled, event.keys, event.x, event.y, None, event.case)


def _tokens(event: RecordedEvent) -> Iterator[tuple[int, bool]]:
    """Whole forms first, then words, each in order: as the store sorts them."""
    yield from ((token, True) for token in sorted(event.wholes))
    yield from ((token, False) for token in sorted(event.words))


def _screens(events: Iterable[RecordedEvent], names: Names, announced: frozenset[int]) -> dict[Place, tuple[int, int]]:
    """Codes of application and screen by the names in the events, in order of first sight."""
    seen: dict[Place, set[str]] = defaultdict(set)
    for event in events:
        seen[event.app, event.screen].update(event.elements or ())
    apps = {app: names.app(app) for app, _ in seen}
    called = _called(seen, apps, names, announced)
    return {place: (apps[place[0]], names.recorded_screen(place[0], apps[place[0]], called.get(place, place[1]))) for place in seen}


def _called(seen: dict[Place, set[str]], apps: dict[str, int], names: Names, announced: frozenset[int]) -> dict[Place, str]:
    """What the unnamed screens of the session are called in the study; each application is looked at by itself."""
    forms: dict[int, dict[Place, frozenset[str]]] = defaultdict(dict)
    for place, elements in seen.items():
        if is_unnamed(place[1]):
            forms[apps[place[0]]][place] = frozenset(elements)
    called: dict[Place, str] = {}
    for app, found in forms.items():
        called |= unnamed_screens(found, names.unnamed(app, announced))
    return called
