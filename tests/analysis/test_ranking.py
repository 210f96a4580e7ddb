"""The order of the integrations, and what each row says."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import msgspec
import numpy as np
import pytest

from analysis.loading import LoadedStudy
from analysis.ranking import Ranking, rank_integrations
from analysis.replay import Replay
from analysis.scoring import score_integrations
from tests.analysis.studies import Row, act, later, named_field

StudyOf = Callable[..., LoadedStudy]

NAMES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni"]
ALL_FIRM = "[thresholds]\nmin_agents = 1\nmin_occurrences = 1\n"


def with_thresholds(loaded: LoadedStudy, **known: float) -> LoadedStudy:
    """The same study under other thresholds of the ranking."""
    return dataclasses.replace(loaded, thresholds=msgspec.structs.replace(loaded.thresholds, **known))


def replay_of(loaded: LoadedStudy) -> Replay:
    """The replay that a ranking rests on."""
    return score_integrations(loaded).replay


def targets(loaded: LoadedStudy, ranking: Ranking) -> list[tuple[str, ...]]:
    """Kind and targets of each row."""
    named = [[named_field(loaded, code).split(":")[-1] for code in row.integration.targets] for row in ranking.rows]
    return [(row.integration.kind, *fields) for row, fields in zip(ranking.rows, named, strict=True)]


def errand(name: str) -> list[Row]:
    """
    One case with three values typed again: two from one long visit to the CRM, one from a short visit to the Shop.

    ERP 0 | CRM 1 ........ 12 look 13 look | ERP 15 d0  18 d1 | Shop 21 look | ERP 24 d2  28
    """
    rows = [act(0, "click", "ERP:/form:start", role="button"), act(1, "click", "CRM:/home:menu", role="button")]
    for at, look in ((12, "first"), (13, "last"), (21, "item")):
        app = "Shop" if look == "item" else "CRM"
        rows += [act(at - 0.5, "screen", f"{app}:/{look}"), act(at, "click", f"{app}:/{look}:{look}", f"{look}{name}")]
    for n, (at, look, s) in enumerate(((15, "first", 2), (18, "last", 2), (24, "item", 4))):
        rows += [
            act(at, "click", f"ERP:/form:d{n}"), act(at + 1, "input", f"ERP:/form:d{n}", keys=6),
            act(at + s, "change", f"ERP:/form:d{n}", f"{look}{name}", keys=6),
        ]  # fmt: skip
    return sorted([*rows, act(30, "submit", "ERP:/form:save")], key=lambda row: row["time"])


@pytest.fixture(name="ranking", scope="module")
def _ranking(sample: LoadedStudy) -> Ranking:
    """The ranking of the sample study, in which no row is an anecdote."""
    return rank_integrations(sample)


@pytest.fixture(name="mixed", scope="module")
def _mixed(sample: LoadedStudy) -> Ranking:
    """The same with rows of under 200 occurrences as anecdotes."""
    return rank_integrations(with_thresholds(sample, min_occurrences=200))


@pytest.fixture(name="replay", scope="module")
def _replay(sample: LoadedStudy) -> Replay:
    """The replay that both rest on."""
    return replay_of(sample)


@pytest.fixture(name="errands")
def _errands(study_of: StudyOf) -> LoadedStudy:
    return study_of([row for n, name in enumerate(NAMES) for row in later(errand(name), n * 60, case=str(n))], ALL_FIRM)


class TestOrder:
    def test_two_that_complete_a_visit_go_before_a_bigger_one(self, errands: LoadedStudy) -> None:
        """Each of two complements adds less than a third one does; together they add more than twice as much, so they lead."""
        ranking = rank_integrations(errands)
        alone = {name[1]: row.seconds for name, row in zip(targets(errands, ranking), ranking.rows, strict=True)}

        assert [{"d0", "d1"}, {"d2"}] == [{name for _, name in part} for part in np.split(np.array(targets(errands, ranking)), [2])]
        assert alone["d2"] > max(alone["d0"], alone["d1"])
        assert ranking.rows[1].cumulative > 2 * alone["d2"]
        assert ranking.rows[0].marginal < ranking.rows[2].marginal

    def test_each_row_adds_the_most_that_is_left(self, ranking: Ranking, replay: Replay) -> None:
        """Every row but those of a pair adds at least as much as any row below it would in its place."""
        chosen = np.zeros(0, dtype=np.int64)
        for place, row in enumerate(ranking.rows[:-1]):
            gains = [replay.saving(np.union1d(chosen, other.integration.bundles)).seconds for other in ranking.rows[place:]]
            pair_ahead = place + 1 < len(ranking.rows) and ranking.rows[place + 1].marginal > row.marginal
            pair_behind = place > 0 and row.marginal > ranking.rows[place - 1].marginal

            assert pair_ahead or pair_behind or max(gains) == pytest.approx(gains[0])

            chosen = np.union1d(chosen, row.integration.bundles)

    def test_anecdotes_come_last(self, mixed: Ranking) -> None:
        """Under the least occurrences a row has no interval and no chance, and stands below the others, whatever it saves."""
        rows = mixed.rows
        evidence = [row.evidence for row in rows]
        thin = [row for row in rows if row.evidence == "anecdote"]

        assert sorted(evidence, reverse=True) == evidence
        assert {"anecdote", "measured"} == set(evidence)
        assert all(row.integration.n_occurrences < 200 for row in thin)
        assert {(None, None, None)} == {(row.low, row.high, row.p_top5) for row in thin}
        assert all(row.integration.n_occurrences >= 200 and row.low and row.p_top5 is not None for row in rows if row not in thin)

    def test_few_agents_make_anecdotes(self, sample: LoadedStudy) -> None:
        """With more agents asked for than there are every row is an anecdote, and nothing is said of all together."""
        ranking = rank_integrations(with_thresholds(sample, min_agents=9))

        assert {"anecdote"} == {row.evidence for row in ranking.rows}
        assert ranking.total is None


class TestFigures:
    @pytest.mark.parametrize("name", ["ranking", "mixed"])
    def test_cumulative_is_the_replay_of_the_union(self, request: pytest.FixtureRequest, replay: Replay, name: str) -> None:
        """Down to each row, anecdotes too, the total is that of all rows so far replayed as one set, and marginals sum to it."""
        rows = request.getfixturevalue(name).rows
        unions = [replay.saving(np.unique(np.concatenate([row.integration.bundles for row in rows[: n + 1]]))) for n in range(len(rows))]

        assert pytest.approx([union.seconds / 480 for union in unions]) == [row.cumulative for row in rows]
        assert pytest.approx(np.cumsum([row.marginal for row in rows]).tolist()) == [row.cumulative for row in rows]

    def test_the_total_has_the_last_firm_rows_figure(self, mixed: Ranking) -> None:
        """All rows that are not anecdotes together save what the last of them has reached, within their interval."""
        reached = [row.cumulative for row in mixed.rows if row.evidence != "anecdote"][-1]

        assert mixed.total is not None
        assert pytest.approx(reached) == mixed.total.seconds
        assert (mixed.total.low or 0) < reached < (mixed.total.high or 0)

    def test_bounds_and_intervals_hold_the_point(self, ranking: Ranking, mixed: Ranking, errands: LoadedStudy) -> None:
        """The least is at most the point, the most at least; an interval holds it."""
        rows = ranking.rows + mixed.rows + rank_integrations(errands).rows

        assert all(0 <= row.least <= row.seconds <= row.most for row in rows)
        assert all(row.low <= row.seconds <= row.high for row in rows if row.low is not None and row.high is not None)

    def test_chances(self, ranking: Ranking) -> None:
        """The chances to be among the best five sum to five."""
        assert pytest.approx(5) == sum(row.p_top5 or 0 for row in ranking.rows)

    def test_assumptions_by_name_and_source(self, ranking: Ranking) -> None:
        """A row says what it rests on: a default is never done again by hand, a removed field is not glanced at."""
        by_kind = {row.integration.kind: [assumption.name for assumption in row.assumptions] for row in ranking.rows}

        assert (
            ["glance_s", "trip_s", "bit_s", "switch_s", "redo_share", "gap_drop_ms", "unattributed_ms", "winsor", "model_sd_ln"]
            == by_kind["autofill"]
            == by_kind["link"]
        )
        assert ["glance_s", "trip_s", "bit_s", "gap_drop_ms", "unattributed_ms", "winsor", "model_sd_ln"] == by_kind["default"]
        assert ["gap_drop_ms", "unattributed_ms", "winsor", "model_sd_ln"] == by_kind["remove_field"]
