"""
Bundles: the stretches of observed work that an integration would remove, as places in the sequence of events.

    B: edit D1 | A: switch  click S  copy | B: switch  click D2  paste  edit D2
                      `---------------'          `--------------------------'     the bundle's own stretches: fetching, entering
             `------------------------------------'                               the visit to A, if that was all it was for

A bundle says who worked (agent, for the jackknife only), what it is an instance of and whether a glance remains when it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.klm import with_model_times

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Bundles", "Timeline", "find_bundles", "stays_on_field", "timeline"]


# Where no switch was seen. Murty, Dadlani, Das, Harvard Business Review, August 2022: a little over two seconds each.
SWITCH_S: Final = 2.0
# Where no move was seen: pointing and pressing, as the keystroke-level model has it.
MOVE_S: Final = 1.3
# Fitts: seconds a bit, and the size of a control.
BIT_S: Final = 0.1
TARGET_PX: Final = 60
# Longer than this is no way to anywhere.
LONGEST_LEAD_S: Final = 5.0
FINISHING: Final = ("change", "select", "paste", "copy", "submit")
BY_KEYS: Final = ("input", "change", "paste", "copy")
# A target is a memory if in more than this share of the times it is filled the value goes on to a third system.
MOSTLY: Final = 0.5


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    All events of a study end to end, as running totals before each event (one more entry than events).

    Args:

        agent: Agent of each event, as an index into `agents`.

        app: App of each event.

        agents: Pseudonyms, in order.

        cases: Cases of each agent.

        active_s: Active seconds before each event.

        motor_s: Motor seconds of the keystroke-level model before each event.

        finishes: Whether each event finishes an act (an edit, a copy, a paste).

        by_keys: Whether each event was made with the keys.

        leads_s: Mean seconds from a finished act to the next event, by whether that is in the same system, whether the act was made with
            the keys, and agent.

        offset: Place of each session's first event, by session.
    """

    agent: Ints
    app: Ints
    agents: Ints
    cases: Floats
    active_s: Floats
    motor_s: Floats
    finishes: Bools
    by_keys: Bools
    leads_s: NDArray[np.float64]
    offset: dict[int, int]

    def motor_between(self, start: Floats, end: Floats) -> Floats:
        """Motor seconds of the events between two points of active time."""
        places = np.searchsorted(self.active_s, np.stack([start, end]), side="left")
        return np.asarray(self.motor_s[places[1]] - self.motor_s[places[0]])

    def worker_at(self, start: Floats) -> Ints:
        """Agent (index) at a point of active time."""
        return self.agent[np.minimum(np.searchsorted(self.active_s, start, side="right") - 1, len(self.agent) - 1)]

    def lead_s(self, place: Ints) -> Floats:
        """
        Seconds before an event that getting to it took.

        After a finished act that is all the time from it. After anything else (a look, a screen that opened) the time holds what was left
        of the work there, too: only as much of it as the agent usually takes after an act of the same hand is the way.
        """
        before = np.maximum(place - 1, 0)
        gap = self.active_s[place] - self.active_s[before]
        stays = self.app[np.minimum(place, len(self.app) - 1)] == self.app[before]
        usual = self.leads_s[stays.astype(np.int64), self.by_keys[before].astype(np.int64), self.agent[before]]
        return np.where(self.finishes[before] & (gap <= LONGEST_LEAD_S), gap, np.minimum(gap, usual))

    def place(self, frame: pl.DataFrame, column: str) -> Ints:
        """Place of the events that a frame names by session and seq."""
        offsets = frame["session"].replace_strict(self.offset, return_dtype=pl.Int64)
        return (offsets + frame[column]).to_numpy().astype(np.int64)


@dataclass(frozen=True, slots=True)
class Bundles:
    """
    Re-entries, entries of values that hardly vary, and fields passed over: one row each, and the row number is its name.

    Args:

        frame: Columns session, case_no, agent (index), kind (`reentry`, `default`, `passed_over`), mode, source_field, target_field,
            root_field (where the value came from in the first place), source_seq, start_seq, entry_seq, target_seq, glance (whether one remains), detour_s (by how much the way past the field is longer than the way on
            from it), memory (whether the target only carries the value on to a third system), right (the value was the usual one).

        feeds: For each bundle into a memory, the bundles its value went on to: bundle, fed.

        stretches: Work that could disappear: stretch, start, end, in active seconds of the timeline.

        needs: The bundles that must all be covered for a stretch to disappear: stretch, bundle.
    """

    frame: pl.DataFrame
    feeds: pl.DataFrame
    stretches: pl.DataFrame
    needs: pl.DataFrame


COLUMNS: Final = (
    "session", "case_no", "agent", "kind", "mode", "source_field", "target_field", "root_field", "source_seq", "entry_seq", "target_seq",
    "start_seq", "glance", "memory", "right",
)  # fmt: skip


def timeline(loaded: LoadedStudy) -> Timeline:
    """The running totals of a study."""
    events = with_model_times(loaded.table("event_times").sort("session", "seq"))
    by_agent = loaded.cases_by_agent()
    agents = by_agent["agent"].to_numpy().astype(np.int64)
    totals = [np.r_[0.0, np.cumsum(events[name].to_numpy().astype(np.float64))] for name in ("active_ms", "motor_s")]
    first = events.with_row_index("place").group_by("session").agg(pl.col("place").first())
    return Timeline(
        agent=np.searchsorted(agents, events["agent"].to_numpy()),
        app=events["app"].to_numpy().astype(np.int64),
        agents=agents,
        cases=by_agent["n_cases"].fill_null(0).to_numpy().astype(np.float64),
        active_s=totals[0] / 1000,
        motor_s=totals[1],
        finishes=events["action"].is_in(FINISHING).to_numpy(),
        by_keys=events["action"].is_in(BY_KEYS).to_numpy(),
        leads_s=_leads(events, agents),
        offset={int(session): int(place) for session, place in first.iter_rows()},
    )


def _leads(events: pl.DataFrame, agents: Ints) -> NDArray[np.float64]:
    """Mean seconds from a finished act to the next event: same system (no, yes) x made with the keys (no, yes) x agent."""
    stays = pl.col("next_app") == pl.col("app")
    moves_on = (~stays | (pl.col("next_field") != pl.col("field"))) & pl.col("active_ms").is_between(1, LONGEST_LEAD_S * 1000)
    left = events.filter(pl.col("action").is_in(FINISHING) & moves_on)
    means = left.group_by("agent", stays=stays, keys=pl.col("action").is_in(BY_KEYS)).agg(lead=pl.col("active_ms").mean() / 1000)
    known = {(row["stays"], row["keys"], row["agent"]): row["lead"] for row in means.to_dicts()}
    leads = np.empty((2, 2, len(agents)))
    for same in (False, True):
        for keys in (False, True):
            others = [lead for (s, k, _), lead in known.items() if s == same and k == keys]
            middle = float(np.median(others)) if others else (MOVE_S if same else SWITCH_S)
            leads[int(same), int(keys)] = [known.get((same, keys, int(agent)), middle) for agent in agents]
    return leads


def find_bundles(loaded: LoadedStudy, line: Timeline, reentry: Reentry) -> Bundles:
    """The bundles of a study."""
    accepted = reentry.pairs.filter("accepted").select("source_field", "target_field", "mode")
    keys = ["source_field", "target_field", "mode"]
    entered = reentry.occurrences.join(accepted, on=keys, how="semi", nulls_equal=True).sort("session", "target_seq", "source_seq")
    entered = entered.with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    feeds = _feeds(loaded, entered)
    entered = _with_roots(entered, feeds).with_columns(kind=pl.lit("reentry"), memory=_memories(entered, feeds), right=pl.lit(value=True))
    entered = entered.with_columns(glance=~pl.col("memory"))
    others = [_constant_entries(loaded), _passed_over(loaded)]
    frame = pl.concat([part.select(COLUMNS) for part in (entered, *others)], how="vertical_relaxed")
    agent = np.searchsorted(line.agents, frame["agent"].cast(pl.Int64).to_numpy())
    frame = frame.with_columns(agent=pl.Series(agent)).with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    frame = frame.with_columns(detour_s=pl.Series(_detours(loaded, line, frame)))
    stretches, needs = _stretches(loaded, line, frame)
    return Bundles(frame, feeds, stretches, needs)


def _stretches(loaded: LoadedStudy, line: Timeline, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """
    What disappears with a bundle at the field it fills, and at the field it was fetched from.

        ... click D   paste   change D ...         at the target: from the event before the stay on D to the edit
        ... click S   copy ...                     at the source: from the event before the stay on S to the copy; a look, to its end

    A source read once for several targets is still read as long as one of them is filled by hand. The way between the two systems belongs
    to the visits (`analysis.visits`). Where a look ended is not logged: it is what is left when the way to the next event is taken off.
    """
    clock = line.active_s
    entries = stays_on_field(loaded, line, frame, "entry_seq")
    starts, entered = clock[entries["start"].to_numpy()], clock[_typing_ends(loaded, line, frame)]
    at_target = entries.select("bundle", start=pl.Series(starts), end=pl.Series(entered))
    fetched = frame.filter(pl.col("kind") == "reentry")
    stays = stays_on_field(loaded, line, fetched, "source_seq")
    left = stays["last"].to_numpy() + 1
    copied = (fetched["mode"] == "clipboard").to_numpy()
    ends = np.where(copied, clock[line.place(fetched, "source_seq")], clock[left] - line.lead_s(left))
    at_source = stays.select("bundle", "session", "source_seq", start=pl.Series(clock[stays["start"].to_numpy()]), end=pl.Series(ends))
    at_source = at_source.with_columns(stretch=pl.struct("session", "source_seq").rank("dense").cast(pl.Int64) - 1)
    needs = [at_target.select("bundle", stretch="bundle"), at_source.select("bundle", stretch=pl.col("stretch") + len(at_target))]
    once = at_source.unique("stretch", keep="first").sort("stretch").select("start", "end")
    stretches = pl.concat([at_target.select("start", "end"), once])
    return stretches.with_row_index("stretch").with_columns(pl.col("stretch").cast(pl.Int64)), pl.concat(needs).select("stretch", "bundle")


def _detours(loaded: LoadedStudy, line: Timeline, frame: pl.DataFrame) -> Floats:
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


def _typing_ends(loaded: LoadedStudy, line: Timeline, frame: pl.DataFrame) -> Ints:
    """Where entering ends: the edit, or the last input before it where the edit itself took no keys. Programs write the change late."""
    ends = line.place(frame, "target_seq")
    events = loaded.table("event_times").sort("session", "seq")
    typed = (events["action"] == "input").to_numpy()
    late = (events["action"] == "change").to_numpy() & events["keys"].is_null().to_numpy()
    field = events["field"].fill_null(-1).to_numpy()
    before = np.maximum(ends - 1, 0)
    return np.where(late[ends] & typed[before] & (field[before] == field[ends]), before, ends)


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


def _feeds(loaded: LoadedStudy, entered: pl.DataFrame) -> pl.DataFrame:
    """
    Which re-entries carry on a value that an earlier one had put down: A.S -> W.M, then W.M -> B.D in the same case.

    M held the value: what was taken from it shares a token with what was put there. The last one before is the one.
    """
    down = entered.select(
        "bundle", "session", "case_no", "source_field", memory="target_field", put_seq="target_seq", put_from="source_seq"
    )
    on = entered.select("session", "case_no", "target_field", fed="bundle", memory="source_field", taken_seq="source_seq")
    pairs = down.join(on, on=["session", "case_no", "memory"]).filter(pl.col("put_seq") <= pl.col("taken_seq"))
    tokens = loaded.table("tokens").select("session", "seq", "token").unique()
    put = pairs.select("bundle", "fed", "session", seq="put_from").join(tokens, on=["session", "seq"])
    taken = pairs.select("bundle", "fed", "session", seq="taken_seq").join(tokens, on=["session", "seq"])
    related = put.join(taken, on=["bundle", "fed", "token"]).select("bundle", "fed").unique()
    chosen = pairs.join(related, on=["bundle", "fed"]).sort("fed", "put_seq", descending=[False, True])
    return chosen.unique("fed", keep="first", maintain_order=True).select("bundle", "fed").sort("fed")


def _memories(entered: pl.DataFrame, feeds: pl.DataFrame) -> pl.Series:
    """True where the bundle's target only carries values on: in most of the times it is filled they go on to another system."""
    feeding = entered.select("target_field", on=pl.col("bundle").is_in(feeds["bundle"].implode()))
    shares = feeding.group_by("target_field").agg(passed_on=pl.col("on").mean())
    return entered.join(shares, on="target_field", how="left", maintain_order="left").select(memory=pl.col("passed_on") > MOSTLY)["memory"]


def _with_roots(entered: pl.DataFrame, feeds: pl.DataFrame) -> pl.DataFrame:
    """Each bundle's root: the source of the value before any memory it went through."""
    before = dict(feeds.select("fed", "bundle").iter_rows())
    sources = entered["source_field"].to_list()
    roots = []
    for bundle in range(len(sources)):
        place, seen = bundle, {bundle}
        while place in before and before[place] not in seen:
            place = before[place]
            seen.add(place)
        roots.append(sources[place])
    return entered.with_columns(root_field=pl.Series(roots, dtype=pl.Int32))


def _constant_entries(loaded: LoadedStudy) -> pl.DataFrame:
    """
    Entries into fields that nearly always get the same value.

    The share is of the cases in which the field's screen was worked on, because a default would be wrong wherever the field is left
    empty. Marks compare within a session, so one in which the field was entered once says nothing about its usual value.
    """
    thresholds = loaded.thresholds
    entries = loaded.query("""
        SELECT d.session, d.case_no, e.agent, d.seq AS target_seq, d.field AS target_field, d.screen, d.mark
        FROM edits AS d
        JOIN events AS e USING (session, seq)
        WHERE d.case_no IS NOT NULL AND d.mark IS NOT NULL AND coalesce(d.role NOT IN ('cell', 'text', 'document'), TRUE)
        ORDER BY d.session, d.seq
    """).unique(["session", "case_no", "target_field"], keep="last", maintain_order=True)
    usual = entries.group_by("session", "target_field").agg(usual=pl.col("mark").mode().min())
    entries = entries.join(usual, on=["session", "target_field"]).with_columns(right=pl.col("mark") == pl.col("usual"))
    shares = _shares_of_usual(entries)
    constant = shares.filter((pl.col("share") >= thresholds.const_share) & (pl.col("n") >= thresholds.min_pair_cases))
    kept = entries.join(constant.select("target_field"), on="target_field", how="semi").sort("session", "target_seq")
    return _plain(kept, "default").with_columns(entry_seq="target_seq", start_seq="target_seq", right=kept["right"])


def _shares_of_usual(entries: pl.DataFrame) -> pl.DataFrame:
    """For each field entered more than once in some session: n (entries) and share (of the cases worked on its screen, usual value entered)."""
    worked = entries.group_by("session", "screen").agg(worked=pl.col("case_no").n_unique())
    by_session = entries.group_by("session", "target_field", "screen").agg(n=pl.len(), n_right=pl.col("right").sum())
    once = by_session.filter(pl.col("n") == 1).join(worked, on=["session", "screen"])
    once = once.group_by("target_field").agg(not_told=pl.col("worked").sum())
    told = by_session.filter(pl.col("n") > 1).group_by("target_field", "screen").agg(pl.col("n", "n_right").sum())
    told = told.join(worked.group_by("screen").agg(pl.col("worked").sum()), on="screen").join(once, on="target_field", how="left")
    return told.select("target_field", "n", share=pl.col("n_right") / (pl.col("worked") - pl.col("not_told").fill_null(0)))


def _passed_over(loaded: LoadedStudy) -> pl.DataFrame:
    """Stays on fields that are nearly always passed over; the time runs to the event after."""
    visits = loaded.query("""
        WITH often AS (
            SELECT field FROM skips
            WHERE kind = 'passed_over' AND case_no IS NOT NULL
            GROUP BY field
            HAVING avg(skipped::INT) >= $passed_over_share AND count(*) >= $min_pair_cases
        )
        SELECT v.session, v.case_no, e.agent, v.field AS target_field, v.first_seq AS entry_seq, v.last_seq + 1 AS target_seq
        FROM skips AS s
        JOIN field_visits AS v USING (session, case_no, field)
        JOIN events AS e ON v.session = e.session AND v.last_seq + 1 = e.seq
        SEMI JOIN often USING (field)
        WHERE s.kind = 'passed_over' AND s.skipped
        ORDER BY v.session, v.first_seq
    """, loaded.thresholds.sql_params(["passed_over_share", "min_pair_cases"]))  # fmt: skip
    return _plain(visits, "passed_over").with_columns(start_seq="target_seq", glance=pl.lit(value=False))


def _plain(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Columns of bundles that have no source."""
    return frame.with_columns(
        kind=pl.lit(kind),
        mode=pl.lit(None, dtype=pl.String),
        source_field=pl.lit(None, dtype=pl.Int32),
        root_field=pl.lit(None, dtype=pl.Int32),
        source_seq=pl.lit(None, dtype=pl.Int32),
        glance=pl.lit(value=True),
        memory=pl.lit(value=False),
        right=pl.lit(value=True),
    )
