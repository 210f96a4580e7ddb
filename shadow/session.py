"""
A session against its header: what any program can check about a recording without knowing what was recorded.

A header says the schema version, the consent it rests on (`imported` for a log that another recorder wrote), how many rows each table
has and that the sequence runs unbroken from 0. `refuse_broken` holds the sessions of a part to it.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

import polars as pl

from shadow.errors import StudyError
from shadow.events import ACTIONS, SCHEMA_VERSION
from shadow.store import TABLES, part_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shadow.store import Catalogue, SessionHeader

__all__ = ["IMPORTED", "count_rows", "refuse_broken", "session_facts"]

IMPORTED: Final = "imported"
RESTORE: Final = "restore the study from a copy or import the sources again"


def count_rows(store: Path, table: str, part: int) -> dict[int, int]:
    """Rows of a table by session; sessions without rows are absent."""
    path = part_path(store, table, part)
    if not path.exists():
        return {}
    with _damage_named(path):
        return dict(pl.scan_parquet(path, glob=False).group_by("session").len().collect().iter_rows())


def session_facts(store: Path, part: int) -> dict[int, dict[str, int | bool]]:
    """
    What the rows of a part say about each session.

    Returns:

        By session: n_events, first_seq, last_seq, last_t_ms, and whether it is `unbroken` (seq runs by one, time never back) and has only
        `known_actions`.

    Raises:

        StudyError: The part is missing or is no Parquet file.
    """
    path = part_path(store, "events", part)
    if not path.exists():
        raise StudyError(f"store/{path.name} is missing", RESTORE)
    same = pl.col("session") == pl.col("session").shift()
    facts = (
        pl.scan_parquet(path, glob=False)
        .select("session", "seq", "t_ms", "action")
        .with_columns(step=pl.when(same).then(pl.col("seq").diff()), wait=pl.when(same).then(pl.col("t_ms").diff()))
        .group_by("session")
        .agg(
            n_events=pl.len(),
            first_seq=pl.col("seq").first(),
            last_seq=pl.col("seq").last(),
            last_t_ms=pl.col("t_ms").last(),
            unbroken=(pl.col("step").fill_null(1) == 1).all() & (pl.col("wait").fill_null(0) >= 0).all() & (pl.col("t_ms") >= 0).all(),
            known_actions=(pl.col("action") < len(ACTIONS)).all(),
        )
    )
    with _damage_named(path):
        return {row.pop("session"): row for row in facts.collect().to_dicts()}


@contextlib.contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except pl.exceptions.PolarsError:
        raise StudyError(f"store/{path.name} is damaged", RESTORE) from None


def refuse_broken(catalogue: Catalogue, store: Path, parts: Iterable[int] | None = None) -> None:
    """
    Hold the sessions of some parts (default: all) against their headers.

    Raises:

        StudyError: A session is not what its header says; the message names the session and the check.
    """
    wanted = {entry.part for entry in catalogue.parts} if parts is None else set(parts)
    for part in sorted(wanted):
        facts = session_facts(store, part)
        counts = {table: count_rows(store, table, part) for table in TABLES if table != "events"}
        for header in catalogue.sessions:
            if header.part == part:
                _refuse_header(header, facts.get(header.session, {}), counts)


def _refuse_header(header: SessionHeader, facts: dict[str, int | bool], counts: dict[str, dict[int, int]]) -> None:
    checks = {
        "schema version": (SCHEMA_VERSION, header.schema_version),
        "number of events": (header.n_events, facts.get("n_events", 0)),
        "first seq": (0, facts.get("first_seq")),
        "last seq": (header.n_events - 1, facts.get("last_seq")),
        "length": (header.last_t_ms, facts.get("last_t_ms")),
        "unbroken order": (True, facts.get("unbroken")),
        "known actions": (True, facts.get("known_actions")),
        **{f"number of {table}": (getattr(header, f"n_{table}"), found.get(header.session, 0)) for table, found in counts.items()},
    }
    for what, (expected, actual) in checks.items():
        if expected != actual:
            raise StudyError(f"session {header.name} is damaged ({what})", RESTORE)
