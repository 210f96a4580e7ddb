"""Studies that tests of the analysis ask for; each is closed behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.loading import LoadedStudy
from tests.analysis.studies import Row, import_study, write_log

StudyOf = Callable[..., LoadedStudy]


@pytest.fixture(name="study_of")
def _study_of(tmp_path: Path) -> Iterator[StudyOf]:
    """A function that makes a study of literal rows; a study of its own each time."""
    opened: list[LoadedStudy] = []

    def make(rows: list[Row], toml: str = "") -> LoadedStudy:
        log = write_log(tmp_path / f"log-{len(opened)}.csv", rows)
        opened.append(import_study(tmp_path / f"study-{len(opened)}", [log], toml))
        return opened[-1]

    yield make
    for loaded in opened:
        loaded.close()


@pytest.fixture(name="sample", scope="session")
def _sample(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedStudy]:
    """The sample study, imported once."""
    loaded = import_study(tmp_path_factory.mktemp("sample") / "study", sorted((root / "sample_sessions").glob("agent-*.csv.gz")))
    yield loaded
    loaded.close()


@pytest.fixture(name="truth", scope="session")
def _truth(root: Path) -> dict[str, Any]:
    """What is true of the sample study."""
    truth: dict[str, Any] = json.loads((root / "sample_sessions" / "truth.json").read_text(encoding="utf-8"))
    return truth


@pytest.fixture(name="student", scope="session", params=["recorded", "preprocessed"])
def _student(request: pytest.FixtureRequest, student_record: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoadedStudy]:
    """The StudentRecord log as recorded, and as its authors cleaned it."""
    loaded = import_study(tmp_path_factory.mktemp("student") / "study", [student_record / f"{request.param}.csv"])
    yield loaded
    loaded.close()
