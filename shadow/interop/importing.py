"""
Bring recorded logs into a study: all of them or nothing.

    source --encode--> staged rows            (every row checked, values marked and dropped)
           --order-->  parts of the store     (some sessions at a time; staged rows hold no content)
           --check-->  catalogue.json         (the commit)

A source is read once; a second time only if something further down in it changes what earlier rows mean.

A folder is a recorded session, which holds no values: it is checked and written to its part as it is (`shadow.interop.sessions`).
"""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Final

from shadow.errors import ShadowError, SourceError
from shadow.events import SCHEMA_VERSION, session_name
from shadow.interop.action_logger import ActionLogger
from shadow.interop.ahead import ahead
from shadow.interop.drafting import Draft, study_to_fill
from shadow.interop.encoding import Encoder
from shadow.interop.neutral import LearntLate
from shadow.interop.ordering import Staging
from shadow.interop.reading import LogFile
from shadow.interop.sessions import is_session, take_session
from shadow.interop.survey import Survey, survey
from shadow.interop.ui_log import UiLog
from shadow.session import IMPORTED, count_rows
from shadow.store import STAGING, Part, SessionHeader, SourceEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from shadow.interop.encoding import Coded
    from shadow.interop.neutral import Format
    from shadow.interop.reading import Batch
    from shadow.study import AgentRegister

__all__ = ["FORMATS", "ImportResult", "import_logs"]

FORMATS: Final[dict[str, type[UiLog | ActionLogger]]] = {form.name: form for form in (UiLog, ActionLogger)}


# An import that takes longer than this says now and then how far it is.
SAY_EVERY_S: Final = 2.0


class _Pace:
    """Says how far the reading of a source is, when the user has heard nothing for a while."""

    def __init__(self, path: Path, progress: Callable[[str], None]) -> None:
        self._path = path
        self._progress = progress
        self._said_s = monotonic()

    def at(self, rows: int, what: str) -> None:
        if monotonic() - self._said_s >= SAY_EVERY_S:
            self._progress(f"{self._path}: {rows:,} rows {what}")
            self._said_s = monotonic()


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: counts of what it added, the sources it had seen before, and how many of the new ones are recorded sessions."""

    sources: int
    sessions: int
    events: int
    already_there: tuple[str, ...]
    recorded: int = 0


def import_logs(
    sources: Sequence[Path],
    study: Path,
    form: str = "auto",
    progress: Callable[[str], None] = lambda _: None,
    now: datetime | None = None,
) -> ImportResult:
    """
    Import logs and released sessions into a study, which is made if the folder is none yet.

    Args:

        sources: Log files, and folders of recorded sessions.

        study: The study folder.

        form: Format of the logs: `auto`, or a name in FORMATS.

        progress: Called with a line about what is being done.

        now: Wall time, by which a session has expired or not; None asks the clock.

    Raises:

        SourceError: A log cannot be imported; nothing of any source was.

        SessionError: A recorded session cannot be imported (`shadow.interop.sessions`); nothing of any source was.

        StudyError: The study folder cannot be used, or another import is running.
    """
    with study_to_fill(study) as opened:
        draft = Draft(opened)
        digests = {path: _file_digest(path) for path in sources if not is_session(path)}
        known = []
        try:
            for path in sources:
                if path in digests:
                    taken = _take_log(draft, path, digests[path], form, progress)
                else:
                    taken = take_session(draft, path, progress, now or datetime.now(UTC))
                if not taken:
                    known.append(str(path))
            if draft.added:
                draft.commit()
        except BaseException:
            draft.abandon()
            raise
        recorded = sum(header.consent != IMPORTED for header in draft.added)
        events = sum(header.n_events for header in draft.added)
        return ImportResult(len(sources) - len(known), len(draft.added), events, tuple(known), recorded)


def _take_log(draft: Draft, path: Path, digest: str, form: str, progress: Callable[[str], None]) -> bool:
    """Import one log: write its part, and add it to the catalogue that is to be committed. False if the study has it already."""
    catalogue, store, part = draft.catalogue, draft.study.store, draft.next_part
    if any(entry.digest == digest for entry in catalogue.sources):
        return False
    progress(f"reading {path}")
    log, reader = _opened(path, form)
    reader.prepare(log)
    first, _ = catalogue.next_session()
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=store) as folder:
        found, staging, told = Survey(first), Staging(Path(folder)), _Pace(path, progress)
        try:
            _stage(staging, reader.rows(log), draft, found, told)
        except LearntLate:
            progress(f"reading {path} again: what stands further down in it changes what earlier rows mean")
            found = survey(log, reader, first)
            staging.clear()
            _stage(staging, reader.rows(log), draft, found, told)
        if not found.sessions:
            raise SourceError(log.name, None, "the log has a header and no event", "give a log with at least one event")
        told.at(sum(seen.n_events for seen in found.sessions.values()), "read; putting them in order")
        counts = staging.write_part(found, store, part)
    source = SourceEntry(draft.next_source, digest, reader.name, len(found.sessions))
    draft.add(Part(part, **counts), source, _headers(found, draft.register, source.source, part, store))
    return True


def _stage(staging: Staging, rows: Iterator[tuple[Batch, pl.DataFrame]], draft: Draft, found: Survey, told: _Pace) -> None:
    """Read the source and stage its rows; while the values of one batch are marked, the next is read and gets its codes."""
    encoder = Encoder(draft.catalogue, draft.study.settings, found)
    n_rows = 0
    for coded in ahead(_coded(encoder, rows, found)):
        staging.add(encoder.encode(coded))
        n_rows += len(coded.frame)
        told.at(n_rows, "read")


def _coded(encoder: Encoder, rows: Iterator[tuple[Batch, pl.DataFrame]], found: Survey) -> Iterator[Coded]:
    for batch, neutral in rows:
        if not found.whole:
            found.note(batch, neutral)
        yield encoder.code(neutral)


def _file_digest(path: Path) -> str:
    """
    Digest of a whole file, by which a second import of it is recognised.

    It needs no key: it is not of a value or a name. So a study whose keys were deleted still takes no log in twice.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()[:32]
    except OSError as fault:
        raise SourceError(str(path), None, f"cannot be read ({fault.strerror})", "check the path and that you may read it") from None


def _headers(found: Survey, register: AgentRegister, source: int, part: int, store: Path) -> Iterator[SessionHeader]:
    """Header of each session of a part: what was counted when it was read; `refuse_broken` compares it with the rows."""
    tokens, forms, notes = (count_rows(store, table, part) for table in ("tokens", "forms", "notes"))
    for seen in found.sessions.values():
        start = None if seen.relative else datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=seen.start_ms)
        yield SessionHeader(
            session=seen.ordinal,
            name=session_name(seen.ordinal),
            schema_version=SCHEMA_VERSION,
            consent=IMPORTED,
            source=source,
            agent=register.agent(seen.agent),
            started_at=None if start is None else start.isoformat(timespec="seconds"),
            part=part,
            n_events=seen.n_events,
            n_tokens=tokens.get(seen.ordinal, 0),
            n_forms=forms.get(seen.ordinal, 0),
            n_notes=notes.get(seen.ordinal, 0),
            first_seq=0,
            last_seq=seen.n_events - 1,
            last_t_ms=(seen.end_ms - seen.start_ms) // 10 * 10,
        )


def _opened(path: Path, form: str) -> tuple[LogFile, Format]:
    """The log and its format, told by its first line unless it was named."""
    log = LogFile(path)
    if form != "auto":
        if form not in FORMATS:
            raise ShadowError(f"{form} is not a format", f"use auto, {', '.join(FORMATS)}")
        reader: Format = FORMATS[form]()
        log.opening()
        return reader.open(log), reader
    opening, header = log.opening(), log.header()
    for kind in FORMATS.values():
        reader = kind()
        if reader.claims(opening, header):
            return reader.open(log), reader
    remedy = "a ui-log begins with the columns session,agent,time,action,app; an Action Logger log has timeStamp,targetApp,eventType"
    raise SourceError(str(path), 1, "is not a log of a known format", remedy)
