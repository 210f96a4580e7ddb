"""Effort against minutes: what an integration takes to build, as a class that somebody assumed, and what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from shadow.report.disclosure import Amount, Result, Row
from shadow.report.figures import integrations
from shadow.report.figures.blocks import Block, Cell, Column, Figure, Listing, Note, Section, Table, cells, figure
from shadow.report.figures.svg import ACCENT, LIGHT, MUTED, PALE, RULE, Axis, Drawing, tick_step
from shadow.report.texts import Words, decimals, size

__all__ = ["CLASSES", "Dot", "effort_chart", "effort_data", "effort_in_words", "effort_section"]

CLASSES: Final = ("small", "medium", "large")
DRAWN: Final = 10

TOP: Final = 34.0
HEIGHT: Final = 330.0


@dataclass(frozen=True, slots=True)
class Dot:
    """One integration: its number in the ranking, its class, minutes per case alone with the ends of its line."""

    rank: str
    effort: str
    minutes: float
    low: float
    high: float
    interval: bool


def effort_section(result: Result, words: Words) -> Section | None:
    """The matrix and the table behind it; nothing where nothing is ranked."""
    rows = integrations.ranked(result)
    if not rows:
        return None
    said = {row["rank"]: row for row in result["effort"]}
    dots = effort_data(result, words)
    blocks: list[Block] = [_figure(dots, words, result)] if dots else []
    blocks += [_table(rows, said, result, words), Listing(_classes(words)), Note(_assumed(words))]
    return Section("effort", words.say("Effort and minutes"), _title(rows, said, words), tuple(blocks))


def _title(rows: Sequence[Row], said: dict[int, Row], words: Words) -> str:
    small = [row for row in rows if said[row["rank"]]["effort"] == "small"]
    on_top = [row["marginal_minutes_per_case"] for row in rows]
    if not small:
        return words.count(
            "The only ranked integration is not small to build", "None of the {n} ranked integrations is small to build", len(rows)
        )
    counts = {"of": words.number(len(rows))}
    if any(minutes is None for minutes in on_top) or sum(on_top) <= 0:
        return words.count(
            "{n} of {of} integrations is small to build", "{n} of {of} integrations are small to build", len(small), **counts
        )
    share = words.percent(sum(row["marginal_minutes_per_case"] for row in small) / sum(on_top))
    return words.count(
        "{n} of {of} integrations is small to build and holds {share} of the saving",
        "{n} of {of} integrations are small to build and hold {share} of the saving",
        len(small),
        share=share,
        **counts,
    )


def effort_data(result: Result, words: Words) -> list[Dot]:
    """The first of the ranking, as many as can be told apart in a drawing; without those of which no minutes are known."""
    classes = {row["rank"]: row["effort"] for row in result["effort"]}
    return [
        Dot(words.number(row["rank"]), classes[row["rank"]], size(minutes), *_ends(row), bool(row["ci90"]))
        for row in integrations.ranked(result)[:DRAWN]
        if (minutes := row["minutes_per_case"]) is not None
    ]


def _ends(row: Row) -> tuple[float, float]:
    """The ends of the line; where there are none, the dot itself."""
    minutes: Amount = row["minutes_per_case"]
    low, high = row["ci90"] or row["bounds"] or (size(minutes), size(minutes))
    return max(low, 0.0), high


def _figure(dots: Sequence[Dot], words: Words, result: Result) -> Figure:
    study = result["study"]
    counts = {"cases": words.number(study["cases"]), "agents": words.number(study["agents"])}
    caption = words.say(
        "Minutes per case, each integration alone, by its number in the ranking. Line: 90% interval; dashed: limits only. {cases} cases, {agents} agents.",
        **counts,
    )
    label = words.say("Minutes per case against the effort to build; the table below has the figures")
    return figure(lambda drawing: effort_chart(drawing, dots, words, label), "effort", caption)


def effort_chart(drawing: Drawing, dots: Sequence[Dot], words: Words, label: str) -> Markup:
    """A column for each class with minutes upwards; on a telephone a group of lines for each class with minutes to the right."""
    return _narrow(drawing, dots, words, label) if drawing.narrow else _wide(drawing, dots, words, label)


def _wide(drawing: Drawing, dots: Sequence[Dot], words: Words, label: str) -> Markup:
    left, top = 52.0, max(max(dot.high, dot.minutes) for dot in dots) or 1.0
    width, axis = (drawing.width - left) / len(CLASSES), Axis(HEIGHT, (TOP + 14 - HEIGHT) / top)
    drawing.rect(left, TOP, width, HEIGHT - TOP, PALE)
    step, digits = tick_step(top, 6)
    for tick in range(int(top / step) + 1):
        y = axis.at(tick * step)
        drawing.line(left, y, drawing.width, y, RULE if tick else MUTED)
        drawing.text(left - 10, y + 4, words.number(tick * step, digits), 12, anchor="end", fill=MUTED)
    drawing.text(0, 16, words.say("Minutes per case"), 12, fill=MUTED, room=left + width)
    for place, effort in enumerate(CLASSES):
        x, mine = left + place * width, [dot for dot in dots if dot.effort == effort]
        drawing.line(x, TOP, x, HEIGHT, LIGHT)
        drawing.text(x + width / 2, HEIGHT + 22, effort_in_words(effort, words), 13, anchor="middle", bold=True)
        for index, dot in enumerate(mine, start=1):
            at = x + width * index / (len(mine) + 1)
            drawing.line(at, axis.at(dot.low), at, axis.at(dot.high), ACCENT, 2.5, "none" if dot.interval else "4 3")
            drawing.numbered(at, axis.at(dot.minutes), dot.rank)
    drawing.text(left, HEIGHT + 44, words.say("Effort to build, assumed"), 12, fill=MUTED)
    return drawing.render(HEIGHT + 52, label)


def _narrow(drawing: Drawing, dots: Sequence[Dot], words: Words, label: str) -> Markup:
    top = max(max(dot.high, dot.minutes) for dot in dots) or 1.0
    axis, y = Axis(14, (drawing.width - 34) / top), 0.0
    step, digits = tick_step(top, 4)
    groups = [(effort, [dot for dot in dots if dot.effort == effort]) for effort in CLASSES]
    bottom = sum(34 + 30 * len(mine) for _, mine in groups if mine)
    for tick in range(int(top / step) + 1):
        x = axis.at(tick * step)
        drawing.line(x, 24, x, bottom, RULE)
        drawing.text(x, bottom + 18, words.number(tick * step, digits), 12, anchor="middle", fill=MUTED)
    for effort, mine in groups:
        if mine:
            drawing.text(0, y + 16, effort_in_words(effort, words), 13, bold=True)
            y += 34
        for dot in mine:
            drawing.line(axis.at(dot.low), y + 12, axis.at(dot.high), y + 12, ACCENT, 2.5, "none" if dot.interval else "4 3")
            drawing.numbered(axis.at(dot.minutes), y + 12, dot.rank)
            y += 30
    return drawing.render(bottom + 26, label)


def effort_in_words(effort: str, words: Words) -> str:
    """A class of effort as a word."""
    return {"small": words.say("Small"), "medium": words.say("Medium"), "large": words.say("Large")}.get(effort, effort)


def _place(effort: str) -> int:
    """Where a class stands; one that this report does not know is last."""
    return CLASSES.index(effort) if effort in CLASSES else len(CLASSES)


def _table(rows: Sequence[Row], said: dict[int, Row], result: Result, words: Words) -> Table:
    digits = decimals(row["minutes_per_case"] for row in rows)
    columns = (
        Column(words.say("No."), number=True),
        Column(words.say("Integration")),
        Column(words.say("Effort")),
        Column(words.say("Assumed by")),
        Column(words.say("Minutes per case, alone"), number=True),
    )
    order = sorted(rows, key=lambda row: _place(said[row["rank"]]["effort"]))
    body = tuple(
        cells(
            words.number(row["rank"]),
            Cell(integrations.name(row, words)),
            effort_in_words(said[row["rank"]]["effort"], words),
            words.set_by(said[row["rank"]]["set_by"], result["study"]["assumed_by"]),
            words.number(row["minutes_per_case"], digits),
        )
        for row in order
    )
    return Table(words.say("Integrations by effort, in the order of the ranking within each class"), columns, body, head=1)


def _classes(words: Words) -> tuple[str, ...]:
    return (
        words.say("Small: a setting, a form or a link in one system."),
        words.say("Medium: one system reads from another."),
        words.say("Large: two systems share records, both ways or several fields at once."),
    )


def _assumed(words: Words) -> str:
    return words.say(
        "Nobody has priced these: the classes are assumed by kind, unless somebody who knows the systems has said otherwise in study.toml. So no time to pay back is given."
    )
