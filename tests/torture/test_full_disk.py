"""A disk that is really full: a small file system of its own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shadow.errors import SessionError
from shadow.sealed_session import open_sealed
from tests.shadow.small_sessions import AGENT, SESSION, begin, event, eventually

SIZE = 2 << 20
BALLAST = 256 << 10


@pytest.fixture(name="small")
def _small(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB in memory, which takes root to mount; the same faults are simulated in tests/recorder/test_journal.py."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = shutil.which("mount") is not None and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", place], check=False, capture_output=True
    )
    if not mounted or mounted.returncode != 0:
        pytest.skip("no small file system can be mounted here (that takes root)")
    yield place
    subprocess.run(["umount", place], check=True)


def _fill(path: Path) -> None:
    """Take all the room there is."""
    with contextlib.suppress(OSError), path.open("ab", buffering=0) as file:
        while True:
            file.write(os.urandom(4096))


def test_full_disk(small: Path, times: Callable[[int], int], tell: Callable[[str], None]) -> None:
    """The agent can be told within two seconds, the session is valid meanwhile, and it goes on by itself; nothing that was taken is lost."""
    slowest_told_s = slowest_resumed_s = 0.0
    for _ in range(times(100)):
        folder = small / SESSION
        journal = begin(folder, ballast_bytes=BALLAST)
        taken = [seq for seq in range(100) if journal.put(event(seq, seq * 50))]
        assert journal.settled(10)
        _fill(small / "filler")
        began = time.perf_counter()
        taken += [seq for seq in range(100, 3000) if journal.put(event(seq, seq * 50, label=os.urandom(8).hex()))]
        assert eventually(lambda: journal.status().disk_full, within_s=2)  # noqa: B023 - of this round
        slowest_told_s = max(slowest_told_s, time.perf_counter() - began)
        meanwhile = open_sealed(folder).read(AGENT)
        assert () == meanwhile.damage
        assert set(range(100)) <= {one.seq for one in meanwhile.events}

        began = time.perf_counter()
        (small / "filler").unlink()
        assert journal.settled(10)
        slowest_resumed_s = max(slowest_resumed_s, time.perf_counter() - began)
        assert (False, {}) == (journal.status().disk_full, journal.status().n_dropped)
        assert BALLAST == (folder / "ballast").stat().st_size
        journal.close()
        reading = open_sealed(folder).read(AGENT)
        assert (taken, (), True) == ([one.seq for one in reading.events], reading.damage, reading.ended)
        shutil.rmtree(folder)
    tell(f"full disk: told after {slowest_told_s:.3f} s at most, resumed {slowest_resumed_s:.3f} s after there was room at most")


@pytest.mark.parametrize("end", ["close", "withdraw", "forget"])
def test_ends_on_a_full_disk(small: Path, end: str) -> None:
    """On a full disk a session can be closed with all that was taken, withdrawn, and have its last minutes forgotten."""
    folder = small / SESSION
    journal = begin(folder, ballast_bytes=BALLAST)
    taken = [seq for seq in range(100) if journal.put(event(seq, seq * 50))]
    assert journal.settled(10)
    _fill(small / "filler")
    taken += [seq for seq in range(100, 3000) if journal.put(event(seq, seq * 50, label=os.urandom(8).hex()))]
    assert eventually(lambda: journal.status().disk_full, within_s=2)
    if end == "forget":
        assert 0 == journal.forget(0)
        taken = []
    if end == "withdraw":
        journal.abandon()
        _fill(small / "filler")
        open_sealed(folder).withdraw()
        with pytest.raises(SessionError, match="no recorded session"):
            open_sealed(folder)
        return
    journal.close()
    reading = open_sealed(folder).read(AGENT)

    assert (taken, (), True) == ([one.seq for one in reading.events], reading.damage, reading.ended)
