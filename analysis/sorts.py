"""Sorts of stretches, within which the longest are pulled in: kind, hand and role of the field at a target; the hand alone at a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.kernel.columns import NO_ROLE
from analysis.stretches import DEFAULT, KINDS, PASSED_OVER, REENTRY, BlockBundles

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    from analysis.kernel.columns import Dimensions
    from analysis.loading import LoadedStudy

    Places = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["most_of_each_sort", "sorts_at_sources", "sorts_at_targets"]

COPIED, READ, NEITHER = range(3)
N_ROLES: Final = NO_ROLE + 1
AT_SOURCE: Final = len(KINDS) * 3 * N_ROLES
N_SORTS: Final = AT_SOURCE + 2


def sorts_at_sources(copied: Bools) -> Places:
    """The sort of each stretch at a source."""
    return AT_SOURCE + np.where(copied, COPIED, READ)


def sorts_at_targets(places: Dimensions, frame: pl.DataFrame, part: BlockBundles) -> Places:
    """The sort of each stretch at a target."""
    hand = np.where(part.kind != REENTRY, NEITHER, np.where(part.copied, COPIED, READ))
    role = places.field_role[frame["target_field"].to_numpy()]
    sorts: Places = (part.kind.astype(np.int64) * 3 + hand) * N_ROLES + role
    return sorts


def most_of_each_sort(loaded: LoadedStudy, entered: pl.DataFrame, fields: tuple[Bools, Bools]) -> Places:
    """At most how many stretches of each sort there will be; a field is entered last, or passed over, at most once a visit."""
    role, visits, most = loaded.sums.places.field_role, loaded.sums.fields["visits"], np.zeros(N_SORTS, dtype=np.int64)
    for kind, meant in zip((DEFAULT, PASSED_OVER), fields, strict=True):
        np.add.at(most, (kind * 3 + NEITHER) * N_ROLES + role[meant], visits[meant])
    hand = np.where((entered["mode"] == "clipboard").to_numpy(), COPIED, READ)
    np.add.at(most, (REENTRY * 3 + hand) * N_ROLES + role[entered["target_field"].to_numpy()], 1)
    np.add.at(most, AT_SOURCE + hand, 1)
    return most
