"""
The notice: everything the agent is told before saying yes or no, in the agent's language.

The words are in `phrases/<language>/notice.toml`; what differs from study to study is filled in from study.toml. Terminal and window show the
same words in the same order, and the consent record holds the SHA-256 of them as `text`; where its lines are broken is of no account.
"""

from __future__ import annotations

import hashlib
import string
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from recorder.phrases import load_phrases
from shadow.consent_record import DATA_KINDS, DataKind
from shadow.settings import hotkey_parts

if TYPE_CHECKING:
    from shadow.settings import Language, Settings

__all__ = ["Notice", "Section", "Switch", "basis_name", "hotkey_name", "render_notice"]

COLUMNS: Final = 78
# How a paragraph begins that belongs to a list.
LISTED: Final = "– "

# Section by section, paragraph by paragraph: the keys of the phrases. The last one leads to the switches.
SECTIONS: Final = {
    "why": ("purpose", "systems"),
    "free": ("no", "alone", "once"),
    "what": ("apps", "others", "always", "names"),
    "never": ("values", "keys", "passwords", "clipboard", "titles", "names", "sound"),
    "memory": ("compare", "table"),
    "who": ("controller", "you", "processor", "recipients", "reports"),
    "keep": ("released", "unreleased"),
    "steer": ("keys", "window"),
    "after": ("review", "choice", "withdraw"),
    "rights": ("basis", "list", "authority", "assessment", "representation", "notified"),
    "limits": ("network", "login", "memory", "labels", "backup"),
    "choose": ("each",),
}
AUTHORITIES: Final = ("DK", "NO", "SE", "FI", "IS")
BASES: Final = {f"6(1)({letter})": f"basis_{letter}" for letter in "abcef"}
KEY_NAMES: Final = {"ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "cmd": "Cmd"}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the notice under its own heading."""

    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Switch:
    """One kind of data, as the agent is asked about it; off until the agent chooses it."""

    key: DataKind
    title: str
    explanation: str
    default: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """
    What the agent says yes or no to.

    Args:

        language: Its language.

        title: The question it answers.

        sections: In order; the last one leads to the switches.

        switches: One for each of `shadow.consent.DATA_KINDS`, in that order.

        yes: The word on the button for yes.

        no: The word on the button for no.
    """

    language: Language
    title: str
    sections: tuple[Section, ...]
    switches: tuple[Switch, ...]
    yes: str
    no: str

    @property
    def text(self) -> str:
        """All of it as the terminal shows it, lines broken at 78 columns."""
        lines = [_underlined(self.title, "=")]
        for section in self.sections:
            lines += ["", _underlined(section.title, "-")]
            for paragraph in section.paragraphs:
                lines += [_wrapped(paragraph)] if paragraph.startswith(LISTED) else ["", _wrapped(paragraph)]
        for switch in self.switches:
            lines += ["", f"* {switch.title}", _wrapped(switch.explanation, indent="  ")]
        return "\n".join(lines) + "\n"

    @property
    def sha256(self) -> str:
        """SHA-256 of `text` as UTF-8, 64 hexadecimal digits."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def render_notice(settings: Settings, language: Language) -> Notice:
    """
    The notice of a study.

    Args:

        settings: What study.toml says; what it leaves empty has a standard text or is left out.

        language: Of the notice.
    """
    phrases = load_phrases(language, "notice")
    places = _places(settings, language, phrases)
    switches = (Switch(kind, phrases[f"{kind}_title"], phrases[kind]) for kind in DATA_KINDS)
    sections = (_section(name, keys, phrases, places) for name, keys in SECTIONS.items())
    return Notice(language, phrases["title"], tuple(sections), tuple(switches), phrases["yes"], phrases["no"])


def basis_name(basis: str, language: str) -> str:
    """A lawful basis in the agent's language, if study.toml gives an article of the GDPR; else as it is written there."""
    article = BASES.get(basis.strip())
    return load_phrases(language, "notice")[article] if article is not None else basis.strip()


def hotkey_name(combination: str) -> str:
    """A combination of keys as it stands on the keyboard, such as `Ctrl+Shift+F9`."""
    return "+".join(KEY_NAMES.get(part, part.replace("_", " ").title()) for part in hotkey_parts(combination))


def _section(name: str, keys: tuple[str, ...], phrases: dict[str, str], places: dict[str, str]) -> Section:
    """A section without the paragraphs that have nothing to say."""
    texts = [phrases[f"{name}_{key}"] for key in keys]
    said = (text for text in texts if all(places[place] for _, place, _, _ in string.Formatter().parse(text) if place))
    return Section(phrases[f"{name}_title"], tuple(text.format(**places) for text in said))


def _places(settings: Settings, language: Language, phrases: dict[str, str]) -> dict[str, str]:
    """What is filled in: study.toml's own words, the standard ones where it has none, "" where there is nothing to say."""
    consent, record = settings.consent, settings.record
    country, notified = settings.jurisdiction, consent.notified_on
    return {
        "apps": ", ".join(record.apps),
        "authority": phrases[f"authority_{country.lower() if country in AUTHORITIES else 'other'}"],
        "basis": basis_name(consent.lawful_basis, language),
        "controller": consent.controller or phrases["controller_unnamed"],
        "controller_contact": consent.controller_contact or phrases["contact_unnamed"],
        "days": _counted("days", consent.retention_days, phrases),
        "employee_representation": consent.employee_representation,
        "hours": _counted("hours", record.hours, phrases),
        "impact_assessment": consent.impact_assessment,
        "mark_key": hotkey_name(record.mark_key),
        "notified_on": notified.isoformat() if notified is not None else "",
        "pause_key": hotkey_name(record.pause_key),
        "processor": ", ".join(filter(None, (consent.processor or phrases["processor_unnamed"], consent.processor_contact))),
        "purpose": consent.purpose or phrases["purpose_standard"],
        "recipients": ", ".join(consent.recipients) or phrases["recipients_none"],
    }


def _counted(unit: str, n: float, phrases: dict[str, str]) -> str:
    return phrases[f"{unit}_one"] if n == 1 else phrases[f"{unit}_many"].format(n=f"{n:g}".replace(".", phrases["decimal"]))


def _underlined(title: str, line: str) -> str:
    wrapped = _wrapped(title)
    return f"{wrapped}\n{line * max(map(len, wrapped.splitlines()))}"


def _wrapped(text: str, indent: str = "") -> str:
    hang = indent or ("  " if text.startswith(LISTED) else "")
    return textwrap.fill(text, COLUMNS, initial_indent=indent, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False)
