"""The agent's own copy of a session, decrypted: a page in plain words, and everything as JSON. It works offline and loads nothing."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import msgspec

from recorder.agreed import day_and_time
from recorder.review_words import as_clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recorder.review import Review

__all__ = ["as_json", "as_page"]

STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}"
    "td:first-child{font-variant-numeric:tabular-nums;white-space:nowrap}h2{margin-top:2rem}"
)


def as_page(review: Review) -> str:
    """The session as one page to read."""
    words, title = review.words, summary(review)
    body = [
        f"<h1>{escape(title)}</h1>",
        *_paragraphs(counts(review)),
        *_paragraphs(review.missing()),
        f"<h2>{escape(words.say('agreed_title'))}</h2>",
        *_paragraphs(review.agreed()),
    ]
    for stretch in review.stretches():
        body.append(f"<h2>{escape(as_clock(stretch.start_ms))} {escape(stretch.sentence)}</h2>")
        body.append("<table>")
        body += [f"<tr><td>{as_clock(line.t_ms)}<td>{escape(line.sentence)}" for line in review.lines(stretch)]
        body.append("</table>")
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}"><title>{escape(title)}</title>'
    return f'<!doctype html><html lang="{review.language}"><head>{head}<style>{STYLE}</style></head><body>{"".join(body)}</body></html>\n'


def as_json(review: Review) -> bytes:
    """The session as one JSON document: the consent, every event as it is kept and in words, and what is missing."""
    said = {line.seq: line.sentence for line in review.all_lines()}
    document = {
        "session": review.session.id,
        "started_at": review.session.started_at.isoformat(),
        "consent": msgspec.to_builtins(review.consent),
        "agreed": review.agreed(),
        "missing": review.missing(),
        "n_struck": review.reading.n_struck,
        "forgotten": [{"from_ms": span.from_ms, "until_ms": span.until_ms} for span in review.reading.forgotten],
        "events": [{**msgspec.structs.asdict(event), "sentence": said[event.seq]} for event in review.events],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def summary(review: Review) -> str:
    """One line about the session: its name, how many events, how long."""
    length = review.words.length(review.events[-1].t_ms if review.events else 0)
    return review.words.say("shown_summary", id=review.session.id, n=len(review.events), length=length)


def counts(review: Review) -> list[str]:
    """How many events of which application and kind, when the session began, and what else was recorded, in sentences."""
    said = [review.words.say("shown_started", started=day_and_time(review.session.started_at))]
    for key, found in (("shown_counts_app", review.counts_by_app()), ("shown_counts_kind", review.counts_by_kind())):
        if found:
            said.append(review.words.say(key, counts=", ".join(f"{name} ({n})" for name, n in found.items())))
    return [*said, *review.also_recorded()]


def _paragraphs(sentences: Iterable[str]) -> list[str]:
    return [f"<p>{escape(sentence)}</p>" for sentence in sentences]
