"""
The concepts: what visits, edits, skips and the rest of the vocabulary mean, one SELECT each in `analysis/sql`.

    base tables  ->  event_times  ->  visits, switches, edits  ->  links, corrections, returns, skips
    (one study)      (gap rule)       (who stayed where)           (what that stay was like)

A concept's file is named like its table; its header says grain, columns, units, what it reads, and what a missing value
means. This is the readable meaning of each number, and the truth that faster code is tested against.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

import duckdb
import msgspec

from analysis.thresholds import Thresholds

__all__ = ["BASE_TABLES", "CONCEPTS", "Description", "build_concepts", "connect", "create_base_tables", "describe", "read_description"]

CONCEPTS: Final = (
    "event_times",
    "screen_visits",
    "field_visits",
    "app_visits",
    "app_switches",
    "round_trips",
    "edits",
    "copy_paste_links",
    "corrections",
    "returns",
    "fillable_fields",
    "skips",
    "repeat_clicks",
    "app_reactions",
    "dead_clicks",
)
"""Every concept, each after those it reads."""

BASE_TABLES: Final = {
    "events": (
        "session INTEGER, agent INTEGER, seq INTEGER, t_ms INTEGER, action VARCHAR, app INTEGER, screen INTEGER, "
        "field INTEGER, role VARCHAR, mark INTEGER, filled BOOLEAN, keys INTEGER, x INTEGER, y INTEGER, case_no INTEGER"
    ),
    "apps": "app INTEGER, name VARCHAR",
    "screens": "screen INTEGER, app INTEGER, name VARCHAR",
    "fields": ("field INTEGER, screen INTEGER, app INTEGER, element VARCHAR, label VARCHAR, role VARCHAR, required BOOLEAN"),
    "forms": "session INTEGER, seq INTEGER, field INTEGER",
    "tokens": "session INTEGER, seq INTEGER, token INTEGER, whole BOOLEAN",
}
"""Columns of the tables that the concepts read: one study, with actions and roles as words and cases assigned."""


class Description(msgspec.Struct, frozen=True):
    """
    The header of a concept's SQL file.

    `reads` and `params` are the names of tables and thresholds; the other parts are sentences.
    """

    title: str
    grain: str
    columns: str
    units: str
    reads: tuple[str, ...]
    params: tuple[str, ...]
    missing: str
    rule: str
    source: str


def connect(temp_directory: Path | None = None) -> duckdb.DuckDBPyConnection:
    """
    Open an in-memory database that fetches nothing from anywhere and, unless told where, writes nothing to disk.

    Args:
        temp_directory: Where a query too large for memory may spill; None lets it fail instead. Content-free tables may
            be written, but only where the caller knows and cleans up.

    Returns:
        A connection that may read the study's own Parquet files.
    """
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": "" if temp_directory is None else str(temp_directory),
        },
    )


def create_base_tables(con: duckdb.DuckDBPyConnection) -> None:
    """Create the base tables, empty, for a study's rows to be inserted into; existing ones are replaced."""
    for name, columns in BASE_TABLES.items():
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")


def build_concepts(con: duckdb.DuckDBPyConnection, thresholds: Thresholds, only: Collection[str] | None = None) -> tuple[str, ...]:
    """
    Build the concepts as temporary tables, each under its own name; those that exist are replaced.

    Args:
        con: A connection on which the base tables exist, as tables or views with the columns of `BASE_TABLES`.
        thresholds: The numbers the concepts rest on.
        only: Concepts wanted; what they read is built too. None builds all.

    Returns:
        The concepts built, in the order they were built in.

    Raises:
        KeyError: A name in `only` is no concept; the message lists those there are.
        duckdb.CatalogException: A base table is missing; create it first.
    """
    built = _with_what_they_read(CONCEPTS if only is None else only)
    for name in built:
        (statement,) = con.extract_statements(_sql(name))
        params = thresholds.sql_params(statement.named_parameters)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {statement.query}", params)
    return built


def describe() -> dict[str, Description]:
    """Give the header of every concept, in the order of `CONCEPTS`."""
    return {name: read_description(_sql(name)) for name in CONCEPTS}


def _with_what_they_read(wanted: Collection[str]) -> tuple[str, ...]:
    unknown = sorted(set(wanted) - set(CONCEPTS))
    if unknown:
        raise KeyError(f"no concept is called {', '.join(unknown)}; known: {', '.join(CONCEPTS)}")
    needed = set(wanted)
    # A concept comes after those it reads, so one pass from the back finds everything.
    for name in reversed(CONCEPTS):
        if name in needed:
            needed.update(table for table in read_description(_sql(name)).reads if table not in BASE_TABLES)
    return tuple(name for name in CONCEPTS if name in needed)


def _sql(name: str) -> str:
    return _folder().joinpath(f"{name}.sql").read_text(encoding="utf-8")


def _folder() -> Traversable:
    return files("analysis") / "sql"


def read_description(sql: str) -> Description:
    """Read the `-- Word: text` lines that open a file; a line without a word continues the one before."""
    header = re.match(r"(?:--.*\n)*", sql)
    lines = [line.removeprefix("--").removeprefix(" ") for line in header[0].splitlines()] if header else []
    parts: dict[str, str] = {}
    for line in lines:
        opening = re.match(r"([A-Z][a-z]+)(?: values)?: (.*)", line)
        if opening:
            word, text = opening[1].lower(), opening[2]
        else:
            text = f"{parts[word]}\n{line}"
        parts[word] = text
    names = {word: _names(parts[word]) for word in ("reads", "params")}
    return msgspec.convert(parts | names, Description)


def _names(text: str) -> tuple[str, ...]:
    return () if text == "none" else tuple(text.replace(",", " ").split())
