"""Which slides a deck has, in the order of the report: the finding, a slide or more for each section, questions, method and limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from shadow.report.figures.blocks import Cell, Column, Figure, Heading, Listing, Note, Section, Table
from shadow.report.figures.svg import MUTED
from shadow.report.page import Page
from shadow.report.slides.bars import coverage_bars, effort_bars, friction_bars, reentry_bars, screens_bars, switches_bars, waterfall_bars
from shadow.report.slides.charts import Chart, add_bars
from shadow.report.slides.deck import Deck, Text
from shadow.report.slides.lanes import case_lanes
from shadow.report.slides.setting import BODY, Box, fitting
from shadow.report.slides.tables import Laid, add_table, laid_out

__all__ = ["add_marks", "add_questions", "add_section"]

# So many slides of one table; what is left over is in the other forms of the report.
MOST_SLIDES: Final = 3
FOOT: Final = 22.0
ROOM: Final = BODY._replace(height=BODY.height - FOOT)
READING: Final = (14.0, 13.0, 12.0, 11.0, 10.0, 9.0)
PARAGRAPH: Final = 6.0
ANSWER_ROOM: Final = 78.0
LEFT_SHARE: Final = 0.6

CHARTS: Final[dict[str, Callable[[Page, str], Chart | None]]] = {
    "waterfall": waterfall_bars,
    "effort": effort_bars,
    "friction": friction_bars,
    "reentry": reentry_bars,
    "typical-case": case_lanes,
    "screens": screens_bars,
    "switches": switches_bars,
    "coverage": coverage_bars,
}


def add_section(deck: Deck, page: Page, section: Section) -> None:
    """The slides of a section: its chart if there is a native one, else its first table, else what it says."""
    chart = CHARTS[section.name](page, caption_of(section)) if section.name in CHARTS else None
    if chart is not None:
        _add_chart(deck, section, chart)
        return
    table = next((block for block in section.blocks if isinstance(block, Table)), None)
    if table is not None:
        add_table_slides(deck, section.title, laid_out(table, ROOM), notes_of(section))
    elif section.name == "method":
        _add_method(deck, section)


def caption_of(section: Section) -> str:
    """Unit and n of what a section shows."""
    return next((block.caption for block in section.blocks if isinstance(block, Figure | Table)), "")


def notes_of(section: Section) -> tuple[str, ...]:
    """The sentences of a section."""
    notes: list[str] = []
    for block in section.blocks:
        if isinstance(block, Note | Heading):
            notes.append(block.text)
        elif isinstance(block, Listing):
            notes += block.items
    return tuple(notes)


# --- charts ---


def _add_chart(deck: Deck, section: Section, chart: Chart) -> None:
    """The chart; on the slide about coverage also what was not measured, for that belongs beside it."""
    slide = deck.slide(section.title, chart.caption, notes_of(section))
    beside = _listed(section) if section.name == "coverage" else ()
    box = BODY._replace(width=BODY.width * LEFT_SHARE) if beside else BODY
    if chart.bars:
        add_bars(deck, slide, box, chart)
    if beside:
        left = box.left + box.width + 24
        place = BODY._replace(left=left, width=BODY.left + BODY.width - left)
        deck.text(slide, place, _sized(beside, place))


def _listed(section: Section) -> tuple[Text, ...]:
    """Headings and lists of a section, as paragraphs."""
    texts: list[Text] = []
    for block in section.blocks:
        if isinstance(block, Heading):
            texts.append(Text(block.text, bold=True, after=2))
        elif isinstance(block, Listing):
            texts += [Text(item, bullet=True, after=PARAGRAPH) for item in block.items]
        elif isinstance(block, Note) and texts:
            texts.append(Text(block.text, after=PARAGRAPH))
    return tuple(texts)


def _sized(texts: Sequence[Text], box: Box) -> list[Text]:
    """The paragraphs in the largest size in which all of them fit."""
    size = fitting([f"• {text.text}" for text in texts], box, READING, gap=PARAGRAPH)
    return [text.sized(size) for text in texts]


# --- tables ---


def add_table_slides(deck: Deck, title: str, parts: Sequence[Laid], notes: Sequence[str], most: int = MOST_SLIDES) -> None:
    """The parts of a table, a slide for each up to so many; how many rows are left over."""
    shown, words = parts[:most], deck.words
    for number, part in enumerate(shown, 1):
        said = words.say("{title} ({part} of {parts})", title=title, part=number, parts=len(shown)) if len(shown) > 1 else title
        slide = deck.slide(said, part.table.caption, notes)
        add_table(deck, slide, ROOM, part)
    left = sum(len(part.table.rows) for part in parts[most:])
    if left:
        more = words.count("{n} more row is in the report.", "{n} more rows are in the report.", left)
        deck.text(slide, BODY.below(BODY.height - FOOT + 4), [Text(more, 11, fill=MUTED)])


# --- questions and marks ---


def add_questions(deck: Deck, page: Page) -> None:
    """The questions, each with room for the answer beside it."""
    if not page.questions:
        return
    words, n = deck.words, len(page.questions)
    title = words.count("{n} question to sit down with the agents and ask", "{n} questions to sit down with the agents and ask", n)
    caption = words.say(
        "The figures say what happens, not why. Those who do the work know why. Sit beside them, ask, and write the answer down."
    )
    columns = (Column(words.say("Question")), Column(words.say("Answer")))
    rows = tuple((Cell(question.text, question.evidence), Cell("")) for question in page.questions)
    parts = laid_out(Table(caption, columns, rows, head=-1), ROOM, least=ANSWER_ROOM, shares=(0.5, 0.5))
    add_table_slides(deck, title, parts, (), most=n)


def add_marks(deck: Deck, page: Page) -> None:
    """What the agents said of the work at the moment it happened, as many as fit."""
    if not page.marks:
        return
    words = deck.words
    columns = (Column(words.say("In the agents’ own words")), Column(words.say("Times"), number=True))
    rows = [(Cell(words.quoted(note)), Cell("" if n is None else words.number(n))) for note, n in page.marks]
    told = 1 if all(n is None for _, n in page.marks) else 2  # how often they said it may not be shown of a few agents
    caption = words.say("In their own words, at the moment it happened.")
    table = Table(caption, columns[:told], tuple(row[:told] for row in rows), head=-1)
    add_table_slides(deck, words.say("What the agents marked themselves"), laid_out(table, ROOM), ())


# --- method ---


def _add_method(deck: Deck, section: Section) -> None:
    """How it was done beside what it cannot say; then what the words mean."""
    groups: list[list[Text]] = []
    for text in _listed(section):
        if text.bold:
            groups.append([])
        groups[-1].append(text)
    done, meant, limits = groups
    slide = deck.slide(section.title, "", notes_of(section))
    for index, group in enumerate((done, limits)):
        box = Box(BODY.left, 108, BODY.width, 392).column(index, 2, 32)
        deck.text(slide, box, _sized(group, box))
    slide = deck.slide(meant[0].text, section.topic, ())
    deck.text(slide, BODY, _sized(meant[1:], BODY))
