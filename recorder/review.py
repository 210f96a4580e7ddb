"""
A session in the hands of its agent: look, strike, export, then release or withdraw.

    SESSION --agent's key--> events --> stretches, lines, counts    (in plain words; nothing is written)
            --strike-->      keys of what is struck are destroyed
            --release-->     sealed to the study, unless something in it looks as if it were about a person
            --withdraw-->    destroyed; after a release with a signed order to delete it
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final, Protocol

from recorder.agreed import agreed_facts, processor_of
from recorder.review_words import ReviewWords, as_clock
from recorder.tripwire import Kind, looks_personal
from shadow.consent import ConsentRecord, read_consent
from shadow.errors import SessionError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from shadow.keys import KeyPair
    from shadow.recorded import RecordedEvent
    from shadow.sealed_session import Reading, SealedSession

__all__ = ["Line", "Review", "Stretch", "Suspect", "write_private"]

# What follows one of these is a stay of its own.
ENDING: Final = ("pause", "gap_start")


@dataclass(frozen=True, slots=True)
class Stretch:
    """
    An unbroken stay in one place.

    Args:

        first_seq: Number of its first event.

        last_seq: Number of its last event.

        start_ms: When it began, ms since the session did.

        end_ms: When the next one began; for the last, its last event.

        app: The application, as a person names it.

        screen: The screen; "" where there is none.

        n_events: How many events it has.

        sentence: What it was, in the agent's language.
    """

    first_seq: int
    last_seq: int
    start_ms: int
    end_ms: int
    app: str
    screen: str
    n_events: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """One event: its number, its time in ms since the session began, and what it was, in the agent's language."""

    seq: int
    t_ms: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Suspect:
    """An event that looks as if it held something about a person: its number, what, and a sentence that says so without repeating it."""

    seq: int
    kind: Kind
    sentence: str


class Began(Protocol):
    """What a stretch is known by."""

    @property
    def first_seq(self) -> int:
        """Number of its first event."""


class Review:
    """
    A session, opened by its agent.

    Args:

        session: The session.

        agent: The agent's pair for its study.

        language: Of the agent; None takes that of the consent.

    Raises:

        ConsentError: The session's consent is damaged or altered.

        KeyFault: The session belongs to another agent.
    """

    def __init__(self, session: SealedSession, agent: KeyPair, language: str | None = None) -> None:
        self._session = session
        self._agent = agent
        self.consent: ConsentRecord = read_consent(session.consent)
        self.language = language or self.consent.language
        self.words = ReviewWords(self.language)
        self._reading: Reading
        self._runs: dict[int, list[RecordedEvent]]
        self._read()
        # Where the order to delete was written, once it was.
        self.order: Path | None = None

    # --- look ---------------------------------------------------------------------------------------------------------

    @property
    def session(self) -> SealedSession:
        """The session itself."""
        return self._session

    @property
    def events(self) -> Sequence[RecordedEvent]:
        """All that can be read, in order."""
        return self._reading.events

    def stretches(self) -> list[Stretch]:
        """The session as stays in one place, by time."""
        runs = list(self._runs.values())
        ends = [later[0].t_ms for _, later in pairwise(runs)] + [run[-1].t_ms for run in runs[-1:]]
        return [self._stretch(run, end) for run, end in zip(runs, ends, strict=True)]

    def lines(self, stretch: Began) -> list[Line]:
        """The events of a stretch, each in a sentence."""
        return [self._line(event) for event in self._runs[stretch.first_seq]]

    def all_lines(self) -> list[Line]:
        """Every event in a sentence."""
        return [self._line(event) for event in self.events]

    def missing(self) -> list[str]:
        """What is not there any more, in sentences."""
        said = [
            self.words.say("missing_forgotten", since=as_clock(span.from_ms), until=as_clock(span.until_ms))
            for span in self._reading.forgotten
        ]
        if self._reading.n_struck:
            said.append(self.words.say("missing_struck", n=self._reading.n_struck))
        if self._reading.damage:
            said.append(self.words.say("missing_damaged"))
        return said

    def counts_by_app(self) -> dict[str, int]:
        """Events by application, as a person names it; the most first."""
        return dict(Counter(self.words.app(event.app) for event in self.events).most_common())

    def counts_by_kind(self) -> dict[str, int]:
        """Events by kind, in words; the most first."""
        return dict(Counter(self.words.kind(event) for event in self.events).most_common())

    def also_recorded(self) -> list[str]:
        """What else was recorded and stands in no line, in sentences."""
        there = {
            "also_marks": any(event.mark is not None or event.wholes or event.words for event in self.events),
            "also_places": any(event.x is not None for event in self.events),
            "also_cases": any(event.case is not None for event in self.events),
        }
        said = [self.words.say(key) for key, found in there.items() if found]
        n_pictures = len(self.pictures())
        return [*said, self.words.say("also_pictures", n=n_pictures)] if n_pictures else said

    def pictures(self) -> list[tuple[int, bytes]]:
        """The pictures that were taken, by time: ms since the session began, PNG."""
        return list(self._session.pictures(self._agent))

    def agreed(self) -> list[str]:
        """What the agent agreed to, in sentences."""
        return agreed_facts(self.consent, self.language)

    @property
    def processor(self) -> str:
        """Who can open the session once it is released, as the notice named them."""
        return processor_of(self.consent, self.language)

    def suspects(self) -> list[Suspect]:
        """Events whose texts look as if they were about a person; what they say is not repeated."""
        looked = {text: looks_personal(text) for text in {text for event in self.events for text in _texts(event)}}
        found = []
        for event in self.events:
            kind = next((looked[text] for text in _texts(event) if looked[text] is not None), None)
            if kind is not None:
                found.append(Suspect(event.seq, kind, self.words.say(f"suspect_{kind}", seq=event.seq)))
        return found

    # --- strike -------------------------------------------------------------------------------------------------------

    def seqs_between(self, from_ms: int, until_ms: int) -> frozenset[int]:
        """Numbers of the events of a time, ms since the session began; `until_ms` is not in it."""
        return frozenset(event.seq for event in self.events if from_ms <= event.t_ms < until_ms)

    def seqs_of_app(self, app: str) -> frozenset[int]:
        """Numbers of the events in an application, as `counts_by_app` or the allowlist names it."""
        wanted = app.casefold()
        return frozenset(event.seq for event in self.events if wanted in (event.app.casefold(), self.words.app(event.app).casefold()))

    def strike(self, seqs: Collection[int]) -> int:
        """
        Strike events for good.

        Returns:

            How many; those that are not there are no matter.

        Raises:

            SessionError: The session is released or still being recorded, or the disk refuses.
        """
        there = {event.seq for event in self.events} & set(seqs)
        if there:
            self._session.strike(self._agent, there)
            self._read()
        return len(there)

    def strike_range(self, from_ms: int, until_ms: int) -> int:
        """Strike what happened in a time; as `strike`."""
        return self.strike(self.seqs_between(from_ms, until_ms))

    def strike_app(self, app: str) -> int:
        """Strike what happened in an application; as `strike`."""
        return self.strike(self.seqs_of_app(app))

    def strike_pictures(self) -> int:
        """Remove all pictures, and no event; as `strike`."""
        return self._session.strike_pictures(self._agent)

    # --- decide -------------------------------------------------------------------------------------------------------

    def release(self) -> None:
        """
        Release the session to the study that the consent names.

        Raises:

            SessionError: An event looks as if it held something about a person: the message names the first; or the session is released
                already, or still being recorded.
        """
        suspects = self.suspects()
        if suspects:
            raise SessionError(suspects[0].sentence.rstrip("."), f"shadow review SESSION --strike {suspects[0].seq}")
        self._session.release(self._agent, self.consent.study)

    def withdraw(self, order: Path | None = None) -> Path | None:
        """
        Destroy the session, here and at once; of a released one, leave a signed order to delete it everywhere else.

        Args:

            order: Where to write the order; None: beside the session's folder.

        Returns:

            Where the order was written; None if the session was not released, so that nobody else has it.

        Raises:

            SessionError: It is still being recorded, or the disk refuses.
        """
        if self._session.state != "released":
            self._session.withdraw()
            return None
        folder = self._session.folder.absolute()
        path = order or folder.parent / f"{self._session.id}.deletion-order.json"
        # First the order: without it nobody could have the released session deleted any more.
        write_private(path, self._session.deletion_order(self._agent))
        self._session.destroy_copy()
        self.order = path
        return path

    def export(self, path: Path) -> tuple[Path, Path]:
        """
        Write the agent's own copy, which is not locked: a page to read, the same as JSON, and the pictures beside them.

        Args:

            path: Name of either file; the other has the other ending.

        Returns:

            The page (.html) and the JSON file (.json), both with mode 600.
        """
        from recorder.agents_copy import as_json, as_page  # noqa: PLC0415 - few take a copy

        page, document = path.with_suffix(".html"), path.with_suffix(".json")
        write_private(page, as_page(self).encode())
        write_private(document, as_json(self))
        for t_ms, png in self.pictures():
            write_private(path.with_name(f"{path.stem}-{t_ms}.png"), png)
        return page, document

    @property
    def reading(self) -> Reading:
        """What was read, and what is wrong with it."""
        return self._reading

    def _read(self) -> None:
        self._reading = self._session.read(self._agent)
        self._runs = {run[0].seq: run for run in _runs(self._reading.events)}

    def _stretch(self, run: list[RecordedEvent], end_ms: int) -> Stretch:
        first, last = run[0], run[-1]
        until_ms = last.t_ms if last.action in ENDING else end_ms
        sentence = self.words.stay(first.app, first.screen, until_ms - first.t_ms)
        return Stretch(first.seq, last.seq, first.t_ms, until_ms, self.words.app(first.app), first.screen, len(run), sentence)

    def _line(self, event: RecordedEvent) -> Line:
        return Line(event.seq, event.t_ms, self.words.event(event))


def write_private(path: Path, content: bytes) -> None:
    """
    Write a file that only its owner can read, in one step and durably.

    Raises:

        SessionError: It cannot be written there.
    """
    draft = path.with_name(f".{path.name}.new")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as fault:
        raise SessionError(f"{path} cannot be written ({fault.strerror})", "name a file in a folder you may write to") from None


def _runs(events: Iterable[RecordedEvent]) -> Iterator[list[RecordedEvent]]:
    """Events without a change of place, a pause or a gap between them."""
    run: list[RecordedEvent] = []
    for event in events:
        if run and ((event.app, event.screen) != (run[-1].app, run[-1].screen) or run[-1].action in ENDING):
            yield run
            run = []
        run.append(event)
    if run:
        yield run


def _texts(event: RecordedEvent) -> Iterator[str]:
    """Every text of an event that is not one of the program's own words."""
    yield from (text for text in (event.app, event.screen, event.element, event.label, event.note) if text)
    yield from event.elements or ()
