"""A scripted desk for the sessioniser: sightings by short names, events back as plain rows."""

from __future__ import annotations

from typing import Any

from recorder.sessioniser import Sessioniser
from recorder.sources.base import (
    ClipboardTaken,
    Control,
    ControlChanged,
    FocusMoved,
    KeyClass,
    KeyPressed,
    Page,
    PageShown,
    PointerHit,
    PointerPressed,
    Reacted,
    Window,
    WindowActivated,
)
from shadow.consent import Switches
from shadow.recorded import RecordedEvent
from shadow.settings import CasesSection, RecordSection, ScreenPattern, Settings

TICKETS, BILLING, NOTES = "127.0.0.1:8001", "127.0.0.1:8002", "Notes"
SETTINGS = Settings(
    record=RecordSection(apps=(TICKETS, BILLING, NOTES)),
    screens=(ScreenPattern(TICKETS, r"^/tickets/[^/]+$", "/tickets/:id"), ScreenPattern(BILLING, r"^/credit$", "/credit")),
    cases=CasesSection(id_patterns=(r"^INC-\d{6}$",)),
)
ALL = Switches(clicks_and_focus=True, dwell_and_skips=True, value_marks=True)

BROWSER, NATIVE = 100, 200


def page(host: str, address: str, *, key: object = None, title: str = "") -> Page:
    """A web page in the browser."""
    return Page(key=key or (host, address), names=(host,), pid=BROWSER, web=True, address=address, title=title)


def field(  # noqa: PLR0913 - a field has many sides
    on: Page, element: str, value: str | None = "", *, role: str = "entry", label: str | None = None, fillable: bool = True
) -> Control:
    """A field of a page; one without `fillable` is read-only."""
    key = (on.key, element)
    return Control(key=key, page=on, element=element, label=label, role=role, fillable=fillable, value=value)


class ScriptedDesk:
    """Feeds a sessioniser and keeps what it hands on."""

    def __init__(self, settings: Settings = SETTINGS, switches: Switches = ALL) -> None:
        self.events: list[RecordedEvent] = []
        self.sessioniser = Sessioniser(settings, switches, self.events.append)
        self.t_ms = 0

    def at(self, t_ms: int) -> ScriptedDesk:
        """Let time pass in steps of 50 ms, as the recorder does."""
        while self.t_ms < t_ms:
            self.t_ms = min(self.t_ms + 50, t_ms)
            self.sessioniser.tick(self.t_ms)
        return self

    def window(self, pid: int | None, *names: str, title: str = "") -> ScriptedDesk:
        """A window comes to the front; without a pid none does."""
        window = None if pid is None else Window(key=(pid, names), names=names, pid=pid, title=title)
        self.sessioniser.take(WindowActivated(t_ms=self.t_ms, window=window))
        return self

    def shows(self, on: Page, *controls: Control, listed: bool = True) -> ScriptedDesk:
        """A page is in front."""
        self.sessioniser.take(PageShown(t_ms=self.t_ms, page=on, controls=controls if listed else None))
        return self

    def focus(self, control: Control | None) -> ScriptedDesk:
        """The focus moves."""
        self.sessioniser.take(FocusMoved(t_ms=self.t_ms, control=control))
        return self

    def key(self, key: str, times: int = 1) -> ScriptedDesk:
        """Keys are pressed."""
        for _ in range(times):
            self.sessioniser.take(KeyPressed(t_ms=self.t_ms, key=KeyClass(key)))
        return self

    def types(self, control: Control, text: str) -> ScriptedDesk:
        """Every letter is pressed and seen, and the field comes to rest."""
        for letter in text:
            self.key("character")
            self.sessioniser.take(ControlChanged(t_ms=self.t_ms, control=control, n_inserted=1, n_deleted=0, inserted=letter))
            self.at(self.t_ms + 100)
        return self.rests(control, text)

    def changes(self, control: Control, inserted: str = "", n_deleted: int = 0) -> ScriptedDesk:
        """Text comes and goes at once."""
        self.sessioniser.take(
            ControlChanged(t_ms=self.t_ms, control=control, n_inserted=len(inserted), n_deleted=n_deleted, inserted=inserted or None)
        )
        return self

    def rests(self, control: Control, value: str) -> ScriptedDesk:
        """A field is read after it came to rest."""
        held = Control(
            key=control.key, page=control.page, element=control.element, label=control.label, role=control.role, fillable=True, value=value
        )
        self.sessioniser.take(ControlChanged(t_ms=self.t_ms, control=held))
        return self

    def click(self, control: Control | None, x: int = 10, y: int = 10) -> ScriptedDesk:
        """A click, and what it hit."""
        self.sessioniser.take(PointerPressed(t_ms=self.t_ms, x=x, y=y))
        self.sessioniser.take(PointerHit(t_ms=self.t_ms, x=x, y=y, control=control))
        return self

    def copies(self, text: str | None, pid: int = BROWSER, *names: str) -> ScriptedDesk:
        """Something is put on the clipboard."""
        owner = Window(key=("owner", pid), names=names, pid=pid)
        self.sessioniser.take(ClipboardTaken(t_ms=self.t_ms, owner=owner, text=text))
        return self

    def reacts(self, pid: int = BROWSER) -> ScriptedDesk:
        """A program shows something new."""
        self.sessioniser.take(Reacted(t_ms=self.t_ms, pid=pid))
        return self

    def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """What was handed on, after the session ended, as rows of these columns."""
        self.sessioniser.finish(self.t_ms)
        return [tuple(getattr(event, column) for column in columns) for event in self.events]
