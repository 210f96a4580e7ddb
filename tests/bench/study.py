"""
A synthetic study on disk: written by the product's own writer, checked by its own checks, and a log to import.

    make_block --> Staging.write_part --> STUDY/store     (parts of whole sessions, at most 64 of them: 2M events)
               --> write_log          --> a ui-log CSV    (with values as texts)

A study is built once in a folder and kept there. Every measurement gets a copy of its own, whose parts are links to the same bytes (a part
never changes once written), so that nothing one measurement leaves behind helps the next.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from shadow.events import ACTIONS
from shadow.interop.drafting import Draft, study_to_fill
from shadow.interop.importing import _headers
from shadow.interop.ordering import Staging
from shadow.interop.survey import SessionSeen, Survey
from shadow.store import STAGING, Catalogue, FieldEntry, Part, ScreenEntry, SourceEntry
from tests.bench.synthetic import BUTTON, ELEMENTS, EVENTS_A_CASE, FILLABLE, N_APPS, N_SCREENS, SCREENS_AN_APP, Block, make_block
from tests.bench.values import value_texts

__all__ = ["Planted", "Shape", "add_session", "build_study", "linked_copy", "shape_of", "write_log"]

CASES_A_SESSION: Final = 100
SESSIONS_A_PART: Final = 64
AGENTS: Final = 20
SESSIONS_AN_AGENT: Final = 16


@dataclass(frozen=True, slots=True)
class Shape:
    """Sessions, cases in each, and agents of a study of about so many events."""

    sessions: int
    cases: int
    agents: int


@dataclass(slots=True)
class Planted:
    """What is true of a study: bursts of clicks, pastes of a value copied in another system in the same case, cases."""

    bursts: int = 0
    carried: int = 0
    cases: int = 0


def shape_of(n_events: int) -> Shape:
    """The shape of a study: sessions of about 31,000 events where there are enough for two, 20 agents or, in a large one, 16 sessions each."""
    sessions = max(2, round(n_events / (EVENTS_A_CASE * CASES_A_SESSION)))
    cases = min(CASES_A_SESSION, max(1, round(n_events / EVENTS_A_CASE / sessions)))
    return Shape(sessions, cases, max(sessions // SESSIONS_AN_AGENT, min(AGENTS, sessions)))


def build_study(folder: Path, n_events: int, *, given: bool) -> Planted:
    """Write a study of about `n_events` events; with `given`, its cases begin and end by events of the log."""
    shape, planted = shape_of(n_events), Planted()
    with study_to_fill(folder) as opened:
        draft = Draft(opened)
        _enter_names(draft.catalogue)
        for first in range(0, shape.sessions, SESSIONS_A_PART):
            n = min(SESSIONS_A_PART, shape.sessions - first)
            block = make_block(first + 1, n, shape.cases, given=given)
            _add(draft, block, shape.agents)
            planted.bursts += block.bursts
            planted.carried += block.carried
            planted.cases += block.cases
        draft.commit()
    return planted


def add_session(folder: Path, n_events: int) -> int:
    """Add one session of about `n_events` events to a study whose cases are given; returns how many they are."""
    with study_to_fill(folder) as opened:
        draft = Draft(opened)
        first, _ = draft.catalogue.next_session()
        block = make_block(first, 1, round(n_events / EVENTS_A_CASE), given=True)
        _add(draft, block, AGENTS)
        draft.commit()
    return len(block.events)


def linked_copy(study: Path, folder: Path) -> Path:
    """A copy of a study that may be added to; its parts are links to the same bytes where the file system has links."""

    def link(source: str, target: str) -> None:
        if source.endswith(".parquet"):
            try:
                os.link(source, target)
            except OSError:
                shutil.copy2(source, target)
        else:
            shutil.copy2(source, target)

    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(study, folder, copy_function=link)
    return folder


def write_log(path: Path, n_rows: int) -> int:
    """Write a ui-log of about so many rows, with values and with cases given; returns how many they are."""
    shape = shape_of(n_rows)
    n = 0
    with path.open("wb") as file:
        for first in range(0, shape.sessions, SESSIONS_A_PART):
            block = make_block(first + 1, min(SESSIONS_A_PART, shape.sessions - first), shape.cases, given=True)
            _log_rows(block, shape.agents).write_csv(file, include_header=n == 0)
            n += len(block.events)
    return n


def _enter_names(catalogue: Catalogue) -> None:
    catalogue.apps.extend(f"System {app}" for app in range(N_APPS))
    catalogue.screens.extend(ScreenEntry(screen // SCREENS_AN_APP, _screen_name(screen)) for screen in range(N_SCREENS))
    catalogue.fields.extend(
        FieldEntry(screen, _element_name(element), role=_role(element)) for screen in range(N_SCREENS) for element in range(ELEMENTS)
    )


def _screen_name(screen: int) -> str:
    return f"/forms/{screen}"


def _element_name(element: int) -> str:
    return f"field_{element}" if element < FILLABLE else f"button_{element - BUTTON}"


def _role(element: int) -> str:
    return "entry" if element < FILLABLE else "button"


def _add(draft: Draft, block: Block, n_agents: int) -> None:
    """Write a block as a part and name it in the draft, by the same steps as an import."""
    store, part = draft.study.store, draft.next_part
    found = _survey(block, n_agents)
    with tempfile.TemporaryDirectory(prefix=STAGING, dir=store) as folder:
        staging = Staging(Path(folder))
        staging.add({"events": block.events, "tokens": block.tokens, "forms": block.forms, "notes": _no_notes()})
        counts = staging.write_part(found, store, part)
    digest = hashlib.blake2b(str(part).encode(), digest_size=16).hexdigest()
    source = SourceEntry(draft.next_source, digest, "ui-log", len(found.sessions))
    draft.add(Part(part, **counts), source, _headers(found, draft.register, source.source, part, store))


def _survey(block: Block, n_agents: int) -> Survey:
    """What a first reading of the block would have found; its sessions have their ordinals already."""
    seen = block.events.group_by("session", maintain_order=True).agg(n=pl.len(), last=pl.col("t_ms").max(), row=pl.col("row").max())
    sessions = {
        str(ordinal): SessionSeen(f"agent {ordinal % n_agents}", True, 0, last, row, n, ordinal)  # noqa: FBT003 - times are relative
        for ordinal, n, last, row in seen.iter_rows()
    }
    return Survey(min(seen.ordinal for seen in sessions.values()), sessions)


def _no_notes() -> pl.DataFrame:
    return pl.DataFrame(schema={"session": pl.Int32, "row": pl.Int64, "note": pl.String})


def _log_rows(block: Block, n_agents: int) -> pl.DataFrame:
    """The block as a log has it: names for codes, texts for marks."""
    events = block.events
    element = events["field"] % ELEMENTS
    names, roles = ([name(code) for code in range(ELEMENTS)] for name in (_element_name, _role))
    elements = "[" + ",".join(f'"{_element_name(element)}"' for element in range(FILLABLE)) + "]"
    action = pl.Series(np.array(ACTIONS)).gather(events["action"])
    return events.select(
        session=pl.format("session {}", "session"),
        agent=pl.format("agent {}", pl.col("session") % n_agents),
        time="t_ms",
        action=action,
        app=pl.format("System {}", "app"),
        screen=pl.format("/forms/{}", "screen"),
        element=element.replace_strict(list(range(ELEMENTS)), names, return_dtype=pl.String),
        role=element.replace_strict(list(range(ELEMENTS)), roles, return_dtype=pl.String),
        value=value_texts(block.value),
        state=pl.when(pl.col("filled")).then(pl.lit("filled")).when(pl.col("filled").not_()).then(pl.lit("empty")),
        keys="keys",
        x="x",
        y="y",
        elements=pl.when(action == "screen").then(pl.lit(elements)),
    )
