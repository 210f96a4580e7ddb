"""
What custody asks of a disk: durable appends, and the destruction of a file.

All of it goes through one object, so that a test can let any single call fail on otherwise real files.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Final

__all__ = ["Disk", "SyncedFile", "destroy_file", "make_folder", "write_new"]

# Windows has neither; there a file is opened in binary mode instead.
_BINARY: Final = getattr(os, "O_BINARY", 0)
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)


class Disk:
    """The calls of the operating system that custody makes. Every one raises OSError as the system does."""

    def create(self, path: Path) -> int:
        """A new file, mode 600, for appending; FileExistsError if there is one."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | _BINARY, 0o600)

    def reopen(self, path: Path) -> int:
        """A file that exists, for appending."""
        return os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY | _NO_FOLLOW)

    def overwrite(self, path: Path) -> int:
        """A file that exists, for writing from its beginning; never what a link leads to."""
        return os.open(path, os.O_WRONLY | _BINARY | _NO_FOLLOW)

    def write(self, file: int, content: bytes) -> None:
        """Write all of it."""
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(file, rest) :]

    def sync(self, file: int) -> None:
        """Return once the content is on the disk."""
        if sys.platform == "darwin":  # there fsync leaves it in the drive's own memory
            import fcntl  # noqa: PLC0415 - Windows has none

            fcntl.fcntl(file, fcntl.F_FULLFSYNC)
        elif hasattr(os, "fdatasync"):
            os.fdatasync(file)
        else:
            os.fsync(file)

    def truncate(self, file: int, size: int) -> None:
        """Cut the file to its first `size` bytes."""
        os.ftruncate(file, size)

    def reserve(self, file: int, size: int) -> None:
        """Take room for `size` bytes."""
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(file, 0, size)
        else:
            self.write(file, bytes(size))

    def close(self, file: int) -> None:
        """Let go of a file."""
        os.close(file)

    def mkdir(self, folder: Path) -> None:
        """A new folder, mode 700."""
        folder.mkdir(mode=0o700)

    def rename(self, old: Path, new: Path) -> None:
        """Give a file another name, in one step."""
        old.replace(new)

    def unlink(self, path: Path) -> None:
        """Remove a file or a link."""
        path.unlink()

    def rmdir(self, folder: Path) -> None:
        """Remove an empty folder."""
        folder.rmdir()

    def sync_folder(self, folder: Path) -> None:
        """Return once the names in a folder are on the disk; Windows has no way to ask for that."""
        if os.name == "nt":
            return
        file = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(file)
        finally:
            os.close(file)


class SyncedFile:
    """
    A file that grows by durable appends.

    After an append that failed it is cut back to its last good length, as far as that works, and must not be used again: what the system
    says of a second `fsync` is not to be trusted.

    Args:

        disk: Where.

        file: Descriptor of a file opened for appending.

        n_bytes: Its length.
    """

    def __init__(self, disk: Disk, file: int, n_bytes: int) -> None:
        self._disk = disk
        self._file = file
        self.n_bytes = n_bytes

    def append(self, content: bytes) -> None:
        """Return once the content is on the disk."""
        try:
            self._disk.write(self._file, content)
            self._disk.sync(self._file)
        except OSError:
            with contextlib.suppress(OSError):
                self._disk.truncate(self._file, self.n_bytes)
            raise
        self.n_bytes += len(content)

    def close(self) -> None:
        """Let go of the file; without effect after the first time."""
        file, self._file = self._file, -1
        if file >= 0:
            with contextlib.suppress(OSError):
                self._disk.close(file)


def make_folder(disk: Disk, folder: Path) -> None:
    """A new folder whose name is on the disk."""
    disk.mkdir(folder)
    disk.sync_folder(folder.parent)


def write_new(disk: Disk, path: Path, content: bytes) -> None:
    """Write a new file, durable on return but for its name in the folder; after a failure there is none."""
    file = SyncedFile(disk, disk.create(path), 0)
    try:
        file.append(content)
    except OSError:
        with contextlib.suppress(OSError):
            disk.unlink(path)
        raise
    finally:
        file.close()


def destroy_file(disk: Disk, path: Path) -> None:
    """
    Overwrite a file and remove it; nothing happens if there is none.

    Overwriting is worth little on a solid-state disk, which writes elsewhere; what counts is that the key is in no file any more.
    """
    with contextlib.suppress(OSError):
        if not path.is_symlink():
            file = disk.overwrite(path)
            try:
                disk.write(file, bytes(path.stat().st_size))
                disk.sync(file)
            finally:
                disk.close(file)
    with contextlib.suppress(FileNotFoundError):
        disk.unlink(path)
