"""
How sure a saving is: intervals over agents, shrinkage, and the chance to be among the best.

Agents are the units that were sampled, so they carry the uncertainty: an interval that ignores them covers a third of what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Estimate", "chance_of_top", "draw", "jackknife", "shrink"]

LEVEL: Final = 0.90
# Half of a normal interval of that level, in standard deviations.
NORMAL: Final = 1.6449
# Fewer candidates than this say too little about each other to be pulled together.
LEAST_TO_SHRINK: Final = 8
DRAWS: Final = 2000
TOP: Final = 5


@dataclass(frozen=True, slots=True)
class Estimate:
    """
    Seconds saved per case, all cases in the denominator.

    Args:

        seconds: The estimate.

        low: Lower end of the 90 % interval; None where there are too few agents for one.

        high: Upper end; None likewise.

        se_ln: Standard error of its logarithm; None where the logarithm cannot be taken.

        pulls: How far each agent pulls the logarithm, in standard errors (their squares add up to 1); None likewise.
    """

    seconds: float
    low: float | None
    high: float | None
    se_ln: float | None
    pulls: Floats | None = None


def jackknife(saved_s: Floats, cases: Floats, least_agents: int, model_sd_ln: float = 0.0) -> Estimate:
    """
    Ratio estimate with a log-ratio jackknife over agents.

    Args:

        saved_s: Seconds saved, one total per agent.

        cases: Cases, one count per agent.

        least_agents: Fewer agents get no interval.

        model_sd_ln: How far the seconds of an agent may be off the true ones, for all agents alike: sd of the logarithm. More agents do
            not make that smaller.

    Returns:

        The ratio of the totals with its interval.

    Source: leave-one-out of a ratio, on the logarithm, with t of G-1 degrees of freedom; the project's simulations found it to cover 87
    to 90 % at 5 to 20 agents where percentile bootstraps covered 73 to 86 %. Where leaving an agent out leaves nothing, the plain form
    cut off at 0 stands in.
    """
    n_agents = len(cases)
    theta = float(saved_s.sum() / cases.sum()) if cases.sum() else 0.0
    if n_agents < max(2, least_agents) or theta <= 0:
        return Estimate(theta, None, None, None)
    left = (saved_s.sum() - saved_s) / np.maximum(cases.sum() - cases, 1)
    t = float(stdtrit(n_agents - 1, (1 + LEVEL) / 2))
    if (left <= 0).any():
        half = float(np.hypot(t * _jackknife_se(left), NORMAL * model_sd_ln * theta))
        return Estimate(theta, max(0.0, theta - half), theta + half, None)
    log_left = np.log(left)
    se = _jackknife_se(log_left)
    pulls = (log_left - log_left.mean()) * np.sqrt((n_agents - 1) / n_agents) / se if se else None
    half = float(np.hypot(t * se, NORMAL * model_sd_ln))
    return Estimate(theta, theta * float(np.exp(-half)), theta * float(np.exp(half)), se, pulls)


def _jackknife_se(left: Floats) -> float:
    n = len(left)
    return float(np.sqrt((n - 1) / n * ((left - left.mean()) ** 2).sum()))


def shrink(theta: Floats, se_ln: Floats) -> tuple[Floats, Floats]:
    """
    Pull estimates towards each other by how uncertain they are, on the logarithm (DerSimonian and Laird).

    Args:

        theta: Estimates, all above 0.

        se_ln: Standard errors of their logarithms.

    Returns:

        The shrunken estimates and the variances of their logarithms. Under LEAST_TO_SHRINK candidates are returned as they are.

    Source: DerSimonian and Laird 1986, Controlled Clinical Trials 7:177-188, as an empirical Bayes prior. The ranking by shrunken values
    loses nothing and the best of many is no longer overstated.
    """
    variance = se_ln**2
    if len(theta) < LEAST_TO_SHRINK:
        return theta.copy(), variance
    x, w = np.log(theta), 1 / np.maximum(variance, 1e-12)
    mean = (w * x).sum() / w.sum()
    q = (w * (x - mean) ** 2).sum()
    tau2 = max(0.0, (q - (len(x) - 1)) / (w.sum() - (w**2).sum() / w.sum()))
    total = 1 / (variance + tau2)
    centre = (total * x).sum() / total.sum()
    kept = tau2 / (tau2 + variance)
    shrunken = centre + kept * (x - centre)
    left = kept * variance
    return np.exp(shrunken + left / 2), left


def draw(theta: Floats, variance_ln: Floats, pulls: Sequence[Floats | None], seed: int = 0) -> Floats:
    """
    What the candidates may save, drawn as often as DRAWS says.

    Args:

        theta: Shrunken estimates.

        variance_ln: Variances of their logarithms.

        pulls: How the agents pull each (`Estimate.pulls`): who is slow at one thing is slow at another, so candidates err together.
            One without is drawn by itself.

        seed: Of the draws, so that the same study gives the same figure.

    Returns:

        Logarithms of seconds, candidates x draws, with the jackknife's covariance and the tails of t with a degree of freedom less than
        there are agents.
    """
    random = np.random.default_rng(seed)
    n_agents = max((len(one) for one in pulls if one is not None), default=0)
    common, alone = random.normal(size=(n_agents, DRAWS)), random.normal(size=(len(theta), DRAWS))
    errors = np.array([alone[place] if one is None else one @ common for place, one in enumerate(pulls)]).reshape(len(theta), DRAWS)
    if n_agents > 1:
        errors *= np.sqrt((n_agents - 1) / random.chisquare(n_agents - 1, DRAWS))
    return np.asarray(np.log(theta)[:, None] + np.sqrt(variance_ln)[:, None] * errors)


def chance_of_top(drawn: Floats, top: int = TOP) -> Floats:
    """Chance of each candidate to be among the `top` best of them, from what `draw` gives."""
    ranks = (-drawn).argsort(axis=0).argsort(axis=0)
    return np.asarray((ranks < top).mean(axis=1), dtype=np.float64)
