"""
The release of a session: the agent's signature under all of it, and the segments' keys sealed to the study.

The manifest names every file and its digest. Before it is there nothing is released; it is written last, in one step.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import msgspec

from shadow.disk import Disk, destroy_file, make_folder, write_new
from shadow.errors import SessionError
from shadow.journal import digest, key_file
from shadow.keys import KeyPair, PublicKey
from shadow.session_folder import SessionFolder
from shadow.signed import open_document, sign_document

__all__ = ["Manifest", "Release", "SegmentClaim", "altered", "not_as_released", "read_manifest", "take_back", "write_release"]

_KIND: Final = "release"


class SegmentClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What the agent says of one segment.

    Args:

        segment: Its number.

        head: Head of the chain at its end, hexadecimal.

        n_events: Events in it that the study may read; 0 where its key is destroyed.

        released: Whether the study has its key.
    """

    segment: int
    head: str
    n_events: int
    released: bool


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What the agent signed.

    Args:

        session_id: Which session.

        agent: Whose it is.

        study: Whom it is released to.

        consent: Digest of the consent record, hexadecimal.

        n_events: Events that can be read.

        n_struck: Events that the agent struck.

        n_forgotten: Spans of time that the agent had forgotten.

        n_damage: Places where it is not as it was written, as after a crash.

        ended: Whether the recording was closed.

        released_at: Wall time, ISO 8601.

        segments: One for each segment.

        files: Digest of every file, hexadecimal, by its place in the folder.
    """

    session_id: str
    agent: str
    study: str
    consent: str
    n_events: int
    n_struck: int
    n_forgotten: int
    n_damage: int
    ended: bool
    released_at: str
    segments: tuple[SegmentClaim, ...]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Release:
    """All that a release is made of, but the signature: the facts of its manifest, and the segments' keys by number."""

    session_id: str
    study: PublicKey
    n_events: int
    n_struck: int
    n_forgotten: int
    n_damage: int
    ended: bool
    segments: tuple[SegmentClaim, ...]
    keys: dict[int, bytes] = field(repr=False)


def write_release(disk: Disk, folder: SessionFolder, release: Release, agent: KeyPair, at: datetime) -> None:
    """Release a session; after an interruption it is as unreleased as before. `take_back` comes first."""
    make_folder(disk, folder.released)
    for number, key in release.keys.items():
        write_new(disk, folder.released_key(number), key_file(key, release.study, release.session_id, number))
    disk.sync_folder(folder.released)
    manifest = Manifest(
        session_id=release.session_id,
        agent=agent.public.text,
        study=release.study.text,
        consent=digest(folder.consent.read_bytes()).hex(),
        n_events=release.n_events,
        n_struck=release.n_struck,
        n_forgotten=release.n_forgotten,
        n_damage=release.n_damage,
        ended=release.ended,
        released_at=at.isoformat(),
        segments=release.segments,
        files=_digests(folder),
    )
    draft = folder.manifest.with_name(folder.manifest.name + ".new")
    write_new(disk, draft, sign_document(_KIND, manifest, agent))
    disk.rename(draft, folder.manifest)
    disk.sync_folder(folder.path)


def take_back(disk: Disk, folder: SessionFolder) -> None:
    """Remove what a release that never came about left behind."""
    if folder.manifest.exists():
        return
    with contextlib.suppress(FileNotFoundError):
        disk.unlink(folder.manifest.with_name(folder.manifest.name + ".new"))
    if folder.released.is_dir():
        for path in sorted(folder.released.iterdir()):
            destroy_file(disk, path)
        disk.rmdir(folder.released)
        disk.sync_folder(folder.path)


def read_manifest(folder: SessionFolder) -> Manifest:
    """
    What the agent signed.

    Raises:

        SessionError: The session is not released, or its release is not as it was signed.
    """
    try:
        raw = folder.manifest.read_bytes()
    except FileNotFoundError:
        raise SessionError(
            "this session is not released", "the agent looks at it and releases it: shadow review SESSION --release"
        ) from None
    try:
        manifest, signer = open_document(raw, _KIND, Manifest)
    except ValueError:
        raise not_as_released("release.json") from None
    if signer.text != manifest.agent:
        raise not_as_released("release.json")
    return manifest


def altered(folder: SessionFolder, manifest: Manifest) -> list[str]:
    """
    Files that are not as they were released, by their places in the folder; those that came later or are missing with them.

    Only a picture may be missing: `shadow import` takes none into a study.
    """
    found = _digests(folder)
    names = found.keys() | {name for name in manifest.files if not name.startswith(f"{folder.pictures.name}/")}
    return sorted(name for name in names if found.get(name) != manifest.files.get(name))


def not_as_released(name: str) -> SessionError:
    """The refusal of a session that is not as it was released; `name` is the first file that shows it."""
    return SessionError(f"this session was altered after its release: {name}", "ask the agent for the session as it was released")


def _digests(folder: SessionFolder) -> dict[str, str]:
    files = [folder.consent, folder.checkpoints]
    for inner, ending in ((folder.segments, "*.seg"), (folder.keys, "*.key"), (folder.released, "*.key"), (folder.pictures, "*.pic")):
        files += sorted(inner.glob(ending))
    return {file.relative_to(folder.path).as_posix(): digest(file.read_bytes()).hex() for file in files if file.is_file()}
