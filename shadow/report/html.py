"""The page as one HTML file that runs no script and loads nothing; the template escapes all of it."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from shadow.report.page import Page, make_page

__all__ = ["render_html"]

TEMPLATES: Final = Path(__file__).parent / "templates"


def render_html(result: dict[str, Any], *, lang: str, interactive: bool = False) -> str:
    """
    The report of a study, as one HTML document.

    Args:

        result: The result document of the analysis.

        lang: Language of the report: `en`, `da`, `nb` or `sv`.

        interactive: Add an appendix of charts that answer to the pointer. It brings a script of some 5 MB into the file; without it
            there is none.

    Returns:

        HTML, complete in itself.

    Raises:

        ReportRefusedError: There are too few agents; the message says what to do.

        UnknownLanguageError: The report does not speak the language.
    """
    page = make_page(result, lang)
    scripts = _scripts(page) if interactive else ()
    return _template().render(
        words=page.words,
        say=page.words.say,
        count=page.words.count,
        page=page,
        css=_css(),
        scripts=scripts,
        script_sources=_script_sources(scripts),
    )


@cache
def _template() -> Template:
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report.html.j2")


@cache
def _css() -> Markup:
    return Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))  # noqa: S704  our own file


def _scripts(page: Page) -> tuple[Markup, ...]:
    from shadow.report.explorer import scripts  # noqa: PLC0415  plotly is loaded only where it is asked for

    return scripts(page.result, page.words)


def _script_sources(scripts: tuple[Markup, ...]) -> str:
    """The content-security rule that lets these scripts run and no other: their digests."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)
