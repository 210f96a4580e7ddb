"""
Chords that work in every program: to pause, to resume, to make a mark.

The X server is asked for these chords alone and sends nothing else. There is no hook on the keyboard, so what is typed between two chords
never comes by here.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError, SettingsError

__all__ = ["KEYS", "Chord", "Hotkeys", "parse_chord"]

PATIENCE_S: Final = 5.0
# With the bits that X11 gives them; those of alt and super by custom, as every desktop keeps it.
MODIFIERS: Final = {"shift": 1, "ctrl": 4, "alt": 8, "super": 64}
# Caps Lock and Num Lock: with either on, it is the same chord.
LOCKS: Final = (2, 16)
# Keys that a chord may end in, with the names X11 gives them.
KEYS: Final = {
    **{f"f{number}": f"F{number}" for number in range(1, 25)},
    **{letter: letter for letter in "abcdefghijklmnopqrstuvwxyz0123456789"},
    "space": "space",
    "pause": "Pause",
    "insert": "Insert",
    "home": "Home",
    "end": "End",
    "page_up": "Prior",
    "page_down": "Next",
    "scroll_lock": "Scroll_Lock",
}
# Keys that do nothing while somebody writes, so that they may stand alone.
ALONE: Final = frozenset({"pause", "scroll_lock", *(f"f{number}" for number in range(13, 25))})


@dataclass(frozen=True, slots=True)
class Chord:
    """
    A key with the modifiers held at its press.

    Args:

        key: One of KEYS.

        modifiers: Some of shift, ctrl, alt and super.
    """

    key: str
    modifiers: frozenset[str]

    def __str__(self) -> str:
        return "+".join((*(name for name in ("ctrl", "alt", "shift", "super") if name in self.modifiers), self.key))


def parse_chord(text: str) -> Chord:
    """
    The chord of a text such as `ctrl+shift+f9`; upper and lower case are the same.

    Raises:

        SettingsError: It names a key that is not known, has Ctrl and Alt together, or would take a key away from writing.
    """
    *modifiers, key = text.lower().replace(" ", "").split("+")
    for names, known in ((modifiers, tuple(MODIFIERS)), ([key], tuple(KEYS))):
        unknown = [name for name in names if name not in known]
        if unknown:
            raise SettingsError(f"{text!r} is no chord: {unknown[0]!r} is not known", f"known there are {', '.join(known)}")
    chord = Chord(key, frozenset(modifiers))
    if {"ctrl", "alt"} <= chord.modifiers:
        raise SettingsError(f"{text!r} has ctrl and alt together, which AltGr is on many keyboards", "take ctrl+shift instead")
    if key not in ALONE and not chord.modifiers & {"ctrl", "alt", "super"}:
        raise SettingsError(f"{text!r} would take a key away from writing", "add ctrl, alt or super to it")
    return chord


class Hotkeys:
    """
    Calls a function when a chord is pressed, once however long it is held.

    Args:

        bindings: Chords, as `parse_chord` reads them, and what to call. It is called on the thread of the hotkeys, so it returns at once.

    Raises:

        SettingsError: A chord cannot be one, or is there twice.
    """

    def __init__(self, bindings: Mapping[str, Callable[[], None]]) -> None:
        self._calls = {parse_chord(text): call for text, call in bindings.items()}
        if len(self._calls) < len(bindings):
            raise SettingsError("two hotkeys are the same chord", "give each its own")
        self._grabbed: dict[tuple[int, int], Chord] = {}
        self._released: tuple[int, int] | None = None
        self._display: XDisplay | None = None
        self._thread: threading.Thread | None = None
        self._wake: tuple[int, int] | None = None

    def start(self) -> None:
        """
        Begin to listen for the chords.

        Raises:

            CaptureError: There is no X server, a chord has no key on this keyboard, or another program has it; nothing is left of it.
        """
        display = self._display = XDisplay()
        try:
            with display.guarded():
                self._grab(display)
        except (ConnectionLost, CaptureError) as fault:
            self.stop()
            raise fault if isinstance(fault, CaptureError) else CaptureError("the X server closed the connection") from None
        self._wake = os.pipe()
        self._thread = threading.Thread(target=self._run, args=(display, self._wake[0]), name="hotkeys", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let go of the chords and end the thread; without effect before `start` and after the first time."""
        if self._wake is not None and self._thread is not None:
            os.write(self._wake[1], b"\0")
            self._thread.join(PATIENCE_S)
        for end in self._wake or ():
            os.close(end)
        if self._display is not None:
            self._display.close()
        self._wake = self._display = None

    def alive(self) -> bool:
        """Whether it listens."""
        return self._thread is not None and self._thread.is_alive()

    def _grab(self, display: XDisplay) -> None:
        """Ask for each chord, with and without the locks."""
        from Xlib import X, error  # noqa: PLC0415 - only where there is an X server

        self._grabbed = {}
        for chord in self._calls:
            code, held = self._code(display, chord), sum(MODIFIERS[name] for name in chord.modifiers)
            refused = error.CatchError(error.BadAccess)
            for mask in _with_locks(held):
                display.root.grab_key(code, mask, False, X.GrabModeAsync, X.GrabModeAsync, onerror=refused)  # noqa: FBT003 - by place only
            display.raw.sync()
            if refused.get_error():
                raise CaptureError(f"{chord} belongs to another program", "choose another chord in study.toml, [record]")
            self._grabbed[code, held] = chord

    def _code(self, display: XDisplay, chord: Chord) -> int:
        from Xlib import XK  # noqa: PLC0415 - only where there is an X server

        code = int(display.raw.keysym_to_keycode(XK.string_to_keysym(KEYS[chord.key])))
        if not code:
            raise CaptureError(f"this keyboard has no key for {chord}", "choose another chord in study.toml, [record]")
        return code

    def _run(self, display: XDisplay, wake: int) -> None:
        try:
            with display.guarded():
                while True:
                    display.raw.flush()
                    if display.raw.pending_events():
                        self._handle(display, display.raw.next_event())
                        continue
                    ready, _, _ = select.select([display.raw.fileno(), wake], [], [])
                    if wake in ready:
                        return
        except ConnectionLost:
            return

    def _handle(self, display: XDisplay, event: Any) -> None:  # noqa: ANN401 - python-xlib has no types
        from Xlib import X  # noqa: PLC0415 - only where there is an X server

        if event.type == X.KeyRelease:
            self._released = (event.detail, event.time)
        elif event.type == X.KeyPress:
            chord = self._grabbed.get((event.detail, event.state & sum(MODIFIERS.values())))
            # A held key is let go and pressed anew in the same instant.
            if chord is not None and self._released != (event.detail, event.time):
                self._calls[chord]()
        elif event.type == X.MappingNotify and event.request == X.MappingKeyboard:
            display.raw.refresh_keyboard_mapping(event)
            self._follow_mapping(display)

    def _follow_mapping(self, display: XDisplay) -> None:
        """Ask anew if the keys of the chords are elsewhere now; a chord that cannot be had any more is left as it was."""
        from Xlib import X  # noqa: PLC0415 - only where there is an X server

        try:
            codes = {self._code(display, chord): chord for chord in self._calls}
        except CaptureError:
            return
        if set(codes) != {code for code, _ in self._grabbed}:
            display.root.ungrab_key(X.AnyKey, X.AnyModifier)
            self._grab(display)


def _with_locks(held: int) -> Iterator[int]:
    for locks in product(*((0, lock) for lock in LOCKS)):
        yield held | sum(locks)
