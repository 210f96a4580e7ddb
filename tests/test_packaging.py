"""What people get when they install the toolkit, and what it does to their machine."""

from __future__ import annotations

import ast
import fnmatch
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PACKAGES = {"analysis", "recorder", "shadow"}

HEAVY = {
    "babel", "dbus_fast", "duckdb", "jinja2", "keyring", "mss", "nacl", "numpy", "pandas", "plotly", "polars", "pynput", "PySide6", "scipy", "Xlib",
}  # fmt: skip

# urllib.parse takes addresses apart, urllib.request goes there: so whole names where need be, and import-linter cannot say that.
NETWORK = {
    "aiohttp", "ftplib", "http", "httpx", "imaplib", "nntplib", "poplib", "requests", "smtplib", "socket", "socketserver", "ssl",
    "telnetlib", "urllib.request", "urllib3", "websocket", "websockets", "xmlrpc",
}  # fmt: skip

SAMPLES = ("sample_sessions/agent-*.csv.gz", "sample_sessions/truth.json", "sample_sessions/README.md")

PIN = re.compile(r"(?P<name>[a-z0-9-]+)==(?P<version>[\w.]+)(?: ; [^\\]+?)?(?:\s+--hash=sha256:[0-9a-f]{64})+")

REGISTRY = re.compile(r"index[-]url|(?:pypi|registry|mirror|proxy|artifact)[a-z0-9.-]*\.[a-z]{2,}/")

HOME = re.compile(r"(?<![\w.])/(?:(?:home|Users)/[\w.-]+|root)/|[A-Z]:\\+Users\\+\w")


def _tracked(root: Path) -> list[str]:
    """The files that git holds, by path from the root."""
    if not (root / ".git").exists():
        pytest.skip("not a git checkout, so what belongs to the project is not known")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True).stdout
    return [name for name in names.split("\0") if name and (root / name).is_file()]


def _lines_that_match(root: Path, *patterns: re.Pattern[str]) -> list[str]:
    """`file:line` wherever a tracked file matches one of the patterns."""
    return [
        f"{name}:{number}"
        for name in _tracked(root)
        for number, line in enumerate((root / name).read_text("utf-8", errors="replace").splitlines(), 1)
        if any(pattern.search(line) for pattern in patterns)
    ]


def _loaded_by(code: str, root: Path) -> set[str]:
    """Top-level names of the modules that a fresh Python has loaded after `code`, beyond those it starts with."""
    program = f"import sys; before = set(sys.modules); {code}; print(*set(sys.modules) - before, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in ran.stderr.splitlines()[-1].split()}


def _imported(tree: ast.Module) -> set[str]:
    """Every module a file imports, at whatever depth, with the names taken from it: `a`, `a.b`."""
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    taken = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module and not node.level]
    return names | {f"{node.module}.{alias.name}" for node in taken for alias in node.names}


def _pins(file: Path) -> dict[str, str]:
    """The version a requirements file sets for each distribution."""
    found = PIN.finditer(_joined(file))
    return {match["name"]: match["version"] for match in found}


def _joined(file: Path) -> str:
    """A requirements file with each pin on one line, without comments."""
    lines = file.read_text("utf-8").replace("\\\n", "").splitlines()
    return "\n".join(line for line in lines if not line.startswith("#"))


@pytest.fixture(name="project", scope="module")
def _project(root: Path) -> dict[str, object]:
    """The parsed pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text("utf-8"))


@pytest.fixture(name="wheel", scope="module")
def _wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as for a release."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(name="contents", scope="module")
def _contents(wheel: Path) -> set[str]:
    """Paths of the files in the wheel."""
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_import_shadow_loads_only_the_standard_library(root: Path) -> None:
    """`import shadow` costs a script nothing but Python's own modules."""
    assert {"shadow"} == _loaded_by("import shadow", root) - sys.stdlib_module_names


def test_help_loads_nothing_heavy(root: Path) -> None:
    """`shadow --help` answers before any package for data, figures or screens is loaded."""
    ask = (
        "sys.argv = ['shadow', '--help']; from contextlib import suppress; from shadow.cli import main\nwith suppress(SystemExit): main()\n"
    )
    loaded = _loaded_by(f"exec({ask!r})", root)

    assert "shadow" in loaded
    assert set() == HEAVY & loaded


def test_no_module_can_reach_the_network(root: Path) -> None:
    """No module of the three packages imports, anywhere in it, what opens a connection."""
    files = [path for package in PACKAGES for path in (root / package).rglob("*.py")]
    imports = {path.relative_to(root).as_posix(): _imported(ast.parse(path.read_bytes())) for path in files}

    assert {} == {
        file: reaching
        for file, names in imports.items()
        if (reaching := {name for name in names if any(f"{name}.".startswith(f"{net}.") for net in NETWORK)})
    }


def test_wheel_holds_the_packages_and_nothing_else(contents: set[str]) -> None:
    """Installing the toolkit adds three import names and its own metadata to site-packages."""
    tops = {name.partition("/")[0] for name in contents}

    assert PACKAGES == {top for top in tops if not top.endswith(".dist-info")}


def test_wheel_holds_every_file_of_the_packages(root: Path, contents: set[str]) -> None:
    """SQL, templates, translations and type markers go along with the modules: a wheel runs as a checkout does."""
    files = [path for package in PACKAGES for path in (root / package).rglob("*") if path.is_file()]
    expected = {path.relative_to(root).as_posix() for path in files if "__pycache__" not in path.parts}

    assert expected == {name for name in contents if ".dist-info/" not in name and "/sample_sessions/" not in name}


@pytest.mark.parametrize(
    "pattern",
    [
        "analysis/py.typed",
        "analysis/sql/*.sql",
        "recorder/py.typed",
        "shadow/py.typed",
        "shadow/report/templates/*",
        *(f"shadow/{sample}" for sample in SAMPLES),
    ],
)
def test_wheel_carries_what_is_read_at_run_time(pattern: str, contents: set[str]) -> None:
    """What the toolkit opens as a file is in the wheel."""
    assert fnmatch.filter(contents, pattern)


def test_wheel_carries_the_sample_logs_only(root: Path, contents: set[str]) -> None:
    """Of sample_sessions/ the logs, their truth and their description are installed, not the program that makes them."""
    expected = {f"shadow/{path.relative_to(root).as_posix()}" for sample in SAMPLES for path in root.glob(sample)}

    assert expected == {name for name in contents if name.startswith("shadow/sample_sessions/")}


def test_demo_runs_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    """Without the checkout, `shadow demo` finds its sample logs and leaves report.html in the current folder."""
    site = tmp_path / "site"
    with ZipFile(wheel) as archive:
        archive.extractall(site)
    place = tmp_path / "place"
    place.mkdir()
    demo = [sys.executable, "-c", "from shadow.cli import main; main()", "demo"]
    subprocess.run(demo, cwd=place, env=os.environ | {"PYTHONPATH": str(site)}, check=True, capture_output=True)

    assert (place / "report.html").is_file()


def test_no_file_names_a_package_registry(root: Path) -> None:
    """Where packages come from is the business of the machine that installs them."""
    assert [] == _lines_that_match(root, REGISTRY)


def test_no_file_names_a_path_of_one_machine(root: Path) -> None:
    """No file knows where it was written: neither somebody's home nor the folder this checkout lies in."""
    around = root.parent if str(root.parent) not in {root.anchor, tempfile.gettempdir()} else root
    here = re.compile(rf"(?<![\w.]){re.escape(str(around))}[/\\]")

    assert [] == _lines_that_match(root, HOME, here)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_a_pin_with_its_hashes(name: str, root: Path) -> None:
    """A requirements file holds versions and hashes: no address, no path, no option, nothing left open."""
    assert [] == [line for line in _joined(root / name).splitlines() if not PIN.fullmatch(line)]


def test_pins_are_the_versions_the_project_asks_for(root: Path, project: dict) -> None:
    """`make demo` installs all that pyproject.toml depends on, in a version it allows."""
    pins = _pins(root / "requirements.txt")
    asked = [Requirement(line) for line in project["project"]["dependencies"]]

    assert [] == [str(one) for one in asked if not one.specifier.contains(pins.get(canonicalize_name(one.name), "0"))]


def test_tests_run_on_the_pins_of_the_demo(root: Path) -> None:
    """What CI tests is what people install: the test pins are the demo's, and more."""
    assert _pins(root / "requirements.txt").items() <= _pins(root / "requirements-dev.txt").items()


def test_top_level_is_as_designed(root: Path) -> None:
    """A stranger finds the three packages, the tests, the notebooks, the samples and the docs at the top, and no other folder."""
    folders = {name.partition("/")[0] for name in _tracked(root) if "/" in name and not name.startswith(".")}

    assert PACKAGES | {"docs", "sample_sessions", "tests"} == folders - {"notebooks"}
