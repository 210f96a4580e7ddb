"""
What each candidate saves by itself.

    second reading -> layouts, one for each longest gap -> replays
                   -> bundles -> candidates -> saving of each agent, estimate, evidence
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.evidence import Evidence, Weighed, evidence_of, weigh_evidence
from analysis.integrations import Integration, candidate_integrations
from analysis.intervals import jackknife
from analysis.klm import agents_pace, pace_array
from analysis.reentry import find_reentry
from analysis.replay import Replay, Saving, prepare_replay
from analysis.second_pass import second_pass
from analysis.timeline import longest_ms
from analysis.warm_up import counted_cases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.intervals import Estimate
    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry
    from analysis.second_pass import SecondPass
    from analysis.thresholds import Thresholds
    from analysis.warm_up import CountedCases

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["LEAST_SECONDS", "Scored", "Scores", "score_integrations"]

# Below this many seconds a case nothing is worth a row.
LEAST_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class Scored:
    """
    A candidate with what it saves alone.

    An anecdote was seen in too few agents or too rarely to be ranked with the others.
    """

    integration: Integration
    saving: Saving
    estimate: Estimate
    evidence: Evidence
    anecdote: bool

    @property
    def by_agent(self) -> Floats:
        """Seconds saved, one total per agent, leaned on the model where little was seen. For intervals only."""
        return self.saving.by_agent * self.evidence.factor


@dataclass(frozen=True, slots=True)
class Scores:
    """
    All candidates worth a row, and what they were scored on.

    Args:

        found: The bundles of the study and where their work lies.

        replays: A replay for each longest gap that counts, in ms.

        own_ms: The longest gap by the study's own rule.

        counted: The cases that count.

        agents: Pseudonyms, in order.

        cases: Cases of each agent.

        firm: What can be ranked.

        thin: Anecdotes.
    """

    found: SecondPass
    replays: dict[int, Replay]
    own_ms: int
    counted: CountedCases
    agents: Ints
    cases: Floats
    firm: list[Scored]
    thin: list[Scored]

    @property
    def replay(self) -> Replay:
        """The replay by the study's own rule of gaps."""
        return self.replays[self.own_ms]

    @property
    def per_case(self) -> float:
        """What totals are divided by."""
        return max(1.0, float(self.cases.sum()))

    def together(self, longest: int | None = None) -> Saving:
        """All that can be ranked as one set, by the longest gap that counts (ms; None is the study's own)."""
        return self.replays[longest or self.own_ms].saving(np.concatenate([item.integration.bundles for item in self.firm]))


def score_integrations(loaded: LoadedStudy, reentry: Reentry | None = None) -> Scores:
    """Score the integrations that the work in a study suggests, each by itself."""
    reentry = reentry or find_reentry(loaded)
    counted, thresholds = counted_cases(loaded), loaded.thresholds
    found = second_pass(loaded, reentry, counted)
    loaded.say("ranking integrations")
    own, agents = longest_ms(thresholds), reentry.habits.agents
    pace = pace_array(_pace(found, agents), agents)
    replays = {longest: prepare_replay(found, layout, pace, thresholds) for longest, layout in found.layouts.items()}
    weighed = weigh_evidence(found.bundles.frame, found.layouts[own].by_bundle(len(found.bundles.frame)), pace, thresholds.klm_sd_ln)
    cases = counted.by_agent()["n_cases"].to_numpy().astype(np.float64)
    scored = [_score(replays[own], cases, candidate, weighed, thresholds) for candidate in candidate_integrations(loaded, found.bundles)]
    scored = [item for item in scored if item.saving.seconds / max(1.0, float(cases.sum())) >= LEAST_SECONDS]
    firm, thin = [item for item in scored if not item.anecdote], [item for item in scored if item.anecdote]
    return Scores(found, replays, own, counted, agents, cases, firm, thin)


def _pace(found: SecondPass, agents: Ints) -> pl.DataFrame:
    """Pace of each agent, from the fields they carried over by copy and paste; a copy pasted several times is one trip."""
    carried = found.bundles.frame.filter(pl.col("mode") == "clipboard").with_columns(active_s=pl.Series(found.trip_s))
    carried = carried.sort("session", "entry_seq").unique(["session", "source_seq"], keep="first", maintain_order=True)
    return agents_pace(carried.select(agent=pl.Series(agents[carried["agent"].to_numpy()]), active_s="active_s"))


def _score(replay: Replay, cases: NDArray[np.float64], candidate: Integration, weighed: Weighed, thresholds: Thresholds) -> Scored:
    saving, evidence = replay.saving(candidate.bundles), evidence_of(weighed, candidate.bundles)
    thin = candidate.n_agents < thresholds.min_agents or candidate.n_occurrences < thresholds.min_occurrences
    estimate = jackknife(saving.by_agent * evidence.factor, cases, thresholds.min_agents, thresholds.model_sd_ln)
    return Scored(candidate, saving, estimate, evidence, thin)
