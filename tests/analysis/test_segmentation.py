"""Where cases begin and end, on sequences written as words: `save!` submits, `page@` opens, `|` begins a session."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.segmentation import SPAN_MS, Sequence, completed_cases, crossings, find_completion, find_header, looped_cases

WORK = "open fill save! thanks@ "


def sequence(text: str) -> Sequence:
    """One event a second; a kind is the place of its word in the alphabet."""
    words = [(session, word) for session, part in enumerate(text.split("|"), start=1) for word in part.split()]
    kinds = sorted({word for _, word in words})
    return Sequence(
        session=np.array([session for session, _ in words], dtype=np.int64),
        t_ms=np.arange(len(words), dtype=np.int64) * 1000,
        kind=np.array([kinds.index(word) for _, word in words], dtype=np.int64),
        is_submit=np.array([word.endswith("!") for _, word in words], dtype=bool),
        is_screen=np.array([word.endswith("@") for _, word in words], dtype=bool),
    )


def kind(text: str, word: str | None) -> int | None:
    """Code of a word in that text."""
    return None if word is None else sorted(set(text.replace("|", " ").split())).index(word)


def cut(text: str, completion: str, header: str | None) -> str:
    """The case of each event, as digits."""
    known = [code for code in [kind(text, completion)] if code is not None]
    return "".join(str(number) for number in completed_cases(sequence(text), known, kind(text, header)))


def looped(text: str) -> str:
    """The round of each event, as digits."""
    return "".join(str(number) for number in looped_cases(sequence(text)))


def ints(*values: int) -> np.ndarray:
    """Make an array of whole numbers."""
    return np.array(values, dtype=np.int64)


class TestCrossings:
    def test_a_value_crosses_the_boundaries_between_its_first_and_last_use(self) -> None:
        """A value used at events 1 and 3 crosses the boundaries before 2 and 3; one used once crosses none."""
        crossing = crossings(sequence("a b c d e"), ints(1, 3, 2), ints(7, 7, 8))

        assert [0, 0, 1, 1, 0] == crossing.tolist()

    def test_a_value_used_for_long_is_a_common_one(self) -> None:
        """A value that comes back after more than the span counts at no boundary."""
        words = sequence("a b c")
        long = Sequence(words.session, ints(0, 1, SPAN_MS + 1), words.kind, words.is_submit, words.is_screen)

        assert [0, 0, 0] == crossings(long, ints(0, 2), ints(7, 7)).tolist()

    def test_no_values(self) -> None:
        """Without values nothing crosses."""
        assert [0, 0] == crossings(sequence("a b"), ints(), ints()).tolist()


class TestCompletion:
    @pytest.mark.parametrize(("lives_over", "completes"), [("search!", "save!"), ("save!", "search!")])
    def test_the_submit_that_fewest_values_cross(self, lives_over: str, completes: str) -> None:
        """Of two submits that come back, the one after which the values of a case are not used again completes it."""
        text = "read search! type save! " * 4
        before, after = (0, 2) if lives_over == "search!" else (2, 4)
        uses = [(4 * n + place, n) for n in range(4) for place in (before, after) if 4 * n + place < 16]
        places, values = ints(*(place for place, _ in uses)), ints(*(value for _, value in uses))
        words = sequence(text)

        assert kind(text, completes) == find_completion(words, crossings(words, places, values))

    def test_a_tie_goes_to_the_submit_that_ends_sessions(self) -> None:
        """Without values the last submit of the sessions completes a case, though another is as frequent."""
        text = "open apply! fill close! " * 3 + "|" + "open apply! fill close! " * 3
        words = sequence(text)

        assert kind(text, "close!") == find_completion(words, np.zeros(len(words.kind), dtype=np.int64))

    def test_a_submit_must_come_back(self) -> None:
        """Two submits of a kind are no way to complete cases."""
        words = sequence(WORK * 2)

        assert find_completion(words, np.zeros(len(words.kind), dtype=np.int64)) is None


class TestHeader:
    def test_the_earliest_of_what_every_round_has(self) -> None:
        """What follows a submit is in no session's first round, an opening screen is no act, and the rest is later."""
        text = WORK + "news click open fill save! thanks@ " + (WORK + "click ") * 5

        assert kind(text, "open") == find_header(sequence(text), [kind(text, "save!")])

    def test_no_round_no_header(self) -> None:
        """Nothing completes, nothing heads."""
        assert find_header(sequence("open fill"), []) is None


class TestCompletedCases:
    def test_what_follows_a_submit_belongs_to_the_case_before(self) -> None:
        """The thank-you page that usually follows a submit belongs to the case it ends."""
        assert "111122223333" == cut(WORK * 3, "save!", "open")

    def test_what_does_not_usually_follow_belongs_to_none(self) -> None:
        """News between two cases, and what comes after them, belong to no case."""
        text = WORK + "news thanks@ " + WORK * 5

        assert "1111" + "00" + "22223333444455556666" == cut(text, "save!", "open")

    def test_before_the_first_header(self) -> None:
        """A session's start-up belongs to no case."""
        assert "0011112222" == cut("log in " + WORK * 2, "save!", "open")

    def test_the_last_round_was_never_completed(self) -> None:
        """Work after the last completing submit is no case, and numbers begin again in each session."""
        assert "1111" + "2222" + "00" + "1111" == cut(WORK * 2 + "open fill |" + WORK, "save!", "open")

    def test_a_header_counts_once_per_case(self) -> None:
        """Coming back to the header before the submit begins nothing."""
        assert "1111" + "222222" == cut(WORK + "open fill open fill save! thanks@", "save!", "open")

    def test_without_a_header_a_case_begins_after_the_one_before(self) -> None:
        """Where no act heads the rounds, a case begins right after a submit."""
        assert "11222" == cut("fill save! thanks@ fill save!", "save!", None)

    def test_nothing_completed(self) -> None:
        """No submit, no case."""
        assert [0, 0, 0] == completed_cases(sequence("open fill look"), [], None).tolist()


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
