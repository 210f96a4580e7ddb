"""
What a saving rests on: times that were seen, the keystroke-level model where few were, and a warning where the two disagree.

    seen 25 times or more      the times themselves                                    measured
    seen 6 to 24 times         both, weighed by how sure each is                       blended
    seen less often            mostly the model, at the pace of those who did it       modelled

The model is worth about six observations. Where it is further off than both can explain they are never averaged: the log was cut wrongly,
there was hidden waiting, or the work is done in another way.

Source: normal prior and normal data on the logarithm, with the model's own error (RMS 21 %) as the prior's; Card, Moran, Newell 1980,
doi 10.1145/358886.358895.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.integer]
    Bools = NDArray[np.bool_]

__all__ = ["Evidence", "Weighed", "evidence_of", "weigh_evidence"]

MEASURED_N: Final = 25
BLENDED_N: Final = 6
# Spread of the times of one agent on one field (sd of ln), where too few were seen to tell.
WITHIN_SD_LN: Final = 0.6
LEAST_TO_TELL: Final = 30
# Further apart than so many standard errors the model and the times contradict each other.
CONFLICT_SE: Final = 3.0

WAY: Final = ["kind", "root_field", "target_field", "mode"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """
    What the saving of a set of bundles rests on.

    Args:

        label: `measured`, `blended` or `modelled`: that of the ways which carry most of its seconds.

        factor: What the seconds seen are to be multiplied by; 1 where they were measured.

        conflict: Whether times and model contradict each other somewhere in it.
    """

    label: str
    factor: float
    conflict: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """
    What is known of the ways of a study, a way being one target filled from one source by one hand.

    Args:

        seen_s: Seconds of each bundle's own stretches.

        way: The way of each bundle.

        modelled: Whether each bundle was seen to take time, and the model knows what for.

        n: How often each way was seen so.

        factor: What the seconds seen on each way are to be multiplied by.

        conflict: Whether times and model contradict each other on each way.
    """

    seen_s: Floats
    way: Ints
    modelled: Bools
    n: Ints
    factor: Floats
    conflict: Bools


def weigh_evidence(bundles: pl.DataFrame, took: tuple[Floats, Floats], pace: Floats, klm_sd_ln: float) -> Weighed:
    """
    What is known of each way.

    Args:

        bundles: The bundles (`analysis.bundles`).

        took: Seconds of each bundle's own stretches, as seen and as modelled.

        pace: Pace of each agent.

        klm_sd_ln: How far the model is off, sd of ln.
    """
    seen_s, agent, way = took[0], bundles["agent"].to_numpy(), _ways(bundles)
    klm_s = took[1] * pace[agent]
    modelled = (seen_s > 0) & (klm_s > 0)
    of_way, seen = way[modelled], np.log(seen_s[modelled])
    n_ways = int(way.max(initial=-1)) + 1
    n = np.bincount(of_way, minlength=n_ways)
    times = np.maximum(n, 1)
    off = np.bincount(of_way, weights=seen - np.log(klm_s[modelled]), minlength=n_ways) / times
    variance = klm_sd_ln**2 + _within_sd(of_way.astype(np.int64) * len(pace) + agent[modelled], seen) ** 2 / times
    conflict = np.abs(off) > CONFLICT_SE * np.sqrt(variance)
    leaned = np.exp(-(1 - klm_sd_ln**2 / variance) * off)
    return Weighed(seen_s, way, modelled, n, np.where(conflict | (n >= MEASURED_N), 1.0, leaned), conflict)


def _ways(bundles: pl.DataFrame) -> Ints:
    """The way of each bundle, from 0 up."""
    key = np.zeros(len(bundles), dtype=np.int64)
    for name in WAY:
        column = bundles[name].to_physical().cast(pl.Int64).fill_null(-1).to_numpy() + 1
        key = key * (int(column.max(initial=0)) + 1) + column
    return np.unique(key, return_inverse=True)[1].astype(np.int32)


def _within_sd(group: Ints, seen: Floats) -> float:
    """How much the times of one agent on one way differ: pooled sd of ln, of times by agent and way."""
    n = np.bincount(group)
    freedom = int(np.maximum(n - 1, 0).sum())
    if freedom < LEAST_TO_TELL:
        return WITHIN_SD_LN
    mean = np.bincount(group, weights=seen) / np.maximum(n, 1)
    return float(np.sqrt(((seen - mean[group]) ** 2).sum() / freedom))


def evidence_of(weighed: Weighed, bundles: NDArray[np.int64]) -> Evidence:
    """What the saving of these bundles rests on."""
    seen_s, way = weighed.seen_s[bundles], weighed.way[bundles]
    n, factor = weighed.n[way], np.where(weighed.modelled[bundles], weighed.factor[way], 1.0)
    seconds = float(seen_s.sum())
    if not seconds:
        return Evidence("measured", 1.0, conflict=False)
    shares = {
        "measured": seen_s[n >= MEASURED_N].sum(),
        "blended": seen_s[(n >= BLENDED_N) & (n < MEASURED_N)].sum(),
        "modelled": seen_s[n < BLENDED_N].sum(),
    }
    label = max(shares, key=lambda name: shares[name])
    conflict = bool(seen_s[weighed.conflict[way]].sum() > seconds / 2)
    return Evidence(label, float((seen_s * factor).sum() / seconds), conflict)
