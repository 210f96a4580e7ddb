"""Documents as tables for people: the columns that matter at a glance; `--json` has them all."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["print_rows", "print_table"]

Row = dict[str, Any]
Column = tuple[str, "Callable[[Row], str]"]

# Wide enough that nothing is cut off in a pipe or a file.
PIPE_WIDTH: Final = 240


def _number(name: str, digits: int = 1) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else f"{row[name]:,.{digits}f}"


def _whole(name: str) -> Callable[[Row], str]:
    return _number(name, 0)


def _share(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else f"{row[name]:.0%}"


def _text(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else str(row[name])


def _field(row: Row) -> str:
    return " · ".join(part for part in (row["app"], row["screen"], row["label"] or row["field"]) if part)


def _span(name: str) -> Callable[[Row], str]:
    return lambda row: "-" if row[name] is None else f"{row[name][0]:.3f} to {row[name][1]:.3f}"


COLUMNS: Final[dict[str, tuple[Column, ...]]] = {
    "cases": (
        ("session", _text("session")), ("case", _text("case")), ("start s", _number("start")), ("seconds", _number("seconds")),
        ("events", _whole("events")), ("apps", _whole("apps")), ("how", _text("how")),
    ),
    "friction screen": (
        ("app", _text("app")), ("screen", _text("screen")), ("s/case", _number("dwell_s_per_case")), ("excess s/case", _number("excess_s_per_case")),
        ("visits", _whole("visits")), ("median s", _number("dwell_s_median")), ("p90 s", _number("dwell_s_p90")),
        ("returns/case", _number("returns_per_case", 2)), ("corrections/case", _number("corrections_per_case", 2)),
        ("repeat clicks", _whole("repeat_clicks")), ("dead clicks", _whole("dead_clicks")), ("passed over", _whole("passed_over")),
        ("never touched", _whole("never_touched")),
    ),
    "friction field": (
        ("field", _field), ("visits", _whole("visits")), ("median s", _number("dwell_s_median")), ("hesitation s", _number("hesitation_s_median")),
        ("corrections/visit", _number("corrections_per_visit", 2)), ("returned to", _share("return_rate")), ("passed over", _share("skip_rate")),
        ("never touched", _share("never_touched_rate")), ("cases", _whole("n_cases")),
    ),
    "friction app": (
        ("app", _text("app")), ("s/case", _number("dwell_s_per_case")), ("switches in", _whole("switches_in")), ("round trips", _whole("round_trips")),
    ),
    "reentry": (
        ("from", lambda row: _field(row["source"])), ("to", lambda row: _field(row["target"])), ("mode", _text("mode")),
        ("relation", _text("relation")), ("cases", _whole("cases")), ("of all", _share("case_share")), ("times", _whole("occurrences")),
        ("s each", _number("seconds_per_occurrence")), ("s/case", _number("seconds_per_case", 2)),
    ),
    "rank": (
        ("#", _text("rank")), ("integration", _text("title")), ("min/case", _number("minutes_per_case", 3)), ("90 % interval", _span("ci90")),
        ("bounds", _span("bounds")), ("adds", _number("marginal_minutes_per_case", 3)), ("together", _number("cumulative_minutes_per_case", 3)),
        ("cases", _whole("cases")), ("agents", _whole("agents")), ("evidence", _text("evidence")), ("top 5", _share("p_top5")),
    ),
}  # fmt: skip

WORDS: Final = {
    "session",
    "how",
    "app",
    "screen",
    "field",
    "from",
    "to",
    "mode",
    "relation",
    "integration",
    "evidence",
    "setting",
    "value",
    "unit",
    "meaning",
}


def print_table(document: Row, kind: str) -> None:
    """Print the rows of a document; texts that came from a log are printed as they are, never as markup."""
    console, study = _console(), document["study"]
    console.print(f"{study['agents']} agents, {study['sessions']} sessions, {study['cases']} cases, {study['events']:,} events")
    if not document["rows"]:
        console.print("nothing found")
        return
    print_rows([name for name, _ in COLUMNS[kind]], [[cell(row) for _, cell in COLUMNS[kind]] for row in document["rows"]])


def print_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print texts in columns."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="left" if name in WORDS else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_printable(text)) for text in row))
    _console().print(table)


def _console() -> Console:
    """Standard output; NO_COLOR (no-color.org) also does without bold."""
    plain = bool(os.environ.get("NO_COLOR"))
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    return Console(file=sys.stdout, width=width, highlight=False, markup=False, color_system=None if plain else "auto")


def _printable(text: str) -> str:
    """Without control characters: a name in a log must not move the cursor."""
    return "".join(char if char.isprintable() else "?" for char in text)
