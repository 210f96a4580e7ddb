"""
Runs of equal codes: where they begin, and what is next or last in them.

    code    7 7 7 3 3 7
    begins  ^     ^   ^       a session's first event always begins a run
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["begin_places", "latest", "run_ends", "united"]

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]


def begin_places(codes: NDArray[np.int32] | Places, starts: Places) -> Bools:
    """
    Where a run of equal codes begins.

    Args:

        codes: One per place.

        starts: Places at which a run begins in any case; one behind the end is passed by.
    """
    begins = np.empty(len(codes), dtype=np.bool_)
    np.not_equal(codes[1:], codes[:-1], out=begins[1:])
    begins[starts[starts < len(codes)]] = True
    return begins


def run_ends(firsts_of_runs: Places, length: int) -> Places:
    """Last place of each run, from the first places of all and the number of places there are."""
    ends = np.empty_like(firsts_of_runs)
    ends[:-1] = firsts_of_runs[1:] - 1
    ends[-1:] = length - 1
    return ends


def latest(known: Places, rows: Places) -> Places:
    """The last of the known places before each row; -1 where there is none. Both come in order."""
    at = np.searchsorted(known, rows) - 1
    return np.where(at >= 0, known[at], -1) if len(known) else np.full(len(rows), -1, dtype=np.int64)


def united(one: Places, two: Places) -> Places:
    """All places of two lists in order, each once. Sorting lists that are in order costs little, numpy's own union ten times as much."""
    both = np.sort(np.concatenate([one, two]), kind="stable")
    once: Places = both[np.diff(both, prepend=-1) != 0]
    return once
