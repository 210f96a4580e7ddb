"""Gather facts of worlds in a folder, a line each, and make the table of them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.accuracy.pool import pool_facts, team_facts
from tests.accuracy.segments import segment_facts
from tests.accuracy.table import table
from tests.accuracy.worlds import Facts, world_facts
from tests.simulated import usable

TEAMS_AN_OFFICE = 7


def _worlds(first: int, end: int, **variant: bool) -> Iterator[tuple[str, Callable[[], Facts]]]:
    for seed in range(first, end):
        yield f"{seed}", lambda seed=seed: world_facts(seed, **variant)  # type: ignore[misc]


def _pools(first: int, end: int) -> Iterator[tuple[str, Callable[[], Facts]]]:
    for seed in range(first, end):
        yield f"{seed}", lambda seed=seed: pool_facts(seed)  # type: ignore[misc]


def _teams(first: int, end: int) -> Iterator[tuple[str, Callable[[], Facts]]]:
    for seed in range(first, end):
        for number in range(TEAMS_AN_OFFICE):
            yield f"{seed}-{number}", lambda seed=seed, number=number: team_facts(seed, number)  # type: ignore[misc]


def _segments(first: int, end: int) -> Iterator[tuple[str, Callable[[], Facts]]]:
    for seed in range(first, end):
        yield f"{seed}", lambda seed=seed: segment_facts(seed)  # type: ignore[misc]


WORK: dict[str, Callable[[int, int], Iterable[tuple[str, Callable[[], Facts]]]]] = {
    "worlds": _worlds,
    "nothing": lambda first, end: _worlds(first, end, null=True),
    "aside": lambda first, end: _worlds(first, end, interleaved=True),
    "calls": lambda first, end: _worlds(first, end, calls=True),
    "pool": _pools,
    "teams": _teams,
    "segments": _segments,
}


def gather(kind: str, first: int, end: int, folder: Path) -> None:
    """Make what is not there yet; each line is written whole, so a run that was stopped goes on where it was."""
    path = folder / f"{kind}.jsonl"
    done = {json.loads(line)["name"] for line in path.read_text(encoding="utf-8").splitlines()} if path.exists() else set()
    for name, make in WORK[kind](first, end):
        if name in done or (kind != "segments" and not usable(int(name.split("-")[0]))):
            continue
        facts = make()
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, **facts}) + "\n")
        sys.stderr.write(f"{kind} {name}\n")


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests.accuracy", description=sys.modules["tests.accuracy"].__doc__)
    parser.add_argument("what", choices=[*WORK, "table"])
    parser.add_argument("seeds", nargs="*", type=int, help="first seed, and the one after the last")
    parser.add_argument("--to", type=Path, required=True, help="folder of the facts")
    asked = parser.parse_args()
    asked.to.mkdir(parents=True, exist_ok=True)
    if asked.what == "table":
        sys.stdout.write(table(asked.to))
    else:
        first, end = asked.seeds
        gather(asked.what, first, end, asked.to)


if __name__ == "__main__":
    main()
