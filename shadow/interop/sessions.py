"""
Bring a released session into a study.

    SESSION --check--> released, unaltered, consented, for this study, new
            --copy-->  STUDY/sessions/<session id>/   (sealed as it is, so that it can be withdrawn)
            --open-->  events --rows--> a part of the store

The checks come in this order, and each says in one line what is wrong and what to do. The copy is what is checked and read, so that nothing
can be changed between the one and the other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from shadow.consent import ConsentRecord, read_consent, retention_ends
from shadow.errors import ConsentError, SessionError
from shadow.events import SCHEMA_VERSION
from shadow.interop.naming import Names
from shadow.interop.recorded_rows import announced_fields, session_tables, with_gaps, write_tables
from shadow.interop.sealed_copies import copy_session
from shadow.journal import digest
from shadow.sealed_session import SealedSession, open_sealed
from shadow.store import Part, SessionHeader, SourceEntry
from shadow.study_keys import study_pair

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from shadow.interop.drafting import Draft
    from shadow.recorded import RecordedEvent
    from shadow.store import Catalogue
    from shadow.study import Study

__all__ = ["FORMAT", "is_session", "take_session"]

FORMAT: Final = "session"

# A session's name becomes the name of a folder.
_ID: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,47}")
# Closing a session takes a moment after the consent has run out.
CLOSING: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A session that has passed every check: its sealed copy in the study, its consent, and what it holds."""

    session: SealedSession
    consent: ConsentRecord
    events: list[RecordedEvent]


def is_session(source: Path) -> bool:
    """Whether this is the folder of a recorded session, or what is left of one."""
    return any((source / name).exists() for name in ("consent.json", "withdrawn"))


def take_session(draft: Draft, folder: Path, progress: Callable[[str], None], now: datetime) -> bool:
    """
    Import one recorded session: copy it, write its part, and add it to the catalogue that is to be committed.

    Args:

        draft: The study as it will be.

        folder: The session's folder.

        progress: Called with a line about what is being done.

        now: Wall time.

    Returns:

        False if the study has this session already.

    Raises:

        SessionError: It is no session, not released, withdrawn, altered, not covered by its consent, or sealed to another study; the
            message begins with the folder.

        KeyFault: The study's secret key is not here.
    """
    try:
        session_id = _new_session(draft, folder, now)
        if session_id is None:
            return False
        progress(f"reading {folder}")
        copy = open_sealed(copy_session(folder, draft.study.folder, session_id))
        _add(draft, _opened(copy, draft.study, now))
    except SessionError as fault:
        raise SessionError(f"{folder}: {fault.reason}", fault.remedy) from None
    return True


def _new_session(draft: Draft, folder: Path, now: datetime) -> str | None:
    """The name of a session that may be imported; None if the study has it already."""
    session = open_sealed(folder)
    session_id = _checked_id(session, draft.catalogue)
    session.verify_release()
    consent = _checked_consent(session, now)
    _check_study(session, consent, draft.study)
    study_pair(draft.study)
    return None if any(entry.session_id == session_id for entry in draft.catalogue.sources) else session_id


def _checked_id(session: SealedSession, catalogue: Catalogue) -> str:
    """The name of a session that is released and not withdrawn."""
    if session.state != "released":
        raise SessionError("this session is not released", "its agent looks through it and releases it: shadow review SESSION --release")
    session_id = session.id
    if _ID.fullmatch(session_id) is None:
        raise SessionError("this session was altered: its name is none that a recorder gives", "ask the agent for the session as released")
    if any(entry.session_id == session_id for entry in catalogue.withdrawn):
        raise SessionError("this session was withdrawn by its agent", "delete every copy of it; it may not be imported again")
    return session_id


def _checked_consent(session: SealedSession, now: datetime) -> ConsentRecord:
    """The consent of a session, if it covers all of it."""
    try:
        consent = read_consent(session.consent)
    except ConsentError as fault:
        raise SessionError(f"the consent of this session does not hold: {fault.reason}", fault.remedy) from None
    if (consent.session_id, consent.agent, consent.session_key) != (session.id, session.agent, session.signer):
        raise SessionError("the consent in this session belongs to another one", "ask the agent for the session as it was released")
    if not consent.covers(session.started_at):
        raise SessionError("this session was recorded outside the time its consent covers", "it may not be used: delete it")
    if retention_ends(consent) <= now:
        reason = f"this session has expired: it might be kept until {retention_ends(consent):%Y-%m-%d}"
        raise SessionError(reason, "delete it; a new recording takes a new consent")
    return consent


def _check_study(session: SealedSession, consent: ConsentRecord, study: Study) -> None:
    if session.manifest.study != consent.study.text:
        raise SessionError("this session is released to another study than its consent names", "it may not be used: delete it")
    if consent.study.text != study.settings.keys.public:
        raise SessionError("this session is sealed to another study", "import it into the study that it was recorded for")


def _opened(copy: SealedSession, study: Study, now: datetime) -> _Opened:
    """The copy, checked again, and opened with the study's key."""
    copy.verify_release()
    consent = _checked_consent(copy, now)
    reading = copy.read(study_pair(study))
    if len(reading.events) != copy.manifest.n_events:
        raise SessionError("this session cannot be read whole", "ask the agent for the session as it was released")
    if not reading.events:
        raise SessionError("this session holds no event", "there is nothing to import: everything in it was struck or forgotten")
    if copy.started_at + timedelta(milliseconds=reading.events[-1].t_ms) > consent.expires_at + CLOSING:
        raise SessionError("this session goes on after its consent has expired", "it may not be used: delete it")
    return _Opened(copy, consent, with_gaps(reading.events))


def _add(draft: Draft, opened: _Opened) -> None:
    """Write the rows of a session and name them in the catalogue."""
    catalogue, store, part = draft.catalogue, draft.study.store, draft.next_part
    ordinal, name = catalogue.next_session()
    names = Names(catalogue, draft.study.settings)
    tables = session_tables(ordinal, opened.events, names, announced_fields(store, catalogue))
    counts = write_tables(tables, store, part)
    source = SourceEntry(draft.next_source, _release_digest(opened.session), FORMAT, 1, opened.session.id)
    header = SessionHeader(
        session=ordinal,
        name=name,
        schema_version=SCHEMA_VERSION,
        consent=opened.consent.record_id,
        source=source.source,
        agent=draft.register.agent(opened.consent.pii_principal_id),
        started_at=opened.session.started_at.astimezone(UTC).isoformat(timespec="seconds"),
        part=part,
        n_events=counts["events"],
        n_tokens=counts["tokens"],
        n_forms=counts["forms"],
        n_notes=counts["notes"],
        first_seq=0,
        last_seq=counts["events"] - 1,
        last_t_ms=int(tables["events"]["t_ms"][-1]),
    )
    draft.add(Part(part, **counts), source, [header])


def _release_digest(session: SealedSession) -> str:
    """Digest of a release, which names every file of the session by its own."""
    return digest((session.folder / "release.json").read_bytes()).hex()[:32]
