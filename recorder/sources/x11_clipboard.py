"""
Who put something on the clipboard of X11, and what it was where that may be read.

    an owner appears --> which program? --> may it be read? --no--> told without text
                                                 |yes
                                            what forms does it have? --secret, or no text--> told without text
                                                 |text
                                            the text, in one piece or in many --late or long--> told without text
                                                 |
                                            told with its text

The owner answers when it likes, so nothing here waits: each answer is an event, and a deadline ends what does not come. PRIMARY, which
every selection with the mouse takes, is never looked at.

Source: ICCCM 2.0, section 2 (selections, TARGETS, INCR); XFixes 2, SelectSelectionInput.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from recorder.sources.base import ClipboardTaken, Clock, Emit, Window
from recorder.sources.x11_display import XDisplay

__all__ = ["ReadClipboard", "X11Clipboard", "owner_window"]

# Whether the text that a window put on the clipboard may be read; None: nobody knows which window it was.
ReadClipboard = Callable[[Window | None], bool]

# An owner answers in milliseconds; one that has not after this long is busy with something else.
PATIENCE_S: Final = 1.0
# Longer texts are no values of a form.
MOST_BYTES: Final = 1 << 20
MOST_WORDS: Final = MOST_BYTES >> 2
# By this form a password manager says that what it put there is secret.
SECRET: Final = "x-kde-passwordManagerHint"  # noqa: S105 - the name of a form, no secret
TEXTS: Final = ("UTF8_STRING", "STRING")
# Answers are put on these in turn, so that a late one is not taken for that to the question after it.
PLACES: Final = tuple(f"_AGENT_SHADOWING_{number}" for number in range(4))


@dataclass(slots=True)
class _Asked:
    """A question to an owner that is not answered yet."""

    t_ms: int
    owner: Window
    server_time: int
    deadline: float
    place: int
    target: str = "TARGETS"
    pieces: list[bytes] | None = field(default=None, repr=False)


class X11Clipboard:
    """
    The clipboard as seen over one connection; it belongs to the thread that handles the events of that connection.

    Args:

        display: The connection.

        clock: The session's clock.

        read: Whether the text that a window put there may be read.

        emit: Takes the sightings.

        selection: Name of the selection; another than CLIPBOARD is for trials.
    """

    def __init__(self, display: XDisplay, clock: Clock, read: ReadClipboard, emit: Emit, selection: str) -> None:
        self._display = display
        self._clock = clock
        self._read = read
        self._emit = emit
        self._selection = display.atom(selection)
        self._asked: _Asked | None = None
        self._places = itertools.cycle([display.atom(name) for name in PLACES])

    def watch(self) -> None:
        """Ask the server to tell of every owner from now on."""
        from Xlib import X
        from Xlib.ext import xfixes

        raw, root = self._display.raw, self._display.root
        raw.xfixes_query_version()
        # A window of one's own, never shown, that owners put their answers on.
        self._desk = root.create_window(0, 0, 1, 1, 0, 0, X.InputOnly, X.CopyFromParent, event_mask=X.PropertyChangeMask)
        raw.xfixes_select_selection_input(self._desk, self._selection, xfixes.XFixesSetSelectionOwnerNotifyMask)
        self._taken = raw.extension_event.SetSelectionOwnerNotify
        self._answered, self._property_changed, self._new_value = X.SelectionNotify, X.PropertyNotify, X.PropertyNewValue

    def handle(self, event: Any) -> None:  # noqa: ANN401 - python-xlib has no types
        """Take an event of the connection; those about other things are left."""
        if (event.type, getattr(event, "sub_code", None)) == self._taken:
            if event.owner:
                self._take(event)
        elif event.type == self._answered and event.requestor.id == self._desk.id:
            self._take_answer(event)
        elif event.type == self._property_changed and event.window.id == self._desk.id:
            self._take_piece(event)

    def seconds_left(self) -> float | None:
        """Until the deadline of a question; None if there is none."""
        return None if self._asked is None else max(0.0, self._asked.deadline - time.monotonic())

    def give_up_late(self) -> None:
        """Tell without text what was not answered in time."""
        if self.seconds_left() == 0:
            self._tell(None)

    def _take(self, event: Any) -> None:  # noqa: ANN401 - as above
        t_ms = self._clock()
        self._tell(None)  # The owner before this one will not answer any more.
        owner = owner_window(self._display, event.owner.id)
        if not self._read(owner):
            self._emit(ClipboardTaken(t_ms=t_ms, owner=owner))
            return
        self._asked = _Asked(t_ms, owner, event.selection_timestamp, time.monotonic() + PATIENCE_S, next(self._places))
        self._ask("TARGETS")

    def _ask(self, target: str) -> None:
        if self._asked is not None:
            self._asked.target = target
            self._desk.convert_selection(self._selection, self._display.atom(target), self._asked.place, self._asked.server_time)

    def _take_answer(self, event: Any) -> None:  # noqa: ANN401 - as above
        asked = self._asked
        # Answers to a question that was given up come too.
        if asked is None or (event.time, event.target) != (asked.server_time, self._display.atom(asked.target)):
            return
        if event.property not in {asked.place, 0}:
            return
        found = self._answer(asked.place) if event.property else None
        if asked.target == "TARGETS":
            self._choose(tuple(found.value) if found is not None and found.format == 32 else ())  # noqa: PLR2004 - bits
        elif found is None:
            self._tell(None)
        elif found.property_type == self._display.atom("INCR"):
            asked.pieces = []  # Taking the property off, as `_answer` did, asks for the first piece.
        else:
            self._tell(_content(found))

    def _choose(self, forms: tuple[int, ...]) -> None:
        """Ask for the text; not at all if it is secret or there is none."""
        has = {name for name in (SECRET, *TEXTS) if self._display.atom(name) in forms}
        text = next((name for name in TEXTS if name in has), None)
        if SECRET in has or text is None:
            self._tell(None)
        else:
            self._ask(text)

    def _take_piece(self, event: Any) -> None:  # noqa: ANN401 - as above
        asked = self._asked
        if asked is None or asked.pieces is None or (event.atom, event.state) != (asked.place, self._new_value):
            return
        piece = _content(self._answer(asked.place))
        if piece:
            asked.pieces.append(piece)
            if sum(map(len, asked.pieces)) > MOST_BYTES:
                self._tell(None)
        else:
            self._tell(b"".join(asked.pieces) if piece is not None else None)

    def _answer(self, place: int) -> Any:  # noqa: ANN401 - as above
        """What the owner put on the desk, taken off it."""
        from Xlib import X, error

        try:
            return self._desk.get_property(place, X.AnyPropertyType, 0, MOST_WORDS, delete=True)
        except error.XError:
            return None

    def _tell(self, content: bytes | None) -> None:
        """Tell of the question in hand, if there is one, and be done with it."""
        asked, self._asked = self._asked, None
        if asked is not None:
            known = content is not None and len(content) <= MOST_BYTES
            text = content.decode("latin-1" if asked.target == "STRING" else "utf-8", "replace") if known and content is not None else None
            self._emit(ClipboardTaken(t_ms=asked.t_ms, owner=asked.owner, text=text))


def owner_window(display: XDisplay, ident: int) -> Window:
    """
    The window that a person would say something was copied from.

    The owner of a selection is often a helper that is never shown. The program's window is, best known first: one on the same connection to
    the server, one of the same process, what the helper itself or its leader is called. Only where not even the process is known, which
    does not happen on the machine's own display, it is the window in front.

    Args:

        display: The connection to ask over.

        ident: Id of the owner.
    """
    front = display.active()
    shown = (front, *reversed(display.numbers(display.root.id, "_NET_CLIENT_LIST_STACKING")))
    windows = [window for window in shown if window is not None]
    pid = display.pid(ident)
    near = [window for window in windows if display.connection(window) == display.connection(ident)]
    near += [window for window in windows if pid is not None and display.pid(window) == pid]
    if near:
        return display.describe(near[0])
    leader = display.numbers(ident, "WM_CLIENT_LEADER")
    names = display.names(ident) or (display.names(leader[0]) if leader else ())
    if not names and pid is None and front is not None:
        return display.describe(front)
    return Window(key=ident, names=names, pid=pid)


def _content(found: Any) -> bytes | None:  # noqa: ANN401 - as above
    """The bytes of a property; None if it is none, or not of bytes, or longer than is read."""
    if found is None or found.format != 8 or found.bytes_after:  # noqa: PLR2004 - bits
        return None
    return found.value if isinstance(found.value, bytes) else str(found.value).encode("latin-1")
