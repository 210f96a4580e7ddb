"""One recorder at a time: two would record the same person twice, and only one of them would show it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from shadow.errors import CaptureError

__all__ = ["single_recorder"]


@contextlib.contextmanager
def single_recorder(home: Path) -> Iterator[None]:
    """
    Be the only recorder of this user for as long as the context lasts; a recorder that dies lets go by itself.

    Args:

        home: The recorder's folder; it is made if it is needed.

    Raises:

        CaptureError: There is another one.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(home / "recorder.lock", timeout=0, thread_local=False)
    try:
        lock.acquire()
    except Timeout:
        raise CaptureError("another recording is running", "stop that one first") from None
    try:
        yield
    finally:
        lock.release()
