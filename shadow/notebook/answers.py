"""What a study answers as plain frames, and the document they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from analysis.result_document import switch_rows
from analysis.results import Document, cases_document, friction_document, rank_document, reentry_document
from analysis.study_result import study_result
from shadow.errors import StudyError
from shadow.notebook import frames

if TYPE_CHECKING:
    import polars as pl

    from analysis.loading import LoadedStudy

__all__ = ["Answers"]


class Answers:
    """
    The tables of a study.

    Args:

        loaded: The study's folder with its thresholds.
    """

    def __init__(self, loaded: LoadedStudy) -> None:
        self._loaded = loaded
        self._result: Document | None = None

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
        return frames.reentry_frame(reentry_document(self._loaded, possible=possible)["rows"], possible=possible)

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
        return frames.rank_frame(rank_document(self._loaded)["rows"] if self._result is None else self._result["rank"])

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

    def result(self) -> Document:
        """
        The one document that every report renders: study, cases, rank, reentry, friction, coverage and the rest, as JSON has it.

        Source: `analysis.study_result.study_result`.

        >>> study.result()["study"]["cases"]
        480
        """
        if self._result is None:
            self._result = study_result(self._loaded)
        return self._result
