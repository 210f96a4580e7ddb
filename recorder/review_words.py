"""Recorded events in plain words: one sentence for each, in the agent's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from recorder.phrases import load_phrases
from shadow.events import UNKNOWN_APP

if TYPE_CHECKING:
    from shadow.recorded import RecordedEvent

__all__ = ["ReviewWords", "as_clock"]

MS_PER_S: Final = 1000
S_PER_MIN: Final = 60
S_PER_H: Final = 3600
TICKED: Final = ("check", "radio")
# What an event of this kind says of the target alone; the others are looked at one by one.
PLAIN: Final = frozenset({"focus", "input", "click", "paste"})


class ReviewWords:
    """
    The sentences of a review.

    Args:

        language: One of `shadow.settings.LANGUAGES`.
    """

    def __init__(self, language: str) -> None:
        self._phrases = load_phrases(language, "review")

    def say(self, key: str, **places: object) -> str:
        """The phrase of a key with its places filled."""
        return self._phrases[key].format(**places)

    def app(self, app: str) -> str:
        """An application as a person names it."""
        return self._phrases["app_unknown"] if app == UNKNOWN_APP else app

    def kind(self, event: RecordedEvent) -> str:
        """The kind of an event, in the plural."""
        return self._phrases["kind_shown" if _is_shown(event) else f"kind_{event.action}"]

    def length(self, ms: int) -> str:
        """A length of time, in the two units that matter."""
        seconds = round(ms / MS_PER_S)
        if seconds < S_PER_MIN:
            return self.say("length_s", s=seconds)
        if seconds < S_PER_H:
            return self.say("length_min", min=seconds // S_PER_MIN, s=seconds % S_PER_MIN)
        return self.say("length_h", h=seconds // S_PER_H, min=seconds % S_PER_H // S_PER_MIN)

    def stay(self, app: str, screen: str, ms: int) -> str:
        """A stay in one place."""
        if app == UNKNOWN_APP:
            return self.say("stretch_unknown", length=self.length(ms))
        return self.say("stretch_screen" if screen else "stretch_app", app=app, screen=screen, length=self.length(ms))

    def event(self, event: RecordedEvent) -> str:
        """What was recorded as this event."""
        return self.say(
            self._key(event),
            target=self._target(event),
            app=self.app(event.app),
            screen=event.screen,
            keys=self._keys(event.keys),
            n=len(event.elements or ()),
            note=event.note,
        )

    def _key(self, event: RecordedEvent) -> str:
        """Which phrase an event is said by."""
        line = f"line_{event.action}"
        if event.action in PLAIN:
            return line
        if event.action in ("copy", "switch") and event.app == UNKNOWN_APP:
            return f"{line}_unknown"
        if _is_shown(event):
            return "line_screen_shown"
        if event.action == "screen":
            return line + ("_form" if event.elements and event.screen else "" if event.screen else "_app")
        if event.action == "mark":
            return line if event.note is None else f"{line}_note"
        return self._key_by_state(event, line)

    def _key_by_state(self, event: RecordedEvent, line: str) -> str:
        """The same for events that say what state a field was left in."""
        ticked = event.role in TICKED and event.filled is not None
        if event.action == "blur" and event.filled is False:
            return "line_blur_unticked" if ticked else "line_blur_empty"
        if event.action in ("change", "select") and ticked:
            return "line_ticked" if event.filled else "line_unticked"
        if event.action == "change":
            return f"{line}_{_change(event)}".removesuffix("_")
        return line

    def _target(self, event: RecordedEvent) -> str:
        name = event.label or event.element
        return self.say(f"target_{event.role or 'other'}", name=name) if name else self.say("target_none")

    def _keys(self, n: int | None) -> str:
        return self.say("keys_one") if n == 1 else self.say("keys_many", n=n)


def _is_shown(event: RecordedEvent) -> bool:
    """Whether it says that a field was seen with a value."""
    return event.action == "screen" and event.element is not None


def _change(event: RecordedEvent) -> str:
    if event.role == "password":
        return "password"
    if event.filled is False:
        return "empty"
    return "keys" if event.keys else ""


def as_clock(ms: int) -> str:
    """A time since the session began as hours, minutes and seconds: `00:12:04`."""
    seconds = ms // MS_PER_S
    return f"{seconds // S_PER_H:02}:{seconds % S_PER_H // S_PER_MIN:02}:{seconds % S_PER_MIN:02}"
