"""The programs of the desktop that are no web systems, and what they say of themselves."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from tests.desktop.desktop import Desktop, until
from tests.desktop.websites import Box, Observed

__all__ = ["NOTES_TEXT", "Program", "start_notes", "start_opaque"]

HERE: Final = Path(__file__).resolve().parent
SYSTEM_PYTHON: Final = "/usr/bin/python3"
NOTES_TEXT: Final = "note-text"


class Program:
    """
    A program that says in JSON lines on its output where its fields are and what happens in them.

    Attributes:

        name: What the window system calls it, and the accessibility bus where it is there.

        title: Of its window.

        window: Id of its window.
    """

    def __init__(self, desktop: Desktop, name: str, title: str, *command: str) -> None:
        self.name = name
        self.title = title
        self._boxes: dict[str, Box] = {}
        self._events: list[Observed] = []
        self._lock = threading.Lock()
        self.process = desktop.spawn(*command, name=name, stdout=subprocess.PIPE, text=True, encoding="utf-8")
        self._thread = threading.Thread(target=self._listen, name=f"what {name} says", daemon=True)
        self._thread.start()
        self.window = until(lambda: next((one.window for one in desktop.windows() if one.title == title), None), f"the window of {name}")

    def _listen(self) -> None:
        for line in self.process.stdout:
            self._take(json.loads(line))

    def _take(self, said: dict[str, Any]) -> None:
        with self._lock:
            if said["kind"] == "boxes":
                self._boxes = {name: Box(*box) for name, box in said["boxes"].items()}
                return
            value = said.get("value")
            seen = Observed(
                *("", len(self._events), "", said["event"], said["element"], said["at"], value, said.get("checked")),
                trusted=True,
                length=said.get("length", len(value or "")),
            )
            self._events.append(seen)

    def box(self, element: str) -> Box:
        """Where a field is, as soon as it is shown."""
        return until(lambda: self._boxes.get(element), f"{element} of {self.name}")

    def events(self, *kinds: str) -> list[Observed]:
        """What happened in its fields, oldest first."""
        with self._lock:
            return [one for one in self._events if not kinds or one.event in kinds]

    def value(self, element: str) -> str | None:
        """What a field held when it last changed."""
        return next((one.value for one in reversed(self.events("input", "change")) if one.element == element), None)


def start_notes(desktop: Desktop) -> Program:
    """Start the notes program, and wait for its fields."""
    notes = Program(desktop, "kladde", "Kladde", SYSTEM_PYTHON, str(HERE / "native_form.py"))
    notes.box(NOTES_TEXT)
    return notes


def start_opaque(desktop: Desktop) -> Program:
    """Start the program that the accessibility bus cannot see, and wait for its window."""
    program = Program(desktop, "lager", "Lager 3270", sys.executable, str(HERE / "opaque_form.py"))
    program.box("screen")
    return program
