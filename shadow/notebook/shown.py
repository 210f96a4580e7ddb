"""
What shows itself in a notebook: one case, a report that was written, and the face of a study.

Texts come from strangers' screens and are escaped here. No script and nothing that has to be fetched: what is shown can do nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl
from markupsafe import Markup

from shadow.report.figures.svg import INK, Drawing
from shadow.report.figures.typical_case import case_chart, case_data
from shadow.report.texts import Words, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Case", "Report", "card"]

WIDTH = 760

_BOX = Markup(
    '<div style="max-width:{}px;padding:10px 14px;border:1px solid #cbd5dc;background:#fff;color:{};font-family:sans-serif">{}</div>'
)


@dataclass(frozen=True, slots=True)
class Case:
    """
    One case as a time line; in a notebook it draws itself, a lane for each application.

    Args:

        session: Name of its session, such as `s003`. Nothing says whose session it is.

        case: Its number in the session, from 1.

        seconds: Active time on the case, without the gaps that do not count.

        events: Its events.

        how: How the case was found: `given`, `case_id`, `completion` or `cut`.

        stays: One row per unbroken stay on a screen: app, screen, start_s, end_s (seconds of active time since the case began), reentry
            (a value was being carried over to another system).
    """

    session: str
    case: int
    seconds: float
    events: int
    how: str
    stays: pl.DataFrame

    def __repr__(self) -> str:
        return f"<Case {self.case} of {self.session}: {self.seconds:.1f} s, {self.events} events, {self.stays.height} stays>"

    def _repr_html_(self) -> str:
        words = Words("en")
        lanes, stays = case_data({"typical_case": {"segments": tidy(self.stays.to_dicts())}}, words)
        title = f"Case {self.case} of session {self.session}: {self.seconds:.1f} s, {self.events} events, {len(stays)} stays"
        drawn = case_chart(Drawing(f"case-{self.session}-{self.case}", WIDTH), lanes, stays, words, title)
        heading = Markup('<p style="margin:0 0 10px"><b>{}</b></p>').format(title)
        note = Markup('<p style="margin:6px 0 0;font-size:90%">{}</p>').format(
            "Minutes and seconds of active time. Hatched: a value was being carried to another system."
        )
        return str(_box(heading + drawn + note))


@dataclass(frozen=True, slots=True)
class Report:
    """
    A report that was written.

    Args:

        path: The file.

        form: `html`, `pdf`, `xlsx` or `pptx`.

        lang: Its language.

        size: Bytes.
    """

    path: Path
    form: str
    lang: str
    size: int
    # What a notebook shows of it: the page itself, where it is one that runs nothing.
    page: str = field(default="", repr=False)

    def _repr_html_(self) -> str:
        line = Markup("<p style='margin:0'><b>{}</b> · {} · {} · {:,} kB</p>").format(
            tidy(str(self.path)), self.form.upper(), self.lang, max(1, round(self.size / 1000))
        )
        if not self.page:
            return str(_box(line))
        frame = Markup('<iframe title="{}" sandbox srcdoc="{}" style="width:100%;height:560px;border:0;margin-top:8px"></iframe>')
        return str(_box(line + frame.format(tidy(self.path.name), self.page)))


def card(title: str, facts: Sequence[tuple[str, str]], notes: Sequence[str]) -> str:
    """A heading, facts by name, and sentences under them, as HTML."""
    row = Markup("<tr><th style='text-align:left;padding:2px 14px 2px 0;font-weight:600'>{}</th><td style='text-align:left'>{}</td></tr>")
    rows = Markup("").join(row.format(*fact) for fact in tidy(list(facts)))
    lines = Markup("").join(Markup('<p style="margin:6px 0 0;font-size:90%">{}</p>').format(note) for note in notes)
    heading = Markup('<p style="margin:0 0 6px;font-size:115%"><b>{}</b></p>').format(tidy(title))
    return str(_box(heading + Markup("<table style='border:0;margin:0'>{}</table>").format(rows) + lines))


def _box(content: Markup) -> Markup:
    return _BOX.format(WIDTH + 30, INK, content)
