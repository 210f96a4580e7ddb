"""
What the recorder and its window say to each other: one JSON document a line, `"message"` naming its kind.

    recorder -> window   AskConsent, Status, Say, AskMark, Close
    window -> recorder   Hello, Answer, Pause, Resume, Mark, Forget, Stop

A line that is none of these is a fault of the program, and the side that reads it ends the conversation: the recording stops.
"""

from __future__ import annotations

from typing import Final, Literal, TypeVar

import msgspec

from shadow.consent_record import DataKind, Switches

__all__ = [
    "Answer",
    "AskConsent",
    "AskMark",
    "Close",
    "Forget",
    "FromWindow",
    "Hello",
    "Mark",
    "Notice",
    "Pause",
    "Resume",
    "Say",
    "Section",
    "State",
    "Status",
    "Stop",
    "Switch",
    "ToWindow",
    "encode",
    "read_from_window",
    "read_to_window",
]

T = TypeVar("T")

State = Literal["recording", "paused", "degraded", "disk_full", "stopped"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a message."""


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag=True, tag_field="message"):
    """A line."""


class Section(_Part, frozen=True):
    """A part of the notice under its own heading."""

    title: str
    paragraphs: tuple[str, ...]


class Switch(_Part, frozen=True):
    """
    One kind of data that the agent may allow.

    Args:

        key: Its field in `Switches`.

        title: What it is.

        explanation: What it records and what it does not.

        default: Not heeded: every switch is off until the agent chooses it.
    """

    key: DataKind
    title: str
    explanation: str
    default: bool = False


class Notice(_Part, frozen=True):
    """
    The text that the agent says yes or no to; `yes` and `no` are the words on the buttons.

    `msgspec.convert(notice, Notice, from_attributes=True)` makes it of a `recorder.notice.Notice`.
    """

    title: str
    sections: tuple[Section, ...]
    switches: tuple[Switch, ...]
    yes: str
    no: str


class AskConsent(_Message, frozen=True):
    """Show the notice and ask. The window answers with `Answer`, or with `Stop` if it cannot be shown."""

    language: str
    notice: Notice


class Status(_Message, frozen=True):
    """
    How the recording is; the first one opens the pill.

    Args:

        state: Whether it records.

        troubles: What is wrong, each a sentence in the agent's language.

        since_s: Length of the recording so far; between two of these the window counts on by itself.

        n_events: Events in it.
    """

    state: State
    troubles: tuple[str, ...] = ()
    since_s: int = 0
    n_events: int = 0


class Say(_Message, frozen=True):
    """Show a sentence for a while, and let a screen reader speak it."""

    text: str


class AskMark(_Message, frozen=True):
    """Open the small dialog for a mark, as if the agent had pressed the button: for the hotkey."""


class Close(_Message, frozen=True):
    """Go away without a word."""


class Hello(_Message, frozen=True):
    """The window process is ready to be told something."""


class Answer(_Message, frozen=True):
    """
    What the agent said to the notice.

    Args:

        yes: True only if they pressed yes; a closed window and Escape are no.

        switches: What they chose; all off after a no.

        open_s: Seconds that the notice was open.
    """

    yes: bool
    switches: Switches
    open_s: float


class Pause(_Message, frozen=True):
    """Record nothing from now on."""


class Resume(_Message, frozen=True):
    """Record again."""


class Mark(_Message, frozen=True):
    """
    The system got in the way.

    Args:

        note: The agent's own words; None if they wrote nothing.

        ago_ms: How long before this message they pressed the button.
    """

    note: str | None = None
    ago_ms: int = 0


class Forget(_Message, frozen=True):
    """Destroy the last five minutes; the agent has been asked already."""


class Stop(_Message, frozen=True):
    """End the recording: the agent said so, or the window is gone, for whatever reason."""


ToWindow = AskConsent | Status | Say | AskMark | Close
FromWindow = Hello | Answer | Pause | Resume | Mark | Forget | Stop

_ENCODER: Final = msgspec.json.Encoder()
_TO_WINDOW: Final[msgspec.json.Decoder[ToWindow]] = msgspec.json.Decoder(ToWindow)
_FROM_WINDOW: Final[msgspec.json.Decoder[FromWindow]] = msgspec.json.Decoder(FromWindow)


def encode(message: ToWindow | FromWindow) -> bytes:
    """A message as a line, with its end."""
    return _ENCODER.encode(message) + b"\n"


def read_to_window(line: bytes) -> ToWindow:
    """
    What the recorder says in a line.

    Raises:

        ValueError: This is something else; the error holds nothing of it.
    """
    return _read(_TO_WINDOW, line)


def read_from_window(line: bytes) -> FromWindow:
    """
    What the window says in a line.

    Raises:

        ValueError: As in `read_to_window`.
    """
    return _read(_FROM_WINDOW, line)


def _read(decoder: msgspec.json.Decoder[T], line: bytes) -> T:
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise ValueError("this is no message between the recorder and its window") from None
