"""
Every setting of a study with the place its value came from, for `shadow config`.

    option  >  environment  >  study.toml  >  default
                   what it means stands once, in the commented study.toml
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from shadow.environment import AGREED, LISTS, said_by_environment, variable_of
from shadow.settings import SECTIONS, Settings
from shadow.study import STUDY_TOML
from shadow.study_toml import read_toml, study_toml_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from shadow.study import Study

__all__ = ["Setting", "explain_settings"]

Origin = Literal["option", "environment", "study.toml", "default"]

# Of what is counted or measured outside [thresholds], whose units stand with their sources.
UNITS: Final = {("study", "cases_per_day"): "cases a day", ("record", "hours"): "h", ("consent", "retention_days"): "days"}
_HEADER: Final = re.compile(r"(?:# )?\[+([a-z_.]+)\]+")
_KEY: Final = re.compile(r"(?:# )?([a-z_]+) += [^#]*(?:# (.*))?")


@dataclass(frozen=True, slots=True)
class Setting:
    """
    One setting as it holds.

    Args:

        section: Its section in study.toml.

        key: Its key there.

        value: What holds; None = not said.

        origin: Where that came from.

        variable: The environment variable that would say it; None if only study.toml does.

        unit: Of a number; empty if it has none.

        meaning: One line of what it does.
    """

    section: str
    key: str
    value: Any
    origin: Origin
    variable: str | None
    unit: str
    meaning: str


def explain_settings(
    study: Study, options: Mapping[tuple[str, str], Any], thresholds: Mapping[str, tuple[float, str]]
) -> Iterator[Setting]:
    """
    Every setting, in the order of study.toml.

    Args:

        study: The study.

        options: What options of the command say, by section and key.

        thresholds: Default and unit of each threshold.

    Raises:

        SettingsError: A setting cannot be understood.
    """
    settings, tree = study.settings, read_toml(study.folder / STUDY_TOML)
    by_variable = said_by_environment({**SECTIONS, "thresholds": dict[str, float]}, os.environ)
    meanings = _meanings(study_toml_template())
    for section, key, value, unit in _values(settings, thresholds):
        said: Origin = "study.toml" if _is_in(tree, section, key) else "default"
        place = section, key
        yield Setting(
            section,
            key,
            options.get(place, value),
            "option" if place in options else "environment" if place in by_variable else said,
            None if section in {*AGREED, *LISTS} or isinstance(value, (tuple, dict)) else variable_of(section, key),
            unit,
            meanings.get(place) or meanings.get((section, ""), ""),
        )


def _values(settings: Settings, thresholds: Mapping[str, tuple[float, str]]) -> Iterator[tuple[str, str, Any, str]]:
    """Section, key, value and unit of each."""
    for section in Settings.__struct_fields__:
        held = getattr(settings, section)
        if section == "thresholds":
            yield from ((section, name, held.get(name, default), unit) for name, (default, unit) in thresholds.items())
        elif isinstance(held, (dict, tuple)):
            yield section, "", held, ""
        else:
            yield from ((section, key, getattr(held, key), UNITS.get((section, key), "")) for key in held.__struct_fields__)


def _is_in(tree: dict[str, Any], section: str, key: str) -> bool:
    table = tree.get(section)
    return bool(table) if not key else isinstance(table, dict) and key in table


def _meanings(template: str) -> dict[tuple[str, str], str]:
    """The comments of a study.toml: after a key, or else above it; with the key "", above a section."""
    found: dict[tuple[str, str], str] = {}
    section, above = "", list[str]()
    for line in template.splitlines():
        if header := _HEADER.fullmatch(line.split("  #")[0].strip()):
            section, _, key = header[1].partition(".")
            found[section, key] = _sentence(above)
            above = []
        elif key_line := _KEY.fullmatch(line):
            found.setdefault((section, key_line[1]), key_line[2] or _sentence(above))
            above = []
        elif line.startswith("# "):
            above.append(line.removeprefix("# "))
        else:
            above = []
    return found


def _sentence(lines: list[str]) -> str:
    """The first sentence of a comment."""
    return re.split(r"(?<=[a-z)])[.:] (?=[A-Z])", " ".join(lines))[0].rstrip(".")
