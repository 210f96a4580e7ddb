"""
What the command line says beside its results, and how a run is told to be silent or never to ask.

    stdout   results
    stderr   notes and progress (not with --quiet), errors (always)
"""

from __future__ import annotations

import sys
from contextvars import ContextVar
from typing import Any, Final

from shadow.errors import ShadowError

__all__ = ["EVERYWHERE", "NO_INPUT", "QUIET", "is_quiet", "note", "print_json", "refuse_to_ask"]

QUIET: Final[ContextVar[bool]] = ContextVar("QUIET", default=False)
NO_INPUT: Final[ContextVar[bool]] = ContextVar("NO_INPUT", default=False)

# Options of the program that may also stand after the command.
EVERYWHERE: Final = ("--quiet", "-q", "--no-input")


def is_quiet() -> bool:
    """Whether only errors are said."""
    return QUIET.get()


def note(text: str) -> None:
    """Say a line beside the results."""
    if not is_quiet():
        print(text, file=sys.stderr)


def refuse_to_ask(what: str, answer: str) -> None:
    """
    Stop a command that would have to ask, where nobody is there to answer.

    Args:

        what: Which command asks for what.

        answer: Which option answers it, or what to do where none may.

    Raises:

        ShadowError: `--no-input` was given.
    """
    if NO_INPUT.get():
        raise ShadowError(what, answer)


def print_json(document: Any) -> None:  # noqa: ANN401 - whatever JSON holds
    """One JSON document on a line of stdout."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n")
