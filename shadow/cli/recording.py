"""The command `record`. Everything that listens is loaded only when it is used."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from shadow.cli.choices import Language, StudyOption
from shadow.cli.talk import note, refuse_to_ask

if TYPE_CHECKING:
    from recorder.faces import Face
    from recorder.record import Begun
    from shadow.settings import Language as LanguageCode
    from shadow.settings import Settings

__all__ = ["record"]


def record(
    study: StudyOption,
    no_window: Annotated[bool, typer.Option("--no-window", help="Ask and steer in the terminal instead of a window.")] = False,
    lang: Annotated[Optional[Language], typer.Option("--lang", help="Language of the notice; default: study.toml.")] = None,  # noqa: UP045
) -> None:
    """Ask the agent for consent, then record until stopped."""
    from recorder.agent import agent_home
    from recorder.record import Setup, record_session
    from recorder.sources.platform import desktop_sources
    from shadow.study import open_study

    refuse_to_ask("record asks the agent for consent, which no option can give", "run it without --no-input, with the agent present")
    settings = open_study(study).settings
    language: LanguageCode = lang.value if lang is not None else settings.notice_language
    face = _face(settings, language, no_window=no_window)
    folder = record_session(Setup(settings, agent_home(), face, desktop_sources, language), _say_begun)
    if folder is None:
        note("nothing was recorded")
    else:
        note(f"stopped; look through it with: shadow review {folder}")


def _face(settings: Settings, language: LanguageCode, *, no_window: bool) -> Face:
    if no_window:
        from recorder.faces import TerminalFace

        return TerminalFace(language, (settings.record.pause_key, settings.record.mark_key), sys.stdin, sys.stdout)
    from recorder.window_face import WindowFace

    return WindowFace(language)


def _say_begun(begun: Begun) -> None:
    if begun.key_file is not None:
        note(f"note: there is no system keyring here, so your key lies in {begun.key_file}, readable by you alone")
    print(f"recording {begun.folder}", flush=True)
