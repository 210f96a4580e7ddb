"""Hostile text in the files that a client opens in other programs: never a formula, a link or an action, and all of it to read."""

import re
from io import BytesIO
from zipfile import ZipFile

import pikepdf
import pypdfium2
import pytest
from xlsxwriter import Workbook

from shadow.report import render
from shadow.report.texts import tidy
from tests.cli.running import shadow
from tests.report.example_result import example_result
from tests.report.hostile import FORMULAS, PAYLOADS, SEEN, UNSEEN, hostile_result, hostile_study, marked, poisoned
from tests.report.libreoffice import read_by_libreoffice

# What makes a PDF do something when it is opened, clicked or printed.
ACTIONS = {
    "/OpenAction", "/AA", "/JS", "/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/SubmitForm", "/ImportData", "/Rendition",
    "/RichMedia", "/Movie", "/Sound", "/EmbeddedFile", "/EmbeddedFiles", "/XFA", "/AcroForm",
}  # fmt: skip


WIDE_EQUALS, BOX = "\uff1d", "\u25a1"  # a sign that the font of the report does not have


def squeezed(text):
    """The text without white space and places where a long word may be broken, which a reader of paper cannot see."""
    return "".join(text.replace("\u200b", "").split())


def on_paper(path):
    """All that is written in a PDF."""
    with pypdfium2.PdfDocument(path) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    return squeezed(text.replace("\ufffe", "-"))  # a hyphen at the end of a line


def missing_of(payloads, text, fields=SEEN):
    """Payloads that do not stand in the text word for word, each with its field."""
    return [(payload, field) for payload in payloads for field in fields if squeezed(tidy(marked(payload, field))) not in text]


def test_workbooks_hold_no_formula(tmp_path):
    """LibreOffice finds no formula and no link in a workbook, and each payload in each field of a log word for word."""
    every = list(PAYLOADS.values())
    halves = (every[::2], every[1::2])  # a report quotes thirty marks
    results = [hostile_result(hostile_study(tmp_path / f"study-{n}", half)) for n, half in enumerate(halves)]
    paths = [tmp_path / f"report-{n}.xlsx" for n in range(3)]
    for path, result in zip(paths, [*results, poisoned(example_result(), FORMULAS["dde"])], strict=True):
        path.write_bytes(render(result, "xlsx", lang="en"))

    books = read_by_libreoffice(paths, tmp_path)
    fields = [field for field in SEEN if field != "title"]  # thirty of them are cut
    texts = [squeezed("\n".join(book.texts)) for book in books]

    assert [] == [formula for book in books for formula in book.formulas]
    assert [] == [element for book in books for element in book.active]
    assert [] == [missing for half, text in zip(halves, texts, strict=False) for missing in missing_of(half, text, fields)]
    assert [] == [field for text in texts for field in UNSEEN if f"in-{field}" in text]


def parts_of(content):
    """Every part of an Office file by name, also of the workbooks that are in slides for the data of their charts."""
    with ZipFile(BytesIO(content)) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    inner = {f"{name}/{part}": found for name in parts if name.endswith(".xlsx") for part, found in parts_of(parts[name]).items()}
    return {name: part for name, part in parts.items() if not name.endswith(".xlsx")} | inner


@pytest.mark.parametrize(
    ("form", "agents", "names"), [("xlsx", 3, FORMULAS), ("xlsx", 8, FORMULAS), ("pptx", 8, ("dde plus", "hyperlink", "file address"))]
)
def test_office_files_have_no_part_that_computes_or_links(form, agents, names):
    """With beginnings of formulas in every text a workbook and slides have no formula, no link, no macro and nothing from elsewhere."""
    for name in names:
        parts = parts_of(render(poisoned(example_result(agents=agents), FORMULAS[name]), form, lang="da"))

        assert [] == [name for name in parts if re.search("external|link|macro|vba|oleobject|activex|connection", name.lower())]
        assert [] == [name for name, part in parts.items() if re.search(rb"<(f|hyperlinks?|oleObjects?|ddeLink)[ >/]", part)]
        assert [] == [name for name, part in parts.items() if b'TargetMode="External"' in part or b"hlinkClick" in part]


def test_libreoffice_would_tell_a_formula(tmp_path):
    """A formula and a link in a workbook, and text in a CSV that begins like one, are found: the other tests can fail."""
    with Workbook(tmp_path / "planted.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_formula(0, 0, "=1+41")
        sheet.write_url(1, 0, "https://e.example")
    (tmp_path / "naive.csv").write_text('session,case\n=1+41,"=2+40"\n', encoding="utf-8")

    book, table = read_by_libreoffice([tmp_path / "planted.xlsx", tmp_path / "naive.csv"], tmp_path)

    assert (["of:=1+41"], 1) == (book.formulas, len(book.active))
    assert ["of:=1+41", "of:=2+40"] == table.formulas


def test_csv_of_cases_holds_nothing_of_the_log(hostile_studies, tmp_path):
    """`shadow cases --events` writes names of ours and numbers; no text of a log is in it, and LibreOffice finds no formula."""
    paths = [tmp_path / f"cases-{n}.csv" for n in (0, 1)]
    for path, hostile in zip(paths, hostile_studies, strict=False):
        done = shadow("cases", hostile.study, "--events", path, cwd=tmp_path)
        assert 0 == done.returncode, done.stderr

    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line != "session,seq,case"]

    assert [] == [line for line in lines if not re.fullmatch(r"s\d{3},\d+,\d*", line)]
    assert [[], []] == [seen.formulas for seen in read_by_libreoffice(paths, tmp_path)]


def keys_of(document):
    """Every key and every name in any object of a PDF."""
    found = set()
    for thing in document.objects:
        todo = [thing]
        while todo:
            here = todo.pop()
            if isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
                found |= set(here.keys())
                todo += [value for value in here.values() if not getattr(value, "is_indirect", False)]
            elif isinstance(here, pikepdf.Array):
                todo += [value for value in here if not getattr(value, "is_indirect", False)]
            elif isinstance(here, pikepdf.Name):
                found.add(str(here))
    return found


def test_pdf_does_nothing(hostile_studies, tmp_path):
    """A PDF has no action, script or address in it, and each payload in each field of a log can be read in it word for word."""
    path = tmp_path / "report.pdf"
    actions, missing, disclosed = set(), [], []
    for payloads, _, result in hostile_studies:
        path.write_bytes(render(result, "pdf", lang="en"))
        with pikepdf.open(path) as document:
            actions |= keys_of(document) & ACTIONS
        text = on_paper(path)
        missing += missing_of([payload.replace(WIDE_EQUALS, BOX) for payload in payloads], text)
        disclosed += [field for field in UNSEEN if f"in-{field}" in text]

    assert set() == actions
    assert [] == missing
    assert [] == disclosed


@pytest.mark.parametrize("name", ["typst", "xml"])
def test_pdf_takes_nothing_for_markup(tmp_path, name):
    """With what the typesetter would read as a command in every text of a result, the command stands on paper."""
    path = tmp_path / "report.pdf"
    path.write_bytes(render(poisoned(example_result(), PAYLOADS[name]), "pdf", lang="en"))

    assert squeezed(PAYLOADS[name]) in on_paper(path)


def test_pdf_reader_would_tell_an_action(tmp_path):
    """An address and a script in a PDF are found: the other tests can fail."""
    path = tmp_path / "planted.pdf"
    with pikepdf.new() as document:
        page = document.add_blank_page()
        address = pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://e.example")
        page.Annots = document.make_indirect([pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, A=address)])
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        document.save(path)
    with pikepdf.open(path) as document:
        assert {"/OpenAction", "/URI", "/JS", "/JavaScript"} == keys_of(document) & ACTIONS
