"""What the keystroke-level model (`analysis.klm`) gives for each event."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.kernel.columns import SessionBlock
from analysis.kernel.visits import Stays
from analysis.klm import KEY_S, MENTAL_S, MOTOR_S
from shadow.events import ACTION_CODES, ACTIONS

__all__ = ["model_times"]

Bools = NDArray[np.bool_]
Codes = NDArray[np.int32]
Places = NDArray[np.int64]

# The model's times are whole hundredths of a second, so that sums of them are exact.
CENTI: Final = 100
KEY, MENTAL = round(KEY_S * CENTI), round(MENTAL_S * CENTI)
MOTOR: Final = np.array([round(MOTOR_S.get(action, 0.0) * CENTI) for action in ACTIONS], dtype=np.int32)
FOCUS, CLICK, INPUT, CHANGE, PASTE = (np.uint8(ACTION_CODES[name]) for name in ("focus", "click", "input", "change", "paste"))


def model_times(block: SessionBlock, apps: Stays) -> Codes:
    """
    Modelled time of each event, in hundredths of a second.

    Args:

        block: The events.

        apps: Stays in applications, those of unknown name too.
    """
    times: Codes = MOTOR[block.action]
    focus = np.flatnonzero(block.action == FOCUS)
    times[focus] = _focus_times(block, focus)
    keyed = np.flatnonzero((block.action == INPUT) | (block.action == CHANGE))
    begins = _begins_typing(block, keyed)
    times[keyed] += np.maximum(block.keys[keyed], 0) * np.int32(KEY)
    # A stay in an application that opens a session comes from nowhere; and who changes to type stops to think but once.
    thinks = np.zeros(len(block), dtype=np.bool_)
    thinks[keyed[begins]] = True
    thinks[apps.first[~np.isin(apps.first, block.starts)]] = True
    times[np.flatnonzero(thinks)] += np.int32(MENTAL)
    return times


def _focus_times(block: SessionBlock, rows: Places) -> Codes:
    """A focus that a click on the same field follows is that click; a focus on a cell is one."""
    cell = np.append(block.places.field_has_role("cell"), np.False_)[block.field[rows]]
    after = np.minimum(rows + 1, len(block) - 1)
    clicked = (block.action[after] == CLICK) & (block.field[after] == block.field[rows]) & (block.field[rows] >= 0)
    clicked &= block.session_of[after] == block.session_of[rows]
    return np.where(clicked, np.int32(0), np.where(cell, MOTOR[CLICK], MOTOR[FOCUS]))


def _begins_typing(block: SessionBlock, rows: Places) -> Bools:
    """Whether typing begins with these inputs and changes, or only goes on with what was typed or pasted before."""
    before = np.maximum(rows - 1, 0)
    goes_on = (block.action[before] == INPUT) | (block.action[before] == PASTE)
    goes_on &= (block.field[before] == block.field[rows]) & (block.field[rows] >= 0)
    goes_on &= (block.session_of[before] == block.session_of[rows]) & (rows > 0)
    begins: Bools = ~goes_on
    return begins
