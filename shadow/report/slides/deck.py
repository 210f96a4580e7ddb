"""
A deck of slides: 16:9, one font and one set of colours for all, every text in the language of the report, no person in it.

The template of the library is 4:3, in its author's name and with a picture of itself; that is mended once, at the start.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.lang import MSO_LANGUAGE_ID
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.slide import Slide
from pptx.text.text import Font, TextFrame
from pptx.util import Pt

from shadow.report.figures.svg import ACCENT, INK, LIGHT, MIDDLE, MUTED, shorten
from shadow.report.slides.setting import HEIGHT, MARGIN, WIDTH, Box, fitting, lines_of
from shadow.report.texts import Words

__all__ = ["Deck", "Text", "colour", "describe", "one_line"]

LANGUAGES: Final = {
    "en": MSO_LANGUAGE_ID.ENGLISH_UK,
    "da": MSO_LANGUAGE_ID.DANISH,
    "nb": MSO_LANGUAGE_ID.NORWEGIAN_BOKMOL,
    "sv": MSO_LANGUAGE_ID.SWEDISH,
}
FONT: Final = "Arial"
P: Final = qn("a:p")
TITLE_ONLY: Final = 5
MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001  no clock; the days of the recordings are on the first slide
TITLE: Final = Box(MARGIN, 26.0, WIDTH - 2 * MARGIN, 66.0)
ONE_LINE: Final = 33.0
LARGE_TITLE: Final = (26.0, 24.0, 23.0, 22.0)
TITLE_SIZES: Final = (26.0, 24.0, 22.0, 20.0, 18.0, 16.0)
SUBTITLE: Final = Box(MARGIN, 94.0, WIDTH - 2 * MARGIN, 30.0)
FOOTER: Final = Box(MARGIN, 510.0, WIDTH - 2 * MARGIN, 16.0)
THEME_COLOURS: Final = {"accent1": ACCENT, "accent2": MIDDLE, "accent3": LIGHT, "accent4": MUTED, "dk2": INK}


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph: what it says and how it looks; `after` is the room below it, in points as the size."""

    text: str
    size: float = 14.0
    bold: bool = False
    fill: str = INK
    after: float = 0.0
    bullet: bool = False

    def sized(self, size: float) -> Text:
        """The same in another size."""
        return replace(self, size=size)


class Deck:
    """
    The slides made so far.

    Args:

        words: The language.

        title: Of the whole deck.

        source: Stands at the foot of each slide.
    """

    def __init__(self, words: Words, title: str, source: str) -> None:
        self.words = words
        self.language = LANGUAGES[words.lang]
        self.source = source
        self._deck: Any = Presentation()
        self._deck.slide_width, self._deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
        _widen(self._deck)
        _restyle(self._deck)
        _sign(self._deck, title, words.lang)

    def slide(self, title: str, subtitle: str, notes: Sequence[str]) -> Slide:
        """A slide with the finding as its title, unit and n under it, and what stands behind it in the notes."""
        slide: Slide = self._deck.slides.add_slide(self._deck.slide_layouts[TITLE_ONLY])
        heading = slide.shapes.title
        if heading is not None:
            _place(heading, TITLE)
            size = fitting([title], TITLE.upper(ONE_LINE), LARGE_TITLE, bold=True)
            if lines_of(title, TITLE.width, size, bold=True) > 1:
                size = fitting([title], TITLE, TITLE_SIZES, bold=True)
            self.fill(heading.text_frame, [Text(title, size, bold=True, fill=ACCENT)], anchor=MSO_ANCHOR.BOTTOM)
        if subtitle:
            size = fitting([subtitle], SUBTITLE, (13.0, 12.0, 11.0))
            self.text(slide, SUBTITLE, [Text(subtitle, size, fill=MUTED)])
        self._note(slide, notes)
        return slide

    def text(self, slide: Slide, box: Box, paragraphs: Sequence[Text]) -> None:
        """Paragraphs in a box without a frame."""
        shape = slide.shapes.add_textbox(*map(Pt, box))
        self.fill(shape.text_frame, paragraphs)

    def panel(self, slide: Slide, box: Box, paragraphs: Sequence[Text], fill: str) -> None:
        """Paragraphs on a surface."""
        shape = slide.shapes.add_textbox(*map(Pt, box))
        shape.fill.solid()
        shape.fill.fore_color.rgb = colour(fill)
        self.fill(shape.text_frame, paragraphs, margin=14.0)

    def fill(self, frame: TextFrame, paragraphs: Sequence[Text], *, margin: float = 0.0, anchor: MSO_ANCHOR = MSO_ANCHOR.TOP) -> None:
        """Writes paragraphs into a shape or a cell."""
        frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
        frame.vertical_anchor = anchor
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(margin)
        self.write(frame, paragraphs)

    def write(self, frame: TextFrame, paragraphs: Sequence[Text], *, right: bool = False) -> None:
        """Writes paragraphs where they are, without touching the frame."""
        body: Any = frame._txBody  # noqa: SLF001  written at once: property by property takes three times as long
        for paragraph in body.findall(P):
            body.remove(paragraph)
        for text in paragraphs or [Text("")]:
            body.append(self._paragraph(text, "r" if right else "l"))

    def _paragraph(self, text: Text, side: str) -> Any:  # noqa: ANN401
        paragraph = etree.Element(P)
        layout = etree.SubElement(paragraph, qn("a:pPr"), {"algn": side})
        for name, points in (("a:spcBef", 0.0), ("a:spcAft", text.after)):
            etree.SubElement(etree.SubElement(layout, qn(name)), qn("a:spcPts"), {"val": str(round(100 * points))})
        run = etree.SubElement(paragraph, qn("a:r"))
        look = {"lang": self.language.xml_value or "", "sz": str(round(100 * text.size)), "b": str(int(text.bold))}
        properties = etree.SubElement(run, qn("a:rPr"), look)
        fill = etree.SubElement(properties, qn("a:solidFill"))
        etree.SubElement(fill, qn("a:srgbClr"), {"val": text.fill.lstrip("#").upper()})
        etree.SubElement(properties, qn("a:latin"), {"typeface": FONT})
        said = one_line(text.text)
        etree.SubElement(run, qn("a:t")).text = f"• {said}" if text.bullet else said
        return paragraph

    def style(self, font: Font, text: Text) -> None:
        """Size, weight, colour and language of the text of a chart."""
        font.size, font.bold, font.name = Pt(text.size), text.bold, FONT
        font.color.rgb = colour(text.fill)
        font.language_id = self.language

    def _note(self, slide: Slide, notes: Sequence[str]) -> None:
        frame = slide.notes_slide.notes_text_frame
        if frame is not None:
            source = self.words.say("Source: {source}", source=self.source)
            self.write(frame, [Text(note, 12) for note in (source, *notes)])

    def content(self) -> bytes:
        """The deck as a file."""
        for number, slide in enumerate(self._deck.slides, 1):
            # Last, for shapes are read aloud in the order in which they were added.
            self.text(slide, FOOTER, [Text(f"{shorten(self.source, FOOTER.width - 40, 9)}  ·  {number}", 9, fill=MUTED)])
        content = BytesIO()
        self._deck.save(content)
        return _without_clock(content)


def one_line(text: str) -> str:
    """A text from the log without its tabs and line breaks."""
    return re.sub(r"[\t\n]+", " ", text)


def colour(code: str) -> RGBColor:
    """A colour as the report writes it, `#rrggbb`."""
    red, green, blue = bytes.fromhex(code.lstrip("#"))
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]


def describe(shape: Any, text: str) -> None:  # noqa: ANN401  a chart's or a table's frame
    """Alternative text, for those who do not see the shape."""
    shape._element._nvXxPr.cNvPr.set("descr", text)  # noqa: SLF001  the library has no name for it


def _place(shape: Any, box: Box) -> None:  # noqa: ANN401
    shape.left, shape.top, shape.width, shape.height = map(Pt, box)


def _widen(deck: Any) -> None:  # noqa: ANN401
    """Stretches what the template has for 4:3."""
    for part in (deck.slide_master, *deck.slide_layouts):
        for place in part.element.iter(qn("a:off"), qn("a:ext")):
            for length in ("x", "cx"):
                if length in place.attrib:
                    place.set(length, str(int(place.get(length)) * 4 // 3))


def _restyle(deck: Any) -> None:  # noqa: ANN401
    """Our font and colours, so that what a consultant adds looks like the rest."""
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = theme.blob.decode().replace('<a:latin typeface="Calibri"/>', f'<a:latin typeface="{FONT}"/>')
    for name, code in THEME_COLOURS.items():
        text = re.sub(rf'(<a:{name}><a:srgbClr val=")\w+', rf"\g<1>{code.lstrip('#').upper()}", text)
    theme._blob = text.encode()  # noqa: SLF001  the library reads themes and does not change them


def _sign(deck: Any, title: str, lang: str) -> None:  # noqa: ANN401
    """Properties without a person or a clock, and no picture of the template."""
    about = deck.core_properties
    about.author = about.last_modified_by = about.keywords = about.subject = ""
    about.title, about.language = title, lang
    about.created = about.modified = MADE
    about.revision = 1
    package = deck.part.package
    for key, relation in list(package._rels.items()):  # noqa: SLF001  the library has no name for it
        if relation.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            package.drop_rel(key)


def _without_clock(content: BytesIO) -> bytes:
    """The same archive, its entries of no particular day: the same page makes the same bytes."""
    still = BytesIO()
    with ZipFile(content) as archive, ZipFile(still, "w", ZIP_DEFLATED) as out:
        for name in archive.namelist():
            out.writestr(ZipInfo(name), archive.read(name), ZIP_DEFLATED)
    return still.getvalue()
