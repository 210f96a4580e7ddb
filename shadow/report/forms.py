"""
The forms a report has, by the ending of its file.

    .html   one page that works offline, without a script
    .pdf    the same on paper
    .xlsx   every table, to count on with
    .pptx   slides whose charts can be edited
    .json   what they all rest on, for programs (`result.schema.json`)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from shadow.errors import ShadowError
from shadow.report.page import make_page

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FORMS", "UnknownFormError", "form_of", "render"]

# Each is loaded only where it is asked for: what writes PDF or slides takes longer to start than the whole HTML.
FORMS: Final = {".html": "html", ".pdf": "pdf", ".xlsx": "xlsx", ".pptx": "pptx", ".json": "json"}


class UnknownFormError(ShadowError, ValueError):
    """An ending that no form of the report has."""


def form_of(path: Path) -> str:
    """
    The form that a file name asks for.

    Raises:

        UnknownFormError: None; the message says which there are.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        reason = f"{path} has no ending that a report can have"
        raise UnknownFormError(reason, f"give -o a name that ends in {', '.join(FORMS)}")
    return form


def render(result: dict[str, Any], form: str, *, lang: str, interactive: bool = False) -> bytes:
    """
    The report of a result document, as the content of a file.

    Args:

        result: The result document of the analysis.

        form: `html`, `pdf`, `xlsx`, `pptx` or `json`.

        lang: Its language: `en`, `da`, `nb` or `sv`.

        interactive: Of HTML only: add the charts that answer to the pointer.

    Raises:

        ReportRefusedError: There are too few agents; the message says what to do.

        UnknownLanguageError: The report does not speak the language.
    """
    maker = getattr(import_module(f"shadow.report.{form}"), f"render_{form}")
    if form == "html":
        page: str = maker(result, lang=lang, interactive=interactive)
        return page.encode()
    content: bytes = maker(make_page(result, lang))
    return content
