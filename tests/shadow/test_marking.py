"""Values marked a block at a time have the forms, the marks and the tokens that they have one by one."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recorder.marks import ValueMarks
from recorder.normal_forms import MAX_CHARS, MAX_WORDS, comparable
from shadow.interop.marking import Marks
from shadow.interop.value_forms import ValueForms
from tests.recorder.test_normal_forms import DIFFERENT, SAME_THING

KINDS = [value for pair in SAME_THING + DIFFERENT for value in pair] + [
    "Ågade 12, 8000 Aarhus C", "Søren Kjær-Österåker", "jdoe12@gmail.com", "yes", "Vælg", "000", "Straße", "İstanbul", "word_word",
    "DK50 0040 0440 1162 43", "121212-1212", "010203-1234", "2024-03-11T10:20 and more than any date is long", "a\u00a0b\tc", "👍 ok fine", "\x1fHansen\u2003",
]  # fmt: skip
# A value of some kind, cut, joined and spoilt.
PIECES = st.one_of(st.sampled_from(KINDS), st.text(" .,:/-+()#'_0123456789aeoåæøäöÅÉßktrdTZ€\u00a0\u200b\x1f", max_size=4))
VALUES = st.lists(
    st.tuples(PIECES, PIECES, st.integers(0, 12)).map(lambda parts: (parts[0] + parts[1])[parts[2] :]), min_size=1, max_size=40
)


def forms(values: list[str], region: str) -> list[tuple[frozenset[str], frozenset[str]]]:
    """Forms and words of each value, read all at once."""
    found: list[tuple[set[str], set[str]]] = [(set(), set()) for _ in values]
    for place, token, whole in ValueForms(region).of(pl.Series(values, dtype=pl.String)).select("value_no", "token", "whole").iter_rows():
        found[place][not whole].add(token)
    return [(frozenset(wholes), frozenset(words)) for wholes, words in found]


class TestForms:
    @pytest.mark.parametrize("region", ["DK", "SE"])
    def test_every_kind(self, region: str) -> None:
        """Names, dates, amounts, telephone numbers, identity numbers, addresses and odd texts have the same forms as one by one."""
        assert [comparable(value, region) for value in KINDS] == forms(KINDS, region)

    @settings(max_examples=300, deadline=None)
    @given(VALUES)
    @example(
        ["word " * MAX_WORDS + "last", " ".join(f"w{n}" for n in range(MAX_WORDS + 1)), "x" * (MAX_CHARS + 1), " " * MAX_CHARS + "far"]
    )
    def test_any_value(self, values: list[str]) -> None:
        """Whatever becomes of a value of some kind by cutting, joining and odd letters, its forms are the same as one by one."""
        assert [comparable(value) for value in values] == forms(values, "DK")


def places(shown: list[tuple[int, list[tuple[int, bool]]]]) -> list[tuple[int, list[tuple[int, bool]]]]:
    """Where each token of each session stands: the same for the same values, whatever chance made of the ordinals."""
    found: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    counted: dict[int, int] = {}
    for place, (session, tokens) in enumerate(shown):
        for token, whole in tokens:
            found.setdefault((session, token), []).append((place, whole))
            counted[session] = max(counted.get(session, 0), token)
        assert counted.get(session, 0) == len([one for one, _ in found if one == session]), "ordinals are counted on without a gap"
    return sorted((session, listed) for (session, _), listed in found.items())


class TestMarks:
    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(st.lists(st.tuples(st.integers(1, 3), st.sampled_from([*KINDS, " Hansen ", "Hansen", "hansen"])), max_size=12), max_size=4)
    )
    def test_as_one_by_one(self, blocks: list[list[tuple[int, str]]]) -> None:
        """Block after block, marks are those of a table for each session, and tokens are equal where they are equal there."""
        marks = Marks("DK", ["^INC"])
        own, own_cases = ({session: ValueMarks() for session in (1, 2, 3)} for _ in range(2))
        one_by_one, at_once = [], []
        for block in blocks:
            values = pl.DataFrame(list(dict.fromkeys(block)), schema={"session": pl.Int32, "value": pl.String}, orient="row")
            marked = marks.of_values(values)
            tokens: dict[int, list[tuple[int, bool]]] = {}
            for value_no, token, whole in marked.tokens.select("value_no", "token", "whole").iter_rows():
                tokens.setdefault(value_no, []).append((token, whole))
            rows = values.with_columns(mark=marked.mark, case_mark=marked.case_mark).iter_rows()
            for value_no, (session, value, mark, case_mark) in enumerate(rows):
                shown = value.strip()
                assert (own[session].mark(shown), own_cases[session].mark(shown) if shown.startswith("INC") else None) == (mark, case_mark)
                wholes, words = own[session].tokens(value)
                one_by_one.append((session, [(token, True) for token in wholes] + [(token, False) for token in words]))
                at_once.append((session, tokens.get(value_no, [])))
                assert at_once[-1][1] == sorted(at_once[-1][1], key=lambda token: (not token[1], token[0]))

        assert places(one_by_one) == places(at_once)

    def test_forgotten(self) -> None:
        """The tables of a session that is over are empty again; those of others stay."""
        values = pl.DataFrame({"session": [1, 2, 2], "value": ["Kjær", "Hansen", "Kjær"]}, schema_overrides={"session": pl.Int32})
        marks = Marks("DK", [])
        before = marks.of_values(values)
        marks.forget([2])
        after = marks.of_values(values.reverse())

        assert [1, 1, 2] == before.mark.to_list()
        assert [1, 2, 1] == after.mark.to_list()

    def test_order_within_a_value_is_chance(self) -> None:
        """Ordinals say nothing of the order of words: in 64 imports "alpha" comes both before and after "bravo"."""
        values = pl.DataFrame({"session": [1, 1], "value": ["alpha bravo", "alpha"]}, schema_overrides={"session": pl.Int32})
        leads = set()
        for _ in range(64):
            tokens = Marks("DK", []).of_values(values).tokens.filter(~pl.col("whole"))
            leads.add(tokens["token"][0] == tokens["token"][-1])

        assert {True, False} == leads
