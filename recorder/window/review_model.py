"""What the review window needs of a session, and the choices an agent has made but not carried out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Protocol, TypeVar

__all__ = ["Chosen", "Line", "Review", "Session", "Stretch", "Suspect"]


class Stretch(Protocol):
    """An unbroken stay in one place, in plain words."""

    @property
    def first_seq(self) -> int:
        """Number of its first event."""

    @property
    def last_seq(self) -> int:
        """Number of its last event."""

    @property
    def start_ms(self) -> int:
        """When it began, ms since the session did."""

    @property
    def end_ms(self) -> int:
        """When it ended."""

    @property
    def app(self) -> str:
        """The application, as the allowlist spells it."""

    @property
    def screen(self) -> str:
        """The screen; "" where there is none."""

    @property
    def sentence(self) -> str:
        """What it was, in the agent's language."""

    @property
    def n_events(self) -> int:
        """How many events it has."""


class Line(Protocol):
    """One event, in plain words."""

    @property
    def seq(self) -> int:
        """Its number."""

    @property
    def t_ms(self) -> int:
        """When it was, ms since the session began."""

    @property
    def sentence(self) -> str:
        """What it was, in the agent's language."""


StretchT = TypeVar("StretchT", bound=Stretch)


class Suspect(Protocol):
    """An event that looks as if it held something about a person."""

    @property
    def seq(self) -> int:
        """Its number."""


class Session(Protocol):
    """The session itself."""

    @property
    def state(self) -> str:
        """`released`, or something else."""


class Review(Protocol[StretchT]):
    """A session in the hands of its agent: `recorder.review.Review`. What cannot be done raises a `ShadowError`, and nothing is changed."""

    @property
    def session(self) -> Session:
        """The session itself."""

    def stretches(self) -> Sequence[StretchT]:
        """All of it, by time."""

    def lines(self, stretch: StretchT, /) -> Sequence[Line]:
        """The events of a stretch, by time."""

    def seqs_between(self, from_ms: int, until_ms: int, /) -> AbstractSet[int]:
        """Numbers of the events of a time, ms since the session began; `until_ms` is not in it."""

    def seqs_of_app(self, app: str, /) -> AbstractSet[int]:
        """Numbers of the events in an application."""

    def suspects(self) -> Sequence[Suspect]:
        """Events that must be struck before a release."""

    def missing(self) -> Sequence[str]:
        """What is not there any more, in sentences."""

    def also_recorded(self) -> Sequence[str]:
        """What was recorded and stands in no line, in sentences."""

    def strike(self, seqs: Collection[int], /) -> object:
        """Destroy these events."""

    def release(self) -> object:
        """Let the study open it."""

    def withdraw(self) -> Path | None:
        """Destroy it; of a released one, leave a signed order to delete it in the file returned."""

    def export(self, path: Path, /) -> object:
        """Write the agent's own copy."""


class Chosen:
    """Events chosen to be struck, and the way back."""

    def __init__(self) -> None:
        self._steps: list[frozenset[int]] = []

    def add(self, seqs: Iterable[int]) -> None:
        """Choose these, too. A choice that adds nothing is none, so that undo always takes something back."""
        new = frozenset(seqs) - self.seqs
        if new:
            self._steps.append(new)

    def undo(self) -> None:
        """Take back the last choice."""
        if self._steps:
            self._steps.pop()

    def clear(self) -> None:
        """Take back all of them."""
        self._steps.clear()

    @property
    def seqs(self) -> frozenset[int]:
        """All that is chosen."""
        return frozenset().union(*self._steps)
