"""Work done ahead: while one result is used, the next one is made beside, so that two cores have something to do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ahead"]

Result = TypeVar("Result")


def ahead(results: Iterator[Result]) -> Iterator[Result]:
    """
    The results of an iterator, each made in a thread of its own while the one before it is used.

    What is made beside holds no lock of Python's most of the time: polars and numpy do the work. When the results are no longer wanted, the
    one that is being made is waited for.
    """
    with ThreadPoolExecutor(1) as beside:
        coming = beside.submit(_next, results)
        while made := coming.result():
            coming = beside.submit(_next, results)
            yield made[0]


def _next(results: Iterator[Result]) -> tuple[Result] | None:
    for result in results:
        return (result,)
    return None
