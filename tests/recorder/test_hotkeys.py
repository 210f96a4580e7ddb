"""Hotkeys: how a chord is written, and that it works in front of every program."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator

import pytest
from Xlib import X
from Xlib.ext import record
from Xlib.protocol import rq

from recorder.hotkeys import Chord, Hotkeys, parse_chord
from shadow.errors import CaptureError, SettingsError
from tests.recorder.xserver import PATIENCE_S, Hands, XServer, open_files, running_server

CAPS_LOCK, NUM_LOCK = "Caps_Lock", "Num_Lock"


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


@pytest.fixture(name="called")
def _called() -> queue.Queue[str]:
    return queue.Queue()


@pytest.fixture(name="hotkeys")
def _hotkeys(hands: Hands, called: queue.Queue[str]) -> Iterator[Hotkeys]:
    assert hands
    hotkeys = Hotkeys({"ctrl+shift+f9": lambda: called.put("pause"), "ctrl+shift+f10": lambda: called.put("mark")})
    hotkeys.start()
    yield hotkeys
    hotkeys.stop()


class TestChords:
    @pytest.mark.parametrize(
        ("text", "chord"),
        [
            ("ctrl+shift+f9", Chord("f9", frozenset({"ctrl", "shift"}))),
            ("Super + P", Chord("p", frozenset({"super"}))),
            ("pause", Chord("pause", frozenset())),
            ("f13", Chord("f13", frozenset())),
        ],
    )
    def test_reads(self, text: str, chord: Chord) -> None:
        """A chord is read without regard to case and spaces."""
        assert chord == parse_chord(text)

    @pytest.mark.parametrize(
        "text", ["ctrl+alt+shift", "ctrl+alt+f9", "shift+a", "a", "f1", "ctrl+", "", "ctrl+return", "hyper+f9", "ctrl+shift"]
    )
    def test_refuses(self, text: str) -> None:
        """What is no chord, is AltGr on many keyboards, or takes a key away from writing, is refused with a remedy."""
        with pytest.raises(SettingsError) as fault:
            parse_chord(text)

        assert fault.value.remedy

    def test_unknown_key_lists_the_known(self) -> None:
        """A misspelt key is told with those that are known."""
        with pytest.raises(SettingsError, match=r"known there are f1, f2.*scroll_lock"):
            parse_chord("ctrl+fnine")

    def test_writes_what_it_reads(self) -> None:
        """A chord is written as it can be read again, whatever the order it came in."""
        assert "ctrl+shift+f9" == str(parse_chord("shift+CTRL+f9"))

    def test_same_chord_twice(self) -> None:
        """Two hotkeys cannot share a chord."""
        with pytest.raises(SettingsError, match="same chord"):
            Hotkeys({"ctrl+shift+f9": lambda: None, "shift+ctrl+f9": lambda: None})


class TestOnAServer:
    @pytest.mark.usefixtures("hotkeys")
    def test_each_press_calls_once(self, hands: Hands, called: queue.Queue[str]) -> None:
        """Each chord calls its own, once for a press; the key without its modifiers, or with others, calls nothing."""
        hands.press("F9")
        hands.press("Control_L", "F9")
        hands.press("Control_L", "Shift_L", "Alt_L", "F9")
        hands.press("Control_L", "Shift_L", "F10")
        hands.press("Control_L", "Shift_L", "F9")

        assert ["mark", "pause"] == [called.get(timeout=PATIENCE_S) for _ in range(2)]
        assert called.empty()

    @pytest.mark.usefixtures("hotkeys")
    @pytest.mark.parametrize("lock", [CAPS_LOCK, NUM_LOCK])
    def test_works_with_locks_on(self, hands: Hands, called: queue.Queue[str], lock: str) -> None:
        """Caps Lock and Num Lock do not get in the way."""
        hands.press(lock)
        hands.press("Control_L", "Shift_L", "F9")
        found = called.get(timeout=PATIENCE_S)
        hands.press(lock)

        assert "pause" == found

    @pytest.mark.usefixtures("hotkeys")
    def test_held_chord_calls_once(self, hands: Hands, called: queue.Queue[str]) -> None:
        """However long it is held, a chord is one press."""
        codes = [hands.code(name) for name in ("Control_L", "Shift_L", "F9")]
        for code in codes:
            hands.key(code, down=True)
        _wait_for_repeats(hands)
        for code in reversed(codes):
            hands.key(code, down=False)
        hands.press("Control_L", "Shift_L", "F10")

        assert ["pause", "mark"] == [called.get(timeout=PATIENCE_S) for _ in range(2)]

    @pytest.mark.usefixtures("hotkeys")
    def test_other_keys_still_reach_the_program(self, hands: Hands, called: queue.Queue[str]) -> None:
        """What is not a chord goes where it was meant; the chord itself does not."""
        display = hands.display
        window = display.screen().root.create_window(0, 0, 50, 50, 0, X.CopyFromParent, override_redirect=True, event_mask=X.KeyPressMask)
        window.map()
        display.sync()
        display.set_input_focus(window, X.RevertToParent, X.CurrentTime)
        hands.press("Control_L", "Shift_L", "F9")
        hands.press("F9")
        keys = []
        while not keys or keys[-1] != (hands.code("F9"), 0):
            event = display.next_event()
            keys += [(event.detail, event.state)] if event.type == X.KeyPress else []
        window.destroy()

        assert [hands.code("F9")] == [code for code, _ in keys if code == hands.code("F9")]
        assert "pause" == called.get(timeout=PATIENCE_S)

    def test_a_chord_that_another_program_has(self, hotkeys: Hotkeys) -> None:
        """A chord that is taken is refused by name, and nothing is left open."""
        files = open_files()
        with pytest.raises(CaptureError, match=r"ctrl\+shift\+f10 belongs to another program"):
            Hotkeys({"super+f8": lambda: None, "ctrl+shift+f10": lambda: None}).start()

        assert (True, files) == (hotkeys.alive(), open_files())

    def test_stop_gives_the_chords_back(self, hotkeys: Hotkeys, called: queue.Queue[str]) -> None:
        """After stop nothing is left, and another may have the chord."""
        threads = threading.active_count()
        hotkeys.stop()
        hotkeys.stop()
        other = Hotkeys({"ctrl+shift+f9": lambda: called.put("other")})
        other.start()
        other.stop()

        assert (False, threads - 1) == (hotkeys.alive(), threading.active_count())

    @pytest.mark.usefixtures("hotkeys")
    def test_follows_the_keyboard(self, hands: Hands, called: queue.Queue[str]) -> None:
        """A chord is where its key is, also after the keyboard was laid out anew."""
        code, unused = hands.code("F9"), 97
        row = hands.display.get_keyboard_mapping(code, 1)[0]
        hands.display.change_keyboard_mapping(code, [[0] * len(row)])
        hands.display.change_keyboard_mapping(unused, [row])
        hands.display.sync()
        # The server tells of the new layout when it likes, so the press is made again until it has.
        for key in ("Control_L", "Shift_L"):
            hands.key(hands.code(key), down=True)
        for _ in range(50):
            hands.key(unused, down=True)
            hands.key(unused, down=False)
            try:
                found = called.get(timeout=0.1)
                break
            except queue.Empty:
                continue
        for key in ("Control_L", "Shift_L"):
            hands.key(hands.code(key), down=False)
        hands.display.change_keyboard_mapping(code, [row])
        hands.display.change_keyboard_mapping(unused, [[0] * len(row)])
        hands.display.sync()

        assert "pause" == found


def test_without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a display starting fails with a remedy."""
    monkeypatch.delenv("DISPLAY", raising=False)
    with pytest.raises(CaptureError, match="DISPLAY"):
        Hotkeys({"ctrl+shift+f9": lambda: None}).start()


def _wait_for_repeats(hands: Hands, n: int = 3) -> None:
    """Until the server has repeated the key that is held; RECORD is asked, as a grabbed key is told to nobody else."""
    display = Hands(XServer(hands.display.get_display_name(), None))  # type: ignore[arg-type]
    watcher = display.display
    nothing = {"core_requests": (0, 0), "core_replies": (0, 0), "ext_requests": (0, 0, 0, 0), "ext_replies": (0, 0, 0, 0)}
    flags = {"delivered_events": (0, 0), "device_events": (X.KeyPress, X.KeyPress), "errors": (0, 0)}
    context = watcher.record_create_context(0, [record.AllClients], [{**nothing, **flags, "client_started": False, "client_died": False}])
    presses = 0

    def count(reply: object) -> None:
        nonlocal presses
        data = reply.data  # type: ignore[attr-defined]
        while data:
            _, data = rq.EventField(None).parse_binary_value(data, watcher.display, None, None)
            presses += 1
        if presses >= n:
            hands.display.record_disable_context(context)
            hands.display.sync()

    watcher.record_enable_context(context, count)
    watcher.record_free_context(context)
    display.close()
