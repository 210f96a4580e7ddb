"""
Sealed sessions beside the store: STUDY/sessions/<session id>/, as they were released.

A copy belongs to the study as long as the catalogue names its session as a source. Whatever else lies there was never committed, or was
withdrawn, and is destroyed: its keys first.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Final

from shadow.destruction import destroy_session
from shadow.disk import Disk
from shadow.errors import SessionError
from shadow.session_folder import SessionFolder

if TYPE_CHECKING:
    from pathlib import Path

    from shadow.store import Catalogue

__all__ = ["copies_folder", "copy_session", "remove_orphan_copies", "sealed_copy"]

# What a session is made of, by its place in the folder; anything else there is not the recorder's and stays behind.
PARTS: Final = ("consent.json", "checkpoints", "release.json", "segments/*.seg", "keys/*.key", "released/*.key")
# An eight-hour session has some 500 segments, each with its two keys.
MAX_FILES: Final = 20_000
MAX_BYTES: Final = 2 << 30


def copies_folder(study: Path) -> Path:
    """Where the sealed sessions of a study lie."""
    return study / "sessions"


def sealed_copy(study: Path, session_id: str) -> Path:
    """Where the sealed copy of one session lies."""
    return copies_folder(study) / session_id


def copy_session(folder: Path, study: Path, session_id: str) -> Path:
    """
    Copy a session's folder into a study, for its owner's eyes only.

    Returns:

        The copy. No catalogue names it yet.

    Raises:

        SessionError: The folder holds links, or more than any session has; a part of a copy may be left.
    """
    files = [path for part in PARTS for path in sorted(folder.glob(part))]
    if any(path.is_symlink() or not path.is_file() or path.parent.is_symlink() for path in files):
        raise SessionError("this session holds links instead of files", "take the folder as the recorder left it")
    if len(files) > MAX_FILES or sum(path.stat().st_size for path in files) > MAX_BYTES:
        raise SessionError("this session is larger than any that is recorded", "take the folder as the recorder left it")
    copy = sealed_copy(study, session_id)
    for made in (copy.parent, copy, *(copy / part.partition("/")[0] for part in PARTS if "/" in part)):
        made.mkdir(mode=0o700, exist_ok=True)
    for path in files:
        copied = copy / path.relative_to(folder)
        copied.touch(mode=0o600)
        shutil.copyfile(path, copied)
    return copy


def remove_orphan_copies(study: Path, catalogue: Catalogue) -> None:
    """Destroy every copy that the catalogue does not name."""
    folder = copies_folder(study)
    if not folder.is_dir():
        return
    kept = {entry.session_id for entry in catalogue.sources}
    for copy in folder.iterdir():
        if copy.name not in kept and copy.is_dir():
            destroy_session(Disk(), SessionFolder(copy))
            shutil.rmtree(copy, ignore_errors=True)
    if not any(folder.iterdir()):
        folder.rmdir()
