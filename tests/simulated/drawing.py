"""
Draw an office: every seed has systems, screens, fields, transfers and kinds of cases of its own.

    desk system        queue -> ticket -> (reply) -> close
    first record       searched for by order number; its fields are copied into a form, one trip for each
    second record      searched for too; two fields are kept in mind and typed into the reply: only both filled end the visit
    form system        the form, of its own or in the second record's system
    notes              where a value is parked on its way, in most offices
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tests.simulated.building import Builder
from tests.simulated.office import Default, Entry, Field, Form, Job, Kind, Office, Record, Screen, Transfer
from tests.simulated.streams import Stream
from tests.simulated.timing import ONE_SLOW_IN
from tests.simulated.values import FACT_OF, WAYS
from tests.simulated.words import CHANCE, DESKS, ENTERED, FIRSTS, FORMS, MAILS, NOTES, OWN_CHOICES, SECONDS, UNUSED

__all__ = ["draw_office"]

MORE_SCREENS: Final = ("contact", "knowledge", "saved", "exceptions", "close")  # not in every office
EXTREME_SHARE: Final = 0.008  # of the cases: four in a team of eight
PARKED: Final = 2  # which of the ways into the form leads through the notes, where there are any


def draw_office(seed: int, *, null: bool = False) -> Office:
    """
    Draw an office.

    Args:
        seed: Which office.
        null: The same office and work, but nothing is ever entered a second time.

    Returns:
        The office; equal arguments give equal offices.
    """
    return _Drawing(seed, null=null).office()


def _fact(field: Field) -> str:
    """Which fact a field is about, in whatever notation."""
    return FACT_OF.get(field.content, field.content)


class _Drawing:
    """An office while it is drawn, system by system."""

    def __init__(self, seed: int, *, null: bool) -> None:
        self.seed, self.null = seed, null
        self.draw = Stream(f"{seed}/office")
        self.build = Builder(self.draw)
        self.ways: list[Transfer] = []
        self.defaults: list[Default] = []
        self.unused: list[str] = self.draw.several(UNUSED, len(UNUSED))
        self.chance = self.draw.several(CHANCE, len(CHANCE))
        self.choices = self.draw.several(OWN_CHOICES, len(OWN_CHOICES))
        self.never: list[Field] = []
        self.constant: Field | None = None
        self.stops: list[Field] = []
        self._name_systems()

    def _name_systems(self) -> None:
        draw = self.draw
        self.desk, self.first, self.second = draw.pick(DESKS), draw.pick(FIRSTS), draw.pick(SECONDS)
        own_form, own_mail, notes = draw.happens(0.5), draw.happens(0.3), draw.happens(0.6)
        if own_form + own_mail + notes == 0:
            own_form = True
        self.form_app = draw.pick(FORMS) if own_form else self.second
        self.mail = draw.pick(MAILS) if own_mail else self.desk
        self.notes = draw.pick(NOTES) if notes else None
        self.more = set(draw.several(MORE_SCREENS, draw.whole(1, 3)))

    def office(self) -> Office:
        """Draw everything, in an order in which each finds what it needs."""
        queue, grid, refresh = self._queue()
        ticket_entries, ticket = self._ticket()
        records = self._records()
        news = self.build.screen(self.desk, "/kb/:id", "Knowledge") if "knowledge" in self.more else None
        article = self.build.field(news, "Article", "document", "read", "standard") if news else None
        form = self._form()
        plain, full = self._reply()
        close = self._close(queue)
        kinds = self._kinds(form, plain, full, self._exception(form.after))
        return Office(
            seed=self.seed, null=self.null, left_on=self._left_on(records, form, plain), responses=self._responses(), queue=queue,
            queue_grid=grid, refresh=refresh, ticket=ticket, ticket_no=self.ticket_no, order_no=self.order_no, message=self.message,
            ticket_entries=ticket_entries, close=close, news=news, article=article, records=records, kinds=kinds, ways=tuple(map(self._with_equals, self.ways)),
            defaults=tuple(self.defaults), screens=tuple(self.build.screens), fields=dict(self.build.fields),
            never_touched=tuple(self.never), passed_over=tuple(self.stops),
            slow_agent=self.draw.whole(0, ONE_SLOW_IN - 1),
        )  # fmt: skip

    # --- the desk system -------------------------------------------------------------------------------------------

    def _queue(self) -> tuple[Screen, Field, Field]:
        queue = self.build.screen(self.desk, "/queue", "Queue")
        grid = self.build.field(queue, "Tickets", "grid", "act")
        return queue, grid, self.build.field(queue, "Refresh", "button", "act")

    def _ticket(self) -> tuple[tuple[Entry, ...], Screen]:
        self.ticket = self.build.screen(self.desk, "/tickets/:id", "Ticket")
        self.ticket_no = self.build.field(self.ticket, "Ticket number", "entry", "read", "ticket_no")
        self.requester = self.build.shown(self.ticket, "person")
        self.order_no = self.build.field(self.ticket, "Order number", "entry", "read", "own order_no" if self.null else "order_no")
        self.message = self.build.field(self.ticket, "Message", "document", "read", "text")
        if self.draw.happens(0.5):
            self.constant = self.build.field(self.ticket, "Brand", "entry", "read", (("Norrsken", 1.0),))
        label, options = self.chance[0]
        self.ticket_chance = self.build.field(self.ticket, label, "entry", "read", options)
        entries = [
            Entry("choice", self.build.field(self.ticket, label, "combo", "fill", options), self.draw.between(0.3, 0.7))
            for label, options in self.chance[1 : 1 + self.draw.whole(1, 2)]
        ]
        return tuple(entries), self.ticket

    def _close(self, queue: Screen) -> Form:
        build, draw = self.build, self.draw
        slow = draw.pick((1.0, 1.0, 4.0))
        screen = build.screen(self.desk, "/tickets/:id/close", "Close", slow) if "close" in self.more else self.ticket
        label, options = self.choices[0]
        entries = [Entry("choice", build.field(screen, label, "combo", "must", options))]
        if draw.happens(0.6):
            codes = self._codes("KS-2", "KS-4", "EK-1")
            code = build.field(screen, "Team code", "entry", "must", codes)
            self.defaults.append(Default(code, *codes[0]))
            entries.append(Entry("default", code))
        self._unused(screen, draw.whole(0, 1))
        submit = build.field(screen, "Close ticket", "button", "act")
        return Form(screen, tuple(entries), submit, queue, *self._dead(screen, "Print"))

    def _codes(self, usual: str, *others: str) -> tuple[tuple[str, float], ...]:
        share = round(self.draw.between(0.82, 0.94), 2)
        rest = round((1 - share) / len(others), 4)
        return ((usual, share), *((other, rest) for other in others))

    def _unused(self, screen: Screen, n: int) -> None:
        self.never += [self.build.field(screen, self.unused.pop(), "entry", "fill") for _ in range(n)]

    # --- records ---------------------------------------------------------------------------------------------------

    def _records(self) -> tuple[Record, ...]:
        first = self._record(self.first, "customers", detail="contact" in self.more, in_place=self.draw.happens(0.2))
        second = self._record(self.second, "invoices", detail=False, in_place=self.draw.happens(0.4))
        for record, shown in ((first, "order_no"), (second, "due")):
            self.build.shown(record.screens[0], shown)
        label, options = self.chance[0]
        self.first_chance = self.build.field(first.screens[0], label, "entry", "read", options)
        if not self.constant:
            self.constant = self.build.field(first.screens[0], "Segment", "entry", "read", (("Private", 1.0),))
        for record in (first, second):
            self.ways.append(Transfer(record.query, (self.order_no,), "typed", "same", in_mind=True))
        self.first_record, self.second_record = first, second
        return first, second

    def _record(self, app: str, noun: str, *, detail: bool, in_place: bool) -> Record:
        build = self.build
        search = build.screen(app, f"/{noun}", "Search")
        query = build.field(search, "Order or name", "entry", "fill", "own order_no" if self.null else "order_no")
        button = build.field(search, "Find", "button", "act")
        hits = None if in_place else build.field(search, "Results", "grid", "act")
        screens = [search if in_place else build.screen(app, f"/{noun}/:id", "Record")]
        if detail:
            screens.append(build.screen(app, f"/{noun}/:id/contact", "Contact"))
        return Record(search, query, button, hits, tuple(screens))

    # --- forms -----------------------------------------------------------------------------------------------------

    def _target(self, screen: Screen, notation: str) -> Field:
        content = f"own {notation}" if self.null else notation
        return self.build.field(screen, self.draw.pick(ENTERED[notation]), "entry", "fill", content)

    def _form(self) -> Form:
        build, draw = self.build, self.draw
        screen = build.screen(self.form_app, "/forms/new", "New", draw.pick((1.0, 1.0, 1.0, 3.0)))
        after = build.screen(self.form_app, "/forms/:id") if "saved" in self.more else screen
        entries = [Entry("transfer", self._carried(screen, n, way).target, draw.between(0.5, 0.95)) for n, way in enumerate(self._ways())]
        entries.append(Entry("own", build.field(screen, "Credit amount", "entry", "must", "own amount_plain")))
        label, options = self.choices[1]
        entries.append(Entry("choice", build.field(screen, label, "combo", "must", options)))
        if draw.happens(0.6):
            codes = self._codes("SE", "NO", "DK")
            country = build.field(screen, "Sales country", "combo", "must", codes)
            self.defaults.append(Default(country, *codes[0]))
            entries.append(Entry("default", country))
        if draw.happens(0.5):
            self.stops.append(build.field(screen, "Second reference", "entry", "fill", "own reference"))
            entries.insert(draw.whole(1, len(entries)), Entry("stop", self.stops[-1]))
        self._unused(screen, draw.whole(1, 2))
        return Form(screen, tuple(entries), build.field(screen, "Save", "button", "act"), after, *self._dead(screen, "Recalculate"))

    def _dead(self, screen: Screen, label: str) -> tuple[Field | None, float]:
        """A button that does not always answer, on most forms."""
        if not self.draw.happens(0.6):
            return None, 0.0
        return self.build.field(screen, label, "button", "act"), self.draw.between(0.05, 0.15)

    def _ways(self) -> list[tuple[tuple[str, ...], str, str]]:
        """The ways into the form, different facts each."""
        chosen: list[tuple[tuple[str, ...], str, str]] = []
        for way in self.draw.several(WAYS, len(WAYS)):
            if way[1][:5] not in {target[:5] for _, target, _ in chosen}:
                chosen.append(way)
        parked = next(way for way in chosen if way[2] in {"same", "reformatted"})
        chosen.remove(parked)
        chosen.insert(PARKED, parked)
        return chosen[: self.draw.whole(PARKED + 1 if self.notes else PARKED, 6)]

    def _carried(self, screen: Screen, n: int, way: tuple[tuple[str, ...], str, str]) -> Transfer:
        """Put a way into the form: the first two by clipboard, the third through the notes if there are any, others either way."""
        notations, target_notation, relation = way
        places = self.first_record.screens
        source_screen = places[-1] if notations[0] in {"address", "postcode", "email", "phone"} else places[0]
        sources = tuple(self.build.shown(source_screen, notation) for notation in notations)
        via = None
        if n == PARKED and self.notes:
            scratch = self.build.screen(self.notes, "scratch")
            via = self.build.field(scratch, "Note", "text", "fill")
        blanks = n < 2 and relation == "same" and self.draw.happens(0.4)
        typed = not via and n > 1 and len(notations) == 1 and relation != "part" and self.draw.happens(0.5)
        mode = "typed" if typed else "clipboard"
        transfer = Transfer(self._target(screen, target_notation), sources, mode, relation, via=via, blanks=blanks)
        self.ways.append(transfer)
        return transfer

    def _reply(self) -> tuple[Form, Form]:
        """The reply without anything carried, and with the two fields kept in mind."""
        build, draw = self.build, self.draw
        screen = build.screen(self.mail, "/tickets/:id/reply" if self.mail == self.desk else "/compose", "Reply")
        pair = draw.several(("invoice_no", "amount", "due"), 2)
        carried = [self._kept_in_mind(screen, notation) for notation in pair]
        stop: list[Entry] = []
        if draw.happens(0.6):
            self.stops.append(build.field(screen, "Call back at", "entry", "fill", "own phone"))
            stop = [Entry("stop", self.stops[-1])]
        text = Entry("text", build.field(screen, "Reply", "text", "must", "text"))
        self._unused(screen, draw.whole(0, 1))
        send = build.field(screen, "Send", "button", "act")
        after = self.ticket if self.mail == self.desk else screen
        entries = [Entry("transfer", carried[0]), *stop, Entry("transfer", carried[1], draw.between(0.75, 1.0)), text]
        return Form(screen, (*stop, text), send, after), Form(screen, tuple(entries), send, after)

    def _kept_in_mind(self, screen: Screen, notation: str) -> Field:
        source = self.build.shown(self.second_record.screens[0], notation)
        target = self._target(screen, {"amount": "amount_plain", "due": "due_iso"}.get(notation, notation))
        relation = "same" if notation == "invoice_no" else "reformatted"
        self.ways.append(Transfer(target, (source,), "typed", relation, in_mind=True))
        return target

    # --- the work --------------------------------------------------------------------------------------------------

    def _exception(self, after: Screen) -> tuple[Job, ...]:
        """A screen hardly anybody sees, where a case takes minutes."""
        if "exceptions" not in self.more:
            return ()
        screen = self.build.screen(self.second, "/exceptions/new", "Exceptions")
        findings = self.build.field(screen, "Findings", "text", "must", "text")
        save = self.build.field(screen, "Report", "button", "act")
        after = after if after.app == self.second else self.second_record.screens[0]
        return (Job((), Form(screen, (Entry("extreme", findings),), save, after), EXTREME_SHARE),)

    def _kinds(self, form: Form, plain: Form, full: Form, exception: tuple[Job, ...]) -> tuple[Kind, ...]:
        draw, records = self.draw, (self.first_record, self.second_record)
        aside = {self.requester: 0.4, self.ticket_chance: 0.3}
        first = {**aside, self.first_chance: draw.between(0.1, 0.4)} | ({self.constant: 0.1} if self.constant else {})
        second = {**aside, self.build.shown(records[1].screens[0], "due"): draw.between(0.05, 0.2)}
        question = {**first, self.build.shown(records[0].screens[0], "order_no"): 1.0}
        answered = Job((), plain, draw.between(0.5, 0.9))
        kinds = [
            ("form", 0.45, (Job((0,), form), answered, *exception), first),
            ("answer", 0.3, (Job((1,), full), *exception), second),
            ("question", 0.2, (Job((0,), plain),), question),
            ("both", 0.15, (Job((0,), form), Job((1,), full)), first),
        ]
        chosen = [kind for n, kind in enumerate(kinds) if n < 2 or draw.happens(0.6)]
        weights = [share * draw.between(0.7, 1.3) for _, share, _, _ in chosen]
        return tuple(Kind(name, w / sum(weights), jobs, looks) for (name, _, jobs, looks), w in zip(chosen, weights, strict=True))

    def _with_equals(self, way: Transfer) -> Transfer:
        """Name the fields of other systems that show or hold the same fact as the target of a way."""
        fact = _fact(way.sources[0])
        known = {way.target, *way.sources, way.via}
        peers = [field for field in self.build.fields.values() if field.app != way.target.app and _fact(field) == fact]
        return replace(way, equal=tuple(field for field in peers if field not in known))

    def _left_on(self, records: tuple[Record, ...], form: Form, reply: Form) -> dict[str, str]:
        left = {screen.app: screen.name for screen in self.build.screens}
        left |= {record.search.app: record.screens[0].name for record in records}
        return left | {reply.screen.app: reply.screen.name, form.screen.app: form.after.name, self.desk: "/queue"}

    def _responses(self) -> dict[str, tuple[float, float]]:
        draw = self.draw
        apps = dict.fromkeys(screen.app for screen in self.build.screens)
        waits = {app: (draw.between(0.35, 1.2), draw.between(0.25, 0.45)) for app in apps}
        return waits | {"(window)": (0.14, 0.25), "(slow save)": (3.6, 0.25)}
