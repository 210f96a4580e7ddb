"""
The shape of a consent record, with the field names of ISO/IEC TS 27560:2023; see `shadow.consent` for how it is made, signed and read.

Every text in it is the program's own or comes from study.toml; none names the agent. Fields under `ours` are not of the standard.

Source: ISO/IEC TS 27560:2023, by the W3C DPV guide "Implementing ISO/IEC TS 27560:2023 consent records and receipts".
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec

from shadow.keys import PublicKey
from shadow.settings import MAX_RETENTION_DAYS, Language

__all__ = [
    "DATA_KINDS",
    "CollectiveBasis",
    "ConsentRecord",
    "DataKind",
    "Event",
    "Ours",
    "Party",
    "PiiInformation",
    "PrivacyNotice",
    "Processing",
    "Switches",
]

DataKind = Literal["clicks_and_focus", "dwell_and_skips", "value_marks", "screenshots"]
DATA_KINDS: Final[tuple[DataKind, ...]] = ("clicks_and_focus", "dwell_and_skips", "value_marks", "screenshots")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]
Key = Annotated[str, msgspec.Meta(pattern="^ed25519:[0-9a-f]{64}$")]
Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, msgspec.Meta(min_length=1)]


class Switches(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The agent's yes or no to each kind of data. Off until it is chosen."""

    clicks_and_focus: bool = False
    dwell_and_skips: bool = False
    value_marks: bool = False
    screenshots: bool = False

    @property
    def any(self) -> bool:
        """Whether there is anything that may be recorded."""
        return any(getattr(self, kind) for kind in DATA_KINDS)


class PrivacyNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The notice that was shown: its version and the SHA-256 of exactly its text."""

    version: int
    sha256: Digest


class PiiInformation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One kind of information; all of it may be refused, and none of it is of a special category."""

    pii_type: Text
    pii_optional: bool = True
    special_pii_category: Literal["none"] = "none"


class Processing(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One kind of data: what, why, on which basis, by whom and for how long; `agreed` is the agent's answer to it alone."""

    data_kind: DataKind
    agreed: bool
    privacy_notice: PrivacyNotice
    language: Language
    purpose: Text
    purpose_type: str
    lawful_basis: Text
    pii_information: tuple[PiiInformation, ...]
    collection_method: str
    processing_method: str
    storage_locations: tuple[str, ...]
    retention_period: str
    processing_locations: tuple[str, ...]
    geographic_restrictions: str
    jurisdiction: str
    recipient_third_parties: tuple[str, ...]
    withdrawal_method: str
    privacy_rights: tuple[str, ...]
    impact_assessment: str
    codes_of_conduct: str
    authority_party: str


class Party(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who takes part. The agent has no name, only a key; "" is what study.toml does not say."""

    party_id: str
    party_type: str
    party_role: str
    party_name: str = ""
    party_address: str = ""
    party_contact: str = ""
    key_fingerprint: str = ""


class Event(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What happened before recording began; `validity_duration` is of ISO 8601."""

    event_time: Moment
    validity_duration: str
    entity_id: str
    event_type: Literal["explicit"]
    event_state: Literal["notice_shown", "given"]


class CollectiveBasis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was settled with the employees as a body; None and "" are what study.toml does not say."""

    employee_representation: str
    notified_on: date | None
    earliest_start: date | None


class Ours(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a recording needs beyond the standard: its window, its keys, its limits."""

    session_id: Text
    apps: tuple[Text, ...]
    not_recorded: tuple[str, ...]
    given_at: Moment
    expires_at: Moment
    retention_days: Annotated[int, msgspec.Meta(ge=1, le=MAX_RETENTION_DAYS)]
    notice_open_s: Annotated[int, msgspec.Meta(ge=0)]
    no_detriment_statement: str
    employer_individual_access: bool
    k_min: int
    collective_basis: CollectiveBasis
    recorder_version: str
    session_key: Key
    study_key: Key
    agent_key: Key


class ConsentRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """
    A consent: one agent, one session, one study.

    Made by `build_record`, read back by `read_consent`.

    Args:

        schema_version: Of this record's own shape.

        conforms_to: The standard its names come from.

        record_id: UUID, version 7.

        pii_principal_id: Fingerprint of the agent's key for this study; the only name the agent has here.

        engagement_id: Fingerprint of the study's key.

        pii_processing: One block for each of DATA_KINDS, in that order.

        party_identification: Controller, processor, agent, authority.

        events: Notice shown, consent given.

        ours: What a recording needs beyond the standard.
    """

    schema_version: Literal["27560-1"]
    conforms_to: Literal["ISO/IEC TS 27560:2023"]
    record_id: str
    pii_principal_id: str
    engagement_id: str
    pii_processing: tuple[Processing, Processing, Processing, Processing]
    party_identification: tuple[Party, ...]
    events: tuple[Event, ...]
    ours: Ours

    @property
    def switches(self) -> Switches:
        """The agent's answer to each kind of data."""
        return Switches(**{block.data_kind: block.agreed for block in self.pii_processing})

    @property
    def session_id(self) -> str:
        """The one session it covers."""
        return self.ours.session_id

    @property
    def apps(self) -> tuple[str, ...]:
        """The allowlist as it was shown."""
        return self.ours.apps

    @property
    def language(self) -> Language:
        """Language of the notice."""
        return self.pii_processing[0].language

    @property
    def lawful_basis(self) -> str:
        """The controller's, as study.toml had it."""
        return self.pii_processing[0].lawful_basis

    @property
    def notice_sha256(self) -> str:
        """SHA-256 of exactly the text shown, 64 hexadecimal digits."""
        return self.pii_processing[0].privacy_notice.sha256

    @property
    def agent(self) -> PublicKey:
        """Who said yes, and who alone can open the session until it is released."""
        return PublicKey(self.ours.agent_key)

    @property
    def study(self) -> PublicKey:
        """To whom the session may be released."""
        return PublicKey(self.ours.study_key)

    @property
    def session_key(self) -> PublicKey:
        """Who signs the session's checkpoints."""
        return PublicKey(self.ours.session_key)

    @property
    def given_at(self) -> datetime:
        """When the agent said yes, UTC."""
        return self.ours.given_at

    @property
    def expires_at(self) -> datetime:
        """When recording must end, UTC: at most 8 hours later."""
        return self.ours.expires_at

    @property
    def retention_days(self) -> int:
        """Days that the released session may be kept after the recording."""
        return self.ours.retention_days

    def covers(self, wall: datetime) -> bool:
        """Whether recording is allowed at this time of the clock on the wall."""
        return self.given_at <= wall < self.expires_at
