"""
Where sightings become events: names are scrubbed, values become marks, what was not agreed to is left out.

It is the one place that makes a `RecordedEvent`, and the line that values do not cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from recorder.marks import ValueMarks
from recorder.outbox import Outbox
from recorder.screens import Allowlist, CaseIds
from recorder.scrubber import listed_labels, scrubbed_id, scrubbed_label
from shadow.events import UNKNOWN_APP
from shadow.recorded import RecordedEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder.sources.base import Control, Page
    from shadow.consent import Switches
    from shadow.settings import Settings

__all__ = ["CHOICES", "TEXTUAL", "EventWriter", "Front"]

TEXTUAL: Final = frozenset({"entry", "text", "password", "date", "cell", "other"})
CHOICES: Final = frozenset({"combo", "check", "radio"})
LABELLED: Final = CHOICES | {"entry", "text", "password", "date", "button"}


@dataclass(slots=True)
class Front:
    """
    What is in front.

    Args:

        app: Its application; None for one that may not be recorded.

        screen: Name of its screen.

        page: Its page; None for a window without accessibility.

        elements: Ids of its fillable fields; None where they are not listed.

        pid: Its process, where that is known.

        since_ms: When it came.
    """

    app: str | None = None
    screen: str = ""
    page: Page | None = None
    elements: tuple[str, ...] | None = None
    pid: int | None = None
    since_ms: int = 0


class EventWriter:
    """
    Writes the events of one session, about what is in front.

    Args:

        settings: The study's allowlist, case ids and region.

        switches: What the agent agreed to.

        put: Takes each event, in order of `seq`.
    """

    def __init__(self, settings: Settings, switches: Switches, put: Callable[[RecordedEvent], object]) -> None:
        self.switches = switches
        self.allowlist = Allowlist(settings.record.apps)
        self.case_ids = CaseIds(settings)
        self.outbox = Outbox(put)
        self.front = Front()
        # The fields of the page in front, by which one without id and label gets its number.
        self.controls: tuple[Control, ...] = ()
        self._marks = ValueMarks(settings.study.region)
        self._listed = listed_labels(settings.record.labels)
        self._labels: dict[str, str | None] = {}

    def act(self, t_ms: int, action: str, front: Front | None = None, **what: Any) -> None:  # noqa: ANN401 - fields of RecordedEvent
        """Write what the agent did, if the agent agreed to clicks and focus; `front` is where, if not what is in front now."""
        # What is told a moment before its screen comes after it all the same.
        at_ms = t_ms if front is not None else max(t_ms, self.front.since_ms)
        front = front or self.front
        if self.switches.clicks_and_focus and front.app is not None:
            self.outbox.add(RecordedEvent(0, at_ms, action, front.app, front.screen, **what))

    def note(self, t_ms: int, action: str, front: Front | None = None, **what: Any) -> None:  # noqa: ANN401 - fields of RecordedEvent
        """Write what is in front (or was: `front`), or a mark; of what may not be recorded nothing but that it was there."""
        front = front or self.front
        app, screen = (UNKNOWN_APP, "") if front.app is None else (front.app, front.screen)
        self.outbox.add(RecordedEvent(0, max(t_ms, front.since_ms), action, app, screen, **what))

    def note_nowhere(self, t_ms: int, action: str) -> None:
        """Write what belongs to no application: a pause, a gap."""
        self.outbox.add(RecordedEvent(0, t_ms, action, UNKNOWN_APP))

    def marked(self, value: str | None, role: str | None = None) -> dict[str, Any]:
        """Mark and tokens of a value; none for one that is empty, short or of low entropy, and none if the agent said no to marks."""
        if not self.switches.value_marks or value is None or role in ("check", "radio"):
            return {}
        wholes, words = self._marks.tokens(value)
        return {"mark": self._marks.mark(value.strip()), "wholes": wholes, "words": words} if wholes or words else {}

    def named(self, control: Control) -> dict[str, Any]:
        """How a control is named in the log."""
        return {"element": self.element(control), "label": self.label(control), "role": control.role, "required": control.required}

    def element(self, control: Control) -> str | None:
        """Name of a control: its id, else its label, else its role and place among its like."""
        name = scrubbed_id(control.element) or self.label(control)
        if name is not None or control.role is None:
            return name
        keys = [other.key for other in self.controls if other.role == control.role]
        return f"{control.role} {keys.index(control.key) + 1}" if control.key in keys else None

    def label(self, control: Control) -> str | None:
        """
        The scrubbed label of a field or a button; of a link or a cell none, for its text is often what the work is about: a name, a number.

        It is judged once, for a field that has no id must not change its name when somebody enters what its label says.
        """
        if control.label is None or control.role not in LABELLED:
            return None
        if control.label not in self._labels:
            self._labels[control.label] = scrubbed_label(control.label, self._listed)
        return self._labels[control.label]

    def is_here(self, control: Control) -> bool:
        """Whether a control is in front, in an application that may be recorded."""
        front = self.front
        if front.app is None or front.page is None:
            return False
        if control.page.key == front.page.key:
            return True
        return control.page.pid == front.pid and self.allowlist.app(control.page.names) == front.app
