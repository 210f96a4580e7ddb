"""The ranking, the picture of its intervals, what it holds already, and the anecdotes after it."""

from __future__ import annotations

from collections.abc import Sequence

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
from shadow.report.figures.cards import first_rows, shown
from shadow.report.figures.svg import ACCENT, INK, MUTED, RULE, Axis, Drawing, tick_step, wrap
from shadow.report.texts import Words, decimals

__all__ = ["intervals_chart", "intervals_data", "ranking_section"]

LISTED = 40


def ranking_section(result: Result, words: Words) -> Section:
    """The ranking, row by row."""
    rows = integrations.ranked(result)[:LISTED]
    tied = integrations.tied(result, rows)
    blocks: list[Block] = []
    if rows:
        blocks += [
            _table(rows, tied, words, in_ranges=result["level"] == "ranges"),
            Note(_reading(words, in_ranges=result["level"] == "ranges")),
        ]
        blocks += _told_apart(tied, words)
        blocks += [_intervals(rows, words, result)]
    blocks += _covered(result, words)
    blocks += _anecdotes(result, words)
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
        "“Alone” is what one integration saves by itself. “On top” is what it adds to those above it: savings that overlap are counted once, so add up that column and not the first. It can be more than alone, where only several together spare a whole visit to a system."
    )


def _table(rows: Sequence[Row], tied: Sequence[tuple[int, int]], words: Words, *, in_ranges: bool) -> Table:
    caption = words.say("Integrations by what each adds to those above it, in minutes per case")
    place, what = Column(words.say("No."), number=True), Column(words.say("Integration"))
    ends = (Column(words.say("Alone among the five largest")), Column(words.say("Rests on")))
    digits, names = _decimals(rows), [_named(row, tied, words) for row in rows]
    if in_ranges:
        columns = (place, what, Column(words.say("Minutes, low to high"), number=True), *ends)
        return Table(caption, columns, tuple(_range_row(row, name, words, digits) for row, name in zip(rows, names, strict=True)), head=1)
    figures = (words.say("Alone"), words.say("90% interval"), words.say("On top"), words.say("Together"))
    return Table(
        caption,
        (place, what, *(Column(label, number=True) for label in figures), *ends),
        tuple(_figure_row(row, name, words, digits) for row, name in zip(rows, names, strict=True)),
        head=1,
    )


def _decimals(rows: Sequence[Row]) -> int:
    """Decimals of all minutes of a table but its running total."""
    return decimals(row[key] for row in rows for key in ("minutes_per_case", "marginal_minutes_per_case"))


def _named(row: Row, tied: Sequence[tuple[int, int]], words: Words) -> Cell:
    """The name of a row, and from which others it cannot be told apart."""
    others = [words.number(other) for pair in tied if row["rank"] in pair for other in pair if other != row["rank"]]
    name = integrations.name(row, words)
    return Cell(name, words.say("cannot be told apart from number {others}", others=words.listing(others))) if others else Cell(name)


def _range_row(row: Row, name: Cell, words: Words, digits: int) -> tuple[Cell, ...]:
    return cells(
        words.number(row["rank"]),
        name,
        words.number(row["minutes_per_case"], digits),
        *_ends(row, words),
    )


def _figure_row(row: Row, name: Cell, words: Words, digits: int) -> tuple[Cell, ...]:
    figures = [words.number(row[key], digits) for key in ("marginal_minutes_per_case", "cumulative_minutes_per_case")]
    return cells(
        words.number(row["rank"]),
        name,
        words.number(row["minutes_per_case"], digits),
        _interval_cell(row, words, digits),
        *figures,
        *_ends(row, words),
    )


def _interval_cell(row: Row, words: Words, digits: int) -> Cell:
    if row["ci90"] or not row["bounds"]:
        return Cell(words.number(Range(*row["ci90"]) if row["ci90"] else None, digits))
    return Cell(words.number(Range(*row["bounds"]), digits), words.say("limits, no interval"))


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


def _told_apart(tied: Sequence[tuple[int, int]], words: Words) -> list[Block]:
    pairs = [words.say("{a} and {b}", a=words.number(a), b=words.number(b)) for a, b in tied]
    if not pairs:
        return []
    if len(pairs) == 1:
        return [Note(words.say("Numbers {pair} cannot be told apart: either of the two may save more.", pair=pairs[0]))]
    sentence = words.say(
        "These neighbours cannot be told apart, for either of the two may save more: {pairs}.",
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
    step = 58 if drawing.narrow else 36
    bottom = 12 + step * len(data)
    top = max((high for *_, high, _ in data), default=1.0) or 1.0
    axis = Axis(left, (drawing.width - left - 20) / top)
    _ticks(drawing, axis, bottom, top, words)
    for index, (text, point, low, high, interval) in enumerate(data):
        y = 12 + step * index + (46 if drawing.narrow else 18)
        _label(drawing, text, y, left)
        drawing.line(axis.at(max(low, 0)), y, axis.at(high), y, ACCENT, 3, "none" if interval else "4 3")
        for end in (max(low, 0), high):
            drawing.line(axis.at(end), y - 5, axis.at(end), y + 5, ACCENT, 1.5)
        if point is not None:
            drawing.circle(axis.at(max(point, 0)), y, 5.5, ACCENT)
    return drawing.render(bottom + 26, label)


def _label(drawing: Drawing, text: str, y: float, left: float) -> None:
    if drawing.narrow:
        for above, line in enumerate(reversed(wrap(text, drawing.width - 16, 12))):
            drawing.text(8, y - 13 - 14 * above, line, 12)
        return
    lines = wrap(text, left - 24, 13)
    for index, line in enumerate(lines):
        drawing.text(0, y + 4.5 - 8 * (len(lines) - 1) + 16 * index, line)


def _ticks(drawing: Drawing, axis: Axis, bottom: float, top: float, words: Words) -> None:
    step, digits = tick_step(top, 4 if drawing.narrow else 6)
    for tick in range(int(top / step) + 1):
        x = axis.at(tick * step)
        drawing.line(x, 8, x, bottom, INK if tick == 0 and not drawing.narrow else RULE)
        drawing.text(x, bottom + 18, words.number(tick * step, digits), 12, anchor="middle" if tick else "start", fill=MUTED)


# --- what the rows above save already ---


def _covered(result: Result, words: Words) -> list[Block]:
    rows = integrations.covered(result)
    if not rows:
        return []
    why = words.say(
        "What these would save, the integrations above save already: next to nothing comes on top. Each is a smaller step, should one above not be built."
    )
    if result["level"] == "ranges":
        smaller: Block = Listing(integrations.named_once(rows, words))
    else:
        smaller = _covered_table(rows, words)
    return [Heading(words.say("Already in those above")), Note(why), smaller]


def _covered_table(rows: Sequence[Row], words: Words) -> Table:
    columns = (
        Column(words.say("No."), number=True),
        Column(words.say("Integration")),
        Column(words.say("Alone"), number=True),
        Column(words.say("90% interval"), number=True),
        Column(words.say("Rests on")),
    )
    digits = _decimals(rows)
    body = tuple(
        cells(
            words.number(row["rank"]),
            integrations.name(row, words),
            words.number(row["minutes_per_case"], digits),
            _interval_cell(row, words, digits),
            _ends(row, words)[1],
        )
        for row in rows[:LISTED]
    )
    return Table(words.say("Smaller steps, in minutes per case"), columns, body, head=1)


# --- the anecdotes ---


def _anecdotes(result: Result, words: Words) -> list[Block]:
    rows = integrations.anecdotes(result)
    if not rows:
        return []
    why = words.say(
        "Fewer than 3 agents or 25 occurrences stand behind these. That is too thin for a place or an interval, but what is rare can still matter: ask about it."
    )
    return [
        Heading(words.say("Anecdotes: seen, but with too little behind them to rank")),
        Note(why),
        Listing(tuple(_anecdote(row, words) for row in rows)),
        *_covered_anecdotes(integrations.covered(result, anecdotal=True), words),
    ]


def _covered_anecdotes(rows: Sequence[Row], words: Words) -> list[Block]:
    if not rows:
        return []
    return [
        Note(words.say("Smaller steps, already in those above:")),
        Listing(integrations.named_once(rows, words)),
    ]


def _anecdote(row: Row, words: Words) -> str:
    called = integrations.name(row, words)
    if row.get("thin"):
        return words.say("{name}. Seen with fewer than 3 agents, so no figure is given.", name=called)
    span = shown(row)
    if span is None:
        return words.say("{name}. Time not measured ({counts}).", name=called, counts=integrations.rests_on(row, words))
    return words.say(
        "{name}. Somewhere from {span} minutes per case ({counts}).",
        name=called,
        span=words.number(span, decimals([span])),
        counts=integrations.rests_on(row, words),
    )
