"""What is left of a case after each integration, overlap counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from shadow.report.disclosure import Result
from shadow.report.figures import integrations
from shadow.report.figures.blocks import Note, Section, figure
from shadow.report.figures.svg import INK, LIGHT, MUTED, Axis, Drawing, wrap
from shadow.report.texts import Words

__all__ = ["Step", "waterfall_chart", "waterfall_data", "waterfall_section"]

STEPS = 10


@dataclass(frozen=True, slots=True)
class Step:
    """One bar from `start` to `end` minutes; `saved` is what it takes off, None for the bars of the whole case."""

    label: str
    start: float
    end: float
    saved: float | None


def waterfall_data(result: Result, words: Words) -> list[Step]:
    """Today, one step per ranked integration (those after the tenth as one), and what is left; empty if a part was not measured."""
    mean, rows = result["cases"]["seconds_mean"], integrations.ranked(result)
    saved = [row["marginal_minutes_per_case"] for row in rows]
    if not rows or not isinstance(mean, float | int) or any(minutes is None for minutes in saved):
        return []
    labels = [f"{words.number(row['rank'])}  {integrations.name(row, words)}" for row in rows]
    if len(rows) > STEPS:
        saved = [*saved[:STEPS], sum(saved[STEPS:])]
        labels = [*labels[:STEPS], words.count("{n} more integration", "{n} more integrations", len(rows) - STEPS)]
    left = mean / 60
    steps = [Step(words.say("A case today"), 0, left, None)]
    for label, minutes in zip(labels, saved, strict=True):
        steps.append(Step(label, left - minutes, left, minutes))
        left -= minutes
    return [*steps, Step(words.say("A case after all of them"), 0, left, None)]


def waterfall_section(result: Result, words: Words) -> Section | None:
    """The waterfall; nothing where only ranges may be shown or a part was not measured."""
    steps = waterfall_data(result, words)
    if not steps:
        return None
    before, after = words.minutes(steps[0].end), words.minutes(steps[-1].end)
    title = words.say("With all of them, a case takes {after} minutes instead of {before}", after=after, before=before)
    cases = words.number(result["cases"]["n"])
    caption = words.say("Minutes per case, mean of {cases} cases. Each step is what is saved on top of the steps above.", cases=cases)
    chart = figure(lambda drawing: waterfall_chart(drawing, steps, words, title), "waterfall", caption)
    note = words.say(
        "The steps come in the order of the ranking. In another order each step would be another size; the end would be the same."
    )
    return Section("waterfall", words.say("What is left"), title, (chart, Note(note)))


def waterfall_chart(drawing: Drawing, steps: Sequence[Step], words: Words, label: str) -> Markup:
    """Bars hang from one another; the minutes stand in a column of their own at the right. On a telephone no line joins them, for the labels stand between."""
    left, row = (8.0, 44) if drawing.narrow else (318.0, 38)
    axis = Axis(left, (drawing.width - left - 64) / max(step.end for step in steps))
    for index, step in enumerate(steps):
        y = 4 + row * index + (18 if drawing.narrow else 4)
        _label(drawing, step, y, left)
        x, end = axis.at(max(step.start, 0)), axis.at(step.end)
        drawing.rect(x, y, end - x, 20, LIGHT if step.saved is None else drawing.hatch)
        text = words.number(step.end, 1) if step.saved is None else "−" + words.number(step.saved, 2)
        drawing.text(drawing.width, y + 15, text, anchor="end", bold=step.saved is None)
        if index + 1 < len(steps) and not drawing.narrow:
            joint = x if step.saved is not None else end
            drawing.line(joint, y + 20, joint, y + row, MUTED)
    return drawing.render(row * len(steps) + 4, label)


def _label(drawing: Drawing, step: Step, y: float, left: float) -> None:
    bold = step.saved is None
    if drawing.narrow:
        drawing.text(8, y - 5, step.label, 12, room=drawing.width - 72, fill=INK, bold=bold)
        return
    lines = wrap(step.label, left - 24, 13, bold=bold)
    for index, line in enumerate(lines):
        drawing.text(0, y + 15 - 7.5 * (len(lines) - 1) + 15 * index, line, bold=bold)
