"""A session as a log in the `ui-log` format (contracts, section 3)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from tests.simulated.office import Office
from tests.simulated.recording import Row
from tests.simulated.sessions import AgentSession

__all__ = ["write_log"]

FIRST_DAY: Final = datetime(2026, 9, 14, 8, 2, tzinfo=timezone(timedelta(hours=2)))
COLUMNS: Final = (
    "session", "agent", "time", "action", "app", "screen", "element", "label", "role", "value", "state", "keys", "x", "y", "required",
    "elements",
)  # fmt: skip


def write_log(session: AgentSession, path: Path) -> Path:
    """
    Write a session as CSV, one line for each row.

    Args:
        session: The session; agent and session are named by the office's seed and the agent's number.
        path: The file; an existing one is replaced.

    Returns:
        The file.
    """
    name = f"{session.office.seed}-{session.number}"
    start = FIRST_DAY + timedelta(days=session.number // 2, minutes=17 * (session.number % 16))
    announced = _announced(session.office)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in session.rows:
            time = start + timedelta(milliseconds=int(row.t * 1000))
            writer.writerow((f"session {name}", f"agent {name}", time.isoformat(timespec="milliseconds"), *_cells(row, announced)))
    return path


def _cells(row: Row, announced: Mapping[str, str]) -> Iterator[object]:
    """The columns of a row after its time."""
    field = row.field
    yield from (row.action, row.app, row.screen)
    yield from (field.element, field.label, field.role) if field else ("", "", "")
    yield from (row.value, row.state, row.keys, *(row.at or ("", "")))
    yield "true" if field and field.kind == "must" else ""
    yield announced[f"{row.app}:{row.screen}"] if row.action == "screen" else ""


def _announced(office: Office) -> dict[str, str]:
    """The elements that can be filled on each screen, as a JSON list; empty where there are none."""
    found: dict[str, list[str]] = {f"{screen.app}:{screen.name}": [] for screen in office.screens}
    for field in office.fields.values():
        if field.kind in {"fill", "must"}:
            found[f"{field.app}:{field.screen}"].append(field.element)
    return {screen: json.dumps(elements, separators=(",", ":")) if elements else "" for screen, elements in found.items()}
