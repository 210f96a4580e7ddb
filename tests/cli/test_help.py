"""Help, completion and what is told of bad usage, as seen from the shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from shadow.cli.commands import app
from shadow.cli.group import GROUPS
from tests.cli.running import PROGRAM, shadow, surroundings

HEAVY: Final = (
    "polars",
    "duckdb",
    "numpy",
    "pandas",
    "scipy",
    "plotly",
    "jinja2",
    "typst",
    "xlsxwriter",
    "pptx",
    "babel",
    "rich",
    "keyring",
    "pydantic",
)
LOADED: Final = """
import sys
from shadow.cli import main
sys.argv = ["shadow", "--help"]
try:
    main()
finally:
    print(*sorted({name.partition(".")[0] for name in sys.modules}), file=sys.stderr)
"""


def test_help_loads_nothing_heavy(tmp_path: Path) -> None:
    """`shadow --help` waits for none of the packages that commands need."""
    ran = subprocess.run([sys.executable, "-c", LOADED], cwd=tmp_path, env=surroundings(), capture_output=True, text=True, check=False)

    assert ran.stdout.startswith("Usage: shadow ")
    assert set() == set(HEAVY) & set(ran.stderr.split())
    assert "typer" in ran.stderr.split()


def test_help_groups_by_what_a_person_does(tmp_path: Path) -> None:
    """Every command stands once, under what it is for, with its whole sentence."""
    said = shadow("-h", cwd=tmp_path).stdout
    places = [said.index(f"\n{title}:\n") for title in GROUPS]

    assert sorted(places) == places
    assert {command.name for command in app.registered_commands} == {name for names in GROUPS.values() for name in names}
    assert [] == [name for names in GROUPS.values() for name in names if 1 != said.count(f"\n  {name} ")]
    assert "..." not in said[places[0] :]


@pytest.mark.parametrize(
    ("args", "error", "hint"),
    [
        (["impotr"], "there is no command impotr", "did you mean import?"),
        (["xyzzy"], "there is no command xyzzy", "see shadow --help"),
        (["rank", "s", "--jsno"], "shadow rank has no option --jsno", "did you mean --json?"),
        (["rank", "s", "--quite"], "shadow rank has no option --quite", "did you mean --quiet?"),
        (["--versoin"], "shadow has no option --versoin", "did you mean --version?"),
        (["cases"], "missing argument 'STUDY'", "see shadow cases --help"),
        (["friction", "s", "--by", "day"], "--by: 'day' is not one of 'screen', 'field', 'app'", "see shadow friction --help"),
        (["a\x1b[2Jb"], r"there is no command a\x1b[2Jb", "see shadow --help"),
        (["report", "s", "-o"], "option '-o' requires an argument", "see shadow --help"),
    ],
)
def test_bad_usage_is_an_error_and_a_hint(args: list[str], error: str, hint: str, tmp_path: Path) -> None:
    """Two lines on stderr say what is wrong and what would be right; exit code 2."""
    ran = shadow(*args, cwd=tmp_path)

    assert (2, "", f"error: {error}\nhint: {hint}\n") == (ran.returncode, ran.stdout, ran.stderr)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("shadow re", {"record", "review", "reentry", "report"}),
        ("shadow friction s --by ", {"screen", "field", "app"}),
        ("shadow rank s --j", {"--json"}),
    ],
)
def test_bash_completes(words: str, offered: set[str], tmp_path: Path) -> None:
    """Bash is offered commands, options and choices."""
    place = {"_SHADOW_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    ran = shadow(cwd=tmp_path, **place)

    assert offered == set(ran.stdout.split())
    assert "" == ran.stderr


def test_completion_can_be_installed(tmp_path: Path) -> None:
    """What bash is to read names the program and its protocol."""
    ran = shadow(cwd=tmp_path, _SHADOW_COMPLETE="source_bash")

    assert "_SHADOW_COMPLETE=complete_bash" in ran.stdout


def test_quiet_leaves_errors_and_results(small_study: Path) -> None:
    """With --quiet, before or after the command, notes are not said; the table is, and so is an error."""
    place = small_study.parent
    loud = shadow("rank", small_study, cwd=place)
    before, after = shadow("--quiet", "rank", small_study, cwd=place), shadow("rank", small_study, "-q", cwd=place)
    failed = shadow("rank", "none", "--quiet", cwd=place)

    assert loud.stderr.startswith("note: ")
    assert (loud.stdout, "") == (before.stdout, before.stderr) == (after.stdout, after.stderr)
    assert failed.stderr.startswith("error: none is not a folder")


@pytest.mark.parametrize("args", [["--help"], ["friction", "small"], ["friktion"]], ids=" ".join)
@pytest.mark.parametrize("no_color", ["", "1"])
def test_nothing_is_coloured(args: list[str], no_color: str, small_study: Path) -> None:
    """On a terminal too, results, help and errors have no colour, whether NO_COLOR asks for it or not; the head of a table is bold."""
    ours, its = os.openpty()
    env = surroundings(TERM="xterm-256color", NO_COLOR=no_color)
    with subprocess.Popen([*PROGRAM, *args], cwd=small_study.parent, env=env, stdout=its, stderr=its):
        os.close(its)
        said = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)

    assert said
    assert set() == set(re.findall(rb"\x1b\[([0-9;]*)m", said)) - {b"", b"0", b"1"}


def _read(terminal: int) -> bytes:
    """What is there to read; nothing once the program has gone, which Linux tells as an error."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def test_what_looks_like_an_option_can_be_a_name(tmp_path: Path) -> None:
    """After -- a folder may be called --quiet."""
    ran = shadow("rank", "--", "--quiet", cwd=tmp_path)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert ran.stderr.startswith("error: --quiet is not a folder")


def test_no_input_never_asks(small_study: Path) -> None:
    """A recording needs the agent's yes, which no option can give: one line says so, and nothing is recorded."""
    ran = shadow("record", "--study", small_study, "--no-window", "--no-input", cwd=small_study.parent)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert (
        "error: record asks the agent for consent, which no option can give; run it without --no-input, with the agent present\n"
        == ran.stderr
    )


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_pipe_of_windows_gets_utf_8(encoding: str, tmp_path: Path) -> None:
    """A table of Nordic letters and arrows goes through a pipe that would be of another encoding."""
    rows = "session,agent,time,action,app,screen,element,value\ns,a,0,focus,Æøå → ü,Kunde,navn,x\ns,a,5000,change,Æøå → ü,Kunde,navn,x\n"
    (tmp_path / "log.csv").write_text(rows, "utf-8")
    shadow("import", "log.csv", "--study", "s", cwd=tmp_path, PYTHONIOENCODING=encoding)
    ran = shadow("friction", "s", cwd=tmp_path, PYTHONIOENCODING=encoding)

    assert 0 == ran.returncode
    assert "Æøå → ü" in ran.stdout
