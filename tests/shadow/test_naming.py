"""Screens that nothing names are the same where their forms are, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.interop.naming import is_unnamed, unnamed_screens

FORM = frozenset("abcdefghij")


def test_new_study() -> None:
    """In an application that the study does not know, screens are numbered from 1 in order of first sight."""
    found = {"unnamed screen 7": frozenset("ab"), "unnamed screen 2": frozenset(), "unnamed screen 9": frozenset("cd")}

    assert ["unnamed screen 1", "unnamed screen 2", "unnamed screen 3"] == list(unnamed_screens(found, {}).values())


@pytest.mark.parametrize(
    ("form", "name"),
    [
        (FORM, "unnamed screen 3"),
        (FORM - {"a", "b"}, "unnamed screen 3"),
        (FORM - {"a", "b", "c"}, "unnamed screen 5"),
        (FORM | {"k", "l"}, "unnamed screen 3"),
        (FORM | {"k", "l", "m"}, "unnamed screen 5"),
        (frozenset("yz"), "unnamed screen 4"),
        (frozenset("y"), "unnamed screen 5"),
        (frozenset(), "unnamed screen 5"),
    ],
)
def test_known_forms(form: frozenset[str], name: str) -> None:
    """Two forms are the same with two fields in common that are four fifths of all; else the screen gets the next number."""
    known = {"unnamed screen 3": FORM, "unnamed screen 4": frozenset("yz"), "unnamed screen 1": frozenset("y")}

    assert {"seen": name} == unnamed_screens({"seen": form}, known)


def test_most_alike() -> None:
    """Of two forms that are alike enough it is the more alike, and of two equal ones the first."""
    known = {"unnamed screen 1": FORM | {"k"}, "unnamed screen 2": FORM, "unnamed screen 3": FORM}

    assert {"seen": "unnamed screen 2"} == unnamed_screens({"seen": FORM}, known)


def test_within_a_session() -> None:
    """Two screens of one session with the same form are one."""
    assert {1: "unnamed screen 1", 2: "unnamed screen 1"} == unnamed_screens({1: FORM, 2: FORM}, {})


def test_screens_without_a_form() -> None:
    """Screens without a form are never the same as another: nothing says that they are."""
    assert {1: "unnamed screen 2", 2: "unnamed screen 3"} == unnamed_screens(
        {1: frozenset(), 2: frozenset()}, {"unnamed screen 1": frozenset()}
    )


@given(st.dictionaries(st.integers(), st.frozensets(st.sampled_from("abcdef")), max_size=6))
def test_second_time(found: dict[int, frozenset[str]]) -> None:
    """What was taken in once is recognised: a screen with a form of two fields or more keeps its name."""
    names = unnamed_screens(found, {})
    known: dict[str, frozenset[str]] = {}
    for seen, form in found.items():
        known[names[seen]] = known.get(names[seen], frozenset()) | form
    kept = {seen: form for seen, form in found.items() if known[names[seen]] == form and len(form) > 1}

    assert {seen: names[seen] for seen in kept} == {seen: unnamed_screens({seen: form}, known)[seen] for seen, form in kept.items()}


@pytest.mark.parametrize(
    ("name", "unnamed"),
    [("unnamed screen 1", True), ("unnamed screen 12", True), ("unnamed screen", False), ("My unnamed screen 1", False)],
)
def test_is_unnamed(name: str, *, unnamed: bool) -> None:
    """Only the recorder's own words are taken for a screen without a name."""
    assert unnamed is is_unnamed(name)
