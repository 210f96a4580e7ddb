"""
The last look before a release: does anything that is kept as text look as if it were about a person?

Names were scrubbed when they were recorded, so nothing should be found but what an agent wrote in a mark. It looks for what has a form of its
own: identity numbers of the Nordic countries, e-mail addresses, telephone numbers, payment cards and bank accounts. A person's name has
none, so names are for the agent to see.

Pure functions on text in memory; nothing is kept.

Source: check digits and dates by python-stdnum, telephone numbers by Google's libphonenumber.
"""

from __future__ import annotations

import re
from typing import Final, Literal

__all__ = ["Kind", "looks_personal"]

Kind = Literal["national_number", "email", "phone", "card", "iban"]

# Where a telephone number without a country code may belong.
REGIONS: Final = ("DK", "NO", "SE", "FI")

_EMAIL: Final = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@.]{2,}")
# Whole runs of digits with the signs people put between them, and single groups of them.
_NUMBERS: Final = re.compile(r"(?<![0-9A-Za-z])[0-9][0-9 ./+-]{4,28}[0-9](?![0-9A-Za-z])")
_GROUP: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{6,8}[-+ ]?[0-9]{4,5}(?![0-9A-Za-z])")
_FINNISH: Final = re.compile(r"(?<![0-9A-Za-z])[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Z](?![0-9A-Za-z])", re.IGNORECASE)
_IBAN: Final = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}(?![0-9A-Za-z])", re.IGNORECASE)
# Days and times of day, which a telephone number may look like.
_DATE: Final = re.compile(r"(?<![0-9])(?:[0-9]{4}-[01][0-9]-[0-3][0-9]|[0-3]?[0-9][./][01]?[0-9][./](?:[0-9]{4}|[0-9]{2}))(?![0-9])")
_NOT_DIGIT: Final = re.compile(r"[^0-9]")
CARD_DIGITS: Final = range(13, 20)


def looks_personal(text: str) -> Kind | None:
    """What a text looks as if it held; None if nothing was found."""
    if _EMAIL.search(text):
        return "email"
    if not any(sign.isdecimal() for sign in text):
        return None
    # Full-width and other digits are digits, too.
    text = "".join(str(int(sign)) if sign.isdecimal() else sign for sign in text)
    if any(_is_iban(found) for found in _IBAN.findall(text)):
        return "iban"
    numbers = [*_NUMBERS.findall(text), *_GROUP.findall(text)]
    if any(map(_is_national, (*numbers, *_FINNISH.findall(text)))):
        return "national_number"
    if any(map(_is_card, numbers)):
        return "card"
    return "phone" if _has_phone(text) else None


def _is_national(number: str) -> bool:
    from stdnum.dk import cpr  # noqa: PLC0415 - loaded at the first look
    from stdnum.fi import hetu  # noqa: PLC0415
    from stdnum.no import fodselsnummer  # noqa: PLC0415
    from stdnum.se import personnummer  # noqa: PLC0415

    compact = number.strip().upper()
    digits = _NOT_DIGIT.sub("", compact)
    return cpr.is_valid(digits) or fodselsnummer.is_valid(digits) or personnummer.is_valid(compact) or hetu.is_valid(compact)


def _is_card(number: str) -> bool:
    from stdnum import luhn  # noqa: PLC0415 - loaded at the first look

    digits = _NOT_DIGIT.sub("", number)
    return len(digits) in CARD_DIGITS and luhn.is_valid(digits)


def _is_iban(number: str) -> bool:
    from stdnum import iban  # noqa: PLC0415 - loaded at the first look

    words = number.split(" ")
    return any(iban.is_valid("".join(words[:end])) for end in range(1, len(words) + 1))


def _has_phone(text: str) -> bool:
    from phonenumbers import PhoneNumberMatcher  # noqa: PLC0415 - loaded at the first look

    undated = _DATE.sub(" / ", text)
    return any(PhoneNumberMatcher(undated, region).has_next() for region in REGIONS)
