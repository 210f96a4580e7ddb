"""
The command line: the edge where errors become one line and an exit code.

    0 done · 1 bad input, or a run that failed or was stopped · 2 bad usage

Results go to stdout, progress and notes to stderr. An error that nobody foresaw is shown by kind and place only: its message could hold
what was read from a log. One of the file system is shown by path and by what the system calls it.
"""

from __future__ import annotations

import os
import sys
import traceback
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
    """Run the command line; what goes wrong becomes one line."""
    try:
        from shadow.cli.commands import app

        app(prog_name="shadow")
    except SystemExit as left:
        if left.code == INTERRUPTED:
            raise KeyboardInterrupt from None
        raise
    except KeyboardInterrupt:
        raise
    except ShadowError as fault:
        _leave(str(fault))
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
    except BaseException as fault:  # noqa: BLE001 - the edge; a panic of polars is no Exception
        _leave(_unforeseen(fault))


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
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if Path(frame.filename).is_relative_to(PACKAGES)]
    frames = [frame for frame in frames if "site-packages" not in Path(frame.filename).relative_to(PACKAGES).parts]
    if not frames:
        return "a library"
    return f"{Path(frames[-1].filename).relative_to(PACKAGES).as_posix()}:{frames[-1].lineno}"
