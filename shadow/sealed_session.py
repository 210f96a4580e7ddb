"""
A recorded session, sealed: who may read it, what of it may be struck, released, withdrawn.

    recording      the recorder is at work; only reading is possible
    interrupted    the recorder ended without closing it; all that it acknowledged is there
    stopped        closed
    released       signed by the agent, and the study has the keys
    (withdrawn)    destroyed, or being destroyed: there is no such session any more

Reading alters no file. Opening finishes the destruction that somebody began and could not finish: of a session, or of a segment's key.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from shadow.checkpoints import Begun, History, read_history
from shadow.deletion import make_order
from shadow.destruction import destroy_keys, destroy_session, half_destroyed
from shadow.disk import Disk
from shadow.errors import KeyFault, SessionError
from shadow.journal import key_of
from shadow.keys import KeyPair, PublicKey
from shadow.pictures import destroy_pictures, open_picture, picture_files
from shadow.release import Manifest, Release, SegmentClaim, altered, not_as_released, read_manifest, take_back, write_release
from shadow.session_folder import SessionFolder
from shadow.session_reading import Damage, Reading, SegmentReader, Span, read_session
from shadow.striking import Striking, clear_unfinished_strikes

__all__ = ["Damage", "Reading", "SealedSession", "Span", "open_sealed"]

_NO_SESSION: Final = "there is no recorded session here"
_ELSEWHERE: Final = "give the folder that the recorder made; a session that was withdrawn is gone"


class SealedSession:
    """
    A recorded session; open it with `open_sealed`.

    Args:

        folder: Its folder.

        disk: Through which all changes go.
    """

    def __init__(self, folder: Path, disk: Disk) -> None:
        self.folder = folder
        self._disk = disk
        self._places = SessionFolder(folder)

    @property
    def id(self) -> str:
        """Its name, as it was given when the recording began."""
        return self._begun().session_id

    @property
    def agent(self) -> PublicKey:
        """Whose it is, as the recorder noted it; the consent record must say the same."""
        return PublicKey(self._begun().agent)

    @property
    def signer(self) -> PublicKey:
        """The key that signed while it was recorded; the consent record must say the same."""
        return PublicKey(self._begun().signer)

    @property
    def started_at(self) -> datetime:
        """Wall time at which the recording began."""
        try:
            return datetime.fromisoformat(self._begun().wall)
        except ValueError:
            raise SessionError("the checkpoints of this session are damaged", "restore the session from a copy") from None

    @property
    def consent(self) -> bytes:
        """The consent record, as it was when the recording began."""
        return self._places.consent.read_bytes()

    @property
    def state(self) -> str:
        """`recording`, `interrupted`, `stopped` or `released`."""
        if self._places.manifest.exists():
            return "released"
        if _locked(self._places.lock):
            return "recording"
        return "interrupted" if self._history().end is None else "stopped"

    @property
    def manifest(self) -> Manifest:
        """
        What the agent signed at the release; `verify_release` tells whether the session is still so.

        Raises:

            SessionError: It is not released, or the release is not as it was signed.
        """
        return read_manifest(self._places)

    def read(self, opener: KeyPair) -> Reading:
        """
        All that it holds, and all that is wrong with it.

        Args:

            opener: The agent's pair, or after the release the study's.

        Raises:

            KeyFault: It is sealed to somebody else.
        """
        history = self._history()
        study = self._opens_as_study(opener)
        reading = read_session(self._places, history, opener, study=study)
        problems = [Damage(name, "it is not as it was released") for name in self._altered()]
        return Reading(reading.events, (*reading.damage, *problems), reading.forgotten, reading.ended, reading.n_struck)

    def strike(self, agent: KeyPair, seqs: Collection[int]) -> None:
        """
        Strike events: nobody can read them any more.

        Args:

            agent: The agent's pair.

            seqs: Which; those that are not there are ignored.

        Raises:

            SessionError: It is being recorded or is released, or the disk refuses; what was struck until then stays struck.

            KeyFault: This is not the agent's pair.
        """
        self._require_agent(agent)
        self._require_unreleased()
        with _plainly():
            self._clear()
            Striking(self._disk, self._places, self.id, agent).strike(frozenset(seqs), _now())

    def pictures(self, opener: KeyPair) -> Iterator[tuple[int, bytes]]:
        """
        The pictures that can be opened, by time: ms since the session began, PNG.

        Args:

            opener: As for `read`.

        Raises:

            KeyFault: It is sealed to somebody else.
        """
        study, destroyed = self._opens_as_study(opener), self._history().destroyed
        for segment, t_ms, path in picture_files(self._places):
            key = self._places.released_key(segment) if study else self._places.key(segment)
            # What cannot be opened is told by `read`, as a key that is damaged, or after the release by the file's digest.
            with contextlib.suppress(OSError, KeyFault, ValueError):
                if segment not in destroyed:
                    yield t_ms, open_picture(path, key_of(key.read_bytes(), opener, self.id, segment))

    def strike_pictures(self, agent: KeyPair) -> int:
        """
        Remove all pictures; returns how many there were.

        Raises:

            SessionError: It is being recorded or is released, or the disk refuses.

            KeyFault: This is not the agent's pair.
        """
        self._require_agent(agent)
        self._require_unreleased()
        with _plainly():
            return destroy_pictures(self._disk, self._places)

    def release(self, agent: KeyPair, study: PublicKey) -> None:
        """
        Release it to a study: the study gets the keys of what is left, and the agent signs for all of it.

        Args:

            agent: The agent's pair.

            study: Public key of the study.

        Raises:

            SessionError: It is being recorded, or was released before, or the disk refuses; then it is not released.

            KeyFault: This is not the agent's pair.
        """
        self._require_agent(agent)
        self._require_unreleased()
        with _plainly():
            self._clear()
            write_release(self._disk, self._places, self._to_release(agent, study), agent, _now())

    def verify_release(self) -> None:
        """
        Return if it is just as its agent released it.

        Raises:

            SessionError: It is not released, or was altered; the message says which file.
        """
        if self.manifest.agent != self.agent.text or self.manifest.session_id != self.id:
            raise not_as_released("release.json")
        for name in self._altered():
            raise not_as_released(name)

    def withdraw(self) -> None:
        """
        Destroy it, before it is released.

        Raises:

            SessionError: It is released (a deletion order is needed), or being recorded.
        """
        self._require_unreleased()
        self.destroy_copy()

    def destroy_copy(self) -> None:
        """
        Destroy this copy, released or not: the agent's own after an order, the study's when it executes one.

        Raises:

            SessionError: The disk refuses; whoever opens it next finishes.
        """
        with _plainly():
            destroy_session(self._disk, self._places)

    def deletion_order(self, agent: KeyPair, at: datetime | None = None) -> bytes:
        """
        The agent's signed order that the study delete it; see `shadow.deletion`.

        Args:

            agent: The agent's pair.

            at: Wall time; None takes the present.

        Raises:

            SessionError: It is not released.

            KeyFault: This is not the agent's pair.
        """
        self._require_agent(agent)
        return make_order(agent, self.id, PublicKey(self.manifest.study), at or _now())

    def _begun(self) -> Begun:
        begun = self._history().begun
        if begun is None:
            raise SessionError("the checkpoints of this session are damaged", "restore the session from a copy")
        return begun

    def _history(self) -> History:
        return read_history(self._places.checkpoints.read_bytes())

    def _altered(self) -> list[str]:
        if not self._places.manifest.exists():
            return []
        try:
            return altered(self._places, self.manifest)
        except SessionError:
            return ["release.json"]

    def _opens_as_study(self, opener: KeyPair) -> bool:
        with contextlib.suppress(SessionError):
            if opener.public.text == self.manifest.study:
                return True
        begun = self._history().begun
        if begun is None or opener.public.text == begun.agent:
            return False
        if self._places.manifest.exists() and self._altered() == [self._places.manifest.name]:
            return True  # too damaged to say for whom it is: the keys will
        raise KeyFault("this session is sealed to another key", "only its agent can open it, and after the release the study")

    def _require_agent(self, agent: KeyPair) -> None:
        if agent.public != self.agent:
            raise KeyFault("this session belongs to another agent", "use the key that it was recorded with")

    def _require_unreleased(self) -> None:
        state = self.state
        if state == "released":
            raise SessionError("this session is released", "write a deletion order: shadow review SESSION --withdraw")
        if state == "recording":
            raise SessionError("this session is still being recorded", "stop the recording first")

    def _clear(self) -> None:
        clear_unfinished_strikes(self._disk, self._places)
        take_back(self._disk, self._places)
        for left in (self._places.ballast, self._places.lock):
            with contextlib.suppress(FileNotFoundError):
                self._disk.unlink(left)

    def _to_release(self, agent: KeyPair, study: PublicKey) -> Release:
        reading = self.read(agent)
        reader = SegmentReader(self._places, self.id, self._history(), agent)
        claims: list[SegmentClaim] = []
        keys: dict[int, bytes] = {}
        for segment in reader:
            head = (reader.last_head or b"").hex()
            claims.append(SegmentClaim(segment.number, head, len(segment.events), segment.key is not None))
            if segment.key is not None:
                keys[segment.number] = segment.key
        return Release(
            self.id,
            study,
            len(reading.events),
            reading.n_struck,
            len(reading.forgotten),
            len(reading.damage),
            reading.ended,
            tuple(claims),
            keys,
        )


def open_sealed(folder: Path, disk: Disk | None = None) -> SealedSession:
    """
    Open a recorded session; finish the destruction that somebody began there.

    Args:

        folder: Its folder.

        disk: Through which all changes go; None for the real one.

    Raises:

        SessionError: There is no session, or it was withdrawn.
    """
    disk = disk or Disk()
    places = SessionFolder(folder)
    if half_destroyed(places):
        with _plainly():
            destroy_session(disk, places)
        raise SessionError("this session was withdrawn; what was left of it is destroyed now")
    if not (places.consent.is_file() and places.checkpoints.is_file() and places.segments.is_dir()):
        raise SessionError(_NO_SESSION, _ELSEWHERE)
    if not _locked(places.lock):
        with _plainly():
            destroy_keys(disk, places, read_history(places.checkpoints.read_bytes()).destroyed)
    return SealedSession(folder, disk)


def _locked(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with FileLock(path, timeout=0, thread_local=False):
            return False
    except (Timeout, OSError):
        return True


def _now() -> datetime:
    return datetime.now(UTC)


@contextlib.contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno else "it does not answer"
        raise SessionError(f"the disk refuses: {why.lower()}", "mend that and try again; nothing was lost") from None
