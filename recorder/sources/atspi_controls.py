"""Controls as the accessibility bus describes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from recorder.sources.atspi_bus import AccessibilityBus, BusFault, Ref, together
from recorder.sources.atspi_pages import Node, Pages, Place, Shown, as_ref, as_states
from recorder.sources.atspi_values import EMBEDDED, Values
from recorder.sources.atspi_words import FIELD_ROLES, TEXT_ROLES, Role, State, has, is_fillable, role_word, stable_id
from recorder.sources.base import Box, Control, ControlChanged

__all__ = ["Known", "Reader"]

MOST_FIELDS: Final = 400
MOST_PARTS: Final = 8
MOST_TEXTS: Final = 200
# Longer ones are prose, not a name, a number or an address.
MOST_LETTERS: Final = 120
# How far above what was hit an id still names it.
NEAR_LEVELS: Final = 3
# AtspiRelationType
LABEL_FOR, LABELLED_BY, CONTROLLED_BY = 1, 2, 4
PRESSABLE: Final = frozenset({"button", "link", "cell"})
FORM: Final = 87


@dataclass(slots=True, eq=False)
class Known:
    """
    A control that was described, with what it last held.

    Args:

        control: Without its value.

        node: Its shape.

        attributes: As the bus gave them.

        text: What it holds, kept up to date by the changes that the bus tells of; None where that is not known.

        as_of: Number of the last signal that `text` includes.

        changed: Whether something came since it was last reported.

        reported: What was last reported of it.

        early: Changes that came before it had the focus.
    """

    control: Control
    node: Node
    attributes: dict[str, str]
    text: str | None = None
    as_of: int = 0
    changed: bool = False
    reported: tuple[str | None, bool | None] = (None, None)
    early: list[ControlChanged] = field(default_factory=list)

    @property
    def secret(self) -> bool:
        """Whether it is a password: never read."""
        return self.control.role == "password"

    def renew(self, other: Known) -> None:
        """Take over the description that was read anew, and what it holds."""
        self.control, self.node, self.attributes = other.control, other.node, other.attributes
        self.text, self.as_of = other.text, other.as_of

    def holding(self, held: tuple[str | None, bool | None]) -> Control:
        """The control with what it holds."""
        self.reported = held
        return replace(self.control, value=held[0], filled=held[1])


class Reader(Pages):
    """
    Reads pages and the controls on them.

    Args:

        bus: A connection.

        values: Whether what controls hold may be read; otherwise only whether they hold anything.

        allowed: Whether a page or program of these names may be read at all.
    """

    def __init__(self, bus: AccessibilityBus, *, values: bool, allowed: Callable[[tuple[str, ...]], bool]) -> None:
        super().__init__(bus, allowed)
        self.values = values
        self.held = Values(self, values=values).held

    async def target(self, place: Place) -> Node | None:
        """The control that something belongs to: a menu item to its combo box, a part of a date to its date editor, a line to its text."""
        chain = place.chain
        if not chain:
            return None
        for role in (Role.date, Role.combo):
            within = next((node for node in chain if node.role == role), None)
            if within is not None:
                return within
        if chain[0].editable:
            last = chain[0]
            for node in chain[1:]:
                if not node.editable:
                    break
                last = node
            return last
        if chain[0].role == Role.list_item and len(chain) > 1:
            return await self._related(chain[1].ref, CONTROLLED_BY) or chain[0]
        return chain[0]

    async def hit(self, place: Place, *, web: bool) -> Node | None:
        """What of the things that lie upon each other a press meant."""
        target = await self.target(place)
        if target is None or target.is_field:
            return target
        for node in place.chain[:2]:
            if node.role == Role.label and (named := await self._labelled(node.ref)) is not None:
                return named
        near = place.chain[: NEAR_LEVELS + 1]
        said = await together(*(self._names(node.ref, web=web) for node in place.chain[:MOST_PARTS]))
        described = list(zip(place.chain, said, strict=False))
        for node, names in described:
            if node.is_field or role_word(node.role, node.states, names[0] if names else None) in PRESSABLE:
                return node
        return next((node for node, names in described[: len(near)] if names and node.role != FORM and stable_id(*names)), None)

    async def describe(self, ref: Ref, shown: Shown) -> Known:
        """
        A control of a page that is allowed.

        Raises:

            BusFault: It is gone.
        """
        bus, web = self._bus, shown.page.web
        role, states, names, name, extents, relations = await together(
            bus.ask(ref, "Accessible", "GetRole"),
            bus.ask(ref, "Accessible", "GetState"),
            self._names(ref, web=web),
            bus.get(ref, "Accessible", "Name"),
            bus.ask(ref, "Component", "GetExtents", "u", [0]),
            _nothing() if web else bus.ask(ref, "Accessible", "GetRelationSet"),
        )
        if role is None or states is None:
            raise BusFault
        node = Node(ref, role, as_states(states))
        attributes, accessible_id = names or ({}, "")
        word = role_word(role, node.states, attributes)
        label = _web_label(name, word, attributes, node) if web else await self._native_label(name, relations, role)
        control = Control(
            key=ref,
            page=shown.page,
            element=stable_id(attributes, accessible_id, is_radio=word == "radio"),
            # What a button of a group is called is one of its choices.
            label=None if word == "radio" else label,
            role=word,
            fillable=is_fillable(role, node.states),
            required=has(node.states, State.required) if web else None,
            box=_box(extents),
        )
        return Known(control, node, attributes)

    async def listed(self, shown: Shown) -> tuple[Ref, ...]:
        """
        What may be a field of a page that is allowed, in the order of the page.

        Raises:

            BusFault: It cannot be listed.
        """
        by_role = await self.matches(shown.top, roles=FIELD_ROLES, most=MOST_FIELDS)
        # A text that is edited in place may have any role.
        by_state = await self.matches(shown.top, states=(State.editable, State.focusable), most=MOST_FIELDS)
        return tuple(dict.fromkeys((*by_role, *by_state)))

    async def fields(self, shown: Shown, listed: tuple[Ref, ...]) -> list[Known]:
        """
        The fields of an allowed page with what they hold, in the order of the page.

        Raises:

            BusFault: They cannot be read.
        """
        described = [known for known in await together(*(self.describe(ref, shown) for ref in listed)) if known]
        fields = await self._without_parts([known for known in described if has(known.node.states, State.visible)])
        if not shown.page.web or any(known.node.role not in FIELD_ROLES for known in fields):
            # GTK lists its children from the last to the first.
            fields.sort(key=_reading_order)
        for known, held in zip(fields, await together(*(self.held(known) for known in fields)), strict=True):
            if held is not None:
                known.reported, known.text = held, held[0]
        return fields

    async def texts(self, shown: Shown) -> list[Control]:
        """
        Short texts of an allowed web page that have an id of their own: what is read there may be typed elsewhere. None if values are not read.

        Raises:

            BusFault: They cannot be listed.
        """
        if not (self.values and shown.page.web):
            return []
        found = await self.matches(shown.top, roles=TEXT_ROLES, most=MOST_TEXTS)
        ids = [stable_id(*names) if names else None for names in await together(*(self._names(ref, web=True) for ref in found))]
        named = [(ref, name) for ref, name in zip(found, ids, strict=True) if name is not None]
        read = await together(*(self._bus.ask(ref, "Text", "GetText", "ii", [0, MOST_LETTERS + 1]) for ref, _ in named))
        return [
            Control(key=ref, page=shown.page, element=name, role="other", value=text)
            for (ref, name), text in zip(named, read, strict=True)
            if text and text.strip() and len(text) <= MOST_LETTERS and EMBEDDED not in text
        ]

    async def _names(self, ref: Ref, *, web: bool) -> tuple[dict[str, str], str]:
        if web:
            return dict(await self._bus.ask(ref, "Accessible", "GetAttributes")), ""
        try:
            return {}, str(await self._bus.get(ref, "Accessible", "AccessibleId"))
        except BusFault:
            # Toolkits before 2019 have none.
            return {}, ""

    async def _native_label(self, name: str | None, relations: Sequence[Any] | None, role: int) -> str | None:
        for kind, targets in relations or ():
            if kind == LABELLED_BY and targets:
                said: str = await self._bus.get(as_ref(targets[0]), "Accessible", "Name")
                if said.strip():
                    return said.strip()
        # The name of a combo box is what it holds, and so is that of a cell or a text that only shows something.
        shows_content = role == Role.combo or role_word(role) in {"cell", "grid", "document", "other"}
        return None if shows_content or not name else name.strip() or None

    async def _labelled(self, label: Ref) -> Node | None:
        """The field of a label; one that encloses its field often says nothing else of it."""
        named = await self._related(label, LABEL_FOR)
        if named is None and (within := await self.matches(label, roles=FIELD_ROLES, most=1)):
            return (await self.step(within[0]))[0]
        return named

    async def _related(self, ref: Ref, relation: int) -> Node | None:
        for kind, targets in await self._bus.ask(ref, "Accessible", "GetRelationSet"):
            if kind == relation and targets:
                return (await self.step(as_ref(targets[0])))[0]
        return None

    async def _without_parts(self, fields: list[Known]) -> list[Known]:
        dates = {known.node.ref for known in fields if known.node.role == Role.date}
        if not dates:
            return fields
        parts: set[Ref] = set()
        for date in dates:
            parts.update(await self.matches(date, roles=FIELD_ROLES, most=MOST_PARTS))
        return [known for known in fields if known.node.ref not in parts]


def _box(extents: Sequence[int] | None) -> Box | None:
    return Box(*extents) if extents and extents[2] > 0 and extents[3] > 0 else None


def _reading_order(known: Known) -> tuple[int, int]:
    box = known.control.box
    return (box.y + box.height // 2, box.x) if box else (0, 0)


def _web_label(name: str | None, word: str, attributes: dict[str, str], node: Node) -> str | None:
    if not name or not name.strip():
        return None
    from_content = attributes.get("name-from") == "contents"
    # What a text holds, or a cell shows, is no label of it.
    if (node.editable and from_content) or (word in {"cell", "grid", "document", "other"} and attributes.get("explicit-name") != "true"):
        return None
    return name.strip()


async def _nothing() -> None:
    return None
