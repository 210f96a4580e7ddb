"""
The phone beside the work: while the agent talks the work goes on, and the case lasts as long as the longer of the two.

    call_start                     hold_start    hold_end                  call_end
    |  TALK  ticket                |  HOLD  search  |  TALK  form  (talk on) |  after-call work: close
    `- work saved here only makes the agent listen sooner                   `- work saved here shortens the case, as it does on HOLD
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tests.simulated.casework import searches
from tests.simulated.desk import Desk
from tests.simulated.office import Job
from tests.simulated.plan import Plan, reasons
from tests.simulated.steps import Step

__all__ = ["with_call"]

CALL_SHARE: Final = 0.8  # of the cases; the others came by mail
TALK_S: Final = (85.0, 0.45)  # median, sd of ln
HOLD_SHARE: Final = 0.4  # of the searches


def with_call(plan: Plan, parts: list[list[Step]]) -> list[list[Step]]:
    """The parts of a case (the ticket, each job, closing it) with the call that came with it, if one did."""
    draw = plan.stream("call")
    if not draw.happens(CALL_SHARE):
        return parts
    talk_s = draw.lognormal(*TALK_S)
    queue = plan.office.queue
    ticket, *jobs, close = parts
    held = [list(_held(plan, job, steps)) for job, steps in zip(plan.jobs, jobs, strict=True)]
    begins = Step("call start", queue, Desk.start_call)
    ends = Step("call end", None, lambda desk: desk.end_call(talk_s))
    return [[begins, *ticket], *held, [ends, *close]]


def _held(plan: Plan, job: Job, steps: list[Step]) -> Iterator[Step]:
    """The steps of a job, the caller put on hold during some of the searches."""
    n_searching = searches(plan, job)
    if not n_searching or not plan.stream(f"hold {job.records}").happens(HOLD_SHARE):
        yield from steps
        return
    why = reasons(plan.office, job, job.records[0])
    yield Step(f"hold {job.records}", None, lambda desk: desk.hold(on=True), (why,))
    yield from steps[:n_searching]
    yield Step(f"back {job.records}", None, lambda desk: desk.hold(on=False), (why,))
    yield from steps[n_searching:]
