"""The sheets to read and to write on: assumptions, questions with room for an answer, what the agents marked, and all notes."""

from __future__ import annotations

from math import isclose
from typing import Final

from shadow.report.disclosure import Result, Row
from shadow.report.figures.blocks import Heading, Listing, Note, Section
from shadow.report.figures.method import DAYS_A_WEEK
from shadow.report.page import Page
from shadow.report.sheets.columns import COUNT, DATA, SHARE, TEXT, Measure, Sheet, amount, text
from shadow.report.texts import Words

__all__ = ["assumptions_sheet", "marks_sheet", "notes_sheet", "questions_sheet", "sensitivity_sheet"]

ANSWER: Final = 70
SENTENCE: Final = 80


def assumptions_sheet(result: Result, words: Words, title: str) -> Sheet:
    """Assumptions by name, value, unit and source; the sources are in the words of the analysis, which are English."""
    rows = list(result["assumptions"])
    if result["study"]["cases_per_day"] is not None:
        rows += _week(result, words)
    measures = (
        text(words.say("Assumption"), lambda row: words.term(row["name"]), 64),
        Measure(words.say("Value"), DATA("value"), _form),
        text(words.say("Unit"), lambda row: "" if row["unit"] == "share" else words.term(row["unit"])),
        text(words.say("Assumed by"), lambda row: words.set_by(row["set_by"], result["study"]["assumed_by"])),
        text(words.say("Until"), lambda row: words.date(row["until"]) if row["until"] else None),
        text(words.say("Source of the default"), lambda row: str(row["source"]), SENTENCE),
    )
    return Sheet(words.say("Assumptions"), title, words.say("What was assumed, by whom and until when"), measures, rows)


def _week(result: Result, words: Words) -> list[Row]:
    per_day = result["study"]["cases_per_day"]
    return [
        {
            "name": words.say("Cases a day"),
            "value": per_day,
            "unit": "cases",
            "set_by": "study.toml",
            "until": None,
            "source": words.say("stated by the client"),
        },
        {
            "name": words.say("Working days a week"),
            "value": DAYS_A_WEEK,
            "unit": "days",
            "set_by": "toolkit",
            "until": None,
            "source": words.say("set in this report"),
        },
    ]


def sensitivity_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """The saving of all ranked integrations together, with each assumption lower and higher."""
    measures = (
        text(words.say("Assumption"), lambda row: words.term(row["name"]), 64),
        text(words.say("Assumed"), lambda row: words.value(row["value"], row["unit"])),
        text(words.say("Lower"), lambda row: words.value(row["low"], row["unit"])),
        text(words.say("Higher"), lambda row: words.value(row["high"], row["unit"])),
        amount(words.say("Minutes per case at the lower value"), DATA("total_low"), "#,##0.000"),
        amount(words.say("Minutes per case at the higher value"), DATA("total_high"), "#,##0.000"),
        text(words.say("Do others come first?"), lambda row: words.say("yes") if row["first_three_change"] else words.say("no")),
    )
    return Sheet(words.say("What it hangs on"), title, note, measures, result["sensitivity"])


def _form(row: Row) -> str:
    """A value may have any number of decimals; a share is shown in per cent."""
    value = row["value"]
    if not isinstance(value, float | int):
        return TEXT
    if row["unit"] == "share":
        return SHARE if isclose(100 * value, round(100 * value)) else "0.0##%"
    return COUNT if float(value).is_integer() else "#,##0.0##"


def questions_sheet(page: Page) -> Sheet:
    """The questions, each with its evidence and an empty cell for the answer."""
    words, topics = page.words, {section.name: section.topic for section in page.sections}
    measures = (
        amount(words.say("No."), lambda row: row[0]),
        text(words.say("Question"), lambda row: row[1].text, SENTENCE),
        text(words.say("Answer"), lambda _row: "", ANSWER),
        text(words.say("Evidence"), lambda row: row[1].evidence, 48),
        text(words.say("Section"), lambda row: topics.get(row[1].anchor, "")),
    )
    title = words.count(
        "{n} question to sit down with the agents and ask", "{n} questions to sit down with the agents and ask", len(page.questions)
    )
    note = words.say(
        "The figures say what happens, not why. Those who do the work know why. Sit beside them, ask, and write the answer down."
    )
    return Sheet(words.say("Questions"), title, note, measures, list(enumerate(page.questions, 1)))


def marks_sheet(page: Page) -> Sheet:
    """The agents' own words."""
    words = page.words
    measures = (
        text(words.say("In the agents’ own words"), lambda row: row[0], SENTENCE),
        amount(words.say("Times"), lambda row: row[1]),
    )
    title = words.say("What the agents marked themselves")
    return Sheet(words.say("Marks"), title, words.say("In their own words, at the moment it happened."), measures, page.marks)


def notes_sheet(page: Page) -> Sheet:
    """Every sentence of the report that stands beside a table or a chart, the method and the limits."""
    words = page.words
    rows = [(section.topic, *row) for section in page.sections for row in _sentences(section)]
    measures = (
        text(words.say("Section"), lambda row: row[0]),
        text(words.say("Heading"), lambda row: row[1], 32),
        text(words.say("Note"), lambda row: row[2], 110),
    )
    title = words.say("What stands beside the figures: how they were made, what they mean and what they cannot say")
    return Sheet(words.say("Notes and method"), title, "", measures, rows)


def _sentences(section: Section) -> list[tuple[str, str]]:
    """Each sentence with the heading that it stands under."""
    rows: list[tuple[str, str]] = []
    heading = ""
    for block in section.blocks:
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Note):
            rows.append((heading, block.text))
        elif isinstance(block, Listing):
            rows += [(heading, item) for item in block.items]
    return rows
