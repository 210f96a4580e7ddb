"""
The forms in which two values are the same thing written differently: a value in memory goes in, plain strings come out.

Pure functions for `recorder.marks`. Nothing is written, logged or kept: no cache in this module may hold a value, and
no exception leaves it.

A value becomes the fewest forms that decide. Its letters and digits alone settle most: 110386-1234 is 1103861234, and
an IBAN is the same number in groups of four. So a type in front (`date:1986-03-11`) is given only where figures alone
would mislead, and a parser runs only where the characters and the length make its type plausible. What can be read in
two ways (3/4/2024, a year of two digits) is given both: a form too many costs one row, a form too few a match.

Source: `measurement.md` 6.3 and 6.4 (normalisation, suppression), November 2026.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from recorder.dates import MAY_BE_DATE, calendar_day, date_forms, figures_mislead
from recorder.telephone_numbers import telephone_form

__all__ = [
    "LEAST_CHARS",
    "MAX_CHARS",
    "MAX_TYPED_CHARS",
    "MAX_WORDS",
    "MAY_BE_TYPED",
    "MAY_HAVE_PREFIX",
    "STOP_WORDS",
    "comparable",
    "folded",
    "is_low_entropy",
    "whole_forms",
    "words",
]

# Most words kept of one value, the first ones: only free text of well over 80 characters has more.
MAX_WORDS: Final = 64
# What is longer was pasted whole: its exact mark and its first words must do, so that no paste holds up the recorder.
MAX_CHARS: Final = 4096
# Longest value that a parser looks at: a date in words with its weekday, its time and its zone.
MAX_TYPED_CHARS: Final = 42
# Shorter ones stand in every second field. Source: measurement.md 6.3 (5).
LEAST_CHARS: Final = 3

_NOT_ALNUM = re.compile(r"[\W_]+")
_WORD = re.compile(r"[^\W_]{2,}")
_FIGURE = re.compile("[0-9]")
_NOT_FIGURES = re.compile("[^0-9]+")
# 2024-03-11T10:20 has the words of 2024-03-11 10:20.
_TIME_MARK = re.compile("(?<=[0-9])t(?=[0-9]{2}:)")
# Copied web text carries marks that nobody sees (soft hyphen, zero width, direction) and dashes of many kinds.
_UNSEEN = dict.fromkeys([0xAD, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)])
_ONE_SPELLING = _UNSEEN | dict.fromkeys(range(0x2010, 0x2016), "-") | {0x2212: "-", 0x2019: "'"}
_NORDIC = str.maketrans({"æ": "ae", "ä": "ae", "ø": "oe", "ö": "oe", "å": "aa", "ð": "d", "đ": "d", "þ": "th", "ł": "l"})
_LETTER_RUN = re.compile("[a-z]{4,}")

STOP_WORDS: Final = frozenset(
    "yes true false none null nan undefined unknown okay off select pleaseselect mrs miss "
    "nej sand sandt falsk ukendt ingen intet vælg til fra herr fru frk frøken "
    "nei sant usant ukjent velg "
    "sann falskt okänd inget välj från fröken".split()
)


def whole_forms(value: str, region: str = "DK") -> frozenset[str]:
    """
    Normalised forms of the whole value; two values with one in common are the same thing written differently.

    Args:

        value: What a field holds, in memory.

        region: Where a telephone number without a country code belongs, ISO 3166-1 alpha-2.

    Returns:

        The letters and digits, casefolded and folded as in `words`; the same without leading zeros or without the
        prefix of the land, where it has such; `date:`, `time:`, `amount:` and `phone:` forms. Empty where there is
        neither letter nor digit, and over MAX_CHARS.
    """
    if len(value) > MAX_CHARS:
        return frozenset()
    text = _one_spelling(value)
    return _wholes(text, _alnum(folded(text)), region)


def words(value: str) -> frozenset[str]:
    """
    Words of a value, by which parts and joins are seen: "Port Melbourne" is a part of a whole address.

    Each word has one spelling, whichever of the Nordic ones was used: see `folded`. A value of one word has that word
    as its whole form too, so a word of one value meets the whole of another.

    Returns:

        Casefolded words of at least two characters, the first MAX_WORDS different ones.
    """
    return _words(folded(_one_spelling(value[:MAX_CHARS])))


def is_low_entropy(value: str) -> bool:
    """
    Whether so many fields hold this value that its equality means nothing: yes or no, a title, a small number.

    Under three letters and digits (so every bare number of one or two digits), zero however it is written, or a stop
    word in English, Danish, Norwegian or Swedish.
    """
    return _is_common(_alnum(_one_spelling(value[:MAX_CHARS])))


def comparable(value: str, region: str = "DK") -> tuple[frozenset[str], frozenset[str]]:
    """`whole_forms` and `words` of a value in one pass, both empty where it is of low entropy."""
    text = _one_spelling(value[:MAX_CHARS])
    letters = _alnum(text)
    if _is_common(letters):
        return frozenset(), frozenset()
    bare = folded(text)
    if bare is not text:
        letters = _alnum(bare)
    return _wholes(text, letters, region) if len(value) <= MAX_CHARS else frozenset(), _words(bare)


def _wholes(text: str, letters: str, region: str) -> frozenset[str]:
    if not letters:
        return frozenset()
    if len(text) > MAX_TYPED_CHARS or not _FIGURE.search(text) or not (_MAY_BE_TYPED.search(text) or _MAY_HAVE_PREFIX.search(letters)):
        return frozenset((letters,))
    forms = frozenset(_read(text, letters, region))
    return forms if forms and _misleads(text) else forms | {letters}


def _words(text: str) -> frozenset[str]:
    if text.isalpha():
        return frozenset((text,)) if len(text) > 1 else frozenset()
    found = _WORD.findall(_TIME_MARK.sub(" ", text) if ":" in text else text)
    return frozenset(found if len(found) <= MAX_WORDS else list(dict.fromkeys(found))[:MAX_WORDS])


def _is_common(letters: str) -> bool:
    return len(letters) < LEAST_CHARS or letters in STOP_WORDS or not letters.strip("0")


def _one_spelling(value: str) -> str:
    """Casefolded, with one kind of blank and dash, in composed letters, and otherwise as it was."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value).translate(_ONE_SPELLING)
    return " ".join(value.casefold().split())


def _alnum(text: str) -> str:
    joined = text.replace(" ", "")
    return joined if joined.isalnum() else _NOT_ALNUM.sub("", joined)


def folded(text: str) -> str:
    """
    Casefolded text in the one spelling that all usual spellings of its letters lead to.

    ø, ö, oe and o become o; å, aa and a, and æ, ä, ae and a, become a. The passport spelling (ø as oe, å as aa) and the
    bare one (Soren, Ase) are both in daily use for the same name, so only this coarsest folding makes Søren, Soeren and
    Soren one word and keeps "is contained in" a test on sets. The price, that Joel is Jol, is paid by chance
    correction: the two would have to meet in the same case, again and again. Runs of up to three letters stay: AA 123
    is not A 123, and Bø is not Bo.
    """
    if not text.isascii():
        text = text.translate(_NORDIC)
    if not text.isascii():
        text = "".join([letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter)])
    if "aa" in text or "ae" in text or "oe" in text:
        return _LETTER_RUN.sub(_without_digraphs, text)
    return text


def _without_digraphs(run: re.Match[str]) -> str:
    return run[0].replace("aa", "a").replace("ae", "a").replace("oe", "o")


def _read(text: str, letters: str, region: str) -> Iterator[str]:
    """Forms of a short value with a figure in it, by each of the types that it can be."""
    dates = frozenset(date_forms(text))
    yield from dates
    if not dates:
        yield from _amounts(text)
        yield from _phones(text, region)
        yield from _without_zeros(text)
    yield from _without_prefix(letters)


def _misleads(text: str) -> bool:
    """Whether letters and digits alone say something else: 12,50 would be 1250, and 1-12-2024 would be 11-2-2024."""
    amount = _AMOUNT.fullmatch(text)
    return bool(amount and amount["cents"]) or figures_mislead(text)


# ---- amounts, telephone numbers, numbers that somebody gives out

_CURRENCY = r"(?:kr\.?|dkk|nok|sek|isk|eur|euro|usd|gbp|[€$£])"
_AMOUNT = re.compile(
    rf"(?P<sign>[-+(]?) ?(?:{_CURRENCY} ?)?(?P<minus>-?)"
    r"(?P<units>[1-9][0-9]{0,2}(?P<group>[ .,'])[0-9]{3}(?:(?P=group)[0-9]{3})*|0|[1-9][0-9]*)"
    rf"(?:(?!(?P=group))(?P<point>[.,])(?P<cents>[0-9]{{1,2}}))?(?:[.,:]-)? ?{_CURRENCY}?(?P<end>[-)]?)"
)
_PHONE = re.compile(r"(?:(?:tlf|tel|telefon|phone|mobil|mobile|mob)[.:]* ?)?(?P<number>\(?\+?[0-9][0-9 ()./-]{6,24})")
_PHONE_DIGITS = range(7, 16)
# Digits, blanks and hyphens alone need no reading: the digits, without their leading zeros, are in the forms already.
_PLAIN_NUMBER = re.compile("(?!00)[0-9][0-9 -]*")
_COMPANY = re.compile("dk(?P<dk>[0-9]{8})|(?:no)?(?P<no>[0-9]{9})(?:mva)?|se(?P<se>[0-9]{10})01")
_PERSON = re.compile("(?P<birth>(?:18|19|20)[0-9]{6})[0-9]{4}")
_ORDER = re.compile("#*([a-z]{0,8})[# _-]*0[0 _-]*([1-9][0-9 _-]*)")


def _amounts(text: str) -> Iterator[str]:
    """One form of an amount: its units where that is all (1.200,00 and 1,200.00 and kr. 1 200,-), else minor units."""
    if match := _AMOUNT.fullmatch(text):
        units, cents = _NOT_FIGURES.sub("", match["units"]), (match["cents"] or "").ljust(2, "0")
        below_zero = match["sign"] in {"-", "("} or "-" in (match["minus"], match["end"])
        yield units if cents == "00" else f"amount:{'-' * below_zero}{units}{cents}"


def _phones(text: str, region: str) -> Iterator[str]:
    """One form of a telephone number: national, as systems of the region keep it, or E.164 of another land."""
    match = _PHONE.fullmatch(text)
    if not match or _PLAIN_NUMBER.fullmatch(text) or len(_NOT_FIGURES.sub("", text)) not in _PHONE_DIGITS:
        return
    form = telephone_form(match["number"], region)
    if form is not None:
        yield form


def _without_prefix(letters: str) -> Iterator[str]:
    """
    The number of a company without its land or tax suffix, of a Swedish person without the century.

    Checked, so that DK and eight digits of another kind stay what they are. CPR, fødselsnummer, IBAN and EAN have one
    length and nothing to leave off: their digits alone are the compact form, valid or not.
    """
    if match := _COMPANY.fullmatch(letters):
        from stdnum.dk import cvr  # noqa: PLC0415 - loaded when a value first looks like one
        from stdnum.no import orgnr as norwegian  # noqa: PLC0415
        from stdnum.se import orgnr as swedish  # noqa: PLC0415

        check = {"dk": cvr, "no": norwegian, "se": swedish}[match.lastgroup or ""]
        number = match[match.lastgroup or 0]
        if number != letters and check.is_valid(number):
            yield number
    elif match := _PERSON.fullmatch(letters):
        from stdnum import luhn  # noqa: PLC0415

        year, month, day = match["birth"][:4], match["birth"][4:6], int(match["birth"][6:])
        # A co-ordination number has 60 added to the day.
        if luhn.is_valid(letters[2:]) and calendar_day(year, month, str(day - 60 if day > 60 else day)):  # noqa: PLR2004
            yield letters[2:]


def _without_zeros(text: str) -> Iterator[str]:
    """An order, ticket or telephone number without leading zeros: #00-1234 meets 1234, and INC00123 meets INC123."""
    if match := _ORDER.fullmatch(text):
        digits = _NOT_FIGURES.sub("", match[2])
        if len(digits) >= LEAST_CHARS:
            yield match[1] + digits


# ---- what needs no reading


def _may_be_typed() -> str:
    """
    Pattern found in every text that the readers above have a form for beside its letters and digits, and in few others.

    It has neither lookaround nor back reference, so that other engines of regular expressions take it too.
    """
    return "|".join(
        (
            MAY_BE_DATE,
            # amounts that are not their figures alone: with a sign or a currency in front, in groups, with something behind
            rf"^(?:[-+(]|{_CURRENCY})[^0-9]{{0,9}}[0-9][0-9 .,']*[^0-9]*$",
            r"^[1-9][0-9]{0,2}(?:[ .,'][0-9]{3})+(?:[.,][0-9]{1,2})?[^0-9]*$",
            rf"^[0-9]+(?:[.,][0-9]{{1,2}}[^0-9]*|[.,:]-[^0-9]*| ?{_CURRENCY}[-)]?| ?[-)])$",
            # telephone numbers that are not figures, blanks and hyphens alone
            r"^(?:tlf|tel|phone|mob)[a-z]*[.: ]*[(+]*[0-9]",
            r"^(?:[(+]+[0-9]|00|[0-9][0-9 -]*[()./])[0-9 ()./-]*$",
            # leading zeros
            "^#*[a-z]{0,8}[# _-]*0[0-9 _-]*$",
        )
    )


MAY_BE_TYPED: Final = _may_be_typed()
# The same for the letters and digits of a text and the number of a company or a person in them.
MAY_HAVE_PREFIX: Final = "^(?:dk[0-9]{8}|no[0-9]{9}(?:mva)?|[0-9]{9}mva|se[0-9]{10}01|(?:18|19|20)[0-9]{10})$"
_MAY_BE_TYPED = re.compile(MAY_BE_TYPED)
_MAY_HAVE_PREFIX = re.compile(MAY_HAVE_PREFIX)
