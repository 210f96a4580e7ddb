"""
What the analysis tells by whether it has to be made again: digests of its own code and of what is in a study.

Nothing here reads a table, so a result that was kept is found again without starting what would make it.
"""

from __future__ import annotations

import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from shadow.store import part_path

if TYPE_CHECKING:
    from shadow.store import SessionHeader
    from shadow.study import Study

__all__ = ["code_digest", "part_digest"]

TABLES: Final = ("events", "forms", "tokens", "notes")
# Processors have instructions for it: over a whole store it takes half the time of BLAKE2.
FASTEST: Final = "sha256"


@functools.cache
def code_digest() -> bytes:
    """Digest of the analysis itself: another version may count otherwise, and nobody need remember to say so."""
    found = hashlib.blake2b(digest_size=16)
    folder = Path(__file__).parent
    for path in sorted([*folder.glob("*.py"), *folder.glob("kernel/*.py")]):
        found.update(path.read_bytes())
    return found.digest()


def part_digest(study: Study, part: int) -> bytes:
    """Digest of the rows of a part and of the headers of its sessions."""
    found = hashlib.blake2b(digest_size=16)
    for table in TABLES:
        study.parts(table)  # says which file is missing, if one is
        path = part_path(study.store, table, part)
        if path.exists():
            with path.open("rb") as file:
                found.update(hashlib.file_digest(file, FASTEST).digest())
    headers = sorted((h for h in study.catalogue.sessions if h.part == part), key=lambda header: header.session)
    found.update(msgspec.msgpack.encode([_counts(header) for header in headers]))
    return found.digest()


def _counts(header: SessionHeader) -> tuple[int, ...]:
    return header.session, header.agent, header.n_events, header.n_forms, header.n_tokens
