"""
The recorder's end of its window: start it, tell it things, hear what the agent does with it.

The window is another process on two pipes; there is no socket. Whatever ends it (the agent, a crash, a line that cannot be read) reaches the
recorder as `Stop`, so a recording never goes on behind a window that is not there.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Final

from recorder.window.messages import Close, FromWindow, Hello, Stop, ToWindow, encode, read_from_window
from shadow.errors import CaptureError

__all__ = ["WindowProcess", "require_qt_and_display"]

# Starting Python and Qt takes half a second; a laptop that has just woken and scans every file takes longer.
READY_S: Final = 20.0
# A window that is told to close has nothing left to do; the rest is for a busy machine.
CLOSE_S: Final = 5.0
# A window that has not read this many messages is stuck; a status that it misses is followed by another.
N_WAITING: Final = 64
DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def require_qt_and_display() -> None:
    """
    See that a window can be shown here, without loading Qt.

    Raises:

        CaptureError: Qt is not installed, or there is no display; the remedy names both ways out.
    """
    if find_spec("PySide6") is None:
        raise CaptureError("the window needs Qt, which is not installed", 'pip install "agent-shadowing[recorder]", or use --no-window')
    if sys.platform == "linux" and not any(os.environ.get(name) for name in DISPLAYS):
        raise CaptureError("there is no display to show the window on", "start it from a desktop session, or use --no-window")


class WindowProcess:
    """
    The window of one recording.

    `start` and `close` come once each; `send` and `receive` from any thread between them.

    Args:

        language: One of `shadow.settings.LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._process: subprocess.Popen[bytes] | None = None
        self._heard: queue.SimpleQueue[FromWindow] = queue.SimpleQueue()
        self._to_say: queue.Queue[ToWindow | None] = queue.Queue(N_WAITING)
        self._threads: list[threading.Thread] = []

    @property
    def pid(self) -> int | None:
        """Its process, for those who measure it; None before `start`."""
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """
        Start the process and wait until it says hello.

        Raises:

            CaptureError: There is no Qt, no display, or it does not come up; nothing of it is left.
        """
        require_qt_and_display()
        self._begin()
        if not isinstance(self.receive(READY_S), Hello):
            self.close()
            raise CaptureError("the window does not open on this display", "mend what is said above this line, or use --no-window")

    def send(self, message: ToWindow) -> bool:
        """
        Tell the window; never blocks.

        Returns:

            Whether it was taken: not by a window that is stuck.
        """
        try:
            self._to_say.put_nowait(message)
        except queue.Full:
            return False
        return True

    def receive(self, timeout_s: float | None = None) -> FromWindow | None:
        """
        What the agent did next; after `Stop` nothing but `Stop`, at once.

        Args:

            timeout_s: How long to wait; None waits until there is something.

        Returns:

            None if nothing came in that time.
        """
        try:
            message = self._heard.get(timeout=timeout_s)
        except queue.Empty:
            return None
        if isinstance(message, Stop):
            self._heard.put(message)
        return message

    @property
    def messages(self) -> Iterator[FromWindow]:
        """What the agent does, as it comes; `Stop` is the last."""
        while (message := self.receive()) is not None:
            yield message
            if isinstance(message, Stop):
                return

    def close(self) -> None:
        """Let the window go away, by force if it takes too long; without effect before `start` and after the first time."""
        process = self._process
        if process is None or not self._threads:
            return
        self.send(Close())
        with contextlib.suppress(queue.Full):
            self._to_say.put_nowait(None)
        try:
            process.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._end_threads(process)

    def _begin(self) -> None:
        # Only this recorder's own folder is searched, so that a folder called `recorder` where the user happens to be is not run.
        root = str(Path(__file__).parents[2])
        paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process = subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-P", "-m", "recorder.window", self._language],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": paths},
            process_group=0,  # Ctrl-C in the terminal is for the recorder, which then closes its window
        )
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None  # noqa: S101 - asked for above
        assert stdout is not None  # noqa: S101
        self._threads = [
            threading.Thread(target=self._listen, args=(stdout,), name="window-listen", daemon=True),
            threading.Thread(target=self._speak, args=(stdin,), name="window-speak", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def _end_threads(self, process: subprocess.Popen[bytes]) -> None:
        for thread in self._threads:
            thread.join()
        self._threads = []
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _listen(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(ValueError):
            for line in pipe:
                message = read_from_window(line)
                if isinstance(message, Stop):
                    break
                self._heard.put(message)
        self._heard.put(Stop())

    def _speak(self, pipe: IO[bytes]) -> None:
        with contextlib.suppress(OSError):
            while (message := self._to_say.get()) is not None:
                pipe.write(encode(message))
                pipe.flush()
