"""What is in front: the page with its fields, and the control that has the focus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from recorder.sources.atspi_bus import BusFault, Ref, together
from recorder.sources.atspi_changes import CHOICES, Changes
from recorder.sources.atspi_controls import Known, Reader
from recorder.sources.atspi_desk import Desk, Queue
from recorder.sources.atspi_pages import Place, Shown
from recorder.sources.atspi_words import Role, State, has
from recorder.sources.base import Clock, Control, Emit, FocusMoved, Page, PageShown

__all__ = ["AGAIN_S", "Front"]

# Pages that are not there yet, and programs that are busy, are asked again.
AGAIN_S: Final = 0.2
TRIES: Final = 4
MOST_KNOWN: Final = 4000


class Front:
    """
    Says which page is in front and what has the focus.

    Args:

        reader: Reads the bus.

        emit: Takes the sightings.

        desk: What is known.

        queue: What there is to do.

        changes: Says what becomes of controls.

        ignore_pids: Processes of the recorder itself.
    """

    def __init__(  # noqa: PLR0913 - what it is made of
        self, reader: Reader, emit: Emit, *, desk: Desk, queue: Queue, changes: Changes, ignore_pids: Callable[[], set[int]]
    ) -> None:
        self._reader = reader
        self._emit = emit
        self._desk = desk
        self._queue = queue
        self._changes = changes
        self._ignore_pids = ignore_pids

    # Pages

    async def begin(self, clock: Clock) -> None:
        """Say which page is in front at first, and what has the focus there."""
        programs = await self._reader.bus.programs()
        windows = await together(*(self._active_window(program) for program in programs))
        window = next((window for window in windows if window is not None), None)
        if window is not None:
            await self.activated(window, clock())

    async def _active_window(self, program: Ref) -> Ref | None:
        if await self._is_own(program[0]):
            return None
        bus = self._reader.bus
        for owner, path in await bus.ask(program, "Accessible", "GetChildren"):
            low, _ = await bus.ask((owner, path), "Accessible", "GetState")
            if has(low, State.active):
                return owner, path
        return None

    async def _is_own(self, owner: str) -> bool:
        return (await self._reader.program(owner)).pid in self._ignore_pids()

    async def activated(self, window: Ref, t_ms: int) -> None:
        """A window came to the front."""
        if await self._is_own(window[0]):
            return
        desk = self._desk
        if desk.front is not None and desk.front.window[0] == window[0] and await self._reader.is_popup(window):
            desk.popup = window
            return
        is_back = desk.front is not None and desk.front.window == window
        await self._changes.settle_all(t_ms)
        if not is_back:
            desk.focus = None
        desk.popup = desk.open = None
        await self.show(window, t_ms, only_if_new=is_back)

    async def deactivated(self, window: Ref, t_ms: int) -> None:
        """A window is no longer in front, and need not be asked again."""
        desk = self._desk
        self._queue.not_later(("again", window))
        if window == desk.popup:
            desk.popup = None
        elif desk.front is not None and desk.front.window == window and desk.popup is None:
            await self._changes.settle_all(t_ms)
            desk.front = desk.focus = desk.open = None

    async def loaded(self, document: Ref, t_ms: int) -> None:
        """A document was loaded, perhaps the one in front."""
        front = self._desk.front
        if front is not None and document[0] == front.window[0] and await self._reader.document(front.window) == document:
            await self.show(front.window, t_ms, only_if_new=True)

    async def refresh(self, t_ms: int) -> None:
        """See whether it is still the same page with the same fields."""
        if self._desk.front is not None:
            await self.show(self._desk.front.window, t_ms, only_if_new=True)

    async def show(self, window: Ref, t_ms: int, *, only_if_new: bool = False, tries: int = TRIES) -> None:
        """Say which page a window shows, with its fields."""
        desk = self._desk
        shown = await self._page(window)
        if shown is None or (tries and self._is_between(shown)):
            if tries:
                self._queue.later(("again", window), AGAIN_S, partial(self.show, window, t_ms, only_if_new=only_if_new, tries=tries - 1))
            return
        listed = await self._list(shown)
        if only_if_new and desk.front is not None and (shown.page, listed) == (desk.front.page, desk.listed):
            return
        fields = await self._fields(shown, listed)
        form = (shown.page, *(_look(known) for known in fields or ()))
        if only_if_new and form == desk.form and desk.front is not None:
            self._learn(fields or [], listed or ())
            return
        if desk.front is None or desk.front.page.key != shown.page.key:
            await self._changes.settle_all(t_ms)
            desk.focus = desk.open = None
        desk.front, desk.form, desk.nowhere = shown, form, False
        self._learn(fields or [], listed or ())
        page = shown.page if fields else await self._opaque_or_not(shown)
        controls = None if fields is None else (*(known.holding(known.reported) for known in fields), *await self._texts(shown))
        self._emit(PageShown(t_ms=t_ms, page=page, controls=controls))
        if not only_if_new or desk.focus is None:
            await self._look_for_focus(t_ms)

    async def _page(self, window: Ref) -> Shown | None:
        try:
            return await self._reader.page(window, await self._reader.document(window))
        except BusFault:
            return None

    def _is_between(self, shown: Shown) -> bool:
        """Whether a browser is on its way from one page to the next."""
        front = self._desk.front
        return front is not None and front.page.web and front.window == shown.window and shown.document is None

    async def _list(self, shown: Shown) -> tuple[Ref, ...] | None:
        try:
            return await self._reader.listed(shown) if shown.allowed else None
        except BusFault:
            return None

    async def _fields(self, shown: Shown, listed: tuple[Ref, ...] | None) -> list[Known] | None:
        try:
            return None if listed is None else await self._reader.fields(shown, listed)
        except BusFault:
            return None

    async def _texts(self, shown: Shown) -> list[Control]:
        try:
            return await self._reader.texts(shown)
        except BusFault:
            return []

    async def _opaque_or_not(self, shown: Shown) -> Page:
        try:
            return replace(shown.page, opaque=await self._reader.is_bare(shown))
        except BusFault:
            return shown.page

    def _learn(self, fields: list[Known], listed: tuple[Ref, ...]) -> None:
        desk = self._desk
        desk.listed = listed
        if desk.front is not None and len(desk.known) + len(desk.dull) > MOST_KNOWN:
            here = desk.front.page.key
            desk.known = {ref: known for ref, known in desk.known.items() if known.changed or known.control.page.key == here}
            desk.parts_of.clear()
            desk.dull.clear()
        for known in fields:
            earlier = desk.known.setdefault(known.node.ref, known)
            if earlier is known:
                known.as_of = desk.n_signals
            elif not earlier.changed and earlier is not desk.focus:
                # Not what was reported of it: the signal of a change that was read already is still to come.
                earlier.renew(known)

    # Focus

    async def _look_for_focus(self, t_ms: int) -> None:
        """A page that comes back has its focus already, and no signal says so."""
        desk = self._desk
        if desk.front is None or not desk.front.allowed or desk.coming:
            return
        try:
            ref = await self._reader.focused(desk.front)
        except BusFault:
            return
        if ref is not None:
            desk.coming.add(ref)
            await self.focused(ref, t_ms)

    async def focused(self, ref: Ref, t_ms: int, tries: int = TRIES) -> None:
        """Something has the focus."""
        try:
            await self._focused(ref, t_ms)
        except BusFault:
            if tries and self._reader.bus.connected:
                self._queue.later("focus", AGAIN_S, partial(self.focused, ref, t_ms, tries - 1))
            else:
                await self._nothing_focused(t_ms)
        finally:
            self._desk.coming.discard(ref)

    async def _focused(self, ref: Ref, t_ms: int) -> None:
        if await self._is_own(ref[0]):
            return
        self._queue.not_later("focus")
        place = await self._reader.place(ref, self._desk.front)
        shown = await self._shown_at(place, t_ms)
        target = await self._reader.target(place) if shown is not None and shown.allowed else None
        if shown is None or target is None or target.role in {Role.document_web, Role.frame}:
            await self._nothing_focused(t_ms)
            return
        if ref != target.ref:
            self._desk.parts_of[ref] = target.ref
        in_list = target.role == Role.combo and place.chain[0].role in {Role.menu_item, Role.list_item}
        if self._desk.focus is None or self._desk.focus.node.ref != target.ref:
            await self._moved(target.ref, shown, t_ms)
        self._desk.open = self._desk.focus if in_list else None

    async def _moved(self, ref: Ref, shown: Shown, t_ms: int) -> None:
        await self._left(t_ms)
        self._desk.focus = known = await self._describe(ref, shown)
        self._desk.nowhere = False
        self._emit(FocusMoved(t_ms=t_ms, control=known.holding(known.reported)))
        early, known.early = known.early, []
        for told in early:
            self._emit(replace(told, t_ms=t_ms, control=known.control))

    async def _nothing_focused(self, t_ms: int) -> None:
        desk = self._desk
        if len(desk.coming) > 1 or desk.nowhere:
            # A document has the focus for a moment before one of its controls has.
            return
        await self._left(t_ms)
        desk.focus, desk.open, desk.nowhere = None, None, True
        self._emit(FocusMoved(t_ms=t_ms, control=None))

    async def _left(self, t_ms: int) -> None:
        focus = self._desk.focus
        if focus is not None:
            self._desk.before = (focus, t_ms)
            await self._changes.settle(focus, t_ms)

    async def _shown_at(self, place: Place, t_ms: int) -> Shown | None:
        """The page of a place. Another document of the window in front has come to the front with it."""
        if place.window is None:
            return None
        front = self._desk.front
        in_front = front is not None and front.window == place.window
        if place.document is None and in_front and front is not None and front.document is not None:
            return await self._reader.browser_itself(place.window)
        shown = await self._reader.page(place.window, place.document)
        if in_front and front is not None and shown.page != front.page and shown.document is not None:
            await self.show(place.window, t_ms, only_if_new=True)
        return shown

    async def _describe(self, ref: Ref, shown: Shown) -> Known:
        """A control as it is now, but holding what it held before the changes whose signals are still to come."""
        known = await self._reader.describe(ref, shown)
        known.reported = await self._reader.held(known)
        known.text, known.as_of = known.reported[0], self._desk.n_signals
        earlier = self._desk.known.setdefault(ref, known)
        if earlier is not known:
            is_ahead = known.control.role in CHOICES or bool(earlier.early) or ref in self._desk.n_coming
            earlier.renew(known)
            if not is_ahead or earlier.reported == (None, None):
                earlier.reported = known.reported
        return earlier


def _look(known: Known) -> tuple[object, ...]:
    """What makes a field another one, whatever number the bus gave it."""
    control = known.control
    return control.element or control.label, control.role, control.fillable
