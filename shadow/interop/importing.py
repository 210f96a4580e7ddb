"""
Bring recorded logs into a study: all of them or nothing.

    source --survey--> what it holds          (first reading: every row checked, nothing written)
           --encode--> staged rows            (second reading: values marked, by helpers if there are many, and dropped)
           --order-->  parts of the store     (some sessions at a time; staged rows hold no content)
           --check-->  catalogue.json         (the commit)

A folder is a recorded session, which holds no values: it is checked and written to its part as it is (`shadow.interop.sessions`).
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shadow.errors import ShadowError, SourceError
from shadow.events import SCHEMA_VERSION, session_name
from shadow.interop.action_logger import ActionLogger
from shadow.interop.drafting import Draft, study_to_fill
from shadow.interop.encoding import Encoder
from shadow.interop.marking import Helpers, Setting
from shadow.interop.ordering import Staging
from shadow.interop.reading import LogFile
from shadow.interop.sessions import is_session, take_session
from shadow.interop.survey import survey
from shadow.interop.ui_log import UiLog
from shadow.session import IMPORTED, count_rows, session_facts
from shadow.store import STAGING, Part, SessionHeader, SourceEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import polars as pl

    from shadow.interop.encoding import Begun
    from shadow.interop.neutral import Format
    from shadow.interop.reading import Batch
    from shadow.interop.survey import Survey
    from shadow.settings import Settings
    from shadow.store import Catalogue
    from shadow.study import AgentRegister

__all__ = ["FORMATS", "ImportResult", "import_logs"]

FORMATS: Final[dict[str, type[UiLog | ActionLogger]]] = {form.name: form for form in (UiLog, ActionLogger)}


# A log of fewer events is read before helpers would be of use.
HELPED_EVENTS: Final = 100_000
MOST_HELPERS: Final = 4
# Batches that are read while the values of an earlier one are marked.
AHEAD: Final = 2


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
    found = survey(log, reader)
    _give_ordinals(found, catalogue)
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=store) as folder:
        staging = Staging(Path(folder))
        _stage(staging, reader.rows(log), catalogue, draft.study.settings, found)
        counts = staging.write_part(found, store, part)
    source = SourceEntry(draft.next_source, digest, reader.name, len(found.sessions))
    draft.add(Part(part, **counts), source, _headers(found, draft.register, source.source, part, store))
    return True


def _stage(staging: Staging, rows: Iterator[tuple[Batch, pl.DataFrame]], catalogue: Catalogue, settings: Settings, found: Survey) -> None:
    """Read the source again: while the values of one batch are marked, the next is read."""
    setting = Setting(settings.study.region, settings.cases.id_patterns)
    n_events = sum(seen.n_events for seen in found.sessions.values())
    with Helpers(setting, _helpers_for(n_events)) as helpers:
        encoder = Encoder(catalogue, settings, found, helpers)
        begun: deque[Begun] = deque()
        for _, neutral in rows:
            begun.append(encoder.begin(neutral))
            if len(begun) > AHEAD:
                staging.add(encoder.finish(begun.popleft()))
        for batch in begun:
            staging.add(encoder.finish(batch))


def _helpers_for(n_events: int) -> int:
    """A helper takes a tenth of a second to start; on a PC with one core it would only be in the way."""
    return min(os.cpu_count() or 1, MOST_HELPERS) if n_events >= HELPED_EVENTS and (os.cpu_count() or 1) > 1 else 0


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
    """Header of each session of a part: what the survey counted and what the rows say; `refuse_broken` compares them."""
    facts = session_facts(store, part)
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
            last_t_ms=int(facts[seen.ordinal]["last_t_ms"]),
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


def _give_ordinals(found: Survey, draft: Catalogue) -> None:
    first, _ = draft.next_session()
    for ordinal, seen in enumerate(found.sessions.values(), start=first):
        seen.ordinal = ordinal
