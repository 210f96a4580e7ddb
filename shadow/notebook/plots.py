"""
The report's figures, to be pointed at: the same numbers, labels and titles, as Plotly has them.

    result ---> working view ---> data of the report's figures ---> Chart
                (what is shown)   (shadow.report.figures)           (shadow.notebook.charts)

Nothing is computed here. With five agents or more a figure shows what the report shows; with fewer it shows all, for those who work on the
study: it is no report. None of them is per agent.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from shadow.errors import ShadowError
from shadow.notebook.charts import Chart
from shadow.report.disclosure import working_view
from shadow.report.explorer import intervals_chart, layout, plain, reentry_chart, screens_chart
from shadow.report.figures.reentry import reentry_section
from shadow.report.figures.screens import screens_by_dwell, screens_section, switches_section
from shadow.report.figures.svg import ACCENT, LIGHT, MIDDLE, wrap
from shadow.report.figures.typical_case import case_data, typical_case_section
from shadow.report.figures.waterfall import Step, waterfall_data, waterfall_section
from shadow.report.texts import Words, tidy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shadow.notebook.shown import Case
    from shadow.report.disclosure import Result
    from shadow.report.figures.blocks import Section

__all__ = ["NothingToDrawError", "Plots"]

# Screens of a Pareto that can still be read.
DRAWN = 15
# Pixels that a label may have before it takes a second line.
LABEL = 300


class NothingToDrawError(ShadowError, ValueError):
    """A figure of something that this study has none of."""


class Plots:
    """
    Figures of one study; each title says what was found.

    Args:

        result: Gives the study's result document.

        case: Gives one case.

        lang: Their language: `en`, `da`, `nb` or `sv`.
    """

    def __init__(self, result: Callable[[], Result], case: Callable[[str, int], Case], lang: str) -> None:
        self._given, self._case, self._words = result, case, Words(lang)

    def waterfall(self) -> Chart:
        """
        Minutes of a case today, what each integration takes off on top of those before it, and what is left.

        Units: minutes per case, mean over all cases; overlap counted once.

        >>> study.plot.waterfall().data[0].type
        'waterfall'
        """
        result = self._result()
        steps = waterfall_data(result, self._words)
        if not steps:
            raise _nothing("a waterfall", "no integration was ranked")
        return Chart(data=[_waterfall(steps, self._words)], layout=self._laid_out(waterfall_section(result, self._words), "", len(steps)))

    def intervals(self) -> Chart:
        """
        What each integration saves alone, with its 90 % interval.

        Units: minutes per case.

        >>> len(study.plot.intervals().data[0].y) > 5
        True
        """
        return self._from_report(intervals_chart(self._result(), self._words), "intervals", "no integration was ranked")

    def pareto(self) -> Chart:
        """
        The screens that take the time, longest first, with the share that they and those before them have.

        Units: seconds per case, mean over all cases.

        >>> study.plot.pareto().data[0].y[0]
        '/tickets/:id/reply (Helpdesk)'
        """
        result, words = self._result(), self._words
        rows = screens_by_dwell(result)
        if not rows:
            raise _nothing("a Pareto", "no stay on a screen was measured")
        seconds = [row["dwell_s_per_case"] for row in rows]
        so_far = [words.percent(sum_s / sum(seconds)) for sum_s in accumulate(seconds)]
        bars = {
            "type": "bar",
            "orientation": "h",
            "x": seconds[:DRAWN],
            "y": [plain(f"{words.screen(row)} ({words.app(row['app'])})") for row in rows[:DRAWN]],
            "text": so_far[:DRAWN],
            "textposition": "outside",
            "cliponaxis": False,
            "marker": {"color": ACCENT},
            "hovertemplate": "%{y}: %{x:.1f} s<extra></extra>",
        }
        title = screens_section(result, words)
        return Chart(data=[bars], layout=self._laid_out(title, words.say("Seconds per case"), len(rows[:DRAWN])))

    def screens(self) -> Chart:
        """
        Seconds per case by screen, with the excess: time beyond what the actions there take at the agents' own pace.

        Units: seconds per case.

        >>> len(study.plot.screens().data)
        2
        """
        return self._from_report(screens_chart(self._result(), self._words), "screens", "no stay on a screen was measured")

    def reentry(self) -> Chart:
        """
        Which values go from which system to which, field by field, each band as wide as its seconds (a Sankey diagram).

        Dark is typed again, light is copied and pasted.

        Units: seconds per case.

        >>> study.plot.reentry().data[0].type
        'sankey'
        """
        result = self._result()
        chart = self._from_report(reentry_chart(result, self._words), "re-entry", "no value is entered twice")
        chart.update_layout(title_text=plain(reentry_section(result, self._words).title))
        return chart

    def transitions(self) -> Chart:
        """
        Changes of application, from the row to the column.

        Units: changes per case.

        >>> study.plot.transitions().data[0].type
        'heatmap'
        """
        result, words = self._result(), self._words
        if not result["switches"]:
            raise _nothing("changes of application", "the study has one application")
        per_case = {(row["source_app"], row["target_app"]): row["per_case"] for row in result["switches"]}
        apps = list(dict.fromkeys(app for pair in per_case for app in pair))
        cells = [[per_case.get((source, target)) for target in apps] for source in apps]
        names = [plain(words.app(app)) for app in apps]
        heat = {
            "type": "heatmap",
            "x": names,
            "y": names,
            "z": cells,
            "colorscale": [[0, "#ffffff"], [1, MIDDLE]],
            "showscale": False,
            "texttemplate": "%{z:.2f}",
            "hovertemplate": "%{y} → %{x}: %{z:.2f}<extra></extra>",
            "hoverongaps": False,
        }
        return Chart(data=[heat], layout=self._laid_out(switches_section(result, words), "", len(apps) + 4))

    def case(self, session: str | None = None, case: int | None = None) -> Chart:
        """
        One case on a time line, a lane for each application; the most typical one unless another is named.

        Units: seconds of active time since the case began.

        >>> study.plot.case().layout.yaxis.autorange
        'reversed'
        >>> study.plot.case("s001", 1).layout.title.text
        'Case 1 of s001: 106.6 s, 76 events, 12 stays'
        """
        if session is not None and case is not None:
            asked = self._case(session, case)
            return self._lanes({"typical_case": {"segments": tidy(asked.stays.to_dicts())}}, repr(asked)[1:-1])
        result = self._result()
        section = typical_case_section(result, self._words) if result["typical_case"] else None
        if section is None:
            raise _nothing("a typical case", "there is no case")
        return self._lanes(result, section.title)

    # --- how ---

    def _result(self) -> Result:
        return working_view(tidy(self._given()))

    def _from_report(self, chart: dict[str, Any] | None, what: str, why: str) -> Chart:
        if chart is None:
            raise _nothing(what, why)
        return Chart(**chart)

    def _laid_out(self, section: Section | None, axis: str, rows: int) -> dict[str, Any]:
        return layout(self._words, section.title if section else "", axis, rows)

    def _lanes(self, result: Result, title: str) -> Chart:
        words = self._words
        lanes, stays = case_data(result, words)
        parts = ((words.say("work"), False, MIDDLE, ""), (words.say("re-entry, with a mark above"), True, ACCENT, "/"))
        bars = [
            {
                "type": "bar",
                "orientation": "h",
                "name": plain(name.partition(",")[0]),
                "base": [stay.start for stay in stays if stay.reentry is carried],
                "x": [stay.end - stay.start for stay in stays if stay.reentry is carried],
                "y": [plain(lanes[stay.lane].app) for stay in stays if stay.reentry is carried],
                "hovertext": [plain(f"{stay.screen}, {words.seconds(stay.end - stay.start)}") for stay in stays if stay.reentry is carried],
                "hoverinfo": "text",
                "marker": {"color": color, "pattern": {"shape": shape}, "line": {"color": "white", "width": 1}},
            }
            for name, carried, color, shape in parts
        ]
        chart = Chart(data=bars, layout=layout(words, title, words.say("Seconds"), len(lanes)) | {"barmode": "overlay"})
        chart.update_yaxes(categoryorder="array", categoryarray=[plain(lane.app) for lane in lanes])
        return chart


def _waterfall(steps: Sequence[Step], words: Words) -> dict[str, Any]:
    saved = [step.saved for step in steps]
    return {
        "type": "waterfall",
        "orientation": "h",
        "measure": [
            "absolute" if first else "total" if minutes is None else "relative"
            for first, minutes in zip([True, *[False] * len(steps)], saved, strict=False)
        ],
        "x": [step.end if step.saved is None else -step.saved for step in steps],
        "y": ["<br>".join(plain(line) for line in wrap(step.label, LABEL, 13)) for step in steps],
        "text": [words.number(step.end if step.saved is None else -step.saved, 2) for step in steps],
        "textposition": "outside",
        "cliponaxis": False,
        "hoverinfo": "y+text",
        "connector": {"line": {"color": LIGHT}},
        "decreasing": {"marker": {"color": ACCENT}},
        "totals": {"marker": {"color": MIDDLE}},
    }


def _nothing(what: str, why: str) -> NothingToDrawError:
    return NothingToDrawError(f"there is nothing to draw for {what}: {why}")
