"""Whoever reads by keyboard, by screen reader, large, or on a telephone reads the same report: checked in a real Chromium, with axe-core."""

from functools import cache
from importlib.resources import files
from itertools import product

import pytest

from shadow.report.html import render_html
from shadow.report.texts import LANGUAGES
from tests.report.browser import opened
from tests.report.example_result import example_result
from tests.report.hostile import PAYLOADS, poisoned

WIDE, NARROW = 1280, 360
# Few agents bring other tables and a notice.
AGENTS = (2, 4, 8)
CHECK = """async rules => {
  const found = await axe.run(document, {resultTypes: ['violations'], preload: false, rules});
  return found.violations.map(({id, nodes}) => `${id}: ${nodes[0].html}`);
}"""
# By far the slowest rule, and colours are the same in every language.
NO_COLOURS = {"color-contrast": {"enabled": False}}
FOCUSED = "[document.activeElement.getAttribute('href'), getComputedStyle(document.activeElement).outlineStyle]"
IN_VIEW = """() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.width > 0 && box.left >= 0 && box.right <= innerWidth && box.top >= 0 && box.bottom <= innerHeight;
}"""


@cache
def axe():
    """The program, as its package brings it."""
    return (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(seen, rules):
    """What axe-core finds on the page that is open: rule and first element."""
    seen.page.evaluate(axe())
    return seen.page.evaluate(CHECK, rules)


def too_wide(seen):
    """Pixels by which the page is wider than the window."""
    return seen.page.evaluate("document.documentElement.scrollWidth - innerWidth")


def report(path, lang="en", agents=8, *, payload=None, interactive=False):
    """A report of the example, written to the path."""
    result = example_result(agents=agents, agents_agreed=True)
    if payload:
        result = poisoned(result, payload)
    path.write_text(render_html(result, lang=lang, interactive=interactive), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("lang", "width", "agents"), [("en", WIDE, 2), ("en", WIDE, 8), ("da", NARROW, 8), ("nb", WIDE, 4), ("sv", NARROW, 2)]
)
def test_axe_finds_nothing(browser, tmp_path, lang, width, agents):
    """No rule of axe-core is broken: every language, wide and narrow, and with two, four and eight agents is among the pages."""
    with opened(browser, width=width, policy=False) as seen:
        seen.visit(report(tmp_path / "report.html", lang, agents))

        assert [] == violations(seen, {} if lang == "en" else NO_COLOURS)


@pytest.mark.parametrize(("width", "teams"), [(WIDE, AGENTS[-1:]), (NARROW, AGENTS)])
def test_nothing_is_cut_off_at_the_side(browser, tmp_path, width, teams):
    """In no language is the page wider than the window; on a telephone, with two, four or eight agents."""
    wide = {}
    with opened(browser, width=width) as seen:
        for lang, agents in product(LANGUAGES, teams):
            seen.visit(report(tmp_path / "report.html", lang, agents))
            wide[lang, agents] = too_wide(seen)

    assert {0} == set(wide.values()), wide


def test_axe_finds_nothing_in_the_explorer(browser, tmp_path):
    """The appendix with its charts breaks no rule either, and stays inside the window when that becomes a telephone's."""
    with opened(browser, width=WIDE, policy=False) as seen:
        seen.visit(report(tmp_path / "report.html", interactive=True))
        seen.page.locator(".explorer .sankey-link").first.wait_for()

        assert [] == violations(seen, {})
        assert 0 == too_wide(seen)
        seen.page.set_viewport_size({"width": NARROW, "height": 800})
        seen.page.wait_for_function("document.documentElement.scrollWidth === innerWidth", timeout=5000)


def test_axe_finds_what_is_planted(browser, tmp_path):
    """A picture without a text, a pale text, a page without a language and a link without a name are found: the other tests can fail."""
    path = report(tmp_path / "report.html")
    bad = '<img src="data:,"><p style="color:#aaa">pale</p><a href="#main"></a></main>'
    path.write_text(path.read_text(encoding="utf-8").replace('<html lang="en">', "<html>").replace("</main>", bad), encoding="utf-8")
    with opened(browser, policy=False) as seen:
        seen.visit(path)
        found = violations(seen, {})

    assert ["color-contrast", "html-has-lang", "image-alt", "link-name"] == sorted(each.split(":")[0] for each in found)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_everything_is_reached_by_keyboard(browser, tmp_path, width):
    """Tab comes first to the way past the contents, then to every link in its order, each with a ring and in view."""
    with opened(browser, width=width) as seen:
        seen.visit(report(tmp_path / "report.html"))
        links = seen.page.locator("a").evaluate_all("found => found.map(link => link.getAttribute('href'))")
        stops = []
        for _ in links:
            seen.page.keyboard.press("Tab")
            seen.page.wait_for_function(IN_VIEW, timeout=5000)
            stops.append(seen.page.evaluate(FOCUSED))

    assert "#main" == links[0]
    assert [[link, "solid"] for link in links] == stops


def test_skip_link_skips(browser, tmp_path):
    """Enter on the first link goes to the content: the next stop is in it."""
    with opened(browser) as seen:
        seen.visit(report(tmp_path / "report.html"))
        for key in ("Tab", "Enter", "Tab"):
            seen.page.keyboard.press(key)

        assert seen.page.evaluate("location.hash === '#main' && document.activeElement.closest('main') !== null")


@pytest.mark.parametrize("name", ["long word", "typst file", "directions"])
def test_strange_names_do_not_widen_the_page(browser, tmp_path, name):
    """A name without a space, or with signs that turn the direction, stays inside a telephone's screen."""
    with opened(browser, width=NARROW) as seen:
        seen.visit(report(tmp_path / "report.html", payload=PAYLOADS[name]))

        assert 0 == too_wide(seen)
