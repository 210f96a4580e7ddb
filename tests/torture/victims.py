"""Processes that are there to be killed; each tells through a pipe what it has done."""

from __future__ import annotations

import random
import struct
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from shadow.disk import Disk
from shadow.sealed_session import open_sealed
from tests.shadow.small_sessions import CALLS, begin, event

# What is said: kind, two numbers. Put: seq, ms of real time. Acknowledged: last seq. Forgotten: from, until, ms of the session.
SAYING = struct.Struct("=cqq")
PUT, ACKNOWLEDGED, FORGOTTEN, DONE = b"P", b"A", b"F", b"D"
# Session time passes faster, so that segments turn and checkpoints are written many times before the end.
SPEED = 300


def record_until_killed(folder: Path, pipe: Connection, seed: int) -> None:
    """Record at a good pace, have something forgotten now and then, and never stop."""
    chance = random.Random(seed)
    start = time.monotonic()

    def clock() -> int:
        return int((time.monotonic() - start) * 1000 * SPEED)

    def say(kind: bytes, first: int, second: int) -> None:
        pipe.send_bytes(SAYING.pack(kind, first, second))

    journal = begin(folder, clock, ballast_bytes=1 << 20, on_acknowledged=lambda last, _: say(ACKNOWLEDGED, last, 0))
    seq = 0
    while True:
        for _ in range(chance.randrange(1, 40)):
            t_ms = clock()
            say(PUT, seq, t_ms)
            journal.put(event(seq, t_ms))
            seq += 1
        time.sleep(chance.random() / 200)
        if chance.random() < 0.02:
            until_ms = clock()
            from_ms = journal.forget(max(0, until_ms - 30_000))
            if from_ms is not None:
                say(FORGOTTEN, from_ms, until_ms)


class TellingDisk(Disk):
    """A real disk that tells of every call once it is done."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe


def _telling(name: str) -> Any:
    def call(disk: TellingDisk, *args: Any) -> Any:
        answer = getattr(Disk, name)(disk, *args)
        disk.pipe.send_bytes(SAYING.pack(DONE, 0, 0))
        return answer

    return call


for _name in CALLS:
    setattr(TellingDisk, _name, _telling(_name))


def withdraw_until_killed(folder: Path, pipe: Connection) -> None:
    """Withdraw a session."""
    open_sealed(folder, TellingDisk(pipe)).withdraw()
