"""Literal studies: rows written as a ui-log, imported as any log is, and loaded."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np

from analysis.loading import LoadedStudy, load_study
from analysis.reentry import find_reentry
from analysis.replay import Replay, prepare_replay
from analysis.second_pass import SecondPass, second_pass
from analysis.timeline import longest_ms
from analysis.warm_up import counted_cases
from shadow.interop.importing import import_logs
from shadow.study import create_study, open_study

Row = dict[str, Any]

COLUMNS = (
    "session", "agent", "time", "action", "app", "screen", "element", "label", "role", "value", "state", "keys", "x", "y", "case",
    "required", "note", "elements",
)  # fmt: skip


def act(t_s: float, action: str, place: str, value: str | None = None, **more: Any) -> Row:
    """Write one row, `t_s` seconds after the session began; `place` is `app:screen:element`, or less of it."""
    app, screen, element = [*place.split(":"), None, None][:3]
    row = {"session": "one", "agent": "Ann", "time": round(t_s * 1000), "action": action, "app": app, "screen": screen, "element": element}
    return row | {"value": value} | more


def later(rows: list[Row], by_s: float, **more: Any) -> list[Row]:
    """The rows again, later, and with other words where given."""
    return [row | {"time": row["time"] + round(by_s * 1000)} | more for row in rows]


def carried(t_s: float, source: str, target: str, value: str, entered: str | None = None, **more: Any) -> list[Row]:
    """
    Copy a value and paste it into another field: 4 s from the copy to the edit.

        copy S ... click D   paste D   change D
        0          1         2         4 s
    """
    entered = value if entered is None else entered
    return [
        act(t_s, "copy", source, value, **more),
        act(t_s + 1, "click", target, **more),
        act(t_s + 2, "paste", target, entered, **more),
        act(t_s + 4, "change", target, entered, **more),
    ]


def typed(t_s: float, source: str, target: str, value: str, entered: str | None = None, **more: Any) -> list[Row]:
    """
    Look at a value and type it into another field: 4 s from the look to the edit.

        click S ... click D   input D   change D
        0           1         2         4 s
    """
    entered = value if entered is None else entered
    return [
        act(t_s, "click", source, value, **more),
        act(t_s + 1, "click", target, **more),
        act(t_s + 2, "input", target, keys=len(entered), **more),
        act(t_s + 4, "change", target, entered, **more),
    ]


def write_log(path: Path, rows: list[Row]) -> Path:
    """Write rows as a ui-log."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def import_study(folder: Path, sources: list[Path], toml: str = "") -> LoadedStudy:
    """Make a study, with a study.toml of its own if given, import the logs and load it; the caller closes it."""
    create_study(folder)
    if toml:
        (folder / "study.toml").write_text(toml, encoding="utf-8")
    import_logs(sources, folder)
    return load_study(open_study(folder))


def named_field(loaded: LoadedStudy, code: int | None) -> str:
    """`app:screen:element` of a field, or `(unknown)`."""
    known = loaded.field(code)
    return f"{known['app']}:{known['screen']}:{known['field']}" if code is not None else "(unknown)"


def laid_out(loaded: LoadedStudy) -> SecondPass:
    """Where the work lies that the bundles of a study would remove."""
    return second_pass(loaded, find_reentry(loaded), counted_cases(loaded))


def replay_of(loaded: LoadedStudy, found: SecondPass, pace: np.ndarray | None = None) -> Replay:
    """The replay of a study by its own clock, everybody at the same pace unless given."""
    same = np.ones(len(np.unique(loaded.agent_of[1:]))) if pace is None else pace
    return prepare_replay(found, found.layouts[longest_ms(loaded.thresholds)], same, loaded.thresholds)
