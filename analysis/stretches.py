"""
Stretches: the work that disappears with a bundle, where a field is filled and where its value was fetched.

The way between two systems belongs to the visits (`analysis.visits`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.klm import KEY_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.loading import LoadedStudy
    from analysis.timeline import Timeline

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]

__all__ = ["detours", "find_stretches", "stays_on_field"]

# Fitts: seconds a bit, and the size of a control.
BIT_S: Final = 0.1
TARGET_PX: Final = 60


def find_stretches(loaded: LoadedStudy, line: Timeline, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, float]:
    """
    What disappears with a bundle at the field it fills, and at the field it was fetched from.

        ... click D   paste   change D ...         at the target: from the way to D to the edit
        ... click S   copy ...                     at the source: from the way to S to the copy; a look, to its end
        ... focus D   click N ...                  at a field passed over: from the way to D to the way on

    A source read once for several targets is still read as long as one of them is filled by hand. The way between the two systems belongs
    to the visits (`analysis.visits`). Where a look ended is not logged: it is what is left when the way to the next event is taken off.

    Returns:

        Stretches (stretch, start, end in active seconds), needs (stretch, bundle), and the seconds by which the longest stretches were
        pulled in: to the `winsor` quantile of those of the same kind of field and hand.
    """
    clock = line.active_s
    entries = stays_on_field(loaded, line, frame, "entry_seq")
    starts, entered = _way_begins(line, entries), clock[line.acted[line.place(frame, "target_seq")]]
    passed = (frame["kind"] == "passed_over").to_numpy()
    after = line.place(frame, "target_seq")
    entered = np.where(passed, clock[after] - line.lead_s(after), entered)
    starts = np.where(passed, _way_by_key(loaded, line, entries, starts), starts)
    roles = loaded.table("fields").select("field", "role")
    sort = pl.concat_str("kind", "mode", "role", separator=" ", ignore_nulls=True)
    target_sort = frame.join(roles, left_on="target_field", right_on="field", how="left", maintain_order="left").select(sort)["kind"]
    at_target = entries.select("bundle", start=pl.Series(starts), end=pl.Series(entered), sort=pl.Series(target_sort))
    fetched = frame.filter(pl.col("kind") == "reentry")
    stays = stays_on_field(loaded, line, fetched, "source_seq")
    left = stays["last"].to_numpy() + 1
    copied = (fetched["mode"] == "clipboard").to_numpy()
    ends = np.where(copied, clock[line.place(fetched, "source_seq")], clock[left] - line.lead_s(left))
    at_source = stays.select("bundle", "session", "source_seq", start=pl.Series(_way_begins(line, stays)), end=pl.Series(ends), sort="mode")
    at_source = at_source.with_columns(stretch=pl.struct("session", "source_seq").rank("dense").cast(pl.Int64) - 1)
    needs = [at_target.select("bundle", stretch="bundle"), at_source.select("bundle", stretch=pl.col("stretch") + len(at_target))]
    once = at_source.unique("stretch", keep="first").sort("stretch").select("start", "end", "sort")
    both = pl.concat([at_target.select("start", "end", "sort"), once])
    stretches = both.with_columns(end=_pulled_in(loaded.thresholds.winsor)).select("start", "end").with_row_index("stretch")
    stretches = stretches.with_columns(pl.col("stretch").cast(pl.Int64))
    return (
        stretches,
        pl.concat(needs).select("stretch", "bundle"),
        float(both.select(pl.col("end") - stretches["end"])["end"].to_numpy().sum()),
    )


def _way_begins(line: Timeline, stays: pl.DataFrame) -> Floats:
    """When the way to a field began, in active seconds; one that led from another system belongs to the visit."""
    first = stays["first"].to_numpy()
    way = np.where(stays["start"].to_numpy() < first, line.lead_s(first), 0.0)
    return np.asarray(line.active_s[first] - way)


def _way_by_key(loaded: LoadedStudy, line: Timeline, stays: pl.DataFrame, starts: Floats) -> Floats:
    """The same where nobody clicked into the field: a key led there, and what the time before it holds beside that was other work."""
    clicked = (loaded.table("event_times").sort("session", "seq")["action"] == "click").to_numpy()
    first = stays["first"].to_numpy()
    by_mouse = clicked[first] | (clicked[np.minimum(first + 1, len(clicked) - 1)] & (stays["last"].to_numpy() > first))
    return np.where(by_mouse, starts, np.maximum(starts, line.active_s[first] - KEY_S))


def _pulled_in(winsor: float) -> pl.Expr:
    """End of each stretch, or where it would be if it were as long as that quantile of its sort."""
    length = pl.col("end") - pl.col("start")
    return pl.col("start") + pl.min_horizontal(length, length.quantile(winsor, "linear").over("sort"))


def detours(loaded: LoadedStudy, line: Timeline, frame: pl.DataFrame) -> Floats:
    """
    Seconds by which the way past a filled field is longer than the way on from it; below 0 if it is shorter.

        A --> D --> N       A, D and N on one screen, with known places: without the stop at D the pointer goes from A to N
         `-------->'

    The stretch at the target ends at D, which leaves the way from D to N. What remains is the way from A to N. Where a place is not known
    the two are taken to be the same.

    Source: Fitts's law with BIT_S a bit, Card, Moran, Newell 1983.
    """
    events = loaded.table("event_times").sort("session", "seq")
    columns = ["session", "screen"]
    known = events.select(*columns, x="x", y="y").with_columns(pl.col("x", "y").forward_fill().over(columns))
    ahead = events.select(*columns, x="x", y="y").with_columns(pl.col("x", "y").backward_fill().over(columns))
    stays = stays_on_field(loaded, line, frame, "entry_seq")
    end = np.minimum(stays["last"].to_numpy() + 1, len(events) - 1)
    before = np.maximum(stays["first"].to_numpy() - 1, 0)
    screen, field = events["screen"].to_numpy(), events["field"].fill_null(-1).to_numpy()
    there = stays["first"].to_numpy()
    usable = (screen[before] == screen[there]) & (screen[end] == screen[there]) & (field[before] >= 0) & (field[end] >= 0)
    usable &= (field[end] != field[there]) & (events["session"].to_numpy()[end] == events["session"].to_numpy()[there])
    at = {name: frame_.select("x", "y").to_numpy().astype(np.float64)[place] for name, frame_, place in (
        ("A", known, before), ("D", known, stays["last"].to_numpy()), ("N", ahead, end))}  # fmt: skip
    bits = [np.log2(np.hypot(*(at[name] - at["N"]).T) / TARGET_PX + 1) for name in ("A", "D")]
    return np.where(usable, np.nan_to_num(BIT_S * (bits[0] - bits[1])), 0.0)


def stays_on_field(loaded: LoadedStudy, line: Timeline, frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """
    The stay on a field in which an event lies, in the frame's order, with start, first and last as places.

    The way to the field is a part of it, unless that led from another system: then it belongs to the visit.
    """
    visits = loaded.table("field_visits").select("session", "first_seq", "last_seq", seq="first_seq").sort("session", "seq")
    found = frame.with_columns(seq=pl.col(column)).with_row_index("order").sort("session", "seq")
    stays = found.join_asof(visits, on="seq", by="session", check_sortedness=False).sort("order")
    first, last = line.place(stays, "first_seq"), line.place(stays, "last_seq")
    before = np.maximum(first - 1, 0)
    same_app = (line.app[before] == line.app[first]) & (stays["first_seq"].to_numpy() > 0)
    return stays.with_columns(start=pl.Series(np.where(same_app, before, first)), first=pl.Series(first), last=pl.Series(last))
