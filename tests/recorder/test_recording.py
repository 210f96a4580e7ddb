"""A recording while it runs: what the agent decides, and what happens when a part of it fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recorder.journal import Journal
from recorder.recording import Recording, State, Trouble
from recorder.sources.base import Emit, Finding, KeyClass, KeyPressed, PageShown, Sighting, Source
from shadow.errors import CaptureError
from shadow.keys import KeyPair
from shadow.recorded import RecordedEvent
from shadow.sealed_session import open_sealed
from tests.recorder.desk import ALL, SETTINGS, TICKETS, page

DEADLINE_S = 20.0


class Live(Source):
    """A source that sees what the test tells it to, shows a page at its start, and dies when told to."""

    name = "windows"

    def __init__(self, of: Bench) -> None:
        self._of = of
        self.living = True

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Pages and keys."""
        return frozenset({PageShown, KeyPressed})

    def start(self, emit: Emit) -> None:
        """Show a page at once."""
        if self._of.refuses:
            raise CaptureError("no server", "start one")
        self._of.live.append(self)
        self.emit = emit
        emit(PageShown(t_ms=self._of.clock(), page=page(TICKETS, "/tickets/INC-100001"), controls=()))

    def stop(self) -> None:
        """Live no longer."""
        if self in self._of.live:
            self._of.live.remove(self)

    def alive(self) -> bool:
        """Until the test says otherwise."""
        return self.living

    def self_test(self) -> tuple[Finding, ...]:
        """Nothing to try."""
        return ()


class Bench:
    """A recording with a live source and a real journal."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.live: list[Live] = []
        self.refuses = False
        self.troubles: list[Trouble] = []
        self.awake_ms = 0
        self.agent = KeyPair.fresh()
        start = time.monotonic_ns()
        self.clock = lambda: (time.monotonic_ns() - start) // 1_000_000
        journal = Journal.begin(
            folder, session_id="s-1", consent=b"{}", agent=self.agent.public, signer=KeyPair.fresh(), clock=self.clock,
            wall=lambda: datetime.now(UTC), ballast_bytes=4096,
        )  # fmt: skip
        self.recording = Recording(
            SETTINGS, ALL, journal, lambda _: [lambda: Live(self)],
            clock=self.clock, tell=self.troubles.append, awake_ms=lambda: self.clock() + self.awake_ms,
        )  # fmt: skip

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that another thread does."""
        ends = time.monotonic() + DEADLINE_S
        waiting = threading.Event()
        while not condition():
            assert time.monotonic() < ends, what
            waiting.wait(0.01)

    def events(self) -> list[RecordedEvent]:
        """What the stopped session holds."""
        self.recording.stop()
        return list(open_sealed(self.folder).read(self.agent).events)

    def actions(self) -> list[str]:
        """The same, as words."""
        return [event.action for event in self.events()]


@pytest.fixture(name="bench")
def _bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path / "s-1")
    before = set(threading.enumerate())
    yield bench
    bench.recording.stop()

    assert not {thread for thread in threading.enumerate() if thread not in before and thread.name in ("sessioniser", "watch")}


def test_start_and_stop(bench: Bench) -> None:
    """What a source sees at its start is in the session, and nothing is left running."""
    bench.recording.start()

    assert ["screen"] == bench.actions()
    assert [] == bench.live
    assert State.stopped is bench.recording.state


def test_pause_stops_every_source(bench: Bench) -> None:
    """While paused no source exists; a resumed recording begins with what is in front."""
    bench.recording.start()
    bench.recording.pause()
    while_paused = list(bench.live)
    bench.recording.resume()

    assert [] == while_paused
    assert ["screen", "pause", "resume", "screen"] == bench.actions()


def test_source_that_dies(bench: Bench) -> None:
    """It is made anew within two seconds, the time between is a gap, and the agent is told of both."""
    bench.recording.start()
    bench.live[0].living = False
    died = time.monotonic()
    bench.until(lambda: len(bench.troubles) > 1, "the source was not made anew")
    took_s = time.monotonic() - died

    assert [Trouble("trouble_source_lost", "windows"), Trouble("said_source_restarted", "windows")] == bench.troubles
    assert ["screen", "gap_start", "gap_end", "screen"] == bench.actions()
    assert took_s < 2


def test_source_that_stays_away(bench: Bench) -> None:
    """While it cannot be made anew the agent sees that part is missing, and the gap goes on."""
    bench.recording.start()
    bench.refuses = True
    bench.live[0].living = False
    bench.until(lambda: bench.recording.state is State.degraded, "the agent was not told")
    bench.refuses = False
    bench.until(lambda: bench.recording.state is State.recording, "it did not come back")

    assert ["screen", "gap_start", "gap_end", "screen"] == bench.actions()


def test_source_that_cannot_start(bench: Bench) -> None:
    """A recording that cannot see does not begin, and leaves nothing running."""
    bench.refuses = True

    with pytest.raises(CaptureError, match="no server"):
        bench.recording.start()
    assert [] == bench.live


def test_sleep_is_a_gap(bench: Bench) -> None:
    """A machine that slept leaves a gap, not a long stay on a screen."""
    bench.recording.start()
    bench.awake_ms = 3_600_000
    bench.until(lambda: Trouble("said_slept") in bench.troubles, "nobody noticed")

    assert ["screen", "gap_start", "gap_end"] == bench.actions()[:3]


def test_mark_with_words(bench: Bench) -> None:
    """A mark carries the agent's words."""
    bench.recording.start()
    bench.recording.mark("hvorfor to gange?")

    assert ["hvorfor to gange?"] == [event.note for event in bench.events() if event.action == "mark"]


def test_forget(bench: Bench) -> None:
    """What was recorded in the last five minutes is gone, and the recording goes on."""
    bench.recording.start()
    bench.recording.mark("first")
    bench.recording.forget_last()
    bench.recording.mark("second")

    assert ["second"] == [event.note for event in bench.events() if event.action == "mark"]


def test_a_fault_in_one_sighting(bench: Bench) -> None:
    """A sighting that is not understood is left out, told by the kind of fault only, and the rest goes on."""
    bench.recording.start()
    bench.live[0].emit(Sighting(t_ms=5))
    bench.live[0].emit(KeyPressed(t_ms=6, key=KeyClass.character))
    bench.until(lambda: bench.troubles, "the agent was not told")
    bench.recording.mark("after")

    assert [Trouble("said_fault", "KeyError")] == bench.troubles
    assert "mark" in bench.actions()


def test_stop_twice(bench: Bench) -> None:
    """Stopping a stopped recording has no effect, nor has steering it."""
    bench.recording.start()
    bench.recording.stop()
    bench.recording.stop()
    bench.recording.pause()
    bench.recording.resume()
    bench.recording.mark()

    assert ["screen"] == bench.actions()
