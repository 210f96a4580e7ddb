"""
Candidate integrations: the small things that could be built, and the bundles each would remove.

    autofill      the target is filled from where its values come from
    link          two screens share a record: every field carried from the one to the other
    default       the target starts with the value it nearly always gets
    remove_field  the target is nearly always passed over
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.spans import opens, packed
from analysis.stretches import DEFAULT, PASSED_OVER, REENTRY

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from analysis.bundles import Bundles
    from analysis.loading import LoadedStudy

    Bools = NDArray[np.bool_]
    Codes = NDArray[np.int32]
    Places = NDArray[np.int64]

__all__ = ["Integration", "candidate_integrations"]

# A link carries a record, not a field.
LEAST_LINKED: int = 2


@dataclass(frozen=True, slots=True)
class Integration:
    """
    A candidate.

    Args:

        kind: autofill, link, default or remove_field.

        sources: Codes of the fields read; None is an unknown origin.

        targets: Codes of the fields filled.

        bundles: Rows of the bundle table that it would remove.

        n_occurrences: Edits it would spare.

        n_cases: Cases it would touch.

        n_agents: Agents in whose work it was seen.
    """

    kind: str
    sources: tuple[int | None, ...]
    targets: tuple[int, ...]
    bundles: NDArray[np.int64]
    n_occurrences: int
    n_cases: int
    n_agents: int


def candidate_integrations(loaded: LoadedStudy, bundles: Bundles) -> list[Integration]:
    """Every integration that the bundles of a study suggest, in a fixed order."""
    table = _Table.of(bundles.frame)
    entered = np.flatnonzero((table.kind == REENTRY) & ~table.memory)
    found = [_integration("autofill", table, rows) for rows in _groups(entered, table.target[entered])]
    found += _links(loaded, table, entered)
    for kind, bundle_kind in (("default", DEFAULT), ("remove_field", PASSED_OVER)):
        rows = np.flatnonzero(table.kind == bundle_kind)
        found += [_integration(kind, table, part) for part in _groups(rows, table.target[rows])]
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """The bundles' columns; `root` is -1 where the origin is not known, `case` and `edit` are numbers within the study."""

    kind: NDArray[np.uint8]
    memory: Bools
    right: Bools
    root: Codes
    target: Codes
    agent: Codes
    case: Places
    edit: Places

    @classmethod
    def of(cls, frame: pl.DataFrame) -> _Table:
        session = frame["session"].to_numpy().astype(np.int64) << np.int64(32)
        return cls(
            frame["kind"].to_physical().to_numpy(), frame["memory"].to_numpy(), frame["right"].to_numpy(),
            frame["root_field"].fill_null(-1).to_numpy(), frame["target_field"].to_numpy(), frame["agent"].to_numpy(),
            session + frame["case_no"].to_numpy(), session + frame["target_seq"].to_numpy(),
        )  # fmt: skip


def _groups(rows: Places, *keys: Codes) -> list[Places]:
    """Rows with the same keys, in order of what the keys look like."""
    *sorted_keys, rows = packed(*keys, rows)
    begin = np.flatnonzero(opens(*sorted_keys))
    named = zip(np.stack(sorted_keys, axis=1)[begin].tolist(), np.split(rows, begin[1:]) if len(begin) else (), strict=True)
    return [part for _, part in sorted(named, key=lambda item: str(tuple(item[0])))]


def _links(loaded: LoadedStudy, table: _Table, entered: Places) -> list[Integration]:
    """One link per pair of screens with at least LEAST_LINKED targets; fields of unknown origin belong to none."""
    screen = loaded.sums.places.field_screen
    known = entered[table.root[entered] >= 0]
    groups = _groups(known, screen[table.root[known]], screen[table.target[known]])
    return [_integration("link", table, rows) for rows in groups if len(np.unique(table.target[rows])) >= LEAST_LINKED]


def _integration(kind: str, table: _Table, rows: Places) -> Integration:
    sources = _by_weight(table.root[rows]) if kind in ("autofill", "link") else []
    return Integration(
        kind=kind,
        sources=tuple(None if code < 0 else code for code in sources),
        targets=tuple(_by_weight(table.target[rows])),
        bundles=rows if kind != "default" else rows[table.right[rows]],
        n_occurrences=len(np.unique(table.edit[rows])),
        n_cases=len(np.unique(table.case[rows])),
        n_agents=len(np.unique(table.agent[rows])),
    )


def _by_weight(codes: Codes) -> list[int]:
    """The codes there are, the most frequent first."""
    found, n = np.unique(codes, return_counts=True)
    in_order: list[int] = found[np.lexsort((found, -n))].tolist()
    return in_order
