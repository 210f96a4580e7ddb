"""
What the runs say, as rows of a table: each figure, its ratio to the scan of the same run, and its budget where it has one.

The budgets are the project's own: for ratios and memory at 10 million events. At other sizes they are shown beside the figures for
comparison, and a miss is counted all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.bench.running import Run, Stage

__all__ = ["BUDGETS", "LARGE", "Limit", "Row", "held", "rows_of", "summed"]

# From here on the budget of memory is that for 100M events.
LARGE: Final = 50_000_000
# Beyond this no digits behind the point.
DIGITS_BELOW: Final = 1000


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that something may take, or with `at_least` the least it must reach, in `unit`."""

    most: float
    unit: str
    at_least: bool = False

    def missed_by(self, value: float) -> float | None:
        """How many times over (or under) the limit a value is; None if it keeps it."""
        over = self.most / value if self.at_least else value / self.most
        return over if over > 1 else None


BUDGETS: Final[dict[str, tuple[Limit, ...]]] = {
    "concepts": (Limit(3.0, "x scan"),),
    "everything": (Limit(8.0, "x scan"), Limit(0.8, "GB")),
    "everything, 100M": (Limit(8.0, "x scan"), Limit(1.0, "GB")),
    "incremental": (Limit(1.0, "s"),),
    "cache": (Limit(0.03, "of the store"),),
    "store": (Limit(12.0, "bytes an event"),),
    "import": (Limit(500_000, "rows a second", at_least=True),),
}


@dataclass(frozen=True, slots=True)
class Row:
    """
    One line of the table.

    Args:

        what: What was done.

        cpu_s: CPU seconds, user and system; None if not measured.

        wall_s: Wall seconds.

        peak_mb: Highest resident memory of its process so far, libraries included.

        ratio: CPU seconds as a multiple of the scan's.

        note: What else is to be said, such as what was found; or why there is no figure.

        misses: One clause for each budget that is missed.
    """

    what: str
    cpu_s: float | None = None
    wall_s: float | None = None
    peak_mb: float | None = None
    ratio: float | None = None
    note: str = ""
    misses: tuple[str, ...] = ()


def rows_of(run: Run, names: dict[str, str], scan_s: float | None) -> list[Row]:
    """The stages of a run as rows, under the names given; the last row says why the run did not come to its end, if it did not."""
    rows = [_row(names[stage.stage], stage, scan_s) for stage in run.stages if stage.stage in names]
    if run.fault:
        missing = [name for key, name in names.items() if key not in {stage.stage for stage in run.stages}]
        rows.append(Row(", ".join(missing), note=run.fault))
    return rows


def _row(what: str, stage: Stage, scan_s: float | None) -> Row:
    ratio = stage.cpu_s / scan_s if scan_s else None
    note = ", ".join(f"{fact:,} {name}" if isinstance(fact, int) else f"{name} {fact}" for name, fact in stage.facts.items())
    return Row(what, stage.cpu_s, stage.wall_s, stage.peak_mb, ratio, note)


def summed(what: str, run: Run, scan_s: float | None, note: str = "") -> Row:
    """All stages of a run as one row; the reason instead if it did not come to its end, which misses any budget."""
    if run.fault:
        return Row(what, note=run.fault, misses=(f"{what}: {run.fault}",))
    cpu_s, wall_s = sum(stage.cpu_s for stage in run.stages), sum(stage.wall_s for stage in run.stages)
    peaks = [stage.peak_mb for stage in run.stages if stage.peak_mb is not None]
    return Row(what, cpu_s, wall_s, max(peaks, default=None), cpu_s / scan_s if scan_s else None, note)


def held(row: Row, budget: str, more: Mapping[str, float] | None = None) -> Row:
    """
    A row held against a budget.

    Args:

        row: What was measured.

        budget: Key of BUDGETS.

        more: Values beside its ratio, memory and time that the budget asks for, by unit.
    """
    gb = None if row.peak_mb is None else row.peak_mb / 1000
    values = {"x scan": row.ratio, "GB": gb, "s": row.wall_s, **(more or {})}
    said = list(row.misses)
    for limit in BUDGETS[budget]:
        value = values.get(limit.unit)
        over = None if value is None else limit.missed_by(value)
        if value is not None and over is not None:
            wanted = "at least" if limit.at_least else "at most"
            shown = f"{value:,.{0 if value > DIGITS_BELOW else 2}f}"
            said.append(f"{row.what}: {shown} {limit.unit}, budget {wanted} {limit.most:,g}: {over:.1f} times off")
    return replace(row, misses=tuple(said))
