"""
Pictures of a session: each a file of its own, sealed with a key that follows from the key of the segment it belongs to.

    pictures/0003-125430.pic     segment 3, 125,430 ms since the session began

So whoever destroys a segment's key (forgetting, striking) makes its pictures unreadable too, and nobody needs to find them for that. They
are removed with it all the same. `shadow import` takes none into a study; in the released folder itself the study's key opens them.

Source: libsodium's XChaCha20-Poly1305 with a random nonce; BLAKE2b (RFC 7693) with a purpose, as the key's derivation.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
)
from nacl.exceptions import CryptoError

from shadow.disk import Disk, destroy_file, make_folder, write_new
from shadow.session_folder import SessionFolder

__all__ = ["destroy_pictures", "open_picture", "picture_files", "write_picture"]

_PURPOSE: Final = b"shadow picture"
_NONCE_BYTES: Final = 24
_NAME: Final = re.compile(r"([0-9]{4,})-([0-9]+)\.pic")
# Half a large screen as a PNG is a tenth of this.
MAX_PICTURE_BYTES: Final = 32 << 20


def write_picture(disk: Disk, folder: SessionFolder, key: bytes, place: tuple[int, int], png: bytes) -> None:
    """
    Write a picture; durable on return.

    Args:

        disk: Through which it goes.

        folder: Where the session lies.

        key: Of the segment that the picture belongs to.

        place: Number of that segment, and ms since the session began.

        png: The picture.

    Raises:

        OSError: The disk refuses, or there is one of this time; then nothing was written.
    """
    if not folder.pictures.is_dir():
        make_folder(disk, folder.pictures)
    path = folder.picture(*place)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    write_new(disk, path, nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(png, path.name.encode(), nonce, _derived(key)))
    disk.sync_folder(folder.pictures)


def open_picture(path: Path, key: bytes) -> bytes:
    """
    The PNG in a file.

    Args:

        path: The file.

        key: Of the segment it belongs to.

    Raises:

        ValueError: It was sealed with another key, or is not as it was written.
    """
    try:
        if path.stat().st_size > MAX_PICTURE_BYTES:
            raise ValueError("this picture is larger than any that is taken")
        raw = path.read_bytes()
        return crypto_aead_xchacha20poly1305_ietf_decrypt(raw[_NONCE_BYTES:], path.name.encode(), raw[:_NONCE_BYTES], _derived(key))
    except (CryptoError, OSError):
        raise ValueError("this picture cannot be opened") from None


def picture_files(folder: SessionFolder) -> Iterator[tuple[int, int, Path]]:
    """The pictures that are there, by time: segment, ms since the session began, file."""
    named = [(_NAME.fullmatch(path.name), path) for path in folder.pictures.glob("*.pic") if path.is_file() and not path.is_symlink()]
    found = [(int(name[1]), int(name[2]), path) for name, path in named if name is not None]
    yield from sorted(found, key=lambda one: (one[1], one[0]))


def destroy_pictures(disk: Disk, folder: SessionFolder, segments: set[int] | None = None) -> int:
    """Remove the pictures of some segments, or all; durable on return. Returns how many."""
    gone = [path for segment, _, path in picture_files(folder) if segments is None or segment in segments]
    for path in gone:
        destroy_file(disk, path)
    if gone:
        disk.sync_folder(folder.pictures)
    return len(gone)


def _derived(key: bytes) -> bytes:
    return hashlib.blake2b(key=key, person=_PURPOSE, digest_size=32).digest()
