"""
What goes wrong in a recording: rows that are missing, rows that are there twice, and a clock that jumps.

The truth is that of the work, not of the recording: nothing here changes a saving.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.simulated.recording import Row
from tests.simulated.streams import Stream

__all__ = ["Spoilt", "spoil"]

FOCUS_MISSING: Final = 0.02
FOCUS_TWICE: Final = 0.01
JUMP_SHARE: Final = 0.25  # of the sessions
JUMP_S: Final = (600.0, 5400.0)
SAID_SHARE: Final = 0.5  # of the jumps


@dataclass(frozen=True, slots=True)
class Spoilt:
    """
    The rows as they were recorded.

    Args:

        rows: The rows.

        origin: Which row of the work each is; None for a row that only speaks of the recording.

        place: For each row of the work, the recorded row it is, or the one that comes next.
    """

    rows: list[Row]
    origin: list[int | None]
    place: list[int]


def spoil(rows: list[Row], draw: Stream) -> Spoilt:
    """Lose, double and shift some rows."""
    jump_at = draw.whole(1, len(rows) - 1) if rows and draw.happens(JUMP_SHARE) else -1
    jump_s, said = draw.between(*JUMP_S), draw.happens(SAID_SHARE)
    done = Spoilt([], [], [])
    late = 0.0
    for at, row in enumerate(rows):
        if at == jump_at:
            late = jump_s
            for gap in _gap(rows[at - 1], row.t + late) if said else ():
                done.rows.append(gap)
                done.origin.append(None)
        done.place.append(len(done.rows))
        for _ in range(_times(row, draw)):
            done.rows.append(row._replace(t=row.t + late) if late else row)
            done.origin.append(at)
    return done


def _times(row: Row, draw: Stream) -> int:
    """How often a row is recorded."""
    if row.action != "focus":
        return 1
    share = draw.share()
    return 0 if share < FOCUS_MISSING else 2 if share < FOCUS_MISSING + FOCUS_TWICE else 1


def _gap(before: Row, until: float) -> Iterator[Row]:
    """The recorder says that it saw nothing for a while."""
    yield Row(before.t, "gap_start", before.app, before.screen)
    yield Row(until, "gap_end", before.app, before.screen)
