"""
The buttons of the web page in front, for a picture of it: those that show their own words and nothing that lies upon them.

A label proves nothing about pixels unless it is made of them. So a button counts only if its name is its content, and if the program itself
finds it, and nothing else, under five places within its box. Everything that shows a text or an image of its own is listed beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from recorder.sources.atspi_bus import BusFault, Ref, together
from recorder.sources.atspi_controls import MOST_FIELDS, Known, Reader
from recorder.sources.atspi_desk import Desk
from recorder.sources.atspi_pages import Shown
from recorder.sources.atspi_words import FIELD_ROLES, Role, State, has
from recorder.sources.base import Box, Control

__all__ = ["shown_controls"]

# On a page with more than this it would take too long to be sure.
MOST_BUTTONS: Final = 40
MOST_PARTS: Final = 400
# What shows something of its own: a static text, an image, a link, a label.
LEAF_ROLES: Final = (116, 27, Role.link, Role.label)
NAMED_BY_CONTENT: Final = ("contents", "value")
EDGE: Final = 3


async def shown_controls(reader: Reader, desk: Desk) -> tuple[Control, ...] | None:
    """
    Buttons with their labels, and the boxes of whatever else shows something; no value is read.

    Returns:

        None if anything is in doubt: no web page that is allowed is in front, it changes, a list or a menu is open, or it is too large.
    """
    front = desk.front
    if front is None or not front.allowed or front.document is None or desk.open is not None or desk.popup is not None:
        return None
    try:
        return await _controls(reader, front) if await _is_still(reader, front) else None
    except BusFault:
        return None


async def _is_still(reader: Reader, front: Shown) -> bool:
    """Whether the window is in front, as the program says it itself, and shows the same page."""
    low, _ = await reader.bus.ask(front.window, "Accessible", "GetState")
    now = await reader.page(front.window, await reader.document(front.window))
    return has(low, State.active) and now.allowed and now.page == front.page


async def _controls(reader: Reader, front: Shown) -> tuple[Control, ...] | None:
    buttons = await reader.matches(front.top, roles=(Role.push_button,), states=(State.showing,), most=MOST_BUTTONS + 1)
    others = await reader.matches(front.top, roles=(*LEAF_ROLES, *FIELD_ROLES), states=(State.showing,), most=MOST_PARTS + 1)
    editable = await reader.matches(front.top, states=(State.editable, State.showing), most=MOST_FIELDS)
    if len(buttons) > MOST_BUTTONS or len(others) > MOST_PARTS or len(editable) >= MOST_FIELDS:
        return None
    described = await together(*(reader.describe(ref, front) for ref in buttons))
    boxes = await together(*(reader.bus.ask(ref, "Component", "GetExtents", "u", [0]) for ref in (*others, *editable)))
    if None in described or None in boxes:
        return None
    sure = await together(*(_is_seen(reader, front, known) for known in described))
    shown = [known.control if seen else replace(known.control, element=None) for known, seen in zip(described, sure, strict=True)]
    rest = [Control(key=ref, page=front.page, box=Box(*box)) for ref, box in zip((*others, *editable), boxes, strict=True)]
    return (*shown, *rest)


async def _is_seen(reader: Reader, front: Shown, known: Known) -> bool:
    box = known.control.box
    if box is None or known.attributes.get("name-from") not in NAMED_BY_CONTENT or min(box.width, box.height) <= 2 * EDGE:
        return False
    hits: Sequence[bool | None] = await together(*(_is_at(reader, front.window, known.node.ref, place) for place in _places(box)))
    return all(hits)


def _places(box: Box) -> tuple[tuple[int, int], ...]:
    left, right = box.x + EDGE, box.x + box.width - 1 - EDGE
    top, bottom = box.y + EDGE, box.y + box.height - 1 - EDGE
    return (left, top), (right, top), (left, bottom), (right, bottom), (box.x + box.width // 2, box.y + box.height // 2)


async def _is_at(reader: Reader, window: Ref, button: Ref, place: tuple[int, int]) -> bool:
    """Whether the program finds the button there, or the text directly in it."""
    found = await reader.under(window, *place)
    return found is not None and (found == button or (await reader.step(found))[1] == button)
