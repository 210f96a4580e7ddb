"""
The first reading of a source: every row is checked, and what the second reading must know beforehand is found out.

A source that is refused is refused here, before anything is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from shadow.errors import SourceError

if TYPE_CHECKING:
    from shadow.interop.neutral import Format
    from shadow.interop.reading import Batch, LogFile

__all__ = ["SessionSeen", "Survey", "survey"]

# A session's time must fit the store's 32 bits of milliseconds: 24 days.
LONGEST_MS = 2**31 - 1


@dataclass(slots=True)
class SessionSeen:
    """
    A session of a source.

    `agent` is the log's own name for the agent (in memory only). `start_ms` is the earliest time, or 0 where the log counts from the
    session's beginning (`relative`). `ordinal` is given out later, when the source is taken in.
    """

    agent: str
    relative: bool
    start_ms: int
    end_ms: int
    last_row: int
    n_events: int
    ordinal: int = 0


@dataclass(slots=True)
class Survey:
    """
    What the first reading found.

    `sessions` by the log's own name, in order of first sight; `secrets` are app, screen and element of fields that were ever a password.
    """

    sessions: dict[str, SessionSeen] = field(default_factory=dict)
    secrets: set[tuple[str, str, str]] = field(default_factory=set)


def survey(log: LogFile, form: Format) -> Survey:
    """
    Read a source once from end to end.

    Raises:

        SourceError: A row breaks the format, or the source has no event. Nothing was written.
    """
    found = Survey()
    form.prepare(log)
    for batch, neutral in form.rows(log):
        _note_sessions(found, batch, neutral)
    if not found.sessions:
        raise SourceError(log.name, None, "the log has a header and no event", "give a log with at least one event")
    return found


def _note_sessions(found: Survey, batch: Batch, neutral: pl.DataFrame) -> None:
    named = neutral.with_columns(pl.col("session").fill_null(""))
    _refuse_mixed(found, batch, named)
    passwords = named.filter(pl.col("role") == "password").select("app", pl.col("screen").fill_null(""), pl.col("element").fill_null(""))
    found.secrets.update(passwords.unique().iter_rows())
    groups = named.group_by("session", maintain_order=True).agg(
        agent=pl.col("agent").first(),
        relative=pl.col("relative").first(),
        low=pl.col("time_ms").min(),
        high=pl.col("time_ms").max(),
        last_row=pl.col("row").max(),
        n=pl.len(),
    )
    for session, agent, relative, low, high, last_row, n in groups.iter_rows():
        seen = found.sessions.setdefault(session, SessionSeen(agent, relative, 0 if relative else low, high, last_row, 0))
        seen.start_ms = seen.start_ms if relative else min(seen.start_ms, low)
        seen.end_ms = max(seen.end_ms, high)
        seen.last_row, seen.n_events = last_row, seen.n_events + n
        if seen.end_ms - seen.start_ms > LONGEST_MS:
            too_long = (named["session"] == session) & (named["time_ms"] == (high if high == seen.end_ms else low))
            batch.refuse_where(too_long, "the session lasts over 24 days", "give each recording a session of its own")


def _refuse_mixed(found: Survey, batch: Batch, named: pl.DataFrame) -> None:
    """One session is one agent's, and its times are of one kind."""
    for column, reason, remedy in (
        ("agent", "the session has a second agent", "give each agent's recording a session of its own"),
        ("relative", "the session's times are partly ISO 8601, partly milliseconds", "write all times of a session in one way"),
    ):
        known = {session: getattr(seen, column) for session, seen in found.sessions.items()}
        firsts = {**dict(named.group_by("session", maintain_order=True).agg(pl.col(column).first()).iter_rows()), **known}
        expected = named["session"].replace_strict(firsts, return_dtype=named[column].dtype)
        batch.refuse_where(named[column] != expected, reason, remedy)
