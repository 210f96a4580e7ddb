"""Files that are written for people, in one step: a reader sees the old one or the new one, never half of either."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from shadow.errors import ShadowError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_whole"]


def write_whole(path: Path, content: bytes) -> None:
    """
    Write a file in one step.

    Raises:

        ShadowError: No file can be written there.
    """
    draft = path.with_name(f".{path.name}.new")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except BaseException as fault:
        with contextlib.suppress(OSError):  # where no file can be, none can be removed
            draft.unlink(missing_ok=True)
        if not isinstance(fault, OSError):
            raise
        raise ShadowError(f"{path} cannot be written ({fault.strerror})", "name a file in a folder you may write to") from None
