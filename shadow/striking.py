"""
Striking events from a recorded session: what is left of a segment is sealed anew, and the old key is destroyed.

For each segment that holds one of them, in this order, so that an interruption at any place leaves either the old or the new:

    1  the rest of its events in a new segment, with a key of its own, durable; nothing yet says that it counts
    2  a record in the checkpoints, signed by the agent: this one stands for that one
    3  the old key is destroyed; whoever opens the session next does it if this did not come about
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shadow.checkpoints import CheckpointLog, Position, Struck, read_history
from shadow.destruction import destroy_keys
from shadow.disk import Disk, destroy_file, write_new
from shadow.journal import HEAD_BYTES, KEY_BYTES, SegmentHeader, advance, key_file, pack_block, scan_segment
from shadow.keys import KeyPair
from shadow.recorded import RecordedEvent
from shadow.session_folder import SessionFolder
from shadow.session_reading import OpenSegment, SegmentReader

__all__ = ["Striking", "clear_unfinished_strikes"]

EVENTS_PER_BLOCK: Final = 256


@dataclass(frozen=True, slots=True)
class Striking:
    """
    Strikes events from one session, which nobody else may be changing.

    Args:

        disk: Through which all changes go.

        folder: Where the session lies.

        session_id: Which it is.

        agent: The agent's pair.
    """

    disk: Disk
    folder: SessionFolder
    session_id: str
    agent: KeyPair

    def strike(self, seqs: Collection[int], at: datetime) -> None:
        """Strike events; those that are not there are none to strike. `clear_unfinished_strikes` comes first."""
        history = read_history(self.folder.checkpoints.read_bytes())
        reader = SegmentReader(self.folder, self.session_id, history, self.agent)
        touched = [segment for segment in reader if any(event.seq in seqs for event in segment.events)]
        end = Position(0, 0, 0, 0, max((place.last_seq for place in history.positions), default=-1), reader.last_head or bytes(HEAD_BYTES))
        log = CheckpointLog(self.disk, self.folder.checkpoints, self.agent)
        try:
            for segment in touched:
                left = [event for event in segment.events if event.seq not in seqs]
                position = self._replace(segment, left, end) if left else None
                log.append(Struck(segment.number, len(segment.events) - len(left), position, at.isoformat()))
                destroy_keys(self.disk, self.folder, {segment.number})
                end = position or end
        finally:
            log.close()

    def _replace(self, old: OpenSegment, events: Sequence[RecordedEvent], end: Position) -> Position:
        number = max([*self.folder.numbers(), old.number]) + 1
        key = secrets.token_bytes(KEY_BYTES)
        header = SegmentHeader(
            session_id=self.session_id,
            segment=number,
            replaces=old.number,
            expected_seq=old.expected_seq,
            previous=end.head,
            agent=self.agent.public.fingerprint,
        ).pack()
        pieces = [header]
        head = advance(end.head, header)
        for block, start in enumerate(range(0, len(events), EVENTS_PER_BLOCK)):
            pieces.append(pack_block(key, number, block, head, events[start : start + EVENTS_PER_BLOCK]))
            head = advance(head, pieces[-1])
        write_new(self.disk, self.folder.segment(number), b"".join(pieces))
        self.disk.sync_folder(self.folder.segments)
        write_new(self.disk, self.folder.key(number), key_file(key, self.agent.public, self.session_id, number))
        self.disk.sync_folder(self.folder.keys)
        return Position(number, len(pieces) - 1, sum(map(len, pieces)), len(events), end.last_seq, head)


def clear_unfinished_strikes(disk: Disk, folder: SessionFolder) -> None:
    """Remove segments that were to stand for others but do not yet; only where those others can still be read."""
    history = read_history(folder.checkpoints.read_bytes())
    committed = {position.segment for position in history.positions}
    for number in folder.numbers():
        header = scan_segment(folder.segment(number).read_bytes()[:512]).header
        if header is not None and header.replaces and number not in committed and folder.key(header.replaces).exists():
            destroy_file(disk, folder.key(number))
            disk.unlink(folder.segment(number))
