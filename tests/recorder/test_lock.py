"""One recorder at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from recorder.lock import single_recorder
from shadow.errors import CaptureError

HOLD = "import sys; from pathlib import Path; from recorder.lock import single_recorder\nwith single_recorder(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"


def test_second_recorder(tmp_path: Path) -> None:
    """A second recorder is refused at once, and may start when the first has ended."""
    began = time.monotonic()
    with (
        single_recorder(tmp_path / "home"),
        pytest.raises(CaptureError, match="another recording is running"),
        single_recorder(tmp_path / "home"),
    ):
        pass
    with single_recorder(tmp_path / "home"):
        pass

    assert time.monotonic() - began < 1


def test_killed_recorder(root: Path, tmp_path: Path) -> None:
    """A recorder that was killed holds nobody up."""
    first = subprocess.Popen([sys.executable, "-c", HOLD, tmp_path], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with first:
        assert b"held\n" == first.stdout.readline()
        with pytest.raises(CaptureError), single_recorder(tmp_path):
            pass
        first.kill()
        first.wait()
        with single_recorder(tmp_path):
            pass
