"""The first screen's cards, the full ranking, the picture of its intervals, and the anecdotes after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shadow.report.disclosure import Range, Result, Row
from shadow.report.figures import integrations
from shadow.report.figures.blocks import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Listing,
    Note,
    Section,
    Table,
    cells,
    figure,
)
from shadow.report.figures.svg import ACCENT, INK, MUTED, RULE, Axis, Drawing, wrap
from shadow.report.texts import Words

__all__ = ["Card", "cards", "intervals_chart", "intervals_data", "ranking_section"]

CARDS = 3
LISTED = 40


@dataclass(frozen=True, slots=True)
class Card:
    """One of the integrations that matter, as the first screen shows it."""

    rank: int
    name: str
    built: str
    minutes: str
    interval: str
    evidence: str


def cards(result: Result, words: Words) -> list[Card]:
    """The first three of the ranking that save anything."""
    return [_card(row, words) for row in first_rows(result)]


def first_rows(result: Result) -> list[Row]:
    """The rows of the cards."""
    return [row for row in integrations.ranked(result)[:CARDS] if _saves(row)]


def _saves(row: Row) -> bool:
    span = row["minutes_per_case"]
    return span.high > 0 if isinstance(span, Range) else (row["marginal_minutes_per_case"] or 0) > 0


def _card(row: Row, words: Words) -> Card:
    minutes = row["minutes_per_case"]
    interval = "" if isinstance(minutes, Range) else _limits(row, words)
    grounds = words.say("{evidence}: {counts}", evidence=integrations.evidence(row, words), counts=integrations.rests_on(row, words))
    return Card(
        row["rank"],
        integrations.name(row, words),
        integrations.built(row, words),
        words.number(minutes, 2),
        interval,
        grounds,
    )


def _limits(row: Row, words: Words) -> str:
    if row["ci90"]:
        return words.say("90% interval {span}", span=words.number(Range(*row["ci90"]), 2))
    if row["bounds"]:
        return words.say("limits {span}, no interval", span=words.number(Range(*row["bounds"]), 2))
    return words.say("interval not measured")


def ranking_section(result: Result, words: Words) -> Section:
    """The ranking, row by row."""
    rows = integrations.ranked(result)[:LISTED]
    blocks: list[Block] = []
    if rows:
        blocks += [
            _table(rows, words, in_ranges=result["level"] == "ranges"),
            Note(_reading(words, in_ranges=result["level"] == "ranges")),
        ]
        blocks += _told_apart(rows, words)
        blocks += [_intervals(rows, words, result)]
    blocks += _anecdotes(integrations.anecdotes(result), words)
    return Section("ranking", words.say("Ranking"), _title(result, words), tuple(blocks))


def _title(result: Result, words: Words) -> str:
    rows, first = integrations.ranked(result), first_rows(result)
    if not rows:
        return words.say("No integration has enough evidence for a place in a ranking")
    whole, part = integrations.saved_by(rows), integrations.saved_by(first)
    several = len(rows) > len(first) > 1
    if several and isinstance(whole, float | int) and isinstance(part, float | int) and whole > 0:
        return words.say(
            "The first {k} of {n} integrations hold {share} of the saving",
            k=words.number(len(first)),
            n=words.number(len(rows)),
            share=words.percent(part / whole),
        )
    return words.count(
        "{n} integration has enough evidence for a ranking",
        "{n} integrations have enough evidence for a ranking",
        len(rows),
    )


def _reading(words: Words, *, in_ranges: bool) -> str:
    if in_ranges:
        return words.say("Savings overlap, so the ranges must not be added up.")
    return words.say(
        "“Alone” is what one integration saves by itself. “On top” is what it adds to those above it: savings that overlap are counted once, so add up that column and not the first."
    )


def _table(rows: Sequence[Row], words: Words, *, in_ranges: bool) -> Table:
    caption = words.say("Integrations by what each adds to those above it, in minutes per case")
    place, what = Column(words.say("No."), number=True), Column(words.say("Integration"))
    ends = (Column(words.say("Among the five largest")), Column(words.say("Rests on")))
    if in_ranges:
        columns = (place, what, Column(words.say("Minutes, low to high"), number=True), *ends)
        return Table(caption, columns, tuple(_range_row(row, words) for row in rows), head=1)
    figures = (words.say("Alone"), words.say("90% interval"), words.say("On top"), words.say("Together"))
    return Table(
        caption,
        (place, what, *(Column(label, number=True) for label in figures), *ends),
        tuple(_figure_row(row, words) for row in rows),
        head=1,
    )


def _range_row(row: Row, words: Words) -> tuple[Cell, ...]:
    return cells(
        words.number(row["rank"]),
        integrations.name(row, words),
        words.number(row["minutes_per_case"], 2),
        *_ends(row, words),
    )


def _figure_row(row: Row, words: Words) -> tuple[Cell, ...]:
    figures = [words.number(row[key], 2) for key in ("marginal_minutes_per_case", "cumulative_minutes_per_case")]
    alone = words.number(row["minutes_per_case"], 2)
    return cells(
        words.number(row["rank"]),
        integrations.name(row, words),
        alone,
        _interval_cell(row, words),
        *figures,
        *_ends(row, words),
    )


def _interval_cell(row: Row, words: Words) -> Cell:
    if row["ci90"] or not row["bounds"]:
        return Cell(words.number(Range(*row["ci90"]) if row["ci90"] else None, 2))
    return Cell(words.number(Range(*row["bounds"]), 2), words.say("limits, no interval"))


def _ends(row: Row, words: Words) -> tuple[Cell, Cell]:
    return Cell(chance_in_words(row["p_top5"], words)), Cell(integrations.evidence(row, words), integrations.rests_on(row, words))


def chance_in_words(chance: float | None, words: Words) -> str:
    """A probability as people say it."""
    if chance is None:
        return words.number(None)
    steps = (
        (0.95, words.say("almost certain")),
        (0.8, words.say("very likely")),
        (0.6, words.say("likely")),
        (0.4, words.say("as likely as not")),
        (0.2, words.say("unlikely")),
        (0.0, words.say("very unlikely")),
    )
    return next(text for least, text in steps if chance >= least or least == 0)


def _told_apart(rows: Sequence[Row], words: Words) -> list[Block]:
    pairs = [words.say("{a} and {b}", a=words.number(a), b=words.number(b)) for a, b in integrations.inseparable(rows)]
    if not pairs:
        return []
    if len(pairs) == 1:
        return [
            Note(
                words.say(
                    "Numbers {pair} cannot be told apart: their intervals overlap so much that their order may be chance.",
                    pair=pairs[0],
                )
            )
        ]
    sentence = words.say(
        "These neighbours cannot be told apart, for their intervals overlap so much that their order may be chance: {pairs}.",
        pairs="; ".join(pairs),
    )
    return [Note(sentence)]


# --- the intervals, drawn ---


def intervals_data(rows: Sequence[Row], words: Words) -> list[tuple[str, float | None, float, float, bool]]:
    """Label, point (None if only a range may be shown), low, high and whether it is an interval; rows without either are left out."""
    out = []
    for row in rows:
        limits = row["ci90"] or row["bounds"]
        point = row["minutes_per_case"]
        if limits:
            label = f"{words.number(row['rank'])}  {integrations.name(row, words)}"
            out.append((label, None if isinstance(point, Range) else point, limits[0], limits[1], bool(row["ci90"])))
    return out


def _intervals(rows: Sequence[Row], words: Words, result: Result) -> Figure:
    data = intervals_data(rows, words)
    study = result["study"]
    counts = {"cases": words.number(study["cases"]), "agents": words.number(study["agents"])}
    caption = words.say(
        "Minutes per case, each integration alone. Line: 90% interval; dashed: limits only. {cases} cases, {agents} agents.",
        **counts,
    )
    label = words.say("What each integration saves alone, with its interval")
    return figure(lambda drawing: intervals_chart(drawing, data, words, label), "intervals", caption)


def intervals_chart(drawing: Drawing, data: Sequence[tuple[str, float | None, float, float, bool]], words: Words, label: str) -> Markup:
    """One line per row from low to high on a common axis; the label beside it, above it on a telephone."""
    left = 8.0 if drawing.narrow else 318.0
    step = 46 if drawing.narrow else 36
    bottom = 12 + step * len(data)
    top = max((high for *_, high, _ in data), default=1.0) or 1.0
    axis = Axis(left, (drawing.width - left - 20) / top)
    _ticks(drawing, axis, bottom, top, words)
    for index, (text, point, low, high, interval) in enumerate(data):
        y = 12 + step * index + (34 if drawing.narrow else 18)
        _label(drawing, text, y, left)
        drawing.line(axis.at(max(low, 0)), y, axis.at(high), y, ACCENT, 3, "none" if interval else "4 3")
        for end in (max(low, 0), high):
            drawing.line(axis.at(end), y - 5, axis.at(end), y + 5, ACCENT, 1.5)
        if point is not None:
            drawing.circle(axis.at(max(point, 0)), y, 5.5, ACCENT)
    return drawing.render(bottom + 26, label)


def _label(drawing: Drawing, text: str, y: float, left: float) -> None:
    if drawing.narrow:
        drawing.text(8, y - 13, text, 12, room=drawing.width - 16)
        return
    lines = wrap(text, left - 24, 13)
    for index, line in enumerate(lines):
        drawing.text(0, y + 4.5 - 8 * (len(lines) - 1) + 16 * index, line)


def _ticks(drawing: Drawing, axis: Axis, bottom: float, top: float, words: Words) -> None:
    step = next(s for s in (0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10, 20, 50, 1e9) if top / s <= (4 if drawing.narrow else 6))
    for tick in range(int(top / step) + 1):
        x = axis.at(tick * step)
        drawing.line(x, 8, x, bottom, INK if tick == 0 and not drawing.narrow else RULE)
        digits = 2 if step < 0.1 or step == 0.25 else 1  # noqa: PLR2004
        drawing.text(x, bottom + 18, words.number(tick * step, digits), 12, anchor="middle" if tick else "start", fill=MUTED)


# --- the anecdotes ---


def _anecdotes(rows: Sequence[Row], words: Words) -> list[Block]:
    if not rows:
        return []
    why = words.say(
        "Fewer than 3 agents or 25 occurrences stand behind these. That is too thin for a place or an interval, but what is rare can still matter: ask about it."
    )
    return [
        Heading(words.say("Anecdotes: seen, but too rarely to rank")),
        Note(why),
        Listing(tuple(_anecdote(row, words) for row in rows)),
    ]


def _anecdote(row: Row, words: Words) -> str:
    called = integrations.name(row, words)
    if row.get("thin"):
        return words.say("{name}. Seen with fewer than 3 agents, so no figure is given.", name=called)
    span = row["minutes_per_case"] if isinstance(row["minutes_per_case"], Range) else (Range(*row["bounds"]) if row["bounds"] else None)
    if span is None:
        return words.say("{name}. Time not measured ({counts}).", name=called, counts=integrations.rests_on(row, words))
    return words.say(
        "{name}. Somewhere from {span} minutes per case ({counts}).",
        name=called,
        span=words.number(span, 2),
        counts=integrations.rests_on(row, words),
    )
