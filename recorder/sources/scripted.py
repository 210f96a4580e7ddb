"""A source that replays given sightings: tests drive the same recorder as a desktop does, without waiting."""

from __future__ import annotations

from collections.abc import Iterable

from recorder.sources.base import Emit, Finding, Sighting, Source

__all__ = ["ScriptedClock", "ScriptedSource"]


class ScriptedClock:
    """
    A `Clock` that stands still until it is moved.

    Args:

        t_ms: Where it stands at first, ms since the session began.
    """

    def __init__(self, t_ms: int = 0) -> None:
        self._t_ms = t_ms

    def __call__(self) -> int:
        """Milliseconds since the session began."""
        return self._t_ms

    def move_to(self, t_ms: int) -> None:
        """
        Let the time be `t_ms`.

        Raises:

            ValueError: That time has passed already.
        """
        if t_ms < self._t_ms:
            raise ValueError(f"the clock stands at {self._t_ms} ms and cannot go back to {t_ms} ms")
        self._t_ms = t_ms


class ScriptedSource(Source):
    """
    Replays sightings in the given order, each at its own time.

    `start` moves the clock to each sighting's time, emits it, and returns after the last one, on the caller's thread.

    Args:

        sightings: What is seen, in order of time.

        clock: The clock of the session that is being tested.

    Raises:

        ValueError: A sighting is earlier than the one before it; the message says which.
    """

    name = "script"

    def __init__(self, sightings: Iterable[Sighting], clock: ScriptedClock) -> None:
        self._sightings = tuple(sightings)
        self._clock = clock
        self._started = False
        self._stopped = False
        for place, (former, later) in enumerate(zip(self._sightings, self._sightings[1:], strict=False), start=1):
            if later.t_ms < former.t_ms:
                raise ValueError(f"sighting {place} is at {later.t_ms} ms, before the {former.t_ms} ms of the one before it")

    @property
    def sees(self) -> frozenset[type[Sighting]]:
        """Kinds of sightings of the script."""
        return frozenset(type(sighting) for sighting in self._sightings)

    def start(self, emit: Emit) -> None:
        """Replay all sightings, or those up to a `stop` from within `emit`."""
        if self._started:
            raise RuntimeError("this source was started before; make a new one")
        self._started = True
        for sighting in self._sightings:
            if self._stopped:
                return
            self._clock.move_to(sighting.t_ms)
            emit(sighting)

    def stop(self) -> None:
        """End the replay after the sighting that is being emitted."""
        self._stopped = self._started

    def self_test(self) -> tuple[Finding, ...]:
        """One finding, and it works: a script needs nothing of the machine."""
        return (Finding("scripted sightings", works=True),)
