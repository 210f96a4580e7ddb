"""
The program's commands, in groups by what a person is doing, and its usage errors in two lines.

    error: there is no command impotr
    hint: did you mean import?

Typer groups commands only with rich, which doubles the time to start.
"""

from __future__ import annotations

import difflib
import re
import sys
from typing import TYPE_CHECKING, Any, Final, NoReturn

from typer.core import TyperGroup

from shadow.cli.talk import EVERYWHERE

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter
    from typer._click.exceptions import UsageError

__all__ = ["GROUPS", "ShadowGroup", "leave_with_usage"]

GROUPS: Final = {
    "Set up": ("init", "doctor", "config", "demo"),
    "Record": ("record", "review", "withdraw"),
    "Bring in": ("import",),
    "Analyse": ("cases", "friction", "reentry", "rank"),
    "Report": ("report",),
}
BAD_USAGE: Final = 2


class ShadowGroup(TyperGroup):
    """Groups commands in the help, and takes the options of the program also after a command."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:
        """The commands under what a person is doing."""
        del ctx
        width = max(map(len, self.commands))
        for title, names in GROUPS.items():
            rows = [(name.ljust(width), self.commands[name].help or "") for name in names]
            with formatter.section(title):
                formatter.write_dl(rows)

    def list_commands(self, ctx: Context) -> list[str]:
        """The commands in the order of the groups."""
        del ctx
        return [name for names in GROUPS.values() for name in names]

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        """Bring `--quiet` and `--no-input` before the command; after `--` everything is a name."""
        end = args.index("--") if "--" in args else len(args)
        moved = [arg for arg in args[:end] if arg in EVERYWHERE]
        return super().parse_args(ctx, [*moved, *(arg for arg in args[:end] if arg not in EVERYWHERE), *args[end:]])

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:  # noqa: ANN401 - as typer has it
        """The command; typer's own did-you-mean is left to the hint."""
        return self._click_resolve_command(ctx, args)


def leave_with_usage(fault: UsageError) -> NoReturn:
    """Tell what was typed wrong and what would be right, and leave with 2."""
    if type(fault).__name__ == "NoArgsIsHelpError":
        print(fault.message, file=sys.stderr)
        sys.exit(BAD_USAGE)
    error, hint = _in_words(fault)
    print(f"error: {error}\nhint: {hint}", file=sys.stderr)
    sys.exit(BAD_USAGE)


def _in_words(fault: UsageError) -> tuple[str, str]:
    """What is wrong, and what to do: each one line that holds nothing that could move a cursor."""
    message = " ".join(fault.format_message().split())
    command = fault.ctx.command_path if fault.ctx is not None else "shadow"
    hint = f"see {command} --help"
    if found := re.fullmatch(r"No such command '(.*)'\.", message):
        message = f"there is no command {found[1]}"
        hint = _did_you_mean(found[1], list(_all_commands(fault))) or hint
    elif option := getattr(fault, "option_name", None) if "No such option" in message else None:
        message = f"{command} has no option {option}"
        hint = _did_you_mean(option, _options(fault)) or hint
    elif found := re.fullmatch(r"Invalid value for (.+?): (.*)", message):
        message = f"{found[1].replace(chr(39), '')}: {found[2].removeprefix('Value error, ')}"
    text = message[:1].lower() + message[1:]
    return "".join(char if char.isprintable() else "?" for char in text.rstrip(".")), hint


def _did_you_mean(typed: str, known: list[str]) -> str | None:
    near = difflib.get_close_matches(typed, known, n=1)
    return f"did you mean {near[0]}?" if near else None


def _all_commands(fault: UsageError) -> tuple[str, ...]:
    return tuple(getattr(fault.cmd, "commands", ()))


def _options(fault: UsageError) -> list[str]:
    """What the command takes, with what every command takes."""
    own = [name for param in fault.cmd.params for name in param.opts if name.startswith("-")] if fault.cmd is not None else []
    return [*own, *EVERYWHERE, "--help"]
