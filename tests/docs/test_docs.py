"""
The documentation, run: every command and every snippet of every page, in the order of the page, in a folder of its own.

    ```console          lines after `$ ` are run by sh; what follows is what they print, `...` standing for anything
    ```console fails    the last command leaves with 1
    ```console any      whatever it leaves with, for what depends on the machine
    ```python           one after the other in one namespace
    ```toml             settings of a study
    ```csv title="..."  a file that later commands find

`<!-- study: acme -->` puts the sample study there first.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shadow.cli.demo import run_demo
from shadow.study_toml import load_settings

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
FENCE = re.compile(r"^```(?P<kind>console|python|toml|csv)(?P<how>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
STUDY = re.compile(r"<!-- study: (\w+) -->")
FOREIGN = re.compile(r"https?://(?!www\.w3\.org/)")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    kind: str
    how: str
    text: str


def blocks(page: Path) -> list[Block]:
    """What of a page can be run."""
    return [Block(found["kind"], found["how"].strip(), found["text"]) for found in FENCE.finditer(page.read_text("utf-8"))]


@pytest.fixture(name="sample", scope="module")
def _sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample study, imported once."""
    study = tmp_path_factory.mktemp("sample") / "study"
    run_demo(study, lambda _line: None)
    return study


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> str:
    """A PATH on which `shadow` is this checkout's."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "shadow"
    program.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -c "from shadow.cli import main; main()" "$@"\n', "utf-8")
    program.chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def commands(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a console with the lines that should follow it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *expected = part.splitlines()
        yield command, expected


def as_told(expected: list[str], said: str) -> bool:
    """Whether the output is what the page says; `...` stands for anything."""
    pattern = r"\n".join(re.escape(line.rstrip()).replace(r"\.\.\.", ".*") for line in expected)
    flat = "\n".join(line.rstrip() for line in said.strip("\n").splitlines())
    return re.fullmatch(pattern.replace(r".*\n", r"(?:.*\n)?").replace(r"\n.*", r"(?:\n.*)?"), flat, re.DOTALL) is not None


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_does_what_it_says(page: Path, sample: Path, path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands leave as they should and print what the page shows; snippets run; settings are valid."""
    place = tmp_path / "desk"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.syspath_prepend(str(ROOT))
    if named := STUDY.search(page.read_text("utf-8")):
        shutil.copytree(sample, place / named[1])
    namespace: dict[str, object] = {"__name__": "__page__"}
    for block in blocks(page):
        if block.kind == "csv":
            Path(block.how.split('"')[1]).write_text(block.text, "utf-8")
        elif block.kind == "toml":
            (tmp_path / "study.toml").write_text(block.text, "utf-8")
            load_settings(tmp_path / "study.toml")
        elif block.kind == "python":
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(block.text, str(page), "exec"), namespace)  # noqa: S102 - our own page
        else:
            _run(block, path, place)


def _run(block: Block, path: str, place: Path) -> None:
    env = {
        **os.environ,
        "PATH": path,
        "SHADOW_HOME": str(place / "home"),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "COLUMNS": "200",
    }
    for command, expected in commands(block.text):
        ran = subprocess.run(["sh", "-c", command], cwd=place, env=env, capture_output=True, text=True, check=False)
        if block.how != "any":
            assert (block.how == "fails") == (ran.returncode == 1), (command, ran.stderr)
        if expected and block.how != "any":
            # An error is the last line; notes may stand before it.
            said = ran.stdout, ran.stderr, ran.stdout + ran.stderr, "".join(ran.stderr.splitlines()[-1:])
            assert any(as_told(expected, one) for one in said), (command, *said[:2])


@pytest.mark.parametrize("changed", [["ab", "c"], ["a", "..."], ["...", "b"]])
def test_the_comparison_can_fail(changed: list[str]) -> None:
    """What a page says has to be what came."""
    assert as_told(["a", "...", "c"], "a\nb\nc\n")
    assert not as_told(changed, "x\nb2\n")


def test_the_site_is_complete_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    """It builds without a warning, every link leads somewhere, and no page asks the network for anything."""
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (0, "") == (ran.returncode, ran.stdout + ran.stderr)
    asked = [
        f"{page.name}: {line.strip()[:200]}"
        for page in tmp_path.rglob("*.html")
        for line in re.findall(r"<(?:script|link|img|iframe)[^>]*>", page.read_text("utf-8"))
        if FOREIGN.search(line) and 'rel="canonical"' not in line
    ]
    assert [] == asked
    assert "shadow rank" in (tmp_path / "reference" / "cli.html").read_text("utf-8")
