"""Times that are read in two pieces are those that are read whole."""

from __future__ import annotations

import polars as pl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from shadow.interop.neutral import _read_whole, _stamped

DAYS = st.sampled_from(["2026-11-22", "2024-02-29", "2023-02-29", "1969-12-31", "0001-01-01", "9999-12-31", "10000-01-01", "2026-1-2"])
CLOCKS = st.sampled_from(["T09:30:00", "T23:59:59", "T23:59:60", "T24:00:00", " 09:30:00", "t09:30:00", "T09:30", "T9:30:00", "T00:00:00"])
FRACTIONS = st.one_of(st.sampled_from(["", ".", ".5", ".250", ".2505", ".999999999", ",5"]), st.from_regex(r"\.[0-9]{1,9}", fullmatch=True))
OFFSETS = st.sampled_from(["Z", "z", "+01:00", "-05:30", "+0100", "+01", "", " +01:00", "+25:00", "-00:00", "x"])
STAMPS = st.tuples(DAYS, CLOCKS, FRACTIONS, OFFSETS).map("".join)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(st.none(), STAMPS), min_size=1, max_size=6))
@example(["2026-11-22T09:30:00.250+01:00", None, "soon"])
def test_in_two_pieces(stamps: list[str | None]) -> None:
    """Whatever is written, right or wrong, gives the same milliseconds, or none."""
    series = pl.Series(stamps * 24, dtype=pl.String)

    assert _read_whole(series).to_list() == _stamped(series).to_list()
