"""The report on paper: the same texts as on the page, in an order a screen reader can follow, and the same bytes for the same study."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Callable, Iterator
from itertools import cycle

import pikepdf
import pypdfium2
import pytest
import typst

from shadow.report import render
from shadow.report.page import make_page
from shadow.report.texts import LANGUAGES
from tests.report.example_result import example_result
from tests.report.hostile import poisoned
from tests.report.pdf_check import faults_of, headings

MARKUP = (
    '#import "x.typ"', "#panic()", "$x^2$", "= Title", "@ref <label>", "*bold* _it_ `raw`", "\\u{41}", "//no comment", "#{1 + 1}",
    "\u202egnirts", "W" * 200, "<b>&amp;</b>", "{{ 7 * 7 }}",
)  # fmt: skip


@pytest.fixture(name="report", scope="module")
def _report() -> bytes:
    return render(example_result(), "pdf", lang="en")


def text_of(content: bytes) -> str:
    """All the text of a PDF on one line, without what lets a line break."""
    pages = pypdfium2.PdfDocument(content)
    found = " ".join(page.get_textpage().get_text_range() for page in pages)
    return re.sub(r"\s+", " ", found.replace("\u200b", "").replace("\ufffe", "").replace("\u00ad", ""))


def squeezed(text: str) -> str:
    """Without spaces: a line may end anywhere."""
    return re.sub(r"\s+", "", text)


def beyond_the_edge(content: bytes) -> Iterator[tuple[int, str]]:
    """Page and letter, for each letter that is drawn beyond its page."""
    for number, page in enumerate(pypdfium2.PdfDocument(content), start=1):
        width, height = page.get_size()
        text = page.get_textpage()
        for at in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(at)
            if right > left and (left < -1 or bottom < -1 or right > width + 1 or top > height + 1):
                yield number, text.get_text_range(at, 1)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("agents", [2, 4, 8])
def test_it_can_be_read_aloud(lang: str, agents: int) -> None:
    """Tags, language, title, texts for figures, headings, heads of tables and order are there in every language and at every level."""
    content = render(example_result(agents=agents, agents_agreed=True), "pdf", lang=lang)

    assert [] == faults_of(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert lang == str(pdf.Root.Lang).split("-", maxsplit=1)[0]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_says_what_the_page_says(lang: str) -> None:
    """The finding, every title, every sentence and every cell of the page is on paper, and the titles come in its order."""
    page = make_page(example_result(), lang)
    content = render(example_result(), "pdf", lang=lang)
    said = squeezed(text_of(content))
    wanted = [page.title, *page.lead, page.aside, *(question.text for question in page.questions)]
    for section in page.sections:
        wanted.append(section.title)
        for block in section.blocks:
            if block.kind == "table":
                wanted += [cell.text for row in block.rows for cell in row]
            elif block.kind in {"heading", "note"}:
                wanted.append(block.text)
            elif block.kind == "listing":
                wanted += block.items

    assert [] == [text for text in wanted if squeezed(text) not in said]
    found = headings(content)
    assert [page.title, *(section.title for section in page.sections)] == [
        title for title in found if title in {page.title, *(s.title for s in page.sections)}
    ]


def _no_tags(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/StructTreeRoot"]
    del pdf.Root["/MarkInfo"]


def _no_language(pdf: pikepdf.Pdf) -> None:
    del pdf.Root["/Lang"]


def _first(pdf: pikepdf.Pdf, name: str) -> pikepdf.Object:
    return next(item for item in pdf.objects if isinstance(item, pikepdf.Dictionary) and item.get("/S") == name)


def _no_text_of_a_figure(pdf: pikepdf.Pdf) -> None:
    del _first(pdf, "/Figure")["/Alt"]


def _a_level_skipped(pdf: pikepdf.Pdf) -> None:
    _first(pdf, "/H2")["/S"] = pikepdf.Name("/H3")


def _another_order(pdf: pikepdf.Pdf) -> None:
    body = pdf.Root.StructTreeRoot.K
    body = body[0] if isinstance(body, pikepdf.Array) else body
    body.K = pikepdf.Array(list(body.K)[::-1])


def _no_heads(pdf: pikepdf.Pdf) -> None:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") == "/TH":
            item["/S"] = pikepdf.Name("/TD")


def _an_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root["/OpenAction"] = pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS="app.alert(1)"))


@pytest.mark.parametrize(
    "damage",
    [_no_tags, _no_language, _no_text_of_a_figure, _a_level_skipped, _another_order, _no_heads, _an_action],
    ids=lambda one: one.__name__,
)
def test_a_bad_one_is_refused(damage: Callable[[pikepdf.Pdf], None], report: bytes) -> None:
    """The check finds what is missing: each planted fault."""
    changed = io.BytesIO()
    with pikepdf.open(io.BytesIO(report)) as pdf:
        damage(pdf)
        pdf.save(changed)

    assert [] == faults_of(report)
    assert [] != faults_of(changed.getvalue())


def test_one_without_tags_is_refused() -> None:
    """A PDF as a program makes it that does not care."""
    plain = typst.compile(b"= A title\nA text.", pdf_tags=False)

    assert {"it is not tagged", "it has no structure", "it has no title"} <= set(faults_of(plain))


def test_the_same_study_makes_the_same_file(report: bytes) -> None:
    """Byte for byte, so that a report can be checked; and nothing of the machine is in it."""
    assert report == render(example_result(), "pdf", lang="en")
    with pikepdf.open(io.BytesIO(report)) as pdf:
        said = str(pdf.docinfo) + pdf.Root.Metadata.read_bytes().decode()
    assert not re.search(r"/(home|root|tmp|work|usr)/", said)
    assert "2026" in said


@pytest.mark.parametrize("texts", [MARKUP[part::3] for part in range(3)], ids=["first", "second", "third"])
def test_texts_from_screens_are_texts(texts: tuple[str, ...]) -> None:
    """What would be markup is shown as it stands, in a title, a label, an application's name and a mark."""
    result = copy.deepcopy(example_result())
    result["study"]["title"] = texts[0]
    result["marks"] = [{"note": text, "n": 3} for text in texts]
    for row, text in zip(result["reentry"], cycle(texts), strict=False):
        row["source"]["label"] = text
    content = render(result, "pdf", lang="en")
    page = make_page(result, "en")

    assert [] == faults_of(content)
    said = squeezed(text_of(content))
    assert squeezed(page.meta[0]) in said
    assert [] == [note for note, _ in page.marks if squeezed(note) not in said]


@pytest.mark.parametrize("label", ["lorem ipsum dolor " * 13, "W" * 220], ids=["words", "one word"])
def test_long_labels_stay_on_the_sheet(label: str) -> None:
    """With 200 characters more in every title, label and name, no letter is drawn beyond the edge of its page."""
    content = render(poisoned(example_result(), label), "pdf", lang="da")

    assert [] == faults_of(content)
    assert [] == list(beyond_the_edge(content))


def test_what_was_on_a_screen_is_not_made_prettier() -> None:
    """The font has an arrow for a hyphen and a bracket; a label keeps the two signs, each with a place of its own."""
    result = example_result()
    result["study"]["title"] = "a->b"

    text = pypdfium2.PdfDocument(render(result, "pdf", lang="en"))[0].get_textpage()
    at = text.get_text_range().index("->")
    hyphen, bracket = text.get_charbox(at), text.get_charbox(at + 1)
    assert hyphen[0] < hyphen[2] <= bracket[0] < bracket[2]


@pytest.mark.parametrize("day", ["2026-13-45", "#x", "", None])
def test_a_day_that_is_none_stops_no_report(day: str | None) -> None:
    """Where the last day is unknown or no date, the file is dated 1970."""
    result = example_result()
    result["study"]["last_day"] = day

    with pikepdf.open(io.BytesIO(render(result, "pdf", lang="en"))) as pdf:
        assert str(pdf.docinfo.CreationDate).startswith("D:1970")


def test_a_character_that_the_font_lacks_is_a_box() -> None:
    """A sign of another script does not stop the report; what stands around it is there."""
    result = copy.deepcopy(example_result())
    result["study"]["title"] = "Acme \uff1d \u4e2d\u6587 \U0001f600 Aarhus"

    content = render(result, "pdf", lang="da")
    assert [] == faults_of(content)
    assert "Acme\u25a1\u25a1\u25a1\u25a1Aarhus" in squeezed(text_of(content))


def test_only_our_font_is_in_it(report: bytes) -> None:
    """Another machine's fonts would break its lines elsewhere."""
    with pikepdf.open(io.BytesIO(report)) as pdf:
        fonts = {
            str(item.FontName).split("+")[-1]
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        }

    assert fonts
    assert all(name.startswith("Inter-") for name in fonts), fonts
