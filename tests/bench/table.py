"""
The table: as text for the terminal, and as the page that is committed (docs/speed.md). Neither holds a path of the machine.

    Size --> Result --> FOLDER/result-N.json --> page     (so that a size that takes hours is measured by itself, and stays on the page)
"""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from tests.bench.figures import Row

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Result", "keep", "kept", "machine", "page", "text_table"]

HEADER: Final = ("what", "CPU s", "wall s", "peak MB", "x scan", "")
LIBRARIES: Final = ("polars", "duckdb", "numpy", "pandas")

OPENING: Final = """# What it costs

Written by `make bench`; do not edit by hand. A synthetic study (seeded, `tests/bench/synthetic.py`) is analysed by the product, each piece of
work in a process of its own. CPU seconds are user and system time of all threads without the start of the program and its imports (the
import has them, for its user waits for them). Peak is the highest resident memory of the process so far, libraries included. **x scan** is
CPU seconds as a multiple of reading the same columns with polars and adding them up, in the same run: seconds change from machine to
machine and with its neighbours (the load says how many there were), the ratio much less. Concepts, cases, pandas and pm4py stand beside the scan of the concepts' columns;
everything beside the scan of all there is.
"""


def text_table(rows: Sequence[Row]) -> str:
    """The rows in columns."""
    cells = [HEADER, *(_cells(row) for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADER))]
    lines = []
    for row in cells:
        figures = "  ".join(cell.rjust(width) for cell, width in zip(row[1:-1], widths[1:-1], strict=True))
        lines.append(f"{row[0].ljust(widths[0])}  {figures}  {row[-1]}".rstrip())
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Result:
    """
    What was measured at one size, as it is kept.

    Args:

        events: How many events there are.

        cases: How many cases.

        rows: The table.

        profile: Where the time of everything goes; None if that was not asked for.

        command: What was run, without the folders of the machine.

        machine: Cores, memory, versions.

        day: When it ended, ISO 8601.

        load: Load of the machine when it began: how many programs wanted a core.
    """

    events: int
    cases: int
    rows: list[Row]
    profile: dict[str, Any] | None
    command: str
    machine: str
    day: str
    load: float


def keep(folder: Path, result: Result) -> None:
    """Keep what was measured, instead of what was at the same size before."""
    (folder / f"result-{result.events:012d}.json").write_bytes(msgspec.json.format(msgspec.json.encode(result)))


def kept(folder: Path) -> list[Result]:
    """What was measured in this run and those before, smallest size first."""
    return [msgspec.json.decode(path.read_bytes(), type=Result) for path in sorted(folder.glob("result-*.json"))]


def page(results: Sequence[Result]) -> str:
    """The page that is committed."""
    parts = [OPENING]
    for result in results:
        parts.append(f"## {result.events:,} events, {result.cases:,} cases\n")
        parts.append(
            f"`{result.command}`, {result.day}. {result.machine} Load when it began: {result.load:.1f}.\n\n{_markdown(result.rows)}\n"
        )
    misses = [f"- {result.events:,} events: {miss}" for result in results for row in result.rows for miss in row.misses]
    parts.append("## What missed its budget\n\n" + ("\n".join(misses) if misses else "Nothing.") + "\n")
    parts += [_profile(result) for result in results if result.profile is not None]
    return "\n".join(parts)


def machine() -> str:
    """The machine in words: cores, memory, versions."""
    said = [f"{os.cpu_count()} cores"]
    for source, key in (("/proc/cpuinfo", "model name"), ("/proc/meminfo", "MemTotal")):
        found = [line.split(":")[1].strip() for line in _lines(source) if line.startswith(key)]
        said += [f"{int(found[0].split()[0]) / 1e6:.0f} GB" if key == "MemTotal" else found[0]] if found else []
    versions = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return f"{', '.join(said)}; {platform.system()}, Python {platform.python_version()}, {versions}."


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def _cells(row: Row) -> tuple[str, ...]:
    def figure(value: float | None, digits: int) -> str:
        return "" if value is None else f"{value:,.{digits}f}"

    seconds = [figure(value, 3 if value is not None and value < 1 else 1) for value in (row.cpu_s, row.wall_s)]
    return (row.what, *seconds, figure(row.peak_mb, 0), figure(row.ratio, 1), row.note)


def _markdown(rows: Sequence[Row]) -> str:
    lines = ["| what | CPU s | wall s | peak MB | x scan | |", "|---|--:|--:|--:|--:|---|"]
    return "\n".join(lines + [f"| {' | '.join(_cells(row))} |" for row in rows])


def _profile(result: Result) -> str:
    profile = result.profile or {}
    opening = f"## Where the time of everything goes, {result.events:,} events\n\n"
    if "ours" not in profile:
        return f"{opening}Not measured: {profile.get('fault')}.\n"
    said = f"Under a profiler, which itself takes time: {profile['total_s']:.1f} s.\n\n"
    ours = _functions("function of ours, with what it calls", profile["ours"], profile["total_s"])
    own = _functions("function of any kind, itself", profile["own"], profile["total_s"])
    return f"{opening}{said}{ours}\n\n{own}\n"


def _functions(what: str, rows: Sequence[dict[str, Any]], total_s: float) -> str:
    lines = [f"| {what} | calls | s | share |", "|---|--:|--:|--:|"]
    lines += [f"| `{row['function']}` | {row['calls']:,} | {row['seconds']:.2f} | {row['seconds'] / total_s:.0%} |" for row in rows]
    return "\n".join(lines)
