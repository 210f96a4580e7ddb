"""What shows itself in a notebook: harmless whatever the screens said, and nothing of it from elsewhere."""

import json
import re
from html import unescape
from html.parser import HTMLParser

import polars as pl
import pytest

import shadow
from shadow.interop.importing import import_logs
from shadow.notebook import Case, Chart, Report
from shadow.notebook.plots import Plots
from shadow.notebook.shown import card
from tests.analysis.studies import carried, write_log
from tests.report.example_result import example_result

HOSTILE = """<img src=x onerror=alert(1)>"'</svg><script>alert(2)</script>"""
FIGURES = ("waterfall", "intervals", "effort", "pareto", "sensitivity", "screens", "reentry", "transitions", "case")


class Elements(HTMLParser):
    """The elements of a piece of HTML, with the names of their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def _inert(html: str) -> None:
    found = Elements(html)
    assert set() == found.tags & {"script", "img", "object", "embed", "link"}
    assert [] == [name for name in found.attributes if name.startswith("on")]


def test_study_says_what_it_holds(study):
    """Agents, sessions, cases, events, systems and hours; and no script."""
    html = study._repr_html_()

    assert all(text in html for text in ("<b>study</b>", "480", "50,820", "Helpdesk, Billing, CRM, Notes", "21.1 h"))
    _inert(html)


def test_case_draws_itself_without_a_script(study):
    """A case is an SVG with a lane for each application."""
    html = study.case("s003", 12)._repr_html_()

    assert all(f">{app}<" in html for app in ("Helpdesk", "CRM", "Billing"))
    _inert(html)


def test_hostile_names_stay_text(tmp_path):
    """Markup in the names of screens, studies and files is shown as it is written."""
    stays = pl.DataFrame({"app": [HOSTILE], "screen": [HOSTILE], "start_s": [0.0], "end_s": [1.0], "reentry": [True]})
    for html in (
        Case(HOSTILE, 1, 1.0, 2, "cut", stays)._repr_html_(),
        card(HOSTILE, [(HOSTILE, HOSTILE)], [HOSTILE]),
        Report(tmp_path / HOSTILE.replace("/", ""), "html", "en", 1, page=f"<p>{HOSTILE}")._repr_html_(),
    ):
        _inert(html)


def test_report_shows_its_page_where_no_script_can_run(study, tmp_path):
    """The HTML report stands in a frame that is allowed nothing; what is written is the same page."""
    report = study.report(tmp_path / "report.html", lang="sv")
    frame = re.search(r'<iframe title="report.html" sandbox srcdoc="([^"]*)"', report._repr_html_())

    assert unescape(frame[1]) == (tmp_path / "report.html").read_text("utf-8")
    assert (tmp_path / "report.html").stat().st_size == report.size
    assert 'lang="sv"' in frame[1] or "lang=&#34;sv&#34;" in frame[1]


def test_report_that_cannot_be_is_refused(study, tmp_path):
    """An ending that is no form, and a folder that is not there, are said in one line."""
    with pytest.raises(shadow.ShadowError, match="has no ending that a report can have"):
        study.report(tmp_path / "report.docx")
    with pytest.raises(shadow.ShadowError, match="cannot be written"):
        study.report(tmp_path / "nowhere" / "report.html")
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FIGURES)
def test_figure_cannot_be_shared_and_fetches_nothing(study, name, tmp_path):
    """Each figure is a Plotly figure with a title; shown or written, the button that publishes it is off and nothing comes from a CDN."""
    chart = getattr(study.plot, name)()
    chart.write_html(tmp_path / "chart.html", include_plotlyjs=False)
    shown = chart._repr_mimebundle_()["text/html"], chart.to_html(include_plotlyjs=False), (tmp_path / "chart.html").read_text("utf-8")

    assert isinstance(chart, Chart)
    assert chart.layout.title.text
    for html in shown:
        own = re.sub(r"<script>/\*\*\n\* plotly\.js.*?</script>", "", html, flags=re.DOTALL)
        assert '"showSendToCloud": false' in own
        assert '"displaylogo": false' in own
        assert [] == re.findall(r"(?:src|href)=\S*//|cdn|plotlyServerURL", own, re.IGNORECASE)


def test_library_comes_along_once(study):
    """Of the charts one Python shows, the first brings what draws them, and the others say where it is if it is missing."""
    shown = [study.plot.pareto()._repr_html_() for _ in range(3)]

    assert 1 >= sum(len(html) > 1_000_000 for html in shown)
    assert "run that cell again" in shown[-1]


def test_notebook_does_not_ask_plotly_how_to_show_it(study):
    """Plotly's own way, which fetches a library for formulas, is not taken."""
    assert not callable(study.plot.pareto()._ipython_display_)


def test_figures_draw_what_the_report_draws(study):
    """The waterfall ends at what the result says is left."""
    result = study.result()
    chart = study.plot.waterfall()
    saved = -sum(minutes for minutes, kind in zip(chart.data[0].x, chart.data[0].measure, strict=True) if kind == "relative")

    assert chart.data[0].x[0] == pytest.approx(result["cases"]["seconds_mean"] / 60)
    assert chart.data[0].x[-1] == pytest.approx(chart.data[0].x[0] - saved)
    assert sum(row["per_case"] for row in result["switches"]) == pytest.approx(
        sum(cell for row in study.plot.transitions().data[0].z for cell in row if cell is not None)
    )


def _plots(result):
    return Plots(lambda: result, None, "da")


def test_figures_speak_the_language_of_the_study():
    """Titles and names are the report's own, in Danish here."""
    assert "sager" in _plots(example_result()).pareto().layout.title.text or "skærm" in _plots(example_result()).pareto().layout.title.text


@pytest.mark.parametrize("agents", [1, 2, 4])
def test_few_agents_may_be_worked_on(agents):
    """Below five agents the figures are there for those who work on the study, though the report has ranges or is refused."""
    plots = _plots(example_result(agents=agents))

    assert all(getattr(plots, name)().data for name in FIGURES)


def test_labels_are_no_markup_for_plotly():
    """Plotly reads a little HTML in its texts: names from a screen are escaped for it."""
    result = json.loads(json.dumps(example_result()).replace("CRM", '<a href=\\"https://example.org\\">x</a>'))
    texts = "".join(getattr(_plots(result), name)().to_json() for name in FIGURES)

    assert "example.org" in texts
    assert "<a " not in texts.replace("\\u003c", "<")


def test_nothing_to_draw_says_why(tmp_path):
    """A study without a ranking has no waterfall, and says so in one line."""
    import_logs(
        [write_log(tmp_path / "log.csv", carried(0, "CRM:customer:name", "Desk:ticket:name", "Anna Lind", case="1"))], tmp_path / "study"
    )
    with (
        shadow.open(tmp_path / "study") as study,
        pytest.raises(shadow.ShadowError, match="nothing to draw for a waterfall: no integration"),
    ):
        study.plot.waterfall()
