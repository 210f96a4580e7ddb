"""The sheets about what could be saved: the ranking, what is left of a case, re-entry and workarounds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from shadow.report.disclosure import Range, Result, Row
from shadow.report.figures import integrations
from shadow.report.figures.effort import effort_in_words
from shadow.report.figures.reentry import mode_in_words, relation_in_words, seconds_caption
from shadow.report.figures.waterfall import Step, waterfall_data
from shadow.report.sheets.columns import DATA, ONE, TWO, Measure, Sheet, amount, share, text
from shadow.report.texts import Words, decimals

__all__ = ["effort_sheet", "ranking_sheet", "reentry_sheet", "waterfall_sheet", "workarounds_sheet"]

# Three decimals of a minute where the largest saving is under 0.2 minutes, as in the tables of the report.
MINUTES: Final = {1: ONE, 2: TWO, 3: "#,##0.000"}


def ranking_sheet(result: Result, words: Words, title: str) -> Sheet:
    """All integrations: those with a place, those that the ones above hold already, and the anecdotes."""
    rows = result["rank"]
    form = MINUTES[decimals(row["minutes_per_case"] for row in rows)]
    alone = words.say(
        "“Alone” is what one integration saves by itself, “on top” what it adds to those above it: add up that column only. The interval is a 90% interval."
    )
    note = words.say("Savings overlap, so the ranges must not be added up.") if result["level"] == "ranges" else alone
    measures = (
        amount(words.say("No."), DATA("rank")),
        text(words.say("Integration"), lambda row: integrations.name(row, words), 44),
        *_minutes(result, words, form),
        share(words.say("Share of the cases"), "case_share"),
        amount(words.say("Cases"), DATA("cases")),
        amount(words.say("Agents"), DATA("agents")),
        amount(words.say("Occurrences"), DATA("occurrences")),
        text(words.say("Evidence"), lambda row: integrations.evidence(row, words)),
        share(words.say("Chance to be among the five largest alone"), "p_top5"),
        text(words.say("Place"), lambda row: _standing(row, words)),
        text(words.say("What is built"), lambda row: integrations.built(row, words), 48),
    )
    return Sheet(words.say("Ranking"), title, note, measures, rows)


def _minutes(result: Result, words: Words, form: str) -> tuple[Measure, ...]:
    """Where only ranges may be shown the minutes are a range already, made from the interval."""
    if result["level"] == "ranges":
        return (amount(words.say("Alone, minutes per case"), DATA("minutes_per_case"), form, bar=True),)
    return (
        amount(words.say("Alone, minutes per case"), _placed("minutes_per_case"), form, bar=True),
        amount(words.say("90% interval, minutes per case"), lambda row: _span(row["ci90"]), form),
        amount(words.say("Limits, minutes per case"), lambda row: _span(row["bounds"]), form),
        amount(words.say("On top, minutes per case"), _placed("marginal_minutes_per_case"), form, bar=True),
        amount(words.say("Together, minutes per case"), _placed("cumulative_minutes_per_case"), form),
    )


def _placed(key: str) -> Callable[[Row], float | None]:
    """A figure of a row with a place; an anecdote is told in limits only."""
    return lambda row: None if row["evidence"] == "anecdote" else row[key]


def _span(ends: Sequence[float] | None) -> Range | None:
    return Range(*ends) if ends else None


def _standing(row: Row, words: Words) -> str:
    if row["evidence"] == "anecdote":
        return words.say("too little behind it to rank")
    return words.say("already in those above") if row["covered"] else words.say("ranked")


def waterfall_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """A case today, less each integration, to a case after all of them."""
    steps = waterfall_data(result, words)
    form = MINUTES[decimals(step.saved for step in steps)]
    measures = (
        text(words.say("Step"), lambda step: step.label, 64),
        amount(words.say("Minutes saved per case"), lambda step: step.saved, form),
        amount(words.say("Minutes left per case"), _left, form, bar=True),
    )
    return Sheet(words.say("What is left"), title, note, measures, steps)


def _left(step: Step) -> float:
    return step.end if step.saved is None else step.start


def effort_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """The ranked integrations with the class of effort that was assumed for each."""
    said = {row["rank"]: row for row in result["effort"]}
    rows = integrations.ranked(result)
    measures = (
        amount(words.say("No."), DATA("rank")),
        text(words.say("Integration"), lambda row: integrations.name(row, words), 64),
        text(words.say("Effort"), lambda row: effort_in_words(said[row["rank"]]["effort"], words)),
        text(words.say("Assumed by"), lambda row: words.set_by(said[row["rank"]]["set_by"], result["study"]["assumed_by"])),
        amount(
            words.say("Minutes per case, alone"),
            DATA("minutes_per_case"),
            MINUTES[decimals(row["minutes_per_case"] for row in rows)],
            bar=True,
        ),
    )
    return Sheet(words.say("Effort and minutes"), title, note, measures, rows)


def reentry_sheet(result: Result, words: Words, title: str) -> Sheet:
    """All pairs, longest first."""
    ends = [(words.say("From"), "source"), (words.say("To"), "target")]
    measures = [column for label, side in ends for column in _end(label, side, words)]
    measures += [
        text(words.say("How"), lambda row: mode_in_words(row["mode"], words)),
        text(words.say("Relation"), lambda row: relation_in_words(row["relation"], words) or None),
        share(words.say("Share of the cases"), "case_share"),
        amount(words.say("Occurrences"), DATA("occurrences")),
        amount(words.say("Seconds per case"), DATA("seconds_per_case"), ONE, bar=True),
        amount(words.say("Seconds each"), DATA("seconds_per_occurrence"), ONE),
    ]
    return Sheet(words.say("Re-entry"), title, seconds_caption(result, words), measures, result["reentry"])


def _end(label: str, side: str, words: Words) -> tuple[Measure, ...]:
    """Where a value comes from or goes to: application, screen, and field where it may be named."""
    return (
        text(words.say("{side}: application", side=label), lambda row: words.app(row[side]["app"])),
        text(words.say("{side}: screen", side=label), lambda row: words.screen(row[side])),
        text(words.say("{side}: field", side=label), lambda row: None if row[side]["field"] is None else words.field(row[side])),
    )


def workarounds_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """The ways through a memory."""
    measures = (
        text(words.say("Memory"), lambda row: words.app(row["memory"][0]["app"])),
        text(words.say("From"), lambda row: words.app(row["sources"][0]["app"])),
        text(words.say("To"), lambda row: words.app(row["targets"][0]["app"])),
        text(words.say("What is read"), lambda row: words.fields(row["sources"])),
        text(words.say("What is entered"), lambda row: words.fields(row["targets"])),
        amount(words.say("Seconds per case"), DATA("seconds_per_case"), ONE, bar=True),
        amount(words.say("Cases"), DATA("cases")),
        amount(words.say("Occurrences"), DATA("occurrences")),
        amount(words.say("Typically kept, s"), DATA("held_s_median"), ONE),
    )
    return Sheet(words.say("Workarounds"), title, note, measures, result["workarounds"])
