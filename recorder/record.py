"""
From an agent's yes to a sealed session.

    study.toml --> may it be asked?  notice --> answer --no--> nothing
                                                  | yes
         keys --> consent record, signed --> lock --> journal --> sources --> ... --> stop

Until the answer is yes there is no hook, no socket, no file, no key and no lock.
"""

from __future__ import annotations

import contextlib
import secrets
import signal
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from recorder.agent import agent_pair, for_study
from recorder.notice import render_notice
from recorder.recording import Recording, Trouble
from shadow import __version__
from shadow.consent import build_record, refuse_unready, sign_record
from shadow.errors import CaptureError, ConsentError
from shadow.keys import KeyPair, PublicKey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from recorder.asking import Answer
    from recorder.faces import Face
    from recorder.sources.base import Clock, Source
    from shadow.consent import Switches
    from shadow.settings import Language, Settings

    Factories = Callable[[Settings, Switches, Clock, Callable[[], bool]], Sequence[Callable[[], Source]]]

__all__ = ["Begun", "Setup", "record_session"]

REFRESH_S: Final = 0.5
WARNING: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Setup:
    """
    What a recording depends on, given from outside.

    Args:

        settings: Of the study.

        home: The agent's folder.

        face: What the agent sees.

        factories: Gives the makers of the sources of this machine.

        language: Of the notice.

        hotkeys: Whether the combinations of study.toml steer the recording.
    """

    settings: Settings
    home: Path
    face: Face
    factories: Factories
    language: Language
    hotkeys: bool = True


@dataclass(frozen=True, slots=True)
class Begun:
    """
    A recording that runs.

    Args:

        folder: Where the session lies.

        recording: The recording.

        expires_at: When it ends by itself.

        key_file: Where the agent's new key was put, if that is a file and it was made just now.
    """

    folder: Path
    recording: Recording
    expires_at: datetime
    key_file: Path | None


def record_session(setup: Setup, began: Callable[[Begun], None]) -> Path | None:
    """
    Ask the agent, and record until the agent stops it, the time is over, or SIGINT or SIGTERM comes.

    Args:

        setup: What it depends on.

        began: Called once every source is ready.

    Returns:

        The session's folder; None if the agent said no.

    Raises:

        ConsentError: The study is not ready to be recorded, or nothing was agreed to.

        CaptureError: Another recording is running, or a source cannot start here.
    """
    refuse_unready(setup.settings, datetime.now().astimezone().date())
    notice = render_notice(setup.settings, setup.language)
    try:
        answer = setup.face.ask(notice)
        if not answer.yes:
            return None
        if not (answer.switches.clicks_and_focus or answer.switches.dwell_and_skips):
            raise ConsentError("neither clicks and focus nor dwell and skips were agreed to", "there is nothing to record")
        return _record(setup, answer, notice.sha256, began)
    finally:
        setup.face.end()


def _record(setup: Setup, answer: Answer, notice_sha256: str, began: Callable[[Begun], None]) -> Path:
    from recorder.lock import single_recorder  # noqa: PLC0415 - nothing is loaded before the yes that could open a file

    setup.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    with single_recorder(setup.home):
        begun = _begin(setup, answer, notice_sha256)
        recording = begun.recording
        with _stopping(recording), _hotkeys(setup, recording):
            try:
                setup.face.begin(recording, recording.request_stop)
                began(begun)
                _wait(begun, setup.face)
            finally:
                recording.stop()
        return begun.folder


def _begin(setup: Setup, answer: Answer, notice_sha256: str) -> Begun:
    from recorder.journal import Journal  # noqa: PLC0415 - see above

    settings = setup.settings
    agent, place = agent_pair(setup.home)
    pair, signer = for_study(agent, PublicKey(settings.keys.public)), KeyPair.fresh()
    given_at = datetime.now().astimezone()
    session_id = f"{given_at.date().isoformat()}-{secrets.token_hex(4)}"
    record = build_record(
        settings,
        session_id=session_id,
        language=setup.language,
        notice_sha256=notice_sha256,
        notice_open_s=answer.open_s,
        switches=answer.switches,
        given_at=given_at,
        agent=pair.public,
        session_key=signer.public,
        recorder_version=__version__,
    )
    clock = _session_clock()
    folder = setup.home / "sessions" / session_id
    journal = Journal.begin(
        folder,
        session_id=session_id,
        consent=sign_record(record, pair),
        agent=pair.public,
        signer=signer,
        clock=clock,
        wall=lambda: datetime.now(UTC),
    )
    factories = partial(setup.factories, settings, answer.switches, clock)
    recording = Recording(settings, answer.switches, journal, factories, clock=clock, tell=setup.face.tell)
    recording.start()
    return Begun(folder, recording, record.expires_at, place.file if place is not None else None)


def _session_clock() -> Clock:
    start_ns = time.monotonic_ns()
    return lambda: (time.monotonic_ns() - start_ns) // 1_000_000


@contextlib.contextmanager
def _stopping(recording: Recording) -> Iterator[None]:
    """Let the signals that end a program end the recording instead, so that the session is sealed."""
    before = {}
    for name in (signal.SIGINT, signal.SIGTERM, *((signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ())):
        before[name] = signal.signal(name, lambda *_: recording.request_stop())
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextlib.contextmanager
def _hotkeys(setup: Setup, recording: Recording) -> Iterator[None]:
    """Steer by hotkeys while it runs; a combination that cannot be had is said, and the recording goes on without."""
    if not setup.hotkeys:
        yield
        return
    from recorder.hotkeys import Hotkeys  # noqa: PLC0415 - needs a display

    keyed, face = setup.settings.record, setup.face
    keys = Hotkeys({keyed.pause_key: lambda: _toggle(recording, face), keyed.mark_key: lambda: face.ask_for_mark(recording)})
    try:
        keys.start()
    except CaptureError:
        face.tell(Trouble("said_no_hotkeys"))
        yield
        return
    try:
        yield
    finally:
        keys.stop()


def _toggle(recording: Recording, face: Face) -> None:
    if recording.paused:
        recording.resume()
        face.say("said_resumed")
    else:
        recording.pause()
        face.say("said_paused")


def _wait(begun: Begun, face: Face) -> None:
    """Wait for the end, and end it when the consent does."""
    recording, warned = begun.recording, False
    started = time.monotonic()
    # By both clocks: one that is set back must not make the session longer.
    ends = started + (begun.expires_at - datetime.now(UTC)).total_seconds()
    while not recording.stop_requested.wait(REFRESH_S):
        face.refresh(recording, int(time.monotonic() - started))
        left = min(begun.expires_at - datetime.now(UTC), timedelta(seconds=ends - time.monotonic()))
        if left <= WARNING and not warned:
            warned = True
            face.say("said_ends_soon")
        if left <= timedelta(0):
            face.say("said_ended_by_limit")
            return
