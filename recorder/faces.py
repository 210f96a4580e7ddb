"""
What the agent sees of a recording: the protocol of a face, and the terminal's.

Every face steers the same `Recording`; none keeps a state of its own. The window's face is in `recorder.window_face`, the hotkeys' in
`recorder.hotkeys`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TextIO

from recorder.asking import Answer, ask_in_terminal
from recorder.phrases import load_phrases

if TYPE_CHECKING:
    from collections.abc import Callable

    from recorder.notice import Notice
    from recorder.recording import Recording, Trouble
    from shadow.settings import Language

__all__ = ["Face", "TerminalFace", "phrase_of", "say_forgotten", "source_words"]


class Face(Protocol):
    """Asks, shows and hears the agent."""

    def ask(self, notice: Notice) -> Answer:
        """Show the notice and hear the answer; nothing is recorded yet and nothing listens."""

    def begin(self, recording: Recording, stop: Callable[[], None]) -> None:
        """Show that the recording runs and hear what the agent wants; `stop` ends it."""

    def refresh(self, recording: Recording, since_s: int) -> None:
        """Show how it is now; called every half second."""

    def tell(self, trouble: Trouble) -> None:
        """Say what happened, once; from any thread."""

    def say(self, key: str, **places: object) -> None:
        """Say a phrase of `controls`; from any thread."""

    def ask_for_mark(self, recording: Recording) -> None:
        """The hotkey for a mark was pressed: mark, with words where there is a place to type them."""

    def end(self) -> None:
        """Close what is open."""


def phrase_of(trouble: Trouble, words: dict[str, str]) -> str:
    """A trouble as a sentence."""
    return words[trouble.key].format(source=source_words(trouble.what, words), n=trouble.what)


def source_words(name: str, words: dict[str, str]) -> str:
    """The name of a source in the agent's language."""
    return words.get("source_" + name.replace(" ", "_"), name)


def clock_words(seconds: float) -> str:
    """A length of time as hours, minutes and seconds: 1:02:03."""
    whole = int(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def say_forgotten(face: Face, recording: Recording) -> None:
    """Forget the last five minutes, and say from when on."""
    since_ms = recording.forget_last()
    if since_ms is not None:
        face.say("said_forgotten", time=clock_words(since_ms / 1000))


class TerminalFace:
    """
    The terminal: the notice and its questions, then a line for each thing that happens, and a line from the agent for each thing wanted.

    Args:

        language: Of the phrases.

        keys: The combinations for pause and mark, as study.toml spells them; empty where there are none.

        reads: What the agent types.

        writes: What the agent sees.
    """

    def __init__(self, language: Language, keys: tuple[str, str] | None, reads: TextIO, writes: TextIO) -> None:
        self._words = load_phrases(language, "controls")
        self._keys = keys
        self._reads, self._writes = reads, writes

    def ask(self, notice: Notice) -> Answer:
        """Print the notice, then read one line for each question."""
        return ask_in_terminal(notice, self._reads.readline, self._write)

    def begin(self, recording: Recording, stop: Callable[[], None]) -> None:
        """Say how it is steered, and listen; the end of the input ends nothing."""
        if self._keys is not None:
            self.say("terminal_keys", pause_key=self._keys[0], mark_key=self._keys[1])
        else:
            self.say("terminal_no_keys")
        self.say("terminal_commands")
        threading.Thread(target=self._listen, args=(recording, stop), name="terminal", daemon=True).start()

    def refresh(self, recording: Recording, since_s: int) -> None:
        """Nothing: a terminal says what changes, when it changes."""

    def tell(self, trouble: Trouble) -> None:
        """One line."""
        self._write(phrase_of(trouble, self._words) + "\n")

    def say(self, key: str, **places: object) -> None:
        """One line."""
        self._write(self._words[key].format(**places) + "\n")

    def ask_for_mark(self, recording: Recording) -> None:
        """Mark at once; words can follow on a line of their own."""
        recording.mark()
        self.say("said_marked")

    def end(self) -> None:
        """Nothing is open."""

    def _listen(self, recording: Recording, stop: Callable[[], None]) -> None:
        for line in iter(self._reads.readline, ""):
            command, _, rest = line.strip().partition(" ")
            self._obey(command.lower(), rest, recording, stop)

    def _obey(self, command: str, rest: str, recording: Recording, stop: Callable[[], None]) -> None:
        if command == "p":
            recording.pause()
            self.say("said_paused")
        elif command == "r":
            recording.resume()
            self.say("said_resumed")
        elif command == "m":
            recording.mark(rest or None)
            self.say("said_marked")
        elif command == "f":
            say_forgotten(self, recording)
        elif command == "s":
            stop()
        elif command:
            self.say("terminal_commands")

    def _write(self, text: str) -> None:
        self._writes.write(text)
        self._writes.flush()
