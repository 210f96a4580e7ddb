"""What has the form of something about a person is seen before a release; everyday words and numbers are not taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.tripwire import looks_personal

FULL_WIDTH = {ord(digit): 0xFF10 + int(digit) for digit in "0123456789"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CPR 211062-5629", "national_number"),
        ("2110625629", "national_number"),
        ("01010012356", "national_number"),
        ("010100 12356", "national_number"),
        ("811228-9874", "national_number"),
        ("19811228-9874", "national_number"),
        ("hetu 131052-308T here", "national_number"),
        ("211062-5629".translate(FULL_WIDTH), "national_number"),
        ("write to kirsten@example.com please", "email"),
        ("ring 20 12 34 56", "phone"),
        ("+45 20123456", "phone"),
        ("call +46 70 123 45 67", "phone"),
        ("card 4111 1111 1111 1111", "card"),
        ("4111111111111111", "card"),
        ("DK5000400440116243", "iban"),
        ("pay to DK50 0040 0440 1162 43 now", "iban"),
        ("no93 8601 1117 947", "iban"),
    ],
)
def test_found(text: str, kind: str) -> None:
    """Numbers with their check digits, addresses and telephone numbers, however they are spaced."""
    assert kind == looks_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "Customer no.", "Address 2", "E-mail", "unnamed screen 12", "/tickets/:id", "row-:n-note", "on 2026-11-22 at 10:30",
        "22.11.2026", "12:30-13:45", "20 times, 45 seconds each", "case 12345", "order 1000234", "the @ key does not work", "5 of 12 fields",
        "8.00-16.00", "112",
    ],
)  # fmt: skip
def test_not_found(text: str) -> None:
    """Names of controls and screens, days, times and small numbers."""
    assert looks_personal(text) is None


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """No text is too odd to be looked at."""
    assert looks_personal(text) in (None, "national_number", "email", "phone", "card", "iban")
