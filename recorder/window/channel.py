"""The window's end of the two pipes: lines in become messages in Qt's own thread, messages out become lines."""

from __future__ import annotations

import os
import threading
from typing import Final

from PySide6.QtCore import QObject, Signal

from recorder.window.messages import FromWindow, encode, read_to_window

__all__ = ["Channel"]

CHUNK_BYTES: Final = 65_536


class Channel(QObject):
    """
    Hears the recorder and answers it.

    Args:

        read_from: Descriptor that the recorder writes to.

        write_to: Descriptor that it reads from.
    """

    # A ToWindow; the recorder is gone, or said something that is no message.
    heard = Signal(object)
    ended = Signal()

    def __init__(self, read_from: int, write_to: int) -> None:
        super().__init__()
        self._read_from, self._write_to = read_from, write_to

    def start(self) -> None:
        """Begin to hear; what comes is delivered by the event loop."""
        threading.Thread(target=self._listen, name="recorder-listen", daemon=True).start()

    def say(self, message: FromWindow) -> None:
        """Tell the recorder; if it is gone, `ended` says so."""
        rest = encode(message)
        try:
            while rest:
                rest = rest[os.write(self._write_to, rest) :]
        except OSError:
            self.ended.emit()

    def _listen(self) -> None:
        # Read without Python's buffer: its lock, held by this thread while it waits, would bring the interpreter down at exit.
        waiting = b""
        while chunk := self._read():
            *lines, waiting = (waiting + chunk).split(b"\n")
            try:
                for line in lines:
                    self.heard.emit(read_to_window(line))
            except ValueError:
                break
        self.ended.emit()

    def _read(self) -> bytes:
        try:
            return os.read(self._read_from, CHUNK_BYTES)
        except OSError:
            return b""
