"""
Which events belong to which case, and how that is known.

Each session is cut in the first way that applies to it: cases `given` by the log; by a `case_id` seen on screen; by the `completion` of
a case (submit and what follows); or `cut` by the loops of the work. Events may belong to no case: they are left out, and counted.

    a session that tells its cases      its own rows say which            (known_cases)
    one that does not                   all such sessions are looked at   (found_cases), when the first of them is asked for
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from analysis.found_cases import found_in
from analysis.kernel.reading import read_events
from analysis.known_cases import COMPLETION, CUT, known_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from shadow.study import Study

__all__ = ["HOW", "StudyCases", "assign_cases"]

HOW: Final = ("given", "case_id", "completion", "cut")


class StudyCases:
    """
    The cases of a study, asked some whole sessions at a time.

    Args:

        study: The study; of sessions that tell their cases nothing is read here.
    """

    columns = ("given_case", "case_mark")

    def __init__(self, study: Study) -> None:
        self._study = study
        self._ways: dict[int, int] = {}
        self._found: dict[int, _Session] | None = None

    def numbers(self, sessions: NDArray[np.int32], starts: NDArray[np.int64], events: pl.DataFrame) -> NDArray[np.int32]:
        """Case of each event of some whole sessions: `analysis.kernel.reading.CaseSource`."""
        known = known_cases(starts, events)
        for index, (session, way) in enumerate(zip(sessions.tolist(), known.ways.tolist(), strict=True)):
            self._ways[session] = way
            if way >= COMPLETION:
                known.case_no[starts[index] : starts[index + 1]] = self._look_for()[session].case_no
        return known.case_no

    def how(self, session: NDArray[np.int32], case_no: NDArray[np.int32]) -> NDArray[np.uint8]:
        """How cases of sessions that were asked for were found, or what belongs to none (0) was not: an index into HOW."""
        ways = np.zeros(int(session.max(initial=0)) + 1, dtype=np.uint8)
        asked = np.unique(session)
        ways[asked] = [self._ways[number] for number in asked.tolist()]
        how: NDArray[np.uint8] = ways[session]
        for number in asked[ways[asked] >= COMPLETION].tolist():
            rows = np.flatnonzero(session == number)
            how[rows] = self._look_for()[number].how[case_no[rows]]
        return how

    def digest(self, sessions: Sequence[int]) -> bytes:
        """
        A digest of the cases of those among some sessions that tell none themselves; empty if there are none such.

        Other sessions may change them, for they are found by what is done again and again.
        """
        found = hashlib.blake2b(digest_size=16)
        looked_for = {session: self._look_for()[session] for session in sessions if self._tells_none(session)}
        for session, cases in looked_for.items():
            found.update(b"%d " % session + cases.case_no.tobytes() + cases.how.tobytes())
        return found.digest() if looked_for else b""

    def _tells_none(self, session: int) -> bool:
        """Whether a session's cases are to be found; one that was not asked for yet is looked at."""
        if session not in self._ways:
            self._ways |= dict(_ways(self._study))
        return self._ways[session] >= COMPLETION

    def _look_for(self) -> dict[int, _Session]:
        """The cases of all sessions that tell none; looked for once."""
        if self._found is None:
            self._found = {}
            self._ways |= dict(_ways(self._study))
            for way in (COMPLETION, CUT):
                sessions = np.array([session for session, found in sorted(self._ways.items()) if found == way], dtype=np.int32)
                if len(sessions):
                    self._found |= _sessions_found(self._study, sessions, completed=way == COMPLETION)
        return self._found


class _Session:
    """The cases found in one session: of each event, and how each case was found; the first place of `how` is for events without."""

    __slots__ = ("case_no", "how")

    def __init__(self, case_no: NDArray[np.int32], is_cut: NDArray[np.bool_]) -> None:
        self.case_no = case_no
        self.how = np.full(int(case_no.max(initial=0)) + 1, COMPLETION, dtype=np.uint8)
        self.how[case_no[is_cut]] = CUT


def _sessions_found(study: Study, sessions: NDArray[np.int32], *, completed: bool) -> dict[int, _Session]:
    found = found_in(study, sessions, completed=completed)
    sizes = {header.session: header.n_events for header in study.catalogue.sessions}
    ends = np.cumsum([sizes[session] for session in sessions.tolist()])
    case_no = found.case.astype(np.int32)
    parts = (np.split(values, ends[:-1]) for values in (case_no, found.is_cut))
    return {session: _Session(*part) for session, part in zip(sessions.tolist(), zip(*parts, strict=True), strict=True)}


def _ways(study: Study) -> Iterator[tuple[int, int]]:
    """How each session of a study with events is cut, in session order."""
    for sessions, starts, events in read_events(study, ("action", *StudyCases.columns)):
        yield from zip(sessions.tolist(), known_cases(starts, events).ways.tolist(), strict=True)


def assign_cases(study: Study) -> pl.DataFrame:
    """
    Case of every event of a study, as one table.

    Returns:

        One row per event, in session and seq order: session, seq, case_no (Int32, from 1 within the session; null = belongs to none), how
        (one of HOW).
    """
    cases, frames = (
        StudyCases(study),
        [pl.DataFrame(schema=dict.fromkeys(("session", "seq", "case_no"), pl.Int32) | {"how": pl.String})],
    )
    for sessions, starts, events in read_events(study, ("session", "seq", "action", *StudyCases.columns)):
        session, case_no = events["session"].to_numpy(), cases.numbers(sessions, starts, events)
        how = pl.Series(HOW).gather(cases.how(session, case_no))
        numbers = pl.Series(case_no).replace(0, None)
        frames.append(events.select("session", "seq").with_columns(case_no=numbers, how=how))
    return pl.concat(frames)
