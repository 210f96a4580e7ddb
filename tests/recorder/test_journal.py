"""The journal: what is acknowledged is durable, whatever the disk does, and nobody waits for it."""

from __future__ import annotations

import errno
import os
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder import inbox
from recorder.journal import Journal
from recorder.segments import BALLAST_BYTES
from recorder.sources.scripted import ScriptedClock
from shadow.checkpoints import read_history
from shadow.disk import Disk
from shadow.errors import CaptureError
from shadow.recorded import RecordedEvent
from shadow.sealed_session import Span, open_sealed
from shadow.session_folder import SessionFolder
from shadow.session_reading import SegmentReader
from tests.shadow.small_sessions import (
    AGENT,
    CONSENT,
    SESSION,
    STARTED,
    STUDY,
    FaultyDisk,
    FullDisk,
    begin,
    event,
    events,
    eventually,
    record,
    tree,
)


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Where a session is to be."""
    return tmp_path / SESSION


def put(journal: Journal, some: list[RecordedEvent], clock: ScriptedClock | None = None) -> None:
    """Put events and wait until they are durable."""
    for one in some:
        if clock is not None:
            clock.move_to(one.t_ms)
        journal.put(one)
    assert journal.settled(10)


def seqs(folder: Path) -> list[int]:
    """Places of the events that can be read."""
    return [event.seq for event in open_sealed(folder).read(AGENT).events]


def _descriptors() -> set[str]:
    """Open files of this process."""
    return {path.name for path in Path("/proc/self/fd").iterdir()}


class GatedDisk(Disk):
    """A disk that does not answer until the gate is opened."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.gate.set()
        self.waits = threading.Event()

    def sync(self, file: int) -> None:
        """Wait, then do it."""
        if not self.gate.is_set():
            self.waits.set()
        self.gate.wait(20)
        super().sync(file)


class TestOrdinaryDays:
    def test_recorded(self, folder: Path) -> None:
        """What was put is read, in order, once the journal is closed."""
        journal = begin(folder)
        put(journal, events(10))
        status = journal.status()
        journal.close()
        reading = open_sealed(folder).read(AGENT)

        assert (events(10), (), True) == (reading.events, reading.damage, reading.ended)
        assert (9, 10, 0, {}, False, 0, False) == (
            status.acknowledged_seq,
            status.n_acknowledged,
            status.n_waiting,
            status.n_dropped,
            status.disk_full,
            status.faults,
            status.failed,
        )

    def test_acknowledged_is_durable(self, folder: Path) -> None:
        """When an event is acknowledged it can be read from the files, though the journal goes on."""
        seen: list[tuple[int, list[int]]] = []
        journal = begin(folder, on_acknowledged=lambda last, _: seen.append((last, seqs(folder))))
        for one in events(5):
            put(journal, [one])
        journal.close()

        assert [(seq, list(range(seq + 1))) for seq in range(5)] == seen

    def test_closing_drains(self, folder: Path) -> None:
        """Closing writes what was put before it; afterwards nothing is taken, and closing again does nothing."""
        journal = begin(folder)
        for one in events(1000):
            journal.put(one)
        journal.close()
        journal.close()

        assert (False, {"click": 1}) == (journal.put(event(1000)), journal.status().n_dropped)
        assert list(range(1000)) == seqs(folder)

    def test_leaves_nothing_open(self, folder: Path) -> None:
        """A closed journal has no thread, no open file, no ballast and no lock."""
        descriptors, threads = _descriptors(), threading.active_count()
        journal = begin(folder, ballast_bytes=4096)
        put(journal, events(3))
        journal.close()

        assert (descriptors, threads) == (_descriptors(), threading.active_count())
        assert {"checkpoints", "consent.json", "keys/0001.key", "segments/0001.seg"} == set(tree(folder))

    def test_for_the_agent_alone(self, folder: Path) -> None:
        """Folders and files of a session are for their owner alone."""
        begin(folder, ballast_bytes=4096).close()

        assert {0o700} == {path.stat().st_mode & 0o777 for path in (folder, folder / "segments", folder / "keys")}
        assert {0o600} == {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()}

    def test_abandoned(self, folder: Path) -> None:
        """A journal that is abandoned leaves what a kill leaves: all that was acknowledged, and no end."""
        journal = begin(folder)
        put(journal, events(10))
        journal.abandon()

        assert (list(range(10)), "interrupted") == (seqs(folder), open_sealed(folder).state)

    @settings(max_examples=40)
    @given(st.lists(st.integers(0, 90_000), max_size=30))
    def test_any_pace(self, tmp_path_factory: pytest.TempPathFactory, gaps: list[int]) -> None:
        """However events are spread over time, all are read, and no segment holds more than a minute."""
        some = [event(seq, sum(gaps[: seq + 1])) for seq in range(len(gaps))]
        folder = record(tmp_path_factory.mktemp("pace") / SESSION, some)
        reading = open_sealed(folder).read(AGENT)
        history = read_history((folder / "checkpoints").read_bytes())
        segments = [segment.events for segment in SegmentReader(SessionFolder(folder), SESSION, history, AGENT)]

        assert (some, ()) == (reading.events, reading.damage)
        assert all(segment[-1].t_ms - segment[0].t_ms < 60_000 for segment in segments if segment)
        assert all(later[0].t_ms - former[0].t_ms >= 60_000 for former, later in pairwise(segments) if former and later)


class TestBeginning:
    def test_consent_first(self, folder: Path) -> None:
        """The consent is on the disk before any other file is made."""

        class Watched(Disk):
            seen: list[tuple[str, set[str]]] = []  # noqa: RUF012 - of this class only

            def create(self, path: Path) -> int:
                self.seen.append((path.name, set(tree(folder))))
                return super().create(path)

        begin(folder, disk=Watched()).close()

        assert [("consent.json", set()), ("checkpoints", {"consent.json"})] == [
            (name, there - {"recording"}) for name, there in Watched.seen[:2]
        ]
        assert (folder / "consent.json").read_bytes() == CONSENT

    def test_disk_refuses_at_every_step(self, tmp_path: Path) -> None:
        """Whatever fails while a session begins, none begins: it is said, and nothing is left."""
        for step in range(99):
            folder = tmp_path / str(step)
            disk = FaultyDisk({step}, dead=True)
            if (refusal := self._refusal(folder, disk)) is None:
                break
            assert ("the session cannot be written: input/output error", False) == (refusal, folder.exists())
        assert disk.n_calls - disk.n_faults <= step
        assert step > 20

    def _refusal(self, folder: Path, disk: Disk) -> str | None:
        try:
            begin(folder, disk=disk, ballast_bytes=4096).abandon()
        except CaptureError as refusal:
            return refusal.reason
        return None

    def test_another_session_there(self, folder: Path) -> None:
        """A folder that holds something is not recorded into, a half-withdrawn session least of all."""
        begin(folder).close()
        before = tree(folder)

        with pytest.raises(CaptureError, match="something in the session's folder"):
            begin(folder)
        assert before == tree(folder)

    def test_name_too_long(self, folder: Path) -> None:
        """A name that would not fit is refused, not cut."""
        with pytest.raises(ValueError, match="at most 48 bytes"):
            begin(folder, session_id="n" * 49)

    def test_restart_beside_a_crash(self, folder: Path, tmp_path: Path) -> None:
        """After a crash a new session begins at once, and the old one is as it was."""
        crashed = begin(folder)
        put(crashed, events(5))
        crashed.abandon()
        before = tree(folder)
        begin(tmp_path / "next", session_id="next").close()

        assert (before, list(range(5))) == (tree(folder), seqs(folder))


class TestCheckpoints:
    def test_every_minute(self, folder: Path) -> None:
        """Each minute of the session's clock has a checkpoint with both clocks, though nothing happens in it."""
        clock, walls = ScriptedClock(), iter(range(99))
        journal = begin(folder, clock, wall=lambda: STARTED.replace(minute=next(walls)))
        for minute in range(1, 4):
            clock.move_to(minute * 60_000)
            put(journal, [event(minute, minute * 60_000)])
        journal.close()
        checkpoints = read_history((folder / "checkpoints").read_bytes()).checkpoints

        assert {60_000, 120_000, 180_000} <= {checkpoint.t_ms for checkpoint in checkpoints}
        assert [False] * (len(checkpoints) - 1) + [True] == [checkpoint.ended for checkpoint in checkpoints]
        assert sorted({checkpoint.wall for checkpoint in checkpoints}) == [checkpoint.wall for checkpoint in checkpoints]

    def test_of_each_segment(self, folder: Path) -> None:
        """Each segment's end is signed before the next begins."""
        clock = ScriptedClock()
        journal = begin(folder, clock)
        put(journal, events(150), clock)
        journal.close()
        places = read_history((folder / "checkpoints").read_bytes()).positions
        sizes = {number: (folder / "segments" / f"{number:04}.seg").stat().st_size for number in (1, 2, 3)}

        assert sizes == {place.segment: place.n_bytes for place in places}


class TestFullQueue:
    def test_never_waits(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """While the disk does not answer, events are taken until the queue is full, then counted by action; the rest is kept for what matters."""
        monkeypatch.setattr(inbox, "QUEUE_EVENTS", 20)
        monkeypatch.setattr(inbox, "KEPT_EVENTS", 5)
        told: list[dict[str, int]] = []
        disk = GatedDisk()
        journal = begin(folder, disk=disk, on_drop=told.append)
        disk.gate.clear()
        taken = [journal.put(event(seq)) for seq in range(20)]
        taken += [journal.put(event(seq, action="pause")) for seq in range(20, 30)]
        taken += [journal.put(event(seq, action="focus")) for seq in range(30, 32)]
        assert {"click": 5, "pause": 5, "focus": 2} == journal.status().n_dropped
        disk.gate.set()
        assert journal.settled(10)
        assert journal.put(event(32))
        journal.close()

        assert [seq for seq, was_taken in enumerate([*taken, True]) if was_taken] == seqs(folder)
        assert [*range(15), *range(20, 25), 32] == seqs(folder)
        assert [{"click": 5, "pause": 5, "focus": 2}] == told

    def test_none_lost_or_invented(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """In a burst that is far too much, saved and counted make up what was put."""
        monkeypatch.setattr(inbox, "QUEUE_EVENTS", 500)
        monkeypatch.setattr(inbox, "KEPT_EVENTS", 50)
        journal = begin(folder)
        taken = [seq for seq in range(20_000) if journal.put(event(seq, seq))]
        journal.close()

        assert (taken, 20_000) == (seqs(folder), len(taken) + sum(journal.status().n_dropped.values()))


class TestFaults:
    def test_at_every_call(self, tmp_path: Path) -> None:
        """Whichever call fails: nothing is acknowledged that is not there, nothing is lost, and the session ends as it should."""
        for step in range(200):
            folder = tmp_path / f"{step}" / SESSION
            disk, clock = FaultyDisk(), ScriptedClock()
            acknowledged: list[int] = []
            journal = begin(folder, clock, disk=disk, on_acknowledged=lambda last, _: acknowledged.append(last))  # noqa: B023 - of this round
            disk.faults = {disk.n_calls + step}
            for chunk in range(0, 12, 4):
                put(journal, events(12, 9000)[chunk : chunk + 4], clock)
            n_calls = disk.n_calls
            journal.close()
            reading = open_sealed(folder).read(AGENT)

            assert (events(12, 9000), True, False) == (reading.events, reading.ended, journal.status().failed)
            assert () == reading.damage, f"step {step}"
            assert sorted(acknowledged) == acknowledged
            if disk.n_faults == 0:
                break
        assert step > 20
        assert n_calls > 0

    def test_never_the_same_segment(self, folder: Path) -> None:
        """After a failed fsync the same events go to a new segment; the one in doubt is not written again."""
        disk = FaultyDisk()
        journal = begin(folder, disk=disk)
        put(journal, events(3))
        before = (folder / "segments" / "0001.seg").read_bytes()
        disk.faults = {disk.n_calls + 1}
        put(journal, [event(3)])
        journal.close()

        assert (before, 1) == ((folder / "segments" / "0001.seg").read_bytes(), journal.status().faults)
        assert ([0, 1, 2, 3], ()) == (seqs(folder), open_sealed(folder).read(AGENT).damage)

    def test_three_in_a_row(self, folder: Path) -> None:
        """After three failures in a row it stops, says so, takes nothing more, and what was acknowledged is there."""
        disk = FaultyDisk()
        journal = begin(folder, disk=disk)
        put(journal, events(3))
        disk.faults = set(range(disk.n_calls, disk.n_calls + 1000))
        journal.put(event(3))
        assert eventually(lambda: journal.status().failed)
        assert eventually(lambda: journal.status().n_waiting == 0)
        status = journal.status()

        assert (3, 2, {"click": 1}) == (status.faults, status.acknowledged_seq, status.n_dropped)
        assert not journal.put(event(4))
        journal.close()
        assert [0, 1, 2] == seqs(folder)

    def test_two_in_a_row(self, folder: Path) -> None:
        """Two failures in a row, again and again, end nothing."""
        disk = FaultyDisk()
        journal = begin(folder, disk=disk)
        for seq in range(5):
            disk.faults = {disk.n_calls, disk.n_calls + 4}
            put(journal, [event(seq)])
        journal.close()

        assert ([*range(5)], False) == (seqs(folder), journal.status().failed)


class TestFullDisk:
    def test_goes_on_by_itself(self, folder: Path) -> None:
        """A full disk is told, the session on it is whole, and with room again it goes on with all that was taken."""
        disk = FullDisk()
        journal = begin(folder, disk=disk)
        put(journal, events(3))
        disk.full = True
        journal.put(event(3))
        assert eventually(lambda: journal.status().disk_full, within_s=2)
        meanwhile = open_sealed(folder).read(AGENT)
        journal.put(event(4))
        disk.full = False
        assert journal.settled(10)
        status = journal.status()
        journal.close()

        assert (events(3), ()) == (meanwhile.events, meanwhile.damage)
        assert ([*range(5)], False, False, 0, {}) == (seqs(folder), status.disk_full, status.failed, status.faults, status.n_dropped)

    @pytest.mark.parametrize("action", ["close", "forget"])
    def test_ballast(self, folder: Path, action: str) -> None:
        """On a full disk the ballast makes room for closing, and for forgetting."""

        class Ballasted(FullDisk):
            def unlink(self, path: Path) -> None:
                self.full = self.full and path.name != "ballast"
                Disk.unlink(self, path)

        disk = Ballasted()
        journal = begin(folder, disk=disk, ballast_bytes=4096)
        put(journal, events(3))
        disk.full = True
        journal.put(event(3))
        assert eventually(lambda: journal.status().disk_full)
        if action == "forget":
            assert 0 == journal.forget(2000)
            assert [] == open_sealed(folder).read(AGENT).events
            assert eventually((folder / "ballast").exists)
        journal.close()

        assert ([] if action == "forget" else [0, 1, 2, 3]) == seqs(folder)
        assert ((), True) == (open_sealed(folder).read(AGENT).damage, open_sealed(folder).read(AGENT).ended)

    def test_no_room_at_all(self, folder: Path) -> None:
        """Where even the ballast does not help, forgetting still destroys the keys, though unrecorded, and closing ends."""
        disk = FullDisk()
        journal = begin(folder, disk=disk)
        put(journal, events(3))
        disk.full = True
        journal.put(event(3))
        assert eventually(lambda: journal.status().disk_full)

        assert 0 == journal.forget(1000)
        assert [] == list((folder / "keys").iterdir())
        journal.close()
        assert [] == seqs(folder)

    def test_no_room_to_begin(self, folder: Path) -> None:
        """Without room for the ballast nothing is recorded."""

        class Small(Disk):
            def reserve(self, file: int, size: int) -> None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{file}: {size} bytes")

        with pytest.raises(CaptureError, match="no space left on device"):
            begin(folder, disk=Small(), ballast_bytes=BALLAST_BYTES)
        assert not folder.exists()


class TestForgetting:
    def test_the_last_while(self, folder: Path) -> None:
        """Whole segments go, at most a minute more than asked; what comes afterwards is kept."""
        clock = ScriptedClock()
        journal = begin(folder, clock)
        put(journal, events(200), clock)

        assert 120_000 == journal.forget(150_000)
        put(journal, events(210)[200:], clock)
        journal.close()
        reading = open_sealed(folder).read(AGENT)

        assert ([*range(120), *range(200, 210)], ()) == ([one.seq for one in reading.events], reading.damage)
        assert (Span(120_000, 199_000),) == reading.forgotten

    def test_what_is_not_written_yet(self, folder: Path) -> None:
        """What was put just before is forgotten too."""
        journal = begin(folder)
        for one in events(50):
            journal.put(one)

        assert 0 == journal.forget(0)
        journal.close()
        assert [] == seqs(folder)

    def test_nothing(self, folder: Path) -> None:
        """Where there was nothing in that time, nothing is forgotten."""
        journal = begin(folder)
        put(journal, events(10))

        assert journal.forget(20_000) is None
        journal.close()
        assert list(range(10)) == seqs(folder)

    def test_twice(self, folder: Path) -> None:
        """What is forgotten already is not forgotten again."""
        journal = begin(folder)
        put(journal, events(10))

        assert (0, None) == (journal.forget(5000), journal.forget(5000))
        journal.close()
        assert () == open_sealed(folder).read(AGENT).damage

    def test_after_a_fault(self, folder: Path) -> None:
        """A copy of an event in a segment whose fsync failed is forgotten with the event."""

        class Uncut(FaultyDisk):
            def truncate(self, file: int, size: int) -> None:
                raise OSError(errno.EIO, f"{file} stays as it is at {size}")

        disk = Uncut()
        journal = begin(folder, disk=disk)
        disk.faults = {disk.n_calls + 1}
        put(journal, events(3))
        assert 0 == journal.forget(0)
        journal.close()

        assert (2, [], []) == (len(list((folder / "segments").iterdir())), list((folder / "keys").iterdir()), seqs(folder))

    def test_once_failed(self, folder: Path) -> None:
        """A journal that has stopped for good still forgets."""
        disk = FaultyDisk()
        journal = begin(folder, disk=disk)
        put(journal, events(3))
        disk.faults = set(range(disk.n_calls, disk.n_calls + 12))
        journal.put(event(3))
        assert eventually(lambda: journal.status().failed)
        disk.faults = set()

        assert 0 == journal.forget(0)
        journal.close()
        assert [] == list((folder / "keys").iterdir())

    def test_closed(self, folder: Path) -> None:
        """A closed journal says that it cannot forget, instead of pretending."""
        journal = begin(folder)
        put(journal, events(3))
        journal.close()

        with pytest.raises(CaptureError, match="could not be forgotten"):
            journal.forget(0)

    def test_disk_refuses(self, folder: Path) -> None:
        """Where the disk does not let go of the keys, it is said."""

        class Sticky(FaultyDisk):
            def unlink(self, path: Path) -> None:
                raise OSError(errno.EIO, str(path))

        journal = begin(folder, disk=Sticky())
        put(journal, events(3))
        with pytest.raises(CaptureError, match="could not be forgotten"):
            journal.forget(0)
        journal.abandon()


def test_released_after_a_session(folder: Path) -> None:
    """What the journal leaves is released as it is."""
    clock = ScriptedClock()
    journal = begin(folder, clock)
    put(journal, events(150), clock)
    journal.forget(140_000)
    journal.close()
    session = open_sealed(folder)
    session.release(AGENT, STUDY.public)
    session.verify_release()
    facts: Any = session.manifest

    assert (120, 1, 0) == (facts.n_events, facts.n_forgotten, facts.n_damage)
