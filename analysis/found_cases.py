"""
The sessions of a study that tell no case, as the sequences in which cases are found.

    store  ->  Sequence, Uses  ->  segmentation  ->  case of each event
               (codes of what
                was done where)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.segmentation import Found, find_cases
from analysis.sequences import Sequence, Uses
from shadow.events import ACTION_CODES

if TYPE_CHECKING:
    from collections.abc import Sequence as Listed

    from numpy.typing import NDArray

    from shadow.store import Catalogue
    from shadow.study import Study

__all__ = ["found_in", "sequence_of"]

# Not work on a target: they neither begin nor complete a case.
ASIDE: Final = ("mark", "pause", "resume", "gap_start", "gap_end", "call_start", "call_end", "hold_start", "hold_end")

# Work that leaves something behind.
ENTRY: Final = ("input", "change", "paste", "select")

COLUMNS: Final = ("session", "t_ms", "action", "app", "screen", "field")


def found_in(study: Study, sessions: NDArray[np.int32], *, completed: bool) -> Found:
    """
    Find the cases of some sessions, end to end in their order.

    Args:

        study: The study.

        sessions: Which, ordered.

        completed: They hold submits, which may be named in study.toml as completing a case.
    """
    among = pl.col("session").is_in(pl.Series(sessions).implode())
    events = study.scan("events").select(COLUMNS).filter(among).collect()
    sequence = sequence_of(events, study.catalogue)
    tokens = study.scan("tokens").select("session", "seq", "token").filter(among).collect()
    names = study.settings.cases.completion if completed else ()
    told = _configured(study.catalogue, events, sequence, names) if names else []
    return find_cases(sequence, _uses(sequence, sessions, tokens), told)


def sequence_of(events: pl.DataFrame, catalogue: Catalogue) -> Sequence:
    """
    Events as the segmentation reads them.

    Args:

        events: COLUMNS, in session and seq order.

        catalogue: The study's names.
    """
    action = events["action"].to_numpy()
    target, screen = _places(events, catalogue)
    kind = _dense(action.astype(np.int64) * (int(target.max(initial=0)) + 1) + target)
    kind[_is(action, ASIDE)] = -2
    return Sequence(
        session=events["session"].to_numpy().astype(np.int64),
        t_ms=events["t_ms"].to_numpy().astype(np.int64),
        kind=_without_aside(kind),
        screen=_dense(screen),
        is_submit=action == ACTION_CODES["submit"],
        is_screen=action == ACTION_CODES["screen"],
        is_entry=_is(action, ENTRY),
    )


def _places(events: pl.DataFrame, catalogue: Catalogue) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each event is, as a code in the order of application, screen and field, and without the field."""
    n_screens, n_fields = len(catalogue.screens), len(catalogue.fields)
    app, screen = (events[name].to_numpy().astype(np.int64) for name in ("app", "screen"))
    place = app * n_screens + screen
    return place * (n_fields + 1) + events["field"].fill_null(-1).to_numpy() + 1, place


def _dense(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Codes without the numbers that are not there, in the same order, from 1."""
    size = int(codes.max(initial=0)) + 1
    if size > LARGEST_TABLE:
        return np.unique(codes, return_inverse=True)[1].astype(np.int64) + 1
    there = np.zeros(size, dtype=np.bool_)
    there[codes] = True
    return np.cumsum(there, dtype=np.int64)[codes]


# Beyond so many codes sorting them takes less than a table of all.
LARGEST_TABLE: Final = 16_777_216


def _is(action: NDArray[np.uint8], names: Listed[str]) -> NDArray[np.bool_]:
    among = np.zeros(256, dtype=np.bool_)
    among[[ACTION_CODES[name] for name in names]] = True
    found: NDArray[np.bool_] = among[action]
    return found


def _without_aside(kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """An event that is no work takes the kind before it, so that it is never a step of its own."""
    places = np.where(kinds == -2, 0, np.arange(len(kinds)))  # noqa: PLR2004 - the mark set above
    return kinds[np.maximum.accumulate(places)] if len(kinds) else kinds


def _configured(catalogue: Catalogue, events: pl.DataFrame, sequence: Sequence, names: Listed[str]) -> list[int]:
    """Kinds of the submits that study.toml names as completing a case: `app`, `app:screen` or `app:screen:field`."""
    submits = events.with_columns(kind=pl.Series(sequence.kind)).filter(sequence.is_submit)
    kinds = []
    for app, screen, field, kind in submits.select("app", "screen", "field", "kind").unique().iter_rows():
        element = catalogue.fields[field].element if field is not None else ""
        full = f"{catalogue.apps[app]}:{catalogue.screens[screen].name}:{element}"
        if any(full == name or full.startswith(f"{name}:") for name in names):
            kinds.append(kind)
    return kinds


def _uses(sequence: Sequence, sessions: NDArray[np.int32], tokens: pl.DataFrame) -> Uses:
    """Index of the event and code of the token, for every token of these events."""
    starts = np.zeros(int(sessions.max(initial=0)) + 1, dtype=np.int64)
    starts[sessions] = np.searchsorted(sequence.session, sessions)
    session = tokens["session"].to_numpy().astype(np.int64)
    # Seq runs from 0 without a gap, so it is a place in the session.
    return Uses(starts[session] + tokens["seq"].to_numpy(), (session << np.int64(32)) + tokens["token"].to_numpy())
