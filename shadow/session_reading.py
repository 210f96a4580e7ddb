"""
Reading a recorded session: what of it can be read, and everything that is wrong with it. No file is altered.

Segments are read one after the other, so that the events are all that stays in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from shadow.checkpoints import History, Position
from shadow.errors import KeyFault
from shadow.journal import (
    MAX_SEGMENT_BYTES,
    Block,
    Scan,
    digest,
    first_head,
    key_of,
    open_block,
    scan_segment,
)
from shadow.keys import KeyPair
from shadow.recorded import RecordedEvent
from shadow.session_folder import SessionFolder

__all__ = ["Damage", "OpenSegment", "Reading", "SegmentReader", "Span", "read_session"]

# A day has 1,440 minutes; what strikes and full disks add is little.
MAX_SEGMENTS: Final = 20_000
# What a crash leaves behind, so that it can be told from what somebody did.
TORN: Final = "the end of the file was not written whole"


@dataclass(frozen=True, slots=True)
class Damage:
    """
    Something that is not as it was written.

    Args:

        where: The file, as seen from the session's folder.

        reason: What is wrong, in one clause.

        n_bytes: How many bytes are lost there; 0 where that cannot be said.

        after_seq: `seq` of the last event before it, where that is known.

        torn: Whether it is what a crash leaves at the end of a file.
    """

    where: str
    reason: str
    n_bytes: int = 0
    after_seq: int | None = None
    torn: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}" + (f" ({self.n_bytes} bytes)" if self.n_bytes else "")


@dataclass(frozen=True, slots=True)
class Span:
    """A time that the agent had forgotten: ms since the session began, both ends included."""

    from_ms: int
    until_ms: int


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What a session holds.

    Args:

        events: One per `seq`, in order.

        damage: What is not as it was written; empty for a session that was closed and left alone.

        forgotten: What the agent had forgotten while it was recorded.

        ended: Whether the recording was closed; False after a crash.

        n_struck: How many events the agent struck.
    """

    events: list[RecordedEvent]
    damage: tuple[Damage, ...]
    forgotten: tuple[Span, ...]
    ended: bool
    n_struck: int = 0


@dataclass(frozen=True, slots=True)
class OpenSegment:
    """
    A segment that was opened.

    Args:

        number: Its number.

        expected_seq: As its header has it.

        key: Its key; None where it is destroyed or damaged.

        events: Its events, as far as they can be read.
    """

    number: int
    expected_seq: int
    key: bytes | None = field(repr=False)
    events: list[RecordedEvent] = field(repr=False)


@dataclass(slots=True)
class SegmentReader:
    """
    Reads the segments of a session in order and gathers what is wrong with them.

    Args:

        folder: Where the session lies.

        session_id: Which it is.

        history: Its checkpoints.

        opener: Whose keys to use; None opens nothing and checks the chain only.

        study: Whether to use the keys sealed to the study.
    """

    folder: SessionFolder
    session_id: str
    history: History
    opener: KeyPair | None
    study: bool = False
    damage: list[Damage] = field(default_factory=list)
    heads: set[bytes] = field(default_factory=set)
    last_head: bytes | None = None

    def __iter__(self) -> Iterator[OpenSegment]:
        """Every segment that belongs to the session, the forgotten and the struck with them."""
        self.heads.add(first_head(self.session_id, self.folder.consent.read_bytes()))
        committed = {struck.replacement.segment for struck in self.history.struck if struck.replacement is not None}
        there = self.folder.numbers()
        promised = {position.segment for position in self.history.positions} | self.history.destroyed
        last = max([0, *there, *promised])
        if last > MAX_SEGMENTS:
            self._report(last, "no session has so many segments")
        for number in range(1, min(last, MAX_SEGMENTS) + 1):
            raw = self._bytes_of(number)
            if raw is None:
                continue
            scan = scan_segment(raw)
            if scan.header is not None and scan.header.replaces and number not in committed:
                continue  # a strike that was never completed: what it would have replaced is still there
            yield self._opened(number, scan, len(raw))

    def _bytes_of(self, number: int) -> bytes | None:
        path = self.folder.segment(number)
        try:
            if path.stat().st_size <= MAX_SEGMENT_BYTES:
                return path.read_bytes()
            self._report(number, "it is larger than any segment that is written")
        except OSError:
            self._report(number, "it is missing")
        return None

    def _opened(self, number: int, scan: Scan, n_bytes: int) -> OpenSegment:
        n_damage = len(self.damage)
        key = self._key(number)
        opened = [self._events(number, block, key) for block in scan.blocks]
        expected = 0 if scan.header is None else scan.header.expected_seq
        for hurt in scan.hurt:
            before = [events[-1].seq for events in opened[: hurt.blocks_before] if events]
            reason = TORN if hurt.at_end else "bytes in it are damaged"
            self._report(number, reason, hurt.n_bytes, before[-1] if before else None, torn=hurt.at_end)
        self._check_chain(number, scan, whole=len(self.damage) == n_damage, n_bytes=n_bytes)
        self.heads.update(head for head in scan.edges if head is not None)
        self.last_head = next((head for head in reversed(scan.edges) if head is not None), self.last_head)
        return OpenSegment(number, expected, key, [event for events in opened for event in events])

    def _key(self, number: int) -> bytes | None:
        if self.opener is None or number in self.history.destroyed:
            return None
        path = self.folder.released_key(number) if self.study else self.folder.key(number)
        where = f"{path.parent.name}/{path.name}"
        try:
            return key_of(path.read_bytes(), self.opener, self.session_id, number)
        except OSError:
            self.damage.append(Damage(where, "the key is missing, and nobody had this time forgotten"))
        except KeyFault:
            self.damage.append(Damage(where, "the key is damaged"))
        return None

    def _events(self, number: int, block: Block, key: bytes | None) -> list[RecordedEvent]:
        if key is None:
            return []
        try:
            return open_block(key, block)
        except ValueError:
            self._report(number, "a block cannot be opened", len(block.frame))
            return []

    def _check_chain(self, number: int, scan: Scan, *, whole: bool, n_bytes: int) -> None:
        header = scan.header
        if header is not None:
            if (header.session_id, header.segment) != (self.session_id, number):
                self._report(number, "it belongs elsewhere")
            if header.previous not in self.heads:
                self._report(number, "it does not continue what is before it")
        if scan.breaks or any(block.segment != number for block in scan.blocks):
            self._report(number, "blocks in it are not in their places")
        for position in self.history.positions:
            if position.segment == number and whole and position.head not in scan.edges:
                self._report(number, "its end was cut off", max(0, position.n_bytes - n_bytes))
                whole = False
        end = self.history.end
        if end is not None and _after(end, number, scan, n_bytes):
            self._report(number, "it goes on after the end of the recording")

    def _report(self, number: int, reason: str, n_bytes: int = 0, after_seq: int | None = None, *, torn: bool = False) -> None:
        path = self.folder.segment(number)
        self.damage.append(Damage(f"{path.parent.name}/{path.name}", reason, n_bytes, after_seq, torn))


def _after(end: Position, number: int, scan: Scan, n_bytes: int) -> bool:
    if number == end.segment:
        return n_bytes > end.n_bytes
    return number > end.segment and scan.header is not None and not scan.header.replaces


def read_session(folder: SessionFolder, history: History, opener: KeyPair, *, study: bool) -> Reading:
    """
    All that can be read of a session, and what is wrong with it.

    Args:

        folder: Where it lies.

        history: Its checkpoints.

        opener: Whose keys to use.

        study: Whether these are the keys sealed to the study.
    """
    reader = SegmentReader(folder, _session_id(folder, history), history, opener, study=study)
    events: dict[int, RecordedEvent] = {}
    for segment in reader:
        for event in segment.events:
            events.setdefault(event.seq, event)  # after a failed write the next segment holds it once more
    damage = [Damage("checkpoints", hurt.reason, hurt.n_bytes, torn=hurt.at_end) for hurt in history.damage]
    if history.begun is not None and digest(folder.consent.read_bytes()) != history.begun.consent:
        damage.append(Damage("consent.json", "it is not the consent that this session was recorded under"))
    return Reading(
        [events[seq] for seq in sorted(events)],
        (*damage, *reader.damage, *_keys_alone(folder)),
        tuple(Span(forgotten.from_ms, forgotten.until_ms) for forgotten in history.forgotten),
        history.end is not None,
        sum(struck.n_struck for struck in history.struck),
    )


def _session_id(folder: SessionFolder, history: History) -> str:
    if history.begun is not None:
        return history.begun.session_id
    headers = (scan_segment(folder.segment(number).read_bytes()).header for number in folder.numbers())
    return next((header.session_id for header in headers if header is not None), folder.path.name)


def _keys_alone(folder: SessionFolder) -> Iterator[Damage]:
    numbers = set(folder.numbers())
    for path in sorted(folder.keys.glob("*.key")):
        if path.stem.isdecimal() and int(path.stem) > max(numbers, default=0):
            yield Damage(f"keys/{path.name}", "there is a key, but no segment of that number", torn=True)
