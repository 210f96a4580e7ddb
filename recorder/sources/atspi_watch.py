"""
From the signals of the accessibility bus to sightings.

    signal -> taken down at once, with its time -> one queue -> asked about, in order -> sighting

A signal is only noted when it arrives, so that its time is right and none is missed. What it means takes calls, which the one worker
makes in the order of the signals. What lies under the pointer is asked at once, beside the queue: a press may change the page.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from recorder.sources.atspi_bus import BusFault, Ref
from recorder.sources.atspi_buttons import shown_controls
from recorder.sources.atspi_changes import Changes, Edit, page_beside
from recorder.sources.atspi_controls import Reader
from recorder.sources.atspi_desk import Desk, Queue, Reactions
from recorder.sources.atspi_front import Front
from recorder.sources.base import Clock, Control, Emit, PointerHit, PointerPressed

if TYPE_CHECKING:
    from dbus_fast import Message

__all__ = ["Watch"]

# The title of a page comes before the rest of it.
TITLE_S: Final = 0.04
# Parts of a page come in bursts; without an end of them it is read anyway.
PARTS_S: Final = 0.15
PARTS_AT_MOST_S: Final = 0.6
QUIET_S: Final = 0.4
QUIET_AT_MOST_S: Final = 3.0


class Watch:
    """
    Takes signals and presses.

    Args:

        reader: Reads the bus.

        emit: Takes the sightings.

        clock: The session's clock.

        ignore_pids: Processes of the recorder itself, which are not watched.
    """

    def __init__(self, reader: Reader, emit: Emit, clock: Clock, *, ignore_pids: Callable[[], set[int]]) -> None:
        self._reader = reader
        self._emit = emit
        self._clock = clock
        self._ignore_pids = ignore_pids
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._parts_since = 0.0
        self._closed = False
        self._busy_s = 0.0
        self._desk = Desk()
        self._queue = Queue()
        self._react = Reactions(reader, emit, self._queue, ignore_pids).saw
        self._changes = Changes(reader, emit, clock, desk=self._desk, queue=self._queue, react=self._react)
        self._front = Front(reader, emit, desk=self._desk, queue=self._queue, changes=self._changes, ignore_pids=ignore_pids)

    async def begin(self) -> None:
        """
        Say which page is in front and what has the focus there.

        Raises:

            BusFault: The bus does not say who is on it.
        """
        await self._front.begin(self._clock)

    async def run(self) -> None:
        """Follow what happens, until cancelled."""
        await self._queue.run()

    def close(self) -> None:
        """Say nothing more, and let nothing be done later."""
        self._closed = True
        self._queue.close()
        for task in self._tasks:
            task.cancel()

    async def quiet(self) -> None:
        """
        Return once nobody has written anywhere for a moment, or soon in any case.

        Chromium dies if the last of those who listen to it leaves while somebody types in it: seen with version 156 at the first to the
        fifteenth attempt, and never in 300 attempts in a quiet moment.
        """
        end = self._loop.time() + QUIET_AT_MOST_S
        while (rest := min(self._busy_s + QUIET_S, end) - self._loop.time()) > 0:  # noqa: ASYNC110 - for something not to happen
            await asyncio.sleep(rest)

    # Signals: taken down, nothing asked

    def on_signal(self, message: Message) -> None:
        """Take down a signal."""
        body = message.body
        owner, path, member = message.sender, message.path, message.member
        if path is None or len(body) < 4 or self._is_own(owner):  # noqa: PLR2004 - kind, two numbers, a thing
            return
        if member in {"TextChanged", "Activate", "Deactivate"} or body[0] == "focused":
            self._busy_s = self._loop.time()
        if not self._closed:
            self._desk.n_signals += 1
            self._take_down((owner, path), self._clock(), member, body)

    def _take_down(self, ref: Ref, t_ms: int, member: str | None, body: list[Any]) -> None:
        if member == "TextChanged":
            self._on_text(ref, t_ms, body)
        elif member == "StateChanged":
            self._on_state(ref, t_ms, str(body[0]), on=bool(body[1]))
        elif member == "SelectionChanged":
            self._on_choice(ref, t_ms)
        elif member in {"PropertyChange", "ChildrenChanged"}:
            self._on_part(ref, t_ms, str(body[0]))
        else:
            self._on_window(ref, t_ms, member)

    def _on_window(self, ref: Ref, t_ms: int, member: str | None) -> None:
        if member == "Activate":
            self._queue.put(partial(self._front.activated, ref, t_ms))
        elif member == "Deactivate":
            self._queue.put(partial(self._front.deactivated, ref, t_ms))
        elif member == "LoadComplete":
            self._react(ref[0], t_ms)
            self._queue.put(partial(self._front.loaded, ref, t_ms))

    def _is_own(self, owner: str) -> bool:
        program = self._reader.known_program(owner)
        return program is not None and program.pid in self._ignore_pids()

    def _on_text(self, ref: Ref, t_ms: int, body: list[Any]) -> None:
        desk = self._desk
        known = desk.at(ref)
        if known is None and ref not in desk.coming:
            # A field that appears with its text: the form is listed anew, and tells it.
            self._react(ref[0], t_ms)
            if desk.shows(ref[0]):
                self._on_parts(t_ms)
            return
        # The text is taken only from what is known to be no password, in a place that may be read.
        may_read = self._reader.values and known is not None and not known.secret
        piece = str(getattr(body[3], "value", "")) if may_read else None
        edit = Edit(str(body[0]).startswith("insert"), int(body[1]), int(body[2]), piece, desk.n_signals)
        if self._queue.put(partial(self._changes.text, ref, t_ms, edit)):
            desk.n_coming[ref] += 1

    def _on_state(self, ref: Ref, t_ms: int, state: str, *, on: bool) -> None:
        known = self._desk.at(ref)
        if state == "focused" and on:
            if self._queue.put(partial(self._front.focused, ref, t_ms)):
                self._desk.coming.add(ref)
        elif state == "focused":
            if known is not None and known.changed:
                self._queue.put(partial(self._changes.settle, known, t_ms))
        elif state in {"checked", "selected"}:
            self._on_choice(ref, t_ms)
        else:
            self._react(ref[0], t_ms)
            if state == "expanded":
                self._desk.open = known if on else None

    def _on_choice(self, ref: Ref, t_ms: int) -> None:
        self._react(ref[0], t_ms)
        if self._desk.at(ref) is not None or (ref not in self._desk.dull and self._desk.shows(ref[0])):
            self._queue.put(partial(self._changes.chosen, ref))

    def _on_part(self, ref: Ref, t_ms: int, what: str) -> None:
        self._react(ref[0], t_ms)
        if what == "accessible-value" or (what == "accessible-name" and self._desk.at(ref) is not None):
            self._on_choice(ref, t_ms)
        front = self._desk.front
        if front is None or ref[0] != front.window[0]:
            return
        if what == "accessible-name" and ref in {front.window, front.document}:
            self._queue.later("title", TITLE_S, partial(self._front.refresh, t_ms))
        elif what in {"add", "remove"}:
            self._on_parts(t_ms)

    def _on_parts(self, t_ms: int) -> None:
        now = self._loop.time()
        if not self._queue.waits("parts"):
            self._parts_since = now
        rest = min(PARTS_S, max(0.0, self._parts_since + PARTS_AT_MOST_S - now))
        self._queue.later("parts", rest, partial(self._front.refresh, t_ms))

    async def shown_controls(self) -> tuple[Control, ...] | None:
        """The buttons of the web page in front and the boxes of all else there; None in any doubt."""
        n_signals = self._desk.n_signals
        controls = await shown_controls(self._reader, self._desk)
        return controls if n_signals == self._desk.n_signals and not self._queue.waits("parts") else None

    # The pointer

    def locate(self, press: PointerPressed) -> None:
        """Ask at once what lies under the pointer, and read what is being written before it goes."""
        task = self._loop.create_task(self._hit(press))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        focus = self._desk.focus
        if focus is not None and focus.changed:
            self._queue.put(partial(self._changes.settle, focus, press.t_ms))

    async def _hit(self, press: PointerPressed) -> None:
        try:
            control = await self._under(press)
        except BusFault:
            control = None
        self._emit(PointerHit(t_ms=press.t_ms, x=press.x, y=press.y, control=control))

    async def _under(self, press: PointerPressed) -> Control | None:
        front, opened = self._desk.front, self._desk.open
        if front is None:
            return None
        if opened is not None and opened.control.role == "combo" and not opened.node.editable:
            # Its list lies above everything, and does not say so.
            return opened.control
        ref = await self._reader.under(front.window, press.x, press.y)
        if ref is None:
            return None
        place = await self._reader.place(ref, front)
        shown = await page_beside(self._reader, front, place)
        if not shown.allowed:
            return None
        target = await self._reader.hit(place, web=shown.page.web)
        return None if target is None else (await self._reader.describe(target.ref, shown)).control
