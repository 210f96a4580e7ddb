"""What the recorder and its window say to each other, and in which words the window speaks."""

from __future__ import annotations

import re
import string
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from recorder.notice import render_notice
from recorder.phrases import load_phrases
from recorder.window.messages import (
    Answer,
    AskConsent,
    AskMark,
    Close,
    Forget,
    Hello,
    Mark,
    Notice,
    Pause,
    Resume,
    Say,
    Section,
    Status,
    Stop,
    Switch,
    encode,
    read_from_window,
    read_to_window,
)
from recorder.window.words import Words, as_time
from shadow.consent_record import DATA_KINDS, Switches
from shadow.settings import LANGUAGES, RecordSection, Settings

NOTICE = Notice("May we?", (Section("Why", ("Because.",)),), (Switch("screenshots", "Screenshots", "Pictures."),), "Yes", "No")
TO_WINDOW = (AskConsent("da", NOTICE), Status("degraded", ("blåbær",), 12, 3), Say("10 minutter"), AskMark(), Close())
FROM_WINDOW = (
    Hello(),
    Answer(yes=True, switches=Switches(value_marks=True), open_s=12.5),
    Pause(),
    Resume(),
    Mark("ø\n\u2028", 1200),
    Mark(),
    Forget(),
    Stop(),
)


@pytest.mark.parametrize("message", TO_WINDOW)
def test_what_the_recorder_says_arrives(message) -> None:
    """Every message to the window is one line, and comes out as it went in."""
    line = encode(message)

    assert (message, 1) == (read_to_window(line), line.count(b"\n"))


@pytest.mark.parametrize("message", FROM_WINDOW)
def test_what_the_window_says_arrives(message) -> None:
    """Every message from the window is one line, whatever the agent writes into a note, and comes out as it went in."""
    line = encode(message)

    assert (message, 1) == (read_from_window(line), line.count(b"\n"))


@pytest.mark.parametrize(
    "line", [b"", b"\xff\n", b"{}\n", b'{"message":"Canary"}\n', b'{"message":"Mark","value":"canary"}\n', b'{"message":"Close"}\n']
)
def test_anything_else_is_refused_without_a_word_of_it(line: bytes) -> None:
    """What is no message is refused, and the error holds nothing of it."""
    with pytest.raises(ValueError, match="no message") as caught:
        read_from_window(line)

    assert "canary" not in str(caught.value).lower()


def test_the_notice_of_a_study_fits() -> None:
    """The notice that the terminal shows is, as it is, what the window shows."""
    rendered = render_notice(Settings(record=RecordSection(apps=("Notes",))), "nb")
    notice = msgspec.convert(rendered, Notice, from_attributes=True)

    assert DATA_KINDS == tuple(switch.key for switch in notice.switches)
    assert (rendered.title, len(rendered.sections)) == (notice.title, len(notice.sections))


def test_the_recorders_end_needs_no_qt(root: Path) -> None:
    """What the recording process imports of the window loads no Qt."""
    program = "import sys, recorder.window.process; print([name for name in sys.modules if name.startswith('PySide6')])"
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)

    assert "[]" == ran.stdout.strip()


def _places(phrase: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(phrase) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    """A language has every phrase of the controls, in the same order, with the same places and with words in it."""
    english, other = load_phrases("en", "controls"), load_phrases(language, "controls")

    assert {key: _places(phrase) for key, phrase in english.items()} == {key: _places(phrase) for key, phrase in other.items()}
    assert list(english) == list(other)
    assert all(phrase for phrase in other.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_judges(language: str) -> None:
    """The controls speak of systems: no mood, no effort, no score."""
    text = " ".join(load_phrases(language, "controls").values()).lower()

    assert [] == [
        word
        for word in ("productiv", "produktiv", "idle", "inaktiv", "stress", "humør", "frustr", "rage", "effektiv")
        if re.search(rf"\b{word}", text)
    ]


@pytest.mark.parametrize(("language", "count"), [("en", "12,345"), ("da", "12.345"), ("nb", "12\u00a0345"), ("sv", "12\u00a0345")])
def test_counts_are_written_as_people_write_them(language: str, count: str) -> None:
    """Thousands are set apart in the language's own way."""
    assert count == Words(language).count(12345)


def test_lengths_are_hours_minutes_seconds() -> None:
    """A length has the same form from nothing to the longest session."""
    assert ["0:00:00", "0:12:04", "8:00:00"] == [as_time(0), as_time(724.9), as_time(8 * 3600)]
