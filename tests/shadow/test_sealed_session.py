"""Sealed sessions: who reads them, what damage shows, and what striking, releasing and withdrawing leave behind."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder.sources.scripted import ScriptedClock
from shadow.deletion import make_receipt, read_order, read_receipt
from shadow.errors import KeyFault, SessionError
from shadow.journal import key_file, scan_segment
from shadow.sealed_session import SealedSession, Span, open_sealed
from shadow.signed import open_document
from tests.shadow.small_sessions import (
    AGENT,
    CONSENT,
    SESSION,
    SIGNER,
    STARTED,
    STRANGER,
    STUDY,
    FaultyDisk,
    Killed,
    begin,
    events,
    record,
    tree,
    write,
    writer,
)

# Three minutes, so three segments.
N = 150


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """A session that was closed."""
    return record(tmp_path / SESSION, events(N))


@pytest.fixture(name="released")
def _released(folder: Path) -> Path:
    """A session that was released to the study."""
    open_sealed(folder).release(AGENT, STUDY.public)
    return folder


def seqs(session: SealedSession) -> list[int]:
    """Places of the events that the agent can still read."""
    return [event.seq for event in session.read(AGENT).events]


def reasons(folder: Path) -> list[str]:
    """What is wrong with a session, as the agent is told."""
    return [str(damage) for damage in open_sealed(folder).read(AGENT).damage]


class TestReading:
    def test_closed_session(self, folder: Path) -> None:
        """A session that was closed and left alone gives all its events and no damage."""
        session = open_sealed(folder)
        reading = session.read(AGENT)

        assert (events(N), (), (), True, 0) == (reading.events, reading.damage, reading.forgotten, reading.ended, reading.n_struck)
        assert ("stopped", SESSION, CONSENT, STARTED) == (session.state, session.id, session.consent, session.started_at)
        assert (AGENT.public, SIGNER.public) == (session.agent, session.signer)

    def test_minutes(self, folder: Path) -> None:
        """No segment holds more than a minute, and each has a key of its own."""
        assert ["0001.seg", "0002.seg", "0003.seg"] == sorted(path.name for path in (folder / "segments").iterdir())
        assert 3 == len({path.read_bytes() for path in (folder / "keys").iterdir()})

    def test_after_a_crash(self, tmp_path: Path) -> None:
        """What a crash left is read as far as it goes, and is known not to have been closed."""
        session = open_sealed(record(tmp_path / SESSION, events(N), ended=False))

        assert (N, (), False) == (len(session.read(AGENT).events), session.read(AGENT).damage, session.read(AGENT).ended)
        assert "interrupted" == session.state

    def test_without_an_event(self, tmp_path: Path) -> None:
        """A session in which nothing happened is a session."""
        reading = open_sealed(record(tmp_path / SESSION, [])).read(AGENT)

        assert ([], (), True) == (reading.events, reading.damage, reading.ended)

    def test_alters_nothing(self, folder: Path) -> None:
        """Opening, reading and asking leave every byte as it was."""
        before = tree(folder)
        session = open_sealed(folder)
        session.read(AGENT)

        assert ("stopped", before) == (session.state, tree(folder))

    def test_somebody_else(self, folder: Path) -> None:
        """Nobody but the agent can open it before the release."""
        for other in (STRANGER, STUDY, SIGNER):
            with pytest.raises(KeyFault, match="sealed to another key"):
                open_sealed(folder).read(other)

    @pytest.mark.parametrize("missing", ["consent.json", "checkpoints", "segments"])
    def test_no_session(self, folder: Path, missing: str) -> None:
        """A folder that is no session is refused, and stays as it was."""
        path = folder / missing
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        before = tree(folder)

        with pytest.raises(SessionError, match="no recorded session here"):
            open_sealed(folder)
        assert before == tree(folder)

    def test_still_recorded(self, tmp_path: Path) -> None:
        """While it is recorded it can be read, but neither struck nor released nor withdrawn."""
        journal = begin(tmp_path / SESSION)
        session = open_sealed(tmp_path / SESSION)

        assert ("recording", []) == (session.state, session.read(AGENT).events)
        for change in (lambda: session.strike(AGENT, [0]), lambda: session.release(AGENT, STUDY.public), session.withdraw):
            with pytest.raises(SessionError, match="still being recorded"):
                change()
        journal.close()
        assert "stopped" == session.state


class TestDamage:
    def test_truncated_at_every_byte(self, tmp_path: Path) -> None:
        """Cut anywhere, any segment gives the events before the cut, and the cut shows although it may be at the edge of a block."""
        folder = record(tmp_path / SESSION, events(20, 5000))
        last = folder / "segments" / "0002.seg"
        raw = last.read_bytes()
        for length in range(len(raw)):
            last.write_bytes(raw[:length])
            reading = open_sealed(folder).read(AGENT)

            assert events(20, 5000)[: len(reading.events)] == reading.events
            assert reading.damage

    def test_cut_at_an_edge(self, folder: Path) -> None:
        """A block that was cut off cleanly is missed, by the signed checkpoint alone."""
        last = folder / "segments" / "0003.seg"
        block = scan_segment(last.read_bytes()).blocks[-1]
        last.write_bytes(last.read_bytes()[: -len(block.frame)])

        assert [f"segments/0003.seg: its end was cut off ({len(block.frame)} bytes)"] == reasons(folder)

    def test_segment_missing(self, folder: Path) -> None:
        """A segment that was removed is missed, in the middle and at the end."""
        (folder / "segments" / "0003.seg").unlink()
        assert "segments/0003.seg: it is missing" in reasons(folder)
        (folder / "segments" / "0001.seg").unlink()
        assert "segments/0001.seg: it is missing" in reasons(folder)

    def test_damaged_block(self, folder: Path) -> None:
        """A damaged block costs its own events only; the report says after which event."""
        path = folder / "segments" / "0002.seg"
        raw = bytearray(path.read_bytes())
        scan = scan_segment(bytes(raw))
        lost = scan.blocks[1]
        start = raw.index(bytes(lost.frame))
        raw[start + 80] ^= 1
        path.write_bytes(raw)
        reading = open_sealed(folder).read(AGENT)

        assert set(range(lost.first_seq, lost.first_seq + lost.n)) == set(range(N)) - {event.seq for event in reading.events}
        assert [("segments/0002.seg", lost.first_seq - 1, False)] == [(hurt.where, hurt.after_seq, hurt.torn) for hurt in reading.damage]

    def test_key_missing(self, folder: Path) -> None:
        """A key that somebody removed is told from one that was destroyed on purpose."""
        (folder / "keys" / "0002.key").unlink()

        assert ["keys/0002.key: the key is missing, and nobody had this time forgotten"] == reasons(folder)
        assert [*range(60), *range(120, N)] == seqs(open_sealed(folder))

    def test_keys_swapped(self, folder: Path) -> None:
        """A key does not serve another segment, nor a forged one the agent's own."""
        first, second = folder / "keys" / "0001.key", folder / "keys" / "0002.key"
        first.rename(folder / "other"), second.rename(first), (folder / "other").rename(second)

        assert ["keys/0001.key: the key is damaged", "keys/0002.key: the key is damaged"] == reasons(folder)
        first.write_bytes(key_file(b"f" * 32, AGENT.public, SESSION, 1))
        assert "segments/0001.seg: a block cannot be opened" in {reason.partition(" (")[0] for reason in reasons(folder)}

    def test_segments_swapped(self, folder: Path) -> None:
        """Segments are known to be in another place."""
        first, second = folder / "segments" / "0001.seg", folder / "segments" / "0002.seg"
        first.rename(folder / "other"), second.rename(first), (folder / "other").rename(second)

        assert "segments/0001.seg: it belongs elsewhere" in reasons(folder)

    def test_another_consent(self, folder: Path) -> None:
        """Another consent record than the one it was recorded under is noticed."""
        (folder / "consent.json").write_bytes(CONSENT + b" ")

        assert "consent.json: it is not the consent that this session was recorded under" in reasons(folder)

    def test_goes_on_after_its_end(self, tmp_path: Path) -> None:
        """A segment that was added to a closed session shows."""
        folder = record(tmp_path / SESSION, events(10))
        clock = ScriptedClock()
        longer = writer(tmp_path / "longer", clock)
        write(longer, events(80), clock)
        longer.close()
        for kind, name in (("segments", "0002.seg"), ("keys", "0002.key")):
            shutil.copy(tmp_path / "longer" / kind / name, folder / kind / name)

        assert "segments/0002.seg: it goes on after the end of the recording" in reasons(folder)

    def test_segment_of_a_great_number(self, folder: Path) -> None:
        """A file that claims to be the billionth segment holds nobody up."""
        (folder / "segments" / "999999999.seg").write_bytes(b"")

        assert "segments/999999999.seg: no session has so many segments" in reasons(folder)

    def test_checkpoints_damaged(self, folder: Path) -> None:
        """Without a readable checkpoint the events are still there, and the damage is told."""
        (folder / "checkpoints").write_bytes(b"\0" * 100)
        session = open_sealed(folder)

        assert (N, "interrupted") == (len(session.read(AGENT).events), session.state)
        assert session.read(AGENT).damage
        with pytest.raises(SessionError, match="checkpoints of this session are damaged"):
            _ = session.id

    def test_every_bit_of_a_small_session(self, tmp_path: Path) -> None:
        """No flipped bit in any file of a released session is overlooked, for the study and for whoever verifies the release."""
        folder = record(tmp_path / SESSION, events(3))
        open_sealed(folder).release(AGENT, STUDY.public)
        overlooked = [
            f"{path.name} {place}"
            for path in sorted(folder.rglob("*.*"))
            if path.is_file()
            for place in range(0, 8 * path.stat().st_size, 41)
            if not _seen(folder, path, place)
        ]

        assert [] == overlooked


def _seen(folder: Path, path: Path, place: int) -> bool:
    raw = path.read_bytes()
    flipped = bytearray(raw)
    flipped[place // 8] ^= 1 << place % 8
    path.write_bytes(flipped)
    try:
        damage = open_sealed(folder).read(STUDY).damage
    except (SessionError, KeyFault):
        damage = ("refused",)
    try:
        open_sealed(folder).verify_release()
    except (SessionError, KeyFault):
        return bool(damage)
    finally:
        path.write_bytes(raw)
    return False


class TestForgetting:
    def test_forgotten(self, tmp_path: Path) -> None:
        """What was forgotten cannot be read, is told by its time, and is no damage."""
        clock = ScriptedClock()
        files = writer(tmp_path / SESSION, clock)
        write(files, events(100), clock)

        assert 60_000 == files.forget(70_000, 99_000)
        write(files, events(130)[100:], clock)
        files.checkpoint(ended=True)
        files.close()
        reading = open_sealed(tmp_path / SESSION).read(AGENT)

        assert ([*range(60), *range(100, 130)], ()) == ([event.seq for event in reading.events], reading.damage)
        assert (Span(60_000, 99_000),) == reading.forgotten

    def test_interrupted_at_every_step(self, tmp_path: Path) -> None:
        """Killed anywhere while forgetting: either nothing is forgotten, or all of it once the session is opened again."""
        outcomes = set()
        for step in range(99):
            folder = tmp_path / f"{step}" / SESSION
            folder.mkdir(parents=True)
            clock, disk = ScriptedClock(), FaultyDisk(fault=Killed, dead=True)
            files = writer(folder, clock, disk)
            write(files, events(100), clock)
            disk.faults = {disk.n_calls + step}
            try:
                files.forget(70_000, 99_000)
            except Killed:
                files._lock.release()
            else:
                disk.faults.clear()
                files.abandon()
                break
            reading = open_sealed(folder).read(AGENT)
            keys = sorted(path.name for path in (folder / "keys").iterdir())
            outcomes.add((len(reading.events), len(reading.forgotten), tuple(keys)))

            assert not any(not damage.torn for damage in reading.damage)

        assert {(100, 0, ("0001.key", "0002.key")), (60, 1, ("0001.key",))} == outcomes


class TestStriking:
    def test_struck(self, folder: Path) -> None:
        """Struck events are gone, the others are all there, and neither is damage."""
        session = open_sealed(folder)
        session.strike(AGENT, [0, 7, 70])
        reading = session.read(AGENT)

        assert (set(range(N)) - {0, 7, 70}, (), 3) == ({event.seq for event in reading.events}, reading.damage, reading.n_struck)
        assert ["0003.key", "0004.key", "0005.key"] == sorted(path.name for path in (folder / "keys").iterdir())
        assert "stopped" == session.state

    def test_struck_again(self, folder: Path) -> None:
        """What is left of a segment can be struck again, to the last event."""
        session = open_sealed(folder)
        session.strike(AGENT, [0])
        session.strike(AGENT, range(1, 60))
        session.strike(AGENT, range(60, N))

        assert ([], ()) == (session.read(AGENT).events, session.read(AGENT).damage)
        assert [] == list((folder / "keys").iterdir())

    def test_nothing_to_strike(self, folder: Path) -> None:
        """Striking what is not there changes nothing."""
        before = tree(folder)
        open_sealed(folder).strike(AGENT, [N, 999])

        assert before == tree(folder)

    def test_after_a_crash(self, tmp_path: Path) -> None:
        """A session that ended in a crash, with a torn block, can be struck and released like another."""
        folder = record(tmp_path / SESSION, events(N), ended=False)
        for path in (folder / "segments" / "0003.seg", folder / "checkpoints"):
            path.write_bytes(path.read_bytes() + b"\xb1oc\xd1torn")
        session = open_sealed(folder)
        session.strike(AGENT, [N - 1])
        session.release(AGENT, STUDY.public)
        reading = session.read(STUDY)

        assert (N - 1, False) == (len(reading.events), reading.ended)
        assert {"segments/0003.seg", "checkpoints"} == {damage.where for damage in reading.damage}

    def test_somebody_else(self, folder: Path) -> None:
        """Only the agent strikes."""
        with pytest.raises(KeyFault, match="belongs to another agent"):
            open_sealed(folder).strike(STRANGER, [0])

    @pytest.mark.parametrize("fault", [Killed, lambda: OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))])
    def test_interrupted_at_every_step(self, tmp_path: Path, fault: Callable[[], BaseException]) -> None:
        """Interrupted anywhere, each segment is either as before or struck; none is lost, none is damaged, and striking again finishes."""
        whole = record(tmp_path / "whole", events(N))
        for step in range(99):
            folder = tmp_path / f"{step}"
            shutil.copytree(whole, folder)
            disk = FaultyDisk({step}, fault, dead=True)
            try:
                open_sealed(folder, disk).strike(AGENT, [0, 70])
            except (Killed, SessionError):
                reading = open_sealed(folder).read(AGENT)

                assert ([], ()) == ([damage for damage in reading.damage if not damage.torn], reading.forgotten)
                assert set(range(N)) - {0, 70} <= {event.seq for event in reading.events}
                open_sealed(folder).strike(AGENT, [0, 70])
            else:
                break
            assert [seq for seq in range(N) if seq not in {0, 70}] == seqs(open_sealed(folder))
            assert 3 == len(list((folder / "keys").iterdir()))
            open_sealed(folder).release(AGENT, STUDY.public)
            open_sealed(folder).verify_release()
        assert step > 15


class TestRelease:
    def test_released(self, released: Path) -> None:
        """The study reads what the agent released, and the manifest counts it."""
        session = open_sealed(released)
        session.verify_release()
        manifest = session.manifest

        assert (events(N), (), "released") == (session.read(STUDY).events, session.read(STUDY).damage, session.state)
        assert (N, 0, 0, True, STUDY.public.text) == (
            manifest.n_events,
            manifest.n_struck,
            manifest.n_forgotten,
            manifest.ended,
            manifest.study,
        )
        assert N == len(session.read(AGENT).events)

    def test_without_what_was_struck(self, folder: Path) -> None:
        """What was struck is in nothing that the study can open."""
        session = open_sealed(folder)
        session.strike(AGENT, range(60))
        session.strike(AGENT, [60])
        session.release(AGENT, STUDY.public)

        assert list(range(61, N)) == [event.seq for event in session.read(STUDY).events]
        assert (61, ["0003.key", "0004.key"]) == (session.manifest.n_struck, sorted(path.name for path in (folder / "released").iterdir()))

    def test_copied_without_the_agents_keys(self, released: Path, tmp_path: Path) -> None:
        """A copy on another machine is the same session; what an operating system adds to folders does no harm."""
        copy = shutil.copytree(released, tmp_path / "copy")
        (copy / ".DS_Store").write_bytes(b"")
        open_sealed(copy).verify_release()

        assert N == len(open_sealed(copy).read(STUDY).events)

    def test_not_released(self, folder: Path) -> None:
        """A session that is not released is refused as such."""
        with pytest.raises(SessionError, match="is not released"):
            open_sealed(folder).verify_release()
        with pytest.raises(SessionError, match="is not released"):
            open_sealed(folder).deletion_order(AGENT)

    @pytest.mark.parametrize(
        "name",
        ["consent.json", "checkpoints", "segments/0001.seg", "segments/0003.seg", "keys/0002.key", "released/0002.key", "release.json"],
    )
    def test_altered(self, released: Path, name: str) -> None:
        """Whatever was altered after the release is named; so is a file that is missing."""
        raw = (released / name).read_bytes()
        (released / name).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
        with pytest.raises(SessionError, match=f"altered after its release: {name}"):
            open_sealed(released).verify_release()
        assert name in {damage.where for damage in open_sealed(released).read(STUDY).damage}

    def test_file_added(self, released: Path) -> None:
        """A segment or key that came later is named."""
        shutil.copy(released / "released" / "0001.key", released / "released" / "0009.key")

        with pytest.raises(SessionError, match=r"altered after its release: released/0009\.key"):
            open_sealed(released).verify_release()

    def test_signed_by_a_stranger(self, folder: Path, tmp_path: Path) -> None:
        """A release that somebody else signed is none, though it is a release of something."""
        other = record(tmp_path / "other", events(3))
        open_sealed(other).release(AGENT, STUDY.public)
        shutil.copy(other / "release.json", folder / "release.json")

        with pytest.raises(SessionError, match="altered after its release"):
            open_sealed(folder).verify_release()

    def test_final(self, released: Path) -> None:
        """A released session cannot be struck, released again, or withdrawn without an order."""
        session = open_sealed(released)
        for change in (lambda: session.strike(AGENT, [0]), lambda: session.release(AGENT, STUDY.public), session.withdraw):
            with pytest.raises(SessionError, match="is released"):
                change()

    @pytest.mark.parametrize("fault", [Killed, lambda: OSError(errno.EIO, os.strerror(errno.EIO))])
    def test_interrupted_at_every_step(self, tmp_path: Path, fault: Callable[[], BaseException]) -> None:
        """Interrupted anywhere, a session is released whole or not at all, and can be released again."""
        whole = record(tmp_path / "whole", events(N))
        states = []
        for step in range(99):
            folder = tmp_path / f"{step}"
            shutil.copytree(whole, folder)
            try:
                open_sealed(folder, FaultyDisk({step}, fault, dead=True)).release(AGENT, STUDY.public)
            except (Killed, SessionError):
                session = open_sealed(folder)
                states.append(session.state)
                if session.state == "stopped":
                    session.release(AGENT, STUDY.public)
            else:
                break
            session.verify_release()

            assert N == len(session.read(STUDY).events)
        assert (["stopped"] * (len(states) - 1), len(states) > 15) == (states[:-1], True)


class TestWithdrawal:
    def test_withdrawn(self, folder: Path) -> None:
        """A withdrawn session leaves nothing, not even its folder, and is no session any more."""
        open_sealed(folder).withdraw()

        assert not folder.exists()
        with pytest.raises(SessionError, match="no recorded session here"):
            open_sealed(folder)

    def test_interrupted_at_every_step(self, tmp_path: Path) -> None:
        """Killed anywhere while withdrawing: nothing happened yet, or whoever opens it destroys the rest and is told."""
        whole = record(tmp_path / "whole", events(N))
        said = []
        for step in range(99):
            folder = tmp_path / f"{step}"
            shutil.copytree(whole, folder)
            session = open_sealed(folder, FaultyDisk({step}, Killed, dead=True))
            try:
                session.withdraw()
            except Killed:
                try:
                    open_sealed(folder).withdraw()
                    said.append("intact")
                except SessionError as refusal:
                    said.append(refusal.reason.partition(";")[0].partition(" here")[0])
            else:
                break
            assert not folder.exists() or not any(folder.iterdir())
        assert ("intact", "this session was withdrawn") == (said[0], said[1])
        assert {"this session was withdrawn", "there is no recorded session"} == set(said[1:])

    def test_refused_by_the_disk(self, folder: Path) -> None:
        """A disk that refuses is said plainly, and the next who opens it finishes."""
        disk = FaultyDisk(range(5, 99))
        with pytest.raises(SessionError, match="the disk refuses"):
            open_sealed(folder, disk).withdraw()
        with pytest.raises(SessionError, match="was withdrawn"):
            open_sealed(folder)
        assert not folder.exists()

    def test_follows_no_link(self, folder: Path, tmp_path: Path) -> None:
        """What a hostile session links to is neither overwritten nor removed."""
        precious = tmp_path / "precious"
        precious.write_bytes(b"precious")
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "0001.key").write_bytes(b"precious")
        (folder / "keys" / "0001.key").unlink()
        (folder / "keys" / "0001.key").symlink_to(precious)
        (folder / "released").symlink_to(tmp_path / "folder")
        open_sealed(folder).destroy_copy()

        assert (b"precious", b"precious") == (precious.read_bytes(), (tmp_path / "folder" / "0001.key").read_bytes())
        assert not folder.exists()

    def test_leaves_what_is_not_its_own(self, folder: Path) -> None:
        """A file or folder that somebody put into the session is left, and keeps nothing else from being destroyed."""
        (folder / "notes.txt").write_text("mine")
        (folder / "keys" / "0000").mkdir()
        (folder / "keys" / "0000" / "mine.txt").write_text("mine")
        open_sealed(folder).withdraw()

        assert {"notes.txt": b"mine", "keys/0000/mine.txt": b"mine"} == tree(folder)

    def test_order_and_receipt(self, released: Path) -> None:
        """After the release the agent signs an order, the study destroys its copy, and its receipt answers that order."""
        session = open_sealed(released)
        order = session.deletion_order(AGENT, STARTED)
        said = read_order(order)
        session.destroy_copy()
        receipt = read_receipt(make_receipt(STUDY, order, N, STARTED), order)

        assert (SESSION, AGENT.public.text, STUDY.public.text) == (said.session_id, said.agent, said.study)
        assert (SESSION, N, False) == (receipt.session_id, receipt.n_events, released.exists())

    def test_forged_order(self, released: Path) -> None:
        """An order that was altered by a byte, or signed by somebody else, is none."""
        order = open_sealed(released).deletion_order(AGENT, STARTED)
        for place in range(len(order)):
            forged = order[:place] + bytes([order[place] ^ 32]) + order[place + 1 :]
            with pytest.raises(SessionError):
                read_order(forged)
        with pytest.raises(ValueError, match="this release is not"):
            open_document(order, "release", type(read_order(order)))

    def test_receipt_of_another(self, released: Path) -> None:
        """A receipt answers one order, from the study that the order went to."""
        session = open_sealed(released)
        order, later = session.deletion_order(AGENT, STARTED), session.deletion_order(AGENT)

        with pytest.raises(SessionError, match="does not answer this order"):
            read_receipt(make_receipt(STUDY, later, N, STARTED), order)
        with pytest.raises(SessionError, match="does not answer this order"):
            read_receipt(make_receipt(STRANGER, order, N, STARTED), order)
        with pytest.raises(SessionError, match="deletion receipt"):
            read_receipt(order, order)
