"""Distinct combinations are those that a plain loop finds, in order of first sight, whatever the size of the numbers."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.interop import coding
from shadow.interop.coding import Texts, combinations, numbered

CELLS = st.one_of(st.none(), st.integers(0, 3), st.sampled_from([70_000, 4_000_000]))
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=40)


def by_loop(rows: list[tuple[int | None, ...]]) -> tuple[list[int], list[int]]:
    """First row of each distinct one, and which of them each row is."""
    seen: dict[tuple[int | None, ...], int] = {}
    which = [seen.setdefault(row, len(seen)) for row in rows]
    return [which.index(number) for number in range(len(seen))], which


@pytest.mark.parametrize("table", [1, 1 << 20])
@settings(max_examples=100, deadline=None)
@given(rows=ROWS)
def test_combinations(table: int, rows: list[tuple[int | None, ...]]) -> None:
    """Numbers that fit a table and numbers that do not are told apart alike; null is a number of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coding, "TABLE", table)
        first, which = combinations([pl.Series(column, dtype=pl.UInt32) for column in zip(*rows, strict=True)])

    assert by_loop(rows) == (first.tolist(), which.tolist())


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_numbered(rows: list[tuple[int | None, ...]]) -> None:
    """Rows of any columns are told apart in order of first sight."""
    first, expected = by_loop(rows)
    distinct, which = numbered(pl.DataFrame(rows, schema=dict.fromkeys("abc", pl.Int64), orient="row"))

    assert ([rows[place] for place in first], expected) == (distinct.rows(), which.tolist())


def test_texts() -> None:
    """Names keep their numbers from one block to the next, and new ones count on; no name has no number."""
    texts = Texts()

    assert [0, None, 1, 0] == texts.numbers(pl.Series(["b", None, "a", "b"])).to_list()
    assert [2, 1, None] == texts.numbers(pl.Series(["c", "a", None])).to_list()
    assert ["b", "a", "c"] == texts.seen
