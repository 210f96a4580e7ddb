"""
Cases of a log in which nothing says that a case is done: the rounds of the outermost loop of the directly-follows graph.

An edge back to the kind that dominates the loop is a back-edge, and every time it is walked a case begins. Where several tasks take
turns there are several ways in: each task's last act is followed by the first act of any of them, in the same shares. So what is
reached from where the loop's header is reached from is a header too, and what is followed by what follows there is an end:

    ends      headers          P(header | end) is alike for every end,
      c ---.-- a               P(end | header) alike for every header
      z --´ `- x

Source: Leno, Augusto, Dumas, La Rosa, Maggi, Polyvyanyy, "Identifying candidate routines for robotic process automation from
unsegmented UI logs", ICPM 2020, arXiv 2008.05782. Dominators: Cooper, Harvey, Kennedy, "A simple, fast dominance algorithm", 2001.
The several headers are ours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.sequences import Bools, Ints, Sequence, run_starts

__all__ = ["LEAST_ROUNDS", "loop_openings"]

# Work must come back this often to be a round of something.
LEAST_ROUNDS: Final = 3
# An edge walked less often than this share of its target's most walked edge is an exception, not the way of the work.
RARE_EDGE: Final = 0.1
# Two kinds are reached from (or followed by) the same if their distributions overlap by this much; half is more the same than not.
ALIKE: Final = 0.5
# So many steps after an end a header still begins a case; between them lies what nobody does twice.
REACH: Final = 3
# Ends and headers grow by each other; in a graph of a few tasks two or three turns change nothing more.
TURNS: Final = 10
START: Final = -1

Edges = dict[tuple[int, int], int]
Shares = dict[int, float]


@dataclass(frozen=True, slots=True)
class Loop:
    """The kinds with which rounds begin, and those with which they end."""

    headers: frozenset[int]
    ends: frozenset[int]


def loop_openings(sequence: Sequence) -> Bools:
    """
    True where a round begins.

    Returns:

        One flag per event: the first header of a session, and each later one that follows an end. Nowhere, if there is no loop.
    """
    changed = run_starts(sequence.kind) | sequence.begins
    steps = np.flatnonzero(changed)
    edges = _edges(sequence, steps)
    found = _outermost(edges)
    opens = np.zeros(len(sequence.kind), dtype=bool)
    if found is None:
        return opens
    loop = _grown(edges, *found)
    opens[steps[_after_ends(sequence, steps, loop)]] = True
    return opens | _first_headers(sequence, loop.headers)


def _after_ends(sequence: Sequence, steps: Ints, loop: Loop) -> Bools:
    """True at the steps to the first header within REACH of an end or of the session's beginning."""
    kinds, places = sequence.kind[steps], np.arange(len(steps))
    ended = np.r_[False, np.isin(kinds, list(loop.ends))[:-1]] | sequence.begins[steps]
    last_end = np.maximum.accumulate(np.where(ended, places, 0))
    near = np.isin(kinds, list(loop.headers)) & (places - last_end < REACH)
    found = np.zeros(len(steps), dtype=bool)
    headers = np.flatnonzero(near)
    found[headers[run_starts(last_end[headers])]] = True
    return found


def _first_headers(sequence: Sequence, headers: frozenset[int]) -> Bools:
    """True at the first header of each session."""
    found = np.zeros(len(sequence.kind), dtype=bool)
    places = np.flatnonzero(np.isin(sequence.kind, list(headers)))
    _, firsts = np.unique(sequence.session[places], return_index=True)
    found[places[firsts]] = True
    return found


def _edges(sequence: Sequence, steps: Ints) -> Edges:
    """How often each kind directly follows another, and which begin a session; exceptions are left out."""
    kinds = sequence.kind[steps]
    before = np.where(sequence.begins[steps], START, np.r_[START, kinds[:-1]][: len(kinds)])
    size = int(kinds.max(initial=0)) + 1
    pairs, counts = np.unique((before - START) * size + kinds, return_counts=True)
    walked = {(pair // size + START, pair % size): n for pair, n in zip(pairs.tolist(), counts.tolist(), strict=True)}
    most: Counter[int] = Counter()
    for (_, target), count in walked.items():
        most[target] = max(most[target], count)
    return {edge: n for edge, n in walked.items() if n >= RARE_EDGE * most[edge[1]] or edge[0] == START}


def _outermost(edges: Edges) -> tuple[int, set[int]] | None:
    """Header and ends of the loop whose header the fewest others dominate; of these the one walked most."""
    dominators = _dominators(edges)
    back: dict[int, Counter[int]] = defaultdict(Counter)
    for (source, target), count in edges.items():
        if source != target and source in dominators and target in dominators[source]:
            back[target][source] += count
    rounds = {target: sum(sources.values()) for target, sources in back.items()}
    looping = [target for target, n in rounds.items() if n >= LEAST_ROUNDS - 1]
    header = min(looping, key=lambda target: (len(dominators[target]), -rounds[target], target), default=None)
    return None if header is None else (header, set(back[header]))


def _grown(edges: Edges, header: int, sources: set[int]) -> Loop:
    """The headers that are reached like this one, and the ends that are followed like its sources."""
    into, out_of = _shares(edges, by=1), _shares(edges, by=0)
    common = {kind for kind, n in _times(edges).items() if n >= LEAST_ROUNDS - 1}
    headers = {header}
    ends = set(sources)
    for _ in range(TURNS):
        reached = _flow(edges, ends, headers, by=0)
        more = {kind for kind in into.keys() & common if _overlap(into[kind], reached) >= ALIKE} | {header}
        followed = _flow(edges, ends, more, by=1)
        last = {kind for kind, shares in out_of.items() if _overlap(shares, followed) >= ALIKE}
        if (more, last) == (headers, ends):
            break
        headers, ends = more, last or ends
    return Loop(frozenset(headers), frozenset(ends | sources))


def _times(edges: Edges, by: int = 1) -> Counter[int]:
    """How often each kind is reached (by=1) or left (by=0)."""
    totals: Counter[int] = Counter()
    for edge, count in edges.items():
        if edge[0] != START:
            totals[edge[by]] += count
    return totals


def _shares(edges: Edges, by: int) -> dict[int, Shares]:
    """Of each kind: where it is reached from (by=1) or what it is followed by (by=0), as shares."""
    totals = _times(edges, by)
    found: dict[int, Shares] = defaultdict(dict)
    for edge, count in edges.items():
        if edge[0] != START:
            found[edge[by]][edge[1 - by]] = count / totals[edge[by]]
    return found


def _flow(edges: Edges, ends: set[int], headers: set[int], by: int) -> Shares:
    """Of all steps from an end to a header, the share of each end (by=0) or header (by=1)."""
    counts: Counter[int] = Counter()
    for edge, count in edges.items():
        if edge[0] in ends and edge[1] in headers:
            counts[edge[by]] += count
    return {kind: count / counts.total() for kind, count in counts.items()}


def _overlap(one: Shares, other: Shares) -> float:
    return sum(min(share, other.get(kind, 0.0)) for kind, share in one.items())


def _dominators(edges: Edges) -> dict[int, set[int]]:
    """For each kind reached from a session's start, the kinds that lie on every way to it, itself included."""
    before: dict[int, set[int]] = defaultdict(set)
    for source, target in edges:
        before[target].add(source)
    reached = _reached(edges)
    everything = set(reached)
    found = dict.fromkeys(reached, everything) | {START: {START}}
    changing = True
    while changing:
        changing = False
        for node in reached[1:]:
            ways = [found[source] for source in before[node] if source in found]
            now = set.intersection(*ways) | {node}
            if now != found[node]:
                found[node], changing = now, True
    return found


def _reached(edges: Edges) -> list[int]:
    """The kinds that can be reached from a session's start, breadth first."""
    after: dict[int, list[int]] = defaultdict(list)
    for source, target in sorted(edges):
        after[source].append(target)
    order, seen = [START], {START}
    for node in order:
        for target in after[node]:
            if target not in seen:
                seen.add(target)
                order.append(target)
    return order
