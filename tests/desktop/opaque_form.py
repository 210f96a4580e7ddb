"""
A program that shows a window and tells the accessibility bus nothing, as terminal emulators and remote desktops do: what is typed is drawn.

On standard output it says in JSON lines where it is on the screen and how many characters were typed.
"""

from __future__ import annotations

import json
import time
from typing import Final

from Xlib import XK, X, display

PLACE: Final = (1100, 720, 480, 240)
TITLE: Final = "Lager 3270"
WM_CLASS: Final = ("lager", "Lager3270")
LINE: Final = 60


def say(kind: str, **what: object) -> None:
    """One line on standard output."""
    print(json.dumps({"kind": kind, "at": time.monotonic(), **what}), flush=True)  # noqa: T201 - how the test hears it


def main() -> None:
    """Draw what is typed, until the connection ends."""
    connection = display.Display()
    screen = connection.screen()
    x, y, width, height = PLACE
    window = screen.root.create_window(
        *(x, y, width, height, 0, screen.root_depth),
        background_pixel=screen.black_pixel,
        event_mask=X.KeyPressMask | X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask,
    )
    window.set_wm_name(TITLE)
    window.set_wm_class(*WM_CLASS)
    window.set_wm_normal_hints(flags=1, x=x, y=y)  # flags: the place was chosen by the user
    pen = window.create_gc(foreground=0x33FF33, background=screen.black_pixel)
    window.map()
    text = ""
    while True:
        event = connection.next_event()
        if event.type == X.KeyPress:
            symbol = connection.keycode_to_keysym(event.detail, event.state & 1)
            text += chr(symbol) if XK.XK_space <= symbol <= XK.XK_ydiaeresis else ""
            say("event", event="input", element="", length=len(text))
        elif event.type == X.ConfigureNotify:
            corner = window.translate_coords(screen.root, 0, 0)
            say("boxes", boxes={"screen": [-corner.x, -corner.y, event.width, event.height]})
        window.clear_area()
        for row in range(0, len(text) + 1, LINE):
            window.draw_text(pen, 20, 40 + 20 * (row // LINE), text[row : row + LINE].encode("latin-1"))


if __name__ == "__main__":
    main()
