"""
Normal forms of many values at once: the same that `recorder.normal_forms` gives one by one, in a fraction of the time.

    values --plain?--> text in one spelling --typed?--> its letters and digits, its words    (polars, all values at once)
           --------------------------------> one by one, by `comparable`                     (what is not plain, or may be typed)

Plain is a value in ASCII and the letters of Latin alphabets, with no blank but the space. Of those, what the patterns of `normal_forms` cannot
rule out to be a date, an amount, a telephone number or a number with a prefix is read one by one all the same.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache, partial
from typing import Final

import polars as pl

from recorder import normal_forms

__all__ = ["ValueForms"]

# Forms that were read one by one are kept for when a value comes again, in another block or session; in memory only.
KEPT: Final = 1 << 16


def _latin() -> dict[str, str]:
    """Small letters beyond ASCII of which case, spelling and folding can be done letter by letter, and what each becomes."""
    small = {}
    for code in range(0xC0, 0x180):
        letter = chr(code).casefold()
        bare = normal_forms.folded(letter)
        alone = len(letter) == 1 and letter == chr(code).lower() and unicodedata.normalize("NFKC", letter) == letter
        if alone and letter.isalpha() and bare.isascii() and bare.isalpha():
            small[letter] = bare
    return small


LATIN: Final = _latin()
_LETTERS: Final = "".join(LATIN)
_PLAIN: Final = f"^[ -~{_LETTERS}{''.join(letter.upper() for letter in _LETTERS if len(letter.upper()) == 1)}]*$"
_NOT_ALNUM: Final = f"[^0-9a-z{_LETTERS}]"
# What `normal_forms.words` would take for the T between a date and its time.
_TIME_MARK: Final = "[0-9]t[0-9]{2}:"


class ValueForms:
    """
    Forms and words of values.

    Args:

        region: Where a telephone number without a country code belongs, ISO 3166-1 alpha-2.
    """

    def __init__(self, region: str) -> None:
        self._one = lru_cache(KEPT)(partial(normal_forms.comparable, region=region))

    def of(self, values: pl.Series) -> pl.DataFrame:
        """
        Forms and words of each value.

        Returns:

            One row per value and form or word, in no order, a word that comes twice twice: `value_no` (place of the value), `whole` (a form
            of the whole value, or a word of it), `token` (the text).
        """
        seen = _spelt(values)
        fast = seen.filter(~pl.col("slow") & ~pl.col("common"))
        wholes = fast.select("value_no", pl.col("letters").alias("token"), whole=True)
        words = fast.select("value_no", pl.col("words").alias("token"), whole=False).explode("token").drop_nulls("token")
        return pl.concat([wholes, words, self._one_by_one(values, seen.filter("slow")["value_no"])])

    def _one_by_one(self, values: pl.Series, places: pl.Series) -> pl.DataFrame:
        at: list[int] = []
        tokens: list[str] = []
        whole: list[bool] = []
        for place, value in zip(places, values.gather(places), strict=True):
            for found, is_whole in zip(self._one(value), (True, False), strict=True):
                at += [place] * len(found)
                tokens += found
                whole += [is_whole] * len(found)
        schema = {"value_no": pl.UInt32, "token": pl.String, "whole": pl.Boolean}
        return pl.DataFrame({"value_no": at, "token": tokens, "whole": whole}, schema=schema)


def _spelt(values: pl.Series) -> pl.DataFrame:
    """What is needed of each value: value_no, letters, words, and whether it is of low entropy (`common`) or to be read by itself (`slow`)."""
    text, letters = pl.col("text"), pl.col("letters")
    odd = ~pl.col("value").str.contains(_PLAIN) | (pl.col("value").str.len_bytes() > normal_forms.MAX_CHARS)
    frame = (
        values.to_frame("value")
        .with_row_index("value_no")
        .with_columns(odd=odd, text=pl.col("value").str.to_lowercase().str.replace_all("  +", " ").str.strip_chars(" "))
        .drop("value")
        .with_columns(letters=text.str.replace_all(_NOT_ALNUM, ""))
        .with_columns(common=_is_common(letters), bare=_bare(text))
    )
    frame = frame.with_columns(bare=_without_digraphs(frame["bare"]))
    frame = frame.with_columns(
        letters=pl.col("bare").str.replace_all("[^0-9a-z]", ""), words=pl.col("bare").str.extract_all("[0-9a-z]{2,}")
    )
    may_be_typed = text.str.contains(normal_forms.MAY_BE_TYPED) | letters.str.contains(normal_forms.MAY_HAVE_PREFIX)
    typed = (text.str.len_chars() <= normal_forms.MAX_TYPED_CHARS) & text.str.contains("[0-9]") & may_be_typed
    long = pl.col("words").list.len() > normal_forms.MAX_WORDS
    slow = pl.col("odd") | (~pl.col("common") & (typed | long | pl.col("bare").str.contains(_TIME_MARK)))
    return frame.select("value_no", "letters", "words", "common", slow=slow)


def _is_common(letters: pl.Expr) -> pl.Expr:
    stop = letters.is_in(sorted(normal_forms.STOP_WORDS))
    return stop | (letters.str.len_chars() < normal_forms.LEAST_CHARS) | (letters.str.strip_chars("0") == "")


def _bare(text: pl.Expr) -> pl.Expr:
    return text.str.replace_many(list(LATIN), list(LATIN.values()))


def _without_digraphs(bare: pl.Series) -> pl.Series:
    """Texts in ASCII, folded as `normal_forms.folded` folds runs of letters."""
    places = bare.str.contains("aa|ae|oe").arg_true()
    if not len(places):
        return bare
    return bare.scatter(places, pl.Series([normal_forms.folded(text) for text in bare.gather(places)], dtype=pl.String))
