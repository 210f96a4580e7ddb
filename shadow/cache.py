"""
What the analysis keeps of a study so that it need not be counted again: STUDY/cache/, one file a kind.

    digest of what follows (16 bytes) | content, compressed

Everything here can be made again from the store. So a file that is missing, cut short, altered or of another version is no error: it counts
for nothing, and is replaced. Like the store it is content-free, and for the owner's eyes only.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import zlib
from typing import TYPE_CHECKING, Final

from shadow.store import read_catalogue

if TYPE_CHECKING:
    from pathlib import Path

    from shadow.study import Study

__all__ = ["drop_cache", "read_cached", "remove_cache_drafts", "write_cached"]

DIGEST_BYTES: Final = 16
DRAFT: Final = ".new"
# 3 to 6 % more bytes than the usual level, in a third of its time.
LEVEL: Final = 4


def read_cached(study: Study, kind: str) -> bytes | None:
    """What was kept under a name; None if nothing was, or if it is not as it was written."""
    try:
        written = _path(study, kind).read_bytes()
        return zlib.decompress(written[DIGEST_BYTES:]) if _digest(written[DIGEST_BYTES:]) == written[:DIGEST_BYTES] else None
    except (OSError, zlib.error):
        return None


def write_cached(study: Study, kind: str, content: bytes) -> None:
    """
    Keep something under a name, in one step.

    Nothing is written where nothing can be, while the study is being changed, or if it was since it was read: a session that was withdrawn
    meanwhile must not come back.
    """
    import filelock  # noqa: PLC0415 - whoever only reads need not wait for it

    packed = zlib.compress(content, LEVEL)
    with contextlib.suppress(OSError, filelock.Timeout), filelock.FileLock(study.store / ".lock", timeout=0):
        if read_catalogue(study.store) == study.catalogue:
            path = _path(study, kind)
            path.parent.mkdir(mode=0o700, exist_ok=True)
            draft = path.with_name(path.name + DRAFT)
            try:
                draft.write_bytes(_digest(packed) + packed)
                draft.replace(path)
            finally:
                draft.unlink(missing_ok=True)


def drop_cache(study: Study) -> None:
    """Remove all that was kept; it is there again after the next analysis."""
    if study.cache.exists():
        shutil.rmtree(study.cache)


def remove_cache_drafts(study: Study) -> None:
    """Remove what an analysis that was killed has left."""
    for draft in study.cache.glob(f"*{DRAFT}"):
        draft.unlink(missing_ok=True)


def _path(study: Study, kind: str) -> Path:
    return study.cache / f"{kind}.bin"


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()
