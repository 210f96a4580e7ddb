"""
What the analysis costs, beside reading the data: `make bench`.

    python -m tests.bench --folder FOLDER [--events 1M,10M] [--only concepts,...] [--pm4py PYTHON] [--write]

The synthetic studies are made once and stay in FOLDER, with the last results of each size. The table goes to stdout, and with --write all
results that FOLDER holds into docs/speed.md; what is being done goes to stderr. It asserts nothing, for the machine may be shared.
"""

from __future__ import annotations

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tests.bench.measuring import PIECES, Bench, Size
from tests.bench.running import ROOT, Budget
from tests.bench.table import Result, keep, kept, machine, page, text_table

PAGE: Final = ROOT / "docs" / "speed.md"
MEMORY_GB: Final = 12.0
SECONDS: Final = 480.0


def main() -> None:
    """Measure what was asked for and say it."""
    wanted = _arguments()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    for place, n_events in enumerate(wanted.events):
        # The one does not depend on the size of the study, the other would say nothing new.
        result = _measured(wanted, n_events, wanted.only - ({"import", "profile"} if place else set()))
        keep(wanted.folder, result)
        sys.stdout.write(f"\n{result.events:,} events\n\n{text_table(result.rows)}\n\n")
        sys.stdout.write("".join(f"missed: {miss}\n" for row in result.rows for miss in row.misses))
    sys.stdout.write(f"\n{machine()}\n")
    if wanted.write:
        PAGE.write_text(page(kept(wanted.folder)), encoding="utf-8")


def _measured(wanted: argparse.Namespace, n_events: int, pieces: frozenset[str]) -> Result:
    bench = Bench(wanted.folder, Budget(wanted.memory, wanted.seconds), wanted.pm4py, _say)
    size, load = Size(bench, n_events), os.getloadavg()[0]
    size.measure(pieces)
    return Result(
        events=size.events,
        cases=size.planted.cases,
        rows=size.rows,
        profile=size.profile,
        command=_command(wanted, n_events, pieces),
        machine=machine(),
        day=datetime.now(UTC).date().isoformat(),
        load=load,
    )


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="What the analysis costs, beside reading the data.")
    parser.add_argument("--folder", type=Path, required=True, help="where the synthetic studies are kept from one run to the next")
    parser.add_argument("--events", type=_sizes, default="1M,10M", help="sizes, such as 1M,10M (default) or 100M")
    parser.add_argument("--only", type=_pieces, default=",".join(PIECES), help=f"of {', '.join(PIECES)}; the scan is always measured")
    parser.add_argument("--pm4py", help="interpreter of an environment that has pm4py")
    parser.add_argument("--memory", type=float, default=MEMORY_GB, help=f"GB that one process may take (default {MEMORY_GB:g})")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"seconds that one process may take (default {SECONDS:g})")
    parser.add_argument("--write", action="store_true", help="write docs/speed.md")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    scale = {"k": 1_000, "M": 1_000_000}
    return [int(float(size.rstrip("kM")) * scale.get(size[-1], 1)) for size in text.split(",")]


def _pieces(text: str) -> frozenset[str]:
    pieces = frozenset(text.split(","))
    if not pieces <= PIECES.keys():
        raise argparse.ArgumentTypeError(f"the pieces are {', '.join(PIECES)}")
    return pieces


def _command(wanted: argparse.Namespace, n_events: int, pieces: frozenset[str]) -> str:
    """The command that measures this again, without the folders of this machine."""
    only = "" if pieces == frozenset(PIECES) else f" --only {','.join(name for name in PIECES if name in pieces)}"
    pm4py = " --pm4py PYTHON" if wanted.pm4py else ""
    budget = f" --memory {wanted.memory:g} --seconds {wanted.seconds:g}"
    return f"python -m tests.bench --folder FOLDER --events {n_events / 1e6:g}M{only}{pm4py}{budget}"


if __name__ == "__main__":
    main()
