"""The window on a real X server with a window manager: seen, reached by keyboard, and never in the way."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("PySide6", reason="Qt is not installed")
pytest.importorskip("Xlib", reason="python-xlib is not installed")

from Xlib import X
from Xlib.protocol.event import ClientMessage

from recorder.window.messages import Answer, AskConsent, AskMark, Forget, Mark, Notice, Pause, Resume, Say, Section, Status, Stop, Switch
from recorder.window.process import WindowProcess
from recorder.window.state_badge import COLOURS
from shadow.consent_record import DATA_KINDS, Switches
from tests.recorder.xserver import PATIENCE_S, Hands, XServer, running_server, running_window_manager, wait_for

NOTICE = Notice(
    "Må dit arbejde optages?",
    (Section("Hvorfor", ("Derfor. " * 200,)),),
    tuple(Switch(kind, kind, "Forklaring.") for kind in DATA_KINDS),
    "Ja",
    "Nej",
)
# Budget of the whole window process.
PSS_MIB = 100


class Screen:
    """What is on the X server, and what a person does to it."""

    def __init__(self, server: XServer) -> None:
        self.display = server.connect()
        self.root = self.display.screen().root
        self.root.change_attributes(event_mask=X.PropertyChangeMask | X.SubstructureNotifyMask)
        self.hands = Hands(server)

    def close(self) -> None:
        """Let go of the connections."""
        self.hands.close()
        self.display.close()

    def windows(self) -> dict[str, Any]:
        """The windows that are shown, by title."""
        ids = self._property(self.root, "_NET_CLIENT_LIST") or []
        return {self._title(one): self.display.create_resource_object("window", one) for one in ids}

    def wait_for_window(self, title: str) -> Any:
        """The window whose title begins so, once it is shown."""
        self.wait(lambda: self._find(title))
        return self._find(title)

    def wait_until_active(self, title: str) -> None:
        """Until the keyboard is in the window whose title begins so."""
        window = self.wait_for_window(title)
        # The window manager names the active window a moment before the X server gives it the keyboard.
        window.change_attributes(event_mask=X.FocusChangeMask)
        self.wait(lambda: getattr(self.display.get_input_focus().focus, "id", 0) == window.id and self.active().startswith(title))

    def active(self) -> str:
        """Title of the window that has the keyboard; "" for none."""
        (active,) = self._property(self.root, "_NET_ACTIVE_WINDOW") or [0]
        return self._title(active) if active else ""

    def own_window(self, title: str) -> Any:
        """A window of somebody else's, with the keyboard in it: the agent's work."""
        window = self.root.create_window(10, 10, 300, 200, 0, self.display.screen().root_depth, event_mask=X.KeyPressMask)
        window.set_wm_name(title)
        window.set_wm_hints(flags=1, input=1)
        window.map()
        self.display.flush()
        self.wait_until_active(title)
        return window

    def ask(self, window: Any, name: str) -> None:
        """What a task bar does: activate a window, or close it."""
        event = ClientMessage(window=window, client_type=self.display.intern_atom(name), data=(32, [2, X.CurrentTime, 0, 0, 0]))
        self.root.send_event(event, event_mask=X.SubstructureRedirectMask | X.SubstructureNotifyMask)
        self.display.flush()

    def states(self, window: Any) -> list[str]:
        """What the window manager keeps of a window, such as that it is above others."""
        return [self.display.get_atom_name(atom) for atom in self._property(window, "_NET_WM_STATE") or []]

    def wait(self, holds: Callable[[], object]) -> None:
        """Until something holds."""
        wait_for(self.display, holds)

    def has_colour(self, window: Any, colour: str) -> bool:
        """Whether a colour is anywhere in the left upper part of a window, where the state is."""
        raw = window.get_image(0, 0, 60, 30, X.ZPixmap, 0xFFFFFFFF).data
        return bytes.fromhex(colour[1:])[::-1] in {raw[at : at + 3] for at in range(0, len(raw), 4)}

    def _find(self, title: str) -> Any:
        return next((window for name, window in self.windows().items() if name.startswith(title)), None)

    def _title(self, one: int) -> str:
        window = self.display.create_resource_object("window", one)
        try:
            found = window.get_full_text_property(self.display.intern_atom("_NET_WM_NAME")) or window.get_wm_name()
        except Exception:  # noqa: BLE001 - it has just gone
            return ""
        return found or ""

    def _property(self, window: Any, name: str) -> list[int] | None:
        found = window.get_full_property(self.display.intern_atom(name), X.AnyPropertyType)
        return None if found is None else list(found.value)


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[XServer]:
    """An X server with openbox."""
    with running_server() as server, running_window_manager(server):
        yield server


@pytest.fixture(name="screen")
def _screen(server: XServer) -> Iterator[Screen]:
    """Eyes and hands on it."""
    screen = Screen(server)
    screen.wait(lambda: not screen.windows())
    yield screen
    screen.close()


@pytest.fixture(name="window")
def _window(server: XServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WindowProcess]:
    """The window process, in Danish, with a home of its own."""
    for name in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", server.name)
    monkeypatch.setenv("HOME", str(tmp_path))
    window = WindowProcess("da")
    window.start()
    yield window
    window.close()


def _pss_mib(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii")
    return int(re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)[1]) / 1024


def _not_local(pid: int) -> list[str]:
    """Sockets of a process that are not local ones (AF_UNIX)."""
    links = [str(one.readlink()) for one in Path(f"/proc/{pid}/fd").iterdir()]
    ours = {link[8:-1] for link in links if link.startswith("socket:[")}
    local = {line.split()[6] for line in Path("/proc/net/unix").read_text("utf-8", "replace").splitlines()[1:]}
    return sorted(ours - local)


def test_yes_by_keyboard(window: WindowProcess, screen: Screen) -> None:
    """With nothing but Tab, Space and Enter the agent reads, chooses two of the four, and says yes."""
    window.send(AskConsent("da", NOTICE))
    screen.wait_until_active("Må dit arbejde")
    for key in ("Page_Down", "Tab", "Tab", "space", "Tab", "Tab", "space", "Tab", "Tab", "Return"):
        screen.hands.press(key)
    answer = window.receive(PATIENCE_S)

    assert isinstance(answer, Answer)
    assert (True, Switches(clicks_and_focus=True, value_marks=True)) == (answer.yes, answer.switches)
    assert 0 < answer.open_s < PATIENCE_S


@pytest.mark.parametrize("key", ["Escape", "Return"])
def test_a_key_at_once_is_never_yes(key: str, window: WindowProcess, screen: Screen) -> None:
    """Whoever is typing when the question comes up says no at most, never yes."""
    window.send(AskConsent("da", NOTICE))
    screen.wait_until_active("Må dit arbejde")
    screen.hands.press(key)
    if key == "Return":
        screen.hands.press("Escape")
    answer = window.receive(PATIENCE_S)

    assert (False, Switches()) == (answer.yes, answer.switches)


def test_the_pill_never_takes_the_keyboard(window: WindowProcess, screen: Screen) -> None:
    """It comes up above everything, changes and speaks, and the agent goes on typing where they were."""
    work = screen.own_window("Work")
    window.send(Status("recording", (), 724, 1204))
    pill = screen.wait_for_window("Optager")
    screen.wait(lambda: "_NET_WM_STATE_ABOVE" in screen.states(pill))
    for message in (Say("Hej"), Status("degraded", ("Noget mangler.",)), Status("paused")):
        window.send(message)
    screen.wait_for_window("På pause")

    assert "Work" == screen.active()
    work.destroy()
    screen.display.flush()


@pytest.mark.parametrize(
    ("state", "title"), [("recording", "Optager –"), ("paused", "På pause"), ("degraded", "Optager med"), ("stopped", "Optager ikke")]
)
def test_the_state_is_seen(state: str, title: str, window: WindowProcess, screen: Screen) -> None:
    """On the screen, the title says the state and the pill has its colour."""
    window.send(Status(state))
    pill = screen.wait_for_window(title)
    pill.change_attributes(event_mask=X.ExposureMask | X.StructureNotifyMask)

    end = time.monotonic() + PATIENCE_S
    while not (seen := screen.has_colour(pill, COLOURS[state][0])) and time.monotonic() < end:
        screen.display.sync()
    assert seen


def test_everything_by_keyboard(window: WindowProcess, screen: Screen) -> None:
    """Once the agent goes to the pill, Tab and Space reach pause, resume, mark, forget and stop."""
    window.send(Status("recording"))
    screen.ask(screen.wait_for_window("Optager"), "_NET_ACTIVE_WINDOW")
    screen.wait_until_active("Optager")
    heard = []
    screen.hands.press("space")
    heard.append(window.receive(PATIENCE_S))
    window.send(Status("paused"))
    screen.wait_until_active("På pause")
    screen.hands.press("space")
    heard.append(window.receive(PATIENCE_S))
    window.send(Status("recording"))
    screen.wait_until_active("Optager")
    for keys, question in ((("Tab", "space"), "Markér"), (("Tab", "space"), "Skal de sidste"), (("Tab", "space"), "Skal optagelsen")):
        for key in keys:
            screen.hands.press(key)
        screen.wait_until_active(question)
        answer = ("a", "Return") if question == "Markér" else ("Shift_L+Tab", "space")
        for key in answer:
            screen.hands.press(*key.split("+"))
        heard.append(window.receive(PATIENCE_S))
        if question != "Skal optagelsen":
            screen.wait_until_active("Optager")

    assert [Pause(), Resume(), "a", Forget(), Stop()] == [one.note if isinstance(one, Mark) else one for one in heard]


def test_the_hotkeys_dialog_takes_the_keyboard(window: WindowProcess, screen: Screen) -> None:
    """Asked for by the hotkey, the dialog has the keyboard, so that the agent can write at once; then it goes back to the work."""
    work = screen.own_window("Work")
    window.send(Status("recording"))
    screen.wait_for_window("Optager")
    window.send(AskMark())
    screen.wait_until_active("Markér")
    for key in ("o", "k", "Return"):
        screen.hands.press(key)
    mark = window.receive(PATIENCE_S)
    screen.wait_until_active("Work")

    assert "ok" == mark.note
    work.destroy()
    screen.display.flush()


def test_closing_the_pill_stops_within_a_second(window: WindowProcess, screen: Screen) -> None:
    """The cross of the window is stop, at once and without a question."""
    window.send(Status("recording"))
    pill = screen.wait_for_window("Optager")
    began = time.monotonic()
    screen.ask(pill, "_NET_CLOSE_WINDOW")

    assert Stop() == window.receive(PATIENCE_S)
    assert time.monotonic() - began < 1


def test_what_it_costs(window: WindowProcess, screen: Screen, tmp_path: Path) -> None:
    """With question, pill and dialog shown: its memory is within the budget, every socket is a local one, and no file is left in the home."""
    window.send(AskConsent("da", NOTICE))
    screen.wait_until_active("Må dit arbejde")
    screen.hands.press("Escape")
    window.receive(PATIENCE_S)
    window.send(Status("degraded", ("Noget mangler.",), 724, 1204))
    screen.wait_for_window("Optager med")
    window.send(AskMark())
    screen.wait_until_active("Markér")
    pss = _pss_mib(window.pid)
    sockets = _not_local(window.pid)
    window.close()

    assert pss <= PSS_MIB
    assert [] == sockets
    # Fontconfig, which is not ours, keeps its list of fonts there.
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file() and "fontconfig" not in path.parts]
