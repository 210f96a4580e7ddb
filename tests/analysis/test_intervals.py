"""How sure a saving is: hand-computed jackknives, shrinkage and chances."""

from __future__ import annotations

import math

import numpy as np
import pytest

from analysis.intervals import chance_of_top, draw, jackknife, shrink

T_OF_2 = 2.9199855804  # 95 % quantile of Student's t with 2 degrees of freedom, from tables
LEAST = 3


def floats(*values: float) -> np.ndarray:
    """Make an array."""
    return np.array(values, dtype=np.float64)


class TestJackknife:
    def test_by_hand(self) -> None:
        """
        Three agents, worked out by hand on the logarithm.

        Saved 60, 120, 240 s in 10, 20, 20 cases: 420 / 50 = 8.4. Without each: 360 / 40, 300 / 30, 180 / 30.
        """
        logs = [math.log(9), math.log(10), math.log(6)]
        mean = sum(logs) / 3
        se = math.sqrt(2 / 3 * sum((log - mean) ** 2 for log in logs))

        found = jackknife(floats(60, 120, 240), floats(10, 20, 20), LEAST)

        assert pytest.approx((8.4, 8.4 * math.exp(-T_OF_2 * se), 8.4 * math.exp(T_OF_2 * se), se), rel=1e-9) == (
            found.seconds, found.low, found.high, found.se_ln,
        )  # fmt: skip

    def test_leaving_one_out_leaves_nothing(self) -> None:
        """Where one agent makes all of the saving the plain form stands in, cut off at 0. Without each: 5, 5, 0."""
        se = math.sqrt(2 / 3 * ((5 - 10 / 3) ** 2 * 2 + (10 / 3) ** 2))

        found = jackknife(floats(0, 0, 100), floats(10, 10, 10), LEAST)

        assert pytest.approx((10 / 3, 0, 10 / 3 + T_OF_2 * se)) == (found.seconds, found.low, found.high)
        assert found.se_ln is None

    def test_agents_who_are_alike(self) -> None:
        """Agents who save the same per case leave no uncertainty between them."""
        found = jackknife(floats(10, 20, 30), floats(1, 2, 3), LEAST)

        assert pytest.approx((10, 10, 10, 0)) == (found.seconds, found.low, found.high, found.se_ln)

    @pytest.mark.parametrize(
        ("saved", "cases", "seconds"),
        [
            pytest.param((50, 70), (10, 10), 6, id="too few agents"),
            pytest.param((-50, 10, 10), (10, 10, 10), -1, id="a loss"),
            pytest.param((0, 0, 0), (10, 10, 10), 0, id="nothing saved"),
            pytest.param((0, 0, 0), (0, 0, 0), 0, id="no cases"),
            pytest.param((), (), 0, id="nobody"),
            pytest.param((8,), (4,), 2, id="one agent"),
        ],
    )
    def test_no_interval(self, saved: tuple[float, ...], cases: tuple[float, ...], seconds: float) -> None:
        """Where nothing can be said about the uncertainty there is an estimate and no interval."""
        found = jackknife(floats(*saved), floats(*cases), LEAST)

        assert (seconds, None, None, None) == (found.seconds, found.low, found.high, found.se_ln)

    def test_one_agent_never_has_an_interval(self) -> None:
        """Even where study.toml asks for one agent only: nothing can be left out."""
        assert jackknife(floats(8), floats(4), 1).low is None


class TestShrink:
    def test_few_are_left_alone(self) -> None:
        """Seven candidates say too little about each other: they stay as they are."""
        theta, se = np.arange(1.0, 8.0), np.full(7, 0.5)

        shrunken, variance = shrink(theta, se)

        assert theta.tolist() == shrunken.tolist()
        assert [0.25] * 7 == variance.tolist()

    def test_by_hand(self) -> None:
        """
        Eight estimates, e to the power of -2, -2, -2, -2, 2, 2, 2, 2, each with variance 1.

        w = 1, mean 0, Q = 32, tau2 = (32 - 7) / (8 - 1) = 25/7; kept = (25/7) / (32/7) = 25/32; variance 25/32.
        """
        x = floats(-2, -2, -2, -2, 2, 2, 2, 2)

        shrunken, variance = shrink(np.exp(x), np.ones(8))

        assert pytest.approx(np.exp(x * 25 / 32 + 25 / 64).tolist()) == shrunken.tolist()
        assert pytest.approx([25 / 32] * 8) == variance.tolist()

    def test_pulled_towards_the_centre(self) -> None:
        """Uncertain estimates come nearer to each other on the logarithm and keep their order; certain ones hardly move."""
        theta = np.exp(np.random.default_rng(3).normal(2, 1, size=20))
        by_certainty = {se: np.log(shrink(theta, np.full(20, se))[0]) for se in (1e-4, 0.7)}

        assert pytest.approx(np.log(theta).tolist(), abs=1e-6) == by_certainty[1e-4].tolist()
        assert np.ptp(np.log(theta)) > np.ptp(by_certainty[0.7])
        assert np.argsort(theta).tolist() == np.argsort(by_certainty[0.7]).tolist()

    def test_no_more_spread_than_chance(self) -> None:
        """Estimates that differ by less than their errors become one."""
        shrunken, variance = shrink(np.exp(np.linspace(-0.1, 0.1, 9)), np.ones(9))

        assert pytest.approx([1.0] * 9) == shrunken.tolist()
        assert [0.0] * 9 == variance.tolist()


class TestChanceOfTop:
    @pytest.mark.parametrize("n", [0, 1, 3, 5, 6, 12])
    def test_somebody_is_always_among_the_best(self, n: int) -> None:
        """The chances sum to as many as the best are, or to all there are."""
        chances = chance_of_top(draw(np.arange(1.0, n + 1), np.full(n, 0.5), [None] * n))

        assert pytest.approx(min(5, n)) == chances.sum()

    def test_certain_candidates(self) -> None:
        """Without uncertainty the best are the best."""
        assert [0, 1, 0, 1] == chance_of_top(draw(floats(1, 8, 2, 9), np.zeros(4), [None] * 4), top=2).tolist()

    def test_equals_share_the_places(self) -> None:
        """Equal and equally uncertain candidates have equal chances, within what 2000 draws can tell."""
        assert pytest.approx([0.5] * 4, abs=0.05) == chance_of_top(draw(np.full(4, 3.0), np.ones(4), [None] * 4), top=2).tolist()

    def test_the_same_study_gives_the_same_figure(self) -> None:
        """Draws are seeded."""
        arguments = (floats(1, 2, 3, 4, 5, 6), np.full(6, 0.4), [None] * 6)

        assert draw(*arguments).tolist() == draw(*arguments).tolist()

    def test_what_the_same_agents_pull_errs_together(self) -> None:
        """Two that the same agents pull keep their order in every draw, however uncertain; two that others pull do not."""
        one, other = floats(0.8, -0.6, 0, 0), floats(0, 0, 0.8, -0.6)
        together, apart = (draw(floats(2, 3), np.ones(2), [one, pull]) for pull in (one, other))

        assert (together[1] > together[0]).all()
        assert 0.2 < (apart[1] > apart[0]).mean() < 0.8

    def test_few_agents_have_long_tails(self) -> None:
        """The spread is that of t with a degree of freedom less than there are agents: of five, sd is the root of two."""
        drawn = draw(np.ones(200), np.ones(200), [np.random.default_rng(place).normal(size=5) / np.sqrt(5) for place in range(200)])

        assert 1.2 < drawn.std() < 1.7

    def test_what_more_agents_do_not_mend(self) -> None:
        """An error that all agents share widens the interval however little the agents differ, and leaves the estimate as it is."""
        plain, wider = (jackknife(floats(10, 10, 10, 10, 10), floats(5, 5, 5, 5, 5), 3, model) for model in (0.0, 0.1))

        assert (plain.seconds, plain.low, plain.high) == (2.0, pytest.approx(2.0), pytest.approx(2.0))
        assert (2.0, pytest.approx(2 * math.exp(-0.16449)), pytest.approx(2 * math.exp(0.16449))) == (wider.seconds, wider.low, wider.high)

    def test_pulls_of_an_estimate(self) -> None:
        """How the agents pull an estimate adds up to its standard error."""
        estimate = jackknife(floats(10, 14, 9, 12, 20), floats(5, 6, 5, 5, 6), 3)

        assert estimate.pulls is not None
        assert pytest.approx(1.0) == (estimate.pulls**2).sum()
        assert np.argmin(estimate.pulls) == 4
