"""
Execute an agent's deletion order: the session leaves the store, and a signed receipt says so.

    order --check--> signed by the session's agent, for this study
          --cache--> nothing of it, for sums do not say what is whose
          --store--> parts and catalogue without the session     (catalogue.json is the commit)
          --rest-->  files of the old parts, the sealed copy with its keys first, the agent's pseudonym
          --------> receipt, signed by the study

Interrupted before the commit, the study is as it was; after it, the next try, or the next import, does the rest. A second try gives the
same receipt again: the catalogue keeps the name of the session, so that it is not imported again, and what the receipt says; nothing else.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from shadow.cache import drop_cache
from shadow.consent import read_consent
from shadow.deletion import DeletionOrder, make_receipt, read_order
from shadow.errors import ConsentError, SessionError
from shadow.interop.drafting import remove_leftovers, study_to_write
from shadow.interop.pruning import without_session
from shadow.interop.sealed_copies import sealed_copy
from shadow.journal import digest
from shadow.store import Catalogue, Withdrawal, read_catalogue, write_catalogue
from shadow.study import AgentRegister, Study
from shadow.study_keys import study_pair

if TYPE_CHECKING:
    from shadow.keys import KeyPair

__all__ = ["Execution", "execute_order"]

REMOVED: Final = (
    "its rows in every table of the store",
    "names of applications, screens and fields that no other session has",
    "the sealed session, its keys first",
    "sums that the analysis kept, with it or without it",
)
PSEUDONYM: Final = "the pseudonym of its agent, who has no other session in the study"
REMARK: Final = (
    "Figures that were published before are not changed. Whatever is made of the study from now on is made without this session."
)


@dataclass(frozen=True, slots=True)
class Execution:
    """
    What came of an order.

    Args:

        session_id: The session it was about.

        receipt: The signed receipt, for the agent.

        n_events: How many events were removed; 0 if the session was not in the study.

        again: Whether it had been executed before.
    """

    session_id: str
    receipt: bytes
    n_events: int
    again: bool


def execute_order(order: bytes, study: Study, now: datetime) -> Execution:
    """
    Remove a session from a study, and everything that was kept of it.

    Args:

        order: The deletion order, as the agent signed it.

        study: The study.

        now: Wall time.

    Raises:

        SessionError: It is no order, was altered, is for another study, or is not signed by the agent of the session. Nothing was removed.

        KeyFault: The study's secret key is not here, so nobody could sign the receipt. Nothing was removed.
    """
    said = read_order(order)
    if said.study != study.settings.keys.public:
        raise SessionError("this deletion order is for another study", "execute it in the study that the session was released to")
    pair = study_pair(study)
    with study_to_write(study):
        remove_leftovers(study)
        catalogue = read_catalogue(study.store)
        done = next((entry for entry in catalogue.withdrawn if entry.session_id == said.session_id), None)
        again = done is not None
        if done is None:
            done = _removed(catalogue, said, digest(order).hex(), study, now)
        _forget_agents(study)
    return Execution(said.session_id, _receipt(pair, order, done), done.n_events, again)


def _removed(catalogue: Catalogue, said: DeletionOrder, order: str, study: Study, now: datetime) -> Withdrawal:
    """Remove the session, if it is there; the commit is in here."""
    source = next((entry for entry in catalogue.sources if entry.session_id == said.session_id), None)
    withdrawal = Withdrawal(said.session_id, order, now.isoformat(timespec="seconds"), 0, ())
    if source is not None:
        _check_agent(said, study)
        header = next(header for header in catalogue.sessions if header.source == source.source)
        catalogue = without_session(catalogue, source, study.store)
        # Before the commit, for after it nobody would know that something was left to remove; and the study is locked.
        drop_cache(study)
        alone = all(other.agent != header.agent for other in catalogue.sessions)
        removed = (*REMOVED, PSEUDONYM) if alone else REMOVED
        withdrawal = Withdrawal(said.session_id, order, withdrawal.withdrawn_at, header.n_events, removed)
    catalogue.withdrawn.append(withdrawal)
    write_catalogue(study.store, catalogue)
    remove_leftovers(study)
    return withdrawal


def _check_agent(said: DeletionOrder, study: Study) -> None:
    """
    Refuse an order that the session's own agent did not sign.

    Where the sealed copy or its consent is lost there is nobody to compare with. Then the order is executed: a session's name cannot be
    guessed, and deleting too much does less harm than keeping what was withdrawn.
    """
    with contextlib.suppress(OSError, ConsentError):
        consent = read_consent((sealed_copy(study.folder, said.session_id) / "consent.json").read_bytes())
        if consent.agent.text != said.agent:
            raise SessionError("this deletion order is not signed by the agent of the session", "ask the agent whose session it is")


def _forget_agents(study: Study) -> None:
    kept = {header.agent for header in read_catalogue(study.store).sessions}
    AgentRegister(study.folder / "keys").forget_others(kept)


def _receipt(pair: KeyPair, order: bytes, done: Withdrawal) -> bytes:
    """The receipt for an order; one that came when all was gone already is told so by its count."""
    at = datetime.fromisoformat(done.withdrawn_at)
    if digest(order).hex() != done.order:
        return make_receipt(pair, order, 0, at, remark=REMARK)
    return make_receipt(pair, order, done.n_events, at, removed=done.removed, remark=REMARK)
