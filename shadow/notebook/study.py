"""The study as an analyst asks it: its tables, SQL, figures, a report."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from analysis.cases import HOW
from analysis.loading import load_study
from analysis.reentry import Reentry, find_reentry
from analysis.results import study_counts
from analysis.typical_case import case_segments
from shadow.errors import StudyError
from shadow.events import session_name
from shadow.notebook import frames
from shadow.notebook.answers import Answers
from shadow.notebook.database import Database, view_descriptions
from shadow.notebook.plots import Plots
from shadow.notebook.shown import Case, Report, card
from shadow.report import form_of, render
from shadow.study import open_study
from shadow.writing import write_whole

if TYPE_CHECKING:
    from types import TracebackType

    import duckdb
    import polars as pl

    from analysis.loading import LoadedStudy

__all__ = ["Study", "open"]

# A report on fewer is refused unless the agents agreed (contracts, section 6).
FEW_AGENTS = 3


class Study(Answers):
    """
    One engagement's sessions, read-only. Open it with `shadow.open`; in a notebook it shows what there is.

    Tables are plain polars frames (`.to_pandas()` gives pandas'). Times are seconds unless the column says minutes; per case means over
    all cases of the study; a number that was not measured is null, never 0. Nothing is per agent, and no session is linked to one.
    Re-entry, the ranking and the result take a while the first time; they are kept in the study's cache until the study or its settings
    change. The views are made in memory, each when it is first asked for, and kept as long as the study is open.

    Args:

        loaded: The study's folder with its thresholds.
    """

    def __init__(self, loaded: LoadedStudy) -> None:
        super().__init__(loaded)
        self._database: Database | None = None

    # --- SQL ---

    def sql(self, query: str, /, **params: object) -> pl.DataFrame:
        """
        Ask the views: one SELECT in DuckDB's SQL. `views()` says which there are.

        Nothing can be written, no file read, no address opened and no setting changed from a query. No view has a column for agents. Rows
        have no order unless the query says so.

        Args:

            query: The SELECT.

            params: What stands for its `$names`.

        Raises:

            ShadowError: The query does more than read, names something that is no view, or is not understood.

        >>> study.sql("SELECT count(*) AS n FROM events WHERE app = $app", app="Notes")["n"].item()
        1016
        >>> study.sql("DELETE FROM events")
        Traceback (most recent call last):
        ...
        shadow.notebook.database.QueryRefusedError: a query only reads, and this is DELETE; write a SELECT
        """
        return self._views.sql(query, params)

    def relation(self, name: str) -> duckdb.DuckDBPyRelation:
        """
        A view as a DuckDB relation, to go on with in DuckDB's own Python; it reads only, and lasts as long as the study is open.

        Grain and units: as `views()` says of it.

        Args:

            name: The view.

        Raises:

            ShadowError: There is no such view.

        >>> study.relation("cases").aggregate("how, count(*) AS n").fetchall()
        [('completion', 480)]
        """
        return self._views.relation(name)

    def views(self) -> pl.DataFrame:
        """
        The views that `sql` and `relation` read.

        Grain: one row per view: its name, what it is, its grain, columns, units, and what a missing value means.

        Source: `shadow/notebook/views`.

        >>> study.views()["view"].to_list()[:3]
        ['events', 'cases', 'sessions']
        """
        return frames.views_frame(view_descriptions())

    # --- one case, figures, the report ---

    def case(self, session: str, case: int) -> Case:
        """
        One case as a time line. In a notebook it draws itself.

        Grain: one row of `stays` per unbroken stay on a screen.

        Units: seconds of active time since the case began.

        Args:

            session: Name of its session, as in `cases()`.

            case: Its number there.

        Raises:

            StudyError: There is no such case.

        >>> study.case("s001", 1)
        <Case 1 of s001: 106.6 s, 76 events, 12 stays>
        """
        found = self._loaded.sums.cases.filter(case_no=case).to_dicts()
        row = next((row for row in found if session_name(row["session"]) == session), None)
        if row is None:
            raise StudyError(f"there is no case {case} in session {session!r}", "cases() has the sessions and cases there are")
        stays = frames.flat_frame(case_segments(self._loaded, self._reentry, row["session"], case), frames.STAYS)
        return Case(session, case, row["active_ms"] / 1000, row["n_events"], HOW[row["how"]], stays)

    @cached_property
    def plot(self) -> Plots:
        """Figures of this study in its language, as the report has them: `plot.waterfall()`, `plot.pareto()`, ..."""
        return Plots(self.result, self.case, self._loaded.study.settings.study.language)

    def report(self, path: str | Path, *, lang: str | None = None, interactive: bool = False) -> Report:
        """
        Write the report a client reads: an HTML page, a PDF, a workbook or slides.

        With 3 or 4 agents it gives ranges; with fewer it is refused unless study.toml says that they agreed.

        Args:

            path: The file; its ending says the form: `.html`, `.pdf`, `.xlsx` or `.pptx`.

            lang: `en`, `da`, `nb` or `sv`; None takes the language of study.toml.

            interactive: Of HTML only: add the charts that answer to the pointer.

        Raises:

            ShadowError: There are too few agents, no such form or language, or no file can be written there.

        >>> study.report(folder / "report.html", lang="da").form
        'html'
        """
        path = Path(path)
        form, lang = form_of(path), lang or self._loaded.study.settings.study.language
        content = render(self.result(), form, lang=lang, interactive=interactive)
        write_whole(path, content)
        return Report(path, form, lang, len(content), content.decode() if form == "html" and not interactive else "")

    # --- the study itself ---

    def close(self) -> None:
        """Let go of what is kept; relations that were given out go with it."""
        if self._database is not None:
            self._database.close()
            self._database = None
        self._loaded.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        counts = study_counts(self._loaded)
        return "<Study: {agents} agents, {sessions} sessions, {cases:,} cases, {events:,} events>".format(**counts)

    def _repr_html_(self) -> str:
        counts, totals = study_counts(self._loaded), self._loaded.sums.totals
        hours = {name: totals[f"{name}_ms"] / 3_600_000 for name in ("recorded", "active", "paused", "blind")}
        settings = self._loaded.study.settings
        facts = [
            ("Agents", f"{counts['agents']:,}"),
            ("Sessions", f"{counts['sessions']:,}"),
            ("Cases", f"{counts['cases']:,}"),
            ("Events", f"{counts['events']:,}"),
            ("Systems", ", ".join(self.friction(by="app")["app"].to_list())),
            ("Recorded", "{recorded:.1f} h, of which active {active:.1f} h, paused {paused:.1f} h, blind {blind:.1f} h".format(**hours)),
        ]
        notes = [f"Fewer than {FEW_AGENTS} agents: the figures are anecdotes."] if counts["agents"] < FEW_AGENTS else []
        notes.append("Ask friction(), reentry(), cases(), rank(), transitions(), sql(...), case(...), plot, report(...).")
        return card(settings.study.title or self._loaded.study.folder.name, facts, notes)

    @cached_property
    def _reentry(self) -> Reentry:
        return find_reentry(self._loaded)

    @property
    def _views(self) -> Database:
        if self._database is None:
            self._database = Database(self._loaded, lambda: self._reentry)
        return self._database


def open(folder: str | Path) -> Study:  # noqa: A001 - as in gzip.open: it is called by the package's name
    """
    Open a study for reading.

    Args:

        folder: The study's folder, as `shadow init` or `shadow import` made it.

    Raises:

        StudyError: The folder is not there, is not a study, or nothing was imported yet.

        SettingsError: study.toml cannot be understood.

    >>> import shadow
    >>> shadow.open(folder / "study")
    <Study: 8 agents, 8 sessions, 480 cases, 50,820 events>
    """
    return Study(load_study(open_study(folder)))
