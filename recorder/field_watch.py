"""Visits to fields, what is entered there and by which way: typed, chosen, pasted; and what was copied from where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from recorder.event_writer import CHOICES, TEXTUAL, EventWriter, Front
from recorder.field_visit import Entry, FieldVisit, state
from recorder.sources.base import KeyClass
from shadow.events import UNKNOWN_APP
from shadow.recorded import RecordedEvent

if TYPE_CHECKING:
    from recorder.sources.base import ClipboardTaken, Control, ControlChanged, FocusMoved

__all__ = ["FieldWatch"]

# What a key or a click leads to is seen within this time.
CAUSE_MS: Final = 700
PASTE_MS: Final = 500
LONG_AGO: Final = -(10**9)

ENTERING: Final = frozenset({KeyClass.character, KeyClass.edit, KeyClass.cut, KeyClass.paste, KeyClass.undo})


class FieldWatch:
    """
    Follows the focus from field to field.

    Args:

        writer: Where events go.
    """

    def __init__(self, writer: EventWriter) -> None:
        self._writer = writer
        self.visit: FieldVisit | None = None
        self.focused: Control | None = None
        # What the last click hit.
        self.hit: Control | None = None
        self._shown: dict[object, str] = {}
        self._clipboard: str | None = None
        self._acted_ms = self._paste_ms = LONG_AGO
        self._last_pasted: tuple[object, int] = (None, LONG_AGO)

    # --- the focus -------------------------------------------------------------------------------------------------

    def is_visiting(self, control: Control | None) -> bool:
        """Whether this is the field that is being visited."""
        return self.visit is not None and control is not None and control.key == self.visit.control.key

    def move(self, moved: FocusMoved) -> None:
        """Take in where the focus went."""
        control = moved.control
        self.leave(moved.t_ms)
        self.focused = control
        if control is not None and self._writer.is_here(control) and control.role in TEXTUAL | CHOICES:
            self._begin(control, moved.t_ms)

    def leave(self, t_ms: int) -> None:
        """The focus has left what it was on."""
        self.end_visit(t_ms, self._writer.front)
        self.focused = None

    def end_visit(self, t_ms: int, front: Front) -> None:
        """The visit ends: what was entered is an entry."""
        visit = self.visit
        self.end_entry(t_ms, front)
        self.visit = None
        if visit is not None and self._writer.switches.dwell_and_skips:
            named = {"element": visit.element, "label": visit.label, "role": visit.control.role, "required": visit.control.required}
            self._writer.act(t_ms, "blur", front, **named, filled=visit.now.filled)

    def end_entry(self, t_ms: int, front: Front | None = None) -> None:
        """What was entered so far is an entry; the visit goes on."""
        if self.visit is not None:
            self._enter(t_ms, self.visit, self.visit.take_entry(), front)

    def _begin(self, control: Control, t_ms: int) -> None:
        writer = self._writer
        named = writer.named(control)
        self.visit = FieldVisit(control, named["element"], named["label"])
        case = writer.case_ids.in_value(control.value)
        writer.act(t_ms, "focus", **named, **writer.marked(control.value, control.role), filled=state(control), case=case)

    def _enter(self, t_ms: int, visit: FieldVisit, entry: Entry | None, front: Front | None = None) -> None:
        """Write an entry that came to an end: `select` of a choice, `change` of anything else."""
        if entry is None:
            return
        writer, control = self._writer, visit.control
        action = "select" if control.role in ("combo", "radio") else "change"
        self._shown[control.key] = entry.value or ""
        named = {"element": visit.element, "label": visit.label, "role": control.role, "required": control.required}
        case = writer.case_ids.in_value(entry.value)
        writer.act(
            t_ms, action, front, **named, **writer.marked(entry.value, control.role), filled=entry.filled, keys=entry.keys, case=case
        )

    # --- what is entered -------------------------------------------------------------------------------------------

    def press_key(self, key: KeyClass, t_ms: int) -> None:
        """Take in that a key went down in what is in front."""
        self._acted_ms = t_ms
        if key is KeyClass.paste:
            self._paste_ms = t_ms
        if self.visit is not None and key in ENTERING:
            self.visit.press_key()

    def press_pointer(self, button: str, t_ms: int) -> None:
        """Take in that a mouse button went down; the middle one pastes in X11."""
        self._acted_ms = t_ms
        if button == "middle":
            self._paste_ms = t_ms

    def change(self, changed: ControlChanged) -> None:
        """Take in that a control holds something else now."""
        control = changed.control
        if not self._writer.is_here(control):
            return
        if not self.is_visiting(control):
            if not self._is_caused(changed):
                return  # the page did it, not the agent
            self.leave(changed.t_ms)
            self._begin(replace(control, value=None, filled=None) if control.role in CHOICES else control, changed.t_ms)
        visit = self.visit
        if visit is None:
            return
        if changed.n_inserted is not None or changed.n_deleted is not None:
            self._edit(visit, changed)
            return
        visit.rest(control)
        if control.role in CHOICES:
            self.end_entry(changed.t_ms)

    def _is_caused(self, changed: ControlChanged) -> bool:
        """Whether the agent may have changed this without giving it the focus first: just now a key or a click, and not in another control."""
        control, acted = changed.control, self.focused or self.hit
        if control.role not in TEXTUAL | CHOICES or (control.role == "radio" and not state(control)):
            return False  # of a group of radio buttons one goes out when another is chosen
        return changed.t_ms - self._acted_ms <= CAUSE_MS and (acted is None or acted.key == control.key)

    def _edit(self, visit: FieldVisit, changed: ControlChanged) -> None:
        self._enter(changed.t_ms, visit, visit.edit(changed.n_inserted, changed.n_deleted))
        if self._is_paste(changed):
            self._last_pasted = (visit.control.key, changed.t_ms)
            visit.begun_input = True
            self._writer.act(changed.t_ms, "paste", **self._writer.named(visit.control), filled=True)
        elif not visit.begun_input:
            visit.begun_input = True
            self._writer.act(changed.t_ms, "input", **self._writer.named(visit.control))

    def _is_paste(self, changed: ControlChanged) -> bool:
        """Several characters at once after a paste chord or a middle click, or just the text of the clipboard by whatever way."""
        key, t_ms = self._last_pasted
        if not changed.n_inserted or (key == changed.control.key and changed.t_ms - t_ms < PASTE_MS):
            return False
        if changed.t_ms - self._paste_ms < PASTE_MS:
            return True
        if self._clipboard is None or changed.inserted is None or changed.n_inserted < 2:  # noqa: PLR2004 - one letter is typed
            return False
        return changed.inserted.strip() == self._clipboard.strip()

    # --- what is shown and copied ----------------------------------------------------------------------------------

    def show(self, controls: tuple[Control, ...], t_ms: int) -> None:
        """One `screen` event for each field that shows a value which can be compared: it may be read there and typed elsewhere."""
        writer = self._writer
        for control in controls:
            if control.value is None or control.role == "password" or self._shown.get(control.key) == control.value:
                continue
            self._shown[control.key] = control.value
            marked, case = writer.marked(control.value, control.role), writer.case_ids.in_value(control.value)
            if marked or case:
                writer.note(t_ms, "screen", **writer.named(control), **marked, filled=True, case=case)

    def forget_shown(self) -> None:
        """Another screen is in front: what it shows is shown anew."""
        self._shown.clear()

    def copy(self, taken: ClipboardTaken) -> None:
        """Take in that something was put on the clipboard: from a field in front, from elsewhere in an application, or from nowhere known."""
        writer, front, owner = self._writer, self._writer.front, taken.owner
        self._clipboard = taken.text
        filled = True if taken.text is None else bool(taken.text.strip())
        if front.app is not None and (owner is None or owner.pid is None or front.pid is None or owner.pid == front.pid):
            if filled:
                control = self._copied_from(taken.text)
                named = writer.named(control) if control is not None else {}
                writer.act(taken.t_ms, "copy", **named, **writer.marked(taken.text), filled=True)
        elif writer.switches.clicks_and_focus:
            app = writer.allowlist.app(owner.names) if owner is not None else None
            writer.outbox.add(RecordedEvent(0, taken.t_ms, "copy", app or UNKNOWN_APP, **writer.marked(taken.text), filled=filled))

    def _copied_from(self, text: str | None) -> Control | None:
        """Where the copied text stands: in the field visited, or in what was clicked last."""
        if self.visit is not None and (text is None or text.strip() in (self.visit.now.value or "")):
            return self.visit.control
        return self.hit

    def forget(self) -> None:
        """Let go of everything that is remembered of what the agent does."""
        self.visit = self.focused = self.hit = self._clipboard = None
        self._shown.clear()
