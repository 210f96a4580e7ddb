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

from analysis.visits import needless_visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.bundles import Bundles
    from analysis.loading import LoadedStudy
    from analysis.timeline import Timeline

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Replay", "Saving", "prepare_replay"]

LOOK: Final = ["session", "case_no", "target_field"]


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
class Replay:
    """
    A study made ready for replaying sets of bundles.

    Args:

        line: Running totals over all events.

        pace: Pace of each agent (observed over modelled time).

        glance_s: What a filled field still costs, before pace.

        redo_share: Share of fills that are done by hand again.

        talk_share: Share of what is saved beside talk that outlasts the work which shortens the case.

        start: Where each stretch of work starts that could disappear, in active seconds of the timeline, in order of starts.

        end: Where it ends, likewise.

        worker: Agent of each stretch (index).

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

    line: Timeline
    pace: Floats
    glance_s: float
    redo_share: float
    talk_share: float
    start: Floats
    end: Floats
    worker: Ints
    stretch: Ints
    need: Ints
    agent: Ints
    glance: Ints
    looker: Ints
    detour_s: Floats
    can_fail: Floats
    memory: Ints
    fed: Ints

    def saving(self, covered: Ints) -> Saving:
        """Replay the log without these bundles."""
        asked = np.zeros(len(self.agent), dtype=bool)
        asked[covered] = True
        start, end, worker = self._removed(self._with_memories(asked))
        active, motor, talk = end - start, self.line.motor_between(start, end), self.line.talk_between(start, end)
        n_agents = len(self.line.agents)
        gone = np.bincount(worker, weights=active, minlength=n_agents).astype(np.float64)
        beside = np.bincount(worker, weights=talk, minlength=n_agents).astype(np.float64)
        low = np.minimum(active - talk, motor * np.minimum(1.0, self.pace[worker])).sum()
        net = gone - self._redone(asked, gone) - self._looked(asked)
        # What remains lies beside talk as often as what disappears.
        shortens = 1 - (1 - self.talk_share) * np.divide(beside, gone, out=np.zeros_like(gone), where=gone > 0)
        return Saving(net * shortens, float(low), float(gone.sum()), float(beside.sum()))

    def unfinished(self, covered: Ints) -> set[int]:
        """Stretches that these bundles cover in part, and others could cover the rest of."""
        mine = np.zeros(len(self.agent) + 1, dtype=bool)
        mine[covered] = True
        n_mine = np.bincount(self.stretch, weights=mine[self.need], minlength=len(self.start))
        n_all = np.bincount(self.stretch, minlength=len(self.start))
        never = np.bincount(self.stretch, weights=self.need < 0, minlength=len(self.start)) > 0
        return set(np.flatnonzero((n_mine > 0) & (n_mine < n_all) & ~never).tolist())

    def _removed(self, gone: Bools) -> tuple[Floats, Floats, Ints]:
        """Start, end and agent of what disappears; where stretches overlap it is counted once."""
        missing = np.where(self.need < 0, True, ~gone[self.need])  # noqa: FBT003 - not an argument
        removed = np.bincount(self.stretch, weights=missing, minlength=len(self.start)) == 0
        start, end = self.start[removed], self.end[removed]
        reached = np.maximum.accumulate(np.r_[0.0, end])[:-1]
        start = np.maximum(start, reached)
        fresh = start < end
        return start[fresh], end[fresh], self.worker[removed][fresh]

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
        looks = np.unique(self.glance[asked])
        looks = looks[looks >= 0]
        agent = self.looker[looks]
        seconds = self.glance_s * self.pace[agent] + self.detour_s[looks]
        return np.bincount(agent, weights=seconds, minlength=len(self.pace)).astype(np.float64)

    def _redone(self, asked: Bools, gone: Floats) -> Floats:
        """Seconds of doing by hand again: a share of what disappears, as far as it belongs to bundles that can be filled wrongly."""
        every = np.bincount(self.agent[asked], minlength=len(gone))
        failing = np.bincount(self.agent[asked], weights=self.can_fail[asked], minlength=len(gone))
        share = np.divide(failing, every, out=np.zeros_like(gone), where=every > 0)
        return self.redo_share * share * gone


def prepare_replay(loaded: LoadedStudy, line: Timeline, bundles: Bundles, pace: Floats) -> Replay:
    """Make a study ready for replay: the bundles' own stretches, the visits they could spare, and what must be covered for each."""
    visits, visit_needs = needless_visits(loaded, line, bundles)
    own = len(bundles.stretches)
    spans = pl.concat([bundles.stretches.select("start", "end"), visits.select("start", "end")], how="vertical_relaxed")
    needs = pl.concat([bundles.needs, visit_needs.with_columns(pl.col("stretch") + own)], how="vertical_relaxed")
    order = np.lexsort((-spans["end"].to_numpy(), spans["start"].to_numpy()))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    frame = bundles.frame
    looks = frame.filter("glance").select("session", "case_no", "target_field", "agent", "detour_s")
    looks = looks.unique(LOOK, keep="first", maintain_order=True).with_row_index("look")
    glance = frame.join(looks.select(*LOOK, "look"), on=LOOK, how="left", maintain_order="left").select(pl.when("glance").then("look"))
    return Replay(
        line=line,
        pace=pace,
        glance_s=loaded.thresholds.glance_s,
        redo_share=loaded.thresholds.redo_share,
        talk_share=loaded.thresholds.talk_share,
        start=spans["start"].to_numpy()[order],
        end=spans["end"].to_numpy()[order],
        worker=line.worker_at(spans["start"].to_numpy()[order]),
        stretch=place[needs["stretch"].to_numpy()],
        need=needs["bundle"].to_numpy().astype(np.int64),
        agent=frame["agent"].to_numpy().astype(np.int64),
        glance=glance["look"].cast(pl.Int64).fill_null(-1).to_numpy(),
        looker=looks["agent"].to_numpy().astype(np.int64),
        detour_s=looks["detour_s"].to_numpy(),
        can_fail=(frame["kind"] == "reentry").cast(pl.Float64).to_numpy(),
        memory=bundles.feeds["bundle"].cast(pl.Int64).to_numpy(),
        fed=bundles.feeds["fed"].cast(pl.Int64).to_numpy(),
    )
