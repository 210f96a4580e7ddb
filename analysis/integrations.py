"""
Candidate integrations: the small things that could be built, and the bundles each would remove.

    autofill      the target is filled from where its values come from
    link          two screens share a record: every field carried from the one to the other
    default       the target starts with the value it nearly always gets
    remove_field  the target is nearly always passed over
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.bundles import Bundles
    from analysis.loading import LoadedStudy

__all__ = ["Integration", "candidate_integrations"]

# A link carries a record, not a field.
LEAST_LINKED: int = 2

_READ: Final = ("bundle", "kind", "memory", "right", "root_field", "target_field", "session", "case_no", "target_seq", "agent")


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
    frame = bundles.frame.select(_READ)
    entered = frame.filter((pl.col("kind") == "reentry") & ~pl.col("memory"))
    found = [_integration("autofill", part) for _, part in _groups(entered, ["target_field"])]
    found += _links(loaded, entered)
    for kind, bundle_kind in (("default", "default"), ("remove_field", "passed_over")):
        found += [_integration(kind, part) for _, part in _groups(frame.filter(pl.col("kind") == bundle_kind), ["target_field"])]
    return found


def _groups(frame: pl.DataFrame, keys: list[str]) -> list[tuple[tuple[object, ...], pl.DataFrame]]:
    return sorted(frame.partition_by(keys, as_dict=True, maintain_order=True).items(), key=lambda item: str(item[0]))


def _links(loaded: LoadedStudy, entered: pl.DataFrame) -> list[Integration]:
    """One link per pair of screens with at least LEAST_LINKED targets; fields of unknown origin belong to none."""
    entries = list(enumerate(loaded.study.catalogue.fields))
    screens = pl.DataFrame([(code, entry.screen) for code, entry in entries], {"field": pl.Int32, "screen": pl.Int32}, orient="row")
    placed = (
        entered.drop_nulls("root_field")
        .join(screens.rename({"field": "root_field", "screen": "from_screen"}), on="root_field")
        .join(screens.rename({"field": "target_field", "screen": "to_screen"}), on="target_field")
        .sort("bundle")
    )  # fmt: skip
    groups = _groups(placed, ["from_screen", "to_screen"])
    return [_integration("link", part) for _, part in groups if part["target_field"].n_unique() >= LEAST_LINKED]


def _integration(kind: str, part: pl.DataFrame) -> Integration:
    by_weight = part.group_by("root_field", maintain_order=True).len().sort("len", "root_field", descending=[True, False])
    sources = by_weight["root_field"].to_list() if kind in ("autofill", "link") else []
    targets = part.group_by("target_field").len().sort("len", "target_field", descending=[True, False])["target_field"].to_list()
    spared = part if kind != "default" else part.filter("right")
    return Integration(
        kind=kind,
        sources=tuple(sources),
        targets=tuple(targets),
        bundles=spared["bundle"].to_numpy().astype(np.int64),
        n_occurrences=part.select("session", "target_seq").n_unique(),
        n_cases=part.select("session", "case_no").n_unique(),
        n_agents=part["agent"].n_unique(),
    )
