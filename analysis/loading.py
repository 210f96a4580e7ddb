"""
A study as the analysis reads it.

    store  ->  blocks   ->  sums   ->  what cases, friction and the report say     (analysis.kernel)
           ->  database ->  tables and queries, for people and the tests           (analysis.concepts), only if asked for

What reads is imported where it reads: polars, numpy and DuckDB take half a second to start, and a result that was kept needs none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from analysis.progress import Said, say_nothing
from analysis.thresholds import Thresholds, thresholds_of
from shadow.errors import StudyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import duckdb
    import numpy as np
    import polars as pl
    from numpy.typing import NDArray

    from analysis.cases import StudyCases
    from analysis.kernel.aggregates import StudySums
    from analysis.kernel.columns import SessionBlock
    from analysis.kernel.concepts import BlockConcepts
    from analysis.kernel.pieces import Pieces
    from analysis.kernel.study_pass import Watch
    from shadow.study import Study

__all__ = ["LoadedStudy", "load_study"]


@dataclass
class LoadedStudy:
    """
    A study with its thresholds; everything else is made when it is asked for, and once.

    Args:

        study: The folder it came from.

        thresholds: The defaults, with what study.toml says otherwise.

        say: Told what is being done, and how far it is.
    """

    study: Study
    thresholds: Thresholds
    say: Said = say_nothing

    def __post_init__(self) -> None:
        self._database: duckdb.DuckDBPyConnection | None = None
        self._tables: dict[str, pl.DataFrame] = {}
        self._sums: StudySums | None = None

    @cached_property
    def _study_cases(self) -> StudyCases:
        from analysis.cases import StudyCases

        return StudyCases(self.study)

    @property
    def sums(self) -> StudySums:
        """What the concepts add up to (`analysis.kernel.aggregates`)."""
        if self._sums is None:
            self._sums = self._counted(None)
        return self._sums

    def read(self, what: str, watch: Watch) -> None:
        """
        Read the study once.

        Args:

            what: What is being done, as it is said, with the share of the events that was read.

            watch: Shown some concepts of each block (`analysis.kernel.pieces`), in order. What is not known of the sums is counted from the
                same reading.
        """
        total, n_read = sum(header.n_events for header in self.study.catalogue.sessions), 0

        def shown(work: Pieces) -> None:
            nonlocal n_read
            watch(work)
            n_read += len(work.block)
            self.say(what, n_read / total)

        if self._sums is None:
            self._sums = self._counted(shown)
            return
        from analysis.kernel.pieces import pieces_of

        for block in self.blocks():
            shown(pieces_of(block, self.thresholds))

    def _counted(self, watch: Watch | None) -> StudySums:
        from analysis.kept_sums import sums_of_study

        return sums_of_study(self.study, self.thresholds, self._study_cases, say_nothing if watch else self.say, watch)

    def blocks(self, n_events: int | None = None) -> Iterator[SessionBlock]:
        """
        The study's events as arrays, some whole sessions at a time, in session and seq order, with the telephone's rows laid aside.

        Args:

            n_events: Events of a block, unless one session has more; None is as many as the analysis has found best.
        """
        from analysis.kernel.reading import BLOCK_EVENTS, read_blocks

        return read_blocks(self.study, self._study_cases, n_events=n_events or BLOCK_EVENTS)

    def session(self, session: int) -> BlockConcepts:
        """The concepts of one session, which has events."""
        from analysis.kernel.concepts import concepts_of
        from analysis.kernel.pieces import pieces_of
        from analysis.kernel.reading import read_session

        return concepts_of(pieces_of(read_session(self.study, self._study_cases, session), self.thresholds), self.thresholds)

    @property
    def n_cases(self) -> int:
        """Cases of the study."""
        return self.sums.n_cases

    @property
    def agent_of(self) -> NDArray[np.int32]:
        """Agent of each session, by the session's ordinal."""
        import numpy as np

        headers = self.study.catalogue.sessions
        agents = np.zeros(max((header.session for header in headers), default=0) + 1, dtype=np.int32)
        for header in headers:
            agents[header.session] = header.agent
        return agents

    @cached_property
    def cases(self) -> pl.DataFrame:
        """Case of every event: session, seq, case_no, how (`analysis.cases.assign_cases`)."""
        from analysis.cases import assign_cases

        return assign_cases(self.study)

    def table(self, name: str) -> pl.DataFrame:
        """A base table or concept as a frame; read once."""
        if name not in self._tables:
            self._tables[name] = self.query(f"SELECT * FROM {name}")  # noqa: S608 - a table of ours
        return self._tables[name]

    def query(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame:
        """The result of a query over base tables and concepts, which are built when the first is asked for."""
        from analysis.tables import database_of, frame_of

        if self._database is None:
            self._database = database_of(self.study, self.thresholds)
        return frame_of(self._database.sql(sql, params=dict(params) if params else None))

    def close(self) -> None:
        """Let go of the database, if there is one."""
        if self._database is not None:
            self._database.close()
            self._database = None

    def field(self, code: int | None) -> dict[str, str | None]:
        """A field as every output names it; None is the unknown origin of a copy."""
        if code is None:
            return {"app": "(unknown)", "screen": "", "field": "", "label": None}
        catalogue = self.study.catalogue
        entry = catalogue.fields[code]
        screen = catalogue.screens[entry.screen]
        return {"app": catalogue.apps[screen.app], "screen": screen.name, "field": entry.element, "label": entry.label}


def load_study(study: Study, say: Said = say_nothing) -> LoadedStudy:
    """
    A study to be analysed, in which something was imported.

    Args:

        study: The study.

        say: Told what is being done, and how far it is.

    Raises:

        StudyError: Nothing was imported yet.

        SettingsError: study.toml cannot be understood.
    """
    if not study.catalogue.sessions:
        raise StudyError(f"{study.folder} has no sessions", f"bring logs in with: shadow import LOG --study {study.folder}")
    return LoadedStudy(study, thresholds_of(study), say)
