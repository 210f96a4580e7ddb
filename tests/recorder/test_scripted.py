"""Sources: the protocol every source keeps, and the one that tests replay."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields

import pytest

from recorder.sources.base import Emit, Finding, Observation, Source
from recorder.sources.scripted import ScriptedClock, ScriptedSource

SECRET = "110386-1234"  # noqa: S105 - what must not be shown

SCRIPT = (
    Observation(t_ms=0, action="focus", app="crm", screen="/tickets/:id", element="name"),
    Observation(t_ms=1200, action="change", app="crm", element="name", value=SECRET, keys=4),
    Observation(t_ms=1200, action="mark", note=f"why again, {SECRET}?"),
)


def test_replays_in_order_at_its_own_times() -> None:
    """Each observation is emitted once, in order, while the clock stands at its time."""
    clock = ScriptedClock()
    seen: list[tuple[int, Observation]] = []
    ScriptedSource(SCRIPT, clock).start(lambda observation: seen.append((clock(), observation)))

    assert [(observation.t_ms, observation) for observation in SCRIPT] == seen


def test_sees_what_the_script_holds() -> None:
    """It sees the actions of its script and says so before it is started."""
    assert {"focus", "change", "mark"} == ScriptedSource(SCRIPT, ScriptedClock()).sees


def test_empty_script() -> None:
    """A script without observations emits nothing, sees nothing, and is a source like any other."""
    source = ScriptedSource([], ScriptedClock())
    seen: list[Observation] = []
    source.start(seen.append)
    source.stop()

    assert ([], frozenset()) == (seen, source.sees)


def test_stop_from_within() -> None:
    """Once stopped it emits nothing more, also if the recorder stops it while it emits."""
    source = ScriptedSource(SCRIPT, ScriptedClock())
    seen: list[Observation] = []

    def stop_at_once(observation: Observation) -> None:
        seen.append(observation)
        source.stop()

    source.start(stop_at_once)

    assert [SCRIPT[0]] == seen


def test_stop_before_start_has_no_effect() -> None:
    """A source that is stopped before it was started still starts, and may be stopped twice."""
    source = ScriptedSource(SCRIPT, ScriptedClock())
    seen: list[Observation] = []
    source.stop()
    source.start(seen.append)
    source.stop()
    source.stop()

    assert list(SCRIPT) == seen


def test_started_once() -> None:
    """Starting twice is an error, not a second replay."""
    source = ScriptedSource(SCRIPT, ScriptedClock())
    source.start(lambda _: None)

    with pytest.raises(RuntimeError, match="started before"):
        source.start(lambda _: None)


def test_self_test() -> None:
    """A script needs nothing of the machine."""
    assert (Finding("scripted observations", works=True),) == ScriptedSource(SCRIPT, ScriptedClock()).self_test()


def test_script_out_of_order() -> None:
    """A script that goes back in time is refused by the place of the fault, without its content."""
    with pytest.raises(ValueError, match="observation 1 is at 0 ms, before the 1200 ms") as refused:
        ScriptedSource((SCRIPT[1], SCRIPT[0]), ScriptedClock())
    assert SECRET not in str(refused.value)


def test_clock_never_goes_back() -> None:
    """A clock that was moved cannot be moved back."""
    clock = ScriptedClock(10)

    with pytest.raises(ValueError, match="cannot go back to 9 ms"):
        clock.move_to(9)
    assert 10 == clock()


class _Whole(Source):
    sees = frozenset({"click"})

    def start(self, emit: Emit) -> None:
        emit(Observation(t_ms=0, action="click"))

    def stop(self) -> None: ...

    def self_test(self) -> tuple[Finding, ...]:
        return ()


@pytest.mark.parametrize("missing", ["sees", "start", "stop", "self_test"])
def test_unfinished_source(missing: str) -> None:
    """A source that lacks one part of the protocol cannot be made."""
    unfinished = type("Unfinished", (Source,), {name: part for name, part in vars(_Whole).items() if name != missing})

    assert {"click"} == _Whole().sees
    with pytest.raises(TypeError, match=missing):
        unfinished()


@pytest.mark.parametrize("observation", SCRIPT[1:])
def test_repr_without_content(observation: Observation) -> None:
    """Neither the value nor the agent's words are shown, by any of the ways that show an object."""
    assert SECRET not in f"{observation!r} {observation} {[observation]}"


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy])
def test_observation_stays_in_memory(leak: object) -> None:
    """An observation cannot be written down by accident, and the refusal does not show it."""
    with pytest.raises(TypeError, match="stays in memory") as refused:
        leak(SCRIPT[1])  # type: ignore[operator]
    assert SECRET not in str(refused.value)


def test_observation_is_frozen() -> None:
    """An observation is not changed after it was made, and has no place for more than its fields."""
    with pytest.raises(FrozenInstanceError):
        SCRIPT[1].value = "another"  # type: ignore[misc]
    assert not hasattr(SCRIPT[1], "__dict__")


def test_unmeasured_is_none() -> None:
    """What a source does not say is None: never empty, zero or false."""
    bare = Observation(t_ms=5, action="click")

    assert {None} == {getattr(bare, field.name) for field in fields(bare)} - {5, "click"}
