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

__all__ = ["Evidence", "evidence_of", "weigh_evidence"]

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


def weigh_evidence(bundles: pl.DataFrame, took: tuple[Floats, Floats], pace: Floats, klm_sd_ln: float) -> pl.DataFrame:
    """
    Every bundle with what is known of its way, a way being one target filled from one source by one hand.

    Args:

        bundles: The bundles (`analysis.bundles`).

        took: Seconds of each bundle's own stretches, as seen and as modelled.

        pace: Pace of each agent.

        klm_sd_ln: How far the model is off, sd of ln.

    Returns:

        One row per bundle, in their order: seen_s, n (of its way), factor, conflict.
    """
    times = bundles.select("agent", *WAY, seen_s=pl.Series(took[0]), klm_s=pl.Series(took[1]))
    times = times.with_columns(klm_s=pl.col("klm_s") * pl.Series(pace[times["agent"].to_numpy()]))
    usable = times.filter((pl.col("seen_s") > 0) & (pl.col("klm_s") > 0))
    sigma = _within_sd(usable)
    ways = usable.group_by(WAY).agg(n=pl.len(), seen=pl.col("seen_s").log().mean(), klm=pl.col("klm_s").log().mean())
    off = pl.col("seen") - pl.col("klm")
    weight = klm_sd_ln**2 / (klm_sd_ln**2 + sigma**2 / pl.col("n"))
    conflict = off.abs() > CONFLICT_SE * (klm_sd_ln**2 + sigma**2 / pl.col("n")).sqrt()
    leaned = pl.when(conflict | (pl.col("n") >= MEASURED_N)).then(1.0).otherwise((-(1 - weight) * off).exp())
    judged = ways.with_columns(factor=leaned, conflict=conflict).select(*WAY, "n", "factor", "conflict")
    rows = times.join(judged, on=WAY, how="left", nulls_equal=True, maintain_order="left")
    modelled = (pl.col("seen_s") > 0) & (pl.col("klm_s") > 0)
    return rows.select(
        pl.col("seen_s").fill_null(0.0),
        pl.col("n").fill_null(0),
        pl.when(modelled).then("factor").otherwise(1.0).fill_null(1.0).alias("factor"),
        pl.col("conflict").fill_null(value=False),
    )


def _within_sd(times: pl.DataFrame) -> float:
    """How much the times of one agent on one way differ: pooled sd of ln."""
    groups = times.group_by(*WAY, "agent").agg(n=pl.len(), spread=pl.col("seen_s").log().var())
    several = groups.filter(pl.col("n") > 1).with_columns(freedom=pl.col("n") - 1)
    freedom = several["freedom"].to_numpy().astype(np.float64)
    if freedom.sum() < LEAST_TO_TELL:
        return WITHIN_SD_LN
    return float(np.sqrt((several["spread"].to_numpy() * freedom).sum() / freedom.sum()))


def evidence_of(weighed: pl.DataFrame, bundles: NDArray[np.int64]) -> Evidence:
    """What the saving of these bundles rests on, of what `weigh_evidence` says of each."""
    rows = weighed[bundles]
    seen_s, n = rows["seen_s"].to_numpy(), rows["n"].to_numpy()
    seconds = float(seen_s.sum())
    if not seconds:
        return Evidence("measured", 1.0, conflict=False)
    shares = {
        "measured": seen_s[n >= MEASURED_N].sum(),
        "blended": seen_s[(n >= BLENDED_N) & (n < MEASURED_N)].sum(),
        "modelled": seen_s[n < BLENDED_N].sum(),
    }
    label = max(shares, key=lambda name: shares[name])
    factor = float((seen_s * rows["factor"].to_numpy()).sum() / seconds)
    return Evidence(label, factor, conflict=bool(seen_s[rows["conflict"].to_numpy()].sum() > seconds / 2))
