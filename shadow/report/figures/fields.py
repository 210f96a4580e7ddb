"""The fields that are left empty: passed over, or never touched."""

from __future__ import annotations

from collections.abc import Sequence

from shadow.report.disclosure import Result, Row
from shadow.report.figures.blocks import Block, Cell, Column, Note, Section, Table
from shadow.report.texts import Words, times

__all__ = ["CORRECTED", "STOPS_S", "advice", "empty_share", "fields_data", "fields_section"]

LEFT_EMPTY = 0.5
NEARLY_ALWAYS = 0.9
CORRECTED = 0.15
STOPS_S = 3.0
LISTED = 20


def fields_section(result: Result, words: Words) -> Section | None:
    """Fields left empty in at least half of the cases in which they were shown or touched; nothing where only ranges may be shown."""
    if result["level"] == "ranges":
        return None
    suggested = {_key(row) for row in result["suggestions"][:LISTED]}
    every = fields_data(result)
    rows = [row for row in every if _key(row) not in suggested]
    note = Note(
        words.say(
            "Passed over: the field had the focus and was left empty. Never touched: it could be filled in, and never had the focus. Shares are of the cases in which the field was shown or touched. What one kind of case leaves alone, another may need."
        )
    )
    blocks: list[Block] = [*_suggestions(result["suggestions"], words), note]
    if rows:
        blocks.append(_table(rows, words, more=bool(suggested)))
    if every:
        blocks += _rest(result, len(every) - max(0, len(rows) - LISTED), words)
    return Section("fields", words.say("Fields"), _title(result, every, words), (*blocks, *_slow(result, words)))


def _key(row: Row) -> tuple[str, str, str]:
    return row["app"], row["screen"], row["field"]


def _suggestions(rows: Sequence[Row], words: Words) -> list[Block]:
    if not rows:
        return []
    columns = (Column(words.say("Field")), Column(words.say("Suggestion")), Column(words.say("Rests on")))
    table = Table(words.say("What the fields suggest"), columns, tuple(_suggestion(row, words) for row in rows[:LISTED]))
    why = words.say(
        "A field that nobody touches takes no time that could be measured, so it has no place in the ranking. It still has to be looked past. Ask who reads it before it goes."
    )
    return [table, Note(why)]


def _suggestion(row: Row, words: Words) -> tuple[Cell, ...]:
    said = {"n": words.hundred(row["share"]), "cases": words.number(row["n_cases"])}
    grounds = {
        "remove": words.say("never touched in {n} of 100 cases; {cases} cases showed it", **said),
        "move": words.say("passed over in {n} of 100 cases; {cases} cases showed it", **said),
        "default": words.say("the usual value in {n} of 100 entries; entered in {cases} cases", **said),
    }
    place = words.say("{screen} ({app})", screen=words.screen(row), app=words.app(row["app"]))
    return Cell(words.field(row), place), Cell(advice(row["kind"], words)), Cell(grounds[row["kind"]])


def advice(kind: str, words: Words) -> str:
    """What to do with a field, by the kind of the suggestion."""
    return {
        "remove": words.say("Take it off the form"),
        "move": words.say("Move it out of the way, or take it off"),
        "default": words.say("Start it with its usual value"),
    }[kind]


def fields_data(result: Result) -> list[Row]:
    """The fields left empty in at least half of the cases: first those that nobody ever touched, then the emptiest."""
    rows = [row for row in result["friction"]["field"] if (empty_share(row) or 0) >= LEFT_EMPTY]
    return sorted(rows, key=lambda row: (not _never_touched(row), -(empty_share(row) or 0), -(row["n_cases"] or 0)))


def _never_touched(row: Row) -> bool:
    """Shown, and in no case touched."""
    return bool(row["never_touched_rate"] == 1)


def empty_share(row: Row) -> float | None:
    """Share of the cases in which the field was left empty, one way or the other; None if neither was measured."""
    known = [row[key] for key in ("skip_rate", "never_touched_rate") if row[key] is not None]
    return min(sum(known), 1.0) if known else None


def _title(result: Result, rows: Sequence[Row], words: Words) -> str:
    if all(empty_share(row) is None for row in result["friction"]["field"]):
        return words.say("Fields left empty were not measured")
    never = sum(_never_touched(row) for row in rows)
    n = sum((empty_share(row) or 0) >= NEARLY_ALWAYS for row in rows) - never
    if never:
        untouched = words.count("{n} field is never touched", "{n} fields are never touched", never)
        more = words.count("{n} more is left empty in at least 9 of 10 cases", "{n} more are left empty in at least 9 of 10 cases", n)
        return words.say("{untouched}, {more}", untouched=untouched, more=more) if n else untouched
    if n:
        return words.count(
            "{n} field is left empty in at least 9 of 10 cases",
            "{n} fields are left empty in at least 9 of 10 cases",
            n,
        )
    if rows:
        return words.count(
            "{n} field is left empty in at least half of the cases",
            "{n} fields are left empty in at least half of the cases",
            len(rows),
        )
    return words.say("No field is left empty in half of the cases")


def _table(rows: Sequence[Row], words: Words, *, more: bool) -> Table:
    numbers = (
        words.say("Passed over, of 100 cases"),
        words.say("Never touched, of 100 cases"),
        words.say("Cases that showed it"),
    )
    columns = (Column(words.say("Field")), *(Column(label, number=True) for label in numbers))
    first, further = words.say("Fields left empty, never touched ones first"), words.say("More fields left empty, never touched ones first")
    return Table(further if more else first, columns, tuple(_row(row, words) for row in rows[:LISTED]))


def _row(row: Row, words: Words) -> tuple[Cell, ...]:
    place = words.say("{screen} ({app})", screen=words.screen(row), app=words.app(row["app"]))
    shares = (Cell(words.hundred(row["skip_rate"])), Cell(words.hundred(row["never_touched_rate"])))
    return Cell(words.field(row), place), *shares, Cell(words.number(row["n_cases"]))


def _rest(result: Result, listed: int, words: Words) -> list[Block]:
    notes: list[Block] = []
    unknown = sum(empty_share(row) is None for row in result["friction"]["field"])
    others = len(result["friction"]["field"]) - unknown - listed
    if others:
        notes.append(
            Note(
                words.count(
                    "{n} more field is left empty less often than these.",
                    "{n} more fields are left empty less often than these.",
                    others,
                )
            )
        )
    if unknown:
        notes.append(
            Note(
                words.count(
                    "Of {n} more field it was not measured whether it is left empty.",
                    "Of {n} more fields it was not measured whether they are left empty.",
                    unknown,
                )
            )
        )
    n = result["withheld"]["field"]
    if n:
        notes.append(
            Note(
                words.count(
                    "{n} field is left out, because fewer than 3 agents stand behind it.",
                    "{n} fields are left out, because fewer than 3 agents stand behind them.",
                    n,
                )
            )
        )
    return notes


def _slow(result: Result, words: Words) -> list[Block]:
    """Fields that are often put right, or that are slow to begin."""
    rows = [row for row in result["friction"]["field"] if _holds_up(row)]
    if not rows:
        return []
    numbers = (
        words.say("Put right, of 100 visits"),
        words.say("Seconds to the first key"),
        words.say("Filled again, of 100 cases"),
        words.say("Visits"),
    )
    columns = (Column(words.say("Field")), *(Column(label, number=True) for label in numbers))
    caption = words.say("Fields put right in at least 15 of 100 visits, or begun after 3 seconds or more")
    return [Table(caption, columns, tuple(_slow_row(row, words) for row in rows[:LISTED]))]


def _holds_up(row: Row) -> bool:
    return (row["corrections_per_visit"] or 0) >= CORRECTED or (row["hesitation_s_median"] or 0) >= STOPS_S


def _slow_row(row: Row, words: Words) -> tuple[Cell, ...]:
    name = Cell(words.field(row), words.say("{screen} ({app})", screen=words.screen(row), app=words.app(row["app"])))
    corrections = Cell(words.number(times(row["corrections_per_visit"], 100)))
    rest = (
        Cell(words.number(row["hesitation_s_median"], 1)),
        Cell(words.hundred(row["return_rate"])),
        Cell(words.number(row["visits"])),
    )
    return name, corrections, *rest
