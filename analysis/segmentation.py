"""
Where one case ends and the next begins, in a log that does not say.

Two methods, both blind to content:

completion
    One submit is what completes a case (closing the ticket, saving the form). A case ends with it and what follows it, and the next
    begins where cases begin:

        submit  thank-you page | open ticket  fill  fill  submit  thank-you page | open ticket ...
        `--- of the case before'`------------------ a case ------------------'

cut
    No submit: cases are the rounds of the outermost loop of the directly-follows graph. An edge back to the node that dominates the
    loop is a back-edge, and every time it is walked a case begins.

    Source: Leno, Augusto, Dumas, La Rosa, Maggi, Polyvyanyy, "Identifying candidate routines for robotic process automation from
    unsegmented UI logs", ICPM 2020, arXiv 2008.05782. Dominators: Cooper, Harvey, Kennedy, "A simple, fast dominance algorithm", 2001.

Which of several submits completes a case is told by the values: what belongs to one case shares rare values, so the right boundary is
the one that the fewest of them cross. (The data perspective of Rebmann and van der Aa, Information Systems 2024,
doi 10.1016/j.is.2024.102404.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

__all__ = ["Sequence", "completed_cases", "crossings", "find_completion", "find_header", "looped_cases"]

# A value that comes back after longer than this belongs to more than one case. Handling times of a case are minutes.
SPAN_MS: Final = 15 * 60_000
# An action seen in this share of rounds is a part of every round; the rest are exceptions.
USUAL: Final = 0.8
# A submit must come back to complete cases.
LEAST_ROUNDS: Final = 3
# An edge walked less often than this share of its target's most walked edge is an exception, not the way of the work.
RARE_EDGE: Final = 0.1


@dataclass(frozen=True, slots=True)
class Sequence:
    """
    The events of some sessions, end to end, as arrays of equal length.

    Args:

        session: Session of each event; the events of a session are in one piece, in time order.

        t_ms: Time within the session, milliseconds.

        kind: What was done on what, as a code: equal for equal action, app, screen and field.

        is_submit: Whether the event submits.

        is_screen: Whether the event only says that a screen opened.
    """

    session: Ints
    t_ms: Ints
    kind: Ints
    is_submit: Bools
    is_screen: Bools

    @property
    def begins(self) -> Bools:
        """True at the first event of each session."""
        return np.r_[True, self.session[1:] != self.session[:-1]] if len(self.session) else np.zeros(0, dtype=bool)


def crossings(sequence: Sequence, position: Ints, token: Ints) -> Ints:
    """
    How many values are used both before and after each boundary.

    Args:

        sequence: The events.

        position: Index of the event of each token occurrence.

        token: The token, a code that differs between sessions.

    Returns:

        One count per event: values whose first use lies before this event and whose last use at or after it. Values used over more than
        SPAN_MS are common ones and do not count.
    """
    order = np.lexsort((position, token))
    position, token = position[order], token[order]
    starts = np.flatnonzero(np.r_[True, token[1:] != token[:-1]]) if len(token) else np.zeros(0, dtype=np.int64)
    ends = np.r_[starts[1:], len(token)] - 1 if len(token) else starts
    first, last = position[starts], position[ends]
    within = (last > first) & (sequence.t_ms[last] - sequence.t_ms[first] <= SPAN_MS)
    change = np.zeros(len(sequence.session) + 1, dtype=np.int64)
    np.add.at(change, first[within] + 1, 1)
    np.add.at(change, last[within] + 1, -1)
    return np.cumsum(change)[:-1]


def find_completion(sequence: Sequence, crossing: Ints) -> int | None:
    """
    The kind of submit that completes a case, or None if no submit comes back.

    Of the submits that come back it is the one after which the fewest values live on; between equals the one that ends sessions, then
    the most frequent.
    """
    positions = np.flatnonzero(sequence.is_submit)
    counts = Counter(sequence.kind[positions].tolist())
    after = np.r_[crossing[1:], 0][positions]
    last_of_session = {int(sequence.session[p]): int(sequence.kind[p]) for p in positions}
    endings = Counter(last_of_session.values())
    candidates: list[int] = [kind for kind, count in counts.items() if count >= LEAST_ROUNDS]
    if not candidates:
        return None
    living_on = {kind: float(after[sequence.kind[positions] == kind].mean()) for kind in candidates}
    return min(candidates, key=lambda kind: (round(living_on[kind], 1), -endings[kind], -counts[kind], kind))


def find_header(sequence: Sequence, completion: Iterable[int]) -> int | None:
    """
    The kind of event with which a case begins: done in nearly every round, also in a session's first, and earliest.

    What merely follows a submit (a thank-you page) is not done in a session's first round, where nothing was submitted yet; and a screen
    that opens is no act, so no case begins with it.
    """
    screens = set(sequence.kind[sequence.is_screen].tolist())
    rounds = _rounds(sequence, set(completion))
    first_index: dict[int, list[int]] = defaultdict(list)
    in_first: Counter[int] = Counter()
    n_first = sum(is_first for is_first, _ in rounds)
    for is_first, kinds in rounds:
        places: dict[int, int] = {}
        for place, kind in enumerate(kinds):
            if kind not in screens:
                places.setdefault(kind, place)
        for kind, place in places.items():
            first_index[kind].append(place)
            in_first[kind] += is_first
    usual = [kind for kind, places in first_index.items() if len(places) >= USUAL * len(rounds) and in_first[kind] * 2 >= n_first]
    return min(usual, key=lambda kind: (float(np.mean(first_index[kind])), kind), default=None)


def _rounds(sequence: Sequence, completion: set[int]) -> list[tuple[bool, list[int]]]:
    """The kinds between one completing submit and the next; whether the round is its session's first. An unfinished round is left out."""
    rounds: list[tuple[bool, list[int]]] = []
    current: list[int] = []
    is_first = True
    completes = _completes(sequence, completion)
    for kind, begins, done in zip(sequence.kind.tolist(), sequence.begins.tolist(), completes.tolist(), strict=True):
        if begins:
            current, is_first = [], True
        current.append(kind)
        if done:
            rounds.append((is_first, current))
            current, is_first = [], False
    return rounds


def _completes(sequence: Sequence, completion: Iterable[int]) -> Bools:
    """True where a case is completed; what is no work (a pause) bears the kind of the act before it and completes nothing."""
    return sequence.is_submit & np.isin(sequence.kind, list(completion))


def completed_cases(sequence: Sequence, completion: Iterable[int], header: int | None) -> Ints:
    """
    Case of each event when a submit completes a case.

    Returns:

        Case number within the session, from 1; 0 for events that belong to none: before a session's first header, the work after the last
        completing submit, which was never completed, and what between two cases does not usually follow a completion.
    """
    done = _completes(sequence, completion)
    opens = sequence.begins | np.r_[False, done[:-1]] if header is None else _headers_after(sequence, done, header)
    round_no = np.cumsum(opens)
    finished = np.zeros(int(round_no[-1]) + 1 if len(round_no) else 1, dtype=bool)
    finished[round_no[done]] = True
    return np.where(_astray(sequence, done, opens), 0, _numbered(sequence, round_no, finished, opens))


def _astray(sequence: Sequence, done: Bools, opens: Bools) -> Bools:
    """
    True between two cases from the first event on that does not usually follow a completion: a break, the news, another page.

        submit  thank-you page | news  news | open ticket ...
                 `- what follows  `- astray
    """
    run = np.cumsum(opens | np.r_[False, done[:-1]] | sequence.begins)
    after_done = np.zeros(int(run[-1]) + 2 if len(run) else 1, dtype=bool)
    after_done[run[done] + 1] = True
    tail = after_done[run] & ~opens & ~np.isin(run, run[opens])
    n_tails = max(1, len(np.unique(run[tail])))
    kinds = np.unique(np.stack([sequence.kind[tail], run[tail]]), axis=1)[0]
    seen = Counter(kinds.tolist())
    usual = [kind for kind, n in seen.items() if n >= USUAL * n_tails]
    odd = tail & ~np.isin(sequence.kind, [*usual, *sequence.kind[done]])
    so_far = np.cumsum(odd)
    at_start = np.maximum.accumulate(np.where(np.r_[True, run[1:] != run[:-1]], so_far - odd, 0)) if len(run) else so_far
    astray: Bools = tail & (so_far > at_start)
    return astray


def _headers_after(sequence: Sequence, done: Bools, header: int) -> Bools:
    """True where a header comes for the first time since the session began or a case was completed."""
    opens = np.zeros(len(done), dtype=bool)
    waiting = True
    marks = np.flatnonzero(done | (sequence.kind == header) | sequence.begins)
    begins = sequence.begins
    for place in marks.tolist():
        waiting = waiting or bool(begins[place])
        if waiting and sequence.kind[place] == header:
            opens[place] = True
            waiting = False
        if done[place]:
            waiting = True
    return opens


def _numbered(sequence: Sequence, round_no: Ints, counts: Bools, opens: Bools) -> Ints:
    """Rounds that count, numbered from 1 in each session; 0 for the rest and for what lies before a session's first opening."""
    begins = np.flatnonzero(sequence.begins)
    session_no = np.cumsum(sequence.begins) - 1
    before = np.r_[0, np.cumsum(opens)][begins][session_no] if len(begins) else round_no
    belongs = (round_no > before) & counts[round_no]
    firsts = opens & belongs
    number = np.cumsum(firsts)
    offset = np.r_[0, number][begins][session_no] if len(begins) else number
    return np.where(belongs, number - offset, 0)


def looped_cases(sequence: Sequence) -> Ints:
    """
    Case of each event as the rounds of the outermost loop of the directly-follows graph.

    Returns:

        Case number within the session, from 1; 0 for events before the loop is entered, and everywhere if there is no loop.
    """
    changed = np.r_[True, sequence.kind[1:] != sequence.kind[:-1]] | sequence.begins if len(sequence.kind) else sequence.begins
    steps = np.flatnonzero(changed)
    edges = _edges(sequence, steps)
    header, sources = _outermost_loop(edges)
    if header is None:
        return np.zeros(len(sequence.kind), dtype=np.int64)
    previous = np.r_[-1, sequence.kind[steps[:-1]]] if len(steps) else steps
    walked = (sequence.kind[steps] == header) & (np.isin(previous, list(sources)) | sequence.begins[steps])
    opens = np.zeros(len(sequence.kind), dtype=bool)
    opens[steps[walked]] = True
    opens |= _first_headers(sequence, header)
    round_no = np.cumsum(opens)
    return _numbered(sequence, round_no, np.ones(int(round_no[-1]) + 1, dtype=bool), opens)


def _first_headers(sequence: Sequence, header: int) -> Bools:
    """True at the first header of each session."""
    found = np.zeros(len(sequence.kind), dtype=bool)
    places = np.flatnonzero(sequence.kind == header)
    _, firsts = np.unique(sequence.session[places], return_index=True)
    found[places[firsts]] = True
    return found


START: Final = -1


def _edges(sequence: Sequence, steps: Ints) -> Counter[tuple[int, int]]:
    """How often each kind directly follows another, and which begin a session; exceptions are left out."""
    kinds = sequence.kind[steps]
    begins = sequence.begins[steps]
    walked = Counter(zip(np.where(begins, START, np.r_[START, kinds[:-1]]).tolist(), kinds.tolist(), strict=True))
    most: Counter[int] = Counter()
    for (_, target), count in walked.items():
        most[target] = max(most[target], count)
    return Counter({edge: n for edge, n in walked.items() if n >= RARE_EDGE * most[edge[1]] or edge[0] == START})


def _outermost_loop(edges: Counter[tuple[int, int]]) -> tuple[int | None, set[int]]:
    """Header of the loop whose back-edges are walked most, and the kinds they come from."""
    dominators = _dominators(edges)
    back: dict[int, Counter[int]] = defaultdict(Counter)
    for (source, target), count in edges.items():
        if source != target and source in dominators and target in dominators[source]:
            back[target][source] += count
    rounds = {target: sum(sources.values()) for target, sources in back.items()}
    looping = [target for target, n in rounds.items() if n >= LEAST_ROUNDS - 1]
    header = min(looping, key=lambda target: (len(dominators[target]), -rounds[target], target), default=None)
    return header, set(back[header]) if header is not None else set()


def _dominators(edges: Counter[tuple[int, int]]) -> dict[int, set[int]]:
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


def _reached(edges: Counter[tuple[int, int]]) -> list[int]:
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
