"""What a screen reader needs of a PDF, looked for with pikepdf: a check of our own, for no validator of PDF/UA can be installed everywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pikepdf

# Structure elements whose kids are read in order.
FONTS = ("/FontFile", "/FontFile2", "/FontFile3")


def faults_of(content: bytes) -> list[str]:
    """What is wrong with a PDF, a line for each fault; none if it can be read aloud in its language and order."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [*_about_the_file(pdf), *_about_the_structure(pdf), *_about_fonts(pdf), *_about_actions(pdf)]


def headings(content: bytes) -> list[str]:
    """The titles in the outline, in order."""
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_outline() as outline:
        return [title for item in outline.root for title in _titles(item)]


def _titles(item: pikepdf.OutlineItem) -> Iterator[str]:
    yield str(item.title)
    for child in item.children:
        yield from _titles(child)


def _about_the_file(pdf: pikepdf.Pdf) -> Iterator[str]:
    root = pdf.Root
    if not root.get("/MarkInfo", {}).get("/Marked", False):
        yield "it is not tagged"
    if not str(root.get("/Lang", "")):
        yield "it has no language"
    if not root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False):
        yield "a reader would say the name of the file instead of its title"
    metadata = root.Metadata.read_bytes().decode() if "/Metadata" in root else ""
    if not re.search(r"pdfuaid:part\W+1\b", metadata):
        yield "it does not say that it is PDF/UA"
    if "dc:title" not in metadata:
        yield "it has no title"


def _about_the_structure(pdf: pikepdf.Pdf) -> Iterator[str]:
    if "/StructTreeRoot" not in pdf.Root:
        yield "it has no structure"
        return
    pages = {page.objgen: number for number, page in enumerate(pdf.pages)}
    before, level = (0, -1), 0
    n_tables = n_headers = 0
    for element, name in _elements(pdf.Root.StructTreeRoot):
        if name == "Figure" and not str(element.get("/Alt", "")):
            yield "a figure has no text"
        n_tables += name == "Table"
        n_headers += name == "TH"
        if re.fullmatch(r"H[1-6]", name):
            if int(name[1]) > level + 1:
                yield f"a heading of level {name[1]} follows one of level {level}"
            level = int(name[1])
        for place in _content(element, pages):
            if place < before:
                yield f"on page {place[0] + 1} something is read before what stands before it"
            before = max(before, place)
    if level == 0:
        yield "it has no headings"
    if n_headers < n_tables:
        yield "a table has no head"


def _elements(node: Any) -> Iterator[tuple[Any, str]]:
    """Every structure element with its type, in the order in which they are read."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid, str(kid.S)[1:]
            yield from _elements(kid)


def _content(element: Any, pages: dict[tuple[int, int], int]) -> Iterator[tuple[int, int]]:
    """Page and place in the page's own order of what an element holds by itself."""
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            yield pages[element.Pg.objgen], kid
        elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
            yield pages[(kid.get("/Pg") or element.Pg).objgen], int(kid.MCID)


def _about_fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor" and not any(name in item for name in FONTS):
            yield f"{item.FontName} is not in the file"


def _about_actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Nothing starts, nothing leads out of the file."""
    for item in pdf.objects:
        if isinstance(item, pikepdf.Dictionary):
            for name in ("/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/URI", "/EmbeddedFiles"):
                if name in item:
                    yield f"it has {name}"
