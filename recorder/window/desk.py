"""Which window is open when: the question first, then the pill, and a plain word if the recorder goes away."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from recorder.window.consent_window import ConsentWindow
from recorder.window.messages import Answer, AskConsent, AskMark, Close, FromWindow, Say, Status, ToWindow
from recorder.window.pill import Pill
from recorder.window.words import Words

__all__ = ["Desk"]


class Desk(QObject):
    """
    Opens and closes the windows of one recording as the recorder says.

    Args:

        language: One of `shadow.settings.LANGUAGES`.

        say: Takes what the agent does to the recorder.

        clock: Seconds on a clock that never goes back.
    """

    finished = Signal()

    def __init__(self, language: str, say: Callable[[FromWindow], None], clock: Callable[[], float]) -> None:
        super().__init__()
        self._words, self._say, self._clock = Words(language), say, clock
        self._state = ""
        self.consent: ConsentWindow | None = None
        self.pill: Pill | None = None

    def hear(self, message: ToWindow) -> None:
        """Do what the recorder says."""
        match message:
            case AskConsent(language, notice):
                self._words = Words(language)
                self.consent = ConsentWindow(self._words, notice, self._pass_on, self._clock)
                self.consent.show()
            case Status():
                self._state = message.state
                self._opened_pill().show_status(message)
            case Say(sentence):
                if self.pill is not None:
                    self.pill.show_news(sentence)
            case AskMark():
                if self.pill is not None:
                    self.pill.ask_mark()
            case Close():
                self.finished.emit()

    def lose_recorder(self) -> None:
        """Say that the recording has stopped, if the agent may think that it goes on."""
        asked = self.consent is not None
        if self.consent is not None:
            self.consent.withdraw_question()
            self._drop_consent()
        if self._state == "stopped" or not (asked or self.pill):
            self.finished.emit()
        else:
            self._opened_pill().show_end(self._words("recorder_gone_early" if asked else "recorder_gone"))

    def _opened_pill(self) -> Pill:
        if self.pill is None:
            self.pill = Pill(self._words, self._say, self._clock)
            self.pill.closed.connect(self.finished)
        return self.pill

    def _pass_on(self, answer: Answer) -> None:
        self._drop_consent()
        self._say(answer)

    def _drop_consent(self) -> None:
        if self.consent is not None:
            self.consent.deleteLater()
            self.consent = None
