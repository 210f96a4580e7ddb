"""The phrases of the controls with their places filled, and times and counts as a person writes them."""

from __future__ import annotations

from recorder.phrases import load_phrases

__all__ = ["Words", "as_time"]


class Words:
    """
    What the controls say in one language.

    Args:

        language: One of `shadow.settings.LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._phrases = load_phrases(language, "controls")

    def __call__(self, key: str, **places: str) -> str:
        """The phrase of a key, its places filled."""
        phrase = self._phrases[key]
        return phrase.format(**places) if places else phrase

    def count(self, n: int) -> str:
        """A count with its thousands set apart."""
        return f"{n:,}".replace(",", self._phrases["thousands"])


def as_time(seconds: float) -> str:
    """A length as hours, minutes and seconds: `0:12:04`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
