"""
Events of some sessions as arrays, and what the values in them say of where a case could end.

    values   A   A   B   B          a value is used between its first and its last use,
    events  [1] [2] [3] [4]         so no case ends there: between 2 and 3 nothing lives on
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["SPAN_MS", "Bools", "Ints", "Sequence", "Uses", "crossings", "distinct", "run_starts", "tally"]

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# A value that comes back after longer than this belongs to more than one case. Handling times of a case are minutes.
SPAN_MS: Final = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Sequence:
    """
    The events of some sessions, end to end, as arrays of equal length.

    Args:

        session: Session of each event; the events of a session are in one piece, in time order.

        t_ms: Time within the session, milliseconds.

        kind: What was done on what, as a code from 0: equal for equal action, app, screen and field.

        screen: Where it was done, as a code: equal for equal app and screen.

        is_submit: Whether the event submits.

        is_screen: Whether the event only says that a screen opened.

        is_entry: Whether the event enters a value.
    """

    session: Ints
    t_ms: Ints
    kind: Ints
    screen: Ints
    is_submit: Bools
    is_screen: Bools
    is_entry: Bools

    @property
    def begins(self) -> Bools:
        """True at the first event of each session."""
        return run_starts(self.session)

    def only(self, kept: Bools, session: Ints) -> Sequence:
        """Some of the events, as sessions of another kind."""
        return Sequence(
            session=session[kept],
            t_ms=self.t_ms[kept],
            kind=self.kind[kept],
            screen=self.screen[kept],
            is_submit=self.is_submit[kept],
            is_screen=self.is_screen[kept],
            is_entry=self.is_entry[kept],
        )


@dataclass(frozen=True, slots=True)
class Uses:
    """
    Where values are used, as arrays of equal length: one row per event and token.

    Args:

        position: Index of the event.

        token: The token, a code that differs between sessions.
    """

    position: Ints
    token: Ints


def run_starts(values: Ints) -> Bools:
    """True where a value differs from the one before."""
    return np.r_[True, values[1:] != values[:-1]] if len(values) else np.zeros(0, dtype=bool)


def distinct(*columns: Ints) -> Ints:
    """
    Indices of the first of each distinct row, in order of the rows.

    The columns are codes from 0. One number for a row, because numpy sorts numbers many times faster than rows.
    """
    key = columns[0]
    for column in columns[1:]:
        key = key * (int(column.max(initial=0)) + 1) + column
    return np.unique(key, return_index=True)[1]


def tally(one: Ints, *others: Ints) -> Counter[tuple[int, ...]]:
    """How often each row of some columns of whole numbers is there."""
    columns = (one, *others)
    lows = [int(column.min(initial=0)) for column in columns]
    sizes = [int(column.max(initial=0)) - low + 1 for column, low in zip(columns, lows, strict=True)]
    key = np.zeros(len(one), dtype=np.int64)
    for column, low, size in zip(columns, lows, sizes, strict=True):
        key = key * size + (column - low)
    keys, counts = np.unique(key, return_counts=True)
    values = []
    for low, size in zip(reversed(lows), reversed(sizes), strict=True):
        keys, rest = np.divmod(keys, size)
        values.append((rest + low).tolist())
    return Counter(dict(zip(zip(*reversed(values), strict=True), counts.tolist(), strict=True)))


def crossings(sequence: Sequence, uses: Uses) -> Ints:
    """
    How many values are used both before and after each boundary.

    Returns:

        One count per event: values whose first use lies before this event and whose last use at or after it. Values used over more than
        SPAN_MS are common ones and do not count.
    """
    order = np.lexsort((uses.position, uses.token))
    position, token = uses.position[order], uses.token[order]
    starts = np.flatnonzero(run_starts(token))
    ends = np.r_[starts[1:], len(token)] - 1 if len(token) else starts
    first, last = position[starts], position[ends]
    within = (last > first) & (sequence.t_ms[last] - sequence.t_ms[first] <= SPAN_MS)
    n = len(sequence.session) + 1
    change = np.bincount(first[within] + 1, minlength=n) - np.bincount(last[within] + 1, minlength=n)
    return np.cumsum(change)[:-1].astype(np.int64)
