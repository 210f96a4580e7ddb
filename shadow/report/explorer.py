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

__all__ = ["CONFIG", "charts", "intervals_chart", "layout", "plain", "reentry_chart", "screens_chart", "scripts"]

# Without typesetting a label between two $ stays a label.
CONFIG: Final = {"showSendToCloud": False, "displaylogo": False, "responsive": True, "typesetMath": False}

# A band of what is typed again is the darker one.
TYPED: Final = "rgba(13, 92, 117, 0.45)"
COPIED: Final = "rgba(159, 180, 191, 0.6)"

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
    return [chart for chart in (intervals_chart(result, words), reentry_chart(result, words), screens_chart(result, words)) if chart]


def _inert(text: str) -> str:
    """JSON that cannot end the script element it stands in."""
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def plain(text: str) -> str:
    """Plotly reads a little HTML in its texts, so a label from a screen is escaped for it once more."""
    return html.escape(text, quote=False)


def layout(words: Words, title: str, axis: str, rows: int) -> dict[str, Any]:
    """How a chart with so many rows is laid out; title and axis are made safe here."""
    return {
        "title": {"text": plain(title)},
        "font": {"family": "sans-serif", "color": INK, "size": 13},
        "height": 140 + 34 * rows,
        "margin": {"l": 20, "r": 20, "t": 60, "b": 50},
        "xaxis": {"title": {"text": plain(axis)}, "rangemode": "tozero", "automargin": True},
        "yaxis": {"autorange": "reversed", "automargin": True},
        "barmode": "stack",
        "plot_bgcolor": "white",
        "separators": words.separators,
    }


def intervals_chart(result: Result, words: Words) -> dict[str, Any] | None:
    """What each integration saves alone, with its interval; None without one."""
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
        "y": [plain(row[0]) for row in rows],
        "error_x": spread,
        "marker": {"color": ACCENT, "size": 1 if in_ranges else 10},
        "hoverinfo": "y" if in_ranges else "x+y",
    }
    title, axis = words.say("What each integration saves alone, with its interval"), words.say("Minutes per case")
    return {"data": [trace], "layout": layout(words, title, axis, len(rows))}


def reentry_chart(result: Result, words: Words) -> dict[str, Any] | None:
    """Which values go from which system to which; None without re-entry."""
    flows = flow_data(result["reentry"], words)
    if not flows:
        return None
    nodes = list(dict.fromkeys([("source", flow.source) for flow in flows] + [("target", flow.target) for flow in flows]))
    link = {
        "source": [nodes.index(("source", flow.source)) for flow in flows],
        "target": [nodes.index(("target", flow.target)) for flow in flows],
        "value": [max(flow.seconds, 0.01) for flow in flows],
        "label": [plain(_said(flow)) for flow in flows],
        "color": [TYPED if flow.typed else COPIED for flow in flows],
        "hovertemplate": "%{label}<extra></extra>",
    }
    labels = [plain(f"{end.label} ({end.app})") for _, end in nodes]
    node = {"label": labels, "color": ACCENT, "pad": 18, "thickness": 12, "hoverinfo": "none"}
    title = words.say("Re-entry, longest first")
    return {"data": [{"type": "sankey", "node": node, "link": link}], "layout": layout(words, title, "", len(flows))}


def _said(flow: Flow) -> str:
    return f"{flow.source.label} → {flow.target.label}, {flow.text}"


def screens_chart(result: Result, words: Words) -> dict[str, Any] | None:
    """Seconds per case by screen, with the excess; None where nothing was measured."""
    bars = screens_data(screens_by_dwell(result), words)
    if not bars:
        return None
    names = [plain(f"{bar.label} ({bar.place})") for bar in bars]
    texts = [plain(bar.text) for bar in bars]
    parts = (
        (words.say("time on the screen"), [bar.whole - max(min(bar.part, bar.whole), 0) for bar in bars], LIGHT, ""),
        (words.say("of which excess"), [max(min(bar.part, bar.whole), 0) for bar in bars], ACCENT, "/"),
    )
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": plain(name),
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
        "layout": layout(words, words.say("Seconds per case by screen"), words.say("Seconds per case"), len(bars)),
    }
