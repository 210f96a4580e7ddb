"""The session as a list: stretches by time, and under each of them its events, both in plain words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from recorder.window.review_model import Review, Stretch
from recorder.window.words import Words, as_time

__all__ = ["ReviewList"]

COLUMNS: Final = ("time", "app", "screen", "what", "events", "struck")
TIME, APP, SCREEN, WHAT, EVENTS, STRUCK = range(len(COLUMNS))
# After any session's end.
END_MS: Final = 10**9
# A line's own words, without what is said of its choice.
SENTENCE: Final = Qt.ItemDataRole.UserRole + 1
# As high as whatever can be clicked (WCAG 2.5.8).
ROW: Final = QSize(0, 24)


class ReviewList(QTreeWidget):
    """
    The list; it holds no text while it is cleared.

    Args:

        words: The language.

        review: The session.
    """

    def __init__(self, words: Words, review: Review[Any]) -> None:
        super().__init__()
        self._words, self._review = words, review
        self._stretches: list[Stretch] = []
        self._there: AbstractSet[int] = frozenset()
        self._struck: list[int] = []
        self.setAccessibleName(words("review_list_name"))
        self.setHeaderLabels([words(f"review_{column}") for column in COLUMNS])
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self._size_columns()
        self.itemExpanded.connect(self._show_lines)

    def fill(self, struck: AbstractSet[int]) -> None:
        """Show the session as it is now, with what is chosen to be struck."""
        self.clear()
        self._struck, self._stretches = sorted(struck), list(self._review.stretches())
        self._there = self._review.seqs_between(0, END_MS)
        for place, stretch in enumerate(self._stretches):
            self.addTopLevelItem(self._row(place, stretch))

    def empty(self) -> None:
        """Hold nothing of the session."""
        self.clear()
        self._stretches = []

    def show_struck(self, struck: AbstractSet[int]) -> None:
        """Show what is chosen, in words and with a line through it."""
        self._struck = sorted(struck)
        for row in _under(self.invisibleRootItem()):
            self._show_how_much(row)
            for child in _under(row):
                self._show_whether(child)

    def selected(self) -> set[int]:
        """Numbers of the events in the selected rows; a selected stretch is all of its events."""
        seqs: set[int] = set()
        for item in self.selectedItems():
            if item.parent() is None:
                seqs |= self._of(self._stretch(item))
            else:
                seqs.add(item.data(TIME, Qt.ItemDataRole.UserRole))
        return seqs

    def _of(self, stretch: Stretch) -> set[int]:
        return {seq for seq in range(stretch.first_seq, stretch.last_seq + 1) if seq in self._there}

    @property
    def stretches(self) -> list[Stretch]:
        """What is shown."""
        return self._stretches

    def _row(self, place: int, stretch: Stretch) -> QTreeWidgetItem:
        screen = stretch.screen or self._words("review_no_screen")
        events = self._words.count(stretch.n_events)
        row = QTreeWidgetItem([as_time(stretch.start_ms / 1000), stretch.app, screen, stretch.sentence, events, ""])
        row.setSizeHint(TIME, ROW)
        row.setTextAlignment(EVENTS, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setData(TIME, Qt.ItemDataRole.UserRole, place)
        row.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        self._show_how_much(row)
        return row

    def _show_lines(self, row: QTreeWidgetItem) -> None:
        if row.childCount():
            return
        for line in self._review.lines(self._stretch(row)):
            child = QTreeWidgetItem()
            child.setSizeHint(TIME, ROW)
            child.setData(TIME, Qt.ItemDataRole.UserRole, line.seq)
            child.setData(TIME, SENTENCE, f"{as_time(line.t_ms / 1000)}   {line.sentence}")
            row.addChild(child)
            child.setFirstColumnSpanned(True)
            self._show_whether(child)

    def _show_how_much(self, row: QTreeWidgetItem) -> None:
        stretch = self._stretch(row)
        n = bisect_right(self._struck, stretch.last_seq) - bisect_left(self._struck, stretch.first_seq)
        if n == 0:
            words = ""
        elif n == stretch.n_events:
            words = self._words("review_to_strike")
        else:
            words = self._words("review_part_to_strike", n=self._words.count(n), of=self._words.count(stretch.n_events))
        row.setText(STRUCK, words)
        _cross_out(row, crossed=n == stretch.n_events)

    def _show_whether(self, child: QTreeWidgetItem) -> None:
        seq: int = child.data(TIME, Qt.ItemDataRole.UserRole)
        struck = bisect_right(self._struck, seq) > bisect_left(self._struck, seq)
        sentence: str = child.data(TIME, SENTENCE)
        child.setText(TIME, f"{sentence} – {self._words('review_to_strike')}" if struck else sentence)
        _cross_out(child, crossed=struck)

    def _stretch(self, row: QTreeWidgetItem) -> Stretch:
        place: int = row.data(TIME, Qt.ItemDataRole.UserRole)
        return self._stretches[place]

    def _size_columns(self) -> None:
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        time = self.fontMetrics().horizontalAdvance(as_time(0)) + 2 * self.indentation()
        for column, width in ((TIME, time), (APP, 150), (SCREEN, 150)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, width)
        header.setSectionResizeMode(WHAT, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(60)


def _under(item: QTreeWidgetItem) -> Iterator[QTreeWidgetItem]:
    for place in range(item.childCount()):
        child = item.child(place)
        if child is not None:
            yield child


def _cross_out(item: QTreeWidgetItem, *, crossed: bool) -> None:
    font = item.font(WHAT)
    font.setStrikeOut(crossed)
    for column in (TIME, APP, SCREEN, WHAT, EVENTS):
        item.setFont(column, font)
