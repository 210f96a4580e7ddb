"""
In which order an agent does the parts of their cases.

    plain         0 | 1 | 2 | 3 ...
    interleaved   0 | 1a | 2 | 3 | 1b | 4 ...      1 is put aside in the middle, and taken up again after one to three other turns
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tests.simulated.streams import Stream

__all__ = ["Turn", "interleaved_turns", "plain_turns"]


class Turn(NamedTuple):
    """Parts of a case done in one go, from part `first` to before part `last`; `last` None goes to the end."""

    case: int
    first: int
    last: int | None


def plain_turns(n_cases: int) -> Iterator[Turn]:
    """Every case in one go."""
    return (Turn(case, 0, None) for case in range(n_cases))


def interleaved_turns(draw: Stream, n_cases: int) -> Iterator[Turn]:
    """20 to 40 % of the cases in two goes: put aside after the ticket was read, or after the first job."""
    share = draw.between(0.2, 0.4)
    waiting: list[list[int]] = []  # case, its next part, turns until it is taken up again
    begun = 0
    while begun < n_cases or waiting:
        due = next((each for each in waiting if each[2] <= 0 or begun == n_cases), None)
        for each in waiting:
            each[2] -= 1
        if due:
            waiting.remove(due)
            yield Turn(due[0], due[1], None)
            continue
        case, begun = begun, begun + 1
        if draw.happens(share):
            waiting.append([case, draw.whole(1, 2), draw.whole(1, 3)])
            yield Turn(case, 0, waiting[-1][1])
        else:
            yield Turn(case, 0, None)
