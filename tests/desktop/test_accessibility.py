"""The accessibility source on a real desktop: Chromium, GTK 3 and Qt 6 below a virtual screen."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from recorder.sources.accessibility import Accessibility
from recorder.sources.base import Control, ControlChanged, FocusMoved, PageShown, PointerHit, Reacted
from shadow.errors import CaptureError
from tests.desktop.accessible_desk import ELEMENTS, FIELDS, GTK_FORM, LINE, QT_FORM, Watcher, can_gtk, pages
from tests.desktop.desktop import MISSING, Desktop, until
from tests.desktop.hands import Hands, Pace

pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"no desktop can be had here: {', '.join(MISSING)} missing")

SECRET = "Bæverdam 77"  # noqa: S105 - what must not be shown
# As fast as the fastest clerks: 40 keys a second.
FAST = Pace(key=0.025, spread=0.0, held=0.004, move=0.05, think=0.02)


@pytest.fixture(name="desktop", scope="module")
def _desktop() -> Iterator[Desktop]:
    """A desktop whose buses this process finds, as the recorder finds those of its own."""
    with TemporaryDirectory(prefix="desk-", ignore_cleanup_errors=True) as folder, Desktop(Path(folder)) as desktop:
        names = ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", "DISPLAY")
        before = {name: os.environ.get(name) for name in names}
        os.environ.update({name: desktop.env[name] for name in names})
        yield desktop
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@pytest.fixture(name="hands", scope="module")
def _hands(desktop: Desktop) -> Iterator[Hands]:
    hands = Hands(desktop.display, pace=FAST)
    yield hands
    hands.close()


@pytest.fixture(name="host", scope="module")
def _host() -> Iterator[str]:
    with pages() as host:
        yield host


@pytest.fixture(name="browser", scope="module")
def _browser(desktop: Desktop, host: str) -> int:
    return desktop.chromium(f"http://{host}/tickets/4711?q=hidden")


def _go(hands: Hands, watcher: Watcher, address: str) -> None:
    """Go to an address, as a person would."""
    hands.press("l", "ctrl")
    watcher.wait(FocusMoved, lambda moved: moved.control is not None and not moved.control.page.web)
    hands.think(5)
    hands.type(address)
    hands.press("Enter")


class Form:
    """The page of `accessible_desk`, loaded anew, and where its elements are on the screen."""

    n_loaded = 0

    def __init__(self, hands: Hands, watcher: Watcher, host: str) -> None:
        self.hands, self.watcher = hands, watcher
        since = len(watcher.seen)
        Form.n_loaded += 1
        _go(hands, watcher, f"{host}/tickets/4711?n={Form.n_loaded}#deep")
        self.shown = watcher.page(self._is_loaded, since)
        box = next(control.box for control in self.shown.controls or () if control.element == "name")
        self.top = box.y - 4

    @staticmethod
    def _is_loaded(shown: PageShown) -> bool:
        return shown.page.address == "/tickets/4711" and any(one.element == "in-frame" for one in shown.controls or ())

    def place(self, element: str, right: int = 0) -> tuple[int, int]:
        """A point in an element, or `right` of the left edge of its line."""
        box = next((one.box for one in self.shown.controls or () if one.element == element), None)
        if box is not None and not right:
            return box.x + 6, box.y + box.height // 2
        return 20 + (right or 10), self.top + LINE * list(ELEMENTS).index(element) + 12

    def click(self, element: str) -> None:
        """Click an element."""
        self.hands.click(*self.place(element))


@pytest.fixture(name="form")
def _form(desktop: Desktop, hands: Hands, browser: int, host: str) -> Iterator[Form]:
    desktop.activate(browser)
    with Watcher() as watcher:
        yield Form(hands, watcher, host)


def _form_of(controls: tuple[Control, ...] | None) -> list[Control]:
    """The controls without the texts, which have no place."""
    return [one for one in controls or () if one.box is not None]


def test_page_with_its_fields(form: Form, host: str) -> None:
    """A page is shown by its host and path, with every fillable and read-only field in order, also in a shadow root and a frame."""
    page, controls = form.shown.page, form.shown.controls
    listed = [(one.element, one.role, one.fillable, one.required, one.value, one.filled) for one in _form_of(controls)]

    assert ((host,), True, "/tickets/4711", "Sag 4711", False) == (page.names, page.web, page.address, page.title, page.opaque)
    assert FIELDS == listed
    assert all(one.box is not None and one.page == page for one in _form_of(controls))


def test_texts_with_an_id(form: Form) -> None:
    """A short text of the page that has an id is listed after the fields, with what it says: it may be read there."""
    texts = [one for one in form.shown.controls or () if one not in _form_of(form.shown.controls)]

    assert ("plain", "frit") in [(one.element, one.value) for one in texts]
    assert {(False, None, None)} == {(one.fillable, one.label, one.box) for one in texts}


def test_labels(form: Form) -> None:
    """A label is what stands beside the field; what a text holds is never taken for its label, nor a choice for that of its group."""
    labels = [one.label for one in _form_of(form.shown.controls)]

    assert [
        "Navn",
        "Telefon",
        "Kode",
        "Art",
        "VIP",
        None,
        None,
        "Dato",
        "Kundenr",
        "Lukket",
        "Noter",
        "Antal",
        "Find",
        "Svar",
    ] == labels[:14]
    assert [None, "Rid", "Ember", "Skygge", "Inde"] == labels[14:]


def test_typing_is_not_lost(form: Form) -> None:
    """At 40 keys a second every character comes, in order, and the value is read at rest."""
    since = len(form.watcher.seen)
    form.click("phone")
    form.watcher.focus("phone", since)
    form.hands.type(SECRET * 3)
    control = form.watcher.wait(ControlChanged, lambda one: one.control.value == SECRET * 3, since).control
    changes = form.watcher.changes("phone", since)

    assert SECRET * 3 == "".join(change.inserted or "" for change in changes)
    assert [len(SECRET * 3), 0] == [sum(change.n_inserted or 0 for change in changes), sum(change.n_deleted or 0 for change in changes)]
    assert {None} == {change.control.value for change in changes}
    assert ("phone", "entry", True) == (control.element, control.role, control.fillable)


def test_corrections(form: Form) -> None:
    """A deletion is counted as one."""
    since = len(form.watcher.seen)
    form.click("phone")
    form.watcher.focus("phone", since)
    form.hands.type("12")
    form.watcher.wait(ControlChanged, lambda one: one.control.value == "12", since)
    form.hands.press("Backspace")
    form.watcher.wait(ControlChanged, lambda one: one.n_deleted == 1, since)

    changes = form.watcher.changes("phone", since)

    assert (2, 1) == (sum(one.n_inserted or 0 for one in changes), sum(one.n_deleted or 0 for one in changes))
    assert "1" == form.watcher.rest("phone", len(form.watcher.seen)).value


def test_tab_order(form: Form) -> None:
    """The focus moves once to each field, also where a field has several parts."""
    since = len(form.watcher.seen)
    form.click("name")
    form.watcher.focus("name", since)
    wanted = ["name", "phone", "code", "kind", "vip", "ch", "due", "number", "note", "count", "find", "reply", "plain", "rid"]
    at, n_stops = since, {"due": 4}
    for former, element in pairwise(wanted):
        for _ in range(n_stops.get(former, 1)):
            form.hands.press("Tab")
        form.watcher.focus(element, at)
    moved = [one.control.element for one in form.watcher.seen[since:] if isinstance(one, FocusMoved) and one.control]

    assert wanted == moved


def test_password_is_never_read(form: Form) -> None:
    """Of a password only that something was entered is known."""
    since = len(form.watcher.seen)
    form.click("code")
    form.watcher.focus("code", since)
    form.hands.type("xy")
    assert (None, True) == ((control := form.watcher.rest("code", since)).value, control.filled)
    about = [one for one in form.watcher.seen if isinstance(one, ControlChanged) and one.control.role == "password"]

    assert [(None, None)] * len(about) == [(one.inserted, one.control.value) for one in about]


def test_choices(form: Form) -> None:
    """Combo box, check box, radio button and date are read when they are chosen, once."""
    watcher, hands, since = form.watcher, form.hands, len(form.watcher.seen)
    form.click("code")
    for key in ("Tab", "Down", "Tab", " ", "Tab", " "):
        hands.press(key)
        time.sleep(0.05)  # the pace of a person
    hands.press("Tab")
    hands.type("03152026")
    watcher.wait(ControlChanged, lambda one: one.control.element == "due" and one.control.value == "2026-03-15", since)
    rest = [one for one in watcher.seen[since:] if isinstance(one, ControlChanged) and one.n_inserted is None]

    told = [(one.control.element, one.control.value) for one in rest if one.control.role != "password" and one.control.value is not None]

    # A year that rests for a moment after its first figure is read then, too.
    assert [("kind", "Faktura"), ("vip", "checked"), ("ch", "checked")] == told[:3]
    assert {"due"} == {element for element, _ in told[3:]}
    assert ("due", "2026-03-15") == told[-1]


def test_choice_by_mouse(form: Form) -> None:
    """Of a choice by mouse the focus is told with what was chosen before, and then the change."""
    watcher, since = form.watcher, len(form.watcher.seen)
    form.click("vip")
    assert "checked" == watcher.rest("vip", since).value
    form.click("by-phone")
    assert "checked" == watcher.rest("ch", since).value

    assert ["", ""] == [watcher.focus(element, since).control.value for element in ("vip", "ch")]


def test_value_survives_its_page(form: Form) -> None:
    """What was typed is reported although the page went away before it could be read."""
    since = len(form.watcher.seen)
    form.click("phone")
    form.watcher.focus("phone", since)
    form.hands.type(SECRET)
    form.hands.press("Enter")
    gone = form.watcher.page(lambda shown: shown.page.address == "/done", since)
    place = form.watcher.seen.index(gone)
    changes = [one for one in form.watcher.seen[since:place] if isinstance(one, ControlChanged) and one.control.page.web]
    values = [one.control.value for one in changes if one.n_inserted is None]

    assert [SECRET] == values[-1:]
    assert ("Gemt", []) == (gone.page.title, _form_of(gone.controls))


@pytest.mark.parametrize(
    ("element", "right", "hit", "role"),
    [
        ("save", 20, "save", "button"),
        ("link", 10, "link", "link"),
        ("name", 5, "name", "entry"),  # its label
        ("note", 5, "note", "text"),  # same
        ("in-shadow", 80, "in-shadow", "entry"),
        ("in-frame", 30, "in-frame", "entry"),
        ("said", 20, "said", "other"),
        ("due", 0, "due", "date"),
        ("closed", 0, "closed", "entry"),
    ],
)
def test_what_lies_under_the_pointer(form: Form, element: str, right: int, hit: str, role: str) -> None:
    """A press is located at the control it meant: a label leads to its field, a text to the nearest thing with an id."""
    press = form.watcher.press(*form.place(element, right))
    found = form.watcher.wait(PointerHit, lambda one: one.t_ms == press.t_ms)

    assert (press.x, press.y) == (found.x, found.y)
    assert (hit, role) == (found.control and found.control.element, found.control and found.control.role)
    assert found.control is not None
    assert found.control.value is None


def test_nothing_under_the_pointer(form: Form) -> None:
    """A press beside everything is located at nothing."""
    form.watcher.press(form.place("name")[0] + 900, form.place("save")[1])

    assert form.watcher.wait(PointerHit).control is None


def test_open_list_lies_above_the_page(form: Form) -> None:
    """A press on the open list of a combo box is a press on the combo box, not on the field below the list."""
    since = len(form.watcher.seen)
    form.click("kind")
    form.watcher.wait(Reacted, since=since)
    form.watcher.focus("kind", since)
    x, y = form.place("kind")
    form.watcher.press(x, y + 60)
    assert "kind" == form.watcher.wait(PointerHit, since=since).control.element
    form.hands.click(x, y + 60)

    assert "Levering" == form.watcher.rest("kind", since).value


def test_program_fills_a_field(form: Form) -> None:
    """A field that the page fills is reported like one that a person fills: the focus is elsewhere, and both are told."""
    since = len(form.watcher.seen)
    form.click("fill")

    assert ("Bent", "fill") == (form.watcher.rest("name", since).value, form.watcher.focus("fill", since).control.element)


def test_reactions(form: Form) -> None:
    """A page that shows something reacts, with its process only; one where a person types does not."""
    since = len(form.watcher.seen)
    form.click("status")
    form.watcher.focus("status", since)
    reacted = form.watcher.wait(Reacted, since=since)
    later = len(form.watcher.seen)
    form.click("phone")
    form.watcher.focus("phone", later)
    typing = len(form.watcher.seen)
    form.hands.type("123")
    form.watcher.rest("phone", typing)

    assert form.shown.page.pid == reacted.pid
    assert not [one for one in form.watcher.seen[typing:] if isinstance(one, Reacted)]


def test_route_of_a_single_page(form: Form) -> None:
    """A page that changes its address and title is another page, without query and fragment."""
    since = len(form.watcher.seen)
    form.click("route")
    shown = form.watcher.page(since=since)

    assert ("/customers/12", "Kunde", len(FIELDS)) == (shown.page.address, shown.page.title, len(_form_of(shown.controls)))
    assert form.shown.page.key != shown.page.key


def test_quiet_route_of_a_single_page(form: Form) -> None:
    """A page that changes its address alone is noticed when the focus moves."""
    since = len(form.watcher.seen)
    form.click("quiet-route")

    assert "/customers/13" == form.watcher.page(lambda shown: shown.page.address != "/tickets/4711", since).page.address


def test_fields_that_appear(form: Form) -> None:
    """A page that gets another field is shown anew, with what the field holds; its appearance is no change of the field."""
    since = len(form.watcher.seen)
    form.click("more")
    shown = form.watcher.page(since=since)
    appeared = [one for one in shown.controls or () if one.element == "appeared"]

    assert [("Kom", "her")] == [(one.label, one.value) for one in appeared]
    assert form.shown.page == shown.page
    assert [] == [one for one in form.watcher.seen[since:] if isinstance(one, ControlChanged) and one.control.element == "appeared"]


def test_bars_of_the_browser_are_no_web_page(form: Form) -> None:
    """The focus in the address bar is in the browser, not in the page behind it."""
    since = len(form.watcher.seen)
    form.hands.press("l", "ctrl")
    moved = form.watcher.wait(FocusMoved, lambda one: one.control is not None, since)

    assert (("Chromium",), False, None) == (moved.control.page.names, moved.control.page.web, moved.control.page.title)
    form.hands.press("Escape")


def test_tabs(form: Form, host: str) -> None:
    """Another tab is another page, and the first one comes back with its focus."""
    watcher, hands, since = form.watcher, form.hands, len(form.watcher.seen)
    form.click("phone")
    watcher.focus("phone", since)
    hands.press("t", "ctrl")
    watcher.page(lambda shown: not shown.page.web, since)
    _go(hands, watcher, f"{host}/fifty")
    # A browser that is busy lists a page's fields as they come.
    watcher.page(lambda shown: shown.page.address == "/fifty" and len(shown.controls or ()) == 50, since)
    back = len(watcher.seen)
    hands.press("Tab", "ctrl")

    watcher.page(lambda shown: shown.page.key == form.shown.page.key, back)
    assert "phone" == watcher.focus("phone", back).control.element


def test_starts_in_the_middle(form: Form) -> None:
    """A source that is started while somebody works begins with the page in front and the focus."""
    since = len(form.watcher.seen)
    form.click("phone")
    form.watcher.focus("phone", since)
    with Watcher() as late:
        assert form.shown.page.address == late.page().page.address
        assert "phone" == late.focus("phone").control.element
        assert late.source.alive()
    assert not late.source.alive()


def test_pages_that_are_not_allowed(form: Form, host: str) -> None:
    """Of a page that is not on the allowlist the names are known and nothing else; the question names the program too."""
    with Watcher(allowed={"somewhere.example"}) as watcher:
        shown = watcher.page()
        form.click("phone")
        form.hands.type("123")
        press = watcher.press(*form.place("save", 20))
        hit = watcher.wait(PointerHit, lambda one: one.t_ms == press.t_ms)
        form.click("code")
        form.watcher.focus("code", form.watcher.seen.index(form.shown))

        assert ((host,), None, None, None) == (shown.page.names, shown.page.address, shown.page.title, shown.controls)
        assert hit.control is None
        assert (host, "Chromium") in watcher.asked
        assert {None} >= {one.control for one in watcher.seen if isinstance(one, FocusMoved)}
        assert not [one for one in watcher.seen if isinstance(one, ControlChanged)]


def test_allowed_by_the_program(form: Form) -> None:
    """A browser on the allowlist allows its pages."""
    del form
    with Watcher(allowed={"Chromium"}) as watcher:
        assert "/tickets/4711" == watcher.page().page.address


def test_without_values(form: Form) -> None:
    """Where values may not be read, no sighting holds one: only whether something is filled."""
    with Watcher(values=False) as watcher:
        shown = watcher.page()
        form.click("phone")
        watcher.focus("phone")
        form.hands.type(SECRET)
        control = watcher.rest("phone")
        filled = {one.element: one.filled for one in shown.controls or ()}

        assert (True, False, True, False, True) == tuple(filled[name] for name in ("name", "phone", "code", "vip", "kind"))
        assert (None, True) == (control.value, control.filled)
        assert {None} == {one.value for one in shown.controls or ()}
        assert {None} == {one.inserted for one in watcher.seen if isinstance(one, ControlChanged)}
        assert len(SECRET) == sum(one.n_inserted or 0 for one in watcher.changes("phone"))


def test_own_windows_are_ignored(form: Form) -> None:
    """What the recorder itself shows is not seen."""
    with Watcher(ignore_pids=lambda: {form.shown.page.pid or 0}) as watcher:
        form.click("phone")
        since = len(form.watcher.seen)
        form.hands.type("12")
        form.watcher.rest("phone", since)

        assert [] == watcher.seen


def _open() -> tuple[set[str], set[threading.Thread]]:
    """Files and threads of this process."""
    return {file.name for file in Path("/proc/self/fd").iterdir()}, set(threading.enumerate())


def test_nothing_is_left(form: Form) -> None:
    """After stop there is no thread, no open file, no further sighting, and nothing can be located."""
    before = _open()
    watcher = Watcher()
    with watcher:
        watcher.page()
    n_seen, since = len(watcher.seen), len(form.watcher.seen)
    press = form.watcher.press(*form.place("save", 20))
    form.click("phone")
    form.watcher.focus("phone", since)
    watcher.source.stop()

    assert before == _open()
    assert n_seen == len(watcher.seen)
    assert not watcher.source.locate(press)


def test_browser_survives_a_stop_while_somebody_types(desktop: Desktop, hands: Hands, browser: int) -> None:
    """The last one to listen leaves in a quiet moment, because Chromium does not survive it otherwise."""
    desktop.activate(browser)
    hands.press("l", "ctrl")
    for _ in range(8):
        with Watcher():
            hands.type("abc")

    assert desktop.active_window() == browser
    hands.press("Escape")
    hands.click(800, 600)  # back into the page


def test_started_once(form: Form) -> None:
    """Starting twice is an error."""
    with pytest.raises(RuntimeError, match="started before"):
        form.watcher.source.start(lambda _: None)


def test_self_test(form: Form) -> None:
    """The self-test says that the bus works, that signals come and that the browser shows its pages."""
    findings = {finding.subject: finding.works for finding in form.watcher.source.self_test()}

    assert {
        "accessibility bus": True,
        "accessibility registry": True,
        "accessibility signals": True,
        "web pages of Chromium": True,
    }.items() <= findings.items()


def test_without_a_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a session bus it says so, with what to do, and leaves nothing behind."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")
    before = set(threading.enumerate())
    source = Accessibility(lambda: 0, allowed=lambda _: True)
    with pytest.raises(CaptureError, match="session bus") as refused:
        source.start(lambda _: None)

    assert refused.value.remedy
    assert before == set(threading.enumerate())
    assert [False] == [finding.works for finding in source.self_test()]


def _window(desktop: Desktop, title: str) -> int:
    return until(lambda: next((one.window for one in desktop.windows() if one.title == title), None), f"a window {title}")


@pytest.fixture(name="qt", scope="module")
def _qt(desktop: Desktop) -> int:
    desktop.spawn(sys.executable, "-c", QT_FORM, name="qt")
    window = _window(desktop, "Pakke 9")
    until(lambda: "Fragt" in desktop.programs(), "the Qt form on the accessibility bus")
    return window


@pytest.fixture(name="gtk", scope="module")
def _gtk(desktop: Desktop) -> int:
    if not can_gtk():
        pytest.skip("the system's Python has no GTK 3")
    desktop.spawn("/usr/bin/python3", "-c", GTK_FORM, name="gtk")
    window = _window(desktop, "Ordre 55")
    until(lambda: "lager" in desktop.programs(), "the GTK form on the accessibility bus")
    return window


def _fields(shown: PageShown) -> list[tuple]:
    return [(one.element, one.label, one.role, one.fillable, one.value, one.filled) for one in shown.controls or ()]


def test_qt_form(desktop: Desktop, hands: Hands, qt: int) -> None:
    """A Qt 6 window is a page with its fields; ids are object names, and a class name is none."""
    with Watcher() as watcher:
        desktop.activate(qt)
        shown = watcher.page(lambda one: one.page.names == ("Fragt",))

        assert (False, "Pakke 9", None) == (shown.page.web, shown.page.title, shown.page.address)
        assert [
            ("parcel", "Pakkenr", "entry", True, "", None),
            (None, "Unavngivet", "entry", True, "", None),
            ("code", "Kode", "password", True, None, False),
            ("kind", "Art", "combo", True, "Post", None),
            ("urgent", "Haster", "check", True, "", None),
            ("note", "Noter", "text", True, "", None),
            ("count", "Antal", "entry", True, "0", None),
            ("closed", "Lukket", "entry", False, "R-1", None),
        ] == _fields(shown)
        _fill_native(hands, watcher, shown)
        assert ("Bud", "checked", "note", None) == tuple(watcher.rest(name).value for name in ("kind", "urgent", "note", "code"))
        desktop.close(qt)


def test_gtk_form(desktop: Desktop, hands: Hands, gtk: int) -> None:
    """A GTK 3 window is a page with its fields, from the first to the last, labelled by what stands beside them."""
    with Watcher() as watcher:
        desktop.activate(gtk)
        shown = watcher.page(lambda one: one.page.names == ("lager",))

        assert (False, "Ordre 55") == (shown.page.web, shown.page.title)
        assert [
            ("sku", "Varenr", "entry", True, "", None),
            ("code", "Kode", "password", True, None, False),
            ("kind", "Art", "combo", True, "Ny", None),
            ("urgent", "Haster", "check", True, "", None),
            ("note", "Noter", "text", True, "", None),
            ("count", "Antal", "entry", True, "0", None),
            ("closed", "Lukket", "entry", False, "R-77", None),
        ] == _fields(shown)
        _fill_native(hands, watcher, shown)
        assert ("Brugt", "checked", "note", None) == tuple(watcher.rest(name).value for name in ("kind", "urgent", "note", "code"))
        desktop.close(gtk)


def _fill_native(hands: Hands, watcher: Watcher, shown: PageShown) -> None:
    """Fill a native form as a person would: click its first field, then Tab."""
    box = (shown.controls or ())[0].box
    since = len(watcher.seen)
    hands.click(box.x + 5, box.y + 5)
    hands.type("ab12")
    for control in (shown.controls or ())[1:-2]:
        hands.press("Tab")
        watcher.focus(control.element, since)
        if control.role in {"combo", "check"}:
            hands.press("Down" if control.role == "combo" else " ")
            watcher.rest(control.element, since)
        else:
            hands.type("note")
    hands.press("Tab")
    watcher.rest("note", since)
    first = (shown.controls or ())[0].element

    assert "ab12" == watcher.rest(first, since).value
    assert "ab12" == "".join(change.inserted or "" for change in watcher.changes(first, since))


def test_program_that_hangs(desktop: Desktop, form: Form) -> None:
    """A program that does not answer holds up nothing of the others for long."""
    process = desktop.spawn(sys.executable, "-c", QT_FORM, name="hangs")
    window = _window(desktop, "Pakke 9")
    until(lambda: "Fragt" in desktop.programs(), "the Qt form on the accessibility bus")
    desktop.activate(window)
    form.watcher.page(lambda one: one.page.names == ("Fragt",))
    process.send_signal(signal.SIGSTOP)
    try:
        with Watcher() as watcher:
            since = len(watcher.seen)
            form.hands.click(*form.place("phone"))
            moved = watcher.focus("phone", since)
            form.hands.type("12")
            watcher.rest("phone", since)
            assert watcher.clock() - moved.t_ms < 2000
    finally:
        process.send_signal(signal.SIGCONT)
        desktop.close(window)
