"""A real X server for tests, with a window manager where one is needed, and hands for its keyboard and mouse."""

from __future__ import annotations

import os
import queue
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

from recorder.sources.x11_display import close_connection

PATIENCE_S = 10.0


def need(program: str) -> None:
    """Skip where a program is missing, saying so; fail where the machine was promised to have it."""
    if shutil.which(program):
        return
    if os.environ.get("SHADOW_NEED_DESKTOP") == "1":
        pytest.fail(f"{program} is not installed, and SHADOW_NEED_DESKTOP=1 says that it is")
    pytest.skip(f"{program} is not installed")


@dataclass
class XServer:
    """A running X server."""

    name: str
    process: subprocess.Popen[bytes]

    def connect(self) -> Any:
        """A connection of a test's own."""
        return Display(self.name)


@contextmanager
def running_server(*extra: str) -> Iterator[XServer]:
    """An X server on a display of its own, without a network port; ended at exit."""
    need("Xvfb")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset", *extra]
    process = subprocess.Popen(command, pass_fds=(writing,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        assert number, "Xvfb did not start"
        yield XServer(f":{number}", process)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@contextmanager
def running_window_manager(server: XServer) -> Iterator[None]:
    """Run openbox on a server, without keys or menus of its own; ended at exit."""
    need("openbox")
    display = server.connect()
    display.screen().root.change_attributes(event_mask=X.PropertyChangeMask)
    display.sync()
    command = ["openbox", "--sm-disable", "--config-file", str(Path(__file__).with_name("openbox.xml"))]
    process = subprocess.Popen(command, env={**os.environ, "DISPLAY": server.name}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(display, lambda: _property(display, "_NET_SUPPORTING_WM_CHECK") and _property(display, "_NET_CLIENT_LIST") is not None)
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
        close_connection(display)


def wait_for(display: Any, holds: Callable[[], object]) -> None:
    """Wait until something holds that an event on a connection announces."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        left = end - time.monotonic()
        assert left > 0, "it did not come to hold"
        if not display.pending_events():
            select.select([display.fileno()], [], [], left)
        while display.pending_events():
            display.next_event()


def _property(display: Any, name: str) -> Any:
    found = display.screen().root.get_full_property(display.intern_atom(name), 0)
    return None if found is None else list(found.value)


@dataclass
class Seen:
    """What a source emitted, in order, and a way to wait for the next."""

    waiting: queue.Queue[Any] = field(default_factory=queue.Queue)

    def __call__(self, sighting: Any) -> None:
        """Take a sighting."""
        self.waiting.put(sighting)

    def next(self) -> Any:
        """The next sighting; the test fails if none comes."""
        try:
            return self.waiting.get(timeout=PATIENCE_S)
        except queue.Empty:
            pytest.fail("nothing more was seen")

    def next_of(self, kind: type) -> Any:
        """The next sighting of a kind, leaving out others before it."""
        while not isinstance(found := self.next(), kind):
            pass
        return found

    def rest(self) -> list[Any]:
        """What else was emitted until now."""
        found = []
        while not self.waiting.empty():
            found.append(self.waiting.get_nowait())
        return found


class Hands:
    """Presses keys and buttons, as a person's would be: the server tells everybody of them."""

    def __init__(self, server: XServer) -> None:
        self.display = server.connect()

    def key(self, code: int, *, down: bool) -> None:
        """A key goes down or up."""
        xtest.fake_input(self.display, X.KeyPress if down else X.KeyRelease, code)
        self.display.sync()

    def code(self, name: str) -> int:
        """The key that bears a keysym."""
        return self.display.keysym_to_keycode(XK.string_to_keysym(name))

    def press(self, *names: str) -> None:
        """Keys go down one after the other and up again, the last first."""
        codes = [self.code(name) for name in names]
        for code in codes:
            self.key(code, down=True)
        for code in reversed(codes):
            self.key(code, down=False)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """A button goes down and up at a place."""
        xtest.fake_input(self.display, X.MotionNotify, x=x, y=y)
        xtest.fake_input(self.display, X.ButtonPress, button)
        xtest.fake_input(self.display, X.ButtonRelease, button)
        self.display.sync()

    def close(self) -> None:
        """Let go of the connection."""
        self.display.close()


def open_files() -> int:
    """How many files this process has open."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir())
