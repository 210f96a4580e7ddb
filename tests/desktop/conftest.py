"""
The desktop and what is on it, for the tests that need one.

They run one after the other (`make test` runs them without workers): each of them wants the pace of a person.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.desktop.customers import Canaries
from tests.desktop.desktop import MISSING, Desktop
from tests.desktop.morning import Morning, play_morning
from tests.desktop.websites import Websites


@pytest.fixture(name="desktop_of_its_own", scope="session")
def _desktop_of_its_own() -> Callable[[], AbstractContextManager[Desktop]]:
    """Makes desktops; a failure instead of a skip where there can be none but the run promised one, as `make test` does."""
    if MISSING:
        say = pytest.fail if os.environ.get("SHADOW_NEED_DESKTOP") else pytest.skip
        say(f"no desktop can be had here: {', '.join(MISSING)} missing (`make desktop` installs what Debian has)")

    @contextmanager
    def made() -> Iterator[Desktop]:
        # Not below pytest's folder: the sockets in it want a short path.
        with TemporaryDirectory(prefix="desk-") as folder, Desktop(Path(folder)) as desktop:
            yield desktop

    return made


@pytest.fixture(name="morning", scope="session")
def _morning(
    desktop_of_its_own: Callable[[], AbstractContextManager[Desktop]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Morning]:
    """The script of six cases, with canaries in the pages, pynput listening and the recorder beside it; played once for all."""
    with desktop_of_its_own() as desktop, Websites(Canaries.invent()) as sites:
        yield play_morning(desktop, sites, tmp_path_factory.mktemp("morning"))


@pytest.fixture(name="desktop")
def _desktop(desktop_of_its_own: Callable[[], AbstractContextManager[Desktop]]) -> Iterator[Desktop]:
    """A desktop of the test's own."""
    with desktop_of_its_own() as desktop:
        yield desktop


@pytest.fixture(name="sites")
def _sites() -> Iterator[Websites]:
    """The ticket system and the billing system."""
    with Websites() as sites:
        yield sites
