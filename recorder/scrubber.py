"""
What may be kept of a name that a page gives: labels made of words that name controls, and ids that a developer wrote.

A page may put anything into a label, and nothing tells a name from a word ("Reply to ..."). So nothing is filtered out: a label is kept only
if every word of it is in the vocabulary of one language (recorder/words/), or if the consultant listed it. Any other field is known by its id.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from shadow.settings import LANGUAGES, Language

__all__ = ["label_words", "listed_labels", "scrubbed_id", "scrubbed_label"]

LABEL_CHARS: Final = 40
LABEL_WORDS: Final = 5
LABEL_DIGITS: Final = 2  # "Address 2", "Item 10"
ID_CHARS: Final = 48

_LONG_NUMBER: Final = re.compile(r"\d{3,}")
# Nothing in the name of a control is an address, a link, a sum, or marked up.
_FOREIGN: Final = re.compile(r"[@<>{}\\|=]|://|www\.|\d[.,:/-]\d")
_SEPARATORS: Final = re.compile(r"[\s\d#%/():*.…?!&+,–›»→]+")
_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:\[\]-]*")


def scrubbed_label(label: str | None, listed: frozenset[str] = frozenset()) -> str | None:
    """
    A label as it may be kept, or None.

    Its words must be of one language: what is a word in one is often a name in another. A few words are names all the same ("Gade", "Ring",
    see the head of each file), so "Svar Gade" is kept. What was entered in the session has no say: a value made of such words alone names
    nobody, and a field would have a label in one session and none in the next.

    Args:

        label: As read.

        listed: What `[record] labels` of study.toml lists, as `listed_labels` gives it; kept as it is.
    """
    text = _normal(label or "")
    if text in listed:
        return text
    if not text or len(text) > LABEL_CHARS or len(text.split(" ")) > LABEL_WORDS or not text.isprintable():
        return None
    if _FOREIGN.search(text) or sum(character.isdigit() for character in text) > LABEL_DIGITS:
        return None
    return text if any(_is_label(text.casefold(), label_words(language)) for language in LANGUAGES) else None


def scrubbed_id(element: str | None) -> str | None:
    """
    An id as it may be kept, long numbers in it as `:n` (`row-4711-note` is `row-:n-note`), or None if it is no plain id.

    Only its form is judged. An id is written by a developer, in abbreviations that no vocabulary has, and is mostly all that tells one field
    from another. So a program that puts a person's name into an id (`customer-anna-hansen`) puts it into the log: have a look at the ids
    of a system before it is recorded.
    """
    if element is None or not _ID.fullmatch(element) or len(element) > ID_CHARS:
        return None
    return _LONG_NUMBER.sub(":n", element)


def listed_labels(labels: Iterable[str]) -> frozenset[str]:
    """The labels that a consultant listed, in the form in which labels are compared."""
    return frozenset(text for text in map(_normal, labels) if text)


@cache
def label_words(language: Language) -> frozenset[str]:
    """The vocabulary of a language: casefolded words, and a few labels of several words; read once, when the first label is judged."""
    text = files("recorder").joinpath("words", f"{language}.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


def _normal(label: str) -> str:
    """In composed letters, with single blanks, and without the signs after a label (`Name: *`)."""
    return " ".join(unicodedata.normalize("NFC", label).split()).rstrip(" :*").strip()


def _is_label(text: str, vocabulary: frozenset[str]) -> bool:
    """Whether a casefolded text is one or more words of a vocabulary, with signs and figures between them."""
    words = list(_words(text, vocabulary))
    return bool(words) and (vocabulary.issuperset(words) or " ".join(words) in vocabulary)


def _words(text: str, vocabulary: frozenset[str]) -> Iterable[str]:
    """The words of a text; one that is listed with its hyphen or stroke stays whole ("e-mail", "c/o")."""
    for chunk in text.split():
        for word in (chunk,) if chunk in vocabulary else _SEPARATORS.split(chunk):
            yield from (word,) if word in vocabulary else filter(None, word.split("-"))
