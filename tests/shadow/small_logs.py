"""Small literal logs into a study, and what the study then says, in words instead of codes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import polars as pl

from shadow.events import ACTIONS
from shadow.interop.importing import import_logs
from shadow.study import Study, open_study

UI_COLUMNS = "session,agent,time,action,app"
ACTION_LOGGER_COLUMNS = (
    "timeStamp,userID,targetApp,eventType,url,content,target.workbookName,target.sheetName,target.id,target.class,target.tagName,"
    "target.type,target.name,target.value,target.checked,target.option"
)


def ui_log(*rows: str, more: str = "") -> str:
    """A `ui-log` as CSV; `more` are columns after the required ones."""
    return "\n".join([UI_COLUMNS + (f",{more}" if more else ""), *rows, ""])


def json_lines(csv_text: str) -> str:
    """The same `ui-log` as JSON Lines; for logs without quotes."""
    header, *rows = csv_text.splitlines()
    return "".join(json.dumps(dict(zip(header.split(","), row.split(","), strict=True))) + "\n" for row in rows)


def action_log(*rows: dict[str, str]) -> str:
    """An `action-logger` log as CSV, each row given by its cells; a cell may not hold a comma."""
    columns = ACTION_LOGGER_COLUMNS.split(",")
    extra = [name for row in rows for name in row if name not in columns]
    columns = list(dict.fromkeys([*extra, *columns]))
    return "\n".join([",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows), ""])


def written(folder: Path, content: str | bytes, name: str = "log.csv") -> Path:
    """The content as a file; gzip-compressed if its name says so."""
    path = folder / name
    raw = content.encode() if isinstance(content, str) else content
    path.write_bytes(gzip.compress(raw, mtime=0) if name.endswith(".gz") else raw)
    return path


def imported(folder: Path, content: str | bytes, name: str = "log.csv", settings: str | None = None) -> Study:
    """A study of its own with this log in it."""
    study = folder / f"study-{len(list(folder.iterdir()))}"
    if settings is not None:
        study.mkdir()
        (study / "study.toml").write_text(settings, encoding="utf-8")
    import_logs([written(folder, content, name)], study)
    return open_study(study)


def events(study: Study, *columns: str) -> list[tuple[object, ...]]:
    """The events in store order; `action`, `app`, `screen` and `field` in words."""
    found = study.catalogue
    words = {
        "action": ACTIONS,
        "app": found.apps,
        "screen": [entry.name for entry in found.screens],
        "field": [entry.element for entry in found.fields],
    }
    frame = study.scan("events").select(columns).collect()
    return [
        tuple(words[name][code] if name in words and code is not None else code for name, code in zip(columns, row, strict=True))
        for row in frame.iter_rows()
    ]


def all_rows(study: Study) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, codes in words, and value marks renumbered by first use in time order: their ordinals are chance."""
    names = tuple(study.scan("events").collect_schema())
    fields = [entry.element for entry in study.catalogue.fields]
    return {
        "events": _renumbered(events(study, *names), [names.index("mark"), names.index("given_case"), names.index("case_mark")]),
        "tokens": _token_sets(study),
        "forms": [(session, seq, fields[code]) for session, seq, code in study.scan("forms").collect().iter_rows()],
        "notes": study.scan("notes").collect().rows(),
    }


def _renumbered(rows: list[tuple[object, ...]], places: list[int]) -> list[tuple[object, ...]]:
    known: dict[tuple[int, object, object], int] = {}
    return [
        tuple(
            known.setdefault((place, row[0], cell), len(known)) if place in places and cell is not None else cell
            for place, cell in enumerate(row)
        )
        for row in rows
    ]


def _token_sets(study: Study) -> list[tuple[object, ...]]:
    """Which events share a token: for each token of a session its (seq, whole) places."""
    places = pl.struct("seq", "whole").sort_by("seq", "whole")
    frame = study.scan("tokens").group_by("session", "token").agg(places).drop("token").collect()
    return sorted((session, [tuple(place.values()) for place in listed]) for session, listed in frame.iter_rows())


def on_disk(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Mode and content of every file under a folder, and the folders."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in sorted(folder.rglob("*"))
    }
