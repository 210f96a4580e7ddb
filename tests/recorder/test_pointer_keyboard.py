"""Keyboard and mouse: what is seen of a press, and that nothing more is."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator

import pytest
from Xlib import X

from recorder.sources.base import KeyClass, KeyPressed, PointerPressed
from recorder.sources.key_classes import Held, key_class
from recorder.sources.pointer_keyboard import CallbackTimes, PointerKeyboard, bound_below_which
from shadow.errors import CaptureError
from tests.recorder.xserver import Hands, Seen, XServer, open_files, running_server

A, C, S, V, CUT, Z = ((ord(letter), ord(letter.upper()), 0, 0) for letter in "acsvxz")
# Rows as servers give them: plain, Shift, then the same of a second group.
TAB, RETURN, LEFT, INSERT, ESCAPE, F5 = ((symbol, 0) for symbol in (0xFF09, 0xFF0D, 0xFF51, 0xFF63, 0xFF1B, 0xFFC2))
BACKSPACE, DELETE, PAD_ENTER = ((symbol, 0) for symbol in (0xFF08, 0xFFFF, 0xFF8D))
PAD_7, PAD_DELETE = (0xFF95, 0xFFB7), (0xFF9F, 0xFFAE)
DEAD_ACUTE, EURO_BY_ALTGR, O_SLASH = (0xFE51, 0xFE50), (0x65, 0x45, 0x65, 0x45, 0x20AC), (0xF8, 0xD8)
CYRILLIC_ES, GREEK_PSI, ARABIC = (0x6D3, 0x6F3), (0x7F8, 0x7D8), (0x5D8, 0)


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[XServer]:
    with running_server() as server:
        yield server


@pytest.fixture(name="hands")
def _hands(server: XServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hands]:
    monkeypatch.setenv("DISPLAY", server.name)
    hands = Hands(server)
    yield hands
    hands.close()


@pytest.fixture(name="source")
def _source(hands: Hands) -> Iterator[PointerKeyboard]:
    ticks = itertools.count(1000)
    assert hands
    source = PointerKeyboard(lambda: next(ticks))
    yield source
    source.stop()


class TestClasses:
    @pytest.mark.parametrize(
        ("row", "held", "expected"),
        [
            (A, Held.nothing, "character"),
            (A, Held.shift, "character"),
            (O_SLASH, Held.nothing, "character"),
            (DEAD_ACUTE, Held.nothing, "character"),
            (EURO_BY_ALTGR, Held.nothing, "character"),
            (CYRILLIC_ES, Held.nothing, "character"),
            ((0x20, 0x20), Held.nothing, "character"),
            ((0x01000105, 0), Held.nothing, "character"),
            ((0, 0, 0, 0, 0x20AC), Held.nothing, "character"),
            (PAD_7, Held.num_lock, "character"),
            (PAD_7, Held.nothing, "navigation"),
            (PAD_7, Held.num_lock | Held.shift, "navigation"),
            ((0xFFAA, 0xFFAA), Held.nothing, "character"),
            (TAB, Held.nothing, "navigation"),
            ((0xFE20, 0), Held.shift, "navigation"),
            (LEFT, Held.control, "navigation"),
            ((0xFF55, 0), Held.nothing, "navigation"),
            (RETURN, Held.nothing, "enter"),
            (PAD_ENTER, Held.nothing, "enter"),
            (BACKSPACE, Held.control, "edit"),
            (DELETE, Held.nothing, "edit"),
            (PAD_DELETE, Held.nothing, "edit"),
            (PAD_DELETE, Held.num_lock, "character"),
            (C, Held.control, "copy"),
            (CUT, Held.control, "cut"),
            (V, Held.control, "paste"),
            (Z, Held.control, "undo"),
            (S, Held.control, "save"),
            (A, Held.control, "other"),
            (C, Held.control | Held.num_lock, "copy"),
            (V, Held.control | Held.shift, "paste"),
            (Z, Held.control | Held.shift, "other"),
            (C, Held.control | Held.alt, "other"),
            (C, Held.command, "other"),
            (INSERT, Held.shift, "paste"),
            (INSERT, Held.control, "copy"),
            (INSERT, Held.nothing, "other"),
            (DELETE, Held.shift, "cut"),
            ((0x1008FF57, 0), Held.nothing, "copy"),
            (ESCAPE, Held.nothing, "other"),
            (F5, Held.nothing, "other"),
            ((), Held.nothing, "other"),
            ((0, 0, 0, 0), Held.nothing, "other"),
        ],
    )
    def test_class_of_a_press(self, row: tuple[int, ...], held: Held, expected: str) -> None:
        """Every press has the class that a person would name."""
        assert KeyClass(expected) == key_class(200, row, held)

    @pytest.mark.parametrize("symbol", [0xFFE1, 0xFFE3, 0xFFE5, 0xFFE9, 0xFFEB, 0xFE03, 0xFF7E, 0xFF7F, 0xFF14])
    def test_modifiers_alone_are_nothing(self, symbol: int) -> None:
        """Shift, Control, Alt, AltGr, Super and the locks are no presses."""
        assert key_class(50, (symbol, 0), Held.nothing) is None

    @pytest.mark.parametrize(
        ("code", "row", "expected"), [(54, CYRILLIC_ES, "copy"), (54, GREEK_PSI, "copy"), (55, ARABIC, "paste"), (38, ARABIC, "other")]
    )
    def test_chords_without_latin_letters_go_by_place(self, code: int, row: tuple[int, ...], expected: str) -> None:
        """On a keyboard without Latin letters Ctrl and the key in C's place copies."""
        assert KeyClass(expected) == key_class(code, row, Held.control)

    @pytest.mark.parametrize("group", [0, 1, 2])
    def test_second_latin_group_gives_the_letter(self, group: int) -> None:
        """Where one of two layouts is Latin, its letter decides, whichever is in force and wherever the key is."""
        assert KeyClass.copy == key_class(31, (*CYRILLIC_ES, *C[:2]), Held.control, group)


class TestCallbackTimes:
    def test_none_before_the_first_press(self) -> None:
        """Without a press there is no figure."""
        assert PointerKeyboard(lambda: 0).callback_p99_us() is None

    def test_share_below_a_bound(self) -> None:
        """99 of 100 below 20 microseconds and one of 3 ms: the 99th is below 20, the whole below 5 ms."""
        times = CallbackTimes()
        for _ in range(99):
            times.count(15_000)
        times.count(3_000_000)

        assert (20, 5000) == (bound_below_which(times.counts(), 0.99), bound_below_which(times.counts(), 1))

    def test_beyond_all_bounds(self) -> None:
        """A callback slower than every bound is not taken for one within."""
        times = CallbackTimes()
        times.count(10**9)

        assert float("inf") == bound_below_which(times.counts(), 0.99)


class TestOnAServer:
    def test_sees_presses_by_class_in_order(self, source: PointerKeyboard, hands: Hands) -> None:
        """Each press is told once, by class, at its time; Shift and Control are not presses."""
        seen = Seen()
        source.start(seen)
        hands.press("a")
        hands.press("Shift_L", "a")
        hands.press("Control_L", "c")
        hands.press("Tab")
        hands.press("BackSpace")
        hands.press("Return")
        found = [seen.next() for _ in range(6)]

        assert ["character", "character", "copy", "navigation", "edit", "enter"] == [press.key for press in found]
        assert sorted(press.t_ms for press in found) == [press.t_ms for press in found]
        assert all(isinstance(press, KeyPressed) for press in found)

    def test_held_key_is_one_press(self, source: PointerKeyboard, hands: Hands) -> None:
        """A key that the server repeats while it is held counts once; pressed again, it counts again."""
        seen = Seen()
        source.start(seen)
        code = hands.code("a")
        repeats = _wait_for_repeats(hands, code, n=3)
        hands.key(code, down=False)
        hands.press("a")
        hands.press("Tab")

        assert repeats >= 3
        assert ["character", "character", "navigation"] == [seen.next().key for _ in range(3)]

    def test_shift_let_go_first_does_not_swallow_the_next_press(self, source: PointerKeyboard, hands: Hands) -> None:
        """Shift, digit, Shift up, digit up, and again: two presses."""
        seen = Seen()
        source.start(seen)
        shift, digit = hands.code("Shift_L"), hands.code("1")
        for _ in range(2):
            for code, down in ((shift, True), (digit, True), (shift, False), (digit, False)):
                hands.key(code, down=down)
        hands.press("Return")

        assert ["character", "character", "enter"] == [seen.next().key for _ in range(3)]

    def test_a_key_mapped_anew_is_known(self, source: PointerKeyboard, hands: Hands) -> None:
        """A key that gets its character while the source runs is a character from then on."""
        seen = Seen()
        source.start(seen)
        hands.display.change_keyboard_mapping(97, [(0xF8, 0xD8)])
        hands.display.sync()
        hands.key(97, down=True)
        hands.key(97, down=False)

        assert KeyClass.character == seen.next().key

    def test_sees_buttons_at_their_place(self, source: PointerKeyboard, hands: Hands) -> None:
        """Left, middle, right and others are told with their place; the wheel is not a press."""
        seen = Seen()
        source.start(seen)
        for place, button in enumerate((1, 2, 3, 4, 5, 8), start=1):
            hands.click(10 * place, 20, button)
        found = [seen.next() for _ in range(4)]

        assert [(10, 20, "left"), (20, 20, "middle"), (30, 20, "right"), (60, 20, "other")] == [(at.x, at.y, at.button) for at in found]
        assert all(isinstance(press, PointerPressed) for press in found)

    def test_callbacks_are_timed(self, source: PointerKeyboard, hands: Hands) -> None:
        """Each press and release is timed; most callbacks take less than a millisecond, on a busy machine too."""
        seen = Seen()
        source.start(seen)
        for _ in range(200):
            hands.press("a")
        hands.click(1, 1)
        assert 201 == len([seen.next() for _ in range(201)])
        source.stop()
        keys, buttons = source._key_times.counts(), source._button_times.counts()

        # The last key may not be let go yet when the source stops.
        assert (True, 1) == (399 <= sum(keys) <= 400, sum(buttons))
        assert 1000 >= (bound_below_which(keys, 0.5) or 9999)
        assert source.callback_p99_us()

    def test_stop_ends_threads_connections_and_sightings(self, hands: Hands) -> None:
        """After stop no thread, no open file and no sighting is left, time after time."""
        _run_once(hands)
        threads, files = threading.active_count(), open_files()
        for _ in range(5):
            seen = _run_once(hands)
            hands.press("b")
            assert [] == seen.rest()

        assert (threads, files) == (threading.active_count(), open_files())

    def test_alive_between_start_and_stop(self, source: PointerKeyboard) -> None:
        """It is alive once started, and no more once stopped; a second stop does nothing."""
        source.start(Seen())
        during = source.alive()
        source.stop()
        source.stop()

        assert (True, False) == (during, source.alive())

    def test_second_start_is_refused(self, source: PointerKeyboard) -> None:
        """A source runs once."""
        source.start(Seen())
        with pytest.raises(RuntimeError):
            source.start(Seen())

    def test_self_test_proves_itself(self, source: PointerKeyboard) -> None:
        """A real press of a key and a button is seen, and leaves nothing behind."""
        source.self_test()
        files = open_files()

        assert [("key_presses", True), ("button_presses", True)] == [(found.subject, found.works) for found in source.self_test()]
        assert files == open_files()

    def test_self_test_presses_reach_no_program(self, source: PointerKeyboard, hands: Hands) -> None:
        """A window that asks for every key and click under the pointer gets none of the self-test's."""
        display = hands.display
        mask = X.KeyPressMask | X.ButtonPressMask
        window = display.screen().root.create_window(0, 0, 800, 600, 0, X.CopyFromParent, override_redirect=True, event_mask=mask)
        window.map()
        display.sync()
        display.set_input_focus(window, X.RevertToParent, X.CurrentTime)
        display.sync()
        source.self_test()
        display.sync()
        events = [display.next_event().type for _ in range(display.pending_events())]
        window.destroy()

        assert X.KeyPress not in events
        assert X.ButtonPress not in events

    def test_without_a_display(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without DISPLAY starting fails with a remedy, and the self-test says so instead of raising."""
        monkeypatch.delenv("DISPLAY", raising=False)
        with pytest.raises(CaptureError, match="DISPLAY"):
            PointerKeyboard(lambda: 0).start(Seen())

        assert [False, False] == [found.works for found in PointerKeyboard(lambda: 0).self_test()]


def test_a_lost_server_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the X server ends, so does `alive`, and stop still leaves nothing."""
    with running_server() as server:
        monkeypatch.setenv("DISPLAY", server.name)
        files = open_files()
        source = PointerKeyboard(lambda: 0)
        source.start(Seen())
        server.process.kill()
        server.process.wait()
        for listener in source._listeners:
            threading.Thread.join(listener, 5)
        alive = source.alive()
        source.stop()

        assert (False, files) == (alive, open_files())


def test_a_server_without_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that cannot report presses is refused by name."""
    with running_server("-extension", "RECORD") as server:
        monkeypatch.setenv("DISPLAY", server.name)
        with pytest.raises(CaptureError, match="RECORD"):
            PointerKeyboard(lambda: 0).start(Seen())


def _run_once(hands: Hands) -> Seen:
    seen, source = Seen(), PointerKeyboard(lambda: 0)
    source.start(seen)
    hands.press("a")
    seen.next()
    source.stop()
    return seen


def _wait_for_repeats(hands: Hands, code: int, n: int) -> int:
    """Hold a key until a window that has the focus has got it n times more."""
    display = hands.display
    window = display.screen().root.create_window(0, 0, 50, 50, 0, X.CopyFromParent, override_redirect=True, event_mask=X.KeyPressMask)
    window.map()
    display.sync()
    display.set_input_focus(window, X.RevertToParent, X.CurrentTime)
    hands.key(code, down=True)
    count = 0
    while count <= n:
        count += display.next_event().type == X.KeyPress
    window.destroy()
    return count
