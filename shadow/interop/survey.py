"""
What a source holds: its sessions, and what one reading of its rows must know beforehand if the order of the rows does not tell.

    rows --note--> sessions so far                                  (while they are read and encoded, once)
    source --survey--> all sessions, all fields of passwords        (a reading of its own, where a later row changes what earlier ones mean)
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from shadow.interop.coding import Texts
from shadow.interop.neutral import LearntLate

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
    session's beginning (`relative`). `last_row` is the last row seen. `ordinal` is its number in the study.
    """

    agent: str
    relative: bool
    start_ms: int
    end_ms: int
    last_row: int
    n_events: int
    ordinal: int


@dataclass(slots=True)
class Survey:
    """
    What was found so far.

    Args:

        first: Ordinal of the first session; others count on in order of first sight.

        sessions: By the log's own name, in order of first sight.

        secrets: App, screen and element of fields that were ever a password.

        whole: Whether the source was read to its end, so that nothing more will be found.

        names: The sessions' names, numbered as they come.

        agents: The agents' names, numbered as they come.
    """

    first: int
    sessions: dict[str, SessionSeen] = field(default_factory=dict)
    secrets: set[tuple[str, str, str]] = field(default_factory=set)
    whole: bool = False
    names: Texts = field(default_factory=Texts)
    agents: Texts = field(default_factory=Texts)

    def note(self, batch: Batch, neutral: pl.DataFrame) -> None:
        """
        Take in the sessions of a batch.

        Raises:

            SourceError: A session has two agents, two kinds of times or is too long.
        """
        numbers = {"session": self.names.numbers(neutral["session"]), "agent": self.agents.numbers(neutral["agent"])}
        seen_now = pl.DataFrame(numbers | {name: neutral[name] for name in ("time_ms", "relative", "row")})
        groups = seen_now.group_by("session", maintain_order=True).agg(
            agent=pl.col("agent").first(),
            relative=pl.col("relative").first(),
            low=pl.col("time_ms").min(),
            high=pl.col("time_ms").max(),
            last_row=pl.col("row").max(),
            n=pl.len(),
            alike=((pl.col("agent") == pl.col("agent").first()) & (pl.col("relative") == pl.col("relative").first())).all(),
        )
        for session_no, agent_no, relative, low, high, last_row, n, alike in groups.iter_rows():
            session, agent = self.names.seen[session_no], self.agents.seen[agent_no]
            seen = self.sessions.get(session)
            if not alike or (seen is not None and (seen.agent, seen.relative) != (agent, relative)):
                self._refuse_mixed(batch, neutral)
            if seen is None:
                start, ordinal = 0 if relative else low, self.first + len(self.sessions)
                seen = self.sessions[session] = SessionSeen(agent, relative, start, high, last_row, 0, ordinal)
            seen.start_ms = seen.start_ms if relative else min(seen.start_ms, low)
            seen.end_ms = max(seen.end_ms, high)
            seen.last_row, seen.n_events = last_row, seen.n_events + n
            if seen.end_ms - seen.start_ms > LONGEST_MS:
                too_long = (neutral["session"] == session) & (neutral["time_ms"] == (high if high == seen.end_ms else low))
                batch.refuse_where(too_long, "the session lasts over 24 days", "give each recording a session of its own")

    def _refuse_mixed(self, batch: Batch, neutral: pl.DataFrame) -> None:
        """One session is one agent's, and its times are of one kind."""
        for column, reason, remedy in (
            ("agent", "the session has a second agent", "give each agent's recording a session of its own"),
            ("relative", "the session's times are partly ISO 8601, partly milliseconds", "write all times of a session in one way"),
        ):
            known = {session: getattr(seen, column) for session, seen in self.sessions.items()}
            firsts = {**dict(neutral.group_by("session", maintain_order=True).agg(pl.col(column).first()).iter_rows()), **known}
            expected = neutral["session"].replace_strict(firsts, return_dtype=neutral[column].dtype)
            batch.refuse_where(neutral[column] != expected, reason, remedy)


def survey(log: LogFile, form: Format, first: int) -> Survey:
    """
    Read a source from end to end, as often as it takes to learn all there is.

    Raises:

        SourceError: A row breaks the format.
    """
    while True:
        found = Survey(first)
        with contextlib.suppress(LearntLate):
            for batch, neutral in form.rows(log):
                found.note(batch, neutral)
                passwords = neutral.filter(pl.col("role") == "password")
                found.secrets.update(passwords.select("app", *(pl.col(name).fill_null("") for name in ("screen", "element"))).iter_rows())
            found.whole = True
            return found
