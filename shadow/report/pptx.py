"""The page as slides with native tables and charts, which a consultant can edit."""

from __future__ import annotations

from shadow.report.page import Page
from shadow.report.slides.contents import add_marks, add_questions, add_section
from shadow.report.slides.deck import Deck
from shadow.report.slides.first import add_first

__all__ = ["render_pptx"]


def render_pptx(page: Page) -> bytes:
    """
    The report as a deck of slides.

    Returns:

        PPTX, 16:9. The title of each slide states its finding, the line under it unit and n, its notes what stands behind it.
    """
    deck = Deck(page.words, page.title, page.words.listing(list(page.meta[:1])) if page.meta else "")
    add_first(deck, page)
    method = [section for section in page.sections if section.name == "method"]
    for section in page.sections:
        if section not in method:
            add_section(deck, page, section)
    add_questions(deck, page)
    add_marks(deck, page)
    for section in method:
        add_section(deck, page, section)
    return deck.content()
