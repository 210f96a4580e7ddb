"""The commands of custody: `review`, in the agent's hands, and `withdraw`, in the study's."""

from __future__ import annotations

import re
import shlex
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Optional

import typer

from shadow.cli.choices import Language, StudyOption

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from recorder.review import Review

__all__ = ["review", "withdraw"]

S_PER_MIN: Final = 60
S_PER_H: Final = 3600
MS_PER_S: Final = 1000
PICTURES: Final = "pictures"

_NUMBERS: Final = re.compile(r"([0-9]+)(?:-([0-9]+))?")
_TIMES: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?-([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")

STRIKE_HELP: Final = (
    "Destroy events: 120 or 120-140 by number, 00:05:00-00:07:30 by time since the start, 14:05-14:10 by the clock on the wall, "
    "app:NAME by application; or pictures, for all of them. May be given more than once."
)


def review(  # noqa: PLR0917 - typer reads options from the signature
    session: Annotated[Path, typer.Argument(metavar="SESSION", help="The session's folder, or its name.", show_default=False)],
    release: Annotated[bool, typer.Option("--release", help="Let the study open it.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Destroy it; after a release, also sign an order to delete it.")] = False,
    export: Annotated[
        Optional[Path],  # noqa: UP045 - typer reads it at run time
        typer.Option("--export", metavar="FILE", help="Keep a copy to read: FILE.html and FILE.json."),
    ] = None,
    strike: Annotated[Optional[list[str]], typer.Option("--strike", metavar="SPEC", help=STRIKE_HELP)] = None,  # noqa: UP045
    order: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("-o", "--output", metavar="ORDER.json", help="Where to write the order to delete a released session."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Show every event.")] = False,
    no_window: Annotated[bool, typer.Option("--no-window", help="Show it in the terminal instead of a window.")] = False,
    lang: Annotated[Optional[Language], typer.Option("--lang", help="Language; default: that of the notice.")] = None,  # noqa: UP045
) -> None:
    """Look through your recording; strike what you like, then release it, withdraw it or keep a copy."""
    if release and withdraw:
        raise typer.BadParameter("--release and --withdraw exclude each other")
    if export is not None and export.suffix not in ("", ".html", ".json"):
        raise typer.BadParameter("a copy is written as .html and .json", param_hint="--export")
    opened = _opened(session, lang.value if lang is not None else None)
    if not (strike or release or withdraw or export):
        if every or no_window or not _shown_in_window(opened):
            _print_all(_shown(opened, session, every=every))
        return
    if strike:
        _strike(opened, strike)
    if export is not None:
        html, json = opened.export(export)
        print(opened.words.say("done_export", html=html, json=json))
    if release:
        opened.release()
        print(opened.words.say("done_release", processor=opened.processor, session=session))
    if withdraw:
        opened.withdraw(order)
        _print_all(_withdrawn(opened))


def withdraw(
    order: Annotated[Path, typer.Argument(metavar="ORDER", help="The agent's signed order.", show_default=False)],
    study: StudyOption,
    output: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("-o", "--output", metavar="RECEIPT.json", help="Where to write the receipt; default: beside the order."),
    ] = None,
) -> None:
    """Remove a session from a study, as its agent has ordered, and write a signed receipt."""
    from datetime import UTC, datetime

    from recorder.review import write_private
    from shadow.interop.withdrawal import execute_order
    from shadow.study import open_study

    done = execute_order(order.read_bytes(), open_study(study), datetime.now(UTC))
    receipt = output or order.with_name(f"{order.name.removesuffix('.json')}.receipt.json")
    write_private(receipt, done.receipt)
    if done.again:
        print(f"session {done.session_id} was withdrawn before; nothing was left to remove")
    elif done.n_events:
        print(f"removed session {done.session_id} ({done.n_events:,} events) and all that was kept of it from {study}")
    else:
        print(f"session {done.session_id} is not in {study}; it cannot be imported from now on")
    print(f"wrote the signed receipt {receipt}; give it to the agent, and delete any other copy of the session that you have")


def _opened(session: Path, language: str | None) -> Review:
    """The session, opened with the agent's own key."""
    from recorder.agent import agent_home, for_study, kept_pair
    from recorder.review import Review
    from shadow.consent import read_consent
    from shadow.sealed_session import open_sealed

    home = agent_home()
    by_name = home / "sessions" / session
    sealed = open_sealed(by_name if not session.exists() and by_name.is_dir() else session)
    agent = for_study(kept_pair(home), read_consent(sealed.consent).study)
    return Review(sealed, agent, language)


def _shown_in_window(opened: Review) -> bool:
    """Whether it was shown in a window; in a pipe, without a display or without Qt it is not."""
    from shadow.errors import CaptureError

    if not sys.stdout.isatty() or opened.session.state not in ("stopped", "interrupted"):
        return False
    try:
        from recorder.window.review_window import show_review

        show_review(opened, opened.language)
    except (ImportError, CaptureError):
        return False
    if opened.order is not None:
        _print_all(_withdrawn(opened))
    return True


def _shown(opened: Review, session: Path, *, every: bool) -> Iterator[str]:
    """The session in plain words, and what can be done with it."""
    from recorder.agents_copy import counts, summary
    from recorder.review_words import as_clock

    say = opened.words.say
    state = opened.session.state
    yield from (summary(opened), say(f"state_{state}"), *counts(opened), *opened.missing(), "")
    for stretch in opened.stretches():
        numbers = say("shown_events", first=stretch.first_seq, last=stretch.last_seq)
        yield f"{as_clock(stretch.start_ms)}  {stretch.sentence}  ({numbers})"
        for line in opened.lines(stretch) if every else ():
            yield f"  {line.seq:>6}  {as_clock(line.t_ms)}  {line.sentence}"
    yield from ("", *(suspect.sentence for suspect in opened.suspects()))
    yield from ("", say("agreed_title"), *(f"  {fact}" for fact in opened.agreed()), "")
    doings = ("export", "withdraw_released") if state == "released" else ("strike", "export", "release", "withdraw")
    for doing in doings if every else ("all", *doings):
        yield say(f"how_{doing}", session=shlex.quote(str(session)))


def _withdrawn(opened: Review) -> Iterator[str]:
    """What has become of it, and what is left to do."""
    say = opened.words.say
    if opened.order is None:
        yield say("done_withdraw")
    else:
        yield say("done_order", order=opened.order, processor=opened.processor)
        yield say("done_order_answer")


def _strike(opened: Review, specs: list[str]) -> None:
    """Strike what all specifications name together; one that names nothing stops it before anything is struck."""
    from shadow.errors import SessionError

    of_events = [spec for spec in specs if spec != PICTURES]
    named = [_seqs(spec, opened) for spec in of_events]
    for spec, seqs in zip(of_events, named, strict=True):
        if not seqs:
            raise SessionError(f"--strike {spec} names no event of this session", "see the numbers with: shadow review SESSION --all")
    if of_events:
        print(opened.words.say("done_strike", n=opened.strike(frozenset().union(*named))))
    if PICTURES in specs:
        print(opened.words.say("done_strike_pictures", n=opened.strike_pictures()))


def _seqs(spec: str, opened: Review) -> frozenset[int]:
    """The events that a specification names; ends of a span belong to it, to the last second or minute."""
    if spec.startswith("app:"):
        return opened.seqs_of_app(spec.removeprefix("app:"))
    numbers, times = _NUMBERS.fullmatch(spec), _TIMES.fullmatch(spec)
    if numbers is not None:
        first, last = int(numbers[1]), int(numbers[2] or numbers[1])
        return frozenset(event.seq for event in opened.events if first <= event.seq <= last)
    if times is None or (times[3] is None) != (times[6] is None):
        raise typer.BadParameter(f"{spec} is none of 120, 120-140, 00:05:00-00:07:30, 14:05-14:10, app:NAME", param_hint="--strike")
    if times[3] is not None:
        return opened.seqs_between(_session_ms(times.group(1, 2, 3)), _session_ms(times.group(4, 5, 6)) + MS_PER_S)
    began = opened.session.started_at.astimezone()
    from_ms, until_ms = _wall_ms(began, times.group(1, 2)), _wall_ms(began, times.group(4, 5))
    return opened.seqs_between(from_ms, until_ms + S_PER_MIN * MS_PER_S)


def _session_ms(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds = (int(part or 0) for part in parts)
    return (hours * S_PER_H + minutes * S_PER_MIN + seconds) * MS_PER_S


def _wall_ms(began: datetime, parts: tuple[str | None, ...]) -> int:
    """A time of day as ms since the session began; one long before the start is of the day after."""
    hours, minutes = (int(part or 0) for part in parts)
    midnight = began.replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight + timedelta(hours=hours, minutes=minutes) - began
    # A session lasts 8 hours at most, so half a day tells today from tomorrow.
    since += timedelta(days=1) if since < timedelta(hours=-12) else timedelta(0)
    return round(since / timedelta(milliseconds=1))


def _print_all(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)
