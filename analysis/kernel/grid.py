"""
Tables of pieces of work by fields, addressed directly: a case and a field make one slot.

    slot = work << bits | field          work: number of a case or screen visit in the block

Grouping by case and field is then a look-up and not a sort. Where the table would be much larger than the block, slots are given out to
the pairs that there are instead.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Grid", "grid_of", "joined", "ordered", "pair_keys", "parted"]

Codes = NDArray[np.int32]
Places = NDArray[np.int64]

# Slots for each row that asks; beyond it, filling the table costs more than sorting the rows.
SPARE_SLOTS: Final = 16
MIN_SLOTS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Grid:
    """
    Slots of (work, field) pairs, in order of both.

    Args:

        bits: How far the work is shifted.

        n_slots: How many slots there are.

        pairs: The pair of each slot; None where the slot is the pair itself.
    """

    bits: int
    n_slots: int
    pairs: Places | None

    def slots(self, keys: Places) -> Places:
        """Slots of pairs that were given to `grid_of`, as `pair_keys` gives them."""
        return keys if self.pairs is None else np.searchsorted(self.pairs, keys)

    def work_and_field(self, slots: Places) -> tuple[Places, Places]:
        """What slots stand for."""
        keys = slots if self.pairs is None else self.pairs[slots]
        return keys >> self.bits, keys & ((1 << self.bits) - 1)


def field_bits(n_fields: int) -> int:
    """Bits that hold every field's code."""
    return max(1, int(n_fields - 1).bit_length())


def pair_keys(work: Codes, field: Codes, n_fields: int) -> Places:
    """A number for each pair of work and field."""
    return (work.astype(np.int64) << field_bits(n_fields)) | field


def grid_of(n_work: int, n_fields: int, *keys: Places) -> Grid:
    """Slots for all these pairs."""
    bits = field_bits(n_fields)
    n_slots = n_work << bits
    if n_slots <= max(MIN_SLOTS, SPARE_SLOTS * sum(map(len, keys))):
        return Grid(bits, n_slots, None)
    pairs = np.unique(np.concatenate(keys))
    return Grid(bits, len(pairs), pairs)


def joined(keys: Places, rows: Places, n_rows: int) -> Places:
    """One number for a pair and a row, in the order of both: numbers sort several times faster than two columns."""
    return (keys << np.int64(n_rows.bit_length())) | rows


def ordered(keys: Places, rows: Places, n_rows: int) -> Places:
    """Pairs and rows as one number each, in order."""
    return np.sort(joined(keys, rows, n_rows))


def parted(numbers: Places, n_rows: int) -> tuple[Places, Places]:
    """The pairs and the rows again."""
    bits = np.int64(n_rows.bit_length())
    return numbers >> bits, numbers & ((np.int64(1) << bits) - 1)
