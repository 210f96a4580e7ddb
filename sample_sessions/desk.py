"""
One agent's desk during one case: the clock, the pointer, what is on the screens, and the rows a recorder would have logged.

    gesture -> time passes on the clock, the pointer moves -> rows

A row is logged when something happens; the `change` of a typed field once its text has rested for REST_S or the agent has gone on.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Final, NamedTuple

from timing import (
    GLANCE_MEAN_S,
    GLANCE_SD_LN,
    KEY_SD_LN,
    POINTING_SD_LN,
    RESPONSES,
    THOUGHTS,
    Agent,
    Box,
    Stream,
    box,
    door_box,
    option_box,
    pointing_s,
)
from world import CHOICES, FIELDS, QUEUE, Field, Place, form

REST_S: Final = 0.2
PRESS_S: Final = 0.09
GAP_DROP_S: Final = 120.0


class Detail(NamedTuple):
    """What a row says beside its target; empty where the recorder cannot tell."""

    value: str = ""
    state: str = ""
    keys: int | None = None
    at: tuple[int, int] | None = None
    note: str = ""
    elements: str = ""


class Row(NamedTuple):
    """One row of the log; `t` in seconds since the case, or the time between two cases, began."""

    t: float
    action: str
    app: str
    screen: str
    field: Field | None
    detail: Detail


NOTHING: Final = Detail()


class Desk:
    """
    The desk at the start of a case: the helpdesk is in front, the pointer is where the last ticket was closed.

    Args:

        who: The agent.

        case: Which of the agent's cases, from 0; practice makes later ones a little faster.

        shown: What the read-only fields show in this case, by field.

        screens: The screen each system was left on.
    """

    def __init__(self, who: Agent, case: int, shown: Mapping[str, str], screens: Mapping[str, str]) -> None:
        self.who = who
        self.tempo = who.tempo(case)
        self.shown = shown
        self.entered: dict[str, str] = {}
        self.screens = dict(screens)
        self.app = QUEUE.app
        self.clock = 0.0
        self.pointer = box(FIELDS["Helpdesk.close_ticket"])[:2]
        self.focused: Field | None = None
        self.rows: list[Row] = []
        self.facts: Counter[tuple[str, ...]] = Counter()
        self.draw = Stream("idle")
        self._resting: Row | None = None

    # --- the log ---------------------------------------------------------------------------------------------------

    def log(self, action: str, field: Field | None = None, detail: Detail = NOTHING) -> None:
        """Write down what happens now, after any change that came to rest before."""
        if self._resting:
            self.rows.append(self._resting._replace(t=min(self._resting.t + REST_S, self.clock)))
            self._resting = None
        self.rows.append(Row(self.clock, action, self.app, self.screens[self.app], field, detail))

    def rest(self, field: Field, text: str) -> None:
        """Let a typed text come to rest: its change is logged a little later."""
        self._resting = Row(self.clock, "change", self.app, self.screens[self.app], field, Detail(value=text))

    def content(self, field: Field) -> Detail:
        """What a recorder can tell of a field: its value, or that it is empty; nothing of a button."""
        if field.kind == "act":
            return NOTHING
        contents = self.shown if field.kind == "read" else self.entered
        value = contents.get(f"{field.app}.{field.element}", "")
        return Detail(value=value) if value else Detail(state="empty")

    def wall_s(self) -> float:
        """Wall-clock seconds from the first to the last row; a gap above GAP_DROP_S counts for nothing."""
        gaps = (after.t - before.t for before, after in pairwise(self.rows))
        return sum(gap for gap in gaps if gap <= GAP_DROP_S)

    # --- head and hands --------------------------------------------------------------------------------------------

    def think(self, kind: str) -> None:
        """Let the agent think; kinds are the keys of THOUGHTS."""
        self.clock += self.draw.exgauss(*THOUGHTS[kind]) * self.tempo

    def glance(self) -> None:
        """Look over a field that came filled."""
        self.clock += self.draw.lognormal(GLANCE_MEAN_S * math.exp(-(GLANCE_SD_LN**2) / 2), GLANCE_SD_LN) * self.who.pace

    def wait(self, system: str) -> None:
        """Wait for a system to answer; no agent is faster at that than another."""
        self.clock += self.draw.lognormal(*RESPONSES[system])

    def point(self, target: Box) -> None:
        """Move the pointer into a box."""
        self.clock += pointing_s(self.who, self.pointer, target) * self.tempo * self.draw.lognormal(1.0, POINTING_SD_LN)
        self.pointer = (
            round(self.draw.normal(target.x, target.width / 8)),
            round(self.draw.normal(target.y, target.height / 8)),
        )

    def keys(self, n: int) -> None:
        """Press n keys."""
        for _ in range(n):
            self.clock += self.draw.lognormal(self.who.key_s, KEY_SD_LN)

    # --- going somewhere -------------------------------------------------------------------------------------------

    def switch(self, app: str) -> None:
        """Bring another system to the front with the keyboard."""
        self.think("go")
        self.keys(2)
        self.app, self.focused = app, None
        self.wait("window")
        self.log("switch")

    def navigate(self, place: Place) -> None:
        """Go to a screen of the system in front through its menu."""
        self.think("go")
        self.click(Field(place.app, "", place.door or "", place.label, "link", "act"), door_box(place))
        self.open(place)

    def open(self, place: Place) -> None:
        """Wait until a screen is there."""
        self.wait(place.app)
        self.screens[place.app], self.focused = place.screen, None
        elements = form(place)
        self.log("screen", None, Detail(elements=json.dumps(elements, separators=(",", ":")) if elements else ""))

    def open_row(self, grid: str, place: Place) -> None:
        """Double-click the wanted row of a grid and wait for the screen behind it."""
        field = FIELDS[grid]
        around = box(field)
        self.think("find")
        self.click(field, around._replace(y=around.y + 30 * self.draw.whole(1, 6)))
        self.clock += 0.10 + 0.08 * self.draw.share()
        self.press(field)
        self.facts["grid double click", grid] += 1
        self.open(place)

    # --- fields ----------------------------------------------------------------------------------------------------

    def focus(self, field: Field) -> None:
        """Put the focus into a field, if it is not there."""
        if self.focused != field:
            self.log("focus", field, self.content(field))
            self.focused = field

    def click(self, field: Field, target: Box | None = None) -> None:
        """Point at a field, or at a part of it, and press."""
        self.point(target or box(field))
        self.press(field)

    def press(self, field: Field) -> None:
        """Press where the pointer is: the focus comes first, then the click."""
        self.focus(field)
        self.clock += PRESS_S
        content = self.content(field)
        self.log("click", field, Detail(state=content.state or ("filled" if content.value else ""), at=self.pointer))

    def look(self, name: str, thought: str) -> None:
        """Read a field, with a click into it as people do who follow with the mouse."""
        self.think("find")
        self.click(FIELDS[name])
        self.think(thought)

    def tab(self, name: str) -> None:
        """Come to a field with the Tab key."""
        self.keys(1)
        self.focus(FIELDS[name])
        self.think("go")

    def type_text(self, name: str, text: str, n: int) -> None:
        """Type n keys into the focused field, which then holds the text: one row for the first key, one for the others."""
        self.entered[name] = text
        for keys in (1, n - 1):
            self.keys(keys)
            self.log("input", FIELDS[name], Detail(state="filled", keys=keys))
        self.rest(FIELDS[name], text)

    def enter(self, name: str, text: str, *, typo: bool = False) -> None:
        """Click into a field and type; a typo is a wrong last character, seen after a while, and the text typed again."""
        self.think("find")
        self.click(FIELDS[name])
        self.think("go")
        if typo:
            self.type_text(name, text[:-1] + chr(ord(text[-1]) ^ 1), len(text))
            self.think("check")
            self.facts["correction", name] += 1
        self.type_text(name, text, len(text) + 2 * typo)

    def write(self, name: str, sentences: list[str]) -> None:
        """Click into a field and write freely: a thought and a row of input for each sentence."""
        self.think("find")
        self.click(FIELDS[name])
        for words in sentences:
            self.think("compose")
            self.keys(len(words))
            self.entered[name] = " ".join((self.entered.get(name, ""), words)).strip()
            self.log("input", FIELDS[name], Detail(state="filled", keys=len(words)))
        self.rest(FIELDS[name], self.entered[name])

    def choose(self, name: str, value: str, thought: str) -> None:
        """Choose from a list, opened with a click, or one of the radio buttons."""
        field = FIELDS[name]
        self.think("find")
        if field.role == "combo":
            self.click(field)
        self.think(thought)
        self.point(option_box(field, list(CHOICES[name]).index(value)))
        self.focus(field)
        self.clock += PRESS_S
        self.entered[name] = value
        self.log("select", field, Detail(value=value, at=self.pointer))

    def copy(self, name: str) -> None:
        """Select a field's value with the mouse and copy it."""
        self.think("find")
        self.click(FIELDS[name])
        self.clock += self.draw.lognormal(0.38, 0.25) * self.tempo
        self.keys(2)
        self.log("copy", FIELDS[name], self.content(FIELDS[name])._replace(keys=2))

    def paste(self, name: str, after: str, *, add: bool = False) -> None:
        """Click into a field and paste, after a blank if it is to be added; `after` is what the field holds then, as the form writes it."""
        self.think("go")
        self.click(FIELDS[name])
        if add:
            self.keys(1)
            self.log("input", FIELDS[name], Detail(state="filled", keys=1))
        self.keys(2)
        self.entered[name] = after
        self.log("paste", FIELDS[name], Detail(value=after, keys=2))

    def submit(self, name: str, clicks: int = 1) -> None:
        """Press a form's button: once, or in a burst while a slow system does not show that it has heard."""
        field = FIELDS[name]
        self.think("go")
        self.click(field)
        for _ in range(clicks - 1):
            self.clock += min(max(self.draw.lognormal(0.40, 0.25), 0.2), 0.8)
            self.pointer = (self.pointer[0] + self.draw.whole(-2, 2), self.pointer[1] + self.draw.whole(-2, 2))
            self.press(field)
        if clicks > 1:
            self.facts["burst", name] += 1
            self.facts["burst click", name] += clicks
            self.wait("slow save")
        self.clock += 0.02
        self.log("submit", field)
