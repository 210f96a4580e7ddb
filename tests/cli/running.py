"""The command line as a program of its own, for the tests that look at it from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PROGRAM: Final = (sys.executable, "-c", "from shadow.cli import main; main()")


def surroundings(**more: str) -> dict[str, str]:
    """The environment in which the program of this checkout runs."""
    return os.environ | {"PYTHONPATH": str(ROOT)} | more


def shadow(*args: object, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `shadow` to its end, in a folder."""
    command = [*PROGRAM, *map(str, args)]
    return subprocess.run(command, cwd=cwd, env=surroundings(**more), capture_output=True, text=True, encoding="utf-8", check=False)


def start_shadow(*args: object, cwd: Path, **more: str) -> subprocess.Popen[str]:
    """Start `shadow` and let it run."""
    command = [*PROGRAM, *map(str, args)]
    return subprocess.Popen(command, cwd=cwd, env=surroundings(**more), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def big_log(path: Path, value: str = "a value") -> Path:
    """A ui-log that is read in two batches, a value in every row."""
    rows = (f"s,a,{i * 100},change,CRM,Customer,f{i % 9},{value} {i}\n" for i in range(70_000))
    path.write_text("session,agent,time,action,app,screen,element,value\n" + "".join(rows), "utf-8")
    return path


def wait_for_staging(study: Path, program: subprocess.Popen[str]) -> None:
    """Come back as soon as an import has files in its staging folder."""
    while not list(study.glob("store/.staging-*/*")):
        assert program.poll() is None, "the import was over before anything was seen of it"
