"""Which assumption would change the saving, or which integrations come first: a tornado and the table behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose
from typing import Final

from markupsafe import Markup

from shadow.report.disclosure import Result, Row
from shadow.report.figures.blocks import Block, Column, Figure, Note, Section, Table, cells, figure
from shadow.report.figures.svg import ACCENT, INK, MUTED, Drawing, wrap
from shadow.report.texts import Words, decimals

__all__ = ["Swing", "sensitivity_section", "tornado_chart", "tornado_data"]

# Room for a figure on either side of a bar.
FIGURE: Final = 62.0


@dataclass(frozen=True, slots=True)
class Swing:
    """One assumption: minutes per case at its low and at its high value, and both values in words."""

    name: str
    at_low: float
    at_high: float
    low: str
    high: str


def sensitivity_section(result: Result, words: Words) -> Section | None:
    """The tornado; only the table where no total may be shown; nothing where nothing is ranked."""
    rows = result["sensitivity"]
    if not rows:
        return None
    swings = tornado_data(result, words)
    blocks: list[Block] = [_figure(swings, result, words)] if swings else []
    note = words.say(
        "One assumption at a time is set lower and higher, and the cases are replayed; the others stay as they are. What only a new reading of the logs could tell is not varied: which first cases are left out, in which gaps nobody knows what was done, and how alike two values must be."
    )
    return Section("sensitivity", words.say("What it hangs on"), _title(rows, words), (*blocks, _table(rows, words), Note(note)))


def _title(rows: Sequence[Row], words: Words) -> str:
    changing = [row for row in rows if row["first_three_change"]]
    if not changing:
        return words.count(
            "The assumption that was tried would not change which integrations come first",
            "None of {n} assumptions that were tried would change which integrations come first",
            len(rows),
        )
    return words.count(
        "{n} of {of} assumptions that were tried would change which integrations come first",
        "{n} of {of} assumptions that were tried would change which integrations come first",
        len(changing),
        of=words.number(len(rows)),
    )


def tornado_data(result: Result, words: Words) -> list[Swing]:
    """Those of which both totals may be shown, the widest first."""
    return [
        Swing(
            words.term(row["name"]), row["total_low"], row["total_high"], *(words.value(row[end], row["unit"]) for end in ("low", "high"))
        )
        for row in result["sensitivity"]
        if result["total"] and row["total_low"] is not None
    ]


def _figure(swings: Sequence[Swing], result: Result, words: Words) -> Figure:
    total = result["total"]["minutes_per_case"]
    counts = {"cases": words.number(result["study"]["cases"]), "agents": words.number(result["study"]["agents"])}
    caption = words.say(
        "Minutes per case that all ranked integrations save together, at the lower and at the higher value; the line is the saving as reported. {cases} cases, {agents} agents.",
        **counts,
    )
    key = (("solid", words.say("at the higher value")), ("hatch", words.say("at the lower value")))
    label = words.say("How far the saving moves with each assumption; the table below has the figures")
    return figure(lambda drawing: tornado_chart(drawing, swings, total, words, label), "sensitivity", caption, key)


def tornado_chart(drawing: Drawing, swings: Sequence[Swing], total: float, words: Words, label: str) -> Markup:
    """Bars to both sides of the saving as reported, each with the minutes at its end; on a telephone the names stand above."""
    left, step, above = (0.0, 66, 36) if drawing.narrow else (300.0, 46, 4)
    reach = max(abs(end - total) for swing in swings for end in (swing.at_low, swing.at_high)) or 1.0
    middle, half = (left + drawing.width) / 2, (drawing.width - left) / 2 - FIGURE
    digits = decimals([total])
    for index, swing in enumerate(swings):
        y = 26 + step * index
        _name(drawing, swing.name, y, left)
        for end, fill in ((swing.at_low, drawing.hatch), (swing.at_high, ACCENT)):
            x = middle + (end - total) / reach * half
            drawing.rect(min(x, middle), y + above, abs(x - middle), 22, fill)
        drawing.line(middle, y + above - 4, middle, y + above + 26, INK, 1.5)
        if not _sides(swing, total):
            drawing.text(middle + 6, y + above + 16, words.say("no change"), 12, fill=MUTED)
        for end, side in _sides(swing, total):
            x = middle + (end - total) / reach * half + side * 6
            drawing.text(x, y + above + 16, words.number(end, digits), 12, anchor="end" if side < 0 else "start")
    bottom = 26.0 + step * len(swings)
    drawing.line(middle, 20, middle, 26, INK, 1.5)
    drawing.text(middle, 14, words.number(total, digits), 12, anchor="middle", bold=True)
    return drawing.render(bottom + 4, label)


def _sides(swing: Swing, total: float) -> list[tuple[float, int]]:
    """The ends that are written, and on which side: the least on the left, the most on the right; nothing where nothing moves."""
    low, high = sorted((swing.at_low, swing.at_high))
    return [(low, -1)] * (low < total and not isclose(low, total)) + [(high, 1)] * (high > total and not isclose(high, total))


def _name(drawing: Drawing, name: str, y: float, left: float) -> None:
    room, size = (drawing.width, 12) if drawing.narrow else (left - 20, 13)
    lines = wrap(name, room, size)
    for index, line in enumerate(lines):
        drawing.text(0, y + 12 + 15 * index + (0 if drawing.narrow or len(lines) > 1 else 7), line, size, fill=INK)


def _table(rows: Sequence[Row], words: Words) -> Table:
    digits = decimals(row[end] for row in rows for end in ("total_low", "total_high"))
    columns = [Column(words.say("Assumption")), *(Column(label, number=True) for label in (words.say("Assumed"), words.say("Tried")))]
    body = [
        [
            words.term(row["name"]),
            words.value(row["value"], row["unit"]),
            words.say("{a} and {b}", a=words.value(row["low"], row["unit"]), b=words.value(row["high"], row["unit"])),
        ]
        for row in rows
    ]
    if any(row["total_low"] is not None for row in rows):
        columns.append(Column(words.say("Minutes per case then"), number=True))
        body = [
            [*line, words.say("{a} and {b}", a=words.number(row["total_low"], digits), b=words.number(row["total_high"], digits))]
            for line, row in zip(body, rows, strict=True)
        ]
    columns.append(Column(words.say("Do others come first?")))
    body = [[*line, words.say("yes") if row["first_three_change"] else words.say("no")] for line, row in zip(body, rows, strict=True)]
    return Table(
        words.say("Assumptions that were tried, the one that moves the saving most first"),
        tuple(columns),
        tuple(cells(*row) for row in body),
    )
