"""
What became of a value on its way from one field to another, told from tokens alone.

    same          the exact value (blanks around it aside)
    part          the words of the target are some of the source's            "122 Albert St, Port Melbourne" -> "Port Melbourne"
    joined        the words of the source are some of the target's            "Doe" -> "John Doe"
    reformatted   the same words, or the same thing written differently       11/03/1986 -> 11-03-1986, 1.200,00 -> 1200
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.spans import expanded, opens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock

    Places = NDArray[np.int64]

__all__ = ["RELATIONS", "relations_of"]

RELATIONS: Final = ("same", "part", "joined", "reformatted")
SAME, PART, JOINED, REFORMATTED = range(len(RELATIONS))
HALF: Final = np.int64(32)


def relations_of(block: SessionBlock, source: Places, target: Places) -> NDArray[np.int8]:
    """
    The relation of the values of pairs of events.

    Args:

        block: The sessions they are of.

        source: Rows of the events that had the value.

        target: Rows of those that got it.

    Returns:

        An index into RELATIONS for each pair; -1 where a value has no tokens or the two share none.
    """
    marks = block.mark(source)
    found = np.where((marks == block.mark(target)) & (marks >= 0), SAME, -1).astype(np.int8)
    other = np.flatnonzero(found != SAME)
    found[other] = _from_tokens(block, source[other], target[other])
    return found


def _from_tokens(block: SessionBlock, source: Places, target: Places) -> NDArray[np.int8]:
    """The relation of values that are not the same."""
    (source_words, source_wholes), (target_words, target_wholes) = _tokens(block, source), _tokens(block, target)
    n_source, n_target = (np.bincount(words >> HALF, minlength=len(source)) for words in (source_words, target_words))
    shared, wholes = _in_common(source_words, target_words, len(source)), _in_common(source_wholes, target_wholes, len(source))
    longer = np.where(n_target >= n_source, JOINED, PART)
    return np.select(
        [
            (shared > 0) & (shared == n_target) & (n_target == n_source),
            (shared > 0) & (shared == n_target),
            (shared > 0) & (shared == n_source),
            wholes > 0,
            shared > 0,
        ],
        [REFORMATTED, PART, JOINED, REFORMATTED, longer],
        default=-1,
    ).astype(np.int8)


def _in_common(one: Places, other: Places, n: int) -> Places:
    """How many tokens the two values of each pair share."""
    both = np.sort(np.concatenate([one, other]))
    return np.bincount(both[1:][both[1:] == both[:-1]] >> HALF, minlength=n)


def _tokens(block: SessionBlock, rows: Places) -> tuple[Places, Places]:
    """The tokens of some events' values, words and wholes, each once: index of the event in `rows` << 32 | token."""
    first = np.searchsorted(block.token_rows, rows)
    n_tokens = np.searchsorted(block.token_rows, rows, side="right") - first
    which, at = expanded(np.arange(len(rows), dtype=np.int64), first, n_tokens)
    tokens, whole = (which << HALF) | block.tokens[at], block.token_whole[at]
    words, wholes = np.sort(tokens[~whole]), np.sort(tokens[whole])
    return words[opens(words)], wholes[opens(wholes)]
