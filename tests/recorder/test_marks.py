"""Value marks: equal values are known, how they are related is known, and no value is."""

from __future__ import annotations

import copy
import gc
import pickle
import secrets
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.marks import ValueMarks

RELATIONS = [
    ("John", "John", "same"),
    ("Søren Ærø", "Søren Ærø", "same"),
    ("11/03/1986", "11-03-1986", "reformatted"),
    ("11/03/1986", "1986-03-11", "reformatted"),
    ("11. marts 1986", "1986-03-11", "reformatted"),
    ("john doe", "John Doe ", "reformatted"),
    ("Doe, John", "John Doe", "reformatted"),
    ("Søren Kjær", "Soeren Kjaer", "reformatted"),
    ("Søren Kjær", "Soren Kjar", "reformatted"),
    ("Åse", "ASE", "reformatted"),
    ("1.200,00", "1200", "reformatted"),
    ("1,200.50", "1200,5 kr", "reformatted"),
    ("1103861234", "110386-1234", "reformatted"),
    ("198803200016", "880320-0016", "reformatted"),
    ("DK13585628", "13585628", "reformatted"),
    ("+4520123456", "20 12 34 56", "reformatted"),
    ("INC0012345", "INC 12345", "reformatted"),
    ("Anna-Lise", "AnnaLise", "reformatted"),
    ("122 Albert St, Port Melbourne, VIC 3207, Australia", "122 Albert St", "part"),
    ("122 Albert St, Port Melbourne, VIC 3207, Australia", "Port Melbourne", "part"),
    ("122 Albert St, Port Melbourne, VIC 3207, Australia", "VIC", "part"),
    ("122 Albert St, Port Melbourne, VIC 3207, Australia", "3207", "part"),
    ("+61 039 689 9324", "039-689-9324", "part"),
    ("+45 20123456", "20123456", "part"),
    ("jdoe@gmail.com", "jdoe", "part"),
    ("2024-03-11T10:20:00", "11.03.2024", "part"),
    ("John", "John Doe", "joined"),
    ("Doe", "John Doe", "joined"),
    ("Kjær", "Søren Kjaer, Ågade 12", "joined"),
    ("4711", "Ticket #4711", "joined"),
    ("John", "Jane", None),
    ("12,50", "1250", None),
    ("11.03.1986", "03.12.1986", None),
    ("1.200,00", "120000", None),
    ("VIC 3207", "VIC 3208", None),
    ("yes", "Yes", None),
]


def relation(marks: ValueMarks, source: str, target: str) -> str | None:
    """Tell the relation from marks and tokens alone, as the analysis does."""
    (wholes, words), (target_wholes, target_words) = (map(frozenset, marks.tokens(value)) for value in (source, target))
    if marks.mark(source) == marks.mark(target):
        return "same"
    if words == target_words != frozenset():
        return "reformatted"
    if frozenset() < target_words < words:
        return "part"
    if frozenset() < words < target_words:
        return "joined"
    return "reformatted" if wholes & target_wholes else None


@pytest.mark.parametrize(("source", "target", "expected"), RELATIONS)
def test_relation(source: str, target: str, expected: str | None) -> None:
    """Marks and tokens decide how a value was changed on its way, without the value."""
    assert expected == relation(ValueMarks(), source, target)


def test_joined_from_all_its_sources() -> None:
    """A value joined from two has the words of both and no others."""
    marks = ValueMarks()
    first, last, name = (set(marks.tokens(value)[1]) for value in ("John", "Doe", "John Doe"))

    assert first | last == name


def test_mark_counts_first_sights() -> None:
    """Marks count exact values from 1, in order of first sight; the least difference is another value."""
    marks = ValueMarks()

    assert [1, 2, 1, 3, 4] == [marks.mark(value) for value in ("Hansen", "Jensen", "Hansen", "hansen", "Hansen ")]
    assert 4 == len(marks)


def test_tokens_are_not_marks() -> None:
    """Asking for tokens gives out no mark: the two are counted apart."""
    marks = ValueMarks()
    marks.tokens("John Doe")

    assert 0 == len(marks)
    assert 1 == marks.mark("John Doe")


def test_tokens_count_from_one() -> None:
    """Wholes and words are counted together from 1, without a gap, and sorted."""
    wholes, words = ValueMarks().tokens("John Doe of Port Melbourne")

    assert [1, 2, 3, 4, 5, 6] == sorted({*wholes, *words})
    assert (sorted(wholes), sorted(words)) == (list(wholes), list(words))


def test_word_meets_whole() -> None:
    """The whole of one value is the word of another where they are the same letters."""
    marks = ValueMarks()
    wholes, words = marks.tokens("Ærø")

    assert wholes == words
    assert set(wholes) < set(marks.tokens("Hotel Aeroe")[1])


def test_low_entropy_has_a_mark_only() -> None:
    """A value of low entropy has a mark, so that changes are seen, and no tokens, so that it is no re-entry."""
    marks = ValueMarks()

    assert ((), ()) == marks.tokens("ja")
    assert 1 == marks.mark("ja")


def test_same_answer_again() -> None:
    """A value has the same mark and the same tokens for as long as the session lasts."""
    marks = ValueMarks()
    first = [(marks.mark(value), marks.tokens(value)) for value, _, _ in RELATIONS]

    assert first == [(marks.mark(value), marks.tokens(value)) for value, _, _ in RELATIONS]


def test_order_within_a_value_is_chance() -> None:
    """Ordinals say nothing of the order of words: in 64 sessions "alpha" comes both before and after "bravo"."""
    alpha_leads = set()
    for marks in (ValueMarks() for _ in range(64)):
        first_word = min(marks.tokens("alpha bravo")[1])
        alpha_leads.add(marks.tokens("alpha")[1] == (first_word,))

    assert {True, False} == alpha_leads


def test_region_decides() -> None:
    """The region of the session says where a number without a country code belongs."""
    assert "reformatted" == relation(ValueMarks("SE"), "+46701234567", "070-123 45 67")
    assert relation(ValueMarks("DK"), "+46701234567", "070-123 45 67") is None


def test_unknown_region() -> None:
    """A region that does not exist is refused at once, with the known ones."""
    with pytest.raises(ValueError, match=r"unknown region 'Denmark'; known are .*DK.*NO.*SE"):
        ValueMarks("Denmark")


def test_half_a_surrogate_pair() -> None:
    """Text that cannot be encoded is a value like any other."""
    marks = ValueMarks()

    assert 1 == marks.mark("Hansen \ud800")
    assert marks.mark("Hansen \ud801") == len(marks)
    assert "reformatted" == relation(marks, "Hansen \ud800", "Hansen")


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy, iter, list, vars, lambda marks: "John" in marks])
def test_nothing_leads_back(leak: object) -> None:
    """The table cannot be pickled, copied, listed or searched."""
    marks = ValueMarks()
    marks.mark("John")

    with pytest.raises(TypeError) as refused:
        leak(marks)  # type: ignore[operator]
    assert "John" not in str(refused.value)


@given(st.text("0123456789ghjkxyzæø", min_size=6))
def test_repr_shows_counts_only(secret: str) -> None:
    """What a debugger or a log shows of the table is how much it holds."""
    marks = ValueMarks()
    marks.mark(secret)
    marks.tokens(secret)

    assert secret not in repr(marks)
    assert f"<ValueMarks: 1 values, {len({*sum(marks.tokens(secret), ())})} tokens>" == repr(marks)


@pytest.mark.parametrize("ask", [ValueMarks.mark, ValueMarks.tokens])
def test_no_value_in_errors(ask: object) -> None:
    """Something that is no text is refused without being shown."""
    with pytest.raises((TypeError, AttributeError)) as refused:
        ask(ValueMarks(), 110386_1234)  # type: ignore[operator]
    assert "1103861234" not in str(refused.value)


def test_table_holds_no_value() -> None:
    """After marking, nothing that can be reached from the table holds the value, a form of it, or a word of it."""
    marks, secret = ValueMarks(), f"{secrets.randbelow(10**9):09}"
    for value in (secret, f"Order {secret}", f"+45 {secret[:8]}", f"{secret},50"):
        marks.mark(value)
        marks.tokens(value)

    texts = [held if isinstance(held, str) else held.decode("latin-1") for held in _held_by(marks)]

    assert len(marks) < len(texts)
    assert [] == [text for text in texts if secret[:8] in text]


def test_sessions_cannot_be_compared() -> None:
    """The same value has another digest in every session, so a digest says nothing outside its table."""
    one, other = ({held for held in _held_by(marks) if isinstance(held, bytes)} for marks in (_marked(), _marked()))

    assert 2 == len(one) == len(other)
    assert set() == one & other


def _marked() -> ValueMarks:
    marks = ValueMarks()
    marks.mark("Hansen")
    marks.tokens("Hansen")
    return marks


def _held_by(marks: ValueMarks) -> list[str | bytes]:
    """Every text and digest reachable from the table, program code left out."""
    seen: set[int] = set()
    found: list[str | bytes] = []
    waiting: list[object] = [marks]
    while waiting:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, type | types.ModuleType):
            continue
        seen.add(id(thing))
        if isinstance(thing, str | bytes):
            found.append(thing)
        inside = thing.__closure__ or () if isinstance(thing, types.FunctionType) else gc.get_referents(thing)
        waiting.extend(inside)
    return found
