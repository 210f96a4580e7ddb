"""
The protocol of a source, and what sources say.

A source sees and says; it decides nothing. Everything with a meaning (visits, skips, pastes, value marks) is made of its sightings by the
sessioniser, in the same way for every source:

    pointer_keyboard   KeyPressed, PointerPressed
    windows in front   WindowActivated, ClipboardTaken
    accessibility      PageShown, FocusMoved, ControlChanged, PointerHit, Reacted
    pictures           PictureTaken

Sightings live in memory only. They are the one place where a value, a title or an address exists, so these are not shown by repr, and no
sighting can be pickled.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

__all__ = [
    "Box",
    "ClipboardTaken",
    "Clock",
    "Control",
    "ControlChanged",
    "Emit",
    "Finding",
    "FocusMoved",
    "KeyClass",
    "KeyPressed",
    "Page",
    "PageShown",
    "PictureTaken",
    "PointerHit",
    "PointerPressed",
    "Reacted",
    "Sighting",
    "Source",
    "Window",
    "WindowActivated",
]

# Milliseconds since the session began, on a clock that never goes back. All sources of a session are given the same.
Clock = Callable[[], int]


class KeyClass(StrEnum):
    """All that is ever known of a key press. What was pressed is dropped before anything else sees it."""

    character = "character"
    edit = "edit"  # Backspace, Delete
    navigation = "navigation"  # Tab, arrows, Home, End, Page Up, Page Down
    enter = "enter"
    copy = "copy"
    cut = "cut"
    paste = "paste"
    undo = "undo"
    save = "save"
    other = "other"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the desktop, pixels."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """
    A window, as the window system knows it.

    Args:

        key: Identity while it lives, never written.

        names: What its program is called, best known first (the class of the window, its instance); matched with the allowlist.

        pid: Its process; None where the window system does not say.

        title: Its title; None where it was not read. Never stored: the patterns of study.toml make a screen's name of it.
    """

    key: Hashable
    names: tuple[str, ...] = ()
    pid: int | None = None
    title: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """
    A page or form in front, as the accessibility bus knows it.

    Args:

        key: Identity while it is shown, never written.

        names: What its system may be called in the allowlist: of a web page its host, with the port where it is not the usual one, and
            nothing else; of another window the program's accessible name.

        pid: Process that shows it; None where the bus does not say.

        web: Whether it is a web page.

        address: Path of a web page, without query and fragment; None for other windows. Never stored as it is.

        title: Its title; None where it was not read. Never stored.

        opaque: Whether the program shows a window but no controls in it.
    """

    key: Hashable
    names: tuple[str, ...]
    pid: int | None = None
    web: bool = False
    address: str | None = field(default=None, repr=False)
    title: str | None = field(default=None, repr=False)
    opaque: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """
    A field, button or other element, described when something happened to it.

    In every optional field None means that the source cannot tell: never that the thing was empty, zero or absent.

    Args:

        key: Identity while its page is shown, never written.

        page: Where it is.

        element: Its stable id there (DOM id, name, AccessibleId, AutomationId); None where it has none.

        label: Its visible label, as read.

        role: One of `shadow.events.ROLES`.

        fillable: Whether a person could enter something: an input that is enabled, shown and not read-only.

        value: What it holds, "" if empty; None where it was not read, and always for a password.

        filled: Whether it holds something; None where that is not known, or follows from `value`.

        required: Whether it must be filled.

        box: Where it is.
    """

    key: Hashable
    page: Page
    element: str | None = None
    label: str | None = field(default=None, repr=False)
    role: str | None = None
    fillable: bool = False
    value: str | None = field(default=None, repr=False)
    filled: bool | None = None
    required: bool | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """
    What a source saw once; it lives in memory only.

    Args:

        t_ms: When it was first seen, by the session's clock.
    """

    t_ms: int

    def __reduce__(self) -> NoReturn:
        raise TypeError("a sighting may hold a value, so it stays in memory and can be neither copied nor pickled")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPressed(Sighting):
    """A key went down; only its class is known. A held key that repeats is one press."""

    key: KeyClass


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureTaken(Sighting):
    """A picture of the screen that came to the front at this time, black where it is not known to be safe. `png`: the file."""

    png: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerPressed(Sighting):
    """A mouse button went down at a place on the desktop. `button`: left, middle, right, other."""

    x: int
    y: int
    button: str = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowActivated(Sighting):
    """Another window came to the front, or the one in front was renamed; None: no window is in front (the desktop, a locked screen)."""

    window: Window | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipboardTaken(Sighting):
    """
    Something was put on the clipboard.

    Args:

        owner: The window it came from, with names and pid as far as known; None where the window system does not say.

        text: What was put there; None where it was not read: no text, or an owner that is not on the allowlist.
    """

    owner: Window | None
    text: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShown(Sighting):
    """
    A page or form came to the front, was loaded, or changed its controls.

    Args:

        page: Which.

        controls: Its fillable and its read-only fields, with what they hold, in order; None where the form could not be listed.
    """

    page: Page
    controls: tuple[Control, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FocusMoved(Sighting):
    """The keyboard focus moved; None: to nothing that is known."""

    control: Control | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlChanged(Sighting):
    """
    What a control holds changed.

    Several follow each other while somebody types. `control.value` is what it holds now if it was read with the event; a control that comes
    to rest is read and reported once more with both counts None.

    Args:

        control: Which, with what it holds now.

        n_inserted: Characters that came; None where the change was not of text, or was read later.

        n_deleted: Characters that went; None likewise.

        inserted: The text that came; None where it was not read.
    """

    control: Control
    n_inserted: int | None = None
    n_deleted: int | None = None
    inserted: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointerHit(Sighting):
    """What lay under the pointer at the `PointerPressed` of the same time; None: nothing that the program tells of."""

    x: int
    y: int
    control: Control | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reacted(Sighting):
    """A program showed something new: a text, a state, a part of a page. What it was is not kept; a click before it was not dead."""

    pid: int | None


Emit = Callable[[Sighting], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One result of a self-test, as `shadow doctor` shows it.

    Args:

        subject: What was tried, in a few words.

        works: Whether it works here; None where this machine gives no way to try it.

        remedy: What to do so that it works, a command where there is one; empty where there is nothing to do.
    """

    subject: str
    works: bool | None
    remedy: str = ""


class Source(ABC):
    """
    Something the recorder sees through.

    The thread contract:

    - The recorder calls `start`, `stop`, `locate`, `alive` and `self_test` from its own threads, never `start`, `stop` or `self_test` at once.
    - A source calls `emit` from any thread of its own or within `start`, but only between the beginning of `start` and the end of `stop`.
      Once `stop` has returned it emits nothing.
    - `emit` does not block: it takes the sighting and returns. It may be called from several threads.
    - Times come from the clock that the source was made with, taken where the thing is first seen.
    - Making a source touches nothing: no display, no bus, no file. `start` does. After `stop` nothing of it is left.
    """

    # In the words of `shadow doctor` and of the controls, such as "accessibility".
    name: str

    @property
    @abstractmethod
    def sees(self) -> frozenset[type[Sighting]]:
        """Kinds of sightings that it can report; known before `start`. What no source sees is not measured, which is not zero."""

    @abstractmethod
    def start(self, emit: Emit) -> None:
        """
        Begin to see; return once everything of `sees` would be seen.

        Raises:

            CaptureError: This machine does not give what it needs; nothing of it is left running.

            RuntimeError: It was started before; make a new source.
        """

    @abstractmethod
    def stop(self) -> None:
        """Cease to see and end every thread of its own; without effect before `start` and after the first time."""

    @abstractmethod
    def self_test(self) -> tuple[Finding, ...]:
        """Try, without recording and without raising, what it needs of this machine, by a real event where there is a way."""

    def alive(self) -> bool:
        """Whether it still sees; asked every half second between `start` and `stop`. One that does not is stopped and made anew."""
        return True

    def locate(self, press: PointerPressed) -> bool:
        """Say later, by a `PointerHit` of the same time, what lies under the pointer; False if this source cannot. Never blocks."""
        del press
        return False

    def look(self, t_ms: int) -> None:
        """A screen that may be recorded came to the front at this time and is still there; for sources that take pictures. Never blocks."""
        del t_ms
