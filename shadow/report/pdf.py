"""
The page on paper: PDF by typst, tagged for screen readers (PDF/UA-1), with the charts of the HTML.

Nothing of the page becomes markup: the template (`templates/report.typ`) is our own and always the same, and reads the page as data. The
font is ours, and the date in the file is that of the study: so the same study makes the same file, on any machine.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from struct import iter_unpack, unpack_from
from typing import TYPE_CHECKING, Any, Final

import typst

from shadow.report.figures.blocks import Figure, Heading, Listing, Note, Table

if TYPE_CHECKING:
    from shadow.report.figures.blocks import Block, Section
    from shadow.report.page import Page
    from shadow.report.questions import Question

__all__ = ["render_pdf"]

HERE: Final = Path(__file__).parent
FONT: Final = "Inter"
# Stands for a character that the font does not have: PDF/UA refuses what nobody can read.
NO_GLYPH: Final = "\u25a1"
BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]")


def render_pdf(page: Page) -> bytes:
    """
    The report as a PDF.

    Args:

        page: The report.

    Returns:

        PDF 1.7, PDF/UA-1, A4; the same bytes for the same page.
    """
    return typst.compile(
        HERE / "templates" / "report.typ",
        root=HERE / "templates",
        font_paths=[HERE / "fonts"],
        ignore_system_fonts=True,
        sys_inputs={"page": _drawable(json.dumps(_page(page), ensure_ascii=False))},
        pdf_standards=["ua-1"],
        timestamp=_last_day(page),
    )


def _last_day(page: Page) -> int:
    """The date in the file: the last day of the study, in seconds since 1970; its first second where no day is known."""
    try:
        return int(datetime.fromisoformat(page.result["study"]["last_day"] or "").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return 0


def _drawable(text: str) -> str:
    """The text with a box for each character that the font has no picture of."""
    known = _characters()
    return BEYOND_ASCII.sub(lambda found: found[0] if ord(found[0]) in known else NO_GLYPH, text)


@cache
def _characters() -> frozenset[int]:
    """The characters that every weight of the font has."""
    return frozenset.intersection(*(_mapped(path.read_bytes()) for path in sorted((HERE / "fonts").glob("*.otf"))))


def _mapped(font: bytes) -> frozenset[int]:
    """The characters of a font, from the groups of its `cmap` table. Source: OpenType 1.9, cmap, format 12."""
    tables = dict(iter_unpack(">4s4xL4x", font[12 : 12 + 16 * unpack_from(">H", font, 4)[0]]))
    start = tables[b"cmap"]
    offsets = [offset for (offset,) in iter_unpack(">4xL", font[start + 4 : start + 4 + 8 * unpack_from(">H", font, start + 2)[0]])]
    whole = next(start + offset for offset in offsets if unpack_from(">H", font, start + offset)[0] == 12)  # noqa: PLR2004 - the format
    groups = iter_unpack(">LL4x", font[whole + 16 : whole + 16 + 12 * unpack_from(">L", font, whole + 12)[0]])
    return frozenset(char for first, last in groups for char in range(first, last + 1)) | {0x200B}


def _page(page: Page) -> dict[str, Any]:
    """What the template reads."""
    say, count = page.words.say, page.words.count
    asked = len(page.questions)
    return {
        "lang": page.words.lang,
        "font": FONT,
        "meta": page.meta,
        "title": page.title,
        "lead": page.lead,
        "notice": page.notice,
        "cards": [asdict(card) for card in page.cards],
        "aside": page.aside,
        "sections": [_section(section) for section in page.sections],
        "questions": [_question(question) for question in page.questions],
        "questions_title": count(
            "{n} question to sit down with the agents and ask", "{n} questions to sit down with the agents and ask", asked
        )
        if asked
        else say("The figures raise no question of their own"),
        "questions_lead": say(
            "The figures say what happens, not why. Those who do the work know why. Sit beside them, ask, and write the answer down."
        ),
        "marks": [
            {"text": page.words.quoted(note), "times": count("{n} time", "{n} times", n) if n is not None and n > 1 else ""}
            for note, n in page.marks
        ],
        "words": {
            "cards": say("The integrations that matter"),
            "unit": say("minutes per case"),
            "contents": say("Contents"),
            "questions": say("Questions"),
            "evidence": say("Evidence"),
            "answer": say("Answer"),
            "marks": say("What the agents marked themselves"),
            "marks_lead": say("In their own words, at the moment it happened."),
            "made": say("Made with the agent-shadowing toolkit. The file is complete in itself: it loads nothing and sends nothing."),
        },
    }


def _section(section: Section) -> dict[str, Any]:
    blocks = [_block(block, section.title) for block in section.blocks]
    return {"name": section.name, "topic": section.topic, "title": section.title, "blocks": blocks}


def _block(block: Block, title: str) -> dict[str, Any]:
    match block:
        case Table():
            columns = [{"label": column.label, "number": column.number} for column in block.columns]
            rows = [[asdict(cell) for cell in row] for row in block.rows]
            return {"kind": block.kind, "caption": block.caption, "columns": columns, "rows": rows, "head": block.head}
        case Figure():
            # What a screen reader says of the drawing: what was found, then what is drawn.
            drawing = str(block.wide).replace('font-family="inherit"', f'font-family="{FONT}"')
            return {"kind": block.kind, "svg": drawing, "alt": f"{title}. {block.caption}", "caption": block.caption, "key": block.key}
        case Heading() | Note():
            return {"kind": block.kind, "text": block.text}
        case Listing():
            return {"kind": block.kind, "items": block.items}


def _question(question: Question) -> dict[str, str]:
    return {"text": question.text, "evidence": question.evidence, "anchor": question.anchor}
