"""
Clicks, and what presses lead to: a form that is submitted, an answer, or nothing.

    click on a button ---- another page within 3 s ----> submit
                      `--- something new on the page --> screen, once: the click was not dead
                      `--- nothing -------------------> nothing is written, and the click is dead

A click that moves the focus is written after what that brings, all of it at the time of the click: the field left has its change and blur,
the one clicked its focus, then comes the click.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recorder.event_writer import CHOICES, TEXTUAL, EventWriter, Front

if TYPE_CHECKING:
    from recorder.field_watch import FieldWatch
    from recorder.sources.base import Control, FocusMoved, Page, PointerHit, PointerPressed, Reacted

__all__ = ["PressWatch", "is_other"]

HIT_MS: Final = 250
# The focus that a click gives comes within 15 ms on a quiet machine (measured), and within this time on a busy one.
FOCUS_MS: Final = 150
# Longest wait for the page that a press leads to, and for any other answer: as long as a click may wait before it is dead.
ANSWER_MS: Final = 3000
# A reaction is noted when no further click came for this long: it must not break up a burst of clicks on something slow.
BURST_MS: Final = 1100
# An answer to what may yet turn out to be a submit is noted just before the click would be dead.
LAST_MS: Final = 2700

ANSWERING: Final = frozenset({"button", "link", "cell"})
FOCUSABLE: Final = TEXTUAL | CHOICES | {"button", "link"}
SUBMITTING: Final = frozenset({"entry", "button", "date", "password"})


@dataclass(frozen=True, slots=True)
class _Press:
    """A press of a button, by click or by Enter, that something may follow."""

    t_ms: int
    named: dict[str, Any]
    front: Front
    submits: bool


@dataclass(slots=True)
class _Click:
    """A click that waits: for what it hit, or for the focus it gives."""

    pressed: PointerPressed
    control: Control | None = None


class PressWatch:
    """
    Follows clicks until it is known what they hit and what came of them.

    Args:

        writer: Where events go.

        fields: What is entered, which a press brings to its end.
    """

    def __init__(self, writer: EventWriter, fields: FieldWatch) -> None:
        self._writer = writer
        self._fields = fields
        self._clicks: list[_Click] = []
        self._press: _Press | None = None
        self._reacted_ms = -1

    def click(self, pressed: PointerPressed) -> None:
        """Take in a click; what it hit is told in a moment, by a program that tells of its controls."""
        front = self._writer.front
        self._fields.press_pointer(pressed.button, pressed.t_ms)
        if front.page is None or front.page.opaque:
            self._write(pressed, None)
        else:
            self._clicks.append(_Click(pressed))

    def hit(self, hit: PointerHit) -> None:
        """Take in what lay under the pointer; if it may get the focus by this, the click waits for that."""
        click = next((one for one in self._clicks if one.pressed.t_ms == hit.t_ms), None)
        if click is None or hit.control is None:
            return
        click.control = hit.control
        focused = self._fields.focused
        if hit.control.role not in FOCUSABLE or (focused is not None and focused.key == hit.control.key):
            self._clicks.remove(click)
            self._write(click.pressed, hit.control)

    def cause_of(self, moved: FocusMoved) -> PointerPressed | None:
        """The click that moved the focus, if one did; it is written by `settle`, after what the focus brings."""
        found = (one for one in self._clicks if 0 <= moved.t_ms - one.pressed.t_ms <= FOCUS_MS)
        click = next(found, None) if moved.control is not None else None
        if click is None:
            return None
        click.control = click.control or moved.control
        return click.pressed

    def settle(self, pressed: PointerPressed | None) -> None:
        """Write a click whose focus has come."""
        click = next((one for one in self._clicks if one.pressed is pressed), None)
        if click is not None:
            self._clicks.remove(click)
            self._write(click.pressed, click.control)

    def enter(self, t_ms: int) -> None:
        """Take in that Enter was pressed: in a field or on a button it may submit."""
        control = self._fields.focused
        if control is not None and control.role in SUBMITTING and self._writer.is_here(control):
            self._fields.end_entry(t_ms)
            self._press = _Press(t_ms, self._writer.named(control), self._writer.front, submits=True)

    def react(self, reacted: Reacted) -> None:
        """Take in that a program showed something new."""
        if reacted.pid in (self._writer.front.pid, None):
            self._reacted_ms = reacted.t_ms

    def show_page(self, former: Front, front: Front, t_ms: int) -> None:
        """Another page or form is in front: a press on the former one submitted it."""
        press, self._press = self._press, None
        if press is None or not press.submits or t_ms - press.t_ms > ANSWER_MS or front.app is None or former.app != front.app:
            return
        if is_other(former.page, front.page) or former.elements != front.elements:
            self._fields.end_entry(t_ms, former)
            self._writer.act(t_ms, "submit", press.front, **press.named)

    def tick(self, now_ms: int) -> None:
        """Let time pass: clicks whose hit is not told are of no known control; a press that was answered in no other way is answered now."""
        for click in tuple(self._clicks):
            if now_ms - click.pressed.t_ms > (FOCUS_MS if click.control else HIT_MS):
                self.settle(click.pressed)
        press = self._press
        if press is None:
            return
        waited_ms = now_ms - press.t_ms
        if self._reacted_ms > press.t_ms and waited_ms > (LAST_MS if press.submits else BURST_MS):
            self._press = None
            if self._writer.front.app is not None:
                self._writer.note(now_ms, "screen")
        elif waited_ms >= ANSWER_MS:
            self._press = None

    def leave(self) -> None:
        """Stop waiting: clicks are written with what is known of them, and what could follow does not matter any more."""
        self.flush()
        self.forget()

    def flush(self) -> None:
        """Write the clicks that wait: what they were on is about to go."""
        for click in tuple(self._clicks):
            self.settle(click.pressed)

    def forget(self) -> None:
        """Let go of everything that is waited for."""
        self._clicks.clear()
        self._press = None

    def _write(self, pressed: PointerPressed, control: Control | None) -> None:
        writer = self._writer
        if control is not None and not writer.is_here(control):
            control = None
        self._fields.hit = control
        named = writer.named(control) if control is not None else {}
        writer.act(pressed.t_ms, "click", **named, x=pressed.x, y=pressed.y)
        if control is not None and control.role in ANSWERING:
            submits = control.role == "button" and bool(writer.front.elements) and pressed.button == "left"
            self._press = _Press(pressed.t_ms, named, writer.front, submits)


def is_other(former: Page | None, page: Page | None) -> bool:
    """Whether a page took the place of another; one without accessibility cannot tell."""
    return former is not None and page is not None and (former.key, former.address) != (page.key, page.address)
