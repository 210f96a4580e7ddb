"""
Distinct combinations of columns: which there are, and which one each row has.

What takes Python (a name's code, a value's mark) is done once for each combination, and the answers are handed back to the rows by their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places: TypeAlias = NDArray[np.int64]

__all__ = ["Texts", "combinations", "numbered"]

# Combinations up to so many are told apart by a table with a place for each.
TABLE: Final = 1 << 20


class Texts:
    """Names in order of first sight; the number of a name is its place in `seen`."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def numbers(self, names: pl.Series) -> pl.Series:
        """Number of each name, null for none; new names are added."""
        known = names.cast(pl.Enum(self.seen), strict=False)
        if known.null_count() > names.null_count():
            self.seen.extend(names.filter(known.is_null()).drop_nulls().unique(maintain_order=True))
            known = names.cast(pl.Enum(self.seen))
        return known.to_physical()


def combinations(keys: Sequence[pl.Series]) -> tuple[Places, Places]:
    """
    Distinct combinations of small numbers.

    Returns:

        The first row of each, in order of first sight; and for each row, which of them it has.
    """
    number, size = np.zeros(len(keys[0]), np.int64), 1
    for key in keys:
        if key.null_count() < len(key):
            places = (key.cast(pl.Int64) + 1).fill_null(0).to_numpy()
            count = int(places.max()) + 1
            number, size = number * count + places, size * count
        if size > TABLE:
            distinct, number = np.unique(number, return_inverse=True)
            size = len(distinct)
    first = np.full(size, -1)
    # Of several rows the last one written stays, so that they are written backwards.
    first[number[::-1]] = np.arange(len(number) - 1, -1, -1)
    rows = np.sort(first[first >= 0])
    first[number[rows]] = np.arange(len(rows))
    return rows, first[number]


def numbered(frame: pl.DataFrame) -> tuple[pl.DataFrame, Places]:
    """Distinct rows of any columns in order of first sight; and for each row, which of them it is."""
    groups = frame.with_row_index("at").group_by(frame.columns, maintain_order=True).agg("at")
    which = np.empty(len(frame), np.int64)
    which[groups["at"].explode().to_numpy()] = np.repeat(np.arange(len(groups)), groups["at"].list.len())
    return groups.drop("at"), which
