"""
Where things are on the accessibility bus: windows, documents, and which page they show.

Nothing of a control is read before it is known which page it is on and that the page is allowed: the way up to the page takes roles,
states and parents only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from recorder.sources.atspi_bus import NOTHING, ROOT, AccessibilityBus, BusFault, Ref, together
from recorder.sources.atspi_words import FIELD_ROLES, Role, State, address_of, has, host_of, mask
from recorder.sources.base import Page

__all__ = ["BROWSER_WINDOW", "Node", "Pages", "Place", "Program", "Shown", "as_ref", "as_states"]

# How deep a tree may be before it is taken for endless.
MOST_LEVELS: Final = 80
MOST_FOCUSED: Final = 8
# What Chromium calls a window that shows pages; its menus and bubbles are windows too.
BROWSER_WINDOW: Final = "BrowserRootView"
# AtspiRelationType, AtspiCollectionMatchType, AtspiCollectionSortOrder
EMBEDS: Final = 13
ALL, ANY, CANONICAL = 1, 2, 1
RULE: Final = "(aiia{ss}iaiiasib)uib"


@dataclass(frozen=True, slots=True)
class Program:
    """A program on the bus: its process, and what it calls itself."""

    pid: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Node:
    """Something on the bus, by its shape alone."""

    ref: Ref
    role: int
    states: int

    @property
    def editable(self) -> bool:
        """Whether text can be entered there."""
        return has(self.states, State.editable)

    @property
    def is_field(self) -> bool:
        """Whether it has the shape of something to fill in."""
        return self.role in FIELD_ROLES or self.editable


@dataclass(frozen=True, slots=True)
class Place:
    """
    Where something is.

    Args:

        chain: It and what it lies in, up to the page, without the page.

        document: The outermost web document it is in.

        window: The window it is in.
    """

    chain: tuple[Node, ...]
    document: Ref | None
    window: Ref | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A page with where it comes from, and whether anything of it may be read."""

    page: Page
    window: Ref
    document: Ref | None
    allowed: bool

    @property
    def top(self) -> Ref:
        """What its controls lie in."""
        return self.document or self.window


class Pages:
    """
    Reads windows and pages.

    Args:

        bus: A connection.

        allowed: Whether a page or program of these names may be read at all.
    """

    def __init__(self, bus: AccessibilityBus, allowed: Callable[[tuple[str, ...]], bool]) -> None:
        self.bus = self._bus = bus
        self._allowed = allowed
        self._programs: dict[str, Program] = {}

    def known_program(self, owner: str) -> Program | None:
        """The program, if it was asked before."""
        return self._programs.get(owner)

    async def program(self, owner: str) -> Program:
        """The program behind a connection; its number is never given to another."""
        if owner not in self._programs:
            pid, name = await together(self._bus.pid(owner), self._bus.get((owner, ROOT), "Accessible", "Name"))
            self._programs[owner] = Program(pid, name or "")
        return self._programs[owner]

    async def place(self, ref: Ref, known: Shown | None = None) -> Place:
        """
        The way from something up to its page.

        Raises:

            BusFault: It is gone.
        """
        chain: list[Node] = []
        document: Ref | None = None
        at, n_within_document = ref, 0
        for _ in range(MOST_LEVELS):
            if known is not None and at == known.document:
                return Place(tuple(chain), at, known.window)
            node, parent = await self.step(at)
            chain.append(node)
            if node.role == Role.document_web:
                document, n_within_document = at, len(chain) - 1
            if parent[1] in {ROOT, NOTHING} or parent[0] != at[0]:
                below = chain[:n_within_document] if document else chain[:-1]
                return Place(tuple(below), document, at if parent[1] == ROOT else None)
            at = parent
        raise BusFault

    async def document(self, window: Ref) -> Ref | None:
        """The web document that a window shows; None for other windows."""
        relations = await self._bus.ask(window, "Accessible", "GetRelationSet")
        for kind, targets in relations:
            if kind == EMBEDS and targets:
                return as_ref(targets[0])
        # Some browsers leave the relation out.
        found = await self.matches(window, roles=(Role.document_web,), states=(State.showing,), most=1)
        return found[0] if found else None

    async def page(self, window: Ref, document: Ref | None) -> Shown:
        """
        Which page a window shows, or that a document is.

        Raises:

            BusFault: It is gone, or not there yet.
        """
        program = await self.program(window[0])
        if document is None:
            if await self.kind(window) == BROWSER_WINDOW:
                return self._browser_itself(window, program, None)
            return await self._native(window, program)
        said = await self._bus.ask(document, "Document", "GetAttributes")
        uri = said.get("URI", "")
        host = host_of(uri)
        if host is None:
            if not uri:
                raise BusFault
            return self._browser_itself(window, program, document)
        allowed = self._allowed((host, program.name))
        address = address_of(uri) if allowed else None
        title = said.get("Title", "") if allowed else None
        page = Page(key=(*document, address), names=(host,), pid=program.pid, web=True, address=address, title=title)
        return Shown(page, window, document, allowed)

    async def is_bare(self, shown: Shown) -> bool:
        """Whether a window shows no controls at all: a browser without its page, a canvas."""
        if shown.page.web:
            return False
        if shown.document is None and shown.page.key != shown.window:
            return True
        children = await self._bus.ask(shown.window, "Accessible", "GetChildren")
        return not children

    async def is_popup(self, window: Ref) -> bool:
        """Whether a window is only a list, a menu or a bubble of another one."""
        if await self._bus.ask(window, "Accessible", "GetRole") in {Role.window, Role.popup_menu, Role.menu}:
            return True
        kind = (await self.kind(window)) or BROWSER_WINDOW
        return kind.endswith("RootView") and kind != BROWSER_WINDOW

    async def kind(self, window: Ref) -> str:
        """What Chromium calls a window; "" of other programs."""
        try:
            return str((await self._bus.ask(window, "Accessible", "GetAttributes")).get("class", ""))
        except BusFault:
            return ""

    async def browser_itself(self, window: Ref) -> Shown:
        """The browser's own bars and menus, which are no web page."""
        return self._browser_itself(window, await self.program(window[0]), None)

    async def focused(self, shown: Shown) -> Ref | None:
        """What has the focus in a page; Qt says so of the current item of every list."""
        found = await self.matches(shown.top, states=(State.focused, State.showing), most=MOST_FOCUSED)
        nodes = [step[0] for step in await together(*(self.step(ref) for ref in found)) if step]
        fields = [node.ref for node in nodes if node.is_field]
        return next(iter(fields or [node.ref for node in nodes]), None)

    async def under(self, window: Ref, x: int, y: int) -> Ref | None:
        """What lies at a place of the desktop; some programs answer one level at a time, and none looks into a frame of a page."""
        at = window
        for _ in range(MOST_LEVELS):
            below = as_ref(await self._bus.ask(at, "Component", "GetAccessibleAtPoint", "iiu", [x, y, 0]))
            if below[1] == NOTHING or below == at:
                inner = await self._inner_document(at)
                if inner is None:
                    break
                below = inner
            at = below
        return None if at == window else at

    async def _inner_document(self, ref: Ref) -> Ref | None:
        if await self._bus.ask(ref, "Accessible", "GetRole") != Role.internal_frame:
            return None
        children = await self._bus.ask(ref, "Accessible", "GetChildren")
        return as_ref(children[0]) if children and children[0][0] == ref[0] else None

    def _browser_itself(self, window: Ref, program: Program, document: Ref | None) -> Shown:
        names = (program.name,)
        # No title: it would be that of the web page.
        page = Page(key=(*window, "browser"), names=names, pid=program.pid)
        return Shown(page, window, document, self._allowed(names))

    async def _native(self, window: Ref, program: Program) -> Shown:
        names = (program.name,)
        allowed = self._allowed(names)
        title = await self._bus.get(window, "Accessible", "Name") if allowed else None
        return Shown(Page(key=window, names=names, pid=program.pid, title=title), window, None, allowed)

    async def step(self, ref: Ref) -> tuple[Node, Ref]:
        """Something by its shape, and what it lies in."""
        role, states, parent = await together(
            self._bus.ask(ref, "Accessible", "GetRole"),
            self._bus.ask(ref, "Accessible", "GetState"),
            self._bus.get(ref, "Accessible", "Parent"),
        )
        if role is None or states is None or parent is None:
            raise BusFault
        return Node(ref, role, as_states(states)), as_ref(parent)

    async def matches(self, top: Ref, *, roles: Sequence[int] = (), states: Sequence[int] = (), most: int = 0) -> list[Ref]:
        """What within something has one of these roles and all of these states, in the order of the page."""
        rule = [mask(states, 2), ALL, {}, ALL, mask(roles, 4), ANY if roles else ALL, [], ALL, False]
        return [as_ref(found) for found in await self._bus.ask(top, "Collection", "GetMatches", RULE, [rule, CANONICAL, most, True])]


def as_ref(pair: Sequence[str]) -> Ref:
    """What the bus names something by."""
    return pair[0], pair[1]


def as_states(words: Sequence[int]) -> int:
    """The two words of GetState as one number."""
    return int(words[0] & 0xFFFFFFFF) | int(words[1] & 0xFFFFFFFF) << 32
