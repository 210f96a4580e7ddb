"""
The files of a session that is being recorded. One thread uses them; every call is durable on return, or raises OSError.

After an OSError from `write` or `checkpoint` the open segment is in doubt: `abandon_segment` lets go of it, and the next `write` begins
another one. Nothing is ever written twice into the same one.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from filelock import FileLock

from recorder.sources.base import Clock
from shadow.checkpoints import Begun, Checkpoint, CheckpointLog, Forgotten, Position
from shadow.destruction import destroy_keys
from shadow.disk import Disk, SyncedFile, make_folder, write_new
from shadow.journal import KEY_BYTES, MAX_SEGMENT_BYTES, SegmentHeader, advance, digest, first_head, key_file, pack_block
from shadow.keys import KeyPair, PublicKey
from shadow.pictures import write_picture
from shadow.recorded import RecordedEvent
from shadow.session_folder import SessionFolder

__all__ = ["BALLAST_BYTES", "SEGMENT_MS", "SegmentWriter"]

# What is forgotten or struck goes by whole segments, so this is also how much more than asked may go.
SEGMENT_MS: Final = 60_000
# Enough to close a session, to destroy one, and for a last minute of events.
BALLAST_BYTES: Final = 16 << 20
# What a single damaged byte can cost.
EVENTS_PER_BLOCK: Final = 256


@dataclass(slots=True)
class _OpenSegment:
    file: SyncedFile
    key: bytes = field(repr=False)
    until_ms: int | None = None  # the end of its minute, which begins with its first event


@dataclass(slots=True)
class _Stretch:
    """The time that a segment covers, or may cover if a write failed."""

    segment: int
    from_ms: int
    until_ms: int


class SegmentWriter:
    """
    Writes segments, keys and checkpoints of one session.

    Args:

        folder: Where the session lies; the folder is there and empty.

        session_id: What it is called.

        consent: The signed consent record; it is written before anything else.

        agent: Whom the keys are sealed to.

        signer: The session's pair.

        clock: The session's clock.

        wall: Wall time, with its zone.

        disk: Through which everything goes.

        ballast_bytes: Room to keep for closing the session.

    Raises:

        OSError: The disk refuses; what was made may be removed.
    """

    def __init__(  # noqa: PLR0913 - a session has that many facts
        self,
        folder: Path,
        *,
        session_id: str,
        consent: bytes,
        agent: PublicKey,
        signer: KeyPair,
        clock: Clock,
        wall: Callable[[], datetime],
        disk: Disk,
        ballast_bytes: int = BALLAST_BYTES,
    ) -> None:
        self._places = SessionFolder(folder)
        self._session_id = session_id
        self._agent = agent
        self._clock = clock
        self._wall = wall
        self._disk = disk
        self._ballast_bytes = ballast_bytes
        self._stretches: list[_Stretch] = []
        self._open: _OpenSegment | None = None
        self._next = 1
        self._lock = FileLock(self._places.lock, timeout=0, mode=0o600, thread_local=False)
        self._at = Position(0, 0, 0, 0, -1, first_head(session_id, consent))
        self._noted = self._at
        self._log: CheckpointLog | None = None
        try:
            self._begin(consent, Begun(session_id, agent.text, signer.public.text, digest(consent), clock(), wall().isoformat()), signer)
        except OSError:
            self.abandon()
            raise

    def _begin(self, consent: bytes, begun: Begun, signer: KeyPair) -> None:
        write_new(self._disk, self._places.consent, consent)
        for folder in (self._places.path, self._places.path.parent):
            self._disk.sync_folder(folder)
        self._lock.acquire()
        for folder in (self._places.segments, self._places.keys):
            make_folder(self._disk, folder)
        self._log = CheckpointLog(self._disk, self._places.checkpoints, signer)
        self._log.append(begun)
        self.restore_ballast()
        self._disk.sync_folder(self._places.path)
        self._begin_segment(0)

    @property
    def settled(self) -> bool:
        """Whether the last checkpoint says all there is to say."""
        return self._at == self._noted

    def write(self, events: Sequence[RecordedEvent]) -> int:
        """
        Write the first of these events, as many as belong in one segment; they are durable on return.

        Returns: How many.
        """
        segment = self._open
        if segment is None or not _takes(segment, events[0]):
            segment = self._turn(events[0].seq)
        if segment.until_ms is None:
            segment.until_ms = events[0].t_ms + SEGMENT_MS
        until_ms = segment.until_ms
        chosen = events if events[-1].t_ms < until_ms else [event for event in events if event.t_ms < until_ms]
        self._note(self._at.segment, chosen)
        self._append(segment, chosen)
        return len(chosen)

    def _append(self, segment: _OpenSegment, events: Sequence[RecordedEvent]) -> None:
        at = self._at
        blocks: list[bytes] = []
        head = at.head
        for start in range(0, len(events), EVENTS_PER_BLOCK):
            block = pack_block(segment.key, at.segment, at.n_blocks + len(blocks), head, events[start : start + EVENTS_PER_BLOCK])
            head = advance(head, block)
            blocks.append(block)
        content = b"".join(blocks)
        segment.file.append(content)
        self._at = Position(
            at.segment, at.n_blocks + len(blocks), at.n_bytes + len(content), at.n_events + len(events), events[-1].seq, head
        )

    def _note(self, segment: int, events: Sequence[RecordedEvent]) -> None:
        from_ms, until_ms = events[0].t_ms, events[-1].t_ms
        last = self._stretches[-1] if self._stretches else None
        if last is not None and last.segment == segment:
            last.until_ms = until_ms
        else:
            self._stretches.append(_Stretch(segment, from_ms, until_ms))

    def write_picture(self, t_ms: int, png: bytes) -> bool:
        """
        Write a picture of the time of an event that was just written; False if that event lies in no open segment any more.

        So a picture is always destroyed with the event it belongs to.
        """
        segment, last = self._open, self._stretches[-1] if self._stretches else None
        if segment is None or last is None or last.segment != self._at.segment or not last.from_ms <= t_ms <= last.until_ms:
            return False
        write_picture(self._disk, self._places, segment.key, (last.segment, t_ms), png)
        # It was taken a moment after its event: who forgets that moment forgets it.
        last.until_ms = max(last.until_ms, self._clock())
        return True

    def _turn(self, expected_seq: int) -> _OpenSegment:
        if not self.settled:
            self.checkpoint()
        self.abandon_segment()
        return self._begin_segment(expected_seq)

    def _begin_segment(self, expected_seq: int) -> _OpenSegment:
        number, key = self._next, secrets.token_bytes(KEY_BYTES)
        header = SegmentHeader(
            session_id=self._session_id,
            segment=number,
            replaces=0,
            expected_seq=expected_seq,
            previous=self._at.head,
            agent=self._agent.fingerprint,
        ).pack()
        try:
            self._open = _OpenSegment(self._durable(number, key, header), key)
        except OSError:
            self._unmake(number)
            raise
        self._next = number + 1
        self._at = Position(number, 0, len(header), 0, self._at.last_seq, advance(self._at.head, header))
        return self._open

    def _durable(self, number: int, key: bytes, header: bytes) -> SyncedFile:
        write_new(self._disk, self._places.key(number), key_file(key, self._agent, self._session_id, number))
        self._disk.sync_folder(self._places.keys)
        file = SyncedFile(self._disk, self._disk.create(self._places.segment(number)), 0)
        try:
            file.append(header)
            self._disk.sync_folder(self._places.segments)
        except OSError:
            file.close()
            raise
        return file

    def _unmake(self, number: int) -> None:
        paths = (self._places.segment(number), self._places.key(number))
        for path in paths:
            with contextlib.suppress(OSError):
                self._disk.unlink(path)
        if any(path.exists() for path in paths):
            self._next = number + 1

    def checkpoint(self, *, ended: bool = False) -> None:
        """Sign how far the journal has come, and when, by both clocks; `ended`: and that this is all."""
        if self._log is not None:
            at = self._at
            self._log.append(Checkpoint(at, self._clock(), self._wall().isoformat(), ended))
            self._noted = at

    def forget(self, since_ms: int, until_ms: int) -> int | None:
        """
        Destroy the keys of all segments that hold something of `since_ms` or later; the record of it comes first.

        Returns: The time from which all is forgotten; None if there was nothing.
        """
        gone = self._since(since_ms)
        if gone and self._log is not None:
            numbers = tuple(stretch.segment for stretch in gone)
            self._log.append(Forgotten(numbers, gone[0].from_ms, until_ms, self._clock(), self._wall().isoformat()))
        return self.forget_unrecorded(since_ms)

    def forget_unrecorded(self, since_ms: int) -> int | None:
        """The same without a record, when the disk takes none: what is forgotten is then reported as damage, but it is forgotten."""
        gone = self._since(since_ms)
        if not gone:
            return None
        numbers = {stretch.segment for stretch in gone}
        if self._at.segment in numbers:
            self.abandon_segment()
        destroy_keys(self._disk, self._places, numbers)
        self._stretches = [stretch for stretch in self._stretches if stretch.segment not in numbers]
        return gone[0].from_ms

    def _since(self, since_ms: int) -> list[_Stretch]:
        return [stretch for stretch in self._stretches if stretch.until_ms >= since_ms]

    def abandon_segment(self) -> None:
        """Let go of the open segment and its key; the next `write` begins another one."""
        if self._open is not None:
            self._open.file.close()
            self._open = None

    def release_ballast(self) -> bool:
        """Make room; False if there was nothing to release."""
        with contextlib.suppress(OSError):
            self._disk.unlink(self._places.ballast)
            return True
        return False

    def restore_ballast(self) -> None:
        """Take the room again that is kept for closing; nothing happens if it is there."""
        if self._ballast_bytes == 0 or self._places.ballast.exists():
            return
        file = self._disk.create(self._places.ballast)
        try:
            self._disk.reserve(file, self._ballast_bytes)
        except OSError:
            self.release_ballast()
            raise
        finally:
            self._disk.close(file)

    def close(self) -> None:
        """Let go of everything; the session is as ended as its last checkpoint says."""
        self.release_ballast()
        self.abandon()
        with contextlib.suppress(OSError):
            self._disk.unlink(self._places.lock)

    def abandon(self) -> None:
        """Let go of everything as if killed: what is on the disk stays as it is."""
        self.abandon_segment()
        if self._log is not None:
            self._log.close()
        self._lock.release()


def _takes(segment: _OpenSegment, event: RecordedEvent) -> bool:
    return segment.file.n_bytes < MAX_SEGMENT_BYTES // 2 and (segment.until_ms is None or event.t_ms < segment.until_ms)
