"""What takes long says so on stderr, and stops cleanly on Ctrl-C."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import threading
from pathlib import Path
from typing import Final

import pytest

from shadow.cli.progress import ERASE, Progress
from tests.cli.running import PROGRAM, start_shadow, surroundings

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has neither named pipes in a folder nor a SIGINT to send to one program")

COMMANDS: Final = (
    ("cases", "--json"),
    ("friction",),
    ("rank",),
    *(("report", "-o", f"out.{form}") for form in ("html", "pdf", "xlsx", "pptx")),
)


class Written(io.StringIO):
    """A stream that says when it was written to."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal
        self.was_written = threading.Event()

    def isatty(self) -> bool:
        """Whether it passes for a terminal."""
        return self._terminal

    def flush(self) -> None:
        """What was written is there to be seen."""
        self.was_written.set()

    def next(self) -> str:
        """All that was written, once there is more than when this was asked for last."""
        assert self.was_written.wait(30)
        self.was_written.clear()
        return self.getvalue()


@pytest.fixture(name="endless")
def _endless(small_study: Path) -> Path:
    """A study of which one part never comes to its end, as if it were large."""
    part = small_study / "store" / "events-0001.parquet"
    part.unlink()
    os.mkfifo(part)
    return small_study


def opened(study: Path) -> int:
    """The other end of the part, as soon as the program reads it; the program goes on once it is closed, for polars has reads restarted."""
    return os.open(study / "store" / "events-0001.parquet", os.O_WRONLY)


class TestLine:
    def test_on_a_terminal_the_line_is_written_over(self) -> None:
        """What is done, which share of it and for how long stand in one line, that is gone in the end."""
        stream = Written(terminal=True)
        with Progress(stream, 0) as progress:
            progress("counting events", 0.25)
            while "counting events  25%  0 s" not in stream.next():
                pass

        assert "\n" not in stream.getvalue()
        assert stream.getvalue().endswith(ERASE)

    def test_elsewhere_nothing_is_said(self) -> None:
        """A file gets the notes, and no word of what takes its time."""
        stream = Written(terminal=False)
        with Progress(stream, 0) as progress:
            progress("counting events", 0.25)
            progress.note("reading log.csv")

        assert "reading log.csv\n" == stream.getvalue()

    @pytest.mark.parametrize("terminal", [False, True])
    def test_what_is_quick_says_nothing(self, *, terminal: bool) -> None:
        """Nothing is said of what is done before anybody wonders."""
        stream = Written(terminal=terminal)
        with Progress(stream) as progress:
            progress("counting events", 0.5)

        assert "" == stream.getvalue()

    def test_a_note_stays(self) -> None:
        """A line that is said anyhow takes the place of the one that is written over, and stays."""
        stream = Written(terminal=True)
        with Progress(stream, 0) as progress:
            stream.next()
            progress.note("reading log.csv")
            assert f"{ERASE}reading log.csv\n" in stream.getvalue()
            while "reading log.csv  0 s" not in stream.next():
                pass

        assert stream.getvalue().endswith(ERASE)


@pytest.mark.parametrize("command", COMMANDS, ids=[" ".join(command) for command in COMMANDS])
def test_ctrl_c_during_an_analysis(command: tuple[str, ...], endless: Path) -> None:
    """An analysis that is interrupted says so in one line, leaves with 1, and nothing of it is left."""
    name, *options = command
    program = start_shadow(name, endless, *options, cwd=endless.parent)
    pipe = opened(endless)
    program.send_signal(signal.SIGINT)
    os.close(pipe)
    said, noted = program.communicate()

    assert (1, "", "stopped; nothing was changed\n") == (program.returncode, said, noted)
    assert not (endless / "cache").exists()
    assert [] == [path.name for path in endless.parent.iterdir() if "out." in path.name]


def test_a_long_analysis_on_a_terminal(endless: Path) -> None:
    """On a terminal the line grows older, and makes way for what is said in the end."""
    ours, its = os.openpty()
    command = [*PROGRAM, "friction", str(endless)]
    with subprocess.Popen(command, cwd=endless.parent, env=surroundings(), stdout=subprocess.PIPE, stderr=its) as program:
        os.close(its)
        pipe = opened(endless)
        seen = b""
        while b"reading the study  3 s" not in seen:
            seen += os.read(ours, 4096)
        program.send_signal(signal.SIGINT)
        os.close(pipe)
        program.wait()
        rest = os.read(ours, 4096)
    os.close(ours)

    assert rest.endswith(ERASE.encode() + b"stopped; nothing was changed\r\n")
    assert b"\n" not in seen
