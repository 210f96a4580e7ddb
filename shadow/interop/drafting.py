"""
A change to a study before its commit: what it will be, beside what it is.

Replacing catalogue.json is the commit. What a change writes before it (parts, sealed copies) no committed catalogue names, so it is removed
again when the change is abandoned, or by the next one if this one was killed.
"""

from __future__ import annotations

import contextlib
import shutil
from typing import TYPE_CHECKING

import filelock

from shadow.cache import remove_cache_drafts
from shadow.errors import StudyError
from shadow.interop.sealed_copies import remove_orphan_copies
from shadow.session import refuse_broken
from shadow.store import Part, SourceEntry, read_catalogue, remove_orphans, write_catalogue
from shadow.study import AgentRegister, Study, create_study

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from shadow.store import SessionHeader

__all__ = ["Draft", "remove_leftovers", "study_to_fill", "study_to_write"]


@contextlib.contextmanager
def study_to_fill(folder: Path) -> Iterator[Study]:
    """The study, made if need be and locked; what was made is removed again if the import fails."""
    made = [folder, *folder.parents] if not folder.exists() else []
    made = [path for path in made if not path.exists()]
    was_study = (folder / "study.toml").exists()
    opened = create_study(folder)
    try:
        with study_to_write(opened):
            yield opened
    except BaseException:
        if not was_study:
            _unmake(folder, made)
        raise


@contextlib.contextmanager
def study_to_write(study: Study) -> Iterator[Study]:
    """
    The study, locked against every other change.

    Raises:

        StudyError: Another program is changing it.
    """
    lock = filelock.FileLock(study.store / ".lock", timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise StudyError("another import into this study is running", "wait until it is done") from None
    try:
        yield study
    finally:
        lock.release()


def _unmake(folder: Path, made: list[Path]) -> None:
    """Remove a study folder that this import made and did not fill."""
    for inner in ("store", "keys", "sessions", "cache"):
        shutil.rmtree(folder / inner, ignore_errors=True)
    (folder / "study.toml").unlink(missing_ok=True)
    for path in made:
        path.rmdir()


class Draft:
    """
    An import before its commit: the catalogue and the agents as they will be, and parts that no committed catalogue names yet.

    Args:

        study: The study, locked.
    """

    def __init__(self, study: Study) -> None:
        self.study = study
        self.catalogue = read_catalogue(study.store)
        self.sessions_before = len(self.catalogue.sessions)
        self._parts_before = len(self.catalogue.parts)
        agents = max((header.agent for header in self.catalogue.sessions), default=0)
        self.register = AgentRegister(study.folder / "keys", agents)
        remove_leftovers(study)

    @property
    def next_part(self) -> int:
        """Number of the next part."""
        return max((entry.part for entry in self.catalogue.parts), default=0) + 1

    @property
    def next_source(self) -> int:
        """Number of the next source."""
        return max((entry.source for entry in self.catalogue.sources), default=0) + 1

    @property
    def added(self) -> list[SessionHeader]:
        """Headers of the sessions that this import adds."""
        return self.catalogue.sessions[self.sessions_before :]

    def add(self, part: Part, source: SourceEntry, headers: Iterable[SessionHeader]) -> None:
        """Name what was written in the catalogue that is to be committed."""
        self.catalogue.parts.append(part)
        self.catalogue.sources.append(source)
        self.catalogue.sessions.extend(headers)

    def commit(self) -> None:
        """Check what was written, then make it part of the study. Keys go first: sessions of an agent nobody knows are worse than none."""
        refuse_broken(self.catalogue, self.study.store, [entry.part for entry in self.catalogue.parts[self._parts_before :]])
        self.register.save()
        write_catalogue(self.study.store, self.catalogue)

    def abandon(self) -> None:
        """Leave the study as the last commit left it; an interrupt may come just after this import's own."""
        remove_leftovers(self.study)
        if len(read_catalogue(self.study.store).parts) == self._parts_before:
            self.register.undo()


def remove_leftovers(study: Study) -> None:
    """Remove what changes that never committed, or that committed and were killed then, have left in the study."""
    committed = read_catalogue(study.store)
    remove_orphans(study.store, committed)
    remove_orphan_copies(study.folder, committed)
    remove_cache_drafts(study)
