"""A made-up study of 8 agents and 480 cases in four systems, as the analysis hands it to the report."""

from __future__ import annotations

import copy
from typing import Any

Row = dict[str, Any]

FEWEST = {"name": "min_occurrences", "value": 25, "unit": "occurrences", "source": "contracts, rank"}
GLANCE = {"name": "glance_s", "value": 1.2, "unit": "s", "source": "Kieras 2001"}
REPAIR = {"name": "redo_share", "value": 0.05, "unit": "share", "source": "study.toml"}

TOOLKIT = {"set_by": "toolkit", "until": None}

SCREENS = {
    "customer": ("CRM", "Customer form"), "search": ("CRM", "Search"), "history": ("CRM", "Contact history"),
    "ticket": ("Helpdesk", "Ticket"), "queue": ("Helpdesk", "Queue"), "reply": ("Helpdesk", "Reply"), "close": ("Helpdesk", "Close ticket"),
    "invoice": ("Billing", "Invoice"), "account": ("Billing", "Account search"), "credit": ("Billing", "Credit note"),
    "payments": ("Billing", "Payments"), "notes": ("Notes", "Untitled"),
}  # fmt: skip


def field(screen: str, name: str, label: str | None = None) -> Row:
    """A field as the contracts write it."""
    app, title = SCREENS[screen]
    return {"app": app, "screen": title, "field": name, "label": label}


CUSTOMER_NO = field("customer", "txtCustomerNo", "Customer no.")
ADDRESS = field("customer", "txtAddress", "Address")
POSTCODE = field("customer", "txtPostcode", "Postcode")
EMAIL = field("customer", "txtEmail", "E-mail")
TICKET_NO = field("ticket", "ticket_id", "Ticket no.")
TICKET_CUSTOMER = field("ticket", "customer_ref", "Customer reference")
CATEGORY = field("ticket", "category", "Category")
REPLY_TEXT = field("reply", "body", "Text of the reply")
CLOSE_CODE = field("close", "close_code", "Closing code")
INVOICE_NO = field("invoice", "invoiceNo", "Invoice no.")
INVOICE_ADDRESS = field("invoice", "deliveryAddress", "Delivery address")
ACCOUNT_SEARCH = field("account", "q", "Account or name")
CREDIT_REASON = field("credit", "reason", "Reason for the credit note, as it is to be printed")
NOTE = field("notes", "text")
FAX = field("customer", "txtFax", "Fax")


def rank_row(rank: int, kind: str, sources: list[Row], targets: list[Row], minutes: tuple[float, ...], **more: Any) -> Row:
    """A ranked row; `minutes` are alone, low, high, on top and together."""
    alone, low, high, on_top, together = minutes
    row = {
        "rank": rank, "kind": kind, "title": f"{kind} {rank}", "sources": sources, "targets": targets, "minutes_per_case": alone,
        "ci90": [low, high], "bounds": [low * 0.6, high * 1.3], "marginal_minutes_per_case": on_top,
        "cumulative_minutes_per_case": together, "case_share": 0.86, "cases": 412, "agents": 8, "occurrences": 655, "evidence": "measured",
        "p_top5": 1.0, "assumptions": [GLANCE, REPAIR],
    }  # fmt: skip
    return row | more


def anecdote(rank: int, kind: str, sources: list[Row], targets: list[Row], **more: Any) -> Row:
    """A row seen too rarely."""
    row = rank_row(rank, kind, sources, targets, (0.05, 0.01, 0.12, 0.05, 2.99))
    return (
        row
        | {
            "ci90": None,
            "p_top5": None,
            "evidence": "anecdote",
            "case_share": 0.02,
            "cases": 11,
            "agents": 4,
            "occurrences": 14,
        }
        | more
    )


def rank() -> list[Row]:
    """Nine ranked rows, a tenth that the first one holds already, and two anecdotes."""
    return [
        rank_row(1, "autofill", [CUSTOMER_NO, ADDRESS, POSTCODE, EMAIL], [TICKET_CUSTOMER], (0.92, 0.74, 1.12, 0.92, 0.92), occurrences=1204, cases=467),
        rank_row(2, "link", [INVOICE_NO, INVOICE_ADDRESS], [TICKET_NO], (0.78, 0.52, 1.09, 0.70, 1.62), cases=398, occurrences=512, p_top5=0.99),
        rank_row(3, "autofill", [ADDRESS], [INVOICE_ADDRESS], (0.61, 0.40, 0.88, 0.48, 2.10), cases=351, occurrences=389, p_top5=0.97),
        rank_row(4, "deep_link", [TICKET_CUSTOMER], [ACCOUNT_SEARCH], (0.34, 0.21, 0.50, 0.27, 2.37), cases=290, occurrences=301, p_top5=0.83),
        rank_row(5, "template", [], [REPLY_TEXT], (0.27, 0.09, 0.55, 0.21, 2.58), evidence="blended", agents=6, cases=61, occurrences=71, p_top5=0.64),
        rank_row(6, "default", [], [CLOSE_CODE], (0.16, 0.12, 0.21, 0.15, 2.73), cases=480, occurrences=480, p_top5=0.41),
        rank_row(7, "default", [], [CATEGORY], (0.11, 0.08, 0.15, 0.10, 2.83), cases=472, occurrences=472, p_top5=0.12),
        rank_row(8, "autofill", [INVOICE_NO], [CREDIT_REASON, NOTE], (0.09, 0.02, 0.21, 0.06, 2.89), evidence="modelled", agents=5, cases=29, occurrences=31, p_top5=0.08),
        rank_row(9, "remove_field", [], [FAX], (0.03, 0.02, 0.05, 0.03, 2.92), ci90=None, cases=480, occurrences=466, p_top5=0.0),
        rank_row(10, "autofill", [EMAIL], [TICKET_CUSTOMER], (0.31, 0.22, 0.42, 0.0, 2.92), cases=205, occurrences=205, p_top5=0.7),
        anecdote(11, "autofill", [NOTE], [CREDIT_REASON]),
        anecdote(12, "link", [EMAIL], [REPLY_TEXT], agents=2, occurrences=9),
    ]  # fmt: skip


def effort() -> list[Row]:
    """Classes by kind, and one that the consultant knows better."""
    by_kind = {"autofill": "medium", "link": "large"}
    rows = [{"rank": row["rank"], "effort": by_kind.get(row["kind"], "small"), "set_by": "toolkit"} for row in rank()]
    rows[2] |= {"effort": "small", "set_by": "study.toml"}
    return rows


def sensitivity() -> list[Row]:
    """Four assumptions, of which one would bring another integration among the first three."""
    rows = (
        ("glance_s", "s", 1.2, 0.6, 2.4, 3.18, 2.41, True), ("redo_share", "share", 0.05, 0.025, 0.1, 2.99, 2.78, False),
        ("gap_drop_ms", "ms", 120_000, 60_000, 300_000, 2.86, 2.94, False), ("min_occurrences", "occurrences", 25, 12, 50, 2.95, 2.83, False),
    )  # fmt: skip
    names = ("name", "unit", "value", "low", "high", "total_low", "total_high", "first_three_change")
    return [dict(zip(names, row, strict=True)) for row in rows]


def pair(  # noqa: PLR0913, PLR0917  columns
    source: Row, target: Row, mode: str, relation: str, share: float, times: int, each: float, per_case: float
) -> Row:
    """A re-entry row."""
    return {
        "source": source, "target": target, "mode": mode, "relation": relation, "cases": round(share * 480), "case_share": share,
        "occurrences": times, "chance_rate": 0.01, "effect": 0.8, "q_value": 0.001, "seconds_per_occurrence": each, "seconds_per_case": per_case,
    }  # fmt: skip


def reentry() -> list[Row]:
    """Eight pairs."""
    return [
        pair(CUSTOMER_NO, TICKET_CUSTOMER, "clipboard", "same", 0.97, 612, 14.1, 18.0),
        pair(INVOICE_NO, TICKET_NO, "typed", "same", 0.83, 512, 15.0, 16.0),
        pair(ADDRESS, INVOICE_ADDRESS, "typed", "reformatted", 0.73, 389, 17.3, 14.0),
        pair(TICKET_CUSTOMER, ACCOUNT_SEARCH, "clipboard", "same", 0.60, 301, 14.8, 9.3),
        pair(EMAIL, REPLY_TEXT, "clipboard", "part", 0.31, 160, 16.5, 5.5),
        pair(POSTCODE, INVOICE_ADDRESS, "typed", "joined", 0.29, 150, 12.2, 3.8),
        pair(NOTE, CREDIT_REASON, "typed", "same", 0.06, 31, 38.7, 2.5),
        pair({"app": "(unknown)", "screen": "", "field": "", "label": None}, CREDIT_REASON, "clipboard", "same", 0.05, 26, 22.2, 1.2),
    ]  # fmt: skip


def workarounds() -> list[Row]:
    """One way through the notes that everybody takes, and one that a single agent took."""
    kept = {
        "memory": [NOTE], "sources": [CUSTOMER_NO], "targets": [ACCOUNT_SEARCH], "occurrences": 131, "cases": 127, "agents": 7,
        "seconds_per_case": 3.4, "held_s_median": 31.2, "example": {"put_s": 5.1, "held_s": 31.0, "taken_s": 7.2},
    }  # fmt: skip
    own = {"sources": [EMAIL], "targets": [REPLY_TEXT], "occurrences": 9, "cases": 9, "agents": 1, "seconds_per_case": 0.21}
    return [kept, kept | own]


def screen_row(screen: str, dwell: float, excess: float | None, visits: int, **more: Any) -> Row:
    """Friction of a screen."""
    app, title = SCREENS[screen]
    row = {
        "app": app, "screen": title, "visits": visits, "cases": min(visits, 470), "dwell_s_per_case": dwell, "dwell_s_median": dwell * 0.8,
        "dwell_s_p90": dwell * 2.1, "returns_per_case": 0.7, "repeat_clicks": 4, "dead_clicks": 9, "corrections_per_case": 0.2,
        "passed_over": 12, "never_touched": 40, "excess_s_per_case": excess, "n_agents": 8,
    }  # fmt: skip
    return row | more


def screens() -> list[Row]:
    """Twelve screens, longest first."""
    return [
        screen_row("ticket", 74.2, 12.5, 1893, returns_per_case=2.94, dwell_s_median=14.2),
        screen_row("customer", 61.0, 21.4, 1210, returns_per_case=1.52, repeat_clicks=38, dwell_s_median=19.5),
        screen_row("account", 47.3, 29.8, 802, repeat_clicks=112, dead_clicks=64, dwell_s_median=21.1),
        screen_row("invoice", 44.1, 8.2, 690, dwell_s_median=26.0),
        screen_row("reply", 39.5, None, 511, dwell_s_median=33.2),
        screen_row("search", 28.9, 14.1, 866, repeat_clicks=27, dwell_s_median=12.9),
        screen_row("notes", 21.7, 9.9, 420, dwell_s_median=15.3),
        screen_row("credit", 17.2, 3.1, 96),
        screen_row("queue", 15.8, -1.0, 980, dwell_s_median=6.0),
        screen_row("history", 12.4, 4.4, 233),
        screen_row("close", 11.9, 0.8, 480),
        screen_row("payments", 9.6, 2.2, 77, dead_clicks=None),
    ]


def field_row(target: Row, skip: float | None, never: float | None, **more: Any) -> Row:
    """Friction of a field."""
    row = target | {
        "visits": 430, "dwell_s_median": 3.1, "hesitation_s_median": 0.8, "corrections_per_visit": 0.03, "return_rate": 0.02,
        "skip_rate": skip, "never_touched_rate": never, "n_cases": 480, "n_agents": 8,
    }  # fmt: skip
    return row | more


def fields() -> list[Row]:
    """Twenty-six fields; the last is one that nobody ever touched."""
    return [
        field_row(FAX, 0.97, 0.01, visits=466),
        field_row(field("customer", "txtTitle", "Title"), 0.92, 0.06),
        field_row(field("customer", "txtPhone2", "Second telephone"), 0.41, 0.55),
        field_row(field("customer", "txtSegment", "Segment"), 0.02, 0.96),
        field_row(field("credit", "costCentre", "Cost centre"), 0.04, 0.94, n_cases=96),
        field_row(field("ticket", "impact", "Impact"), 0.0, 0.99),
        field_row(field("ticket", "urgency", "Urgency"), 0.12, 0.71),
        field_row(field("invoice", "projectNo", "Project no."), None, 0.83, n_cases=351),
        field_row(field("close", "lessons", "What did we learn?"), 0.66, 0.10),
        field_row(field("reply", "cc", "Copy to"), 0.02, 0.57),
        field_row(field("customer", "txtCountry", "Country"), 0.30, 0.11),
        field_row(field("customer", "txtCity", "Town"), 0.01, 0.22),
        field_row(CUSTOMER_NO, 0.0, 0.03),
        field_row(ADDRESS, 0.01, 0.21, corrections_per_visit=0.18),
        field_row(POSTCODE, 0.0, 0.24),
        field_row(EMAIL, 0.05, 0.31),
        field_row(TICKET_NO, 0.0, 0.01),
        field_row(TICKET_CUSTOMER, 0.0, 0.02, return_rate=0.14),
        field_row(CATEGORY, 0.0, 0.01, hesitation_s_median=3.4),
        field_row(REPLY_TEXT, 0.0, 0.03, hesitation_s_median=5.2),
        field_row(CLOSE_CODE, 0.0, 0.0),
        field_row(INVOICE_NO, 0.0, 0.27, corrections_per_visit=0.09),
        field_row(INVOICE_ADDRESS, 0.02, 0.25, corrections_per_visit=0.24),
        field_row(ACCOUNT_SEARCH, 0.0, 0.2),
        field_row(CREDIT_REASON, 0.0, 0.1, n_cases=96, hesitation_s_median=None),
        field_row(
            field("close", "survey"), 0.0, 1.0, visits=0, hesitation_s_median=None, corrections_per_visit=None, return_rate=None, n_agents=0
        ),
    ]


def suggestions() -> list[Row]:
    """One of each kind, and a default that rests on a single agent."""
    rows = (
        (field("close", "survey"), "remove", 1.0, 480, 0), (FAX, "move", 0.97, 480, 8), (CLOSE_CODE, "default", 0.91, 480, 8),
        (CREDIT_REASON, "default", 0.85, 12, 1),
    )  # fmt: skip
    return [target | {"kind": kind, "share": share, "n_cases": n, "n_agents": agents} for target, kind, share, n, agents in rows]


def typical_case() -> Row:
    """A case of about four minutes with 14 changes of application."""
    course = (
        ("queue", 2, False), ("ticket", 22, False), ("search", 14, False), ("customer", 25, False), ("ticket", 11, True),
        ("account", 27, False), ("ticket", 6, False), ("account", 9, True), ("invoice", 31, False), ("notes", 9, False),
        ("invoice", 8, False), ("customer", 12, False), ("ticket", 4, False), ("invoice", 16, True), ("notes", 5, False), ("ticket", 12, True),
        ("customer", 5, False), ("reply", 24, True), ("close", 4, False),
    )  # fmt: skip
    segments, start, switches = [], 0, 0
    for screen, seconds, again in course:
        app, title = SCREENS[screen]
        switches += bool(segments) and segments[-1]["app"] != app
        segments.append({"app": app, "screen": title, "start_s": float(start), "end_s": float(start + seconds), "reentry": again})
        start += seconds
    return {"seconds": float(start), "events": 171, "switches": switches, "segments": segments}


def switches() -> list[Row]:
    """Changes between the four systems."""
    pairs = (
        ("Helpdesk", "CRM", 3.41), ("CRM", "Helpdesk", 3.12), ("Helpdesk", "Billing", 2.20), ("Billing", "Helpdesk", 2.06),
        ("Billing", "Notes", 0.95), ("Notes", "Billing", 0.91), ("CRM", "Billing", 0.88), ("Billing", "CRM", 0.64), ("Notes", "Helpdesk", 0.12),
    )  # fmt: skip
    return [{"source_app": source, "target_app": target, "per_case": per_case} for source, target, per_case in pairs]


def coverage() -> Row:
    """Sixty hours recorded, of which some could not be seen."""
    return {
        "recorded_s": 216_000.0, "active_s": 187_920.0, "long_gaps_s": 14_040.0, "paused_s": 9_720.0, "blind_s": 4_320.0, "sessions": 24,
        "minutes_by_gap": [
            {"gap_s": 60, "case_seconds": 361.0, "minutes_saved": 2.04},
            {"gap_s": 120, "case_seconds": 384.0, "minutes_saved": 2.10},
            {"gap_s": 300, "case_seconds": 421.0, "minutes_saved": 2.12},
        ],
        "not_measured": [{"code": "no_call_state", "message": "The log does not say when the agents were on the telephone."}],
    }  # fmt: skip


def example_result(**study: Any) -> Row:
    """The whole document; keywords replace entries of `study`. No row has more agents than the study."""
    agents = study.get("agents", 8)
    result = {
        "schema_version": 1,
        "study": {
            "title": "Nordlys Energi, customer service", "sessions": 24, "agents": 8, "cases": 480, "events": 81_214,
            "systems": ["Helpdesk", "CRM", "Billing", "Notes"], "cases_per_day": 320, "language": "en", "agents_agreed": False,
            "first_day": "2026-09-14", "last_day": "2026-09-25", "origin": "imported", "assumed_by": None,
        } | study,
        "cases": {
            "n": 480, "seconds_mean": 384.0, "seconds_median": 351.0, "events_median": 158, "how": {"completion": 461, "cut": 19},
            "events_in_no_case": 4_811, "share_in_no_case": 0.062,
        },
        "rank": [row | {"agents": min(row["agents"], agents)} for row in rank()],
        "total": {"minutes_per_case": 2.92, "ci90": [2.31, 3.60]},
        "tied": [[4, 5], [6, 7], [9, 10]],
        "effort": effort(),
        "sensitivity": sensitivity(),
        "reentry": reentry(),
        "workarounds": [row | {"agents": min(row["agents"], agents)} for row in workarounds()],
        "suggestions": [row | {"n_agents": min(row["n_agents"], agents)} for row in suggestions()],
        "friction": {
            "screen": [row | {"n_agents": min(row["n_agents"], agents)} for row in screens()],
            "field": [row | {"n_agents": min(row["n_agents"], agents)} for row in fields()],
            "app": [
                {"app": "Helpdesk", "dwell_s_per_case": 141.4, "switches_in": 2551, "round_trips": 402},
                {"app": "CRM", "dwell_s_per_case": 102.3, "switches_in": 1946, "round_trips": 711},
                {"app": "Billing", "dwell_s_per_case": 118.2, "switches_in": 1913, "round_trips": 388},
                {"app": "Notes", "dwell_s_per_case": 21.7, "switches_in": 456, "round_trips": 391},
            ],
        },
        "switches": switches(),
        "switching": {"agents": agents, "across_s": 2.31, "across_ci90": [1.82, 2.93], "after_s": 0.62, "after_ci90": [0.44, 0.87]},
        "typical_case": typical_case(),
        "coverage": coverage(),
        "assumptions": [
            FEWEST | TOOLKIT, GLANCE | TOOLKIT, REPAIR | {"set_by": "study.toml", "until": "2027-06-30"},
            {"name": "gap_drop_ms", "value": 120_000, "unit": "ms", "source": "default of this toolkit"} | TOOLKIT,
        ],
        "marks": [
            {"note": "I look the address up in Billing because CRM has the old one", "n": 4},
            {"note": "the search forgets what I wrote", "n": 1},
        ],
        "marks_not_quoted": 0,
        "warnings": [
            {"code": "events_in_no_case", "message": "4811 of 81214 events (6%) belong to no case and are left out"},
            {"code": "no_values", "message": "the logs show no values, so typed re-entry cannot be seen"},
        ],
    }  # fmt: skip
    return copy.deepcopy(result)
