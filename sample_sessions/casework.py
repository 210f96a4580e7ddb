"""
What an agent does in a case, as a list of steps, and the same case again with some integrations switched on.

    plan -> steps(plan)        everything that may be done, in order; each step says for the sake of which fields
         -> work(plan, on)     the steps that are needed, each with random numbers of its own

A step's numbers are found by its name, so switching an integration on takes away exactly the steps it makes needless and leaves all
others as they were. The way to a screen belongs to the step done there: where nothing is to be done, nobody goes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from desk import Desk, Detail
from plan import Plan, sentence
from world import (
    ARTICLE,
    BILLING_LOOK_UP,
    BURST_SHARE,
    BY_HAND_SHARE,
    CHOICES,
    CLOSE,
    CREDIT,
    CRM_LOOK_UP,
    CUSTOMER,
    DEFAULTS,
    FIELDS,
    INTERRUPTED_SHARE,
    INVOICE,
    LOOK_UPS,
    MARK_SHARE,
    NOTES,
    QUEUE,
    REPLY,
    SAVED,
    SCRATCH,
    TICKET,
    TRANSFERS,
    TYPO_SHARE,
    Place,
    Transfer,
    place_of,
)

BY_TARGET: Final[Mapping[str, Transfer]] = {transfer.target: transfer for transfer in TRANSFERS}
LEFT_ON: Final[Mapping[str, str]] = {
    "Helpdesk": QUEUE.screen,
    "CRM": CUSTOMER.screen,
    "Billing": SAVED.screen,
    "Notes": SCRATCH.screen,
}
_FROM_CRM: Final = frozenset(t.target for t in TRANSFERS if t.sources[0].startswith("CRM."))
_FROM_BILLING: Final = frozenset(t.target for t in TRANSFERS if t.sources[0].startswith("Billing."))
CRM_REASONS: Final = _FROM_CRM | {CRM_LOOK_UP}
BILLING_REASONS: Final = _FROM_BILLING | {BILLING_LOOK_UP}


@dataclass(frozen=True)
class Step:
    """
    Something done on one screen.

    Args:

        name: Unique in the case; names the step's random numbers.

        place: Where it is done.

        do: The gestures.

        needs: The step is done if every group holds something that is wanted and done by hand.

        glance_at: The step is a glance at this field, made only where it came filled.
    """

    name: str
    place: Place
    do: Callable[[Desk], None]
    needs: tuple[Collection[str], ...] = ()
    glance_at: str | None = None


def work(case: Plan, on: Collection[str] = (), screens: Mapping[str, str] = LEFT_ON) -> Desk:
    """
    Work on a case from opening its ticket to closing it.

    Args:

        case: What the case is about.

        on: Fields that come filled: targets of autofills, and fields with a default.

        screens: The screen each system was left on; it costs no time, the log names it.

    Returns:
        The desk afterwards, with the rows and their times.
    """
    by_hand, filled = standing(case, on)
    desk = Desk(case.who, case.case, case.values, screens)
    for step in steps(case):
        if not all(by_hand.intersection(group) for group in step.needs):
            continue
        if step.glance_at and step.glance_at not in filled:
            continue
        _arrive(desk, case, step)
        desk.draw = case.stream(step.name)
        step.do(desk)
    return desk


def _arrive(desk: Desk, case: Plan, step: Step) -> None:
    """Get to where a step is done, as far as the desk is not there; each part of the way has numbers of its own."""
    if desk.app != step.place.app:
        desk.draw = case.stream(step.name, "switch")
        desk.switch(step.place.app)
    if desk.screens[desk.app] != step.place.screen:
        desk.draw = case.stream(step.name, "menu")
        desk.navigate(step.place)


def standing(case: Plan, on: Collection[str]) -> tuple[frozenset[str], frozenset[str]]:
    """
    What is done by hand in a case, and which fields come filled.

    A field that an autofill got wrong is both: looked at, then done again. Where a default is wrong, the field is entered as before.
    """
    filled = {name for name in case.wanted.intersection(on) if name not in DEFAULTS or case.values[name] == default_value(name)}
    again = {name for name in filled if name not in DEFAULTS and case.stream("by hand", name).happens(BY_HAND_SHARE)}
    return case.wanted - (filled - again), frozenset(filled)


def default_value(name: str) -> str:
    """The value a default would put into the field: the commonest one."""
    return max(CHOICES[name], key=lambda value: CHOICES[name][value])


# --- kinds of steps ------------------------------------------------------------------------------------------------


def _look(name: str, thought: str = "memorise", *needs: Collection[str]) -> Step:
    return Step(f"look {name}", place_of(name), lambda desk: desk.look(name, thought), needs)


def _glance(name: str, *needs: Collection[str]) -> Step:
    return Step(f"glance {name}", place_of(name), Desk.glance, needs, glance_at=name)


def _choose(case: Plan, name: str, thought: str = "choose", *needs: Collection[str]) -> Step:
    return Step(f"choose {name}", place_of(name), lambda desk: desk.choose(name, case.values[name], thought), needs)


def _enter(case: Plan, name: str, *needs: Collection[str]) -> Step:
    def do(desk: Desk) -> None:
        desk.enter(name, case.values[name], typo=name not in DEFAULTS and desk.draw.happens(TYPO_SHARE))
        if name in BY_TARGET:
            desk.facts["carried", BY_TARGET[name].sources[0], name] += 1

    return Step(f"enter {name}", place_of(name), do, needs)


def _carry(source: str, target: str, after: str, sake: str, *, add: bool = False) -> Iterator[Step]:
    """Copy a field, go to another and paste: there because `sake` is wanted."""

    def paste(desk: Desk) -> None:
        desk.paste(target, after, add=add)
        desk.facts["carried", source, target] += 1

    yield Step(f"copy {source} for {target}", place_of(source), lambda desk: desk.copy(source), ({sake},))
    yield Step(f"paste {source} to {target}", place_of(target), paste, ({sake},))


# --- the steps of a case, in order ---------------------------------------------------------------------------------


def steps(case: Plan) -> Iterator[Step]:
    """All steps of a case that may be needed, in the order they are done."""
    yield from _open_ticket(case)
    yield from _find_invoice(case) if case.kind == "invoice" else _find_customer(case)
    if case.kind == "credit":
        yield from _credit_note(case)
    if "reply" in case.wanted:
        yield from _reply(case)
    yield from _close(case)


def _open_ticket(case: Plan) -> Iterator[Step]:
    yield Step("open ticket", QUEUE, _open_from_queue)
    yield _look("Helpdesk.message", "read")
    for name in ("Helpdesk.requester", "Helpdesk.warranty", "Helpdesk.brand"):
        if name in case.wanted:
            yield _look(name)
    for name in ("Helpdesk.priority", "Helpdesk.language", "Helpdesk.store"):
        if name in case.wanted:
            yield _choose(case, name)


def _open_from_queue(desk: Desk) -> None:
    desk.open_row("Helpdesk.ticket_list", TICKET)
    desk.clock += 0.03
    desk.focus(FIELDS["Helpdesk.ticket_no"])


def _find_customer(case: Plan) -> Iterator[Step]:
    yield from _search(case, ("CRM.query", "CRM.search", "CRM.results"), CUSTOMER, CRM_REASONS)
    for name in LOOK_UPS:
        if name in case.wanted:
            yield _look(name, "check")
    if "Billing.account_ref" in case.wanted:
        yield from _carry("CRM.customer_no", "Notes.body", case.values["Notes.body"], "Billing.account_ref")


def _find_invoice(case: Plan) -> Iterator[Step]:
    yield from _search(case, ("Billing.lookup", "Billing.find", "Billing.hits"), INVOICE, BILLING_REASONS)
    for target in sorted(_FROM_BILLING & case.wanted):
        yield _look(BY_TARGET[target].sources[0], "memorise", {target})
    if "Billing.due_date" in case.wanted:
        yield _look("Billing.due_date", "check")


def _search(case: Plan, fields: tuple[str, str, str], opens: Place, reasons: Collection[str]) -> Iterator[Step]:
    """Keep the order number in mind, type it into another system's search, open what is found: all for the sake of `reasons`."""
    query, button, grid = fields

    def press(desk: Desk) -> None:
        desk.think("go")
        desk.click(FIELDS[button])
        desk.wait(desk.app)

    yield _look("Helpdesk.order_no", "memorise", {query}, reasons)
    yield _glance(query, reasons)
    yield _enter(case, query, {query}, reasons)
    yield Step(f"press {button}", place_of(button), press, (reasons,))
    yield Step(f"open from {grid}", place_of(grid), lambda desk: desk.open_row(grid, opens), (reasons,))


def _credit_note(case: Plan) -> Iterator[Step]:
    yield Step("new credit note", CREDIT, lambda desk: desk.think("go"))
    for transfer in TRANSFERS:
        if transfer.mode == "clipboard" and transfer.target in case.wanted:
            yield from _transfer(case, transfer)
    yield _enter(case, "Billing.amount")
    yield from _choose_reason(case, "Billing.credit_reason", "hesitate")
    yield _choose(case, "Billing.restock")
    yield _glance("Billing.sales_country")
    yield _choose(case, "Billing.sales_country", "choose", {"Billing.sales_country"})
    if "redo" in case.wanted:
        yield _redo(case, "Billing.credit_reason")
    yield Step("save credit note", CREDIT, lambda desk: _save(desk, case))


def _transfer(case: Plan, transfer: Transfer) -> Iterator[Step]:
    """Carry a value into the form from its field, or from the note it was put in: one trip for each source."""
    target = transfer.target
    first, last = case.values[transfer.sources[0]], case.values[target]
    yield _glance(target)
    if transfer.via:
        yield from _carry(f"{transfer.via}.body", target, last, target)
        return
    # A part is cut out after pasting the whole; a joined value grows trip by trip.
    whole_trip = transfer.relation in {"part", "joined"}
    yield from _carry(transfer.sources[0], target, first if whole_trip else last, target)
    for source in transfer.sources[1:]:
        yield from _carry(source, target, last, target, add=True)
    if transfer.relation == "part":
        yield Step(f"trim {target}", place_of(target), lambda desk: _trim(desk, target, last), ({target},))


def _trim(desk: Desk, name: str, text: str) -> None:
    desk.think("go")
    desk.click(FIELDS[name])
    desk.type_text(name, text, 3)
    desk.facts["trimmed paste", name] += 1


def _choose_reason(case: Plan, name: str, thought: str) -> Iterator[Step]:
    """Choose; where it is going to be done again, something else first."""
    value = case.values[name]
    if "redo" in case.wanted:
        value = next(other for other in CHOICES[name] if other != value)
    yield Step(f"choose {name}", place_of(name), lambda desk: desk.choose(name, value, thought))


def _redo(case: Plan, name: str) -> Step:
    """Come back to a choice made before and make another."""

    def do(desk: Desk) -> None:
        desk.choose(name, case.values[name], "check")
        desk.facts["correction", name] += 1
        desk.facts["return", name] += 1

    return Step(f"redo {name}", place_of(name), do)


def _save(desk: Desk, case: Plan) -> None:
    burst = case.stream("burst").happens(BURST_SHARE)
    desk.submit("Billing.save", desk.draw.whole(3, 5) if burst else 1)
    desk.open(SAVED)
    if burst and case.stream("mark").happens(MARK_SHARE):
        note = case.stream("mark", "note").one_of(NOTES)
        desk.think("go")
        desk.log("mark", None, Detail(note=note))
        desk.keys(len(note))
        desk.facts["mark",] += 1


def _reply(case: Plan) -> Iterator[Step]:
    yield from _reply_field(case, "Helpdesk.invoice_ref")
    if "callback focused" in case.wanted:
        yield Step("tab callback", REPLY, lambda desk: _callback(desk, case))
    yield from _reply_field(case, "Helpdesk.refund_amount")
    yield from _standard_text(case) if "standard text" in case.wanted else _free_text(case)
    if "return" in case.wanted:
        name = "Helpdesk.refund_amount" if "Helpdesk.refund_amount" in case.wanted else "Helpdesk.reply_text"
        yield Step("return", REPLY, lambda desk: _return(desk, name))
    yield Step("send", REPLY, _send)


def _reply_field(case: Plan, name: str) -> Iterator[Step]:
    if name in case.wanted:
        yield _glance(name)
        yield _enter(case, name, {name})


def _callback(desk: Desk, case: Plan) -> None:
    desk.tab("Helpdesk.callback")
    if "callback filled" in case.wanted:
        desk.type_text("Helpdesk.callback", case.values["Helpdesk.callback"], len(case.values["Helpdesk.callback"]))
    else:
        desk.facts["passed over", "Helpdesk.callback"] += 1


def _standard_text(case: Plan) -> Iterator[Step]:
    text = case.values["Helpdesk.standard_text"]
    yield Step("copy standard text", ARTICLE, lambda desk: desk.copy("Helpdesk.standard_text"))
    yield Step("paste standard text", REPLY, lambda desk: desk.paste("Helpdesk.reply_text", text))


def _free_text(case: Plan) -> Iterator[Step]:
    def do(desk: Desk) -> None:
        if case.stream("interrupted").happens(INTERRUPTED_SHARE):
            desk.clock += 130 + 300 * case.stream("interruption").share()
            desk.facts["interruption",] += 1
        desk.write("Helpdesk.reply_text", [sentence(desk.draw, desk.draw.whole(5, 9)) for _ in range(desk.draw.whole(2, 4))])

    yield Step("write reply", REPLY, do)


def _return(desk: Desk, name: str) -> None:
    if name == "Helpdesk.reply_text":
        desk.tab("Helpdesk.send")
    desk.look(name, "check")
    desk.facts["return", name] += 1


def _send(desk: Desk) -> None:
    desk.submit("Helpdesk.send")
    desk.open(TICKET)


def _close(case: Plan) -> Iterator[Step]:
    again = case.kind != "credit" and "redo" in case.wanted
    first = _choose_reason(case, "Helpdesk.reason", "choose") if again else iter([_choose(case, "Helpdesk.reason")])
    yield from first
    yield _choose(case, "Helpdesk.status")
    yield _glance("Helpdesk.team_code")
    yield _enter(case, "Helpdesk.team_code", {"Helpdesk.team_code"})
    if again:
        yield _redo(case, "Helpdesk.reason")
    yield Step("close ticket", CLOSE, lambda desk: desk.submit("Helpdesk.close_ticket"))
