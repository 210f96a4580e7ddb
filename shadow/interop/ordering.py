"""
Staged rows into parts of the store: in time order, numbered from 0, counted from the session's start.

    staged batches --some sessions at a time--> ordered rows --DuckDB writes--> part files

Whole sessions are put in order in memory, a few at a time; the logs they come from may have them mixed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np
import polars as pl

from shadow.interop.ahead import ahead
from shadow.interop.clipboard import clipboard_origins
from shadow.store import TABLES, part_path
from shadow.tables import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shadow.interop.coding import Places
    from shadow.interop.survey import SessionSeen, Survey

__all__ = ["Staging"]

MEMORY_LIMIT: Final = "256MB"
# So many events, and the rest of the last session, are put in order at a time.
GROUP_EVENTS: Final = 250_000
# No dictionaries: their bit-packed codes hide from zstd that the next value is like the one before. Measured on a million events: 4.9 instead
# of 5.1 bytes an event for events, 2.5 instead of 6.8 for their tokens; delta encoding (v2) pays for the clock only.
OPTIONS: Final = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 262144, DICTIONARY_SIZE_LIMIT 1"
VERSION: Final = {"events": "v2", "tokens": "v1", "forms": "v1", "notes": "v1"}


class Staging:
    """
    A folder of encoded rows on their way into the store.

    Args:

        folder: An empty folder beside the store; it is gone when the import is done.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # Lowest and highest session of each batch.
        self._batches: list[tuple[int, int]] = []

    def add(self, tables: dict[str, pl.DataFrame]) -> None:
        """Stage one encoded batch; see `shadow.interop.encoding.STAGED` for its columns."""
        for name, frame in tables.items():
            frame.write_ipc(self._staged(name, len(self._batches)))
        sessions = tables["events"]["session"]
        self._batches.append((int(sessions[sessions.arg_min() or 0]), int(sessions[sessions.arg_max() or 0])))

    def clear(self) -> None:
        """Throw away what was staged."""
        for path in self._folder.iterdir():
            path.unlink()
        self._batches.clear()

    def write_part(self, found: Survey, store: Path, part: int) -> dict[str, int]:
        """Write the staged rows as a part of the store; returns rows by table. A table without rows gets no file."""
        counts = dict.fromkeys(TABLES, 0)
        ordered: dict[str, list[Path]] = {table: [] for table in TABLES}
        for number, frames in enumerate(ahead(map(self._in_order, _groups(found)))):
            for table, frame in frames.items():
                ordered[table].append(self._folder / f"ordered-{table}-{number:06d}.parquet")
                frame.select(*SCHEMAS[table]).write_parquet(ordered[table][-1], compression="uncompressed", statistics=False)
                counts[table] += len(frame)
        with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(self._folder / "spill")}) as con:
            for table in TABLES:
                if counts[table]:
                    self._write_table(con, table, ordered[table], part_path(store, table, part))
        return counts

    def _staged(self, table: str, batch: int) -> Path:
        return self._folder / f"{table}-{batch:06d}.arrow"

    def _in_order(self, group: list[SessionSeen]) -> dict[str, pl.DataFrame]:
        """All rows of some sessions in the order of the store, by table."""
        tables = {table: self._rows_of(group, table) for table in TABLES}
        events = _with_origins(tables["events"], tables["tokens"])
        order = _time_order(events)
        if order is not None:
            events = events[order]
        session = events["session"].to_numpy()
        first = np.flatnonzero(np.diff(session, prepend=session[0] - 1))
        lengths = np.diff(first, append=len(session))
        start_ms = np.array([seen.start_ms for seen in group])[session[first] - group[0].ordinal]
        t_ms = (events["t_ms"].to_numpy() - np.repeat(start_ms, lengths)) // 10 * 10
        seq = (np.arange(len(session)) - np.repeat(first, lengths)).astype(np.int32)
        ordered = events.with_columns(t_ms=t_ms.astype(np.int32), seq=seq)
        row = events["row"].to_numpy()
        by_row = np.arange(len(row)) if order is None else np.argsort(row)
        for table in ("tokens", "forms", "notes"):
            place = by_row[np.searchsorted(row[by_row], tables[table]["row"].to_numpy())]
            placed = tables[table].with_columns(place=place, seq=seq[place])
            # The tokens of a row are staged in their order, its fields are not.
            within = ["field"] if table == "forms" else []
            in_order = not within and (place[1:] >= place[:-1]).all()
            tables[table] = placed if in_order else placed.sort("place", *within, maintain_order=True)
        return tables | {"events": ordered}

    def _rows_of(self, group: list[SessionSeen], table: str) -> pl.DataFrame:
        """The staged rows of some sessions, which count on from each other, in the order of the log."""
        first, last = group[0].ordinal, group[-1].ordinal
        # One by one: in a pattern, a bracket in the name of the study folder would be taken for a wildcard.
        paths = [self._staged(table, batch) for batch, (low, high) in enumerate(self._batches) if low <= last and high >= first]
        return pl.scan_ipc(paths, glob=False).filter(pl.col("session").is_between(first, last)).collect()

    def _write_table(self, con: duckdb.DuckDBPyConnection, table: str, ordered: list[Path], path: Path) -> None:
        con.read_parquet([str(path) for path in ordered]).create_view(f"ordered_{table}")
        draft = self._folder / path.name
        target = str(draft).replace("'", "''")
        con.execute(f"COPY (FROM ordered_{table}) TO '{target}' ({OPTIONS}, PARQUET_VERSION {VERSION[table]})")
        draft.replace(path)


def _groups(found: Survey) -> Iterator[list[SessionSeen]]:
    """The sessions in order of their ordinals, some at a time."""
    group: list[SessionSeen] = []
    for seen in found.sessions.values():
        group.append(seen)
        if sum(seen.n_events for seen in group) >= GROUP_EVENTS:
            yield group
            group = []
    if group:
        yield group


def _with_origins(events: pl.DataFrame, tokens: pl.DataFrame) -> pl.DataFrame:
    """The events, with the target of each clipboard row where it came from."""
    if not events["clipboard"].any():
        return events
    origins = clipboard_origins(events.lazy(), tokens.lazy())
    joined = events.join(origins, on=["session", "row"], how="left", maintain_order="left", suffix="_of_origin")
    return joined.with_columns(pl.coalesce(f"{name}_of_origin", name).alias(name) for name in ("app", "screen", "field"))


def _time_order(events: pl.DataFrame) -> Places | None:
    """The places of events, as the log has them, by session, time and row; None if that is their order already, as in most logs."""
    session, t_ms = events["session"].to_numpy(), events["t_ms"].to_numpy()
    later = (session[1:] > session[:-1]) | ((session[1:] == session[:-1]) & (t_ms[1:] >= t_ms[:-1]))
    return None if later.all() else np.lexsort((t_ms, session))
