"""Missing time is a gap, once, wherever events are missing between two that are kept."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from shadow.interop.recorded_rows import with_gaps
from shadow.recorded import RecordedEvent
from tests.shadow.released_sessions import APPS, event

ACTIONS = ("focus", "blur", "pause", "resume", "gap_start", "gap_end")


def said(events: list[RecordedEvent]) -> list[tuple[int, int, str]]:
    """Number, time and action of each event."""
    return [(found.seq, found.t_ms, found.action) for found in with_gaps(events)]


def test_nothing_missing() -> None:
    """Events in an unbroken sequence stay as they are, none of them included."""
    assert [] == with_gaps([])
    assert [event(0), event(1, "blur")] == with_gaps([event(0), event(1, "blur")])


def test_hole() -> None:
    """A gap begins with the last event before what is missing and ends with the first after it, each in its own place."""
    found = with_gaps([event(3), event(9, app=APPS[1], screen="Invoice")])

    assert [(0, 3000, "focus"), (1, 3000, "gap_start"), (2, 9000, "gap_end"), (3, 9000, "focus")] == [
        (one.seq, one.t_ms, one.action) for one in found
    ]
    assert [(APPS[0], "Ticket"), (APPS[1], "Invoice")] == [(one.app, one.screen) for one in found[1:3]]


def test_missing_at_the_ends() -> None:
    """What is missing before the first event and after the last takes no time from anything."""
    assert [(0, 5000, "focus"), (1, 6000, "focus")] == said([event(5), event(6)])


def test_gap_that_is_there() -> None:
    """A pause or a gap that the recorder has noted itself is not noted again."""
    assert [(0, 0, "pause"), (1, 5000, "resume")] == said([event(0, "pause"), event(5, "resume")])
    assert [(0, 0, "gap_start"), (1, 5000, "gap_end")] == said([event(0, "gap_start"), event(5, "gap_end")])
    assert [(0, 0, "pause"), (1, 5000, "gap_end"), (2, 5000, "focus")] == said([event(0, "pause"), event(5)])


@given(st.lists(st.sampled_from(ACTIONS), max_size=12), st.sets(st.integers(0, 11)))
def test_every_hole(actions: list[str], struck: set[int]) -> None:
    """Whatever is struck: the sequence is unbroken, time never goes back, and no time counts between two events that were not neighbours."""
    kept = [event(seq, action) for seq, action in enumerate(actions) if seq not in struck]
    found = with_gaps(kept)
    counted = [(one.t_ms, two.t_ms) for one, two in itertools.pairwise(found) if one.action not in ("pause", "gap_start")]

    assert list(range(len(found))) == [one.seq for one in found]
    assert all(two - one in (0, 1000) for one, two in counted)
    assert [one for one in kept if one.action == "focus"] == [event(one.t_ms // 1000) for one in found if one.action == "focus"]
