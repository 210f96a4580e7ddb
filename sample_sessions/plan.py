"""What each case is about, drawn once: the caller, the order, what will be entered and what only looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from timing import Agent, Stream
from world import (
    ANY_KIND,
    BILLING_LOOK_UP,
    CALLBACKS,
    CASE_KINDS,
    CHOICES,
    CRM_LOOK_UP,
    FAMILY_NAMES,
    GIVEN_NAMES,
    LOOK_UPS,
    MONEY_CENTS,
    POSTCODES,
    SHARES,
    STANDARD_TEXTS,
    STREETS,
    WORDS,
    phone_numbers,
)


@dataclass(frozen=True)
class Plan:
    """
    What one case is about.

    Args:

        seed: Seed of the study.

        who: The agent.

        case: Which of the agent's cases, from 0.

        kind: One of CASE_KINDS.

        values: What each field shows or will be given, by field.

        wanted: Fields to be entered, look-ups to be made and everything else that happens in this case.
    """

    seed: int
    who: Agent
    case: int
    kind: str
    values: Mapping[str, str]
    wanted: frozenset[str]

    def stream(self, *names: str) -> Stream:
        """Random numbers of one step of this case, the same in every replay."""
        return Stream(self.seed, self.who.number, self.case, *names)


def plan(seed: int, who: Agent, case: int) -> Plan:
    """Draw what a case is about."""
    draw = Stream(seed, who.number, case, "plan")
    kind = draw.pick(CASE_KINDS)
    wanted = {name for name, share in {**SHARES[kind], **ANY_KIND}.items() if draw.happens(share)}
    if wanted & set(LOOK_UPS):
        wanted.add(BILLING_LOOK_UP if kind == "invoice" else CRM_LOOK_UP)
    return Plan(seed, who, case, kind, _values(seed, who, case), frozenset(wanted))


def sentence(draw: Stream, n: int) -> str:
    """Words in no order: what people write, as far as counting goes."""
    return " ".join(draw.one_of(WORDS) for _ in range(n))


def _values(seed: int, who: Agent, case: int) -> dict[str, str]:
    draw = Stream(seed, who.number, case, "values")
    chosen = {name: draw.pick(weights) for name, weights in CHOICES.items()}
    ticket = {
        "Helpdesk.ticket_no": f"T-{710000 + 1000 * who.number + 7 * case + draw.whole(0, 6)}",
        "Helpdesk.callback": draw.one_of(CALLBACKS),
        "Helpdesk.message": sentence(draw, draw.whole(12, 30)),
        "Helpdesk.standard_text": draw.one_of(STANDARD_TEXTS),
        "Helpdesk.article": sentence(draw, 60),
    }
    return {
        **chosen,
        **ticket,
        **_person(draw),
        **_address(chosen["CRM.city"], draw),
        **_order(draw),
        **_phone(seed, who, case),
    }


def _person(draw: Stream) -> dict[str, str]:
    given, family = draw.one_of(GIVEN_NAMES), draw.one_of(FAMILY_NAMES)
    number = f"K-{draw.whole(200000, 899999)}"
    names = dict.fromkeys(("CRM.full_name", "Helpdesk.requester", "Billing.payer_name"), f"{given} {family}")
    numbers = dict.fromkeys(("CRM.customer_no", "Notes.body", "Billing.account_ref"), number)
    return {**names, **numbers, "CRM.email": f"{given}.{family}@example.com".casefold()}


def _address(city: str, draw: Stream) -> dict[str, str]:
    postcode = f"{POSTCODES[city]}{draw.whole(0, 9)} {draw.whole(10, 99)}"
    street = f"{draw.one_of(STREETS)} {draw.whole(1, 98)}"
    return {
        "CRM.postcode": postcode,
        "CRM.address": f"{street}, {postcode} {city}",
        "Billing.street": street,
        "Billing.postcode_city": f"{postcode} {city}",
    }


def _order(draw: Stream) -> dict[str, str]:
    order = f"{draw.whole(410000, 489999)}"
    # Looks like the order number and is not: other last digits.
    invoice = f"F-{order[:-2]}{(int(order[-2:]) + draw.whole(11, 88)) % 100:02d}"
    day, month = draw.whole(1, 28), draw.whole(5, 8)
    whole, cents = draw.whole(149, 4999), MONEY_CENTS[draw.whole(0, 2)]
    grouped = f"{whole // 1000} {whole % 1000:03d}" if whole > 999 else f"{whole}"  # noqa: PLR2004 - thousands
    return {
        **dict.fromkeys(("Helpdesk.order_no", "CRM.order_no", "CRM.query", "Billing.lookup"), order),
        **dict.fromkeys(("Billing.invoice_no", "Helpdesk.invoice_ref"), invoice),
        "CRM.order_date": f"{day:02d}.{month:02d}.2026",
        "Billing.purchase_date": f"2026-{month:02d}-{day:02d}",
        "Billing.due_date": f"2026-{month + 1:02d}-{draw.whole(1, 28):02d}",
        "Billing.amount_due": f"{grouped},{cents:02d} kr",
        "Helpdesk.refund_amount": f"{whole}.{cents:02d}",
        "Billing.amount": f"{draw.whole(49, 2999)}.{MONEY_CENTS[draw.whole(0, 2)]:02d}",
    }


def _phone(seed: int, who: Agent, case: int) -> dict[str, str]:
    number = _phone_book(seed, who.number)[case]
    return {"CRM.phone": number, "Billing.contact_phone": number.replace(" ", "").replace("-", "")}


@cache
def _phone_book(seed: int, number: int) -> list[str]:
    """One agent's callers' numbers in order: no two are the same."""
    draw = Stream(seed, number, "phones")
    return sorted(phone_numbers(), key=lambda _: draw.share())
