"""The window as the recorder has it: a process on two pipes. Nothing is drawn; nobody waits but for a message."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from recorder.window.messages import AskConsent, Close, Hello, Notice, Section, Status, Stop, encode, read_from_window
from recorder.window.process import WindowProcess, require_qt_and_display
from shadow.errors import CaptureError

DEADLINE_S = 20
NOTICE = Notice("May we?", (Section("Why", ("Because.",)),), (), "Yes", "No")


@pytest.fixture(name="offscreen")
def _offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt, drawing nowhere."""
    pytest.importorskip("PySide6", reason="Qt is not installed")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(name="window")
def _window(offscreen: None) -> WindowProcess:
    """A window process that has said hello."""
    del offscreen
    window = WindowProcess("da")
    window.start()
    yield window
    window.close()


def _threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("window-")]


def test_it_starts_hears_and_goes(window: WindowProcess) -> None:
    """It is told to close and goes by itself; no thread and no pipe of it is left, and a second close is nothing."""
    assert window.send(Status("recording"))
    window.close()
    window.close()

    assert (0, []) == (window._process.returncode, _threads())
    assert window._process.stdin.closed
    assert window._process.stdout.closed


def test_a_killed_window_is_stop(window: WindowProcess) -> None:
    """If the window dies, for whatever reason, the recorder hears stop within a second, and hears it again if it asks again."""
    window.send(Status("recording"))
    began = time.monotonic()
    os.kill(window.pid, signal.SIGKILL)

    assert [Stop(), Stop()] == [window.receive(DEADLINE_S), window.receive(DEADLINE_S)]
    assert time.monotonic() - began < 1
    assert [Stop()] == list(window.messages)


def test_a_question_to_a_dead_window_is_answered(window: WindowProcess) -> None:
    """A recorder that waits for an answer is not left waiting: stop is all it gets."""
    window.send(AskConsent("da", NOTICE))
    os.kill(window.pid, signal.SIGTERM)

    assert Stop() == window.receive(DEADLINE_S)


def test_a_stuck_window_does_not_hold_up_the_recorder(window: WindowProcess) -> None:
    """Sending never blocks: what a stopped process does not read is refused after a while, and closing ends it by force."""
    os.kill(window.pid, signal.SIGSTOP)
    trouble = ("x" * 10_000,)
    began = time.monotonic()
    taken = [window.send(Status("degraded", trouble)) for _ in range(500)]
    took_s = time.monotonic() - began
    window.close()

    assert (True, False) == (taken[0], taken[-1])
    assert took_s < 1
    assert (-signal.SIGKILL, []) == (window._process.returncode, _threads())


def test_nothing_in_time_is_none(window: WindowProcess) -> None:
    """Asking for what the agent did can be given up."""
    assert window.receive(0.01) is None


def test_a_folder_of_that_name_is_not_run(offscreen: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Started from a folder that has a `recorder` of its own, the window is still ours."""
    del offscreen
    (tmp_path / "recorder").mkdir()
    (tmp_path / "recorder" / "__init__.py").write_text("raise SystemExit(3)")
    monkeypatch.chdir(tmp_path)
    window = WindowProcess("en")
    window.start()
    window.close()

    assert 0 == window._process.returncode


def test_no_display_is_said_with_a_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a display nothing is started, and the remedy is to do without the window."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")

    with pytest.raises(CaptureError, match="no display") as caught:
        WindowProcess("en").start()
    assert "--no-window" in caught.value.remedy


def test_a_display_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A display that nobody serves: the process ends, and the recorder says so instead of waiting."""
    pytest.importorskip("PySide6", reason="Qt is not installed")
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", ":65000")

    with pytest.raises(CaptureError, match="does not open") as caught:
        WindowProcess("en").start()
    assert "--no-window" in caught.value.remedy
    assert [] == _threads()


def test_no_qt_is_said_with_the_command(root: Path) -> None:
    """Without Qt the remedy is the command that installs it, or to do without the window."""
    program = """if True:
        import sys
        from recorder.window.process import require_qt_and_display
        from shadow.errors import CaptureError
        sys.path = [folder for folder in sys.path if "site-packages" not in folder]
        try:
            require_qt_and_display()
        except CaptureError as error:
            print(error.remedy)
    """
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)

    assert 'pip install "agent-shadowing[recorder]", or use --no-window' == ran.stdout.strip()


class TestProgram:
    """The process itself, without our end of it."""

    @pytest.fixture(name="program")
    def _program(self, offscreen: None, root: Path) -> subprocess.Popen:
        """It has said hello."""
        del offscreen
        start = [sys.executable, "-m", "recorder.window", "en"]
        with subprocess.Popen(start, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as program:
            assert Hello() == read_from_window(program.stdout.readline())
            yield program
            program.kill()

    @pytest.mark.parametrize("lines", [b"", encode(Close()), encode(Status("stopped")), b'{"message":"Canary"}\n'])
    def test_it_ends_when_nobody_is_left_to_tell(self, lines: bytes, program: subprocess.Popen) -> None:
        """It ends by itself when the pipe ends before anything was shown or after the end was told, on close, and on nonsense."""
        _, errors = program.communicate(lines, DEADLINE_S)

        assert 0 == program.returncode
        assert b"anary" not in errors

    def test_it_stays_to_say_that_the_recording_stopped(self, program: subprocess.Popen) -> None:
        """If the recorder dies while recording, the window does not vanish with it: the agent is told."""
        program.stdin.write(encode(Status("recording")))
        program.stdin.close()

        with pytest.raises(subprocess.TimeoutExpired):
            program.wait(0.7)

    def test_only_our_lines_are_on_its_output(self, program: subprocess.Popen) -> None:
        """Qt complains on standard error only; nothing but messages is on the pipe to the recorder."""
        output, _ = program.communicate(encode(Status("recording")) + encode(Close()), DEADLINE_S)

        assert b"" == output


def test_require_says_nothing_where_all_is_there(offscreen: None) -> None:
    """With Qt and a display there is nothing to say."""
    del offscreen

    require_qt_and_display()
