"""How often work changes from one application to another: a matrix, and what a change costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from shadow.report.disclosure import Amount, Range, Result
from shadow.report.figures.blocks import Block, Column, Note, Section, Table, cells, figure
from shadow.report.figures.svg import ACCENT, MUTED, PALE, Drawing, wrap
from shadow.report.texts import Words, size

__all__ = ["Matrix", "matrix_chart", "switches_data", "switches_section"]

DRAWN: Final = 6
LISTED: Final = 12
# The ground of the commonest change; text on it still stands 4.5:1 from it.
DARKEST: Final = 0.4
CELL: Final = 40.0


@dataclass(frozen=True, slots=True)
class Matrix:
    """Applications, and changes per case from each (outer) to each (inner); None where none was seen or measured. `more` are not shown."""

    apps: tuple[str, ...]
    per_case: tuple[tuple[Amount, ...], ...]
    more: int


def switches_section(result: Result, words: Words) -> Section:
    """How often work changes from one application to another."""
    matrix = switches_data(result, words)
    topic = words.say("Changes of application")
    if not matrix.apps:
        return Section("switches", topic, words.say("Changes of application were not measured"), ())
    study = result["study"]
    caption = words.say(
        "Changes per case from the application of the row to that of the column, mean over all cases; the darker, the more. {cases} cases, {agents} agents.",
        cases=words.number(study["cases"]),
        agents=words.number(study["agents"]),
    )
    if matrix.more:
        caption += " " + words.count("{n} application with fewer is left out.", "{n} applications with fewer are left out.", matrix.more)
    label = words.say("Changes of application per case, from row to column; the table below has the figures")
    chart = figure(lambda drawing: matrix_chart(drawing, matrix, words, label), "switches", caption)
    return Section("switches", topic, _title(result, words), (chart, _table(matrix, words), *_cost(result, words), *_trips(result, words)))


def _title(result: Result, words: Words) -> str:
    known = [row for row in result["switches"] if row["per_case"] is not None]
    most = max(known, key=lambda row: size(row["per_case"]))
    pair = {"a": words.app(most["source_app"]), "b": words.app(most["target_app"])}
    if isinstance(most["per_case"], Range):
        return words.say("Changes of application go most often from {a} to {b}", **pair)
    n = words.number(sum(row["per_case"] for row in known), 1)
    return words.say("{n} changes of application per case, most often from {a} to {b}", n=n, **pair)


def switches_data(result: Result, words: Words) -> Matrix:
    """The applications with the most changes, most first."""
    known = {
        (words.app(row["source_app"]), words.app(row["target_app"])): row["per_case"]
        for row in result["switches"]
        if row["per_case"] is not None
    }
    weight: dict[str, float] = {}
    for pair, per_case in known.items():
        for app in pair:
            weight[app] = weight.get(app, 0.0) + size(per_case)
    apps = tuple(sorted(weight, key=lambda app: -weight[app]))
    drawn = apps[:DRAWN]
    return Matrix(drawn, tuple(tuple(known.get((source, target)) for target in drawn) for source in drawn), len(apps) - len(drawn))


def matrix_chart(drawing: Drawing, matrix: Matrix, words: Words, label: str) -> Markup:
    """A square for each pair; on a telephone the columns have the numbers of the rows."""
    left, top = (0.0, 22.0) if drawing.narrow else (190.0, 42.0)
    step = 62.0 if drawing.narrow else CELL
    width = (drawing.width - left) / len(matrix.apps)
    most = max((size(per_case) for row in matrix.per_case for per_case in row), default=1.0) or 1.0
    for place, app in enumerate(matrix.apps):
        middle = left + width * (place + 0.5)
        lines = [words.number(place + 1)] if drawing.narrow else wrap(app, width - 10, 12)
        for index, line in enumerate(reversed(lines)):
            drawing.text(middle, top - 8 - 15 * index, line, 12, anchor="middle", fill=MUTED)
    for row, source in enumerate(matrix.apps):
        y = top + step * row
        name = f"{words.number(row + 1)}  {source}" if drawing.narrow else source
        drawing.text(
            0, y + (14 if drawing.narrow else 25), name, 12 if drawing.narrow else 13, room=(drawing.width if drawing.narrow else left) - 14
        )
        _cells(drawing, matrix.per_case[row], (left, y + step - CELL, width), most, words)
    return drawing.render(top + step * len(matrix.apps) + 2, label)


def _cells(drawing: Drawing, row: Sequence[Amount], place: tuple[float, float, float], most: float, words: Words) -> None:
    """One row of squares; where nothing was seen the square is pale and empty."""
    left, y, width = place
    small = 11 if drawing.narrow else 13
    for column, per_case in enumerate(row):
        x = left + width * column
        drawing.rect(x + 1, y + 1, width - 2, CELL - 2, PALE)
        if per_case is not None:
            opacity = DARKEST * size(per_case) / most
            drawing.path(f"M{x + 1:.1f} {y + 1:.1f}h{width - 2:.1f}v{CELL - 2:.0f}h{2 - width:.1f}Z", ACCENT, opacity=opacity)
            drawing.text(x + width / 2, y + 25, _short(per_case, words), small, room=width - 4, anchor="middle")


def _short(per_case: Amount, words: Words) -> str:
    return words.number(per_case, 0 if isinstance(per_case, Range) and per_case.low >= 1 else 2)


def _table(matrix: Matrix, words: Words) -> Table:
    columns = (Column(words.say("From, down; to, across")), *(Column(app, number=True) for app in matrix.apps))
    body = tuple(
        cells(source, *("–" if per_case is None else words.number(per_case, 2) for per_case in row))
        for source, row in zip(matrix.apps, matrix.per_case, strict=True)
    )
    return Table(words.say("Changes per case; a dash where none was seen"), columns, body)


def _cost(result: Result, words: Words) -> list[Block]:
    """What a change costs, the way there and finding one's bearings."""
    cost = result["switching"]
    if cost["across_s"] is None:
        return []
    said = {"seconds": words.seconds(cost["across_s"])}
    per_case = [row["per_case"] for row in result["switches"] if row["per_case"] is not None]
    if cost["across_ci90"] and not isinstance(cost["across_s"], Range):
        sentences = [
            words.say(
                "A change of application adds {seconds} between two acts, 90% interval {span}. That is {total} of a case.",
                span=words.number(Range(*cost["across_ci90"]), 1),
                total=words.seconds(cost["across_s"] * sum(per_case)),
                **said,
            )
        ]
    else:
        sentences = [words.say("A change of application adds {seconds} between two acts.", **said)]
    if cost["after_s"] is not None:
        sentences.append(
            words.say("{seconds} of it comes after the other application is in front.", seconds=words.seconds(cost["after_s"]))
        )
    return [Note(" ".join(sentences))]


def _trips(result: Result, words: Words) -> list[Block]:
    rows = [row for row in result["friction"]["app"] if row["switches_in"] is not None]
    if not rows:
        return []
    caption = words.say("Applications, counted over the whole study. A round trip goes there and straight back.")
    columns = (
        Column(words.say("Application")),
        Column(words.say("Times opened"), number=True),
        Column(words.say("Round trips"), number=True),
    )
    body = tuple(cells(words.app(row["app"]), words.number(row["switches_in"]), words.number(row["round_trips"])) for row in rows[:LISTED])
    return [Table(caption, columns, body)]
