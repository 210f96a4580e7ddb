"""
The command line: the edge where errors become one line and an exit code.

    0 done · 1 bad input, or a run that failed or was stopped: one line `error: …`
    2 bad usage: a line `error: …` and a line `hint: …`

Results go to stdout, progress and notes to stderr. An error that nobody foresaw is shown by kind and place only: its message could hold
what was read from a log. One of the file system is shown by path and by what the system calls it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

from shadow.errors import ShadowError

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

__all__ = ["main"]

PACKAGES: Final = Path(__file__).resolve().parents[2]
# What typer leaves with after Ctrl-C; ours are 0, 1 and 2.
INTERRUPTED: Final = 130


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows pipes are cp1252 unless told otherwise, and tables hold arrows.
            stream.reconfigure(encoding="utf-8")
    sys.unraisablehook = _note_unraisable
    try:
        _run()
    except KeyboardInterrupt:
        # Also one that comes while a fault is being told: a read that was interrupted may fail first.
        print("stopped; nothing was changed", file=sys.stderr)
        sys.exit(1)
    sys.exit(0)


def _run() -> None:
    """Run the command line; what goes wrong becomes one line, or two where it was typed wrong."""
    try:
        _run_command()
    except (SystemExit, KeyboardInterrupt):
        raise
    except ShadowError as fault:
        _leave(str(fault))
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
    except BaseException as fault:  # noqa: BLE001 - the edge; a panic of polars is no Exception
        _leave(_unforeseen(fault))


def _run_command() -> None:
    """Run what was asked for, and leave with its exit code."""
    from typer._click.exceptions import UsageError

    from shadow.cli.commands import app
    from shadow.cli.group import leave_with_usage

    try:
        code = app(prog_name="shadow", standalone_mode=False)
    except UsageError as fault:
        leave_with_usage(fault)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    sys.exit(code or 0)


def _unforeseen(fault: BaseException) -> str:
    if isinstance(fault, OSError) and fault.errno is not None and fault.filename is not None:
        return f"{fault.filename}: {os.strerror(fault.errno)}; check the path, and that you may write there"
    return f"unexpected {type(fault).__name__} in {_place(fault)}; please report this line"


def _note_unraisable(unraisable: UnraisableHookArgs) -> None:
    """An error while something is cleared away, which Python shows with its message."""
    print(f"note: {unraisable.exc_type.__name__} while clearing up", file=sys.stderr)


def _leave(message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def _place(fault: BaseException) -> str:
    """File and line of our own code nearest to the fault."""
    import traceback

    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if Path(frame.filename).is_relative_to(PACKAGES)]
    frames = [frame for frame in frames if "site-packages" not in Path(frame.filename).relative_to(PACKAGES).parts]
    if not frames:
        return "a library"
    return f"{Path(frames[-1].filename).relative_to(PACKAGES).as_posix()}:{frames[-1].lineno}"
