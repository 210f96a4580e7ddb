"""The command `config`: every setting of a study, and where its value came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from shadow.cli.choices import JsonOption, Language, StudyArgument
from shadow.cli.talk import print_json

if TYPE_CHECKING:
    from shadow.setting_origins import Setting

__all__ = ["config"]


def config(
    study: StudyArgument,
    lang: Annotated[Optional[Language], typer.Option("--lang", help="As `shadow report --lang` would have it.")] = None,  # noqa: UP045
    json: JsonOption = False,
) -> None:
    """List every setting: its value, and whether an option, the environment, study.toml or a default says it."""
    import msgspec

    from analysis.thresholds import SOURCES, Thresholds, thresholds_of
    from shadow.setting_origins import explain_settings
    from shadow.study import open_study

    opened = open_study(study)
    thresholds_of(opened)  # refuses a threshold that means nothing
    options = {("study", "language"): lang.value} if lang is not None else {}
    known = {field.name: (field.default, SOURCES[field.name].unit) for field in msgspec.structs.fields(Thresholds)}
    settings = list(explain_settings(opened, options, known))
    if json:
        print_json({"schema_version": 1, "command": "config", "rows": settings})
    else:
        _print(settings)


def _print(settings: list[Setting]) -> None:
    from shadow.cli.tables import print_rows

    columns = ("setting", "value", "from", "unit", "meaning")
    print_rows(columns, [(_name(one), _text(one.value), one.origin, one.unit, one.meaning) for one in settings])


def _name(setting: Setting) -> str:
    return f"{setting.section}.{setting.key}" if setting.key else setting.section


def _text(value: Any) -> str:  # noqa: ANN401 - whatever a setting holds
    """A value as study.toml would write it; a dash if nothing is said."""
    import msgspec

    return "-" if value is None else msgspec.json.encode(value).decode()
