"""What systems, fields and choices are called, and how big fields are: what an office is drawn from."""

from __future__ import annotations

from typing import Final

__all__ = ["CHANCE", "DESKS", "ENTERED", "FIRSTS", "FORMS", "MAILS", "NOTES", "OWN_CHOICES", "SECONDS", "SHOWN", "SIZES", "UNUSED"]

# Names of systems, and of fields by notation: where shown, where entered.
DESKS: Final = ("Helpdesk", "Casedesk", "Servicepoint", "Frontdesk")
FIRSTS: Final = ("CRM", "Customers", "Registry", "Membership")
SECONDS: Final = ("Billing", "Orders", "Warehouse", "Policies")
FORMS: Final = ("Claims", "Returns", "Credits", "Dispatch")
MAILS: Final = ("Mailer", "Letters", "Outbox")
NOTES: Final = ("Notes", "Scratchpad", "Sheet")
SHOWN: Final = {
    "person": "Name", "given": "First name", "family": "Last name", "phone": "Phone", "email": "E-mail", "customer_no": "Customer number",
    "contract_no": "Contract", "serial_no": "Serial number", "date": "Order date", "due": "Due date", "amount": "Amount due",
    "address": "Address", "postcode": "Postcode", "city": "City", "invoice_no": "Invoice number", "order_no": "Order number",
}  # fmt: skip
ENTERED: Final = {
    "person": ("Payer", "Account holder", "Recipient"), "phone": ("Contact phone", "Call on"), "phone_digits": ("Contact phone", "Mobile"),
    "email": ("Send to", "Reply address"), "customer_no": ("Account reference", "Debtor"), "contract_no": ("Agreement", "Policy"),
    "serial_no": ("Unit", "Device"), "date_iso": ("Purchase date", "Date of order"), "amount_plain": ("Refund", "Sum"),
    "street": ("Street", "Pick-up street"), "postcode_city": ("Postcode and city", "Place"), "invoice_no": ("Invoice", "Document"),
    "due_iso": ("Pay before", "Deadline"),
}  # fmt: skip
SIZES: Final = {"button": (110, 32), "link": (120, 26), "grid": (900, 30), "document": (620, 120), "text": (620, 120)}
# Low-entropy values: equal across systems by chance, whoever the customer is.
CHANCE: Final = (
    ("Country", (("SE", 0.62), ("NO", 0.28), ("FI", 0.10))),
    ("Status", (("active", 0.55), ("closed", 0.28), ("waiting", 0.17))),
    ("Warranty", (("yes", 0.6), ("no", 0.4))),
    ("Priority", (("normal", 0.55), ("high", 0.30), ("low", 0.15))),
)
OWN_CHOICES: Final = (
    ("Reason", (("returned goods", 0.34), ("late delivery", 0.26), ("wrong price", 0.24), ("goodwill", 0.16))),
    ("Channel", (("mail", 0.4), ("phone", 0.3), ("chat", 0.2), ("letter", 0.1))),
    ("Warehouse", (("North", 0.4), ("South", 0.35), ("Central", 0.25))),
    ("Outcome", (("refund", 0.35), ("exchange", 0.30), ("repair", 0.20), ("none", 0.15))),
)
UNUSED: Final = ("Project", "Cost centre", "Delivery note", "Tags", "Survey wave", "Campaign", "Fax")
