"""Sources: the protocol every source keeps, and the one that tests replay."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, fields

import pytest

from recorder.sources.base import (
    ClipboardTaken,
    Control,
    ControlChanged,
    Emit,
    Finding,
    KeyClass,
    KeyPressed,
    Page,
    Sighting,
    Source,
    Window,
)
from recorder.sources.scripted import ScriptedClock, ScriptedSource

SECRET = "110386-1234"  # noqa: S105 - what must not be shown

PAGE = Page(key=1, names=("crm",), web=True, address=f"/customers/{SECRET}", title=SECRET)
FIELD = Control(key=2, page=PAGE, element="name", label=SECRET, role="entry", value=SECRET)

SCRIPT = (
    KeyPressed(t_ms=0, key=KeyClass.character),
    ControlChanged(t_ms=1200, control=FIELD, n_inserted=1, inserted=SECRET),
    ClipboardTaken(t_ms=1200, owner=Window(key=3, title=SECRET), text=SECRET),
)


def test_replays_in_order_at_its_own_times() -> None:
    """Each sighting is emitted once, in order, while the clock stands at its time."""
    clock = ScriptedClock()
    seen: list[tuple[int, Sighting]] = []
    ScriptedSource(SCRIPT, clock).start(lambda sighting: seen.append((clock(), sighting)))

    assert [(sighting.t_ms, sighting) for sighting in SCRIPT] == seen


def test_sees_what_the_script_holds() -> None:
    """It sees the kinds of its script and says so before it is started."""
    assert {KeyPressed, ControlChanged, ClipboardTaken} == ScriptedSource(SCRIPT, ScriptedClock()).sees


def test_empty_script() -> None:
    """A script without sightings emits nothing, sees nothing, and is a source like any other."""
    source = ScriptedSource([], ScriptedClock())
    seen: list[Sighting] = []
    source.start(seen.append)
    source.stop()

    assert ([], frozenset()) == (seen, source.sees)


def test_stop_from_within() -> None:
    """Once stopped it emits nothing more, also if the recorder stops it while it emits."""
    source = ScriptedSource(SCRIPT, ScriptedClock())
    seen: list[Sighting] = []

    def stop_at_once(sighting: Sighting) -> None:
        seen.append(sighting)
        source.stop()

    source.start(stop_at_once)

    assert [SCRIPT[0]] == seen


def test_stop_before_start_has_no_effect() -> None:
    """A source that is stopped before it was started still starts, and may be stopped twice."""
    source = ScriptedSource(SCRIPT, ScriptedClock())
    seen: list[Sighting] = []
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
    assert (Finding("scripted sightings", works=True),) == ScriptedSource(SCRIPT, ScriptedClock()).self_test()


def test_script_out_of_order() -> None:
    """A script that goes back in time is refused by the place of the fault, without its content."""
    with pytest.raises(ValueError, match="sighting 1 is at 0 ms, before the 1200 ms") as refused:
        ScriptedSource((SCRIPT[1], SCRIPT[0]), ScriptedClock())
    assert SECRET not in str(refused.value)


def test_clock_never_goes_back() -> None:
    """A clock that was moved cannot be moved back."""
    clock = ScriptedClock(10)

    with pytest.raises(ValueError, match="cannot go back to 9 ms"):
        clock.move_to(9)
    assert 10 == clock()


class _Whole(Source):
    name = "whole"
    sees = frozenset({KeyPressed})

    def start(self, emit: Emit) -> None:
        emit(KeyPressed(t_ms=0, key=KeyClass.enter))

    def stop(self) -> None: ...

    def self_test(self) -> tuple[Finding, ...]:
        return ()


@pytest.mark.parametrize("missing", ["sees", "start", "stop", "self_test"])
def test_unfinished_source(missing: str) -> None:
    """A source that lacks one part of the protocol cannot be made."""
    unfinished = type("Unfinished", (Source,), {name: part for name, part in vars(_Whole).items() if name != missing})

    assert {KeyPressed} == _Whole().sees
    with pytest.raises(TypeError, match=missing):
        unfinished()


@pytest.mark.parametrize("sighting", SCRIPT[1:])
def test_repr_without_content(sighting: Sighting) -> None:
    """Neither a value nor a title, an address or a label is shown, by any of the ways that show an object."""
    assert SECRET not in f"{sighting!r} {sighting} {[sighting]}"


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy])
def test_sighting_stays_in_memory(leak: object) -> None:
    """A sighting cannot be written down by accident, and the refusal does not show it."""
    with pytest.raises(TypeError, match="stays in memory") as refused:
        leak(SCRIPT[1])  # type: ignore[operator]
    assert SECRET not in str(refused.value)


def test_sighting_is_frozen() -> None:
    """A sighting is not changed after it was made, and has no place for more than its fields."""
    with pytest.raises(FrozenInstanceError):
        SCRIPT[1].inserted = "another"  # type: ignore[misc]
    assert not hasattr(SCRIPT[1], "__dict__")


def test_unmeasured_is_none() -> None:
    """What a source does not say is None: never empty, zero or false."""
    bare = Control(key=1, page=PAGE)

    assert {None} == {getattr(bare, field.name) for field in fields(bare)} - {1, PAGE, False}
