"""What a set of integrations saves: replay on literal and seeded worlds, and the rules of visits and memories on literal logs."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.bundles import Bundles
from analysis.choices import Choices
from analysis.integrations import Integration, candidate_integrations
from analysis.layout import Spans
from analysis.loading import LoadedStudy
from analysis.replay import Remains, Replay
from tests.analysis import studies
from tests.analysis.studies import Row, act, carried, laid_out, later, named_field

StudyOf = Callable[..., LoadedStudy]
World = tuple[Replay, Bundles, dict[tuple[str, ...], Integration]]

NAMES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni"]


def ints(*values: int) -> np.ndarray:
    """Make an array of whole numbers."""
    return np.array(values, dtype=np.int64)


def replay_of(stretches: list[tuple[int, int, list[int]]], n_bundles: int, **known: Any) -> Replay:
    """A replay of stretches (start, end, bundles that must be covered), of one agent, in which nothing remains."""
    stretches = sorted(stretches, key=lambda stretch: (stretch[0], -stretch[1]))
    needs = [(place, bundle) for place, (_, _, wanted) in enumerate(stretches) for bundle in wanted]
    start, end = (np.array([stretch[side] for stretch in stretches], dtype=np.float64)[:, None] for side in (0, 1))
    # Half of the time is motor time, and all of it is modelled; nobody talks.
    moment = np.array([[1.0, 0.5, 0.5, 0.0]])
    rest = {name: known.pop(name, default) for name, default in (("glance_s", 0.0), ("redo_share", 0.0), ("pace", np.ones(1)))}
    replay = Replay(
        Remains(rest["pace"], rest["glance_s"], rest["redo_share"], 0.5),
        Spans(start * moment, end * moment, ints(*[0] * len(stretches))),
        stretch=ints(*(place for place, _ in needs)), need=ints(*(bundle for _, bundle in needs)),
        agent=ints(*[0] * n_bundles), glance=ints(*[-1] * n_bundles), looker=ints(), detour_s=np.zeros(0),
        can_fail=np.ones(n_bundles), memory=ints(), fed=ints(),
    )  # fmt: skip
    return dataclasses.replace(replay, **known)


def slower(replay: Replay, **known: Any) -> Replay:
    """A replay in which something else remains."""
    return dataclasses.replace(replay, remains=dataclasses.replace(replay.remains, **known))


def seconds(replay: Replay, *covered: int) -> float:
    """Seconds that a set of bundles saves."""
    return replay.saving(ints(*covered)).seconds


class TestLiteralWorlds:
    def test_what_overlaps_is_counted_once(self) -> None:
        """
        Two bundles whose stretches share 2 s save 8 s together, not 10; one inside another adds nothing.

        0    2    4    6    8
        |----A---------|         6 s
                  |-B-------|    4 s
             |-C-|               2 s
        """
        replay = replay_of([(0, 6, [0]), (4, 8, [1]), (2, 4, [2])], 3)

        assert [6, 4, 2, 8, 6, 8] == [seconds(replay, *sets) for sets in ([0], [1], [2], [0, 1], [0, 2], [0, 1, 2])]

    def test_a_stretch_needs_all_it_was_for(self) -> None:
        """What was for two things disappears with the second of them, and what was for anything else never does."""
        replay = replay_of([(0, 5, [0, 1]), (5, 9, [0, -1]), (9, 10, [0])], 2)

        assert [1, 0, 6] == [seconds(replay, *sets) for sets in ([0], [1], [0, 1])]

    def test_a_memory_goes_with_what_it_feeds(self) -> None:
        """The leg into a memory (bundle 0) disappears once both of what it fed (1 and 2) are filled, and not before."""
        replay = replay_of([(0, 4, [0]), (4, 5, [1]), (5, 6, [2])], 3, memory=ints(0, 0), fed=ints(1, 2))

        assert [4, 1, 1, 6] == [seconds(replay, *sets) for sets in ([0], [1], [2], [1, 2])]

    def test_a_memory_of_a_memory(self) -> None:
        """A value that went through two memories: both legs go with the last one."""
        replay = replay_of([(0, 4, [0]), (4, 6, [1]), (6, 7, [2])], 3, memory=ints(0, 1), fed=ints(1, 2))

        assert [7, 6] == [seconds(replay, 2), seconds(replay, 0, 1)]

    def test_a_glance_for_each_field_and_case(self) -> None:
        """Two bundles that share a glance are charged once, at the agent's pace; so is the way past."""
        replay = replay_of([(0, 10, [0]), (10, 20, [1]), (20, 30, [2])], 3, glance=ints(0, 0, 1), looker=ints(0, 0))
        replay = dataclasses.replace(slower(replay, glance_s=1.2, pace=np.array([1.5])), detour_s=np.array([0.2, -0.5]))

        expected = [10 - 2.0, 10 - 2.0, 20 - 2.0, 30 - 2.0 - 1.3]
        assert pytest.approx(expected) == [seconds(replay, *sets) for sets in ([0], [1], [0, 1], [0, 1, 2])]

    def test_a_share_is_done_again(self) -> None:
        """A twentieth of what disappears comes back, of what can be filled wrongly only."""
        replay = replay_of([(0, 10, [0]), (10, 20, [1])], 2, redo_share=0.05, can_fail=np.array([1.0, 0.0]))

        assert pytest.approx([9.5, 10, 19.5]) == [seconds(replay, *sets) for sets in ([0], [1], [0, 1])]

    def test_bounds(self) -> None:
        """The most is all that disappears, the least its motor part at the agent's pace, never slower than the model's."""
        replay = replay_of([(0, 10, [0])], 1, redo_share=0.5)

        found = {pace: slower(replay, pace=np.array([pace])).saving(ints(0)) for pace in (0.8, 1.0, 2.0)}

        assert [(4, 5, 10), (5, 5, 10), (5, 5, 10)] == [(saving.low, saving.seconds, saving.high) for saving in found.values()]

    def test_nothing(self) -> None:
        """No bundle saves nothing."""
        saving = replay_of([(0, 10, [0])], 1).saving(ints())

        assert (0, 0, 0) == (saving.seconds, saving.low, saving.high)


@pytest.mark.parametrize("seed", range(20))
def test_removed_time_against_an_oracle(seed: int) -> None:
    """On seeded worlds the time removed is the number of seconds that lie in a stretch all of whose needs are covered."""
    rng = random.Random(seed)
    stretches = []
    for _ in range(12):
        start = rng.randint(0, 40)
        stretches.append((start, start + rng.randint(0, 12), rng.sample(range(-1, 6), rng.randint(1, 3))))
    replay = replay_of(stretches, 6, memory=ints(0, 0, 1), fed=ints(1, 2, 3))
    asked = set(rng.sample(range(6), rng.randint(0, 6)))

    gone = set(asked)
    for _ in range(6):
        gone |= {memory for memory, fed in ((0, {1, 2}), (1, {3})) if fed <= gone}
    expected = {second for start, end, needs in stretches if set(needs) <= gone for second in range(start, end)}

    assert len(expected) == pytest.approx(seconds(replay, *sorted(asked)))


@pytest.mark.parametrize("seed", range(40))
def test_choices_against_the_replay(seed: int) -> None:
    """On seeded worlds a set of integrations saves by the reduced replay what it saves by the whole one, whatever overlaps or remains."""
    rng = random.Random(seed)
    stretches = []
    for _ in range(30):
        start = rng.randint(0, 60)
        stretches.append((start, start + rng.randint(0, 12), rng.sample(range(-1, 12), rng.randint(1, 3))))
    replay = replay_of(
        stretches, 12, memory=ints(0, 0, 1), fed=ints(1, 2, 3), agent=ints(*rng.choices(range(2), k=12)), glance=ints(*range(5), *rng.choices(range(-1, 5), k=7)),
        looker=ints(*rng.choices(range(2), k=5)), detour_s=np.array([rng.random() for _ in range(5)]), can_fail=np.array(rng.choices((0.0, 1.0), k=12)),
        glance_s=1.2, redo_share=0.05, pace=np.array([0.8, 1.5]),
    )  # fmt: skip
    workers = ints(*rng.choices(range(2), k=len(replay.spans)))
    # Work that overlaps is one agent's.
    together = np.cumsum(replay.spans.start[:, 0] >= np.maximum.accumulate(np.r_[0.0, replay.spans.end[:, 0]])[:-1])
    replay = dataclasses.replace(replay, spans=dataclasses.replace(replay.spans, agent=workers[np.minimum(together, len(workers) - 1)]))
    items = [ints(*rng.sample(range(12), rng.randint(1, 4))) for _ in range(6)]
    choices = Choices(replay, items)

    for n in range(len(items) + 1):
        chosen = rng.sample(range(6), n)
        assert replay.saving(np.concatenate([ints(), *(items[place] for place in chosen)])).seconds == pytest.approx(
            choices.seconds(chosen)
        )


def test_more_integrations_remove_no_less(sample: LoadedStudy) -> None:
    """What disappears grows with the set, in any order; what is saved need not, for every filled field costs a glance."""
    replay, _, candidates = world_of(sample)
    for seed in range(5):
        order = random.Random(seed).sample(list(candidates.values()), len(candidates))
        most = [replay.saving(np.concatenate([item.bundles for item in order[: n + 1]])).high for n in range(len(order))]

        assert sorted(most) == most


def world_of(loaded: LoadedStudy) -> World:
    """The replay of a study, its bundles, and its candidates by kind and targets."""
    found = laid_out(loaded)
    candidates = {
        (item.kind, *(named_field(loaded, code).split(":")[-1] for code in item.targets)): item
        for item in candidate_integrations(loaded, found.bundles)
    }
    return studies.replay_of(loaded, found), found.bundles, candidates


FREE = "[thresholds]\nglance_s = 0\nredo_share = 0\n"


def errand(name: str, looks: tuple[str, ...]) -> list[Row]:
    """
    One case: look at fields of the CRM, each on a screen of its own, then type the first two into the ERP.

    ERP  0 | CRM  2 opened  4 ... looks, each 2 s | ERP  click 1 s input 2 s change, for each
    """
    rows = [act(0, "click", "ERP:/form:start", role="button"), act(2, "click", "CRM:/home:menu", role="button")]
    at = 4.0
    for look in looks:
        rows += [act(at, "screen", f"CRM:/{look}"), act(at + 1, "click", f"CRM:/{look}:{look}", f"{look}{name}")]
        at += 2
    for n, look in enumerate(looks[:2]):
        rows += [
            act(at + 4 * n + 1, "click", f"ERP:/form:d{n}"), act(at + 4 * n + 2, "input", f"ERP:/form:d{n}", keys=6),
            act(at + 4 * n + 4, "change", f"ERP:/form:d{n}", f"{look}{name}", keys=6),
        ]  # fmt: skip
    return [*rows, act(at + 12, "submit", "ERP:/form:save")]


def study_rows(case: Callable[[str], list[Row]]) -> list[Row]:
    """A minute for each of the eight names."""
    return [row for n, name in enumerate(NAMES) for row in later(case(name), n * 60, case=str(n))]


class TestVisits:
    def test_complements(self, study_of: StudyOf) -> None:
        """A visit made for two values disappears with both of them: they save more together than one by one."""
        replay, _, candidates = world_of(study_of(study_rows(lambda name: errand(name, ("first", "last"))), FREE))
        one, other = (candidates["autofill", field].bundles for field in ("d0", "d1"))

        assert seconds(replay, *one) > 0 < seconds(replay, *other)
        assert seconds(replay, *one, *other) > seconds(replay, *one) + seconds(replay, *other) + 8 * 2

    def test_a_look_without_entry_keeps_the_visit(self, study_of: StudyOf) -> None:
        """A third value that is looked at and entered nowhere is a purpose of its own: the visit stays."""
        replay, _, candidates = world_of(study_of(study_rows(lambda name: errand(name, ("first", "last", "mood"))), FREE))
        one, other = (candidates["autofill", field].bundles for field in ("d0", "d1"))

        assert pytest.approx(seconds(replay, *one) + seconds(replay, *other)) == seconds(replay, *one, *other)

    def test_a_way_back_past_a_visit_that_stays(self, study_of: StudyOf) -> None:
        """
        Where two errands lie around a visit made for something else, the way back from the second is still needed.

        ERP | CRM  copy | Desk  writes | CRM  copy | ERP ...
        """

        def case(name: str, aside: str) -> list[Row]:
            return [
                act(0, "change", "ERP:/form:start", "x"), act(2, "click", "CRM:/card:first", f"first{name}"),
                *([act(4, "change", "Desk:/note:text", "called"), act(6, "click", "CRM:/card:first", f"first{name}")] if aside else []),
                act(9, "click", "ERP:/form:d0"), act(10, "input", "ERP:/form:d0", keys=6),
                act(12, "change", "ERP:/form:d0", f"first{name}", keys=6), act(14, "submit", "ERP:/form:save"),
            ]  # fmt: skip

        saved = {}
        for aside in ("", "aside"):
            replay, _, candidates = world_of(study_of(study_rows(lambda name, aside=aside: case(name, aside)), FREE))
            saved[aside] = replay.saving(candidates["autofill", "d0"].bundles)

        # Of 12 s from the first act to the edit, the ways to the note and back from it remain, 2 s each.
        assert pytest.approx((8 * 12, 8 * 8)) == (saved[""].high, saved["aside"].high)


class TestMemory:
    def test_a_workaround_goes_with_what_it_feeds(self, study_of: StudyOf) -> None:
        """A value parked in notes is one integration, from where it came; its bundles remove both legs."""

        def case(name: str) -> list[Row]:
            parked = carried(0, "CRM:/card:no", "Notes:/pad:body", name)
            return [*parked, *carried(8, "Notes:/pad:body", "ERP:/form:account", name), act(16, "submit", "ERP:/form:save")]

        loaded = study_of(study_rows(case), FREE)
        replay, bundles, candidates = world_of(loaded)

        assert [("autofill", "account")] == list(candidates)
        item = candidates["autofill", "account"]
        assert ["CRM:/card:no"] == [named_field(loaded, code) for code in item.sources]
        legs = {into: bundles.frame.filter(memory=into)["bundle"].to_numpy() for into in (True, False)}
        assert legs[False].tolist() == item.bundles.tolist()
        assert replay.saving(item.bundles).high == replay.saving(np.concatenate([legs[True], legs[False]])).high
        assert replay.saving(item.bundles).high >= 8 * 8


class TestWhatRemains:
    def test_one_glance_for_a_joined_field(self, study_of: StudyOf) -> None:
        """A field joined from two sources by two edits is glanced at once per case."""

        def case(name: str) -> list[Row]:
            first = carried(0, "CRM:/card:first", "ERP:/form:name", name)
            return [*first, *carried(8, "CRM:/card:last", "ERP:/form:name", f"{name}sen", f"{name} {name}sen")]

        replay, _, candidates = world_of(study_of(study_rows(case), FREE))
        item = candidates["autofill", "name"]
        glancing = slower(replay, glance_s=1.2)

        assert 16 == len(item.bundles)
        assert pytest.approx(8 * 1.2) == seconds(replay, *item.bundles) - seconds(glancing, *item.bundles)

    def test_a_default_and_an_autofill_of_one_field(self, study_of: StudyOf) -> None:
        """A field that is nearly always the same and is carried over there has one glance, whichever of the two is built."""
        rows = study_rows(
            lambda name: [*carried(0, "CRM:/card:land", "ERP:/form:land", "Sverige"), act(9, "submit", "ERP:/form:save", name)]
        )
        replay, _, candidates = world_of(study_of(rows, FREE))
        glancing = slower(replay, glance_s=1.2)
        sets = [candidates["autofill", "land"].bundles, candidates["default", "land"].bundles]

        for covered in (*sets, np.concatenate(sets)):
            assert pytest.approx(8 * 1.2) == seconds(replay, *covered) - seconds(glancing, *covered)

    def test_a_wrong_default_saves_nothing(self, study_of: StudyOf) -> None:
        """Where another value than the usual one was entered a default would be wrong: no second of that case is saved."""

        def case(name: str) -> list[Row]:
            entered = "back office" if name != NAMES[5] else "front desk"
            return [
                act(0, "click", "ERP:/form:start"), act(2, "click", "ERP:/form:team"), act(5, "select", "ERP:/form:team", entered),
                act(8, "submit", "ERP:/form:save"),
            ]  # fmt: skip

        replay, bundles, candidates = world_of(study_of(study_rows(case), FREE))
        item = candidates["default", "team"]

        assert (8, 7) == (item.n_occurrences, len(item.bundles))
        assert 5 not in set(bundles.frame["case_no"].gather(item.bundles) - 1)
        assert pytest.approx(7 * 5) == replay.saving(item.bundles).high

    def test_sessions_of_one_case_show_no_default(self, study_of: StudyOf) -> None:
        """Values compare within a session, so one entry in each session does not make a field constant."""
        rows = study_rows(lambda name: [act(0, "click", "ERP:/form:start"), act(5, "change", "ERP:/form:name", name)])
        _, _, candidates = world_of(study_of([row | {"session": row["case"]} for row in rows]))

        assert {} == candidates
