"""The page as one HTML file that runs no script and loads nothing; the template escapes all of it."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import sys
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.bccache import Bucket
from markupsafe import Markup

from shadow.report.page import Page, make_page

__all__ = ["render_html"]

TEMPLATES: Final = Path(__file__).parent / "templates"
COMPILED_AS: Final = "escaped-trimmed"


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


class _Compiled(BytecodeCache):
    """The compiled template, where Python keeps its compiled modules; where nothing can be written it is compiled each time."""

    folder: Final = TEMPLATES / "__pycache__"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The template, and by what it is compiled."""
        del filename
        return f"{name}-{version('jinja2')}-{COMPILED_AS}"

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept, unless the template has changed since."""
        with contextlib.suppress(OSError), (self.folder / bucket.key).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, in one step."""
        if not sys.dont_write_bytecode:
            draft = self.folder / f"{bucket.key}.{os.getpid()}"
            with contextlib.suppress(OSError):
                self.folder.mkdir(exist_ok=True)
                draft.write_bytes(bucket.bytecode_to_string())
                draft.replace(self.folder / bucket.key)


@cache
def _template() -> Template:
    # With other options it is compiled otherwise: change COMPILED_AS with them.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_Compiled(),
    )
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
