"""
One connection to the X server, and what can be asked of it about windows.

A window may vanish between the event that names it and the question about it. That is no fault: whatever is asked of a window that is gone
answers None, request by request. Only the end of the connection is an error, `ConnectionLost`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from recorder.sources.base import Box, Window
from shadow.errors import CaptureError

__all__ = ["ConnectionLost", "XDisplay", "close_connection"]

# 32-bit words of a property that are read at most: titles and lists of windows are far shorter.
MOST_WORDS: Final = 1 << 16
_Answer = TypeVar("_Answer")


class ConnectionLost(Exception):  # noqa: N818 - it is an event of the desktop, caught by the source that sees it
    """The X server closed the connection, or was ended."""


def close_connection(raw: Any) -> None:  # noqa: ANN401 - python-xlib has no types
    """End a connection of python-xlib, also one that was lost or closed before."""
    try:
        raw.close()
    except Exception as fault:  # noqa: BLE001 - it raises what the socket raised; of a lost connection only the file is left to close
        del fault
    finally:
        raw.display.socket.close()


def _local_name(display: str) -> str:
    """The display by its local way only: python-xlib would otherwise try the network where that fails."""
    if not display:
        raise CaptureError("there is no X display: DISPLAY is not set", "record from within the agent's desktop session")
    host, colon, number = display.removeprefix("unix/").rpartition(":")
    if not colon or host not in {"", "unix"}:
        raise CaptureError("the X display is on another machine", "record on the machine where the agent sits")
    return f"unix/:{number}"


class XDisplay:
    """
    A connection to the X server that DISPLAY names. It serves one thread at a time.

    Raises:

        CaptureError: There is no X server that can be reached.
    """

    def __init__(self) -> None:
        name = _local_name(os.environ.get("DISPLAY", ""))
        from Xlib import display, error

        try:
            self.raw: Any = display.Display(name)
        except (error.DisplayError, error.XauthError, error.XNoAuthError, error.ConnectionClosedError, OSError):
            raise CaptureError(
                "the X display that DISPLAY names does not answer", "record as the user who is logged in there, within that session"
            ) from None
        # The usual handler prints; that of this program is to carry on.
        self.raw.set_error_handler(lambda *_: None)
        # Its RandR extension takes the numbers of the first core errors for its own, and breaks when one of them comes.
        self.raw.display.error_classes.update({1: error.BadRequest, 2: error.BadValue})
        self.root: Any = self.raw.screen().root
        self._atoms: dict[str, int] = {}

    def close(self) -> None:
        """End the connection, also one that was lost."""
        close_connection(self.raw)

    def require(self, extension: str) -> None:
        """
        Make sure of an extension of the server.

        Raises:

            CaptureError: The server does not have it.
        """
        if not self.raw.has_extension(extension):
            self.close()
            raise CaptureError(f"the X server has no {extension} extension", "start the X server with it, or use another session")

    def atom(self, name: str) -> int:
        """The number under which the server knows a name."""
        if name not in self._atoms:
            self._atoms[name] = self._ask(lambda: self.raw.intern_atom(name)) or 0
        return self._atoms[name]

    def window(self, ident: int) -> Any:  # noqa: ANN401 - python-xlib has no types
        """The window of an id, for requests."""
        return self.raw.create_resource_object("window", ident)

    def numbers(self, ident: int, name: str) -> tuple[int, ...]:
        """A property of a window that is a list of numbers; empty if the window is gone or has none."""
        found = self._property(ident, name)
        return tuple(int(number) for number in found.value) if found is not None and found.format == 32 else ()  # noqa: PLR2004 - bits

    def text(self, ident: int, name: str) -> str | None:
        """A property of a window that is a text; None if the window is gone or has none."""
        found = self._property(ident, name)
        if found is None or found.format != 8:  # noqa: PLR2004 - bits
            return None
        raw = found.value if isinstance(found.value, bytes) else bytes(found.value, "latin-1")
        # WM_NAME of type STRING is Latin-1 by the ICCCM.
        return raw.decode("latin-1" if found.property_type == self.atom("STRING") else "utf-8", "replace")

    def active(self) -> int | None:
        """Id of the window in front; None if there is none."""
        found = self.numbers(self.root.id, "_NET_ACTIVE_WINDOW")
        return (found[0] or None) if found else None

    def describe(self, ident: int) -> Window:
        """A window with its names, process and title as far as they are known."""
        return Window(key=ident, names=self.names(ident), pid=self.pid(ident), title=self.title(ident))

    def names(self, ident: int) -> tuple[str, ...]:
        """Class and instance of a window; empty if it has none."""
        raw = self.text(ident, "WM_CLASS") or ""
        instance, _, rest = raw.partition("\0")
        return tuple(dict.fromkeys(name for name in (rest.partition("\0")[0], instance) if name))

    def title(self, ident: int) -> str | None:
        """The title of a window; None if it has none."""
        modern = self.text(ident, "_NET_WM_NAME")
        return modern if modern is not None else self.text(ident, "WM_NAME")

    def pid(self, ident: int) -> int | None:
        """Process of a window: the one that the server sees at the other end, else the one that the program states; None if neither."""
        seen = self._process_seen(ident)
        if seen is not None:
            return seen
        stated = self.numbers(ident, "_NET_WM_PID")
        return (stated[0] or None) if stated else None

    def connection(self, ident: int) -> int:
        """What the windows of one connection to the server have in common."""
        return ident & ~int(self.raw.display.info.resource_id_mask)

    def box(self, ident: int) -> Box | None:
        """Where a window is on the desktop; None if it is gone."""
        shape = self._ask(self.window(ident).get_geometry)
        corner = self._ask(lambda: self.root.translate_coords(ident, 0, 0))
        if shape is None or corner is None:
            return None
        # The server answers where the root's corner is as seen from the window, in signed 16 bits.
        return Box(x=corner.x, y=corner.y, width=shape.width, height=shape.height)

    def shown_above(self, ident: int) -> tuple[Box, ...] | None:
        """Boxes of everything that is shown above a window, lowest first; None if that cannot be known."""
        tree = self._ask(self.root.query_tree)
        top = self._below_root(ident)
        if tree is None or top is None:
            return None
        order = [child.id for child in tree.children]
        if top not in order:
            return None
        above = [other for other in order[order.index(top) + 1 :] if self._is_shown(other)]
        boxes = [self.box(other) for other in above]
        return tuple(box for box in boxes if box is not None)

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """
        A stretch in which requests are sent.

        Raises:

            ConnectionLost: The connection ended within it.
        """
        from Xlib import error

        try:
            yield
        except (error.ConnectionClosedError, OSError, AssertionError) as lost:
            # python-xlib asserts that it has a socket; without one the connection is closed.
            raise ConnectionLost from lost

    def _ask(self, request: Callable[[], _Answer]) -> _Answer | None:
        from Xlib import error

        try:
            return request()
        except error.XError:
            return None

    def _property(self, ident: int, name: str) -> Any:  # noqa: ANN401 - python-xlib has no types
        kind = self.atom(name)
        return self._ask(lambda: self.window(ident).get_full_property(kind, 0, MOST_WORDS))

    def _process_seen(self, ident: int) -> int | None:
        if not self.raw.has_extension("X-Resource"):
            return None
        from Xlib.ext import res

        answer = self._ask(lambda: self.raw.res_query_client_ids([{"client": ident, "mask": res.LocalClientPIDMask}]))
        values = [value for found in (answer.ids if answer else ()) for value in found.value]
        return int(values[0]) if values else None

    def _below_root(self, ident: int) -> int | None:
        """The ancestor of a window that is a child of the root: the frame that the window manager drew around it."""
        tree = self._ask(self.window(ident).query_tree)
        if tree is None or not tree.parent:
            return None
        return ident if tree.parent.id == self.root.id else self._below_root(tree.parent.id)

    def _is_shown(self, ident: int) -> bool:
        from Xlib import X

        state = self._ask(self.window(ident).get_attributes)
        return state is not None and state.map_state == X.IsViewable and state.win_class == X.InputOutput
