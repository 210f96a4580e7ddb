"""
The command line: the edge where errors become one line and an exit code.

    0 done · 1 bad input or a failed run · 2 bad usage

Results go to stdout, progress and notes to stderr. An error that nobody foresaw is shown by kind and place only: its message could hold
what was read from a log.
"""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import NoReturn

from shadow.errors import ShadowError

__all__ = ["main"]

PACKAGES = Path(__file__).resolve().parents[2]


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # Windows pipes are cp1252 unless told otherwise, and tables hold arrows.
            stream.reconfigure(encoding="utf-8")
    from shadow.cli.commands import app  # noqa: PLC0415 - after the streams are set

    try:
        app(prog_name="shadow")
    except ShadowError as fault:
        _leave(str(fault))
    except KeyboardInterrupt:
        _leave("stopped; nothing was changed")
    except BrokenPipeError:
        # The reader of our output went away, as `head` does: nothing is wrong.
        sys.stderr.close()
        sys.exit(0)
    except Exception as fault:  # noqa: BLE001 - the edge
        _leave(f"unexpected {type(fault).__name__} in {_place(fault)}; please report this line")
    sys.exit(0)


def _leave(message: str) -> NoReturn:
    print(f"error: {message}", file=sys.stderr)
    sys.exit(1)


def _place(fault: Exception) -> str:
    """File and line of our own code nearest to the fault."""
    frames = [frame for frame in traceback.extract_tb(fault.__traceback__) if Path(frame.filename).is_relative_to(PACKAGES)]
    frames = [frame for frame in frames if "site-packages" not in Path(frame.filename).relative_to(PACKAGES).parts]
    if not frames:
        return "a library"
    return f"{Path(frames[-1].filename).relative_to(PACKAGES).as_posix()}:{frames[-1].lineno}"
