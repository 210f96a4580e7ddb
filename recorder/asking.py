"""
The questions, in the terminal: recording at all, then each of the four kinds of data (contracts, section 1).

Whatever is not the word `yes` is a no: a slip of the finger, an empty line, the end of the input, a yes in another language.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from recorder.phrases import load_phrases
from shadow.consent import Switches

if TYPE_CHECKING:
    from recorder.notice import Notice

__all__ = ["Answer", "ask_in_terminal"]

YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What the agent said.

    Args:

        yes: Whether recording was agreed to at all.

        switches: The answer to each kind of data; all off after a no.

        open_s: How long the notice was open before the last answer, seconds.
    """

    yes: bool
    switches: Switches
    open_s: float


def ask_in_terminal(
    notice: Notice,
    read_line: Callable[[], str],
    write: Callable[[str], object],
    clock_s: Callable[[], float] = time.monotonic,
) -> Answer:
    """
    Show the notice and ask; nothing is read after a no to the first question.

    Args:

        notice: What is shown.

        read_line: Gives the next line with its line end, and "" at the end of the input, as `sys.stdin.readline` does.

        write: Takes a text without its line end, and shows it at once.

        clock_s: Seconds on a clock that never goes back.
    """
    phrases = load_phrases(notice.language, "notice")
    shown_s = clock_s()
    write(notice.text)
    write(phrases["ask_how"])

    def agreed(question: str) -> bool:
        write(f"{question} [yes/no]")
        said = read_line().strip()
        if said not in {YES, NO}:
            write(phrases["heard_no"])
        return said == YES

    if not agreed(phrases["ask_record"]):
        write(phrases["declined"])
        return Answer(yes=False, switches=Switches(), open_s=clock_s() - shown_s)
    chosen = {switch.key: agreed(phrases["ask_switch"].format(title=switch.title)) for switch in notice.switches}
    return Answer(yes=True, switches=Switches(**chosen), open_s=clock_s() - shown_s)
