"""The window that asks: the notice to its last word, four switches that are off, and a yes and a no that are alike."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QCloseEvent, QKeySequence, QPalette, QShortcut, QShowEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLabel, QMainWindow, QScrollArea, QVBoxLayout, QWidget

from recorder.window.look import MARGIN_PX, TARGET_PX, announce, button, describe, same_width, text
from recorder.window.messages import Answer, Notice, Section, Switch
from recorder.window.words import Words
from shadow.consent_record import Switches

__all__ = ["ConsentWindow"]

WIDTH_PX: Final = 720
HEIGHT_PX: Final = 760
# A page is read, not glanced at.
LARGER: Final = 1.1
# Where a switch's explanation begins, under its title.
INDENT_PX: Final = 20


class ConsentWindow(QMainWindow):
    """
    Asks for consent, once.

    Escape and closing the window are no. Enter is yes only on the yes button itself.

    Args:

        words: The language.

        notice: What is shown.

        answer: Takes the answer; called once.

        clock: Seconds on a clock that never goes back.
    """

    def __init__(self, words: Words, notice: Notice, answer: Callable[[Answer], None], clock: Callable[[], float]) -> None:
        super().__init__()
        self._words, self._answer, self._clock = words, answer, clock
        self._opened: float | None = None
        self._answered = False
        self.setWindowTitle(notice.title)
        self.setAccessibleName(notice.title)
        self.switches = {switch.key: _switch(switch) for switch in notice.switches}
        self.sections = [_body(section) for section in notice.sections]
        self.page = self._page(notice)
        self.yes = button(notice.yes, words("yes_does"))
        self.no = button(notice.no, words("no_does"))
        self.chosen = text("")
        self._lay_out()
        self._order_tabs()
        self.yes.clicked.connect(lambda: self._end(yes=True))
        self.no.clicked.connect(lambda: self._end(yes=False))
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self).activated.connect(lambda: self._end(yes=False))
        for box in self.switches.values():
            box.toggled.connect(self._show_chosen)
        self._show_chosen()
        room = self.screen().availableSize()
        self.resize(min(WIDTH_PX, room.width() - 40), min(HEIGHT_PX, room.height() - 80))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """The time it is open begins, and the arrow keys scroll the notice."""
        super().showEvent(event)
        if self._opened is None:
            self._opened = self._clock()
            self.page.setFocus(Qt.FocusReason.ActiveWindowFocusReason)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing it is no."""
        event.accept()
        self._say(yes=False)

    def withdraw_question(self) -> None:
        """Close it without an answer: nobody is there to hear it."""
        self._answered = True
        self.close()

    def _page(self, notice: Notice) -> QScrollArea:
        sheet = QWidget(autoFillBackground=True)
        sheet.setBackgroundRole(QPalette.ColorRole.Base)
        rows = QVBoxLayout(sheet)
        rows.setContentsMargins(2 * MARGIN_PX, MARGIN_PX, 2 * MARGIN_PX, MARGIN_PX)
        rows.setSpacing(6)
        rows.addWidget(text(notice.title, strong=True, larger=1.5))
        for section, body in zip(notice.sections, self.sections, strict=True):
            rows.addSpacing(10)
            rows.addWidget(text(section.title, strong=True, larger=1.2))
            rows.addWidget(body)
        for switch in notice.switches:
            together = QVBoxLayout()
            together.setSpacing(0)
            together.addWidget(self.switches[switch.key])
            together.addWidget(_explanation(switch))
            rows.addLayout(together)
        rows.addStretch()
        page = QScrollArea(widgetResizable=True)
        page.setAccessibleName(self._words("notice_name"))
        page.setFrameShape(QFrame.Shape.NoFrame)
        page.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        page.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        page.setWidget(sheet)
        return page

    def _lay_out(self) -> None:
        line = QFrame(frameShape=QFrame.Shape.HLine, frameShadow=QFrame.Shadow.Sunken)
        same_width(self.yes, self.no)
        answers = QHBoxLayout()
        answers.setContentsMargins(2 * MARGIN_PX, 4, 2 * MARGIN_PX, MARGIN_PX)
        answers.setSpacing(MARGIN_PX)
        answers.addWidget(self.chosen, 1)
        answers.addWidget(self.yes)
        answers.addWidget(self.no)
        body = QWidget()
        self.setCentralWidget(body)
        rows = QVBoxLayout(body)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(self.page, 1)
        rows.addWidget(line)
        rows.addLayout(answers)

    def _order_tabs(self) -> None:
        """From top to bottom, as it is read."""
        stops = [self.page, *self.sections, *self.switches.values(), self.yes, self.no]
        for one, following in pairwise(stops):
            QWidget.setTabOrder(one, following)

    def _show_chosen(self) -> None:
        titles = [box.text() for box in self.switches.values() if box.isChecked()]
        sentence = self._words("chosen", switches="; ".join(titles)) if titles else self._words("nothing_chosen")
        self.chosen.setText(sentence)
        if self.isVisible():
            announce(self, sentence)

    def _end(self, *, yes: bool) -> None:
        self._say(yes=yes)
        self.close()

    def _say(self, *, yes: bool) -> None:
        if self._answered:
            return
        self._answered = True
        open_s = 0.0 if self._opened is None else self._clock() - self._opened
        switches = Switches(**{key: yes and box.isChecked() for key, box in self.switches.items()})
        self._answer(Answer(yes, switches, open_s))


def _body(section: Section) -> QLabel:
    body = text("\n\n".join(section.paragraphs).replace("\n\n–", "\n–"), larger=LARGER)
    # Tab stops here, so that a screen reader reads it and the page scrolls to it.
    body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
    body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    body.setAccessibleDescription(section.title)
    return body


def _switch(switch: Switch) -> QCheckBox:
    """A switch, off whatever the notice's default says."""
    box = QCheckBox(switch.title.replace("&", "&&"))
    box.setAccessibleName(switch.title)
    describe(box, switch.explanation)
    box.setToolTip("")
    box.setMinimumHeight(TARGET_PX)
    font = box.font()
    font.setBold(True)
    font.setPointSizeF(font.pointSizeF() * LARGER)
    box.setFont(font)
    return box


def _explanation(switch: Switch) -> QLabel:
    label = text(switch.explanation, larger=LARGER)
    label.setContentsMargins(INDENT_PX, 0, 0, 0)
    return label
