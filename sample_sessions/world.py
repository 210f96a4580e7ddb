"""
The office of the sample study: its systems, screens and fields, who calls, and what is typed or copied where.

Nothing here takes time; `timing.py` knows how long things last and `casework.py` in which order they are done. Everybody and everything
is invented. The phone numbers are those the Swedish regulator PTS keeps free for fiction, the mail domain is reserved (RFC 2606).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

AGENTS: Final = (
    "Tuva Nordanflod", "Mikkel Havbjerg", "Aino Järvikallio", "Sigrun Eldfjäll",
    "Eirik Fossedal", "Linnea Skogskulle", "Rasmus Klitsand", "Ylva Isbäck",
)  # fmt: skip
CASES_PER_AGENT: Final = 60


class Place(NamedTuple):
    """A screen of a system; `door` is the link in its system's menu that leads there, None where there is no menu entry."""

    app: str
    screen: str
    door: str | None = None
    label: str = ""


class Field(NamedTuple):
    """One element of a screen. `kind`: `read` shows, `fill` and `must` are filled in (must = required), `act` is pressed."""

    app: str
    screen: str
    element: str
    label: str
    role: str
    kind: str


# --- screens -------------------------------------------------------------------------------------------------------

QUEUE: Final = Place("Helpdesk", "/queue", "menu_queue", "Queue")
TICKET: Final = Place("Helpdesk", "/tickets/:id", "tab_ticket", "Ticket")
REPLY: Final = Place("Helpdesk", "/tickets/:id/reply", "tab_reply", "Reply")
CLOSE: Final = Place("Helpdesk", "/tickets/:id/close", "tab_close", "Close")
ARTICLE: Final = Place("Helpdesk", "/kb/:id", "menu_kb", "Standard texts")
NEWS: Final = Place("Helpdesk", "/news/:id", "menu_news", "News")
SEARCH: Final = Place("CRM", "/search", "menu_search", "Search")
CUSTOMER: Final = Place("CRM", "/customers/:id", "tab_customer", "Customer")
CONTACT: Final = Place("CRM", "/customers/:id/contact", "tab_contact", "Contact")
ORDER: Final = Place("CRM", "/orders/:id", "tab_order", "Order")
INVOICES: Final = Place("Billing", "/invoices", "menu_invoices", "Invoices")
INVOICE: Final = Place("Billing", "/invoices/:id")
CREDIT: Final = Place("Billing", "/credit-notes/new", "menu_new_credit", "New credit note")
SAVED: Final = Place("Billing", "/credit-notes/:id")
SCRATCH: Final = Place("Notes", "scratch")
PLACES: Final = (
    QUEUE, TICKET, REPLY, CLOSE, ARTICLE, NEWS, SEARCH, CUSTOMER, CONTACT, ORDER, INVOICES, INVOICE, CREDIT, SAVED, SCRATCH,
)  # fmt: skip

# --- fields: screen, element, label, role, kind --------------------------------------------------------------------

_FIELDS: Final = (
    (QUEUE, "ticket_list", "Tickets", "grid", "act"),
    (QUEUE, "filter", "Show", "combo", "act"),
    (QUEUE, "refresh", "Refresh", "button", "act"),
    (TICKET, "ticket_no", "Ticket number", "entry", "read"),
    (TICKET, "requester", "Requester", "entry", "read"),
    (TICKET, "order_no", "Order number", "entry", "read"),
    (TICKET, "warranty", "Under warranty", "entry", "read"),
    (TICKET, "brand", "Brand", "entry", "read"),
    (TICKET, "priority", "Priority", "combo", "fill"),
    (TICKET, "language", "Language", "combo", "fill"),
    (TICKET, "store", "Store", "combo", "fill"),
    (TICKET, "message", "Message", "document", "read"),
    (REPLY, "invoice_ref", "Invoice", "entry", "fill"),
    (REPLY, "callback", "Call back at", "entry", "fill"),
    (REPLY, "refund_amount", "Amount", "entry", "fill"),
    (REPLY, "reply_text", "Reply", "text", "must"),
    (REPLY, "send", "Send", "button", "act"),
    (CLOSE, "reason", "Reason", "combo", "must"),
    (CLOSE, "status", "Status", "combo", "must"),
    (CLOSE, "team_code", "Team code", "entry", "must"),
    (CLOSE, "tags", "Tags", "entry", "fill"),
    (CLOSE, "survey", "Survey wave", "entry", "fill"),
    (CLOSE, "close_ticket", "Close ticket", "button", "act"),
    (ARTICLE, "standard_text", "Standard text", "document", "read"),
    (NEWS, "article", "Article", "document", "read"),
    (SEARCH, "query", "Customer or order", "entry", "fill"),
    (SEARCH, "search", "Search", "button", "act"),
    (SEARCH, "results", "Results", "grid", "act"),
    (CUSTOMER, "full_name", "Name", "entry", "read"),
    (CUSTOMER, "customer_no", "Customer number", "entry", "read"),
    (CUSTOMER, "phone", "Phone", "entry", "read"),
    (CUSTOMER, "country", "Country", "entry", "read"),
    (CUSTOMER, "status", "Customer status", "entry", "read"),
    (CUSTOMER, "segment", "Segment", "entry", "read"),
    (CONTACT, "address", "Address", "entry", "read"),
    (CONTACT, "postcode", "Postcode", "entry", "read"),
    (CONTACT, "city", "City", "entry", "read"),
    (CONTACT, "email", "E-mail", "entry", "read"),
    (ORDER, "order_no", "Order", "entry", "read"),
    (ORDER, "order_date", "Order date", "entry", "read"),
    (ORDER, "delivery", "Delivery", "entry", "read"),
    (INVOICES, "lookup", "Order reference", "entry", "fill"),
    (INVOICES, "find", "Find", "button", "act"),
    (INVOICES, "hits", "Invoices found", "grid", "act"),
    (INVOICE, "invoice_no", "Invoice number", "entry", "read"),
    (INVOICE, "amount_due", "Amount due", "entry", "read"),
    (INVOICE, "due_date", "Due date", "entry", "read"),
    (CREDIT, "payer_name", "Payer", "entry", "must"),
    (CREDIT, "contact_phone", "Contact phone", "entry", "fill"),
    (CREDIT, "street", "Street", "entry", "fill"),
    (CREDIT, "postcode_city", "Postcode and city", "entry", "fill"),
    (CREDIT, "purchase_date", "Purchase date", "date", "fill"),
    (CREDIT, "account_ref", "Account reference", "entry", "fill"),
    (CREDIT, "amount", "Credit amount", "entry", "must"),
    (CREDIT, "credit_reason", "Reason for credit", "combo", "must"),
    (CREDIT, "restock", "Goods returned", "radio", "fill"),
    (CREDIT, "sales_country", "Sales country", "combo", "must"),
    (CREDIT, "project", "Project", "entry", "fill"),
    (CREDIT, "cost_centre", "Cost centre", "entry", "fill"),
    (CREDIT, "delivery_note", "Delivery note", "entry", "fill"),
    (CREDIT, "save", "Save", "button", "act"),
    (SCRATCH, "body", "Note", "text", "fill"),
)
# An element's name is unique within its system, so "CRM.phone" names one field.
FIELDS: Final[Mapping[str, Field]] = {
    f"{place.app}.{element}": Field(place.app, place.screen, element, label, role, kind) for place, element, label, role, kind in _FIELDS
}
NEVER_TOUCHED: Final = (
    "Billing.project",
    "Billing.cost_centre",
    "Billing.delivery_note",
    "Helpdesk.tags",
    "Helpdesk.survey",
)

# --- what is entered twice -----------------------------------------------------------------------------------------


class Transfer(NamedTuple):
    """A value carried by hand from one system into another. `equal`: other fields that show the same value, or hold it."""

    target: str
    sources: tuple[str, ...]
    mode: str
    relation: str
    equal: tuple[str, ...] = ()
    via: str | None = None


TRANSFERS: Final = (
    Transfer("CRM.query", ("Helpdesk.order_no",), "typed", "same", ("CRM.order_no",)),
    Transfer("Billing.lookup", ("Helpdesk.order_no",), "typed", "same"),
    Transfer("Helpdesk.invoice_ref", ("Billing.invoice_no",), "typed", "same"),
    Transfer("Helpdesk.refund_amount", ("Billing.amount_due",), "typed", "reformatted"),
    Transfer("Billing.payer_name", ("CRM.full_name",), "clipboard", "same", ("Helpdesk.requester",)),
    Transfer("Billing.contact_phone", ("CRM.phone",), "clipboard", "reformatted"),
    Transfer("Billing.street", ("CRM.address",), "clipboard", "part"),
    Transfer("Billing.postcode_city", ("CRM.postcode", "CRM.city"), "clipboard", "joined", ("CRM.address",)),
    Transfer("Billing.purchase_date", ("CRM.order_date",), "clipboard", "reformatted"),
    Transfer("Billing.account_ref", ("CRM.customer_no",), "clipboard", "same", via="Notes"),
)
DEFAULTS: Final = ("Billing.sales_country", "Helpdesk.team_code")
COMPLEMENTS: Final = (
    ("Helpdesk.invoice_ref", "Helpdesk.refund_amount"),
    ("Billing.street", "Billing.postcode_city"),
)
# Reasons to go somewhere that no integration takes away.
CRM_LOOK_UP: Final = "CRM look-up"
BILLING_LOOK_UP: Final = "Billing look-up"

# --- how often: share of the cases of each kind --------------------------------------------------------------------

CASE_KINDS: Final = {"credit": 0.50, "invoice": 0.30, "question": 0.20}
SHARES: Final[Mapping[str, Mapping[str, float]]] = {
    "credit": {
        "CRM.query": 1.0, "Billing.payer_name": 0.90, "Billing.contact_phone": 0.70, "Billing.street": 0.80,
        "Billing.postcode_city": 0.60, "Billing.purchase_date": 0.50, "Billing.account_ref": 0.55,
        "Billing.sales_country": 1.0, "Helpdesk.team_code": 1.0, "reply": 0.80,
        "CRM.status": 0.20, "CRM.country": 0.15, "CRM.segment": 0.05, "CRM.order_no": 0.15,
    },
    "invoice": {
        "Billing.lookup": 1.0, "Helpdesk.invoice_ref": 1.0, "Helpdesk.refund_amount": 0.75, "Helpdesk.team_code": 1.0, "reply": 1.0,
        "Billing.due_date": 0.20,
    },
    "question": {
        "CRM.query": 1.0, "Helpdesk.team_code": 1.0, "reply": 0.90,
        "CRM.status": 0.40, "CRM.country": 0.30, "CRM.segment": 0.20, "CRM.delivery": 1.0,
    },
}  # fmt: skip
ANY_KIND: Final = {
    "Helpdesk.requester": 0.45, "Helpdesk.warranty": 0.30, "Helpdesk.brand": 0.10,
    "Helpdesk.priority": 0.60, "Helpdesk.language": 0.40, "Helpdesk.store": 0.40,
    "callback focused": 0.92, "callback filled": 0.06, "standard text": 0.25, "return": 0.12, "redo": 0.10,
}  # fmt: skip
LOOK_UPS: Final = ("CRM.status", "CRM.country", "CRM.segment", "CRM.order_no", "CRM.delivery", "Billing.due_date")
BURST_SHARE: Final = 0.22  # of the credit notes saved
MARK_SHARE: Final = 0.10  # of the bursts
TYPO_SHARE: Final = 0.06  # of the fields typed
INTERRUPTED_SHARE: Final = 0.03  # of the replies written freely
BY_HAND_SHARE: Final = 0.05  # of the fields an autofill has filled

# --- between two cases: shares, and breaks in minutes after so many cases ------------------------------------------

BETWEEN: Final = {"refresh": 0.25, "filter": 0.12, "news": 0.10}
BREAKS: Final = {15: (4, 9), 31: (22, 38), 46: (3, 8)}
PAUSED_AGENTS: Final = (2, 5)  # these stop the recorder during their first break

# --- values --------------------------------------------------------------------------------------------------------

# Chosen or shown at random, whoever the customer is: what is equal across systems here is equal by chance.
CHOICES: Final[Mapping[str, Mapping[str, float]]] = {
    "Helpdesk.priority": {"normal": 0.55, "high": 0.30, "low": 0.15},
    "Helpdesk.language": {"sv": 0.60, "en": 0.25, "nb": 0.15},
    "Helpdesk.store": {"Stockholm": 0.35, "Göteborg": 0.25, "Malmö": 0.20, "Uppsala": 0.10, "Umeå": 0.10},
    "Helpdesk.warranty": {"yes": 0.60, "no": 0.40},
    "Helpdesk.brand": {"Norrsken": 1.0},
    "Helpdesk.reason": {"refund": 0.30, "invoice": 0.30, "delivery": 0.20, "fault": 0.12, "other": 0.08},
    "Helpdesk.status": {"closed": 0.60, "waiting": 0.28, "active": 0.12},
    "Helpdesk.team_code": {"KS-2": 0.89, "KS-4": 0.07, "EK-1": 0.04},
    "CRM.country": {"SE": 0.85, "NO": 0.10, "FI": 0.05},
    "CRM.status": {"active": 0.60, "closed": 0.25, "blocked": 0.15},
    "CRM.segment": {"Private": 1.0},
    "CRM.delivery": {"on its way": 0.45, "delivered": 0.35, "delayed": 0.20},
    "CRM.city": {
        "Stockholm": 0.30, "Göteborg": 0.18, "Malmö": 0.14, "Uppsala": 0.10, "Umeå": 0.08, "Lund": 0.07, "Kalmar": 0.07, "Luleå": 0.06,
    },
    "Billing.restock": {"yes": 0.62, "no": 0.38},
    "Billing.credit_reason": {"returned goods": 0.34, "late delivery": 0.26, "wrong price": 0.24, "goodwill": 0.16},
    "Billing.sales_country": {"SE": 0.88, "NO": 0.08, "DK": 0.04},
}  # fmt: skip
POSTCODES: Final = {
    "Stockholm": 11, "Göteborg": 41, "Malmö": 21, "Uppsala": 75, "Umeå": 90, "Lund": 22, "Kalmar": 39, "Luleå": 97,
}  # fmt: skip
GIVEN_NAMES: Final = (
    "Alva", "Birk", "Disa", "Egil", "Frode", "Gry", "Hilmar", "Idun", "Jorunn", "Kettil", "Liv", "Magne", "Njord", "Oda",
    "Pirkko", "Ragna", "Solveig", "Torvald", "Unni", "Vidar", "Ylvali", "Åsmund", "Ädla", "Östen",
)  # fmt: skip
FAMILY_NAMES: Final = (
    "Askelund", "Björkhammar", "Dalvinter", "Ekstubbe", "Fjällros", "Granvatten", "Havsmark", "Islykta", "Järnbacke", "Kvarnsten",
    "Ljungsand", "Månviken", "Nattsjö", "Ormbunk", "Rimfrost", "Silverlind", "Tallkotte", "Uvberg", "Vintergren", "Åkerljus",
)  # fmt: skip
STREETS: Final = (
    "Granitgränd", "Lavstigen", "Norrskensgatan", "Tjäderbacken", "Hjortronvägen", "Vedtrappan", "Klyvarstigen", "Snöflingegatan",
    "Blåbärsgränd", "Ugglestigen", "Rimfrostvägen", "Gnejsgatan",
)  # fmt: skip
MONEY_CENTS: Final = (0, 50, 95)
CALLBACKS: Final = ("after 16", "9-11", "tomorrow", "Friday")
WORDS: Final = (
    "parcel", "delivery", "tomorrow", "thank", "you", "for", "waiting", "we", "have", "checked", "the", "warehouse", "and", "it", "was",
    "sent", "again", "please", "return", "label", "within", "two", "weeks", "sorry", "delay", "colour", "lamp", "cable", "box", "missing",
    "screws", "damaged", "corner", "exchange", "your", "wish", "refund", "takes", "days", "after", "we", "receive", "goods", "kind",
    "regards", "not", "until", "morning", "driver", "called", "nobody", "home", "shop", "collect", "there", "opening", "hours",
)  # fmt: skip
STANDARD_TEXTS: Final = (
    "Thank you for writing to us. We have looked into it and will come back to you within two working days.",
    "We are sorry about the delay. Your parcel has left our warehouse and will reach you this week.",
    "Your money is on its way. It can take up to five banking days before you see it on your account.",
)
NOTES: Final = (
    "save hangs again, I never know if it took",
    "why can't billing see the customer number?",
    "same address three times today",
    "form lost what I wrote",
)


def phone_numbers() -> list[str]:
    """Swedish numbers reserved for fiction, as the CRM writes them."""
    mobile = [f"+46 70-174 06 {last:02d}" for last in range(5, 100)]
    west = [f"+46 31-390 06 {last:02d}" for last in range(100)]
    south = [f"+46 40-628 04 {last:02d}" for last in range(100)]
    capital = [f"+46 8-465 004 {last:02d}" for last in range(100)]
    north = [f"+46 980-31 92 {last:02d}" for last in range(100)]
    return [*mobile, *west, *south, *capital, *north]


@cache
def place_of(field: str) -> Place:
    """The screen a field is on."""
    app, screen = FIELDS[field].app, FIELDS[field].screen
    return next(place for place in PLACES if (place.app, place.screen) == (app, screen))


@cache
def form(place: Place) -> tuple[str, ...]:
    """Elements of a screen that can be filled in, in tab order."""
    return tuple(f.element for f in FIELDS.values() if (f.app, f.screen) == place[:2] and f.kind in {"fill", "must"})
