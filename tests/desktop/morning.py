"""
A morning of the clerk with the recorder beside it: played once, and held against by every test of the desktop.

    consent -> record --no-window -> six cases -> Ctrl-C -> review --release -> import
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from recorder.agent import agent_pair, for_study
from shadow.consent import read_consent
from shadow.recorded import RecordedEvent
from shadow.sealed_session import open_sealed
from tests.desktop.clerk import Clerk
from tests.desktop.desktop import Desktop
from tests.desktop.hands import Pace
from tests.desktop.programs import Program, start_notes, start_opaque
from tests.desktop.script import Script
from tests.desktop.truth import Truth
from tests.desktop.websites import Observed, Website, Websites

__all__ = ["CLI", "Morning", "RecorderRun", "play_morning", "write_study"]

CLI: Final = (sys.executable, "-c", "from shadow.cli import main; main()")
PACE: Final = Pace(think=0.3)
ANSWERS: Final = "yes\nyes\nyes\nyes\nno\n"

# Counts what pynput hears until its standard input ends: a stranger to the clerk, and what the recorder listens with.
EAR: Final = """
import sys
from pynput import keyboard, mouse
heard = {"keys": 0, "clicks": 0}
names = ("ctrl", "ctrl_l", "ctrl_r", "shift", "shift_l", "shift_r", "alt", "alt_l", "alt_r")
def on_press(key):
    heard["keys"] += getattr(key, "name", None) not in names
def on_click(x, y, button, pressed):
    heard["clicks"] += pressed
ears = keyboard.Listener(on_press=on_press), mouse.Listener(on_click=on_click)
for ear in ears:
    ear.start()
for ear in ears:
    ear.wait()
print("listening", flush=True)
sys.stdin.read()
print(heard["keys"], heard["clicks"], flush=True)
"""


@dataclass
class RecorderRun:
    """
    A recorder under the desktop, from its start to its end.

    Args:

        desktop: Where it records.

        folder: For everything it writes: the study, the agent's home, temporary files, what it says.

        apps: The allowlist.

        screens: Pattern and name of each screen, by app.
    """

    desktop: Desktop
    folder: Path
    apps: tuple[str, ...]
    screens: tuple[tuple[str, str, str], ...] = ()
    said: list[str] = field(default_factory=list)
    session: Path = Path()
    cost: dict[str, float] = field(default_factory=dict)

    @property
    def study(self) -> Path:
        """The study."""
        return self.folder / "study"

    @property
    def env(self) -> dict[str, str]:
        """Where the recorder finds its home, its temporary files, and no keyring."""
        return self.desktop.env | {
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "SHADOW_HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }

    def shadow(self, *arguments: str) -> str:
        """Run a command to its end; returns what it said."""
        ran = subprocess.run([*CLI, *arguments], env=self.env, cwd=self.folder, capture_output=True, text=True, check=False)
        self.said += [ran.stdout, ran.stderr]
        assert 0 == ran.returncode, ran.stderr
        return ran.stdout

    def start(self, answers: str = ANSWERS, *before: str) -> None:
        """Say yes; returns when every source is ready. `before` is a program to run it under."""
        for name in ("tmp", "cwd"):
            (self.folder / name).mkdir(exist_ok=True)
        write_study(self)
        self.errors = (self.folder / "recorder.err").open("w+")
        command = [*before, *CLI, "record", "--study", str(self.study), "--no-window"]
        self.process = subprocess.Popen(
            command, env=self.env, cwd=self.folder / "cwd", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True
        )
        self.process.stdin.write(answers)
        self.process.stdin.flush()
        for line in self.process.stdout:
            self.said.append(line)
            if line.startswith("recording "):
                self.session = Path(line.removeprefix("recording ").strip())
                break
        assert self.session != Path(), self.errors_so_far()
        self._started = (time.monotonic(), self._cpu_s())

    def stop(self) -> None:
        """Ctrl-C; returns when the session is sealed."""
        wall, cpu = time.monotonic() - self._started[0], self._cpu_s() - self._started[1]
        self.cost = {"cpu_share": cpu / wall, "pss_mib": self._pss_mib(), "seconds": wall}
        self.process.send_signal(signal.SIGINT)
        self.said.append(self.process.stdout.read())
        code = self.process.wait(20)
        self.said.append(self.errors_so_far())
        self.process.stdin.close()
        self.process.stdout.close()
        self.errors.close()
        assert 0 == code, self.said[-1]

    def errors_so_far(self) -> str:
        """What it wrote to standard error."""
        return (self.folder / "recorder.err").read_text()

    def events(self) -> list[RecordedEvent]:
        """What the agent can read of the session."""
        session = open_sealed(self.session)
        agent, _ = agent_pair(self.folder / "home")
        return list(session.read(for_study(agent, read_consent(session.consent).study)).events)

    def _cpu_s(self) -> float:
        times = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")

    def _pss_mib(self) -> float:
        lines = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


@dataclass
class Morning:
    """A whole script, played: what the clerk says, what everybody else saw, and what was recorded."""

    truth: Truth
    sites: Websites
    notes: Program
    heard: tuple[int, int]
    titles: tuple[str, ...]
    programs: tuple[str, ...]
    recorder: RecorderRun

    def website(self, app: str) -> Website | Program:
        """Who has the name that the truth uses."""
        return next(one for one in (self.sites.tickets, self.sites.billing, self.notes) if app in {getattr(one, "address", ""), one.name})

    def observed(self, *kinds: str) -> list[tuple[str, Observed]]:
        """The DOM events of both systems with the system's name, in order of time."""
        both = [(site.address, one) for site in (self.sites.tickets, self.sites.billing) for one in site.events(*kinds)]
        return sorted(both, key=lambda pair: pair[1].at)


def write_study(run: RecorderRun) -> None:
    """A study that allows the run's applications, knows its screens, and what a ticket is called."""
    run.shadow("init", str(run.study))
    file = run.study / "study.toml"
    text = file.read_text("utf-8").replace("apps = []", f"apps = {json.dumps(run.apps)}")
    text = text.replace("id_patterns = []", r"id_patterns = ['^INC-\d{6}$']")
    text += "".join(f'\n[[screens]]\napp = "{app}"\nmatch = "{match}"\nname = "{name}"\n' for app, match, name in run.screens)
    file.write_text(text, "utf-8")


def play_morning(desktop: Desktop, sites: Websites, folder: Path) -> Morning:
    """Six cases with everything in them, recorded, released and imported."""
    notes, opaque = start_notes(desktop), start_opaque(desktop)
    tickets, billing = sites.tickets.address, sites.billing.address
    screens = (
        (tickets, "^/tickets/INC", "/tickets/{ticket}"),
        (tickets, "^/tickets/?$", "/tickets"),
        (billing, "^/invoices/new", "/invoices/new"),
        (billing, "^/invoices/thanks", "/invoices/thanks"),
        (billing, "^/", "/"),
        ("kladde", "Kladde", "Kladde"),
    )
    run = RecorderRun(desktop, folder, (tickets, billing, "kladde"), screens)
    ear = desktop.spawn(sys.executable, "-c", EAR, name="ear", stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with Clerk(desktop, sites, notes, opaque=opaque, seed=1, pace=PACE) as clerk:
        assert "listening\n" == ear.stdout.readline()
        run.start()
        truth = Script(clerk).run()
        clerk.hands.wait(1.0)  # nobody stops within the second in which a page comes
        run.stop()
        titles = tuple(one.title for one in desktop.windows())
        programs = tuple(desktop.programs())
    (folder / "truth.json").write_text(json.dumps(truth.as_json(), indent=1), "utf-8")
    ear.stdin.close()
    keys, clicks = ear.stdout.readline().split()
    run.shadow("review", str(run.session), "--release")
    run.shadow("import", str(run.session), "--study", str(run.study))
    return Morning(truth, sites, notes, (int(keys), int(clicks)), titles, programs, run)
