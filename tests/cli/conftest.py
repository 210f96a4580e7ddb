"""One imported study for all tests of the command line: importing takes seconds."""

from __future__ import annotations

import gzip
import hashlib
import itertools
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.running import shadow

ROWS = 3000
LOGS = ("agent-1.csv.gz", "agent-2.csv.gz", "agent-3.csv.gz")


@pytest.fixture(name="place", scope="session")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that has nothing to do with the checkout."""
    return tmp_path_factory.mktemp("place")


@pytest.fixture(name="study", scope="session")
def _study(root: Path, place: Path) -> Path:
    """A study of the first hours of three agents, as many as a ranking with intervals needs; no test changes it."""
    for name in LOGS:
        with gzip.open(root / "sample_sessions" / name, "rt", encoding="utf-8", newline="") as log:
            (place / name.removesuffix(".gz")).write_text("".join(itertools.islice(log, ROWS)), "utf-8", newline="")
    assert 0 == shadow("import", *sorted(place.glob("*.csv")), "--study", "study", cwd=place).returncode
    return place / "study"


SMALL_LOG = (
    "session,agent,time,action,app,screen,element,value,case\n"
    "kirsten,Kirsten,5000,change,Billing,Invoice,buyer,Ann,1\n"
    "kirsten,Kirsten,0,switch,CRM,Customer,,,\n"
    "kirsten,Kirsten,1000,focus,CRM,Customer,name,Ann,1\n"
    "kirsten,Kirsten,9000,change,Billing,Invoice,buyer,Bo,2\n"
    "bent,Kirsten,9000,change,Billing,Invoice,buyer,Bo,2\n"
)


@pytest.fixture(name="small_log")
def _small_log(tmp_path: Path) -> Path:
    """A ui-log of one agent: two cases and a row that belongs to none, times out of order."""
    path = tmp_path / "small.csv"
    path.write_text(SMALL_LOG, "utf-8")
    return path


@pytest.fixture(name="imported_small_log", scope="session")
def _imported_small_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of the small log, to be copied."""
    place = tmp_path_factory.mktemp("small")
    (place / "small.csv").write_text(SMALL_LOG, "utf-8")
    assert 0 == shadow("import", "small.csv", "--study", "small", cwd=place).returncode
    return place / "small"


@pytest.fixture(name="small_study")
def _small_study(imported_small_log: Path, tmp_path: Path) -> Path:
    """A study of the small log that a test may change."""
    return shutil.copytree(imported_small_log, tmp_path / "small")


@pytest.fixture(name="bytes_of", scope="session")
def _bytes_of() -> Callable[[Path], dict[str, str]]:
    """Every file below a folder with a digest of its bytes."""
    return lambda folder: {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()
    }
