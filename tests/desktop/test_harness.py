"""The desktop, the web systems and the clerk do what they say: held against what the pages saw by their own DOM events."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

from tests.desktop.clerk import Clerk
from tests.desktop.customers import Canaries
from tests.desktop.desktop import until
from tests.desktop.morning import Morning
from tests.desktop.programs import start_notes, start_opaque
from tests.desktop.systems import screen_of
from tests.desktop.truth import Field
from tests.desktop.websites import BILLING_FORM, TICKET_FORM, Observed, Websites

# Between the clerk's key and the page's event lie the X server and the browser, on a machine that is busy.
LATE_S = 0.5
# No person visits a field for so short a time.
FLICKER_S = 0.3


def _is_field(element: str) -> bool:
    named = {name for form in (TICKET_FORM, BILLING_FORM) for one in form for name in one.elements}
    return element in named or element.startswith("customer-") or element == "total"


def _group(element: str) -> str:
    return next((one.element for form in (TICKET_FORM, BILLING_FORM) for one in form if element in one.elements), element)


def _field(app: str, one: Observed) -> Field:
    return Field(app, screen_of(one.path), _group(one.element))


def test_every_dom_event_was_made_by_the_mouse_and_the_keyboard(morning: Morning) -> None:
    """Nothing in the pages was done by a script: the browser trusts each event."""
    assert {True} == {one.trusted for _, one in morning.observed()}


def test_what_is_typed_and_pasted_arrives(morning: Morning) -> None:
    """The billing system has the values of the tickets, with their letters."""
    first, second, third, fourth, fifth, sixth = morning.sites.list[:6]
    posts = [{name: value for name, value in post.items() if value and name != "token"} for post in morning.sites.billing.posts]

    carried = [{"customer-number": ticket.customer_no, "email": ticket.email} for ticket in morning.sites.list[:6]]
    particular = [
        {"name": first.name},
        {"phone": second.phone.replace(" ", ""), "express": "on"},
        {"order": third.order_no},
        {"address": fourth.address},
        {"method": "E-faktura", "sending": "email", "approval": "kl8Zw4", "discount": "RB70"},
        {"name": sixth.name, "address": sixth.address, "due": "2026-12-24"},
    ]

    assert fifth.email == posts[4]["email"]
    assert [common | own for common, own in zip(carried, particular, strict=True)] == posts


def test_the_recorders_library_hears_every_key_and_every_click(morning: Morning) -> None:
    """What the clerk counts is what pynput counts."""
    assert (morning.truth.keys, morning.truth.clicks) == morning.heard


def test_visits_are_the_focus_events_of_the_pages(morning: Morning) -> None:
    """Field for field, in the same order and at the same time, the truth has the visits that the pages saw."""
    apps = {morning.sites.tickets.address, morning.sites.billing.address}
    said = [(visit.field, visit.focused) for visit in morning.truth.visits if visit.field.app in apps]
    seen = [(_field(app, one), one.at) for app, one in morning.observed("focusin") if _is_field(one.element)]

    assert [where for where, _ in seen] == [where for where, _ in said]
    assert [] == [where for (where, at), (_, truth) in zip(seen, said, strict=True) if abs(at - truth) > LATE_S]


def test_visits_of_the_notes_are_the_focus_events_of_the_window(morning: Morning) -> None:
    """In the native program, too, the truth has the visits that its fields saw."""
    fields = {"note-title", "note-text", "note-kind"}
    said = [visit.field.element for visit in morning.truth.visits if visit.field.app == morning.notes.name]
    events = [one for one in morning.notes.events("focusin", "focusout") if one.at > morning.truth.started and one.element in fields]
    stays = [(out.at - one.at, one.at, one.element) for one, out in zip(events[::2], events[1::2], strict=True)]
    longest = sorted(stays, reverse=True)[: len(said)]

    assert said == [element for _, _, element in sorted(longest, key=lambda stay: stay[1])]
    # Alt+Tab takes the keyboard away and gives it back for an instant.
    assert [] == [stay for stay in stays if stay not in longest and stay[0] > FLICKER_S]


def test_visits_end_when_the_pages_say_so(morning: Morning) -> None:
    """A visit ends with the focus event that takes the focus away, or with its page."""
    apps = {morning.sites.tickets.address, morning.sites.billing.address}
    said = Counter(visit.field for visit in morning.truth.visits if visit.field.app in apps)
    seen = Counter(_field(app, one) for app, one in morning.observed("focusout") if _is_field(one.element))

    assert {} == said - seen


def test_every_copy_and_paste_is_one_of_the_pages(morning: Morning) -> None:
    """The clipboard re-entries are the paste events, after a copy event in the field they name."""
    apps = {morning.sites.tickets.address, morning.sites.billing.address}
    by_clipboard = [one for one in morning.truth.re_entries if one.mode == "clipboard"]
    pasted = [_field(app, one) for app, one in morning.observed("paste")]
    copied = {_field(app, one) for app, one in morning.observed("copy")}

    assert [one.target for one in by_clipboard if one.target.app in apps] == pasted
    assert {one.source for one in by_clipboard if one.source.app in apps} == {place for place in copied if place.element} | {
        one.source for one in by_clipboard if one.source.element == "order-no"
    }


def test_typed_re_entries_arrived_as_they_were_read(morning: Morning) -> None:
    """What was typed after reading is, where nothing else is said, what the other system shows."""
    typed = [one for one in morning.truth.re_entries if one.mode == "typed"]

    assert 8 == len(typed)
    assert all(one.taken < one.entered for one in typed)
    assert ["reformatted"] == [one.relation for one in typed if one.relation != "same"]


def test_the_note_is_the_way_round(morning: Morning) -> None:
    """The address of the fourth ticket went into the note and out of it, and nothing else did."""
    notes = [one.value for one in morning.notes.events("input") if one.element == "note-text"]
    (way,) = morning.truth.workarounds

    assert [morning.sites.list[3].address, ""] == notes
    assert ("customer-address", "note-text", "address") == (way.source.element, way.through.element, way.target.element)


def test_forms_are_what_was_sent(morning: Morning) -> None:
    """Filled is what the post holds; passed over had a focus event and is empty; never touched had none."""
    sent = {site.address: [dict(post) for post in site.posts] for site in (morning.sites.tickets, morning.sites.billing)}
    radios = {"priority": "priority-low", "sending": "by-mail"}
    for form in morning.truth.forms:
        post = sent[form.app].pop(0)
        focused = {
            _group(one.element)
            for app, one in morning.observed("focusin")
            if app == form.app and form.shown - LATE_S < one.at < form.submitted + LATE_S and _is_field(one.element)
        } - {"customer-name", "customer-email", "customer-no", "customer-address"}

        assert {radios.get(name, name) for name, value in post.items() if value and name != "token"} == set(form.filled)
        assert focused - set(form.filled) == set(form.passed_over)
        assert set() == set(form.never_touched) & focused


def test_submits_are_the_submits_of_the_pages(morning: Morning) -> None:
    """Each of the twelve forms was sent once."""
    seen = [(app, one.element) for app, one in morning.observed("submit")]

    assert [
        (one.field.app, {"close-ticket": "ticket", "save-invoice": "invoice"}[one.field.element]) for one in morning.truth.submits
    ] == seen


def test_clicks_that_lead_nowhere_are_clicks_of_the_pages(morning: Morning) -> None:
    """The repeated clicks came within a second of each other, the dead one once."""
    (burst,) = morning.truth.repeat_clicks
    (dead,) = morning.truth.dead_clicks
    clicks = [one for _, one in morning.observed("click")]
    on_slow = [one.at for one in clicks if one.element == "fetch-history"]

    assert burst.clicks == len(on_slow)
    assert all(after - before < 1 for before, after in pairwise(on_slow))
    assert [dead.target.element] == [one.element for one in clicks if one.element == "print-label"]


def test_corrections_are_what_the_fields_went_through(morning: Morning) -> None:
    """The value of a corrected field was a wrong one first and the right one in the end."""
    in_place, returned = sorted(morning.truth.corrections, key=lambda one: one.kind)
    lengths = [one.length for one in morning.sites.billing.events("input") if one.element == "discount"]
    numbers = [one.value for one in morning.sites.billing.events("change") if one.element == "customer-number"]
    right = morning.sites.list[1].customer_no

    assert ("discount", [1, 2, 3, 1, 2, 3, 4]) == (in_place.field.element, lengths)
    assert ("customer-number", [right[:-1], right]) == (returned.field.element, [one for one in numbers if right.startswith(one)])


def test_screens_follow_each_other_without_a_gap(morning: Morning) -> None:
    """Dwell sums to the length of the whole, and a switch is a change of application between two screens."""
    screens = morning.truth.screens
    changes = [(before.app, after.app) for before, after in pairwise(screens) if before.app != after.app]

    assert all(before.left == after.entered for before, after in pairwise(screens))
    assert (morning.truth.started, morning.truth.ended) == (screens[0].entered, screens[-1].left)
    assert changes == [(one.source, one.target) for one in morning.truth.switches]


def test_screens_belong_to_the_case_that_was_on(morning: Morning) -> None:
    """Tickets and forms are shown within a case, the list of tickets between two."""
    cases = {screen: {one.case for one in morning.truth.screens if one.screen == screen} for screen in ("/tickets/{ticket}", "/tickets")}

    assert {"/tickets/{ticket}": set(range(6)), "/tickets": {None}} == cases


def test_the_script_is_short_and_the_clerk_human(morning: Morning) -> None:
    """Six cases take at most two and a half minutes, and nobody types more than a dozen keys a second."""
    truth = morning.truth
    typing = [visit for visit in truth.visits if visit.keys >= 7]

    assert 6 == len(truth.cases)
    assert 30 < truth.ended - truth.started < 150
    assert typing
    assert all(visit.keys / (visit.blurred - visit.focused) < 12 for visit in typing)


def test_the_truth_holds_no_value(morning: Morning) -> None:
    """Its JSON has fields, counts and times; no value of a customer and no canary."""
    text = json.dumps(morning.truth.as_json(), ensure_ascii=False)

    assert [] == [value for value in (*morning.sites.values(), *Canaries.invent().values()) if value in text]


def test_canaries_are_where_content_is(morning: Morning) -> None:
    """Each canary is in a page that was shown, and that of the title in a window's title."""
    canaries = Canaries.invent()
    pages = [morning.sites.tickets.answer("/tickets/INC-100001")[1], morning.sites.billing.answer("/")[1]]
    pages.append(morning.sites.tickets.answer("/tickets")[1])

    assert [] == [value for value in canaries.values() if value not in "".join(pages)]
    assert any(canaries.title in title for title in morning.titles)
    assert any(canaries.path in one.path for one in morning.sites.tickets.events())


def test_programs_show_themselves_or_not(morning: Morning) -> None:
    """Chromium and the notes are on the accessibility bus, the opaque program is not."""
    assert ["Chromium", "kladde"] == sorted(morning.programs)


def test_nothing_remains_after_the_stop(desktop_of_its_own: object) -> None:
    """No process of a desktop survives it, and its screen's name is free."""
    with desktop_of_its_own() as desktop:
        desktop.chromium("data:text/html,<title>hello</title><input>")
        start_notes(desktop)
        display = desktop.display

        assert len(desktop.left_over()) > 5
    assert [] == desktop.left_over()
    assert not Path(f"/tmp/.X11-unix/X{display[1:]}").exists()  # noqa: S108 - where X servers have it


def test_a_letter_the_keyboard_lacks_is_one_key(desktop_of_its_own: object) -> None:
    """Nordic letters, capitals and signs arrive as typed, in a native program too."""
    text = "Åse & Børge: ÆØÅ æøå ÄÖ äö @ (7) #%"
    with desktop_of_its_own() as desktop, Websites() as sites:
        notes = start_notes(desktop)
        with Clerk(desktop, sites, notes) as clerk:
            clerk.bring("notes")
            clerk.write("note-text", text)

            assert text == until(lambda: notes.value("note-text") == text and text, "the text in the notes")
            assert len(text) == clerk.hands.keys


def test_the_opaque_program_gets_its_keys(desktop_of_its_own: object) -> None:
    """What the accessibility bus cannot see can be typed into."""
    with desktop_of_its_own() as desktop, Websites() as sites:
        opaque = start_opaque(desktop)
        with Clerk(desktop, sites, opaque=opaque) as clerk:
            clerk.bring("opaque")
            clerk.type_blind("lager 17")

            assert until(lambda: any(one.length == 8 for one in opaque.events("input")), "eight letters")
