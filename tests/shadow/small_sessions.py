"""Small recorded sessions, and disks that fail where a test wants them to."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recorder.journal import Journal
from recorder.segments import SegmentWriter
from recorder.sources.scripted import ScriptedClock
from shadow.disk import Disk
from shadow.keys import KeyPair
from shadow.recorded import RecordedEvent

AGENT = KeyPair(b"\x01" * 32)
SIGNER = KeyPair(b"\x02" * 32)
STUDY = KeyPair(b"\x03" * 32)
STRANGER = KeyPair(b"\x04" * 32)
SESSION = "2026-11-22-1f09ac3e"
CONSENT = b'{"record_id": "a consent record"}\n'
STARTED = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def event(seq: int, t_ms: int | None = None, action: str = "click", **more: Any) -> RecordedEvent:
    """One event; every second unless told otherwise."""
    return RecordedEvent(seq, 1000 * seq if t_ms is None else t_ms, action, "crm", "/tickets/:id", **more)


def events(n: int, every_ms: int = 1000) -> list[RecordedEvent]:
    """`n` events at equal distances."""
    return [event(seq, seq * every_ms) for seq in range(n)]


def writer(folder: Path, clock: ScriptedClock, disk: Disk | None = None, ballast_bytes: int = 0) -> SegmentWriter:
    """The files of a session that is being recorded, without a thread."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return SegmentWriter(
        folder,
        session_id=SESSION,
        consent=CONSENT,
        agent=AGENT.public,
        signer=SIGNER,
        clock=clock,
        wall=lambda: STARTED,
        disk=disk or Disk(),
        ballast_bytes=ballast_bytes,
    )


def write(files: SegmentWriter, written: Iterable[RecordedEvent], clock: ScriptedClock | None = None, at_once: int = 5) -> None:
    """Write events, a few at a time."""
    rest = list(written)
    while rest:
        if clock is not None:
            clock.move_to(max(clock(), rest[0].t_ms))
        del rest[: files.write(rest[:at_once])]


def record(folder: Path, written: Iterable[RecordedEvent], *, ended: bool = True) -> Path:
    """A session as the recorder leaves it: closed, or as after a crash."""
    clock = ScriptedClock()
    files = writer(folder, clock)
    write(files, written, clock)
    if ended:
        files.checkpoint(ended=True)
        files.close()
    else:
        files.abandon()
    return folder


def begin(folder: Path, clock: Callable[[], int] | None = None, **more: Any) -> Journal:
    """A journal on a real disk, without ballast unless told otherwise."""
    facts: dict[str, Any] = {
        "session_id": SESSION,
        "consent": CONSENT,
        "agent": AGENT.public,
        "signer": SIGNER,
        "clock": clock or ScriptedClock(),
        "wall": lambda: STARTED,
        "ballast_bytes": 0,
    }
    return Journal.begin(folder, **(facts | more))


def eventually(fact: Callable[[], bool], within_s: float = 10.0) -> bool:
    """Whether something that another thread does comes about."""
    deadline = time.monotonic() + within_s
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.002)
    return True


def tree(folder: Path) -> dict[str, bytes]:
    """Every file under a folder, and what is in it."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


class Killed(BaseException):
    """The process ended here, as far as the code under test can tell."""


CALLS = (
    "create", "reopen", "overwrite", "write", "sync", "truncate", "reserve", "close", "mkdir", "rename", "unlink", "rmdir", "sync_folder",
)  # fmt: skip


class FaultyDisk(Disk):
    """
    A real disk of which some calls fail.

    Args:

        faults: Calls that fail, by their number from 0.

        fault: Makes what is raised.

        dead: Whether every call after the first that failed fails too, as after a kill.
    """

    def __init__(self, faults: Iterable[int] = (), fault: Callable[[], BaseException] | None = None, *, dead: bool = False) -> None:
        self.faults = set(faults)
        self.fault = fault or (lambda: OSError(errno.EIO, os.strerror(errno.EIO)))
        self.dead = dead
        self.n_calls = 0
        self.n_faults = 0

    def fails(self, name: str) -> bool:
        """Count a call, and say whether it is to fail."""
        del name
        number, self.n_calls = self.n_calls, self.n_calls + 1
        return number in self.faults or (self.dead and self.n_faults > 0)

    def answer(self, name: str, *args: Any) -> Any:
        """Do as a disk does, or fail; a write that fails leaves half of its content behind."""
        if not self.fails(name):
            return getattr(Disk, name)(self, *args)
        if name == "write" and self.n_faults == 0:
            file, content = args
            os.write(file, content[: len(content) // 2])
        self.n_faults += 1
        raise self.fault()


def _through(name: str) -> Callable[..., Any]:
    return lambda disk, *args: disk.answer(name, *args)


for _name in CALLS:
    setattr(FaultyDisk, _name, _through(_name))


class FullDisk(FaultyDisk):
    """A disk without room while `full` is set: nothing can be written or made."""

    def __init__(self) -> None:
        super().__init__(fault=lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
        self.full = False

    def fails(self, name: str) -> bool:
        """Whether this call needs room."""
        return self.full and name in {"write", "create", "reserve", "mkdir"}
