"""What all windows share: texts that are never markup, buttons that are easy to hit, and a word to the screen reader."""

from __future__ import annotations

import os
from typing import Final

from PySide6.QtCore import QLibraryInfo, QSettings, Qt, QTranslator
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QFont
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

__all__ = ["MARGIN_PX", "TARGET_PX", "announce", "button", "describe", "same_width", "start_application", "text"]

MARGIN_PX: Final = 14
# WCAG 2.2 asks for 24 (2.5.8, target size); a little more is easier with a trackpad.
TARGET_PX: Final = 30


def start_application(language: str) -> QApplication:
    """
    The one QApplication of this process, with Qt's own words (file dialogs, menus of text fields) in the agent's language.

    Norwegian bokmål is not among the translations that come with Qt: there those few words are the system's, or English.
    """
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(["shadow"])
    application.setApplicationName("agent-shadowing")
    application.setApplicationDisplayName("")
    application.setQuitOnLastWindowClosed(False)
    # Qt's file dialog would keep the folders it showed in a file of its own; there is no such folder as this one, so it cannot.
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, f"{os.devnull}/none")
    translator = QTranslator(application)
    if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
    return application


def text(words: str, *, strong: bool = False, larger: float = 1.0) -> QLabel:
    """A text that wraps. It is never taken for markup, whoever wrote it."""
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(words)
    label.setWordWrap(True)
    font = QFont(label.font())
    font.setBold(strong)
    font.setPointSizeF(font.pointSizeF() * larger)
    label.setFont(font)
    return label


def button(words: str, does: str) -> QPushButton:
    """
    A button that Space and Enter press while it has the focus, and never otherwise.

    Args:

        words: What is written on it, and what a screen reader calls it.

        does: What it does, for the screen reader and the pointer that rests on it.
    """
    made = QPushButton(words.replace("&", "&&"))
    made.setAccessibleName(words)
    describe(made, does)
    made.setAutoDefault(True)  # in a window that is no QDialog: Enter presses it if it has the focus
    made.setMinimumHeight(TARGET_PX)  # its width is that of its words, which are never cut
    return made


def describe(widget: QWidget, does: str) -> None:
    """Let a screen reader and a pointer at rest tell what a widget does."""
    widget.setAccessibleDescription(does)
    widget.setToolTip(does)


def same_width(*buttons: QPushButton) -> None:
    """Make buttons as wide as the widest of them, whatever is written on each."""
    widest = max(one.sizeHint().width() for one in buttons)
    for one in buttons:
        one.setMinimumWidth(widest)


def announce(widget: QWidget, words: str) -> None:
    """Let a screen reader speak, without moving the focus."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
