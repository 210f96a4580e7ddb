"""
Stays on screens and in applications, and the changes between applications.

One row per run of events at one place: screen_visits.sql, app_visits.sql, app_switches.sql, round_trips.sql.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.runs import begin_places, run_ends
from analysis.kernel.times import Times

__all__ = ["RoundTrips", "Stays", "Switches", "app_switches", "app_visits", "known_case", "round_trips", "screen_visits"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stays:
    """One row per stay: place (screen or application), first and last event, active ms, case (0 for none)."""

    place: Codes
    first: Places
    last: Places
    dwell_ms: Codes
    case_no: Codes


@dataclass(frozen=True, slots=True)
class Switches:
    """One row per change of application: from, to, first event there, case of the visit there (0 for none)."""

    from_app: Codes
    to_app: Codes
    row: Places
    case_no: Codes


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """One row per A, B, A: A, B, first event in B, first event back in A, active ms between, case of the visit to B (0 for none)."""

    from_app: Codes
    app: Codes
    out: Places
    back: Places
    away_ms: Codes
    case_no: Codes


def screen_visits(block: SessionBlock, times: Times) -> Stays:
    """Runs of events on one screen."""
    first = np.flatnonzero(begin_places(block.screen, block.starts))
    last = run_ends(first, len(block))
    return Stays(block.screen[first], first, last, times.between(first, last + 1), known_case(block.case_no, first, last))


def app_visits(block: SessionBlock, times: Times, screens: Stays) -> Stays:
    """Runs of screen visits in one application."""
    app = block.places.screen_app[screens.place]
    runs = np.flatnonzero(begin_places(app, np.searchsorted(screens.first, block.starts)))
    first = screens.first[runs]
    last = run_ends(first, len(block))
    return Stays(app[runs], first, last, times.between(first, last + 1), known_case(block.case_no, first, last))


def app_switches(block: SessionBlock, apps: Stays) -> Switches:
    """Visits to a known application whose last known one before was another."""
    known = np.flatnonzero(block.places.app_known[apps.place])
    app, first = apps.place[known], apps.first[known]
    session = block.session_of[first]
    to = np.flatnonzero((app[1:] != app[:-1]) & (session[1:] == session[:-1])) + 1
    return Switches(app[to - 1], app[to], first[to], apps.case_no[known[to]])


def round_trips(block: SessionBlock, times: Times, switches: Switches) -> RoundTrips:
    """Two switches in a row of which the second goes back."""
    session = block.session_of[switches.row]
    out = np.flatnonzero((switches.from_app[:-1] == switches.to_app[1:]) & (session[1:] == session[:-1]))
    away, back = switches.row[out], switches.row[out + 1]
    return RoundTrips(switches.from_app[out], switches.to_app[out], away, back, times.between(away, back), switches.case_no[out])


def known_case(case_no: Codes, first: Places, last: Places) -> Codes:
    """Case of the first event of each stay that has one; 0 if none has."""
    found = case_no[first]
    without = np.flatnonzero(found == 0)
    if len(without):
        known = np.flatnonzero(case_no > 0)
        at = np.searchsorted(known, first[without])
        has_next = at < len(known)
        without, place = without[has_next], known[at[has_next]]
        inside = place <= last[without]
        found[without[inside]] = case_no[place[inside]]
    return found
