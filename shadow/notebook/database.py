"""
A study as views to be asked in SQL, and nothing else to be reached from there.

    views/NAME.sql   names and seconds          what a query sees
    codes.*          numbers                    base tables and concepts, made when a view needs them; no agent is among them
    ---------------- what no query crosses: read-only transactions, no file, no network, no Python variable, settings locked
    temporary        tables of the connection   what the concepts are made of
    store            Parquet and catalogue

Everything is in memory, twice as long as the first view takes. Each view's file says its grain, columns, units and missing values.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import duckdb
import numpy as np

from analysis.cases import HOW
from analysis.concepts import BASE_TABLES, Description, build_concepts, read_description
from analysis.tables import database_of, frame_of
from shadow.errors import ShadowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import polars as pl

    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry

__all__ = ["VIEWS", "Database", "QueryRefusedError", "view_descriptions"]

VIEWS: Final = (
    "events", "cases", "sessions", "screen_visits", "field_visits", "app_visits", "app_switches", "edits", "corrections", "skips",
    "repeat_clicks", "dead_clicks", "reentries", "forms", "fields",
)  # fmt: skip
"""Every view."""

# Without the tokens: marks of the words of a value would say more of it than that it equals another.
KEPT: Final = tuple(name for name in BASE_TABLES if name != "tokens")

# In this order: once the settings are locked none can be changed.
LOCKS: Final = (
    "SET enable_external_access = false",
    "SET python_enable_replacements = false",
    "SET lock_configuration = true",
)


class QueryRefusedError(ShadowError, ValueError):
    """A query that does more than read, reaches for something that is no view, or is not understood."""


class Database:
    """
    The views of one study.

    Args:

        loaded: The study.

        reentry: Gives the study's re-entry when a view needs it.
    """

    def __init__(self, loaded: LoadedStudy, reentry: Callable[[], Reentry]) -> None:
        self._loaded = loaded
        self._reentry = reentry
        self._codes, self._views = set(KEPT), set[str]()
        self._readers: list[duckdb.DuckDBPyConnection] = []
        self._con = database_of(loaded.study, loaded.thresholds, only=())
        self._con.execute("CREATE SCHEMA codes")
        for table in KEPT:
            # Temporary tables are seen by their own connection alone, which no query runs on.
            columns = "* EXCLUDE (agent)" if table == "events" else "*"
            self._con.execute(f"CREATE TABLE codes.{table} AS SELECT {columns} FROM temp.{table}")  # noqa: S608 - a table of ours
        self._con.execute("DROP TABLE temp.events; CREATE TEMP VIEW events AS SELECT *, NULL::INTEGER AS agent FROM codes.events")
        for view in ("stored_events", "stored_tokens", "stored_forms"):
            self._con.execute(f"DROP VIEW IF EXISTS {view}")  # they name the store's files
        for lock in LOCKS:
            self._con.execute(lock)

    def sql(self, query: str, params: Mapping[str, object]) -> pl.DataFrame:
        """
        The rows of a query over the views.

        Args:

            query: One SELECT.

            params: What stands for its `$names`.

        Raises:

            QueryRefusedError: It does more than read, names something that is no view, or is not understood.
        """
        self._check(query, params)
        self._make_views(name for name in VIEWS if re.search(rf"\b{name}\b", query, re.IGNORECASE))
        reader = self._reader()
        try:
            return frame_of(reader.sql(query, params=dict(params) or None))
        except duckdb.Error as fault:
            raise _refusal(fault) from None
        finally:
            reader.close()

    def relation(self, name: str) -> duckdb.DuckDBPyRelation:
        """
        A view as a DuckDB relation, in a read-only transaction of its own.

        Raises:

            QueryRefusedError: There is no view of that name.
        """
        if name not in VIEWS:
            raise QueryRefusedError(f"there is no view {name}", _KNOWN)
        self._make_views([name])
        reader = self._reader()
        self._readers.append(reader)
        return reader.view(name)

    def close(self) -> None:
        """Let go of everything; relations that were given out go with it."""
        for reader in self._readers:
            reader.close()
        self._con.close()

    def _reader(self) -> duckdb.DuckDBPyConnection:
        reader = self._con.cursor()
        reader.execute("BEGIN TRANSACTION READ ONLY")
        return reader

    def _check(self, query: str, params: Mapping[str, object]) -> None:
        try:
            statements = self._con.extract_statements(query)
        except duckdb.Error as fault:
            raise _refusal(fault) from None
        if len(statements) != 1:
            raise QueryRefusedError(f"a query is one statement, and this is {len(statements)}", "ask one SELECT at a time")
        (statement,) = statements
        if statement.type != duckdb.StatementType.SELECT:
            raise QueryRefusedError(f"a query only reads, and this is {statement.type.name}", "write a SELECT")
        wanted = statement.named_parameters
        if any(name.isdigit() for name in wanted):
            raise QueryRefusedError("a query's parameters have names", "write $app and give app=...")
        if wanted != set(params):
            asked, given = (", ".join(sorted(names)) or "none" for names in (wanted, params))
            raise QueryRefusedError(f"the query's parameters are {asked}, and given are {given}", "give each of them once, by name")

    # --- making what is asked for ---

    def _make_views(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._views:
                self._make_codes(view_descriptions()[name].reads)
                self._con.execute(f"CREATE VIEW memory.main.{name} AS {_sql(name)}")
                self._views.add(name)

    def _make_codes(self, names: Iterable[str]) -> None:
        for name in names:
            if name not in self._codes:
                self._make_code(name)
                self._codes.add(name)

    def _make_code(self, name: str) -> None:
        if name == "cases":
            self._make_cases()
        elif name == "reentries":
            self._make_reentries()
        else:
            self._make_concept(name)

    def _make_concept(self, name: str) -> None:
        built = build_concepts(self._con, self._loaded.thresholds, [name])
        columns = "* EXCLUDE (agent)" if name == "event_times" else "*"
        self._con.execute(f"CREATE TABLE codes.{name} AS SELECT {columns} FROM temp.{name}")  # noqa: S608 - a concept of ours
        for concept in built:
            self._con.execute(f"DROP TABLE temp.{concept}")

    def _make_cases(self) -> None:
        cases = self._loaded.sums.cases
        columns = {name: cases[name].to_numpy() for name in cases.columns if name != "how"}
        self._fill("cases", columns | {"how": np.array(HOW, dtype=object)[cases["how"].to_numpy()]}, "*")

    def _make_reentries(self) -> None:
        found = self._reentry().occurrences
        numbers = {name: found[name].fill_null(-1).to_numpy() for name in _OCCURRENCE}
        words = {name: found[name].cast(str).fill_null("").to_numpy() for name in ("mode", "relation")}
        columns = ", ".join([*(f"nullif({name}, -1) AS {name}" for name in _OCCURRENCE), "mode", "nullif(relation, '') AS relation"])
        self._fill("reentries", numbers | words, columns)

    def _fill(self, table: str, columns: dict[str, np.ndarray], select: str) -> None:
        self._con.register("given", columns)
        self._con.execute(f"CREATE TABLE codes.{table} AS SELECT {select} FROM given")  # noqa: S608 - a table of ours
        self._con.unregister("given")


_OCCURRENCE: Final = ("session", "case_no", "source_field", "target_field", "start_seq", "target_seq", "active_s", "share")

_KNOWN: Final = f"the views are {', '.join(VIEWS)}"


@cache
def view_descriptions() -> dict[str, Description]:
    """The header of every view, in the order of `VIEWS`."""
    return {name: read_description(_sql(name)) for name in VIEWS}


def _sql(name: str) -> str:
    return (files("shadow.notebook") / "views" / f"{name}.sql").read_text(encoding="utf-8")


def _refusal(fault: duckdb.Error) -> QueryRefusedError:
    """What DuckDB says against a query, in one line."""
    reason = str(fault).partition("\n")[0].partition(": ")[2] or str(fault)
    if isinstance(fault, duckdb.PermissionException):
        return QueryRefusedError("a query opens no file and no address", _KNOWN)
    return QueryRefusedError(f"the query is refused: {reason}", _KNOWN if isinstance(fault, duckdb.CatalogException) else "mend the query")
