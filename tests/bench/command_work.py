"""A command as its user starts it, measured from its first import to its last line: `python -m tests.bench.command_work COMMAND ARGS`."""

from __future__ import annotations

import sys

from tests.bench.meter import stage


def main(*args: str) -> None:
    """Measure a command, with the start of the program; the stage is called like it."""
    sys.argv = ["shadow", *args]
    with stage(args[0]):
        from shadow.cli import main as shadow  # noqa: PLC0415 - its imports are a part of what is measured

        try:
            shadow()
        except SystemExit as left:
            if left.code:
                raise


if __name__ == "__main__":
    main(*sys.argv[1:])
