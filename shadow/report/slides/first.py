"""The first slide: the finding, what the study is, and the three figures with their intervals."""

from __future__ import annotations

from typing import Final

from shadow.report.figures.cards import Card
from shadow.report.figures.svg import ACCENT, MUTED, PALE
from shadow.report.page import Page
from shadow.report.slides.deck import Deck, Text
from shadow.report.slides.setting import BODY, Box, fitting, height_of

__all__ = ["add_first"]

LEAD: Final = 15.0
GAP: Final = 4.0
CARD_HEIGHT: Final = 236.0
INSIDE: Final = 14.0
LARGE: Final = (34.0, 30.0, 26.0, 22.0, 18.0)


def add_first(deck: Deck, page: Page) -> None:
    """Title, lead, notice and cards, and how to read the cards."""
    slide = deck.slide(page.title, " · ".join(page.meta), (*page.lead, page.notice, page.aside))
    lead = [Text(text, LEAD, after=GAP) for text in page.lead]
    if page.notice:
        lead.append(Text(page.notice, LEAD, bold=True, after=GAP))
    deck.text(slide, BODY, lead)
    down = height_of([text.text for text in lead], BODY.width, LEAD, gap=GAP) + 10
    rest = BODY.below(down)
    for index, card in enumerate(page.cards):
        box = rest.upper(CARD_HEIGHT).column(index, max(len(page.cards), 2))
        deck.panel(slide, box, _card(card, deck, box), PALE)
    if page.aside:
        deck.text(slide, rest.below(CARD_HEIGHT + 8), [Text(page.aside, 12, fill=MUTED)])


def _card(card: Card, deck: Deck, box: Box) -> list[Text]:
    words, width = deck.words, box.width - 2 * INSIDE
    name = f"{words.number(card.rank)}  {card.name}" if card.rank is not None else card.name
    minutes = " ".join((card.minutes, words.say("minutes per case")))
    figures = [minutes, *(part for part in (card.seconds, card.interval) if part)]
    large = fitting([figures[0]], Box(0, 0, width, 30), LARGE, bold=True)
    texts = [Text(name, 14, bold=True, after=6), Text(figures[0], large, bold=True, fill=ACCENT, after=2)]
    texts += [Text(part, 13, after=2) for part in figures[1:]]
    return [*texts, Text(card.built, 12, after=6), Text(card.evidence, 11, fill=MUTED)]
