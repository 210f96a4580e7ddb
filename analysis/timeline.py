"""
The events of a block end to end on one clock of active time, and how long it takes from one act to the next.

    event      0      1      2      3           clock_ms   before each event, and behind the last
    clock_ms   0      400    900    900  1500   totals     what was done before each event, likewise

An agent's figures live here because the pace needs them; they leave only as what they scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.calls import talking
from analysis.habits import BY_KEYS, FINISHING
from analysis.kernel.columns import role_codes
from analysis.klm import KEY_S, MENTAL_S, MOTOR_S
from analysis.thresholds import GAPS_S
from shadow.events import ACTION_CODES, ACTIONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.kernel.columns import SessionBlock
    from analysis.thresholds import Thresholds

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["Timeline", "Totals", "clocks_ms", "longest_ms", "timeline"]

# Longer than this, and than so many times what is usual for the agent, is no way to anywhere.
LONGEST_LEAD_S: Final = 5.0
LONGEST_OF_USUAL: Final = 4.0


def clocks_ms(thresholds: Thresholds) -> tuple[int, ...]:
    """The longest gap that counts, for each clock that savings are told by: the study's own first, then those of GAPS_S; each once."""
    return tuple(dict.fromkeys(longest_ms(thresholds, 1000 * gap) for gap in (0, *GAPS_S)))


def longest_ms(thresholds: Thresholds, gap_ms: int = 0) -> int:
    """The longest gap that a saving may count, where one of `gap_ms` is the longest that counts at all; 0 is the study's own rule."""
    return min(gap_ms or thresholds.gap_drop_ms, thresholds.unattributed_ms)


@dataclass(frozen=True, slots=True)
class Totals:
    """
    What was done before some points of time; only differences within a session mean anything.

    Args:

        motor_s: Motor seconds of the keystroke-level model.

        model_s: Its motor and mental seconds.

        talk_s: Active seconds spent talking in a call that outlasted the work.
    """

    motor_s: Numbers
    model_s: Numbers
    talk_s: Numbers


@dataclass(frozen=True, slots=True)
class Timeline:
    """
    The events of a block on one clock.

    Args:

        block: The events.

        agent: Agent of each of its sessions, an index.

        app: Application of each event.

        clock_ms: Active ms before each event, and behind the last.

        before: What was done before each event, and by the end.

        finishes: Whether each event finishes an act (an edit, a copy, a paste, a switch to another system).

        acted: Row of the act itself: of the last input where programs write the change some time after it.

        by_keys: Whether each event was made with the keys.

        leads_ms: Mean ms from a finished act to the next event, by whether that is in the same system, whether the act was made with the
            keys, and agent.
    """

    block: SessionBlock
    agent: Places
    app: NDArray[np.int32]
    clock_ms: Numbers
    before: Totals
    finishes: Bools
    acted: Places
    by_keys: Bools
    leads_ms: Numbers

    def whole(self) -> Numbers:
        """Seconds of the whole block: active, motor, modelled, talking."""
        before = self.before
        return np.array([self.clock_ms[-1] / 1000, before.motor_s[-1], before.model_s[-1], before.talk_s[-1]])

    def totals_at(self, ms: Numbers, session: NDArray[np.int32]) -> Totals:
        """What was done before some points of time in sessions; an event at the very point is not in it."""
        place = np.maximum(np.searchsorted(self.clock_ms, ms, side="left"), self.block.starts[session])
        talk = self.before.talk_s
        talk_s = np.interp(ms, self.clock_ms, talk) if talk[-1] else np.zeros(len(ms))
        return Totals(self.before.motor_s[place], self.before.model_s[place], talk_s)

    def lead_ms(self, place: Places) -> Numbers:
        """
        Ms before an event that getting to it took.

        After a finished act that is all the time from it. After anything else (a look, a screen that opened) the time holds what was left
        of the work there, too: only as much of it as the agent usually takes after an act of the same hand is the way.
        """
        before = np.maximum(place - 1, 0)
        gap = self.clock_ms[place] - self.clock_ms[self.acted[before]]
        stays = self.app[np.minimum(place, len(self.app) - 1)] == self.app[before]
        agent = self.agent[self.block.session_of[before]]
        usual = self.leads_ms[stays.astype(np.int64), self.by_keys[before].astype(np.int64), agent]
        longest = np.maximum(LONGEST_LEAD_S * 1000, LONGEST_OF_USUAL * usual)
        return np.where(self.finishes[before] & (gap <= longest), gap, np.minimum(gap, usual))


def timeline(block: SessionBlock, agent: Places, longest_ms: int, leads_ms: Numbers, slack_ms: int) -> Timeline:
    """
    The running totals of a block.

    Args:

        block: The sessions.

        agent: Agent of each of them, as an index.

        longest_ms: Gaps longer than this count for nothing.

        leads_ms: As `Habits.leads_ms` gives them.

        slack_ms: From so long after the last act on a call outlasts the work.
    """
    active = np.diff(block.t_ms, append=block.t_ms[-1:])
    active[block.starts[1:] - 1] = 0
    active[(active > longest_ms) | block.is_action("pause", "gap_start")] = 0
    app = block.app
    motor, model = _modelled(block, app)
    talks = talking(block, slack_ms)
    talk = _before_each(active * talks) / 1000 if talks.any() else np.zeros(len(block) + 1)
    before = Totals(_before_each(motor), _before_each(model), talk)
    return Timeline(
        block, agent, app, _before_each(active), before, block.is_action(*FINISHING, "switch"), _acts(block), block.is_action(*BY_KEYS), leads_ms
    )  # fmt: skip


def _acts(block: SessionBlock) -> Places:
    """Row of each event, or of the input before it where it is a change without keys of its own."""
    acted = np.arange(len(block))
    change = np.flatnonzero((block.action == ACTION_CODES["change"]) & (block.keys < 0))
    before = np.maximum(change - 1, 0)
    late = (block.action[before] == ACTION_CODES["input"]) & (block.field[before] == block.field[change]) & (block.field[change] >= 0)
    late &= block.session_of[before] == block.session_of[change]
    acted[change[late]] -= 1
    return acted


def _before_each(values: NDArray[np.generic]) -> Numbers:
    totals = np.zeros(len(values) + 1)
    np.cumsum(values, out=totals[1:], dtype=np.float64)
    return totals


def _modelled(block: SessionBlock, app: NDArray[np.int32]) -> tuple[Numbers, Numbers]:
    """
    Motor seconds of each event by the keystroke-level model (keys and pointing), and with what the mind needs before it.

    That is M before the first event in another application and before typing into a field. A focus that a click follows is that click; a
    focus on a cell is one.
    """
    field, action = block.field, block.action
    same = np.ones(len(block), dtype=np.bool_)
    same[block.starts[:-1]] = False
    motor = np.array([MOTOR_S.get(name, 0.0) for name in ACTIONS])[action]
    focus = np.flatnonzero(action == ACTION_CODES["focus"])
    after = np.minimum(focus + 1, len(block) - 1)
    clicked = (
        (action[after] == ACTION_CODES["click"]) & (field[after] == field[focus]) & (field[focus] >= 0) & same[after] & (after > focus)
    )
    in_cell = np.append(np.isin(block.places.field_role, role_codes("cell")), np.False_)[field[focus]]
    motor[focus] = np.where(clicked, 0.0, np.where(in_cell, MOTOR_S["click"], MOTOR_S["focus"]))
    keyed = np.flatnonzero(block.is_action("input", "change"))
    motor[keyed] += np.maximum(block.keys[keyed], 0) * KEY_S
    former = np.maximum(keyed - 1, 0)
    begun = (action[former] == ACTION_CODES["input"]) | (action[former] == ACTION_CODES["paste"])
    goes_on = same[keyed] & (field[former] == field[keyed]) & (field[keyed] >= 0) & begun
    thinks = np.zeros(len(block), dtype=np.bool_)
    thinks[keyed[~goes_on]] = True
    thinks[1:] |= (app[1:] != app[:-1]) & same[1:]
    return motor, motor + thinks * MENTAL_S
