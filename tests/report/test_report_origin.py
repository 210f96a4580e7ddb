"""The report says truly where its sessions come from."""

from __future__ import annotations

import html

import pytest

from shadow.report.html import render_html
from shadow.settings import LANGUAGES
from tests.report.example_result import example_result

FORGOTTEN = "What was typed is not stored"


def page(origin: str, lang: str = "en") -> str:
    """The text of a report on sessions of this origin."""
    result = example_result()
    result["study"] = {**result["study"], "origin": origin}
    return html.unescape(render_html(result, lang=lang))


@pytest.mark.parametrize(
    ("origin", "another_recorder", "agreed"), [("imported", True, False), ("recorded", False, True), ("both", True, True)]
)
def test_origin(origin: str, *, another_recorder: bool, agreed: bool) -> None:
    """Only imported logs came from another recorder; only recorded sessions were released by their agents. Neither stores what was typed."""
    text = page(origin)

    assert another_recorder is ("came from another recorder" in text)
    assert agreed is ("released" in text.partition("How it was done")[2].partition("The log was cut")[0])
    assert FORGOTTEN in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_three_sentences(lang: str) -> None:
    """Each origin has words of its own in every language."""
    assert 3 == len({page(origin, lang) for origin in ("imported", "recorded", "both")})
