"""The workbook holds the figures of the report as numbers, text as text, and no person."""

import io
import re
import zipfile

import pytest
from openpyxl import load_workbook

from shadow.report.disclosure import Range
from shadow.report.page import make_page
from shadow.report.sheets.columns import TEXT, grid
from shadow.report.sheets.contents import sheets_of
from shadow.report.xlsx import HEADER_ROW, render_xlsx
from tests.report.example_result import example_result
from tests.report.hostile import groups, poisoned
from tests.report.test_report_hostile_text import unknown_words

LANGUAGES = ["en", "da", "nb", "sv"]
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://evil.example")', "http://evil.example", "{=1+1}", "1e5", "0123")


def result_of(agents):
    """The example study with so many agents; two have agreed to the report."""
    return example_result(agents=agents, agents_agreed=agents < 3)


def book_of(result, lang="en"):
    """The page, and the workbook as another program reads it."""
    page = make_page(result, lang)
    return page, load_workbook(io.BytesIO(render_xlsx(page)))


def _written(value):
    """A value as a file keeps it: 16 digits of a number, nothing of an empty text."""
    return float(f"{value:.16G}") if isinstance(value, float) else value or None if isinstance(value, str) else value


def column(sheet, label):
    """The cells under a heading."""
    heads = [cell.value for cell in sheet[HEADER_ROW + 1]]
    return [row[heads.index(label)] for row in sheet.iter_rows(min_row=HEADER_ROW + 2)]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("agents", [2, 4, 8])
def test_every_cell_is_what_the_page_says(lang, agents):
    """Each table stands in the workbook cell by cell: a number is that number, a text that text, what is not known an empty cell."""
    page, book = book_of(result_of(agents), lang)
    tables = {sheet.name: grid(sheet, page.words) for sheet in sheets_of(page)}

    assert list(tables) == book.sheetnames[1:]
    for name, cells in tables.items():
        rows = [[cell.value for cell in row] for row in book[name].iter_rows(min_row=HEADER_ROW + 2)]
        assert [[_written(value) for value, _ in row] for row in cells.rows] == rows
        assert [[form for _, form in row if form != TEXT] for row in cells.rows] == [
            [cell.number_format for cell, (_, form) in zip(row, wanted, strict=True) if form != TEXT]
            for row, wanted in zip(book[name].iter_rows(min_row=HEADER_ROW + 2), cells.rows, strict=True)
        ]


def test_figures_are_those_of_the_result():
    """Minutes, shares and counts are the numbers of the result, in full precision and by their own name."""
    page, book = book_of(result_of(8))
    ranking = book["Ranking"]
    ranked = [row for row in page.result["rank"] if row["evidence"] != "anecdote"]
    minutes = [cell.value for cell in column(ranking, "Alone, minutes per case")]

    assert [row["minutes_per_case"] for row in ranked] == minutes[: len(ranked)]
    assert [None, None] == minutes[len(ranked) :]
    assert [row["ci90"] and row["ci90"][0] for row in page.result["rank"]] == [
        c.value for c in column(ranking, "90% interval, minutes per case, low")
    ]
    assert [row["case_share"] for row in page.result["rank"]] == [cell.value for cell in column(ranking, "Share of the cases")]
    assert {"0%"} == {cell.number_format for cell in column(ranking, "Share of the cases")}
    assert [row["dwell_s_per_case"] for row in page.result["friction"]["screen"]] == [
        c.value for c in column(book["Screens"], "Seconds per case")
    ]
    assert [384 / 60, None] == [
        column(book["What is left"], "Minutes left per case")[0].value,
        column(book["What is left"], "Minutes saved per case")[0].value,
    ]


def test_what_was_not_measured_is_an_empty_cell():
    """Dead clicks that no log could show are no 0."""
    _, book = book_of(result_of(8))
    dead = {
        row[1].value: cell.value
        for row, cell in zip(book["Screens"].iter_rows(min_row=HEADER_ROW + 2), column(book["Screens"], "Dead clicks"), strict=True)
    }

    assert dead["Payments"] is None
    assert dead["Ticket"] == 9


@pytest.mark.parametrize("agents", [2, 4])
def test_a_range_is_two_columns(agents):
    """At up to four agents a figure is where it lies, low and high, and no table is finer than a screen."""
    page, book = book_of(result_of(agents))
    low, high = (column(book["Screens"], f"Seconds per case, {end}") for end in ("low", "high"))
    spans = [Range(a.value, b.value) for a, b in zip(low, high, strict=True)]

    assert sorted((row["dwell_s_per_case"] for row in page.result["friction"]["screen"]), reverse=True) == spans
    assert "Fields" not in book.sheetnames
    assert "What is left" not in book.sheetnames
    assert page.notice in [row[0].value for row in book["Summary"].iter_rows()]


@pytest.mark.parametrize(
    ("payload", "agents"),
    # What begins a formula stands alone; of the rest, several share a text.
    [*((payload, 8) for payload in FORMULAS), *((payload, 4) for payload in FORMULAS[:4]), *((" ".join(each), 8) for each in groups())],
)
def test_hostile_text_is_text(payload, agents):
    """With a payload in every text there is no formula, no link and no number that the clean workbook has not."""
    result = unknown_words(poisoned(result_of(agents), payload), payload)
    content = render_xlsx(make_page(result, "en"))
    cells = [cell for sheet in load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]

    assert {"s", "n"} >= {cell.data_type for cell in cells}
    assert [] == [cell for cell in cells if cell.hyperlink]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        assert [] == [name for name in archive.namelist() if "external" in name.lower() or "vba" in name.lower()]
    assert "<f>" not in "".join(sheets)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_sheets_have_names_a_workbook_can_have(lang):
    """In every language the names are our own, short enough, and each its own; a filter and a frozen heading are on each table."""
    _, book = book_of(result_of(8), lang)

    assert 17 == len(set(book.sheetnames))
    assert [] == [name for name in book.sheetnames if len(name) > 31 or re.search(r"[][:*?/\\]", name)]
    for sheet in book.worksheets[1:]:
        assert f"A{HEADER_ROW + 2}" == sheet.freeze_panes
        assert sheet.auto_filter.ref.startswith(f"A{HEADER_ROW + 1}:")
        assert ("landscape", 9) == (sheet.page_setup.orientation, sheet.page_setup.paperSize)


def test_questions_have_room_for_an_answer():
    """Every question stands beside an empty cell."""
    page, book = book_of(result_of(8))

    assert [question.text for question in page.questions] == [cell.value for cell in column(book["Questions"], "Question")]
    assert {None} == {cell.value for cell in column(book["Questions"], "Answer")}


def test_the_same_page_makes_the_same_bytes():
    """Nothing of the clock or of the machine is in the file."""
    assert render_xlsx(make_page(result_of(8), "da")) == render_xlsx(make_page(result_of(8), "da"))


def test_the_file_names_no_person():
    """It has a title and no author."""
    page, book = book_of(result_of(8))

    assert page.title == book.properties.title
    assert not any((book.properties.creator, book.properties.lastModifiedBy))


def test_an_empty_study_is_a_workbook():
    """With no ranking, no pair and no mark the sheets without rows are left out."""
    result = result_of(8) | {
        "rank": [],
        "reentry": [],
        "workarounds": [],
        "marks": [],
        "suggestions": [],
        "tied": [],
        "switches": [],
        "total": None,
    }
    _, book = book_of(result)

    assert {"Ranking", "Re-entry", "Workarounds", "Marks", "What is left"}.isdisjoint(book.sheetnames)
