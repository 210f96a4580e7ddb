"""
Deletion orders and receipts: how an agent withdraws a session that was released, and how they know that it was done.

The agent signs the order; the study executes it and answers with a receipt, signed with the study's key, that names the order by its digest.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from shadow.errors import SessionError
from shadow.journal import digest
from shadow.keys import KeyPair, PublicKey
from shadow.signed import open_document, sign_document

__all__ = ["DeletionOrder", "DeletionReceipt", "make_order", "make_receipt", "read_order", "read_receipt"]

_ORDER: Final = "deletion order"
_RECEIPT: Final = "deletion receipt"


class DeletionOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    The agent wants a released session deleted.

    Args:

        session_id: Which.

        agent: Whose it is: the key that signed the order. Whether the session is theirs is for the study to compare.

        study: Whom it was released to.

        ordered_at: Wall time, ISO 8601.
    """

    session_id: str
    agent: str
    study: str
    ordered_at: str


class DeletionReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    The study says that it deleted a session.

    Args:

        session_id: Which.

        study: Who says so: the key that signed the receipt.

        order: Digest of the order, hexadecimal.

        n_events: How many events were deleted; 0 if the session was not there, or not any more.

        deleted_at: Wall time, ISO 8601.

        removed: What was removed, in words.

        remark: What the agent should know of it besides.
    """

    session_id: str
    study: str
    order: str
    n_events: int
    deleted_at: str
    removed: tuple[str, ...] = ()
    remark: str = ""


def make_order(agent: KeyPair, session_id: str, study: PublicKey, at: datetime) -> bytes:
    """A signed order to delete a session."""
    return sign_document(_ORDER, DeletionOrder(session_id, agent.public.text, study.text, at.isoformat()), agent)


def read_order(raw: bytes) -> DeletionOrder:
    """
    What an order says.

    Raises:

        SessionError: It is none, or not as it was signed.
    """
    try:
        order, signer = open_document(raw, _ORDER, DeletionOrder)
    except ValueError as fault:
        raise SessionError(str(fault), "ask the agent for the order as they wrote it") from None
    if order.agent != signer.text:
        raise SessionError("this deletion order is signed by somebody else", "ask the agent for the order as they wrote it")
    return order


def make_receipt(  # noqa: PLR0913 - each is one thing the receipt says
    study: KeyPair, order: bytes, n_events: int, at: datetime, *, removed: tuple[str, ...] = (), remark: str = ""
) -> bytes:
    """A signed receipt for an order that was executed; the same every time it is made of the same."""
    said = read_order(order)
    receipt = DeletionReceipt(said.session_id, study.public.text, digest(order).hex(), n_events, at.isoformat(), removed, remark)
    return sign_document(_RECEIPT, receipt, study)


def read_receipt(raw: bytes, order: bytes) -> DeletionReceipt:
    """
    What a receipt says, once it is known to answer this order.

    Raises:

        SessionError: It is none, not as it was signed, not from the study that the order went to, or for another order.
    """
    try:
        receipt, signer = open_document(raw, _RECEIPT, DeletionReceipt)
    except ValueError as fault:
        raise SessionError(str(fault), "ask the study for the receipt as it wrote it") from None
    if (signer.text, receipt.study, receipt.order) != (read_order(order).study, signer.text, digest(order).hex()):
        raise SessionError("this deletion receipt does not answer this order", "ask the study for the one that does")
    return receipt
