"""What the figures rest on: assumptions, method and limits, in plain words."""

from __future__ import annotations

from shadow.report.disclosure import Result, Row
from shadow.report.figures.blocks import Block, Cell, Column, Heading, Listing, Note, Section, Table, cells
from shadow.report.texts import Words

__all__ = ["DAYS_A_WEEK", "assumptions_section", "method_section"]

DAYS_A_WEEK = 5


def assumptions_section(result: Result, words: Words) -> Section:
    """Assumptions: what, how much, by whom and until when, on which grounds."""
    rows = [_assumption(row, result, words) for row in result["assumptions"]]
    if result["study"]["cases_per_day"] is not None:
        rows += _week(result, words)
    title = words.count("{n} assumption stands behind the figures", "{n} assumptions stand behind the figures", len(rows))
    columns = (
        Column(words.say("Assumption")),
        Column(words.say("Value"), number=True),
        Column(words.say("Assumed by")),
        Column(words.say("Source of the default")),
    )
    caption = words.say("What was assumed, by whom and until when")
    blocks: tuple[Block, ...] = (Table(caption, columns, tuple(rows)),) if rows else ()
    return Section("assumptions", words.say("Assumptions"), title, blocks)


def _assumption(row: Row, result: Result, words: Words) -> tuple[Cell, ...]:
    until = words.say("until {day}", day=words.date(row["until"])) if row["until"] else words.say("until a later recording")
    return cells(
        words.term(row["name"]),
        words.value(row["value"], row["unit"]),
        Cell(words.set_by(row["set_by"], result["study"]["assumed_by"]), until),
        _source(str(row["source"]), words),
    )


def _source(source: str, words: Words) -> Cell:
    """Sources are given in the words of the analysis, which are English; elsewhere they are quoted as such."""
    return Cell(source) if words.lang == "en" else Cell(words.quoted(source), lang="en")


def _week(result: Result, words: Words) -> list[tuple[Cell, ...]]:
    per_day = words.number(result["study"]["cases_per_day"])
    by = words.set_by("study.toml", result["study"]["assumed_by"])
    return [
        cells(words.say("Cases a day"), per_day, by, words.say("stated by the client")),
        cells(words.say("Working days a week"), words.number(DAYS_A_WEEK), words.set_by("toolkit", None), words.say("set in this report")),
    ]


def method_section(result: Result, words: Words) -> Section:
    """How the figures came about, and what they cannot say."""
    title = words.say("The savings come from replaying recorded cases, not from opinions")
    blocks = (
        Heading(words.say("How it was done")),
        Listing((_recorded(result, words), _cut(result, words), *_reckoned(words))),
        Heading(words.say("What the words mean")),
        Listing(_classes(words)),
        Heading(words.say("What the figures cannot say")),
        Listing(_limits(words)),
    )
    return Section("method", words.say("Method and limits"), title, (*blocks, Note(_privacy(words))))


def _recorded(result: Result, words: Words) -> str:
    """Where the sessions come from; what was typed is stored by neither way."""
    sentences = {
        "imported": words.say(
            "The logs came from another recorder and were used as they were. What was typed is not stored: equal values were recognised in memory and forgotten."
        ),
        "recorded": words.say(
            "The agents agreed to being recorded, could strike what they liked, and released the recordings themselves. What was typed is not stored: equal values were recognised in memory and forgotten."
        ),
        "both": words.say(
            "Some sessions were recorded with the agents' consent; the agents could strike what they liked and released them themselves. The other logs came from another recorder and were used as they were. What was typed is not stored: equal values were recognised in memory and forgotten."
        ),
    }
    return sentences[result["study"]["origin"]]


def _cut(result: Result, words: Words) -> str:
    names = {
        "given": words.say("as the log gives them"),
        "case_id": words.say("by a case number on the screen"),
        "completion": words.say("by the action that ends a case"),
        "cut": words.say("where the work begins anew"),
    }
    ways = [words.say("{n} {how}", n=words.number(n), how=names.get(how, str(how))) for how, n in result["cases"]["how"].items() if n]
    if not ways:
        return words.say("The log was cut into cases.")
    return words.say("The log was cut into cases: {ways}.", ways=words.listing(ways))


def _reckoned(words: Words) -> tuple[str, ...]:
    return (
        words.say(
            "Each case was replayed as if the integration had been there. What remains is left in: a glance at what was filled in, and now and then a correction."
        ),
        words.say(
            "The integrations are ordered by what each adds to those above it. A second is saved once, also where two integrations would save it."
        ),
        words.say(
            "Two entries count as the same value only if they are copied and pasted, or if they agree more often than chance would have it."
        ),
        words.say("Times are wall clock on the case. Long gaps without any event count for nothing."),
    )


def _classes(words: Words) -> tuple[str, ...]:
    return (
        words.say("Measured: the time was seen often enough to stand on its own."),
        words.say("Measured and modelled: seen less often, so the time is drawn towards what a model of the actions expects."),
        words.say("Modelled: seen so rarely that the time comes mostly from the model."),
        words.say(
            "90% interval: made so that it holds the true figure in 9 of 10 studies like this one with other agents. It does not cover faults of the model."
        ),
        words.say("Limits: the least and the most that could be saved, from nothing but the hand movements to everything."),
        words.say("Alone among the five largest: how sure it is that it is one of the five that save most by themselves."),
    )


def _limits(words: Words) -> tuple[str, ...]:
    return (
        words.say("People work a little differently while they are recorded. How much is not known."),
        words.say("A second saved while the customer is talking anyway saves nothing. The figures do not know when that is."),
        words.say("Released time is not cash. It becomes worth something when it is used for something else."),
        words.say("New ways of working usually show their full effect only after some weeks."),
        words.say("Paper, telephone and talk across the desk leave no trace on a screen."),
        words.say("Other weeks, seasons and kinds of cases may look different."),
    )


def _privacy(words: Words) -> str:
    return words.say("This report is about fields, screens and systems. It holds no figure about any one agent.")
