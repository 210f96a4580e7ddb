"""
One visit to one field, while it lasts: what it held, what it holds, and which of that is an entry.

    focus      typed  rest     half of it deleted      typed   blur
    |----------|------|--------|-----------------------|-------|
                               change (entry undone)           change (entry)

Values are compared here and nowhere else, in memory, and go no further than the value marks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from recorder.sources.base import Control

__all__ = ["Entry", "FieldVisit"]

# Letter by letter, taking back less than this is a slip of the finger, and typing goes on. Several letters at once were selected first.
LEAST_UNDONE: Final = 3
UNDONE_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """
    What a field holds after an edit that came to an end.

    Args:

        value: Its value; None where values are not read.

        filled: Whether it holds something; None where that is not known.

        keys: Keys pressed for it; None in a password field, whose length is nobody's business.
    """

    value: str | None = field(repr=False)
    filled: bool | None
    keys: int | None


class FieldVisit:
    """
    A visit from its focus to its blur.

    Args:

        control: The field, with what it held at focus.

        element: Its name in the log.

        label: Its scrubbed label.
    """

    def __init__(self, control: Control, element: str, label: str | None) -> None:
        self.control = control
        self.element = element
        self.label = label
        self.begun_input = False
        self._value, self._filled = control.value, state(control)
        self._entered, self._entered_filled = self._value, self._filled
        self._keys = 0
        self._edited = False
        self._undone = 0

    @property
    def secret(self) -> bool:
        """Whether it is a password field."""
        return self.control.role == "password"

    def press_key(self) -> None:
        """Count a key that enters or takes back something."""
        self._keys += 1

    def edit(self, n_inserted: int | None, n_deleted: int | None) -> Entry | None:
        """
        Note that text came or went.

        Returns:

            The entry that is being undone, if most of what had come to rest is taken back; else None.
        """
        undone = None
        if n_deleted and self._edited and self._value:
            self._undone += n_deleted
            if n_deleted > 1 or self._undone >= max(LEAST_UNDONE, UNDONE_SHARE * len(self._value)):
                undone = self.take_entry()
        elif n_inserted:
            self._undone = 0
        self._edited = True
        return undone

    def rest(self, control: Control) -> None:
        """Take in what the field holds now that it has come to rest."""
        if control.value is not None or control.filled is not None:
            self._value, self._filled, self._undone = control.value, state(control), 0

    def take_entry(self) -> Entry | None:
        """What was entered since the last entry; None if the field holds what it held."""
        changed = self._value != self._entered if self._value is not None else self._edited
        if not changed:
            return None
        keys = None if self.secret else self._keys
        self._entered, self._entered_filled, self._keys, self._edited = self._value, self._filled, 0, False
        return Entry(self._value, self._filled, keys)

    @property
    def now(self) -> Entry:
        """What the field holds, as far as it is known."""
        return Entry(self._value, self._filled, None)


def state(control: Control) -> bool | None:
    """Whether a control holds something: by its value where that was read."""
    return bool(control.value.strip()) if control.value is not None else control.filled
