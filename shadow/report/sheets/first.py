"""The first sheet: the finding, what the study is, and how to read the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from shadow.report.page import Page
from shadow.report.sheets.columns import Sheet

__all__ = ["Line", "first_lines"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text and how it looks."""

    text: str
    look: Literal["title", "heading", "text", "small"] = "text"


def first_lines(page: Page, sheets: Sequence[Sheet]) -> list[Line]:
    """The lines of the first sheet, from the top."""
    return [*_finding(page), *_reading(page), *_contents(page, sheets)]


def _finding(page: Page) -> Iterator[Line]:
    words = page.words
    yield Line(page.title, "title")
    yield Line(" · ".join(page.meta), "small")
    yield from (Line(text) for text in page.lead)
    if page.notice:
        yield Line(page.notice, "heading")
    for card in page.cards:
        yield Line(f"{words.number(card.rank)}  {card.name}" if card.rank is not None else card.name, "heading")
        minutes = " ".join((card.minutes, words.say("minutes per case")))
        yield Line(", ".join(part for part in (minutes, card.seconds, card.interval) if part))
        yield Line(card.built)
        yield Line(card.evidence, "small")
    if page.cards:
        yield Line(page.aside, "small")


def _reading(page: Page) -> Iterator[Line]:
    words = page.words
    yield Line(words.say("How to read this workbook"), "heading")
    yield Line(
        words.say(
            "Each sheet is one table of the report, and the headings say the unit. Filter and sort as you like: no cell depends on another."
        )
    )
    yield Line(words.say("An empty cell was not measured, or may not be shown. It does not stand for 0."))
    if page.result["level"] == "ranges":
        yield Line(words.say("With so few agents a figure is two columns: it lies somewhere from low to high."))
    yield Line(words.say("This report is about fields, screens and systems. It holds no figure about any one agent."))


def _contents(page: Page, sheets: Sequence[Sheet]) -> Iterator[Line]:
    yield Line(page.words.say("Contents"), "heading")
    for sheet in sheets:
        yield Line(f"{sheet.name}: {sheet.title}")
