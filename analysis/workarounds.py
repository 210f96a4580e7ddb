"""
Workarounds: a third application used as the memory between two systems.

    A: copy S | M: paste N ... copy N | B: paste D         M keeps what nobody can keep in mind, and what no integration carries
    `-- put ----------'        `-- taken --------'

What counts as a memory is an application into which mostly such values are entered as go on elsewhere in the same case. A system that has
forms of its own beside is none: its values are there for their own sake, whoever copies them later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.loading import LoadedStudy
    from analysis.second_pass import SecondPass

__all__ = ["Workaround", "find_workarounds", "workaround_row"]

Field = dict[str, Any]

# An application is a memory if more than this share of what is entered into it goes on to another system.
MOSTLY: Final = 0.5
PATH: Final = ["memory_app", "source_app", "target_app"]


@dataclass(frozen=True, slots=True)
class Workaround:
    """
    One application that serves as the memory from one system to another, over the cases that count.

    Args:

        memory: Fields that hold the values on the way.

        sources: Fields that the values come from, commonest first.

        targets: Fields that they end in, likewise.

        n_occurrences: Entries made out of the memory.

        n_cases: Cases in which that happened.

        n_agents: Agents in whose work it was seen.

        seconds_per_case: Active seconds of both ways, into the memory and out of it, over all cases that count.

        held_s: Median of the active seconds between the two.

        example: Active seconds of one occurrence, the one of median length: put (from the copy or the look to the entry in the memory),
            held, taken (from there to the entry in the second system).
    """

    memory: tuple[Field, ...]
    sources: tuple[Field, ...]
    targets: tuple[Field, ...]
    n_occurrences: int
    n_cases: int
    n_agents: int
    seconds_per_case: float
    held_s: float
    example: dict[str, float]


def find_workarounds(loaded: LoadedStudy, found: SecondPass, n_cases: float) -> tuple[Workaround, ...]:
    """
    The workarounds in a study, most seconds per case first.

    One seen in fewer cases than a pair of fields needs (`min_pair_cases`) is a slip and none; `n_cases` are all that count.
    """
    passed_on = _passed_on(loaded, found)
    workarounds = [
        _workaround(loaded, part, n_cases)
        for _, part in passed_on.group_by(PATH, maintain_order=True)
        if part.select("session", "case_no").n_unique() >= loaded.thresholds.min_pair_cases
    ]
    return tuple(sorted(workarounds, key=lambda workaround: -workaround.seconds_per_case))


def _passed_on(loaded: LoadedStudy, found: SecondPass) -> pl.DataFrame:
    """
    One row per entry out of a memory, in the order of the log.

    Columns: those of PATH (codes), session, case_no, agent, source_field, memory_field, target_field, put_seq (of the event that put the
    value down), put_s, held_s and taken_s.
    """
    entered = found.bundles.frame.filter(pl.col("kind") == "reentry")
    timed = entered.join(found.passing, on="bundle")
    put = timed.filter("memory").select("bundle", memory_field="target_field", put_seq="target_seq", put_s="way_s", down_s="entered_s")
    taken = timed.filter(~pl.col("memory")).select(
        "session", "case_no", "agent", "target_field", fed="bundle", source_field="root_field", taken_s="way_s", up_s="read_s"
    )
    both = found.bundles.feeds.join(put, on="bundle").join(taken, on="fed").with_columns(held_s=pl.col("up_s") - pl.col("down_s"))
    field_app = loaded.sums.places.field_app
    apps = pl.DataFrame({"field": np.arange(len(field_app), dtype=np.int32), "app": field_app})
    for side in ("memory", "source", "target"):
        both = both.join(apps.rename({"field": f"{side}_field", "app": f"{side}_app"}), on=f"{side}_field", how="left")
    between = (pl.col("source_app") != pl.col("target_app")) & (pl.col("source_app") != pl.col("memory_app"))
    return both.filter(between & pl.col("memory_app").is_in(_memories(entered, field_app, found.n_entered))).sort("fed")


def _memories(entered: pl.DataFrame, field_app: NDArray[np.int32], n_entered: NDArray[np.int64]) -> list[int]:
    """Applications into which mostly values are entered that go on elsewhere. A field counts once in each case."""
    kept = entered.filter("memory").select("session", "case_no", "target_field").unique()
    n_kept = np.bincount(field_app[kept["target_field"].to_numpy()], minlength=len(n_entered))
    return np.flatnonzero(n_kept > MOSTLY * n_entered).tolist()


def _workaround(loaded: LoadedStudy, part: pl.DataFrame, n_cases: float) -> Workaround:
    put = part.unique(["session", "put_seq"])
    seconds = float(put["put_s"].to_numpy().sum() + part["taken_s"].to_numpy().sum())
    lengths = part.with_columns(length=pl.sum_horizontal("put_s", "held_s", "taken_s").round(3)).sort("length", "fed")
    example = lengths.row(len(lengths) // 2, named=True)
    return Workaround(
        memory=_fields(loaded, part, "memory_field"),
        sources=_fields(loaded, part, "source_field"),
        targets=_fields(loaded, part, "target_field"),
        n_occurrences=len(part),
        n_cases=part.select("session", "case_no").n_unique(),
        n_agents=part["agent"].n_unique(),
        seconds_per_case=seconds / n_cases,
        held_s=float(part.select(pl.col("held_s").median()).item()),
        example={name: example[name] for name in ("put_s", "held_s", "taken_s")},
    )


def _fields(loaded: LoadedStudy, part: pl.DataFrame, column: str) -> tuple[Field, ...]:
    counts = part.group_by(column).len().sort("len", column, descending=[True, False])
    return tuple(loaded.field(code) for code in counts[column].to_list())


def workaround_row(workaround: Workaround) -> dict[str, Any]:
    """The workaround as a part of the one result that a report renders; seconds, and agents as a count."""
    return {
        "memory": list(workaround.memory),
        "sources": list(workaround.sources),
        "targets": list(workaround.targets),
        "occurrences": workaround.n_occurrences,
        "cases": workaround.n_cases,
        "agents": workaround.n_agents,
        "seconds_per_case": workaround.seconds_per_case,
        "held_s_median": workaround.held_s,
        "example": dict(workaround.example),
    }
