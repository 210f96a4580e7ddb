"""
Where one case ends and the next begins, in a log that does not say.

Two methods, both blind to content:

completion
    A submit completes a case (closing the ticket, saving the form), and the next begins with what cases begin with (`analysis.rounds`).
    A case put aside and taken up again is put together from its pieces (`analysis.interleaving`).

cut
    No submit: cases are the rounds of the outermost loop of the work (`analysis.loops`).

What belongs to no case may still hold another kind of work, that no submit completes: where it enters values and comes back, it is cut.

        submit  thank-you | open a file  log in  fill  ok | open ticket  fill  submit ...
        `- completion ---'`------------ cut -------------'`----- completion ------
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.interleaving import NONE, Pieces, joined
from analysis.loops import LEAST_ROUNDS, loop_openings
from analysis.rounds import astray, completes, find_completions, find_headers, idle
from analysis.sequences import Bools, Ints, Sequence, Uses, crossings, run_starts

__all__ = ["Found", "completed_cases", "find_cases", "looped_cases"]


@dataclass(frozen=True, slots=True)
class Found:
    """
    The cases of a sequence, as arrays of one row per event.

    Args:

        case: Case number within the session, from 1 in the order they begin; 0 for events that belong to none.

        is_cut: Whether it was cut from the loops of the work, not found by its completion.
    """

    case: Ints
    is_cut: Bools


def find_cases(sequence: Sequence, uses: Uses, completions: list[int] | None = None) -> Found:
    """
    Cases by what completes them, and by the loops of the work where nothing does.

    Args:

        sequence: The events.

        uses: Where values are used.

        completions: Kinds of submit that are known to complete a case; found if not given.
    """
    known = completions or find_completions(sequence, crossings(sequence, uses))
    if not known:
        return Found(looped_cases(sequence), np.ones(len(sequence.kind), dtype=bool))
    label, may_be_more = _completed(sequence, uses, known)
    further = _further(sequence, may_be_more)
    is_cut = further != NONE
    return Found(_numbered(sequence, np.where(is_cut, further + len(label), label)), is_cut)


def completed_cases(sequence: Sequence, uses: Uses, completions: list[int]) -> Ints:
    """
    Case of each event when a submit completes a case.

    Returns:

        Case number within the session, from 1; 0 for events that belong to none: before a session's first header, the work that was
        never completed, and what between two cases does not usually follow a completion.
    """
    return _numbered(sequence, _completed(sequence, uses, completions)[0])


def looped_cases(sequence: Sequence) -> Ints:
    """
    Case of each event as the rounds of the outermost loop of the directly-follows graph.

    Returns:

        Case number within the session, from 1; 0 for events before the loop is entered, and everywhere if there is no loop.
    """
    return _numbered(sequence, _rounds(sequence, loop_openings(sequence)))


def _completed(sequence: Sequence, uses: Uses, completions: list[int]) -> tuple[Ints, Bools]:
    """A label for the case of each event, -1 for none; and which of those of none could be other work than cases never completed."""
    done = completes(sequence, completions)
    headers = find_headers(sequence, done)
    after = np.r_[False, done[:-1]]
    heads = np.isin(sequence.kind, headers) & (run_starts(sequence.kind) | after | sequence.begins)
    lost = astray(sequence, done, heads) if headers else after
    opens = heads | sequence.begins | (lost & ~np.r_[False, lost[:-1]]) | (lost & after)
    piece = np.cumsum(opens) - 1
    starts = np.flatnonzero(opens)
    complete = np.zeros(len(starts), dtype=bool)
    complete[piece[done]] = True
    pieces = Pieces(sequence.session[starts], complete, heads[starts])
    case = joined(pieces, piece[uses.position], sequence.kind[uses.position], uses.token)
    label = np.where(idle(sequence, heads, lost), NONE, case[piece])
    return label, (~pieces.headed & (case == NONE))[piece]


def _further(sequence: Sequence, kept: Bools) -> Ints:
    """Rounds among the events that no completion explains, -1 elsewhere; only such as enter values, or every coffee break were a case."""
    found = np.full(len(sequence.kind), NONE)
    stretch: Ints = np.cumsum(run_starts(kept.astype(np.int64)) | sequence.begins, dtype=np.int64)
    rest = sequence.only(kept, stretch)
    label = _rounds(rest, loop_openings(rest) | _alike_begun(rest))
    enters = np.unique(label[rest.is_entry & (label != NONE)])
    if len(enters) >= LEAST_ROUNDS:
        found[kept] = np.where(np.isin(label, enters), label, NONE)
    return found


def _alike_begun(sequence: Sequence) -> Bools:
    """True at the beginning of a stretch that begins as others do."""
    starts = np.flatnonzero(sequence.begins)
    kinds, counts = np.unique(sequence.kind[starts], return_counts=True)
    found = np.zeros(len(sequence.kind), dtype=bool)
    found[starts] = np.isin(sequence.kind[starts], kinds[counts >= LEAST_ROUNDS])
    return found


def _rounds(sequence: Sequence, opens: Bools) -> Ints:
    """A label for the round of each event, -1 before a session's first."""
    begun = np.cumsum(opens)
    starts = np.flatnonzero(sequence.begins)
    before = np.r_[0, begun][starts][np.cumsum(sequence.begins) - 1] if len(starts) else begun
    return np.where(begun > before, begun, NONE)


def _numbered(sequence: Sequence, label: Ints) -> Ints:
    """Labels as numbers from 1 in each session, in order of first sight; 0 for -1."""
    labels, firsts, codes = np.unique(label, return_index=True, return_inverse=True)
    seen = firsts[labels != NONE]
    order = np.sort(seen)
    session = sequence.session[order]
    offset = np.flatnonzero(run_starts(session))[np.cumsum(run_starts(session)) - 1] if len(order) else order
    number = np.zeros(len(labels), dtype=np.int64)
    place = np.searchsorted(order, seen)
    number[labels != NONE] = (np.arange(len(order)) - offset + 1)[place]
    return number[codes]
