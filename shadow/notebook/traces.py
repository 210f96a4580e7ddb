"""The report's data as Plotly's traces; every text is made safe here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shadow.report.explorer import plain
from shadow.report.figures.effort import effort_in_words
from shadow.report.figures.svg import ACCENT, LIGHT, MIDDLE, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shadow.report.figures.effort import Dot
    from shadow.report.figures.pareto import Friction
    from shadow.report.figures.sensitivity import Swing
    from shadow.report.figures.typical_case import Lane, Stay
    from shadow.report.figures.waterfall import Step
    from shadow.report.texts import Words

__all__ = ["effort_trace", "lane_traces", "pareto_trace", "tornado_traces", "waterfall_trace"]

Trace = dict[str, Any]

# Pixels that a label may have before it takes a second line.
LABEL = 280


def waterfall_trace(steps: Sequence[Step], words: Words) -> Trace:
    """Bars that hang from one another: a case today, what each integration takes off, what is left."""
    minutes = [step.end if step.saved is None else -step.saved for step in steps]
    return {
        "type": "waterfall",
        "orientation": "h",
        "measure": ["absolute", *("total" if step.saved is None else "relative" for step in steps[1:])],
        "x": minutes,
        "y": [_lines(step.label) for step in steps],
        "text": [words.number(amount, 2) for amount in minutes],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "y+text",
        "connector": {"line": {"color": LIGHT}},
        "decreasing": {"marker": {"color": ACCENT}},
        "totals": {"marker": {"color": MIDDLE}},
    }


def effort_trace(dots: Sequence[Dot], words: Words) -> Trace:
    """A dot with its interval for each integration, above its class."""
    return {
        "type": "scatter",
        "mode": "markers+text",
        "x": [plain(effort_in_words(dot.effort, words)) for dot in dots],
        "y": [dot.minutes for dot in dots],
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [dot.high - dot.minutes for dot in dots],
            "arrayminus": [dot.minutes - dot.low for dot in dots],
            "color": MIDDLE,
        },
        "text": [plain(dot.rank) for dot in dots],
        "textposition": "middle right",
        "marker": {"color": ACCENT, "size": 10},
        "hovertemplate": "%{text}: %{y:.3f}<extra></extra>",
    }


def pareto_trace(data: Sequence[Friction], words: Words) -> Trace:
    """A bar for each screen, the darker ones holding most, with the share so far."""
    return {
        "type": "bar",
        "orientation": "h",
        "x": [entry.seconds for entry in data],
        "y": [_lines(f"{entry.screen} ({entry.app})") for entry in data],
        "text": [plain(entry.text if entry.reached is None else f"{entry.text}, {words.percent(entry.reached)}") for entry in data],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": [ACCENT if entry.first else MIDDLE for entry in data]},
        "hoverinfo": "y+text",
    }


def tornado_traces(swings: Sequence[Swing], total: float, words: Words) -> list[Trace]:
    """Two bars for each assumption, from the saving as reported to what it would be at either value."""
    parts = (
        (words.say("at the higher value"), [(swing.at_high, swing.high) for swing in swings], ""),
        (words.say("at the lower value"), [(swing.at_low, swing.low) for swing in swings], "/"),
    )
    return [
        {
            "type": "bar",
            "orientation": "h",
            "name": plain(name),
            "base": total,
            "x": [minutes - total for minutes, _ in ends],
            "y": [_lines(swing.name) for swing in swings],
            "hovertext": [plain(value) for _, value in ends],
            "hoverinfo": "y+text",
            "marker": {"color": ACCENT, "pattern": {"shape": shape}},
        }
        for name, ends, shape in parts
    ]


def lane_traces(lanes: Sequence[Lane], stays: Sequence[Stay], words: Words) -> list[Trace]:
    """A bar for each stay on the line of its application, in one colour for work and another for re-entry."""
    parts = ((words.say("work"), False, MIDDLE, ""), (words.say("re-entry, with a mark above").partition(",")[0], True, ACCENT, "/"))
    traces = []
    for name, carried, color, shape in parts:
        there = [stay for stay in stays if stay.reentry is carried]
        traces.append({
            "type": "bar",
            "orientation": "h",
            "name": plain(name),
            "base": [stay.start for stay in there],
            "x": [stay.end - stay.start for stay in there],
            "y": [plain(lanes[stay.lane].app) for stay in there],
            "hovertext": [plain(f"{stay.screen}, {words.seconds(stay.end - stay.start)}") for stay in there],
            "hoverinfo": "text",
            "marker": {"color": color, "pattern": {"shape": shape}, "line": {"color": "white", "width": 1}},
        })  # fmt: skip
    return traces


def _lines(text: str) -> str:
    """A label on one line or two."""
    return "<br>".join(plain(line) for line in wrap(text, LABEL, 13))
