"""
The appendix with charts that answer to the pointer (plotly.js, inside the file).

It shows what the report shows, after `permitted`. Nothing is fetched and nothing can be sent: the button that would upload a chart is off.
"""

from __future__ import annotations

import html
import json
from typing import Any, Final

from markupsafe import Markup
from plotly.offline import get_plotlyjs

from shadow.report.disclosure import Result
from shadow.report.figures import integrations
from shadow.report.figures.ranking import intervals_data
from shadow.report.figures.reentry import Flow, flow_data
from shadow.report.figures.screens import screens_by_dwell, screens_data
from shadow.report.figures.svg import ACCENT, INK, LIGHT
from shadow.report.texts import Words

__all__ = ["CONFIG", "charts", "scripts"]

CONFIG: Final = {"showSendToCloud": False, "displaylogo": False, "responsive": True}

_DRAW: Final = """
const charts = JSON.parse(document.getElementById("explorer-data").textContent);
for (const chart of charts.list) {
  const place = document.createElement("div");
  place.className = "explorer";
  document.getElementById("explorer").append(place);
  Plotly.newPlot(place, chart.data, chart.layout, charts.config);
}
"""


def scripts(result: Result, words: Words) -> tuple[Markup, ...]:
    """The three scripts of the appendix: the library, the data (never run), and what draws it."""
    data = json.dumps({"config": CONFIG, "list": charts(result, words)}, allow_nan=False)
    return Markup(get_plotlyjs()), Markup(_inert(data)), Markup(_DRAW)  # noqa: S704  the library, escaped JSON, our own text


def charts(result: Result, words: Words) -> list[dict[str, Any]]:
    """The charts as plotly takes them: intervals, re-entry, screens; one without data is left out."""
    return [chart for chart in (_intervals(result, words), _reentry(result, words), _screens(result, words)) if chart]


def _inert(text: str) -> str:
    """JSON that cannot end the script element it stands in."""
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _label(text: str) -> str:
    """Plotly reads a little HTML in its texts, so a label from a screen is escaped for it once more."""
    return html.escape(text, quote=False)


def _layout(words: Words, title: str, axis: str, rows: int) -> dict[str, Any]:
    return {
        "title": {"text": _label(title)},
        "font": {"family": "inherit", "color": INK, "size": 13},
        "height": 140 + 34 * rows,
        "margin": {"l": 20, "r": 20, "t": 60, "b": 50},
        "xaxis": {"title": {"text": _label(axis)}, "rangemode": "tozero", "automargin": True},
        "yaxis": {"autorange": "reversed", "automargin": True},
        "barmode": "stack",
        "plot_bgcolor": "white",
        "separators": words.separators,
    }


def _intervals(result: Result, words: Words) -> dict[str, Any] | None:
    rows = intervals_data(integrations.ranked(result), words)
    if not rows:
        return None
    points = [(low + high) / 2 if point is None else point for _, point, low, high, _ in rows]
    spread = {
        "type": "data",
        "symmetric": False,
        "array": [row[3] - point for row, point in zip(rows, points, strict=True)],
        "arrayminus": [point - row[2] for row, point in zip(rows, points, strict=True)],
        "color": ACCENT,
    }
    in_ranges = result["level"] == "ranges"
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": points,
        "y": [_label(row[0]) for row in rows],
        "error_x": spread,
        "marker": {"color": ACCENT, "size": 1 if in_ranges else 10},
        "hoverinfo": "y" if in_ranges else "all",
    }
    title, axis = words.say("What each integration saves alone, with its interval"), words.say("Minutes per case")
    return {"data": [trace], "layout": _layout(words, title, axis, len(rows))}


def _reentry(result: Result, words: Words) -> dict[str, Any] | None:
    flows = flow_data(result["reentry"], words)
    if not flows:
        return None
    nodes = list(dict.fromkeys([("source", f.source.app) for f in flows] + [("target", f.target.app) for f in flows]))
    link = {
        "source": [nodes.index(("source", flow.source.app)) for flow in flows],
        "target": [nodes.index(("target", flow.target.app)) for flow in flows],
        "value": [max(flow.seconds, 0.01) for flow in flows],
        "label": [_label(_said(flow)) for flow in flows],
        "hovertemplate": "%{label}<extra></extra>",
    }
    node = {"label": [_label(app) for _, app in nodes], "color": ACCENT, "pad": 24, "hoverinfo": "none"}
    title = words.say("Re-entry, longest first")
    return {"data": [{"type": "sankey", "node": node, "link": link}], "layout": _layout(words, title, "", len(flows))}


def _said(flow: Flow) -> str:
    return f"{flow.source.label} → {flow.target.label}, {flow.text}"


def _screens(result: Result, words: Words) -> dict[str, Any] | None:
    bars = screens_data(screens_by_dwell(result), words)
    if not bars:
        return None
    names = [_label(f"{bar.label} ({bar.place})") for bar in bars]
    texts = [_label(bar.text) for bar in bars]
    parts = (
        (words.say("time on the screen"), [bar.whole - max(min(bar.part, bar.whole), 0) for bar in bars], LIGHT, ""),
        (words.say("of which excess"), [max(min(bar.part, bar.whole), 0) for bar in bars], ACCENT, "/"),
    )
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": _label(name),
            "x": values,
            "y": names,
            "hovertext": texts,
            "hoverinfo": "y+text",
            "marker": {"color": color, "pattern": {"shape": shape}},
        }
        for name, values, color, shape in parts
    ]
    return {
        "data": traces,
        "layout": _layout(words, words.say("Seconds per case by screen"), words.say("Seconds per case"), len(bars)),
    }
