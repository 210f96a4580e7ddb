"""A telephone number has the form that `phonenumbers` gives it, whichever way it was found."""

from __future__ import annotations

import random

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recorder.telephone_numbers import telephone_form

NORDIC = ("DK", "SE", "NO", "FI", "IS")


def by_library(number: str, region: str) -> str | None:
    """The form as the library alone finds it."""
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    national = phonenumbers.national_significant_number(parsed)
    at_home = parsed.country_code == phonenumbers.country_code_for_region(region)
    return national if at_home else f"phone:+{parsed.country_code}{national}"


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country(region: str) -> None:
    """Of every country, valid numbers of every type, and the same with one figure changed, left off or put in front, have the same form."""
    chance = random.Random(region)
    code = phonenumbers.country_code_for_region(region)
    numbers = []
    for kind in phonenumbers.PhoneNumberType.values():
        example = phonenumbers.example_number_for_type(region, kind)
        national = phonenumbers.national_significant_number(example) if example else "".join(chance.choices("0123456789", k=8))
        for place in range(len(national)):
            figure = chance.choice("0123456789")
            numbers += [
                national[:place] + figure + national[place + 1 :],
                national[:place] + national[place + 1 :],
                figure + national,
                f"0{national}",
            ]
        numbers.append(national)
    written = [f"+{code}{chance.choice(('', ' ', '-'))}{number}" for number in dict.fromkeys(numbers)]

    assert [by_library(number, "DK") for number in written] == [telephone_form(number, "DK") for number in written]


@settings(max_examples=500, deadline=None)
@given(
    st.text("0123456789 -", max_size=20),
    st.sampled_from(["+", "+45", "+46", "+47", "+354", "+358", "+1", "+39", "", "0045", "(+45)"]),
    st.sampled_from(NORDIC),
)
def test_any_figures(figures: str, front: str, region: str) -> None:
    """Any figures after any front have the same form in every Nordic country."""
    assert by_library(front + figures, region) == telephone_form(front + figures, region)


def test_most_need_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """Numbers with the code of a country of its own are read without the library's parser."""
    monkeypatch.setattr(phonenumbers, "parse", None)

    assert "20123456" == telephone_form("+45 20 12 34 56", "DK")
    assert "phone:+46701234567" == telephone_form("+46 70-123 45 67", "DK")
    assert telephone_form("+45 20 12 34", "DK") is None
