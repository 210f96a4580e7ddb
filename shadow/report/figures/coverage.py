"""How much of the recorded time the figures cover, what changes if gaps are counted differently, and what was not measured."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from shadow.report.disclosure import Range, Result, Row
from shadow.report.figures.blocks import Block, Column, Heading, Listing, Note, Section, Table, cells, figure
from shadow.report.figures.svg import ACCENT, LIGHT, Drawing
from shadow.report.texts import Words, decimals, size, times

# Under `_no_case`, and in the sections on the ranking and on workarounds.
TOLD_ELSEWHERE: Final = ("events_in_no_case", "not_apart", "workaround")

__all__ = ["coverage_chart", "coverage_data", "coverage_section"]


def coverage_section(result: Result, words: Words) -> Section:
    """Coverage, and what was not measured."""
    coverage = result["coverage"]
    parts = coverage_data(coverage, words)
    sessions = words.count("{n} session", "{n} sessions", coverage["sessions"])
    caption = words.say("Recorded time by what became of it. {sessions}.", sessions=sessions)
    label = words.say("Recorded time by what became of it; the table below has the figures")
    chart = figure(
        lambda drawing: coverage_chart(drawing, parts, label),
        "coverage",
        caption,
        tuple((fill, name) for name, fill, _ in parts),
    )
    blocks: list[Block] = [chart] if any(size(amount) > 0 for *_, amount in parts) else []
    blocks += [
        _table(coverage, words),
        *_gaps(coverage["minutes_by_gap"], words),
        Heading(words.say("Events that belong to no case")),
    ]
    blocks += [Note(_no_case(result, words)), *_not_measured(result, words), *_warnings(result, words)]
    return Section("coverage", words.say("Coverage"), _title(coverage, words), tuple(blocks))


def _title(coverage: Row, words: Words) -> str:
    active, recorded = coverage["active_s"], coverage["recorded_s"]
    if isinstance(active, float | int) and isinstance(recorded, float | int) and recorded > 0:
        return words.say(
            "The figures cover {share} of {hours} of recording",
            share=words.percent(active / recorded),
            hours=words.hours(recorded),
        )
    return words.say("What the figures cover, and what they do not")


def coverage_data(coverage: Row, words: Words) -> list[tuple[str, str, float | Range | None]]:
    """Name, fill and seconds of each part of the recorded time."""
    return [
        (words.say("measured"), "solid", coverage["active_s"]),
        (words.say("gaps without any event"), "light", coverage["long_gaps_s"]),
        (words.say("paused by the agents"), "dots", coverage["paused_s"]),
        (words.say("blind spans"), "hatch", coverage["blind_s"]),
    ]


def coverage_chart(drawing: Drawing, parts: Sequence[tuple[str, str, float | Range | None]], label: str) -> Markup:
    """One bar, divided."""
    total = sum(size(amount) for *_, amount in parts) or 1.0
    fills = {"solid": ACCENT, "light": LIGHT, "dots": drawing.dots, "hatch": drawing.hatch}
    x = 0.0
    for name, fill, amount in parts:
        width = size(amount) / total * drawing.width
        drawing.rect(x, 2, width, 28, fills[fill], tip=name)
        x += width
    return drawing.render(34, label)


def _table(coverage: Row, words: Words) -> Table:
    parts = [
        (words.say("recorded in all"), coverage["recorded_s"]),
        *((name, amount) for name, _, amount in coverage_data(coverage, words)),
    ]
    rows = [cells(name, words.number(times(amount, 1 / 3600), 1)) for name, amount in parts]
    columns = (Column(words.say("Part")), Column(words.say("Hours"), number=True))
    caption = words.say("Recorded time. Blind spans are those in which the recorder could not see, such as a locked screen.")
    return Table(caption, columns, tuple(rows))


def _gaps(rows: Sequence[Row], words: Words) -> list[Block]:
    if not rows:
        return []
    columns = [Column(words.say("A gap counts for nothing above")), Column(words.say("Minutes per case"), number=True)]
    body = [[words.seconds(row["gap_s"]), words.number(times(row["case_seconds"], 1 / 60), 2)] for row in rows]
    saved = [row["minutes_saved"] for row in rows]
    if sum(minutes is not None for minutes in saved) > 1:
        columns.append(Column(words.say("Minutes saved per case"), number=True))
        body = [[*row, words.number(minutes, decimals(saved))] for row, minutes in zip(body, saved, strict=True)]
    caption = words.say("A case, if longer or shorter gaps without any event are counted as work")
    return [Table(caption, tuple(columns), tuple(cells(*row) for row in body))]


def _no_case(result: Result, words: Words) -> str:
    cases = result["cases"]
    if cases["events_in_no_case"] is None or cases["share_in_no_case"] is None:
        return words.say("How many events belong to no case was not measured.")
    events = words.message({"code": "events_in_no_case", "message": ""}, result) if size(cases["events_in_no_case"]) else ""
    time = words.say(
        "{share} of the active time lies outside the cases. It is in no figure per case.", share=words.percent(cases["share_in_no_case"])
    )
    return f"{events} {time}".strip()


def _not_measured(result: Result, words: Words) -> list[Block]:
    items = [words.message(row, result) for row in result["coverage"]["not_measured"]]
    if result["level"] == "ranges":
        items.append(words.say("Fields and single cases are not shown: with so few agents they could be traced to one of them."))
    if result["typical_case"] is None and result["level"] == "figures":
        items.append(words.say("No case could be singled out as typical."))
    if size(result["marks_not_quoted"]):
        items.append(words.say("What the agents wrote to their marks is not quoted: nobody has said that they agreed to that."))
    heading = Heading(words.say("What was not measured"))
    return [heading, Listing(tuple(items)) if items else Note(words.say("Nothing is known to be missing."))]


def _warnings(result: Result, words: Words) -> list[Block]:
    """What the analysis warns of, but for what has a paragraph of its own elsewhere."""
    rows = [row for row in result["warnings"] if row["code"] not in TOLD_ELSEWHERE]
    if not rows:
        return []
    return [Heading(words.say("Warnings from the analysis")), Listing(tuple(words.message(row, result) for row in rows))]
