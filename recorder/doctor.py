"""
What works on this machine, what does not, and how to mend it.

    packages --> session --> each source's own trial, by real events --> what goes with a recording --> in words

Nothing is recorded, and nothing is guessed: what could not be tried is said to be untried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from recorder import trials
from recorder.phrases import load_phrases
from recorder.sources.accessibility import Accessibility
from recorder.sources.atspi_check import BUS, CONTROLS, PAGES, REGISTRY, SIGNALS
from recorder.sources.base import Finding, Source
from recorder.sources.pointer_keyboard import PointerKeyboard
from recorder.sources.x11_windows import X11Windows
from shadow.errors import CaptureError

__all__ = ["Capability", "Line", "can_record", "examine", "in_words"]

# Phrases of the subjects that other modules name in words.
WORDED: Final = {BUS: "accessibility_bus", REGISTRY: "accessibility_registry", SIGNALS: "accessibility_signals"}
# Subjects that end in the name of something: how they begin, and their phrase.
NAMED: Final = {
    template.removesuffix("{}"): key
    for template, key in ((PAGES, "web_pages"), (CONTROLS, "controls_of"), (trials.PACKAGE, "package"), (trials.HOTKEY, "hotkey"))
}


@dataclass(frozen=True, slots=True)
class Capability:
    """
    Something a recording can do.

    Args:

        name: A phrase of the topic `doctor`, without `cap_` before it.

        findings: What came of trying it; at least one, except for programs, of which there may be none.

        needed: Whether there is no recording at all without it.
    """

    name: str
    findings: tuple[Finding, ...]
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """
    One finding in words.

    Args:

        works: As in `Finding`.

        state: The same in a word or two.

        subject: What was tried.

        remedy: What to do; empty where there is nothing to do.
    """

    works: bool | None
    state: str
    subject: str
    remedy: str


def examine(home: Path, chords: Iterable[str]) -> list[Capability]:
    """
    Try everything, in the order in which one thing needs the other.

    Args:

        home: The recorder's folder, as `recorder.agent.agent_home` gives it.

        chords: Hotkeys of the recording.
    """
    packages, session = trials.try_packages(), trials.try_session()
    on_x11 = all(finding.works for finding in (*packages, *session))
    bus, programs = _accessibility() if on_x11 else ((_untried("accessibility_bus"),), ())
    return [
        Capability("packages", packages, needed=True),
        Capability("session", session, needed=True),
        _of_source(PointerKeyboard(_no_time), ("key_presses", "button_presses"), on_x11=on_x11),
        _of_source(X11Windows(_no_time, lambda _: False), ("window_in_front", "window_manager", "clipboard_owner"), on_x11=on_x11),
        Capability("accessibility", bus, needed=True),
        Capability("programs", programs),
        _if(on_x11, "hotkeys", lambda: trials.try_hotkeys(chords), "hotkeys"),
        _if(on_x11, "window", trials.try_window, "qt_window"),
        _if(on_x11, "screenshots", trials.try_pictures, "pictures"),
        Capability("keys", trials.try_keyring()),
        Capability("disk", trials.try_disk(home), needed=True),
    ]


def can_record(capabilities: Iterable[Capability]) -> bool:
    """Whether a recording could begin here: all that is needed was tried and works."""
    return all(finding.works for capability in capabilities if capability.needed for finding in capability.findings)


def in_words(capabilities: Sequence[Capability], language: str) -> list[tuple[str, list[Line]]]:
    """
    The findings under the name of their capability.

    Args:

        capabilities: As `examine` gives them.

        language: One of `shadow.settings.LANGUAGES`.
    """
    phrases = load_phrases(language, "doctor")
    return [(phrases[f"cap_{found.name}"], [_line(finding, phrases) for finding in found.findings]) for found in capabilities]


def _no_time() -> int:
    return 0


def _untried(subject: str) -> Finding:
    return Finding(subject, works=None, remedy="untried_remedy")


def _if(on_x11: bool, name: str, trial: Callable[[], tuple[Finding, ...]], subject: str) -> Capability:  # noqa: FBT001 - reads as a sentence
    return Capability(name, trial() if on_x11 else (_untried(subject),))


def _of_source(source: Source, subjects: Iterable[str], *, on_x11: bool) -> Capability:
    findings = source.self_test() if on_x11 else tuple(map(_untried, subjects))
    return Capability(source.name.replace(" ", "_"), findings, needed=True)


def _accessibility() -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """What is found of the bus, and of the programs on it and beside it, while somebody listens as a recording would."""
    listener, source = (Accessibility(_no_time, values=False, allowed=lambda _: False) for _ in range(2))
    try:
        listener.start(lambda _: None)
    except CaptureError:
        return source.self_test(), ()
    try:
        unseen = trials.try_unseen_programs()
        found = source.self_test()
    finally:
        listener.stop()
    of_bus = tuple(finding for finding in found if finding.subject in WORDED)
    return of_bus, (*(finding for finding in found if finding.subject not in WORDED), *unseen)


def _line(finding: Finding, phrases: Mapping[str, str]) -> Line:
    key, places = _phrase_of(finding.subject)
    remedy = finding.remedy if finding.remedy in phrases else f"{key}_remedy"
    state = {True: "state_works", False: "state_fails", None: "state_untried"}[finding.works]
    return Line(finding.works, phrases[state], phrases[key].format(**places), "" if finding.works else phrases[remedy].format(**places))


def _phrase_of(subject: str) -> tuple[str, dict[str, Any]]:
    """The phrase of a subject, and what goes into the places of it and of its remedy."""
    places = {"name": "", "mb": -(-trials.DISK_BYTES // 1_000_000)}
    for beginning, key in NAMED.items():
        if subject.startswith(beginning):
            return key, places | {"name": subject.removeprefix(beginning)}
    return WORDED.get(subject, subject), places
