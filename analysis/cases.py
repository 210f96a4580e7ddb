"""
Which events belong to which case, and how that is known.

Each session is cut in the first way that applies to it: cases `given` by the log; by a `case_id` seen on screen; by the `completion` of
a case (submit and what follows); or `cut` by the loops of the work. Events may belong to no case: they are left out, and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.segmentation import find_cases
from analysis.sequences import Sequence, Uses
from shadow.events import ACTION_CODES

if TYPE_CHECKING:
    from collections.abc import Sequence as Listed

    from numpy.typing import NDArray

    from shadow.study import Study

__all__ = ["HOW", "assign_cases"]

HOW: Final = ("given", "case_id", "completion", "cut")

# Not work on a target: they neither begin nor complete a case.
ASIDE: Final = ("mark", "pause", "resume", "gap_start", "gap_end", "call_start", "call_end", "hold_start", "hold_end")

# Work that leaves something behind.
ENTRY: Final = ("input", "change", "paste", "select")


def assign_cases(study: Study) -> pl.DataFrame:
    """
    Case of every event of a study.

    Returns:

        One row per event, in session and seq order: session, seq, case_no (Int32, from 1 within the session; null = belongs to none), how
        (one of HOW, per session).
    """
    columns = ["session", "seq", "t_ms", "action", "app", "screen", "field", "given_case", "case_mark"]
    events = study.scan("events").select(columns).collect()
    ways = _ways(events)
    frames = []
    for how in HOW:
        sessions = ways.filter(pl.col("how") == how)["session"].implode()
        part = events.filter(pl.col("session").is_in(sessions))
        if part.height:
            case_no, found = _case_numbers(study, part, how)
            frames.append(part.select("session", "seq").with_columns(case_no=case_no, how=found))
    if not frames:
        return pl.DataFrame(schema={"session": pl.Int32, "seq": pl.Int32, "case_no": pl.Int32, "how": pl.String})
    return pl.concat(frames).sort("session", "seq")


def _ways(events: pl.DataFrame) -> pl.DataFrame:
    """How each session is cut: session, how."""
    starts = (pl.col("action") == ACTION_CODES["case_start"]).any()
    completes = (pl.col("action") == ACTION_CODES["submit"]).any()
    how = (
        pl.when(pl.col("given_case").is_not_null().any() | starts).then(pl.lit("given"))
        .when(pl.col("case_mark").is_not_null().any()).then(pl.lit("case_id"))
        .when(completes).then(pl.lit("completion"))
        .otherwise(pl.lit("cut"))
    )  # fmt: skip
    return events.group_by("session", maintain_order=True).agg(how.alias("how"))


def _case_numbers(study: Study, events: pl.DataFrame, how: str) -> tuple[pl.Series, pl.Series]:
    """Case of each event, and how it was found in the end: what no submit completes is cut."""
    if how == "given":
        return _given(events), pl.repeat(how, events.height, eager=True)
    if how == "case_id":
        return _by_case_id(events), pl.repeat(how, events.height, eager=True)
    sequence = _sequence(events)
    uses = _uses(study, events)
    told = _configured(study, events, sequence, study.settings.cases.completion) if how == "completion" else []
    found = find_cases(sequence, uses, told)
    return pl.Series("case_no", found.case, dtype=pl.Int32).replace(0, None), pl.Series("how", np.where(found.is_cut, "cut", "completion"))


def _given(events: pl.DataFrame) -> pl.Series:
    """
    By the log's own case column; where it has none, from case_start to case_end, both included.

    A start without an end before it ends the case before; an end without a start ends nothing.
    """
    starts, ends = (pl.col("action") == ACTION_CODES[name] for name in ("case_start", "case_end"))
    is_open = pl.when(starts).then(statement=True).when(ends).then(statement=False).forward_fill()
    inside = pl.when(ends).then(is_open.shift(1)).otherwise(is_open).over("session")
    spanned = pl.when(inside).then(starts.cum_sum().over("session"))
    has_column = pl.col("given_case").is_not_null().any().over("session")
    return _numbered(events.with_columns(key=pl.when(has_column).then(pl.col("given_case")).otherwise(spanned)))


def _by_case_id(events: pl.DataFrame) -> pl.Series:
    """By the case id last seen; what comes before the first belongs to none. A case left and taken up again is one case."""
    return _numbered(events.with_columns(key=pl.col("case_mark").forward_fill().over("session")))


def _numbered(events: pl.DataFrame) -> pl.Series:
    """Keys as case numbers from 1 in each session, in order of first sight."""
    keys = events.select("session", "key").filter(pl.col("key").is_not_null()).unique(maintain_order=True)
    numbers = keys.with_columns(case_no=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("session"))
    return events.join(numbers, on=["session", "key"], how="left", maintain_order="left")["case_no"]


def _sequence(events: pl.DataFrame) -> Sequence:
    aside = [ACTION_CODES[name] for name in ASIDE]
    kind = (
        pl.when(pl.col("action").is_in(aside))
        .then(-2)
        .otherwise(pl.struct("action", "app", "screen", "field").rank("dense").cast(pl.Int64))
    )
    arrays = events.select(
        pl.col("session", "t_ms").cast(pl.Int64),
        kind=kind,
        place=pl.struct("app", "screen").rank("dense").cast(pl.Int64),
        submit=pl.col("action") == ACTION_CODES["submit"],
        screen=pl.col("action") == ACTION_CODES["screen"],
        entry=pl.col("action").is_in([ACTION_CODES[name] for name in ENTRY]),
    )
    return Sequence(
        session=arrays["session"].to_numpy(),
        t_ms=arrays["t_ms"].to_numpy(),
        kind=_without_aside(arrays["kind"].to_numpy()),
        screen=arrays["place"].to_numpy(),
        is_submit=arrays["submit"].to_numpy(),
        is_screen=arrays["screen"].to_numpy(),
        is_entry=arrays["entry"].to_numpy(),
    )


def _without_aside(kinds: NDArray[np.int64]) -> NDArray[np.int64]:
    """An event that is no work takes the kind before it, so that it is never a step of its own."""
    places = np.where(kinds == -2, 0, np.arange(len(kinds)))  # noqa: PLR2004 - the mark set above
    return kinds[np.maximum.accumulate(places)] if len(kinds) else kinds


def _configured(study: Study, events: pl.DataFrame, sequence: Sequence, names: Listed[str]) -> list[int]:
    """Kinds of the submits that study.toml names as completing a case: `app`, `app:screen` or `app:screen:field`."""
    if not names:
        return []
    catalogue = study.catalogue
    submits = events.with_columns(kind=pl.Series(sequence.kind)).filter(sequence.is_submit)
    kinds = []
    for app, screen, field, kind in submits.select("app", "screen", "field", "kind").unique().iter_rows():
        element = catalogue.fields[field].element if field is not None else ""
        full = f"{catalogue.apps[app]}:{catalogue.screens[screen].name}:{element}"
        if any(full == name or full.startswith(f"{name}:") for name in names):
            kinds.append(kind)
    return kinds


def _uses(study: Study, events: pl.DataFrame) -> Uses:
    """Index of the event and code of the token, for every token of these events."""
    places = events.select("session", "seq").with_row_index("place")
    tokens = study.scan("tokens").select("session", "seq", "token").unique().collect()
    joined = tokens.join(places, on=["session", "seq"])
    code = pl.col("session").cast(pl.Int64) * 2**32 + pl.col("token")
    return Uses(joined["place"].cast(pl.Int64).to_numpy(), joined.select(code)["session"].to_numpy())
