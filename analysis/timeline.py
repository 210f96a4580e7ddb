"""
All events of a study end to end on one clock of active seconds, and how long each agent takes from one act to the next.

An agent's figures live here because the jackknife and the pace need them; they leave only as what they scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.calls import talking_share
from analysis.klm import with_model_times
from analysis.warm_up import counted_cases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.loading import LoadedStudy

    Ints = NDArray[np.int64]
    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Timeline", "timeline"]

# Where no move was seen: pointing and pressing, as the keystroke-level model has it.
MOVE_S: Final = 1.3
# Longer than this, and than so many times what is usual for the agent, is no way to anywhere.
LONGEST_LEAD_S: Final = 5.0
LONGEST_OF_USUAL: Final = 4.0
FINISHING: Final = ("change", "select", "paste", "copy", "submit")
BY_KEYS: Final = ("input", "change", "paste", "copy")


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

        model_s: Its motor and mental seconds before each event.

        talk_s: Active seconds before each event that were spent talking in a call that outlasted the work.

        finishes: Whether each event finishes an act (an edit, a copy, a paste, a switch to another system).

        acted: Place of the act itself: of the last input where programs write the change some time after it.

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
    model_s: Floats
    talk_s: Floats
    finishes: Bools
    acted: Ints
    by_keys: Bools
    leads_s: NDArray[np.float64]
    offset: dict[int, int]

    def motor_between(self, start: Floats, end: Floats) -> Floats:
        """Motor seconds of the events between two points of active time."""
        return self._between(self.motor_s, start, end)

    def model_between(self, start: Floats, end: Floats) -> Floats:
        """Modelled seconds of the events between two points of active time."""
        return self._between(self.model_s, start, end)

    def talk_between(self, start: Floats, end: Floats) -> Floats:
        """Seconds of talking between two points of active time."""
        return np.asarray(np.interp(end, self.active_s, self.talk_s) - np.interp(start, self.active_s, self.talk_s))

    def _between(self, totals: Floats, start: Floats, end: Floats) -> Floats:
        places = np.searchsorted(self.active_s, np.stack([start, end]), side="left")
        return np.asarray(totals[places[1]] - totals[places[0]])

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
        gap = self.active_s[place] - self.active_s[self.acted[before]]
        stays = self.app[np.minimum(place, len(self.app) - 1)] == self.app[before]
        usual = self.leads_s[stays.astype(np.int64), self.by_keys[before].astype(np.int64), self.agent[before]]
        longest = np.maximum(LONGEST_LEAD_S, LONGEST_OF_USUAL * usual)
        return np.where(self.finishes[before] & (gap <= longest), gap, np.minimum(gap, usual))

    def place(self, frame: pl.DataFrame, column: str) -> Ints:
        """Place of the events that a frame names by session and seq."""
        offsets = frame["session"].replace_strict(self.offset, return_dtype=pl.Int64)
        return (offsets + frame[column]).to_numpy().astype(np.int64)


def timeline(loaded: LoadedStudy, gap_drop_ms: int | None = None) -> Timeline:
    """
    The running totals of a study.

    Args:

        loaded: The study.

        gap_drop_ms: Gaps longer than this count for nothing; None is the study's own rule.
    """
    events = with_model_times(loaded.table("event_times").sort("session", "seq"))
    longest = min(gap_drop_ms or loaded.thresholds.gap_drop_ms, loaded.thresholds.unattributed_ms)
    stopped = pl.col("action").is_in(["pause", "gap_start"]) | pl.col("gap_ms").is_null() | (pl.col("gap_ms") > longest)
    events = events.with_columns(active_ms=pl.when(stopped).then(0).otherwise("gap_ms"))
    by_agent = counted_cases(loaded).by_agent()
    agents = by_agent["agent"].to_numpy().astype(np.int64)
    talking = events.select(ms=pl.col("active_ms") * talking_share(events, loaded.thresholds.talk_slack_ms))["ms"].to_numpy()
    totals = {name: _before_each(events[name].to_numpy()) for name in ("active_ms", "motor_s", "model_s")}
    first = events.with_row_index("place").group_by("session").agg(pl.col("place").first())
    return Timeline(
        agent=np.searchsorted(agents, events["agent"].to_numpy()),
        app=events["app"].to_numpy().astype(np.int64),
        agents=agents,
        cases=by_agent["n_cases"].to_numpy().astype(np.float64),
        active_s=totals["active_ms"] / 1000,
        motor_s=totals["motor_s"],
        model_s=totals["model_s"],
        talk_s=_before_each(talking) / 1000,
        finishes=events["action"].is_in((*FINISHING, "switch")).to_numpy(),
        acted=_acts(events),
        by_keys=events["action"].is_in(BY_KEYS).to_numpy(),
        leads_s=_leads(events, agents, loaded.thresholds.switch_s),
        offset={int(session): int(place) for session, place in first.iter_rows()},
    )


def _acts(events: pl.DataFrame) -> Ints:
    """Place of each event, or of the input before it where it is a change without keys of its own."""
    late = (pl.col("action") == "change") & pl.col("keys").is_null() & (pl.col("action").shift() == "input")
    late &= (pl.col("field") == pl.col("field").shift()) & (pl.col("session") == pl.col("session").shift())
    return np.asarray(np.arange(len(events)) - events.select(late.fill_null(value=False).cast(pl.Int64).alias("late"))["late"].to_numpy())


def _before_each(values: NDArray[np.generic]) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(values.astype(np.float64))])


def _leads(events: pl.DataFrame, agents: Ints, switch_s: float) -> NDArray[np.float64]:
    """Mean seconds from a finished act to the next event: same system (no, yes) x made with the keys (no, yes) x agent."""
    stays = pl.col("next_app") == pl.col("app")
    moves_on = (~stays | (pl.col("next_field") != pl.col("field"))) & (pl.col("active_ms") > 0)
    left = events.filter(pl.col("action").is_in(FINISHING) & moves_on)
    ln = pl.col("active_ms").log()
    # The mean of a log-normal: a few interruptions hardly move it, and somebody who is slow at everything needs no limit of their own.
    lead = (ln.mean() + ln.var(ddof=0) / 2).exp() / 1000
    means = left.group_by("agent", stays=stays, keys=pl.col("action").is_in(BY_KEYS)).agg(lead=lead)
    known = {(row["stays"], row["keys"], row["agent"]): row["lead"] for row in means.to_dicts()}
    leads = np.empty((2, 2, len(agents)))
    for same in (False, True):
        for keys in (False, True):
            alike = [lead for (s, k, _), lead in known.items() if s == same and k == keys]
            # Where no act of one hand was followed by such a way, one of the other hand says more than a figure from elsewhere.
            others = alike or [lead for (s, _, _), lead in known.items() if s == same]
            middle = float(np.median(others)) if others else (MOVE_S if same else switch_s)
            leads[int(same), int(keys)] = [known.get((same, keys, int(agent)), middle) for agent in agents]
    return leads
