"""
Value marks for a source: values go in, ordinals come out, in this process or, for a long log, in helper processes beside it.

    (session, value) --by session--> SessionMarks --> Marked

Reading the forms of a value takes some 50 microseconds of Python, so that the values of a long log would keep one core busy while the other
one waits. A helper keeps the tables of its sessions in its own memory; values go to it through a pipe that nobody else has, and only ordinals
come back. It writes nothing, shows nothing, and ends when its pipe is closed, also when this process was killed.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
from array import array
from concurrent.futures import Future, ThreadPoolExecutor
from typing import IO, TYPE_CHECKING, Final, Self, cast

import msgspec

from recorder.marks import ValueMarks

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["Ask", "Helpers", "Marked", "SessionMarks", "Setting"]

LENGTH_BYTES: Final = 8


class Setting(msgspec.Struct, frozen=True):
    """What marks depend on: the region of telephone numbers, and the patterns of values that are case ids."""

    region: str
    case_id_patterns: tuple[str, ...]


class Ask(msgspec.Struct):
    """Values to be marked, in order of first sight: `sessions[n]` is the session of `values[n]`. Afterwards `finished` are forgotten."""

    sessions: list[int]
    values: list[str]
    finished: list[int]


class Marked(msgspec.Struct):
    """
    What is known of the values asked for; every column is the bytes of 32-bit integers.

    `mark` and `case_mark` (0 for none), `n_wholes` and `n_words` have an entry per value; `wholes` and `words` are the tokens of one value
    after the other.
    """

    mark: bytes
    case_mark: bytes
    n_wholes: bytes
    wholes: bytes
    n_words: bytes
    words: bytes


class _Tables:
    """What is remembered about the values of one session while it is read."""

    def __init__(self, region: str) -> None:
        self.marks = ValueMarks(region)
        self.case_ids = ValueMarks(region)


class SessionMarks:
    """The value marks of sessions, each with tables of its own that are thrown away when it is finished."""

    def __init__(self, setting: Setting) -> None:
        self._region = setting.region
        self._case_id = [re.compile(pattern) for pattern in setting.case_id_patterns]
        self._tables: dict[int, _Tables] = {}

    def answer(self, ask: Ask) -> Marked:
        """Marks and tokens of values."""
        marks, case_marks, n_wholes, wholes, n_words, words = (array("i") for _ in range(6))
        for session, value in zip(ask.sessions, ask.values, strict=True):
            tables = self._tables.get(session) or self._tables.setdefault(session, _Tables(self._region))
            forms, parts = tables.marks.tokens(value)
            shown = value.strip()
            marks.append(tables.marks.mark(shown))
            case_marks.append(tables.case_ids.mark(shown) if any(pattern.search(shown) for pattern in self._case_id) else 0)
            n_wholes.append(len(forms))
            wholes.extend(forms)
            n_words.append(len(parts))
            words.extend(parts)
        for session in ask.finished:
            self._tables.pop(session, None)
        return Marked(*(column.tobytes() for column in (marks, case_marks, n_wholes, wholes, n_words, words)))


class Helpers:
    """
    Processes that mark values, each for its share of the sessions.

    Args:

        setting: What marks depend on.

        number: How many; with 0 this process does the work itself.
    """

    def __init__(self, setting: Setting, number: int) -> None:
        self._own = SessionMarks(setting)
        self._helpers = [_Helper(setting) for _ in range(number)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for helper in self._helpers:
            helper.end()

    def __len__(self) -> int:
        """Number of shares."""
        return max(len(self._helpers), 1)

    def ask(self, share: int, ask: Ask) -> Future[Marked]:
        """Have values of one share marked; asks of one share are answered one after the other."""
        if self._helpers:
            return self._helpers[share].ask(ask)
        answered: Future[Marked] = Future()
        answered.set_result(self._own.answer(ask))
        return answered


class _Helper:
    def __init__(self, setting: Setting) -> None:
        around = os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self._program = subprocess.Popen(
            [sys.executable, "-c", "from shadow.interop.marking import help_out; help_out()"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=around,
        )  # fmt: skip
        self._to = cast("IO[bytes]", self._program.stdin)
        self._from = cast("IO[bytes]", self._program.stdout)
        self._asking = ThreadPoolExecutor(max_workers=1)
        self._asking.submit(_write, self._to, msgspec.msgpack.encode(setting))

    def ask(self, ask: Ask) -> Future[Marked]:
        return self._asking.submit(self._answer, ask)

    def end(self) -> None:
        """Stop it; asks that were not answered yet never will be."""
        self._program.kill()
        self._asking.shutdown(cancel_futures=True)
        self._program.wait()
        with contextlib.suppress(BrokenPipeError):
            self._to.close()
        self._from.close()

    def _answer(self, ask: Ask) -> Marked:
        _write(self._to, msgspec.msgpack.encode(ask))
        return msgspec.msgpack.decode(_read(self._from), type=Marked)


def help_out() -> None:
    """Be a helper: answer what comes in until nothing does any more."""
    # Ctrl-C is for the import, which then closes the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    marks = SessionMarks(msgspec.msgpack.decode(_read(sys.stdin.buffer), type=Setting))
    while message := _read(sys.stdin.buffer):
        _write(sys.stdout.buffer, msgspec.msgpack.encode(marks.answer(msgspec.msgpack.decode(message, type=Ask))))


def _write(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(len(message).to_bytes(LENGTH_BYTES) + message)
    pipe.flush()


def _read(pipe: IO[bytes]) -> bytes:
    """A message; nothing when the other side is gone."""
    return pipe.read(int.from_bytes(pipe.read(LENGTH_BYTES)))
