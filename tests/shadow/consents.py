"""Settings with which recording may begin, and a consent to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from msgspec.structs import replace

from shadow.consent import ConsentRecord, Switches, build_record
from shadow.keys import KeyPair
from shadow.settings import Settings

AGENT: Final = KeyPair(bytes(range(32)))
STUDY: Final = KeyPair(bytes(range(1, 33)))
SESSION: Final = KeyPair(bytes(range(2, 34)))
GIVEN: Final = datetime(2026, 11, 22, 10, 30, 0, 250_000, tzinfo=UTC)
EVERYTHING: Final = Switches(clicks_and_focus=True, dwell_and_skips=True, value_marks=True, screenshots=True)


def ready_settings(**sections: dict[str, Any]) -> Settings:
    """Settings of a study that may be recorded, with keys of `record`, `consent` and `study` of one's own."""
    told: dict[str, dict[str, Any]] = {
        "record": {"apps": ("Billing", "crm.example.com")},
        "consent": {"lawful_basis": "6(1)(f)"},
        "study": {},
    }
    told["keys"] = {"public": STUDY.public.text}
    plain = Settings()
    return replace(plain, **{name: replace(getattr(plain, name), **(told[name] | sections.get(name, {}))) for name in told})


def consent(settings: Settings | None = None, switches: Switches = EVERYTHING, given_at: datetime = GIVEN) -> ConsentRecord:
    """A consent of AGENT to one session of STUDY, given in Danish after 42 s."""
    return build_record(
        settings or ready_settings(),
        session_id="2026-11-22-1f09ac3e",
        language="da",
        notice_sha256="ab" * 32,
        notice_open_s=42.4,
        switches=switches,
        given_at=given_at,
        agent=AGENT.public,
        session_key=SESSION.public,
        recorder_version="1.2.3",
    )
