"""
Settings that the environment says: SHADOW_<SECTION>_<KEY>, such as SHADOW_STUDY_LANGUAGE or SHADOW_THRESHOLDS_GAP_DROP_MS.

    option of a command  >  environment  >  study.toml  >  default

Only single words, numbers and dates: a list belongs into study.toml. So does what was agreed with people, for a variable that somebody left set
must neither change what an agent is told nor let a report through. Other variables that begin with SHADOW_ are not settings.
"""

from __future__ import annotations

import difflib
import math
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import msgspec

from shadow.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AGREED", "LISTS", "said_by_environment", "variable_of"]

PREFIX: Final = "SHADOW_"
AGREED: Final = ("report", "consent", "keys")
LISTS: Final = ("systems", "screens")


def variable_of(section: str, key: str) -> str:
    """The variable that says a setting."""
    return f"{PREFIX}{section}_{key}".upper()


def said_by_environment(sections: Mapping[str, type], environ: Mapping[str, str]) -> dict[tuple[str, str], Any]:
    """
    What the environment says; an empty variable says nothing.

    Args:

        sections: The sections of study.toml by name: a struct, or `dict[str, ...]` where the keys are free.

        environ: Variables by name.

    Returns:

        Values by section and key.

    Raises:

        SettingsError: A variable names no setting, or one that only study.toml says, or its value is of the wrong kind; the message names it.
    """
    said = {}
    for variable, text in sorted(environ.items()):
        section = _section(variable, sections)
        if section is not None and text:
            key = variable.removeprefix(f"{PREFIX}{section}_".upper()).lower()
            said[section, key] = _value(variable, text, _type_of(variable, section, key, sections[section]))
    return said


def _section(variable: str, sections: Mapping[str, type]) -> str | None:
    return next((name for name in sections if name and variable.startswith(f"{PREFIX}{name}_".upper())), None)


def _type_of(variable: str, section: str, key: str, kind: Any) -> Any:  # noqa: ANN401 - a type as msgspec takes it
    """The type of a setting that a variable may say."""
    why = {**dict.fromkeys(AGREED, "says what was agreed with people"), **dict.fromkeys(LISTS, "is a list")}.get(section)
    if why is not None:
        raise SettingsError(f"{variable} is set, but [{section}] {why}", "unset it and say it in study.toml")
    if not isinstance(kind, type) or not issubclass(kind, msgspec.Struct):
        return get_args(kind)[1]
    types = {field.name: field.type for field in msgspec.structs.fields(kind)}
    if key not in types:
        near = difflib.get_close_matches(key, types, n=1)
        hint = f"did you mean {variable_of(section, near[0])}?" if near else f"[{section}] has {', '.join(types)}"
        raise SettingsError(f"{variable} names no setting", hint)
    return types[key]


def _value(variable: str, text: str, kind: Any) -> Any:  # noqa: ANN401 - whatever the setting holds
    """The text as a value of that type."""
    try:
        value = msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError as fault:
        raise SettingsError(f"{variable}: {_fault(str(fault), kind)}", "mend the variable, or unset it") from None
    plain = text.isprintable() and not (isinstance(value, float) and not math.isfinite(value))
    if not plain:
        raise SettingsError(f"{variable} holds what cannot be printed or counted", "mend the variable, or unset it")
    return value


def _fault(fault: str, kind: Any) -> str:  # noqa: ANN401 - a type as msgspec takes it
    """What is wrong with a value, without the value."""
    if "array" in fault or "object" in fault:
        return "a list is said in study.toml only"
    choices = [word for part in (kind, *get_args(kind)) if _is_literal(part) for word in get_args(part)]
    return f"it is none of {', '.join(choices)}" if choices else fault


def _is_literal(kind: Any) -> bool:  # noqa: ANN401 - a type as msgspec takes it
    return getattr(kind, "__origin__", None) is Literal
