"""The state of the recording as a shape, a colour and a word, so that none of the three is needed to tell."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QLabel, QSizePolicy

from recorder.window.messages import State

__all__ = ["COLOURS", "StateBadge"]

# Background and foreground: at least 7 to 1 between the two (WCAG 1.4.6), and both are painted, so that no theme can part them.
COLOURS: Final[dict[State, tuple[str, str]]] = {
    "recording": ("#a31621", "#ffffff"),
    "paused": ("#33475b", "#ffffff"),
    "degraded": ("#ffb81c", "#000000"),
    "disk_full": ("#ffb81c", "#000000"),
    "stopped": ("#ffffff", "#000000"),
}
PADDING_PX: Final = 10


class StateBadge(QLabel):
    """
    A label whose word is the state: a disc records, two bars pause, a triangle warns, an empty square has stopped.

    To a screen reader it is its word.
    """

    def __init__(self) -> None:
        super().__init__()
        self._state: State = "stopped"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        font = self.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.1)
        self.setFont(font)

    def show_state(self, state: State, word: str) -> None:
        """Be this state, in this word."""
        self._state = state
        self.setText(word)
        self.setAccessibleName(word)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for shape and word."""
        letters = self.fontMetrics()
        return QSize(letters.horizontalAdvance(self.text()) + letters.ascent() + 3 * PADDING_PX, letters.height() + PADDING_PX)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """All of it is always shown."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint ground, shape and word."""
        ground, ink = (QColor(name) for name in COLOURS[self._state])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().windowText().color(), 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)
        side = self.fontMetrics().ascent()
        shape = QRectF(PADDING_PX, (self.height() - side) / 2, side, side)
        painter.setPen(QPen(ink, 2))
        painter.setBrush(ink)
        self._paint_shape(painter, shape.adjusted(1, 1, -1, -1), ground)
        painter.setPen(ink)
        room = self.rect().adjusted(side + 2 * PADDING_PX, 0, 0, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.end()

    def _paint_shape(self, painter: QPainter, box: QRectF, ground: QColor) -> None:
        if self._state == "recording":
            painter.drawEllipse(box)
        elif self._state == "paused":
            bar = box.width() / 3
            painter.drawRect(QRectF(box.left(), box.top(), bar, box.height()))
            painter.drawRect(QRectF(box.right() - bar, box.top(), bar, box.height()))
        elif self._state == "stopped":
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box)
        else:
            painter.drawPolygon(QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()]))
            painter.setPen(QPen(ground, 2))
            middle = box.center().x()
            painter.drawLine(QPointF(middle, box.top() + box.height() * 0.4), QPointF(middle, box.top() + box.height() * 0.65))
            painter.drawPoint(QPointF(middle, box.bottom() - box.height() * 0.12))
