"""The journal on disk: blocks, segments and keys."""

from __future__ import annotations

import zlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shadow.journal as form
from shadow.errors import KeyFault
from shadow.events import ACTIONS, ROLES
from shadow.journal import SegmentHeader, advance, key_file, key_of, key_whole, open_block, pack_block, scan_segment
from shadow.recorded import RecordedEvent
from tests.shadow.small_sessions import AGENT, SESSION, STRANGER, events

KEY = b"k" * 32
OTHER = b"o" * 32
START = b"s" * 32

some_events = st.lists(
    st.builds(
        RecordedEvent,
        seq=st.integers(0, 2**40),
        t_ms=st.integers(0, 2**40),
        action=st.sampled_from(ACTIONS),
        app=st.text(max_size=8),
        label=st.none() | st.text(max_size=8),
        role=st.none() | st.sampled_from(ROLES),
        wholes=st.lists(st.integers(1, 99), max_size=3).map(tuple),
        elements=st.none() | st.lists(st.text(max_size=4), max_size=3).map(tuple),
    ),
    min_size=1,
    max_size=20,
)


def a_segment(n_blocks: int = 3, per_block: int = 4, segment: int = 1) -> bytes:
    """A segment of a few blocks."""
    header = SegmentHeader(
        session_id=SESSION, segment=segment, replaces=0, expected_seq=0, previous=START, agent=AGENT.public.fingerprint
    ).pack()
    raw, head = header, advance(START, header)
    for number in range(n_blocks):
        block = pack_block(KEY, segment, number, head, events(n_blocks * per_block)[number * per_block : (number + 1) * per_block])
        raw, head = raw + block, advance(head, block)
    return raw


def seqs(raw: bytes) -> list[int]:
    """Places of all events that a segment's blocks hold."""
    return [event.seq for block in scan_segment(raw).blocks for event in open_block(KEY, block)]


@given(some_events)
def test_block_holds_events(some: list[RecordedEvent]) -> None:
    """What is opened is what was sealed."""
    raw = a_segment(0)
    block = pack_block(KEY, 1, 0, START, some)

    assert some == open_block(KEY, scan_segment(raw + block).blocks[0])


def test_block_hides_events() -> None:
    """Nothing of an event can be read in a block, and another key does not open it."""
    block = pack_block(KEY, 1, 0, START, events(4))
    scanned = scan_segment(a_segment(0) + block).blocks[0]

    assert b"tickets" not in block
    with pytest.raises(ValueError, match="cannot be opened"):
        open_block(OTHER, scanned)


def test_segment_header() -> None:
    """A segment says which it is, whose, and what came before it."""
    header = scan_segment(a_segment(segment=7)).header

    assert (
        SegmentHeader(session_id=SESSION, segment=7, replaces=0, expected_seq=0, previous=START, agent=AGENT.public.fingerprint) == header
    )


def test_whole_segment() -> None:
    """A segment that nobody touched has all its blocks, an unbroken chain, and no damage."""
    scan = scan_segment(a_segment())

    assert list(range(12)) == seqs(a_segment())
    assert ((), (), 4) == (scan.hurt, scan.breaks, len(scan.edges))


def test_empty_segment() -> None:
    """A segment without a block, and a file without a byte, are read like any other."""
    assert (0, ()) == (len(scan_segment(a_segment(0)).blocks), scan_segment(a_segment(0)).hurt)
    assert scan_segment(b"").hurt[0].at_end


def test_truncated_at_every_byte() -> None:
    """Cut anywhere, a segment gives the whole blocks before the cut, and says how many bytes after them are lost."""
    raw = a_segment()
    ends = [len(a_segment(n)) for n in range(4)]
    for length in range(len(raw)):
        scan = scan_segment(raw[:length])
        n_whole = sum(end <= length for end in ends) - 1
        lost = length - ends[n_whole] if n_whole >= 0 else length

        assert list(range(4 * max(0, n_whole))) == seqs(raw[:length])
        assert ([lost] if lost or n_whole < 0 else []) == [hurt.n_bytes for hurt in scan.hurt]
        assert all(hurt.at_end for hurt in scan.hurt)


def test_every_flipped_bit_shows() -> None:
    """A flipped bit costs one block at most, and is never overlooked."""
    raw = a_segment()
    for place in range(8 * len(raw)):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        scan = scan_segment(bytes(flipped))

        assert scan.hurt
        assert len(scan.blocks) >= 2


def test_damage_in_the_middle() -> None:
    """Behind a damaged block the next can still be opened, and the damage is placed."""
    raw = bytearray(a_segment())
    start, end = len(a_segment(1)), len(a_segment(2))
    raw[start + 70 : start + 90] = bytes(20)
    (hurt,) = scan_segment(bytes(raw)).hurt

    assert [0, 1, 2, 3, 8, 9, 10, 11] == seqs(bytes(raw))
    assert (start, end - start, False, 1) == (hurt.offset, hurt.n_bytes, hurt.at_end, hurt.blocks_before)


@pytest.mark.parametrize("order", [(0, 2, 1), (0, 2), (0, 1, 1, 2), (1, 2)])
def test_blocks_out_of_place(order: tuple[int, ...]) -> None:
    """Blocks that were swapped, left out or repeated break the chain although each is whole."""
    raw = a_segment()
    ends = [len(a_segment(n)) for n in range(4)]
    blocks = [raw[start:end] for start, end in pairwise(ends)]
    scan = scan_segment(raw[: ends[0]] + b"".join(blocks[number] for number in order))

    assert () == scan.hurt
    assert scan.breaks


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_can_be_scanned(noise: bytes, after_a_segment: bool) -> None:  # noqa: FBT001 - drawn
    """No bytes make the scan raise."""
    raw = a_segment(1) if after_a_segment else b""

    assert len(raw + noise) >= sum(len(block.frame) for block in scan_segment(raw + noise).blocks)


def test_block_that_unpacks_to_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block that would fill the memory is refused, though it is sealed with the right key."""
    monkeypatch.setattr(form, "pack_events", lambda _: zlib.compress(b"") + bytes(form.MAX_UNPACKED_BYTES))
    block = pack_block(KEY, 1, 0, START, events(1))

    with pytest.raises(ValueError, match="larger than any"):
        open_block(KEY, scan_segment(a_segment(0) + block).blocks[0])


def test_hostile_segment_is_given_up() -> None:
    """A file full of beginnings of blocks is read in no time."""
    start = pack_block(KEY, 1, 0, START, events(1))[:5]
    scan = scan_segment(a_segment(1) + start * 100_000)

    assert 1 == len(scan.blocks)
    assert [500_000] == [hurt.n_bytes for hurt in scan.hurt]


def test_key_of_a_segment() -> None:
    """A segment's key opens for its reader, in its place only."""
    raw = key_file(KEY, AGENT.public, SESSION, 3)

    assert key_of(raw, AGENT, SESSION, 3) == KEY
    for reader, session, segment in ((STRANGER, SESSION, 3), (AGENT, "another", 3), (AGENT, SESSION, 4)):
        with pytest.raises(KeyFault):
            key_of(raw, reader, session, segment)


def test_damaged_key() -> None:
    """Every flipped bit and every cut of a key file is seen without opening it."""
    raw = key_file(KEY, AGENT.public, SESSION, 3)
    for place in range(8 * len(raw)):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8

        assert not key_whole(bytes(flipped))
    assert not any(key_whole(raw[:length]) for length in range(len(raw)))
