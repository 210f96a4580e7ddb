"""
Bring recorded logs into a study: all of them or nothing.

    source --survey--> what it holds          (first reading: every row checked, nothing written)
           --encode--> staged rows            (second reading: values marked and dropped)
           --order-->  parts of the store     (DuckDB sorts; it may spill, staged rows hold no content)
           --check-->  catalogue.json         (the commit)
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import filelock

from shadow.errors import ShadowError, SourceError, StudyError
from shadow.events import SCHEMA_VERSION, session_name
from shadow.interop.action_logger import ActionLogger
from shadow.interop.encoding import Encoder
from shadow.interop.ordering import Staging
from shadow.interop.reading import LogFile
from shadow.interop.survey import survey
from shadow.interop.ui_log import UiLog
from shadow.session import IMPORTED, count_rows, refuse_broken, session_facts
from shadow.store import STAGING, Catalogue, Part, SessionHeader, SourceEntry, read_catalogue, remove_orphans, write_catalogue
from shadow.study import AgentRegister, Study, create_study

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from shadow.interop.neutral import Format
    from shadow.interop.survey import Survey

__all__ = ["FORMATS", "ImportResult", "import_logs"]

FORMATS: Final[dict[str, type[UiLog | ActionLogger]]] = {form.name: form for form in (UiLog, ActionLogger)}


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did: counts of what it added, and the sources it had seen before."""

    sources: int
    sessions: int
    events: int
    already_there: tuple[str, ...]


def import_logs(sources: Sequence[Path], study: Path, form: str = "auto", progress: Callable[[str], None] = lambda _: None) -> ImportResult:
    """
    Import recorded logs into a study, which is made if the folder is none yet.

    Args:

        sources: Log files.

        study: The study folder.

        form: `auto`, or the name of a format in FORMATS.

        progress: Called with a line about what is being done.

    Raises:

        SourceError: A source cannot be imported; nothing of any source was.

        StudyError: The study folder cannot be used, or another import is running.
    """
    with _study_to_write(study) as opened:
        draft = _Draft(opened)
        new, known = draft.unseen(sources)
        try:
            for path, digest in new:
                progress(f"reading {path}")
                draft.take_in(*_opened(path, form), digest)
            if new:
                draft.commit()
        except BaseException:
            draft.abandon()
            raise
        added = draft.catalogue.sessions[draft.sessions_before :]
        return ImportResult(len(new), len(added), sum(header.n_events for header in added), tuple(str(path) for path in known))


@contextlib.contextmanager
def _study_to_write(folder: Path) -> Iterator[Study]:
    """The study, made if need be and locked; what was made is removed again if the import fails."""
    made = [folder, *folder.parents] if not folder.exists() else []
    made = [path for path in made if not path.exists()]
    was_study = (folder / "study.toml").exists()
    opened = create_study(folder)
    lock = filelock.FileLock(opened.store / ".lock", timeout=0)
    try:
        with lock:
            yield opened
    except filelock.Timeout:
        raise StudyError("another import into this study is running", "wait until it is done") from None
    except BaseException:
        if not was_study:
            _unmake(folder, made)
        raise


def _unmake(folder: Path, made: list[Path]) -> None:
    """Remove a study folder that this import made and did not fill."""
    for inner in ("store", "keys"):
        shutil.rmtree(folder / inner, ignore_errors=True)
    (folder / "study.toml").unlink(missing_ok=True)
    for path in made:
        path.rmdir()


class _Draft:
    """
    An import before its commit: the catalogue and the agents as they will be, and parts that no committed catalogue names yet.

    Args:

        study: The study, locked.
    """

    def __init__(self, study: Study) -> None:
        self.catalogue = read_catalogue(study.store)
        self.sessions_before = len(self.catalogue.sessions)
        self._parts_before = len(self.catalogue.parts)
        self._study = study
        agents = max((header.agent for header in self.catalogue.sessions), default=0)
        self._register = AgentRegister(study.folder / "keys", agents)
        remove_orphans(study.store, self.catalogue)

    def unseen(self, sources: Sequence[Path]) -> tuple[list[tuple[Path, str]], list[Path]]:
        """The sources that were never imported, each with its digest, and those that were."""
        seen = {entry.digest for entry in self.catalogue.sources}
        new: list[tuple[Path, str]] = []
        known: list[Path] = []
        for path in sources:
            try:
                digest = _file_digest(path)
            except OSError as fault:
                raise SourceError(
                    str(path), None, f"cannot be read ({fault.strerror})", "check the path and that you may read it"
                ) from None
            if digest in seen:
                known.append(path)
            else:
                new.append((path, digest))
                seen.add(digest)
        return new, known

    def take_in(self, log: LogFile, reader: Format, digest: str) -> None:
        """Import one source: write its part, and add it to the catalogue that is to be committed."""
        catalogue, store = self.catalogue, self._study.store
        found = survey(log, reader)
        _give_ordinals(found, catalogue)
        part = max((entry.part for entry in catalogue.parts), default=0) + 1
        with tempfile.TemporaryDirectory(prefix=STAGING, dir=store) as folder:
            staging = Staging(Path(folder))
            encoder = Encoder(catalogue, self._study.settings, found)
            for _, neutral in reader.rows(log):
                staging.add(encoder.encode(neutral))
            counts = staging.write_part(found, store, part)
        catalogue.parts.append(Part(part, **counts))
        source = max((entry.source for entry in catalogue.sources), default=0) + 1
        catalogue.sources.append(SourceEntry(source, digest, reader.name, len(found.sessions)))
        catalogue.sessions.extend(_headers(found, self._register, source, part, store))

    def commit(self) -> None:
        """Check what was written, then make it part of the study. Keys go first: sessions of an agent nobody knows are worse than none."""
        refuse_broken(self.catalogue, self._study.store, [entry.part for entry in self.catalogue.parts[self._parts_before :]])
        self._register.save()
        write_catalogue(self._study.store, self.catalogue)

    def abandon(self) -> None:
        """Leave the study as the last commit left it; an interrupt may come just after this import's own."""
        committed = read_catalogue(self._study.store)
        remove_orphans(self._study.store, committed)
        if len(committed.parts) == self._parts_before:
            self._register.undo()


def _file_digest(path: Path) -> str:
    """
    Digest of a whole file, by which a second import of it is recognised.

    It needs no key: it is not of a value or a name. So a study whose keys were deleted still takes no log in twice.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:32]


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
