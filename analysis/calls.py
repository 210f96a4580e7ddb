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

from typing import Final

import polars as pl

__all__ = ["talking_share"]

TALKS: Final = {"call_start": True, "hold_start": False, "hold_end": True, "call_end": False}


def talking_share(event_times: pl.DataFrame, slack_ms: int) -> pl.Expr:
    """
    1 for the time after events at which the agent talks in a call that outlasts the work, 0 after all others.

    Args:

        event_times: The concept of that name, in session and seq order.

        slack_ms: Milliseconds from the last act to the end of the call, from which on they talked on. A call whose end is not in the log
            is taken for one in which they did.
    """
    if not event_times["action"].is_in(list(TALKS)).any():
        return pl.lit(0)
    action = pl.col("action")
    talks = action.replace_strict(TALKS, default=None, return_dtype=pl.Boolean).forward_fill().over("session")
    slack = pl.col("gap_ms").shift().over("session")
    outlasts = pl.when(action == "call_end").then(slack >= slack_ms).backward_fill().over("session")
    return (talks.fill_null(value=False) & outlasts.fill_null(value=True)).cast(pl.Int64)
