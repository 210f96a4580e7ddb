"""
The small window that is there for as long as a recording is: whether it records, for how long, and the four things an agent can do about it.

It comes up without taking the focus and never takes it by itself. It can have it: whoever works by keyboard or with a screen reader gets to it
like to any window. Its frame is the desktop's own, so that it can be moved and closed by the means the agent knows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QMouseEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLayout, QSizePolicy, QVBoxLayout

from recorder.window.dialogs import MarkDialog, Question
from recorder.window.look import announce, button, describe, text
from recorder.window.messages import Forget, FromWindow, Mark, Pause, Resume, Status, Stop
from recorder.window.state_badge import StateBadge
from recorder.window.words import Words, as_time

__all__ = ["Pill"]

# Its length is shown in seconds.
TICK_MS: Final = 1000
# Long enough to be read twice, by somebody who is in the middle of something.
NEWS_MS: Final = 20_000
EDGE_PX: Final = 24
RUNNING: Final = frozenset({"recording", "degraded"})
# No button to make it small.
FLAGS: Final = (
    Qt.WindowType.Window
    | Qt.WindowType.CustomizeWindowHint
    | Qt.WindowType.WindowTitleHint
    | Qt.WindowType.WindowCloseButtonHint
    | Qt.WindowType.WindowStaysOnTopHint
)


class Pill(QDialog):
    """
    The controls of a recording. A dialog, because screen readers announce those by name.

    Args:

        words: The language.

        say: Takes what the agent does to the recorder.

        clock: Seconds on a clock that never goes back.
    """

    closed = Signal()

    def __init__(self, words: Words, say: Callable[[FromWindow], None], clock: Callable[[], float]) -> None:
        super().__init__(None, FLAGS)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAccessibleName(words("pill_name"))
        self._words, self._say, self._clock = words, say, clock
        self._status, self._heard_at = Status("stopped"), clock()
        self._over = self._placed = False
        self._asking: MarkDialog | Question | None = None
        self._make_parts()
        self._lay_out()
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self._show_numbers)
        self._news_ends = QTimer(self, interval=NEWS_MS, singleShot=True)
        self._news_ends.timeout.connect(self.news.hide)

    def show_status(self, status: Status) -> None:
        """Show how the recording is; opens the pill if it is not open."""
        changed = (status.state, status.troubles) != (self._status.state, self._status.troubles) or not self.isVisible()
        self._status, self._heard_at = status, self._clock()
        if changed:
            self._show_state()
        self._show_numbers()
        if status.state in RUNNING:
            self._ticks.start()
        else:
            self._ticks.stop()
        self.show()

    def show_news(self, sentence: str) -> None:
        """Show a sentence for a while."""
        self.news.setText(sentence)
        self.news.show()
        self._news_ends.start()
        announce(self, sentence)

    def show_end(self, sentence: str) -> None:
        """Say that the recorder is gone, and wait for the agent to close the window."""
        self._over = True
        self.show_status(Status("stopped", (sentence,), self._status.since_s, self._status.n_events))
        self._news_ends.stop()
        self.news.hide()
        for one in (self.pause, self.mark, self.forget, self.stop):
            one.hide()
        self.leave.show()
        self.leave.setFocus()
        self._put_asking(None)

    def ask_mark(self) -> None:
        """Open the dialog for a mark."""
        since = self._clock()
        self._put_asking(MarkDialog(self._words, lambda note: self._say(Mark(note, self._ms_since(since))), self))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Closing the pill ends the recording."""
        self._ticks.stop()
        self._put_asking(None)
        if not self._over:
            self._over = True
            self._say(Stop())
        event.accept()
        self.closed.emit()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Begin in the lower right corner, once; then it is where the agent puts it."""
        super().showEvent(event)
        if not self._placed:
            self._placed = True
            corner = self.screen().availableGeometry().bottomRight() - QPoint(EDGE_PX, EDGE_PX)
            self.move(corner.x() - self.width(), corner.y() - self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Grow upwards where there is no room below."""
        super().resizeEvent(event)
        over = self.frameGeometry().bottom() - self.screen().availableGeometry().bottom()
        if self._placed and over > 0:
            self.move(self.pos().x(), self.pos().y() - over - EDGE_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape would close a dialog, and closing this one ends the recording: too much for a key that is pressed in passing."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Come back if a desktop offers to make it small all the same: as long as there is a recording, it is seen."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self.isMinimized():
            QTimer.singleShot(0, self.showNormal)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Anywhere between the buttons it can be dragged."""
        handle = self.windowHandle()
        if event.button() == Qt.MouseButton.LeftButton and handle is not None:
            handle.startSystemMove()

    def _make_parts(self) -> None:
        words = self._words
        self.state = StateBadge()
        self.elapsed = text("", strong=True)
        self.events = text("")
        self.trouble = _line_below(words("trouble_name"), strong=True)
        self.news = _line_below(words("news_name"))
        self.pause = button(words("resume"), words("resume_does"))
        self.mark = button(words("mark"), words("mark_does"))
        self.forget = button(words("forget"), words("forget_does"))
        self.stop = button(words("stop"), words("stop_does"))
        self.leave = button(words("close"), "")
        self.leave.hide()
        widest = self.pause.sizeHint().width()
        self._name_pause("pause")
        self.pause.setMinimumWidth(max(widest, self.pause.sizeHint().width()))
        self.pause.clicked.connect(self._pause_or_resume)
        self.mark.clicked.connect(self.ask_mark)
        self.forget.clicked.connect(lambda: self._ask("forget", Forget()))
        self.stop.clicked.connect(lambda: self._ask("stop", Stop()))
        self.leave.clicked.connect(self.close)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        for widget in (self.state, self.elapsed):
            first.addWidget(widget)
        first.addStretch()
        first.addWidget(self.events)
        for control in (self.pause, self.mark, self.forget, self.stop):
            second.addWidget(control)
        second.addStretch()
        second.addWidget(self.leave)
        rows = QVBoxLayout(self)
        rows.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        rows.setContentsMargins(10, 10, 10, 10)
        rows.setSpacing(8)
        rows.addLayout(first)
        rows.addLayout(second)
        rows.addWidget(self.trouble)
        rows.addWidget(self.news)

    def _show_state(self) -> None:
        words, status = self._words, self._status
        word = words(f"state_{status.state}")
        self.state.show_state(status.state, word)
        self.state.setAccessibleDescription(words(f"means_{status.state}"))
        self.setWindowTitle(words("pill_title", state=word))
        self.trouble.setText("\n".join(status.troubles))
        self.trouble.setVisible(bool(status.troubles))
        self._name_pause("resume" if status.state == "paused" else "pause")
        for one in (self.pause, self.mark, self.forget, self.stop):
            one.setEnabled(status.state != "stopped")
        announce(self, " ".join((word + ".", *(status.troubles or (words(f"means_{status.state}"),)))))

    def _show_numbers(self) -> None:
        words, status = self._words, self._status
        ran_on = self._clock() - self._heard_at if status.state in RUNNING else 0
        time = as_time(status.since_s + ran_on)
        self.elapsed.setText(time)
        self.elapsed.setAccessibleName(f"{words('elapsed_name')}: {time}")
        self.events.setText(words("events", n=words.count(status.n_events)))

    def _name_pause(self, key: str) -> None:
        self.pause.setText(self._words(key))
        self.pause.setAccessibleName(self._words(key))
        describe(self.pause, self._words(f"{key}_does"))

    def _pause_or_resume(self) -> None:
        self._say(Resume() if self._status.state == "paused" else Pause())

    def _ask(self, topic: str, then: Forget | Stop) -> None:
        self._put_asking(Question(self._words, topic, lambda: self._say(then), self))

    def _put_asking(self, asking: MarkDialog | Question | None) -> None:
        former, self._asking = self._asking, asking
        if former is not None:
            former.reject()
        if asking is not None:
            asking.finished.connect(lambda _result: self._forget_asking(asking))

    def _forget_asking(self, asking: MarkDialog | Question) -> None:
        # Qt deletes a dialog that is closed; nothing may call it after that.
        if self._asking is asking:
            self._asking = None

    def _ms_since(self, moment: float) -> int:
        return max(0, round((self._clock() - moment) * 1000))


def _line_below(name: str, *, strong: bool = False) -> QLabel:
    """A line under the buttons, hidden while there is nothing to say; it wraps instead of making the pill wider."""
    line = text("", strong=strong)
    policy = line.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    line.setSizePolicy(policy)
    line.setAccessibleDescription(name)
    line.hide()
    return line
