"""
A desktop that nobody looks at, real in everything else: X server, window manager, session bus, accessibility bus, browser.

    with Desktop(folder) as desktop:
        desktop.chromium("http://127.0.0.1:8000/")
        desktop.spawn(sys.executable, "-m", "something")

Everything it starts has its home, its sockets and its temporary files below the folder, and is gone when the block ends. Nothing of the
desktop of whoever runs the tests is touched.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, NamedTuple, Self, TypeVar

from tests.desktop.bus import Bus, BusError

__all__ = ["MISSING", "Desktop", "DesktopError", "Shown", "until"]

ROOT: Final = Path(__file__).resolve().parents[2]
SCREEN: Final = (1920, 1080)
LAUNCHER: Final = next(
    (path for folder in ("/usr/libexec", "/usr/lib/at-spi2-core") if (path := Path(folder) / "at-spi-bus-launcher").exists()), None
)
CHROMIUM: Final = shutil.which("chromium")
PROGRAMS: Final = ("Xvfb", "openbox", "dbus-daemon", "xprop", "wmctrl")

# What this machine lacks, each by name; empty where a desktop can be had.
MISSING: Final = (
    *(name for name in PROGRAMS if not shutil.which(name)),
    *(() if CHROMIUM else ("chromium",)),
    *(() if LAUNCHER else ("at-spi-bus-launcher",)),
    *(() if Path("/usr/lib/python3/dist-packages/gi").exists() else ("python3-gi",)),
    *(() if any(Path("/usr").glob("lib*/**/girepository-1.0/Gtk-3.0.typelib")) else ("GTK 3",)),
)

# What is started goes when the tests are killed, too.
WITH_US: Final = ("setpriv", "--pdeathsig", "KILL", "--") if shutil.which("setpriv") else ()

# A path of a unix socket has at most 107 bytes, and Chromium adds some fifty to the folder's.
LONGEST_FOLDER: Final = 60

BUS_CONFIG: Final = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

# Bubbles that would stand before the page, and memory of what was typed in an earlier case.
PREFERENCES: Final = {
    "autofill": {"credit_card_enabled": False, "enabled": False, "profile_enabled": False},
    "browser": {"check_default_browser": False, "has_seen_welcome_page": True},
    "credentials_enable_leak_detection": False,
    "credentials_enable_service": False,
    "profile": {"password_manager_enabled": False},
    "translate": {"enabled": False},
}

CHROMIUM_FLAGS: Final = (
    "--no-sandbox",  # root and containers have none, and it shows nothing but pages of ours
    "--test-type",  # no bar that warns of it
    "--force-renderer-accessibility",  # without it Chromium shows no page to the accessibility bus
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-gpu",
    "--password-store=basic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",  # containers give it 64 MB
    "--disable-backgrounding-occluded-windows",  # a window behind another still reports its boxes
    "--disable-renderer-backgrounding",
    "--disable-background-timer-throttling",
    "--disable-features=Translate,AutofillServerCommunication",
)

T = TypeVar("T")


class DesktopError(RuntimeError):
    """Something of the desktop did not come up, or did not go, within its time; the folder `logs` holds what it said."""


class Shown(NamedTuple):
    """A window of the desktop: its id and its title."""

    window: int
    title: str


def until(condition: Callable[[], T | None], what: str, seconds: float = 20.0, every: float = 0.01) -> T:
    """
    Ask until the answer is a true one, and return it.

    Raises:

        DesktopError: It did not come in time.
    """
    deadline = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > deadline:
            raise DesktopError(f"{what}: not within {seconds:g} s")
        time.sleep(every)  # how often it asks, not how long it takes
    return answer


class Desktop:
    """
    A desktop with everything that works on it, while the `with` block lasts.

    Args:

        folder: An empty folder that belongs to it, with a short path.

    Attributes:

        display: Its name, as in `:77`.

        env: What every program on it has to be started with; holds nothing of the caller's own desktop.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        if len(str(self.folder)) > LONGEST_FOLDER:
            raise DesktopError(f"the folder's path has more than {LONGEST_FOLDER} characters, too many for the sockets in it")
        self.display = ""
        self.env: dict[str, str] = {}
        self._running: list[subprocess.Popen] = []
        self._logs: list[IO[bytes]] = []
        self._browser: subprocess.Popen | None = None

    def __enter__(self) -> Self:
        try:
            self._make_folders()
            self._start_screen()
            self._start_session_bus()
            self._start_window_manager()
            self._start_accessibility()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # ---- coming up

    def _make_folders(self) -> None:
        places = {
            "HOME": "home",
            "XDG_RUNTIME_DIR": "run",
            "XDG_CONFIG_HOME": "home/.config",
            "XDG_CACHE_HOME": "home/.cache",
            "XDG_DATA_HOME": "home/.local/share",
            "XDG_STATE_HOME": "home/.local/state",
            "TMPDIR": "tmp",
        }
        for place in (*places.values(), "logs"):
            (self.folder / place).mkdir(mode=0o700, parents=True, exist_ok=True)
        self.env = {name: str(self.folder / place) for name, place in places.items()} | {
            "PATH": os.environ.get("PATH", os.defpath),
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "XDG_SESSION_TYPE": "x11",
            "XDG_CURRENT_DESKTOP": "openbox",
            "GSETTINGS_BACKEND": "memory",
            "GIO_USE_VFS": "local",
            "GDK_BACKEND": "x11",
            "QT_QPA_PLATFORM": "xcb",
        }

    def _start_screen(self) -> None:
        width, height = SCREEN
        reader, writer = os.pipe()
        with os.fdopen(reader, encoding="ascii") as answer:
            try:
                self.spawn(
                    *("Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24"),
                    *("-nolisten", "tcp", "-noreset", "+extension", "RECORD"),
                    pass_fds=(writer,),
                )
            finally:
                os.close(writer)
            number = answer.readline().strip()  # ends at once if the server dies
        if not number:
            raise DesktopError("Xvfb did not start")
        self.display = f":{number}"
        self.env["DISPLAY"] = self.display

    def _start_session_bus(self) -> None:
        path = self.folder / "run" / "bus"
        config = self.folder / "run" / "bus.conf"
        config.write_text(BUS_CONFIG.format(path=path), "utf-8")
        self.spawn("dbus-daemon", f"--config-file={config}", "--nofork", "--nopidfile")
        self.env["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={path}"
        until(self._session_bus_answers, "the session bus")

    def _session_bus_answers(self) -> bool:
        with suppress(BusError), Bus(self.env["DBUS_SESSION_BUS_ADDRESS"]):
            return True
        return False

    def _start_window_manager(self) -> None:
        self.spawn("openbox", "--sm-disable")
        until(lambda: "window id" in self._property("_NET_SUPPORTING_WM_CHECK"), "the window manager")

    def _start_accessibility(self) -> None:
        self.spawn(str(LAUNCHER), "--launch-immediately")
        address = until(self._accessibility_address, "the accessibility bus")
        with Bus(self.env["DBUS_SESSION_BUS_ADDRESS"]) as bus:
            bus.enable_accessibility()
        # Qt 5 registers by chance only where this is not set.
        self._run("xprop", "-root", "-f", "AT_SPI_BUS", "8s", "-set", "AT_SPI_BUS", address)
        until(lambda: self._accessible_programs() is not None, "the accessibility registry")

    def _accessibility_address(self) -> str | None:
        with suppress(BusError), Bus(self.env["DBUS_SESSION_BUS_ADDRESS"]) as bus:
            return bus.accessibility_address()
        return None

    def _accessible_programs(self) -> list[str] | None:
        address = self._accessibility_address()
        with suppress(BusError), Bus(address or "") as bus:
            return bus.programs()
        return None

    # ---- what works on it

    def spawn(self, *command: str, name: str = "", **more: object) -> subprocess.Popen:
        """
        Start a program on the desktop; it ends with it.

        Args:

            command: The program and its arguments.

            name: What its log is called; the program's own name if left out.

            more: What `subprocess.Popen` takes. Without `stdout` or `stderr`, these go to a file in `logs`; `env` comes on top of the
                desktop's.
        """
        log = (self.folder / "logs" / f"{name or Path(command[0]).name}.log").open("ab")
        self._logs.append(log)
        settings: dict = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": self.folder, "start_new_session": True} | more
        settings["env"] = self.env | settings.get("env", {})
        process = subprocess.Popen((*WITH_US, *command), **settings)
        self._running.append(process)
        return process

    def chromium(self, *urls: str, place: tuple[int, int, int, int] = (0, 0, 1200, 950)) -> int:
        """
        Show web pages in a new window of the browser, which is started the first time; the last page is in front.

        Args:

            urls: The pages, a tab each.

            place: Left, top, width and height of the window, pixels.

        Returns:

            The window's id, once the window is there and its page is on the accessibility bus.
        """
        before = {one.window for one in self.windows()}
        profile = self.folder / "home" / "chromium"
        if self._browser is None:
            (profile / "Default").mkdir(parents=True)
            (profile / "Default" / "Preferences").write_text(json.dumps(PREFERENCES), "utf-8")
        started = self.spawn(
            *(str(CHROMIUM), *CHROMIUM_FLAGS, f"--user-data-dir={profile}", "--new-window"),
            *(f"--window-position={place[0]},{place[1]}", f"--window-size={place[2]},{place[3]}", *urls),
        )
        self._browser = self._browser or started
        window = until(lambda: next((one.window for one in self.windows() if one.window not in before), None), "a window of Chromium", 60)
        self.place(window, *place)
        until(lambda: self._has_document(urls), "a page of Chromium on the accessibility bus", 60)
        return window

    def _has_document(self, urls: tuple[str, ...]) -> bool:
        with suppress(BusError), Bus(self._accessibility_address() or "") as bus:
            return bus.has_documents("chromium", urls[-1:])
        return False

    def windows(self) -> list[Shown]:
        """The windows that the window manager keeps, oldest first."""
        rows = [row.split(maxsplit=3) for row in self._run("wmctrl", "-l").stdout.splitlines()]
        return [Shown(int(row[0], 16), row[3] if len(row) > 3 else "") for row in rows if len(row) > 2]

    def active_window(self) -> int | None:
        """The window that has the keyboard."""
        answer = self._property("_NET_ACTIVE_WINDOW").rpartition("# ")[2].strip()
        return int(answer, 16) or None if answer.startswith("0x") else None

    def activate(self, window: int) -> None:
        """Have the window manager put a window in front and give it the keyboard, as a task bar does."""
        self._run("wmctrl", "-i", "-a", hex(window))
        until(lambda: self.active_window() == window, f"window {window:#x} in front")

    def place(self, window: int, x: int, y: int, width: int, height: int) -> None:
        """Have the window manager move and size a window."""
        self._run("wmctrl", "-i", "-r", hex(window), "-e", f"0,{x},{y},{width},{height}")

    def close(self, window: int) -> None:
        """Have the window manager ask a window to close, and wait until it has."""
        self._run("wmctrl", "-i", "-c", hex(window))
        until(lambda: window not in {one.window for one in self.windows()}, f"window {window:#x} gone")

    def programs(self) -> list[str]:
        """Names of the programs on the accessibility bus."""
        return self._accessible_programs() or []

    def take_picture(self, file: Path) -> None:
        """Write what is on the screen as PNG."""
        import mss  # noqa: PLC0415 - for people who look, not for the tests
        import mss.tools  # noqa: PLC0415 - same

        with mss.MSS(display=self.display) as screen:
            picture = screen.grab(screen.monitors[0])
            mss.tools.to_png(picture.rgb, picture.size, output=str(file))

    def _property(self, name: str) -> str:
        return self._run("xprop", "-root", name).stdout

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, env=self.env, capture_output=True, text=True, errors="replace", check=False, timeout=30)

    # ---- going down

    def left_over(self) -> list[int]:
        """Ids of the processes, of this desktop and no other, that are still there."""
        mark = f"XDG_RUNTIME_DIR={self.env.get('XDG_RUNTIME_DIR')}".encode()
        return [pid for pid, environment in _environments() if mark in environment.split(b"\0")]

    def stop(self) -> None:
        """End everything that was started here, newest first, and wait until it has gone."""
        for process in reversed(self._running):
            _end(process)
        self._running.clear()
        for log in self._logs:
            log.close()
        self._logs.clear()
        with suppress(DesktopError):
            until(lambda: not self.left_over(), "the last processes gone", 5)
        for pid in self.left_over():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        until(lambda: not self.left_over(), "the last processes gone", 5)


def _environments() -> Iterator[tuple[int, bytes]]:
    """The id and the environment of every process that may be looked at."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(OSError):
                yield int(folder.name), (folder / "environ").read_bytes()


def _end(process: subprocess.Popen) -> None:
    """End a process and those it started, with three seconds for it to do so itself."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(3)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            with suppress(OSError):
                pipe.close()
