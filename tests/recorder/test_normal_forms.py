"""Normal forms: which values are the same thing written differently, and which are not."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recorder.normal_forms import MAX_CHARS, MAX_WORDS, comparable, is_low_entropy, whole_forms, words

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=60)
DIGITS_AND_SIGNS = st.text("0123456789 .,:/-+()#'krtzDKSEINC፩٣²", max_size=30)

SAME_THING = [
    # text
    ("  John   Doe ", "john doe"),
    ("O\u2019Brien", "o'brien"),
    ("\uff21\uff22\uff23 12", "abc 12"),
    ("zero\u200bwidth", "zerowidth"),
    ("Anna-Lise", "AnnaLise"),
    # letters
    ("Søren Ærø", "Soeren Aeroe"),
    ("Søren Ærø", "Soren Aro"),
    ("Åse", "Aase"),
    ("Åse", "Ase"),
    ("Björn", "Bjoern"),
    ("Björn", "Bjorn"),
    ("René", "Rene"),
    ("Sigurður", "Sigurdur"),
    # dates
    ("11/03/1986", "11-03-1986"),
    ("11/03/1986", "1986-03-11"),
    ("11/03/1986", "1986-11-03"),
    ("03/25/2024", "25.3.2024"),
    ("11.3.86", "1986-03-11"),
    ("86-03-11", "11.03.1986"),
    ("05.06.24", "2024-06-05"),
    ("19860311", "11.03.1986"),
    ("11031986", "1986-03-11"),
    ("1986-03-11T00:00:00Z", "11.03.1986"),
    ("11. marts 1986", "March 11th, 1986"),
    ("den 11 mars 1986", "11-Mar-86"),
    ("tirsdag 11. marts 1986", "1986 March 11"),
    ("3 okt 2024", "3 October 2024"),
    ("1. desember 2024", "1 dec 2024"),
    ("2024-03-11 10:20", "11.03.2024 kl. 10.20"),
    ("2024-03-11T22:20:00", "11 March 2024 10:20 pm"),
    ("11.03.2024 12:05 am", "2024-03-11 00:05"),
    # amounts
    ("1.200,00", "1,200.00"),
    ("1.200,00", "1200"),
    ("1 200 kr", "1200"),
    ("1\u00a0200,00 kr.", "DKK 1,200"),
    ("1200,-", "1.200"),
    ("12,50", "12.5"),
    ("-1.234,50 kr", "(1,234.50)"),
    ("1234,50-", "-1234.5"),
    ("0,75 €", "€ 0.75"),
    # telephone numbers
    ("+45 20 12 34 56", "20123456"),
    ("0045 20123456", "+4520123456"),
    ("(+45) 2012-3456", "20 12 34 56"),
    ("Tlf. 20 12 34 56", "+45 20123456"),
    ("+46 (0)70-123 45 67", "0046701234567"),
    # numbers that somebody gives out
    ("110386-1234", "1103861234"),
    ("19880320-0016", "880320-0016"),
    ("19880380-0013", "880380-0013"),
    ("151086 95088", "15108695088"),
    ("DK 13 58 56 28", "13585628"),
    ("NO 995 525 828 MVA", "995525828"),
    ("SE556188840401", "556188-8404"),
    ("DK50 0040 0440 1162 43", "dk5000400440116243"),
    ("5 701234 567899", "5701234567899"),
    ("#00-1234", "1234"),
    ("INC0012345", "inc 12345"),
    ("ORD-2024-00123", "ord202400123"),
    ("# 4711", "4711"),
]

DIFFERENT = [
    ("John Doe", "Jane Doe"),
    ("AA 123", "A 123"),
    ("Bø", "Bo"),
    ("11/03/1986", "12/03/1986"),
    ("11.03.1986", "03.11.1986"),
    ("1-12-2024", "11-2-2024"),
    ("2024-03-11 10:20", "2024-03-11"),
    ("31.02.2024", "2024-02-31T10:00"),
    ("12,50", "1250"),
    ("1.200,00", "120000"),
    ("12,50", "-12,50"),
    ("1.200.50", "1200,50"),
    ("+46 20123456", "20123456"),
    ("DK12345678", "12345678"),
    ("SE123456789001", "1234567890"),
    ("199913200016", "9913200016"),
    ("INC0012345", "REQ0012345"),
]


@pytest.mark.parametrize(("one", "other"), SAME_THING)
def test_shared(one: str, other: str) -> None:
    """Two ways to write one thing have a whole form in common."""
    assert whole_forms(one) & whole_forms(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_not_shared(one: str, other: str) -> None:
    """Two things have no whole form in common, however alike their letters and digits are."""
    assert frozenset() == whole_forms(one) & whole_forms(other)


def test_fewest_forms() -> None:
    """Plain values have one form, so that the table of tokens stays small."""
    forms = [sorted(whole_forms(value)) for value in ("Hansen", "John Smith", "20123456", "1200", "a@b.dk")]

    assert [["hansen"], ["johnsmith"], ["20123456"], ["1200"], ["abdk"]] == forms


def test_region() -> None:
    """A number without a country code belongs to the region: +46 is home in Sweden and abroad in Denmark."""
    abroad, home, national = whole_forms("+46 70 123 45 67"), whole_forms("+46 70 123 45 67", "SE"), "070-123 45 67"

    assert {"46701234567", "phone:+46701234567"} == abroad
    assert home & whole_forms(national, "SE")
    assert not abroad & whole_forms(national)


@pytest.mark.parametrize("value", ["", "  ", "-- / --", "👍"])
def test_nothing_to_compare(value: str) -> None:
    """A value without letters and digits has neither forms nor words."""
    assert (frozenset(), frozenset()) == (whole_forms(value), words(value))


def test_words() -> None:
    """Words are casefolded, of two characters or more, and split wherever there is neither letter nor digit."""
    assert {"122", "albert", "st", "vic", "3207"} == words("122 Albert St; B, VIC_3207")


@pytest.mark.parametrize("spelling", ["Kjærgård Øster", "KJAERGAARD OESTER", "Kjargard Oster"])
def test_words_in_every_spelling(spelling: str) -> None:
    """Nordic letters, their passport spelling and the bare letters are the same words."""
    assert {"kjargard", "oster"} == words(spelling)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("122 Albert St", "122 Albert St, Port Melbourne, VIC 3207"),
        ("John", "John Doe"),
        ("039-689-9324", "+61 039 689 9324"),
        ("11.03.2024", "2024-03-11T10:20:00"),
        ("Ågade 12", "Aagade 12, 8000 Aarhus C"),
    ],
)
def test_words_show_parts(part: str, whole: str) -> None:
    """The words of a part are some of the words of the whole, and not all of them."""
    assert words(part) < words(whole)


@pytest.mark.parametrize("value", "yes Nej JA n/a On 0 1 12 -7 1,5 0,00 000 Mr. MRS true sant Vælg... null — ok".split())
def test_low_entropy(value: str) -> None:
    """Yes and no, titles, zero and numbers of one or two digits say nothing when they are equal."""
    assert is_low_entropy(value)


@pytest.mark.parametrize("value", ["VIC", "123", "12 kr", "Ole", "0,75", "Yes please", "Frank"])
def test_not_low_entropy(value: str) -> None:
    """Short is not yet common: a name of three letters and a number of three digits count."""
    assert not is_low_entropy(value)


def test_free_text_is_bounded() -> None:
    """Free text gives its first words and no more, whatever its length."""
    text = " ".join(f"word{number}" for number in range(MAX_CHARS))

    assert {f"word{number}" for number in range(MAX_WORDS)} == words(text)
    assert frozenset() == whole_forms(text)


def test_free_text_is_never_typed() -> None:
    """What is longer than any date or number is compared as text alone."""
    text = "the agent wrote on 11.03.1986 that the amount was 1.200,00 and the number 20123456"

    assert 1 == len(whole_forms(text))


@given(st.one_of(ANY_TEXT, DIGITS_AND_SIGNS))
@example("11 ፩ march")
@example("\ud800 12")
@example("99.99.9999 99:99")
@settings(max_examples=300)
def test_one_pass_is_the_three(value: str) -> None:
    """`comparable` is `whole_forms` and `words` where the entropy is not low; no text makes any of them fail."""
    low = is_low_entropy(value)
    apart = (frozenset(), frozenset()) if low else (whole_forms(value), words(value))

    assert apart == comparable(value)


@given(st.text("abcdeåæøäöéAOEÅÆØ", min_size=2, max_size=20))
def test_word_is_whole(value: str) -> None:
    """A value of one word is one string as a whole and as a word."""
    assert whole_forms(value) == words(value)


@given(ANY_TEXT)
def test_blanks_and_case_do_not_matter(value: str) -> None:
    """Blanks around a value and a second reading change nothing."""
    assert (whole_forms(value), words(value)) == (whole_forms(f"\t{value} \r\n"), words(f" {value}\n"))


@given(st.text("æøåäöaeo bk", max_size=20))
def test_passport_spelling(value: str) -> None:
    """Every value has the forms and the words of its passport spelling."""
    passport = value
    for letter, digraph in {"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa"}.items():
        passport = passport.replace(letter, digraph)

    assert (whole_forms(value), words(value)) == (whole_forms(passport), words(passport))
