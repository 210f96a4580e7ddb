"""What controls hold: followed letter by letter, and read when they come to rest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from recorder.sources.atspi_bus import BusFault, Ref
from recorder.sources.atspi_controls import Known, Reader
from recorder.sources.atspi_desk import Desk, Queue
from recorder.sources.atspi_pages import Place, Shown
from recorder.sources.atspi_values import EMBEDDED
from recorder.sources.atspi_words import Role, edited
from recorder.sources.base import Clock, ControlChanged, Emit

__all__ = ["CHOICES", "Changes", "Edit", "page_beside"]

# A control is at rest when nothing came for so long.
REST_S: Final = 0.15
# A choice is made at once; only its several signals are waited for.
CHOICE_S: Final = 0.03

CHOICES: Final = frozenset({"check", "radio", "combo", "date", "other"})


class Edit(NamedTuple):
    """
    An insertion or a deletion.

    Args:

        came: Whether it was an insertion.

        at: Where.

        length: Of how many characters.

        piece: Which; None where they may not be read.

        number: Number of its signal.
    """

    came: bool
    at: int
    length: int
    piece: str | None
    number: int


class Changes:
    """
    Says what becomes of controls.

    Args:

        reader: Reads the bus.

        emit: Takes the sightings.

        clock: The session's clock.

        desk: What is known.

        queue: What there is to do.

        react: Told of a program that showed something.
    """

    def __init__(  # noqa: PLR0913 - what it is made of
        self, reader: Reader, emit: Emit, clock: Clock, *, desk: Desk, queue: Queue, react: Callable[[str, int], None]
    ) -> None:
        self._reader = reader
        self._emit = emit
        self._clock = clock
        self._desk = desk
        self._queue = queue
        self._react = react

    async def text(self, ref: Ref, t_ms: int, edit: Edit) -> None:
        """A text was changed, by a person or by the page."""
        desk = self._desk
        desk.n_coming[ref] -= 1
        if not desk.n_coming[ref]:
            del desk.n_coming[ref]
        known = desk.at(ref)
        if known is None:
            return
        if known.control.role in CHOICES and not known.node.editable:
            await self.chosen(ref)
        elif known is desk.focus or desk.front is None or desk.front.page.web == known.control.page.web:
            # Else a browser wrote the address of the page into its own bar.
            self._edited(known, ref, t_ms, edit)

    def _edited(self, known: Known, ref: Ref, t_ms: int, edit: Edit) -> None:
        if edit.number > known.as_of and known.text is not None:
            fits = edit.piece is not None and ref == known.node.ref
            known.text = edited(known.text, edit.at, edit.length, edit.piece or "", came=edit.came) if fits else None
        known.changed = True
        self._queue.later(known, REST_S, partial(self._at_rest, known))
        told = _told(known, t_ms, edit)
        if self._desk.is_written(known, t_ms):
            self._emit(told)
            return
        # The page writes, and what comes of it is read once; or a person does, and the signal of the focus comes after that of the text.
        known.early.append(told)
        self._react(ref[0], t_ms)

    async def chosen(self, ref: Ref) -> None:
        """Something was ticked, selected or set."""
        known = self._desk.at(ref) or await self._find(ref)
        if known is None:
            self._desk.dull.add(ref)
        elif known.control.role in CHOICES or known.node.role == Role.spin:
            known.changed = True
            has_parts = known.node.role == Role.date or known.node.editable
            self._queue.later(known, REST_S if has_parts else CHOICE_S, partial(self._at_rest, known))

    async def _find(self, ref: Ref) -> Known | None:
        """The known control that something belongs to."""
        place = await self._reader.place(ref, self._desk.front)
        shown = await page_beside(self._reader, self._desk.front, place)
        target = await self._reader.target(place) if shown.allowed else None
        if target is None or target.ref not in self._desk.known:
            return None
        self._desk.parts_of[ref] = target.ref
        return self._desk.known[target.ref]

    async def _at_rest(self, known: Known) -> None:
        await self.settle(known, self._clock())

    async def settle_all(self, t_ms: int) -> None:
        """Report whatever changed, before it goes."""
        for known in [known for known in self._desk.known.values() if known.changed]:
            await self.settle(known, t_ms)

    async def settle(self, known: Known, t_ms: int) -> None:
        """Report what a control holds, now that it is at rest or left."""
        if not known.changed:
            return
        known.changed = False
        known.early.clear()
        self._queue.not_later(known)
        try:
            held = await self._reader.held(known)
        except BusFault:
            held = (known.text, None) if self._reader.values else (None, None)
        else:
            known.text, known.as_of = held[0], self._desk.n_signals
        written = known.control.role not in CHOICES and self._desk.is_written(known, t_ms)
        if held != (None, None) and (written or held != known.reported):
            self._emit(ControlChanged(t_ms=t_ms, control=known.holding(held)))


async def page_beside(reader: Reader, front: Shown | None, place: Place) -> Shown:
    """
    The page of a place that is looked at without a change of what is in front.

    Raises:

        BusFault: It is gone.
    """
    if place.window is None:
        raise BusFault
    if front is not None and front.window == place.window:
        if place.document == front.document:
            return front
        if place.document is None:
            return await reader.browser_itself(place.window)
    return await reader.page(place.window, place.document)


def _told(known: Known, t_ms: int, edit: Edit) -> ControlChanged:
    # A paragraph that was added to a text is told letter by letter besides.
    length = 0 if edit.piece == EMBEDDED else edit.length
    inserted = edit.piece if edit.came and length and not known.secret else None
    return ControlChanged(
        t_ms=t_ms,
        control=known.control,
        n_inserted=length if edit.came else 0,
        n_deleted=0 if edit.came else length,
        inserted=inserted,
    )
