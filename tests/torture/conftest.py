"""How much torture: all of it with SHADOW_TORTURE=full (`make torture`), a tenth in the ordinary run."""

from __future__ import annotations

import multiprocessing
import os
import random
from collections.abc import Callable
from multiprocessing.context import ForkServerContext

import pytest


@pytest.fixture(name="times", scope="session")
def _times() -> Callable[[int], int]:
    """How often something is done that is done `n` times in full."""
    full = os.environ.get("SHADOW_TORTURE") == "full"
    return lambda n: n if full else n // 10


@pytest.fixture(name="tell")
def _tell(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Shows a line of figures to whoever runs it in full."""

    def tell(line: str) -> None:
        if os.environ.get("SHADOW_TORTURE") == "full":
            with capsys.disabled():
                print(f"\n{line}")  # noqa: T201 - the figures are what it is run for

    return tell


@pytest.fixture(name="chance")
def _chance() -> random.Random:
    """Chance that repeats itself from run to run, as far as the machine lets it."""
    return random.Random(20261122)


@pytest.fixture(name="processes", scope="session")
def _processes() -> ForkServerContext:
    """Makes processes that have loaded all they need, so that they are killed at work and not while they load."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.torture.victims"])
    return context
