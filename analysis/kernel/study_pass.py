"""One pass over a study."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.aggregates import StudySums, session_sums
from analysis.kernel.columns import Dimensions, read_blocks
from analysis.kernel.concepts import concepts_of
from analysis.thresholds import Thresholds
from shadow.study import Study

__all__ = ["sums_of_study"]

# The largest size up to which glibc learns from a block that was let go: 32 MiB, less its own header.
LARGEST_LEARNT: Final = 32 * 1024 * 1024 - 65_536


def sums_of_study(study: Study, thresholds: Thresholds, cases: NDArray[np.int32] | None = None) -> StudySums:
    """
    Read a study once and add up its concepts, in the memory of one block.

    Args:

        study: The study.

        thresholds: The numbers the concepts rest on.

        cases: Case of every event in session and seq order, 0 for none; None takes the log's own case column as it is.
    """
    _keep_memory()
    sums = StudySums.of(Dimensions.of(study.catalogue), {header.session: header.agent for header in study.catalogue.sessions})
    for block in read_blocks(study, cases):
        sums.add(session_sums(concepts_of(block, thresholds)))
    return sums


def _keep_memory() -> None:
    """
    Let go of one large array, after which glibc keeps what the arrays of a block give back for those of the next.

    Otherwise each block asks the system anew, page by page: 40 of 225 ns an event were that. Elsewhere it does nothing.
    """
    np.empty(LARGEST_LEARNT, dtype=np.uint8)
