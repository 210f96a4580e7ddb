"""
Hands on the mouse and the keyboard of a desktop: X events through XTEST, at the pace of a person.

Whoever listens to the X server, as the recorder does, cannot tell them from a person's. Letters that the keyboard of the desktop lacks
(æ, ø, å, ä, ö and the like) are put on its spare keys before anything is typed, so that each is one key, as on a Nordic keyboard.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

__all__ = ["Hands", "Pace"]

EXTRA: Final = "åæøäöÅÆØÄÖéüÉÜ"
KEYS: Final = {
    "Tab": "Tab", "Enter": "Return", "Backspace": "BackSpace", "Delete": "Delete", "Escape": "Escape", "Home": "Home", "End": "End",
    "Down": "Down", "Up": "Up", "ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L", "f8": "F8", "f9": "F9",
}  # fmt: skip


@dataclass(frozen=True)
class Pace:
    """
    How fast somebody works, seconds.

    Args:

        key: Median time from one key press to the next.

        spread: Of the logarithm of that time.

        held: How long a key or a button is down.

        move: How long the pointer takes for a far trip.

        think: Before a new action.
    """

    key: float = 0.1
    spread: float = 0.25
    held: float = 0.08
    move: float = 0.3
    think: float = 0.12


class Hands:
    """
    One mouse, one keyboard.

    Args:

        display: Name of the desktop's screen.

        seed: Decides the gaps between keys and the paths of the pointer.

        pace: How fast.

    Attributes:

        keys: How many keys were pressed, without modifiers.

        clicks: How many times a button was pressed.
    """

    def __init__(self, display: str, seed: int = 0, pace: Pace | None = None) -> None:
        from Xlib import XK, X  # noqa: PLC0415 - there on Linux only
        from Xlib import display as xlib_display  # noqa: PLC0415 - same
        from Xlib.ext import xtest  # noqa: PLC0415 - same

        self._x, self._xk, self._xtest = X, XK, xtest
        self._connection = xlib_display.Display(display)
        self._chance = random.Random(seed)
        self.pace = pace or Pace()
        self.keys = 0
        self.clicks = 0
        self._codes: dict[int, tuple[int, bool]] = {}
        self._learn_keyboard()
        self._add_letters(EXTRA)

    def close(self) -> None:
        """Let go of the screen."""
        self._connection.close()

    # ---- the keyboard

    def _learn_keyboard(self) -> None:
        first, last = self._connection.display.info.min_keycode, self._connection.display.info.max_keycode
        self._first = first
        self._map = [list(symbols) for symbols in self._connection.get_keyboard_mapping(first, last - first + 1)]
        for level in (1, 0):  # without Shift beats with Shift
            for place, symbols in enumerate(self._map):
                if len(symbols) > level and symbols[level]:
                    self._codes[symbols[level]] = (first + place, bool(level))

    def _add_letters(self, letters: str) -> None:
        spare = [self._first + place for place, symbols in enumerate(self._map) if not any(symbols)]
        missing = [letter for letter in letters if ord(letter) not in self._codes]
        for letter, code in zip(missing, spare, strict=False):
            symbol = ord(letter)  # in Latin-1 a letter's symbol is its number
            self._connection.change_keyboard_mapping(code, [[symbol] * len(self._map[0])])
            self._codes[symbol] = (code, False)
        self._connection.sync()

    def press(self, key: str, *modifiers: str) -> float:
        """
        Press and release a key while others are held.

        Args:

            key: A letter, or one of `KEYS`.

            modifiers: Of `ctrl`, `shift`, `alt`.

        Returns:

            When the key went down, on `time.monotonic`.
        """
        code, shifted = self._code(key)
        held = [self._code(name)[0] for name in (*modifiers, *(["shift"] if shifted else []))]
        for one in held:
            self._key(one, down=True)
        if modifiers:
            self._rest(self.pace.held)
        at = self._key(code, down=True)
        self._rest(self.pace.held)
        self._key(code, down=False)
        for one in reversed(held):
            self._key(one, down=False)
        self.keys += 1
        return at

    def type(self, text: str) -> float:
        """Type a text key by key; says when the first key went down."""
        first = 0.0
        for place, letter in enumerate(text):
            at = self.press(letter)
            first = first or at
            if place < len(text) - 1:
                gap = self.pace.key * math.exp(self._chance.gauss(0, self.pace.spread))
                self._rest(at + gap - time.monotonic())
        return first

    def _code(self, key: str) -> tuple[int, bool]:
        symbol = self._xk.string_to_keysym(KEYS[key]) if key in KEYS else ord(key)
        return self._codes[symbol]

    def _key(self, code: int, *, down: bool) -> float:
        return self._send(self._x.KeyPress if down else self._x.KeyRelease, code)

    # ---- the mouse

    def move(self, x: int, y: int) -> None:
        """Move the pointer there, in small steps along a slightly bent path."""
        pointer = self._connection.screen().root.query_pointer()
        far = math.hypot(x - pointer.root_x, y - pointer.root_y)
        if far < 1:
            return
        steps = max(4, round(self.pace.move * min(1, 0.35 + far / 1500) / 0.012))
        bend = self._chance.uniform(-0.06, 0.06)
        for step in range(1, steps + 1):
            part = (1 - math.cos(math.pi * step / steps)) / 2  # slow, fast, slow
            aside = bend * math.sin(math.pi * part)
            here_x = pointer.root_x + (x - pointer.root_x) * part - (y - pointer.root_y) * aside
            here_y = pointer.root_y + (y - pointer.root_y) * part + (x - pointer.root_x) * aside
            self._send(self._x.MotionNotify, x=round(here_x), y=round(here_y))
            self._rest(0.012)

    def click(self, x: int, y: int, times: int = 1) -> float:
        """Go there and click; says when the button first went down."""
        self.move(x, y)
        self._rest(0.05)
        first = 0.0
        for _ in range(times):
            at = self._send(self._x.ButtonPress, 1)
            first = first or at
            self._rest(self.pace.held)
            self._send(self._x.ButtonRelease, 1)
            self._rest(self.pace.held)
            self.clicks += 1
        return first

    # ---- both

    def think(self, factor: float = 1.0) -> None:
        """Do nothing for a moment, as people do between actions."""
        self._rest(self.pace.think * factor * math.exp(self._chance.gauss(0, self.pace.spread)))

    def wait(self, seconds: float) -> None:
        """Do nothing for just so long."""
        self._rest(seconds)

    def put_in_front(self, window: int) -> None:
        """Ask the window manager to put a window in front, as a task bar does."""
        from Xlib.protocol import event  # noqa: PLC0415 - there on Linux only

        root = self._connection.screen().root
        pager = (32, [2, self._x.CurrentTime, 0, 0, 0])
        message = event.ClientMessage(window=window, client_type=self._connection.intern_atom("_NET_ACTIVE_WINDOW"), data=pager)
        root.send_event(message, event_mask=self._x.SubstructureRedirectMask | self._x.SubstructureNotifyMask)
        self._connection.sync()

    def in_front(self) -> int:
        """Id of the window that has the keyboard; 0 for none. It costs a millisecond, so it can be asked when it comes."""
        answer = self._connection.screen().root.get_full_property(
            self._connection.intern_atom("_NET_ACTIVE_WINDOW"), self._x.AnyPropertyType
        )
        return answer.value[0] if answer is not None and len(answer.value) else 0

    def copied_by(self) -> int:
        """Id of the window that holds the clipboard; 0 for none."""
        owner = self._connection.get_selection_owner(self._connection.intern_atom("CLIPBOARD"))
        return getattr(owner, "id", 0)

    def _send(self, kind: int, detail: int = 0, x: int = 0, y: int = 0) -> float:
        at = time.monotonic()
        self._xtest.fake_input(self._connection, kind, detail, x=x, y=y)
        self._connection.sync()
        return at

    @staticmethod
    def _rest(seconds: float) -> None:
        """Let time pass: the pace of a person is what is played here, nothing is waited for."""
        time.sleep(max(0.0, seconds))

    @staticmethod
    def typable(text: str, extra: Iterable[str] = EXTRA) -> bool:
        """Whether every letter of a text has a key."""
        return all(letter in extra or " " <= letter <= "~" for letter in text)
