"""Put screens and fields into an office, each in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.simulated.office import Field, Screen
from tests.simulated.streams import Stream
from tests.simulated.words import SHOWN, SIZES

__all__ = ["Builder"]


class Builder:
    """Puts screens and fields into an office, each in its place."""

    def __init__(self, draw: Stream) -> None:
        self.draw = draw
        self.screens: list[Screen] = []
        self.fields: dict[str, Field] = {}
        self._left, self._top = draw.whole(430, 560), draw.whole(190, 250)
        self._column, self._row = draw.whole(540, 680), draw.whole(52, 66)

    def screen(self, app: str, name: str, door: str = "", slow: float = 1.0) -> Screen:
        """Add a screen; `door` is the label of its link in the system's menu."""
        n = sum(screen.app == app for screen in self.screens)
        link = Field(app, "", f"menu_{_element(door)}", door, "link", "act", 240 + 150 * n, 110, 120, 26) if door else None
        self.screens.append(Screen(app, name, link, slow))
        return self.screens[-1]

    def field(self, screen: Screen, label: str, role: str, kind: str, content: str | Sequence[tuple[str, float]] = "") -> Field:
        """Add a field: two columns, from the top; its content may be the options of a choice."""
        n = sum((field.app, field.screen) == (screen.app, screen.name) for field in self.fields.values())
        x, y = self._left + self._column * (n % 2), self._top + self._row * (n // 2)
        width, height = SIZES.get(role, (300, 28))
        words, options = (content, ()) if isinstance(content, str) else ("choice", tuple(content))
        made = Field(screen.app, screen.name, _element(label), label, role, kind, x, y, width, height, words, options)
        while made.key in self.fields:
            made = replace(made, element=f"{made.element}_2")
        self.fields[made.key] = made
        return made

    def shown(self, screen: Screen, notation: str) -> Field:
        """Add a read-only field that shows a fact, or give the one there is."""
        for field in self.fields.values():
            if (field.app, field.screen, field.content, field.kind) == (screen.app, screen.name, notation, "read"):
                return field
        return self.field(screen, SHOWN[notation], "entry", "read", notation)


def _element(label: str) -> str:
    return label.casefold().replace("-", "").replace(" ", "_")
