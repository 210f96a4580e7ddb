"""
A piece of work in a child process, within a budget of memory and time: beyond it the child is stopped, and the result says so.

What the child had measured until then (`tests.bench.meter`) is kept.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.bench.meter import PREFIX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Budget", "Run", "Stage", "run"]

LOOK_S: Final = 0.1
ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Budget:
    """Most memory (GB, resident) and time (seconds, wall) that one child may take."""

    memory_gb: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage as a child measured it; see `tests.bench.meter`."""

    stage: str
    cpu_s: float
    wall_s: float
    peak_mb: float | None
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """
    What a child did.

    Args:

        stages: What it measured, in order.

        fault: Why it did not come to its end, in one clause; None if it did.
    """

    stages: list[Stage] = field(default_factory=list)
    fault: str | None = None


def run(module: str, args: Sequence[str], budget: Budget, more: Mapping[str, str], python: str | None = None) -> Run:
    """
    Run a module of this folder as a child process and collect what it measured.

    Args:

        module: Its name, such as `tests.bench.work`.

        args: Its arguments.

        budget: Beyond it the child is stopped.

        more: Environment variables beside those of this process.

        python: Interpreter that has what the module needs; None for this one.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out, tempfile.TemporaryFile("w+", encoding="utf-8") as err:
        child = subprocess.Popen([python or sys.executable, "-m", module, *args], cwd=ROOT, env=environment, stdout=out, stderr=err)
        try:
            fault = _watched(child, budget)
        finally:
            child.kill()
            child.wait()
        out.seek(0)
        err.seek(0)
        stages = [Stage(**json.loads(line.removeprefix(PREFIX))) for line in out if line.startswith(PREFIX)]
        if fault is None and child.returncode:
            fault = f"failed: {_last_line(err.read(), args)}"
        return Run(stages, fault)


def _watched(child: subprocess.Popen[bytes], budget: Budget) -> str | None:
    """Wait for a child; why it has to be stopped, or None if it ended by itself."""
    begin = time.monotonic()
    while child.poll() is None:
        took, gb = time.monotonic() - begin, _resident_gb(child.pid)
        if gb > budget.memory_gb:
            return f"stopped at {gb:.1f} GB after {took:.0f} s: over its budget of {budget.memory_gb:g} GB"
        if took > budget.seconds:
            return f"stopped after {took:.0f} s at {gb:.1f} GB: over its budget of {budget.seconds:g} s"
        time.sleep(LOOK_S)
    return None


def _resident_gb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(found[0].split()[1]) * 1024 / 1e9 if found else 0.0


def _last_line(text: str, args: Sequence[str]) -> str:
    """The line that says what went wrong, without the folders of this machine."""
    lines = [line for line in text.splitlines() if line and not line.startswith((" ", "\t"))]
    said = lines[-1] if lines else "no message"
    for path in (*args, str(ROOT)):
        said = said.replace(path, Path(path).name)
    return said
