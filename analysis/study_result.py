"""The one result of a study: kept where it was made before, so that a report of an unchanged study need not wait for the analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.kept_documents import kept_document

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy
    from analysis.results import Document

__all__ = ["study_result"]


def study_result(loaded: LoadedStudy) -> Document:
    """
    The result of a study.

    Returns:

        A document with study, cases, rank, total, tied (pairs of ranks that cannot be told apart), reentry, workarounds, suggestions,
        effort, sensitivity, friction, switches, switching, typical_case, coverage, assumptions, marks, marks_not_quoted and warnings
        (`shadow/report/result.schema.json` describes what a report may show of it). It is kept in the study's cache.
    """
    return kept_document(loaded, "result", lambda: _made(loaded))


def _made(loaded: LoadedStudy) -> Document:
    from analysis.result_document import make_result  # noqa: PLC0415 - what it needs takes longer to start than a kept result to read

    return make_result(loaded)
