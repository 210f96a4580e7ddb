"""
The journal: takes events without ever making the caller wait, and makes them durable.

    put --> queue (bounded) --> one thread: gathers for some 25 ms, seals, writes, fdatasync --> acknowledged

Acknowledged events survive whatever happens to the process. What happens to the disk:

    a write fails      nothing is acknowledged, nothing is written to that segment again; another segment takes the same events from memory.
                       After three failures in a row the journal stops and says so (`status().failed`)
    the disk is full   the journal says so at once (`status().disk_full`), keeps what it was given, tries again every quarter of a second, and
                       goes on by itself. Stopping and forgetting find room: a ballast file is let go of
    the queue is full  what comes is dropped and counted by action; the last part of the queue is kept for what a session cannot be
                       understood without (pauses, gaps, marks, submits). The journal numbers no events and so writes no gap: `put` says
                       False, and `on_drop` is told the counts once there is room again, so that the sessioniser can tell of the gap
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import takewhile
from pathlib import Path
from typing import Final, Self

from recorder.inbox import Forget, Inbox, JournalStatus, Picture, Waiting
from recorder.segments import BALLAST_BYTES, SegmentWriter
from recorder.sources.base import Clock
from shadow.disk import Disk
from shadow.errors import CaptureError
from shadow.journal import MAX_NAME_BYTES
from shadow.keys import KeyPair, PublicKey
from shadow.recorded import RecordedEvent

__all__ = ["Journal", "JournalStatus"]

LINGER_S: Final = 0.025
CHECKPOINT_MS: Final = 60_000
RETRY_S: Final = 0.25
MAX_FAULTS_IN_A_ROW: Final = 3
# How the system says that there is no room: full, over quota, or a file larger than the process may write.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})

Acknowledged = Callable[[int, int], None]
Dropped = Callable[[dict[str, int]], None]


class Journal:
    """
    One recording's journal; make it with `begin`. It may be used from any thread.

    Args:

        segments: The files, which only the journal's thread uses from now on.

        clock: The session's clock.

        on_acknowledged: Told, on the journal's thread, the `seq` of the last event and the number of events that just became durable.

        on_drop: Told, on the journal's thread, what was dropped since it was told last, by action.
    """

    def __init__(self, segments: SegmentWriter, clock: Clock, on_acknowledged: Acknowledged | None, on_drop: Dropped | None) -> None:
        self._segments = segments
        self._clock = clock
        self._on_acknowledged = on_acknowledged
        self._on_drop = on_drop
        self._inbox = Inbox()
        self._in_hand: list[Waiting | Picture | Forget] = []
        self._faults_in_a_row = 0
        self._told: dict[str, int] = {}
        self._checkpoint_ms = clock() + CHECKPOINT_MS
        self._thread = threading.Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    def begin(  # noqa: PLR0913 - a session has that many facts
        cls,
        folder: Path,
        *,
        session_id: str,
        consent: bytes,
        agent: PublicKey,
        signer: KeyPair,
        clock: Clock,
        wall: Callable[[], datetime],
        disk: Disk | None = None,
        ballast_bytes: int = BALLAST_BYTES,
        on_acknowledged: Acknowledged | None = None,
        on_drop: Dropped | None = None,
    ) -> Self:
        """
        Begin a session: the consent is on the disk before anything else is.

        Args:

            folder: The session's folder; it is made, and must be empty if it is there.

            session_id: What the session is called, at most 48 bytes.

            consent: The signed consent record.

            agent: Whom the segments' keys are sealed to.

            signer: The session's pair, which lives in memory.

            clock: The session's clock.

            wall: Wall time, with its zone.

            disk: Through which everything goes; None for the real one.

            ballast_bytes: Room to keep for closing the session.

            on_acknowledged: See `Journal`; it must not raise.

            on_drop: See `Journal`; it must not raise.

        Raises:

            CaptureError: There is a session already, or the disk refuses; then there is none.

            ValueError: The session's name is too long.
        """
        if len(session_id.encode()) > MAX_NAME_BYTES:
            raise ValueError(f"the name of a session has at most {MAX_NAME_BYTES} bytes")
        _make_empty(folder)
        with _nothing_left_behind(folder):
            segments = SegmentWriter(
                folder,
                session_id=session_id,
                consent=consent,
                agent=agent,
                signer=signer,
                clock=clock,
                wall=wall,
                disk=disk or Disk(),
                ballast_bytes=ballast_bytes,
            )
        return cls(segments, clock, on_acknowledged, on_drop)

    def put(self, event: RecordedEvent) -> bool:
        """Take an event, without ever waiting for the disk; False if it was dropped, which is counted."""
        return self._inbox.put(event)

    def put_picture(self, t_ms: int, png: bytes) -> bool:
        """
        Take a picture, without ever waiting for the disk; False if it was dropped. One that cannot be written is dropped later.

        Args:

            t_ms: Time of the event that it belongs to, which was put before.

            png: The picture.
        """
        return self._inbox.put_picture(Picture(t_ms, png))

    def status(self) -> JournalStatus:
        """How it is just now."""
        return self._inbox.status()

    def settled(self, timeout_s: float) -> bool:
        """Wait until all that was put is durable, or counted as dropped; False if that takes longer."""
        return self._inbox.settled(timeout_s)

    def forget(self, since_ms: int) -> int | None:
        """
        Have everything from `since_ms` until now forgotten: the keys of all segments that hold some of it are destroyed.

        Returns: The time from which all is forgotten, up to a minute before `since_ms`; None if there was nothing to forget.

        Raises:

            CaptureError: The disk does not let go of the keys, or the journal is closed.
        """
        forget = Forget(since_ms, self._clock())
        self._inbox.ask(forget)
        if not forget.done or forget.refused:
            raise CaptureError("this time could not be forgotten", "strike it in the review, or withdraw the session")
        return forget.from_ms

    def close(self) -> None:
        """Write what was put, sign that this is all, and let go of everything; without effect after the first time."""
        self._inbox.close()
        self._thread.join()

    def abandon(self) -> None:
        """End as if killed: nothing more is written, and the files stay as they are."""
        self._inbox.close(abandon=True)
        self._thread.join()

    # --- the thread ------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while self._wait_for_work():
                try:
                    if self._step():
                        self._segments.close()
                        return
                except OSError as fault:
                    self._faulted(fault)
        finally:
            self._segments.abandon()
            self._inbox.end()

    def _wait_for_work(self) -> bool:
        """Wait until something is to be done and take it in hand; False once abandoned."""
        if self._inbox.disk_full:
            self._inbox.wait(0, RETRY_S)
        elif not self._in_hand:
            until_checkpoint_s = 60 if self._inbox.failed else (self._checkpoint_ms - self._clock()) / 1000
            self._inbox.wait(min(60.0, max(0.0, until_checkpoint_s)), LINGER_S)
        if not self._in_hand:
            self._in_hand = self._inbox.take()
        return not self._inbox.abandoned

    def _step(self) -> bool:
        """Do one thing that may fail; True once the session is closed."""
        if self._inbox.failed:
            return self._step_failed()
        if self._clock() >= self._checkpoint_ms or (self._inbox.disk_full and not self._in_hand):
            self._segments.checkpoint()
            self._checkpoint_ms = self._clock() + CHECKPOINT_MS
            self._recover()
        elif not self._in_hand:
            return self._end()
        elif isinstance(first := self._in_hand[0], Forget):
            first.from_ms = self._segments.forget(first.since_ms, first.until_ms)
            del self._in_hand[0]
            self._inbox.answer(first)
        elif isinstance(first, Picture):
            del self._in_hand[0]
            # The recording does without.
            with contextlib.suppress(OSError):
                self._segments.write_picture(first.t_ms, first.png)
            self._inbox.let_go(1)
        else:
            self._commit()
        return False

    def _end(self) -> bool:
        if not self._inbox.closing:
            return False
        self._in_hand = self._inbox.take()  # what came between the last look and the closing
        if self._in_hand:
            return False
        self._segments.checkpoint(ended=True)
        return True

    def _commit(self) -> None:
        run = [item for item in takewhile(lambda item: isinstance(item, Waiting), self._in_hand) if isinstance(item, Waiting)]
        done = run[: self._segments.write([item.event for item in run])]
        del self._in_hand[: len(done)]
        self._inbox.acknowledge(done)
        self._recover()
        if self._on_acknowledged is not None:
            self._on_acknowledged(done[-1].event.seq, len(done))
        self._tell_drops()

    def _recover(self) -> None:
        """A write succeeded: whatever was wrong with the disk is over."""
        self._faults_in_a_row = 0
        self._inbox.recover()
        if not self._inbox.closing:
            with contextlib.suppress(OSError):
                self._segments.restore_ballast()

    def _tell_drops(self) -> None:
        dropped = self._inbox.status().n_dropped
        new = {action: n - self._told.get(action, 0) for action, n in dropped.items() if n > self._told.get(action, 0)}
        self._told = dropped
        if new and self._on_drop is not None:
            self._on_drop(new)

    # --- when the disk fails ---------------------------------------------------------------------------------------

    def _faulted(self, fault: OSError) -> None:
        self._segments.abandon_segment()
        no_room = fault.errno in _NO_ROOM
        self._inbox.fault(no_room=no_room)
        if no_room:
            urgent = self._inbox.urgent
            released = urgent and self._segments.release_ballast()
            if self._forgets():
                self._forget_at_once()
            elif urgent and not released:
                self._inbox.fail()
            return
        self._faults_in_a_row += 1
        if self._faults_in_a_row >= MAX_FAULTS_IN_A_ROW:
            self._inbox.fail()

    def _forgets(self) -> list[Forget]:
        self._in_hand += self._inbox.take()
        return [item for item in self._in_hand if isinstance(item, Forget)]

    def _forget_at_once(self) -> None:
        """Forget before anything else is written; where the disk takes no record of it, without one."""
        for forget in self._forgets():
            try:
                forget.from_ms = self._segments.forget(forget.since_ms, forget.until_ms)
            except OSError:
                try:
                    forget.from_ms = self._segments.forget_unrecorded(forget.since_ms)
                except OSError:
                    forget.refused = True
            self._drop_forgotten(forget)
            self._inbox.answer(forget)

    def _drop_forgotten(self, forget: Forget) -> None:
        """Let go of what was put before it and is not written yet, and of the wish itself."""
        place = self._in_hand.index(forget)
        waiting = [item for item in self._in_hand[:place] if isinstance(item, Waiting)]
        since_ms = forget.since_ms if forget.from_ms is None else min(forget.from_ms, forget.since_ms)
        left = [item for item in waiting if item.event.t_ms < since_ms]
        if forget.from_ms is None and len(left) < len(waiting):
            forget.from_ms = waiting[len(left)].event.t_ms
        n_pictures = sum(isinstance(item, Picture) for item in self._in_hand[:place])
        self._inbox.let_go(len(waiting) - len(left) + n_pictures)
        self._in_hand[: place + 1] = left

    def _step_failed(self) -> bool:
        """Once failed nothing is taken any more, but what the agent wants forgotten is forgotten, and closing is tried."""
        self._forget_at_once()
        self._inbox.give_up([item for item in self._in_hand if isinstance(item, Waiting)])
        self._inbox.let_go(sum(isinstance(item, Picture) for item in self._in_hand))
        self._in_hand.clear()
        if self._inbox.closing:
            with contextlib.suppress(OSError):
                self._segments.checkpoint(ended=True)
        return self._inbox.closing


def _make_empty(folder: Path) -> None:
    """Make the session's folder, for its owner alone, or refuse one that holds something."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise CaptureError("there is something in the session's folder already", "give the session another name")
    except OSError as fault:
        raise _cannot_begin(fault) from None


@contextlib.contextmanager
def _nothing_left_behind(folder: Path) -> Iterator[None]:
    """Remove the folder of a session whose first files the disk refuses."""
    try:
        yield
    except OSError as fault:
        shutil.rmtree(folder, ignore_errors=True)
        raise _cannot_begin(fault) from None


def _cannot_begin(fault: OSError) -> CaptureError:
    why = os.strerror(fault.errno).lower() if fault.errno else "the disk does not answer"
    return CaptureError(f"the session cannot be written: {why}", "make room or choose another place (SHADOW_HOME); nothing is recorded")
