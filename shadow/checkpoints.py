"""
The checkpoints of a session: signed records of how far the journal had come, and of every key that was destroyed on purpose.

The journal's chain shows what was changed; that its end was cut off, or a key removed, only these show. While a session is recorded they
are signed with the session's key, which lives in memory; afterwards with the agent's.

    checkpoints    record | record | ...            append-only
    record         magic, length | number, digest of the record before, what happened | signature | CRC32
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from shadow.disk import Disk, SyncedFile
from shadow.errors import KeyFault
from shadow.journal import HEAD_BYTES, digest
from shadow.keys import KeyPair, PublicKey

__all__ = ["Begun", "Checkpoint", "CheckpointLog", "Forgotten", "History", "LogDamage", "Position", "Record", "Struck", "read_history"]

_FRAME: Final = struct.Struct(">4sI")
_MAGIC: Final = b"\xc4kp\xd1"
_CRC: Final = struct.Struct(">I")
_SIGNATURE_BYTES: Final = 64
_MAX_RECORD_BYTES: Final = 1 << 20
_MAX_GUESSES: Final = 100
_PURPOSE: Final = b"agent-shadowing checkpoint\0"
_NOTHING_BEFORE: Final = bytes(HEAD_BYTES)


class Position(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """
    How far a segment had come.

    Args:

        segment: Its number.

        n_blocks: Blocks in it.

        n_bytes: Bytes in it.

        n_events: Events in it.

        last_seq: `seq` of the last event written so far; -1 if there was none.

        head: Head of the chain.
    """

    segment: int
    n_blocks: int
    n_bytes: int
    n_events: int
    last_seq: int
    head: bytes


class Begun(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=True):
    """A session began: which, whose, under which consent (a digest of its bytes). `wall`: ISO 8601. Always the first record."""

    session_id: str
    agent: str
    signer: str
    consent: bytes
    t_ms: int
    wall: str


class Checkpoint(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=True):
    """The journal had come so far; `ended`: and was closed."""

    position: Position
    t_ms: int
    wall: str
    ended: bool


class Forgotten(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=True):
    """The agent had some time forgotten: the keys of these segments are destroyed, and nobody can read them. Times in ms of the session."""

    segments: tuple[int, ...]
    from_ms: int
    until_ms: int
    t_ms: int
    wall: str


class Struck(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag=True):
    """The agent struck events of a segment: its key is destroyed; what is left of it stands in another, or nowhere if nothing is left."""

    segment: int
    n_struck: int
    replacement: Position | None
    wall: str


Record = Begun | Checkpoint | Forgotten | Struck


class _Entry(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    number: int
    previous: bytes
    record: Record


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Entry)


@dataclass(frozen=True, slots=True)
class LogDamage:
    """
    What is wrong with the checkpoints.

    Args:

        reason: In one clause.

        n_bytes: Bytes that are no record; 0 where a record is not what it should be.

        at_end: Whether the file ends with them, as after a crash.
    """

    reason: str
    n_bytes: int = 0
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """
    The records that can be read, in order.

    Args:

        begun: The first; None if it is damaged.

        checkpoints: How far the journal had come, from time to time.

        forgotten: What the agent had forgotten.

        struck: What the agent struck.

        damage: What is wrong.

        n_records: How many records there are.

        last: Digest of the last.
    """

    begun: Begun | None
    checkpoints: tuple[Checkpoint, ...]
    forgotten: tuple[Forgotten, ...]
    struck: tuple[Struck, ...]
    damage: tuple[LogDamage, ...]
    n_records: int
    last: bytes

    @property
    def positions(self) -> list[Position]:
        """Every place that the journal is known to have come to."""
        replacements = [struck.replacement for struck in self.struck if struck.replacement is not None]
        return [checkpoint.position for checkpoint in self.checkpoints] + replacements

    @property
    def end(self) -> Position | None:
        """Where the recording was closed; None if it never was, or that is lost."""
        return next((checkpoint.position for checkpoint in reversed(self.checkpoints) if checkpoint.ended), None)

    @property
    def destroyed(self) -> set[int]:
        """Numbers of the segments whose keys are destroyed on purpose."""
        return {segment for forgotten in self.forgotten for segment in forgotten.segments} | {struck.segment for struck in self.struck}


class CheckpointLog:
    """
    The checkpoints, for appending.

    Args:

        disk: Where.

        path: The file; it is made if there is none.

        signer: Who signs.
    """

    def __init__(self, disk: Disk, path: Path, signer: KeyPair) -> None:
        self._disk = disk
        self._path = path
        self._signer = signer
        self._number = 0
        self._previous = _NOTHING_BEFORE
        if path.exists():
            history = read_history(path.read_bytes())
            self._number, self._previous = history.n_records, history.last
            self._file = SyncedFile(disk, disk.reopen(path), path.stat().st_size)
        else:
            self._file = SyncedFile(disk, disk.create(path), 0)

    def append(self, record: Record) -> None:
        """Return once the record is on the disk. After an OSError the record is in doubt and the next one stands on its own."""
        body = _ENCODER.encode(_Entry(self._number, self._previous, record))
        start = _FRAME.pack(_MAGIC, len(body)) + body + self._signer.sign(_PURPOSE + body)
        frame = start + _CRC.pack(zlib.crc32(start))
        try:
            self._file.append(frame)
        except OSError:
            self._reopen()
            raise
        self._number += 1
        self._previous = digest(frame)

    def _reopen(self) -> None:
        self._file.close()
        self._file = SyncedFile(self._disk, self._disk.reopen(self._path), self._path.stat().st_size)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def read_history(raw: bytes) -> History:
    """The records of a checkpoints file; damage is reported, never raised."""
    begun: Begun | None = None
    records: list[Record] = []
    damage: list[LogDamage] = []
    previous = _NOTHING_BEFORE
    for piece in _frames(raw):
        if isinstance(piece, tuple):
            offset, until = piece
            damage.append(LogDamage("a checkpoint is damaged", until - offset, at_end=until == len(raw)))
            continue
        entry = _entry(piece)
        if entry is None:
            damage.append(LogDamage("a checkpoint is not what it should be"))
            continue
        if isinstance(entry.record, Begun) and not records:
            begun = entry.record
        if entry.number != len(records) or entry.previous != previous:
            damage.append(LogDamage("a checkpoint is missing"))
        if not _signed(piece, begun):
            damage.append(LogDamage("a checkpoint is not signed by the recorder or the agent"))
        records.append(entry.record)
        previous = digest(piece)
    if begun is None:
        damage.append(LogDamage("the record of how the session began is missing"))
    return History(
        begun,
        tuple(record for record in records if isinstance(record, Checkpoint)),
        tuple(record for record in records if isinstance(record, Forgotten)),
        tuple(record for record in records if isinstance(record, Struck)),
        tuple(damage),
        len(records),
        previous,
    )


def _frames(raw: bytes) -> list[bytes | tuple[int, int]]:
    pieces: list[bytes | tuple[int, int]] = []
    offset = guesses = 0
    while offset < len(raw):
        frame = _frame_at(raw, offset)
        if frame is not None:
            pieces.append(frame)
            offset += len(frame)
            continue
        until = offset
        while frame is None and until < len(raw):
            until = raw.find(_MAGIC, until + 1) if guesses < _MAX_GUESSES else -1
            until = len(raw) if until < 0 else until
            guesses += 1
            frame = _frame_at(raw, until)
        pieces.append((offset, until))
        offset = until
    return pieces


def _frame_at(raw: bytes, offset: int) -> bytes | None:
    if offset + _FRAME.size > len(raw):
        return None
    magic, length = _FRAME.unpack_from(raw, offset)
    end = offset + _FRAME.size + length + _SIGNATURE_BYTES
    if magic != _MAGIC or length > _MAX_RECORD_BYTES or end + _CRC.size > len(raw):
        return None
    if raw[end : end + _CRC.size] != _CRC.pack(zlib.crc32(raw[offset:end])):
        return None
    return raw[offset : end + _CRC.size]


def _body(frame: bytes) -> bytes:
    return frame[_FRAME.size : -_SIGNATURE_BYTES - _CRC.size]


def _entry(frame: bytes) -> _Entry | None:
    try:
        return _DECODER.decode(_body(frame))
    except msgspec.MsgspecError:
        return None


def _signed(frame: bytes, begun: Begun | None) -> bool:
    if begun is None:
        return False
    signature = frame[-_SIGNATURE_BYTES - _CRC.size : -_CRC.size]
    try:
        signers = (PublicKey(begun.signer), PublicKey(begun.agent))
    except KeyFault:
        return False
    return any(signer.signed(_PURPOSE + _body(frame), signature) for signer in signers)
