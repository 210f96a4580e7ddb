"""
The values of synthetic work: who shares which, and what the importer would have made of them.

    field 0        the case's own value: one of four, the same in every system (what re-entry is about)
    field 1        a number nobody else has
    field 2        free text: a whole and eight words out of the session's four hundred
    fields 3 and 4 a choice: too short to compare, so it has a mark and no token
    field 5        a common value: comparable, and the same in most cases (the trap)

A value is a number: its sort, then which of that sort. Marks and tokens are ordinals within a session, in order of first sight, as the
importer gives them; a value of one word has that word as its whole and as its word, two rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["event_values", "marks_and_tokens", "unit_values", "value_texts"]

OF_CASE, NUMBER, TEXT, CHOICE, COMMON, SLIP = range(1, 7)
VOCABULARY: Final = 7
# A value's sort is in the bits above these, and its session above the sort.
SORT_BIT, SESSION_BIT = 40, 43
SORTS: Final = np.array([OF_CASE, NUMBER, TEXT, CHOICE, CHOICE, COMMON, CHOICE, CHOICE])
CASE_VALUES: Final = 4
CHOICES: Final = ("yes", "no", "new", "old", "low", "red")
N_COMMON: Final = 20
WORDS: Final = 8
N_WORDS: Final = 400
# Coprime to the number of words, so that the words of a text are different ones.
WORD_STEP, TEXT_STEP = 37, 131
# Whole forms and words of a case's values: a customer number, a name of two words, an order number, a telephone number in two forms.
TOKENS: Final = (((0,), (0,)), ((0,), (1, 2)), ((0,), (0,)), ((0, 1), (0, 1)))


def unit_values(chance: np.random.Generator, case: Ints, screen: Ints, element: Ints) -> Ints:
    """The value of each unit, by its case and field."""
    n = len(case)
    sort = SORTS[element]
    index = np.arange(n)
    index = np.where(sort == OF_CASE, case * CASE_VALUES + screen % CASE_VALUES, index)
    index = np.where(sort == CHOICE, chance.integers(0, len(CHOICES), n), index)
    index = np.where(sort == COMMON, chance.integers(0, N_COMMON, n), index)
    return (sort << SORT_BIT) + index


def event_values(unit_value: Ints, shows: Ints) -> Ints:
    """What each event shows: nothing (0), the value of its unit (1), or a slip (2) that is like no other value."""
    slips = (SLIP << SORT_BIT) + np.arange(len(shows))
    return np.select([shows == 1, shows == 2], [unit_value, slips], 0)


def marks_and_tokens(session: Ints, value: Ints) -> tuple[pl.Series, pl.DataFrame]:
    """Mark of each event (null for no value), and the tokens: session, row, token, whole. Sessions come in order."""
    rows = np.flatnonzero(value)
    keys = (session[rows] << SESSION_BIT) + value[rows]
    ordinal, known = _ordinals(keys)
    mark = pl.Series(np.zeros(len(value), np.int32)).scatter(rows, ordinal.astype(np.int32)).replace(0, None)
    distinct, number = np.unique(keys, return_inverse=True)
    of, token, whole = _tokens_of(distinct[np.argsort(known)])
    number = np.argsort(np.argsort(known))[number]
    counts = np.bincount(of, minlength=len(distinct))
    first = np.cumsum(counts) - counts
    repeats = counts[number]
    picked = np.repeat(first[number] - (np.cumsum(repeats) - repeats), repeats) + np.arange(repeats.sum())
    at = np.repeat(rows, repeats)
    columns = {"session": session[at].astype(np.int32), "row": at, "token": token[picked].astype(np.int32), "whole": whole[picked]}
    return mark, pl.DataFrame(columns)


def _ordinals(keys: Ints) -> tuple[Ints, Ints]:
    """Ordinal of each key within its session, from 1 in order of first sight; and where each distinct key was first seen."""
    distinct, first, number = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.argsort(np.argsort(first))
    sessions = distinct >> SESSION_BIT
    before = np.searchsorted(sessions, sessions, side="left")
    return (rank - before + 1)[number], first


def _tokens_of(values: Ints) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """The tokens of distinct values in order of first sight: number of the value, ordinal of the token, whether it is a whole form."""
    sort, index = values >> SORT_BIT & 7, values & ((1 << SORT_BIT) - 1)
    session = values >> SESSION_BIT << SESSION_BIT
    own = session + (sort << SORT_BIT) + index * 4
    pieces = []
    for of_case, (wholes, words) in enumerate(TOKENS):
        where = np.flatnonzero((sort == OF_CASE) & (index % CASE_VALUES == of_case))
        pieces += [(where, own[where] + form, side == 0) for side, forms in enumerate((wholes, words)) for form in forms]
    single = np.flatnonzero(np.isin(sort, [NUMBER, COMMON, SLIP]))
    pieces += [(single, own[single], True), (single, own[single], False)]
    text = np.flatnonzero(sort == TEXT)
    pieces.append((text, own[text], True))
    for word in range(WORDS):
        pieces.append((text, session[text] + (VOCABULARY << SORT_BIT) + _word(index[text], word), False))
    of, key = np.concatenate([piece[0] for piece in pieces]), np.concatenate([piece[1] for piece in pieces])
    whole = np.concatenate([np.full(len(where), is_whole) for where, _, is_whole in pieces])
    order = np.lexsort((~whole, of))
    return of[order], _ordinals(key[order])[0], whole[order]


def _word(text: Ints, place: int) -> Ints:
    return (text * TEXT_STEP + place * WORD_STEP) % N_WORDS


def value_texts(value: Ints) -> pl.Series:
    """A text for each value, for a log that carries values; null for none."""
    distinct, number = np.unique(value, return_inverse=True)
    return pl.Series([_text(int(one) >> SORT_BIT, int(one) & ((1 << SORT_BIT) - 1)) for one in distinct], dtype=pl.String).gather(number)


def _text(sort: int, index: int) -> str | None:
    case, which = divmod(index, CASE_VALUES)
    texts = {
        OF_CASE: (f"K-{100_000 + case}", f"Anna{case} Berg{case}", f"{7_000_000 + case}", f"+45 30{case:06d}")[which],
        NUMBER: f"{50_000_000 + index}",
        TEXT: " ".join(f"word{_word(index, place)}" for place in range(WORDS)),
        CHOICE: CHOICES[index % len(CHOICES)],
        COMMON: f"standard{index}",
        SLIP: f"{90_000_000 + index}",
    }
    return texts.get(sort)
