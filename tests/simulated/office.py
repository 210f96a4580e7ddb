"""
What an office is made of: systems, screens and fields, what is carried by hand from one system into another, and the kinds of cases.

    Office
      screens, fields       where everything is, in pixels
      transfers, defaults   what an integration could do
      kinds                 what the agents work on: jobs, each a few records looked up and a form filled in

Nothing here takes time, and nothing is drawn: `drawing.py` draws an office, `timing.py` says how long things last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

__all__ = ["Default", "Entry", "Field", "Form", "Job", "Kind", "Office", "Planted", "Record", "Screen", "Transfer"]


@dataclass(frozen=True, slots=True)
class Field:
    """
    One element of a screen.

    Args:

        app, screen, element, label, role: As the log says them.

        kind: `read` shows a value, `fill` and `must` are filled in (must = required), `act` is pressed.

        x, y, width, height: Its middle and its size, screen pixels.

        content: What it shows or is given: a notation of `values.py`, `own <notation>` for a value of its own, `choice`, `text` or
            `standard`.

        options: Of a `choice`: the values and how often each is right; they add up to 1.
    """

    app: str
    screen: str
    element: str
    label: str
    role: str
    kind: str
    x: int
    y: int
    width: int
    height: int
    content: str = ""
    options: tuple[tuple[str, float], ...] = ()
    key: str = field(init=False, compare=False, default="")

    def __post_init__(self) -> None:
        """Give the field the name that finds it in its office."""
        object.__setattr__(self, "key", f"{self.app}:{self.screen}:{self.element}")


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen of a system; `door` is the menu link that leads there, None where there is none; `slow` multiplies the wait for it."""

    app: str
    name: str
    door: Field | None = None
    slow: float = 1.0


@dataclass(frozen=True, slots=True)
class Transfer:
    """
    A value that agents carry by hand from one system into another.

    Args:

        target, sources: Where it is entered, and where it comes from; several sources are joined.

        mode: `clipboard` or `typed`.

        relation: `same`, `reformatted`, `part` or `joined`.

        equal: Other fields of other systems that show the same value, or hold it.

        via: The note it is put in on the way, or None.

        blanks: The value is shown and pasted with blanks behind it.

        in_mind: Typed, and read in the visit in which the record was looked up, with others; else its source is visited for it.
    """

    target: Field
    sources: tuple[Field, ...]
    mode: str
    relation: str
    equal: tuple[Field, ...] = ()
    via: Field | None = None
    blanks: bool = False
    in_mind: bool = False


@dataclass(frozen=True, slots=True)
class Default:
    """A field that is nearly always given the same value; `share` of its entries are `value`."""

    target: Field
    value: str
    share: float


@dataclass(frozen=True, slots=True)
class Planted:
    """An integration that would truly save something: `autofill`, `link`, `default` or `remove_field`."""

    kind: str
    sources: tuple[Field, ...]
    targets: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """
    A record that is searched for before it can be read.

    Args:

        search: The screen with the query field and the button to press.

        query, button, hits: Where the order number is typed, what is pressed, and the grid the record is opened from; `hits` is None
            where the record is shown at once.

        screens: The screens of the record, the first is the one that opens.
    """

    search: Screen
    query: Field
    button: Field
    hits: Field | None
    screens: tuple[Screen, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing done in a form, `share` of the times: `transfer`, `own`, `choice`, `default`, `stop` (passed over), `text` or `extreme`."""

    kind: str
    target: Field
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Form:
    """
    A form filled in from top to bottom and submitted.

    Args:

        screen, entries, submit: Where, what, and the button pressed in the end.

        after: The screen that follows.

        dead, dead_share: A button that does not always answer, and in how many of the forms it is pressed in vain.
    """

    screen: Screen
    entries: tuple[Entry, ...]
    submit: Field
    after: Screen
    dead: Field | None = None
    dead_share: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """A part of a case: records looked up (by their place in the office), then a form filled in, None for none; `share` of the cases."""

    records: tuple[int, ...]
    form: Form | None
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of case, `share` of all; `look_ups` are read without being entered anywhere, each with its share."""

    name: str
    share: float
    jobs: tuple[Job, ...]
    look_ups: Mapping[Field, float]


@dataclass(frozen=True, slots=True)
class Office:
    """
    An office of its own for every seed.

    Args:

        seed, null: What it was drawn from; in a null office nothing is ever entered a second time.

        left_on: The screen every system is on when a part of a case begins.

        responses: How long each system takes to answer: median seconds and sd of ln. `(window)` brings a window to the front.

        queue, queue_grid, refresh, ticket, ticket_no, order_no: Where a case begins: a row of the grid is opened with a double click.

        ticket_entries: What may be done on the ticket itself, in order.

        close: The form whose submit completes the case.

        news, article: A screen read between cases, and the text on it, which may lie ready for replies; or None.

        records, kinds, defaults: See there.

        ways: The transfers; in a null office their sources are looked at, and their targets given values of their own.

        fields: Every field, by key.

        never_touched, passed_over: Fields nobody enters, and fields nearly always left empty.

        slow_agent: One in sixteen agents needs three times as long: those whose number leaves this remainder.
    """

    seed: int
    null: bool
    left_on: Mapping[str, str]
    responses: Mapping[str, tuple[float, float]]
    queue: Screen
    queue_grid: Field
    refresh: Field
    ticket: Screen
    ticket_no: Field
    order_no: Field
    message: Field
    ticket_entries: tuple[Entry, ...]
    close: Form
    news: Screen | None
    article: Field | None
    records: tuple[Record, ...]
    kinds: tuple[Kind, ...]
    ways: tuple[Transfer, ...]
    defaults: tuple[Default, ...]
    screens: tuple[Screen, ...]
    fields: Mapping[str, Field]
    never_touched: tuple[Field, ...]
    passed_over: tuple[Field, ...]
    slow_agent: int

    @property
    def systems(self) -> tuple[str, ...]:
        """The systems, in the order of their first screen."""
        return tuple(dict.fromkeys(screen.app for screen in self.screens))

    @property
    def transfers(self) -> tuple[Transfer, ...]:
        """What is entered a second time: nothing in a null office."""
        return () if self.null else self.ways

    def screen_of(self, of: Field) -> Screen:
        """The screen a field is on."""
        return next(screen for screen in self.screens if (screen.app, screen.name) == (of.app, of.screen))

    def integrations(self) -> list[Planted]:
        """One autofill for each target, one link for each two screens with two or more targets, defaults, and fields to remove."""
        return [
            *(Planted("autofill", transfer.sources, (transfer.target,)) for transfer in self.transfers),
            *self._links(),
            *(Planted("default", (), (default.target,)) for default in self.defaults),
            *(Planted("remove_field", (), (target,)) for target in self.passed_over),
        ]

    def _links(self) -> list[Planted]:
        def way(transfer: Transfer) -> tuple[str, ...]:
            start, end = transfer.sources[0], transfer.target
            return start.app, start.screen, end.app, end.screen

        groups = [list(group) for _, group in groupby(sorted(self.transfers, key=way), key=way)]
        return [
            Planted("link", tuple(source for t in group for source in t.sources), tuple(t.target for t in group))
            for group in groups
            if len(group) > 1
        ]
