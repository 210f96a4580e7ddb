"""What the keystroke-level model gives for the work on each screen: `analysis.klm`, added up by screen for events that belong to a case."""

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
KEY, MENTAL, FOCUS_CS, CLICK_CS = (round(seconds * CENTI) for seconds in (KEY_S, MENTAL_S, MOTOR_S["focus"], MOTOR_S["click"]))
MOTOR: Final = np.array([round(MOTOR_S.get(action, 0.0) * CENTI) for action in ACTIONS], dtype=np.int64)
# Focus is told apart below, row by row.
MOTOR[ACTION_CODES["focus"]] = 0
# Bits that hold every action's code.
BITS: Final = (len(ACTIONS) - 1).bit_length()
FOCUS, CLICK, INPUT, CHANGE, PASTE = (np.uint8(ACTION_CODES[name]) for name in ("focus", "click", "input", "change", "paste"))


def model_times(block: SessionBlock, apps: Stays) -> NDArray[np.int64]:
    """
    Modelled times of the events that belong to a case, by screen, in hundredths of a second.

    Args:

        block: The events.

        apps: Stays in applications, those of unknown name too.
    """
    n_screens = len(block.places.screen_app)
    rows = np.flatnonzero(block.case_no) if not block.case_no.all() else slice(None)
    acts = np.bincount(block.screen[rows] << np.int32(BITS) | block.action[rows], minlength=n_screens << BITS).reshape(n_screens, -1)
    focus = np.flatnonzero(block.action == FOCUS)
    keyed = np.flatnonzero(_is_keyed(block.action))
    typing = np.where(_begins_typing(block, keyed), np.int32(MENTAL), np.int32(0))
    typing += np.maximum(block.keys[keyed], 0) * np.int32(KEY)
    # A stay in an application that opens a session comes from nowhere; and who changes to type stops to think but once.
    entered = apps.first[~np.isin(apps.first, block.starts)]
    entered = entered[~(_is_keyed(block.action[entered]) & _begins_typing(block, entered))]
    at = np.concatenate([focus, keyed, entered])
    times = np.concatenate([_focus_times(block, focus), typing, np.full(len(entered), MENTAL, dtype=np.int32)])
    inside = block.case_no[at] > 0
    more = np.bincount(block.screen[at[inside]], times[inside], minlength=n_screens).astype(np.int64)
    total: NDArray[np.int64] = acts[:, : len(MOTOR)] @ MOTOR + more
    return total


def _is_keyed(action: NDArray[np.uint8]) -> Bools:
    keyed: Bools = (action == INPUT) | (action == CHANGE)
    return keyed


def _focus_times(block: SessionBlock, rows: Places) -> Codes:
    """A focus that a click on the same field follows is that click; a focus on a cell is one."""
    cell = np.append(block.places.field_has_role("cell"), np.False_)[block.field[rows]]
    after = np.minimum(rows + 1, len(block) - 1)
    clicked = (block.action[after] == CLICK) & (block.field[after] == block.field[rows]) & (block.field[rows] >= 0)
    clicked &= block.session_of[after] == block.session_of[rows]
    return np.where(clicked, np.int32(0), np.where(cell, np.int32(CLICK_CS), np.int32(FOCUS_CS)))


def _begins_typing(block: SessionBlock, rows: Places) -> Bools:
    """Whether typing begins with these inputs and changes, or only goes on with what was typed or pasted before."""
    before = np.maximum(rows - 1, 0)
    goes_on = (block.action[before] == INPUT) | (block.action[before] == PASTE)
    goes_on &= (block.field[before] == block.field[rows]) & (block.field[rows] >= 0)
    goes_on &= (block.session_of[before] == block.session_of[rows]) & (rows > 0)
    begins: Bools = ~goes_on
    return begins
