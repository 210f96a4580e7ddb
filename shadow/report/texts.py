"""
Words and numbers in the reader's language.

English is the source: every sentence of the report is a msgid, with named places for what is filled in. Numbers and dates are written by
Babel. A figure that could not be measured is a word ("not measured"), never a 0; a `Range` is written from low to high.
"""

from __future__ import annotations

import gettext
import math
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_interval
from babel.lists import format_list
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from shadow.errors import ShadowError
from shadow.report.disclosure import RANGES_FROM, Amount, Range, Result, Row
from shadow.report.terms import MESSAGES, TERMS

__all__ = ["LANGUAGES", "SHORT_MIN", "SMALL", "UnknownLanguageError", "Words", "decimals", "size", "tidy", "times"]

LANGUAGES: Final = {"en": "en_GB", "da": "da", "nb": "nb", "sv": "sv"}
LOCALES: Final = Path(__file__).parent.parent / "locale"
LONGEST_TEXT: Final = 240
FIELDS_NAMED: Final = 3

# Below this an amount gets a decimal.
SMALL: Final = 10
MS_PER_S: Final = 1000
# Below this many minutes two decimals are too few: 0.01 minutes would be a tenth of the figure.
FINE: Final = 0.2
# A range whose ends are written alike gets more decimals, up to this many.
FINEST: Final = 6
FEW: Final = 3
# A saving is told in seconds below one minute, if the whole it is a part of is short as well.
SHORT_MIN: Final = 3

# C0 and C1 controls but for the white space, what turns the direction of text, what is no character.
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)


class UnknownLanguageError(ShadowError, ValueError):
    """A language the report does not speak."""


def tidy(value: Any) -> Any:  # noqa: ANN401  a document of any shape
    """
    The same document with printable text and finite numbers.

    Titles, labels and notes come from other people's screens: control and direction characters go, a text ends after 240 characters.
    """
    if isinstance(value, dict):
        return {tidy(key): tidy(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy(item) for item in value]
    if isinstance(value, str):
        text = _UNPRINTABLE.sub("", value[: 4 * LONGEST_TEXT])
        return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


class Words:
    """
    One language: sentences from the catalogue, numbers and dates as they are written there.

    Args:

        lang: `en`, `da`, `nb` or `sv`.

    Raises:

        UnknownLanguageError: Any other language; choose one of these four.
    """

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            reason = f"the report does not speak {lang!r}"
            raise UnknownLanguageError(reason, f"choose one of {', '.join(LANGUAGES)}")
        self.lang = lang
        self.locale = Locale.parse(LANGUAGES[lang])
        self._catalogue = _catalogue(lang)

    # --- sentences ---

    def say(self, sentence: str, /, **values: object) -> str:
        """The sentence in this language, filled in."""
        return self._catalogue.gettext(sentence).format(**values)

    def count(self, one: str, many: str, n: int, /, **values: object) -> str:
        """The sentence for one or for many, filled in; `n` is written as a number."""
        return self._catalogue.ngettext(one, many, n).format(n=self.number(n), **values)

    def term(self, name: str) -> str:
        """A name or unit of the analysis in plain words; one that is not in `TERMS` as it came."""
        return self.say(TERMS[name]) if name in TERMS else name

    def value(self, value: Any, unit: str) -> str:  # noqa: ANN401  whatever the analysis assumed
        """What was assumed, with its unit: a share in per cent, a second or more in seconds, a spread of logarithms as a factor."""
        if not isinstance(value, float | int):
            return self.number(None) if value is None else str(value)
        if unit == "share":
            return self.say("{n}%", n=self.number(100 * value, _needed(100 * value)))
        if unit == "ln":
            return self.say("factor {n}", n=self.number(math.exp(value), 2))
        if unit == "ms" and value >= MS_PER_S:
            value, unit = value / MS_PER_S, "s"
        return f"{self.number(value, _needed(value))}\u00a0{self.term(unit)}"

    def set_by(self, whom: str, role: str | None) -> str:
        """Who assumed something: the toolkit, or the role that study.toml gives."""
        return self.say("this toolkit") if whom == "toolkit" else role or self.say("the consultant")

    def message(self, row: Row, result: Result) -> str:
        """What the analysis has to say: the sentence for its code, or its English as it came if the code is not known here."""
        return self.say(MESSAGES.get(row["code"], "{message}"), message=row["message"], **self._counts(result))

    def _counts(self, result: Result) -> dict[str, str]:
        """The numbers in `MESSAGES`, from the result itself."""
        study, loose = result["study"], result["cases"]["events_in_no_case"]
        needed = next((row["value"] for row in result["assumptions"] if row["name"] == "min_agents"), RANGES_FROM)
        return {
            "loose": self.number(loose),
            "events": self.number(study["events"]),
            "loose_share": self.percent(times(loose, 1 / study["events"]) if study["events"] else None),
            "needed": self.number(needed),
            "agents": self.number(study["agents"]),
        }

    def listing(self, items: list[str]) -> str:
        """Items in a row: a, b and c."""
        return format_list(items, locale=self.locale)

    def quoted(self, text: str) -> str:
        """A name from somebody's screen, set off from the sentence."""
        return self.say("“{text}”", text=text)

    # --- numbers ---

    def number(self, amount: Amount, digits: int = 0) -> str:
        """A figure with that many decimals, a range from low to high, or that it was not measured."""
        if amount is None:
            return self.say("not measured")
        if isinstance(amount, Range):
            return self._range(amount, digits)
        return format_decimal(_rounded(amount, digits), format=_pattern(digits), locale=self.locale).replace("-", "\u2212")

    def _range(self, span: Range, digits: int) -> str:
        """Both ends, with as many decimals as it takes to tell them apart and a low end from 0; one number only where they are equal."""
        if digits and all(_rounded(end, digits).is_integer() for end in span):
            digits = 0
        while digits < FINEST and _unclear(span, digits):
            digits += 1
        low, high = (self.number(end, digits) for end in span)
        return low if low == high else self.say("{low} to {high}", low=low, high=high)

    @property
    def separators(self) -> str:
        """The decimal sign and the sign between thousands."""
        signs = self.locale.number_symbols["latn"]
        return f"{signs['decimal']}{signs['group']}"

    def minutes(self, amount: Amount) -> str:
        """Minutes with the unit: one decimal, two below one minute."""
        return self.say("{n} minutes", n=self.number(amount, 1 if size(amount) >= 1 else 2))

    def in_seconds(self, minutes: Amount) -> str:
        """Minutes as seconds with the unit, in words: one decimal below 10 seconds."""
        seconds = times(minutes, 60)
        return self.say("{n} seconds", n=self.number(seconds, 1 if 0 < size(seconds) < SMALL else 0))

    def part_of(self, part: Amount, whole: Amount) -> tuple[str, str]:
        """A part without and a whole with the unit, both minutes; in seconds where the part is under one minute and the whole is short."""
        if size(part) < 1 and size(whole) < SHORT_MIN:
            return self.number(times(part, 60), 1 if size(part) < SMALL / 60 else 0), self.in_seconds(whole)
        return self.number(part, 1 if size(part) >= 1 else 2), self.minutes(whole)

    def short(self, minutes: Amount) -> str:
        """Minutes with the unit, or seconds below one minute."""
        return self.minutes(minutes) if size(minutes) >= 1 else self.in_seconds(minutes)

    def seconds(self, amount: Amount) -> str:
        """Seconds with the unit: one decimal below 10 s."""
        if amount is None:
            return self.number(None)
        return self._unit(self.say("{n} s", n=self.number(amount, 1 if 0 < size(amount) < SMALL else 0)))

    def hours(self, seconds: Amount) -> str:
        """Hours with the unit, from seconds."""
        if seconds is None:
            return self.number(None)
        hours = times(seconds, 1 / 3600)
        return self._unit(self.say("{n} hours", n=self.number(hours, 1 if size(hours) < SMALL else 0)))

    def hundred(self, share: Amount) -> str:
        """A share as so many of 100: never 0 if there was one, never 100 if one was missing."""
        if not isinstance(share, float | int):
            return self.number(times(share, 100))
        rounded = round(share * 100)
        return self.number(min(max(rounded, 1), 99) if 0 < share < 1 else rounded)

    def percent(self, share: Amount) -> str:
        """A share in per cent."""
        if share is None:
            return self.number(None)
        return self._unit(self.say("{n}%", n=self.hundred(share)))

    def _unit(self, text: str) -> str:
        """A number does not part from its unit at the end of a line."""
        return text.replace(" ", "\u00a0")

    def clock(self, seconds: float) -> str:
        """A moment of a case, minutes and seconds from its start."""
        return f"{int(seconds // 60)}:{int(seconds % 60):02d}"

    def date(self, day: str) -> str:
        """A day, written out; as it came if it is none."""
        known = _day(day)
        return str(format_date(known, format="long", locale=self.locale)) if known else day

    def days(self, first: str | None, last: str | None) -> str:
        """The days of the recordings, or nothing if no log said the day."""
        days = [day for day in (_day(first), _day(last)) if day]
        if not days:
            return ""
        if days[0] == days[-1]:
            return format_date(days[0], format="long", locale=self.locale)
        return str(format_interval(days[0], days[-1], skeleton="yMMMMd", locale=self.locale))

    # --- names from the log ---

    def app(self, name: str) -> str:
        """A system; in words where the log does not know which."""
        return self.say("unknown system") if name in {"", "(unknown)"} else name

    def screen(self, place: Row) -> str:
        """A screen; its system where the log names no screen."""
        return str(place["screen"]) or self.app(place["app"])

    def field(self, field: Row) -> str:
        """A field by its label, else by its id; its screen where nothing finer may be shown."""
        if field["app"] in {"", "(unknown)"}:
            return self.say("not known")
        return str(field["label"] or field["field"] or self.screen(field))

    def fields(self, fields: list[Row], most: int = FIELDS_NAMED) -> str:
        """Up to so many fields by name, and how many more; screens where nothing finer may be shown."""
        names = list(dict.fromkeys(self.quoted(self.field(field)) for field in fields))
        more = len(names) - most
        if more <= 0:
            return self.listing(names)
        if all(field["field"] is None for field in fields):
            rest = self.count("{n} more screen", "{n} more screens", more)
        else:
            rest = self.count("{n} more field", "{n} more fields", more)
        return self.listing([*names[:most], rest])


@cache
def _pattern(digits: int) -> NumberPattern:
    """With thousands set apart, and so many decimals."""
    return parse_pattern("#,##0" + ("." + "0" * digits if digits else ""))


def _unclear(span: Range, digits: int) -> bool:
    """Two ends are written alike, or a low end as 0 that is not."""
    low, high = (_rounded(end, digits) for end in span)
    alike = span.low != span.high and low == high
    return alike or (digits < FEW and span.low != 0 == low)


def _rounded(amount: float, digits: int) -> float:
    """Halves go up, away from 0, as a reader with a pencil does it; never minus 0."""
    return round(amount + math.copysign(1e-9, amount), digits) + 0.0


def size(amount: Amount) -> float:
    """How large an amount is drawn: the middle of a range, 0 if it was not measured."""
    return sum(amount) / 2 if isinstance(amount, Range) else (amount or 0.0)


def decimals(amounts: Iterable[Amount]) -> int:
    """Decimals for all minutes of one table or chart, from the largest of them: three below 0.2, two below 10, else one."""
    largest = max((abs(end) for amount in amounts if amount is not None for end in _ends(amount)), default=1.0)
    return 3 if largest < FINE else 2 if largest < SMALL else 1


def _needed(value: float) -> int:
    """As many decimals as a value has, up to three."""
    return next((digits for digits in range(3) if math.isclose(round(value, digits), value)), 3)


def _ends(amount: Range | float) -> tuple[float, ...]:
    return tuple(amount) if isinstance(amount, Range) else (amount,)


def times(amount: Amount, factor: float) -> Amount:
    """An amount in another unit."""
    if isinstance(amount, Range):
        return Range(*sorted(end * factor for end in amount))
    return None if amount is None else amount * factor


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def _catalogue(lang: str) -> gettext.NullTranslations:
    if lang == "en":
        return gettext.NullTranslations()
    return gettext.translation("shadow", LOCALES, [lang])
