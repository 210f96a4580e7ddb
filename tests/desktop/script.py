"""
A morning of the clerk: cases with everything in them that a recording must find.

    truth = Script(clerk).run()

Six cases take about a minute; more are the same six again with other tickets.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.desktop.clerk import Clerk
from tests.desktop.customers import Ticket
from tests.desktop.truth import Truth

__all__ = ["Script"]


class Script:
    """
    Tickets to be worked through, one after the other.

    Args:

        clerk: Who works; has not begun yet.

        cases: How many tickets, of those the sites have.
    """

    def __init__(self, clerk: Clerk, cases: int = 6) -> None:
        self.clerk = clerk
        self.cases = cases

    def run(self) -> Truth:
        """Work through the cases; returns what was done."""
        self.clerk.begin()
        for place in range(self.cases):
            ticket = self.clerk.sites.list[place]
            self.clerk.open_ticket(ticket.reference)
            PLOTS[place % len(PLOTS)](self.clerk, ticket)
            self.clerk.close_ticket()
        return self.clerk.finish()


def carry_email(clerk: Clerk) -> None:
    """What an integration would spare in every case: the e-mail address, by clipboard, from the ticket to the invoice."""
    clerk.bring("tickets")
    clerk.copy("customer-email")
    clerk.bring("billing")
    clerk.paste("email")


def copying(clerk: Clerk, ticket: Ticket) -> None:
    """Two values are carried over by clipboard and one by eye; two fields are tabbed through."""
    clerk.copy("customer-name")
    clerk.new_invoice()
    clerk.paste("name")
    carry_email(clerk)
    clerk.bring("tickets")
    seen = clerk.read("customer-no")
    clerk.bring("billing")
    clerk.write("customer-number", ticket.customer_no, seen)
    clerk.tab_to("order")  # over address and phone
    clerk.save_invoice()
    clerk.bring("tickets")
    clerk.enter("resolution")
    clerk.write("resolution", "sendt")


def correcting(clerk: Clerk, ticket: Ticket) -> None:
    """A number is mistyped and put right after the next field; the telephone is typed in another form than it was read."""
    number = clerk.read("customer-no")
    clerk.new_invoice()
    clerk.write("customer-number", ticket.customer_no[:-1])
    clerk.bring("tickets")
    phone = clerk.read("customer-phone")
    clerk.bring("billing")
    clerk.write("phone", ticket.phone.replace(" ", ""), phone, "reformatted")
    clerk.return_and_correct("customer-number", ticket.customer_no, number)
    clerk.tick("express")
    carry_email(clerk)
    clerk.save_invoice()
    clerk.bring("tickets")
    clerk.tick("priority-high")


def waiting(clerk: Clerk, ticket: Ticket) -> None:
    """The label never comes, the history not for two seconds; the order number is copied from the text of the page."""
    seen = clerk.read("customer-no")
    clerk.click_dead("print-label")
    clerk.click_repeatedly("fetch-history", 4)
    clerk.copy_word("order-no")
    clerk.new_invoice()
    clerk.paste("order")
    clerk.write("customer-number", ticket.customer_no, seen)
    carry_email(clerk)
    clerk.save_invoice()
    clerk.bring("tickets")
    clerk.tick("call-back")


def noting(clerk: Clerk, ticket: Ticket) -> None:
    """The address goes through a note, if he has the program; else it is pasted at once."""
    clerk.copy("customer-address")
    if "notes" in clerk.systems:
        clerk.bring("notes")
        clerk.paste("note-text")
        clerk.bring("tickets")
        seen = clerk.read("customer-no")
        clerk.new_invoice()
        clerk.write("customer-number", ticket.customer_no, seen)
        clerk.bring("notes")
        clerk.copy("note-text")
        clerk.bring("billing", "keys")
        clerk.paste("address")
        carry_email(clerk)
        clerk.save_invoice()
        clerk.bring("notes")
        clerk.clear_notes()
    else:
        seen = clerk.read("customer-no")
        clerk.new_invoice()
        clerk.write("customer-number", ticket.customer_no, seen)
        clerk.paste("address")
        carry_email(clerk)
        clerk.save_invoice()
    clerk.bring("tickets")


def filling(clerk: Clerk, ticket: Ticket) -> None:
    """The lower half of the form, with a value put right where it stands."""
    seen = clerk.read("customer-no")
    clerk.new_invoice()
    clerk.write("customer-number", ticket.customer_no, seen)
    clerk.enter("order")
    clerk.tab_to("method")  # over the date
    clerk.choose("method", "E")
    clerk.tick("by-email")
    clerk.write("approval", "kl8Zw4")
    clerk.write_and_correct("discount", "RB7", "RB70")
    carry_email(clerk)
    clerk.save_invoice()
    clerk.bring("tickets")
    clerk.enter("resolution")
    clerk.tab_to("follow-up")  # over the resolution


def dating(clerk: Clerk, ticket: Ticket) -> None:
    """A name with its own letters is typed, a date set, the address copied."""
    seen = clerk.read("customer-name")
    clerk.new_invoice()
    clerk.write("name", ticket.name, seen)
    clerk.bring("tickets", "keys")
    number = clerk.read("customer-no")
    clerk.copy("customer-address")
    clerk.bring("billing", "keys")
    clerk.paste("address")
    clerk.write("due", "12242026")
    clerk.write("customer-number", ticket.customer_no, number)
    carry_email(clerk)
    clerk.save_invoice()
    clerk.bring("tickets")
    clerk.choose_from_list("category", "Le")


PLOTS: Final[tuple[Callable[[Clerk, Ticket], None], ...]] = (copying, correcting, waiting, noting, filling, dating)
