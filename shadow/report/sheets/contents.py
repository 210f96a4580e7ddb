"""Which sheets a workbook has, in the order of the report; what has nothing to say is left out."""

from __future__ import annotations

from shadow.report.figures.blocks import Figure, Section, Table
from shadow.report.page import Page
from shadow.report.sheets.columns import Sheet
from shadow.report.sheets.friction import applications_sheet, coverage_sheet, fields_sheet, gaps_sheet, screens_sheet, switches_sheet
from shadow.report.sheets.savings import effort_sheet, ranking_sheet, reentry_sheet, waterfall_sheet, workarounds_sheet
from shadow.report.sheets.sentences import assumptions_sheet, marks_sheet, notes_sheet, questions_sheet, sensitivity_sheet

__all__ = ["sheets_of"]


def sheets_of(page: Page) -> list[Sheet]:
    """The sheets with at least one row."""
    result, words = page.result, page.words
    sections = {section.name: section for section in page.sections}

    def told(name: str) -> tuple[str, str]:
        """What a section found, and the unit and n of its first table or chart."""
        section = sections.get(name)
        return (section.title, _caption(section)) if section else ("", "")

    made = (
        ranking_sheet(result, words, told("ranking")[0]),
        waterfall_sheet(result, words, *told("waterfall")),
        effort_sheet(result, words, *told("effort")),
        reentry_sheet(result, words, told("reentry")[0]),
        workarounds_sheet(result, words, *told("workarounds")),
        screens_sheet(result, words, *told("screens")),
        fields_sheet(result, words, told("fields")[0]),
        applications_sheet(result, words),
        switches_sheet(result, words, *told("switches")),
        coverage_sheet(result, words, *told("coverage")),
        gaps_sheet(result, words),
        assumptions_sheet(result, words, told("assumptions")[0]),
        sensitivity_sheet(result, words, *told("sensitivity")),
        questions_sheet(page),
        marks_sheet(page),
        notes_sheet(page),
    )
    return [sheet for sheet in made if sheet.rows]


def _caption(section: Section) -> str:
    return next((block.caption for block in section.blocks if isinstance(block, Figure | Table)), "")
