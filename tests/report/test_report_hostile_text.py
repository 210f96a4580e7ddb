"""Text from somebody's screen stays text, wherever it is shown."""

import shutil
import subprocess
from pathlib import Path

import pytest

from shadow.report import render_html
from tests.report.example_result import example_result
from tests.report.test_report_html import Page

MARK = "document.title='executed'"
PAYLOADS = (
    f"<script>{MARK}</script>",
    f"<img src=x onerror={MARK}>",
    f"<svg onload={MARK}>",
    f"</title><script>{MARK}</script>",
    f"</style><script>{MARK}</script>",
    f"</svg><script>{MARK}</script>",
    f"</script><script>{MARK}</script>",
    f'" onmouseover="{MARK}" x="',
    f"' autofocus onfocus='{MARK}' x='",
    f"javascript:{MARK}",
    f"<a href=javascript:{MARK}>x</a>",
    f"<iframe srcdoc='<script>parent.{MARK}</script>'>",
    f"<math><mtext><style><img src=x onerror={MARK}></style></mtext></math>",
    f"<details open ontoggle={MARK}>",
    f"<!--><script>{MARK}</script-->",
    f"<![CDATA[<script>{MARK}</script>]]>",
    f"&lt;script&gt;{MARK}&lt;/script&gt;",
    f"{{{{ 7*7 }}}}<b onclick={MARK}>{{% raw %}}",
    "{name.__class__} {0} %s %(x)s {",
    f"\u202e<script>{MARK}</script>\u2066\x00\x1b[31m",
    f"<plaintext><script>{MARK}</script>",
    f"<base href=//evil.example/><form action=//evil.example><input autofocus onfocus={MARK}>",
)
# Values that other parts of the document are found by; a log cannot choose them.
FIXED = {"kind", "evidence", "mode", "relation", "code", "language", "first_day", "last_day", "how", "origin"}


def poisoned(value, payload):
    """The same document with the payload in every text."""
    if isinstance(value, dict):
        return {key: item if key in FIXED else poisoned(item, payload) for key, item in value.items()}
    if isinstance(value, list):
        return [poisoned(item, payload) for item in value]
    return f"{payload} {value}" if isinstance(value, str) else value


def unknown_words(result, payload):
    """The same document with the payload also where a word of ours is expected."""
    for row in result["rank"][:3]:
        row |= {"kind": payload, "evidence": payload}
    for row in result["reentry"]:
        row |= {"mode": payload, "relation": payload}
    result["cases"]["how"] = {payload: 3}
    result["study"] |= {"first_day": payload, "last_day": payload}
    return result


@pytest.mark.parametrize("agents", [3, 8])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_makes_no_element_and_no_attribute(payload, agents):
    """With a payload in every text the page has no element, attribute or address that our own template does not make."""
    result = example_result(agents=agents)
    clean = Page(render_html(result, lang="en"))
    page = render_html(unknown_words(poisoned(result, payload), payload), lang="en")
    dirty = Page(page)

    assert {tag for tag, *_ in dirty.elements} <= {tag for tag, *_ in clean.elements} | {"title"}
    assert {name for _, attrs, _ in dirty.elements for name in attrs} <= {name for _, attrs, _ in clean.elements for name in attrs}
    assert {attrs["href"] for attrs in dirty.all("a")} <= {attrs["href"] for attrs in clean.all("a")}
    assert "49" not in page.split("<main")[0].split("<h1>")[0].split("</style>")[1] if "7*7" in payload else True
    assert set() == set("\u202e\u2066\x00\x1b") & set(page)


def test_long_text_does_not_blow_up_the_page():
    """A text of a million characters is cut; the page stays under 300 kB."""
    page = render_html(poisoned(example_result(), "x" * 1_000_000), lang="en")

    assert len(page) < 300_000


@pytest.mark.parametrize("interactive", [False, True])
def test_nothing_runs_in_a_browser(tmp_path, interactive):
    """Chromium loads a page poisoned with every payload and executes none of them."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not chromium:
        pytest.skip("no Chromium on this machine: only the parsed page was checked")
    result = example_result()
    for payload in PAYLOADS:
        extra = poisoned(example_result(), payload)
        for key in ("rank", "reentry", "marks", "warnings", "assumptions", "switches"):
            result[key] += extra[key][:1]
        for key in ("screen", "field", "app"):
            result["friction"][key] += extra["friction"][key][:1]
    result["study"]["title"] = " ".join(PAYLOADS)[:390]
    page = tmp_path / "report.html"
    page.write_text(render_html(result, lang="en", interactive=interactive), encoding="utf-8")

    dom = _dom(chromium, page, tmp_path)

    assert "<title>Three small integrations" in dom
    assert "executed</title>" not in dom


def _dom(chromium: str, page: Path, folder: Path) -> str:
    flags = (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        f"--user-data-dir={folder / 'profile'}",
        "--virtual-time-budget=4000",
    )
    done = subprocess.run([chromium, *flags, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=90, check=True)
    return done.stdout
