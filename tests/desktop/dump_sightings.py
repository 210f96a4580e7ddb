"""
Prints what the accessibility source sees on the desktop of DISPLAY: kinds, ids, roles and times, never a value, a title or a label.

    python -m tests.desktop.dump_sightings [SECONDS] [NAME ...]

NAMEs are the allowlist; without one everything is allowed.
"""

from __future__ import annotations

import sys
import time

from recorder.sources.accessibility import Accessibility
from recorder.sources.base import Control, ControlChanged, FocusMoved, PageShown, PointerHit, PointerPressed, Reacted, Sighting

BEGIN = time.monotonic()


def clock() -> int:
    """Milliseconds since the program began."""
    return int((time.monotonic() - BEGIN) * 1000)


def short(control: Control | None) -> str:
    """A control without anything that somebody wrote."""
    if control is None:
        return "nothing"
    held = "?" if control.value is None and control.filled is None else "filled" if control.filled or control.value else "empty"
    return f"{control.element or '(no id)'}/{control.role}{'' if control.fillable else ' fixed'}{' required' if control.required else ''} {held}"


def line(sighting: Sighting) -> str:
    """A sighting without anything that somebody wrote."""
    match sighting:
        case PageShown(page=page, controls=controls):
            listed = "not listed" if controls is None else f"{len(controls)}: " + ", ".join(short(control) for control in controls)
            return f"{','.join(page.names)} web={page.web} opaque={page.opaque} titled={page.title is not None} [{listed}]"
        case FocusMoved(control=control) | PointerHit(control=control):
            return f"{short(control)} on {control.page.names if control else ''}"
        case ControlChanged(control=control):
            piece = "" if sighting.inserted is None else " with text"
            return f"{short(control)} +{sighting.n_inserted} -{sighting.n_deleted}{piece}"
        case Reacted(pid=pid):
            return str(pid)
        case _:
            return ""


def main() -> None:
    """Watch for a while."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    names = set(sys.argv[2:])
    source = Accessibility(clock, allowed=lambda asked: not names or bool(names & set(asked)))

    def show(sighting: Sighting) -> None:
        print(f"{sighting.t_ms:7d} (+{clock() - sighting.t_ms:3d}) {type(sighting).__name__:15} {line(sighting)}", flush=True)  # noqa: T201

    source.start(show)
    try:
        _press_as_pressed(source, seconds)
    finally:
        source.stop()


def _press_as_pressed(source: Accessibility, seconds: float) -> None:
    from pynput import mouse  # noqa: PLC0415 - needs a display

    def pressed(x: int, y: int, _button: object, down: bool) -> None:  # noqa: FBT001 - pynput calls it
        if down:
            source.locate(PointerPressed(t_ms=clock(), x=int(x), y=int(y)))

    with mouse.Listener(on_click=pressed):
        time.sleep(seconds)


if __name__ == "__main__":
    main()
