"""Runs of equal numbers in sorted columns, and what is in each: the grouping that block by block work needs, without tables."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["expanded", "opens", "packed", "run_lengths"]

Bools = NDArray[np.bool_]
Places = NDArray[np.int64]

BITS: Final = 63


def packed(*columns: NDArray[Any]) -> tuple[Places, ...]:
    """
    Columns of numbers from 0 up, sorted by the first, then the second and so on.

    One number for a row sorts several times faster than several; where they do not fit into one, they are sorted as they are.
    """
    bits = [int(column.max()).bit_length() if len(column) else 0 for column in columns]
    if sum(bits) > BITS:
        order = np.lexsort(columns[::-1])
        return tuple(column[order].astype(np.int64) for column in columns)
    key = columns[0].astype(np.int64)
    for column, width in zip(columns[1:], bits[1:], strict=True):
        key <<= np.int64(width)
        key |= column
    key.sort()
    parts = []
    for width in bits[:0:-1]:
        parts.append(key & ((np.int64(1) << np.int64(width)) - 1))
        key = key >> np.int64(width)
    return (key, *parts[::-1])


def opens(*columns: NDArray[Any]) -> Bools:
    """Where a run of equal rows begins, in sorted columns."""
    begins = np.zeros(len(columns[0]), dtype=np.bool_)
    begins[:1] = True
    for column in columns:
        begins[1:] |= column[1:] != column[:-1]
    return begins


def run_lengths(begins: Places, length: int) -> Places:
    """Length of each run, from where they begin."""
    return np.diff(begins, append=length)


def expanded(which: Places, begin: Places, length: Places) -> tuple[Places, Places]:
    """Every place of a run for each of those that ask for it: who asks, and the place."""
    asks = np.repeat(which, length)
    upto = np.cumsum(length) - length
    return asks, np.arange(len(asks)) + np.repeat(begin - upto, length)
