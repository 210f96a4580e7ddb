"""The slides say the findings, with charts and tables that can be edited, and no person."""

import io
import zipfile
from functools import cache

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Pt

from shadow.report.figures.typical_case import case_data
from shadow.report.figures.waterfall import waterfall_data
from shadow.report.page import make_page
from shadow.report.pptx import render_pptx
from shadow.report.slides.setting import HEIGHT, WIDTH, Box, fitting, height_of, lines_of
from tests.report.example_result import example_result
from tests.report.test_report_hostile_text import PAYLOADS, poisoned, unknown_words
from tests.report.test_report_xlsx import FORMULAS, LANGUAGES, result_of

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def deck_of(result, lang="en"):
    """The page, and the deck as it opens."""
    page = make_page(result, lang)
    return page, Presentation(io.BytesIO(render_pptx(page)))


@cache
def deck_of_agents(agents, lang="en"):
    """The same of the example, opened once: nobody changes it."""
    return deck_of(result_of(agents), lang)


def titles_of(deck):
    """The title of each slide."""
    return [slide.shapes.title.text_frame.text for slide in deck.slides]


def charts_of(deck):
    """The native charts by the title of their slide."""
    return {slide.shapes.title.text_frame.text: shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart}


def texts_of(deck):
    """All text of all slides, tables and notes."""
    for slide in deck.slides:
        yield slide.notes_slide.notes_text_frame.text
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield shape.text_frame.text
            if shape.has_table:
                yield from (cell.text_frame.text for row in shape.table.rows for cell in row.cells)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("agents", [2, 4, 8])
def test_titles_are_the_findings(lang, agents):
    """The first slide has the finding, each section a slide with its own, and no slide is without a title and a source."""
    page, deck = deck_of_agents(agents, lang)
    titles = titles_of(deck)

    assert page.title == titles[0]
    assert [] == [section.title for section in page.sections if not any(title.startswith(section.title) for title in titles)]
    assert all(titles)
    assert all(slide.notes_slide.notes_text_frame.text for slide in deck.slides)


@pytest.mark.parametrize("agents", [2, 4, 8])
def test_charts_are_native_and_there_are_no_pictures(agents):
    """What has a drawing in the report is a chart with data of its own; the file holds no picture."""
    page = make_page(result_of(agents), "en")
    content = render_pptx(page)
    deck = Presentation(io.BytesIO(content))
    wanted = {
        section.title
        for section in page.sections
        if section.name in {"waterfall", "effort", "friction", "reentry", "typical-case", "screens", "switches", "coverage"}
    }
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()

    assert wanted == set(charts_of(deck))
    assert [] == [name for name in names if name.endswith((".png", ".jpeg", ".jpg", ".svg", ".emf"))]
    assert len(wanted) == sum(name.endswith(".xlsx") for name in names)


def test_the_waterfall_has_the_figures_of_the_result():
    """The visible bars are the case today, what each integration saves on top, and what is left; the data sheet has the same numbers."""
    page, deck = deck_of_agents(8)
    steps = waterfall_data(page.result, page.words)
    chart = charts_of(deck)["With all of them, a case takes 3.48 instead of 6.40 minutes"]
    offset, whole, saved, _ = ([*series.values] for series in chart.plots[0].series)
    sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active

    assert [step.end if step.saved is None else 0 for step in steps] == pytest.approx(whole)
    assert [step.saved or 0 for step in steps] == pytest.approx(saved)
    assert [step.start for step in steps] == pytest.approx(offset)
    assert [row[3].value for row in sheet.iter_rows(min_row=2)] == pytest.approx(saved)
    assert [step.label for step in steps] == list(chart.plots[0].categories)


def test_a_typical_case_lies_in_its_lanes():
    """Every second of the case is drawn once, in the lane of its application; what is not drawn is the time elsewhere."""
    page, deck = deck_of_agents(8)
    lanes, stays = case_data(page.result, page.words)
    chart = next(chart for title, chart in charts_of(deck).items() if title.startswith("A typical case takes"))
    offset, *series, _ = chart.plots[0].series
    drawn = []
    for lane, start in enumerate(offset.values):
        at = start
        for one in series:
            at, since = at + one.values[lane], at
            if at > since and one.name != "in another application":
                drawn += [(lane, one.name == "re-entry", second) for second in range(round(since), round(at))]

    assert [lane.app for lane in lanes] == list(chart.plots[0].categories)
    assert sorted(drawn) == sorted((stay.lane, stay.reentry, at) for stay in stays for at in range(round(stay.start), round(stay.end)))


def test_a_case_that_goes_to_and_fro_is_a_table():
    """A case with more stays than a chart can have series is told by application."""
    result = result_of(8)
    part = result["typical_case"]["segments"][0]
    result["typical_case"]["segments"] = [part | {"start_s": float(2 * n), "end_s": float(2 * n + 1)} for n in range(90)]
    _, deck = deck_of(result)
    slide = next(slide for slide in deck.slides if slide.shapes.title.text.startswith("A typical case"))

    assert [shape.has_table for shape in slide.shapes if shape.has_chart or shape.has_table] == [True]


def test_a_range_is_a_bar_from_low_to_high():
    """At four agents no chart has a figure between the two ends."""
    page, deck = deck_of_agents(4)
    chart = charts_of(deck)["The longest stay is on “Ticket” in Helpdesk"]
    low, length, _ = ([*series.values] for series in chart.plots[0].series)
    spans = sorted((row["dwell_s_per_case"] for row in page.result["friction"]["screen"]), reverse=True)[: len(low)]

    assert [span.low for span in spans] == low
    assert [span.high - span.low for span in spans] == length


def test_every_chart_and_table_has_a_text_in_its_place():
    """Alternative texts are there for those who do not see the shapes."""
    _, deck = deck_of_agents(8)
    shapes = [shape for slide in deck.slides for shape in slide.shapes if shape.has_chart or shape.has_table]

    assert len(shapes) > 10
    assert [] == [shape.name for shape in shapes if not shape._element._nvXxPr.cNvPr.get("descr")]


@pytest.mark.parametrize(("lang", "tag"), [("en", "en-GB"), ("da", "da-DK"), ("nb", "nb-NO"), ("sv", "sv-SE")])
def test_every_run_is_in_the_language_of_the_report(lang, tag):
    """A spelling checker and a screen reader know the language of each text."""
    _, deck = deck_of_agents(8, lang)
    runs = [run for slide in deck.slides for run in slide._element.iter(f"{A}r")]

    assert {tag} == {run.find(f"{A}rPr").get("lang") for run in runs}
    assert lang == deck.core_properties.language


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_leaves_the_slide(lang):
    """Every shape lies inside the slide, and the rows of every table with it."""
    _, deck = deck_of_agents(8, lang)

    for slide in deck.slides:
        for shape in slide.shapes:
            height = sum(row.height for row in shape.table.rows) if shape.has_table else shape.height
            assert shape.left >= 0
            assert shape.left + shape.width <= Pt(WIDTH) + 10
            assert shape.top + height <= Pt(HEIGHT)


def test_questions_have_room_for_answers():
    """All questions are there, each beside an empty cell at least an inch high."""
    page, deck = deck_of_agents(8)
    rows = [
        row
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table and "to sit down" in slide.shapes.title.text
        for row in list(shape.table.rows)[1:]
    ]

    assert [question.text for question in page.questions] == [row.cells[0].text_frame.paragraphs[0].text for row in rows]
    assert {""} == {row.cells[1].text_frame.text for row in rows}
    assert min(row.height for row in rows) >= Pt(72)


@pytest.mark.parametrize("payload", [*FORMULAS[:4], *list(PAYLOADS.values())[-3:]])
def test_hostile_text_is_text(payload):
    """With a payload in every text there is no link, no outer relation, and no formula in the data of a chart."""
    content = render_pptx(make_page(unknown_words(poisoned(example_result(), payload), payload), "en"))
    deck = Presentation(io.BytesIO(content))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        relations = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".rels")]
        sheets = [load_workbook(io.BytesIO(archive.read(name))) for name in archive.namelist() if name.endswith(".xlsx")]

    assert "External" not in "".join(relations)
    assert {"s", "n"} >= {cell.data_type for book in sheets for row in book.active.iter_rows() for cell in row}
    assert all(not set("\u202e\u2066\x00\x1b") & set(text) for text in texts_of(deck))
    assert [] == [slide for slide in deck.slides if list(slide._element.iter(f"{A}hlinkClick"))]


def test_the_file_names_no_person_and_no_day():
    """The template's author is gone, and the same page makes the same bytes."""
    page, deck = deck_of_agents(8)
    about = deck.core_properties

    assert ("", "", page.title) == (about.author, about.last_modified_by, about.title)
    assert render_pptx(page) == render_pptx(make_page(result_of(8), "en"))


def test_text_is_set_in_the_largest_size_that_fits():
    """A size fits when the lines it takes are not higher than the box; a long word takes the lines it needs."""
    box, text = Box(0, 0, 200, 40), "one small integration after the other"

    size = fitting([text], box, (40.0, 20.0, 14.0, 6.0))

    assert 14.0 == size
    assert height_of([text], 200, size) <= 40 < height_of([text], 200, 20.0)
    assert lines_of("x" * 200, 200, 10) > 5


def test_an_empty_study_is_a_deck():
    """With no ranking, no pair and no mark the deck still opens, and no shape is without a paragraph."""
    empty = {"rank": [], "reentry": [], "workarounds": [], "marks": [], "suggestions": [], "tied": [], "switches": [], "total": None}
    _, deck = deck_of(result_of(8) | empty)
    bodies = [
        body for slide in deck.slides for body in slide._element.iter("{http://schemas.openxmlformats.org/presentationml/2006/main}txBody")
    ]

    assert len(bodies) > 10
    assert [] == [body for body in bodies if body.find(f"{A}p") is None]
