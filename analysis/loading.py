"""A study as the concepts read it: base tables in an in-memory database, actions and roles as words, cases assigned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
import msgspec
import numpy as np
import polars as pl

from analysis.cases import assign_cases
from analysis.concepts import BASE_TABLES, build_concepts, connect, create_base_tables
from analysis.kernel.columns import BLOCK_EVENTS, SessionBlock, read_blocks
from analysis.thresholds import Thresholds
from shadow.errors import SettingsError, StudyError
from shadow.events import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from shadow.study import Study

__all__ = ["LoadedStudy", "load_study", "thresholds_of"]


@dataclass(slots=True)
class LoadedStudy:
    """
    A study with its cases assigned and its concepts built.

    Args:

        study: The folder it came from.

        thresholds: The defaults, with what study.toml says otherwise.

        con: A database with the base tables and the concepts (`analysis.concepts`).

        cases: Case of every event: session, seq, case_no, how.
    """

    study: Study
    thresholds: Thresholds
    con: duckdb.DuckDBPyConnection
    cases: pl.DataFrame
    _tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def table(self, name: str) -> pl.DataFrame:
        """A base table or concept as a frame; read once."""
        if name not in self._tables:
            self._tables[name] = self.query(f"SELECT * FROM {name}")  # noqa: S608 - a table of ours
        return self._tables[name]

    def query(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The result of a query over base tables and concepts."""
        return _frame(self.con.sql(sql, params=dict(params) if params else None))

    def blocks(self, n_events: int = BLOCK_EVENTS) -> Iterator[SessionBlock]:
        """
        The study's events as arrays, some whole sessions at a time, in session and seq order, with the telephone's rows laid aside.

        Args:

            n_events: Events of a block, unless one session has more.
        """
        return read_blocks(self.study, self.case_numbers, n_events)

    @property
    def case_numbers(self) -> NDArray[np.int32]:
        """Case of every event in session and seq order; 0 for none."""
        numbers: NDArray[np.int32] = self.cases["case_no"].fill_null(0).to_numpy()
        return numbers

    @property
    def agent_of(self) -> NDArray[np.int32]:
        """Agent of each session, by the session's ordinal."""
        headers = self.study.catalogue.sessions
        agents = np.zeros(max((header.session for header in headers), default=0) + 1, dtype=np.int32)
        for header in headers:
            agents[header.session] = header.agent
        return agents

    def close(self) -> None:
        """Let go of the database."""
        self.con.close()

    @property
    def n_cases(self) -> int:
        """Cases of the study."""
        return self.cases.filter(pl.col("case_no").is_not_null()).select("session", "case_no").n_unique()

    def field(self, code: int | None) -> dict[str, str | None]:
        """A field as every output names it; None is the unknown origin of a copy."""
        if code is None:
            return {"app": "(unknown)", "screen": "", "field": "", "label": None}
        catalogue = self.study.catalogue
        entry = catalogue.fields[code]
        screen = catalogue.screens[entry.screen]
        return {"app": catalogue.apps[screen.app], "screen": screen.name, "field": entry.element, "label": entry.label}


def _frame(relation: duckdb.DuckDBPyRelation) -> pl.DataFrame:
    """
    A result as a frame.

    Through numpy, because the direct way needs pyarrow or leaves DuckDB complaining of leaks when the program ends.
    """
    kinds = {name: _KINDS.get(str(kind), pl.Float64) for name, kind in zip(relation.columns, relation.types, strict=True)}
    columns = []
    for name, array in relation.fetchnumpy().items():
        masked = np.ma.getmaskarray(array)
        values = pl.Series(name, np.ma.getdata(array).tolist() if kinds[name] == pl.String else np.ma.getdata(array))
        columns.append(values.cast(kinds[name]).set(pl.Series(masked), None) if masked.any() else values.cast(kinds[name]))
    return pl.DataFrame(columns)


_KINDS = {"BOOLEAN": pl.Boolean, "INTEGER": pl.Int32, "BIGINT": pl.Int64, "HUGEINT": pl.Int64, "DOUBLE": pl.Float64, "VARCHAR": pl.String}


def thresholds_of(study: Study) -> Thresholds:
    """
    The thresholds of a study: the defaults, with what `[thresholds]` of study.toml says otherwise.

    Raises:

        SettingsError: A name is no threshold, or a value means nothing; the message names it.
    """
    given = dict(study.settings.thresholds)
    known = {entry.name: entry.type for entry in msgspec.structs.fields(Thresholds)}
    unknown = [name for name in given if name not in known]
    if unknown:
        raise SettingsError(f"[thresholds] {unknown[0]} is not a threshold", f"known are {', '.join(known)}")
    typed: dict[str, Any] = {name: int(value) if known[name] is int else value for name, value in given.items()}
    try:
        return Thresholds(**typed)
    except ValueError as fault:
        raise SettingsError(f"[thresholds] {fault}", "mend it in study.toml") from None


def load_study(study: Study) -> LoadedStudy:
    """
    Assign cases and build the concepts of a study, in memory.

    Raises:

        StudyError: Nothing was imported yet.

        SettingsError: study.toml cannot be understood.
    """
    if not study.catalogue.sessions:
        raise StudyError(f"{study.folder} has no sessions", f"bring logs in with: shadow import LOG --study {study.folder}")
    thresholds = thresholds_of(study)
    cases = assign_cases(study)
    con = connect()
    create_base_tables(con)
    _fill_dimensions(con, study)
    _fill_rows(con, study, cases)
    build_concepts(con, thresholds)
    return LoadedStudy(study, thresholds, con, cases)


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
