"""Value marks: the table, in the memory of one session, by which equal values are known after they are forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Final, NoReturn

from recorder import normal_forms

__all__ = ["Tokens", "ValueMarks"]

# Ordinals of a value's whole forms, and ordinals of its words; each sorted.
Tokens = tuple[tuple[int, ...], tuple[int, ...]]

# 128 bits: some two of a million values share a digest in one session of 10^26.
DIGEST_BYTES: Final = 16
# The longest key that BLAKE2b takes.
KEY_BYTES: Final = 64


class ValueMarks:
    """
    The value marks of one session: values go in, ordinals come out, and nothing leads back.

    There are two spaces of ordinals, never to be compared with each other: `mark` counts exact values, `tokens` counts
    their forms and words. The table holds digests under a random key that exists only in the state of the hash: it
    cannot be iterated, copied or pickled, and is gone when the session lets go of it. It serves one thread, the one
    that takes in the observations of the session.

    Args:

        region: Where a telephone number without a country code belongs, ISO 3166-1 alpha-2.

    Raises:

        ValueError: The region is not known; the message lists the known ones.
    """

    __slots__ = ("_digest", "_marks", "_region", "_token_ordinals", "_tokens")

    def __init__(self, region: str = "DK") -> None:
        self._region = _known(region)
        self._digest = _digest_under_random_key()
        self._marks: dict[bytes, int] = {}
        self._token_ordinals: dict[bytes, int] = {}
        self._tokens: dict[bytes, Tokens] = {}

    def mark(self, value: str) -> int:
        """
        Ordinal of the exact value, from 1 in order of first sight.

        An empty field has no value: do not ask for its mark, or all empty fields become equal.
        """
        marks = self._marks
        return marks.setdefault(self._digest(value), len(marks) + 1)

    def tokens(self, value: str) -> Tokens:
        """
        What of the value can be compared: ordinals of its whole forms, ordinals of its words.

        Both count in one space from 1, so a word of one value and the whole of another are one ordinal where they are
        the same letters. Both are empty for a value of low entropy.
        """
        digest = self._digest(value)
        known = self._tokens.get(digest)
        if known is None:
            known = self._tokens[digest] = self._new_tokens(value)
        return known

    def __len__(self) -> int:
        """Number of different values that have a mark."""
        return len(self._marks)

    def __repr__(self) -> str:
        return f"<ValueMarks: {len(self._marks)} values, {len(self._token_ordinals)} tokens>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("value marks live in the memory of one session and can be neither copied nor pickled")

    def _new_tokens(self, value: str) -> Tokens:
        wholes, words = normal_forms.comparable(value, self._region)
        ordinals = self._ordinals(wholes)
        return ordinals, ordinals if words == wholes else self._ordinals(words)

    def _ordinals(self, tokens: Iterable[str]) -> tuple[int, ...]:
        known, digest = self._token_ordinals, self._digest
        # New tokens of one value are counted in the order of their digests, which is chance: the order of the alphabet
        # or of the text would tell something of the words.
        places = sorted([digest(token) for token in tokens])
        return tuple(sorted([known.setdefault(place, len(known) + 1) for place in places]))


def _digest_under_random_key() -> Callable[[str], bytes]:
    """Digest for one session. Its key is in no attribute, only in the state that every digest starts from."""
    fresh = blake2b(key=secrets.token_bytes(KEY_BYTES), digest_size=DIGEST_BYTES).copy

    def digest(text: str) -> bytes:
        state = fresh()
        try:
            state.update(text.encode())
        except UnicodeEncodeError:
            # Half of a surrogate pair is rare but real (the clipboard of Windows), and the error would carry the text.
            state.update(text.encode("utf-8", "surrogatepass"))
        return state.digest()

    return digest


def _known(region: str) -> str:
    # Loaded where a session begins, not at its first telephone number, while the agent works.
    from phonenumbers import SUPPORTED_REGIONS  # noqa: PLC0415 - see above

    if region not in SUPPORTED_REGIONS:
        raise ValueError(f"unknown region {region!r}; known are {', '.join(sorted(SUPPORTED_REGIONS))}")
    return region
