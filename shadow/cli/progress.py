"""
What is being done, said on a terminal once it takes longer than two seconds.

    counting events  45 %  12 s         one line that is written over, and gone when the result is there

Elsewhere nothing is said: who reads stderr from a file or a pipe wants what went wrong, and not that it took its time.
A thread of its own writes it, so that a step which says nothing for long still shows that something is going on.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final, Self, TextIO

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Progress"]

SLOW_S: Final = 2.0
TICK_S: Final = 0.2
# Carriage return, and erase the line (ECMA-48).
ERASE: Final = "\r\x1b[2K"


class Progress:
    """
    Says what is being done, from entering it to leaving it.

    Args:

        stream: Where to.

        slow_s: Seconds after which it is worth saying.

        quiet: Say nothing at all.
    """

    def __init__(self, stream: TextIO, slow_s: float = SLOW_S, *, quiet: bool = False) -> None:
        self._stream, self._slow_s, self._quiet = stream, slow_s, quiet
        self._live = stream.isatty() and not quiet
        self._what = "reading the study"
        self._share: float | None = None
        self._since = time.monotonic()
        self._lock, self._over = threading.Lock(), threading.Event()
        self._shown = False
        self._thread = threading.Thread(target=self._say, daemon=True)

    def __call__(self, what: str, share: float | None = None) -> None:
        """Take note of what is being done, and which share of it is done; None if that is not known."""
        self._what, self._share = what, share

    def note(self, line: str) -> None:
        """Say a line at once; it is what is being done from here on."""
        if not self._quiet:
            with self._lock:
                self._erase()
                self._stream.write(f"{line}\n")
                self._stream.flush()
        self(line)

    def __enter__(self) -> Self:
        self._since = time.monotonic()
        if self._live:
            self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._over.set()
        if self._live:
            self._thread.join()
        self._erase()

    def _say(self) -> None:
        wait_s = self._slow_s
        while not self._over.wait(wait_s):
            with self._lock:
                self._erase()
                self._stream.write(self._line())
                self._stream.flush()
                self._shown = True
            wait_s = TICK_S

    def _line(self) -> str:
        share = "" if self._share is None else f"  {self._share:.0%}"
        return f"{self._what}{share}  {time.monotonic() - self._since:.0f} s"

    def _erase(self) -> None:
        if self._shown:
            self._stream.write(ERASE)
            self._stream.flush()
            self._shown = False
