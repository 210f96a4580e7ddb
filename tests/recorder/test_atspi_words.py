"""Accessibility: the rules that need no bus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recorder.sources.atspi_bus import REST_S, TIMEOUT_S, Breaker
from recorder.sources.atspi_words import (
    Role,
    State,
    address_of,
    edited,
    has,
    host_of,
    is_fillable,
    iso_date,
    mask,
    role_word,
    stable_id,
)
from shadow.events import ROLES

OPEN = sum(1 << state for state in (State.visible, State.enabled, State.sensitive, State.focusable))
WRITABLE = OPEN | 1 << State.editable


@pytest.mark.parametrize(
    ("attributes", "accessible_id", "expected"),
    [
        ({"id": "customer", "html-input-name": "cust"}, "", "customer"),
        ({"id": ":r3:", "html-input-name": "cust"}, "", "cust"),
        ({"id": "", "html-input-name": "cust"}, "", "cust"),
        ({}, "QApplication.main.parcel", "parcel"),
        ({}, "QApplication.main.QLineEdit", None),
        ({}, "QApplication.main.qt_spinbox_lineedit", None),
        ({}, "zip-id", "zip-id"),
        ({}, "", None),
        ({"id": "ember1234"}, "", None),
    ],
)
def test_stable_id(attributes: dict[str, str], accessible_id: str, expected: str | None) -> None:
    """The DOM id, else the name, else the AccessibleId; a generated one or a class name counts as none."""
    assert expected == stable_id(attributes, accessible_id)


@pytest.mark.parametrize(
    "generated",
    [
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "input-f81d4fae-7dec-11d0-a765-00a0c91e6bf6", ":r3:", ":R1a:", "_r_4_", "«r1f»", "radix-:r7:",
        "ember1234", "ext-gen1042", "mui-7", "mat-input-12", "headlessui-listbox-button-3", "field_1712345678", "12", "1-2", "5f2b9c01d4e7",
    ],
)  # fmt: skip
def test_generated_ids(generated: str) -> None:
    """An id that a framework numbered names nothing."""
    assert stable_id({"id": generated}) is None


@pytest.mark.parametrize(
    "written",
    ["name", "address1", "line-2", "q12", "v-model", "f_name", "customer_number", "kundenr", "remember", "mui", "deadbeef", "råd"],
)
def test_ids_that_somebody_wrote(written: str) -> None:
    """An id that a person wrote is kept, also with a number in it."""
    assert written == stable_id({"id": written})


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://crm.example/tickets/1?q=2#3", "crm.example"),
        ("https://crm.example:443/", "crm.example"),
        ("http://crm.example:443/", "crm.example:443"),
        ("http://127.0.0.1:8000/a", "127.0.0.1:8000"),
        ("http://[::1]:8000/a", "[::1]:8000"),
        ("https://USER:word@CRM.example/", "crm.example"),
        ("chrome://newtab/", None),
        ("about:blank", None),
        ("file:///srv/a.html", None),
        ("http://crm.example:none/", None),
        ("", None),
    ],
)
def test_host(address: str, host: str | None) -> None:
    """A web page is named by host and unusual port, never by who logged in; what is no web page has no host."""
    assert host == host_of(address)


def test_address() -> None:
    """Of an address only the path is kept."""
    assert ["/tickets/1", "/", "/"] == [address_of(one) for one in ("https://a.b/tickets/1?q=2#3", "https://a.b", "https://a.b?q=1")]


@pytest.mark.parametrize(
    ("role", "states", "attributes", "word"),
    [
        (Role.entry, WRITABLE, {}, "entry"),
        (Role.text, WRITABLE, {}, "entry"),
        (Role.entry, WRITABLE | 1 << State.multi_line, {}, "text"),
        (Role.text, OPEN | 1 << State.multi_line, {}, "text"),
        (Role.combo, WRITABLE, {}, "combo"),
        (Role.password, WRITABLE, {}, "password"),
        (Role.spin, WRITABLE, {}, "entry"),
        (Role.date, OPEN, {}, "date"),
        (85, OPEN, {"tag": "td"}, "cell"),
        (85, WRITABLE | 1 << State.multi_line, {"tag": "div"}, "text"),
        (Role.push_button, OPEN, {}, "button"),
        (9999, OPEN, {}, "other"),
    ],
)
def test_roles(role: int, states: int, attributes: dict[str, str], word: str) -> None:
    """A role of the bus becomes one of the glossary; what can be written in is a field whatever its role."""
    assert word == role_word(role, states, attributes)


@given(st.integers(0, 200), st.integers(0, 2**64 - 1))
def test_roles_are_of_the_glossary(role: int, states: int) -> None:
    """Whatever the bus says, the role is one of the known words."""
    assert role_word(role, states) in ROLES


@pytest.mark.parametrize(
    ("role", "states", "fillable"),
    [
        (Role.entry, WRITABLE, True),
        (Role.entry, OPEN, False),  # GTK's read-only
        (Role.entry, WRITABLE | 1 << State.read_only, False),  # Qt's
        (Role.entry, 1 << State.editable | 1 << State.visible, False),  # disabled
        (Role.entry, WRITABLE & ~(1 << State.visible), False),
        (Role.combo, OPEN & ~(1 << State.focusable), True),  # GTK's
        (Role.check, OPEN, True),
        (Role.push_button, OPEN, False),
        (85, WRITABLE, True),
    ],
)
def test_fillable(role: int, states: int, fillable: bool) -> None:  # noqa: FBT001 - a column of the table
    """Fillable is what a person could enter something in now."""
    assert fillable == is_fillable(role, states)


@given(st.text(), st.text(), st.data())
def test_edits_are_followed(text: str, piece: str, data: st.DataObject) -> None:
    """An insertion and its deletion lead back to the text."""
    at = data.draw(st.integers(0, len(text)))
    longer = edited(text, at, len(piece), piece, came=True)

    assert longer is not None
    assert text == edited(longer, at, len(piece), piece, came=False)


@pytest.mark.parametrize(("came", "at", "length"), [(True, 4, 1), (False, 2, 2), (False, -1, 1)])
def test_edits_that_do_not_fit(came: bool, at: int, length: int) -> None:  # noqa: FBT001 - a column of the table
    """An edit that cannot have been made leaves the text unknown rather than wrong."""
    assert edited("abc", at, length, "x", came=came) is None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([("mm", 3), ("dd", 15), ("yyyy", 2026)], "2026-03-15"),
        ([("dd", 15), ("mm", 3), ("åååå", 2026)], "2026-03-15"),
        ([("åååå", 0), ("mm", 0), ("dd", 0)], ""),
        ([("mm", 3), ("dd", 15), ("yyyy", 0)], None),
        ([("mm", 3)], None),
        ([], None),
    ],
)
def test_dates(parts: list[tuple[str, float]], expected: str | None) -> None:
    """A date is the same whatever the order of its parts; half a date is no date."""
    assert expected == iso_date(parts)


@given(st.sets(st.integers(0, 127)))
def test_mask(numbers: set[int]) -> None:
    """The set of the bus holds each number as a bit of signed words."""
    words = mask(numbers, 4)
    whole = sum((word & 0xFFFFFFFF) << 32 * place for place, word in enumerate(words))

    assert numbers == {number for number in range(128) if has(whole, number)}
    assert all(-(2**31) <= word < 2**31 for word in words)


def test_breaker() -> None:
    """A program that is silent twice in a row is left alone for a while; calls made together count once; an answer makes all good."""
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(3):
        breaker.failed("a")
    together = breaker.allows("a")
    now[0] = TIMEOUT_S
    breaker.failed("a")
    closed = breaker.allows("a")
    others = breaker.allows("b")
    now[0] += REST_S
    again = breaker.allows("a")
    breaker.failed("a")
    still = breaker.allows("a")
    now[0] += REST_S
    breaker.answered("a")
    breaker.failed("a")

    assert (True, False, True, True, False, True) == (together, closed, others, again, still, breaker.allows("a"))
