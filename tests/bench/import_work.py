"""`shadow import` as its user starts it, measured from its first import to its last line: `python -m tests.bench.import_work LOG STUDY`."""

from __future__ import annotations

import sys

from tests.bench.meter import stage


def main(log: str, study: str) -> None:
    """Measure the import, with the start of the program."""
    sys.argv = ["shadow", "import", log, "--study", study]
    with stage("import"):
        from shadow.cli import main as shadow  # noqa: PLC0415 - its imports are a part of what is measured

        try:
            shadow()
        except SystemExit as left:
            if left.code:
                raise


if __name__ == "__main__":
    main(*sys.argv[1:])
