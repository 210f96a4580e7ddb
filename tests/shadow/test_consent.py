"""The consent record: complete, signed, valid for one session, and read back only as it was signed."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, date, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shadow.consent import DATA_KINDS, Switches, build_record, read_consent, record_bytes, refuse_unready, retention_ends, sign_record
from shadow.errors import ConsentError
from shadow.keys import KeyPair
from tests.shadow.consents import AGENT, GIVEN, SESSION, STUDY, consent, ready_settings

TODAY = GIVEN.date()


def signed_as_is(record: msgspec.Struct) -> bytes:
    """What the agent's key makes of a record that this program would not write."""
    return sign_record(record, AGENT)


def reshaped(content: bytes, change) -> bytes:
    """consent.json with something in it changed, spelled as before."""
    tree = json.loads(content)
    change(tree)
    return msgspec.json.format(msgspec.json.encode(tree, order="sorted"), indent=2) + b"\n"


class TestReadiness:
    def test_ready(self) -> None:
        """A study with applications, a lawful basis and a key may be recorded."""
        refuse_unready(ready_settings(), TODAY)

    @pytest.mark.parametrize(
        ("sections", "message"),
        [
            ({"record": {"apps": ()}}, r"study.toml: \[record\] apps is empty; list the applications"),
            ({"consent": {"lawful_basis": ""}}, r"study.toml: \[consent\] lawful_basis is empty; the controller chooses one"),
            ({"consent": {"lawful_basis": "  "}}, r"\[consent\] lawful_basis is empty"),
            ({"consent": {"jurisdiction": "NO"}}, r"recording in Norway is locked until \[consent\] signed_off_by"),
            ({"study": {"region": "NO"}}, r"recording in Norway is locked until \[consent\] signed_off_by"),
            ({"study": {"region": "no"}}, r"recording in Norway is locked until \[consent\] signed_off_by"),
            ({"keys": {"public": ""}}, r"the study has no key in \[keys\] public; run shadow init"),
            ({"consent": {"notified_on": date(2026, 11, 23)}}, "nothing may be recorded before 2026-11-23"),
            (
                {"consent": {"notified_on": date(2026, 11, 1), "earliest_start": date(2026, 12, 13)}},
                "nothing may be recorded before 2026-12-13",
            ),
        ],
    )
    def test_not_ready(self, sections: dict, message: str) -> None:
        """What the agent must be told, or the law of the place asks for, is asked for by its key; and no record is made without it."""
        settings = ready_settings(**sections)
        with pytest.raises(ConsentError, match=message):
            refuse_unready(settings, TODAY)
        with pytest.raises(ConsentError, match=message):
            consent(settings)

    @pytest.mark.parametrize(
        "told",
        [
            {"jurisdiction": "NO", "signed_off_by": "A lawyer"},
            {"notified_on": TODAY},
            {"earliest_start": TODAY},
        ],
    )
    def test_settled(self, told: dict) -> None:
        """Norway with a name under it, and the very day that was waited for, are no obstacle."""
        refuse_unready(ready_settings(consent={"lawful_basis": "6(1)(f)"} | told), TODAY)

    def test_nothing_chosen(self) -> None:
        """A yes with a no to each kind of data is no consent to anything."""
        with pytest.raises(ConsentError, match="all four kinds of data were refused; there is nothing to record"):
            consent(switches=Switches())


class TestContent:
    def test_what_others_ask_it(self) -> None:
        """The record answers for its agent, study, session, applications, switches, language, basis and notice."""
        chosen = Switches(clicks_and_focus=True, value_marks=True)
        record = consent(switches=chosen)

        assert (AGENT.public, STUDY.public, SESSION.public) == (record.agent, record.study, record.session_key)
        assert ("2026-11-22-1f09ac3e", ("Billing", "crm.example.com")) == (record.session_id, record.apps)
        assert (chosen, "da", "6(1)(f)", "ab" * 32) == (record.switches, record.language, record.lawful_basis, record.notice_sha256)
        assert AGENT.public.fingerprint == record.pii_principal_id

    def test_one_block_for_each_kind(self) -> None:
        """Each kind of data has a block of its own, with its own yes or no; none is mandatory, none of a special category."""
        record = consent(switches=Switches(dwell_and_skips=True))

        assert list(DATA_KINDS) == [block.data_kind for block in record.pii_processing]
        assert [False, True, False, False] == [block.agreed for block in record.pii_processing]
        assert {(True, "none")} == {
            (information.pii_optional, information.special_pii_category)
            for block in record.pii_processing
            for information in block.pii_information
        }

    def test_field_names(self) -> None:
        """The fields of ISO/IEC TS 27560 that a record must have are there, under its names."""
        tree = json.loads(record_bytes(consent()))
        block, party, event = tree["pii_processing"][0], tree["party_identification"][0], tree["events"][0]

        assert {"schema_version", "record_id", "pii_principal_id"} <= tree.keys()
        assert {
            "privacy_notice", "language", "purpose", "pii_information", "storage_locations", "retention_period", "jurisdiction",
            "recipient_third_parties", "withdrawal_method", "lawful_basis", "collection_method", "processing_method", "privacy_rights",
            "authority_party", "processing_locations", "geographic_restrictions", "impact_assessment",
        } <= block.keys()  # fmt: skip
        assert {"party_id", "party_name", "party_address", "party_contact", "party_type", "party_role"} <= party.keys()
        assert {"event_time", "validity_duration", "entity_id", "event_type", "event_state"} <= event.keys()

    def test_events(self) -> None:
        """It says when the notice was shown and when the yes was given; what comes later has other places."""
        record = consent()

        assert [("notice_shown", timedelta(seconds=42)), ("given", timedelta(0))] == [
            (event.event_state, record.given_at - event.event_time) for event in record.events
        ]
        assert 42 == record.ours.notice_open_s

    def test_id_is_of_its_time(self) -> None:
        """The record's id is a UUID of version 7 whose time is that of the yes, and no two are alike."""
        ids = {uuid.UUID(consent().record_id) for _ in range(50)}
        times = {each.int >> 80 for each in ids}

        assert (50, {7}, {uuid.RFC_4122}) == (len(ids), {each.version for each in ids}, {each.variant for each in ids})
        assert {int(GIVEN.replace(microsecond=0).timestamp() * 1000)} == times

    def test_names_nobody(self) -> None:
        """Who signed off, the only person's name in study.toml, is not in the record, and the agent is a key's fingerprint."""
        settings = ready_settings(consent={"lawful_basis": "6(1)(f)", "jurisdiction": "NO", "signed_off_by": "Advokat Kjær"})
        content = sign_record(consent(settings), AGENT)

        assert "Kjær" not in content.decode()
        assert [AGENT.public.fingerprint] == [
            party.party_id for party in consent(settings).party_identification if party.party_type == "pii_principal"
        ]


class TestWindow:
    @pytest.mark.parametrize(("hours", "seconds"), [(8, 28_800), (2.5, 9_000)])
    def test_hours(self, hours: float, seconds: int) -> None:
        """It covers as many hours as study.toml says, from the yes on and not to the end of the last second."""
        record = consent(ready_settings(record={"apps": ("CRM",), "hours": hours}))
        start = GIVEN.replace(microsecond=0)

        assert start + timedelta(seconds=seconds) == record.expires_at
        assert [False, True, True, False] == [record.covers(start + timedelta(seconds=after)) for after in (-1, 0, seconds - 1, seconds)]

    def test_utc(self) -> None:
        """Wherever the agent's clock stands, the record is in UTC."""
        east = GIVEN.astimezone(timezone(timedelta(hours=13)))

        assert consent().given_at == consent(given_at=east).given_at
        assert datetime(2026, 11, 22, 10, 30, tzinfo=UTC) == consent(given_at=east).given_at
        assert timedelta(0) == consent(given_at=east).given_at.utcoffset()

    def test_agents_own_day(self) -> None:
        """Whether the first day has come is asked of the agent's calendar, not of that of Greenwich."""
        settings = ready_settings(consent={"lawful_basis": "6(1)(f)", "earliest_start": date(2026, 11, 23)})
        east = GIVEN.astimezone(timezone(timedelta(hours=14)))

        assert GIVEN.replace(microsecond=0) == consent(settings, given_at=east).given_at

    def test_retention(self) -> None:
        """The session must be gone so many days after the recording had to end."""
        record = consent(ready_settings(consent={"lawful_basis": "6(1)(f)", "retention_days": 10}))

        assert record.expires_at + timedelta(days=10) == retention_ends(record)
        assert (10, "P10D") == (record.retention_days, record.pii_processing[0].retention_period)


class TestReading:
    def test_as_signed(self) -> None:
        """What is read is what was signed."""
        record = consent()

        assert record == read_consent(sign_record(record, AGENT))

    def test_only_by_its_agent(self) -> None:
        """Another key does not sign a consent."""
        with pytest.raises(ConsentError, match="the consent is of another agent"):
            sign_record(consent(), KeyPair.fresh())

    @pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"yes", b"\xff", b'{"record": {}, "signature": "00"}'])
    def test_damaged(self, content: bytes) -> None:
        """What is no consent record is called damaged."""
        with pytest.raises(ConsentError, match=r"consent\.json is damaged"):
            read_consent(content)

    def test_every_cut(self) -> None:
        """A file that ends early, wherever, is damaged."""
        content = sign_record(consent(), AGENT)
        for length in range(0, len(content) - 2, 97):
            with pytest.raises(ConsentError, match=r"consent\.json is damaged"):
                read_consent(content[:length])

    @pytest.mark.parametrize("change", [lambda tree: tree.pop("signature"), lambda tree: tree.update(signature="")])
    def test_unsigned(self, change) -> None:
        """A record without a signature is called unsigned."""
        with pytest.raises(ConsentError, match=r"consent\.json is unsigned"):
            read_consent(reshaped(sign_record(consent(), AGENT), change))

    @pytest.mark.parametrize(
        "change",
        [
            lambda tree: tree["record"]["pii_processing"][3].update(agreed=True),
            lambda tree: tree["record"]["ours"]["apps"].append("Mail"),
            lambda tree: tree["record"]["ours"].update(retention_days=90),
            lambda tree: tree["record"]["ours"].update(expires_at="2026-11-22T18:29:59Z"),
            lambda tree: tree["record"]["ours"].update(study_key=KeyPair.fresh().public.text),
            lambda tree: tree["record"]["ours"].update(agent_key=KeyPair.fresh().public.text),
            lambda tree: tree.update(signature="00" * 64),
            lambda tree: tree.update(signature=KeyPair.fresh().sign(b"consent").hex()),
        ],
    )
    def test_altered(self, change) -> None:
        """A switch, an application, a date, a key or the signature that is not as signed is called altered."""
        content = sign_record(consent(switches=Switches(clicks_and_focus=True)), AGENT)
        with pytest.raises(ConsentError, match=r"consent\.json was altered after it was signed"):
            read_consent(reshaped(content, change))

    def test_other_spelling(self) -> None:
        """The same record in another spelling is altered: only one is signed."""
        content = sign_record(consent(), AGENT)
        for other in (content + b"\n", msgspec.json.format(content, indent=4), content.replace(b'"record"', b'"rec\\u006frd"')):
            with pytest.raises(ConsentError, match=r"consent\.json was altered"):
                read_consent(other)

    def test_unknown_field(self) -> None:
        """There is no place in it for anything more: a field that is not known is refused, not passed over."""
        with pytest.raises(ConsentError, match=r"consent\.json is damaged"):
            read_consent(reshaped(sign_record(consent(), AGENT), lambda tree: tree["record"]["ours"].update(agent_name="Anna")))

    @given(st.data())
    def test_no_flip_goes_unseen(self, data: st.DataObject) -> None:
        """Any one bit that is not as signed is noticed."""
        content = bytearray(sign_record(consent(), AGENT))
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] ^= 1 << data.draw(st.integers(0, 7))
        with pytest.raises(ConsentError):
            read_consent(bytes(content))

    def test_not_another_signature(self) -> None:
        """The agent's signature under the same bytes for another purpose does not pass for a consent."""
        record = consent()
        other = reshaped(sign_record(record, AGENT), lambda tree: tree.update(signature=AGENT.sign(record_bytes(record)).hex()))
        with pytest.raises(ConsentError, match="altered"):
            read_consent(other)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            (lambda record: replace(record, pii_principal_id="0" * 16), "names another agent than its key"),
            (lambda record: replace(record, engagement_id="0" * 16), "names another study than its key"),
            (
                lambda record: replace(record, pii_processing=record.pii_processing[::-1]),
                "does not say yes or no to each kind of data once",
            ),
            (
                lambda record: replace(record, ours=replace(record.ours, expires_at=record.given_at + timedelta(hours=9))),
                "covers more than 8 hours",
            ),
            (lambda record: replace(record, ours=replace(record.ours, expires_at=record.given_at)), "covers more than 8 hours"),
            (
                lambda record: replace(record, ours=replace(record.ours, employer_individual_access=True)),
                "gives the employer a look at one agent's data",
            ),
        ],
    )
    def test_signed_but_wrong(self, change, message: str) -> None:
        """Not even the agent's signature makes a record good that says more than any consent may."""
        with pytest.raises(ConsentError, match=message):
            read_consent(signed_as_is(change(consent())))


def test_version_is_told() -> None:
    """A record says of which program, which shape and which standard it is."""
    record = build_record(
        ready_settings(), session_id="s", language="en", notice_sha256="0" * 64, notice_open_s=0, switches=Switches(screenshots=True),
        given_at=GIVEN, agent=AGENT.public, session_key=SESSION.public, recorder_version="9",
    )  # fmt: skip

    assert ("27560-1", "ISO/IEC TS 27560:2023", "9") == (record.schema_version, record.conforms_to, record.ours.recorder_version)
