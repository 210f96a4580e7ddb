"""
study.toml: what a consultant says about a study.

A missing key means its default; a key that is not known is refused by name, so that a misspelt threshold cannot pass unseen.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Final, Literal

import msgspec

from shadow.errors import SettingsError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["LANGUAGES", "Settings", "load_settings", "study_toml_template"]

Language = Literal["en", "da", "nb", "sv"]
LANGUAGES: tuple[Language, ...] = ("en", "da", "nb", "sv")


class StudySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[study]`: title, language of the report, cases per day (None = not said), region for phone numbers and dates."""

    title: str = ""
    language: Language = "en"
    cases_per_day: float | None = None
    region: str = "DK"


class ScreenPattern(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[[screens]]`: a screen of `app` whose name matches `match` (a regular expression) is called `name`."""

    app: str
    match: str
    name: str


class CasesSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[cases]`: patterns of case ids as they appear in fields, and the actions that complete a case."""

    id_patterns: tuple[str, ...] = ()
    completion: tuple[str, ...] = ()


class ReportSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[report]`: whether the one or two agents of a small study agreed to a report (contracts, section 6)."""

    agents_agreed: bool = False


class RecordSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[record]`: the allowlist of applications; nothing else is recorded."""

    apps: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of study.toml."""

    study: StudySection = StudySection()
    systems: dict[str, str] = {}
    screens: tuple[ScreenPattern, ...] = ()
    cases: CasesSection = CasesSection()
    report: ReportSection = ReportSection()
    record: RecordSection = RecordSection()
    thresholds: dict[str, float] = {}


SECTIONS: Final[dict[str, type[msgspec.Struct]]] = {
    "": Settings,
    "study": StudySection,
    "screens": ScreenPattern,
    "cases": CasesSection,
    "report": ReportSection,
    "record": RecordSection,
}


def load_settings(path: Path) -> Settings:
    """
    Read a study.toml.

    Raises:

        SettingsError: It is not TOML, a key is not known or a value has the wrong type; the message names the key. Nothing was read.
    """
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} is not UTF-8 text", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"{path.name} is not valid TOML: {fault}", "mend the line it names") from None
    _check_tables(path.name, tree)
    try:
        settings = msgspec.convert(tree, Settings)
    except msgspec.ValidationError as fault:
        raise SettingsError(f"{path.name}: {_named(str(fault))}", "see the comments in a fresh study.toml") from None
    _check_patterns(path.name, settings)
    return settings


def study_toml_template() -> str:
    """The commented study.toml that `shadow init` writes: every key with its default."""
    return files("shadow").joinpath("study_template.toml").read_text(encoding="utf-8")


def _check_tables(file: str, tree: dict[str, object]) -> None:
    """Refuse a wrong type in a section of free keys, which msgspec would not name."""
    for section, kinds, what in (("systems", (str,), "a text"), ("thresholds", (int, float), "a number")):
        table = tree.get(section)
        for key, given in table.items() if isinstance(table, dict) else ():
            if isinstance(given, bool) or not isinstance(given, kinds):
                raise SettingsError(f"{file}: [{section}] {key} is not {what}", "see the comments in a fresh study.toml")


def _check_patterns(file: str, settings: Settings) -> None:
    """Refuse a regular expression that cannot be compiled, naming where it stands."""
    named = [("[cases] id_patterns", p) for p in settings.cases.id_patterns]
    named += [(f"[[screens]] {p.name}", p.match) for p in settings.screens]
    for where, pattern in named:
        try:
            re.compile(pattern)
        except re.error as fault:
            raise SettingsError(f"{file}: {where} is not a regular expression: {fault}", "mend the pattern") from None


def _named(fault: str) -> str:
    """The fault with a did-you-mean where a key is not known."""
    unknown = re.search(r"unknown field `([^`]+)`(?: - at `\$\.?([^`]*)`)?", fault)
    if unknown is None:
        return fault
    key, section = unknown.group(1), re.sub(r"\[.*", "", unknown.group(2) or "")
    near = difflib.get_close_matches(key, SECTIONS[section].__struct_fields__, n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    place = f"[{section}] " if section else ""
    return f"{place}{key} is not a key{hint}"
