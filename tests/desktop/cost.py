"""
What recording costs, and how true its times are: `make cost`.

Plays the six cases with the recorder beside them on a desktop of its own and prints what was measured; asserts nothing, for the machine may be
shared. CPU and memory are those of the recording process between `recording SESSION` and Ctrl-C; PSS is the memory that is its own, with its
share of what it shares.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

from recorder.sources.pointer_keyboard import PointerKeyboard
from recorder.window import messages
from recorder.window.process import WindowProcess
from tests.desktop.customers import Canaries
from tests.desktop.desktop import Desktop
from tests.desktop.hands import Hands, Pace
from tests.desktop.morning import Morning, play_morning
from tests.desktop.websites import Websites

CALLBACKS_S = 20.0


def main() -> None:
    """Measure and print, a line each."""
    with tempfile.TemporaryDirectory(prefix="desk-") as place, tempfile.TemporaryDirectory() as folder, Desktop(Path(place)) as desktop:
        os.environ.update({name: desktop.env[name] for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")})
        with Websites(Canaries.invent()) as sites:
            _say_morning(play_morning(desktop, sites, Path(folder)))
        _say_callbacks(desktop)
        _say_window()


def _say_morning(morning: Morning) -> None:
    cost, truth = morning.recorder.cost, morning.truth
    print(f"recording     {cost['seconds']:.0f} s at human pace: {truth.keys} keys, {truth.clicks} clicks")
    print(f"CPU           {cost['cpu_share']:.1%} of a core")
    print(f"memory        {cost['pss_mib']:.0f} MiB (PSS)")
    stays = [
        (event.app, event.screen, event.t_ms / 1000)
        for event in morning.recorder.events()
        if event.action == "screen" and not event.element
    ]
    stays = [one for number, one in enumerate(stays) if not number or one[:2] != stays[number - 1][:2]]
    screens = [(one.app, one.screen, one.entered) for one in truth.screens]
    screens = [one for number, one in enumerate(screens) if not number or one[:2] != screens[number - 1][:2]]
    pairs = list(zip(pairwise(screens), pairwise(stays), strict=True))[1:]
    off = sorted(abs((after[2] - before[2]) - (later[2] - earlier[2])) * 1000 for (before, after), (earlier, later) in pairs)
    print(
        f"dwell         {sum(one <= 100 for one in off)} of {len(off)} screens within 100 ms; median {median(off):.0f}, worst {off[-1]:.0f} ms off"
    )


def _say_callbacks(desktop: Desktop) -> None:
    seen: list[object] = []
    start = time.monotonic_ns()
    source = PointerKeyboard(lambda: (time.monotonic_ns() - start) // 1_000_000)
    source.start(seen.append)
    hands = Hands(desktop.display, pace=Pace(key=0.03, held=0.01))
    ends = time.monotonic() + CALLBACKS_S
    while time.monotonic() < ends:
        hands.type("the quick brown fox ")
        hands.click(600, 500)
    source.stop()
    hands.close()
    print(f"callbacks     {len(seen)} presses at 30 a second: p99 at most {source.callback_p99_us():.0f} microseconds")


def _say_window() -> None:
    window = WindowProcess("en")
    window.start()
    window.send(messages.Status("recording", (), 1, 1))
    window.send(messages.Say("measured"))
    time.sleep(2)
    lines = Path(f"/proc/{window.pid}/smaps_rollup").read_text().splitlines()
    pss = next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    window.close()
    print(f"its window    {pss:.0f} MiB (PSS)")


if __name__ == "__main__":
    sys.exit(main())
