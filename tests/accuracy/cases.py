"""Whether events are in the case they belong to, and where one would cut first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

__all__ = ["cut_at_gaps", "share_right"]

GAP_S: Final = 30.0


def share_right(found: Sequence[int], truth: Sequence[int | None]) -> float:
    """Share of a session's rows that are in the case they belong to, or rightly in none (found 0), found cases paired with true ones at best."""
    # Rows that became one event with the one before share its case.
    true = [0 if case is None else case + 1 for case in truth][: len(found)]
    both = Counter(zip(true, found, strict=False))
    table = np.zeros((max(true) + 1, max(found) + 1))
    for (row, column), n in both.items():
        table[row, column] = n
    rows, columns = linear_sum_assignment(-table[1:, 1:])
    return float((table[0, 0] + table[1:, 1:][rows, columns].sum()) / len(found))


def cut_at_gaps(times_s: Sequence[float]) -> list[int]:
    """The case of each row where another one begins after every GAP_S without a row, from 1."""
    return (1 + np.cumsum(np.diff(times_s, prepend=times_s[0]) > GAP_S)).tolist()
