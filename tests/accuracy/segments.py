"""
How logs of several tasks are cut into cases, in small worlds like the three logs on which others published their scores.

The published logs are merged recordings whose owners say nothing of a licence, so they are not here: the worlds are like them in their
tasks, lengths and noise (`tests/analysis/segmentation_worlds.py`). Times say nothing in such logs, so nobody could try gaps first.

Source: the scores of Rebmann and van der Aa, Information Systems 2024, doi 10.1016/j.is.2024.102404; for the third log also the best
of the others they ran.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from tests.analysis.segmentation_worlds import WORLDS, World, back_edges, ours, scores

__all__ = ["first_screen", "segment_facts", "segment_lines"]

Facts = dict[str, Any]
Line = tuple[str, str, str, bool, str]

WAYS: Final = {"ours": ours, "back_edges": back_edges}
F1_TARGET: Final = 0.95
# Normalised edit distance to be reached, and what was published: edit distance and F1.
PUBLISHED: Final = {"like L1": (0.04, "0.04, 0.99"), "like L2": (0.05, "0.05, 0.98"), "like L3": (0.11, "0.17, 0.97; by others 0.11, 0.62")}


def segment_facts(seed: int) -> Facts:
    """Boundary F1 and normalised edit distance of each world, by the analysis and by what one would try first."""
    worlds = {name: make(seed) for name, make in WORLDS.items() if name in PUBLISHED}
    ways = {**WAYS, "first_screen": first_screen}
    return {"seed": seed} | {name: {way: scores(world, cut(world))[::2] for way, cut in ways.items()} for name, world in worlds.items()}


def first_screen(world: World) -> np.ndarray:
    """Cut at every return to the screen on which the log begins."""
    home = world.acts[0].app, world.acts[0].screen
    there = np.array([(act.app, act.screen) == home for act in world.acts])
    return np.cumsum(there & ~np.r_[False, there[:-1]])


def segment_lines(worlds: Sequence[Facts]) -> Iterator[Line]:
    """Two lines for each kind of world: boundary F1, and edit distance."""
    for name, (distance_target, published) in PUBLISHED.items():
        f1, distance = ({way: float(np.mean([world[name][way][part] for world in worlds])) for way in worlds[0][name]} for part in (0, 1))
        others = [
            f"at every return to the first screen {each['first_screen']:.2f}, back-edges {each['back_edges']:.2f}"
            for each in (f1, distance)
        ]
        yield f"cases of a log {name}, boundary F1", f">= {F1_TARGET}", f"{f1['ours']:.3f}", f1["ours"] >= F1_TARGET, others[0]
        said = f"{distance['ours']:.3f} (published for {name[5:]}, with its F1: {published})"
        yield f"cases of a log {name}, edit distance", f"<= {distance_target}", said, distance["ours"] <= distance_target, others[1]
