"""Windows and clipboard on a real X server with a window manager."""

from __future__ import annotations

import itertools
import os
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from Xlib import X, Xatom
from Xlib.protocol.event import SelectionNotify

from recorder.sources.base import ClipboardTaken, Window, WindowActivated
from recorder.sources.x11_display import XDisplay
from recorder.sources.x11_windows import X11Windows
from shadow.errors import CaptureError
from tests.recorder.xserver import Seen, XServer, need, open_files, running_server, running_window_manager, wait_for

COPIED = "Ærø 110386-1234"


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[XServer]:
    with running_server() as server, running_window_manager(server):
        yield server


@pytest.fixture(name="desktop")
def _desktop(server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    monkeypatch.setenv("DISPLAY", server.name)
    desktop = Desktop(server)
    yield desktop
    desktop.close()


@pytest.fixture(name="source")
def _source(desktop: Desktop) -> Iterator[X11Windows]:
    assert desktop
    ticks = itertools.count(1000)
    source = X11Windows(lambda: next(ticks), lambda _: True)
    yield source
    source.stop()


class Desktop:
    """Windows of several programs, and what they put on the clipboard; each program is a connection of its own."""

    def __init__(self, server: XServer) -> None:
        self.server = server
        self.display = server.connect()
        self.display.screen().root.change_attributes(event_mask=X.PropertyChangeMask)
        self.programs: list[Any] = [self.display]

    def program(self) -> Any:
        """A connection of another program."""
        display = self.server.connect()
        self.programs.append(display)
        return display

    def window(self, name: str, title: str, display: Any = None) -> Any:
        """A window, shown and in front."""
        display = display or self.program()
        window = display.screen().root.create_window(10, 10, 200, 100, 0, X.CopyFromParent)
        window.set_wm_class(name.lower(), name)
        self.rename(display, window, title)
        window.map()
        display.sync()
        self.wait_until_front(window.id)
        return window

    def rename(self, display: Any, window: Any, title: str) -> None:
        """A window gets another title."""
        window.change_property(display.intern_atom("_NET_WM_NAME"), display.intern_atom("UTF8_STRING"), 8, title.encode())
        display.flush()

    def front(self) -> int:
        """Id of the window that is in front, 0 for none."""
        found = self.display.screen().root.get_full_property(self.display.intern_atom("_NET_ACTIVE_WINDOW"), X.AnyPropertyType)
        return found.value[0] if found else 0

    def wait_until_front(self, ident: int) -> None:
        """Until the window manager says that this window is in front."""
        wait_for(self.display, lambda: self.front() == ident)

    def close(self) -> None:
        """End every program, and wait until no window is left."""
        for display in self.programs[1:]:
            display.close()
        clients = self.display.intern_atom("_NET_CLIENT_LIST")
        wait_for(self.display, lambda: not self.display.screen().root.get_full_property(clients, X.AnyPropertyType).value)
        self.display.close()


class Owner:
    """A program that owns a selection and answers as it is told to, from a window that is never shown."""

    def __init__(self, display: Any, answers: dict[str, bytes], selection: str = "CLIPBOARD") -> None:
        self.display = display
        self.asked: list[str] = []
        self.answers = answers
        self.window = display.screen().root.create_window(0, 0, 1, 1, 0, X.CopyFromParent)
        self.window.set_selection_owner(display.intern_atom(selection), X.CurrentTime)
        display.sync()

    def answer(self, last: str = "UTF8_STRING") -> None:
        """Answer requests as they come, until one for this form."""
        while last not in self.asked:
            event = self.display.next_event()
            if event.type == X.SelectionRequest:
                self._answer(event)

    def _answer(self, event: Any) -> None:
        name = self.display.get_atom_name(event.target)
        self.asked.append(name)
        prop = event.property
        if name == "TARGETS":
            forms = [self.display.intern_atom(form) for form in ("TARGETS", *self.answers)]
            event.requestor.change_property(prop, Xatom.ATOM, 32, forms)
        elif name in self.answers:
            event.requestor.change_property(prop, self.display.intern_atom(name), 8, self.answers[name])
        else:
            prop = X.NONE
        notify = SelectionNotify(time=event.time, requestor=event.requestor, selection=event.selection, target=event.target, property=prop)
        event.requestor.send_event(notify)
        self.display.flush()


class TestWindows:
    def test_window_in_front_is_told_at_start(self, source: X11Windows, desktop: Desktop) -> None:
        """The window that is in front when the source starts is its first sighting, with names, process and title."""
        window = desktop.window("Crm", "Customer")
        seen = Seen()
        source.start(seen)

        assert (
            WindowActivated(t_ms=1000, window=Window(key=window.id, names=("Crm", "crm"), pid=os.getpid(), title="Customer")) == seen.next()
        )

    def test_each_change_is_told_once(self, source: X11Windows, desktop: Desktop) -> None:
        """Another window, its new title, and no window at all: each is told, in order, and nothing twice."""
        seen = Seen()
        source.start(seen)
        program = desktop.program()
        first = desktop.window("Crm", "One", program)
        desktop.window("Erp", "Other")
        first.configure(stack_mode=X.Above)
        first.set_input_focus(X.RevertToParent, X.CurrentTime)
        program.sync()
        desktop.wait_until_front(first.id)
        desktop.rename(program, first, "Two")
        while (told := seen.next()).window is None or told.window.title != "Two":
            pass
        desktop.rename(program, first, "Two")
        desktop.rename(program, first, "Three")

        assert ["Three"] == [seen.next().window.title]

    def test_titles_of_windows_behind_are_not_told(self, source: X11Windows, desktop: Desktop) -> None:
        """A window that is not in front any more may change its title without a sighting."""
        program = desktop.program()
        behind = desktop.window("Crm", "One", program)
        front = desktop.window("Erp", "Front")
        seen = Seen()
        source.start(seen)
        assert "Front" == seen.next().window.title
        desktop.rename(program, behind, "Secret")
        program.sync()
        desktop.rename(desktop.programs[-1], front, "Front again")

        assert "Front again" == seen.next().window.title

    def test_no_window_in_front(self, source: X11Windows, desktop: Desktop) -> None:
        """When the last window goes, that no window is in front is told."""
        window = desktop.window("Crm", "One")
        seen = Seen()
        source.start(seen)
        seen.next()
        window.destroy()
        desktop.programs[-1].sync()

        assert seen.next().window is None

    def test_vanishing_windows_do_no_harm(self, source: X11Windows, desktop: Desktop) -> None:
        """Windows that come and go faster than they can be asked about leave the source seeing."""
        seen = Seen()
        source.start(seen)
        program = desktop.program()
        for _ in range(20):
            window = program.screen().root.create_window(10, 10, 20, 20, 0, X.CopyFromParent)
            window.map()
            program.sync()
            window.destroy()
            program.sync()
        desktop.window("Crm", "Still there")
        while (told := seen.next()).window is None or told.window.title != "Still there":
            pass

        assert source.alive()

    def test_latin_1_title(self, source: X11Windows, desktop: Desktop) -> None:
        """An old program's title is read as the ICCCM says."""
        display = desktop.program()
        window = desktop.window("Old", "x", display)
        window.delete_property(display.intern_atom("_NET_WM_NAME"))
        window.change_property(Xatom.WM_NAME, Xatom.STRING, 8, "Ærø".encode("latin-1"))
        display.sync()
        seen = Seen()
        source.start(seen)

        assert "Ærø" == seen.next().window.title


class TestClipboard:
    def test_text_of_the_window_in_front(self, source: X11Windows, desktop: Desktop) -> None:
        """What a helper window of the program in front puts there is told as that program's, with its text."""
        display = desktop.program()
        window = desktop.window("Crm", "Customer", display)
        seen = Seen()
        source.start(seen)
        owner = Owner(display, {"UTF8_STRING": COPIED.encode()})
        owner.answer()
        taken = seen.next_of(ClipboardTaken)

        assert (window.id, ("Crm", "crm"), os.getpid(), COPIED) == (taken.owner.key, taken.owner.names, taken.owner.pid, taken.text)

    def test_owner_behind_is_not_taken_for_the_one_in_front(self, source: X11Windows, desktop: Desktop) -> None:
        """What another program puts there is its own, whichever window is in front, though one process has both."""
        display = desktop.program()
        behind = desktop.window("Crm", "Customer", display)
        desktop.window("Erp", "Order")
        seen = Seen()
        source.start(seen)
        Owner(display, {}).answer("TARGETS")

        assert behind.id == seen.next_of(ClipboardTaken).owner.key

    def test_judge_is_given_the_window_and_refusal_asks_nothing(self, desktop: Desktop) -> None:
        """The judge sees the window it came from; what it refuses is told without text and never asked of the owner."""
        judged: list[Window | None] = []
        source = X11Windows(lambda: 0, lambda window: bool(judged.append(window)))
        display = desktop.program()
        window = desktop.window("Bank", "Account", display)
        seen = Seen()
        source.start(seen)
        owner = Owner(display, {"UTF8_STRING": COPIED.encode()})
        taken = seen.next_of(ClipboardTaken)
        source.stop()
        display.sync()

        assert [window.id] == [judged_window.key for judged_window in judged if judged_window]
        assert (None, 0) == (taken.text, display.pending_events())
        assert [] == owner.asked

    def test_what_a_password_manager_put_there_is_not_read(self, source: X11Windows, desktop: Desktop) -> None:
        """An owner that says that it is a secret is not asked for its text."""
        display = desktop.program()
        desktop.window("Crm", "Customer", display)
        seen = Seen()
        source.start(seen)
        owner = Owner(display, {"UTF8_STRING": COPIED.encode(), "x-kde-passwordManagerHint": b"secret"})
        owner.answer("TARGETS")

        assert seen.next_of(ClipboardTaken).text is None
        assert ["TARGETS"] == owner.asked

    def test_a_picture_has_no_text(self, source: X11Windows, desktop: Desktop) -> None:
        """What has no text form is told without text."""
        display = desktop.program()
        desktop.window("Crm", "Customer", display)
        seen = Seen()
        source.start(seen)
        Owner(display, {"image/png": b"\x89PNG"}).answer("TARGETS")

        assert seen.next_of(ClipboardTaken).text is None

    def test_owner_that_never_answers(self, source: X11Windows, desktop: Desktop) -> None:
        """An owner that does not answer in time is told without text, and the source goes on."""
        display = desktop.program()
        desktop.window("Crm", "Customer", display)
        seen = Seen()
        source.start(seen)
        Owner(display, {})
        first = seen.next_of(ClipboardTaken)
        Owner(display, {"UTF8_STRING": COPIED.encode()}).answer()

        assert (None, COPIED) == (first.text, seen.next_of(ClipboardTaken).text)

    def test_newer_owner_ends_the_question(self, source: X11Windows, desktop: Desktop) -> None:
        """Two copies on top of each other: the first is told without text, the second with its own."""
        display, other = desktop.program(), desktop.program()
        desktop.window("Crm", "Customer", display)
        seen = Seen()
        source.start(seen)
        Owner(display, {"UTF8_STRING": b"first"})
        Owner(other, {"UTF8_STRING": b"second"}).answer()

        assert [None, "second"] == [seen.next_of(ClipboardTaken).text for _ in range(2)]

    def test_primary_is_ignored(self, source: X11Windows, desktop: Desktop) -> None:
        """What the mouse selects is nothing; the copy after it is the first that is told."""
        display = desktop.program()
        desktop.window("Crm", "Customer", display)
        seen = Seen()
        source.start(seen)
        selected = Owner(display, {"UTF8_STRING": b"selected"}, "PRIMARY")
        Owner(display, {"UTF8_STRING": b"copied"}).answer()

        assert "copied" == seen.next_of(ClipboardTaken).text
        assert [] == selected.asked

    @pytest.mark.parametrize(("length", "is_read"), [(7, True), (400_000, True), (3_000_000, False)])
    def test_text_of_another_process(self, source: X11Windows, desktop: Desktop, length: int, is_read: bool) -> None:  # noqa: FBT001
        """A program without a window is told by its process; long texts come in pieces, and one that is too long is let be."""
        need("xclip")
        desktop.window("Crm", "Customer")
        seen = Seen()
        source.start(seen)
        text = "é" * length
        with _xclip(desktop.server, text):
            taken = seen.next_of(ClipboardTaken)

        assert (True, ()) == (taken.owner.pid not in {None, os.getpid()}, taken.owner.names)
        assert (text if is_read else None) == taken.text


class TestLife:
    @pytest.mark.usefixtures("desktop")
    def test_stop_leaves_nothing(self) -> None:
        """After stop no thread and no open file is left, time after time."""
        threads, files = threading.active_count(), open_files()
        for _ in range(5):
            source = X11Windows(lambda: 0, lambda _: True)
            source.start(Seen())
            source.stop()
            source.stop()

        assert (threads, files) == (threading.active_count(), open_files())

    def test_nothing_after_stop(self, source: X11Windows, desktop: Desktop) -> None:
        """What happens after stop is not seen."""
        seen = Seen()
        source.start(seen)
        source.stop()
        seen.rest()
        desktop.window("Crm", "Customer")

        assert ([], False) == (seen.rest(), source.alive())

    def test_second_start_is_refused(self, source: X11Windows) -> None:
        """A source runs once."""
        source.start(Seen())
        with pytest.raises(RuntimeError):
            source.start(Seen())

    def test_self_test_works_and_disturbs_nothing(self, source: X11Windows, desktop: Desktop) -> None:
        """The trial sees its own window and selection; the window in front and the clipboard stay as they are."""
        display = desktop.program()
        window = desktop.window("Crm", "Customer", display)
        owner = Owner(display, {})
        findings = source.self_test()
        clipboard = display.get_selection_owner(display.intern_atom("CLIPBOARD"))

        assert [("window_in_front", True), ("window_manager", True), ("clipboard_owner", True)] == [
            (found.subject, found.works) for found in findings
        ]
        assert (window.id, owner.window.id) == (desktop.front(), clipboard.id)

    def test_without_a_window_manager(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where nothing says which window is in front, starting fails with a remedy and leaves nothing open."""
        with running_server() as server:
            monkeypatch.setenv("DISPLAY", server.name)
            files = open_files()
            with pytest.raises(CaptureError, match="window manager"):
                X11Windows(lambda: 0, lambda _: True).start(Seen())
            findings = X11Windows(lambda: 0, lambda _: True).self_test()

            assert files == open_files()
            assert [False] * 3 == [found.works for found in findings]

    def test_a_lost_server_is_noticed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """When the X server ends, so does `alive`, and stop still leaves nothing."""
        with running_server() as server:
            monkeypatch.setenv("DISPLAY", server.name)
            files = open_files()
            source = X11Windows(lambda: 0, lambda _: True)
            with running_window_manager(server):
                source.start(Seen())
                server.process.kill()
                server.process.wait()
            assert source._thread
            source._thread.join(5)
            alive = source.alive()
            source.stop()

            assert (False, files) == (alive, open_files())

    @pytest.mark.parametrize("display", ["", "elsewhere:0", "nonsense"])
    def test_display_that_cannot_be_used(self, display: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """No display, one on another machine and a name that is none are each refused with a remedy."""
        monkeypatch.setenv("DISPLAY", display)
        with pytest.raises(CaptureError) as fault:
            XDisplay()

        assert fault.value.remedy


class _xclip:  # noqa: N801 - used like a function
    """Text on the clipboard, put there by a program without a window, until the end of the block."""

    def __init__(self, server: XServer, text: str) -> None:
        command = ["xclip", "-selection", "clipboard", "-quiet", "-i"]
        self._process = subprocess.Popen(
            command, env={**os.environ, "DISPLAY": server.name}, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        assert self._process.stdin
        self._process.stdin.write(text.encode())
        self._process.stdin.close()

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
