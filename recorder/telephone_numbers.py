"""
One form of a telephone number, however it is written: a text in memory goes in, a text comes out.

`phonenumbers` decides. It takes 50 microseconds a number, so numbers with a country code and nothing to be left off, by far the most with one,
are held against its patterns here, in a quarter of that; the outcome is the same (`tests/recorder/test_telephone_numbers.py`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

__all__ = ["telephone_form"]

_ABROAD = re.compile(r"\+[0-9 -]+")
_NOT_FIGURES = re.compile("[^0-9]+")
LONGEST_COUNTRY_CODE: Final = 3
# Of the national number, by E.164 and as `phonenumbers` has them.
NATIONAL_LENGTHS: Final = range(2, 18)
TYPES: Final = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail", "fixed_line", "mobile",
)  # fmt: skip


def telephone_form(number: str, region: str) -> str | None:
    """
    The national number if it belongs to the region, as systems of the region keep it; `phone:` and E.164 if to another one.

    Args:

        number: Figures, blanks and the signs that are usual between them.

        region: Where a number without a country code belongs, ISO 3166-1 alpha-2.

    Returns:

        None if it is no valid number.
    """
    import phonenumbers  # noqa: PLC0415 - 80 ms to load, and most values are no telephone numbers

    if _ABROAD.fullmatch(number):
        code, national = _taken_apart(_NOT_FIGURES.sub("", number))
        plan = _plan(code)
        if plan is not None and not plan.is_prefixed(national):
            return _shown(code, national, region) if plan.has(national) else None
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(parsed):
        return None
    return _shown(parsed.country_code or 0, phonenumbers.national_significant_number(parsed), region)


def _shown(code: int, national: str, region: str) -> str:
    from phonenumbers import country_code_for_region  # noqa: PLC0415 - see above

    return national if code == country_code_for_region(region) else f"phone:+{code}{national}"


@dataclass(frozen=True, slots=True)
class _Plan:
    """
    The numbers of one country.

    Args:

        prefix: What may stand before a national number and is no part of it; None if nothing does.

        kinds: Every number matches the first of these patterns and one of the others, and has one of its lengths (any, if there is none).
    """

    prefix: re.Pattern[str] | None
    kinds: tuple[tuple[frozenset[int], re.Pattern[str]], ...]

    def is_prefixed(self, national: str) -> bool:
        return national.startswith("0") or (self.prefix is not None and self.prefix.match(national) is not None)

    def has(self, national: str) -> bool:
        if len(national) not in NATIONAL_LENGTHS:
            return False
        fits = ((not lengths or len(national) in lengths) and kind.fullmatch(national) is not None for lengths, kind in self.kinds)
        return next(fits) and any(fits)


@cache
def _plan(code: int) -> _Plan | None:
    """The plan of a country code that belongs to one country; None for any other."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata  # noqa: PLC0415 - see above

    regions = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    metadata = PhoneMetadata.metadata_for_region(regions[0]) if len(regions) == 1 else None
    if metadata is None:
        return None
    described = [metadata.general_desc, *(getattr(metadata, name) for name in TYPES)]
    kinds = [
        (frozenset(kind.possible_length), re.compile(kind.national_number_pattern))
        for kind in described
        if kind is not None and kind.national_number_pattern
    ]
    prefix = metadata.national_prefix_for_parsing
    return _Plan(re.compile(prefix) if prefix else None, tuple(kinds))


def _taken_apart(figures: str) -> tuple[int, str]:
    """Country code, 0 if there is none, and national number."""
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE  # noqa: PLC0415 - see above

    for length in range(1, LONGEST_COUNTRY_CODE + 1):
        code = int(figures[:length] or 0)
        if code in COUNTRY_CODE_TO_REGION_CODE:
            return code, figures[length:]
    return 0, figures
