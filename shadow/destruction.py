"""
The destruction of a session, which may be interrupted at any step and is then finished by whoever opens the folder next.

First the folder `segments` is renamed to `withdrawn`: one step that takes no room on the disk, after which nothing here is a session any
more. Then the keys go, then the rest, and the marker last.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Final

from shadow.disk import Disk, destroy_file
from shadow.pictures import destroy_pictures
from shadow.session_folder import SessionFolder

__all__ = ["destroy_keys", "destroy_session", "half_destroyed"]

# Beside the folders; what else somebody put there is not ours to remove.
_OURS: Final = ("consent.json", "checkpoints", "release.json", "release.json.new", "recording", "ballast")


def half_destroyed(folder: SessionFolder) -> bool:
    """Whether a destruction was begun here and not finished."""
    return folder.withdrawn.is_dir()


def destroy_session(disk: Disk, folder: SessionFolder) -> None:
    """
    Destroy a session, or finish doing so.

    Files that custody does not know are left, and the folder with them.
    """
    if not half_destroyed(folder):
        try:
            disk.rename(folder.segments, folder.withdrawn)
        except FileNotFoundError:
            disk.mkdir(folder.withdrawn)
    disk.sync_folder(folder.path)
    for keys in (folder.keys, folder.released):
        _empty(disk, keys, secret=True)
    for name in _OURS:
        with contextlib.suppress(FileNotFoundError):
            disk.unlink(folder.path / name)
    _empty(disk, folder.pictures, secret=False)
    _empty(disk, folder.segments, secret=False)
    _empty(disk, folder.withdrawn, secret=False)
    with contextlib.suppress(OSError):
        disk.rmdir(folder.path)
        disk.sync_folder(folder.path.parent)


def destroy_keys(disk: Disk, folder: SessionFolder, numbers: set[int]) -> None:
    """Destroy the keys of segments, in whichever folder they are, and then their pictures; durable on return. What is gone is no matter."""
    for keys, paths in (
        (folder.keys, [folder.key(number) for number in numbers]),
        (folder.released, [folder.released_key(number) for number in numbers]),
    ):
        there = [path for path in paths if path.exists()]
        for path in there:
            destroy_file(disk, path)
        if there:
            disk.sync_folder(keys)
    destroy_pictures(disk, folder, numbers)


def _empty(disk: Disk, inner: Path, *, secret: bool) -> None:
    if inner.is_symlink():
        disk.unlink(inner)
    if not inner.is_dir():
        return
    for path in sorted(inner.iterdir()):
        if path.is_dir() and not path.is_symlink():
            continue
        if secret:
            destroy_file(disk, path)
        else:
            disk.unlink(path)
    disk.sync_folder(inner)
    with contextlib.suppress(OSError):
        disk.rmdir(inner)
