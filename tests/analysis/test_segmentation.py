"""Where cases begin and end, on sequences written as words: `save!` submits, `page@` opens, `|` begins a session."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from analysis.rounds import completes, find_completions, find_headers
from analysis.segmentation import completed_cases, find_cases, looped_cases
from analysis.sequences import SPAN_MS, Sequence, Uses, crossings
from tests.analysis.segmentation_worlds import World, interleaved, like_l1, like_l2, like_l3, ours, scores

WORK = "open fill save! thanks@ "


def sequence(text: str) -> Sequence:
    """One event a second; a kind is the place of its word in the alphabet."""
    words = [(session, word) for session, part in enumerate(text.split("|"), start=1) for word in part.split()]
    kinds = sorted({word for _, word in words})
    return Sequence(
        session=np.array([session for session, _ in words], dtype=np.int64),
        t_ms=np.arange(len(words), dtype=np.int64) * 1000,
        kind=np.array([kinds.index(word) for _, word in words], dtype=np.int64),
        screen=np.array([kinds.index(word) for _, word in words], dtype=np.int64),
        is_submit=np.array([word.endswith("!") for _, word in words], dtype=bool),
        is_screen=np.array([word.endswith("@") for _, word in words], dtype=bool),
        is_entry=np.array([word.startswith("fill") for _, word in words], dtype=bool),
    )


def kind(text: str, word: str | None) -> int | None:
    """Code of a word in that text."""
    return None if word is None else sorted(set(text.replace("|", " ").split())).index(word)


def cut(text: str, completion: str = "save!", uses: Uses | None = None) -> str:
    """The case of each event, as digits."""
    known = [code for code in [kind(text, completion)] if code is not None]
    return "".join(str(number) for number in completed_cases(sequence(text), uses or NOTHING, known))


def looped(text: str) -> str:
    """The round of each event, as digits."""
    return "".join(str(number) for number in looped_cases(sequence(text)))


def ints(*values: int) -> np.ndarray:
    """Make an array of whole numbers."""
    return np.array(values, dtype=np.int64)


NOTHING = Uses(ints(), ints())


class TestCrossings:
    def test_a_value_crosses_the_boundaries_between_its_first_and_last_use(self) -> None:
        """A value used at events 1 and 3 crosses the boundaries before 2 and 3; one used once crosses none."""
        crossing = crossings(sequence("a b c d e"), Uses(ints(1, 3, 2), ints(7, 7, 8)))

        assert [0, 0, 1, 1, 0] == crossing.tolist()

    def test_a_value_used_for_long_is_a_common_one(self) -> None:
        """A value that comes back after more than the span counts at no boundary."""
        words = sequence("a b c")
        long = Sequence(words.session, ints(0, 1, SPAN_MS + 1), words.kind, words.screen, words.is_submit, words.is_screen, words.is_entry)

        assert [0, 0, 0] == crossings(long, Uses(ints(0, 2), ints(7, 7))).tolist()

    def test_no_values(self) -> None:
        """Without values nothing crosses."""
        assert [0, 0] == crossings(sequence("a b"), NOTHING).tolist()


class TestCompletion:
    @pytest.mark.parametrize(("lives_over", "completes"), [("search!", "save!"), ("save!", "search!")])
    def test_the_submit_that_fewest_values_cross(self, lives_over: str, completes: str) -> None:
        """Of two submits that come back, the one after which the values of a case are not used again completes it."""
        text = "read search! type save! " * 4
        before, after = (0, 2) if lives_over == "search!" else (2, 4)
        uses = [(4 * n + place, n) for n in range(4) for place in (before, after) if 4 * n + place < 16]
        places, values = ints(*(place for place, _ in uses)), ints(*(value for _, value in uses))
        words = sequence(text)

        assert [kind(text, completes)] == find_completions(words, crossings(words, Uses(places, values)))

    def test_a_tie_goes_to_the_submit_that_ends_sessions(self) -> None:
        """Without values the last submit of the sessions completes a case, though another is as frequent."""
        text = "open apply! fill close! " * 3 + "|" + "open apply! fill close! " * 3
        words = sequence(text)

        assert [kind(text, "close!")] == find_completions(words, np.zeros(len(words.kind), dtype=np.int64))

    def test_a_rare_submit_does_not_win_by_chance(self) -> None:
        """Nothing lived on after four reports, a value after every second closing of forty: the four prove nothing, and sessions end closed."""
        text = ("open fill close! " * 9 + "open report! fill close! ") * 4
        words = sequence(text)
        closed = np.flatnonzero(words.kind == kind(text, "close!"))
        crossing = np.ones(len(words.kind), dtype=np.int64)
        crossing[closed[:-1][::2] + 1] = 0
        crossing[np.flatnonzero(words.kind == kind(text, "report!")) + 1] = 0

        assert [kind(text, "close!")] == find_completions(words, crossing)

    def test_a_submit_must_come_back(self) -> None:
        """Two submits of a kind are no way to complete cases."""
        words = sequence(WORK * 2)

        assert [] == find_completions(words, np.zeros(len(words.kind), dtype=np.int64))


def headers(text: str) -> list[int]:
    """What cases begin with, if `save!` completes them."""
    words = sequence(text)
    return find_headers(words, completes(words, [code for code in [kind(text, "save!")] if code is not None] if "save!" in text else []))


class TestHeader:
    def test_the_earliest_of_what_every_round_has(self) -> None:
        """What follows a submit is in no session's first round, an opening screen is no act, and the rest is later."""
        text = WORK + "news click open fill save! thanks@ " + (WORK + "click ") * 5

        assert [kind(text, "open")] == headers(text)

    def test_no_round_no_header(self) -> None:
        """Nothing completes, nothing heads."""
        assert [] == headers("open fill")


class TestCompletedCases:
    def test_what_follows_a_submit_belongs_to_the_case_before(self) -> None:
        """The thank-you page that usually follows a submit belongs to the case it ends."""
        assert "111122223333" == cut(WORK * 3)

    def test_what_does_not_usually_follow_belongs_to_none(self) -> None:
        """News between two cases, and what comes after them, belong to no case."""
        text = WORK + "news thanks@ " + WORK * 5

        assert "1111" + "00" + "22223333444455556666" == cut(text)

    def test_before_the_first_header(self) -> None:
        """A session's start-up belongs to no case."""
        assert "0011112222" == cut("log in " + WORK * 2)

    def test_the_last_round_was_never_completed(self) -> None:
        """Work after the last completing submit is no case, and numbers begin again in each session."""
        assert "1111" + "2222" + "00" + "1111" == cut(WORK * 2 + "open fill |" + WORK)

    def test_a_header_counts_once_per_case(self) -> None:
        """Coming back to the header before the submit begins nothing."""
        assert "1111" + "222222" == cut(WORK + "open fill open fill save! thanks@")

    def test_without_a_header_a_case_begins_after_the_one_before(self) -> None:
        """Where no act heads the rounds, a case begins right after a submit."""
        assert "11" + "222" + "33" == cut("look save! thanks@ fill save! call save!")

    def test_nothing_completed(self) -> None:
        """No submit, no case."""
        assert [0, 0, 0] == completed_cases(sequence("open fill look"), NOTHING, []).tolist()


class TestLoopedCases:
    def test_rounds_of_a_loop(self) -> None:
        """Every walk of the back-edge begins a case; what comes before the loop belongs to none."""
        assert "0" + "111222333" == looped("start " + "a b c " * 3)

    def test_numbers_begin_again_in_each_session(self) -> None:
        """Rounds are counted within a session."""
        assert "111222" + "111222" == looped("a b c a b c | a b c a b c")

    def test_the_outermost_loop(self) -> None:
        """A loop within a round (a line filled several times) begins no case."""
        assert "111111" + "2222" + "333333" == looped("a b c b c d a b c d a b c b c d")

    def test_repeating_one_event_is_no_loop(self) -> None:
        """Doing the same again at once is one step."""
        assert "1111222333" == looped("a a b c a b c a b c")

    def test_noise(self) -> None:
        """A step taken once, and a way back taken once in twenty rounds, do not hide the loop or begin a case."""
        rounds = ["a b c d "] * 20
        rounds[7], rounds[12] = "a b x c d ", "a b c b c d "
        expected = [n for n, words in enumerate(rounds, start=1) for _ in words.split()]

        assert expected == looped_cases(sequence("".join(rounds))).tolist()

    @pytest.mark.parametrize("text", ["a b c d", "a", "a a a"])
    def test_no_loop(self, text: str) -> None:
        """Work that never comes back is no case."""
        assert {"0"} == set(looped(text))


def shown(text: str, **values: str) -> Uses:
    """Where the events of a text use values: a word for each event, `.` for none; each place is named by its keyword."""
    words = text.replace("|", " ").split()
    rows = [(place, mark) for name, marks in values.items() for place, mark in zip(at(words, name), marks.split(), strict=True)]
    codes = sorted({mark for _, mark in rows})
    used = sorted((place, codes.index(mark)) for place, mark in rows if mark != ".")
    return Uses(ints(*(place for place, _ in used)), ints(*(code for _, code in used)))


def at(words: list[str], name: str) -> list[int]:
    """Where a word is."""
    return [place for place, word in enumerate(words) if word == name]


class TestSeveralTasks:
    ORDER = "ABBABAABABBAABBBAABAAABB"

    def test_each_with_a_submit_of_its_own(self) -> None:
        """Submits that are followed by the same each complete cases, which begin with a header of their own."""
        text = "".join({"A": "copy paste save! thanks ", "B": "menu enter send! "}[task] for task in self.ORDER)
        words = sequence(text)
        expected = [n for n, task in enumerate(self.ORDER, start=1) for _ in range({"A": 4, "B": 3}[task])]

        assert expected == find_cases(words, NOTHING).case.tolist()

    def test_one_without_submit_is_cut(self) -> None:
        """Work that no submit completes is cut if it enters values and comes back, and it is said that it was."""
        text = "".join({"A": "copy paste save! ", "B": "menu fill look ok "}[task] for task in self.ORDER)
        found = find_cases(sequence(text), NOTHING)
        sizes = [{"A": 3, "B": 4}[task] for task in self.ORDER]

        assert [n for n, size in enumerate(sizes, start=1) for _ in range(size)] == found.case.tolist()
        assert [task == "B" for task, size in zip(self.ORDER, sizes, strict=True) for _ in range(size)] == found.is_cut.tolist()

    def test_breaks_are_no_work(self) -> None:
        """What comes back but enters nothing belongs to no case."""
        text = "".join({"A": "copy paste save! ", "B": "coffee news news "}[task] for task in self.ORDER)

        assert {0} == set(find_cases(sequence(text), NOTHING).case[np.array(sequence(text).kind) == kind(text, "news")].tolist())

    def test_several_loops(self) -> None:
        """Without any submit each task has a way in of its own, found by what leads to it."""
        text = "".join({"A": "copy paste tick ", "B": "menu enter look ok "}[task] for task in self.ORDER)
        expected = [n for n, task in enumerate(self.ORDER, start=1) for _ in range({"A": 3, "B": 4}[task])]

        assert expected == looped_cases(sequence(text)).tolist()


class TestInterleaving:
    def test_a_case_taken_up_again(self) -> None:
        """A piece without completion goes on with the later piece that shows the same ticket."""
        text = "open no fill " + "open no fill save! " + "open no save! " + "open no fill save! "

        assert "111" + "2222" + "111" + "3333" == cut(text, uses=shown(text, no="a b a c"))

    def test_two_put_aside_at_once(self) -> None:
        """Several open cases are kept apart by what they show."""
        text = "open no fill " * 2 + "open no save! " * 2 + "open no fill save! " * 2

        assert "111" + "222" + "111" + "222" + "3333" + "4444" == cut(text, uses=shown(text, no="a b a b c d"))

    def test_values_that_everybody_shows_join_nothing(self) -> None:
        """A value seen in many complete pieces tells no case; without a telling one a header done twice is one case."""
        text = "open no fill " + "open no fill save! " * 4

        assert "111" + "1111" + "2222" + "3333" + "4444" == cut(text, uses=shown(text, no="x x x x y"))

    def test_never_taken_up_again(self) -> None:
        """A case that was left for another, and never completed, belongs to none."""
        text = "open no fill save! " + "open no fill " + "open no fill save! " * 2

        assert "1111" + "000" + "2222" + "3333" == cut(text, uses=shown(text, no="a b c d"))

    def test_back_by_another_way(self) -> None:
        """A round without a header goes on with the case that is open, though no value says so."""
        text = "open no fill " + "open no fill save! " + "tab fill save! " + "open no fill save! " * 3

        assert "111" + "2222" + "111" + "333344445555" == cut(text, uses=shown(text, no="a b c d e"))


@pytest.mark.parametrize("seed", range(2))
class TestWorlds:
    """Scores to beat: Rebmann and van der Aa, Information Systems 2024, doi 10.1016/j.is.2024.102404, on logs of the same kind."""

    @pytest.mark.parametrize(("make", "most"), [(like_l1, 0.04), (like_l2, 0.05), (like_l3, 0.11)])
    def test_merged_recordings(self, seed: int, make: Callable[[int], World], most: float) -> None:
        """Cases of several tasks, end to end in a random order, are told apart better than published methods do."""
        world = make(seed)
        found = scores(world, ours(world))

        assert found.distance <= most
        assert found.boundary_f1 >= 0.95
        assert pytest.approx(found.true, rel=0.05) == found.found

    def test_interleaved_cases(self, seed: int) -> None:
        """Where cases are put aside and taken up again, at least 95 of 100 events are in the case they belong to."""
        world = interleaved(seed)
        found = scores(world, ours(world))

        assert found.accuracy >= 0.95
        assert found.boundary_f1 >= 0.95
