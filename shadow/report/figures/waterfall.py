"""What is left of a case after each integration, overlap counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isclose

from markupsafe import Markup

from shadow.report.disclosure import Range, Result
from shadow.report.figures import integrations
from shadow.report.figures.blocks import Note, Section, figure
from shadow.report.figures.svg import INK, LIGHT, MUTED, Axis, Drawing, wrap
from shadow.report.texts import SHORT_MIN, Words, decimals

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
    labels = [f"{words.number(row['rank'])}  {integrations.name(row, words)}" for row in rows[:STEPS]]
    if len(rows) > STEPS:
        saved = [*saved[:STEPS], sum(saved[STEPS:])]
        labels.append(words.count("{n} more integration", "{n} more integrations", len(rows) - STEPS))
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
    title = _title(steps, words)
    cases = words.number(result["cases"]["n"])
    caption = words.say("Minutes per case, mean of {cases} cases. Each step is what is saved on top of the steps above.", cases=cases)
    chart = figure(lambda drawing: waterfall_chart(drawing, steps, words, title), "waterfall", caption)
    note = words.say(
        "The steps come in the order of the ranking. In another order each step would be another size; the end would be the same."
    )
    return Section("waterfall", words.say("What is left"), title, (chart, *_together(result, words), Note(note)))


def _title(steps: Sequence[Step], words: Words) -> str:
    before, after = steps[0].end, steps[-1].end
    if before < SHORT_MIN:
        seconds = {"after": words.number(60 * after), "before": words.in_seconds(before)}
        return words.say("With all of them, a case takes {after} instead of {before}", **seconds)
    digits = decimals([before])
    minutes = {"after": words.number(after, digits), "before": words.say("{n} minutes", n=words.number(before, digits))}
    return words.say("With all of them, a case takes {after} instead of {before}", **minutes)


def _together(result: Result, words: Words) -> list[Note]:
    """What all of them save together, with its interval; nothing where the ranking shows less than was added up for it."""
    total, saved = result.get("total"), integrations.saved_by(integrations.ranked(result))
    if not total or not total["ci90"] or not isinstance(saved, float | int) or not isclose(total["minutes_per_case"], saved, rel_tol=0.02):
        return []
    digits = decimals([saved])
    figures = {"saved": words.number(saved, digits), "span": words.number(Range(*total["ci90"]), digits)}
    return [Note(words.say("Together they save {saved} minutes per case, 90% interval {span}.", **figures))]


def waterfall_chart(drawing: Drawing, steps: Sequence[Step], words: Words, label: str) -> Markup:
    """Bars hang from one another; the minutes stand in a column of their own at the right. On a telephone no line joins them, for the labels stand between."""
    left, row = (8.0, 58) if drawing.narrow else (318.0, 38)
    axis = Axis(left, (drawing.width - left - 64) / max(step.end for step in steps))
    digits = decimals(step.saved for step in steps)
    for index, step in enumerate(steps):
        y = 4 + row * index + (32 if drawing.narrow else 4)
        _label(drawing, step, y, left)
        x, end = axis.at(max(step.start, 0)), axis.at(step.end)
        drawing.rect(x, y, end - x, 20, LIGHT if step.saved is None else drawing.hatch)
        text = words.number(step.end if step.saved is None else -step.saved, digits)
        drawing.text(drawing.width, y + 15, text, anchor="end", bold=step.saved is None)
        if index + 1 < len(steps) and not drawing.narrow:
            joint = x if step.saved is not None else end
            drawing.line(joint, y + 20, joint, y + row, MUTED)
    return drawing.render(row * len(steps) + 4, label)


def _label(drawing: Drawing, step: Step, y: float, left: float) -> None:
    bold = step.saved is None
    if drawing.narrow:
        for above, line in enumerate(reversed(wrap(step.label, drawing.width - 16, 12, bold=bold))):
            drawing.text(8, y - 5 - 14 * above, line, 12, fill=INK, bold=bold)
        return
    lines = wrap(step.label, left - 24, 13, bold=bold)
    for index, line in enumerate(lines):
        drawing.text(0, y + 15 - 7.5 * (len(lines) - 1) + 15 * index, line, bold=bold)
