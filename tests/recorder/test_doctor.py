"""The doctor: every finding by a real trial, said in four languages, and nothing left behind."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from recorder import trials
from recorder.doctor import Capability, can_record, examine, in_words
from recorder.hotkeys import Hotkeys
from recorder.phrases import load_phrases
from recorder.sources.atspi_check import BUS, CONTROLS, FLAG, PAGES, REGISTRY, SIGNALS
from recorder.sources.base import Finding
from recorder.sources.macos import MacDesktop
from recorder.sources.windows import WindowsDesktop
from shadow.settings import LANGUAGES
from tests.recorder.xserver import XServer, open_files, running_server, running_window_manager

CHORDS = ("ctrl+shift+f9", "ctrl+shift+f8")
NAMES = [
    "packages", "session", "keyboard_and_mouse", "windows_and_clipboard", "accessibility", "programs", "hotkeys", "window", "screenshots",
    "keys", "disk",
]  # fmt: skip


@pytest.fixture(name="server", scope="module")
def _server() -> Iterator[XServer]:
    with running_server() as server, running_window_manager(server):
        yield server


@pytest.fixture(name="plain_session")
def _plain_session(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A session that says nothing of itself, without the desktop that the tests may run in."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "GDK_SCALE", "QT_SCALE_FACTOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path / 'no-bus'}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")


@pytest.fixture(name="desktop")
def _desktop(server: XServer, plain_session: None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert plain_session is None
    monkeypatch.setenv("DISPLAY", server.name)


def results(capabilities: list[Capability], name: str) -> list[tuple[str, bool | None]]:
    """Subjects of a capability and whether they work."""
    (found,) = (capability for capability in capabilities if capability.name == name)
    return [(finding.subject, finding.works) for finding in found.findings]


@pytest.mark.usefixtures("desktop")
class TestOnADesktop:
    def test_what_works_and_what_does_not(self, tmp_path: Path) -> None:
        """On X11 with a window manager and no accessibility bus: all sources prove themselves but that one, and nothing can be recorded."""
        found = examine(tmp_path / "home", CHORDS)

        assert NAMES == [capability.name for capability in found]
        assert [("session_x11", True), ("display", True)] == results(found, "session")
        assert [("key_presses", True), ("button_presses", True)] == results(found, "keyboard_and_mouse")
        assert {True} == {works for _, works in results(found, "windows_and_clipboard")}
        assert [(BUS, False)] == results(found, "accessibility")
        assert [("hotkey ctrl+shift+f9", True), ("hotkey ctrl+shift+f8", True)] == results(found, "hotkeys")
        assert [("pictures", True), ("unscaled", True)] == results(found, "screenshots")
        assert not can_record(found)

    def test_leaves_nothing_behind(self, tmp_path: Path) -> None:
        """Examining twice opens no more files than once, and makes no folder."""
        home = tmp_path / "home"
        examine(home, CHORDS)
        files = open_files()
        examine(home, CHORDS)

        assert (files, False) == (open_files(), home.exists())

    def test_hotkey_that_is_taken(self) -> None:
        """A chord that another program has is found taken, and the other free."""
        other = Hotkeys({CHORDS[0]: lambda: None})
        other.start()
        found = trials.try_hotkeys(CHORDS)
        other.stop()

        assert [False, True] == [finding.works for finding in found]

    def test_scaled_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """On a scaled screen there are no pictures, and the doctor says so."""
        monkeypatch.setenv("GDK_SCALE", "2")

        assert [("pictures", True), ("unscaled", False)] == [(found.subject, found.works) for found in trials.try_pictures()]


@pytest.mark.usefixtures("plain_session")
class TestElsewhere:
    def test_without_a_display(self, tmp_path: Path) -> None:
        """Without a display nothing of the desktop is tried, and that is what it says: None, not False."""
        found = examine(tmp_path, CHORDS)

        assert [("session_none", False)] == results(found, "session")
        for name in ("keyboard_and_mouse", "windows_and_clipboard", "accessibility", "hotkeys", "window", "screenshots"):
            assert {None} == {works for _, works in results(found, name)}
        assert not can_record(found)

    def test_wayland(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A Wayland session is named, though it has a DISPLAY."""
        monkeypatch.setenv("DISPLAY", ":0")
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")

        assert [("session_wayland", False)] == [(found.subject, found.works) for found in trials.try_session()]

    @pytest.mark.parametrize(("platform", "subject"), [("win32", "session_windows"), ("darwin", "session_macos")])
    def test_systems_that_are_not_built(self, platform: str, subject: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """Windows and macOS are said to be unbuilt."""
        monkeypatch.setattr(sys, "platform", platform)

        assert [(subject, False)] == [(found.subject, found.works) for found in trials.try_session()]

    @pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
    def test_display_that_does_not_answer(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A DISPLAY without a server is found out."""
        monkeypatch.setenv("DISPLAY", ":4711")

        assert [("session_x11", True), ("display", False)] == [(found.subject, found.works) for found in trials.try_session()]

    def test_no_keyring(self) -> None:
        """Without a system keyring that is said; a recording is possible all the same."""
        found = trials.try_keyring()

        assert [("keyring", False)] == [(finding.subject, finding.works) for finding in found]
        assert can_record([Capability("keys", found)])

    def test_no_qt(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without Qt that is said, with how to do without."""
        monkeypatch.setattr(trials, "find_spec", lambda _: None)

        assert [("qt_window", False)] == [(found.subject, found.works) for found in trials.try_window()]
        assert {False} == {found.works for found in trials.try_packages()}

    def test_disk(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A disk with room works; one with less than is needed does not; the folder need not be there."""
        roomy = [finding.works for finding in trials.try_disk(tmp_path / "a" / "b")]
        monkeypatch.setattr(trials, "DISK_BYTES", 1 << 62)

        assert ([True, True], [True, False]) == (roomy, [finding.works for finding in trials.try_disk(tmp_path)])


class TestWords:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_subject_has_words(self, language: str) -> None:
        """Whatever is found, each language has words for it, and for what does not work a remedy."""
        subjects = [
            *(trials.PACKAGE.format(name) for name in trials.PACKAGES), "session_x11", "session_wayland", "session_windows", "session_macos",
            "session_none", "display", "key_presses", "button_presses", "window_in_front", "window_manager", "clipboard_owner", BUS, REGISTRY,
            SIGNALS, PAGES.format("Chromium"), CONTROLS.format("Tk"), trials.HOTKEY.format(CHORDS[0]), "qt_window", "pictures", "unscaled",
            "keyring", "disk_writable", "disk_room", *(f.subject for place in (WindowsDesktop(), MacDesktop()) for f in place.self_test()),
        ]  # fmt: skip
        found = [Capability(name, tuple(Finding(subject, works=False) for subject in subjects)) for name in NAMES]
        for title, lines in in_words(found, language):
            assert title
            assert len(subjects) == len(lines)
            assert all(line.subject and line.state and line.remedy and "{" not in line.subject + line.remedy for line in lines)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_a_browser_that_hides_its_pages(self, language: str) -> None:
        """A browser without web fields is named with the flag and the file that mend it, in every language."""
        found = [Capability("programs", (Finding(PAGES.format("Chromium"), works=False, remedy=FLAG),))]
        (line,) = in_words(found, language)[0][1]

        assert "Chromium" in line.subject
        assert "--force-renderer-accessibility" in line.remedy
        assert "/etc/chromium.d/" in line.remedy

    def test_what_works_has_no_remedy(self) -> None:
        """Where there is nothing to do nothing is said."""
        ((_, lines),) = in_words([Capability("disk", (Finding("disk_room", works=True),))], "en")

        assert [("works", "")] == [(line.state, line.remedy) for line in lines]

    def test_untried_is_neither(self) -> None:
        """What could not be tried is said to be untried, and does not count as working."""
        found = [Capability("accessibility", (Finding(BUS, works=None, remedy="untried_remedy"),), needed=True)]
        ((_, lines),) = in_words(found, "en")

        assert ("not tried", False) == (lines[0].state, can_record(found))

    def test_languages_have_the_same_phrases(self) -> None:
        """Every language has the same keys, places and commands."""
        english, *others = ({key: _fixed(text) for key, text in load_phrases(language, "doctor").items()} for language in LANGUAGES)

        assert [english] * len(others) == others


def _fixed(text: str) -> set[str]:
    """What must be the same in every language: places, and words of commands."""
    places = {name for _, name, _, _ in Formatter().parse(text) if name}
    return places | set(
        re.findall(r"--[a-z-]+|/etc/\S*[a-z]|apt install [a-z0-9 -]*[a-z0-9]|pip install \S*[\w\]]|SHADOW_HOME|DISPLAY|RECORD|XTEST", text)
    )


@pytest.mark.usefixtures("desktop")
def test_command(tmp_path: Path) -> None:
    """`shadow doctor` says it in words, and leaves with 1 where nothing can be recorded."""
    code = "import typer; from shadow.cli.doctor import doctor; app = typer.Typer(); app.command()(doctor); app()"
    env = {**os.environ, "SHADOW_HOME": str(tmp_path / "home")}
    ended = subprocess.run([sys.executable, "-c", code, "--lang", "da"], env=env, capture_output=True, text=True, check=False)

    assert 1 == ended.returncode
    assert "Tilgængelighedsbussen svarer: virker ikke" in ended.stdout
    assert ended.stdout.endswith("er bragt i orden.\n")
    assert "" == ended.stderr
