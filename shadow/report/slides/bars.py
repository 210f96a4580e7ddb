"""The charts of the slides as rows of bars; where only ranges may be shown a bar lies from low to high."""

from __future__ import annotations

from shadow.report.disclosure import Amount, Range, Row
from shadow.report.figures import integrations
from shadow.report.figures.coverage import coverage_data
from shadow.report.figures.effort import effort_in_words
from shadow.report.figures.pareto import pareto_data
from shadow.report.figures.reentry import seconds_caption
from shadow.report.figures.screens import screens_by_dwell, screens_data
from shadow.report.figures.svg import ACCENT, LIGHT, MIDDLE
from shadow.report.figures.waterfall import waterfall_data
from shadow.report.page import Page
from shadow.report.slides.charts import Chart, Lying, Part
from shadow.report.texts import Words, decimals, size

__all__ = ["coverage_bars", "effort_bars", "friction_bars", "reentry_bars", "screens_bars", "switches_bars", "waterfall_bars"]

DRAWN = 10
# Classes of effort, the smallest first.
FILLS = {"small": ACCENT, "medium": MIDDLE, "large": LIGHT}


def _lies(amount: Amount, of: int = 1, at: int = 0) -> tuple[float, tuple[float, ...]]:
    """Where a bar begins, and its lengths: all of it in one of the parts."""
    start, length = (amount.low, amount.high - amount.low) if isinstance(amount, Range) else (0.0, amount or 0.0)
    return start, tuple(length if index == at else 0.0 for index in range(of))


def waterfall_bars(page: Page, caption: str) -> Chart:
    """A case today, what each integration takes off it, and what is left."""
    words, steps = page.words, waterfall_data(page.result, page.words)
    digits = decimals(step.saved for step in steps)
    bars = []
    for step in steps:
        length, whole = step.end - max(step.start, 0.0), step.saved is None
        text = words.number(step.end if step.saved is None else -step.saved, digits)
        bars.append(Lying(step.label, max(step.start, 0.0), (length, 0.0) if whole else (0.0, length), text))
    return Chart(caption, tuple(bars), (Part(words.say("minutes of a case"), MIDDLE), Part(words.say("saved"), ACCENT)))


def effort_bars(page: Page, caption: str) -> Chart:
    """What each integration saves alone, the small ones first, with its interval as text."""
    words = page.words
    del caption  # it is about dots with lines
    said = words.say("Minutes per case, each integration alone. {cases} cases, {agents} agents.", **_counts(page))
    classes = {row["rank"]: row["effort"] for row in page.result["effort"]}
    rows = [row for row in integrations.ranked(page.result) if row["minutes_per_case"] is not None and classes[row["rank"]] in FILLS]
    rows = sorted(rows[:DRAWN], key=lambda row: list(FILLS).index(classes[row["rank"]]))
    digits = decimals(row["minutes_per_case"] for row in rows)
    bars = tuple(_effort(row, list(FILLS).index(classes[row["rank"]]), digits, words) for row in rows)
    what = words.say("Effort to build, assumed")
    parts = tuple(Part(f"{what}: {effort_in_words(name, words)}", fill) for name, fill in FILLS.items())
    return Chart(said, bars, parts)


def _effort(row: Row, at: int, digits: int, words: Words) -> Lying:
    minutes, limits = row["minutes_per_case"], row["ci90"] or row["bounds"]
    text = words.number(minutes, digits)
    if limits and not isinstance(minutes, Range):
        text = f"{text} ({words.number(Range(*limits), digits)})"
    return Lying(f"{words.number(row['rank'])}  {integrations.name(row, words)}", *_lies(minutes, len(FILLS), at), text)


def _counts(page: Page) -> dict[str, str]:
    return {name: page.words.number(page.result["study"][name]) for name in ("cases", "agents")}


def friction_bars(page: Page, caption: str) -> Chart:
    """Excess seconds by screen, largest first, and where it is a figure the share added up."""
    words, data = page.words, pareto_data(page.result, page.words)[:DRAWN]
    excess = {(row["app"], row["screen"]): row["excess_s_per_case"] for row in page.result["friction"]["screen"]}
    amounts = sorted((amount for amount in excess.values() if amount is not None), key=lambda amount: -size(amount))
    of = 1 if page.result["level"] == "ranges" else 2
    bars = tuple(
        Lying(
            words.say("{screen} ({app})", screen=entry.screen, app=entry.app),
            *_lies(amount, of, int(not entry.first)),
            entry.text if entry.reached is None else f"{entry.text}, {words.percent(entry.reached)}",
        )
        for entry, amount in zip(data, amounts, strict=False)
    )
    most, others = Part(words.say("the screens that hold most of it"), ACCENT), Part(words.say("the others"), MIDDLE)
    return Chart(caption, bars, (most, others) if of > 1 else (most,))


def reentry_bars(page: Page, caption: str) -> Chart:
    """The pairs that take longest, by how the value came over."""
    words = page.words
    del caption  # it is about the width of the flows
    said = seconds_caption(page.result, words)
    if len(page.result["reentry"]) > DRAWN:
        said += " " + words.count("The {n} longest is drawn.", "The {n} longest are drawn.", DRAWN)
    parts = (Part(words.say("copied and pasted"), MIDDLE), Part(words.say("typed again"), ACCENT))
    return Chart(said, tuple(_pair(row, page) for row in page.result["reentry"][:DRAWN]), parts)


def _pair(row: Row, page: Page) -> Lying:
    words = page.words
    ends = [words.say("{screen} ({app})", screen=words.field(row[side]), app=words.app(row[side]["app"])) for side in ("source", "target")]
    start, lengths = _lies(row["seconds_per_case"], 2, int(row["mode"] == "typed"))
    return Lying(" → ".join(ends), start, lengths, words.seconds(row["seconds_per_case"]))


def screens_bars(page: Page, caption: str) -> Chart:
    """The screens on which a case spends its time, excess apart where it is a figure."""
    words = page.words
    rows = screens_by_dwell(page.result)
    if len(rows) > DRAWN:
        more = words.count("{n} more screen takes less time than these.", "{n} more screens take less time than these.", len(rows) - DRAWN)
        caption = f"{caption} {more}"
    bars = tuple(_screen(row, text, page) for row, text in zip(rows, (bar.text for bar in screens_data(rows, words)), strict=False))
    time, excess = Part(words.say("time on the screen"), MIDDLE), Part(words.say("of which excess"), ACCENT)
    return Chart(caption, bars[:DRAWN], (time,) if page.result["level"] == "ranges" else (time, excess))


def _screen(row: Row, text: str, page: Page) -> Lying:
    label = page.words.say("{screen} ({app})", screen=page.words.screen(row), app=page.words.app(row["app"]))
    whole, excess = row["dwell_s_per_case"], row["excess_s_per_case"]
    if isinstance(whole, Range):
        return Lying(label, *_lies(whole), page.words.seconds(whole))
    beyond = min(max(excess or 0.0, 0.0), whole)
    return Lying(label, 0.0, (whole - beyond, beyond), text)


def switches_bars(page: Page, caption: str) -> Chart:
    """The commonest changes of application."""
    words, study = page.words, page.result["study"]
    del caption  # it may be about a matrix
    said = words.say(
        "Changes per case from one application to another, mean over all cases. {cases} cases, {agents} agents.",
        cases=words.number(study["cases"]),
        agents=words.number(study["agents"]),
    )
    known = [row for row in page.result["switches"] if row["per_case"] is not None]
    known.sort(key=lambda row: -size(row["per_case"]))
    bars = [
        Lying(f"{words.app(row['source_app'])} → {words.app(row['target_app'])}", *_lies(row["per_case"]), words.number(row["per_case"], 2))
        for row in known[:DRAWN]
    ]
    return Chart(said, tuple(bars), (Part(words.say("Changes per case"), ACCENT),))


def coverage_bars(page: Page, caption: str) -> Chart:
    """What became of the recorded time, in hours."""
    words = page.words
    parts = coverage_data(page.result["coverage"], words)
    bars = tuple(Lying(name, *_hours(seconds), words.hours(seconds)) for name, _, seconds in parts)
    return Chart(caption, bars, (Part(words.say("Hours"), ACCENT),))


def _hours(seconds: Amount) -> tuple[float, tuple[float, ...]]:
    start, lengths = _lies(seconds)
    return start / 3600, tuple(length / 3600 for length in lengths)
