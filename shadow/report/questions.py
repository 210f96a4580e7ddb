"""
The questions to sit down with the agents and ask, made from the evidence.

Numbers open questions, they do not close them. Each question names the figure it comes from; a rule that finds nothing asks nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from shadow.report.disclosure import Range, Result, Row
from shadow.report.figures import integrations
from shadow.report.figures.fields import CORRECTED, STOPS_S
from shadow.report.texts import Words, size

__all__ = ["Question", "questions"]

# A rule asks about what is at least this large; below, the answer would be about noise.
NEARLY_EMPTY = 0.8
ENTERED_TWICE = 0.2
CLICKS = 25
TRIPS = 25
SWITCHES = 1.0
NO_CASE = 0.05
OFTEN = 25

PER_RULE = 3
MOST = 16


@dataclass(frozen=True, slots=True)
class Question:
    """One question: the observation and the question, the figure behind it, and the section that has it (its anchor)."""

    text: str
    evidence: str
    anchor: str


Rule = Callable[[Result, Words], Iterator[Question]]


def questions(result: Result, words: Words) -> list[Question]:
    """At most 16 questions, at most three of a kind. Each rule has its first question before any has its second."""
    found = [
        (turn, kind, question) for kind, rule in enumerate(RULES) for turn, question in enumerate(islice(rule(result, words), PER_RULE))
    ]
    chosen = sorted(found, key=lambda entry: entry[:2])[:MOST]
    return [question for _, _, question in sorted(chosen, key=lambda entry: (entry[1], entry[0]))]


def _passed_over(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["friction"]["field"] if (row["skip_rate"] or 0) >= NEARLY_EMPTY]
    for row in sorted(rows, key=lambda row: -row["skip_rate"]):
        text = words.say(
            "On {screen}, {field} is passed over in {n} of 100 cases. What is it for?",
            n=words.hundred(row["skip_rate"]),
            **_field(row, words),
        )
        yield Question(text, _shown(row, words), "fields")


def _never_touched(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["friction"]["field"] if (row["never_touched_rate"] or 0) >= NEARLY_EMPTY]
    for row in sorted(rows, key=lambda row: -row["never_touched_rate"]):
        text = words.say(
            "On {screen}, {field} is never touched in {n} of 100 cases. Who needs it, and when?",
            n=words.hundred(row["never_touched_rate"]),
            **_field(row, words),
        )
        yield Question(text, _shown(row, words), "fields")


def _typed_again(result: Result, words: Words) -> Iterator[Question]:
    for row in result["reentry"]:
        if row["case_share"] is None or size(row["case_share"]) < ENTERED_TWICE:
            continue
        ends = {"source": words.quoted(words.field(row["source"])), "target": words.quoted(words.field(row["target"]))}
        apps = {"a": words.app(row["source"]["app"]), "b": words.app(row["target"]["app"])}
        share = words.hundred(row["case_share"])
        if row["mode"] == "typed":
            text = words.say(
                "{source} from {a} is typed again as {target} in {b}, in {n} of 100 cases. Which of the two do you trust if they differ?",
                n=share,
                **ends,
                **apps,
            )
        else:
            text = words.say(
                "{source} is copied from {a} into {target} in {b}, in {n} of 100 cases. What happens if it is forgotten?",
                n=share,
                **ends,
                **apps,
            )
        yield Question(text, _occurrences(row, words), "reentry")


def _memory(result: Result, words: Words) -> Iterator[Question]:
    for row in result["workarounds"]:
        text = words.say(
            "{values} from {a} is kept in {memory} until it is entered in {b}. Why not at once, and what else is kept there?",
            values=words.fields(row["sources"]),
            a=words.app(row["sources"][0]["app"]),
            b=words.app(row["targets"][0]["app"]),
            memory=words.app(row["memory"][0]["app"]),
        )
        yield Question(text, _occurrences(row, words), "workarounds")


def _default(result: Result, words: Words) -> Iterator[Question]:
    for row in integrations.ranked(result):
        if row["kind"] == "default" and row["targets"] and row["targets"][0]["field"]:
            text = words.say(
                "{field} nearly always gets the same value. When does it get another?",
                field=words.fields(row["targets"]),
            )
            yield Question(
                text,
                words.say(
                    "number {rank} of the ranking, {counts}",
                    rank=words.number(row["rank"]),
                    counts=integrations.rests_on(row, words),
                ),
                "ranking",
            )


def _corrected(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["friction"]["field"] if (row["corrections_per_visit"] or 0) >= CORRECTED]
    for row in sorted(rows, key=lambda row: -row["corrections_per_visit"]):
        n = words.number(100 * row["corrections_per_visit"])
        text = words.say(
            "On {screen}, {field} is put right {n} times in 100 visits. What makes it hard to get right the first time?",
            n=n,
            **_field(row, words),
        )
        yield Question(text, _visits(row, words), "fields")


def _stops(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["friction"]["field"] if (row["hesitation_s_median"] or 0) >= STOPS_S]
    for row in sorted(rows, key=lambda row: -row["hesitation_s_median"]):
        seconds = words.seconds(row["hesitation_s_median"])
        text = words.say(
            "On {screen}, {seconds} go by before the first key in {field}. What do you have to find out first?",
            seconds=seconds,
            **_field(row, words),
        )
        yield Question(text, _visits(row, words), "fields")


def _clicks(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["friction"]["screen"] if size(row["repeat_clicks"]) >= CLICKS]
    for row in sorted(rows, key=lambda row: -size(row["repeat_clicks"])):
        text = words.say(
            "On {screen} in {app} the same place is clicked again and again. What are you waiting for?",
            **_screen(row, words),
        )
        yield Question(text, words.say("{n} such clicks in the study", n=words.number(row["repeat_clicks"])), "screens")


def _round_trips(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["friction"]["app"] if size(row["round_trips"]) >= TRIPS]
    for row in sorted(rows, key=lambda row: -size(row["round_trips"]))[:1]:
        text = words.say(
            "{app} is opened and left again at once. What do you look up or keep there that the other systems do not have?",
            app=words.app(row["app"]),
        )
        yield Question(text, words.say("{n} round trips in the study", n=words.number(row["round_trips"])), "switches")


def _between(result: Result, words: Words) -> Iterator[Question]:
    rows = [row for row in result["switches"] if size(row["per_case"]) >= SWITCHES]
    for row in sorted(rows, key=lambda row: -size(row["per_case"]))[:1]:
        pair = {"a": words.app(row["source_app"]), "b": words.app(row["target_app"])}
        text = words.say("From {a} to {b} and back: what do you have to remember on the way?", **pair)
        yield Question(text, words.say("{n} changes per case", n=words.number(row["per_case"], 1)), "switches")


def _no_case(result: Result, words: Words) -> Iterator[Question]:
    share = result["cases"]["share_in_no_case"]
    if share is not None and size(share) >= NO_CASE:
        text = words.say("Some of the work belongs to no case. What is it, and does anyone count it?")
        yield Question(text, words.say("{share} of the active time", share=words.percent(share)), "coverage")


def _rare(result: Result, words: Words) -> Iterator[Question]:
    for row in integrations.anecdotes(result):
        called = integrations.name(row, words)
        if row["occurrences"] is not None and size(row["occurrences"]) >= OFTEN:
            text = words.say("{name}: seen often, but with too few agents to count. Do the others work the same way?", name=called)
        else:
            text = words.say("{name}: seen too rarely to count. When does it happen, and what does it take?", name=called)
        grounds = integrations.rests_on(row, words) or words.say("fewer than 3 agents")
        yield Question(text, grounds, "ranking")


RULES: tuple[Rule, ...] = (
    _passed_over,
    _never_touched,
    _typed_again,
    _memory,
    _default,
    _corrected,
    _stops,
    _clicks,
    _round_trips,
    _between,
    _no_case,
    _rare,
)


def _field(row: Row, words: Words) -> dict[str, str]:
    return {"screen": words.quoted(words.screen(row)), "field": words.quoted(words.field(row))}


def _screen(row: Row, words: Words) -> dict[str, str]:
    return {"screen": words.quoted(words.screen(row)), "app": words.app(row["app"])}


def _shown(row: Row, words: Words) -> str:
    shares = {"passed": words.hundred(row["skip_rate"]), "never": words.hundred(row["never_touched_rate"])}
    return words.say(
        "of 100 cases: passed over {passed}, never touched {never}; {cases} cases showed it",
        cases=words.number(row["n_cases"]),
        **shares,
    )


def _visits(row: Row, words: Words) -> str:
    return words.say("{visits} visits in {cases} cases", visits=words.number(row["visits"]), cases=words.number(row["n_cases"]))


def _occurrences(row: Row, words: Words) -> str:
    seconds = row["seconds_per_case"]
    n = words.number(row["occurrences"])
    if isinstance(seconds, Range) or seconds is None:
        return words.say("{n} occurrences", n=n)
    return words.say("{n} occurrences, {seconds} per case", n=n, seconds=words.seconds(seconds))
