"""Hostile text in a real Chromium: nothing runs, nothing is asked for, and all of it is there to read."""

import re
from itertools import cycle, product

import pikepdf
import pypdfium2
import pytest

from shadow.report.html import render_html
from shadow.report.texts import tidy
from tests.report.browser import opened
from tests.report.example_result import example_result
from tests.report.hostile import FORMULAS, PAYLOADS, SEEN, UNSEEN, groups, marked, poisoned

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
# What a page is made of, and what a reader can read of it.
LOOK = """() => {
  const all = [...document.querySelectorAll('*')];
  return {
    made: [...new Set(all.flatMap(e => [e.localName, ...[...e.attributes].map(a => e.localName + ' ' + a.name)]))],
    targets: [...new Set(all.flatMap(e => [...e.attributes].filter(a => /href|src|action/.test(a.name)).map(a => a.value[0])))],
    text: document.documentElement.textContent,
    frames: window.length,
    policy: document.querySelector('meta[http-equiv]').content,
  };
}"""


def one_line(text):
    """The text as it looks on a page, where white space is white space."""
    return " ".join(text.split())


@pytest.fixture(name="ours", scope="module")
def _ours(browser, tmp_path_factory):
    """The elements and attributes that pages without any payload are made of."""
    path = tmp_path_factory.mktemp("ours") / "report.html"
    made = {"svg title", "title"}  # a text that was shortened has the whole as its tip
    with opened(browser) as seen:
        for agents, lang in product((3, 8), ("en", "da")):  # sources are quoted in English, which another language says
            path.write_text(render_html(example_result(agents=agents), lang=lang), encoding="utf-8")
            seen.visit(path)
            made |= set(seen.page.evaluate(LOOK)["made"])
    return made


def assert_inert(seen, path, ours):
    """The page ran nothing, asked for nothing but itself, and is made of what our own template makes; returns what it looks like."""
    seen.visit(path)
    look = seen.page.evaluate(LOOK)

    assert [] == seen.executed
    assert [path.as_uri()] == seen.requests
    assert set() == set(look["made"]) - ours
    assert {"#"} >= set(look["targets"])
    assert (0, POLICY) == (look["frames"], look["policy"])
    return look


def test_payloads_of_a_log_are_read_and_not_run(browser, hostile_studies, ours, tmp_path):
    """Each payload in each field of a log or study.toml stands in the report word for word, in Danish as in English, and does nothing."""
    path = tmp_path / "report.html"
    missing, disclosed = [], []
    with opened(browser) as seen:
        for (payloads, _, result), lang in zip(hostile_studies, cycle(("en", "da")), strict=False):
            path.write_text(render_html(result, lang=lang), encoding="utf-8")
            text = one_line(assert_inert(seen, path, ours)["text"])
            missing += [(p, field) for p in payloads for field in SEEN if one_line(tidy(marked(p, field))) not in text]
            disclosed += [field for field in UNSEEN if f"in-{field}" in text]

    assert [] == missing
    assert [] == disclosed


def test_payloads_in_every_text_of_a_result_are_not_run(browser, ours, tmp_path):
    """With payloads in every text of a result nothing runs, though the browser does not keep the policy of the page."""
    path = tmp_path / "report.html"
    with opened(browser, policy=False) as seen:
        for payloads, agents in zip(groups(), cycle((8, 3)), strict=False):
            path.write_text(render_html(poisoned(example_result(agents=agents), " ".join(payloads)), lang="en"), encoding="utf-8")
            assert_inert(seen, path, ours)


def test_browser_would_tell_what_runs(browser, tmp_path):
    """Payloads written into a page as they are do run and ask for things, and the browser says so: the other tests can fail."""
    path = tmp_path / "naive.html"
    ran, asked = set(), set()
    with opened(browser) as seen:
        for name in sorted(PAYLOADS.keys() - FORMULAS.keys()):
            payload = PAYLOADS[name]
            page = f'<!doctype html><title>{payload}</title><style>i{{color:{payload}}}</style><i title="{payload}">{payload}</i>'
            path.write_text(page, encoding="utf-8")
            seen.visit(path)
            ran |= {name} if "console: executed" in seen.executed else set()
            asked |= {name} if seen.requests[1:] else set()

    assert {
        "script", "event handler", "svg onload", "svg script", "end of title", "end of style", "end of script", "end of attribute",
        "data address", "srcdoc", "details", "directions",
    } <= ran  # fmt: skip
    assert {"script from elsewhere", "picture from elsewhere", "css", "base"} <= asked


def explored(payload_groups):
    """A result with other payloads in each row that the appendix draws."""
    result = example_result()
    for rows in (result["rank"], result["reentry"], result["friction"]["screen"]):
        rows[:] = [poisoned(row, " ".join(payloads)) for row, payloads in zip(rows, payload_groups, strict=False)]
    return result


@pytest.mark.parametrize("half", [0, 1])
def test_payloads_are_drawn_and_not_run_by_the_explorer(browser, tmp_path, half):
    """The appendix draws its charts with payloads in every label; nothing runs but its own scripts, and no button shares a chart."""
    path, mine = tmp_path / "report.html", groups()[half::2]
    path.write_text(render_html(explored(mine), lang="en", interactive=True), encoding="utf-8")
    with opened(browser) as seen:
        seen.visit(path)
        seen.page.locator(".explorer .sankey-link").first.wait_for()
        for chart, point in ((0, 0), (2, 1)):
            seen.page.evaluate(
                "([c, p]) => Plotly.Fx.hover(document.querySelectorAll('.explorer')[c], [{curveNumber: 0, pointNumber: p}])", [chart, point]
            )
        buttons = seen.page.locator(".modebar-btn").evaluate_all("found => found.map(button => button.dataset.title)")
        links = seen.page.locator("#explorer a[href], #explorer a[*|href]").count()
        charts = seen.page.locator(".explorer.js-plotly-plot").count()
        text = one_line(seen.page.locator("#explorer").text_content())

    assert [] == seen.executed
    assert [path.as_uri()] == seen.requests
    assert (3, 0) == (charts, links)
    assert [] == [payloads for payloads in mine if one_line(tidy(" ".join(payloads))) not in text]
    assert [] == [title for title in buttons if re.search("share|cloud|edit|plotly", title, re.IGNORECASE)]


def test_report_prints(browser, hostile_studies, tmp_path):
    """Chromium prints the report on A4; the paper has the texts, and no action or address that a reader could be sent to."""
    payloads, _, result = hostile_studies[0]
    path, paper = tmp_path / "report.html", tmp_path / "report.pdf"
    path.write_text(render_html(result, lang="da"), encoding="utf-8")
    with opened(browser) as seen:
        seen.visit(path)
        seen.page.pdf(path=paper, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(paper) as document:
        sizes = {tuple(round(side) for side in page.get_size()) for page in document}
        text = one_line(" ".join(page.get_textpage().get_text_bounded() for page in document))
    with pikepdf.open(paper) as document:
        actions = [action for page in document.pages for note in page.get("/Annots", []) if (action := note.get("/A")) is not None]

    assert {(595, 842)} == sizes
    assert [] == [payload for payload in payloads if marked(one_line(payload), "app") not in text]
    assert [] == actions
