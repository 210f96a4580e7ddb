"""
The protocol of a source: what the recorder asks of pynput, an accessibility bus, a browser, or a script.

A source sees and says; it decides nothing. Everything with a meaning (visits, skips, value marks) is made from its
observations by the recorder, in the same way for every source.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

__all__ = ["Clock", "Emit", "Finding", "Observation", "Source"]

# Milliseconds since the session began, on a clock that never goes back. All sources of a session are given the same.
Clock = Callable[[], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """
    What a source saw once, before the recorder has made an event of it; it lives in memory only.

    It is the one place where a value and the agent's words exist beside their field, so neither is shown by repr, and
    it cannot be pickled. Everything else must be free of content before it gets here: a screen is named by its template
    (`/tickets/:id`), never by a title or an address with somebody's name in it.

    In every optional field None means that the source cannot tell: never that the thing was empty, zero or absent.

    Args:

        t_ms: When it was seen, by the session's clock.

        action: What was done, one of `shadow.events.ACTIONS`.

        app: System as a person names it; None where the source cannot tell which one was in front.

        screen: Window or page by template; None likewise.

        element: Stable id of the field or control in its screen; None where it has no id, or the action has no target.

        label: Its visible label; None where it has none that the source can read.

        role: One of `shadow.events.ROLES`; None where the source knows no roles.

        value: Its value after the action, "" if empty; None where it was not read: always so for a password.

        filled: Whether it holds something after the action; None where that is not known, or follows from `value`.

        required: Whether it must be filled; None where the source cannot tell.

        keys: How many keys the action took, never which; None where keys are not counted.

        x: Pixels from the left edge of the desktop; None where the action has no place.

        y: Pixels from its upper edge; None likewise.

        elements: On `screen` only: ids of the elements that can be filled there; None where the form cannot be listed.

        note: On `mark` only: the agent's own words; None for a mark without words.
    """

    t_ms: int
    action: str
    app: str | None = None
    screen: str | None = None
    element: str | None = None
    label: str | None = None
    role: str | None = None
    value: str | None = field(default=None, repr=False)
    filled: bool | None = None
    required: bool | None = None
    keys: int | None = None
    x: int | None = None
    y: int | None = None
    elements: tuple[str, ...] | None = None
    note: str | None = field(default=None, repr=False)

    def __reduce__(self) -> NoReturn:
        raise TypeError("an observation may hold a value, so it stays in memory and can be neither copied nor pickled")


Emit = Callable[[Observation], None]


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One result of a self-test, as `shadow doctor` shows it.

    Args:

        subject: What was tried, in a few words.

        works: Whether it works here; None where this machine gives no way to try it.

        remedy: What to do so that it works; empty where there is nothing to do.
    """

    subject: str
    works: bool | None
    remedy: str = ""


class Source(ABC):
    """
    Something the recorder sees through.

    The thread contract:

    - The recorder calls `start`, `stop` and `self_test` from one thread, and never two of them at once.
    - A source calls `emit` from any thread of its own or within `start`, but never from two at once, and only between
      the beginning of `start` and the end of `stop`. Once `stop` has returned it emits nothing.
    - `emit` does not block: it takes the observation and returns. It may lead to `stop` being called from within it, so
      a source holds no lock while it emits that `stop` needs.
    - Times come from the clock that the source was made with, taken where the thing is first seen, so the times of one
      source never go back. Sources among each other are put in order by the recorder.
    """

    @property
    @abstractmethod
    def sees(self) -> frozenset[str]:
        """
        Actions that it can report, words of `shadow.events.ACTIONS`; known before `start`.

        An action that no source of a session sees is not measured there, which is not the same as zero.
        """

    @abstractmethod
    def start(self, emit: Emit) -> None:
        """
        Begin to see; return once every action of `sees` would be seen.

        Raises:

            RuntimeError: It was started before; make a new source.
        """

    @abstractmethod
    def stop(self) -> None:
        """Cease to see and end every thread of its own; without effect before `start` and after the first time."""

    @abstractmethod
    def self_test(self) -> tuple[Finding, ...]:
        """Try, without recording and without raising, what it needs of this machine: one finding for each thing."""
