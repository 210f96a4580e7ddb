"""The sessioniser: from what sources see to the UI log."""

from __future__ import annotations

import msgspec
import pytest

from recorder.sources.base import FocusMoved, Page, PageShown, PointerHit, PointerPressed
from shadow.consent import Switches
from shadow.settings import Settings
from tests.recorder.desk import ALL, BILLING, BROWSER, NATIVE, NOTES, TICKETS, ScriptedDesk, field, page

TICKET = page(TICKETS, "/tickets/INC-100001", title="INC-100001 Anna Sørensen")
CUSTOMER = field(TICKET, "customer", "Anna Sørensen", fillable=False)
CLOSE = field(TICKET, "close", None, role="button")
CREDIT = page(BILLING, "/credit")
NAME, EMAIL, COUNTRY = field(CREDIT, "name"), field(CREDIT, "email"), field(CREDIT, "country", "Denmark", role="combo")
PASSWORD = field(CREDIT, "pin", None, role="password")
SAVE = field(CREDIT, "save", None, role="button")


def _at_credit(switches: Switches = ALL) -> ScriptedDesk:
    return ScriptedDesk(switches=switches).window(BROWSER, "Chromium").shows(CREDIT, NAME, EMAIL, COUNTRY).at(1000)


def test_screen_with_its_form_and_what_it_shows() -> None:
    """A page in front is a `screen` by its pattern, announces what can be filled, and says which fields show a comparable value."""
    desk = ScriptedDesk().at(100).window(BROWSER, "Chromium").at(130).shows(TICKET, CUSTOMER, field(TICKET, "notes", role="text"))

    rows = desk.at(2000).rows("t_ms", "action", "app", "screen", "element", "elements", "filled")

    assert [
        (100, "screen", TICKETS, "/tickets/:id", None, ("notes",), None),
        (130, "screen", TICKETS, "/tickets/:id", "customer", None, True),
    ] == rows


def test_case_id_of_the_address() -> None:
    """The case id in an address is kept as an ordinal."""
    other = page(TICKETS, "/tickets/INC-100002")
    desk = ScriptedDesk().window(BROWSER).shows(TICKET).at(1000).shows(other).at(2000).shows(TICKET)

    assert [1, 2, 1] == [case for action, case in desk.at(3000).rows("action", "case") if action == "screen"]


def test_typed_field() -> None:
    """Focus, first input, one change with its keys and its mark, blur."""
    desk = _at_credit().focus(NAME).at(1500).types(NAME, "Anna Sørensen").at(4000).focus(EMAIL).at(5000)

    rows = [row for row in desk.rows("t_ms", "action", "element", "keys", "mark", "filled") if row[2] == "name"]

    assert [
        (1000, "focus", "name", None, None, False),
        (1500, "input", "name", None, None, None),
        (4000, "change", "name", 13, 2, True),
        (4000, "blur", "name", None, None, True),
    ] == rows


def test_passed_over() -> None:
    """A field that was focused and left empty has focus and blur and nothing else."""
    desk = _at_credit().focus(NAME).at(1600).focus(EMAIL).at(2000)

    assert [("focus", False), ("blur", False)] == [row[1:] for row in desk.rows("element", "action", "filled") if row[0] == "name"]


def test_copied_and_pasted() -> None:
    """A copy names the field it was taken from, a paste the field it went to, and both values have one mark."""
    desk = ScriptedDesk().window(BROWSER).shows(TICKET, CUSTOMER).at(1000).focus(CUSTOMER).at(1500).key("copy").copies("Anna Sørensen")
    desk.at(3000).shows(CREDIT, NAME, EMAIL).at(3500).focus(NAME).at(4000).key("paste").changes(NAME, "Anna Sørensen")
    desk.at(4200).rests(NAME, "Anna Sørensen").at(5000).focus(EMAIL).at(6000)

    rows = [row for row in desk.rows("action", "app", "element", "mark") if row[0] in ("copy", "paste", "change")]

    assert [("copy", TICKETS, "customer", 1), ("paste", BILLING, "name", None), ("change", BILLING, "name", 1)] == rows


def test_paste_by_menu() -> None:
    """A paste without a chord is known by the text of the clipboard."""
    desk = _at_credit().copies("Anna Sørensen").focus(NAME).at(2000).click(NAME).changes(NAME, "Anna Sørensen").at(3000)

    assert 1 == sum(action == "paste" for (action,) in desk.rows("action"))


def test_copy_of_a_short_text() -> None:
    """A copy of a text too short for a mark is a copy all the same."""
    desk = _at_credit().copies("42").at(2000)

    assert [("copy", None, True)] == [row for row in desk.rows("action", "mark", "filled") if row[0] == "copy"]


def test_redone_in_place() -> None:
    """What was entered, taken back and entered again in one visit is two changes."""
    desk = _at_credit().focus(NAME).types(NAME, "Anna Hansen").at(4000).key("edit").changes(NAME, "", 11).rests(NAME, "")
    desk.types(NAME, "Anna Sørensen").at(8000).focus(EMAIL).at(9000)

    assert 2 == sum(action == "change" for (action,) in desk.rows("action"))


def test_slip_of_the_finger() -> None:
    """A letter taken back while typing is no correction."""
    desk = _at_credit().focus(NAME).types(NAME, "Anna Hansem").key("edit").changes(NAME, "", 1).types(NAME, "Anna Hansen")

    assert 1 == sum(action == "change" for (action,) in desk.at(8000).rows("action"))


def test_typed_and_taken_back() -> None:
    """What was entered and taken back is an entry and its undoing."""
    desk = _at_credit().focus(NAME).types(NAME, "ab").changes(NAME, "", 2).rests(NAME, "").at(3000).focus(EMAIL).at(4000)

    assert [True, False] == [filled for action, filled in desk.rows("action", "filled") if action == "change"]


def test_form_before_its_address() -> None:
    """A single-page application that shows another form a moment before it says its address has not shown that form on the old screen."""
    home = page(BILLING, "/", key="document")
    form = page(BILLING, "/credit", key="document")
    desk = ScriptedDesk().window(BROWSER).shows(home).at(1000).shows(home, NAME, EMAIL).at(1170).shows(form, NAME, EMAIL).at(3000)

    assert [("unnamed screen 1", ()), ("/credit", ("name", "email"))] == desk.rows("screen", "elements")


def test_page_comes_with_its_title() -> None:
    """A page that its window named before it told of itself came then; another window's title says nothing."""
    other = page(TICKETS, "/tickets/INC-100002")
    desk = ScriptedDesk().window(BROWSER, title="one").shows(TICKET).at(1000).window(BROWSER, title="two").at(1080).shows(other)
    desk.at(2000).window(NATIVE, "Notes").at(4000).window(BROWSER, title="three").at(4050).shows(TICKET).at(6000)

    assert [0, 1000, 2000, 4000] == [t_ms for t_ms, element in desk.rows("t_ms", "element") if element is None]


def test_page_told_late() -> None:
    """A page that comes with its title, but is told only after the form of the former page changed, follows that form."""
    home, credit = page(BILLING, "/"), page(BILLING, "/credit")
    desk = ScriptedDesk().window(BROWSER, title="one").shows(home, NAME).at(1000).window(BROWSER, title="two")
    desk.at(1050).shows(home, NAME, EMAIL).at(1400)
    desk.sessioniser.take(PageShown(t_ms=1200, page=credit, controls=(NAME,)))
    desk.at(3000)

    screens = [row[1:] for row in desk.rows("element", "t_ms", "screen") if row[0] is None]
    assert [(0, "unnamed screen 1"), (1050, "unnamed screen 1"), (1050, "/credit")] == screens


def test_form_that_grows() -> None:
    """A page that shows more fields after a while announces them."""
    desk = ScriptedDesk().window(BROWSER).shows(CREDIT, NAME).at(1000).shows(CREDIT, NAME, EMAIL).at(3000)

    assert [(0, ("name",)), (1000, ("name", "email"))] == desk.rows("t_ms", "elements")


def test_program_that_empties_a_field() -> None:
    """A button that empties a field is a click, and no correction of the agent's."""
    clear = field(CREDIT, "clear", None, role="button")
    desk = _at_credit().focus(NAME).types(NAME, "Anna Sørensen").at(4000).click(clear).focus(clear).at(4100)
    desk.changes(NAME, "", 13).rests(NAME, "").at(6000)

    assert [True] == [filled for action, filled in desk.rows("action", "filled") if action == "change"]


def test_click_known_by_its_focus() -> None:
    """Where a program does not say what was hit, what got the focus by the click was."""
    desk = _at_credit()
    desk.sessioniser.take(PointerPressed(t_ms=1000, x=3, y=4))
    desk.sessioniser.take(PointerHit(t_ms=1000, x=3, y=4, control=None))
    desk.at(1050).focus(SAVE).at(3000)

    assert [("save", 3)] == [row[1:] for row in desk.rows("action", "element", "x") if row[0] == "click"]


def test_focus_that_comes_before_its_window() -> None:
    """What is told of a screen a moment before the screen itself comes after it."""
    desk = _at_credit().at(2000).window(NATIVE, "Notes").focus(None)
    note = Page(key="note", names=("notes",), pid=NATIVE)
    text = field(note, "note-text", "", role="text")
    desk.sessioniser.take(FocusMoved(t_ms=1990, control=text))
    desk.at(2030).shows(note, text).at(4000)

    assert [("screen", 2000), ("focus", 2000)] == [row[1:] for row in desk.rows("app", "action", "t_ms") if row[0] == NOTES][:2]


def test_choice() -> None:
    """A choice is a `select` when it is made; a low-entropy one has no mark."""
    desk = _at_credit().click(COUNTRY).focus(COUNTRY).at(1800).key("navigation").rests(COUNTRY, "no").at(3000)

    assert [("country", True, None)] == [row[1:] for row in desk.rows("action", "element", "filled", "mark") if row[0] == "select"]


def test_what_the_page_does_by_itself() -> None:
    """A field that the page fills while nobody does anything is no entry."""
    desk = _at_credit().at(5000).rests(EMAIL, "anna@example.com").at(6000)

    assert 0 == sum(action in ("change", "input", "focus") for (action,) in desk.rows("action"))


def test_password() -> None:
    """Of a password nothing is kept but that something was entered: no mark, and not how many keys."""
    desk = _at_credit().focus(PASSWORD).key("character").changes(PASSWORD, "").at(3000).focus(EMAIL).at(4000)

    rows = [row[1:] for row in desk.rows("element", "action", "mark", "keys") if row[0] == "pin"]

    assert [("focus", None, None), ("input", None, None), ("change", None, None), ("blur", None, None)] == rows


def test_submit() -> None:
    """A button after which another page comes submits the form; it says which button."""
    thanks = page(BILLING, "/thanks")
    desk = _at_credit().focus(NAME).types(NAME, "Anna Sørensen").at(4000).click(SAVE).at(4300).shows(thanks).at(6000)

    rows = [row for row in desk.rows("action", "screen", "element") if row[0] in ("change", "click", "submit", "screen")]

    assert ["screen", "screen", "click", "change", "submit", "screen"] == [row[0] for row in rows]
    assert ("submit", "/credit", "save") in rows


def test_submit_by_enter() -> None:
    """Enter in a field after which another page comes submits, too."""
    desk = _at_credit().focus(NAME).types(NAME, "Anna Sørensen").key("enter").at(3000).shows(page(BILLING, "/thanks")).at(5000)

    assert [("submit", "name")] == [row for row in desk.rows("action", "element") if row[0] == "submit"]


def test_button_without_another_page() -> None:
    """A button after which nothing comes submits nothing."""
    desk = _at_credit().click(SAVE).at(6000)

    assert ["screen", "click"] == [action for action, element in desk.rows("action", "element") if element != "country"]


def test_dead_click_and_one_that_was_answered() -> None:
    """After a click that the page answered comes one `screen`; after a dead one comes nothing."""
    dead, answered = _at_credit().click(SAVE).at(6000), _at_credit().click(SAVE).at(1200).reacts().at(6000)

    assert (1, 2) == tuple(sum(row == ("screen", None) for row in desk.rows("action", "element")) for desk in (dead, answered))


def test_burst_is_not_broken_up() -> None:
    """Clicks on something slow stay together, though the page shows that it works on it."""
    desk = _at_credit()
    for t_ms in (1000, 1400, 1800):
        desk.at(t_ms).click(SAVE).at(t_ms + 100).reacts()

    actions = [
        action for action, element in desk.at(6000).rows("action", "element") if action in ("click", "screen") and element != "country"
    ]

    assert ["screen", "click", "click", "click", "screen"] == actions


def test_application_that_is_not_allowed() -> None:
    """Of an application that is not on the list nothing is kept but that the agent was elsewhere."""
    mail = page("mail.example.com", "/inbox/anna", title="Anna")
    desk = _at_credit().shows(mail, field(mail, "to")).at(2000).focus(field(mail, "to", "anna@example.com")).click(None).key("character")
    desk.at(4000).shows(CREDIT, NAME, EMAIL, COUNTRY).at(6000)

    rows = [row for row in desk.rows("action", "app", "screen", "element") if row[3] is None]

    assert [("screen", BILLING, "/credit", None), ("switch", "(unknown)", "", None), ("screen", BILLING, "/credit", None)] == rows


def test_opaque_window() -> None:
    """A program without accessibility is a screen by its window, with clicks by place."""
    desk = ScriptedDesk().window(NATIVE, "Notes", title="anna.txt").at(1000)
    desk.click(None, 5, 6).at(2000)

    assert [("screen", NOTES, "unnamed screen 1", None), ("click", NOTES, "unnamed screen 1", 5)] == desk.rows(
        "action", "app", "screen", "x"
    )


def test_pause() -> None:
    """Between pause and resume nothing is taken in."""
    desk = _at_credit().focus(NAME).at(1500)
    desk.sessioniser.pause(1500)
    desk.at(2000).types(NAME, "Anna Sørensen").at(5000).sessioniser.resume(5000)
    desk.shows(CREDIT, NAME, EMAIL).at(7000)

    assert ["focus", "blur", "pause", "resume", "screen"] == [
        action for action, element in desk.rows("action", "element") if element in (None, "name")
    ][1:]


def test_what_sources_see_while_they_start() -> None:
    """A page that was seen a moment before the recording went on comes after that moment."""
    desk = _at_credit()
    desk.sessioniser.pause(1500)
    desk.at(5000).sessioniser.resume(5030)
    desk.shows(CREDIT, NAME).at(7000)

    assert [("resume", 5030), ("screen", 5030)] == desk.rows("action", "t_ms")[-2:]


def test_mark_with_words() -> None:
    """A mark carries the agent's words, and where it was made."""
    desk = _at_credit()
    desk.sessioniser.mark(1200, " hvorfor igen? ")

    assert [("mark", BILLING, "/credit", "hvorfor igen?")] == [
        row for row in desk.at(3000).rows("action", "app", "screen", "note") if row[0] == "mark"
    ]


def test_mark_whose_words_are_typed_elsewhere() -> None:
    """A mark made before our own window came to the front belongs to the screen that was there then."""
    desk = _at_credit().at(2000).window(NATIVE, "recorder").at(5000)
    desk.sessioniser.mark(1990, "hvorfor igen?")

    assert [(BILLING, "/credit")] == [row[1:] for row in desk.at(7000).rows("action", "app", "screen") if row[0] == "mark"]


def test_order_and_numbers() -> None:
    """Events leave in order of time, numbered without holes, with times kept to 10 ms."""
    desk = _at_credit().focus(NAME).types(NAME, "Anna Sørensen").at(3013).click(SAVE).at(3300).shows(page(BILLING, "/thanks")).at(9000)
    rows = desk.rows("seq", "t_ms")

    assert list(range(len(rows))) == [seq for seq, _ in rows]
    assert sorted(t_ms for _, t_ms in rows) == [t_ms for _, t_ms in rows]
    assert {0} == {t_ms % 10 for _, t_ms in rows}


@pytest.mark.parametrize("off", ["clicks_and_focus", "dwell_and_skips", "value_marks"])
def test_what_was_not_agreed_to_is_not_made(off: str) -> None:
    """Each switch that is off leaves its kind of data out."""
    desk = _at_credit(msgspec.structs.replace(ALL, **{off: False}))
    desk.focus(NAME).types(NAME, "Anna Sørensen").at(4000).click(SAVE).at(5000)
    actions = {action for (action,) in desk.rows("action")}

    assert {
        "clicks_and_focus": not actions & {"click", "focus", "blur", "input", "change", "copy", "paste", "select", "submit"},
        "dwell_and_skips": "blur" not in actions and all(event.elements is None for event in desk.events),
        "value_marks": all(event.mark is None and not event.words and not event.wholes for event in desk.events),
    }[off]


def test_nothing_of_the_content_is_in_the_events() -> None:
    """No value, title or address is in any event."""
    desk = (
        ScriptedDesk(Settings(record=ALL_APPS))
        .window(BROWSER, "Chromium", title="Kvaløysletta")
        .shows(
            page(TICKETS, "/kunder/Kvaløysletta", title="Kvaløysletta"),
            field(TICKET, "customer", "Kvaløysletta", label="Svar Kvaløysletta 4711"),
        )
    )
    desk.at(1000).focus(NAME).types(NAME, "Kvaløysletta").copies("Kvaløysletta").at(9000)
    desk.sessioniser.finish(9000)

    assert "Kvaløysletta" not in repr(desk.events)


ALL_APPS = msgspec.structs.replace(Settings().record, apps=(TICKETS, BILLING))
