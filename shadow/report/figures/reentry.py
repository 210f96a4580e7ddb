"""Values entered a second time: the flow between the systems, labelled by field, and the table behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from shadow.report.disclosure import Result, Row
from shadow.report.figures.blocks import Block, Cell, Column, Figure, Note, Section, Table, cells, figure
from shadow.report.figures.svg import ACCENT, INK, LIGHT, MUTED, Drawing
from shadow.report.texts import Words, size

__all__ = ["End", "Flow", "flow_chart", "flow_data", "mode_in_words", "reentry_section", "relation_in_words", "seconds_caption"]

DRAWN = 12
LISTED = 25

HEAD = 30  # room above the first flow of a system, for its name
THICKEST = 46


@dataclass(frozen=True, slots=True)
class End:
    """One end of a flow: system, field (or screen), and where it is drawn."""

    app: str
    label: str
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class Flow:
    """One pair: seconds per case are its width; `typed` ones are hatched."""

    source: End
    target: End
    seconds: float
    text: str
    typed: bool


def reentry_section(result: Result, words: Words) -> Section:
    """The re-entry between systems."""
    rows = result["reentry"]
    if not rows:
        nothing = words.say("No value was seen to be entered in a second system often enough to be told from chance.")
        return Section("reentry", words.say("Re-entry"), words.say("No re-entry between systems was found"), (Note(nothing),))
    blocks: list[Block] = [Note(_meaning(words)), _figure(rows, words, result), _table(rows, words)]
    return Section("reentry", words.say("Re-entry"), _title(rows, words), (*blocks, *_left_out(result, words)))


def _meaning(words: Words) -> str:
    return words.say(
        "Re-entry means that the same value is entered in a second system within one case: copied and pasted, or typed again. The time runs from the copy, or the last edit before it, to the edit in the second system."
    )


def _title(rows: Sequence[Row], words: Words) -> str:
    seconds = [row["seconds_per_case"] for row in rows if row["seconds_per_case"] is not None]
    if rows[0]["source"]["field"] is None:
        return words.count(
            "Values are entered twice between {n} pair of screens",
            "Values are entered twice between {n} pairs of screens",
            len(rows),
        )
    if not seconds:
        return words.count(
            "Values are entered twice between {n} pair of fields",
            "Values are entered twice between {n} pairs of fields",
            len(rows),
        )
    return words.count(
        "Values are entered twice between {n} pair of fields, for {s} seconds of every case",
        "Values are entered twice between {n} pairs of fields, for {s} seconds of every case",
        len(rows),
        s=words.number(sum(seconds)),
    )


def _left_out(result: Result, words: Words) -> list[Block]:
    n = result["withheld"]["reentry"]
    if not n:
        return []
    return [
        Note(
            words.count(
                "{n} pair is left out, because fewer than 3 agents stand behind it.",
                "{n} pairs are left out, because fewer than 3 agents stand behind them.",
                n,
            )
        )
    ]


# --- the table ---


def _table(rows: Sequence[Row], words: Words) -> Table:
    caption = words.say("Re-entry, longest first")
    names = (words.say("From"), words.say("To"), words.say("How"))
    numbers = (
        words.say("Of 100 cases"),
        words.say("Occurrences"),
        words.say("Seconds per case"),
        words.say("Seconds each"),
    )
    columns = (*(Column(label) for label in names), *(Column(label, number=True) for label in numbers))
    body = [_table_row(row, words) for row in rows[:LISTED]]
    if rows[0]["source"]["field"] is None:
        columns, body = columns[:-1], [row[:-1] for row in body]
    return Table(caption, columns, tuple(body))


def _table_row(row: Row, words: Words) -> tuple[Cell, ...]:
    ends = [Cell(words.field(row[side]), words.app(row[side]["app"])) for side in ("source", "target")]
    how = Cell(mode_in_words(row["mode"], words), relation_in_words(row["relation"], words))
    share, occurrences = words.hundred(row["case_share"]), words.number(row["occurrences"])
    return cells(
        *ends,
        how,
        share,
        occurrences,
        words.number(row["seconds_per_case"], 1),
        words.number(row["seconds_per_occurrence"], 1),
    )


def mode_in_words(mode: str, words: Words) -> str:
    """How a value came into the second system."""
    return {"clipboard": words.say("copied and pasted"), "typed": words.say("typed again")}.get(mode, str(mode))


def relation_in_words(relation: str | None, words: Words) -> str:
    """What the second value is to the first; nothing where it was not told."""
    known = {
        "same": words.say("the same value"),
        "reformatted": words.say("written in another form"),
        "part": words.say("a part of it"),
        "joined": words.say("joined from several"),
    }
    return known.get(relation, str(relation)) if relation else ""


def seconds_caption(result: Result, words: Words) -> str:
    """Unit and n of the seconds of a pair, where they are not drawn as a flow."""
    study = result["study"]
    counts = {"cases": words.number(study["cases"]), "agents": words.number(study["agents"])}
    return words.say("Seconds per case, mean over all cases. {cases} cases, {agents} agents.", **counts)


# --- the flow ---


def _figure(rows: Sequence[Row], words: Words, result: Result) -> Figure:
    flows, into = flow_data(rows, words), _into(rows, words)
    study = result["study"]
    counts = {"cases": words.number(study["cases"]), "agents": words.number(study["agents"])}
    caption = words.say("Width: seconds per case, over all cases. {cases} cases, {agents} agents.", **counts)
    if len(rows) > DRAWN:
        caption += " " + words.count("The {n} longest is drawn.", "The {n} longest are drawn.", DRAWN)
    key = (("band", words.say("copied and pasted")), ("band hatch", words.say("typed again")))
    label = words.say("Which values go from which system to which, by seconds per case; the table below has the figures")
    return figure(lambda drawing: flow_chart(drawing, flows, into, label), "reentry", caption, key)


def flow_data(rows: Sequence[Row], words: Words) -> list[Flow]:
    """The longest pairs, grouped by source system with the longest group first, and in it by target system."""
    flows = [_flow(row, words) for row in rows[:DRAWN]]
    sources, targets = _by_weight(flows, "source"), _by_weight(flows, "target")
    return sorted(flows, key=lambda flow: (sources.index(flow.source.app), targets.index(flow.target.app), -flow.seconds))


def _into(rows: Sequence[Row], words: Words) -> dict[str, str]:
    """Seconds per case that are entered a second time into each system; none where only ranges may be shown or something is not drawn."""
    seconds = [(words.app(row["target"]["app"]), row["seconds_per_case"]) for row in rows]
    if len(rows) > DRAWN or not all(isinstance(amount, float | int) for _, amount in seconds):
        return {}
    return {app: words.seconds(sum(amount for into, amount in seconds if into == app)) for app, _ in seconds}


def _flow(row: Row, words: Words) -> Flow:
    source, target = (End(words.app(row[side]["app"]), words.field(row[side])) for side in ("source", "target"))
    return Flow(source, target, size(row["seconds_per_case"]), words.seconds(row["seconds_per_case"]), row["mode"] == "typed")


def _by_weight(flows: Sequence[Flow], side: str) -> list[str]:
    weight: dict[str, float] = {}
    for flow in flows:
        app = getattr(flow, side).app
        weight[app] = weight.get(app, 0.0) + flow.seconds
    return sorted(weight, key=lambda app: -weight[app])


def flow_chart(drawing: Drawing, flows: Sequence[Flow], into: Mapping[str, str], label: str) -> Markup:
    """
    Systems and their fields in two columns; a band for each pair, as wide as its seconds.

    A pale bar joins the fields of a system; beside its name stands what goes into it, if `into` has it. Each field has a line of its own, so no text meets another.
    """
    side = 122.0 if drawing.narrow else 226.0
    lowest = 36.0 if drawing.narrow else 22.0
    scale = THICKEST / (max((flow.seconds for flow in flows), default=1.0) or 1.0)
    left, heads_left, low_left = _column(flows, "source", lowest, scale)
    right, heads_right, low_right = _column(sorted(flows, key=lambda flow: _order(flow, flows)), "target", lowest, scale)
    _systems(drawing, heads_left, side - 4, low_left)
    _systems(drawing, heads_right, drawing.width - side, low_right)
    for app, y in heads_left:
        drawing.text(side - 10, y, app, 13, room=side - 12, anchor="end", bold=True)
    for app, y in heads_right:
        _target_system(drawing, app, y, side, into.get(app, ""))
    for flow in flows:
        _band(
            drawing,
            replace(flow, source=left[flow.source, flow.target], target=right[flow.source, flow.target]),
            side,
            scale,
        )
    return drawing.render(max(low_left, low_right) + 6, label)


def _systems(drawing: Drawing, heads: Sequence[tuple[str, float]], x: float, lowest: float) -> None:
    """A bar from the first to the last field of each system."""
    ends = [y - HEAD + 8 for _, y in heads[1:]] + [lowest]
    for (_, y), end in zip(heads, ends, strict=True):
        drawing.rect(x, y + 8, 4, end - y - 10, LIGHT)


def _target_system(drawing: Drawing, app: str, y: float, side: float, seconds: str) -> None:
    """Name of a system, and what is entered into it a second time."""
    room = 0.0 if drawing.narrow else 74.0
    drawing.text(drawing.width - side + 10, y, app, 13, room=side - 12 - room, bold=True)
    if not drawing.narrow:
        drawing.text(drawing.width, y, seconds, 12, anchor="end", bold=True)


def _order(flow: Flow, flows: Sequence[Flow]) -> tuple[int, int]:
    return _by_weight(flows, "target").index(flow.target.app), list(flows).index(flow)


def _column(
    flows: Sequence[Flow], side: str, lowest: float, scale: float
) -> tuple[dict[tuple[End, End], End], list[tuple[str, float]], float]:
    """Place of each flow's end, of each system's name, and where the column ends."""
    ends: dict[tuple[End, End], End] = {}
    heads: list[tuple[str, float]] = []
    y, app = 0.0, None
    for flow in flows:
        end = getattr(flow, side)
        if end.app != app:
            app, y = end.app, y + HEAD
            heads.append((app, y - 8))
        height = max(flow.seconds * scale + 4, lowest)
        ends[flow.source, flow.target] = replace(end, y=y + height / 2)
        y += height
    return ends, heads, y


def _band(drawing: Drawing, flow: Flow, side: float, scale: float) -> None:
    half = max(flow.seconds * scale, 1.5) / 2
    x1, x2, y1, y2 = side, drawing.width - side, flow.source.y, flow.target.y
    middle = (x1 + x2) / 2
    upper = f"M{x1:.0f} {y1 - half:.1f}C{middle:.0f} {y1 - half:.1f} {middle:.0f} {y2 - half:.1f} {x2:.0f} {y2 - half:.1f}"
    lower = f"V{y2 + half:.1f}C{middle:.0f} {y2 + half:.1f} {middle:.0f} {y1 + half:.1f} {x1:.0f} {y1 + half:.1f}Z"
    tip = f"{flow.source.app}: {flow.source.label} → {flow.target.app}: {flow.target.label}, {flow.text}"
    drawing.path(upper + lower, drawing.hatch if flow.typed else ACCENT, opacity=0.55 if flow.typed else 0.45, tip=tip)
    drawing.rect(x1 - 4, y1 - half, 4, 2 * half, INK)
    drawing.rect(x2, y2 - half, 4, 2 * half, INK)
    drawing.text(x1 - 10, y1 + 4, flow.source.label, 12, room=side - 12, anchor="end", fill=INK)
    _target_label(drawing, flow, x2 + 10, side - 12)


def _target_label(drawing: Drawing, flow: Flow, x: float, room: float) -> None:
    """Field, and the seconds behind it set back."""
    if drawing.narrow:
        drawing.text(x, flow.target.y - 1, flow.target.label, 12, room=room)
        drawing.text(x, flow.target.y + 13, flow.text, 11, room=room, fill=MUTED)
        return
    drawing.text(drawing.width, flow.target.y + 4, flow.text, 12, anchor="end", fill=MUTED)
    drawing.text(x, flow.target.y + 4, flow.target.label, 12, room=room - 74)
