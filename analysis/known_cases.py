"""
Cases that a log gives or shows, as numbers by event: its own case column, what lies from case_start to case_end, or the case id last seen.

    events   start  a  b  end  c  start  d  end         runs of one key, numbered
    keys     1      1  1  1    -  2      2  2           in order of first sight

A run of equal keys is handled as one; all else is putting the numbers back to the events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shadow.events import ACTION_CODES

__all__ = ["CASE_ID", "COMPLETION", "CUT", "GIVEN", "KnownCases", "known_cases"]

Codes = NDArray[np.int32]
Places = NDArray[np.int64]
Bools = NDArray[np.bool_]
Ways = NDArray[np.uint8]

GIVEN, CASE_ID, COMPLETION, CUT = range(4)
START, END, SUBMIT = (np.uint8(ACTION_CODES[name]) for name in ("case_start", "case_end", "submit"))
NO_KEY = -1


@dataclass(frozen=True, slots=True)
class KnownCases:
    """
    What some whole sessions say of their cases.

    Args:

        ways: How each session is to be cut: GIVEN, CASE_ID, COMPLETION or CUT.

        case_no: Case of each event of the sessions cut in the first two ways, from 1 within the session; 0 for none.
    """

    ways: Ways
    case_no: Codes


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of events of one case: place of the first event, and a key of the case; NO_KEY for none. Each session begins a run."""

    first: Places
    key: Codes

    def of(self, wanted: Bools, starts: Places) -> _Runs:
        """The runs of some sessions."""
        kept = wanted[np.searchsorted(starts, self.first, side="right") - 1]
        return _Runs(self.first[kept], self.key[kept])


def known_cases(starts: Places, events: pl.DataFrame) -> KnownCases:
    """
    Say how some whole sessions are cut, and cut those that tell it themselves.

    Args:

        starts: Place of each session's first event, and the number of events behind the last; each has events.

        events: Their action, given_case and case_mark, in session and seq order.
    """
    action = events["action"].to_numpy()
    given, shown = _any(events["given_case"].is_not_null(), starts), _any(events["case_mark"].is_not_null(), starts)
    marks = np.flatnonzero((action == START) | (action == END))
    begun = _holds(marks[action[marks] == START], starts)
    completes = _holds(np.flatnonzero(action == SUBMIT), starts)
    ways = np.select([given | begun, shown, completes], [GIVEN, CASE_ID, COMPLETION], CUT).astype(np.uint8)
    runs = [
        _columns(events["given_case"], starts).of(given, starts) if given.any() else None,
        _spans(action, marks, starts).of(begun & ~given, starts) if begun.any() else None,
        _seen(events["case_mark"], starts).of(ways == CASE_ID, starts) if (ways == CASE_ID).any() else None,
        _Runs(starts[:-1][ways >= COMPLETION], np.full(int((ways >= COMPLETION).sum()), NO_KEY, dtype=np.int32)),
    ]
    return KnownCases(ways, _numbered([part for part in runs if part is not None], starts))


def _any(values: pl.Series, starts: Places) -> Bools:
    """Whether a value is true anywhere in each session."""
    if len(starts) == 1 or not values.any():
        return np.zeros(len(starts) - 1, dtype=np.bool_)
    found: Bools = np.logical_or.reduceat(values.to_numpy(), starts[:-1])
    return found


def _holds(places: Places, starts: Places) -> Bools:
    """Whether each session holds one of these places, which come in order."""
    found: Bools = np.diff(np.searchsorted(places, starts)) > 0
    return found


def _columns(values: pl.Series, starts: Places) -> _Runs:
    """By the log's own case column."""
    key = values.fill_null(NO_KEY).to_numpy()
    begins = np.empty(len(key), dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=begins[1:])
    begins[starts[:-1]] = True
    first = np.flatnonzero(begins)
    return _Runs(first, key[first])


def _spans(action: NDArray[np.uint8], marks: Places, starts: Places) -> _Runs:
    """
    From case_start to case_end, both included.

    A start without an end before it ends the case before; an end without a start ends nothing.
    """
    opens = action[marks] == START
    first = np.concatenate([starts[:-1], marks + ~opens])
    key = np.concatenate([
        np.full(len(starts) - 1, NO_KEY, dtype=np.int32),
        np.where(opens, np.arange(len(marks), dtype=np.int32), NO_KEY),
    ])  # fmt: skip
    # Where one case ends and another begins, the one that begins is meant; an end that closes a session has nothing behind it.
    order = np.lexsort((key, first))
    first, key = first[order], key[order]
    last = np.append(first[1:] != first[:-1], True) & (first < starts[-1])
    return _Runs(first[last], key[last])


def _seen(values: pl.Series, starts: Places) -> _Runs:
    """By the case id last seen; what comes before the first belongs to none."""
    seen = np.flatnonzero(values.is_not_null().to_numpy())
    first = np.union1d(seen, starts[:-1])
    return _Runs(first, values.gather(first).fill_null(NO_KEY).to_numpy())


def _numbered(parts: list[_Runs], starts: Places) -> Codes:
    """Keys as case numbers from 1 in each session, in order of first sight, for each event. A case taken up again is one case."""
    first = np.concatenate([part.first for part in parts])
    key = np.concatenate([part.key for part in parts])
    order = np.argsort(first, kind="stable")
    first, key = first[order], key[order]
    session = np.searchsorted(starts, first, side="right") - 1
    held = np.flatnonzero(key != NO_KEY)
    pairs, at, which = np.unique((session[held] << np.int64(32)) | key[held], return_index=True, return_inverse=True)
    seen = np.argsort(at)
    of = pairs[seen] >> np.int64(32)
    numbers = np.empty(len(pairs), dtype=np.int32)
    numbers[seen] = np.arange(len(pairs)) - np.searchsorted(of, of) + 1
    case_no = np.zeros(len(first), dtype=np.int32)
    case_no[held] = numbers[which]
    return np.repeat(case_no, np.diff(first, append=starts[-1]))
