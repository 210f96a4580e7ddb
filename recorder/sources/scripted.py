"""A source that replays given observations: tests drive the same recorder as a desktop does, without waiting."""

from __future__ import annotations

from collections.abc import Iterable

from recorder.sources.base import Emit, Finding, Observation, Source

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
    Replays observations in the given order, each at its own time.

    `start` moves the clock to each observation's time, emits it, and returns after the last one, on the caller's thread.

    Args:

        observations: What is seen, in order of time.

        clock: The clock of the session that is being tested.

    Raises:

        ValueError: An observation is earlier than the one before it; the message says which.
    """

    def __init__(self, observations: Iterable[Observation], clock: ScriptedClock) -> None:
        self._observations = tuple(observations)
        self._clock = clock
        self._started = False
        self._stopped = False
        for place, (former, later) in enumerate(zip(self._observations, self._observations[1:], strict=False), start=1):
            if later.t_ms < former.t_ms:
                raise ValueError(f"observation {place} is at {later.t_ms} ms, before the {former.t_ms} ms of the one before it")

    @property
    def sees(self) -> frozenset[str]:
        """Actions of the script."""
        return frozenset(observation.action for observation in self._observations)

    def start(self, emit: Emit) -> None:
        """Replay all observations, or those up to a `stop` from within `emit`."""
        if self._started:
            raise RuntimeError("this source was started before; make a new one")
        self._started = True
        for observation in self._observations:
            if self._stopped:
                return
            self._clock.move_to(observation.t_ms)
            emit(observation)

    def stop(self) -> None:
        """End the replay after the observation that is being emitted."""
        self._stopped = self._started

    def self_test(self) -> tuple[Finding, ...]:
        """One finding, and it works: a script needs nothing of the machine."""
        return (Finding("scripted observations", works=True),)
