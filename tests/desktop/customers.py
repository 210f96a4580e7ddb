"""
The customers of the tickets, all invented, and the strings that must turn up nowhere.

Names and places are made up of rare words; telephone numbers are from the range Swedish authorities keep for fiction (070-174 06 05 to 99);
e-mail addresses end in a domain kept for examples.
"""

from __future__ import annotations

import random
import string
from dataclasses import astuple, dataclass, fields

__all__ = ["Canaries", "Ticket", "invent_tickets"]

FIRST = "Sørine Bjørnulf Åslaug Øyvinda Härgun Tröndis Malfrid Gudlaif Ylvis Kjelda Njårdis Rønnaug".split()
LAST = "Qvistgårdal Åsmyhrdal Grönhjelma Tværmoseby Skårvangen Øksenbjerga Fjällrudsten Hjortlundvad Vråbækhus Lønnemarkvik".split()
STREETS = "Krogmosevænget Tyttebærlia Gärdsmygsvägen Østerhalmgangen Myrullstien Knäckebrödsgränd".split()
TOWNS = "Vesterbølle Nordfjordvåg Trollsjömåla Skaverup Ulvesund Björkhemsås".split()
SURROUNDINGS = str.maketrans("åæøäöÅÆØÄÖ", "aaoaoAAOAO")


@dataclass(frozen=True)
class Ticket:
    """
    A ticket and its customer.

    Args:

        reference: As the ticket system writes it, `INC-100001`.

        name, email, customer_no, address, phone, order_no: Of the customer; each occurs with this ticket only.
    """

    reference: str
    name: str
    email: str
    customer_no: str
    address: str
    phone: str
    order_no: str

    def values(self) -> tuple[str, ...]:
        """What is in it of a person, and the words of it that are rare enough to look for."""
        words = (word for value in (self.name, self.address) for word in value.split() if len(word) > 4)
        return (*astuple(self)[1:], self.email.partition("@")[0], *words)


@dataclass(frozen=True)
class Canaries:
    """
    A string for each place of a page that can carry content, each found nowhere else.

    Args:

        title, path, query, fragment: In the window's title and the parts of the address.

        aria_label, placeholder: What a field is called, where it is called after a customer.

        hidden: In an input nobody sees.

        option: In a choice of a select.

        text: Printed on the page.
    """

    title: str
    path: str
    query: str
    fragment: str
    aria_label: str
    placeholder: str
    hidden: str
    option: str
    text: str

    @classmethod
    def invent(cls, seed: int = 0) -> Canaries:
        """Nine strings such as no program writes by chance."""
        chance = random.Random(seed)
        return cls(*("zq" + "".join(chance.choices(string.ascii_lowercase, k=12)) + "qx" for _ in fields(cls)))

    def values(self) -> tuple[str, ...]:
        """All of them."""
        return astuple(self)


def invent_tickets(count: int, seed: int = 0) -> tuple[Ticket, ...]:
    """Tickets no two of which share a name, a number or an address."""
    chance = random.Random(seed)
    names = chance.sample([f"{first} {last}" for first in FIRST for last in LAST], count)
    houses = chance.sample(range(101, 999), count)
    numbers = chance.sample(range(2_000_000, 9_999_999), count)
    orders = chance.sample(range(100_000, 999_999), count)
    phones = chance.sample(range(605, 700), count)
    return tuple(
        Ticket(
            reference=f"INC-{100_001 + place}",
            name=name,
            email=f"{name.translate(SURROUNDINGS).lower().replace(' ', '.')}@post.example",
            customer_no=str(numbers[place]),
            address=f"{chance.choice(STREETS)} {houses[place]}, {chance.choice(TOWNS)}",
            phone=f"070-174 0{phones[place] // 100} {phones[place] % 100:02}",
            order_no=f"ORD{orders[place]}X",
        )
        for place, name in enumerate(names)
    )
