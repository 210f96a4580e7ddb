"""All concepts of one block, each from those before it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.kernel.clicks import Bursts, DeadClicks, dead_clicks, repeat_clicks
from analysis.kernel.columns import SessionBlock
from analysis.kernel.edits import Corrections, Edits, Returns, corrections, edits, returns
from analysis.kernel.fields import FieldVisits, OnField, events_on_fields, field_visits
from analysis.kernel.links import Links, copy_paste_links
from analysis.kernel.skips import Shown, shown_fields
from analysis.kernel.times import CaseRuns, Times, case_runs, event_times
from analysis.kernel.visits import RoundTrips, Stays, Switches, app_switches, app_visits, round_trips, screen_visits
from analysis.thresholds import Thresholds

__all__ = ["BlockConcepts", "concepts_of"]


@dataclass(frozen=True, slots=True)
class BlockConcepts:
    """The concepts of a block of whole sessions; each is described where it is made."""

    block: SessionBlock
    times: Times
    cases: CaseRuns
    screens: Stays
    apps: Stays
    switches: Switches
    trips: RoundTrips
    on_field: OnField
    visits: FieldVisits
    edits: Edits
    links: Links
    corrections: Corrections
    returns: Returns
    shown: Shown
    bursts: Bursts
    dead: DeadClicks


def concepts_of(block: SessionBlock, thresholds: Thresholds) -> BlockConcepts:
    """Find every concept in a block."""
    times, cases = event_times(block, thresholds), case_runs(block)
    screens = screen_visits(block, times)
    apps = app_visits(block, times, screens)
    switches = app_switches(block, apps)
    on_field = events_on_fields(block)
    visits = field_visits(block, times, screens, on_field)
    made = edits(on_field, visits)
    return BlockConcepts(
        block, times, cases, screens, apps, switches, round_trips(block, times, switches), on_field, visits, made,
        copy_paste_links(block, times, made),
        corrections(block, cases, on_field, made),
        returns(block, cases, visits, made),
        shown_fields(block, cases, screens, visits, thresholds),
        repeat_clicks(block, thresholds),
        dead_clicks(block, thresholds),
    )  # fmt: skip
