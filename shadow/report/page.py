"""
The report before it has a form: what is said, in which order, in one language.

    result ---> tidy ---> permitted ---> page ---> HTML, PDF, XLSX, PPTX
    (analysis)  printable  cut down to    sections of tables, figures
                text       what may be    and sentences
                           shown

Every renderer takes the same page and computes nothing, so that no two forms of a report say different things.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from shadow.report.disclosure import Amount, Range, Result, permitted
from shadow.report.figures import integrations
from shadow.report.figures.blocks import Section
from shadow.report.figures.cards import Card, cards, first_rows
from shadow.report.figures.coverage import coverage_section
from shadow.report.figures.effort import effort_section
from shadow.report.figures.fields import fields_section
from shadow.report.figures.method import DAYS_A_WEEK, assumptions_section, method_section
from shadow.report.figures.pareto import pareto_section
from shadow.report.figures.ranking import ranking_section
from shadow.report.figures.reentry import reentry_section
from shadow.report.figures.screens import screens_section
from shadow.report.figures.sensitivity import sensitivity_section
from shadow.report.figures.switches import switches_section
from shadow.report.figures.typical_case import typical_case_section
from shadow.report.figures.waterfall import waterfall_section
from shadow.report.figures.workarounds import workarounds_section
from shadow.report.questions import Question, questions
from shadow.report.texts import SHORT_MIN, SMALL, Words, size, tidy, times

__all__ = ["Page", "make_page"]

MARKS: Final = 30
MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class Page:
    """
    A report in one language.

    Args:

        words: The language.

        result: What may be shown of the result document, with its numbers.

        meta: What the report is about: title, agents, cases, days, systems.

        title: The finding.

        lead: Sentences under it.

        cards: The integrations that matter.

        aside: How to read the cards.

        notice: What the reader must know about the number of agents before the first figure; "" if nothing.

        sections: The evidence, in the order in which it is read.

        questions: What to ask the agents.

        marks: The agents' own words, and how often they said them (None where that may not be shown).
    """

    words: Words
    result: Result
    meta: tuple[str, ...]
    title: str
    lead: tuple[str, ...]
    cards: tuple[Card, ...]
    aside: str
    notice: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    marks: tuple[tuple[str, int | None], ...]


def make_page(result: dict[str, Any], lang: str) -> Page:
    """
    The report of a result document.

    Args:

        result: The result document of the analysis.

        lang: Language of the report: `en`, `da`, `nb` or `sv`.

    Raises:

        ReportRefusedError: There are too few agents; the message says what to do.

        UnknownLanguageError: The report does not speak the language.
    """
    words = Words(lang)
    shown = permitted(tidy(result))
    lead = tuple(text for text in (_case_today(shown, words), _week(shown, words)) if text)
    return Page(
        words,
        shown,
        meta=_meta(shown, words),
        title=_finding(shown, words),
        lead=lead,
        cards=tuple(cards(shown, words)),
        aside=_aside(shown, words),
        notice=_notice(shown, words),
        sections=tuple(_sections(shown, words)),
        questions=tuple(questions(shown, words)),
        marks=tuple((mark["note"], mark["n"]) for mark in shown["marks"][:MARKS]),
    )


def _sections(result: Result, words: Words) -> list[Section]:
    made = (
        ranking_section(result, words),
        waterfall_section(result, words),
        effort_section(result, words),
        pareto_section(result, words),
        reentry_section(result, words),
        typical_case_section(result, words),
        screens_section(result, words),
        fields_section(result, words),
        switches_section(result, words),
        workarounds_section(result, words),
        coverage_section(result, words),
        assumptions_section(result, words),
        sensitivity_section(result, words),
        method_section(result, words),
    )
    return [section for section in made if section is not None]


# --- the first screen ---


def _meta(result: Result, words: Words) -> tuple[str, ...]:
    study = result["study"]
    parts = (
        study["title"] or words.say("Agent shadowing"),
        words.count("{n} agent", "{n} agents", study["agents"]),
        words.count("{n} case", "{n} cases", study["cases"] or 0),
        words.days(study["first_day"], study["last_day"]),
        words.listing([words.app(app) for app in study["systems"]]),
    )
    return tuple(part for part in parts if part)


def _finding(result: Result, words: Words) -> str:
    rows = first_rows(result)
    saved, mean = integrations.saved_by(rows), times(result["cases"]["seconds_mean"], 1 / 60)
    if not rows or saved is None:
        return words.say("The evidence is too thin to rank an integration yet")
    if isinstance(saved, Range) or mean is None:
        return _title(len(rows), words, {"saved": words.short(saved)}, whole=False)
    part, whole = words.part_of(saved, mean)
    return _title(len(rows), words, {"saved": part, "total": whole}, whole=True)


def _title(n: int, words: Words, figures: dict[str, str], *, whole: bool) -> str:
    if whole:
        titles = (
            words.say("One small integration would take {saved} of {total} out of every case", **figures),
            words.say("Two small integrations would take {saved} of {total} out of every case", **figures),
            words.say("Three small integrations would take {saved} of {total} out of every case", **figures),
        )
    else:
        titles = (
            words.say("One small integration would take {saved} out of every case", **figures),
            words.say("Two small integrations would take {saved} out of every case", **figures),
            words.say("Three small integrations would take {saved} out of every case", **figures),
        )
    return titles[n - 1]


def _case_today(result: Result, words: Words) -> str:
    mean, median = (times(result["cases"][key], 1 / 60) for key in ("seconds_mean", "seconds_median"))
    if mean is None:
        return words.say("How long a case takes was not measured.")
    length = words.in_seconds if size(mean) < SHORT_MIN else words.minutes
    if isinstance(mean, Range) or median is None:
        return words.say("A case takes {mean} today.", mean=length(mean))
    return words.say(
        "A case takes {mean} today on average; half of them take less than {median}.", mean=length(mean), median=length(median)
    )


def _week(result: Result, words: Words) -> str:
    """The saving at the client's number of cases; where that was not said, in a thousand cases."""
    per_day, saved = result["study"]["cases_per_day"], integrations.saved_by(first_rows(result))
    if saved is None or size(saved) <= 0:
        return ""
    if per_day is None:
        return words.say(
            "In {n} cases the saving comes to {hours} hours: time released for other work, not money in the bank.",
            n=words.number(MANY),
            hours=_hours(times(saved, MANY / 60), words),
        )
    hours = times(saved, per_day * DAYS_A_WEEK / 60)
    return words.say(
        "With {n} cases a day that is {hours} hours a week: time released for other work, not money in the bank.",
        n=words.number(per_day),
        hours=_hours(hours, words),
    )


def _hours(hours: Amount, words: Words) -> str:
    return words.number(hours, 0 if size(hours) >= SMALL else 1)


def _aside(result: Result, words: Words) -> str:
    """How to read the cards."""
    if first_rows(result):
        return words.say(
            "Each card says what one integration saves by itself. Where two would save the same second, the title counts it once."
        )
    return words.say(
        "These are anecdotes: they were seen, but too few agents or occurrences stand behind them. They are something to ask about."
    )


def _notice(result: Result, words: Words) -> str:
    """What the reader must know about the number of agents before the first figure."""
    agents = result["study"]["agents"]
    if result["level"] == "figures":
        return ""
    if agents < 3:  # noqa: PLR2004  the floor of the contracts
        return words.count(
            "This report rests on {n} agent. The agent has agreed to it. It gives ranges, and nothing finer than a screen.",
            "This report rests on {n} agents. They have agreed to it. It gives ranges, and nothing finer than a screen.",
            agents,
        )
    return words.count(
        "This report rests on {n} agent. So that nobody can be recognised it gives ranges, and nothing finer than a screen.",
        "This report rests on {n} agents. So that nobody can be recognised it gives ranges, and nothing finer than a screen.",
        agents,
    )
