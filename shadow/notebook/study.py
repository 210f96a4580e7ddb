"""The study as an analyst asks it: frames, SQL, figures, a report."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from analysis.cases import HOW
from analysis.loading import load_study
from analysis.overview import study_result, switch_rows
from analysis.typical_case import case_segments
from analysis.reentry import Reentry, find_reentry
from analysis.results import Document, cases_document, friction_document, reentry_document, study_counts
from shadow.errors import StudyError
from shadow.events import session_name
from shadow.notebook import frames
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


class Study:
    """
    One engagement's sessions, read-only. Open it with `shadow.open`; in a notebook it shows what there is.

    Tables are plain polars frames (`.to_pandas()` gives pandas'). Times are seconds unless the column says minutes; per case means over
    all cases of the study; a number that was not measured is null, never 0. Nothing is per agent, and no session is linked to one.
    Re-entry, the ranking and the views take a while the first time they are asked for, and are kept as long as the study is open.

    Args:

        loaded: The study's folder with its thresholds.
    """

    def __init__(self, loaded: LoadedStudy) -> None:
        self._loaded = loaded
        self._result: Document | None = None
        self._database: Database | None = None

    # --- frames ---

    def friction(self, by: Literal["screen", "field", "app"] = "screen") -> pl.DataFrame:
        """
        Where the time goes and which steps repeat, longest first.

        Grain: one row per screen, field or application.

        Units: seconds (`_s`, `_s_per_case`); shares of 0 to 1 (`_rate`); the others counts over the whole study. `excess_s_per_case` is time
        beyond what the actions take at the agents' own pace. `n_agents` is how many a row rests on.

        Source: contracts, section 2; the concepts in `analysis/sql`.

        Args:

            by: What a row is: `screen`, `field` or `app`.

        Raises:

            StudyError: `by` is none of these.

        >>> study.friction().select("app", "screen", "visits").row(0)
        ('Helpdesk', '/tickets/:id/reply', 536)
        >>> study.friction(by="app")["app"].to_list()
        ['Helpdesk', 'Billing', 'CRM', 'Notes']
        """
        if by not in frames.FRICTION:
            raise StudyError(f"friction is not known by {by!r}", f"choose one of {', '.join(frames.FRICTION)}")
        return frames.flat_frame(friction_document(self._loaded, by)["rows"], frames.FRICTION[by])

    def reentry(self, *, possible: bool = False) -> pl.DataFrame:
        """
        Fields whose value is entered again in another system, most seconds per case first.

        Grain: one row per pair of fields and mode (`clipboard` or `typed`); the source is four columns `source_app` to `source_label`, the
        target likewise.

        Units: `seconds_per_occurrence` and `seconds_per_case` in seconds; `case_share`, `chance_rate`, `effect` 0 to 1; `q_value` is null
        for copies, which were seen and not inferred.

        Source: contracts, section 2; `analysis.reentry`.

        Args:

            possible: The doubtful pairs too, with a column `accepted`.

        >>> study.reentry().select("source_app", "source_label", "target_app", "target_label", "mode").row(0)
        ('Helpdesk', 'Order number', 'CRM', 'Customer or order', 'typed')
        >>> study.reentry(possible=True)["accepted"].sum() == study.reentry().height
        True
        """
        return frames.reentry_frame(reentry_document(self._loaded, self._reentry, possible=possible)["rows"], possible=possible)

    def cases(self) -> pl.DataFrame:
        """
        The cases the log was cut into.

        Grain: one row per case, by session and in the order they began.

        Units: `start` and `end` in seconds since the session began, `seconds` active time; `events` and `apps` are counts. `how` says how
        the case was found: `given`, `case_id`, `completion` or `cut`.

        Source: contracts, section 2; `analysis.cases`.

        >>> study.cases().height
        480
        """
        return frames.flat_frame(cases_document(self._loaded)["rows"], frames.CASES)

    def rank(self) -> pl.DataFrame:
        """
        Small integrations by the minutes per case each adds to those above it.

        Grain: one row per integration; of several fields the names stand in one column, `result()["rank"]` has them one by one.

        Units: minutes per case, over all cases: `minutes_per_case` alone with its 90 % interval (`ci90_low`, `ci90_high`; null for an
        anecdote) and its bounds; `marginal_` on top of the rows above; `cumulative_` all rows so far, overlap counted once.
        `case_share` and `p_top5` (chance to be among the five best) 0 to 1. `agents` is how many a row rests on.

        Source: replay over the log (`analysis.replay`), intervals by a jackknife over agents (`analysis.intervals`).

        >>> study.rank().select("rank", "kind", "source_apps", "target_apps").row(0)
        (1, 'link', 'CRM', 'Billing')
        """
        return frames.rank_frame(self.result()["rank"])

    def transitions(self) -> pl.DataFrame:
        """
        Changes from one application to another, commonest first.

        Grain: one row per pair of applications.

        Units: `per_case` changes per case.

        Source: contracts, section 2; `analysis/sql/app_switches.sql`.

        >>> study.transitions().row(0)
        ('CRM', 'Billing', 2.20625)
        """
        return frames.flat_frame(switch_rows(self._loaded), frames.TRANSITIONS)

    def gaps(self) -> pl.DataFrame:
        """
        What rests on the longest gap that counts as work.

        Grain: one row per length of gap.

        Units: `gap_s` seconds; `case_minutes` and `minutes_saved` (by all integrations that are no anecdotes) minutes per case.

        Source: `analysis.thresholds.GAPS_S`.

        >>> study.gaps()["gap_s"].to_list()
        [60.0, 120.0, 300.0]
        """
        rows = self.result()["coverage"]["minutes_by_gap"]
        minutes = [row | {"case_minutes": None if row["case_seconds"] is None else row["case_seconds"] / 60} for row in rows]
        return frames.flat_frame(minutes, frames.GAPS)

    def assumptions(self) -> pl.DataFrame:
        """
        What the figures rest on that this study did not measure.

        Grain: one row per assumption, those of the ranking first. `study.toml` can say each otherwise.

        Units: in the column `unit`.

        Source: in the column `source`.

        >>> study.assumptions().columns
        ['name', 'value', 'unit', 'source']
        """
        return frames.flat_frame(self.result()["assumptions"], frames.ASSUMPTIONS)

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

    def result(self) -> Document:
        """
        The one document that every report renders: study, cases, rank, reentry, friction, coverage and the rest, as JSON has it.

        Source: `analysis.overview.study_result`.

        >>> study.result()["study"]["cases"]
        480
        """
        if self._result is None:
            self._result = study_result(self._loaded)
        return self._result

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
