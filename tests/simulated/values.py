"""What a case is about, in every notation a system may use for it. Everybody and everything is invented."""

from __future__ import annotations

from typing import Final

from tests.simulated.streams import Stream

__all__ = ["FACT_OF", "WAYS", "facts", "sentence"]

# How a value changes on its way: notations at the sources, notation at the target, relation.
WAYS: Final = (
    (("person",), "person", "same"),
    (("given", "family"), "person", "joined"),
    (("phone",), "phone", "same"),
    (("phone",), "phone_digits", "reformatted"),
    (("email",), "email", "same"),
    (("customer_no",), "customer_no", "same"),
    (("contract_no",), "contract_no", "same"),
    (("serial_no",), "serial_no", "same"),
    (("date",), "date_iso", "reformatted"),
    (("amount",), "amount_plain", "reformatted"),
    (("address",), "street", "part"),
    (("postcode", "city"), "postcode_city", "joined"),
)
# Notations of one fact: whoever knows one of them knows the other, or a part of it.
FACT_OF: Final = {
    "given": "person", "family": "person", "phone_digits": "phone", "date_iso": "date", "due_iso": "due", "amount_plain": "amount",
    "street": "address", "postcode": "address", "city": "address", "postcode_city": "address",
}  # fmt: skip
GIVEN: Final = (
    "Alva", "Birk", "Disa", "Egil", "Frode", "Gry", "Hilmar", "Idun", "Jorunn", "Kettil", "Liv", "Magne", "Njord", "Oda", "Pirkko",
    "Ragna", "Solveig", "Torvald", "Unni", "Vidar", "Ylvali", "Åsmund", "Ädla", "Östen",
)  # fmt: skip
FAMILY: Final = (
    "Askelund", "Björkhammar", "Dalvinter", "Ekstubbe", "Fjällros", "Granvatten", "Havsmark", "Islykta", "Järnbacke", "Kvarnsten",
    "Ljungsand", "Månviken", "Nattsjö", "Ormbunk", "Rimfrost", "Silverlind", "Tallkotte", "Uvberg", "Vintergren", "Åkerljus",
)  # fmt: skip
STREETS: Final = (
    "Granitgränd", "Lavstigen", "Norrskensgatan", "Tjäderbacken", "Hjortronvägen", "Vedtrappan", "Klyvarstigen", "Snöflingegatan",
    "Blåbärsgränd", "Ugglestigen", "Rimfrostvägen", "Gnejsgatan",
)  # fmt: skip
CITIES: Final = {"Stockholm": 11, "Göteborg": 41, "Malmö": 21, "Uppsala": 75, "Umeå": 90, "Lund": 22, "Kalmar": 39, "Luleå": 97}
WORDS: Final = (
    "parcel", "delivery", "tomorrow", "thank", "you", "for", "waiting", "we", "have", "checked", "the", "warehouse", "and", "it", "was",
    "sent", "again", "please", "return", "label", "within", "two", "weeks", "sorry", "delay", "colour", "lamp", "cable", "box", "missing",
    "screws", "damaged", "corner", "exchange", "your", "wish", "refund", "takes", "days", "after", "receive", "goods", "kind", "regards",
)  # fmt: skip


def sentence(draw: Stream, n: int) -> str:
    """Words in no order: what people write, as far as counting goes."""
    return " ".join(draw.pick(WORDS) for _ in range(n))


def facts(draw: Stream) -> dict[str, str]:
    """One customer and one order in every notation, by its name."""
    return _person(draw) | _address(draw) | _numbers(draw) | _order(draw)


def _person(draw: Stream) -> dict[str, str]:
    given, family = draw.pick(GIVEN), draw.pick(FAMILY)
    number = f"{draw.whole(10, 99)} {draw.whole(10, 99)}"
    phone = f"+46 70-{draw.whole(100, 999)} {number}"
    return {
        "given": given,
        "family": family,
        "person": f"{given} {family}",
        "email": f"{draw.pick(WORDS)}{draw.whole(1000, 9999)}@example.com",
        "phone": phone,
        "phone_digits": phone.replace(" ", "").replace("-", ""),
    }


def _address(draw: Stream) -> dict[str, str]:
    city = draw.pick(tuple(CITIES))
    postcode = f"{CITIES[city]}{draw.whole(0, 9)} {draw.whole(10, 99)}"
    street = f"{draw.pick(STREETS)} {draw.whole(1, 98)}"
    return {
        "city": city,
        "postcode": postcode,
        "street": street,
        "postcode_city": f"{postcode} {city}",
        "address": f"{street}, {postcode} {city}",
    }


def _numbers(draw: Stream) -> dict[str, str]:
    order = f"{draw.whole(410000, 489999)}"
    return {
        "order_no": order,
        # Looks like the order number and is not: other last digits.
        "invoice_no": f"F-{order[:-2]}{(int(order[-2:]) + draw.whole(11, 88)) % 100:02d}",
        "customer_no": f"K-{draw.whole(200000, 899999)}",
        "contract_no": f"{draw.whole(10, 99)}-{draw.whole(10000, 99999)}",
        "serial_no": f"{draw.pick('ABCDEFGH')}{draw.whole(1000, 9999)}{draw.pick('KLMNPQRS')}{draw.whole(100, 999)}",
        "reference": f"R{draw.whole(1000000, 9999999)}",
    }


def _order(draw: Stream) -> dict[str, str]:
    day, month, due = draw.whole(1, 28), draw.whole(1, 11), draw.whole(1, 28)
    whole, cents = draw.whole(149, 9999), draw.pick((0, 50, 95))
    grouped = f"{whole // 1000} {whole % 1000:03d}" if whole > 999 else f"{whole}"
    return {
        "date": f"{day:02d}.{month:02d}.2026",
        "date_iso": f"2026-{month:02d}-{day:02d}",
        "due": f"{due:02d}.{month + 1:02d}.2026",
        "due_iso": f"2026-{month + 1:02d}-{due:02d}",
        "amount": f"{grouped},{cents:02d} kr",
        "amount_plain": f"{whole}.{cents:02d}",
    }
