"""What a control of the accessibility bus holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recorder.sources.atspi_bus import Ref, together
from recorder.sources.atspi_pages import Pages, as_ref, as_states
from recorder.sources.atspi_words import Role, State, has, iso_date

if TYPE_CHECKING:
    from recorder.sources.atspi_controls import Known

__all__ = ["EMBEDDED", "Values"]

# Stands in a text for a part of it that is a thing of its own.
EMBEDDED: Final = "\ufffc"
MOST_PARTS: Final = 8
MOST_LEVELS: Final = 3


class Values:
    """
    Reads what controls hold.

    Args:

        pages: Reads the bus.

        values: Whether what they hold may be read; otherwise only whether they hold anything.
    """

    def __init__(self, pages: Pages, *, values: bool) -> None:
        self._pages = pages
        self._bus = pages.bus
        self._values = values

    async def held(self, known: Known) -> tuple[str | None, bool | None]:
        """
        What a control holds: its value, and whether it holds anything where the value is not read.

        Raises:

            BusFault: It is gone.
        """
        if known.secret:
            return None, await self._n_characters(known.node.ref) > 0
        if not known.node.is_field:
            return None, None
        value = await self._value(known)
        if self._values or value is None:
            return value, None
        return None, value != ""

    async def _n_characters(self, ref: Ref) -> int:
        return int(await self._bus.get(ref, "Text", "CharacterCount"))

    async def _value(self, known: Known) -> str | None:
        ref, role = known.node.ref, known.node.role
        if role in {Role.check, Role.radio}:
            states = as_states(await self._bus.ask(ref, "Accessible", "GetState"))
            return "checked" if has(states, State.checked) else ""
        if role == Role.date:
            return await self._date(ref)
        if role == Role.combo and not known.node.editable:
            return await self._chosen(known)
        if role in {Role.slider, Role.spin} and not (known.node.editable and "text-input-type" not in known.attributes):
            return await self._number(known)
        if not self._values:
            # Enough to say whether it is filled.
            return "x" if await self._n_characters(ref) else ""
        return await self._text(ref)

    async def _text(self, ref: Ref, level: int = 0) -> str:
        text = str(await self._bus.ask(ref, "Text", "GetText", "ii", [0, -1]))
        if EMBEDDED not in text or level == MOST_LEVELS:
            return text.replace(EMBEDDED, "")
        # A text of several paragraphs holds each of them as a child.
        children = [as_ref(child) for child in await self._bus.ask(ref, "Accessible", "GetChildren")]
        parts = await together(*(self._text(child, level + 1) for child in children if child[0] == ref[0]))
        paragraphs = [part for part in parts if part]
        return "\n".join(paragraphs) if paragraphs else text.replace(EMBEDDED, "")

    async def _chosen(self, known: Known) -> str | None:
        ref = known.node.ref
        if not known.attributes:
            return str(await self._bus.get(ref, "Accessible", "Name"))
        for item in await self._pages.matches(ref, states=(State.selected,), most=1):
            return str(await self._bus.get(item, "Accessible", "Name"))
        said = (await self._bus.ask(ref, "Accessible", "GetAttributes")).get("valuetext")
        return str(said) if said is not None else (await self._text(ref))

    async def _number(self, known: Known) -> str | None:
        ref = known.node.ref
        if known.node.editable:
            text = await self._text(ref)
            if text or known.node.role == Role.spin:
                return text
        number = float(await self._bus.get(ref, "Value", "CurrentValue"))
        return f"{number:g}"

    async def _date(self, ref: Ref) -> str | None:
        parts = await self._pages.matches(ref, roles=(Role.spin,), most=MOST_PARTS)
        said = await together(*(self._bus.ask(part, "Accessible", "GetAttributes") for part in parts))
        numbers = await together(*(self._bus.get(part, "Value", "CurrentValue") for part in parts))
        if not parts or None in said or None in numbers:
            return None
        return iso_date(zip((names.get("placeholder", "") for names in said), numbers, strict=True))
