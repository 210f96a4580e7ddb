"""One pass over a study."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.aggregates import SessionSums, StudySums, session_sums
from analysis.kernel.columns import Dimensions
from analysis.kernel.concepts import concepts_of
from analysis.kernel.pieces import Pieces, pieces_of
from analysis.kernel.reading import CaseSource, read_blocks
from analysis.thresholds import Thresholds
from shadow.study import Study

__all__ = ["Watch", "empty_sums", "read_sums"]

Watch = Callable[[Pieces], None]
"""Shown some concepts of each block that is read, in order."""

# The largest size up to which glibc learns from a block that was let go: 32 MiB, less its own header.
LARGEST_LEARNT: Final = 16 * 1024 * 1024 - 65_536


class KnownCases(CaseSource, Protocol):
    """Who says which events belong to which case, and how each case was found."""

    def how(self, session: NDArray[np.int32], case_no: NDArray[np.int32]) -> NDArray[np.uint8]:
        """How cases were found, an index into `analysis.cases.HOW`."""


def read_sums(
    study: Study, thresholds: Thresholds, cases: KnownCases, parts: Collection[int] | None = None, watch: Watch | None = None
) -> Iterator[tuple[SessionSums, NDArray[np.uint8]]]:
    """
    Read a study once, in the memory of one block.

    Args:

        study: The study.

        thresholds: The numbers the concepts rest on.

        cases: Says which events belong to which case.

        parts: Which parts of the store are asked for; None for all.

        watch: Shown every block of the study in order, those of the other parts too, which are read for it alone.

    Returns:

        Sums of some sessions after the other, and how their cases were found, as `StudySums.add` takes them.
    """
    _keep_memory()
    asked = {header.session for header in study.catalogue.sessions if parts is None or header.part in parts}
    for block in read_blocks(study, cases, parts if watch is None else None):
        work = pieces_of(block, thresholds)
        if watch is not None:
            watch(work)
        if int(block.sessions[0]) in asked:
            found = session_sums(concepts_of(work, thresholds), thresholds)
            yield found, cases.how(found.cases["session"].to_numpy(), found.cases["case_no"].to_numpy())


def empty_sums(study: Study) -> StudySums:
    """The sums of a study to which nothing was added yet."""
    return StudySums.of(Dimensions.of(study.catalogue), {header.session: header.agent for header in study.catalogue.sessions})


def _keep_memory() -> None:
    """
    Let go of one large array, after which glibc keeps what the arrays of a block give back for those of the next.

    Otherwise each block asks the system anew, page by page: 40 of 225 ns an event were that. Elsewhere it does nothing.
    """
    np.empty(LARGEST_LEARNT, dtype=np.uint8)
