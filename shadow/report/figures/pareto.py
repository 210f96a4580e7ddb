"""Where the friction is: the excess time by screen, largest first, added up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from markupsafe import Markup

from shadow.report.disclosure import Range, Result, Row
from shadow.report.figures.blocks import Block, Column, Figure, Note, Section, Table, cells, figure
from shadow.report.figures.svg import ACCENT, LIGHT, MUTED, Drawing, text_width
from shadow.report.texts import Words, size

__all__ = ["Friction", "pareto_chart", "pareto_data", "pareto_section"]

DRAWN: Final = 12
MOST: Final = 0.8
LEAST_S: Final = 0.05  # what would be written as 0.0 s is not written


@dataclass(frozen=True, slots=True)
class Friction:
    """A screen: excess seconds per case, in words too; share of all excess up to this one (None in ranges); whether it is of those that hold most."""

    screen: str
    app: str
    seconds: float
    text: str
    reached: float | None
    first: bool


def pareto_section(result: Result, words: Words) -> Section | None:
    """The excess by screen; nothing where no screen takes more time than its actions do."""
    data = pareto_data(result, words)
    if not data:
        return None
    measured = sum(row["excess_s_per_case"] is not None for row in result["friction"]["screen"])
    note = words.say(
        "Friction here is time beyond what the actions on a screen take at the agents’ own pace: reading, searching, waiting, putting right. It says where to look, not what could be saved."
    )
    blocks: tuple[Block, ...] = (Note(note), _figure(data, words, result), _table(data, words))
    return Section("friction", words.say("Friction"), _title(data, measured, words), blocks)


def pareto_data(result: Result, words: Words) -> list[Friction]:
    """The screens with any excess, largest first."""
    rows = [row for row in result["friction"]["screen"] if size(row["excess_s_per_case"]) >= LEAST_S]
    rows.sort(key=lambda row: -size(row["excess_s_per_case"]))
    reached = _reached(rows)
    return [
        Friction(
            words.screen(row),
            words.app(row["app"]),
            size(row["excess_s_per_case"]),
            words.seconds(row["excess_s_per_case"]),
            share,
            share is None or index == 0 or (reached[index - 1] or 0) < MOST,
        )
        for index, (row, share) in enumerate(zip(rows, reached, strict=True))
    ]


def _reached(rows: Sequence[Row]) -> list[float | None]:
    excess = [row["excess_s_per_case"] for row in rows]
    if any(isinstance(seconds, Range) for seconds in excess):
        return [None] * len(rows)
    return [seconds / sum(excess) for seconds in accumulate(excess)]


def _title(data: Sequence[Friction], measured: int, words: Words) -> str:
    reached = [entry.reached for entry in data if entry.first and entry.reached is not None]
    if not reached:
        return words.say("The most time is lost on {screen} in {app}", screen=words.quoted(data[0].screen), app=data[0].app)
    return words.count(
        "{n} of {of} screens holds {share} of the friction",
        "{n} of {of} screens hold {share} of the friction",
        len(reached),
        of=words.number(measured),
        share=words.percent(reached[-1]),
    )


def _figure(data: Sequence[Friction], words: Words, result: Result) -> Figure:
    counts = {"cases": words.number(result["study"]["cases"]), "agents": words.number(result["study"]["agents"])}
    caption = words.say("Excess seconds per case by screen, mean over all cases. {cases} cases, {agents} agents.", **counts)
    key: tuple[tuple[str, str], ...] = ()
    if data[0].reached is not None:
        caption += " " + words.say("At the right the share of all excess, added up from the top.")
        key = (("solid", words.say("the screens that hold most of it")), ("light", words.say("the others")))
    label = words.say("Excess seconds per case by screen, largest first; the table below has the figures")
    return figure(lambda drawing: pareto_chart(drawing, data[:DRAWN], words, label), "friction", caption, key)


def pareto_chart(drawing: Drawing, data: Sequence[Friction], words: Words, label: str) -> Markup:
    """Bars, the seconds behind them, the share so far at the right; on a telephone names and figures stand above the bars."""
    left, step, top = (0.0, 50, 18) if drawing.narrow else (196.0, 34, 2)
    share_room = 62.0 if data[0].reached is not None else 0.0
    text_room = max(text_width(entry.text, 13) for entry in data) + 12
    room = drawing.width - left - share_room - (0 if drawing.narrow else text_room)
    for index, entry in enumerate(data):
        y = step * index
        width = max(entry.seconds / data[0].seconds * room, 1.5)
        drawing.rect(left, y + top, width, 22, ACCENT if entry.first else LIGHT)
        if drawing.narrow:
            drawing.text(0, y + 12, entry.screen, 12, room=drawing.width - text_room - 4)
            drawing.text(drawing.width, y + 12, entry.text, 12, anchor="end")
        else:
            drawing.text(0, y + 11, entry.screen, room=left - 16)
            drawing.text(0, y + 25, entry.app, 11, room=left - 16, fill=MUTED)
            drawing.text(left + width + 8, y + 18, entry.text)
        if entry.reached is not None:
            drawing.text(drawing.width, y + top + 16, words.percent(entry.reached), 13, anchor="end", bold=entry.first)
    return drawing.render(step * len(data) + 4, label)


def _table(data: Sequence[Friction], words: Words) -> Table:
    columns = [Column(words.say("Screen")), Column(words.say("Application")), Column(words.say("Excess per case"), number=True)]
    body = [[entry.screen, entry.app, entry.text] for entry in data[:DRAWN]]
    if data[0].reached is not None:
        columns.append(Column(words.say("Added up"), number=True))
        body = [[*row, words.percent(entry.reached)] for row, entry in zip(body, data, strict=False)]
    return Table(words.say("Screens by excess time, largest first"), tuple(columns), tuple(cells(*row) for row in body))
