"""The typical case of a study, as a time line: the medoid, the one case that has the least distance to all others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry

    Floats = NDArray[np.float64]

__all__ = ["case_segments", "medoid", "typical_case"]


def typical_case(loaded: LoadedStudy, reentry: Reentry) -> dict[str, Any] | None:
    """
    The medoid of all cases by length, events and switches, each as a rank so that none outweighs the others.

    Returns:

        seconds, events, switches and segments (stays in order: app, screen, start_s, end_s, reentry), without the gaps that do not count;
        None without cases.
    """
    features = loaded.sums.cases.select("session", "case_no", seconds=pl.col("active_ms") / 1000, events="n_events", switches="n_switches")
    if features.is_empty():
        return None
    chosen = features.row(medoid(features.select(pl.col("seconds", "events", "switches").rank()).to_numpy()), named=True)
    return {
        "seconds": chosen["seconds"],
        "events": chosen["events"],
        "switches": chosen["switches"],
        "segments": case_segments(loaded, reentry, chosen["session"], chosen["case_no"]),
    }


def medoid(points: Floats) -> int:
    """
    The point with the least sum of city-block distances to all points; the first of equals.

    City-block distances part by dimension, and in one dimension their sums follow from the sorted values, so no pair is looked at.

    Source: Kaufman and Rousseeuw 1990, Finding Groups in Data, chapter 2 (medoids).
    """
    n = len(points)
    distance = np.zeros(n)
    for values in points.T:
        order = np.argsort(values, kind="stable")
        ordered, before = values[order], np.arange(n)
        below = np.cumsum(ordered) - ordered
        above = ordered.sum() - below - ordered
        distance[order] += ordered * before - below + above - ordered * (n - 1 - before)
    return int(distance.argmin())


def case_segments(loaded: LoadedStudy, reentry: Reentry, session: int, case_no: int) -> list[dict[str, Any]]:
    """Stays of one case in order: app, screen, start_s and end_s on the case's own clock, reentry (a value was being carried over)."""
    found = loaded.session(session)
    block = found.block
    spent = np.where(block.case_no == case_no, found.times.active_ms, 0)
    spent[found.cases.ends_case] = 0
    seqs = np.flatnonzero(spent)
    here = (pl.col("session") == session) & (pl.col("case_no") == case_no)
    carried = reentry.occurrences.filter(here).select("start_seq", "target_seq").rows()
    catalogue = loaded.study.catalogue
    segments: list[dict[str, Any]] = []
    clock = 0.0
    for seq, screen, active_ms in zip(seqs.tolist(), block.screen[seqs].tolist(), spent[seqs].tolist(), strict=True):
        place = {
            "app": catalogue.apps[catalogue.screens[screen].app],
            "screen": catalogue.screens[screen].name,
            "reentry": any(start <= seq < end for start, end in carried),
        }
        end = clock + active_ms / 1000
        if segments and all(segments[-1][name] == value for name, value in place.items()):
            segments[-1]["end_s"] = end
        else:
            segments.append({**place, "start_s": clock, "end_s": end})
        clock = end
    return segments
