"""
Sums of a study as bytes and back, so that a later analysis adds to them only what is new.

    sums of parts 1..8  ->  bytes  ->  the same sums, in tables that also have room for what part 9 brings

A quantile needs every time that was seen, but only how often (`TimeCounts`): kept whole, figures stay exact in a few bytes a hundred events.
"""

from __future__ import annotations

import msgspec
import numpy as np
import polars as pl
from numpy.typing import NDArray

from analysis.kernel.aggregates import StudySums
from analysis.kernel.casework import CASE_SCHEMA
from analysis.kernel.values import TimeCounts

__all__ = ["PackedSums", "pack_sums", "unpack_sums"]

Numbers = NDArray[np.int64]


class _Packed(msgspec.Struct, frozen=True, array_like=True):
    """
    Whole numbers in the smallest type that holds them all, as multiples of their common step (times are kept to 10 ms).

    The first bytes of all numbers come first, then all second bytes: the high ones are mostly equal, so half remains when compressed.
    """

    kind: str
    step: int
    content: bytes

    @classmethod
    def of(cls, numbers: NDArray[np.generic]) -> _Packed:
        held = numbers.astype(np.int64)
        step = max(1, int(np.gcd.reduce(held, initial=0)))
        held //= step
        kind = np.promote_types(np.min_scalar_type(held.min(initial=0)), np.min_scalar_type(held.max(initial=0)))
        return cls(kind.str, step, held.astype(kind).view(np.uint8).reshape(-1, kind.itemsize).T.tobytes())

    def numbers(self) -> Numbers:
        kind = np.dtype(self.kind)
        planes = np.frombuffer(self.content, dtype=np.uint8).reshape(kind.itemsize, -1)
        return np.ascontiguousarray(planes.T).view(kind).ravel().astype(np.int64) * self.step


class _PackedTimes(msgspec.Struct, frozen=True, array_like=True):
    """Times by place: how many different ones each place has, how much each is longer than the one before, and how often it was seen."""

    different: _Packed
    longer: _Packed
    counts: _Packed

    @classmethod
    def of(cls, times: TimeCounts, n_places: int) -> _PackedTimes:
        place, time_ms, counts = times.counted()
        return cls(_Packed.of(np.bincount(place, minlength=n_places)), _Packed.of(np.diff(time_ms, prepend=0)), _Packed.of(counts))

    def times(self) -> TimeCounts:
        different = self.different.numbers()
        place = np.repeat(np.arange(len(different), dtype=np.int32), different)
        return TimeCounts.of(place, np.cumsum(self.longer.numbers()), self.counts.numbers())


class PackedSums(msgspec.Struct, frozen=True):
    """
    Sums of a study.

    Args:

        agents: The agents that the rows of `screen_agents` and `field_agents` stand for.

        tables: Every table of `StudySums`, by name; sums by code, and cases column by column.
    """

    agents: list[int]
    totals: dict[str, int]
    tables: dict[str, dict[str, _Packed]]
    times: dict[str, _PackedTimes]


def pack_sums(sums: StudySums, agents: list[int]) -> PackedSums:
    """
    Sums to be kept.

    Args:

        sums: The sums.

        agents: Every agent of the study, ordered.
    """
    n_screens, n_fields = len(sums.places.screen_app), len(sums.places.field_role)
    tables = {
        name: {column: _Packed.of(values) for column, values in getattr(sums, name).items()} for name in ("screens", "fields", "apps")
    }
    tables["cases"] = {name: _Packed.of(values) for name, values in _steps(sums.cases).items()}
    tables["others"] = {name: _Packed.of(getattr(sums, name).ravel()) for name in ("switches", "screen_agents", "field_agents")}
    times = {
        "screen_dwell": _PackedTimes.of(sums.screen_dwell, n_screens),
        "field_dwell": _PackedTimes.of(sums.field_dwell, n_fields),
        "hesitation": _PackedTimes.of(sums.hesitation, n_fields),
    }
    return PackedSums(agents, sums.totals, tables, times)


def unpack_sums(packed: PackedSums, empty: StudySums, agents: list[int]) -> StudySums:
    """
    The sums that were kept.

    Args:

        packed: As they were kept; of no place or agent that the study has not.

        empty: The study's, with nothing added yet; it is filled.

        agents: Every agent of the study, ordered.
    """
    empty.totals.update(packed.totals)
    for name in ("screens", "fields", "apps"):
        for column, values in getattr(empty, name).items():
            numbers = packed.tables[name][column].numbers()
            values[: len(numbers)] = numbers
    others = {name: values.numbers() for name, values in packed.tables["others"].items()}
    n_apps = len(packed.tables["apps"]["switches_in"].numbers())
    empty.switches[:n_apps, :n_apps] = others["switches"].reshape(n_apps, n_apps)
    rows = np.searchsorted(agents, packed.agents)
    for places, table in (("screens", empty.screen_agents), ("fields", empty.field_agents)):
        n_places = len(packed.tables[places]["visits"].numbers())
        table[rows, :n_places] = others[f"{places[:-1]}_agents"].reshape(len(rows), n_places) > 0
    cases = {name: values.numbers() for name, values in packed.tables["cases"].items()}
    empty.restore_cases(_cases_of(cases))
    for name, times in packed.times.items():
        setattr(empty, name, times.times())
    return empty


def _steps(cases: pl.DataFrame) -> dict[str, Numbers]:
    """Cases as columns of small numbers: steps from case to case, and lengths."""
    columns = {name: cases[name].to_numpy().astype(np.int64) for name in cases.columns}
    length = columns["end_ms"] - columns["start_ms"]
    steps = {name: np.diff(columns[name], prepend=0) for name in ("session", "case_no", "start_ms")}
    return columns | steps | {"end_ms": length, "active_ms": length - columns["active_ms"]}


def _cases_of(steps: dict[str, Numbers]) -> pl.DataFrame:
    start = np.cumsum(steps["start_ms"])
    columns = steps | {name: np.cumsum(steps[name]) for name in ("session", "case_no")}
    columns |= {"start_ms": start, "end_ms": start + steps["end_ms"], "active_ms": steps["end_ms"] - steps["active_ms"]}
    return pl.DataFrame({name: columns[name] for name in CASE_SCHEMA}, schema_overrides=dict(CASE_SCHEMA))
