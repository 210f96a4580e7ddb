"""What every test may ask for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hypothesis import settings

from tests.keyrings import MemoryKeyring

# No test, and no program that a test starts, touches the keyring of whoever runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

ROOT = Path(__file__).resolve().parents[1]

# A run repeats the one before it, so that a failure in CI is a failure here; `--hypothesis-profile explore` looks further.
# Nothing is remembered on disk, and a busy machine is not a failure.
settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", max_examples=1000, deadline=None, database=None)
settings.load_profile("steady")


@pytest.fixture(name="root", scope="session")
def _root() -> Path:
    """The folder that holds pyproject.toml."""
    return ROOT


@pytest.fixture(name="student_record", scope="session")
def _student_record(root: Path) -> Path:
    """
    The StudentRecord logs: a real user, recorded by somebody else.

    They lie beside the checkout, not in it; without them the tests that read them are skipped, and say so.
    """
    folder = root.parent / "shared" / "data" / "student-record"
    if not folder.is_dir():
        pytest.skip("the StudentRecord logs are not there (../shared/data/student-record beside the checkout)")
    return folder


@pytest.fixture(name="memory_keyring")
def _memory_keyring() -> Iterator[MemoryKeyring]:
    """A machine with a system keyring, which is empty and lasts for the test."""
    before, backend = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)
