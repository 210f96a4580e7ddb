"""Flipped bits and cut files, anywhere in a session's folder."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pytest

from recorder.sources.scripted import ScriptedClock
from shadow.errors import ShadowError
from shadow.keys import KeyPair
from shadow.sealed_session import open_sealed
from tests.shadow.small_sessions import AGENT, SESSION, STUDY, event, events, record, write, writer


def _session(folder: Path) -> Path:
    """A session in which all happened that can: several segments, something forgotten, something struck."""
    clock = ScriptedClock()
    files = writer(folder, clock)
    write(files, events(120), clock)
    files.forget(70_000, 120_000)
    write(files, [event(seq) for seq in range(120, 200)], clock)
    files.checkpoint(ended=True)
    files.close()
    open_sealed(folder).strike(AGENT, [3, 4, 130])
    return folder


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _unlike(folder: Path, opener: KeyPair) -> bool:
    """Whether somebody who reads the session is told that it is not as it was."""
    try:
        session = open_sealed(folder)
        damaged = bool(session.read(opener).damage)
        if session.state == "released":
            session.verify_release()
    except ShadowError:
        return True
    return damaged


@pytest.mark.parametrize("released", [False, True], ids=["stopped", "released"])
def test_flipped_bits(tmp_path: Path, times: Callable[[int], int], chance: random.Random, released: bool) -> None:  # noqa: FBT001 - a case
    """Of 3,000 flipped bits in all files of a session, half of them after its release, none goes unnoticed."""
    folder = _session(tmp_path / SESSION)
    if released:
        open_sealed(folder).release(AGENT, STUDY.public)
    opener = STUDY if released else AGENT
    assert not _unlike(folder, opener)
    files = _files(folder)
    sizes = list(accumulate(path.stat().st_size for path in files))
    overlooked, n_events = [], len(open_sealed(folder).read(opener).events)
    fewest = n_events
    for _ in range(times(3000) // 2):
        place = chance.randrange(sizes[-1])
        number = next(number for number, end in enumerate(sizes) if place < end)
        path, offset, bit = files[number], place - (sizes[number - 1] if number else 0), chance.randrange(8)
        raw = path.read_bytes()
        path.write_bytes(raw[:offset] + bytes([raw[offset] ^ 1 << bit]) + raw[offset + 1 :])
        if not _unlike(folder, opener):
            overlooked.append(f"{path.relative_to(folder)} {offset} {bit}")
        if path.parent.name == "segments":
            fewest = min(fewest, len(open_sealed(folder).read(opener).events))
        path.write_bytes(raw)

    assert [] == overlooked
    assert fewest >= n_events - 60  # a block, which after the strike is a minute of this session
    assert not _unlike(folder, opener)


def test_cut_at_every_byte(tmp_path: Path, times: Callable[[int], int]) -> None:
    """
    Any file cut at any byte is noticed, and what is read is what was recorded.

    Of the checkpoints whole records may be cut off: then the session is one whose recording was not closed, as after a crash.
    """
    folder = record(tmp_path / SESSION, events(24, 5000))
    for path in _files(folder):
        raw = path.read_bytes()
        for length in range(0, len(raw), 10 // times(10)):
            path.write_bytes(raw[:length])
            reading = open_sealed(folder).read(AGENT)

            assert reading.damage or (path.name == "checkpoints" and not reading.ended), f"{path.name} cut to {length}"
            assert [event(one.seq, one.seq * 5000) for one in reading.events] == reading.events
            if path.name == "0002.seg":
                assert list(range(len(reading.events))) == [one.seq for one in reading.events]
        path.write_bytes(raw)
    assert not _unlike(folder, AGENT)
