"""The integrations that matter, as the cards of the first screen."""

from __future__ import annotations

from dataclasses import dataclass

from shadow.report.disclosure import Amount, Range, Result, Row
from shadow.report.figures import integrations
from shadow.report.texts import Words, decimals, size

__all__ = ["Card", "cards", "first_rows", "shown"]

CARDS = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One of the integrations that matter, as the first screen shows it; an anecdote has no rank, and a minute or more no seconds."""

    rank: int | None
    name: str
    built: str
    minutes: str
    seconds: str
    interval: str
    evidence: str


def cards(result: Result, words: Words) -> list[Card]:
    """The first three of the ranking that save anything; where nothing has a place, the first three anecdotes of which a figure is known."""
    rows = first_rows(result) or [row for row in integrations.anecdotes(result) if _saves(row)][:CARDS]
    digits = decimals(shown(row) for row in rows)
    return [_card(row, words, digits) for row in rows]


def first_rows(result: Result) -> list[Row]:
    """The rows of the cards."""
    return [row for row in integrations.ranked(result)[:CARDS] if _saves(row)]


def _saves(row: Row) -> bool:
    span = row["minutes_per_case"]
    return span.high > 0 if isinstance(span, Range) else (row["marginal_minutes_per_case"] or 0) > 0


def shown(row: Row) -> Amount:
    """What a row saves alone; of an anecdote only from where to where, if that is known."""
    if row["evidence"] == "anecdote" and row["bounds"] and not isinstance(row["minutes_per_case"], Range):
        return Range(*row["bounds"])
    minutes: Amount = row["minutes_per_case"]
    return minutes


def _card(row: Row, words: Words, digits: int) -> Card:
    minutes = shown(row)
    interval = "" if isinstance(minutes, Range) else _limits(row, words, digits)
    grounds = words.say("{evidence}: {counts}", evidence=integrations.evidence(row, words), counts=integrations.rests_on(row, words))
    return Card(
        None if row["evidence"] == "anecdote" else row["rank"],
        integrations.name(row, words),
        integrations.built(row, words),
        words.number(minutes, digits),
        words.in_seconds(minutes) if 0 < size(minutes) < 1 else "",
        interval,
        grounds,
    )


def _limits(row: Row, words: Words, digits: int) -> str:
    if row["ci90"]:
        return words.say("90% interval {span}", span=words.number(Range(*row["ci90"]), digits))
    if row["bounds"]:
        return words.say("limits {span}, no interval", span=words.number(Range(*row["bounds"]), digits))
    return words.say("interval not measured")
