"""
The second reading of a study: where the work lies that the bundles found in the first would remove.

    block + its bundles  ->  fields entered and left   ->  stretches at targets and sources     kept: two points of each
                         ->  visits made to fetch      ->  stretches of visits                  kept, unless nothing could spare them

What is kept is a few numbers for each bundle and each visit that could disappear, and no event.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from analysis.block_bundles import entered_by_app, fetching_of, other_bundles, rows_of
from analysis.bundles import Bundles, reentry_bundles
from analysis.habits import fields_passed_over
from analysis.layout import Inside, Layout, Longest, Spans, inside_of, spans_between
from analysis.sorts import most_of_each_sort, sorts_at_sources, sorts_at_targets
from analysis.spans import opens
from analysis.stretches import REENTRY, BlockBundles, at_sources, at_targets, detours, first_of_each, stays_on_field
from analysis.switching import bearings_of, measure_switching
from analysis.timeline import clocks_ms, timeline
from analysis.visits import needless_visits, spans_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.habits import Habits
    from analysis.kernel.pieces import Pieces
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

        trip_s: For each bundle carried over by copy and paste, from the act before the source to the paste; NaN for others.

        way_s, read_s, entered_s: For each re-entry the seconds of its way, and on the clock of the study when it was read and when entered;
            NaN for others.

        n_entered: For each application the fields of the cases with a re-entry into which something was entered, each once a case.

        switching: What a change of application costs.

        layouts: Where the work lies, by the longest gap that counts, in ms.
    """

    bundles: Bundles
    detour_s: Numbers
    trip_s: Numbers
    way_s: Numbers
    read_s: Numbers
    entered_s: Numbers
    n_entered: Places
    switching: Switching
    layouts: dict[int, Layout]


@dataclass(frozen=True, slots=True)
class _Settings:
    """What holds for all blocks."""

    habits: Habits
    switching: Switching
    thresholds: Thresholds


@dataclass(slots=True)
class _Clock:
    """Stretches found so far on one clock; those at targets and those at sources in two lists."""

    longest: Longest
    at: Numbers = field(default_factory=lambda: np.zeros(4))
    own: tuple[list[Spans], list[Spans]] = field(default_factory=lambda: ([], []))
    inside: tuple[list[tuple[int, Numbers, Inside]], list[tuple[int, Numbers, Inside]]] = field(default_factory=lambda: ([], []))
    visits: list[Spans] = field(default_factory=list)

    def keep(self, which: int, line: Timeline, stretches: _Stretches, n_before: int) -> None:
        """Keep a block's stretches of one list, and what happens inside of those that may have to be pulled in."""
        session = line.block.session_of[stretches.row]
        self.own[which].append(spans_between(line, stretches.start, stretches.end, session).later(self.at))
        long = np.flatnonzero(self.longest.may_be(stretches.sort, (stretches.end - stretches.start) / 1000))
        self.inside[which].append((n_before, self.at, inside_of(line, long, stretches.start, stretches.end)))


@dataclass(frozen=True, slots=True)
class _Stretches:
    """Stretches of a block: from and to in ms of its timeline, sort, and a row of the session they lie in."""

    start: Numbers
    end: Numbers
    sort: Places
    row: Places


@dataclass(slots=True)
class _Gathered:
    """What was found so far, block by block; numbers of stretches at targets and of visits run on from block to block."""

    clocks: dict[int, _Clock]
    frames: list[pl.DataFrame] = field(default_factory=list)
    detour_s: list[Numbers] = field(default_factory=list)
    times: list[Numbers] = field(default_factory=list)
    n_entered: list[Places] = field(default_factory=list)
    sorts: tuple[list[Places], list[Places]] = field(default_factory=lambda: ([], []))
    source_of: list[Places] = field(default_factory=list)
    visit_stretch: list[Places] = field(default_factory=list)
    visit_need: list[Places] = field(default_factory=list)
    n_targets: int = 0
    n_sources: int = 0
    n_visits: int = 0


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
    settings = _Settings(habits, switching, thresholds)
    session = entered.frame["session"].to_numpy()

    def add(work: Pieces) -> None:
        sessions = work.block.sessions
        agent = np.searchsorted(habits.agents, loaded.agent_of[sessions])
        first, end = np.searchsorted(session, (sessions[0], sessions[-1] + 1)).tolist()
        others = counted.only(other_bundles(work, agent, fields, thresholds.passed_over_min_ms))
        _add(found, work, agent, settings, (first, pl.concat([entered.frame.slice(first, end - first), others])))

    loaded.read("looking for what could be spared", add)
    return _put_together(found, entered, thresholds.winsor, switching)


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
    sorts = sorts_at_targets(work.block.places, frame, part), sorts_at_sources(copied)
    thresholds = settings.thresholds
    bearings_ms = bearings_of(block, settings.switching.cost_s[agent], thresholds.unattributed_ms)
    for clock, (longest_ms, made) in enumerate(found.clocks.items()):
        line = timeline(block, agent, longest_ms, settings.habits.leads_ms(clock, thresholds.switch_s), thresholds.talk_slack_ms)
        made.keep(0, line, _Stretches(*at_targets(line, stays, part), sorts[0], part.target), found.n_targets)
        made.keep(1, line, _Stretches(*at_sources(line, read, copied, source), sorts[1], source), found.n_sources)
        visited = block.session_of[work.apps.first[needless.visit]]
        made.visits.append(spans_between(line, *spans_of(line, work.apps, needless, bearings_ms), visited).later(made.at))
        if clock == 0:
            started = block.starts[block.session_of[part.target[entered]]] + frame["start_seq"].to_numpy()[entered].astype(np.int64)
            rows = read.first[np.searchsorted(source, part.source[entered])], started
            found.times.append(_times(line, part, rows, float(made.at[0])))
        made.at = made.at + line.whole()
    found.frames.append(frame)
    found.n_entered.append(entered_by_app(work, part.target[entered]))
    found.detour_s.append(detours(block, stays))
    found.source_of.append(found.n_sources + np.searchsorted(source, part.source[entered]))
    found.visit_stretch.append(found.n_visits + needless.stretch)
    found.visit_need.append(needless.bundle)
    for known, sort in zip(found.sorts, sorts, strict=True):
        known.append(sort)
    found.n_targets, found.n_sources = found.n_targets + len(frame), found.n_sources + len(source)
    found.n_visits += len(needless.visit)


def _times(line: Timeline, part: BlockBundles, rows: tuple[Places, Places], before_s: float) -> Numbers:
    """
    Times of bundles in seconds; NaN for those that are no re-entries.

    Args:

        line: The block's timeline.

        part: Its bundles, re-entries first.

        rows: Of each re-entry the first row of the stay on its source, and the row from which its way counts.

        before_s: When the block begins.

    Returns:

        One row each: trip (where it was copied, from the act before the source to the entry), way, when it was read, when entered.
    """
    first, started = rows
    n = len(first)
    clock = line.clock_ms / 1000
    trips = np.where(part.copied[:n], clock[part.entry[:n]] - clock[np.maximum(first - 1, 0)], np.nan)
    read, entered = clock[part.source[:n]], clock[part.target[:n]]
    times = np.full((4, len(part.kind)), np.nan)
    times[:, :n] = np.stack([trips, entered - clock[started], before_s + read, before_s + entered])
    return times


def _put_together(found: _Gathered, entered: Bundles, winsor: float, switching: Switching) -> SecondPass:
    """Everything in one order: the re-entries, then the other bundles; stretches at targets, at sources, of visits."""
    frame = pl.concat([entered.frame.clear(), *found.frames])
    found.frames.clear()
    order = np.argsort(frame["kind"].to_physical().to_numpy(), kind="stable")
    n_bundles, n_entered = len(frame), len(entered.frame)
    none = np.zeros(0, dtype=np.int64)
    of_source = n_bundles + np.concatenate([none, *found.source_of])
    of_visit = n_bundles + found.n_sources + np.concatenate([none, *found.visit_stretch])
    stretch = np.concatenate([np.arange(n_bundles), of_source, of_visit])
    need = np.concatenate([np.arange(n_bundles), np.arange(n_entered), *found.visit_need])
    place = np.concatenate([order, np.arange(n_bundles, n_bundles + found.n_sources)])
    sort = np.concatenate([none, *found.sorts[0], *found.sorts[1]])
    layouts = {}
    for longest_ms, made in found.clocks.items():
        own, pulled_in_s = _pulled_in(made, sort, winsor, n_bundles)
        own = Spans(own.start[place], own.end[place], own.agent[place])
        layouts[longest_ms] = Layout(own, Spans.of(made.visits), stretch, need, pulled_in_s)
    named = frame[order].with_row_index("bundle").with_columns(pl.col("bundle").cast(pl.Int64))
    detour_s = np.concatenate([np.zeros(0), *found.detour_s])[order]
    trip_s, way_s, read_s, entered_s = np.concatenate([np.zeros((4, 0)), *found.times], axis=1)[:, order]
    by_app = np.sum(found.n_entered, axis=0)
    return SecondPass(Bundles(named, entered.feeds), detour_s, trip_s, way_s, read_s, entered_s, by_app, switching, layouts)


def _pulled_in(made: _Clock, sort: Places, winsor: float, n_targets: int) -> tuple[Spans, float]:
    """The bundles' own stretches, none longer than that quantile of those of its sort; and by how much they were longer."""
    own = Spans.of([*made.own[0], *made.own[1]])
    inside = Inside.of([*made.inside[0], *((n_targets + n, by, part) for n, by, part in made.inside[1])])
    # Of a large study this is most of the memory: what was put together need not stay in pieces, too.
    for parts in (*made.own, *made.inside):
        parts.clear()
    length = own.took()[:, 0]
    limit = np.full(len(length), np.inf)
    order = np.argsort(sort, kind="stable")
    for mine in np.split(order, np.flatnonzero(opens(sort[order]))[1:]) if len(order) else []:
        limit[mine] = np.quantile(length[mine], winsor)
    longer = np.flatnonzero(length > limit)
    end = own.end.copy()
    end[longer] = inside.moment_at(longer, own.start[longer, 0] + limit[longer])
    return Spans(own.start, end, own.agent), float((length - np.minimum(length, limit)).sum())
