"""
What `shadow doctor` tries beside the sources themselves: packages, the session, hotkeys, pictures, the window, the keyring, the disk.

Each trial does the thing for real, on something nobody misses, and leaves no trace. Subjects and remedies of findings are keys of the
phrases `doctor`; a subject about one thing among several ends in its name, as in `package pynput`.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from recorder.hotkeys import Hotkeys
from recorder.segments import BALLAST_BYTES
from recorder.sources.atspi_bus import AccessibilityBus, BusFault, together
from recorder.sources.atspi_check import CONTROLS, FLAG, HIDDEN, PAGES
from recorder.sources.base import Box, Finding
from recorder.sources.platform import Desktop, desktop_here, own_processes
from recorder.sources.screenshots import grab, is_scaled
from recorder.sources.x11_display import ConnectionLost, XDisplay
from shadow.errors import CaptureError

__all__ = [
    "DISK_BYTES",
    "HOTKEY",
    "PACKAGE",
    "try_disk",
    "try_hotkeys",
    "try_keyring",
    "try_packages",
    "try_pictures",
    "try_session",
    "try_unseen_programs",
    "try_window",
]

PACKAGE: Final = "package {}"
HOTKEY: Final = "hotkey {}"
# Without these nothing is seen; what is merely nicer with a package has a trial of its own.
PACKAGES: Final = ("pynput", "Xlib", "dbus_fast")
# A day of recording, generously, and the room that is kept for closing it.
DISK_BYTES: Final = 100_000_000 + BALLAST_BYTES
WINDOW_S: Final = 20.0
OPENS_A_WINDOW: Final = "from PySide6.QtWidgets import QApplication, QWidget; app = QApplication([]); QWidget().winId()"
# How long a program may take to join the accessibility bus.
JOINING_S: Final = 2.0
# Browsers of one family, as their windows are called: they join only with a flag.
BROWSERS: Final = ("chromium", "google-chrome", "brave", "microsoft-edge", "vivaldi", "opera")
# Windows that are part of the desktop, not of a program somebody works in.
FURNITURE: Final = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK")


def try_packages() -> tuple[Finding, ...]:
    """Whether the packages are there through which anything is seen."""
    return tuple(_finding(PACKAGE.format(name), works=find_spec(name) is not None, remedy="package_remedy") for name in PACKAGES)


def try_session() -> tuple[Finding, ...]:
    """What kind of session this is, and whether its X server answers."""
    desktop = desktop_here(sys.platform, os.environ)
    kind = _finding(f"session_{desktop}", works=desktop is Desktop.x11)
    if desktop is not Desktop.x11 or find_spec("Xlib") is None:
        return (kind,)
    try:
        XDisplay().close()
    except CaptureError:
        return (kind, _finding("display", works=False))
    return (kind, _finding("display", works=True))


def try_hotkeys(chords: Iterable[str]) -> tuple[Finding, ...]:
    """Take each chord and give it back at once."""
    return tuple(_finding(HOTKEY.format(chord), works=_is_free(chord), remedy="hotkey_remedy") for chord in chords)


def _is_free(chord: str) -> bool:
    hotkeys = Hotkeys({chord: lambda: None})
    try:
        hotkeys.start()
    except CaptureError:
        return False
    hotkeys.stop()
    return True


def try_pictures() -> tuple[Finding, ...]:
    """Take one pixel and forget it, and see whether the desktop is scaled."""
    try:
        display = XDisplay()
    except CaptureError:
        return (_finding("pictures", works=None),)
    try:
        with display.guarded():
            scaled = is_scaled(display)
    except ConnectionLost:
        return (_finding("pictures", works=None),)
    finally:
        display.close()
    taken = grab(Box(0, 0, 1, 1)) is not None
    return (_finding("pictures", works=taken), _finding("unscaled", works=not scaled))


def try_window() -> tuple[Finding, ...]:
    """Make a window in another process, as the recorder does; it is never shown."""
    if find_spec("PySide6") is None:
        return (_finding("qt_window", works=False),)
    command = [sys.executable, "-c", OPENS_A_WINDOW]
    try:
        ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=WINDOW_S, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        return (_finding("qt_window", works=False),)
    return (_finding("qt_window", works=ended.returncode == 0),)


def try_keyring() -> tuple[Finding, ...]:
    """Keep a random secret in the system keyring, read it and take it out again."""
    import keyring  # noqa: PLC0415 - a tenth of a second, and only those who keep keys need it
    from keyring.errors import KeyringError  # noqa: PLC0415 - as above

    entry, secret = f"doctor:{secrets.token_hex(8)}", secrets.token_hex(8)
    try:
        keyring.set_password("agent-shadowing", entry, secret)
        kept = keyring.get_password("agent-shadowing", entry) == secret
        keyring.delete_password("agent-shadowing", entry)
    except (KeyringError, RuntimeError):
        return (_finding("keyring", works=False),)
    return (_finding("keyring", works=kept),)


def try_disk(home: Path) -> tuple[Finding, ...]:
    """Whether sessions can be written where they will lie, and for how long; the folder is not made."""
    place = next(folder for folder in (home, *home.absolute().parents) if folder.is_dir())
    return (
        _finding("disk_writable", works=os.access(place, os.W_OK | os.X_OK)),
        _finding("disk_room", works=shutil.disk_usage(place).free >= DISK_BYTES),
    )


def try_unseen_programs() -> tuple[Finding, ...]:
    """
    Programs that show a window and are not on the accessibility bus at all; one finding for each.

    A program may join only now that somebody listens, so it is given a moment. One drawn with Tk never does.
    """
    end = time.monotonic() + JOINING_S
    try:
        while (unseen := _unseen_programs()) and time.monotonic() < end:
            time.sleep(JOINING_S / 10)
    except (CaptureError, ConnectionLost, BusFault):
        return ()
    return tuple(_unseen(name) for name in sorted(unseen))


def _unseen(name: str) -> Finding:
    is_browser = name.casefold().startswith(BROWSERS)
    return Finding((PAGES if is_browser else CONTROLS).format(name), works=False, remedy=FLAG if is_browser else HIDDEN)


def _unseen_programs() -> set[str]:
    windows, told = _programs_with_windows(), asyncio.run(_processes_on_the_bus())
    return {name for pid, name in windows.items() if pid not in told | own_processes()}


def _programs_with_windows() -> dict[int, str]:
    display = XDisplay()
    try:
        with display.guarded():
            found = {}
            for ident in display.numbers(display.root.id, "_NET_CLIENT_LIST"):
                pid, names = display.pid(ident), display.names(ident)
                furniture = {display.atom(kind) for kind in FURNITURE} & {*display.numbers(ident, "_NET_WM_WINDOW_TYPE")}
                if pid is not None and names and not furniture:
                    found[pid] = names[0]
            return found
    finally:
        display.close()


async def _processes_on_the_bus() -> set[int]:
    bus = AccessibilityBus()
    await bus.connect()
    try:
        pids = await together(*(bus.pid(owner) for owner, _ in await bus.programs()))
        return {pid for pid in pids if pid is not None}
    finally:
        await bus.close()


def _finding(subject: str, *, works: bool | None, remedy: str = "") -> Finding:
    return Finding(subject, works, "" if works else remedy or f"{subject}_remedy")
