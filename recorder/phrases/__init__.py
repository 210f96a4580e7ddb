"""
What the recorder says to the agent, in the agent's language.

One TOML file for each language and topic, `<language>/<topic>.toml`, flat keys, texts with `{named}` places. They are files because the
people who mend a sentence should not need Python. A test holds that every language has the same keys and places.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Final

__all__ = ["TOPICS", "load_phrases"]

TOPICS: Final = ("notice", "controls", "review", "doctor")


def load_phrases(language: str, topic: str) -> dict[str, str]:
    """
    The phrases of a topic.

    Args:

        language: One of `shadow.settings.LANGUAGES`.

        topic: One of TOPICS.

    Raises:

        KeyError: There is no such language or topic: a fault of the program.
    """
    if topic not in TOPICS:
        raise KeyError(topic)
    file = files("recorder").joinpath("phrases", language, f"{topic}.toml")
    if not file.is_file():
        raise KeyError(language)
    phrases: dict[str, str] = tomllib.loads(file.read_text(encoding="utf-8"))
    return phrases
