"""Text from somebody's screen stays text, wherever it is shown."""

import pytest
from markupsafe import escape

from shadow.report.html import render_html
from tests.report.example_result import example_result
from tests.report.hostile import PAYLOADS, poisoned
from tests.report.test_report_html import Page


def unknown_words(result, payload):
    """The same document with the payload also where a word of ours is expected."""
    for row in result["rank"][:3]:
        row |= {"kind": payload, "evidence": payload}
    for row in result["reentry"]:
        row |= {"mode": payload, "relation": payload}
    result["cases"]["how"] = {payload: 3}
    result["study"] |= {"first_day": payload, "last_day": payload}
    return result


@pytest.fixture(name="clean", scope="module")
def _clean():
    return Page(render_html(example_result(agents=3), lang="en"))


@pytest.mark.parametrize("payload", PAYLOADS.values(), ids=PAYLOADS)
def test_payload_makes_no_element_and_no_attribute(clean, payload):
    """With a payload in every text, also where a word of ours is expected, the page is made of what our own template makes."""
    page = render_html(unknown_words(poisoned(example_result(agents=3), payload), payload), lang="en")
    dirty = Page(page)

    assert {tag for tag, *_ in dirty.elements} <= {tag for tag, *_ in clean.elements} | {"title"}
    assert {name for _, attrs, _ in dirty.elements for name in attrs} <= {name for _, attrs, _ in clean.elements for name in attrs}
    assert {attrs["href"] for attrs in dirty.all("a")} <= {attrs["href"] for attrs in clean.all("a")}
    assert set() == set("\u202e\u2066\u200f\u2028\u2029\x00\x07\x1b\x7f\x85") & set(page)


def test_templates_are_not_filled_in():
    """What a template, a format or a translation would fill in stays as it was written."""
    payloads = [PAYLOADS[name] for name in ("template value", "template statement", "format", "gettext")]
    page = render_html(poisoned(example_result(), " ".join(payloads)), lang="da")

    assert [] == [payload for payload in payloads if str(escape(payload)) not in page]
    assert "1337" not in page.replace("}1337{", "")


def test_long_text_does_not_blow_up_the_page():
    """A text of a million characters is cut; the page stays under 300 kB."""
    page = render_html(poisoned(example_result(), "x" * 1_000_000), lang="en")

    assert len(page) < 300_000
