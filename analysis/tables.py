"""
A study as a database, for people and for the tests: base tables with actions and roles as words, cases assigned, and the concepts of them.

This is the readable way and not the fast one: everything is in memory at once. What the commands say comes from `analysis.kernel`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import numpy as np
import polars as pl

from analysis.cases import assign_cases
from analysis.concepts import BASE_TABLES, build_concepts, connect, create_base_tables
from shadow.events import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.thresholds import Thresholds
    from shadow.study import Study

__all__ = ["database_of", "frame_of"]


def database_of(study: Study, thresholds: Thresholds, only: Collection[str] | None = None) -> duckdb.DuckDBPyConnection:
    """A database in memory with the base tables of a study and its concepts, or `only` some of them (`analysis.concepts`)."""
    con = connect()
    create_base_tables(con)
    _fill_dimensions(con, study)
    _fill_rows(con, study, assign_cases(study))
    build_concepts(con, thresholds, only)
    return con


def frame_of(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """
    A result as a frame.

    Through numpy, because the direct way needs pyarrow or leaves DuckDB complaining of leaks when the program ends.
    """
    kinds = [_KINDS.get(str(kind).partition("(")[0], pl.Unknown) for kind in relation.types]
    return pl.DataFrame([_column(name, array, kind) for (name, array), kind in zip(relation.fetchnumpy().items(), kinds, strict=True)])


def _column(name: str, array: NDArray[np.generic], kind: type[pl.DataType]) -> pl.Series:
    masked = np.ma.getmaskarray(array)
    if kind in _AS_NUMBERS:
        values = pl.Series(name, np.ma.getdata(array)).cast(kind)
        return values.set(pl.Series(masked), None) if masked.any() else values
    rows = [None if gone else value for value, gone in zip(np.ma.getdata(array).tolist(), masked.tolist(), strict=True)]
    if kind == pl.String:
        return pl.Series(name, [value if value is None else str(value) for value in rows], dtype=pl.String)
    return pl.Series(name, [value.tolist() if isinstance(value, np.ndarray) else value for value in rows], strict=False)


_KINDS = {
    "BOOLEAN": pl.Boolean, "TINYINT": pl.Int8, "SMALLINT": pl.Int16, "INTEGER": pl.Int32, "BIGINT": pl.Int64, "HUGEINT": pl.Int64,
    "UTINYINT": pl.UInt8, "USMALLINT": pl.UInt16, "UINTEGER": pl.UInt32, "UBIGINT": pl.UInt64, "FLOAT": pl.Float32, "DOUBLE": pl.Float64,
    "DECIMAL": pl.Float64, "DATE": pl.Date, "TIMESTAMP": pl.Datetime, "INTERVAL": pl.Duration, "VARCHAR": pl.String, "ENUM": pl.String, "UUID": pl.String,
}  # fmt: skip
_AS_NUMBERS = set(_KINDS.values()) - {pl.String}


def _fill_dimensions(con: duckdb.DuckDBPyConnection, study: Study) -> None:
    catalogue = study.catalogue
    apps = list(enumerate(catalogue.apps))
    screens = [(code, entry.app, entry.name) for code, entry in enumerate(catalogue.screens)]
    fields = [
        (code, entry.screen, catalogue.screens[entry.screen].app, entry.element, entry.label, entry.role, entry.required)
        for code, entry in enumerate(catalogue.fields)
    ]
    for table, rows in (("apps", apps), ("screens", screens), ("fields", fields)):
        if rows:
            # Whole columns at once: row by row added 0.6 s to the loading of the sample study.
            columns = ", ".join(f"unnest(?::{column.split()[1]}[])" for column in BASE_TABLES[table].split(", "))
            con.execute(f"INSERT INTO {table} SELECT {columns}", [list(column) for column in zip(*rows, strict=True)])


def _fill_rows(con: duckdb.DuckDBPyConnection, study: Study, cases: pl.DataFrame) -> None:
    """Events with words for codes, and the side tables; the case of an event comes from `cases`, row by row."""
    con.register("assigned", {
        "session": cases["session"].to_numpy(),
        "seq": cases["seq"].to_numpy(),
        "case_no": cases["case_no"].fill_null(0).to_numpy(),
    })  # fmt: skip
    con.register("actions", {"code": np.arange(len(ACTIONS), dtype=np.uint8), "action": np.array(ACTIONS, dtype=object)})
    headers = study.catalogue.sessions
    con.register("agents", {
        "session": np.array([header.session for header in headers], dtype=np.int32),
        "agent": np.array([header.agent for header in headers], dtype=np.int32),
    })  # fmt: skip
    _read_parts(con, "stored_events", study.parts("events"))
    con.execute("""
        INSERT INTO events
        SELECT e.session, g.agent, e.seq, e.t_ms, a.action, e.app, e.screen, e.field, f.role, e.mark, e.filled, e.keys, e.x, e.y
             , nullif(c.case_no, 0)
        FROM stored_events AS e
        JOIN agents AS g USING (session)
        JOIN actions AS a ON e.action = a.code
        JOIN assigned AS c USING (session, seq)
        LEFT JOIN fields AS f USING (field)
        ORDER BY e.session, e.seq
    """)
    con.execute(_CALLS_ASIDE)
    for table in ("tokens", "forms"):
        if study.parts(table):
            _read_parts(con, f"stored_{table}", study.parts(table))
            con.execute(f"INSERT INTO {table} SELECT * FROM stored_{table}")  # noqa: S608 - tables of ours


# The telephone puts nothing in front: its rows stand where the work stands, and break no visit.
_CALLS_ASIDE = """
    UPDATE events SET app = work.app, screen = work.screen, field = NULL, role = NULL
    FROM (
        SELECT c.session, c.seq, w.app, w.screen
        FROM (SELECT session, seq FROM events WHERE action IN ('call_start', 'call_end', 'hold_start', 'hold_end')) AS c
        ASOF JOIN (SELECT session, seq, app, screen FROM events WHERE action NOT IN ('call_start', 'call_end', 'hold_start', 'hold_end')) AS w
            ON c.session = w.session AND c.seq >= w.seq
    ) AS work
    WHERE events.session = work.session AND events.seq = work.seq
"""


def _read_parts(con: duckdb.DuckDBPyConnection, view: str, paths: list[Path]) -> None:
    con.read_parquet([str(path) for path in paths]).create_view(view)
