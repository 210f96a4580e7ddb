"""What several tests of reports take long to make, made once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser

from tests.report.browser import chromium
from tests.report.hostile import groups, hostile_result, hostile_study


class Hostile(NamedTuple):
    """Payloads, the study whose log and study.toml brought them, and its result document."""

    payloads: list[str]
    study: Path
    result: dict[str, Any]


@pytest.fixture(name="hostile_studies", scope="session")
def _hostile_studies(tmp_path_factory: pytest.TempPathFactory) -> list[Hostile]:
    """Every payload through the real chain: written to a log, imported, analysed."""
    folder = tmp_path_factory.mktemp("hostile")
    studies = [(payloads, hostile_study(folder / f"{n}", payloads)) for n, payloads in enumerate(groups())]
    return [Hostile(payloads, study, hostile_result(study)) for payloads, study in studies]


@pytest.fixture(name="browser", scope="module")
def _browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
