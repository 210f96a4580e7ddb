"""
Nothing of what the clerk saw, typed, pasted or copied is in any file that the recorder, the review or the import wrote, nor in what they said.

The files are searched as they are and unpacked, the session also as its agent and as the study can open it. What was planted is in the
pages' titles, addresses, labels, hidden inputs, choices and texts; the customers' values went through fields and the clipboard.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shadow.recorded import pack_events
from shadow.sealed_session import open_sealed
from shadow.study import open_study
from shadow.study_keys import study_pair
from tests.desktop.customers import Canaries
from tests.desktop.morning import Morning
from tests.privacy.canary import Grepper, _layers, _letters, _readings

# What is typed besides the customers' values: a password, a note.
TYPED = ("kl8Zw4",)
# Shorter ones are in any text by chance.
LETTERS = 6


@pytest.fixture(name="canaries", scope="module")
def _canaries() -> dict[str, str]:
    """What was planted, by place."""
    return vars(Canaries.invent())


@pytest.fixture(name="values", scope="module")
def _values(morning: Morning) -> dict[str, str]:
    """The values of all customers, in letters and figures only."""
    values = {_letters(value): value for value in (*morning.sites.values(), *(one.reference for one in morning.sites.list), *TYPED)}
    return {letters: value for letters, value in values.items() if len(letters) >= LETTERS}


def _written(morning: Morning) -> Iterator[tuple[str, bytes]]:
    """Every file of the run by its name, what was said, and the session opened by both who can."""
    folder = morning.recorder.folder
    for path in sorted(folder.rglob("*")):
        if path.name != "truth.json":  # the clerk's own
            yield str(path.relative_to(folder)), path.read_bytes() if path.is_file() else path.name.encode()
    yield "what was said", "".join(morning.recorder.said).encode()
    yield "the session, opened by the agent", pack_events(morning.recorder.events())
    study = open_study(morning.recorder.study)
    yield "the session, opened by the study", pack_events(open_sealed(morning.recorder.session).read(study_pair(study)).events)


def _found(content: bytes, values: dict[str, str]) -> set[str]:
    readings = [_letters(reading) for layer in _layers(content) for reading in _readings(layer)]
    return {value for letters, value in values.items() if any(letters in reading for reading in readings)}


def test_no_canary_is_anywhere(morning: Morning, canaries: dict[str, str]) -> None:
    """Of what was planted no six letters in a row are anywhere."""
    grepper = Grepper(canaries)

    assert [] == [hit for name, content in _written(morning) for hit in grepper.search(content, name)]


def test_no_value_is_anywhere(morning: Morning, values: dict[str, str]) -> None:
    """No value of a customer, no ticket number and no password is anywhere."""
    assert [] == [(name, len(found)) for name, content in _written(morning) if (found := _found(content, values))]


def test_the_search_finds_what_is_there(morning: Morning, canaries: dict[str, str], values: dict[str, str]) -> None:
    """The same search finds each canary and each value where they are: in the pages."""
    pages = "".join(morning.sites.tickets.answer(f"/tickets/{ticket.reference}")[1] for ticket in morning.sites.list)
    pages += morning.sites.tickets.answer("/tickets")[1] + morning.sites.billing.answer("/")[1]
    grepper = Grepper(canaries)

    assert set(canaries) == {hit.rpartition(": ")[2] for hit in grepper.search(pages.encode(), "pages")}
    assert {value for value in values.values() if value not in TYPED and "@" not in value} <= _found(pages.encode(), values)


def test_nothing_is_left_where_temporary_files_are(morning: Morning) -> None:
    """Neither the folder for temporary files nor the one the recorder was started in holds anything afterwards."""
    folder = morning.recorder.folder

    assert [] == [path for name in ("tmp", "cwd") for path in (folder / name).rglob("*") if path.is_file()]


def test_files_are_the_agents_alone(morning: Morning) -> None:
    """The agent's home and everything in it can be opened by nobody else."""
    home = morning.recorder.folder / "home"

    assert 0 == home.stat().st_mode & 0o077
    assert [] == [path for path in _keys(home) if path.stat().st_mode & 0o077]


def _keys(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*.key") if path.parent.name == "keys"]
