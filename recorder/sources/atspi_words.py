"""What the accessibility bus says, in the words of the glossary: the rules that need no bus."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import urlsplit

__all__ = [
    "FIELD_ROLES",
    "TEXT_ROLES",
    "Role",
    "State",
    "address_of",
    "edited",
    "has",
    "host_of",
    "is_fillable",
    "iso_date",
    "mask",
    "role_word",
    "stable_id",
]


class Role:
    """Numbers of AtspiRole that mean something here."""

    calendar = 5
    check = 7
    combo = 11
    date = 12
    frame = 23
    internal_frame = 28
    label = 29
    list_item = 32
    menu = 33
    menu_item = 35
    password = 40
    popup_menu = 41
    push_button = 43
    radio = 44
    slider = 51
    spin = 52
    table_cell = 56
    text = 61
    toggle = 62
    window = 69
    application = 75
    entry = 79
    link = 88
    document_web = 95


class State:
    """Numbers of AtspiStateType that mean something here."""

    active = 1
    checked = 4
    editable = 7
    enabled = 8
    focusable = 11
    focused = 12
    multi_line = 17
    selected = 23
    sensitive = 24
    showing = 25
    visible = 30
    required = 33
    read_only = 43


# What may be filled in, or is shown in the shape of a field.
FIELD_ROLES: Final = (
    Role.check, Role.combo, Role.date, Role.password, Role.radio, Role.slider, Role.spin, Role.text, Role.entry,
)  # fmt: skip

# What shows a text of a page: a cell, a paragraph, a section (any element that has nothing but an id), a heading, a static text.
TEXT_ROLES: Final = (Role.table_cell, 73, 83, 85, 116)

_WORDS: Final = {
    Role.check: "check", 8: "check", Role.toggle: "button",
    Role.radio: "radio", 45: "radio",
    Role.combo: "combo", 98: "combo",
    Role.date: "date",
    Role.password: "password",
    Role.spin: "entry", Role.entry: "entry", Role.text: "entry", 76: "entry", 77: "entry", 60: "text",
    Role.push_button: "button", Role.menu_item: "button", 33: "button", 37: "button", 59: "button", 129: "button",
    Role.link: "link",
    Role.table_cell: "cell", 10: "cell", 47: "cell", 57: "cell", 58: "cell",
    55: "grid", 66: "grid",
    82: "document", 92: "document", 93: "document", 94: "document", Role.document_web: "document", 96: "document",
}  # fmt: skip
_CELL_TAGS: Final = ("td", "th")
_TEXT_LIKE: Final = (Role.text, Role.entry, Role.spin, Role.password)

# Ids that a framework gave out anew: the next load has others, so they name nothing.
_GENERATED: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",  # a UUID, alone or within
        r"\d{5,}",  # a counter, a time, the number of a record
        r"^([:«]r[0-9a-z]{1,4}[:»]|_r_[0-9a-z]{1,4}_)$",  # React's useId
        r":r[0-9a-z]{1,4}:",  # the same within (Radix, Headless UI)
        r"^(ember|ext-gen|gwt-uid-|yui_|mui-|mat-[a-z-]+-|cdk-[a-z-]+-|ui-id-|downshift-|headlessui-[a-z-]+-|radix-[a-z-]*)[\d_]+",
        r"^[0-9\W_]+$",  # nothing but digits and signs
        r"^(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}$",  # a hexadecimal digest
    )
)
_CLASS_NAME: Final = re.compile(r"^(Q[A-Z]\w*|qt_\w+)$")
_USUAL_PORTS: Final = {"http": 80, "https": 443}


def has(states: int, state: int) -> bool:
    """Whether a state is set in the 64 bits that GetState gives."""
    return bool(states >> state & 1)


def mask(numbers: Iterable[int], n_words: int) -> list[int]:
    """Numbers as the set of signed 32-bit words that Collection wants."""
    words = [0] * n_words
    for number in numbers:
        words[number // 32] |= 1 << number % 32
    return [word - (1 << 32) if word >> 31 else word for word in words]


def role_word(role: int, states: int = 0, attributes: Mapping[str, str] | None = None) -> str:
    """The glossary's role of a control, `other` for what has none."""
    if attributes and attributes.get("tag") in _CELL_TAGS:
        return "cell"
    if has(states, State.editable) and role not in {Role.combo, Role.password, Role.date}:
        return "text" if has(states, State.multi_line) else "entry"
    word = _WORDS.get(role, "other")
    return "text" if word == "entry" and has(states, State.multi_line) else word


def is_fillable(role: int, states: int) -> bool:
    """Whether a person could enter something: an input that is enabled, shown and not read-only."""
    if not has(states, State.visible) or has(states, State.read_only):
        return False
    if not (has(states, State.enabled) or has(states, State.sensitive)):
        return False
    if role in _TEXT_LIKE or role not in FIELD_ROLES:
        return has(states, State.editable)
    # GTK gives the focus to a button within the combo box.
    return role == Role.combo or has(states, State.focusable)


def stable_id(attributes: Mapping[str, str], accessible_id: str = "", *, is_radio: bool = False) -> str | None:
    """
    The first of DOM id, name of the input, AccessibleId that is the same at the next load.

    Radio buttons of a web page that share a name are one field, so of them the name comes first.

    Args:

        attributes: As the bus gives them.

        accessible_id: Property of the same name; of Qt's path of object names the last part counts.

        is_radio: Whether it is a radio button.
    """
    last = accessible_id.rpartition(".")[2]
    names = (attributes.get("id", ""), attributes.get("html-input-name", ""))
    candidates = (*(reversed(names) if is_radio else names), "" if _CLASS_NAME.match(last) else last)
    return next((name for name in candidates if name and not is_generated(name)), None)


def is_generated(name: str) -> bool:
    """Whether an id looks as if a program had numbered it."""
    return any(pattern.search(name) for pattern in _GENERATED)


def host_of(address: str) -> str | None:
    """Host of a web page, with the port where it is not the usual one; None for what is no web page (`chrome:`, `about:`, `file:`)."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _USUAL_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return host if port in {None, _USUAL_PORTS[parts.scheme]} else f"{host}:{port}"


def address_of(address: str) -> str:
    """Path of a web page, without query and fragment."""
    return urlsplit(address).path or "/"


def edited(text: str, at: int, length: int, piece: str, *, came: bool) -> str | None:
    """A text after an insertion (`came`) or a deletion that the bus told of; None where the two do not fit together."""
    if not 0 <= at <= len(text):
        return None
    if came:
        return text[:at] + piece + text[at:]
    return text[:at] + text[at + length :] if at + length <= len(text) else None


def iso_date(parts: Iterable[tuple[str, float]]) -> str | None:
    """
    A date from the parts of a date editor.

    Args:

        parts: Placeholder and number of each; every language of the Nordic countries and English write the day with d, the month with m.

    Returns:

        `2026-11-22`, "" if no part is filled, None if it is half filled or not understood.
    """
    found: dict[str, int] = {}
    for placeholder, number in parts:
        found[placeholder[:1].lower() if placeholder[:1].lower() in "dm" else "y"] = int(number)
    if set(found) != {"d", "m", "y"}:
        return None
    if not any(found.values()):
        return ""
    return f"{found['y']:04}-{found['m']:02}-{found['d']:02}" if all(found.values()) else None
