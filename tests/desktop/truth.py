"""
What the clerk did: the truth a recording is held against.

It holds fields, counts and times, never a value. All times are `time.monotonic` of this machine, by the clerk's own clock at the moment of the
key or the click; it knows nothing of what a recorder saw.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

__all__ = [
    "Case",
    "Correction",
    "DeadClick",
    "Field",
    "FieldVisit",
    "FormOutcome",
    "ReEntry",
    "RepeatClicks",
    "ScreenVisit",
    "Submit",
    "Switch",
    "Truth",
    "Workaround",
]


class Field(NamedTuple):
    """A field or control: its app (host and port, or the program's name), its screen (path as a pattern, or the window), its id there."""

    app: str
    screen: str
    element: str


@dataclass(frozen=True)
class Case:
    """A ticket, from the click that opened it to the click that closed it."""

    number: int
    started: float
    ended: float


@dataclass(frozen=True)
class Switch:
    """Another application came to the front."""

    at: float
    source: str
    target: str
    case: int | None


@dataclass(frozen=True)
class ScreenVisit:
    """A screen was in front, without a break; `case` is the one that was on when it came."""

    app: str
    screen: str
    entered: float
    left: float
    case: int | None

    @property
    def dwell_s(self) -> float:
        """How long."""
        return self.left - self.entered


@dataclass(frozen=True)
class FieldVisit:
    """
    A field had the focus, without a break.

    Args:

        keys: Keys pressed in it, without modifiers and Tab.

        edits: How many times its content was typed, pasted or chosen.

        fillable: False for a field that is only for reading.

        came: `click`, `tab`, or `back` where the window came to the front again and gave it the focus it had.

        filled: Whether it held something at the end.
    """

    field: Field
    focused: float
    blurred: float
    keys: int
    edits: int
    fillable: bool
    came: str
    filled: bool
    case: int | None


@dataclass(frozen=True)
class ReEntry:
    """
    What one system showed was entered in another.

    Args:

        mode: `clipboard` or `typed`.

        relation: `same`, or `reformatted` where it was typed in another form.

        taken: When it was copied, or read.

        entered: When it was pasted, or its first key was pressed.
    """

    source: Field
    target: Field
    mode: str
    relation: str
    taken: float
    entered: float
    case: int | None


@dataclass(frozen=True)
class Workaround:
    """A value went from one system to another through a note; its two halves are re-entries as well."""

    source: Field
    through: Field
    target: Field
    taken: float
    entered: float
    case: int | None


@dataclass(frozen=True)
class Correction:
    """A field got a wrong value and then the right one: `in place`, or `returned` where it was left and come back to."""

    field: Field
    kind: str
    at: float
    case: int | None


@dataclass(frozen=True)
class RepeatClicks:
    """Clicks on the same control within a second each."""

    target: Field
    clicks: int
    first: float
    last: float
    case: int | None


@dataclass(frozen=True)
class DeadClick:
    """A click on something that does nothing."""

    target: Field
    at: float
    case: int | None


@dataclass(frozen=True)
class Submit:
    """A form was sent."""

    field: Field
    at: float
    case: int | None


@dataclass(frozen=True)
class FormOutcome:
    """
    What became of the fields of a form by the time it was sent; a group of radio buttons is its first button.

    Args:

        filled: Hold something.

        passed_over: Had the focus and hold nothing.

        never_touched: Never had the focus.
    """

    app: str
    screen: str
    shown: float
    submitted: float
    filled: tuple[str, ...]
    passed_over: tuple[str, ...]
    never_touched: tuple[str, ...]
    case: int | None


@dataclass
class Truth:
    """
    Everything the clerk did, each list in order of time.

    Args:

        started, ended: Of the whole, on `time.monotonic`.

        started_wall: `started` in seconds since 1970.

        keys, clicks: How many, in all.
    """

    started: float = 0.0
    ended: float = 0.0
    started_wall: float = 0.0
    keys: int = 0
    clicks: int = 0
    cases: list[Case] = field(default_factory=list)
    switches: list[Switch] = field(default_factory=list)
    screens: list[ScreenVisit] = field(default_factory=list)
    visits: list[FieldVisit] = field(default_factory=list)
    re_entries: list[ReEntry] = field(default_factory=list)
    workarounds: list[Workaround] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    repeat_clicks: list[RepeatClicks] = field(default_factory=list)
    dead_clicks: list[DeadClick] = field(default_factory=list)
    submits: list[Submit] = field(default_factory=list)
    forms: list[FormOutcome] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {name: len(value) for name, value in vars(self).items() if isinstance(value, list)}

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON has it; a field is an object."""
        return _plain(asdict(self))


def _plain(value: Any) -> Any:
    if isinstance(value, Field):
        return value._asdict()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
