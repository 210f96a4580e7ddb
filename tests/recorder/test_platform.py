"""The choice of what sees on this machine, and what is said where nothing can."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from recorder.screens import Allowlist
from recorder.sources.base import Source, Window
from recorder.sources.macos import MacDesktop
from recorder.sources.platform import Desktop, _may_read, desktop_here, desktop_sources, own_processes, refuse_unbuilt
from recorder.sources.windows import WindowsDesktop
from recorder.sources.x11_windows import X11Windows
from shadow.consent_record import Switches
from shadow.errors import CaptureError
from shadow.settings import Settings


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"DISPLAY": ":0"}, "x11"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "x11"}, "x11"),
        ("linux", {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, "wayland"),
        ("linux", {"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "wayland"),
        ("linux", {}, "none"),
        ("linux", {"DISPLAY": "", "WAYLAND_DISPLAY": ""}, "none"),
        ("win32", {"DISPLAY": ":0"}, "windows"),
        ("darwin", {"DISPLAY": ":0"}, "macos"),
    ],
)
def test_kind_of_session(platform: str, environ: dict[str, str], expected: str) -> None:
    """The kind of session follows from the platform and what the session says of itself; an X server within Wayland is still Wayland."""
    assert Desktop(expected) is desktop_here(platform, environ)


@pytest.mark.parametrize(
    ("desktop", "said"), [("wayland", "Wayland"), ("windows", "Windows is not built"), ("macos", "macOS is not built"), ("none", "DISPLAY")]
)
def test_says_plainly_what_cannot_be_seen(desktop: str, said: str) -> None:
    """Each kind of session in which nothing can be seen is refused by name, with what to do."""
    with pytest.raises(CaptureError, match=said) as fault:
        refuse_unbuilt(Desktop(desktop))

    assert fault.value.remedy


def test_x11_is_not_refused() -> None:
    """X11 is what is built."""
    refuse_unbuilt(Desktop.x11)


@pytest.mark.parametrize("source", [WindowsDesktop(), MacDesktop()])
def test_places_held_see_nothing_and_say_so(source: Source) -> None:
    """What is not built sees nothing, refuses to start, and says so in its self-test."""
    with pytest.raises(CaptureError, match="not built"):
        source.start(lambda _: None)
    source.stop()

    assert (frozenset(), [False]) == (source.sees, [found.works for found in source.self_test()])


def test_sources_of_x11(monkeypatch: pytest.MonkeyPatch) -> None:
    """On X11 there are windows, presses and controls; making them needs no X server."""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("DISPLAY", ":4711")
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    makers = desktop_sources(Settings(), Switches(), lambda: 0, lambda: True)

    assert ["windows and clipboard", "keyboard and mouse", "accessibility"] == [make().name for make in makers]
    assert all(make() is not make() for make in makers)


def test_clipboard_is_read_from_what_is_allowed() -> None:
    """A listed program may be read anywhere; another window only if it is in front and what it shows may be recorded; nobody's never."""
    source = X11Windows(lambda: 0, lambda _: True)
    source._front = 7
    listed, browser, behind = (Window(key=key, names=(name,)) for key, name in ((3, "CRM"), (7, "Chromium"), (8, "Chromium")))
    judged = [
        [_may_read(owner, source, Allowlist(["crm", "tickets:8080"]), lambda: front) for owner in (listed, browser, behind, None)]  # noqa: B023
        for front in (True, False)
    ]

    assert [[True, True, False, False], [True, False, False, False]] == judged


def test_own_processes() -> None:
    """The recorder knows itself and what it started, so that it does not record its own window."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        own = own_processes()
        child.communicate(b"\n")

    assert {os.getpid(), child.pid} <= own
