"""
study.toml, read: what a consultant says about a study, checked before anything is done with it.

A key that is not known is refused by name, so that a misspelt threshold cannot pass unseen. What the environment says (`shadow.environment`)
goes before what the file says; what may be said, and the defaults, are in `shadow.settings`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from shadow.environment import said_by_environment, variable_of
from shadow.errors import SettingsError
from shadow.settings import SECTIONS, RecordSection, Settings, hotkey_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["load_settings", "read_toml", "study_toml_template"]


def load_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """
    Read a study.toml, and lay over it what the environment says.

    Args:

        path: The file.

        environ: Variables by name; None = none.

    Raises:

        SettingsError: It is not TOML, a key is not known or a value has the wrong type; the message names the key or the variable.
            Nothing was read.
    """
    tree = read_toml(path)
    _convert(path.name, tree)  # what is wrong in the file is told as the file's, also where a variable goes before it
    said = said_by_environment({**SECTIONS, "systems": dict[str, str], "thresholds": dict[str, float]}, environ or {})
    for (section, key), value in said.items():
        tree.setdefault(section, {})[key] = value
    settings = _convert(path.name, tree)
    _check_patterns(path.name, settings)
    _check_hotkeys(path.name, settings.record, {key for section, key in said if section == "record"})
    _check_plain(path.name, settings)
    return settings


def read_toml(path: Path) -> dict[str, Any]:
    """
    A study.toml as it stands.

    Raises:

        SettingsError: It is not UTF-8 text or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name} is not UTF-8 text", "save it as UTF-8") from None
    except tomllib.TOMLDecodeError as fault:
        raise SettingsError(f"{path.name} is not valid TOML: {fault}", "mend the line it names") from None


def _convert(file: str, tree: dict[str, Any]) -> Settings:
    _check_tables(file, tree)
    try:
        return msgspec.convert(tree, Settings)
    except msgspec.ValidationError as fault:
        raise SettingsError(f"{file}: {_named(str(fault))}", "see the comments in a fresh study.toml") from None


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


def _check_hotkeys(file: str, record: RecordSection, by_variable: set[str]) -> None:
    """Refuse a combination that is none, that types something, or that both keys share."""
    taken: dict[tuple[str, ...], str] = {}
    for name in ("pause_key", "mark_key"):
        try:
            parts = hotkey_parts(getattr(record, name))
        except ValueError as fault:
            place = variable_of("record", name) if name in by_variable else f"{file}: [record] {name}"
            raise SettingsError(f"{place} {fault}", "see the comments in a fresh study.toml") from None
        if parts in taken:
            raise SettingsError(f"{file}: [record] {taken[parts]} and {name} are the same keys", "give each its own")
        taken[parts] = name


def _check_plain(file: str, settings: Settings) -> None:
    """Refuse what could hide a part of the notice from its reader: line ends, control characters, changes of direction."""
    for where, text in _shown_texts(settings):
        if not text.isprintable():
            raise SettingsError(f"{file}: {where} holds a character that cannot be printed", "write it as one line of plain text")


def _shown_texts(settings: Settings) -> Iterator[tuple[str, str]]:
    """What study.toml adds to the notice, with its place."""
    for section, table in (("record", settings.record), ("consent", settings.consent), ("keys", settings.keys)):
        for name in table.__struct_fields__:
            value = getattr(table, name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    yield f"[{section}] {name}", text


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
