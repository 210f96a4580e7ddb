"""The questions in the terminal: anything but `yes` is a no, and a no ends them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.asking import Answer, ask_in_terminal
from recorder.notice import render_notice
from recorder.phrases import load_phrases
from recorder.sources.scripted import ScriptedClock
from shadow.consent import Switches
from shadow.settings import LANGUAGES
from tests.shadow.consents import ready_settings

NOTHING = Answer(yes=False, switches=Switches(), open_s=0)


class Terminal:
    """Somebody who types these lines and reads what is written."""

    def __init__(self, *lines: str) -> None:
        self.lines = list(lines)
        self.written: list[str] = []

    def read_line(self) -> str:
        """The next line; "" at the end."""
        return self.lines.pop(0) if self.lines else ""


def ask(terminal: Terminal, language: str = "en") -> Answer:
    """The answer of somebody at a terminal, where no time passes."""
    return ask_in_terminal(render_notice(ready_settings(), language), terminal.read_line, terminal.written.append, lambda: 0.0)


def typed(words: Iterable[str]) -> Terminal:
    """Somebody who types each word on a line of its own."""
    return Terminal(*(f"{word}\n" for word in words))


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_yes(language: str) -> None:
    """Five times yes agrees to everything; the notice comes first, then one question for each line."""
    terminal = typed(["yes"] * 5)
    notice, phrases = render_notice(ready_settings(), language), load_phrases(language, "notice")
    answer = ask(terminal, language)
    questions = [text for text in terminal.written if text.endswith("[yes/no]")]

    assert Answer(yes=True, switches=Switches(True, True, True, True), open_s=0) == answer  # noqa: FBT003 - four switches
    assert [notice.text, phrases["ask_how"]] == terminal.written[:2]
    assert [phrases["ask_record"], *(f"{switch.title}?" for switch in notice.switches)] == [text[:-9] for text in questions]
    assert len(terminal.written) == 2 + len(questions)


def test_each_on_its_own() -> None:
    """Each line answers its own question, in the order of the contract."""
    for place, kind in enumerate(Switches.__struct_fields__):
        words = ["no"] * 4
        words[place] = "yes"

        assert Switches(**{kind: True}) == ask(typed(["yes", *words])).switches


@pytest.mark.parametrize("word", ["no", "", "y", "Yes", "YES", "yes please", "ja", "ye s", "'yes'", "\x1b[Ayes", "true", "1"])
def test_anything_else_is_no(word: str) -> None:
    """Only the word itself is a yes, at the first question and at the others."""
    terminal = typed(["yes", word, "yes", word, word])

    assert NOTHING == ask(typed([word, "yes", "yes", "yes", "yes"]))
    assert Switches(dwell_and_skips=True) == ask(terminal).switches
    assert (0 if word == "no" else 3) == terminal.written.count("That counts as no.")


@pytest.mark.parametrize("word", ["yes", " yes ", "yes\t", "yes\r"])
def test_space_around_it(word: str) -> None:
    """Space around the word, and the line ends of Windows, are no other word."""
    assert ask(typed([word, word])).yes


def test_no_ends_the_questions() -> None:
    """After a no to recording nothing more is read, and it is said that nothing was recorded or saved."""
    terminal = typed(["no", "yes", "yes", "yes", "yes"])

    assert NOTHING == ask(terminal)
    assert ["yes\n"] * 4 == terminal.lines
    assert "No, then. Nothing is recorded, and nothing is saved." == terminal.written[-1]


@pytest.mark.parametrize("said", [0, 1, 2, 3, 4])
def test_end_of_input(said: int) -> None:
    """Where the input ends, every answer that is missing is a no."""
    answer = ask(typed(["yes"] * said))
    switches = dict(zip(Switches.__struct_fields__, [True] * (said - 1), strict=False))

    assert (said > 0, Switches(**switches)) == (answer.yes, answer.switches)


def test_last_line_without_its_end() -> None:
    """A last line that the input ends in the middle of counts for what it says."""
    assert ask(Terminal("yes\n", "no\n", "no\n", "no\n", "yes")).switches.screenshots


def test_how_long_it_was_open() -> None:
    """The time from the notice to the last answer is told, in seconds."""
    clock = ScriptedClock()
    lines = iter([(40_000, "yes\n"), (41_000, "no\n"), (42_000, "yes\n"), (43_000, "no\n"), (44_500, "no\n")])

    def read_line() -> str:
        t_ms, line = next(lines)
        clock.move_to(t_ms)
        return line

    answer = ask_in_terminal(render_notice(ready_settings(), "sv"), read_line, lambda _: None, lambda: clock() / 1000)

    assert Answer(yes=True, switches=Switches(dwell_and_skips=True), open_s=44.5) == answer


@given(st.lists(st.text(alphabet=st.characters(exclude_characters="\n")), max_size=7))
def test_nothing_without_the_word(words: list[str]) -> None:
    """Whatever is typed, what is agreed to is what has the word yes on its line, after a yes to recording at all."""
    said = [word.strip() == "yes" for word in words] + [False] * 5
    answer = ask(typed(words))

    assert said[0] == answer.yes
    assert Switches(*(said[0] and each for each in said[1:5])) == answer.switches
