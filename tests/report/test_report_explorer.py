"""The appendix that answers to the pointer: inside the file, and it can send nothing."""

import html
import json
import re
import shutil
import subprocess
import sys

import pytest

from shadow.report.disclosure import permitted
from shadow.report.explorer import CONFIG, charts
from shadow.report.html import render_html
from shadow.report.texts import Words
from tests.report.example_result import example_result


@pytest.fixture(name="page", scope="module")
def _page():
    return render_html(example_result(), lang="da", interactive=True)


def test_only_these_scripts_may_run(page):
    """The policy lists the digests of the three scripts of the page and allows no other source."""
    policy = html.unescape(re.search(r'content="(default-src[^"]*)"', page).group(1))

    assert re.fullmatch(
        r"default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src( 'sha256-[A-Za-z0-9+/=]{44}'){3}",
        policy,
    )
    assert [] == re.findall(r"<script[^>]+src=", page)


def test_nothing_can_be_uploaded():
    """The button that would publish a chart is off, and so is the maker's mark."""
    assert {"showSendToCloud": False, "displaylogo": False} == {key: CONFIG[key] for key in ("showSendToCloud", "displaylogo")}


def test_data_of_the_appendix_is_what_the_report_may_show():
    """With 4 agents the appendix has ranges and screens too: no field is in it."""
    shown = json.dumps(charts(permitted(example_result(agents=4)), Words("en")))
    labels = {row["label"] or row["field"] for row in example_result()["friction"]["field"]} - {"Title", "text"}

    assert [] == [label for label in labels if f'"{label}' in shown or f" {label}" in shown]


def test_normal_report_never_imports_plotly():
    """Without the appendix plotly is not even loaded."""
    code = "import sys, shadow.report.html; sys.exit('plotly' in sys.modules)"
    assert 0 == subprocess.run([sys.executable, "-c", code], check=False).returncode


def test_charts_are_drawn_in_a_browser(page, tmp_path):
    """Chromium draws the three charts under the policy, and no button offers to share one."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine: only the text of the page was checked")
    path = tmp_path / "report.html"
    path.write_text(page, encoding="utf-8")
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={tmp_path / 'profile'}",
        "--virtual-time-budget=4000",
    )
    dom = subprocess.run([chromium, *flags, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=90, check=True).stdout
    titles = set(re.findall(r'data-title="([^"]+)"', dom))

    assert 3 == dom.count('<div class="explorer js-plotly-plot"')
    assert titles
    assert set() == {title for title in titles if "hare" in title or "loud" in title}
