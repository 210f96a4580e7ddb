"""From what was said and what is true to the figures of the table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np

__all__ = ["calibration_error", "errors", "ndcg", "order_figures", "pair_scores", "total_errors"]

Facts = dict[str, Any]

BINS: Final = 5


def pair_scores(worlds: Sequence[Facts], found: str = "found") -> tuple[float, float, float]:
    """Precision, recall and F1 of pairs of fields, over all worlds; a source that shows the same value as the planted one is right, too."""
    right = wrong = missed = 0
    for world in worlds:
        legs = [(set(sources), target) for sources, target in world["planted"]]
        pairs = {(source, target) for source, target in world[found]}
        hit = [pair for pair in pairs if any(pair[0] in sources and pair[1] == target for sources, target in legs)]
        right += len(hit)
        wrong += len(pairs) - len(hit)
        missed += sum(not any((source, target) in pairs for source in sources) for sources, target in legs)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return precision, recall, 2 * precision * recall / max(1e-12, precision + recall)


def errors(worlds: Iterable[Facts], column: str = "said") -> tuple[float, float, int]:
    """Mean absolute error, bias and number of single savings, relative to the truth of the same world; rows without a true saving are out."""
    ratios = np.array([row[column] / row["true"] for row in _firm(worlds) if row["true"] > 0])
    return float(np.abs(ratios - 1).mean()), float(ratios.mean() - 1), len(ratios)


def _firm(worlds: Iterable[Facts]) -> Iterator[Facts]:
    return (row for world in worlds for row in world["rows"] if row["evidence"] != "anecdote")


def ndcg(said: Sequence[float], true: Sequence[float], top: int = 5) -> float:
    """Gain of the `top` best as said, discounted by place, over that of the truly best."""
    gains = np.maximum(np.array(true, dtype=np.float64), 0)
    weight = 1 / np.log2(np.arange(2, top + 2))
    best, got = np.sort(gains)[::-1][:top], gains[np.argsort(-np.array(said), kind="stable")][:top]
    return float((got * weight[: len(got)]).sum() / max(1e-12, (best * weight[: len(best)]).sum()))


def order_figures(worlds: Sequence[Facts], column: str = "said") -> tuple[float, float]:
    """Mean NDCG@5, and the share of the truly best saving that is lost by building what is said to be the best."""
    scores, losses = [], []
    for world in worlds:
        rows = [row for row in world["rows"] if row["evidence"] != "anecdote"]
        if len(rows) > 1:
            said, true = [row[column] for row in rows], [row["true"] for row in rows]
            scores.append(ndcg(said, true))
            losses.append(1 - true[int(np.argmax(said))] / max(true))
    return float(np.mean(scores)), float(np.mean(losses))


def calibration_error(worlds: Iterable[Facts], top: int = 5, *, sure: bool = False) -> float:
    """
    Expected calibration error of the chance to be among the `top` best: |said - came true|, over five bins, weighed by their rows.

    Args:

        worlds: Facts of worlds.

        top: How many are the best.

        sure: Take the `top` that are said to save most for certain, and the others for impossible.
    """
    said, came = [], []
    for world in worlds:
        rows = [row for row in world["rows"] if row["p_top5"] is not None]
        best = sorted((row["true"] for row in rows), reverse=True)[:top]
        first = sorted((row["said"] for row in rows), reverse=True)[:top]
        said += [float(row["said"] >= first[-1]) if sure else row["p_top5"] for row in rows]
        came += [row["true"] >= best[-1] for row in rows]
    chance, true = np.array(said), np.array(came, dtype=np.float64)
    place = np.minimum((chance * BINS).astype(int), BINS - 1)
    return float(sum(abs(chance[place == n].mean() - true[place == n].mean()) * (place == n).mean() for n in np.unique(place)))


def total_errors(worlds: Iterable[Facts], column: str = "said") -> tuple[float, float]:
    """Mean relative error of all firm rows together, and the share of the worlds in which it is within a tenth."""
    ratios = np.array([world["total"][column] / world["total"]["true"] for world in worlds if world["total"]])
    return float(ratios.mean() - 1), float((np.abs(ratios - 1) <= 0.1).mean())
