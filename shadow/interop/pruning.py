"""
A catalogue without one session, and without the names that only that session had.

A name's code is its place in the catalogue. So where a name goes from the middle, the codes after it change, and the parts of the other
sessions are written anew with the new ones; the old parts stay until the catalogue is committed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import polars as pl

from shadow.interop.recorded_rows import write_tables
from shadow.session import refuse_broken
from shadow.store import TABLES, Catalogue, FieldEntry, Part, ScreenEntry, SourceEntry, part_path

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["without_session"]

# New code of each app, screen and field by the old one.
Codes = dict[str, dict[int, int]]


def without_session(catalogue: Catalogue, source: SourceEntry, store: Path) -> Catalogue:
    """
    The catalogue as it is without a recorded session, which has a part of its own.

    Args:

        catalogue: As committed; it stays as it is.

        source: The source that is to go.

        store: Of the study. Parts may be added that only the new catalogue names.

    Raises:

        StudyError: A part of another session is missing or damaged.
    """
    gone = {header.part for header in catalogue.sessions if header.source == source.source}
    sessions = [header for header in catalogue.sessions if header.source != source.source]
    parts = [part for part in catalogue.parts if part.part not in gone]
    codes = _codes_in_use(catalogue, parts, store)
    pruned = msgspec.structs.replace(
        _with_codes(catalogue, codes),
        parts=parts,
        sources=[entry for entry in catalogue.sources if entry.source != source.source],
        sessions=sessions,
        withdrawn=list(catalogue.withdrawn),
    )
    if any(old != new for table in codes.values() for old, new in table.items()):
        first = max(part.part for part in catalogue.parts) + 1
        numbers = {part.part: first + place for place, part in enumerate(parts)}
        pruned.parts = [_rewritten(part, numbers[part.part], codes, store) for part in parts]
        pruned.sessions = [msgspec.structs.replace(header, part=numbers[header.part]) for header in sessions]
        refuse_broken(pruned, store)
    return pruned


def _codes_in_use(catalogue: Catalogue, parts: list[Part], store: Path) -> Codes:
    """The codes that some row of these parts needs, in order, each with the one it gets."""
    used: dict[str, set[int]] = {"app": set(), "screen": set(), "field": set()}
    for part in parts:
        for table, columns in (("events", tuple(used)), ("forms", ("field",))):
            if getattr(part, table):
                rows = pl.scan_parquet(part_path(store, table, part.part), glob=False)
                for column in columns:
                    used[column].update(rows.select(pl.col(column).drop_nulls().unique()).collect()[column])
    used["screen"].update(catalogue.fields[field].screen for field in used["field"])
    used["app"].update(catalogue.screens[screen].app for screen in used["screen"])
    return {name: {old: new for new, old in enumerate(sorted(found))} for name, found in used.items()}


def _with_codes(catalogue: Catalogue, codes: Codes) -> Catalogue:
    """The dimension tables with only the entries that have a code."""
    screens = [catalogue.screens[code] for code in codes["screen"]]
    fields = [catalogue.fields[code] for code in codes["field"]]
    return Catalogue(
        apps=[catalogue.apps[code] for code in codes["app"]],
        screens=[ScreenEntry(codes["app"][entry.app], entry.name) for entry in screens],
        fields=[FieldEntry(codes["screen"][entry.screen], entry.element, entry.label, entry.role, entry.required) for entry in fields],
    )


def _rewritten(part: Part, number: int, codes: Codes, store: Path) -> Part:
    """The part under a new number and with new codes."""
    tables = {
        table: _recoded(pl.read_parquet(part_path(store, table, part.part), glob=False), codes) for table in TABLES if getattr(part, table)
    }
    return msgspec.structs.replace(part, part=number) if write_tables(tables, store, number) else part


def _recoded(frame: pl.DataFrame, codes: Codes) -> pl.DataFrame:
    columns: Iterable[str] = (column for column in codes if column in frame.columns)
    return frame.with_columns(pl.col(column).replace_strict(codes[column], return_dtype=pl.Int32) for column in columns)
