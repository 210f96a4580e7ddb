"""
The journal's form on disk: sealed segments made of blocks, and the key of each segment.

    segments/0001.seg     header | block | block | ...
    keys/0001.key         the key of segment 1, sealed to one reader

    segment header        magic, number, the segment it replaces (0: none), first seq to be expected, head of the chain before it, session,
                          fingerprint of the agent's key | CRC32
    block                 magic, version, segment, number, length, events, first seq, head of the chain before it | ciphertext | CRC32

The ciphertext is XChaCha20-Poly1305 over zlib over msgpack, with the block's header as associated data. A key serves one segment, so the
block's number is nonce enough. The chain is BLAKE2b over the head before and the whole header or block, and runs through all segments: that
nothing was changed, moved or left out is seen without any key. What was cut off at the end is seen only by a checkpoint
(`shadow.checkpoints`).

A block carries the head before it, so that behind a damaged one the next can still be opened.

Source: trust.md, section 2.1; libsodium's XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03); BLAKE2b (RFC 7693).
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from shadow.errors import KeyFault
from shadow.keys import KeyPair, PublicKey
from shadow.recorded import RecordedEvent, pack_events, unpack_events

__all__ = [
    "HEAD_BYTES",
    "KEY_BYTES",
    "MAX_NAME_BYTES",
    "MAX_SEGMENT_BYTES",
    "Block",
    "Hurt",
    "Scan",
    "SegmentHeader",
    "advance",
    "digest",
    "first_head",
    "key_file",
    "key_of",
    "key_whole",
    "open_block",
    "pack_block",
    "scan_segment",
]

HEAD_BYTES: Final = 32
KEY_BYTES: Final = 32
# Of a session's name.
MAX_NAME_BYTES: Final = 48
# No segment is written or read beyond this; a minute at 10,000 events a second takes a quarter of it.
MAX_SEGMENT_BYTES: Final = 64 << 20
MAX_BLOCK_BYTES: Final = 16 << 20
# What a block of that size may unpack to: a hostile one would unpack to a thousand times its size.
MAX_UNPACKED_BYTES: Final = 64 << 20
# Places that look like the beginning of a block behind a damaged one. Real damage leads to one or two; a hostile file is given up.
MAX_GUESSES: Final = 100

_SEGMENT: Final = struct.Struct(f">8sIIq32s{MAX_NAME_BYTES}s8s")
_SEGMENT_MAGIC: Final = b"SHADOWJ1"
_BLOCK: Final = struct.Struct(">4sBIIIIq32s")
_BLOCK_MAGIC: Final = b"\xb1oc\xd1"
_VERSION: Final = 1
_CRC: Final = struct.Struct(">I")
_KEY: Final = struct.Struct(">8sI")
_KEY_MAGIC: Final = b"SHADOWK1"
_NONCE_BYTES: Final = 24
_BINDING_BYTES: Final = 16


def digest(content: bytes) -> bytes:
    """BLAKE2b of a whole file or record, 32 bytes."""
    return hashlib.blake2b(content, digest_size=HEAD_BYTES).digest()


def advance(head: bytes, piece: bytes | memoryview) -> bytes:
    """The head of the chain after a header or a block."""
    chain = hashlib.blake2b(head, digest_size=HEAD_BYTES)
    chain.update(piece)
    return chain.digest()


def first_head(session_id: str, consent: bytes) -> bytes:
    """Where the chain of a session begins: at its name and the consent it was recorded under."""
    return advance(digest(session_id.encode()), digest(consent))


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHeader:
    """
    What a segment says of itself.

    Args:

        session_id: Session it belongs to, at most 48 bytes.

        segment: Its number, from 1.

        replaces: Number of the segment whose events it holds without those that were struck; 0 for a recorded one.

        expected_seq: Lowest `seq` that it can hold.

        previous: Head of the chain before it.

        agent: Fingerprint of the agent's key.
    """

    session_id: str
    segment: int
    replaces: int
    expected_seq: int
    previous: bytes
    agent: str

    def pack(self) -> bytes:
        """The header as it stands in the file."""
        fields = _SEGMENT.pack(
            _SEGMENT_MAGIC,
            self.segment,
            self.replaces,
            self.expected_seq,
            self.previous,
            self.session_id.encode(),
            bytes.fromhex(self.agent),
        )
        return fields + _CRC.pack(zlib.crc32(fields))


_HEADER_BYTES: Final = _SEGMENT.size + _CRC.size


def _header_of(raw: bytes) -> SegmentHeader | None:
    fields = raw[: _SEGMENT.size]
    if len(raw) < _HEADER_BYTES or raw[_SEGMENT.size : _HEADER_BYTES] != _CRC.pack(zlib.crc32(fields)):
        return None
    magic, segment, replaces, expected_seq, previous, session_id, agent = _SEGMENT.unpack(fields)
    if magic != _SEGMENT_MAGIC:
        return None
    return SegmentHeader(
        session_id=session_id.rstrip(b"\0").decode(errors="replace"),
        segment=segment,
        replaces=replaces,
        expected_seq=expected_seq,
        previous=previous,
        agent=agent.hex(),
    )


@dataclass(frozen=True, slots=True)
class Block:
    """
    A block whose CRC is right; whether it can be opened is another matter.

    Args:

        segment: Number of its segment, as it says.

        number: Its place in the segment, from 0.

        n: How many events it holds.

        first_seq: `seq` of the first of them.

        previous: Head of the chain before it.

        frame: All of it, CRC included.
    """

    segment: int
    number: int
    n: int
    first_seq: int
    previous: bytes
    frame: memoryview

    @property
    def head(self) -> bytes:
        """Head of the chain after it."""
        return advance(self.previous, self.frame)


def pack_block(key: bytes, segment: int, number: int, previous: bytes, events: Sequence[RecordedEvent]) -> bytes:
    """One sealed block. No number may be used twice with one key; `events` is not empty."""
    packed = zlib.compress(pack_events(events), 6)
    length = len(packed) + 16
    header = _BLOCK.pack(_BLOCK_MAGIC, _VERSION, segment, number, length, len(events), events[0].seq, previous)
    sealed = crypto_aead_xchacha20poly1305_ietf_encrypt(packed, header, _nonce(number), key)
    return header + sealed + _CRC.pack(zlib.crc32(sealed, zlib.crc32(header)))


def open_block(key: bytes, block: Block) -> list[RecordedEvent]:
    """
    The events of a block.

    Raises:

        ValueError: It was sealed with another key, or is not what it says.
    """
    header, sealed = bytes(block.frame[: _BLOCK.size]), bytes(block.frame[_BLOCK.size : -_CRC.size])
    try:
        packed = crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, header, _nonce(block.number), key)
        inflate = zlib.decompressobj()
        plain = inflate.decompress(packed, MAX_UNPACKED_BYTES)
    except (CryptoError, zlib.error):
        raise ValueError("this block cannot be opened") from None
    if not inflate.eof:
        raise ValueError("this block is larger than any that is written")
    events = unpack_events(plain)
    if len(events) != block.n or not events or events[0].seq != block.first_seq:
        raise ValueError("this block holds other events than it says")
    return events


def _nonce(number: int) -> bytes:
    return number.to_bytes(_NONCE_BYTES, "big")


@dataclass(frozen=True, slots=True)
class Hurt:
    """
    Bytes of a segment that are no header and no block.

    Args:

        offset: Where they begin.

        n_bytes: How many.

        at_end: Whether the file ends with them, as after a crash.

        blocks_before: Number of whole blocks before them.
    """

    offset: int
    n_bytes: int
    at_end: bool
    blocks_before: int


@dataclass(frozen=True, slots=True)
class Scan:
    """
    A segment read without its key.

    Args:

        header: None if it is damaged.

        blocks: Blocks whose CRC is right, in the order of the file.

        edges: Heads of the chain: after the header, and after each block; the first is None if the header is damaged.

        hurt: What lies between them.

        breaks: Places in `blocks` where the chain does not continue although nothing before it is damaged.
    """

    header: SegmentHeader | None
    blocks: tuple[Block, ...]
    edges: tuple[bytes | None, ...]
    hurt: tuple[Hurt, ...]
    breaks: tuple[int, ...]


def scan_segment(raw: bytes) -> Scan:
    """Take a segment's bytes apart; damage is reported, never raised."""
    header = _header_of(raw)
    head = None if header is None else advance(header.previous, raw[:_HEADER_BYTES])
    blocks: list[Block] = []
    edges = [head]
    breaks: list[int] = []
    hurt = [] if header is not None else [Hurt(0, min(len(raw), _HEADER_BYTES), len(raw) <= _HEADER_BYTES, 0)]
    for piece in _pieces(raw):
        if isinstance(piece, Block):
            if head is not None and piece.previous != head:
                breaks.append(len(blocks))
            head = piece.head
            blocks.append(piece)
            edges.append(head)
        else:
            offset, until = piece
            hurt.append(Hurt(offset, until - offset, until == len(raw), len(blocks)))
            head = None
    return Scan(header, tuple(blocks), tuple(edges), tuple(hurt), tuple(breaks))


def _pieces(raw: bytes) -> Iterator[Block | tuple[int, int]]:
    view = memoryview(raw)
    offset = _HEADER_BYTES
    guesses = 0
    while offset < len(raw):
        block = _block_at(view, offset)
        if block is not None:
            yield block
            offset += len(block.frame)
            continue
        until = offset
        while block is None and until < len(raw):
            until = raw.find(_BLOCK_MAGIC, until + 1) if guesses < MAX_GUESSES else -1
            until = len(raw) if until < 0 else until
            guesses += 1
            block = _block_at(view, until)
        yield offset, until
        offset = until


def _block_at(view: memoryview, offset: int) -> Block | None:
    body = offset + _BLOCK.size
    if body > len(view):
        return None
    magic, version, segment, number, length, n, first_seq, previous = _BLOCK.unpack(view[offset:body])
    end = body + length
    if magic != _BLOCK_MAGIC or version != _VERSION or length > MAX_BLOCK_BYTES or end + _CRC.size > len(view):
        return None
    if view[end : end + _CRC.size] != _CRC.pack(zlib.crc32(view[offset:end])):
        return None
    return Block(segment, number, n, first_seq, previous, view[offset : end + _CRC.size])


def key_file(key: bytes, reader: PublicKey, session_id: str, segment: int) -> bytes:
    """The content of a key file: the segment's key, sealed to `reader` together with where it belongs."""
    body = _KEY.pack(_KEY_MAGIC, segment) + reader.seal(key + _binding(session_id, segment))
    return body + _CRC.pack(zlib.crc32(body))


def key_whole(raw: bytes) -> bool:
    """Whether a key file is as it was written, as far as can be told without opening it."""
    return len(raw) > _KEY.size + _CRC.size and raw[-_CRC.size :] == _CRC.pack(zlib.crc32(raw[: -_CRC.size]))


def key_of(raw: bytes, reader: KeyPair, session_id: str, segment: int) -> bytes:
    """
    The key in a key file.

    Raises:

        KeyFault: It is damaged, sealed to somebody else, or belongs to another segment.
    """
    if key_whole(raw) and raw[: _KEY.size] == _KEY.pack(_KEY_MAGIC, segment):
        plain = reader.open(raw[_KEY.size : -_CRC.size])
        if plain[KEY_BYTES:] == _binding(session_id, segment):
            return plain[:KEY_BYTES]
    raise KeyFault("the key of a segment is damaged or belongs to another", "restore it from a copy")


def _binding(session_id: str, segment: int) -> bytes:
    return hashlib.blake2b(f"{session_id}\0{segment}".encode(), digest_size=_BINDING_BYTES).digest()
