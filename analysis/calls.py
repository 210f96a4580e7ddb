"""
What a call does to a saving: while the agent talks, the talk may be what takes the time, and not the work beside it.

    call_start ...... hold_start ... hold_end ...... call_end ... wrap-up ...
    `---- talk -----'  hold: critical  `--- talk ---'  wrap-up: critical

Work that is saved on hold, in the wrap-up or without a call shortens the case. Of work saved while talking nobody knows: the log shows
whether it was done when the call ended, and no more.

Source: Gray, John, Atwood 1993, Human-Computer Interaction 8(3):237-309, doi 10.1207/s15327051hci0803_3: keys saved beside talk saved nothing.
"""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["talking_share"]

TALKS: Final = {"call_start": True, "hold_start": False, "hold_end": True, "call_end": False}


def talking_share(event_times: pl.DataFrame) -> pl.Expr:
    """
    1 for the time after events at which the agent talks, 0 after all others.

    Args:

        event_times: The concept of that name, in session and seq order.
    """
    if not event_times["action"].is_in(list(TALKS)).any():
        return pl.lit(0)
    state = pl.col("action").replace_strict(TALKS, default=None, return_dtype=pl.Boolean)
    return state.forward_fill().over("session").fill_null(value=False).cast(pl.Int64)
