"""
Replay: the seconds a set of integrations saves per case, told from the log itself.

Savings are not additive. Two integrations may remove the same stretch; a visit to another system disappears only when everything it was
made for is covered, so two may also remove more together than each alone. So a set is replayed over the log: its bundles and the visits
it makes needless are marked, what is marked is counted once, and what remains (glances, redoing by hand) is charged once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.spans import opens, packed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.layout import Layout, Spans
    from analysis.second_pass import SecondPass
    from analysis.thresholds import Thresholds

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Remains", "Replay", "Saving", "prepare_replay"]

LOOK: Final = ("session", "case_no", "target_field")


@dataclass(frozen=True, slots=True)
class Saving:
    """
    What a set of integrations saves, as totals over the study.

    Args:

        by_agent: Seconds saved, one total per agent, net of what remains. For the jackknife only.

        low: The motor part of what disappears, but for what lies beside talk: the least it can be.

        high: Everything that disappears, with nothing remaining: the most it can be.

        talk: Seconds of what disappears that lie beside talk that outlasts the work, of which `by_agent` holds a share.
    """

    by_agent: Floats
    low: float
    high: float
    talk: float

    @property
    def seconds(self) -> float:
        """Seconds saved over all cases."""
        return float(self.by_agent.sum())


@dataclass(frozen=True, slots=True)
class Remains:
    """
    What of the work remains when fields are filled.

    Args:

        pace: Pace of each agent (observed over modelled time).

        glance_s: What a filled field still costs, before pace.

        redo_share: Share of fills that are done by hand again.

        talk_share: Share of what is saved beside talk that outlasts the work which shortens the case.
    """

    pace: Floats
    glance_s: float
    redo_share: float
    talk_share: float

    def net(self, gone: Floats, beside: Floats, looked: Floats, failing: tuple[Floats, Floats]) -> Floats:
        """
        Seconds saved, by agent.

        Args:

            gone: Seconds that disappear.

            beside: Those of them that lie beside talk.

            looked: Seconds of glancing at what is filled, and of the way past it.

            failing: Bundles that can be filled wrongly, and all of them: that share of what disappears is done by hand again.
        """
        share = np.divide(failing[0], failing[1], out=np.zeros_like(gone), where=failing[1] > 0)
        net = gone - self.redo_share * share * gone - looked
        # What remains lies beside talk as often as what disappears.
        shortens = 1 - (1 - self.talk_share) * np.divide(beside, gone, out=np.zeros_like(gone), where=gone > 0)
        return net * shortens


@dataclass(frozen=True, slots=True)
class Replay:
    """
    A study made ready for replaying sets of bundles.

    Args:

        remains: What remains of filled fields.

        spans: Stretches of work that could disappear, in order of where they begin, the longer first.

        stretch: For each need, its stretch.

        need: For each need, the bundle that must be covered for the stretch to disappear; -1 never is.

        agent: Agent of each bundle (index).

        glance: The glance that remains of each bundle; bundles of one field in one case share theirs; -1 where none remains.

        looker: Agent of each glance (index).

        detour_s: For each glance, by how much the way past the filled field is longer than the way on from it.

        can_fail: Whether the bundle may be filled wrongly.

        memory: Bundles into a memory ...

        fed: ... and the bundles each fed: once all of those are covered, so is the memory.
    """

    remains: Remains
    spans: Spans
    stretch: Ints
    need: Ints
    agent: Ints
    glance: Ints
    looker: Ints
    detour_s: Floats
    can_fail: Floats
    memory: Ints
    fed: Ints

    @property
    def n_agents(self) -> int:
        """Agents of the study."""
        return len(self.remains.pace)

    def saving(self, covered: Ints) -> Saving:
        """Replay the log without these bundles."""
        asked = np.zeros(len(self.agent), dtype=bool)
        asked[covered] = True
        active, motor, talk, worker = self._removed(self._with_memories(asked))
        gone, beside = (np.bincount(worker, weights=seconds, minlength=self.n_agents).astype(np.float64) for seconds in (active, talk))
        low = np.minimum(active - talk, motor * np.minimum(1.0, self.remains.pace[worker])).sum()
        by_agent = self.remains.net(gone, beside, self._looked(asked), self._failing(asked))
        return Saving(by_agent, float(low), float(gone.sum()), float(beside.sum()))

    def glance_seconds(self) -> Floats:
        """Seconds of each glance at what is filled, and of the way past it."""
        return self.remains.glance_s * self.remains.pace[self.looker] + self.detour_s

    def _removed(self, gone: Bools) -> tuple[Floats, Floats, Floats, Ints]:
        """Active, motor and talking seconds and agent of what disappears; where stretches overlap it is counted once."""
        missing = np.zeros(len(self.spans), dtype=bool)
        missing[self.stretch[(self.need < 0) | ~gone[self.need]]] = True
        kept = np.flatnonzero(~missing)
        # Every total grows with time, so what was reached of one was reached of all.
        start, end = (self.spans.start[kept][:, [0, 1, 3]], self.spans.end[kept][:, [0, 1, 3]])
        reached = np.maximum.accumulate(np.concatenate([np.zeros((1, 3)), end]), axis=0)[:-1]
        fresh = np.maximum(start[:, 0], reached[:, 0]) < end[:, 0]
        took = (end - np.maximum(start, reached))[fresh]
        return took[:, 0], took[:, 1], took[:, 2], self.spans.agent[kept][fresh]

    def _with_memories(self, asked: Bools) -> Bools:
        """The bundles asked for, and those into memories that no longer feed anything else."""
        gone = asked.copy()
        total = np.bincount(self.memory, minlength=len(asked))
        for _ in range(2):  # a memory of a memory is as deep as it goes
            done = np.bincount(self.memory, weights=gone[self.fed], minlength=len(asked))
            gone |= (total > 0) & (done == total)
        return gone

    def _looked(self, asked: Bools) -> Floats:
        """Seconds of glancing at what is filled, and of the way past it: once for each field and case."""
        looks = np.zeros(len(self.looker), dtype=bool)
        glances = self.glance[asked]
        looks[glances[glances >= 0]] = True
        return np.bincount(self.looker[looks], weights=self.glance_seconds()[looks], minlength=self.n_agents).astype(np.float64)

    def _failing(self, asked: Bools) -> tuple[Floats, Floats]:
        """Bundles of each agent that can be filled wrongly, and all of them."""
        agent = self.agent[asked]
        return (
            np.bincount(agent, weights=self.can_fail[asked], minlength=self.n_agents).astype(np.float64),
            np.bincount(agent, minlength=self.n_agents).astype(np.float64),
        )


def prepare_replay(found: SecondPass, layout: Layout, pace: Floats, thresholds: Thresholds) -> Replay:
    """Make a study ready for replay: what could be spared, what must be covered for it, and what would remain."""
    frame = found.bundles.frame
    agent = frame["agent"].to_numpy().astype(np.int64)
    glance, first = _glances(frame)
    return Replay(
        Remains(pace, thresholds.glance_s, thresholds.redo_share, thresholds.talk_share),
        layout.spans,
        stretch=layout.stretch,
        need=layout.need,
        agent=agent,
        glance=glance,
        looker=agent[first],
        detour_s=found.detour_s[first],
        can_fail=(frame["kind"] == "reentry").cast(pl.Float64).to_numpy(),
        memory=found.bundles.feeds["bundle"].cast(pl.Int64).to_numpy(),
        fed=found.bundles.feeds["fed"].cast(pl.Int64).to_numpy(),
    )


def _glances(frame: pl.DataFrame) -> tuple[Ints, Ints]:
    """The glance that remains of each bundle, -1 where none does, and the first bundle of each: one for each field in one case."""
    looked_at = np.flatnonzero(frame["glance"].to_numpy())
    *look, bundle = packed(*(frame[name].to_numpy()[looked_at] for name in LOOK), looked_at)
    begins = opens(*look)
    first = bundle[begins]
    number = np.empty(len(first), dtype=np.int64)
    number[np.argsort(first)] = np.arange(len(first))
    glance = np.full(len(frame), -1, dtype=np.int64)
    glance[bundle] = number[np.cumsum(begins) - 1]
    return glance, np.sort(first)
