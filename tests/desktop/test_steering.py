"""The gate before a recording, its controls while it runs, and what is left when it ends, on a real desktop."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from recorder.notice import render_notice
from shadow.study import open_study
from tests.desktop.desktop import Desktop, until
from tests.desktop.hands import Hands
from tests.desktop.morning import CLI, RecorderRun, write_study
from tests.desktop.programs import Program, start_notes


@pytest.fixture(name="quiet", scope="module")
def _quiet(desktop_of_its_own: Callable[[], AbstractContextManager[Desktop]]) -> Iterator[tuple[Desktop, Program]]:
    """A desktop with nothing on it but the notes."""
    with desktop_of_its_own() as desktop:
        yield desktop, start_notes(desktop)


@pytest.fixture(name="run")
def _run(quiet: tuple[Desktop, Program], tmp_path: Path) -> RecorderRun:
    """A recorder that has not begun."""
    return RecorderRun(quiet[0], tmp_path, ("kladde",))


def _hear(run: RecorderRun, words: str) -> None:
    """Wait until the recorder has said something."""
    for line in run.process.stdout:
        run.said.append(line)
        if words in line:
            return
    raise AssertionError(f"never said: {words}")


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_nothing_before_the_yes(run: RecorderRun) -> None:
    """While the notice waits for its answer there is no file, no socket, no second thread; after a no there still is none."""
    for name in ("tmp", "cwd", "home"):
        (run.folder / name).mkdir()
    write_study(run)
    before = _files(run.folder)
    asking = subprocess.Popen(
        [*CLI, "record", "--study", str(run.study), "--no-window"],
        env=run.env, cwd=run.folder / "cwd", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    proc = Path(f"/proc/{asking.pid}")
    # It waits for the answer: its only thread reads standard input, a pipe.
    until(
        lambda: "pipe" in (proc / "wchan").read_text() or ("S (sleeping)" in (proc / "status").read_text() and _reads(proc)), "the question"
    )
    opened = [str(one.readlink()) for one in (proc / "fd").iterdir()]
    threads = len(list((proc / "task").iterdir()))
    said, errors = asking.communicate("no\n", timeout=20)

    assert [] == [one for one in opened if one.startswith("socket:") or str(run.folder) in one]
    assert 1 == threads
    assert (0, "") == (asking.returncode, re.sub("nothing was recorded\n", "", errors))
    assert "recording /" not in said
    assert before == _files(run.folder)


def _reads(proc: Path) -> bool:
    return (proc / "syscall").read_text().startswith("0 0x0 ")


def test_steered_by_hotkeys_and_terminal(run: RecorderRun, quiet: tuple[Desktop, Program]) -> None:
    """Pause and mark by their keys and by lines in the terminal; forgetting; all of it is in the session, with the agent's words."""
    hands = Hands(quiet[0].display)
    run.start()
    hands.press("f9", "ctrl", "shift")
    _hear(run, "Paused")
    hands.press("f9", "ctrl", "shift")
    _hear(run, "Recording again")
    hands.press("f8", "ctrl", "shift")
    _hear(run, "Marked")
    run.process.stdin.write("f\n")
    run.process.stdin.flush()
    _hear(run, "forgotten")
    run.process.stdin.write("m hvorfor to gange?\np\nr\n")
    run.process.stdin.flush()
    _hear(run, "Recording again")
    run.stop()

    events = run.events()
    assert ["hvorfor to gange?"] == [event.note for event in events if event.action == "mark"]
    assert ["pause", "resume"] == [event.action for event in events if event.action in ("pause", "resume")]
    hands.close()


def test_with_its_window(run: RecorderRun, quiet: tuple[Desktop, Program]) -> None:
    """The whole way with the window: yes by keyboard with two of the four, recording, and closing the small window ends it."""
    desktop = quiet[0]
    hands = Hands(desktop.display)
    for name in ("tmp", "cwd"):
        (run.folder / name).mkdir()
    write_study(run)
    recording = subprocess.Popen(
        [*CLI, "record", "--study", str(run.study), "--lang", "en"],
        env=run.env, cwd=run.folder / "cwd", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    asked = until(lambda: _window(desktop, "recorded"), "the question")
    desktop.activate(asked)
    # A key at once is never a yes; reading takes a moment. Each section of the notice is a stop of the keyboard, and so is what leads to the switches.
    hands.wait(1.0)
    sections = render_notice(open_study(run.study).settings, "en").sections
    for key in (*["Tab"] * (len(sections) + 1), " ", "Tab", "Tab", " ", "Tab", "Tab", "Enter"):
        hands.press(key)
        hands.wait(0.05)
    said = recording.stdout.readline()
    pill = until(lambda: _window(desktop, "Agent Shadowing"), "the small window")
    desktop.close(pill)
    _, errors = recording.communicate(timeout=20)
    run.session = Path(said.removeprefix("recording ").strip())

    assert said.startswith("recording /")
    assert (0, True) == (recording.returncode, "stopped; look through it" in errors)
    assert "screen" in {event.action for event in run.events()}
    assert _window(desktop, "Agent Shadowing") is None
    hands.close()


def _window(desktop: Desktop, title: str) -> int | None:
    return next((one.window for one in desktop.windows() if title in one.title), None)


def test_one_at_a_time(run: RecorderRun) -> None:
    """A second recorder says that there is one already, and leaves."""
    run.start()
    second = subprocess.run(
        [*CLI, "record", "--study", str(run.study), "--no-window"],
        input="yes\nyes\nyes\nyes\nno\n",
        env=run.env,
        capture_output=True,
        text=True,
        check=False,
    )
    run.stop()

    assert (1, "error: another recording is running; stop that one first\n") == (
        second.returncode,
        second.stderr.splitlines(keepends=True)[-1],
    )


def test_no_connection_but_to_this_machines_own_sockets(run: RecorderRun, tmp_path: Path) -> None:
    """Seen by the kernel, from before the yes to the end: no listening socket, and no connection that is not AF_UNIX."""
    calls = tmp_path / "calls.txt"
    run.start("yes\nyes\nyes\nyes\nno\n", "strace", "-D", "-f", "-qq", "-e", "trace=connect,bind,listen,accept,accept4", "-o", str(calls))
    run.process.stdin.write("m\n")
    run.process.stdin.flush()
    _hear(run, "Marked")
    run.stop()
    lines = [line for line in calls.read_text().splitlines() if "resumed>" not in line and "(" in line]

    assert any("connect(" in line for line in lines)
    assert [] == [line for line in lines if "AF_UNIX" not in line and "AF_NETLINK" not in line]
    assert [] == [line for line in lines if "listen(" in line or "accept" in line]


def test_nothing_is_left_when_it_ends(run: RecorderRun, quiet: tuple[Desktop, Program]) -> None:
    """After the stop there is no process of the recorder, and the accessibility bus is as it was."""
    run.start()
    run.stop()
    left = [one for one in _processes() if "shadow.cli" in one and str(run.folder) in one]

    assert [] == left
    assert 0 == run.process.returncode
    assert ["kladde"] == quiet[0].programs()


def _processes() -> list[str]:
    found = []
    for proc in Path("/proc").iterdir():
        if proc.name.isdigit():
            try:
                found.append((proc / "cmdline").read_text())
            except OSError:
                continue
    return found
