"""The sheets about where the time goes: screens, fields, applications, changes between them, and what was covered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shadow.report.disclosure import Amount, Range, Result, Row
from shadow.report.figures.coverage import coverage_data
from shadow.report.figures.fields import advice
from shadow.report.figures.screens import screens_by_dwell
from shadow.report.sheets.columns import DATA, ONE, SHARE, TWO, Measure, Sheet, amount, share, text
from shadow.report.texts import Words, times

__all__ = ["applications_sheet", "coverage_sheet", "fields_sheet", "gaps_sheet", "screens_sheet", "switches_sheet"]


def screens_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """All measured screens, longest first."""
    measures = (
        *_place(words),
        amount(words.say("Seconds per case"), DATA("dwell_s_per_case"), ONE, bar=True),
        amount(words.say("Excess, seconds per case"), DATA("excess_s_per_case"), ONE),
        amount(words.say("Visits"), DATA("visits")),
        amount(words.say("Typical visit, s"), DATA("dwell_s_median"), ONE),
        amount(words.say("Long visit (9 of 10 are shorter), s"), DATA("dwell_s_p90"), ONE),
        amount(words.say("Returns per case"), DATA("returns_per_case"), TWO),
        amount(words.say("Corrections per case"), DATA("corrections_per_case"), TWO),
        amount(words.say("Repeated clicks"), DATA("repeat_clicks")),
        amount(words.say("Dead clicks"), DATA("dead_clicks")),
    )
    return Sheet(words.say("Screens"), title, note, measures, screens_by_dwell(result))


def fields_sheet(result: Result, words: Words, title: str) -> Sheet:
    """All fields that may be shown, in the order of the analysis."""
    advised = {(row["app"], row["screen"], row["field"]): advice(row["kind"], words) for row in result["suggestions"]}
    measures = (
        *_place(words),
        text(words.say("Field"), words.field),
        share(words.say("Passed over, share of the cases"), "skip_rate"),
        share(words.say("Never touched, share of the cases"), "never_touched_rate"),
        amount(words.say("Cases that showed it"), DATA("n_cases")),
        amount(words.say("Visits"), DATA("visits")),
        amount(words.say("Typical visit, s"), DATA("dwell_s_median"), ONE),
        amount(words.say("Seconds to the first key"), DATA("hesitation_s_median"), ONE),
        amount(words.say("Corrections per visit"), DATA("corrections_per_visit"), TWO),
        share(words.say("Filled again, share of the cases"), "return_rate"),
        text(words.say("Suggestion"), lambda row: advised.get((row["app"], row["screen"], row["field"]), "")),
    )
    note = words.say("All fields. Shares are of the cases in which the field was shown or touched.")
    return Sheet(words.say("Fields"), title, note, measures, result["friction"]["field"])


def _place(words: Words) -> tuple[Measure, Measure]:
    return (
        text(words.say("Application"), lambda row: words.app(row["app"])),
        text(words.say("Screen"), words.screen),
    )


def applications_sheet(result: Result, words: Words) -> Sheet:
    """Time, openings and round trips by application."""
    measures = (
        text(words.say("Application"), lambda row: words.app(row["app"])),
        amount(words.say("Seconds per case"), DATA("dwell_s_per_case"), ONE, bar=True),
        amount(words.say("Times opened"), DATA("switches_in")),
        amount(words.say("Round trips"), DATA("round_trips")),
    )
    rows = result["friction"]["app"]
    note = words.say("Applications, counted over the whole study. A round trip goes there and straight back.")
    return Sheet(
        words.say("Applications"),
        words.count("The work is done in {n} application", "The work is done in {n} applications", len(rows)),
        note,
        measures,
        rows,
    )


def switches_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """All pairs of applications that the work changes between."""
    measures = (
        text(words.say("From"), lambda row: words.app(row["source_app"])),
        text(words.say("To"), lambda row: words.app(row["target_app"])),
        amount(words.say("Changes per case"), DATA("per_case"), TWO, bar=True),
    )
    return Sheet(words.say("Changes of application"), title, note, measures, result["switches"])


def coverage_sheet(result: Result, words: Words, title: str, note: str) -> Sheet:
    """What became of the recorded time."""
    whole = result["coverage"]["recorded_s"]
    parts = coverage_data(result["coverage"], words)
    rows = [(words.say("recorded in all"), whole), *((name, seconds) for name, _, seconds in parts)]
    measures = (
        text(words.say("Part"), lambda row: row[0]),
        amount(words.say("Hours"), lambda row: times(row[1], 1 / 3600), TWO, bar=True),
        amount(words.say("Share of the recorded time"), lambda row: _of(row[1], whole), SHARE),
    )
    return Sheet(words.say("Coverage"), title, note, measures, rows)


def _of(part: Amount, whole: Amount) -> float | None:
    """A share, where both are figures and not ranges."""
    if isinstance(part, Range) or isinstance(whole, Range) or part is None or not whole:
        return None
    return part / whole


def gaps_sheet(result: Result, words: Words) -> Sheet:
    """What the figures would be if longer or shorter gaps counted as work."""
    measures = (
        amount(words.say("A gap counts for nothing above, s"), DATA("gap_s")),
        amount(words.say("Minutes per case"), _minutes("case_seconds", 1 / 60), TWO, bar=True),
        amount(words.say("Minutes saved per case"), _minutes("minutes_saved", 1), "#,##0.000"),
    )
    title = words.say("A case, if longer or shorter gaps without any event are counted as work")
    return Sheet(words.say("Gaps"), title, "", measures, result["coverage"]["minutes_by_gap"])


def _minutes(key: str, factor: float) -> Callable[[Row], Any]:
    return lambda row: times(row[key], factor)
