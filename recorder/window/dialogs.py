"""The two small dialogs: a question with its two answers, and a mark with a few words. They take the focus, because the agent asked for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from recorder.window.look import MARGIN_PX, TARGET_PX, button, same_width, text
from recorder.window.words import Words

__all__ = ["NOTE_LENGTH", "MarkDialog", "Question"]

# A mark is a remark, not a report.
NOTE_LENGTH: Final = 280
WIDTH_PX: Final = 400


class _Asking(QDialog):
    """
    A question in bold, what follows from it, and yes and no.

    It does not block the window it belongs to: pausing must always be possible.
    """

    def __init__(self, words: Words, topic: str, parent: QWidget, places: dict[str, str]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, on=True)
        self.setWindowTitle(words(f"{topic}_question"))
        self.question = text(words(f"{topic}_question"), strong=True, larger=1.1)
        self.hint = text(words(f"{topic}_hint", **places))
        self.hint.setMinimumWidth(WIDTH_PX)
        self.yes = button(words(f"{topic}_yes"), self.hint.text())
        self.no = button(words(f"{topic}_no"), "")
        same_width(self.yes, self.no)
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)

    def lay_out(self, *middle: QWidget) -> None:
        """Stack the question, what is given, and the two answers."""
        rows = QVBoxLayout(self)
        rows.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        rows.setSpacing(10)
        rows.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        for widget in (self.question, *middle):
            rows.addWidget(widget)
        answers = QHBoxLayout()
        answers.addStretch()
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        rows.addLayout(answers)

    def come_up(self, first: QWidget, enter: QPushButton) -> None:
        """Show it, with the focus where the agent goes on, and Enter as that button."""
        enter.setDefault(True)
        self.show()
        self.raise_()
        self.activateWindow()
        first.setFocus(Qt.FocusReason.ActiveWindowFocusReason)


class Question(_Asking):
    """
    Asks once, in words that say what will happen; the focus is on the answer that changes nothing.

    Args:

        words: The language.

        topic: First part of the keys of its phrases, such as `stop`: `stop_question`, `stop_hint`, `stop_yes`, `stop_no`.

        then: What to do on yes.

        parent: The window that asks.

        places: What to fill into the hint.
    """

    def __init__(self, words: Words, topic: str, then: Callable[[], None], parent: QWidget, **places: str) -> None:
        super().__init__(words, topic, parent, places)
        self.lay_out(self.hint)
        self.accepted.connect(then)
        self.come_up(self.no, self.no)


class MarkDialog(_Asking):
    """
    Asks what got in the way; Enter marks, with or without words.

    Args:

        words: The language.

        then: What to do with the note; it is given None if nothing was written.

        parent: The window that asks.
    """

    def __init__(self, words: Words, then: Callable[[str | None], None], parent: QWidget) -> None:
        super().__init__(words, "mark", parent, {})
        self.setWindowTitle(words("mark_title"))
        self._then = then
        self.note = QLineEdit()
        self.note.setMaxLength(NOTE_LENGTH)
        self.note.setMinimumHeight(TARGET_PX)
        self.note.setAccessibleName(self.question.text())
        self.note.setAccessibleDescription(self.hint.text())
        self.question.setBuddy(self.note)
        self.lay_out(self.note, self.hint)
        self.accepted.connect(self._mark)
        self.come_up(self.note, self.yes)

    def _mark(self) -> None:
        # Half of a surrogate pair cannot be sent, and an input method can leave one behind.
        note = self.note.text().encode("utf-8", "ignore").decode().strip()
        self._then(note or None)
