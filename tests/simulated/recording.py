"""
What a recorder would have logged, and what is true of it: rows, planted signals, values entered twice, and how long it took.

The `change` of a typed field is logged once its text has rested for REST_S or the agent has gone on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from tests.simulated.office import Field

__all__ = ["NOTHING", "REST_S", "Recording", "Row"]

NOTHING: Final = ("", "")
GAP_DROP_S: Final = 120.0
REST_S: Final = 0.2
LATE_S: Final = 3.0


class Row(NamedTuple):
    """
    One row of the log.

    `t` in seconds; `value` and `state` empty where the recorder cannot tell.
    """

    t: float
    action: str
    app: str
    screen: str
    field: Field | None = None
    value: str = ""
    state: str = ""
    keys: int | None = None
    at: tuple[int, int] | None = None


class Planted(NamedTuple):
    """A friction signal that was planted: its kind, its field, and its row at this desk."""

    kind: str
    field: Field
    row: int


class Recording:
    """
    The recording of a part of a case, from its first row.

    Args:

        app: The system in front.

        screens: The screen every system is on.
    """

    def __init__(self, app: str, screens: Mapping[str, str]) -> None:
        self.app, self.screens = app, dict(screens)
        self.clock = 0.0
        self.rows: list[Row] = []
        self.signals: list[Planted] = []
        self.carried: list[tuple[Field, Field, int]] = []
        self._listened_s: dict[int, float] = {}
        self._talk_from = self._talked = 0.0
        self._resting: Row | None = None

    def wall_s(self) -> float:
        """Wall seconds from the first to the last row; a gap above GAP_DROP_S counts for nothing, listening aside."""
        return self._seconds(1.0)

    def hands_s(self) -> float:
        """The same without the seconds in which the agent only listened."""
        return self._seconds(0.0)

    def _seconds(self, listening: float) -> float:
        total, before = 0.0, self.rows[0].t if self.rows else 0.0
        for at, row in enumerate(self.rows):
            listened = self._listened_s.get(at, 0.0)
            gap, before = row.t - before - listened, row.t
            total += (gap if gap <= GAP_DROP_S else 0.0) + listening * listened
        return total

    def log(self, action: str, field: Field | None = None, content: tuple[str, str] = NOTHING, **more: Any) -> None:
        """Write down what happens now, after any change that came to rest before; `content` is value and state."""
        if self._resting:
            self.rows.append(self._resting._replace(t=min(self._resting.t + REST_S, self.clock)))
            self._resting = None
        self.rows.append(Row(self.clock, action, self.app, self.screens[self.app], field, *content, **more))

    def signal(self, kind: str, field: Field) -> None:
        """Note that the row just logged is a friction signal."""
        self.signals.append(Planted(kind, field, len(self.rows) - 1))

    def carry(self, source: Field, target: Field) -> None:
        """Note that the row just logged enters a source's value a second time."""
        self.carried.append((source, target, len(self.rows) - 1))

    def rest(self, field: Field, text: str) -> None:
        """Let a typed text come to rest: its change is logged a little later."""
        self._resting = Row(self.clock, "change", self.app, self.screens[self.app], field, text, "filled")

    def answered(self) -> None:
        """Note the clicks just made that had to wait long for the row just logged."""
        answer = len(self.rows) - 1
        for at in range(answer - 1, -1, -1):
            row = self.rows[at]
            if row.action != "click":
                break
            if row.field and self.rows[answer].t - row.t > LATE_S:
                self.signals.append(Planted("late_answer", row.field, at))

    # --- the phone -------------------------------------------------------------------------------------------------

    def start_call(self) -> None:
        """Take a call."""
        self._talk_from = self.clock
        self.log("call_start")

    def hold(self, *, on: bool) -> None:
        """Put the caller on hold, or come back: no talk passes between."""
        if on:
            self._talked += self.clock - self._talk_from
        self._talk_from = self.clock
        self.log("hold_start" if on else "hold_end")

    def end_call(self, talk_s: float) -> None:
        """Listen until everything is said, as far as it was not said during the work."""
        listened = max(0.0, talk_s - self._talked - (self.clock - self._talk_from))
        self.clock += listened
        self._listened_s[len(self.rows) + (self._resting is not None)] = listened
        self.log("call_end")
