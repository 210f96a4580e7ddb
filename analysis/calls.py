"""
What a call does to a saving: the case lasts as long as the longer of talk and work.

    call_start . work . call_end . wrap-up             the call ended with the work: a saving shortens it
    call_start . work ...... call_end . wrap-up        they talked on: a saving beside talk only makes the agent listen sooner
                     `- slack
    call_start . work . hold_start . work . hold_end   on hold the work is what both wait for

Project Ernestine is the warning: keys saved beside talk saved nothing. Where the talk ended with the work it was the work that took the time.

Source: Gray, John, Atwood 1993, Human-Computer Interaction 8(3):237-309, doi 10.1207/s15327051hci0803_3, for the critical path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from shadow.events import ACTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock

__all__ = ["talking"]

TALKS: Final = {"call_start": True, "hold_start": False, "hold_end": True, "call_end": False}


def talking(block: SessionBlock, slack_ms: int) -> NDArray[np.bool_]:
    """
    Whether in the time after each event the agent talks in a call that outlasts the work.

    Args:

        block: The events.

        slack_ms: Milliseconds from the last act to the end of the call, from which on they talked on. A call whose end is not in the log
            is taken for one in which they did.
    """
    told = np.flatnonzero(block.is_action(*TALKS))
    if not len(told):
        return np.zeros(len(block), dtype=np.bool_)
    rows, session = np.arange(len(block)), block.session_of
    talks = np.array([TALKS.get(name, False) for name in ACTIONS])[block.action[told]]
    last = np.searchsorted(told, rows, side="right") - 1
    known = (last >= 0) & (told[last] >= block.starts[:-1][session])
    ends = told[block.is_action("call_end")[told]]
    # An end that opens a session has no act before it.
    ends = ends[ends > block.starts[:-1][session[ends]]]
    outlasts = np.append(block.t_ms[ends] - block.t_ms[ends - 1] >= slack_ms, np.True_)
    following = np.searchsorted(ends, rows)
    there = np.append(ends, len(block))[following] < block.starts[1:][session]
    now: NDArray[np.bool_] = known & talks[last] & (outlasts[following] | ~there)
    return now
