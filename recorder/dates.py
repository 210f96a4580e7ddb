"""
The forms of a date, however it is written: a casefolded text in memory goes in, plain strings come out.

Part of `recorder.normal_forms`, by whose rules nothing is kept here and no exception leaves. What can be read in two ways (3/4/2024, a year
of two digits) is given both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

__all__ = ["MAY_BE_DATE", "calendar_day", "date_forms", "figures_mislead"]


def _month_numbers() -> dict[str, int]:
    """Month names and their abbreviations in English, Danish, Norwegian and Swedish."""
    names = (
        "january januar januari jan",
        "february februar februari feb febr",
        "march marts mars mar",
        "april apr",
        "may maj mai",
        "june juni jun",
        "july juli jul",
        "august augusti aug",
        "september sept sep",
        "october oktober oct okt",
        "november nov",
        "december desember dec des",
    )
    return {name: number for number, of_month in enumerate(names, start=1) for name in of_month.split()}


_MONTHS = _month_numbers()
_BESIDE_A_DATE = frozenset(
    "st nd rd th of the on den d "
    "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun "
    "mandag tirsdag onsdag torsdag fredag lørdag søndag man tir ons tor tors fre lør søn "
    "måndag tisdag lördag söndag mån tis lör sön".split()
)
_IN_FIGURES = re.compile(r"([0-9]{1,4})(\. ?|[/ -])([0-9]{1,2})\2([0-9]{4}|[0-9]{1,2})")
_LONE_FIGURE = re.compile("(?<![0-9])[0-9](?![0-9])")
_IN_ONE = re.compile("[0-9]{8}")
_PARTS_OF_DATE = re.compile(r"[0-9]+|[^\W\d_]+")
_TIME_OF_DAY = re.compile(
    r"(?:(?<=[0-9])t|[ ,]+(?:kl\.? ?|at )?)([0-9]{1,2})[:.]([0-9]{2})(?:[:.]([0-9]{2})(?:[.,][0-9]+)?)?"
    r"(?: ?([ap])\.?m\.?)?(?: ?z| ?[+-][0-9]{2}:?[0-9]{2})?$"
)
_YEAR_DIGITS: Final = 4
_SHORT_DIGITS: Final = 2
# A birth, a contract or an appointment lies in these years; one written with two digits, since 1920 or before 2060.
_YEARS = range(1850, 2100)
_CENTURY_FROM: Final = "20"
_CENTURY_TO: Final = "60"


def date_forms(text: str) -> Iterator[str]:
    """Forms of a date, with or without a time of day: 11.3.1986, 11/03/86, 19860311, March 11th 1986, den 11. marts 86."""
    time = _TIME_OF_DAY.search(text)
    clock = _clock(time) if time else "00:00"
    if clock is None:
        return
    day_text = text[: time.start()] if time else text
    for day in (*_in_figures(day_text), *_in_words(day_text)):
        if day:
            yield f"date:{day}" if clock == "00:00" else f"time:{day}T{clock}"


def figures_mislead(text: str) -> bool:
    """Whether the figures of a date alone, without what stands between them, are those of another: 1-12-2024 would be 11-2-2024."""
    return bool(_LONE_FIGURE.search(text) and _IN_FIGURES.fullmatch(text))


def calendar_day(year: str, month: str, day: str) -> date | None:
    """The day that three written numbers name; None where there is none, or none in the years of _YEARS."""
    if len(year) != _YEAR_DIGITS or len(day) > _SHORT_DIGITS or int(year) not in _YEARS:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _in_figures(text: str) -> Iterator[date | None]:
    if match := _IN_FIGURES.fullmatch(text):
        first, separator, second, third = match.groups()
        if len(first) == _YEAR_DIGITS:
            yield calendar_day(first, second, third)
        elif len(first) <= _SHORT_DIGITS:
            # Points stand between day and month only in lands that put the day first.
            yield from _day_month_year(first, second, third, month_may_lead="." not in separator)
            if separator == "-" and len(first) == len(third) == _SHORT_DIGITS:
                yield from (calendar_day(year, second, third) for year in _years(first))
    elif _IN_ONE.fullmatch(text):
        yield calendar_day(text[:4], text[4:6], text[6:])
        yield calendar_day(text[4:], text[2:4], text[:2])


def _day_month_year(first: str, second: str, year: str, *, month_may_lead: bool) -> Iterator[date | None]:
    for full in _years(year):
        yield calendar_day(full, second, first)
        if month_may_lead:
            yield calendar_day(full, first, second)


def _in_words(text: str) -> Iterator[date | None]:
    parts = [part for part in _PARTS_OF_DATE.findall(text) if part not in _BESIDE_A_DATE]
    months = [_MONTHS[part] for part in parts if part in _MONTHS]
    numbers = [part for part in parts if part.isascii() and part.isdigit()]
    if (len(months), len(numbers), len(parts)) == (1, 2, 3):
        day, year = numbers if len(numbers[0]) <= _SHORT_DIGITS else reversed(numbers)
        yield from (calendar_day(full, str(months[0]), day) for full in _years(year))


def _years(year: str) -> tuple[str, ...]:
    """Years that a written year can mean: two digits may mean two of them."""
    if len(year) != _SHORT_DIGITS:
        return (year,)
    return ("19" + year,) * (year >= _CENTURY_FROM) + ("20" + year,) * (year < _CENTURY_TO)


def _clock(time: re.Match[str]) -> str | None:
    hour, minute, second, half = time.groups(default="")
    hours = int(hour) % 12 + 12 * (half == "p") if half else int(hour)
    shown = f"{hours:02}:{minute}" + (f":{second}" if second.strip("0") else "")
    return shown if hours in range(24) and minute < "60" and second < "60" else None


def _may_be_date() -> str:
    """Pattern found in every text that `date_forms` has a form for, and in few others; see `recorder.normal_forms.MAY_BE_TYPED`."""
    months = "|".join(_MONTHS)
    clock = r"(?:$|(?:t|[ ,]+(?:kl\.? ?|at )?)[0-9]{1,2}[:.][0-9]{2})"
    return "|".join(
        (
            rf"^[0-9]{{1,4}}(?:\. ?|[/ -])[0-9]{{1,2}}(?:\. ?|[/ -])[0-9]{{1,4}}{clock}",
            f"^(?:(?:18|19|20)[0-9]{{2}}[01][0-9][0-3][0-9]|[0-3][0-9][01][0-9](?:18|19|20)[0-9]{{2}}){clock}",
            f"(?:^|[^a-z])(?:{months})(?:$|[^a-z])",
        )
    )


MAY_BE_DATE: Final = _may_be_date()
