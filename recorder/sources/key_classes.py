"""
From a key to its class: all that the recorder ever knows of what was pressed.

A key is given by its row in the server's table: the keysyms of each group (two to a group: plain, with Shift). Everything is decided by
the row and the modifiers held, so that nothing has to be remembered between two presses.

Source: keysyms and their ranges, X11 protocol, appendix A; groups in `state`, X Keyboard Extension protocol, section 2.2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntFlag
from typing import Final

from recorder.sources.base import KeyClass

__all__ = ["Held", "key_class"]


class Held(IntFlag):
    """The modifiers that are held down at a press, with the bits that X11 gives those whose place is fixed."""

    nothing = 0
    shift = 1
    control = 4
    alt = 8
    num_lock = 16
    command = 64  # The Super key; on a Mac it stands for control.


# Plain numbers, because a flag takes a microsecond each time it is compared, and this is done at every key press.
SHIFT, CONTROL, NUM_LOCK, OTHER_CHORDS = int(Held.shift), int(Held.control), int(Held.num_lock), int(Held.alt | Held.command)

# The last group of a row that can be told by `state`, bits 13 and 14; a row says plain and shifted of two of them.
GROUP_BIT: Final = 13

NAVIGATION: Final = frozenset({0xFF09, 0xFE20, 0xFF89, *range(0xFF50, 0xFF59), *range(0xFF95, 0xFF9E)})  # Tab, Home to Begin, both pads
ENTER: Final = frozenset({0xFF0A, 0xFF0D, 0xFF8D, 0xFE34})  # Linefeed, Return, KP_Enter, ISO_Enter
EDIT: Final = frozenset({0xFF08, 0xFFFF, 0xFF9F})  # BackSpace, Delete, KP_Delete
DELETE: Final = frozenset({0xFFFF, 0xFF9F})
INSERT: Final = frozenset({0xFF63, 0xFF9E})
# Keys that say what they do, such as those of a Sun or a multimedia keyboard.
NAMED: Final = {
    0x1008FF57: KeyClass.copy,
    0x1008FF58: KeyClass.cut,
    0x1008FF6D: KeyClass.paste,
    0x1008FF77: KeyClass.save,
    0x1005FF72: KeyClass.copy,
    0x1005FF75: KeyClass.cut,
    0x1005FF74: KeyClass.paste,
    0xFF65: KeyClass.undo,
}
CHORDS: Final = {"c": KeyClass.copy, "x": KeyClass.cut, "v": KeyClass.paste, "z": KeyClass.undo, "s": KeyClass.save}
# With Shift these are the same (a terminal's copy, paste without format, save as); Ctrl+Shift+Z is redo, and X is nothing common.
CHORDS_WITH_SHIFT: Final = frozenset("cvs")
# Where those letters are on a keyboard without Latin letters: the key codes of the places, as Linux gives them.
PLACES: Final = {54: "c", 53: "x", 55: "v", 52: "z", 39: "s"}

MODIFIERS: Final = (range(0xFFE1, 0xFFEF), range(0xFE01, 0xFE14), range(0xFF7E, 0xFF80), range(0xFF13, 0xFF16))
# Space to the end of the old character sets; dead keys; the characters of the pad; Unicode.
CHARACTERS: Final = (range(0x20, 0xFD00), range(0xFE50, 0xFE90), range(0xFFAA, 0xFFBA), range(0x01000020, 0x01110000))
# The two ends of the pad's range: its space and its equals sign.
PAD_CHARACTERS: Final = frozenset({0xFF80, 0xFFBD})
PAD: Final = range(0xFF95, 0xFFA0)


def key_class(code: int, row: Sequence[int], held: int, group: int = 0) -> KeyClass | None:
    """
    The class of a key press.

    Args:

        code: The key's place on the keyboard; used only where the row has no Latin letter.

        row: Its keysyms: plain and with Shift of each group.

        held: Modifiers held down, the bits of `Held`. AltGr (the third level) is none of them: what it makes is a character like others.

        group: Group in force, from 0.

    Returns:

        None for a key that alone is nothing: a modifier or a lock.
    """
    symbol = _symbol(row, held, group)
    if any(symbol in some for some in MODIFIERS):
        return None
    if symbol in NAMED:
        return NAMED[symbol]
    if held & OTHER_CHORDS:
        return KeyClass.other
    if symbol in INSERT or (symbol in DELETE and held & SHIFT):
        return _older_chord(symbol, held)
    if _is_character(symbol) and held & CONTROL:
        return _chord(code, row, held, group)
    return _alone(symbol)


def _alone(symbol: int) -> KeyClass:
    for found, symbols in ((KeyClass.edit, EDIT), (KeyClass.enter, ENTER), (KeyClass.navigation, NAVIGATION)):
        if symbol in symbols:
            return found
    return KeyClass.character if _is_character(symbol) else KeyClass.other


def _symbol(row: Sequence[int], held: int, group: int) -> int:
    """The keysym that decides: that of the group in force, else the first there is; on the number pad what Num Lock makes of it."""
    plain, shifted = _pair(row, group)
    on_pad = plain in PAD and shifted
    return shifted if on_pad and bool(held & NUM_LOCK) != bool(held & SHIFT) else plain


def _pair(row: Sequence[int], group: int) -> tuple[int, int]:
    for first in (2 * group, 0):
        pair = tuple(row[first : first + 2])
        if any(pair):
            return pair[0] or pair[-1], pair[-1]
    found = next((symbol for symbol in row if symbol), 0)
    return found, found


def _older_chord(symbol: int, held: int) -> KeyClass:
    """The chords of before Ctrl+C: Ctrl+Insert copies, Shift+Insert pastes, Shift+Delete cuts."""
    if symbol in DELETE:
        return KeyClass.cut if not held & CONTROL else KeyClass.edit
    return {SHIFT: KeyClass.paste, CONTROL: KeyClass.copy}.get(held & (SHIFT | CONTROL), KeyClass.other)


def _chord(code: int, row: Sequence[int], held: int, group: int) -> KeyClass:
    letter = _latin(_pair(row, group)[0]) or next(filter(None, map(_latin, row)), None) or PLACES.get(code, "")
    if held & SHIFT and letter not in CHORDS_WITH_SHIFT:
        return KeyClass.other
    return CHORDS.get(letter, KeyClass.other)


def _latin(symbol: int) -> str | None:
    """The Latin letter of a keysym, lower case; None for anything else, also for other signs, which are never looked at."""
    return chr(symbol).lower() if 0x41 <= symbol <= 0x5A or 0x61 <= symbol <= 0x7A else None  # noqa: PLR2004 - A to Z, a to z


def _is_character(symbol: int) -> bool:
    return symbol in PAD_CHARACTERS or any(symbol in some for some in CHARACTERS)
