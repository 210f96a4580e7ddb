"""
Everything the toolkit raises on purpose.

    ShadowError
    ├── SourceError      a recorded log that cannot be imported (file, line, reason, remedy)
    ├── StudyError       a study folder that is missing, damaged or not a study
    ├── SettingsError    a study.toml that cannot be understood
    ├── ConsentError     a recording that may not begin, or a consent that does not cover it
    ├── SessionError     a recorded session that cannot be used: unreleased, altered, expired, withdrawn
    ├── KeyFault         a key that is missing, damaged or not the right one
    ├── CaptureError     something the recorder needs of this machine and does not get
    └── DisclosureError  figures that may not be shown to this reader

Only the command line catches them. No message ever holds a value, a title or a name read from a log: they say *where*, by file and
line, and the reader looks there.
"""

from __future__ import annotations

__all__ = [
    "CaptureError",
    "ConsentError",
    "DisclosureError",
    "KeyFault",
    "SessionError",
    "SettingsError",
    "ShadowError",
    "SourceError",
    "StudyError",
]


class ShadowError(Exception):
    """
    Something the user can mend.

    Args:

        reason: What is wrong, in one clause.

        remedy: What to do about it, in one clause; empty if there is nothing to do.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.reason}; {self.remedy}" if self.remedy else self.reason


class SourceError(ShadowError):
    """
    A recorded log that cannot be imported; the study is as it was.

    Args:

        file: The file as the user named it.

        line: Line in the file, from 1; None if the fault has no line (an empty file).

        reason: What is wrong there.

        remedy: What to do about it.
    """

    def __init__(self, file: str, line: int | None, reason: str, remedy: str) -> None:
        super().__init__(reason, remedy)
        self.file = file
        self.line = line

    def __str__(self) -> str:
        where = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{where}: {super().__str__()}"


class StudyError(ShadowError):
    """A study folder that is missing, damaged or not a study; nothing was changed."""


class SettingsError(ShadowError):
    """A study.toml that cannot be understood; the message names the key."""


class ConsentError(ShadowError):
    """A recording that may not begin, or a consent that does not cover it; nothing was recorded."""


class SessionError(ShadowError):
    """A recorded session that cannot be used; it and the study are as they were."""


class KeyFault(ShadowError):  # noqa: N818 - KeyError is Python's own
    """A key that is missing, damaged or not the right one; no message holds any of it."""


class CaptureError(ShadowError):
    """Something the recorder needs of this machine and does not get; the remedy says how to get it."""


class DisclosureError(ShadowError):
    """Figures about too few agents to be shown to this reader (contracts, section 6)."""
