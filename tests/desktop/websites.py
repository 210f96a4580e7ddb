"""
Two small web systems on 127.0.0.1: a ticket system and a billing system, which know nothing of each other.

    with Websites() as sites:
        sites.tickets.url, sites.billing.url

Every page tells its own server where its elements are on the screen and which DOM events they got, with their values. That is how the clerk
knows where to click and the tests know what really happened, without any accessibility interface.
"""

from __future__ import annotations

import html
import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qs, urlsplit

from tests.desktop.customers import Canaries, Ticket, invent_tickets
from tests.desktop.desktop import until

__all__ = ["BILLING_FORM", "TICKET_FORM", "Box", "Fillable", "Observed", "Page", "Website", "Websites"]

PAGES: Final = Path(__file__).resolve().with_name("pages")
TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
NOTHING: Final = Canaries(*[""] * 9)


class Fillable(NamedTuple):
    """
    What a person can fill in, in tab order.

    Args:

        elements: Its id; of a group of radio buttons all of theirs.

        kind: `text`, `area`, `select`, `checkbox`, `radio`, `date` or `password`.

        stops: How many times Tab stops in it.
    """

    elements: tuple[str, ...]
    kind: str = "text"
    stops: int = 1

    @property
    def element(self) -> str:
        """The first of its ids."""
        return self.elements[0]


TICKET_FORM: Final = (
    Fillable(("category",), "select"),
    Fillable(("priority-low", "priority-high"), "radio"),
    Fillable(("call-back",), "checkbox"),
    Fillable(("resolution",), "area"),
    Fillable(("follow-up",)),
)
BILLING_FORM: Final = (
    *(Fillable((element,)) for element in ("name", "email", "customer-number", "address", "phone", "order")),
    Fillable(("due",), "date", 4),  # month, day, year, calendar
    Fillable(("method",), "select"),
    Fillable(("express",), "checkbox"),
    Fillable(("by-mail", "by-email"), "radio"),
    Fillable(("approval",), "password"),
    Fillable(("discount",)),  # in an open shadow root
    Fillable(("cost-centre",)),
)


class Box(NamedTuple):
    """Where an element is on the desktop, pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def middle(self) -> tuple[int, int]:
        """Its middle."""
        return self.x + self.width // 2, self.y + self.height // 2


@dataclass(frozen=True)
class Page:
    """A page as it last reported itself; `shown` is when its present view came up, on `time.monotonic`."""

    page: str
    number: int
    path: str
    shown: float
    boxes: Mapping[str, Box]


@dataclass(frozen=True)
class Observed:
    """A DOM event as the page saw it; `at` on `time.monotonic`, `value` None for a password and where there is none."""

    page: str
    number: int
    path: str
    event: str
    element: str
    at: float
    value: str | None = field(repr=False)
    checked: bool | None
    trusted: bool
    length: int


class Website:
    """
    One web system, and what its pages reported.

    Attributes:

        posts: What was submitted, oldest first.
    """

    def __init__(self, name: str, respond: Callable[[Website, str], str | None]) -> None:
        self.name = name
        self.posts: list[dict[str, str]] = []
        self._respond = respond
        self._lock = threading.Lock()
        self._page: tuple[float, int, Page] | None = None
        self._events: list[Observed] = []
        self._zero = time.monotonic() - time.time()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name=f"website {name}", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self._server.server_port}"

    @property
    def url(self) -> str:
        """Its first page."""
        return f"http://{self.address}/"

    def stop(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ---- what its pages reported

    def page(self) -> Page | None:
        """The page that was loaded last, as it last reported itself."""
        with self._lock:
            return self._page[-1] if self._page else None

    def wait_for(self, *elements: str, path: str | None = None, after: float = 0.0) -> Page:
        """
        The page, as soon as it shows these elements.

        Args:

            elements: Their ids.

            path: What its path begins with; None for any.

            after: It came up later than this, on `time.monotonic`.
        """

        def there() -> Page | None:
            page = self.page()
            fits = page and page.boxes.keys() >= set(elements) and page.shown >= after and page.path.startswith(path or "/")
            return page if fits else None

        return until(there, f"{', '.join(elements) or 'a page'} of {self.name}")

    def box(self, element: str) -> Box:
        """Where an element is, as soon as it is shown."""
        return self.wait_for(element).boxes[element]

    def events(self, *kinds: str) -> list[Observed]:
        """The DOM events of these kinds, or all, in the order in which they happened."""
        with self._lock:
            found = [one for one in self._events if not kinds or one.event in kinds]
        return sorted(found, key=lambda one: (one.at, one.number))

    def value(self, element: str) -> str | None:
        """What an element held when it last reported a value."""
        return next((one.value for one in reversed(self.events("input", "change")) if one.element == element), None)

    # ---- for the handler

    def answer(self, path: str) -> tuple[str, str] | None:
        """Type and text of what is at a path; None where nothing is."""
        asset = PAGES / urlsplit(path).path.lstrip("/")
        if asset.suffix in TYPES and asset.parent == PAGES and asset.exists():
            return TYPES[asset.suffix], asset.read_text("utf-8")
        text = self._respond(self, urlsplit(path).path)
        return ("text/html", text) if text else None

    def take_report(self, report: dict) -> None:
        """Keep what a page reported."""
        common = {name: report[name] for name in ("page", "number", "path")}
        with self._lock:
            if report["kind"] == "boxes":
                boxes = {name: Box(*box) for name, box in report["boxes"].items()}
                page = Page(**common, shown=report["shown"] / 1000 + self._zero, boxes=boxes)
                self._page = max(self._page or (0.0, 0, page), (report["loaded"], report["number"], page), key=lambda one: one[:2])
            else:
                seen = {name: report[name] for name in ("event", "element", "value", "checked", "trusted", "length")}
                self._events.append(Observed(**common, **seen, at=report["at"] / 1000 + self._zero))


class Websites:
    """
    Both systems, while the `with` block lasts.

    Args:

        canaries: What to put into titles, addresses, labels, hidden inputs, choices and texts; nothing of the kind if left out.

        count: How many tickets there are.

        seed: Decides who the customers are.
    """

    def __init__(self, canaries: Canaries | None = None, count: int = 12, seed: int = 0) -> None:
        self.canaries = canaries or NOTHING
        self.list: tuple[Ticket, ...] = invent_tickets(count, seed)
        self._tickets = {ticket.reference: ticket for ticket in self.list}
        self.tickets = Website("the ticket system", self._ticket_page)
        self.billing = Website("the billing system", self._billing_page)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.tickets.stop()
        self.billing.stop()

    def values(self) -> tuple[str, ...]:
        """Every value of a customer."""
        return tuple(value for ticket in self.list for value in ticket.values())

    def _fill(self, page: str, **more: str) -> str:
        canaries = self.canaries
        common = {
            "text": canaries.text,
            "hidden": canaries.hidden,
            "option": canaries.option or "Andet",
            "placeholder": canaries.placeholder,
            "aria_label": f"Efter aftale med {canaries.aria_label}" if canaries.aria_label else "Efter aftale",
        }
        safe = {name: html.escape(value) for name, value in (common | more).items()}
        return Template((PAGES / page).read_text("utf-8")).substitute(safe | {"rows": more.get("rows", "")})

    def _tail(self) -> tuple[str, str, str]:
        """What follows the path proper in an address: a further segment, the query, the fragment."""
        canaries = self.canaries
        return (
            f"/{canaries.path}" if canaries.path else "",
            f"?kunde={canaries.query}" if canaries.query else "",
            f"#{canaries.fragment}" if canaries.fragment else "",
        )

    def _title(self) -> str:
        return f" – {self.canaries.title}" if self.canaries.title else ""

    def _ticket_page(self, _site: Website, path: str) -> str | None:
        place = path.strip("/").split("/")
        if place in ([""], ["tickets"]):
            rows = "\n".join(
                f'<tr><td><a id="open-{one.reference}" href="/tickets/{one.reference}{"".join(self._tail())}">{one.reference}</a>'
                for one in self.list
            )
            return self._fill("tickets.html", title="Åbne sager" + self._title(), rows=rows)
        ticket = self._tickets.get(place[1]) if place[0] == "tickets" else None
        if ticket is None:
            return None
        return self._fill("ticket.html", title=f"Sag {ticket.reference}{self._title()}", **vars(ticket))

    def _billing_page(self, _site: Website, path: str) -> str | None:
        if path not in {"/", "/invoices/new", "/invoices/thanks"}:
            return None
        _, query, fragment = self._tail()
        return self._fill("billing.html", title=self._title(), query=query, fragment=fragment)


def _handler(site: Website) -> type[BaseHTTPRequestHandler]:
    """What answers the browser for one system."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = site.answer(self.path)
            kind, text = found or ("text/plain", "")
            self._reply(200 if found else 404, kind, text)

        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode("utf-8")
            if self.path == "/report":
                site.take_report(json.loads(sent))
                self._reply(204)
            elif self.path.startswith("/api/"):
                site.posts.append(json.loads(sent))
                self._reply(204)
            else:
                site.posts.append({name: values[-1] for name, values in parse_qs(sent).items()})
                self._reply(303, location="/tickets")

        def _reply(self, status: int, kind: str = "", text: str = "", location: str = "") -> None:
            body = text.encode()
            self.send_response(status)
            if kind:
                self.send_header("Content-Type", f"{kind}; charset=utf-8")
            if location:
                self.send_header("Location", location)
            self.send_header("Cache-Control", "no-store")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: an address holds content."""

    return Handler
