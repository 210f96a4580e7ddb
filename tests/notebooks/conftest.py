"""The sample study, opened as an analyst opens it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import shadow
from shadow.cli.demo import sample_logs
from shadow.interop.importing import import_logs


@pytest.fixture(name="folder", scope="session")
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the sample study as `study`."""
    folder = tmp_path_factory.mktemp("opened")
    import_logs(sample_logs(), folder / "study")
    return folder


@pytest.fixture(name="study", scope="session")
def _study(folder: Path) -> Iterator[shadow.Study]:
    with shadow.open(folder / "study") as study:
        yield study
