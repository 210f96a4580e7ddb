"""
What an agent does in a case, as a list of steps, and the same case again with some integrations switched on.

    plan -> steps              everything that may be done, in order; each step says for the sake of which fields
         -> work(steps, on)    the steps that are needed, each with random numbers of its own

A step's numbers are found by its name, so switching an integration on takes away exactly the steps it makes needless and leaves all
others as they were. The way to a screen belongs to the step done there: where nothing is to be done, nobody goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.simulated.desk import Desk
from tests.simulated.forms import filled_in
from tests.simulated.office import Job, Record
from tests.simulated.plan import Plan, job_ways, reasons
from tests.simulated.steps import Keys, Step, carry, choose, enter, glance, look
from tests.simulated.streams import Stream
from tests.simulated.timing import interruption_s

__all__ = ["case_parts", "open_ticket", "searches", "standing", "work"]

BY_HAND_SHARE: Final = 0.05  # of the fields an autofill has filled


def standing(plan: Plan, on: Keys) -> tuple[Keys, Keys]:
    """
    What is done by hand in a case, and which fields come filled.

    A field that an autofill got wrong is both: looked at, then done again. Where a default is wrong, the field is entered as before. A
    field that is removed is not stopped at.
    """
    usual = {default.target.key: default.value for default in plan.office.defaults}
    filled = {key for key in plan.wanted & on if usual.get(key, plan.values.get(key)) == plan.values.get(key)}
    again = {key for key in filled if key not in usual and plan.stream(f"by hand {key}").happens(BY_HAND_SHARE)}
    removed = {f"stop {key}" for key in on}
    return plan.wanted - (filled - again) - removed, frozenset(filled)


def work(desk: Desk, plan: Plan, steps: list[Step], on: Keys = frozenset()) -> Desk:
    """
    Do the needed ones of some steps of a case.

    Args:
        desk: The desk at their beginning.
        plan: What the case is about.
        steps: What may be done, in order.
        on: Keys of the fields that come filled, or are removed.

    Returns:
        The desk afterwards, with the rows and their times.
    """
    by_hand, filled = standing(plan, on)
    for step in steps:
        name = f"{plan.name}/{step.name}"
        # Whoever interrupts an act comes whether it is done or not.
        if not step.glance_at and step.needed(plan.wanted):
            desk.clock += interruption_s(Stream(f"{name}/interruption"))
        if (not step.glance_at or step.glance_at in filled) and step.needed(by_hand):
            desk.begin_act(f"{plan.name}/act {step.act}")
            if step.screen:
                desk.go(step.screen, name)
            desk.begin(name)
            step.do(desk)
    return desk


# --- the steps of a case, in order ---------------------------------------------------------------------------------


def case_parts(plan: Plan) -> list[list[Step]]:
    """All steps that may be needed, in parts between which the case could be put aside: the ticket, each job, and closing it."""
    return [list(_ticket(plan)), *(list(_job(plan, n, job)) for n, job in enumerate(plan.jobs)), list(filled_in(plan, plan.office.close))]


def _ticket(plan: Plan) -> Iterator[Step]:
    office = plan.office
    yield Step("open ticket", office.queue, open_ticket)
    yield look(plan, office.message, "read")
    for field in plan.kind.look_ups:
        if (field.app, field.screen) == (office.ticket.app, office.ticket.name):
            yield look(plan, field, "memorise", frozenset({f"look {field.key}"}))
    for entry in office.ticket_entries:
        yield from choose(plan, entry.target)


def open_ticket(desk: Desk) -> None:
    """Open the ticket's row in the queue; the ticket number has the focus when it is there."""
    desk.open_row(desk.office.queue_grid, desk.office.ticket)
    desk.clock += 0.03
    desk.focus(desk.office.ticket_no)


def searches(plan: Plan, job: Job) -> int:
    """How many of the steps of a job come before its form."""
    return sum(1 for record in job.records for _ in _search(plan, record, job))


def _job(plan: Plan, n: int, job: Job) -> Iterator[Step]:
    for record in job.records:
        yield from _search(plan, record, job)
    if job.form:
        yield from filled_in(plan, job.form, n)


def _search(plan: Plan, which: int, job: Job) -> Iterator[Step]:
    """Keep the order number in mind, type it into another system's search, open what is found: all for the reasons there are."""
    record, why = plan.office.records[which], reasons(plan.office, job, which)
    query = record.query
    yield look(plan, plan.office.order_no, "memorise", frozenset({query.key}), why, sake=query.key)
    yield glance(plan, query, why)
    yield enter(plan, query, frozenset({query.key}), why)
    yield Step(f"press {record.button.key}", record.search, lambda desk: _press(desk, record), (why,))
    if record.hits:
        hits = record.hits
        yield Step(f"open from {hits.key}", record.search, lambda desk: desk.open_row(hits, record.screens[0]), (why,))
    screens = {(screen.app, screen.name) for screen in record.screens}
    for field in plan.kind.look_ups:
        if (field.app, field.screen) in screens:
            yield look(plan, field, "check", frozenset({f"look {field.key}"}))
    for way in job_ways(plan.office, job):
        sake = frozenset({way.target.key})
        if way.in_mind or plan.office.null:
            yield look(plan, way.sources[0], "memorise", sake, sake=way.target.key)
        elif way.via:
            yield from carry(plan, (way.sources[0], way.via), way.target, plan.values[way.via.key])


def _press(desk: Desk, record: Record) -> None:
    desk.think("go")
    desk.click(record.button)
    desk.open(record.search)
