"""All concepts of one block, each from those before it."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.kernel.clicks import Bursts, DeadClicks, dead_clicks, repeat_clicks
from analysis.kernel.edits import Corrections, Returns, corrections, returns
from analysis.kernel.links import Links, copy_paste_links
from analysis.kernel.pieces import Pieces
from analysis.kernel.skips import Shown, shown_fields
from analysis.kernel.visits import RoundTrips, Switches, app_switches, round_trips
from analysis.thresholds import Thresholds

__all__ = ["BlockConcepts", "concepts_of"]


@dataclass(frozen=True, slots=True)
class BlockConcepts(Pieces):
    """The concepts of a block of whole sessions; each is described where it is made."""

    switches: Switches
    trips: RoundTrips
    links: Links
    corrections: Corrections
    returns: Returns
    shown: Shown
    bursts: Bursts
    dead: DeadClicks


def concepts_of(work: Pieces, thresholds: Thresholds) -> BlockConcepts:
    """Find every concept in a block, from its first ones."""
    block, times, cases = work.block, work.times, work.cases
    switches = app_switches(block, work.apps)
    return BlockConcepts(
        block, times, cases, work.screens, work.apps, work.on_field, work.visits, work.edits,
        switches, round_trips(block, times, switches),
        copy_paste_links(block, times, work.edits),
        corrections(block, cases, work.on_field, work.edits),
        returns(block, cases, work.visits, work.edits),
        shown_fields(block, cases, work.screens, work.visits, thresholds),
        repeat_clicks(block, thresholds),
        dead_clicks(block, thresholds),
    )  # fmt: skip
