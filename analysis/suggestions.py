"""
What the fields of a form suggest: one to take off, one to move out of the way, one to start with its usual value.

    never_touched   shown in 100 cases or more, and in at least 95 % of them no event is on it     remove
    passed_over     focused and left empty in at least 80 % of the cases that showed it             move
    one value       the same value in at least 80 % of the cases that worked on its form            default

A field nobody touches costs no time that a log could show, so it has no place in a ranking of minutes. It has one here.

Source: the form metrics of Zuko (zuko.io/guides/metric-definitions); the limits are those of `analysis.thresholds`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from analysis.friction import friction_by_field

if TYPE_CHECKING:
    from analysis.bundles import Bundles
    from analysis.loading import LoadedStudy

__all__ = ["Suggestion", "find_suggestions", "suggestion_row"]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """
    What to do with one field.

    Args:

        field: The field.

        kind: `remove`, `move` or `default`.

        share: Of the cases that showed the field those in which it was left alone, or empty; of its entries those of the usual value.

        n_cases: Cases that showed it, or in which it was entered.

        n_agents: Agents who touched it; 0 where nobody did.
    """

    field: dict[str, Any]
    kind: str
    share: float
    n_cases: int
    n_agents: int


def find_suggestions(loaded: LoadedStudy, bundles: Bundles) -> tuple[Suggestion, ...]:
    """The suggestions of a study: fields to remove, then those to move, then defaults; those with the most cases first."""
    rows = friction_by_field(loaded.sums).to_dicts()
    found = [suggestion for row in rows if (suggestion := _left_empty(loaded, row))] + _usual_values(loaded, bundles)
    kinds = ("remove", "move", "default")
    return tuple(sorted(found, key=lambda one: (kinds.index(one.kind), -one.n_cases, -one.share)))


def _left_empty(loaded: LoadedStudy, row: dict[str, Any]) -> Suggestion | None:
    """
    What a field's friction suggests.

    Only of a field that some form announces is it known in which cases it was shown. One that must be filled in is not taken off: a system
    may fill it.
    """
    thresholds, required = loaded.thresholds, loaded.study.catalogue.fields[row["field"]].required
    never, passed, n_cases = row["never_touched_rate"], row["skip_rate"] or 0.0, row["n_cases"]
    if never is None:
        return None
    if never >= thresholds.never_touched_share and n_cases >= thresholds.never_touched_min_cases and not required:
        kind, share = "remove", never
    elif passed >= thresholds.passed_over_share and n_cases >= thresholds.min_pair_cases:
        kind, share = "move", passed
    else:
        return None
    return Suggestion(loaded.field(row["field"]), kind, share, n_cases, row["n_agents"])


def _usual_values(loaded: LoadedStudy, bundles: Bundles) -> list[Suggestion]:
    entries = bundles.frame.filter(pl.col("kind") == "default")
    fields = entries.group_by("target_field", maintain_order=True).agg(
        share=pl.col("right").mean(), n_cases=pl.struct("session", "case_no").n_unique(), n_agents=pl.col("agent").n_unique()
    )
    return [
        Suggestion(loaded.field(row["target_field"]), "default", row["share"], row["n_cases"], row["n_agents"]) for row in fields.to_dicts()
    ]


def suggestion_row(suggestion: Suggestion) -> dict[str, Any]:
    """The suggestion as a part of the one result that a report renders."""
    return {
        **suggestion.field,
        "kind": suggestion.kind,
        "share": suggestion.share,
        "n_cases": suggestion.n_cases,
        "n_agents": suggestion.n_agents,
    }
