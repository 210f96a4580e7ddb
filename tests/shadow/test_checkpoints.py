"""The checkpoints: signed, chained, and read as far as they go."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.checkpoints import Begun, Checkpoint, CheckpointLog, Forgotten, Position, Struck, read_history
from shadow.disk import Disk
from shadow.journal import digest
from shadow.keys import KeyPair
from tests.shadow.small_sessions import AGENT, CONSENT, SESSION, SIGNER, STARTED, STRANGER, FaultyDisk

BEGUN = Begun(SESSION, AGENT.public.text, SIGNER.public.text, digest(CONSENT), 0, STARTED.isoformat())
PLACE = Position(1, 2, 300, 8, 7, b"h" * 32)
RECORDS = (
    BEGUN,
    Checkpoint(PLACE, 60_000, STARTED.isoformat(), ended=False),
    Forgotten((1,), 0, 61_000, 61_000, STARTED.isoformat()),
    Struck(2, 3, Position(3, 1, 90, 4, 7, b"r" * 32), STARTED.isoformat()),
    Checkpoint(PLACE, 62_000, STARTED.isoformat(), ended=True),
)


def written(folder: Path, *records: object, signer: KeyPair = SIGNER) -> bytes:
    """A checkpoints file of its own."""
    path = folder / "checkpoints"
    path.unlink(missing_ok=True)
    log = CheckpointLog(Disk(), path, signer)
    for record in records:
        log.append(record)
    log.close()
    return path.read_bytes()


def ends(folder: Path) -> list[int]:
    """Lengths at which a checkpoints file of the first n records is whole."""
    return [len(written(folder, *RECORDS[:n])) for n in range(len(RECORDS) + 1)]


def test_records_come_back(tmp_path: Path) -> None:
    """Every kind of record is read as it was written, in order."""
    history = read_history(written(tmp_path, *RECORDS))

    assert (BEGUN, (), PLACE, {1, 2}) == (history.begun, history.damage, history.end, history.destroyed)
    assert (RECORDS[1], RECORDS[4]) == history.checkpoints
    assert [PLACE, PLACE, RECORDS[3].replacement] == history.positions


def test_appended_later(tmp_path: Path) -> None:
    """The agent goes on where the recorder ended, and the record is as good as one of its own."""
    written(tmp_path, *RECORDS[:2])
    log = CheckpointLog(Disk(), tmp_path / "checkpoints", AGENT)
    log.append(RECORDS[3])
    log.close()
    history = read_history((tmp_path / "checkpoints").read_bytes())

    assert ((RECORDS[3],), ()) == (history.struck, history.damage)


def test_signed_by_a_stranger(tmp_path: Path) -> None:
    """A record that neither the recorder nor the agent signed is reported."""
    history = read_history(written(tmp_path, *RECORDS[:2], signer=STRANGER))

    assert 2 == len(history.damage)


def test_truncated_at_every_byte(tmp_path: Path) -> None:
    """Cut anywhere, what is whole is read and the torn rest is counted."""
    raw, whole = written(tmp_path, *RECORDS), ends(tmp_path)
    for length in range(1, len(raw)):
        history = read_history(raw[:length])
        n = sum(end <= length for end in whole) - 1

        assert n == history.n_records
        assert length - whole[n] == sum(damage.n_bytes for damage in history.damage)


def test_every_flipped_bit_shows(tmp_path: Path) -> None:
    """No flipped bit is overlooked, and it costs one record at most."""
    raw = written(tmp_path, *RECORDS)
    for place in range(8 * len(raw)):
        flipped = bytearray(raw)
        flipped[place // 8] ^= 1 << place % 8
        history = read_history(bytes(flipped))

        assert history.damage
        assert history.n_records >= len(RECORDS) - 1


@pytest.mark.parametrize("missing", range(len(RECORDS) - 1))
def test_record_left_out(tmp_path: Path, missing: int) -> None:
    """A record that was cut out whole is missed."""
    raw, whole = written(tmp_path, *RECORDS), ends(tmp_path)
    history = read_history(raw[: whole[missing]] + raw[whole[missing + 1] :])

    assert history.damage


def test_after_a_failed_append(tmp_path: Path) -> None:
    """A record that could not be written leaves nothing behind, and the next stands where it would have stood."""
    for fault in range(1, 6):
        path = tmp_path / f"checkpoints-{fault}"
        log = CheckpointLog(FaultyDisk({fault}), path, SIGNER)
        failed = []
        for record in (*RECORDS[:2], *RECORDS[:2], *RECORDS[2:]):
            try:
                log.append(record)
            except OSError:
                failed.append(record)
        log.close()

        assert not any(damage.n_bytes for damage in read_history(path.read_bytes()).damage)


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(noise: bytes) -> None:
    """No bytes make the reading raise."""
    assert read_history(noise).damage
