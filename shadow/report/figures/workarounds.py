"""The applications that serve as a memory between two systems."""

from __future__ import annotations

from shadow.report.disclosure import Result, Row
from shadow.report.figures.blocks import Block, Cell, Column, Note, Section, Table
from shadow.report.texts import Words

__all__ = ["LISTED", "workarounds_section"]

LISTED = 10
_IN_A_CELL = 2


def workarounds_section(result: Result, words: Words) -> Section | None:
    """The ways through a memory; nothing where none was found, or none that may be shown."""
    rows = result["workarounds"]
    if not rows:
        return None
    n = len({row["memory"][0]["app"] for row in rows})
    title = words.count("{n} application serves as a memory between systems", "{n} applications serve as a memory between systems", n)
    blocks: list[Block] = [Note(_meaning(words)), _table(rows, result, words), *_example(rows[0], words)]
    return Section("workarounds", words.say("Workarounds"), title, (*blocks, *_left_out(result, words)))


def _meaning(words: Words) -> str:
    return words.say(
        "A workaround is a third application, such as notes, a spreadsheet or a chat, that keeps a value on its way from one system to another. It shows what the systems lack, and not what the agents do wrong. What an integration would save is in the ranking: where it fills in the value, the way through the memory goes, too."
    )


def _table(rows: list[Row], result: Result, words: Words) -> Table:
    study = result["study"]
    caption = words.say(
        "Ways through a memory, longest first. The seconds run from the copy or the look to the entry, into the memory and out of it. {cases} cases, {agents} agents.",
        cases=words.number(study["cases"]),
        agents=words.number(study["agents"]),
    )
    numbers = (
        words.say("Seconds per case"),
        words.say("Cases"),
        words.say("Occurrences"),
        words.say("Typically kept, s"),
    )
    columns = (Column(words.say("Memory")), Column(words.say("Way")), *(Column(label, number=True) for label in numbers))
    return Table(caption, columns, tuple(_row(row, words) for row in rows[:LISTED]))


def _row(row: Row, words: Words) -> tuple[Cell, ...]:
    values = words.say(
        "{sources} to {targets}", sources=words.fields(row["sources"], _IN_A_CELL), targets=words.fields(row["targets"], _IN_A_CELL)
    )
    return (
        Cell(words.app(row["memory"][0]["app"])),
        Cell(f"{words.app(row['sources'][0]['app'])} → {words.app(row['targets'][0]['app'])}", values),
        Cell(words.number(row["seconds_per_case"], 1)),
        Cell(words.number(row["cases"])),
        Cell(words.number(row["occurrences"])),
        Cell(words.number(row["held_s_median"])),
    )


def _example(row: Row, words: Words) -> list[Block]:
    """One occurrence of the first row, where a single case may be shown."""
    if row["example"] is None:
        return []
    example = {name: words.seconds(seconds) for name, seconds in row["example"].items()}
    sentence = words.say(
        "One such way, of middling length: {put_s} into {memory}, {held_s} until the value is fetched there again, {taken_s} into {target}.",
        memory=words.app(row["memory"][0]["app"]),
        target=words.app(row["targets"][0]["app"]),
        **example,
    )
    return [Note(sentence)]


def _left_out(result: Result, words: Words) -> list[Block]:
    n = result["withheld"]["workarounds"]
    if not n:
        return []
    return [
        Note(
            words.count(
                "{n} workaround is left out, because fewer than 3 agents stand behind it.",
                "{n} workarounds are left out, because fewer than 3 agents stand behind them.",
                n,
            )
        )
    ]
