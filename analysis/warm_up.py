"""
Which cases count towards a saving: those after an agent's first, in which the work, or being watched at it, was new.

Left out only where enough cases remain; else all count, and the reader is told how new the agents were to being observed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy

__all__ = ["CountedCases", "counted_cases"]


@dataclass(frozen=True, slots=True)
class CountedCases:
    """
    The cases of a study that savings are counted over.

    Args:

        cases: One row per case that counts: session, case_no, agent.

        agents: Every agent of the study, ordered.

        n_left_out: Cases left out as warm-up.

        n_new: Cases within the warm-up, left out or not.
    """

    cases: pl.DataFrame
    agents: pl.DataFrame
    n_left_out: int
    n_new: int

    def by_agent(self) -> pl.DataFrame:
        """Counted cases of each agent: agent, n_cases, ordered by agent. Never an output."""
        counts = self.cases.group_by("agent").agg(n_cases=pl.len())
        return self.agents.join(counts, on="agent", how="left").with_columns(pl.col("n_cases").fill_null(0)).sort("agent")

    def only(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a frame, with session and case_no, whose case counts; in its order."""
        if not self.n_left_out:
            return frame
        return frame.join(self.cases.select("session", "case_no"), on=["session", "case_no"], how="semi", maintain_order="left")


def counted_cases(loaded: LoadedStudy) -> CountedCases:
    """
    The cases that count.

    An agent's warm-up is the first `warm_up_cases` cases or the first `warm_up_days` days of recording, whichever is more; days only where
    the log knows them. It is left out where at least `warm_up_left` of the study's cases remain.
    """
    thresholds = loaded.thresholds
    headers = loaded.study.catalogue.sessions
    sessions = pl.DataFrame(
        [(h.session, h.agent, h.started_at and h.started_at[:10]) for h in headers],
        schema={"session": pl.Int32, "agent": pl.Int32, "day": pl.String},
        orient="row",
    )
    cases = loaded.sums.cases.select("session", "case_no").join(sessions, on="session", maintain_order="left")
    cases = cases.sort("agent", "day", "session", "case_no", nulls_last=True, maintain_order=True).with_columns(
        nth=pl.int_range(pl.len()).over("agent"), nth_day=pl.col("day").rank("dense").over("agent")
    )
    new = (pl.col("nth") < thresholds.warm_up_cases) | (pl.col("nth_day") <= thresholds.warm_up_days).fill_null(value=False)
    is_new = cases.select(new=new)["new"]
    left = cases.filter(~is_new)
    enough = left.height >= thresholds.warm_up_left * cases.height
    counted = left if enough else cases
    agents = sessions.select("agent").unique().sort("agent")
    return CountedCases(counted.select("session", "case_no", "agent"), agents, cases.height - counted.height, int(is_new.sum()))
