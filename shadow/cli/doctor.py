"""The command `doctor`: what works on this machine, what does not, and how to mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shadow.cli.choices import JsonOption, Language
from shadow.cli.talk import print_json

if TYPE_CHECKING:
    from recorder.doctor import Line

__all__ = ["doctor"]


def doctor(
    lang: Annotated[Language, typer.Option("--lang", help="Language of the answers.")] = Language.en,
    json: JsonOption = False,
) -> None:
    """Try what a recording needs of this machine, and say how to mend what does not work."""
    from recorder.agent import agent_home
    from recorder.doctor import can_record, examine, in_words
    from recorder.phrases import load_phrases
    from shadow.settings import Settings

    keyed = Settings().record
    found = examine(agent_home(), (keyed.pause_key, keyed.mark_key))
    able = can_record(found)
    if json:
        rows = [
            {"capability": capability.name, "subject": line.subject, "works": line.works, "remedy": line.remedy or None}
            for capability, (_, lines) in zip(found, in_words(found, lang.value), strict=True)
            for line in lines
        ]
        print_json(_document(rows, able=able))
    else:
        for title, lines in in_words(found, lang.value):
            print("\n".join([title, *map(_text, lines), ""]))
        print(load_phrases(lang.value, "doctor")["can_record" if able else "cannot_record"])
    if not able:
        raise typer.Exit(1)


def _document(rows: list[dict[str, Any]], *, able: bool) -> dict[str, Any]:
    return {"schema_version": 1, "command": "doctor", "can_record": able, "rows": rows}


def _text(line: Line) -> str:
    remedy = f"\n      {line.remedy}" if line.remedy else ""
    return f"  {line.subject}: {line.state}{remedy}"
