"""
One agent's desk during a part of a case: the pointer, what is on the screens, and the gestures of a head and two hands.

    gesture -> time passes on the clock, the pointer moves -> rows, signals
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from tests.simulated.office import Field, Office, Screen
from tests.simulated.recording import NOTHING, REST_S, Recording
from tests.simulated.streams import Stream
from tests.simulated.timing import GLANCE_MEAN_S, GLANCE_SD_LN, KEY_SD_LN, POINTING_SD_LN, THOUGHTS, Agent

__all__ = ["Desk"]

TYPED: Final = ("", "filled")  # a key press shows no value
PRESS_S: Final = 0.09
CHORD: Final = 1.3  # of the time between two keys
GLANCE_MEDIAN_S: Final = GLANCE_MEAN_S * math.exp(-(GLANCE_SD_LN**2) / 2)


class Desk(Recording):
    """
    The desk at the start of a part of a case: the queue is in front.

    Args:

        office: The office.

        who: The agent.

        tempo: Their pace in this part.

        shown: What every read-only field shows, by key.

        entered: What has been entered in this case, by key; it is added to.
    """

    def __init__(self, office: Office, who: Agent, tempo: float, shown: Mapping[str, str], entered: dict[str, str]) -> None:
        super().__init__(office.queue.app, office.left_on)
        self.office, self.who, self.tempo = office, who, tempo
        self.shown, self.entered = shown, entered
        self.act = tempo
        self.pointer = (office.close.submit.x, office.close.submit.y)
        self.focused: Field | None = None

    def begin(self, name: str) -> None:
        """Begin a step, or a part of the way to it, with random numbers of its own."""
        self.draw = Stream(name)

    def begin_act(self, name: str) -> None:
        """Begin an act of one or more steps: equal acts differ, now it goes well and now it does not."""
        self.act = Stream(name).lognormal(self.tempo, self.who.act_sd_ln)

    def content(self, field: Field) -> tuple[str, str]:
        """Value and state as a recorder can tell them; nothing of a button."""
        if field.kind == "act":
            return NOTHING
        value = (self.shown if field.kind == "read" else self.entered).get(field.key, "")
        return value, "filled" if value else "empty"

    # --- head and hands --------------------------------------------------------------------------------------------

    def think(self, kind: str) -> None:
        """Let the agent think; kinds are the keys of THOUGHTS."""
        self.clock += self.draw.exgauss(*THOUGHTS[kind]) * self.act

    def glance(self) -> None:
        """Look over a field that came filled."""
        self.clock += self.draw.lognormal(GLANCE_MEDIAN_S, GLANCE_SD_LN) * self.who.pace

    def wait(self, system: str, times: float = 1.0) -> None:
        """Wait for a system to answer; no agent is faster at that than another."""
        self.clock += self.draw.lognormal(*self.office.responses[system]) * times

    def point(self, x: int, y: int, width: int, height: int) -> None:
        """
        Move the pointer into a box.

        Source: Fitts' law in Shannon's form, a + b log2(D/W + 1), with W the smaller side (MacKenzie 1992, HCI 7:91-139).
        """
        distance = math.hypot(x - self.pointer[0], y - self.pointer[1])
        bits = math.log2(distance / min(width, height) + 1)
        self.clock += (self.who.fitts_a_s + self.who.fitts_b_s * bits) * self.draw.lognormal(self.act, POINTING_SD_LN)
        self.pointer = round(self.draw.normal(x, width / 8)), round(self.draw.normal(y, height / 8))

    def keys(self, n: int) -> None:
        """Press n keys."""
        normal, median = self.draw.normal, self.who.key_s
        self.clock += median * sum(math.exp(normal(0.0, KEY_SD_LN)) for _ in range(n))

    def chord(self) -> None:
        """Press two keys together, such as Ctrl and C."""
        self.clock += CHORD * self.draw.lognormal(self.who.key_s, KEY_SD_LN)

    # --- going somewhere -------------------------------------------------------------------------------------------

    def go(self, screen: Screen, name: str) -> None:
        """Get to a screen, as far as the desk is not there; each part of the way has numbers of its own, named after the step."""
        if self.app != screen.app:
            self.begin(f"{name}/switch")
            self.switch(screen.app)
        if self.screens[self.app] != screen.name:
            self.begin(f"{name}/menu")
            self.navigate(screen)

    def switch(self, app: str) -> None:
        """Bring another system to the front with the keyboard."""
        self.think("go")
        self.chord()
        self.app, self.focused = app, None
        self.wait("(window)")
        self.log("switch")

    def navigate(self, screen: Screen) -> None:
        """Go to a screen of the system in front through its menu."""
        self.think("go")
        if screen.door:
            self.click(screen.door)
        self.open(screen)

    def open(self, screen: Screen) -> None:
        """Wait until a screen is there."""
        self.wait(screen.app, screen.slow)
        self.screens[screen.app], self.focused = screen.name, None
        self.log("screen")
        self.answered()

    def open_row(self, grid: Field, screen: Screen) -> None:
        """Double-click the wanted row of a grid and wait for the screen behind it."""
        self.think("find")
        self.click(grid, down=30 * self.draw.whole(1, 6))
        self.clock += self.draw.between(0.10, 0.18)
        self.press(grid)
        self.signal("double_click", grid)
        self.open(screen)

    # --- fields ----------------------------------------------------------------------------------------------------

    def focus(self, field: Field) -> None:
        """Put the focus into a field, if it is not there; back in a field already filled is a return."""
        if self.focused is not field:
            self.log("focus", field, self.content(field))
            self.focused = field
            if field.kind in {"fill", "must"} and self.entered.get(field.key):
                self.signal("return", field)

    def click(self, field: Field, down: int = 0) -> None:
        """Point at a field, or so many pixels below its middle, and press."""
        self.point(field.x, field.y + down, field.width, field.height)
        self.press(field)

    def press(self, field: Field) -> None:
        """Press where the pointer is: the focus comes first, then the click."""
        self.focus(field)
        self.clock += PRESS_S
        self.log("click", field, ("", self.content(field)[1]), at=self.pointer)

    def look(self, field: Field, thought: str) -> None:
        """Read a field, with a click into it as people do who follow with the mouse."""
        self.think("find")
        self.click(field)
        self.think(thought)

    def tab(self, field: Field) -> None:
        """Come to a field with the Tab key, and stay for a moment."""
        self.keys(1)
        self.focus(field)
        self.clock += 0.25
        self.think("go")

    def type_text(self, field: Field, text: str, n: int) -> None:
        """Type n keys into the focused field, which then holds the text: one row for the first key, one for the others."""
        self.entered[field.key] = text
        for keys in (1, n - 1):
            self.keys(keys)
            self.log("input", field, TYPED, keys=keys)
        self.rest(field, text)

    def enter(self, field: Field, text: str, *, typo: bool = False) -> None:
        """Click into a field and type; a typo is a wrong last character, seen after a while, and the text typed again."""
        self.think("find")
        self.click(field)
        self.think("go")
        if typo:
            self.type_text(field, text[:-1] + chr(ord(text[-1]) ^ 1), len(text))
            self.think("check")
            self.clock += REST_S
        self.type_text(field, text, len(text) + 2 * typo)
        if typo:
            self.signal("correction", field)

    def write(self, field: Field, sentences: list[str]) -> None:
        """Click into a field and write freely: a thought and a row of input for each sentence."""
        self.think("find")
        self.click(field)
        for words in sentences:
            self.think("compose")
            self.keys(len(words))
            self.entered[field.key] = f"{self.entered.get(field.key, '')} {words}".strip()
            self.log("input", field, TYPED, keys=len(words))
        self.rest(field, self.entered[field.key])

    def choose(self, field: Field, value: str, thought: str) -> None:
        """Choose from a list, opened with a click, or one of the radio buttons."""
        self.think("find")
        if field.role == "combo":
            self.click(field)
        self.think(thought)
        place = next(place for place, (option, _) in enumerate(field.options) if option == value)
        self.point(field.x, field.y + 28 * (place + 1), field.width, 26)
        self.focus(field)
        self.clock += PRESS_S
        self.entered[field.key] = value
        self.log("select", field, (value, "filled"), at=self.pointer)

    def copy(self, field: Field) -> None:
        """Select a field's value with the mouse and copy it."""
        self.think("find")
        self.click(field)
        self.clock += self.draw.lognormal(0.38, 0.25) * self.act
        self.chord()
        self.log("copy", field, self.content(field), keys=2)

    def paste(self, field: Field, after: str, *, add: bool = False) -> None:
        """Click into a field and paste, after a blank if it is to be added; `after` is what the field holds then, as the form writes it."""
        self.think("go")
        self.click(field)
        if add:
            self.keys(1)
            self.log("input", field, TYPED, keys=1)
        self.chord()
        self.entered[field.key] = after
        self.log("paste", field, (after, "filled"), keys=2)

    def click_in_vain(self, field: Field) -> None:
        """Press a button that does not answer, wait for it, and give up."""
        self.think("go")
        self.click(field)
        self.signal("dead_click", field)
        self.clock += self.draw.between(3.3, 6.0)

    def submit(self, field: Field, clicks: int = 1) -> None:
        """Press a form's button: once, or in a burst while the system does not show that it has heard."""
        self.think("go")
        self.click(field)
        for _ in range(clicks - 1):
            self.clock += min(max(self.draw.lognormal(0.40, 0.25), 0.2), 0.8)
            self.pointer = self.pointer[0] + self.draw.whole(-2, 2), self.pointer[1] + self.draw.whole(-2, 2)
            self.press(field)
        if clicks > 1:
            self.signal("repeat_click", field)
            self.wait("(slow save)")
        self.clock += 0.02
        self.log("submit", field)
        self.answered()
