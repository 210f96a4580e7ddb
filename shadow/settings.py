"""
What a consultant may say about a study: the sections of study.toml with their defaults; `shadow.study_toml` reads the file.

A missing key means its default.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec

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
