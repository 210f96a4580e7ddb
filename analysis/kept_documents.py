"""
Documents that were made before, kept in the study's cache: whoever asks an unchanged study again is answered at once.

    code, store, names, settings  ->  digest   the same: the kept document
                                               another:  made anew, and kept in its place
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from analysis.digests import code_digest, part_digest
from shadow.cache import read_cached, write_cached

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.loading import LoadedStudy

__all__ = ["kept_document"]


class KeptDocument(msgspec.Struct, frozen=True):
    """What is in the cache: a document, and the digest of all that it was made of."""

    made_of: bytes
    document: dict[str, Any]


def kept_document(loaded: LoadedStudy, name: str, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """
    A document of a study, as it was kept or made.

    Args:

        loaded: The study.

        name: What the document is; another document has another name.

        make: Makes it, of nothing but the study.
    """
    made_of = _made_of(loaded)
    written = read_cached(loaded.study, name)
    if written is not None:
        try:
            kept = msgspec.msgpack.decode(written, type=KeptDocument)
        except msgspec.MsgspecError:
            kept = None
        if kept is not None and kept.made_of == made_of:
            return kept.document
    content = msgspec.msgpack.encode(KeptDocument(made_of, make()))
    write_cached(loaded.study, name, content)
    # As it will be the next time: tuples are lists by then.
    return msgspec.msgpack.decode(content, type=KeptDocument).document


def _made_of(loaded: LoadedStudy) -> bytes:
    """Digest of the analysis, of every row, of all names, and of all that study.toml says."""
    catalogue = loaded.study.catalogue
    found = hashlib.blake2b(code_digest(), digest_size=16)
    for part in catalogue.parts:
        found.update(part_digest(loaded.study, part.part))
    for told in (catalogue, loaded.study.settings, loaded.thresholds):
        found.update(msgspec.msgpack.encode(told))
    return found.digest()
