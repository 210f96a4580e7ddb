"""
The UI log: what an event is, and the words for it.

Glossary (one word, one meaning):

UI log
    What was done in a user interface, in order. A **session** is one consented recording of it; an **event** is one action on one
    target; a **study** is the sessions of one engagement.
target
    What an action was done to: **app** (a system as a person names it), **screen** (a window or page, by template, `/tickets/:id`),
    **field** (an element of a screen).
case
    One piece of work: a ticket, a call. Never the same as a session. An event may belong to none.
visit
    An unbroken stay on a screen or field. **Dwell** is its active length.
hesitation
    From focus to the first input.
correction
    An edit undone or redone.
return
    Back to a field that was already filled.
skip
    `passed_over`: focused, left unchanged and empty. `never_touched`: fillable, shown, never focused.
re-entry
    The same value entered in a second system within a case; **mode** clipboard or typed; **relation** same, reformatted, part, joined.
workaround
    A third application used as the memory between two systems.
integration
    A small change that removes observed work: autofill, link, deep_link, template, default, remove_field.
value mark
    The ordinal that stands for a value within one session. Values themselves are never kept.

Source: the reference model of UI logs of Abb and Rehse (BPM 2022, arXiv 2207.12054); the contracts of this project, section 3.
"""

from __future__ import annotations

from typing import Final

__all__ = ["ACTIONS", "ACTION_CODES", "INPUT_ACTIONS", "ROLES", "SCHEMA_VERSION", "UNKNOWN_APP", "session_name"]

SCHEMA_VERSION: Final = 1

# The order is the code in the columnar store: append, never reorder.
ACTIONS: Final = (
    "focus", "blur", "input", "change", "click", "copy", "paste", "select", "switch", "screen", "submit",
    "case_start", "case_end", "call_start", "call_end", "hold_start", "hold_end",
    "mark", "pause", "resume", "gap_start", "gap_end",
)  # fmt: skip
ACTION_CODES: Final = {action: code for code, action in enumerate(ACTIONS)}

INPUT_ACTIONS: Final = ("input", "change", "paste", "select")

ROLES: Final = (
    "entry", "text", "combo", "check", "radio", "date", "button", "link", "cell", "grid", "document", "password", "other",
)  # fmt: skip

UNKNOWN_APP: Final = "(unknown)"


def session_name(session: int) -> str:
    """Name of a session in every output: `s001` for the first one the study saw. A log's own names may name people."""
    return f"s{session:03d}"
