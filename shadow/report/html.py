"""
The report as one HTML file that runs no script and loads nothing.

`render_html` takes the result document through three steps: text made printable (`tidy`), cut down to what may be shown (`permitted`), put
into sections (`figures/`). The template escapes all of it.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from shadow.report.disclosure import Amount, Range, Result, permitted
from shadow.report.figures import integrations
from shadow.report.figures.blocks import Section
from shadow.report.figures.cards import Card, cards, first_rows
from shadow.report.figures.coverage import coverage_section
from shadow.report.figures.fields import fields_section
from shadow.report.figures.method import DAYS_A_WEEK, assumptions_section, method_section
from shadow.report.figures.ranking import ranking_section
from shadow.report.figures.reentry import reentry_section
from shadow.report.figures.screens import screens_section, switches_section
from shadow.report.figures.typical_case import typical_case_section
from shadow.report.figures.waterfall import waterfall_section
from shadow.report.figures.workarounds import workarounds_section
from shadow.report.questions import Question, questions
from shadow.report.texts import SHORT_MIN, SMALL, Words, size, tidy, times

__all__ = ["render_html"]

TEMPLATES: Final = Path(__file__).parent / "templates"
MARKS: Final = 30
MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class First:
    """What the first screen says."""

    meta: tuple[str, ...]
    title: str
    lead: tuple[str, ...]
    cards: tuple[Card, ...]
    aside: str
    notice: str


def render_html(result: dict[str, Any], *, lang: str, interactive: bool = False) -> str:
    """
    The report of a study, as one HTML document.

    Args:

        result: The result document of the analysis.

        lang: Language of the report: `en`, `da`, `nb` or `sv`.

        interactive: Add an appendix of charts that answer to the pointer. It brings a script of some 5 MB into the file; without it
            there is none.

    Returns:

        HTML, complete in itself.

    Raises:

        ReportRefusedError: There are too few agents; the message says what to do.

        UnknownLanguageError: The report does not speak the language.
    """
    words = Words(lang)
    shown = permitted(tidy(result))
    scripts = _scripts(shown, words) if interactive else ()
    return _template().render(
        words=words,
        say=words.say,
        count=words.count,
        page=_first(shown, words),
        sections=_sections(shown, words),
        questions=_questions(shown, words),
        marks=[(mark["note"], mark["n"]) for mark in shown["marks"][:MARKS]],
        css=_css(),
        scripts=scripts,
        script_sources=_script_sources(scripts),
    )


def _sections(result: Result, words: Words) -> list[Section]:
    made = (
        ranking_section(result, words),
        waterfall_section(result, words),
        reentry_section(result, words),
        workarounds_section(result, words),
        screens_section(result, words),
        switches_section(result, words),
        fields_section(result, words),
        typical_case_section(result, words),
        coverage_section(result, words),
        assumptions_section(result, words),
        method_section(result, words),
    )
    return [section for section in made if section is not None]


def _questions(result: Result, words: Words) -> list[Question]:
    return questions(result, words)


# --- the first screen ---


def _first(result: Result, words: Words) -> First:
    lead = [text for text in (_case_today(result, words), _week(result, words)) if text]
    shown = tuple(cards(result, words))
    return First(_meta(result, words), _finding(result, words), tuple(lead), shown, _aside(result, words), _notice(result, words))


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


# --- the page ---


@cache
def _template() -> Template:
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html.j2")


@cache
def _css() -> Markup:
    return Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704  our own file


def _scripts(result: Result, words: Words) -> tuple[Markup, ...]:
    from shadow.report.explorer import scripts  # noqa: PLC0415  plotly is loaded only where it is asked for

    return scripts(result, words)


def _script_sources(scripts: tuple[Markup, ...]) -> str:
    """The content-security rule that lets these scripts run and no other: their digests."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
