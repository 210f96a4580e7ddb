"""
The one place where it is decided what sees on this machine.

    Linux, X11       X11Windows, PointerKeyboard, Accessibility; Pictures where the agent asked for them
    Linux, Wayland   nothing: it shows no program what happens in another
    Windows, macOS   nothing yet: `windows.py` and `macos.py` hold their place
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from recorder.screens import Allowlist
from recorder.scrubber import listed_labels, scrubbed_label
from recorder.sources.base import Clock, Source, Window
from recorder.sources.macos import MacDesktop
from recorder.sources.windows import WindowsDesktop
from shadow.errors import CaptureError

if TYPE_CHECKING:
    from recorder.sources.x11_windows import X11Windows
    from shadow.consent import Switches
    from shadow.settings import Settings

__all__ = ["Desktop", "desktop_here", "desktop_sources", "own_processes", "refuse_unbuilt"]


class Desktop(StrEnum):
    """What kind of session this is."""

    x11 = "x11"
    wayland = "wayland"
    windows = "windows"
    macos = "macos"
    none = "none"


def desktop_here(platform: str, environ: Mapping[str, str]) -> Desktop:
    """
    The kind of session.

    Args:

        platform: As `sys.platform` has it.

        environ: Environment variables.
    """
    if platform in {"win32", "cygwin"}:
        return Desktop.windows
    if platform == "darwin":
        return Desktop.macos
    # Under Wayland there is an X server too, but it shows only the programs that are drawn on it.
    if environ.get("XDG_SESSION_TYPE") == "wayland" or environ.get("WAYLAND_DISPLAY"):
        return Desktop.wayland
    return Desktop.x11 if environ.get("DISPLAY") else Desktop.none


def refuse_unbuilt(desktop: Desktop) -> None:
    """
    Refuse a session in which nothing can be seen.

    Raises:

        CaptureError: It is none of X11, and says what to do.
    """
    if desktop is Desktop.wayland:
        raise CaptureError("this is a Wayland session, which shows no program what happens in another", "log in to an X11 (Xorg) session")
    if desktop is Desktop.windows:
        raise WindowsDesktop.not_built()
    if desktop is Desktop.macos:
        raise MacDesktop.not_built()
    if desktop is Desktop.none:
        raise CaptureError("there is no desktop session here: DISPLAY is not set", "record from within the agent's desktop session")


def desktop_sources(
    settings: Settings, switches: Switches, clock: Clock, may_record_front: Callable[[], bool]
) -> Sequence[Callable[[], Source]]:
    """
    Makers of the sources of this machine, in the order in which to start them.

    Args:

        settings: The study's settings; of them the allowlist.

        switches: What the agent agreed to. Without value marks no value and no clipboard is read.

        clock: The session's clock.

        may_record_front: Whether what is in front now may be recorded; asked from other threads.

    Raises:

        CaptureError: Nothing can be seen in a session of this kind.
    """
    refuse_unbuilt(desktop_here(sys.platform, os.environ))
    # Each of these needs a package that only a PC that records has.
    from recorder.sources.accessibility import Accessibility
    from recorder.sources.pointer_keyboard import PointerKeyboard
    from recorder.sources.x11_windows import X11Windows

    allowlist = Allowlist(settings.record.apps)

    def windows() -> Source:
        def may_read(owner: Window | None) -> bool:
            return switches.value_marks and _may_read(owner, source, allowlist, may_record_front)

        source = X11Windows(clock, may_read)
        return source

    bus: Accessibility | None = None

    def accessibility() -> Source:
        nonlocal bus
        bus = Accessibility(clock, values=switches.value_marks, allowed=allowlist.allows, ignore_pids=own_processes)
        return bus

    def pictures() -> Source:
        from recorder.sources.pictures import Pictures

        listed, live = listed_labels(settings.record.labels), bus
        return Pictures(
            lambda: live.shown_controls() if live is not None else None,
            lambda label: scrubbed_label(label, listed) is not None,
            may_record_front,
        )

    return (windows, lambda: PointerKeyboard(clock), accessibility, *((pictures,) if switches.screenshots else ()))


def _may_read(owner: Window | None, source: X11Windows, allowlist: Allowlist, may_record_front: Callable[[], bool]) -> bool:
    """A program on the allowlist may be read wherever it is; a browser, whose pages are listed by host, only with such a page in front."""
    if owner is None:
        return False
    return allowlist.allows(owner.names) or (owner.key == source.front and may_record_front())


def own_processes() -> set[int]:
    """The recorder's process and those it started, such as its window; the kernel may keep the latter to itself."""
    own = {os.getpid()}
    for listed in Path("/proc/self/task").glob("*/children"):
        # A thread may end while it is asked.
        with contextlib.suppress(OSError):
            own.update(int(pid) for pid in listed.read_text("ascii").split())
    return own
