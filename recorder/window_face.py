"""The window as a face of the recording: what it sends becomes a command, what happens becomes a status."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

import msgspec

from recorder.asking import Answer
from recorder.faces import phrase_of, say_forgotten, source_words
from recorder.phrases import load_phrases
from recorder.recording import State
from recorder.window import messages
from recorder.window.process import WindowProcess
from shadow.consent import Switches

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder.notice import Notice
    from recorder.recording import Recording, Trouble
    from shadow.settings import Language

__all__ = ["WindowFace"]

LASTING: Final = {State.degraded: "trouble_source_lost", State.disk_full: "trouble_disk_full"}


class WindowFace:
    """
    The consent window, then the small window that stays on top; both are another process.

    Args:

        language: Of the phrases.
    """

    def __init__(self, language: Language) -> None:
        self._language = language
        self._words = load_phrases(language, "controls")
        self._process = WindowProcess(language)
        self._lost = ""

    @property
    def pid(self) -> int | None:
        """Process of the window: what happens in it is not recorded."""
        return self._process.pid

    def ask(self, notice: Notice) -> Answer:
        """Show the consent window. A window that is closed, or fails, is a no."""
        self._process.start()
        shown = msgspec.convert(notice, messages.Notice, from_attributes=True)
        self._process.send(messages.AskConsent(self._language, shown))
        for message in self._process.messages:
            if isinstance(message, messages.Answer):
                return Answer(yes=message.yes, switches=message.switches, open_s=message.open_s)
        return Answer(yes=False, switches=Switches(), open_s=0.0)

    def begin(self, recording: Recording, stop: Callable[[], None]) -> None:
        """Show the small window and do what it says; when it goes away, however that comes, the recording stops."""
        self.refresh(recording, 0)
        threading.Thread(target=self._listen, args=(recording, stop), name="window", daemon=True).start()

    def refresh(self, recording: Recording, since_s: int) -> None:
        """Send the status."""
        state = recording.state
        source = source_words(self._lost, self._words)
        troubles = (self._words[LASTING[state]].format(source=source),) if state in LASTING else ()
        self._process.send(messages.Status(state.value, troubles, since_s, recording.n_events))

    def tell(self, trouble: Trouble) -> None:
        """Say it in the small window."""
        if trouble.key == "trouble_source_lost":
            self._lost = trouble.what
        self._process.send(messages.Say(phrase_of(trouble, self._words)))

    def say(self, key: str, **places: object) -> None:
        """Say it in the small window."""
        self._process.send(messages.Say(self._words[key].format(**places)))

    def ask_for_mark(self, recording: Recording) -> None:
        """Open the small dialog for a mark."""
        del recording
        self._process.send(messages.AskMark())

    def end(self) -> None:
        """Close the window."""
        self._process.close()

    def _listen(self, recording: Recording, stop: Callable[[], None]) -> None:
        for message in self._process.messages:
            if isinstance(message, messages.Pause):
                recording.pause()
                self.say("said_paused")
            elif isinstance(message, messages.Resume):
                recording.resume()
                self.say("said_resumed")
            elif isinstance(message, messages.Mark):
                recording.mark(message.note, message.ago_ms)
                self.say("said_marked")
            elif isinstance(message, messages.Forget):
                say_forgotten(self, recording)
        stop()
