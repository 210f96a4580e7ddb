"""
What a child process measures of itself: CPU seconds, wall seconds and peak memory of each stage, a JSON line as soon as it is done.

Only Python's own modules are needed, so that a program in another environment can be measured too. CPU seconds are user and system time of
all threads; what was imported before the stage is not in them. Peak memory is the highest resident size of the whole process so far,
libraries included (VmHWM; where the system does not tell it, null).
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["PREFIX", "stage"]

# Other programs, such as the one that imports, write to the same stream.
PREFIX: Final = "bench "


@contextlib.contextmanager
def stage(name: str, times: int = 1) -> Iterator[dict[str, Any]]:
    """
    Measure what is done inside.

    Args:

        name: What it is called in the results.

        times: How often it is done inside; the figures are of once.

    Yields:
        Facts to report beside the figures, such as how many were found.
    """
    facts: dict[str, Any] = {}
    cpu, wall = time.process_time(), time.perf_counter()
    yield facts
    cpu_s, wall_s = (time.process_time() - cpu) / times, (time.perf_counter() - wall) / times
    line = {"stage": name, "cpu_s": cpu_s, "wall_s": wall_s, "peak_mb": _peak_mb(), "facts": facts}
    sys.stdout.write(f"{PREFIX}{json.dumps(line)}\n")
    sys.stdout.flush()


def _peak_mb() -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    found = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
    return int(found.split()[1]) * 1024 / 1e6
