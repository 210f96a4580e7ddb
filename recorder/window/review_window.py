"""
The window in which an agent looks through a recording, strikes what they like, and decides what becomes of it.

It is opened by `shadow review`, in that process. After a minute without a touch it lets go of every text of the recording and shows a button
instead; the texts are not behind it, they are not in the window.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Qt, QTime, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSizePolicy,
    QStackedWidget,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from recorder.window.capture_exclusion import exclude_from_capture
from recorder.window.dialogs import Question
from recorder.window.look import MARGIN_PX, TARGET_PX, announce, button, start_application, text
from recorder.window.process import require_qt_and_display
from recorder.window.review_list import ReviewList
from recorder.window.review_model import Chosen, Review
from recorder.window.words import Words, as_time
from shadow.errors import ShadowError

__all__ = ["ReviewWindow", "show_review"]

LOCK_S: Final = 60
TICK_MS: Final = 1000
WIDTH_PX: Final = 1060
HEIGHT_PX: Final = 720
TOUCHES: Final = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
    }
)


def show_review(review: Review[Any], language: str, clock: Callable[[], float] = time.monotonic) -> None:
    """
    Show a recording to its agent until they close the window.

    Args:

        review: The recording.

        language: One of `shadow.settings.LANGUAGES`.

        clock: Seconds on a clock that never goes back.

    Raises:

        CaptureError: There is no Qt or no display.
    """
    require_qt_and_display()
    application = start_application(language)
    application.setQuitOnLastWindowClosed(True)
    window = ReviewWindow(Words(language), review, clock)
    window.show()
    exclude_from_capture(window)
    application.exec()


class ReviewWindow(QMainWindow):
    """
    A recording and what can be done with it.

    Args:

        words: The language.

        review: The recording.

        clock: Seconds on a clock that never goes back.
    """

    def __init__(self, words: Words, review: Review[Any], clock: Callable[[], float]) -> None:
        super().__init__()
        self._words, self._review, self._clock = words, review, clock
        self.chosen = Chosen()
        self._touched_at = clock()
        self._destroyed = False
        self.setWindowTitle(words("review_title"))
        self.setAccessibleName(words("review_title"))
        self._make_list()
        self._make_choosing()
        self._make_deciding()
        self._lay_out()
        self.show_all()
        self._ticks = QTimer(self, interval=TICK_MS)
        self._ticks.timeout.connect(self.lock_if_untouched)
        self._ticks.start()
        start_application(words.language).installEventFilter(self)
        room = self.screen().availableSize()
        self.resize(min(WIDTH_PX, room.width() - 40), min(HEIGHT_PX, room.height() - 80))

    @property
    def locked(self) -> bool:
        """Whether the texts are hidden."""
        return self.pages.currentIndex() == 1

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """See that somebody is there."""
        if event.type() in TOUCHES:
            self._touched_at = self._clock()
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """What is chosen and not struck stays in the recording."""
        self._ticks.stop()
        event.accept()

    def lock_if_untouched(self) -> None:
        """Hide everything after a minute in which nothing was touched."""
        if not self.locked and self._clock() - self._touched_at >= LOCK_S:
            for dialog in self.findChildren(QDialog):
                dialog.close()
            self._hide_texts()
            self.pages.setCurrentIndex(1)
            self.unlock.setFocus()

    def show_all(self) -> None:
        """Show the recording."""
        self.pages.setCurrentIndex(0)
        if self._destroyed:
            return
        self.list.fill(self.chosen.seqs)
        stretches = self.list.stretches
        apps = sorted({stretch.app for stretch in stretches})
        end_s = max((stretch.end_ms for stretch in stretches), default=0) / 1000
        n = self._words.count(sum(stretch.n_events for stretch in stretches))
        summary = self._words("review_summary", n=n, apps=str(len(apps)), time=as_time(end_s))
        self.summary.setText(summary if stretches else self._words("review_empty"))
        remarks = (*self._review.missing(), *self._review.also_recorded())
        self.remarks.setText(" ".join(remarks))
        self.remarks.setVisible(bool(remarks))
        self._show_suspicion()
        self.app.clear()
        self.app.addItems(apps)
        self._show_chosen()
        self.list.setFocus()

    def _hide_texts(self) -> None:
        self.list.empty()
        for part in (self.app, self.summary, self.remarks, self.result):
            part.clear()

    def _make_list(self) -> None:
        words = self._words
        self.list = ReviewList(words, self._review)
        self.summary = text("", strong=True)
        self.remarks = text("")
        self.suspicion = _saying(strong=True)
        self.choose_suspects = button(words("review_choose_suspects"), words("review_choose_selected_does"))
        self.choose_suspects.clicked.connect(lambda: self._choose({suspect.seq for suspect in self._review.suspects()}))
        self.pending = _saying(strong=True)
        self.result = _saying()
        self.unlock = button(words("review_unlock"), words("review_locked"))
        self.unlock.clicked.connect(self.show_all)

    def _make_choosing(self) -> None:
        words, review = self._words, self._review
        self.choose_selected = button(words("review_choose_selected"), words("review_choose_selected_does"))
        self.choose_app = button(words("review_choose_app"), words("review_choose_selected_does"))
        self.choose_range = button(words("review_choose_range"), words("review_choose_selected_does"))
        self.app = QComboBox()
        self.app.setAccessibleName(words("review_app_name"))
        self.app.setMinimumSize(160, TARGET_PX)
        self.start, self.end = _moment(words("review_from_name")), _moment(words("review_to_name"))
        self.undo = button(words("review_undo"), words("review_undo_does"))
        self.strike = button(words("review_strike"), "")
        self.choose_selected.clicked.connect(lambda: self._choose(self.list.selected()))
        self.choose_app.clicked.connect(lambda: self._choose(review.seqs_of_app(self.app.currentText())))
        self.choose_range.clicked.connect(lambda: self._choose(review.seqs_between(_ms(self.start), _ms(self.end))))
        self.undo.clicked.connect(self._undo)
        self.strike.clicked.connect(self._ask_strike)

    def _make_deciding(self) -> None:
        words = self._words
        self.release = button(words("review_release"), words("review_release_hint"))
        self.export = button(words("review_export"), words("review_export_hint"))
        self.withdraw = button(words("review_withdraw"), words("review_withdraw_hint"))
        self.release.clicked.connect(lambda: self._ask("release", self._release))
        self.export.clicked.connect(lambda: self._ask("export", self._ask_place))
        self.withdraw.clicked.connect(self._ask_withdraw)
        if self._review.session.state == "released":
            self._show_released()

    def _lay_out(self) -> None:
        words = self._words
        page, hidden = QWidget(), QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX)
        rows.setSpacing(10)
        for widget in (text(words("review_intro")), self.summary, self.remarks):
            rows.addWidget(widget)
        rows.addLayout(_row(self.suspicion, self.choose_suspects))
        rows.addWidget(self.list, 1)
        rows.addWidget(text(words("review_choose"), strong=True))
        ranges = (text(words("review_from")), self.start, text(words("review_to")), self.end, self.choose_range)
        rows.addLayout(_row(self.choose_selected, None, self.app, self.choose_app))
        rows.addLayout(_row(None, *ranges))
        rows.addLayout(_row(self.pending, self.undo, self.strike))
        rows.addLayout(_row(self.result, self.export, self.withdraw, self.release))
        middle = QVBoxLayout(hidden)
        middle.addStretch()
        reason = text(words("review_locked"), larger=1.2)
        reason.setAlignment(Qt.AlignmentFlag.AlignCenter)
        middle.addWidget(reason)
        middle.addWidget(self.unlock, 0, Qt.AlignmentFlag.AlignHCenter)
        middle.addStretch()
        self.pages = QStackedWidget()
        self.pages.addWidget(page)
        self.pages.addWidget(hidden)
        self.setCentralWidget(self.pages)

    def _show_suspicion(self) -> None:
        n = len(self._review.suspects())
        self.suspicion.setText(self._words("review_suspects", n=self._words.count(n)))
        for part in (self.suspicion, self.choose_suspects):
            part.setVisible(n > 0)

    def _choose(self, seqs: AbstractSet[int]) -> None:
        self.chosen.add(seqs)
        self._show_chosen()

    def _undo(self) -> None:
        self.chosen.undo()
        self._show_chosen()

    def _show_chosen(self) -> None:
        words, n = self._words, len(self.chosen.seqs)
        self.list.show_struck(self.chosen.seqs)
        self.pending.setText(words("review_pending", n=words.count(n), strike=words("review_strike")) if n else "")
        for one in (self.undo, self.strike):
            one.setEnabled(n > 0)
        if n:
            announce(self, self.pending.text())

    def _ask_strike(self) -> None:
        n = self._words.count(len(self.chosen.seqs))
        Question(self._words, "review_strike", self._strike, self, n=n)

    def _ask(self, topic: str, then: Callable[[], None]) -> None:
        """Ask, unless something is chosen that the agent may believe to be gone."""
        if self.chosen.seqs:
            self._tell(self._words("review_strike_first"))
        else:
            Question(self._words, f"review_{topic}", then, self)

    def _strike(self) -> None:
        if self._done("strike", lambda: self._review.strike(self.chosen.seqs)):
            self.chosen.clear()
            self.show_all()

    def _release(self) -> None:
        if self._done("release", self._review.release):
            self._show_released()

    def _show_released(self) -> None:
        """What others have cannot be struck any more, only withdrawn."""
        self._disable(self.release, self.choose_selected, self.choose_app, self.choose_range, self.choose_suspects)

    def _ask_place(self) -> None:
        dialog = QFileDialog(self, self._words("review_export"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("html")
        dialog.fileSelected.connect(lambda name: self._done("export", lambda: self._review.export(Path(name))))
        dialog.open()

    def _ask_withdraw(self) -> None:
        released = self._review.session.state == "released"
        Question(self._words, "review_withdraw_released" if released else "review_withdraw", self._withdraw, self)

    def _withdraw(self) -> None:
        orders: list[Path | None] = []
        if self._done("withdraw", lambda: orders.append(self._review.withdraw())):
            self._destroyed = True
            self.chosen.clear()
            self._hide_texts()
            self._show_chosen()
            self._tell(self._words("review_done_order", order=str(orders[0])) if orders[0] else self._words("review_done_withdraw"))
            self._disable(self.release, self.export, self.withdraw, self.choose_selected, self.choose_app, self.choose_range)

    def _done(self, topic: str, action: Callable[[], object]) -> bool:
        """Whether it was done; what went wrong is told."""
        try:
            action()
        except (ShadowError, OSError) as error:
            # The message of an OSError holds a path, and this window may be on a shared screen.
            self._tell(self._words("review_failed", reason=str(error) if isinstance(error, ShadowError) else type(error).__name__))
            return False
        self._tell(self._words(f"review_done_{topic}"))
        return True

    def _tell(self, sentence: str) -> None:
        self.result.setText(sentence)
        announce(self, sentence)

    def _disable(self, *parts: QWidget) -> None:
        for part in parts:
            part.setEnabled(False)


def _saying(*, strong: bool = False) -> QLabel:
    """A sentence that takes the room its row has left."""
    label = text("", strong=strong)
    policy = label.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Expanding)
    label.setSizePolicy(policy)
    return label


def _row(*parts: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None is what gives way."""
    row = QHBoxLayout()
    for part in parts:
        if part is None:
            row.addStretch(1)
        else:
            row.addWidget(part)
    return row


def _moment(name: str) -> QTimeEdit:
    """A field for hours, minutes and seconds after the start."""
    field = QTimeEdit()
    field.setDisplayFormat("H:mm:ss")
    field.setAccessibleName(name)
    field.setToolTip(name)
    field.setMinimumHeight(TARGET_PX)
    return field


def _ms(field: QTimeEdit) -> int:
    return QTime(0, 0).msecsTo(field.time())
