"""
Where cases end and begin, if a submit completes them.

    submit  thank-you page | open ticket  fill  fill  submit  thank-you page | open ticket ...
    `--- of the case before'`------------------ a case ------------------'

Which of several submits completes a case is told by the values: what belongs to one case shares rare values, so the right boundary is
the one that the fewest of them cross. (The data perspective of Rebmann and van der Aa, Information Systems 2024,
doi 10.1016/j.is.2024.102404.) Other submits complete cases as well if what follows them is what follows this one: the next case.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.loops import ALIKE, LEAST_ROUNDS
from analysis.sequences import Bools, Ints, Sequence, distinct, run_starts, tally

__all__ = ["astray", "completes", "find_completions", "find_headers", "idle"]

# An action seen in this share of rounds is a part of every round; the rest are exceptions.
USUAL: Final = 0.8
# So much of every round has its header; where cases are put aside, some rounds only go on with what was opened before.
OPENED: Final = 0.6
# Two submits differ in how many values live on if they do by more than this share of what lives on at a usual event.
AS_FEW: Final = 0.1
# How many acts after a submit say what follows it.
AHEAD: Final = 8
# What ends a round that no completion ends, and what comes before a session's first.
UNFINISHED: Final = -1
BEGINNING: Final = -2


def find_completions(sequence: Sequence, crossing: Ints) -> list[int]:
    """
    The kinds of submit that complete a case; none if no submit comes back.

    Of the submits that come back it is the one after which the fewest values live on; of those with about as few the one that ends
    sessions, then the most frequent. With it, those that are followed by the same.
    """
    positions = np.flatnonzero(sequence.is_submit)
    kinds, codes, counts = np.unique(sequence.kind[positions], return_inverse=True, return_counts=True)
    back = np.flatnonzero(counts >= LEAST_ROUNDS)
    if not len(back):
        return []
    after = np.r_[crossing[1:], 0][positions]
    living_on = np.bincount(codes, weights=after) / counts
    # Two standard errors above a Poisson count by Anscombe's transform, which holds for few, too: four times nothing may still be much.
    highest = living_on + (2 * np.sqrt(living_on * counts + 3 / 8) + 1) / counts
    fewest = back[living_on[back] <= highest[back].min() + AS_FEW * crossing.mean()]
    lasts = np.flatnonzero(np.r_[run_starts(sequence.session[positions])[1:], True])
    endings = np.bincount(codes[lasts], minlength=len(kinds))
    first = min(fewest.tolist(), key=lambda code: (-endings[code], -counts[code], kinds[code]))
    following = _following(sequence, positions, codes, len(kinds))
    alike = [code for code in back.tolist() if code == first or _alike(following[code], following[first]) >= ALIKE]
    return [int(kinds[code]) for code in alike]


def _following(sequence: Sequence, positions: Ints, codes: Ints, n_codes: int) -> list[dict[int, float]]:
    """For each submit the kinds of act that follow it before another submit: the share of its times that each does."""
    acts = np.flatnonzero(~sequence.is_screen)
    at = np.searchsorted(acts, positions, side="right")
    until = np.minimum(np.r_[np.searchsorted(acts, positions[1:]), len(acts)], at + AHEAD)
    until = np.minimum(until, np.searchsorted(acts, np.searchsorted(sequence.session, sequence.session[positions], side="right")))
    lengths = np.maximum(until - at, 0)
    owner = np.repeat(np.arange(len(positions)), lengths)
    places = acts[np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths) + at[owner]]
    once = distinct(owner, sequence.kind[places])
    times = tally(codes[owner[once]], sequence.kind[places[once]])
    totals = np.bincount(codes, minlength=n_codes)
    found: list[dict[int, float]] = [{} for _ in range(n_codes)]
    for (code, kind), count in times.items():
        found[code][kind] = count / totals[code]
    return found


def _alike(one: dict[int, float], other: dict[int, float]) -> float:
    """Overlap of two sets of shares: what they have in common, of what they have (Jaccard's, weighted)."""
    kinds = one.keys() | other.keys()
    common = sum(min(one.get(kind, 0.0), other.get(kind, 0.0)) for kind in kinds)
    together = sum(max(one.get(kind, 0.0), other.get(kind, 0.0)) for kind in kinds)
    return common / together if together else 0.0


def completes(sequence: Sequence, completions: list[int]) -> Bools:
    """True where a case is completed; what is no work (a pause) bears the kind of the act before it and completes nothing."""
    return sequence.is_submit & np.isin(sequence.kind, completions)


def find_headers(sequence: Sequence, done: Bools) -> list[int]:
    """
    The kinds of event with which cases begin: for each completion what is done in most of its rounds, and earliest.

    What merely follows a completion (a thank-you page) is not done in a session's first round, nor after another completion; and a screen
    that opens is no act, so no case begins with it.
    """
    if not done.any():
        return []
    run = np.cumsum(np.r_[False, done[:-1]] | sequence.begins) - 1
    start = np.flatnonzero(run_starts(run))
    own = np.full(len(start), UNFINISHED)
    own[run[done]] = sequence.kind[done]
    before = np.where(sequence.begins[start], BEGINNING, np.r_[UNFINISHED, own[:-1]])
    acts = np.flatnonzero(~sequence.is_screen & ~done & (own[run] != UNFINISHED))
    place = acts[distinct(run[acts], sequence.kind[acts])]
    seen = _Seen(tally(own, before), tally(sequence.kind[place], own[run[place]], before[run[place]]))
    mean = _mean_place(sequence.kind[place], own[run[place]], place - start[run[place]])
    return sorted({_earliest(_usual(seen, completion), completion, mean) for completion in seen.completions if _usual(seen, completion)})


@dataclass(frozen=True, slots=True)
class _Seen:
    """
    How many rounds there are, and how many of them have an act of some kind.

    Args:

        rounds: Rounds by the completion that ends them and the one before them.

        having: Rounds by kind of act, the completion that ends them and the one before them.
    """

    rounds: Counter[tuple[int, ...]]
    having: Counter[tuple[int, ...]]

    @property
    def completions(self) -> list[int]:
        """What ends rounds."""
        return sorted({own for own, _ in self.rounds} - {UNFINISHED})

    def share(self, kind: int, owns: list[int], befores: list[int]) -> float:
        """Share of some rounds that have an act of this kind; 1 if there are no such rounds."""
        n = sum(self.rounds[own, before] for own in owns for before in befores)
        return sum(self.having[kind, own, before] for own in owns for before in befores) / n if n else 1.0


def _usual(seen: _Seen, completion: int) -> list[int]:
    """The kinds that are done in the rounds of one completion, whatever was completed before, and do not follow each completion."""
    everything = [*seen.completions, BEGINNING]
    common = [before for before in seen.completions if seen.rounds[completion, before] >= LEAST_ROUNDS]
    kinds = {kind for kind, own, _ in seen.having if own == completion}
    return [
        kind
        for kind in sorted(kinds)
        if seen.share(kind, [completion], everything) >= OPENED
        and all(seen.share(kind, [completion], [before]) >= ALIKE for before in [*common, BEGINNING])
        and not _follows_each(seen, kind)
    ]


def _follows_each(seen: _Seen, kind: int) -> bool:
    """Whether a kind is done after each completion, but not where a session begins."""
    return seen.share(kind, seen.completions, [BEGINNING]) < ALIKE and all(
        seen.share(kind, [own], seen.completions) >= USUAL for own in seen.completions
    )


def _earliest(kinds: list[int], completion: int, mean: dict[tuple[int, int], float]) -> int:
    return min(kinds, key=lambda kind: (mean[kind, completion], kind))


def _mean_place(kind: Ints, own: Ints, place: Ints) -> dict[tuple[int, int], float]:
    """How far into the rounds of each completion each kind is first done, in events."""
    size = int(own.max(initial=0)) + 1
    pairs, codes = np.unique(kind * size + own, return_inverse=True)
    means = np.bincount(codes, weights=place) / np.bincount(codes)
    return {divmod(pair, size): mean for pair, mean in zip(pairs.tolist(), means.tolist(), strict=True)}


def idle(sequence: Sequence, opens: Bools, none: Bools) -> Bools:
    """
    True from where work is left for a screen where cases begin (the queue), until a case begins.

        open ticket  fill | queue  news  queue | open another ...
        `-- put aside ---'`------ idle -------'

    Args:

        sequence: The events.

        opens: Where pieces of work begin.

        none: Events known to belong to no case; a screen with hardly any others is no place of work.
    """
    if not len(none):
        return none
    size = int(sequence.screen.max()) + 1
    often, seen = np.bincount(sequence.screen, weights=none, minlength=size), np.bincount(sequence.screen, minlength=size)
    no_work = often >= USUAL * np.maximum(seen, 1)
    no_work[sequence.screen[opens]] = True
    piece = np.cumsum(opens | sequence.begins) - 1
    places = np.arange(len(piece))
    last_work = np.full(int(piece[-1]) + 1, -1)
    np.maximum.at(last_work, piece, np.where(no_work[sequence.screen], -1, places))
    back = sequence.is_screen & np.isin(sequence.screen, sequence.screen[opens]) & (places > last_work[piece])
    first = np.full(len(last_work), len(piece))
    np.minimum.at(first, piece[back], places[back])
    found: Bools = (places >= first[piece]) & (last_work[piece] >= 0)
    return found


def astray(sequence: Sequence, done: Bools, opens: Bools) -> Bools:
    """
    True between two cases from the first event on that does not usually follow a completion: a break, the news, another page.

        submit  thank-you page | news  news | open ticket ...
                 `- what follows  `- astray

    Back on a screen where cases begin (the queue) it is over, too.
    """
    run = np.cumsum(opens | np.r_[False, done[:-1]] | sequence.begins)
    completion = np.full(int(run[-1]) + 2 if len(run) else 1, -1)
    completion[run[done] + 1] = sequence.kind[done]
    completion[run[sequence.begins]] = -1
    tail = (completion[run] >= 0) & ~np.isin(run, run[opens])
    times = tally(sequence.kind[done & ~np.r_[done[1:], False]])
    places = np.flatnonzero(tail)
    places = places[distinct(run[places], sequence.kind[places])]
    seen = tally(completion[run[places]], sequence.kind[places])
    size = int(sequence.kind.max()) + 1 if len(run) else 1
    usual = [code * size + kind for (code, kind), n in seen.items() if n >= USUAL * times[code,]]
    follows = np.isin(completion[run] * size + sequence.kind, usual) | np.isin(sequence.kind, sequence.kind[done])
    odd = tail & (~follows | (sequence.is_screen & np.isin(sequence.screen, sequence.screen[opens])))
    so_far = np.cumsum(odd)
    at_start = np.maximum.accumulate(np.where(run_starts(run), so_far - odd, 0)) if len(run) else so_far
    found: Bools = tail & (so_far > at_start)
    return found
