"""What the recorder says: the same in four languages."""

from __future__ import annotations

import string
from importlib.resources import files

import pytest

from recorder.phrases import TOPICS, load_phrases
from shadow.settings import LANGUAGES

WRITTEN = [topic for topic in TOPICS if files("recorder").joinpath("phrases", "en", f"{topic}.toml").is_file()]

# What must not be said of people at work, in any of the languages.
JUDGING = (
    *("productiv", "efficien", "idle", "lazy", "frustrat", "rage", "angry", "emotion"),
    *(
        "produktiv",
        "effektiv",
        "ledig tid",
        "inaktiv",
        "doven",
        "doven",
        "lat ",
        "sur ",
        "arg ",
        "sint",
        "vrede",
        "ilska",
        "følelse",
        "känslor",
    ),
)


def places(text: str) -> set[str]:
    """The named places of a phrase."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("topic", WRITTEN)
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_same_keys_and_places(language: str, topic: str) -> None:
    """Every language has the phrases of the English, in their order, each with the same places to fill in."""
    english, other = load_phrases("en", topic), load_phrases(language, topic)

    assert list(english) == list(other)
    assert {key: places(text) for key, text in english.items()} == {key: places(text) for key, text in other.items()}


@pytest.mark.parametrize("topic", WRITTEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_says_something(language: str, topic: str) -> None:
    """No phrase is empty or breaks its line; each is text, and begins and ends with a character that is seen."""
    phrases = load_phrases(language, topic)
    separators = {"thousands"}

    assert [] == [key for key, text in phrases.items() if not isinstance(text, str) or not text or "\n" in text]
    assert [] == [key for key, text in phrases.items() if key not in separators and text != text.strip()]


@pytest.mark.parametrize("topic", WRITTEN)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_judged(language: str, topic: str) -> None:
    """No phrase speaks of feelings, idleness or productivity."""
    said = " ".join(load_phrases(language, topic).values()).casefold() + " "

    assert [] == [word for word in JUDGING if f" {word}" in said]


@pytest.mark.parametrize("topic", WRITTEN)
@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_translated(language: str, topic: str) -> None:
    """A phrase of more than three words is not left in English."""
    english, other = load_phrases("en", topic), load_phrases(language, topic)

    assert [] == [key for key, text in english.items() if text == other[key] and len(text.split()) > 3 and places(text) == set()]


@pytest.mark.parametrize(("language", "topic"), [("fi", "notice"), ("en", "weather"), ("../en", "notices")])
def test_unknown(language: str, topic: str) -> None:
    """A language or topic that is not there is a fault of the program, not an empty window."""
    with pytest.raises(KeyError):
        load_phrases(language, topic)
