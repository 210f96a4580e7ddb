"""What an agent agreed to, in plain words: the consent record of a session as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recorder.phrases import load_phrases
from shadow.consent import DATA_KINDS, ConsentRecord, retention_ends

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["agreed_facts", "day_and_time", "processor_of"]


def agreed_facts(consent: ConsentRecord, language: str) -> list[str]:
    """The record in sentences; what it does not say is left out."""
    phrases, notice = load_phrases(language, "review"), load_phrases(language, "notice")
    titles = {kind: notice[f"{kind}_title"] for kind in DATA_KINDS}
    facts = (
        ("agreed_given", {"given": day_and_time(consent.given_at), "expires": day_and_time(consent.expires_at)}),
        ("agreed_apps", {"apps": ", ".join(consent.apps)}),
        ("agreed_yes", {"kinds": "; ".join(title for kind, title in titles.items() if getattr(consent.switches, kind))}),
        ("agreed_no", {"kinds": "; ".join(title for kind, title in titles.items() if not getattr(consent.switches, kind))}),
        ("agreed_controller", {"controller": _party(consent, "controller") or notice["controller_unnamed"]}),
        ("agreed_processor", {"processor": processor_of(consent, language)}),
        ("agreed_basis", {"basis": consent.lawful_basis}),
        ("agreed_kept", {"ends": f"{retention_ends(consent).astimezone():%Y-%m-%d}"}),
        ("agreed_notice", {"sha256": consent.notice_sha256}),
    )
    return [phrases[key].format(**places) for key, places in facts if all(places.values())]


def processor_of(consent: ConsentRecord, language: str) -> str:
    """Who can open the session once it is released, as the notice named them."""
    return _party(consent, "processor") or load_phrases(language, "notice")["processor_unnamed"]


def day_and_time(moment: datetime) -> str:
    """A moment on the agent's own clock."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def _party(consent: ConsentRecord, role: str) -> str:
    return next((party.party_name for party in consent.party_identification if party.party_role == role), "")
