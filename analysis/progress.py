"""How a long analysis says where it is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Said", "say_nothing"]


class Said(Protocol):
    """Called with what is being done, and which share of it is done; None if that is not known."""

    def __call__(self, what: str, share: float | None = None, /) -> None:
        """Take note of it."""


def say_nothing(what: str, share: float | None = None, /) -> None:
    """For those who do not want to know."""
    del what, share
