"""Arguments and options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["JsonOption", "Language", "StudyArgument", "StudyOption"]


class Language(StrEnum):
    """Languages of everything that a client or an agent reads."""

    en = "en"
    da = "da"
    nb = "nb"
    sv = "sv"


StudyArgument = Annotated[Path, typer.Argument(metavar="STUDY", help="The study folder.", show_default=False)]
StudyOption = Annotated[Path, typer.Option("--study", metavar="STUDY", help="The study folder.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
