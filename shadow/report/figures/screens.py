"""Where the time goes: the screens of a case."""

from __future__ import annotations

from collections.abc import Sequence

from shadow.report.disclosure import Range, Result, Row
from shadow.report.figures.bars import Bar, bars_chart
from shadow.report.figures.blocks import Block, Column, Figure, Note, Section, Table, cells, figure
from shadow.report.texts import Words, size, times

__all__ = ["screens_by_dwell", "screens_data", "screens_section"]

DRAWN = 12
LEAST_S = 0.05  # what would be written as 0.0 s is not written


def screens_section(result: Result, words: Words) -> Section:
    """Dwell per case by screen."""
    rows = screens_by_dwell(result)
    if not rows:
        return Section("screens", words.say("Screens"), words.say("The time on each screen was not measured"), ())
    blocks: list[Block] = [
        Note(_excess(words)),
        _figure(rows, words, result),
        _table(rows, words),
        *_left_out(result, rows, words),
    ]
    return Section("screens", words.say("Screens"), _title(rows, words), tuple(blocks))


def screens_by_dwell(result: Result) -> list[Row]:
    """The measured screens, longest first."""
    measured = [row for row in result["friction"]["screen"] if row["dwell_s_per_case"] is not None]
    return sorted(measured, key=lambda row: -size(row["dwell_s_per_case"]))


def _title(rows: Sequence[Row], words: Words) -> str:
    if isinstance(rows[0]["dwell_s_per_case"], Range):
        return words.say(
            "The longest stay is on {screen} in {app}",
            screen=words.quoted(words.screen(rows[0])),
            app=words.app(rows[0]["app"]),
        )
    total, sum_s, k = sum(row["dwell_s_per_case"] for row in rows), 0.0, 0
    while k < len(rows) and sum_s < total / 2:
        sum_s, k = sum_s + rows[k]["dwell_s_per_case"], k + 1
    share = words.percent(sum_s / total if total else None)
    return words.count(
        "{n} of {of} screens takes {share} of the time",
        "{n} of {of} screens take {share} of the time",
        k,
        of=words.number(len(rows)),
        share=share,
    )


def _excess(words: Words) -> str:
    return words.say(
        "Hatched is the excess: time beyond what the actions on the screen take at the agents’ own pace. It may go to reading, searching, waiting or putting right. It is not a saving by itself. Over all screens it adds up to 0: a screen said to be below takes less time than its actions would at that pace."
    )


def screens_data(rows: Sequence[Row], words: Words) -> list[Bar]:
    """The screens with the longest dwell per case, excess as the part pointed out."""
    return [_bar(row, words) for row in rows[:DRAWN]]


def _bar(row: Row, words: Words) -> Bar:
    whole, excess = row["dwell_s_per_case"], row["excess_s_per_case"]
    text = words.seconds(whole)
    if size(excess) >= LEAST_S:
        text = words.say("{all}, excess {part}", all=text, part=words.seconds(excess))
    elif size(excess) <= -LEAST_S:
        text = words.say("{all}, {part} below", all=text, part=words.seconds(times(excess, -1)))
    return Bar(words.screen(row), words.app(row["app"]), size(whole), size(excess), text)


def _figure(rows: Sequence[Row], words: Words, result: Result) -> Figure:
    study = result["study"]
    counts = {"cases": words.number(study["cases"]), "agents": words.number(study["agents"])}
    caption = words.say("Seconds per case on each screen, mean over all cases. {cases} cases, {agents} agents.", **counts)
    key = (("light", words.say("time on the screen")), ("hatch", words.say("of which excess")))
    label = words.say("Seconds per case by screen; the table below has the figures")
    return figure(lambda drawing: bars_chart(drawing, screens_data(rows, words), label), "screens", caption, key)


def _table(rows: Sequence[Row], words: Words) -> Table:
    numbers = (
        words.say("Seconds per case"),
        words.say("Excess, seconds per case"),
        words.say("Visits"),
        words.say("Typical visit, s"),
        words.say("Returns per case"),
        words.say("Repeated clicks"),
        words.say("Dead clicks"),
    )
    columns = (Column(words.say("Screen")), *(Column(label, number=True) for label in numbers))
    caption = words.say("Screens, longest first. Clicks and visits are counted over the whole study.")
    return Table(caption, columns, tuple(cells(_named(row, words), *_numbers(row, words)) for row in rows[:DRAWN]))


def _named(row: Row, words: Words) -> str:
    return words.say("{screen} ({app})", screen=words.screen(row), app=words.app(row["app"])) if row["screen"] else words.app(row["app"])


def _numbers(row: Row, words: Words) -> list[str]:
    columns = (
        ("dwell_s_per_case", 1),
        ("excess_s_per_case", 1),
        ("visits", 0),
        ("dwell_s_median", 1),
        ("returns_per_case", 2),
        ("repeat_clicks", 0),
        ("dead_clicks", 0),
    )
    return [words.number(row[key], digits) for key, digits in columns]


def _left_out(result: Result, rows: Sequence[Row], words: Words) -> list[Block]:
    notes: list[Block] = []
    if len(rows) > DRAWN:
        notes.append(
            Note(
                words.count(
                    "{n} more screen takes less time than these.",
                    "{n} more screens take less time than these.",
                    len(rows) - DRAWN,
                )
            )
        )
    n = result["withheld"]["screen"]
    if n:
        notes.append(
            Note(
                words.count(
                    "{n} screen is left out, so that no figure can be traced to fewer than 3 agents.",
                    "{n} screens are left out, so that no figure can be traced to fewer than 3 agents.",
                    n,
                )
            )
        )
    return notes
