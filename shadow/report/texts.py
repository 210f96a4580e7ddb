"""
Words and numbers in the reader's language.

English is the source: every sentence of the report is a msgid, with named places for what is filled in. Numbers and dates are written by
Babel. A figure that could not be measured is a word ("not measured"), never a 0; a `Range` is written from low to high.
"""

from __future__ import annotations

import gettext
import math
import re
from datetime import date
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.dates import format_date, format_interval
from babel.lists import format_list
from babel.numbers import format_decimal

from shadow.errors import ShadowError
from shadow.report.disclosure import Amount, Range, Row

__all__ = ["LANGUAGES", "MESSAGES", "TERMS", "UnknownLanguageError", "Words", "size", "tidy", "times"]

LANGUAGES: Final = {"en": "en_GB", "da": "da", "nb": "nb", "sv": "sv"}
LOCALES: Final = Path(__file__).parent.parent / "locale"
LONGEST_TEXT: Final = 240
FIELDS_NAMED: Final = 3

# Below this an amount gets a decimal.
SMALL: Final = 10

# C0 and C1 controls but for the white space, what turns the direction of text, what is no character.
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)


def N_(sentence: str) -> str:  # noqa: N802  the mark that gettext looks for
    """A sentence that is translated later, where it is used."""
    return sentence


# Names of assumptions and of units, as the analysis writes them.
TERMS: Final = {
    "gap_drop_ms": N_("A longer gap without any event counts for nothing"),
    "gap_drop_s": N_("A longer gap without any event counts for nothing"),
    "glance_s": N_("A glance at what was filled in"),
    "redo_share": N_("Filled in wrongly and done again by hand"),
    "min_agents": N_("Fewer agents make an anecdote"),
    "min_occurrences": N_("Fewer occurrences make an anecdote"),
    "winsor": N_("Longer times are pulled in to this share of all"),
    "rare_df": N_("A value in a larger share of the cases proves no re-entry"),
    "effect_min": N_("Agreement above chance that makes a re-entry"),
    "q_max": N_("Share of false pairs that is accepted"),
    "min_pair_cases": N_("Fewest cases for a pair of fields"),
    "const_share": N_("A field with the same value more often than this may get a default value"),
    "direction_share": N_("Cases in which the source was read first"),
    "passed_over_share": N_("A field passed over more often than this may be removed"),
    "never_touched_share": N_("A field never touched more often than this may be removed"),
    "never_touched_min_cases": N_("Fewest cases before a field may be removed"),
    "repeat_click_n": N_("Clicks that make a burst"),
    "dead_click_ms": N_("A click without any effect for this long is dead"),
    "ms": N_("ms"),
    "s": N_("s"),
    "share": N_("share"),
    "cases": N_("cases"),
    "agents": N_("agents"),
    "occurrences": N_("occurrences"),
    "clicks": N_("clicks"),
    "minutes": N_("minutes"),
}

# Sentences for what the analysis says in English, by its code.
MESSAGES: Final = {
    "gap_sensitivity": N_("The headline depends on how long a gap may be; the table above shows how much."),
    "warm_up": N_("There were too few cases to leave out the first ones, so some agents were new to being recorded."),
    "few_agents": N_("There were few agents, so the intervals are wide."),
    "no_call_state": N_("The log does not say when the agents were on the telephone."),
}


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

    def message(self, row: Row) -> str:
        """What the analysis has to say: in English as it came, else the sentence for its code, or as it came if that is unknown."""
        return str(row["message"]) if self.lang == "en" else self.say(MESSAGES.get(row["code"], "{message}"), message=row["message"])

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
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(_rounded(amount, digits), format=pattern, locale=self.locale)

    def _range(self, span: Range, digits: int) -> str:
        whole = digits == 1 and all(_rounded(end, 1).is_integer() for end in span)
        low, high = (self.number(end, 0 if whole else digits) for end in span)
        return low if low == high else self.say("{low} to {high}", low=low, high=high)

    @property
    def separators(self) -> str:
        """The decimal sign and the sign between thousands."""
        signs = self.locale.number_symbols["latn"]
        return f"{signs['decimal']}{signs['group']}"

    def minutes(self, amount: Amount) -> str:
        """Minutes without the unit: one decimal, two below one minute."""
        return self.number(amount, 1 if size(amount) >= 1 else 2)

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

    def fields(self, fields: list[Row]) -> str:
        """Up to three fields by name, and how many more."""
        names = list(dict.fromkeys(self.quoted(self.field(field)) for field in fields))
        more = len(names) - FIELDS_NAMED
        if more > 0:
            names = [*names[:FIELDS_NAMED], self.count("{n} more", "{n} more", more)]
        return self.listing(names)


def _rounded(amount: float, digits: int) -> float:
    """Halves go up, away from 0, as a reader with a pencil does it; never minus 0."""
    return round(amount + math.copysign(1e-9, amount), digits) + 0.0


def size(amount: Amount) -> float:
    """How large an amount is drawn: the middle of a range, 0 if it was not measured."""
    return sum(amount) / 2 if isinstance(amount, Range) else (amount or 0.0)


def times(amount: Amount, factor: float) -> Amount:
    """An amount in another unit."""
    if isinstance(amount, Range):
        return Range(amount.low * factor, amount.high * factor)
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
