"""What LibreOffice makes of a file: the spreadsheet that is at hand where Excel is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Final, NamedTuple

import pytest

__all__ = ["Seen", "read_by_libreoffice"]

SOFFICE: Final = shutil.which("soffice")
TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
BLANKS: Final = {f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"}
# Elements that would do something: links of cells and shapes, data from elsewhere, macros.
ACTIVE: Final = {"a", "dde-link", "dde-source", "dde-links", "cell-range-source", "table-source", "event-listener"}


class Seen(NamedTuple):
    """
    A file as LibreOffice reads it.

    Args:

        formulas: Cells that compute something, as formulas.

        active: Names of elements that would do something.

        texts: What stands in the cells, white space as single spaces.
    """

    formulas: list[str]
    active: list[str]
    texts: list[str]


def read_by_libreoffice(paths: list[Path], folder: Path) -> list[Seen]:
    """Open spreadsheets in LibreOffice, all in one go, and say what it took them for; `folder` is for what it writes."""
    if not SOFFICE:
        say = pytest.fail if os.environ.get("SHADOW_NEED_DESKTOP") else pytest.skip
        say("no LibreOffice on this machine (`make desktop` installs Debian's): no spreadsheet was opened")
    command = [SOFFICE, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "fods", "--outdir", folder]
    subprocess.run([*command, *paths], capture_output=True, check=True, timeout=120)
    return [_seen(ET.parse(folder / f"{path.stem}.fods").getroot()) for path in paths]  # noqa: S314  written by LibreOffice


def _seen(root: ET.Element) -> Seen:
    cells = list(root.iter(f"{TABLE}table-cell"))
    formulas = [formula for cell in cells if (formula := cell.get(f"{TABLE}formula")) is not None]
    active = [element.tag for element in root.iter() if element.tag.split("}")[-1] in ACTIVE]
    return Seen(formulas, active, [" ".join(_text(cell).split()) for cell in cells])


def _text(element: ET.Element) -> str:
    inner = "".join(_text(child) + (child.tail or "") for child in element)
    return (" " if element.tag in BLANKS else "") + (element.text or "") + inner
