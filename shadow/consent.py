"""
The consent record: what the agent was told, what the agent said yes to, and until when that holds.

It has the field names of ISO/IEC TS 27560:2023 (`shadow.consent_record`): one block for each kind of data with its own yes or no. No person
is named in it: the agent is the fingerprint of a key that is made for this study alone.

The record is written once, signed, before anything is recorded, and never changes. What happens later has its own place: pauses and
what was forgotten are in the journal; reviewed, struck (with counts) and released are in the manifest of the release; withdrawn is the
marker of the session, or the signed deletion order after a release.

    consent.json   {"record": {...}, "signature": "128 hexadecimal digits"}

The signature is the agent's, over the record in one fixed spelling; the file has that spelling, too, so that any change to it shows.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from shadow.consent_record import (
    DATA_KINDS,
    CollectiveBasis,
    ConsentRecord,
    DataKind,
    Event,
    Ours,
    Party,
    PiiInformation,
    PrivacyNotice,
    Processing,
    Switches,
)
from shadow.errors import ConsentError
from shadow.keys import KeyPair, PublicKey
from shadow.settings import MAX_HOURS, Language, Settings

__all__ = [
    "DATA_KINDS",
    "NOTICE_VERSION",
    "ConsentRecord",
    "Switches",
    "build_record",
    "read_consent",
    "record_bytes",
    "refuse_unready",
    "retention_ends",
    "sign_record",
]

# Counted up whenever the words of the notice change their meaning.
NOTICE_VERSION: Final = 1
# Figures are shown from this many agents on, ranges from three (contracts, section 6).
K_MIN: Final = 5
# What is signed says what it is, so that no other signature of the agent can pass for a consent.
SIGNED_AS: Final = b"agent-shadowing consent record 1\n"
STANDARD_PURPOSE: Final = "find the screens and fields that cost time and the fields entered twice, to propose small integrations"


PII_TYPES: Final[dict[DataKind, tuple[str, ...]]] = {
    "clicks_and_focus": (
        "application, screen and element of a click, a focus, a change, a copy, a paste or a submit, and its time",
        "where on the desktop a click was",
        "whether a field holds something, and how many keys it took",
    ),
    "dwell_and_skips": (
        "when a field is left",
        "which fields a form offers, and so which are passed over or left untouched",
    ),
    "value_marks": ("running numbers that show which values were equal, reformatted, a part of another or joined",),
    "screenshots": ("pictures of the screen, black except where it is known to be safe",),
}
# The same list as in the notice.
NOT_RECORDED: Final = (
    "what is typed, pasted, chosen or shown in a field",
    "which keys are pressed, and the time between keys",
    "passwords, of which nothing is read",
    "the text on the clipboard",
    "window titles and addresses of web pages, other than by the patterns of the study",
    "anything in applications that are not on the list, except that another application was in front",
    "sound, camera, messages, files",
    "the names of the agent and of customers",
    "anything about mood, stress or effort",
)


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """consent.json."""

    record: ConsentRecord
    signature: str = ""


def refuse_unready(settings: Settings, today: date) -> None:
    """
    Refuse a study in which nobody may be asked yet; called before the notice is shown.

    Args:

        settings: Of the study.

        today: The day on the agent's calendar.

    Raises:

        ConsentError: Something is missing that the agent must be told or that the law of the place asks for; the message names the key.
    """
    consent = settings.consent
    first_day = max((day for day in (consent.notified_on, consent.earliest_start) if day is not None), default=today)
    refusals = (
        (not settings.record.apps, "[record] apps is empty", "list the applications that may be recorded: nothing else is"),
        (
            not consent.lawful_basis.strip(),
            "[consent] lawful_basis is empty",
            'the controller chooses one, such as "6(1)(f)"; without one nothing may be recorded',
        ),
        (
            settings.jurisdiction == "NO" and not consent.signed_off_by.strip(),
            "recording in Norway is locked until [consent] signed_off_by says who found it lawful there",
            "ask a lawyer: the rules on access to employees' electronic equipment forbid most such recordings",
        ),
        (not settings.keys.public, "the study has no key in [keys] public", "run shadow init on the study where it was made"),
        (
            first_day > today,
            f"nothing may be recorded before {first_day.isoformat()}, as [consent] notified_on or earliest_start says",
            "wait until that day",
        ),
    )
    for refused, reason, remedy in refusals:
        if refused:
            raise ConsentError(f"study.toml: {reason}", remedy)


def build_record(  # noqa: PLR0913 - each is one thing the record must hold
    settings: Settings,
    *,
    session_id: str,
    language: Language,
    notice_sha256: str,
    notice_open_s: float,
    switches: Switches,
    given_at: datetime,
    agent: PublicKey,
    session_key: PublicKey,
    recorder_version: str,
) -> ConsentRecord:
    """
    The record of a yes.

    Args:

        settings: Of the study, as the notice showed them.

        session_id: The one session it covers.

        language: Of the notice.

        notice_sha256: SHA-256 of exactly the text shown.

        notice_open_s: How long the notice was open before the yes, seconds.

        switches: The agent's answer to each kind of data.

        given_at: When the agent said yes, with its offset from UTC.

        agent: The agent's key for this study.

        session_key: The key that signs the session's checkpoints.

        recorder_version: Of the program.

    Raises:

        ConsentError: The study is not ready (`refuse_unready`), or every switch is off, so that there is nothing to record.
    """
    refuse_unready(settings, given_at.date())
    if not switches.any:
        raise ConsentError("all four kinds of data were refused", "there is nothing to record")
    given = given_at.astimezone(UTC).replace(microsecond=0)
    study = PublicKey(settings.keys.public)
    notice = PrivacyNotice(NOTICE_VERSION, notice_sha256)
    blocks = [_processing(kind, getattr(switches, kind), settings, notice, language) for kind in DATA_KINDS]
    validity = timedelta(hours=settings.record.hours)
    return ConsentRecord(
        schema_version="27560-1",
        conforms_to="ISO/IEC TS 27560:2023",
        record_id=str(_uuid7(given)),
        pii_principal_id=agent.fingerprint,
        engagement_id=study.fingerprint,
        pii_processing=(blocks[0], blocks[1], blocks[2], blocks[3]),
        party_identification=_parties(settings, agent, study),
        events=_events(given, notice_open_s, validity, agent.fingerprint),
        ours=_ours(
            settings,
            session_id=session_id,
            given=given,
            validity=validity,
            notice_open_s=notice_open_s,
            agent=agent,
            session_key=session_key,
            recorder_version=recorder_version,
        ),
    )


def record_bytes(record: ConsentRecord) -> bytes:
    """The record in its one spelling: JSON, keys sorted, two spaces a level, UTF-8."""
    return _spelled(record)


def sign_record(record: ConsentRecord, agent: KeyPair) -> bytes:
    """
    The content of consent.json: the record with the agent's signature.

    Raises:

        ConsentError: The pair is not the one of the record.
    """
    if agent.public != record.agent:
        raise ConsentError("the consent is of another agent", "sign it with the key that it names")
    return _spelled(_Envelope(record, agent.sign(SIGNED_AS + record_bytes(record)).hex()))


def read_consent(content: bytes) -> ConsentRecord:
    """
    The record of a consent.json, checked.

    Raises:

        ConsentError: It is damaged (not a consent record), unsigned, or altered after it was signed; the message says which.
    """
    try:
        envelope = msgspec.json.decode(content, type=_Envelope)
        signature = bytes.fromhex(envelope.signature)
        spelled = _spelled(envelope)
    except (msgspec.MsgspecError, ValueError):
        raise ConsentError("consent.json is damaged", "without its consent a session cannot be used: restore it from a copy") from None
    if not signature:
        raise ConsentError("consent.json is unsigned", "a session counts only with the agent's signature under its consent")
    record = envelope.record
    if spelled != content or not record.agent.signed(SIGNED_AS + record_bytes(record), signature):
        raise ConsentError("consent.json was altered after it was signed", "restore it from a copy")
    _refuse_contradiction(record)
    return record


def retention_ends(record: ConsentRecord) -> datetime:
    """When the released session must be gone, UTC."""
    return record.expires_at + timedelta(days=record.retention_days)


def _spelled(value: ConsentRecord | _Envelope) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"


def _refuse_contradiction(record: ConsentRecord) -> None:
    """Refuse a record that is signed, but that this program would not have written."""
    window = record.expires_at - record.given_at
    said = (
        (tuple(block.data_kind for block in record.pii_processing) == DATA_KINDS, "does not say yes or no to each kind of data once"),
        (timedelta(0) < window <= timedelta(hours=MAX_HOURS), f"covers more than {MAX_HOURS} hours"),
        (record.pii_principal_id == record.agent.fingerprint, "names another agent than its key"),
        (record.engagement_id == record.study.fingerprint, "names another study than its key"),
        (not record.ours.employer_individual_access, "gives the employer a look at one agent's data"),
    )
    for holds, otherwise in said:
        if not holds:
            raise ConsentError(f"consent.json {otherwise}", "no session may be used with it")


def _processing(kind: DataKind, agreed: bool, settings: Settings, notice: PrivacyNotice, language: Language) -> Processing:  # noqa: FBT001
    consent = settings.consent
    return Processing(
        data_kind=kind,
        agreed=agreed,
        privacy_notice=notice,
        language=language,
        purpose=consent.purpose or STANDARD_PURPOSE,
        purpose_type="improvement of the tools of the work",
        lawful_basis=consent.lawful_basis,
        pii_information=tuple(PiiInformation(name) for name in PII_TYPES[kind]),
        collection_method="recorded on the agent's PC while the agent works, in the listed applications only",
        processing_method="compared in memory, kept without content; no automated decision, no profiling, no emotion inference",
        storage_locations=("the agent's PC", "after release: the processor's computer"),
        retention_period=f"P{consent.retention_days}D",
        processing_locations=("where the agent works", "where the processor works"),
        geographic_restrictions="EEA",
        jurisdiction=settings.jurisdiction,
        recipient_third_parties=consent.recipients,
        withdrawal_method="shadow review --withdraw, or the withdraw button of the review; after release a signed deletion order",
        privacy_rights=("access", "rectification", "erasure", "restriction", "portability", "objection", "complaint"),
        impact_assessment=consent.impact_assessment,
        codes_of_conduct="",
        authority_party="authority",
    )


def _parties(settings: Settings, agent: PublicKey, study: PublicKey) -> tuple[Party, ...]:
    consent = settings.consent
    return (
        Party(
            party_id="controller",
            party_type="organisation",
            party_role="controller",
            party_name=consent.controller,
            party_contact=consent.controller_contact,
        ),
        Party(
            party_id="processor",
            party_type="organisation",
            party_role="processor",
            party_name=consent.processor,
            party_contact=consent.processor_contact,
            key_fingerprint=study.fingerprint,
        ),
        Party(party_id=agent.fingerprint, party_type="pii_principal", party_role="data subject", key_fingerprint=agent.fingerprint),
        Party(party_id="authority", party_type="authority", party_role="supervisory authority", party_address=settings.jurisdiction),
    )


def _events(given: datetime, notice_open_s: float, validity: timedelta, agent: str) -> tuple[Event, ...]:
    shown = given - timedelta(seconds=round(notice_open_s))
    lasts = f"PT{round(validity.total_seconds())}S"
    return (
        Event(event_time=shown, validity_duration=lasts, entity_id=agent, event_type="explicit", event_state="notice_shown"),
        Event(event_time=given, validity_duration=lasts, entity_id=agent, event_type="explicit", event_state="given"),
    )


def _ours(  # noqa: PLR0913 - each is one thing the block must hold
    settings: Settings,
    *,
    session_id: str,
    given: datetime,
    validity: timedelta,
    notice_open_s: float,
    agent: PublicKey,
    session_key: PublicKey,
    recorder_version: str,
) -> Ours:
    """What the standard has no field for: the window, the limits and the keys."""
    return Ours(
        session_id=session_id,
        apps=settings.record.apps,
        not_recorded=NOT_RECORDED,
        given_at=given,
        expires_at=given + validity,
        retention_days=settings.consent.retention_days,
        notice_open_s=round(notice_open_s),
        no_detriment_statement="the notice says that a no has no consequence and that nobody is told of it",
        employer_individual_access=False,
        k_min=K_MIN,
        collective_basis=_collective_basis(settings),
        recorder_version=recorder_version,
        session_key=session_key.text,
        study_key=PublicKey(settings.keys.public).text,
        agent_key=agent.text,
    )


def _collective_basis(settings: Settings) -> CollectiveBasis:
    """What study.toml says was settled with the employees as a body."""
    consent = settings.consent
    return CollectiveBasis(
        employee_representation=consent.employee_representation, notified_on=consent.notified_on, earliest_start=consent.earliest_start
    )


def _uuid7(moment: datetime) -> uuid.UUID:
    """A UUID of version 7 (RFC 9562): milliseconds since 1970, then chance."""
    value = int(moment.timestamp() * 1000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=value & ~(0x3 << 62) | 2 << 62)
