"""
Cases that are put aside and taken up again: which pieces of work belong to one case.

    open T-1  fill | open T-2  fill  submit | open T-1  fill  submit
    `-- piece 0 --'`------- piece 1 -------'`------- piece 2 -------'     piece 2 goes on with piece 0: both show T-1

A piece runs from one header to the next and is complete if it holds a completing submit. One that is not goes on with the later piece
that shares most of its telling values. Telling is a place whose values hardly ever come back in another complete piece: a ticket number
is, a country or a greeting is not. A piece that shares nothing telling with any goes on with the next one, as where a header is merely done
twice in a case; unless both show telling values in the same place, and other ones.

Telling values are after the object instances of Rebmann and van der Aa, Information Systems 2024, doi 10.1016/j.is.2024.102404.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.sequences import Bools, Ints, distinct, run_starts

__all__ = ["Pieces", "joined"]

# A place is telling if at most this share of its values is seen in more than one complete piece.
COMES_BACK: Final = 0.05
NONE: Final = -1


@dataclass(frozen=True, slots=True)
class Pieces:
    """
    Pieces of work in time order, as arrays of one row per piece.

    Args:

        session: Session of each.

        complete: Whether it holds a completing submit.

        headed: Whether it begins with a header; what does not was opened before, or is no case.
    """

    session: Ints
    complete: Bools
    headed: Bools


@dataclass(frozen=True, slots=True)
class _Seen:
    """Telling values, each once per piece and place: piece, place, token."""

    piece: Ints
    place: Ints
    token: Ints


def joined(pieces: Pieces, piece: Ints, place: Ints, token: Ints) -> Ints:
    """
    The case of each piece.

    Args:

        pieces: The pieces.

        piece: Piece of each use of a value.

        place: Where it is used: kind of the event.

        token: The value's token, a code that differs between sessions.

    Returns:

        For each piece the first piece of its case; -1 for pieces of a case that was never completed.
    """
    seen = _telling(pieces, piece, place, np.unique(token, return_inverse=True)[1])
    goes_on = _shared(pieces, seen)
    goes_on = np.where(goes_on == NONE, _without_values(pieces, seen, goes_on), goes_on)
    case = np.arange(len(pieces.session))
    begun = pieces.headed | pieces.complete
    for before in np.flatnonzero(goes_on != NONE).tolist():
        if begun[before]:
            case[goes_on[before]] = case[before]
            begun[goes_on[before]] = True
    completed = np.zeros(len(case), dtype=bool)
    completed[case[pieces.complete]] = True
    return np.where(completed[case], case, NONE)


def _telling(pieces: Pieces, piece: Ints, place: Ints, token: Ints) -> _Seen:
    """The uses of values in telling places."""
    if not len(piece):
        return _Seen(piece, place, token)
    rows = distinct(place, token, piece)
    whole = rows[pieces.complete[piece[rows]]]
    starts = np.flatnonzero(run_starts(place[whole]) | run_starts(token[whole]))
    times = np.diff(np.r_[starts, len(whole)])
    size = int(place.max()) + 1
    values = np.bincount(place[whole[starts]], minlength=size)
    again = np.bincount(place[whole[starts]], weights=times > 1, minlength=size)
    kept = rows[((values > 0) & (again <= COMES_BACK * values))[place[rows]]]
    return _Seen(piece[kept], place[kept], token[kept])


def _shared(pieces: Pieces, seen: _Seen) -> Ints:
    """For each piece that is not complete, the later one with most of its values; of equals the nearest. Each goes on with one only."""
    goes_on = np.full(len(pieces.session), NONE)
    rows = distinct(seen.token, seen.piece)
    token, piece = seen.token[rows], seen.piece[rows]
    linked = np.flatnonzero((token[1:] == token[:-1]) & ~pieces.complete[piece[:-1]])
    size = len(pieces.session)
    pairs, counts = np.unique(piece[linked] * size + piece[linked + 1], return_counts=True)
    befores, afters = np.divmod(pairs, size)
    taken = np.zeros(size, dtype=bool)
    for n in np.lexsort((afters - befores, -counts)).tolist():
        one, other = befores[n], afters[n]
        if goes_on[one] == NONE and not taken[other]:
            goes_on[one], taken[other] = other, True
    return goes_on


def _without_values(pieces: Pieces, seen: _Seen, goes_on: Ints) -> Ints:
    """What a piece goes on with if no values say so: the next one, or a headless complete one."""
    n = len(pieces.session)
    following = np.full(n, NONE)
    taken = np.zeros(n, dtype=bool)
    taken[goes_on[goes_on != NONE]] = True
    loose = ~pieces.complete & pieces.headed & (goes_on == NONE)
    differ = _contradicted(seen, n)
    waiting: list[int] = []
    for one in np.flatnonzero(loose | (pieces.complete & ~pieces.headed & ~taken)).tolist():
        if pieces.complete[one]:
            waiting = [open_ for open_ in waiting if pieces.session[open_] == pieces.session[one]]
            if waiting:
                following[waiting.pop()] = one
        elif (
            one + 1 < n
            and pieces.session[one + 1] == pieces.session[one]
            and pieces.headed[one + 1]
            and not (differ[one] or taken[one + 1])
        ):
            following[one] = one + 1
        else:
            waiting.append(one)
    return following


def _contradicted(seen: _Seen, n: int) -> Bools:
    """True for a piece that shows telling values where the next one shows others."""
    found = np.zeros(n, dtype=bool)
    rows = distinct(seen.place, seen.piece)
    place, piece = seen.place[rows], seen.piece[rows]
    found[piece[:-1][(place[1:] == place[:-1]) & (piece[1:] == piece[:-1] + 1)]] = True
    return found
