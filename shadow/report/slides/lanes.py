"""
The typical case as a native chart: a lane for each application, drawn where its stays lie in time.

    Helpdesk   |#####|          |=======|      # work   = re-entry   (gaps: in another application)
    Billing          |==|###|===|

A chart of bars stacks series, so the lanes share rounds of three: work, gap, re-entry. What a lane does not have of a round is 0 long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shadow.report.figures.svg import ACCENT, MIDDLE
from shadow.report.figures.typical_case import Stay, case_data
from shadow.report.page import Page
from shadow.report.slides.charts import Chart, Lying, Part

__all__ = ["case_lanes"]

WORK, GAP, REENTRY = range(3)
# A chart can have 255 series.
MOST_ROUNDS: Final = 80

Run = tuple[int, float]


def case_lanes(page: Page, caption: str) -> Chart | None:
    """The lanes of the case; None if it goes to and fro too often for a chart."""
    words = page.words
    del caption  # it is about a clock below the lanes
    lanes, stays = case_data(page.result, words)
    mine = [[stay for stay in stays if stay.lane == index] for index in range(len(lanes))]
    rounds = [_rounds(_runs(of_lane)) for of_lane in mine]
    most = max(map(len, rounds), default=0)
    if most > MOST_ROUNDS:
        return None
    bars = [
        Lying(lane.app, of_lane[0].start, _lengths(made, most), words.seconds(lane.seconds))
        for lane, of_lane, made in zip(lanes, mine, rounds, strict=True)
    ]
    parts = (Part(words.say("work"), MIDDLE), Part(words.say("in another application"), None), Part(words.say("re-entry"), ACCENT))
    said = words.say("Seconds from the start of one recorded case, the one most like all others in length and course.")
    return Chart(said, tuple(bars), parts * most, unit="s")


def _runs(stays: Sequence[Stay]) -> list[Run]:
    """What a lane does one after the other, gaps between its stays too, and for how many seconds."""
    runs: list[Run] = []
    at = stays[0].start
    for stay in stays:
        what = REENTRY if stay.reentry else WORK
        for part, seconds in ((GAP, stay.start - at), (what, stay.end - stay.start)):
            if seconds > 0 and runs and runs[-1][0] == part:
                runs[-1] = (part, runs[-1][1] + seconds)
            elif seconds > 0:
                runs.append((part, seconds))
        at = stay.end
    return runs


def _rounds(runs: Sequence[Run]) -> list[list[float]]:
    """The runs dealt out to rounds of work, gap and re-entry, in their order."""
    rounds: list[list[float]] = []
    last = REENTRY
    for part, seconds in runs:
        if part <= last:
            rounds.append([0.0, 0.0, 0.0])
        rounds[-1][part] = seconds
        last = part
    return rounds


def _lengths(rounds: Sequence[Sequence[float]], most: int) -> tuple[float, ...]:
    """The rounds one behind the other, with empty ones up to so many."""
    lengths = [length for of_round in rounds for length in of_round]
    return tuple(lengths + [0.0] * (3 * most - len(lengths)))
