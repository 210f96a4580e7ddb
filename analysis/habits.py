"""
How the work is usually done, as sums over sessions.

What each agent needs to get to the next thing, and what a field usually gets.

An agent's figures are here because the pace of what remains rests on them; they leave only as what they scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from analysis.friction import fillable_fields
from analysis.kernel.values import TimeCounts, times_at
from analysis.spans import opens, packed, run_lengths
from analysis.switching import agent_kinds, waits_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from analysis.kernel.aggregates import StudySums
    from analysis.kernel.columns import Dimensions, SessionBlock
    from analysis.kernel.pieces import Pieces
    from analysis.thresholds import Thresholds

    Places = NDArray[np.int64]
    Numbers = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Whole = NDArray[np.signedinteger]

__all__ = ["Habits", "fields_passed_over", "last_entries", "tells_states", "usual_entries"]

# Where no move was seen: pointing and pressing, as the keystroke-level model has it.
MOVE_S: Final = 1.3
FINISHING: Final = ("change", "select", "paste", "copy", "submit")
BY_KEYS: Final = ("input", "change", "paste", "copy")
# What is written into these is never the same for long.
FREE_TEXT: Final = ("cell", "text", "document")


@dataclass(slots=True)
class Habits:
    """
    Sums over the sessions added so far.

    Args:

        places: The study's places.

        agents: Agents of the study, in order.

        clocks_ms: Longest gaps that count, one for each clock that savings are told by.

        lead_ln, lead_ln2, n_leads: Times from finished acts to the next event, as sums of the logarithms of their ms and of the squares of
            these, and how many: clock x same system (no, yes) x made with the keys (no, yes) x agent.

        waits: Waits before acts (`analysis.switching`), in ms, by agent and kind.

        n_entries, n_usual: For each field, cases in which it was entered last with a known value, and with the value that is usual in the
            session; sessions in which it was entered once say nothing of it.

        once: For each field, the cases worked on its screen in those sessions.

        worked: For each screen, cases in which a value was entered on it.
    """

    places: Dimensions
    agents: Places
    clocks_ms: tuple[int, ...]
    lead_ln: Numbers
    lead_ln2: Numbers
    n_leads: Places
    n_entries: Places
    n_usual: Places
    once: Places
    worked: Places
    waits: TimeCounts

    @classmethod
    def of(cls, places: Dimensions, agents: Places, clocks_ms: Sequence[int]) -> Habits:
        """Nothing added yet."""
        n_fields, shape = len(places.field_role), (len(clocks_ms), 2, 2, len(agents))
        n_entries, n_usual, once = (np.zeros(n_fields, dtype=np.int64) for _ in range(3))
        return cls(
            places, agents, tuple(clocks_ms), np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=np.int64),
            n_entries, n_usual, once, np.zeros(len(places.screen_app), dtype=np.int64), TimeCounts.empty(),
        )  # fmt: skip

    def add(self, work: Pieces, agent: Places) -> None:
        """
        Add some sessions.

        Args:

            work: What was found in them.

            agent: Agent of each of the block's sessions, as an index into `agents`.
        """
        for clock, longest in enumerate(self.clocks_ms):
            self._add_leads(work.block, agent, clock, longest)
        self._add_entries(work)
        waits = waits_of(work.block)
        self.waits.add(times_at(agent_kinds(agent[work.block.session_of[waits.row]], waits.kind), waits.wait_ms))

    def _add_leads(self, block: SessionBlock, agent: Places, clock: int, longest: int) -> None:
        finished = np.flatnonzero(block.is_action(*FINISHING)[:-1])
        gap, app, field = block.t_ms[finished + 1] - block.t_ms[finished], block.app, block.field
        stays = app[finished] == app[finished + 1]
        other = (field[finished] != field[finished + 1]) & (field[finished] >= 0) & (field[finished + 1] >= 0)
        session = block.session_of
        moves = (session[finished] == session[finished + 1]) & (~stays | other) & (gap >= 1) & (gap <= longest)
        finished, gap, stays = finished[moves], gap[moves], stays[moves]
        keys = block.is_action(*BY_KEYS)[finished]
        shape = self.n_leads.shape[1:]
        cell = np.ravel_multi_index((stays.astype(np.int64), keys.astype(np.int64), agent[session[finished]]), shape)
        n_cells = int(np.prod(shape))
        ln = np.log(gap)
        self.lead_ln[clock] += np.bincount(cell, weights=ln, minlength=n_cells).reshape(shape)
        self.lead_ln2[clock] += np.bincount(cell, weights=ln * ln, minlength=n_cells).reshape(shape)
        self.n_leads[clock] += np.bincount(cell, minlength=n_cells).reshape(shape)

    def _add_entries(self, work: Pieces) -> None:
        block, places = work.block, self.places
        rows = last_entries(work, np.ones(len(places.field_role), dtype=np.bool_))
        session, field = block.session_of[rows], block.field[rows]
        number = work.cases.number(rows, block.case_no[rows])
        screen, case = packed(block.screen[rows], number)
        first = opens(screen, case)
        of_case = np.searchsorted(work.cases.offset, case[first], side="right") - 1
        n_screens = len(places.screen_app)
        worked = np.bincount(of_case * n_screens + screen[first], minlength=len(block.sessions) * n_screens)
        self.worked += worked.reshape(-1, n_screens).sum(axis=0)
        (of_session, of_field), n, n_usual, _ = usual_entries(session, field, block.mark(rows))
        several = n > 1
        np.add.at(self.n_entries, of_field[several], n[several])
        np.add.at(self.n_usual, of_field[several], n_usual[several])
        once = worked[of_session[~several] * n_screens + places.field_screen[of_field[~several]]]
        np.add.at(self.once, of_field[~several], once)

    def leads_ms(self, clock: int, switch_s: float) -> Numbers:
        """
        Mean ms from a finished act to the next event: same system (no, yes) x made with the keys (no, yes) x agent.

        Where no act of one hand was followed by such a way, one of the other hand says more than a figure from elsewhere: `switch_s` to
        another system. The mean is that of a log-normal: a few interruptions hardly move it, and somebody who is slow at everything needs
        no limit of their own.
        """
        known, n = self.n_leads[clock] > 0, np.maximum(self.n_leads[clock], 1)
        mean = self.lead_ln[clock] / n
        means = np.where(known, np.exp(mean + np.maximum(self.lead_ln2[clock] / n - mean**2, 0.0) / 2), np.nan)
        for same in (0, 1):
            seen = means[same][known[same]]
            elsewhere = 1000 * (MOVE_S if same else switch_s)
            middles = [means[same, keys][known[same, keys]] if known[same, keys].any() else seen for keys in (0, 1)]
            for keys, middle in enumerate(middles):
                means[same, keys][~known[same, keys]] = np.median(middle) if len(middle) else elsewhere
        return means

    def constant_fields(self, thresholds: Thresholds) -> Bools:
        """
        Fields that nearly always get the same value.

        The share is of the cases in which the field's screen was worked on, because a default would be wrong wherever the field is left
        empty.
        """
        worked = self.worked[self.places.field_screen] - self.once
        share = np.divide(self.n_usual, worked, out=np.zeros(len(worked)), where=worked > 0)
        constant: Bools = (self.n_entries > 0) & (share >= thresholds.const_share) & (self.n_entries >= thresholds.min_pair_cases)
        return constant


def fields_passed_over(sums: StudySums, thresholds: Thresholds) -> Bools:
    """Fields that could be filled and are nearly always passed over."""
    told, passed = sums.fields["case_told"], sums.fields["case_passed"]
    share = np.divide(passed, told, out=np.zeros(len(told)), where=told > 0)
    often: Bools = (told > 0) & (share >= thresholds.passed_over_share) & (told >= thresholds.min_pair_cases)
    return often & fillable_fields(sums)


def tells_states(block: SessionBlock) -> Bools:
    """Whether the log of each session tells the state of any field."""
    told = np.zeros(len(block.sessions), dtype=np.bool_)
    if len(block):
        told[:] = np.logical_or.reduceat(block.filled >= 0, block.starts[:-1])
    return told


def last_entries(work: Pieces, fields: Bools) -> Places:
    """Rows of the last edit with a known value of each of some fields in each case, in order of case and field; free text is left out."""
    block = work.block
    one_value = fields & ~block.places.field_has_role(*FREE_TEXT)
    rows = work.edits.row[(block.case_no[work.edits.row] > 0) & one_value[work.edits.field]]
    rows = rows[block.mark(rows) >= 0]
    case, field, rows = packed(work.cases.number(rows, block.case_no[rows]), block.field[rows], rows)
    ends = np.ones(len(rows), dtype=np.bool_)
    ends[:-1] = opens(case, field)[1:]
    return rows[ends]


def usual_entries(session: Whole, field: Whole, mark: Whole) -> tuple[tuple[Places, Places], Places, Places, Places]:
    """
    The usual value of each field in each session: the one entered most often, of several the one seen first.

    Returns:

        Session and field, and for each of these pairs: how many entries, how many with the usual value, and its mark.
    """
    of_session, of_field, marks = packed(session, field, mark)
    begin = np.flatnonzero(opens(of_session, of_field, marks))
    n = run_lengths(begin, len(marks))
    of_session, of_field, marks = of_session[begin], of_field[begin], marks[begin]
    pair = np.flatnonzero(opens(of_session, of_field))
    of_pair = np.repeat(np.arange(len(pair)), run_lengths(pair, len(begin)))
    n_entries = np.bincount(of_pair, weights=n, minlength=len(pair)).astype(np.int64)
    most = np.maximum.reduceat(n, pair) if len(pair) else n
    usual = np.flatnonzero(n == most[of_pair])
    usual = usual[opens(of_pair[usual])]
    return (of_session[pair], of_field[pair]), n_entries, most, marks[usual]
