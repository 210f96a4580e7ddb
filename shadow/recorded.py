"""
The recorded event: one line of a session's UI log as the journal holds it.

It is free of content by its type: there is no place for a value. What could name something a person wrote (a screen, an element, a label)
has gone through the patterns of study.toml and the scrubber before it gets here. Names are repeated in every event; the journal packs
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from shadow.events import ACTIONS, ROLES

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RecordedEvent", "pack_events", "unpack_events"]


class RecordedEvent(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, gc=False):
    """
    One action on one target.

    Grain: one row per event; `seq` from 0, without holes as written, `t_ms` never back.

    Args:

        seq: Place in the session.

        t_ms: Milliseconds since the session began, on a clock that never goes back.

        action: One of `shadow.events.ACTIONS`.

        app: System, as the allowlist spells it; `(unknown)` where nothing may be known.

        screen: Window or page by pattern; "" where there is none, `unnamed screen n` where no pattern matched.

        element: Stable id of the field or control in its screen; None for an action without one.

        label: Its visible label, scrubbed; None where it has none that may be kept.

        role: One of `shadow.events.ROLES`; None where it is not known.

        required: Whether it must be filled; None where that is not known.

        mark: Value mark of its value after the action; None where there is none or it was not read.

        wholes: Ordinals of the value's whole forms.

        words: Ordinals of its words.

        filled: Whether it holds something after the action; None where that is not known.

        keys: How many keys the action took, never which.

        x: Pixels from the left edge of the desktop.

        y: Pixels from its upper edge.

        case: Ordinal of the case id that was seen; None where none was.

        elements: On `screen`: ids of the elements that can be filled there; None where the form was not listed.

        note: On `mark`: the agent's own words.
    """

    seq: int
    t_ms: int
    action: str
    app: str
    screen: str = ""
    element: str | None = None
    label: str | None = None
    role: str | None = None
    required: bool | None = None
    mark: int | None = None
    wholes: tuple[int, ...] = ()
    words: tuple[int, ...] = ()
    filled: bool | None = None
    keys: int | None = None
    x: int | None = None
    y: int | None = None
    case: int | None = None
    elements: tuple[str, ...] | None = None
    note: str | None = None


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(list[RecordedEvent])


def pack_events(events: Iterable[RecordedEvent]) -> bytes:
    """Events as msgpack: one array of arrays."""
    return _ENCODER.encode(list(events))


def unpack_events(packed: bytes) -> list[RecordedEvent]:
    """
    The events of `pack_events`, checked field by field.

    Raises:

        ValueError: This is something else; the message holds nothing of it.
    """
    try:
        events = _DECODER.decode(packed)
    except msgspec.MsgspecError:
        raise ValueError("these are no recorded events") from None
    if any(event.action not in ACTIONS or (event.role is not None and event.role not in ROLES) for event in events):
        raise ValueError("an action or a role is not one of the known words")
    return events
