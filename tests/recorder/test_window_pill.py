"""The consent window and the pill, driven without a screen."""

from __future__ import annotations

import gc

import pytest

pytest.importorskip("PySide6", reason="Qt is not installed")

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from recorder.window.consent_window import ConsentWindow
from recorder.window.desk import Desk
from recorder.window.look import start_application
from recorder.window.messages import (
    Answer,
    AskConsent,
    AskMark,
    Close,
    Forget,
    Mark,
    Notice,
    Pause,
    Resume,
    Say,
    Section,
    Status,
    Stop,
    Switch,
)
from recorder.window.pill import Pill
from recorder.window.state_badge import COLOURS
from recorder.window.words import Words
from shadow.consent_record import DATA_KINDS, Switches
from shadow.settings import LANGUAGES

MARKUP = "<b>not bold</b> & <img src='file:///etc/passwd'>"
NOTICE = Notice(
    "May we?",
    (Section("Why", ("Because.", MARKUP)), Section("Who", ("You & us.",))),
    tuple(Switch(kind, kind, f"About {kind}.", default=True) for kind in DATA_KINDS),
    "Yes",
    "No",
)


@pytest.fixture(name="application", scope="module", autouse=True)
def _application() -> QApplication:
    """Qt, drawing nowhere."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QT_QPA_PLATFORM", "offscreen")
        yield start_application("en")
    # Windows that only wait for the collector would outlive Qt.
    gc.collect()


class Clock:
    """Seconds that pass when told to."""

    now = 100.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@pytest.fixture(name="clock")
def _clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture(name="said")
def _said() -> list:
    """What the window said."""
    return []


@pytest.fixture(name="consent")
def _consent(said: list, clock: Clock) -> ConsentWindow:
    """The consent window, shown."""
    window = ConsentWindow(Words("en"), NOTICE, said.append, clock)
    yield _shown(window)
    window.withdraw_question()


@pytest.fixture(name="pill")
def _pill(said: list, clock: Clock) -> Pill:
    """The pill of a recording that runs."""
    pill = Pill(Words("en"), said.append, clock)
    pill.show_status(Status("recording", (), 724, 1204))
    yield pill
    pill.close()


def _shown(window: QWidget) -> QWidget:
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    return window


def _texts(window: QWidget) -> str:
    return "\n".join(label.text() for label in window.findChildren(QLabel))


def _contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, relative luminance and contrast ratio."""

    def luminance(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


class TestConsent:
    def test_all_switches_are_off(self, consent: ConsentWindow) -> None:
        """Whatever a notice calls the default, nothing is chosen before the agent chooses it."""
        assert dict.fromkeys(DATA_KINDS, False) == {key: box.isChecked() for key, box in consent.switches.items()}

    def test_yes_and_no_are_alike(self, consent: ConsentWindow) -> None:
        """Yes and no have the same size, font, colours and standing; neither is what Enter falls to."""
        yes, no = (
            (one.size(), one.font(), one.palette(), one.styleSheet(), one.isFlat(), one.isDefault(), one.y())
            for one in (consent.yes, consent.no)
        )

        assert yes == no
        assert not consent.yes.isDefault()

    def test_everything_is_there_to_read(self, consent: ConsentWindow) -> None:
        """Every heading, paragraph and explanation is in the window, as it was written and never as markup."""
        texts = _texts(consent)

        for part in ("May we?", "Why", "Because.", MARKUP, "You & us.", *(f"About {kind}." for kind in DATA_KINDS)):
            assert part in texts
        assert {Qt.TextFormat.PlainText} == {label.textFormat() for label in consent.findChildren(QLabel)}

    def test_tab_goes_from_top_to_bottom(self, consent: ConsentWindow) -> None:
        """By keyboard one comes past every section and switch before the answers."""
        expected = [consent.page, *consent.sections, *consent.switches.values(), consent.yes, consent.no]
        seen = []
        for _ in expected:
            seen.append(QApplication.focusWidget())
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)

        assert expected == seen

    def test_enter_in_the_text_is_no_answer(self, consent: ConsentWindow, said: list) -> None:
        """Enter is yes only on the yes button."""
        for widget in (consent.page, consent.sections[0], *consent.switches.values()):
            QTest.keyClick(widget, Qt.Key.Key_Return)

        assert [] == said

    def test_yes_by_keyboard_with_what_was_chosen(self, consent: ConsentWindow, said: list, clock: Clock) -> None:
        """Space chooses, Enter on yes answers, and the time is that between opening and answering."""
        QTest.keyClick(consent.switches["value_marks"], Qt.Key.Key_Space)
        clock.now += 42.5
        consent.yes.setFocus()
        QTest.keyClick(consent.yes, Qt.Key.Key_Return)

        assert [Answer(yes=True, switches=Switches(value_marks=True), open_s=42.5)] == said
        assert not consent.isVisible()

    @pytest.mark.parametrize("way", ["no", "escape", "close"])
    def test_no_in_three_ways(self, way: str, consent: ConsentWindow, said: list) -> None:
        """The no button, Escape and closing the window are no, once, and a no chooses nothing."""
        consent.switches["screenshots"].setChecked(True)
        if way == "no":
            QTest.mouseClick(consent.no, Qt.MouseButton.LeftButton)
        elif way == "escape":
            QTest.keyClick(consent, Qt.Key.Key_Escape)
        consent.close()

        assert [Answer(yes=False, switches=Switches(), open_s=0.0)] == said

    def test_what_is_chosen_is_said_beside_the_answers(self, consent: ConsentWindow) -> None:
        """Nobody says yes without seeing to what."""
        before = consent.chosen.text()
        consent.switches["clicks_and_focus"].setChecked(True)

        assert [Words("en")("nothing_chosen"), "Chosen: clicks_and_focus."] == [before, consent.chosen.text()]

    def test_everything_has_a_name(self, consent: ConsentWindow) -> None:
        """A screen reader has a name for every control, and the explanation of every switch."""
        assert [] == _nameless(consent)
        assert "About screenshots." == consent.switches["screenshots"].accessibleDescription()


class TestPill:
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("state", list(COLOURS))
    def test_the_state_is_in_words(self, state: str, language: str, said: list, clock: Clock) -> None:
        """Each state has its word in the pill and in its title, and another than every other state."""
        words = Words(language)
        pill = Pill(words, said.append, clock)
        pill.show_status(Status(state))

        assert words(f"state_{state}") == pill.state.text() == pill.state.accessibleName()
        assert pill.windowTitle().startswith(words(f"state_{state}"))
        assert len(COLOURS) == len({words(f"state_{one}") for one in COLOURS})
        pill.close()

    def test_colours_can_be_told_and_read(self) -> None:
        """Word and shape stand out from their ground by 7 to 1 at least; recording, paused and trouble have grounds of their own."""
        assert [] == [state for state, pair in COLOURS.items() if _contrast(*pair) < 7]
        assert 4 == len({ground for ground, _ in COLOURS.values()})

    def test_shapes_differ(self, pill: Pill) -> None:
        """Without any colour, recording, paused, trouble and stopped still look different beside the same word."""
        shapes = set()
        for state in COLOURS:
            pill.state.show_state(state, "x")
            picture = QImage(pill.state.sizeHint(), QImage.Format.Format_RGB32)
            pill.state.render(picture)
            ground = picture.pixelColor(6, picture.height() // 2)
            shapes.add(
                "".join("." if picture.pixelColor(x, y) == ground else "#" for y in range(3, picture.height() - 3) for x in range(6, 26))
            )

        assert 4 == len(shapes)

    def test_it_comes_without_taking_the_focus(self, pill: Pill) -> None:
        """It stays on top and opens without being activated, but can have the focus: keyboards and screen readers must get to it."""
        flags = pill.windowFlags()

        assert pill.testAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        assert flags & Qt.WindowType.WindowStaysOnTopHint
        assert not flags & Qt.WindowType.WindowDoesNotAcceptFocus

    def test_buttons_are_large_enough_and_named(self, pill: Pill) -> None:
        """Everything that can be pressed is 24 pixels at least each way, and has a name and a description."""
        pressed = [one for one in pill.findChildren(QAbstractButton) if one.isVisible()]

        assert 4 == len(pressed)
        assert [] == [one.text() for one in pressed if one.width() < 24 or one.height() < 24 or not one.accessibleDescription()]
        assert [] == _nameless(pill)

    def test_pause_and_resume(self, pill: Pill, said: list) -> None:
        """One button pauses while it records and resumes while it is paused, and says which."""
        pill.pause.click()
        pill.show_status(Status("paused", (), 730, 1204))
        named = pill.pause.text()
        pill.pause.click()

        assert [Pause(), Resume()] == said
        assert ["Resume", "Pause"] == [named, Words("en")("pause")]

    def test_time_runs_only_while_it_records(self, pill: Pill, clock: Clock) -> None:
        """Between two statuses the length counts on by the clock; a pause stands still."""
        clock.now += 61
        pill._show_numbers()
        running = pill.elapsed.text()
        pill.show_status(Status("paused", (), 790, 1300))
        clock.now += 61
        pill._show_numbers()

        assert ["0:13:05", "0:13:10"] == [running, pill.elapsed.text()]
        assert "Events: 1,300" == pill.events.text()

    def test_trouble_is_in_words_and_goes(self, pill: Pill) -> None:
        """What is wrong is a sentence in the pill for as long as it is wrong."""
        pill.show_status(Status("degraded", ("One.", "Two.")))
        shown = (pill.trouble.isVisible(), pill.trouble.text())
        pill.show_status(Status("recording"))

        assert (True, "One.\nTwo.") == shown
        assert not pill.trouble.isVisible()

    @pytest.mark.parametrize(("written", "note"), [("", None), ("  ", None), ("wrong screen again", "wrong screen again")])
    def test_a_mark_with_or_without_words(self, written: str, note: str | None, pill: Pill, said: list, clock: Clock) -> None:
        """A press and Enter mark; words are optional; the moment is that of the press."""
        pill.mark.click()
        field = pill._asking.findChild(QLineEdit)
        QTest.keyClicks(field, written)
        clock.now += 2.5
        QTest.keyClick(field, Qt.Key.Key_Return)

        assert [Mark(note, 2500)] == said

    def test_half_a_surrogate_in_a_note_is_dropped(self, pill: Pill, said: list) -> None:
        """A note that could not be sent is sent without what is broken in it."""
        pill.mark.click()
        pill._asking.note.setText("a\ud800b")
        pill._asking.accept()

        assert [Mark("ab", 0)] == said

    def test_a_mark_can_be_left(self, pill: Pill, said: list) -> None:
        """Escape in the dialog marks nothing, and pausing works while it is open."""
        pill.mark.click()
        pill.pause.click()
        QTest.keyClick(pill._asking, Qt.Key.Key_Escape)

        assert [Pause()] == said

    @pytest.mark.parametrize(("name", "message"), [("forget", Forget()), ("stop", Stop())])
    def test_forget_and_stop_ask_once(self, name: str, message: object, pill: Pill, said: list) -> None:
        """The focus is on the answer that changes nothing; yes does it at once."""
        getattr(pill, name).click()
        careful = pill._asking.no.isDefault()
        QTest.keyClick(pill._asking.no, Qt.Key.Key_Return)
        refused = list(said)
        getattr(pill, name).click()
        pill._asking.yes.click()

        assert (True, [], [message]) == (careful, refused, said)

    def test_closing_it_stops(self, pill: Pill, said: list) -> None:
        """Closing the window is stop, without a question, once."""
        pill.close()
        pill.close()

        assert [Stop()] == said

    def test_escape_does_not_end_a_recording(self, pill: Pill, said: list) -> None:
        """A key pressed in passing stops nothing."""
        QTest.keyClick(pill, Qt.Key.Key_Escape)

        assert (True, []) == (pill.isVisible(), said)

    def test_made_small_it_comes_back(self, pill: Pill) -> None:
        """A desktop that minimises it all the same gets it back."""
        pill.setWindowState(Qt.WindowState.WindowMinimized)
        QApplication.processEvents()

        assert not pill.isMinimized()

    def test_what_is_said_goes_after_a_while(self, pill: Pill) -> None:
        """News are shown, and hidden when their time is over."""
        pill.show_news("Ten minutes.")
        shown = pill.news.isVisible()
        pill._news_ends.timeout.emit()

        assert (True, False) == (shown, pill.news.isVisible())


class TestDesk:
    @pytest.fixture(name="desk")
    def _desk(self, said: list, clock: Clock) -> Desk:
        """The windows of one recording."""
        desk = Desk("en", said.append, clock)
        desk.finished.connect(lambda: said.append("finished"))
        yield desk
        desk.finished.disconnect()
        if desk.consent is not None:
            desk.consent.withdraw_question()
        if desk.pill is not None:
            desk.pill.close()

    def test_from_question_to_close(self, desk: Desk, said: list) -> None:
        """Question, pill, close: each when the recorder says so."""
        desk.hear(AskConsent("da", NOTICE))
        desk.consent.yes.click()
        nothing_yet = desk.pill
        desk.hear(Status("recording"))
        desk.hear(Say("Hej"))
        desk.hear(AskMark())
        desk.hear(Close())

        assert [Answer(yes=True, switches=Switches(), open_s=0.0), "finished"] == said
        assert (None, "Optager", "Hej") == (nothing_yet, desk.pill.state.text(), desk.pill.news.text())

    def test_recorder_gone_while_recording(self, desk: Desk, said: list) -> None:
        """If the recorder dies, the pill says that nothing is recorded, offers nothing but to close, and waits for that."""
        desk.hear(Status("recording", (), 10, 5))
        desk.lose_recorder()
        pill = desk.pill
        before = list(said)

        assert (Words("en")("state_stopped"), Words("en")("recorder_gone")) == (pill.state.text(), pill.trouble.text())
        assert [pill.leave] == [one for one in pill.findChildren(QAbstractButton) if one.isVisible()]
        assert pill.leave is pill.focusWidget()
        pill.leave.click()
        assert ([], ["finished"]) == (before, said)

    def test_recorder_gone_while_asking(self, desk: Desk, said: list) -> None:
        """A question that nobody waits for is taken away, and that nothing was recorded is said."""
        desk.hear(AskConsent("en", NOTICE))
        asked = desk.consent
        desk.lose_recorder()

        assert (False, Words("en")("recorder_gone_early"), []) == (asked.isVisible(), desk.pill.trouble.text(), said)

    @pytest.mark.parametrize("messages", [(), (Status("stopped"),)])
    def test_recorder_gone_in_order(self, messages: tuple, desk: Desk, said: list) -> None:
        """Where nothing was shown yet, or the agent has been told already, the window just goes."""
        for message in messages:
            desk.hear(message)
        desk.lose_recorder()

        assert ["finished"] == said


def _nameless(window: QWidget) -> list[str]:
    """Controls in a window that a screen reader would have no word for."""
    controls = [one for one in window.findChildren(QWidget) if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible()]
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return [type(one).__name__ for one in controls if not (one.accessibleName() or (isinstance(one, QLabel) and one.text()))]
