"""Staged rows into parts of the store: in time order, numbered from 0, counted from the session's start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb
import polars as pl

from shadow.interop.clipboard import clipboard_origins
from shadow.interop.encoding import STAGED
from shadow.store import TABLES, part_path

if TYPE_CHECKING:
    from pathlib import Path

    from shadow.interop.survey import Survey

__all__ = ["Staging"]

# Enough for windows over one session after another; beyond it DuckDB sorts in the staging folder, whose rows hold no content.
MEMORY_LIMIT: Final = "256MB"

ORDERED: Final = {
    "events": """
        SELECT e.session, p.seq, (floor((e.t_ms - s.start_ms) / 10) * 10)::INTEGER AS t_ms, e.action
             , coalesce(o.app, e.app) AS app, coalesce(o.screen, e.screen) AS screen, coalesce(o.field, e.field) AS field
             , e.mark, e.filled, e.keys, e.x, e.y, e.given_case, e.case_mark
        FROM staged_events AS e
        JOIN places AS p USING (session, row)
        JOIN starts AS s USING (session)
        LEFT JOIN origins AS o USING (session, row)
        ORDER BY e.session, p.seq
    """,
    "tokens": """
        SELECT t.session, p.seq, t.token, t.whole FROM staged_tokens AS t JOIN places AS p USING (session, row)
        ORDER BY t.session, p.seq, t.whole DESC, t.token
    """,
    "forms": """
        SELECT f.session, p.seq, f.field FROM staged_forms AS f JOIN places AS p USING (session, row)
        ORDER BY f.session, p.seq, f.field
    """,
    "notes": """
        SELECT n.session, p.seq, n.note FROM staged_notes AS n JOIN places AS p USING (session, row)
        ORDER BY n.session, p.seq
    """,
}


class Staging:
    """
    A folder of encoded rows on their way into the store.

    Args:

        folder: An empty folder beside the store; it is gone when the import is done.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._batches = 0

    def add(self, tables: dict[str, pl.DataFrame]) -> None:
        """Stage one encoded batch."""
        for name, frame in tables.items():
            frame.write_parquet(self._folder / f"{name}-{self._batches:06d}.parquet")
        self._batches += 1

    def write_part(self, found: Survey, store: Path, part: int) -> dict[str, int]:
        """Write the staged rows as a part of the store; returns rows by table. A table without rows gets no file."""
        origins = clipboard_origins(self._scan("events"), self._scan("tokens"))
        origins.write_parquet(self._folder / "origins.parquet")
        starts = pl.DataFrame(
            [(seen.ordinal, seen.start_ms) for seen in found.sessions.values()], schema=["session", "start_ms"], orient="row"
        )
        starts.write_parquet(self._folder / "starts.parquet")
        with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(self._folder / "spill")}) as con:
            self._create_views(con)
            return {table: self._write_table(con, table, part_path(store, table, part)) for table in TABLES}

    def _scan(self, table: str) -> pl.LazyFrame:
        return pl.scan_parquet(self._batches_of(table), glob=False)

    def _batches_of(self, table: str) -> list[Path]:
        # One by one: in a pattern, a bracket in the name of the study folder would be taken for a wildcard.
        return [self._folder / f"{table}-{batch:06d}.parquet" for batch in range(self._batches)]

    def _create_views(self, con: duckdb.DuckDBPyConnection) -> None:
        for table in STAGED:
            con.read_parquet([str(path) for path in self._batches_of(table)]).create_view(f"staged_{table}")
        for table in ("origins", "starts"):
            con.read_parquet(str(self._folder / f"{table}.parquet")).create_view(table)
        con.execute("""
            CREATE TEMP TABLE places AS
            SELECT session, row, (row_number() OVER (PARTITION BY session ORDER BY t_ms, row) - 1)::INTEGER AS seq FROM staged_events
        """)

    def _write_table(self, con: duckdb.DuckDBPyConnection, table: str, path: Path) -> int:
        rows = con.execute(f"SELECT count(*) FROM staged_{table}").fetchall()[0][0]  # noqa: S608 - our own table names
        if rows:
            draft = self._folder / path.name
            target = str(draft).replace("'", "''")
            options = "FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, ROW_GROUP_SIZE 131072"
            con.execute(f"COPY ({ORDERED[table]}) TO '{target}' ({options})")
            draft.replace(path)
        return int(rows)
