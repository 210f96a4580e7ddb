"""
Contracts, section 5: what must not leave memory is in no file, no output and no error message, in no form.

The name of a log is the user's own word and may be shown; the planted logs are the user's, too, and are not searched. Everything else below
the sandbox is, and all that the programs said.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import polars as pl
import pytest

from tests.cli.running import big_log, shadow, start_shadow, surroundings, wait_for_staging
from tests.privacy.canary import Grepper
from tests.privacy.planted import CASES, SECRETS, bad_logs, good_logs

# Runs many command lines in one process, so that it takes seconds and not minutes; what each raised or said is as from the shell.
MANY: Final = """
import json, sys
import shadow.cli
codes = {}
for name, argv in json.loads(sys.stdin.read()):
    sys.argv = ["shadow", *argv]
    print(f"== {name}", file=sys.stderr)
    try:
        shadow.cli.main()
    except SystemExit as left:
        codes[name] = left.code
print(json.dumps(codes))
"""

# Every library call named is made to fail with a secret in the message, one after the other.
FAILING: Final = """
import builtins, importlib, json, sys
import duckdb, msgspec, polars
import shadow.cli, shadow.interop.importing, analysis.results, shadow.report
plan = json.loads(sys.stdin.read())
codes = {}
for place, kind, argv in plan["runs"]:
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    error = getattr(polars.exceptions, kind, None) or getattr(duckdb, kind, None) or getattr(builtins, kind)
    def fail(*args, **kwargs):
        try:
            raise KeyError(plan["secret"])
        except KeyError as cause:
            fault = error(plan["secret"])
            fault.add_note(plan["secret"])
            raise fault from cause
    whole = getattr(owner, name)
    setattr(owner, name, fail)
    sys.argv = ["shadow", *argv]
    print(f"== {place} {kind}", file=sys.stderr)
    try:
        shadow.cli.main()
    except SystemExit as left:
        codes[f"{place} {kind}"] = left.code
    finally:
        setattr(owner, name, whole)
print(json.dumps(codes))
"""

# What a program deletes was on the disk before: here nothing is deleted.
KEEPING: Final = """
import os, shutil
shutil.rmtree = lambda *args, **kwargs: None
os.unlink = os.remove = os.rmdir = lambda *args, **kwargs: None
from shadow.cli import main
main()
"""


class Sandbox:
    """A folder that is home, place of temporary files and current folder of every program, and what they said."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.planted = folder / "planted"
        self.said: list[str] = []
        self._searched: dict[Path, int] = {}
        for name in ("planted", "planted/good", "planted/bad", "home", "temporary"):
            (folder / name).mkdir()
        self.around = {"HOME": str(folder / "home"), "XDG_CACHE_HOME": str(folder / "home" / "cache")}
        self.around |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder / "temporary"))
        self.good = good_logs(self.planted / "good")
        self.bad = bad_logs(self.planted / "bad")

    def shadow(self, *args: object) -> int:
        """Exit code of one command; what it says is kept to be searched."""
        ran = shadow(*args, cwd=self.folder, **self.around)
        self.said += [ran.stdout, ran.stderr]
        return ran.returncode

    def python(self, program: str, *args: object, given: object = None) -> str:
        """Output of a program of the test; what it says is kept to be searched."""
        ran = subprocess.run(
            [sys.executable, "-c", program, *map(str, args)], cwd=self.folder, env=surroundings(**self.around), input=json.dumps(given),
            capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        self.said += [ran.stdout, ran.stderr]
        return ran.stdout

    def leaks(self, grepper: Grepper) -> list[str]:
        """Where a secret is found in what was written and said since the last search."""
        written = {path: path.stat().st_mtime_ns for path in self.folder.rglob("*") if path.is_file()}
        unchanged = [path for path, time in written.items() if self._searched.get(path) == time]
        found = grepper.search_tree(self.folder, without=[self.planted, *unchanged]) + grepper.search("\n".join(self.said).encode(), "said")
        self._searched = written
        self.said.clear()
        return found


@pytest.fixture(name="grepper", scope="module")
def _grepper() -> Grepper:
    return Grepper(SECRETS)


@pytest.fixture(name="sandbox", scope="module")
def _sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    return Sandbox(tmp_path_factory.mktemp("sandbox"))


@pytest.fixture(name="study", scope="module")
def _study(sandbox: Sandbox) -> str:
    """A study of the planted logs whose two agents agreed to a report that quotes them."""
    assert 0 == sandbox.shadow("init", "study")
    toml = sandbox.folder / "study" / "study.toml"
    toml.write_text(
        toml.read_text("utf-8")
        .replace("agents_agreed = false", "agents_agreed = true")
        .replace("quote_marks = false", "quote_marks = true"),
        "utf-8",
    )
    assert 0 == sandbox.shadow("import", *sandbox.good, "--study", "study")
    return "study"


def test_every_secret_is_planted(sandbox: Sandbox, grepper: Grepper) -> None:
    """The search would find them all: each secret is in the logs that the programs read."""
    found = {hit.rpartition(": ")[2] for hit in grepper.search_tree(sandbox.planted)}

    assert set(SECRETS) == found


def test_no_command_lets_content_out(sandbox: Sandbox, study: str, grepper: Grepper) -> None:
    """A study and everything that every command writes or says hold nothing of the values, titles, addresses and names in its logs."""
    commands: list[list[object]] = [
        ["import", *sandbox.good, "--study", study],
        ["cases", study, "--events", "events.csv"],
        *(["friction", study, "--by", by] for by in ("screen", "field", "app")),
        ["reentry", study, "--possible"],
        ["reentry", study],
        ["rank", study],
    ]
    runs = [[*command, *more] for command in commands for more in ([], ["--json"]) if command[0] != "import" or not more]
    runs += [["report", study, "-o", "en.html"], ["report", study, "-o", "da.html", "--lang", "da", "--interactive"]]
    codes = json.loads(
        sandbox.python(MANY, given=[(str(number), [str(arg) for arg in run]) for number, run in enumerate(runs)]).splitlines()[-1]
    )
    _without_plotly(sandbox.folder / "da.html")

    assert {str(number): 0 for number in range(len(runs))} == codes
    assert 1 + 2 * 16 * CASES + 11 * CASES == len((sandbox.folder / "events.csv").read_text("utf-8").splitlines())
    assert "this form again" in (sandbox.folder / "en.html").read_text("utf-8")
    assert [] == sandbox.leaks(grepper)


def test_an_address_keeps_its_host_and_the_names_of_pages(sandbox: Sandbox, study: str) -> None:
    """Of an address remain the host and a path in which a customer's name is `:id`, though it is one plain word, because somebody typed it."""
    catalogue = json.loads((sandbox.folder / study / "store" / "catalogue.json").read_text("utf-8"))

    assert {"CRM", "Billing", "Excel", "(unknown)", "crm.example.com:8443"} == set(catalogue["apps"])
    assert ["/customers/:id/:id/edit"] == [name for app, name in catalogue["screens"] if catalogue["apps"][app].startswith("crm.")]


def test_the_store_holds_ordinals_only(sandbox: Sandbox, study: str) -> None:
    """No number in the store is large enough to be anything but a count, a time, a place or a code; the only texts are notes."""
    for path in (sandbox.folder / study / "store").glob("*.parquet"):
        frame = pl.read_parquet(path)
        texts = [column.name for column in frame if not (column.dtype.is_integer() or column.dtype == pl.Boolean)]

        assert ["note"] * path.name.startswith("notes") == texts
        assert [] == [column.name for column in frame if column.dtype.is_integer() and (column.max() or 0) > 10_000_000]


def test_refusals_do_not_quote(sandbox: Sandbox, study: str, grepper: Grepper) -> None:
    """A log that is refused is refused by line and column name: what stands there is not repeated."""
    runs = [(path.name, ["import", str(path), "--study", study]) for path in sandbox.bad]
    runs += [(f"{path.name} as {form}", ["import", str(path), "--study", "refusing", "--format", form])
             for path in sandbox.good for form in ("ui-log", "action-logger") if ("logger" in path.name) != (form == "action-logger")]  # fmt: skip
    codes = json.loads(sandbox.python(MANY, given=runs).splitlines()[-1])

    assert {name: 1 for name, _ in runs} == codes
    assert not [text for text in sandbox.said if "unexpected" in text]
    assert [] == sandbox.leaks(grepper)


@pytest.mark.parametrize("path_number", [0, 1, 2], ids=["ui-log CSV", "ui-log JSON Lines", "action-logger"])
def test_what_an_import_deletes_held_no_content(path_number: int, sandbox: Sandbox, grepper: Grepper) -> None:
    """The staging folder and the temporary files of an import, as they are before it clears them away, are free of content."""
    study = f"kept-{path_number}"
    sandbox.python(KEEPING, "import", sandbox.good[path_number], "--study", study)

    assert list((sandbox.folder / study).glob("store/.staging-*/events-*.arrow"))
    assert [] == sandbox.leaks(grepper)


def test_a_killed_import_leaves_no_content(sandbox: Sandbox, grepper: Grepper) -> None:
    """An import that is killed in the middle of its work leaves content-free files only."""
    log = big_log(sandbox.planted / "big.csv", SECRETS["typed"])
    program = start_shadow("import", log, "--study", "killed", cwd=sandbox.folder, **sandbox.around)
    wait_for_staging(sandbox.folder / "killed", program)
    program.send_signal(signal.SIGKILL)
    sandbox.said += program.communicate()

    assert -signal.SIGKILL == program.returncode
    assert list((sandbox.folder / "killed").glob("store/.staging-*/*"))
    assert [] == sandbox.leaks(grepper)


def test_unforeseen_errors_show_kind_and_place_only(sandbox: Sandbox, study: str, grepper: Grepper) -> None:
    """Whatever a library says when it fails, the user is told the kind of the error and a place in our code, in one line."""
    take_in = ["import", str(sandbox.good[0]), "--study", "failing"]
    places = [
        ("polars:DataFrame.write_parquet", take_in),
        ("polars:DataFrame.join", take_in),
        ("polars:Series.cast", take_in),
        ("polars:scan_parquet", take_in),
        ("msgspec.json:decode", take_in),
        ("duckdb:connect", take_in),
        ("shadow.interop.marking:Ordinals.of", take_in),
        ("polars:DataFrame.join", ["rank", study]),
        ("polars:DataFrame.to_dicts", ["friction", study]),
        ("shadow.report:render", ["report", study, "-o", "failed.html"]),
    ]
    kinds = ("ValueError", "OSError", "PanicException", "Error")
    shutil.rmtree(sandbox.folder / study / "cache", ignore_errors=True)  # what was kept would be told, and nothing computed
    runs = [(place, kind, argv) for place, argv in places for kind in kinds if kind != "OSError" or "import" in argv]
    codes = json.loads(sandbox.python(FAILING, given={"secret": SECRETS["typed"], "runs": runs}).splitlines()[-1])
    told = [block.splitlines() for block in sandbox.said[-1].split("== ")[1:]]

    assert {f"{place} {kind}": 1 for place, kind, _ in runs} == codes
    assert [] == [block for block in told if not block[-1].startswith("error: ") or "Traceback" in "".join(block)]
    assert [] == sandbox.leaks(grepper)


def _without_plotly(page: Path) -> None:
    """Take out of a page what is, byte for byte, the program that everybody's plotly has: five megabytes that no log has touched."""
    import plotly.offline  # noqa: PLC0415 - heavy

    text = page.read_text("utf-8")
    page.write_text(text.replace(plotly.offline.get_plotlyjs(), ""), "utf-8")
