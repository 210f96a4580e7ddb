"""
A clerk who works on the desktop with mouse and keyboard, and notes down what he did.

    with Clerk(desktop, sites, notes) as clerk:
        clerk.begin()
        clerk.open_ticket("INC-100001")
        clerk.copy("customer-email")
        clerk.new_invoice()
        clerk.paste("email")
        truth = clerk.finish()

Where things are on the screen he learns from the pages and the notes program themselves; the windows are put in front by the window manager,
as a task bar does it, or with Alt+Tab. Everything else is mouse and keyboard.
"""

from __future__ import annotations

import time
from typing import Final, Self

from tests.desktop.desktop import Desktop, until
from tests.desktop.hands import Hands, Pace
from tests.desktop.programs import Program
from tests.desktop.systems import FORMS, NOTES, READ_ONLY, System, Taken, Visit, screen_of
from tests.desktop.truth import (
    Case,
    Correction,
    DeadClick,
    Field,
    FieldVisit,
    FormOutcome,
    ReEntry,
    RepeatClicks,
    ScreenVisit,
    Submit,
    Switch,
    Truth,
    Workaround,
)  # fmt: skip
from tests.desktop.websites import Websites

__all__ = ["Clerk"]

# A little longer than the three seconds after which a click counts as dead.
WONDER_S: Final = 3.3
LEFT: Final = (0, 0, 950, 1040)
RIGHT: Final = (960, 0, 950, 1040)


class Clerk:
    """
    Both web systems are opened, the tickets on the left, the billing on the right, and the tickets are in front.

    Args:

        desktop: Where he works.

        sites: The two web systems.

        notes: The notes program, if he has one.

        opaque: The program that the accessibility bus cannot see, if he has it.

        seed: Decides his gaps and paths.

        pace: How fast he is.
    """

    def __init__(  # noqa: PLR0913 - each but the first two may be left out
        self,
        desktop: Desktop,
        sites: Websites,
        notes: Program | None = None,
        *,
        opaque: Program | None = None,
        seed: int = 0,
        pace: Pace | None = None,
    ) -> None:
        self.desktop = desktop
        self.sites = sites
        self.hands = Hands(desktop.display, seed, pace)
        self.truth = Truth()
        self.case: int | None = None
        self.systems: dict[str, System] = {}
        self._visit: Visit | None = None
        self._entered = 0.0
        self._case_of_screen: int | None = None
        self._case_started = 0.0
        self._clipboard: Taken | None = None
        self._noted: dict[Field, Taken] = {}
        self._tabs = 0
        if notes:
            self.systems["notes"] = System(notes.name, notes.window, notes, notes.title, 0.0, "note-title", NOTES)
        if opaque:
            self.systems["opaque"] = System(opaque.name, opaque.window, opaque, opaque.title)
        for name, site, path, place in (("billing", sites.billing, "", RIGHT), ("tickets", sites.tickets, "tickets", LEFT)):
            window = desktop.chromium(site.url + path, place=place)
            self.systems[name] = System(site.address, window, site, f"/{path}", site.wait_for(path=f"/{path}").shown)
        desktop.activate(self.systems["tickets"].window)
        self.front = self.systems["tickets"]

    # ---- beginning and end

    def begin(self) -> None:
        """From now on everything is in the truth."""
        self.truth.started = self._entered = time.monotonic()
        self.truth.started_wall = time.time()

    def finish(self) -> Truth:
        """Stop working; the truth is complete."""
        at = time.monotonic()
        self._end_visit(at)
        self._leave_screen(at)
        self.truth.ended = at
        self.truth.keys, self.truth.clicks = self.hands.keys, self.hands.clicks
        return self.truth

    def close(self) -> None:
        """Let go of mouse and keyboard."""
        self.hands.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start_case(self, at: float) -> None:
        """A new case is on from then."""
        self.case = len(self.truth.cases)
        self._case_started = at

    def end_case(self, at: float) -> None:
        """The case is done."""
        self.truth.cases.append(Case(len(self.truth.cases), self._case_started, at))
        self.case = None

    # ---- windows and screens

    def bring(self, name: str, how: str = "task bar") -> None:
        """
        Put another system in front.

        Args:

            name: `tickets`, `billing`, `notes` or `opaque`.

            how: `task bar`, or `keys` for Alt+Tab, which goes back to the one before.
        """
        target = self.systems[name]
        if target is self.front:
            return
        self.hands.think()
        if how == "keys":
            self._tab("alt")
        else:
            self.hands.put_in_front(target.window)
        until(lambda: self.hands.in_front() == target.window, f"{name} in front", every=0.002)
        at = time.monotonic()
        self._end_visit(at)
        self._leave_screen(at)
        self.truth.switches.append(Switch(at, self.front.name, target.name, self.case))
        self.front = target
        if target.is_field(target.focus):
            self._begin_visit(target.focus, at, "back")

    def _leave_screen(self, at: float) -> None:
        front = self.front
        self.truth.screens.append(ScreenVisit(front.name, front.screen, self._entered, at, self._case_of_screen))
        self._entered, self._case_of_screen = at, self.case

    def _arrive(self, element: str, path: str, since: float) -> None:
        """Wait until the click has brought up a screen, and be on it."""
        page = self.front.source.wait_for(element, path=path, after=since)
        self._end_visit(page.shown)
        self._leave_screen(page.shown)
        screen = screen_of(page.path)
        self.front.show(screen, page.shown, FORMS.get(screen, ()))

    def open_ticket(self, reference: str) -> None:
        """In the list of tickets, open one: a case begins."""
        self.bring("tickets")
        at = self._click(f"open-{reference}")
        self.start_case(at)
        self._arrive("close-ticket", f"/tickets/{reference}", at)

    def new_invoice(self) -> None:
        """In the billing system, have an empty form."""
        self.bring("billing")
        at = self._click("go-new")
        self._arrive("save-invoice", "/invoices/new", at)

    def save_invoice(self) -> None:
        """Send the form of the billing system."""
        at = self._submit("save-invoice")
        self._arrive("thanks", "/invoices/thanks", at)

    def close_ticket(self) -> None:
        """Send the form of the ticket: the case ends."""
        at = self._submit("close-ticket")
        self.end_case(at)
        self._arrive("intro", "/tickets", at)

    def _submit(self, button: str) -> float:
        form = self.front
        at = self._click(button)
        self.truth.submits.append(Submit(form.field(button), at, self.case))
        named = [one.element for one in form.fillable]
        self.truth.forms.append(
            FormOutcome(
                *(form.name, form.screen, form.shown, at),
                filled=tuple(one for one in named if one in form.filled),
                passed_over=tuple(one for one in named if one in form.touched - form.filled),
                never_touched=tuple(one for one in named if one not in form.touched | form.filled),
                case=self.case,
            )
        )
        return at

    # ---- where the focus is

    def _begin_visit(self, element: str, at: float, came: str) -> None:
        self.front.focus = element
        self.front.touched.add(self.front.group(element))
        self._visit = Visit(element, at, came, self._keys())

    def _end_visit(self, at: float) -> None:
        visit, front = self._visit, self.front
        self._visit = None
        if visit is None:
            return
        target = front.field(visit.element)
        self.truth.visits.append(
            FieldVisit(
                *(target, visit.focused, at, self._keys() - visit.keys, visit.edits),
                fillable=visit.element not in READ_ONLY,
                came=visit.came,
                filled=target.element in front.filled or visit.element in READ_ONLY,
                case=self.case,
            )
        )

    def _click(self, element: str, times: int = 1) -> float:
        """Click on something; the focus goes with it."""
        self.hands.think()
        box = self.front.source.box(element)
        x, y = box.middle
        if self.front.is_field(element):
            x = box.x + min(box.width // 2, 16)  # where the text begins; of a date, in its first part
        at = self.hands.click(x, y, times)
        if element != self.front.focus:
            self._end_visit(at)
            self.front.focus = element
            if self.front.is_field(element):
                self._begin_visit(element, at, "click")
        return at

    def enter(self, element: str) -> None:
        """Click into a field, unless it has the focus."""
        if self._visit is None or self._visit.element != element:
            self._click(element)

    def tab_to(self, element: str) -> None:
        """From field to field with Tab, until this one has the focus."""
        order = [one.element for one in self.front.fillable]
        here, there = order.index(self.front.group(self._visit.element)), order.index(element)
        for place in range(here, there):
            for _ in range(self.front.fillable[place].stops):
                self.hands.think()
                at = self._tab()
            self._end_visit(at)
            self._begin_visit(order[place + 1], at, "tab")

    def _tab(self, *modifiers: str) -> float:
        self._tabs += 1
        return self.hands.press("Tab", *modifiers)

    def _keys(self) -> int:
        """How many keys went into fields."""
        return self.hands.keys - self._tabs

    # ---- reading, copying, pasting

    def read(self, element: str) -> Taken:
        """Look at something, the pointer beside it."""
        box = self.front.source.box(element)
        self.hands.move(box.x + box.width + 12, box.y + box.height // 2)
        self.hands.think(4)
        return Taken(self.front.field(element), time.monotonic())

    def copy(self, element: str) -> Taken:
        """Copy all that a field holds."""
        self.enter(element)
        self.hands.think()
        self.hands.press("a", "ctrl")
        return self._copy(element)

    def copy_word(self, element: str) -> Taken:
        """Copy a word that is printed on the page, after a double click on it."""
        self._click(element, 2)
        self.front.focus = None
        return self._copy(element)

    def _copy(self, element: str) -> Taken:
        before, holder = self.front.events("copy"), self.hands.copied_by()
        self.hands.think()
        at = self.hands.press("c", "ctrl")
        until(lambda: self.front.events("copy") > before or self.hands.copied_by() != holder, f"the copy of {element}")
        place = self.front.field(element)
        self._clipboard = Taken(place, at, self._noted.get(place))
        return self._clipboard

    def paste(self, element: str) -> None:
        """Replace what a field holds by what was copied."""
        self.enter(element)
        if self.front.group(element) in self.front.filled:
            self.hands.press("a", "ctrl")
        before = self.front.events("input")
        self.hands.think()
        at = self.hands.press("v", "ctrl")
        until(lambda: self.front.events("input") > before, f"the paste into {element}")
        self._edited(element)
        self._re_entered(self._clipboard, element, "clipboard", "same", at)

    def _re_entered(self, taken: Taken, element: str, mode: str, relation: str, at: float) -> None:
        target = self.front.field(element)
        if self.front is self.systems.get("notes"):
            self._noted[target] = taken
        if target.app != taken.field.app:
            self.truth.re_entries.append(ReEntry(taken.field, target, mode, relation, taken.at, at, self.case))
        if taken.origin:
            self.truth.workarounds.append(Workaround(taken.origin.field, taken.field, target, taken.origin.at, at, self.case))

    def _edited(self, element: str) -> None:
        self.front.filled.add(self.front.group(element))
        if self._visit:
            self._visit.edits += 1

    # ---- typing and choosing

    def write(self, element: str, text: str, taken: Taken | None = None, relation: str = "same") -> None:
        """Type a text into a field; `taken` says where it was read, `relation` whether it stands there in this form."""
        self.enter(element)
        self.hands.think()
        at = self.hands.type(text)
        self._edited(element)
        if taken:
            self._re_entered(taken, element, "typed", relation, at)

    def _write_over(self, element: str, text: str) -> float:
        at = self.hands.press("a", "ctrl")
        self.hands.think()
        self.hands.type(text)
        self._edited(element)
        return at

    def write_and_correct(self, element: str, wrong: str, right: str) -> None:
        """Type something wrong, see it, select it and type over it."""
        self.write(element, wrong)
        self.hands.think(3)
        at = self._write_over(element, right)
        self.truth.corrections.append(Correction(self.front.field(element), "in place", at, self.case))

    def return_and_correct(self, element: str, right: str, taken: Taken | None = None) -> None:
        """Go back to a field that was filled before, and type over what it holds."""
        self._click(element)
        self.hands.think()
        at = self._write_over(element, right)
        self.truth.corrections.append(Correction(self.front.field(element), "returned", at, self.case))
        if taken:
            self._re_entered(taken, element, "typed", "same", at)

    def choose(self, element: str, beginning: str) -> None:
        """Choose from a select that has the focus, by the first letters of the choice."""
        before = self.front.events("change")
        self.hands.think()
        self.hands.type(beginning)
        until(lambda: self.front.events("change") > before, f"the choice in {element}")
        self._edited(element)

    def choose_from_list(self, element: str, beginning: str) -> None:
        """Open the list of a select with the mouse, go to a choice by its first letters, and take it."""
        before = self.front.events("change")
        self._click(element)
        self.hands.think(3)
        self.hands.type(beginning)
        self.hands.think()
        self.hands.press("Enter")
        until(lambda: self.front.events("change") > before, f"the choice in {element}")
        self._edited(element)

    def tick(self, element: str) -> None:
        """Click a box or a radio button that is not ticked."""
        self._click(element)
        self._edited(element)

    def type_blind(self, text: str) -> None:
        """Type into the program that the accessibility bus cannot see."""
        self._click("screen")
        self.hands.think()
        self.hands.type(text)

    # ---- clicks that lead nowhere

    def click_repeatedly(self, element: str, clicks: int) -> None:
        """Click the same thing again and again, three times a second."""
        times = [self._click(element)]
        for _ in range(clicks - 1):
            times.append(self.hands.click(*self.front.source.box(element).middle))
            self.hands.think(0.3)
        self.truth.repeat_clicks.append(RepeatClicks(self.front.field(element), clicks, times[0], times[-1], self.case))

    def click_dead(self, element: str) -> None:
        """Click what does nothing, and wonder for as long as a click may wait for its answer."""
        at = self._click(element)
        self.truth.dead_clicks.append(DeadClick(self.front.field(element), at, self.case))
        self.hands.wait(WONDER_S)

    def clear_notes(self) -> None:
        """Empty the notes."""
        self._click("note-clear")
        self.front.filled.clear()
        self._noted.clear()
