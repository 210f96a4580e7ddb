"""The concepts of a block that the others are made from, and that re-entry and savings need."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.kernel.columns import SessionBlock
from analysis.kernel.edits import Edits, edits
from analysis.kernel.fields import FieldVisits, OnField, events_on_fields, field_visits
from analysis.kernel.times import CaseRuns, Times, case_runs, event_times
from analysis.kernel.visits import Stays, app_visits, screen_visits
from analysis.thresholds import Thresholds

__all__ = ["Pieces", "pieces_of"]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Some concepts of a block of whole sessions; each is described where it is made."""

    block: SessionBlock
    times: Times
    cases: CaseRuns
    screens: Stays
    apps: Stays
    on_field: OnField
    visits: FieldVisits
    edits: Edits


def pieces_of(block: SessionBlock, thresholds: Thresholds) -> Pieces:
    """Find them."""
    times, cases = event_times(block, thresholds), case_runs(block)
    screens = screen_visits(block, times)
    on_field = events_on_fields(block)
    visits = field_visits(block, times, screens, on_field)
    return Pieces(block, times, cases, screens, app_visits(block, times, screens), on_field, visits, edits(on_field, visits))
