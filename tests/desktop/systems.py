"""What the clerk knows of the windows he works in: which screen each shows, where its focus is, what has been filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from tests.desktop.programs import Program
from tests.desktop.truth import Field
from tests.desktop.websites import BILLING_FORM, TICKET_FORM, Fillable, Website

__all__ = ["FORMS", "NOTES", "READ_ONLY", "System", "Taken", "Visit", "screen_of"]

FORMS: Final = {"/tickets/{ticket}": TICKET_FORM, "/invoices/new": BILLING_FORM}
NOTES: Final = (Fillable(("note-title",)), Fillable(("note-text",), "area"), Fillable(("note-kind",), "select"))
READ_ONLY: Final = {"customer-name", "customer-email", "customer-no", "customer-address", "total"}


def screen_of(path: str) -> str:
    """A path of the two systems without what is particular to one ticket."""
    return re.sub(r"^/tickets/INC-\d+.*", "/tickets/{ticket}", path)


class Taken(NamedTuple):
    """What was copied or read: where, when, and for a note where it had come from."""

    field: Field
    at: float
    origin: Taken | None = None


@dataclass
class Visit:
    """A field has the focus."""

    element: str
    focused: float
    came: str
    keys: int
    edits: int = 0


@dataclass
class System:
    """A window of the desktop, as the clerk knows it."""

    name: str
    window: int
    source: Website | Program
    screen: str
    shown: float = 0.0
    focus: str | None = None
    fillable: tuple[Fillable, ...] = ()
    filled: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)

    def show(self, screen: str, at: float, fillable: tuple[Fillable, ...] = ()) -> None:
        """Another screen has come up in the window."""
        self.screen, self.shown, self.focus, self.fillable = screen, at, None, fillable
        self.filled, self.touched = set(), set()

    def field(self, element: str) -> Field:
        """A field of the present screen; a radio button stands for its group."""
        return Field(self.name, self.screen, self.group(element))

    def group(self, element: str) -> str:
        """The first element of the group of radio buttons, else the element itself."""
        return next((one.element for one in self.fillable if element in one.elements), element)

    def is_field(self, element: str | None) -> bool:
        """Whether something is a field, not a button or a text."""
        return element in READ_ONLY or any(element in one.elements for one in self.fillable)

    def events(self, kind: str) -> int:
        """How many events of a kind its pages or fields had."""
        return len(self.source.events(kind))
