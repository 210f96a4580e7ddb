"""
The second reading of a study: where the work lies that the bundles found in the first would remove.

    block + its bundles  ->  fields entered and left   ->  stretches at targets and sources     kept: two points of each
                         ->  visits made to fetch      ->  stretches of visits                  kept, unless nothing could spare them

What is kept is a few numbers for each bundle and each visit that could disappear, and no event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from analysis.block_bundles import entered_by_app, fetching_of, other_bundles, rows_of
from analysis.bundles import Bundles, reentry_bundles
from analysis.habits import fields_passed_over
from analysis.layout import Inside, Layout, Longest, SpansSoFar, inside_of, spans_between
from analysis.sorts import most_of_each_sort, sorts_at_sources, sorts_at_targets
from analysis.spans import opens
from analysis.stretches import REENTRY, BlockBundles, at_sources, at_targets, detours, first_of_each, stays_on_field
from analysis.switching import bearings_of, measure_switching
from analysis.timeline import clocks_ms, timeline
from analysis.visits import needless_visits, spans_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.habits import Habits
    from analysis.kernel.pieces import Pieces
    from analysis.layout import Spans
    from analysis.loading import LoadedStudy
    from analysis.reentry import Reentry
    from analysis.switching import Switching
    from analysis.thresholds import Thresholds
    from analysis.timeline import Timeline
    from analysis.warm_up import CountedCases

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["SecondPass", "second_pass"]


@dataclass(frozen=True, slots=True)
class SecondPass:
    """
    What the second reading found.

    Args:

        bundles: Every bundle of the study.

        detour_s: For each bundle, by how much the way past its field is longer than the way on from it.

        trip_s: For each bundle carried over by copy and paste, from the act before the source to the paste.

        passing: One row per re-entry into a memory or out of one: bundle, way_s (seconds of its way), and on the clock of the study read_s
            and entered_s.

        n_entered: For each application the fields of the cases with a re-entry into which something was entered, each once a case.

        switching: What a change of application costs.

        layouts: Where the work lies, by the longest gap that counts, in ms.
    """

    bundles: Bundles
    detour_s: Numbers
    trip_s: Numbers
    passing: pl.DataFrame
    n_entered: Places
    switching: Switching
    layouts: dict[int, Layout]


@dataclass(frozen=True, slots=True)
class _Settings:
    """What holds for all blocks; `passing` says which re-entries go into a memory or come out of one."""

    habits: Habits
    switching: Switching
    thresholds: Thresholds
    passing: Bools


@dataclass(slots=True)
class _Clock:
    """Stretches found so far on one clock, and what happens inside of those that may have to be pulled in."""

    longest: Longest
    at: Numbers = field(default_factory=lambda: np.zeros(4))
    spans: SpansSoFar = field(default_factory=SpansSoFar)
    inside: list[tuple[int, Numbers, Inside]] = field(default_factory=list)

    def keep(self, line: Timeline, found: _Stretches, n_before: int) -> None:
        """Keep the stretches of a block; those with a sort, which come first, are the bundles' own."""
        self.spans.add(spans_between(line, found.start, found.end, line.block.session_of[found.row]).later(self.at))
        own = slice(len(found.sort))
        long = np.flatnonzero(self.longest.may_be(found.sort, (found.end[own] - found.start[own]) / 1000))
        self.inside.append((n_before, self.at, inside_of(line, long, found.start, found.end)))
        self.at = self.at + line.whole()


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Stretches of a block: from and to in ms of its timeline, a row of the session they lie in, and the sort of those that have one."""

    start: Numbers
    end: Numbers
    row: Places
    sort: Places


@dataclass(slots=True)
class _Gathered:
    """What was found so far, block by block; numbers of stretches run on from block to block: at targets, at sources, of visits."""

    clocks: dict[int, _Clock]
    begins: list[int] = field(default_factory=lambda: [0])
    others: list[pl.DataFrame] = field(default_factory=list)
    kinds: list[NDArray[np.int8]] = field(default_factory=list)
    detour_s: list[Numbers] = field(default_factory=list)
    trip_s: list[Numbers] = field(default_factory=list)
    passing: list[Numbers] = field(default_factory=list)
    n_entered: list[Places] = field(default_factory=list)
    sorts: list[Places] = field(default_factory=list)
    targets: list[Places] = field(default_factory=list)
    sources: list[Places] = field(default_factory=list)
    visits: list[Places] = field(default_factory=list)
    visit_need: list[Places] = field(default_factory=list)


def second_pass(loaded: LoadedStudy, reentry: Reentry, counted: CountedCases) -> SecondPass:
    """
    Read a study for where its bundles lie: its re-entries, entries of values that hardly vary, and fields passed over.

    Args:

        loaded: The study.

        reentry: What its first reading found.

        counted: The cases that count.
    """
    thresholds, habits, entered = loaded.thresholds, reentry.habits, reentry_bundles(loaded, reentry, counted)
    fields = habits.constant_fields(thresholds), fields_passed_over(loaded.sums, thresholds)
    most = most_of_each_sort(loaded, entered.frame, fields)
    found = _Gathered({longest: _Clock(Longest(1 - thresholds.winsor, most)) for longest in clocks_ms(thresholds)})
    switching = measure_switching(habits.waits, len(habits.agents), thresholds)
    passing = np.zeros(len(entered.frame), dtype=np.bool_)
    passing[entered.feeds["bundle"].to_numpy()] = passing[entered.feeds["fed"].to_numpy()] = True
    settings = _Settings(habits, switching, thresholds, passing)
    session = entered.frame["session"].to_numpy()

    def add(work: Pieces) -> None:
        sessions = work.block.sessions
        agent = np.searchsorted(habits.agents, loaded.agent_of[sessions])
        first, end = np.searchsorted(session, (sessions[0], sessions[-1] + 1)).tolist()
        others = counted.only(other_bundles(work, agent, fields, thresholds.passed_over_min_ms))
        found.others.append(others)
        _add(found, work, agent, settings, (first, pl.concat([entered.frame.slice(first, end - first), others])))

    loaded.read("looking for what could be spared", add)
    return _put_together(found, entered, settings)


def _add(found: _Gathered, work: Pieces, agent: Places, settings: _Settings, bundles: tuple[int, pl.DataFrame]) -> None:
    """Add the bundles of a block: the number of its first re-entry, and all of them."""
    block, (first, frame) = work.block, bundles
    part = rows_of(work, frame)
    entered = np.flatnonzero(part.kind == REENTRY)
    needless = needless_visits(work, fetching_of(work, frame[: len(entered)], part, first))
    stays = stays_on_field(block, work.visits, part.entry)
    # Of the bundles that read one source the first stands for it.
    reader = first_of_each(part.source[entered])
    source, copied = part.source[reader], part.copied[reader]
    read = stays_on_field(block, work.visits, source)
    thresholds, n_before = settings.thresholds, found.begins[-1]
    sorts = np.concatenate([sorts_at_targets(block.places, frame, part), sorts_at_sources(copied)])
    rows = np.concatenate([part.target, source, work.apps.first[needless.visit]])
    bearings_ms = bearings_of(block, settings.switching.cost_s[agent], thresholds.unattributed_ms)
    for clock, (longest_ms, made) in enumerate(found.clocks.items()):
        line = timeline(block, agent, longest_ms, settings.habits.leads_ms(clock, thresholds.switch_s), thresholds.talk_slack_ms)
        ends = at_targets(line, stays, part), at_sources(line, read, copied, source), spans_of(line, work.apps, needless, bearings_ms)
        if clock == 0:
            started = block.starts[block.session_of[part.target[entered]]] + frame["start_seq"].to_numpy()[entered].astype(np.int64)
            read_first = read.first[np.searchsorted(source, part.source[entered])]
            trip_s, passing = _times(line, part, (read_first, started), float(made.at[0]))
            found.trip_s.append(trip_s)
            found.passing.append(passing[:, settings.passing[first : first + len(entered)]])
        begin, end = (np.concatenate(side) for side in zip(*ends, strict=True))
        made.keep(line, _Stretches(begin, end, rows, sorts), n_before)
    at_source, at_visit = n_before + len(frame), n_before + len(sorts)
    found.kinds.append(part.kind)
    found.n_entered.append(entered_by_app(work, part.target[entered]))
    found.detour_s.append(detours(block, stays))
    found.sorts.append(sorts)
    found.targets.append(np.arange(n_before, at_source))
    found.sources.append(at_source + np.searchsorted(source, part.source[entered]))
    found.visits.append(at_visit + needless.stretch)
    found.visit_need.append(needless.bundle)
    found.begins.append(n_before + len(rows))


def _times(line: Timeline, part: BlockBundles, rows: tuple[Places, Places], before_s: float) -> tuple[Numbers, Numbers]:
    """
    Times of the re-entries of a block, in seconds.

    Args:

        line: The block's timeline.

        part: Its bundles, re-entries first.

        rows: Of each re-entry the first row of the stay on its source, and the row from which its way counts.

        before_s: When the block begins.

    Returns:

        Of those that were copied, from the act before the source to the entry; and of each, in rows: way, when it was read, when entered.
    """
    first, started = rows
    n = len(first)
    clock, copied = line.clock_ms / 1000, part.copied[:n]
    trips = clock[part.entry[:n]] - clock[np.maximum(first - 1, 0)]
    read, entered = clock[part.source[:n]], clock[part.target[:n]]
    return trips[copied], np.stack([entered - clock[started], before_s + read, before_s + entered])


def _put_together(found: _Gathered, entered: Bundles, settings: _Settings) -> SecondPass:
    """Everything in one order: the re-entries, then the other bundles; needs of stretches at targets, at sources, of visits."""
    others = pl.concat([entered.frame.clear(), *found.others]).sort("kind", maintain_order=True)
    frame = pl.concat([entered.frame, others]).with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    order = np.argsort(_joined(found.kinds, np.int8), kind="stable")
    n_bundles, n_entered = len(frame), len(entered.frame)
    stretch = np.concatenate([_joined(found.targets)[order], *found.sources, *found.visits])
    need = np.concatenate([np.arange(n_bundles), np.arange(n_entered), *found.visit_need])
    # The bundles' own stretches are the first of each block's, and have a sort.
    own = np.concatenate(
        [np.zeros(0, dtype=np.int64), *(n + np.arange(len(sorts)) for n, sorts in zip(found.begins, found.sorts, strict=False))]
    )
    layouts = {}
    for longest_ms, made in found.clocks.items():
        spans = made.spans.all()
        pulled_in_s = _pull_in(spans, Inside.of(made.inside), (own, _joined(found.sorts)), settings.thresholds.winsor)
        made.inside.clear()
        place = np.empty(len(spans), dtype=np.int64)
        for begin, upto in pairwise(found.begins):
            place[begin + spans.put_in_order(begin, upto)] = np.arange(begin, upto)
        layouts[longest_ms] = Layout(spans, place[stretch], need, n_bundles + n_entered, pulled_in_s)
    numbers = np.flatnonzero(settings.passing)
    times = np.concatenate([np.zeros((3, 0)), *found.passing], axis=1)
    passing = pl.DataFrame({"bundle": numbers} | dict(zip(("way_s", "read_s", "entered_s"), times, strict=True)))
    detour_s, trip_s = _joined(found.detour_s, np.float64)[order], _joined(found.trip_s, np.float64)
    by_app = np.sum(found.n_entered, axis=0)
    return SecondPass(Bundles(frame, entered.feeds), detour_s, trip_s, passing, by_app, settings.switching, layouts)


def _joined(parts: Sequence[NDArray[Any]], kind: type[np.generic] = np.int64) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype=kind), *parts])


def _pull_in(spans: Spans, inside: Inside, own: tuple[Places, Places], winsor: float) -> float:
    """Let none of the bundles' own stretches, by number and sort, be longer than that quantile of its sort; returns by how much they were."""
    number, sort = own
    length = spans.took(number)
    limit = np.full(len(length), np.inf)
    order = np.argsort(sort, kind="stable")
    for mine in np.split(order, np.flatnonzero(opens(sort[order]))[1:]) if len(order) else []:
        limit[mine] = np.quantile(length[mine], winsor)
    longer = np.flatnonzero(length > limit)
    which = number[longer]
    spans.end[which] = inside.moment_at(which, spans.start[which, 0] + limit[longer])
    return float((length[longer] - limit[longer]).sum())
