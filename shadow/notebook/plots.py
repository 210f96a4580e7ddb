"""
The report's figures, to be pointed at: the same numbers, labels and titles, as Plotly has them.

    result ---> working view ---> data of the report's figures ---> Chart
                (what is shown)   (shadow.report.figures)           (shadow.notebook.charts)

Nothing is computed here. With five agents or more a figure shows what the report shows; with fewer it shows all, for those who work on the
study: it is no report. None of them is per agent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shadow.errors import ShadowError
from shadow.notebook.charts import Chart
from shadow.notebook.traces import effort_trace, lane_traces, pareto_trace, tornado_traces, waterfall_trace
from shadow.report.disclosure import working_view
from shadow.report.explorer import intervals_chart, layout, plain, reentry_chart, screens_chart
from shadow.report.figures.effort import CLASSES as EFFORTS
from shadow.report.figures.effort import effort_data, effort_in_words, effort_section
from shadow.report.figures.pareto import pareto_data, pareto_section
from shadow.report.figures.reentry import reentry_section
from shadow.report.figures.sensitivity import sensitivity_section, tornado_data
from shadow.report.figures.svg import MIDDLE
from shadow.report.figures.switches import switches_section
from shadow.report.figures.typical_case import case_data, typical_case_section
from shadow.report.figures.waterfall import waterfall_data, waterfall_section
from shadow.report.texts import Words, tidy

if TYPE_CHECKING:
    from collections.abc import Callable

    from shadow.notebook.shown import Case
    from shadow.report.disclosure import Result
    from shadow.report.figures.blocks import Section

__all__ = ["NothingToDrawError", "Plots"]

# Rows that can still be read.
DRAWN = 12
# Of an axis, so that what stands behind the longest bar has room.
ROOM = 1.2
# Bars of two kinds on one line, told apart above them.
OVERLAID = {
    "barmode": "overlay",
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    "margin": {"l": 20, "r": 20, "t": 84, "b": 50},
}


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
        return Chart(
            data=[waterfall_trace(steps, self._words)], layout=self._laid_out(waterfall_section(result, self._words), "", len(steps))
        )

    def intervals(self) -> Chart:
        """
        What each integration saves alone, with its 90 % interval.

        Units: minutes per case.

        >>> len(study.plot.intervals().data[0].y) > 5
        True
        """
        return self._from_report(intervals_chart(self._result(), self._words), "intervals", "no integration was ranked")

    def effort(self) -> Chart:
        """
        Minutes per case of each integration alone, with its interval, by the effort it takes to build.

        Units: minutes per case; effort classes are assumed by kind unless study.toml says otherwise.

        >>> study.plot.effort().layout.xaxis.categoryarray
        ('Small', 'Medium', 'Large')
        """
        result, words = self._result(), self._words
        dots = effort_data(result, words)
        if not dots:
            raise _nothing("effort against minutes", "no integration was ranked")
        chart = Chart(
            data=[effort_trace(dots, words)],
            layout=self._laid_out(effort_section(result, words), "", DRAWN) | {"yaxis": {"rangemode": "tozero"}},
        )
        classes = [effort_in_words(effort, words) for effort in EFFORTS]
        chart.update_xaxes(type="category", categoryorder="array", categoryarray=classes, range=[-0.5, len(classes) - 0.5], rangemode=None)
        chart.update_yaxes(title_text=plain(words.say("Minutes per case")))
        return chart

    def pareto(self) -> Chart:
        """
        The screens where time is lost, largest first, with the share that they and those before them hold.

        Units: excess seconds per case: time beyond what the actions there take at the agents' own pace.

        >>> study.plot.pareto().data[0].type
        'bar'
        """
        result, words = self._result(), self._words
        data = pareto_data(result, words)[:DRAWN]
        if not data:
            raise _nothing("a Pareto", "no screen takes more time than its actions do")
        laid_out = self._laid_out(pareto_section(result, words), words.say("Excess per case"), len(data))
        chart = Chart(data=[pareto_trace(data, words)], layout=laid_out)
        chart.update_xaxes(range=[0, ROOM * max(entry.seconds for entry in data)])
        return chart

    def sensitivity(self) -> Chart:
        """
        How far the saving of all ranked integrations moves with each assumption, one at a time (a tornado).

        Units: minutes per case.

        >>> len(study.plot.sensitivity().data)
        2
        """
        result, words = self._result(), self._words
        swings = tornado_data(result, words)
        if not swings:
            raise _nothing("a tornado", "no integration was ranked")
        laid_out = self._laid_out(sensitivity_section(result, words), words.say("Minutes per case"), len(swings))
        chart = Chart(data=tornado_traces(swings, result["total"]["minutes_per_case"], words), layout=laid_out | OVERLAID)
        chart.update_xaxes(rangemode="normal")
        return chart

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
        laid_out = layout(words, title, words.say("Seconds"), len(lanes)) | OVERLAID
        chart = Chart(data=lane_traces(lanes, stays, words), layout=laid_out)
        chart.update_yaxes(categoryorder="array", categoryarray=[plain(lane.app) for lane in lanes])
        return chart


def _nothing(what: str, why: str) -> NothingToDrawError:
    return NothingToDrawError(f"there is nothing to draw for {what}: {why}")
