"""The integrations in words: a name, what is built, what it rests on, and what the first few come to together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from shadow.report.disclosure import Amount, Range, Result, Row
from shadow.report.terms import N_
from shadow.report.texts import Words

__all__ = [
    "anecdotes",
    "built",
    "covered",
    "evidence",
    "name",
    "named_once",
    "ranked",
    "rests_on",
    "saved_by",
    "tied",
]

# Name, and what is built, by kind and by whether fields may be named.
SENTENCES: Final = {
    ("autofill", True): (
        N_("Fill {targets} in {target_app} from {source_app}"),
        N_("{target_app} reads {sources} from {source_app} and fills in {targets}; the agents only glance at it."),
    ),
    ("autofill", False): (
        N_("Fill fields on {targets} in {target_app} from {sources} in {source_app}"),
        N_("{target_app} reads from {sources} in {source_app} and fills in fields on {targets}; the agents only glance at them."),
    ),
    ("prefill", True): (
        N_("Fill {targets} in {target_app}"),
        N_("{target_app} fills in {targets} itself; the agents only glance at it."),
    ),
    ("prefill", False): (
        N_("Fill fields on {targets} in {target_app}"),
        N_("{target_app} fills in fields on {targets} itself; the agents only glance at them."),
    ),
    ("link", True): (
        N_("Connect {source_app} and {target_app}: {targets}"),
        N_("What stands in {sources} in {source_app} is there on {screen} in {target_app} at once."),
    ),
    ("link", False): (
        N_("Connect {sources} in {source_app} and {targets} in {target_app}"),
        N_("What stands on {sources} in {source_app} is there on {targets} in {target_app} at once."),
    ),
    **{
        (kind, by_field): sentences
        for by_field in (True, False)
        for kind, sentences in {
            "deep_link": (
                N_("Open {screen} in {target_app} without a search"),
                N_("One click opens the right record on {screen}; nobody searches for it."),
            ),
            "template": (
                N_("Have the text ready on {screen}"),
                N_("The parts of the text that always come back are there; the agents write only what differs."),
            ),
        }.items()
    },
    ("default", True): (
        N_("A default value in {targets}"),
        N_("The form opens with the value that is nearly always chosen; it can still be changed."),
    ),
    ("default", False): (
        N_("Default values on {screen}"),
        N_("The form opens with the values that are nearly always chosen; they can still be changed."),
    ),
    ("remove_field", True): (
        N_("Move {targets} out of the way on {screen}"),
        N_("Nobody has to pass what is nearly always left empty: the field stands last on the form, or goes."),
    ),
    ("remove_field", False): (
        N_("Move fields out of the way on {screen}"),
        N_("Nobody has to pass what is nearly always left empty: the field stands last on the form, or goes."),
    ),
}

# The space after a number, so that no line ends between the number and what it counts.
_NUMBER_AND_NOUN: Final = re.compile(r"(?<=\d) (?=[^\W\d])")
# A name gives so many fields, a sentence one more.
_IN_A_NAME: Final = 2
_IN_A_SENTENCE: Final = 3


def ranked(result: Result) -> list[Row]:
    """The rows with enough evidence to have a place, in their order, without those that add next to nothing to the rows above."""
    return [row for row in result["rank"] if row["evidence"] != "anecdote" and not row["covered"]]


def covered(result: Result, *, anecdotal: bool = False) -> list[Row]:
    """The rows that add next to nothing to the rows above, of those with enough evidence or of the anecdotes."""
    return [row for row in result["rank"] if row["covered"] and (row["evidence"] == "anecdote") is anecdotal]


def anecdotes(result: Result) -> list[Row]:
    """The rows with too little behind them for a place, in their order, without those that add next to nothing to the rows above."""
    return [row for row in result["rank"] if row["evidence"] == "anecdote" and not row["covered"]]


def named_once(rows: Sequence[Row], words: Words) -> tuple[str, ...]:
    """The names of rows, each once; how many there are of a name that several have, as happens where no field may be named."""
    counts = Counter(name(row, words) for row in rows)
    return tuple(
        called if n == 1 else words.count("{name} ({n} integration)", "{name} ({n} integrations)", n, name=called)
        for called, n in counts.items()
    )


def saved_by(rows: Sequence[Row]) -> Amount:
    """
    Minutes per case that rows in a row from the first one save together, overlap counted once.

    In ranges: at least what the best of them saves alone, at most the sum, for overlap only takes away.
    """
    if not rows:
        return None
    spans = [row["minutes_per_case"] for row in rows]
    if any(isinstance(span, Range) for span in spans):
        known = [span for span in spans if isinstance(span, Range)]
        return Range(max(span.low for span in known), sum(span.high for span in known))
    total: float | None = rows[-1]["cumulative_minutes_per_case"]
    return total


def name(row: Row, words: Words) -> str:
    """What the integration is called in this report; its title from the analysis if the kind is not known here."""
    sentences = SENTENCES.get(_variant(row))
    return words.say(sentences[0], **_parts(row, words, _IN_A_NAME)) if sentences else str(row["title"] or row["kind"])


def built(row: Row, words: Words) -> str:
    """What is built, in one plain sentence; empty if the kind is not known here."""
    sentences = SENTENCES.get(_variant(row))
    return words.say(sentences[1], **_parts(row, words, _IN_A_SENTENCE)) if sentences else ""


def _variant(row: Row) -> tuple[str, bool]:
    """The kind (an autofill that reads from no other field is a prefill), and whether its fields may be named."""
    kind = "prefill" if row["kind"] == "autofill" and not row["sources"] else str(row["kind"])
    return kind, all(field["field"] is not None for field in row["targets"] + row["sources"])


def _parts(row: Row, words: Words, most: int) -> dict[str, Any]:
    sources, targets = row["sources"], row["targets"]
    first: Row = targets[0] if targets else sources[0] if sources else {"app": "", "screen": "", "field": None, "label": None}
    return {
        "sources": words.fields(sources, most),
        "targets": words.fields(targets, most),
        "source_app": words.listing(list(dict.fromkeys(words.app(field["app"]) for field in sources))),
        "target_app": words.app(first["app"]),
        "screen": words.quoted(words.screen(first)),
    }


def evidence(row: Row, words: Words) -> str:
    """The evidence class as a word."""
    return {
        "measured": words.say("Measured"),
        "blended": words.say("Measured and modelled"),
        "modelled": words.say("Modelled"),
        "anecdote": words.say("Anecdote"),
    }.get(row["evidence"], str(row["evidence"]))


def rests_on(row: Row, words: Words) -> str:
    """The counts a row rests on; nothing where they may not be shown."""
    if row.get("thin") or row["occurrences"] is None or row["agents"] is None:
        return ""
    counts = {"cases": words.number(row["cases"]), "times": words.number(row["occurrences"])}
    text = words.count(
        "{cases} cases, {n} agent, {times} occurrences",
        "{cases} cases, {n} agents, {times} occurrences",
        row["agents"],
        **counts,
    )
    return _NUMBER_AND_NOUN.sub("\u00a0", text)


def tied(result: Result, rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Ranks of two rows that cannot be told apart, as the analysis has it, where both of them are shown."""
    ranks = {row["rank"] for row in rows}
    return [(above, below) for above, below in result["tied"] if above in ranks and below in ranks]
