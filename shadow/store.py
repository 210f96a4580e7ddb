"""
The columnar store of a study: whole sessions, sorted, integer codes with dimension tables, and a catalogue.

    store/
      catalogue.json       sessions, parts, sources and the dimension tables: apps, screens, fields; the one mutable file
      events-0001.parquet  one part per import: whole sessions, one row per event, ordered by session and seq
      tokens-0001.parquet  the comparable marks of each event's value
      forms-0001.parquet   the fields a screen announced as fillable
      notes-0001.parquet   the agents' own words, on `mark` events

Parts never change once written. Replacing catalogue.json is the commit: before it nothing of an import can be seen, after it all of it.
A file no catalogue names belongs to an import that never committed, and the next one removes it.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

import msgspec

from shadow.errors import StudyError
from shadow.events import SCHEMA_VERSION, session_name

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "TABLES",
    "Catalogue",
    "FieldEntry",
    "Part",
    "ScreenEntry",
    "SessionHeader",
    "SourceEntry",
    "Withdrawal",
    "read_catalogue",
    "write_catalogue",
]

TABLES: Final = ("events", "tokens", "forms", "notes")
CATALOGUE: Final = "catalogue.json"
# What the folder of an import that has not committed begins with.
STAGING: Final = ".staging-"


class SessionHeader(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    One session as any program can check it against its rows.

    `consent` is the id of the consent record, or `imported` for a log that another recorder wrote. `agent` is a pseudonym that holds
    within the study only. `started_at` is wall time, ISO 8601; None if the log only knows time since its own beginning.
    """

    session: int
    name: str
    schema_version: int
    consent: str
    source: int
    agent: int
    started_at: str | None
    part: int
    n_events: int
    n_tokens: int
    n_forms: int
    n_notes: int
    first_seq: int
    last_seq: int
    last_t_ms: int


class ScreenEntry(msgspec.Struct, frozen=True, array_like=True):
    """A screen: the code of its app and its name by template; an empty name means that the log names no screen."""

    app: int
    name: str


class FieldEntry(msgspec.Struct, array_like=True):
    """A field: the code of its screen, its stable id there, and its label, role and whether it must be filled, as first seen."""

    screen: int
    element: str
    label: str | None = None
    role: str | None = None
    required: bool = False


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One set of Parquet files, and how many rows each table has."""

    part: int
    events: int
    tokens: int
    forms: int
    notes: int


class SourceEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What was imported: a log, by the digest of the whole file, or a recorded session, by the digest of its release.

    `sessions` is how many sessions it held. `session_id` is the recorder's own name of a recorded session, under which its sealed folder
    lies beside the store; None for a log.
    """

    source: int
    digest: str
    format: str
    sessions: int
    session_id: str | None = None


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    All that is left of a session that was withdrawn: that it is not to be imported again, and what the receipt says.

    `order` is the digest of the agent's order, `n_events` and `removed` are what was removed; `withdrawn_at` is wall time, ISO 8601.
    """

    session_id: str
    order: str
    withdrawn_at: str
    n_events: int
    removed: tuple[str, ...]


class Catalogue(msgspec.Struct, forbid_unknown_fields=True):
    """Everything small about a store; the code of an app, screen or field is its index here."""

    schema_version: int = SCHEMA_VERSION
    apps: list[str] = []
    screens: list[ScreenEntry] = []
    fields: list[FieldEntry] = []
    parts: list[Part] = []
    sources: list[SourceEntry] = []
    sessions: list[SessionHeader] = []
    withdrawn: list[Withdrawal] = []

    def next_session(self) -> tuple[int, str]:
        """Ordinal and name of the next session."""
        ordinal = max((header.session for header in self.sessions), default=0) + 1
        return ordinal, session_name(ordinal)


def read_catalogue(store: Path) -> Catalogue:
    """
    The committed catalogue of a store; an empty one if nothing was ever imported.

    Raises:

        StudyError: The catalogue is damaged or written by a newer version; nothing can be read from this study.
    """
    path = store / CATALOGUE
    if not path.exists():
        return Catalogue()
    try:
        catalogue = msgspec.json.decode(path.read_bytes(), type=Catalogue)
    except msgspec.MsgspecError as fault:
        raise StudyError(f"store/{CATALOGUE} is damaged: {fault}", "restore it from a copy or import the sources again") from None
    if catalogue.schema_version != SCHEMA_VERSION:
        reason = f"the study has schema version {catalogue.schema_version}, this program reads {SCHEMA_VERSION}"
        raise StudyError(reason, "update the program")
    return catalogue


def write_catalogue(store: Path, catalogue: Catalogue) -> None:
    """Replace the catalogue in one step, durably: a reader sees the old one or the new one, never half of either."""
    draft = store / f"{CATALOGUE}.new"
    with draft.open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(catalogue), indent=1))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(store / CATALOGUE)


def part_path(store: Path, table: str, part: int) -> Path:
    """Where a table of a part lies."""
    return store / f"{table}-{part:04d}.parquet"


def remove_orphans(store: Path, catalogue: Catalogue) -> None:
    """Remove what imports that never committed have left."""
    kept = {part_path(store, table, part.part).name for part in catalogue.parts for table in TABLES}
    for path in store.glob("*.parquet"):
        if path.name not in kept:
            path.unlink()
    for folder in store.glob(f"{STAGING}*"):
        shutil.rmtree(folder, ignore_errors=True)
    (store / f"{CATALOGUE}.new").unlink(missing_ok=True)
