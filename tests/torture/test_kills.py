"""kill -9, at random moments: of the recorder, and of a withdrawal."""

from __future__ import annotations

import random
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from shadow.errors import CaptureError, SessionError
from shadow.sealed_session import Reading, open_sealed
from tests.shadow.small_sessions import AGENT, SESSION, begin, events, record
from tests.torture.victims import ACKNOWLEDGED, FORGOTTEN, PUT, SAYING, record_until_killed, withdraw_until_killed

WITHDRAWALS = 100


@dataclass
class Said:
    """What a recorder told before it was killed."""

    put_at_ms: list[int] = field(default_factory=list)
    acknowledged: int = -1
    forgotten: list[tuple[int, int]] = field(default_factory=list)

    @property
    def unacknowledged_ms(self) -> int:
        """Real time between the first and the last event that was put and not acknowledged."""
        rest = self.put_at_ms[self.acknowledged + 1 :]
        return (rest[-1] - rest[0]) // 300 if rest else 0


def _heard(pipe: Connection) -> Said:
    said = Said()
    try:
        while True:
            kind, first, second = SAYING.unpack(pipe.recv_bytes())
            if kind == PUT:
                said.put_at_ms.append(second)
            elif kind == ACKNOWLEDGED:
                said.acknowledged = first
            elif kind == FORGOTTEN:
                said.forgotten.append((first, second))
    except EOFError:
        return said


def _killed_while_recording(processes: ForkServerContext, folder: Path, chance: random.Random) -> Said:
    hearing, saying = processes.Pipe(duplex=False)
    victim = processes.Process(target=record_until_killed, args=(folder, saying, chance.randrange(1 << 30)))
    victim.start()
    saying.close()
    if chance.random() < 0.9:
        hearing.poll(10)  # it has begun; the others are killed while they begin
    time.sleep(chance.random() * 0.4)
    victim.kill()
    victim.join()
    said = _heard(hearing)
    hearing.close()
    victim.close()
    return said


def _lost(said: Said, reading: Reading) -> list[int]:
    there = {event.seq for event in reading.events}
    spans = [(span.from_ms, span.until_ms) for span in reading.forgotten]
    kept = [seq for seq in range(said.acknowledged + 1) if not any(low <= said.put_at_ms[seq] <= high for low, high in spans)]
    return [seq for seq in kept if seq not in there]


def test_recorder_killed(
    processes: ForkServerContext, times: Callable[[int], int], tmp_path: Path, chance: random.Random, tell: Callable[[str], None]
) -> None:
    """No acknowledged event is lost, at most a second is unacknowledged, what was forgotten stays so, and a restart takes under a second."""
    n_acknowledged = n_torn = n_segments = n_forgotten = n_nothing = worst_unacknowledged_ms = 0
    worst_restart_s = 0.0
    for number in range(times(300)):
        folder = tmp_path / SESSION
        said = _killed_while_recording(processes, folder, chance)
        began = time.perf_counter()
        try:
            session = open_sealed(folder)
            reading = session.read(AGENT)
        except SessionError:
            assert -1 == said.acknowledged, f"kill {number}: the session is gone"
            reading = Reading([], (), (), ended=False)
            n_nothing += 1
        begin(tmp_path / "next", session_id="next").close()
        worst_restart_s = max(worst_restart_s, time.perf_counter() - began)

        assert [] == _lost(said, reading), f"kill {number}"
        assert sorted(event.seq for event in reading.events) == [event.seq for event in reading.events]
        assert not [event for event in reading.events for low, high in said.forgotten if low <= event.t_ms < high], f"kill {number}"
        if reading.events:
            assert [] == [str(damage) for damage in reading.damage if not damage.torn], f"kill {number}"
            n_segments += len(list((folder / "segments").iterdir()))
        assert said.unacknowledged_ms <= 1000, f"kill {number}"
        n_acknowledged += said.acknowledged + 1
        n_torn += bool(reading.damage)
        n_forgotten += len(said.forgotten)
        worst_unacknowledged_ms = max(worst_unacknowledged_ms, said.unacknowledged_ms)
        for left in (folder, tmp_path / "next"):
            shutil.rmtree(left, ignore_errors=True)
    tell(
        f"kills {number + 1}: acknowledged {n_acknowledged}, lost 0, torn tails {n_torn}, segments {n_segments}, forgotten spans {n_forgotten}, "
        f"killed before there was a session {n_nothing}, at most unacknowledged {worst_unacknowledged_ms} ms, slowest restart {worst_restart_s:.3f} s"
    )

    assert worst_restart_s < 1
    assert n_acknowledged > 0


def test_withdrawal_killed(processes: ForkServerContext, times: Callable[[int], int], tmp_path: Path, chance: random.Random) -> None:
    """Killed at any moment after it began, a withdrawal is finished by whoever opens the session next, and nothing is ever resumed there."""
    whole = record(tmp_path / "whole", events(300))
    n_calls = 0
    for number in range(times(WITHDRAWALS)):
        folder = shutil.copytree(whole, tmp_path / str(number))
        hearing, saying = processes.Pipe(duplex=False)
        victim = processes.Process(target=withdraw_until_killed, args=(folder, saying))
        victim.start()
        saying.close()
        n_calls += _hear_some(hearing, chance.randrange(1, 50))
        victim.kill()
        victim.join()
        victim.close()
        hearing.close()

        if any(path.is_file() or path.name == "withdrawn" for path in folder.rglob("*")):
            with pytest.raises(CaptureError):
                begin(folder)
            with pytest.raises(SessionError, match="was withdrawn"):
                open_sealed(folder)
        with pytest.raises(SessionError, match="no recorded session"):
            open_sealed(folder)
        assert not any(folder.rglob("*"))
    assert n_calls > 0


def _hear_some(hearing: Connection, n: int) -> int:
    for heard in range(n):
        try:
            hearing.recv_bytes()
        except EOFError:
            return heard
    return n
