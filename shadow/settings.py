"""
study.toml: what a consultant says about a study.

A missing key means its default; a key that is not known is refused by name, so that a misspelt threshold cannot pass unseen. What the
environment says (`shadow.environment`) goes before what the file says.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from shadow.environment import said_by_environment, variable_of
from shadow.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = [
    "LANGUAGES",
    "MAX_HOURS",
    "MAX_RETENTION_DAYS",
    "SECTIONS",
    "Effort",
    "EffortSection",
    "Language",
    "Settings",
    "hotkey_parts",
    "load_settings",
    "read_toml",
    "study_toml_template",
]

Language = Literal["en", "da", "nb", "sv"]
LANGUAGES: tuple[Language, ...] = ("en", "da", "nb", "sv")

Effort = Literal["small", "medium", "large"]

# A consent covers one session of at most a working day; a released session is kept for a quarter at most.
MAX_HOURS: Final = 8
MAX_RETENTION_DAYS: Final = 90

# In the order in which a combination is spelled; the names are pynput's.
MODIFIERS: Final = ("ctrl", "alt", "shift", "cmd")
# Keys that type nothing, so that one modifier is enough ...
NAMED_KEYS: Final = ("pause", "scroll_lock", "insert", "home", "end", "page_up", "page_down", "print_screen")
SILENT_KEYS: Final = (*(f"f{n}" for n in range(1, 25)), *NAMED_KEYS)
# ... and keys that do, or stand for copy, paste and save with ctrl alone.
TYPING_KEYS: Final = tuple("abcdefghijklmnopqrstuvwxyz0123456789")


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
    """
    `[report]`: what the agents agreed to beyond being recorded.

    `agents_agreed`: the one or two agents of a small study agreed to a report (contracts, section 6). `quote_marks`: the words they wrote
    to a mark may be quoted; the notice of a recording does not ask for it, and an imported log comes without a consent.
    """

    agents_agreed: bool = False
    quote_marks: bool = False


class EffortSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    `[effort]`: what an integration takes to build, by kind; None leaves it to the toolkit.

    `titles` says it of single integrations, by the title that `shadow rank` gives them.
    """

    default: Effort | None = None
    remove_field: Effort | None = None
    template: Effort | None = None
    deep_link: Effort | None = None
    autofill: Effort | None = None
    link: Effort | None = None
    titles: dict[str, Effort] = {}


class AssumptionsSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[assumptions]`: in which role what study.toml assumes was decided, and the day until which it holds (None = a later recording)."""

    by: str = ""
    until: date | None = None


class RecordSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    `[record]`: the allowlist of applications, the keys the agent steers with, the language of the notice, the longest recording.

    `labels` are kept besides those made of the recorder's vocabulary.
    """

    apps: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    pause_key: str = "ctrl+shift+f9"
    mark_key: str = "ctrl+shift+f8"
    language: Language | None = None
    hours: Annotated[float, msgspec.Meta(gt=0, le=MAX_HOURS)] = MAX_HOURS


class ConsentSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    `[consent]`: who asks for the recording, on which grounds, for whom and for how long.

    All of it is shown to the agent. An empty text is not said, except the lawful basis: without one nothing is recorded.
    """

    controller: str = ""
    controller_contact: str = ""
    processor: str = ""
    processor_contact: str = ""
    purpose: str = ""
    lawful_basis: str = ""
    recipients: tuple[str, ...] = ()
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=MAX_RETENTION_DAYS)] = 30
    jurisdiction: Annotated[str, msgspec.Meta(pattern="^([A-Z]{2})?$")] = ""
    impact_assessment: str = ""
    employee_representation: str = ""
    notified_on: date | None = None
    earliest_start: date | None = None
    signed_off_by: str = ""


class KeysSection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`[keys]`: the public half of the study's key pair, to which released sessions are sealed; empty until `shadow init` made it."""

    public: Annotated[str, msgspec.Meta(pattern="^(ed25519:[0-9a-f]{64})?$")] = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of study.toml."""

    study: StudySection = StudySection()
    systems: dict[str, str] = {}
    screens: tuple[ScreenPattern, ...] = ()
    cases: CasesSection = CasesSection()
    report: ReportSection = ReportSection()
    effort: EffortSection = EffortSection()
    assumptions: AssumptionsSection = AssumptionsSection()
    record: RecordSection = RecordSection()
    consent: ConsentSection = ConsentSection()
    keys: KeysSection = KeysSection()
    thresholds: dict[str, float] = {}

    @property
    def jurisdiction(self) -> str:
        """Country whose rules hold: what `[consent]` says, or else where the study is."""
        return self.consent.jurisdiction or self.study.region.upper()

    @property
    def notice_language(self) -> Language:
        """Language in which the agent is asked: what `[record]` says, or else that of the report."""
        return self.record.language or self.study.language


SECTIONS: Final[dict[str, type[msgspec.Struct]]] = {
    "": Settings,
    "study": StudySection,
    "screens": ScreenPattern,
    "cases": CasesSection,
    "report": ReportSection,
    "effort": EffortSection,
    "assumptions": AssumptionsSection,
    "record": RecordSection,
    "consent": ConsentSection,
    "keys": KeysSection,
}


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


def hotkey_parts(combination: str) -> tuple[str, ...]:
    """
    The keys of a combination such as `Ctrl+Shift+F9`: modifiers in the order of MODIFIERS, the key last, in pynput's names.

    Raises:

        ValueError: It is no combination, or one that people type with; the message says which, in one clause.
    """
    *held, key = (part.strip().lower() for part in combination.split("+"))
    unknown = next((part for part in (*held, key) if part not in {*MODIFIERS, *SILENT_KEYS, *TYPING_KEYS}), None)
    if unknown is not None:
        names = f"{', '.join(MODIFIERS)}, f1 to f24, {', '.join(NAMED_KEYS)}, a to z, 0 to 9"
        raise ValueError(f"has no key called {unknown or 'nothing'}: the names are {names}")
    if key in MODIFIERS or not set(held) <= set(MODIFIERS) or len(set(held)) != len(held):
        raise ValueError("is not one key with modifiers before it, such as ctrl+shift+f9")
    if {"ctrl", "alt"} <= set(held):
        raise ValueError("has ctrl and alt together, which is AltGr on a Nordic keyboard and types @, { and the like")
    if not set(held) - {"shift"}:
        raise ValueError("is pressed in ordinary work: put ctrl and shift before it, such as ctrl+shift+f9")
    if key in TYPING_KEYS and len(held) == 1:
        raise ValueError("is a shortcut of other programs: put ctrl and shift before it, such as ctrl+shift+f9")
    return (*(modifier for modifier in MODIFIERS if modifier in held), key)


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
