"""Forms: filled in from top to bottom, with what is carried into them, and what goes wrong, and submitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from tests.simulated.desk import Desk
from tests.simulated.office import Entry, Field, Form, Transfer
from tests.simulated.plan import Plan
from tests.simulated.steps import Step, a_step, carry, choose, enter, glance, look, typing
from tests.simulated.values import sentence

__all__ = ["filled_in"]

REDO_SHARE: Final = 0.10  # of the forms with a choice
RETURN_SHARE: Final = 0.12  # of the forms
BURST_SHARE: Final = 0.15  # of the forms sent
STANDARD_SHARE: Final = 0.25  # of the replies, where texts lie ready


def filled_in(plan: Plan, form: Form, n: int = 9) -> Iterator[Step]:
    """Fill a form in from top to bottom and submit it."""
    yield Step(f"new {n}", form.screen, lambda desk: desk.think("go"))
    ways = {way.target.key: way for way in plan.office.ways}
    chance = plan.stream(f"form {n}")
    redone = chance.happens(REDO_SHARE)
    returned = chance.happens(RETURN_SHARE)
    entered: list[Field] = []
    for entry in form.entries:
        again = redone and entry.kind == "choice"
        yield from _entry_steps(plan, entry, ways.get(entry.target.key), wrong=again)
        if again:
            yield Step(f"redo {entry.target.key}", form.screen, _redo(plan, entry.target))
            redone = False
        if entry.kind in {"own", "text"}:
            entered.append(entry.target)
    if returned and entered:
        yield Step(f"return {n}", form.screen, lambda desk: desk.look(entered[0], "check"))
    if (dead := form.dead) and chance.happens(form.dead_share):
        yield Step(f"dead {n}", form.screen, lambda desk: desk.click_in_vain(dead))
    yield Step(f"submit {n}", form.screen, lambda desk: _send(desk, form, burst=desk.draw.happens(BURST_SHARE)))


def _entry_steps(plan: Plan, entry: Entry, way: Transfer | None, *, wrong: bool) -> Iterator[Step]:
    target = entry.target
    if entry.kind == "stop":
        yield a_step(plan, f"stop {target.key}", target, lambda desk: _pass_over(desk, target), frozenset({f"stop {target.key}"}))
        yield a_step(plan, f"fill {target.key}", target, typing(plan, target), frozenset({f"fill {target.key}"}))
    elif entry.kind == "extreme":
        yield a_step(plan, f"brood {target.key}", target, lambda desk: _brood(desk, target))
    elif entry.kind == "text":
        yield from _text(plan, target)
    elif entry.kind in {"choice", "default"} and target.role == "combo":
        yield from choose(plan, target, wrong=wrong)
    elif way and not plan.office.null:
        yield from _transfer(plan, way)
    else:
        yield glance(plan, target)
        yield enter(plan, target, frozenset({target.key}))


def _transfer(plan: Plan, way: Transfer) -> Iterator[Step]:
    """Carry a value into the form from its field, or from the note or the head it was put in: one trip for each source."""
    target, sake = way.target, frozenset({way.target.key})
    first, last = plan.values[way.sources[0].key], plan.values[target.key]
    yield glance(plan, target)
    if way.via:
        yield from carry(plan, (way.via, target), target, last)
    elif way.mode == "typed":
        if not way.in_mind:
            yield look(plan, way.sources[0], "memorise", sake, sake=target.key)
        yield enter(plan, target, sake)
    else:
        yield from carry(plan, (way.sources[0], target), target, first if way.relation in {"part", "joined"} else last)
        for source in way.sources[1:]:
            yield from carry(plan, (source, target), target, last, add=True)
        if way.relation == "part":
            yield a_step(plan, f"trim {target.key}", target, lambda desk: _trim(desk, target, last), sake)


def _redo(plan: Plan, field: Field) -> Callable[[Desk], None]:
    """Come back to a choice made before and make another."""

    def do(desk: Desk) -> None:
        desk.choose(field, plan.values[field.key], "check")
        desk.signal("correction", field)

    return do


def _pass_over(desk: Desk, field: Field) -> None:
    desk.tab(field)
    desk.signal("passed_over", field)


def _trim(desk: Desk, field: Field, text: str) -> None:
    desk.think("go")
    desk.click(field)
    desk.type_text(field, text, 3)


def _text(plan: Plan, target: Field) -> Iterator[Step]:
    """Write freely, or copy a text that lies ready in the same system."""
    article = plan.office.article
    if not article or article.app != target.app or not plan.stream("standard text").happens(STANDARD_SHARE):
        yield a_step(plan, f"write {target.key}", target, lambda desk: _write(desk, target))
        return
    yield a_step(plan, "copy standard text", article, lambda desk: desk.copy(article))
    yield a_step(plan, "paste standard text", target, lambda desk: desk.paste(target, plan.values[article.key]))


def _brood(desk: Desk, field: Field) -> None:
    """Find out what to write: it takes minutes."""
    for _ in range(desk.draw.whole(2, 5)):
        desk.think("brood")
        desk.write(field, [sentence(desk.draw, 3)])


def _write(desk: Desk, field: Field) -> None:
    desk.write(field, [sentence(desk.draw, desk.draw.whole(5, 9)) for _ in range(desk.draw.whole(2, 4))])


def _send(desk: Desk, form: Form, *, burst: bool) -> None:
    desk.submit(form.submit, desk.draw.whole(3, 5) if burst else 1)
    if form.after is not desk.office.queue:
        desk.open(form.after)
