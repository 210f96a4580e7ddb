"""One typical case on a time line, a lane for each application."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from markupsafe import Markup

from shadow.report.disclosure import Result
from shadow.report.figures.blocks import Column, Note, Section, Table, cells, figure
from shadow.report.figures.svg import INK, LIGHT, MIDDLE, MUTED, PALE, RULE, Axis, Drawing
from shadow.report.texts import Words

__all__ = ["Lane", "Stay", "case_chart", "case_data", "typical_case_section"]

LANES = 8


@dataclass(frozen=True, slots=True)
class Stay:
    """An unbroken stay on a screen, seconds from the start of the case."""

    lane: int
    start: float
    end: float
    screen: str
    reentry: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """An application of the case, with the number of unbroken stays in it and their seconds."""

    app: str
    stays: int
    seconds: float


def typical_case_section(result: Result, words: Words) -> Section | None:
    """The case; nothing where only ranges may be shown, for one case is one person's work."""
    case = result["typical_case"]
    if case is None:
        return None
    lanes, stays = case_data(result, words)
    length = words.clock(case["seconds"])
    title = words.count(
        "A typical case takes {length} and changes application {n} time",
        "A typical case takes {length} and changes application {n} times",
        case["switches"],
        length=length,
    )
    caption = words.say("Minutes and seconds from the start of one recorded case, the one most like all others in length and course.")
    key = (("middle", words.say("work")), ("hatch", words.say("re-entry, with a mark above")))
    chart = figure(lambda drawing: case_chart(drawing, lanes, stays, words, title), "typical-case", caption, key)
    order = words.say(
        "The order of the applications: {apps}.",
        apps=" → ".join(lanes[index].app for index, _ in groupby(stay.lane for stay in stays)),
    )
    return Section("typical-case", words.say("A typical case"), title, (chart, _table(lanes, words), Note(order)))


def case_data(result: Result, words: Words) -> tuple[list[Lane], list[Stay]]:
    """Lanes in the order in which the applications come up, and the stays in the order of time."""
    segments = result["typical_case"]["segments"]
    apps = list(dict.fromkeys(words.app(segment["app"]) for segment in segments))
    stays = [Stay(apps.index(words.app(s["app"])), s["start_s"], s["end_s"], words.screen(s), bool(s["reentry"])) for s in segments]
    lanes = [_lane(app, index, stays) for index, app in enumerate(apps)]
    return lanes, stays


def _lane(app: str, lane: int, stays: Sequence[Stay]) -> Lane:
    times_there = sum(index == lane for index, _ in groupby(stay.lane for stay in stays))
    return Lane(app, times_there, sum(stay.end - stay.start for stay in stays if stay.lane == lane))


def _table(lanes: Sequence[Lane], words: Words) -> Table:
    columns = (
        Column(words.say("Application")),
        Column(words.say("Stays"), number=True),
        Column(words.say("Seconds"), number=True),
    )
    rows = tuple(cells(lane.app, words.number(lane.stays), words.number(lane.seconds)) for lane in lanes)
    return Table(words.say("The same case by application"), columns, rows)


def case_chart(drawing: Drawing, lanes: Sequence[Lane], stays: Sequence[Stay], words: Words, label: str) -> Markup:
    """A lane for each application with its name at the left, above it on a telephone; a thin line where work changes lane."""
    left, step = (0.0, 46) if drawing.narrow else (132.0, 40)
    end = max((stay.end for stay in stays), default=1.0) or 1.0
    axis = Axis(left, (drawing.width - left - 8) / end)
    tops = [step * index + (22 if drawing.narrow else 12) for index in range(len(lanes))]
    for lane, top in zip(lanes, tops, strict=True):
        drawing.rect(left, top, drawing.width - left - 8, 20, PALE)
        _name(drawing, lane.app, top, left)
    for before, after in pairwise(stays):
        if before.lane != after.lane:
            x = axis.at(after.start)
            drawing.line(x, tops[before.lane] + 10, x, tops[after.lane] + 10, MUTED, 0.8)
    for stay in stays:
        _stay(drawing, stay, tops[stay.lane], axis, words)
    _clock(drawing, axis, end, step * len(lanes) + 8, words)
    return drawing.render(step * len(lanes) + 34, label)


def _name(drawing: Drawing, app: str, top: float, left: float) -> None:
    if drawing.narrow:
        drawing.text(0, top - 6, app, 12, room=drawing.width - 8)
    else:
        drawing.text(0, top + 15, app, room=left - 16)


def _stay(drawing: Drawing, stay: Stay, top: float, axis: Axis, words: Words) -> None:
    x, width = axis.at(stay.start), max((stay.end - stay.start) * axis.scale - 0.8, 1.2)
    tip = f"{stay.screen}, {words.seconds(stay.end - stay.start)}"
    drawing.rect(x, top, width, 20, drawing.hatch if stay.reentry else MIDDLE, tip=tip)
    if stay.reentry:
        middle = x + width / 2
        drawing.path(f"M{middle - 4:.1f} {top - 8:.0f}h8l-4 6z", INK)


def _clock(drawing: Drawing, axis: Axis, end: float, y: float, words: Words) -> None:
    step = next(s for s in (15, 30, 60, 120, 300, 600, 1800, 3600, 1e9) if end / s <= (5 if drawing.narrow else 9))
    drawing.line(axis.left, y, axis.at(end), y, LIGHT)
    for tick in range(int(end / step) + 1):
        x = axis.at(tick * step)
        drawing.line(x, y, x, y + 4, RULE if tick else LIGHT)
        drawing.text(x, y + 18, words.clock(tick * step), 12, anchor="middle" if tick else "start", fill=MUTED)
