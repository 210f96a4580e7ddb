"""The window in which a recording is looked through, driven without a screen, on a recording that is made up."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytest.importorskip("PySide6", reason="Qt is not installed")

from PySide6.QtCore import Qt, QTime
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QWidget

from recorder.window.dialogs import Question
from recorder.window.look import start_application
from recorder.window.review_model import Chosen
from recorder.window.review_window import LOCK_S, ReviewWindow
from recorder.window.words import Words
from shadow.errors import SessionError
from shadow.settings import LANGUAGES


@dataclass(frozen=True)
class Stretch:
    first_seq: int
    last_seq: int
    start_ms: int
    end_ms: int
    app: str
    screen: str
    sentence: str
    n_events: int


@dataclass(frozen=True)
class Line:
    seq: int
    t_ms: int
    sentence: str


@dataclass
class Session:
    state: str = "stopped"


@dataclass
class MadeUp:
    """
    Three stretches of four events, one a second: Tickets, Billing, Tickets again.

    Source of truth for the tests: what was asked of it is in `asked`.
    """

    there: set[int] = field(default_factory=lambda: set(range(12)))
    asked: list = field(default_factory=list)
    session: Session = field(default_factory=Session)
    suspicious: tuple[int, ...] = ()
    refuses: bool = False

    def stretches(self) -> list[Stretch]:
        """By time."""
        runs = [("Tickets", "/tickets/:id", range(4)), ("Billing", "", range(4, 8)), ("Tickets", "/search", range(8, 12))]
        found = [(app, screen, sorted(self.there.intersection(seqs))) for app, screen, seqs in runs]
        return [
            Stretch(seqs[0], seqs[-1], seqs[0] * 1000, seqs[-1] * 1000, app, screen, f"Sentence {app}.", len(seqs))
            for app, screen, seqs in found
            if seqs
        ]

    def lines(self, stretch: Stretch) -> list[Line]:
        """By time."""
        return [Line(seq, seq * 1000, f"Event {seq}.") for seq in sorted(self.there) if stretch.first_seq <= seq <= stretch.last_seq]

    def seqs_between(self, from_ms: int, until_ms: int) -> set[int]:
        """As the window asks."""
        return {seq for seq in self.there if from_ms <= seq * 1000 < until_ms}

    def seqs_of_app(self, app: str) -> set[int]:
        """As the window asks."""
        return {line.seq for stretch in self.stretches() if stretch.app == app for line in self.lines(stretch)}

    def suspects(self) -> list[Line]:
        """Those that were made suspicious."""
        return [Line(seq, 0, "") for seq in self.suspicious if seq in self.there]

    def missing(self) -> list[str]:
        """One sentence."""
        return ["Something was forgotten."]

    def also_recorded(self) -> list[str]:
        """Nothing."""
        return []

    def strike(self, seqs: frozenset[int]) -> None:
        """Gone."""
        self._refuse()
        self.asked.append(("strike", sorted(seqs)))
        self.there -= seqs

    def release(self) -> None:
        """Released."""
        self._refuse()
        self.asked.append("release")
        self.session.state = "released"

    def withdraw(self) -> Path | None:
        """An order where it was released."""
        self.asked.append("withdraw")
        return Path("order.json") if self.session.state == "released" else None

    def export(self, path: Path) -> None:
        """A file."""
        self.asked.append(("export", path.name))
        path.write_text("copy")

    def _refuse(self) -> None:
        if self.refuses:
            raise SessionError("the disk refuses", "make room")


class Clock:
    """Seconds that pass when told to."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture(name="application", scope="module", autouse=True)
def _application() -> QApplication:
    """Qt, drawing nowhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QT_QPA_PLATFORM", "offscreen")
        yield start_application("en")
    gc.collect()


@pytest.fixture(name="review")
def _review() -> MadeUp:
    """The recording."""
    return MadeUp()


@pytest.fixture(name="clock")
def _clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture(name="window")
def _window(review: MadeUp, clock: Clock) -> ReviewWindow:
    """The window, shown."""
    window = ReviewWindow(Words("en"), review, clock)
    window.show()
    yield window
    window.close()


def _question(window: ReviewWindow) -> Question:
    (question,) = [one for one in window.findChildren(Question) if one.isVisible()]
    return question


def _confirm(window: ReviewWindow, button: QAbstractButton) -> str:
    """Press a button, say yes, and return what was said before that."""
    button.click()
    question = _question(window)
    hint = question.hint.text()
    question.yes.click()
    return hint


def _all_texts(window: QWidget) -> str:
    """Every text that a person or a screen reader could find in the window."""
    labels = [label.text() for label in window.findChildren(QLabel)]
    rows = [window.list.topLevelItem(at) for at in range(window.list.topLevelItemCount())]
    items = [row.child(at) for row in rows for at in range(row.childCount())]
    cells = [item.text(column) for item in (*rows, *items) for column in range(window.list.columnCount())]
    apps = [window.app.itemText(at) for at in range(window.app.count())]
    return "\n".join([*labels, *cells, *apps])


def test_it_shows_time_application_screen_and_counts(window: ReviewWindow) -> None:
    """Each stretch is a row: when, where, in a sentence, and how many events."""
    row = window.list.topLevelItem(1)

    assert ["0:00:04", "Billing", "–", "Sentence Billing.", "4", ""] == [row.text(column) for column in range(6)]
    assert "Events: 12. Applications: 2. Length: 0:00:11." == window.summary.text()
    assert "Something was forgotten." == window.remarks.text()


def test_events_are_under_their_stretch(window: ReviewWindow) -> None:
    """Opening a row shows its events, each in a sentence with its time."""
    row = window.list.topLevelItem(1)
    row.setExpanded(True)

    assert ["0:00:04   Event 4.", "0:00:05   Event 5."] == [row.child(at).text(0) for at in range(2)]


def test_choosing_destroys_nothing_and_can_be_undone(window: ReviewWindow, review: MadeUp) -> None:
    """Lines, an application and a stretch of time are chosen one after the other, and taken back in the opposite order."""
    window.list.topLevelItem(1).setExpanded(True)
    window.list.topLevelItem(1).child(1).setSelected(True)
    window.choose_selected.click()
    window.app.setCurrentText("Tickets")
    window.choose_app.click()
    window.start.setTime(QTime(0, 0, 3))
    window.end.setTime(QTime(0, 0, 7))
    window.choose_range.click()
    steps = [window.chosen.seqs]
    for _ in range(3):
        window.undo.click()
        steps.append(window.chosen.seqs)

    tickets = {0, 1, 2, 3, 8, 9, 10, 11}
    assert [{4, 5, 6} | tickets, {5} | tickets, {5}, set()] == steps
    assert ([], False, False) == (review.asked, window.undo.isEnabled(), window.strike.isEnabled())


def test_what_is_chosen_is_told_in_words(window: ReviewWindow) -> None:
    """A stretch says how much of it goes, an event that it goes: the line through it is not all there is."""
    window.list.topLevelItem(1).setExpanded(True)
    window.list.topLevelItem(1).child(0).setSelected(True)
    window.list.topLevelItem(0).setSelected(True)
    window.choose_selected.click()
    rows = [window.list.topLevelItem(at) for at in range(3)]

    assert ["will be struck", "1 of 4 will be struck", ""] == [row.text(5) for row in rows]
    assert [True, False, False] == [row.font(3).strikeOut() for row in rows]
    assert "0:00:04   Event 4. – will be struck" == rows[1].child(0).text(0)
    assert "5" in window.pending.text()


def test_striking_is_asked_once_and_done_at_once(window: ReviewWindow, review: MadeUp) -> None:
    """The question says how many; after it the events are gone from the window too."""
    window.app.setCurrentText("Billing")
    window.choose_app.click()
    hint = _confirm(window, window.strike)

    assert [("strike", [4, 5, 6, 7])] == review.asked
    assert "Events: 4." in hint
    assert "Billing" not in _all_texts(window)
    assert "Events: 8. Applications: 1. Length: 0:00:11." == window.summary.text()


@pytest.mark.parametrize("name", ["strike", "release", "withdraw", "export"])
def test_no_does_nothing(name: str, window: ReviewWindow, review: MadeUp) -> None:
    """Every decision can be left: Enter in its question falls to the answer that changes nothing."""
    if name == "strike":
        window.choose_app.click()
    getattr(window, name).click()
    question = _question(window)
    QTest.keyClick(question, Qt.Key.Key_Return)

    assert ([], False) == (review.asked, question.isVisible())


@pytest.mark.parametrize("name", ["release", "export"])
def test_a_choice_that_is_not_carried_out_stands_in_the_way(name: str, window: ReviewWindow, review: MadeUp) -> None:
    """Nobody releases or copies what they believe to be struck."""
    window.choose_app.click()
    getattr(window, name).click()

    assert ([], []) == (review.asked, [one for one in window.findChildren(Question) if one.isVisible()])
    assert Words("en")("review_strike_first") == window.result.text()


def test_release(window: ReviewWindow, review: MadeUp) -> None:
    """After a release nothing can be struck or released again; a copy and withdrawing remain."""
    _confirm(window, window.release)
    after = [one.isEnabled() for one in (window.release, window.choose_app, window.export, window.withdraw)]

    assert (["release"], [False, False, True, True]) == (review.asked, after)


def test_withdraw(window: ReviewWindow, review: MadeUp) -> None:
    """Withdrawing destroys, and leaves no text of the recording in the window."""
    _confirm(window, window.withdraw)

    assert (["withdraw"], Words("en")("review_done_withdraw")) == (review.asked, window.result.text())
    assert "Tickets" not in _all_texts(window)


def test_withdrawing_what_is_released_says_what_that_means(window: ReviewWindow, review: MadeUp) -> None:
    """Of a released recording the question speaks of the order, and afterwards the window says where it is."""
    _confirm(window, window.release)
    hint = _confirm(window, window.withdraw)

    assert Words("en")("review_withdraw_released_hint") == hint
    assert Words("en")("review_done_order", order="order.json") == window.result.text()
    assert ["release", "withdraw"] == review.asked


def test_export_asks_for_a_place(window: ReviewWindow, review: MadeUp, tmp_path: Path) -> None:
    """A copy goes where the agent says."""
    _confirm(window, window.export)
    (dialog,) = window.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "copy.html"))
    dialog.close()

    assert [("export", "copy.html")] == review.asked


def test_the_file_dialog_remembers_nothing(root: Path, tmp_path: Path) -> None:
    """Qt would list the folders that its file dialog showed in a file of its own: here it does not, though it can."""
    program = """if True:
        import sys
        from PySide6.QtCore import QEvent, QSettings
        from PySide6.QtWidgets import QFileDialog
        from recorder.window.look import start_application
        application = start_application("en")
        if sys.argv[1:]:
            QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, sys.argv[1])
        dialog = QFileDialog(None)
        dialog.show()
        dialog.close()
        dialog.deleteLater()
        application.sendPostedEvents(dialog, QEvent.Type.DeferredDelete.value)
    """
    environment = os.environ | {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    left = []
    for where in ([], [str(tmp_path)]):
        subprocess.run([sys.executable, "-c", program, *where], cwd=root, env=environment, check=True, capture_output=True)
        left.append(sorted(path.name for path in tmp_path.rglob("*.conf")))

    assert [[], ["QtProject.conf"]] == left


def test_a_failure_is_told_and_nothing_changes(window: ReviewWindow, review: MadeUp) -> None:
    """What goes wrong is said with its remedy; what was chosen stays chosen."""
    review.refuses = True
    window.choose_app.click()
    chosen = window.chosen.seqs
    _confirm(window, window.strike)

    assert "That did not work. the disk refuses; make room" == window.result.text()
    assert chosen == window.chosen.seqs


def test_suspects_are_offered(clock: Clock) -> None:
    """Events that look as if they were about a person are counted, and chosen with one press."""
    review = MadeUp(suspicious=(2, 9))
    window = ReviewWindow(Words("en"), review, clock)
    window.show()
    shown = window.suspicion.isVisible()
    window.choose_suspects.click()
    _confirm(window, window.strike)

    assert (True, [("strike", [2, 9])], False) == (shown, review.asked, window.suspicion.isVisible())
    window.close()


def test_a_minute_without_a_touch_hides_every_text(window: ReviewWindow, clock: Clock) -> None:
    """After a minute no text of the recording is anywhere in the window, and no question is open; a button brings it back, choices too."""
    window.list.topLevelItem(0).setExpanded(True)
    window.choose_app.click()
    chosen = window.chosen.seqs
    window.withdraw.click()
    clock.now = LOCK_S - 1
    window.lock_if_untouched()
    before = window.locked
    clock.now = LOCK_S
    window.lock_if_untouched()
    hidden, asked = _all_texts(window), [one for one in window.findChildren(Question) if one.isVisible()]
    window.unlock.click()

    assert (False, []) == (before, asked)
    assert [] == [word for word in ("Tickets", "Billing", "Event ", "Sentence", "Events: 12", "forgotten") if word in hidden]
    assert (False, chosen) == (window.locked, window.chosen.seqs)
    assert "Sentence Tickets." in _all_texts(window)


def test_a_touch_keeps_it_open(window: ReviewWindow, clock: Clock) -> None:
    """The minute begins anew with every key and every move of the pointer."""
    clock.now = LOCK_S - 1
    QTest.keyClick(window.list, Qt.Key.Key_Down)
    clock.now = LOCK_S + 1
    window.lock_if_untouched()

    assert not window.locked


def test_an_empty_recording(clock: Clock) -> None:
    """A recording without events says so, and can still be withdrawn."""
    window = ReviewWindow(Words("en"), MadeUp(there=set()), clock)

    assert (Words("en")("review_empty"), True) == (window.summary.text(), window.withdraw.isEnabled())
    window.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_has_a_name_and_room(language: str, review: MadeUp, clock: Clock) -> None:
    """In every language each control has a name for screen readers, and its words fit on it."""
    window = ReviewWindow(Words(language), review, clock)
    window.show()
    buttons = [one for one in window.findChildren(QAbstractButton) if one.isVisible() and one.text()]

    assert [] == [one.text() for one in buttons if one.width() < one.sizeHint().width() or one.height() < 24]
    assert all(one.accessibleName() for one in (window.list, window.app, window.start, window.end, *buttons))
    window.close()


class TestChosen:
    """The choices, without a window."""

    def test_a_choice_that_adds_nothing_is_none(self) -> None:
        """Undo always takes something back."""
        chosen = Chosen()
        for seqs in ({1, 2}, {2}, set(), {3}):
            chosen.add(seqs)
        chosen.undo()

        assert {1, 2} == chosen.seqs

    def test_undo_of_nothing(self) -> None:
        """Where nothing is chosen, undo does nothing."""
        chosen = Chosen()
        chosen.undo()

        assert frozenset() == chosen.seqs
