"""Sessions as the recorder's journal makes them, with a real consent, and the study that they are for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from recorder.agent import for_study
from recorder.journal import Journal
from recorder.sources.scripted import ScriptedClock
from shadow.consent import Switches, build_record, sign_record
from shadow.interop.importing import ImportResult, import_logs
from shadow.keys import KeyPair
from shadow.recorded import RecordedEvent
from shadow.sealed_session import open_sealed
from shadow.study import create_study
from shadow.study_toml import load_settings

STUDY = KeyPair(b"\x03" * 32)
OTHER_STUDY = KeyPair(b"\x13" * 32)
# The agents' own secrets; each study gets another pair of each.
ROOTS = [KeyPair(bytes([first]) * 32) for first in range(0x21, 0x29)]
SIGNER = KeyPair(b"\x02" * 32)
SESSION = "2026-11-22-1f09ac3e"
GIVEN = datetime(2026, 11, 22, 8, 29, 50, tzinfo=UTC)
STARTED = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
EVERYTHING = Switches(clicks_and_focus=True, dwell_and_skips=True, value_marks=True)

APPS = ("tickets.example.com", "billing.example.com", "Notes")

AGENT = for_study(ROOTS[0], STUDY.public)


def settings_text(study: KeyPair = STUDY, more: str = "") -> str:
    """A study.toml in which recording may begin."""
    apps = ", ".join(f'"{app}"' for app in APPS)
    consent = 'lawful_basis = "6(1)(f)"\ncontroller = "Acme A/S"\nprocessor = "Observant ApS"'
    return f'{more}\n[record]\napps = [{apps}]\n[consent]\n{consent}\n[keys]\npublic = "{study.public.text}"\n'


def study_folder(folder: Path, study: KeyPair = STUDY, more: str = "") -> Path:
    """A study with its secret key; `more` is further study.toml."""
    create_study(folder)
    (folder / "study.toml").write_text(settings_text(study, more), "utf-8")
    (folder / "keys" / "study.key").write_text(study.secret().hex(), "ascii")
    # As an import leaves it, so that one that is refused changes nothing.
    (folder / "store" / ".lock").touch()
    return folder


def agent_home(folder: Path, root: KeyPair = ROOTS[0]) -> Path:
    """The recorder's folder on the PC of an agent, with their key in it."""
    (folder / "keys").mkdir(parents=True)
    (folder / "keys" / "agent.key").write_text(root.secret().hex(), "ascii")
    (folder / "keys" / "agent.pub").write_text(root.public.text, "ascii")
    return folder


def recorded(  # noqa: PLR0913 - what may differ between two recordings
    folder: Path,
    events: Iterable[RecordedEvent],
    *,
    session_id: str = SESSION,
    agent: KeyPair = AGENT,
    study: KeyPair = STUDY,
    started: datetime = STARTED,
    forget_at: Sequence[int] = (),
    ended: bool = True,
    **consent: Any,
) -> Path:
    """
    A session as it lies on the agent's PC, recorded from ten seconds after the yes.

    `forget_at` are times, ms, at which the agent has the last minute forgotten.
    """
    clock = ScriptedClock()
    toml = folder.parent / f".{folder.name}.toml"
    toml.write_text(settings_text(study), "utf-8")
    facts = {
        "session_id": session_id, "language": "en", "notice_sha256": "ab" * 32, "notice_open_s": 42.0, "switches": EVERYTHING,
        "given_at": started - (STARTED - GIVEN), "agent": agent.public, "session_key": SIGNER.public, "recorder_version": "1",
    } | consent  # fmt: skip
    record = build_record(load_settings(toml), **facts)
    toml.unlink()
    journal = Journal.begin(
        folder,
        session_id=session_id,
        consent=sign_record(record, agent),
        agent=agent.public,
        signer=SIGNER,
        clock=clock,
        wall=lambda: started + timedelta(milliseconds=clock()),
        ballast_bytes=0,
    )
    waiting = list(forget_at)
    for event in events:
        while waiting and event.t_ms >= waiting[0]:
            assert journal.settled(10)
            clock.move_to(max(clock(), waiting[0]))
            journal.forget(waiting.pop(0) - 60_000)
        clock.move_to(max(clock(), event.t_ms))
        assert journal.put(event)
    assert journal.settled(10)
    journal.close() if ended else journal.abandon()
    return folder


def released(folder: Path, events: Iterable[RecordedEvent], *, struck: Iterable[int] = (), **more: Any) -> Path:
    """A session that its agent has released, after striking some events."""
    agent, study = more.get("agent", AGENT), more.get("study", STUDY)
    session = open_sealed(recorded(folder, events, **more))
    session.strike(agent, set(struck))
    session.release(agent, study.public)
    return folder


def brought_in(study: Path, *sessions: Path, now: datetime = STARTED + timedelta(hours=4)) -> ImportResult:
    """Import sessions on the afternoon of the recording."""
    return import_logs(list(sessions), study, now=now)


def event(
    seq: int, action: str = "focus", t_ms: int | None = None, app: str = APPS[0], screen: str = "Ticket", **more: Any
) -> RecordedEvent:
    """One event; every second unless told otherwise."""
    return RecordedEvent(seq, 1000 * seq if t_ms is None else t_ms, action, app, screen, **more)


def a_minute() -> list[RecordedEvent]:
    """Some of everything: two forms, a value entered twice, a mark with words."""
    billing = {"app": APPS[1], "screen": "Invoice"}
    return [
        event(0, "screen", elements=("customer", "email", "topic")),
        event(1, "focus", element="customer", label="Customer no.", role="entry", required=True),
        event(2, "change", t_ms=2519, element="customer", label="Customer no.", role="entry", mark=1, wholes=(2, 1), words=(3,), filled=True, keys=7),
        event(3, "click", element="save", label="Save", role="button", x=10, y=20, case=1),
        event(4, "switch", **billing),
        event(5, "screen", elements=("account", "amount"), **billing),
        event(6, "change", element="account", role="entry", mark=1, wholes=(2, 1), words=(3,), filled=True, keys=7, **billing),
        event(7, "mark", note="the number again", **billing),
        event(8, "blur", element="amount", role="entry", filled=False, **billing),
    ]  # fmt: skip


def cases(n: int, start_seq: int = 0) -> list[RecordedEvent]:
    """`n` cases in each of which the customer number of a ticket is typed again into an invoice, ten seconds apart."""
    found: list[RecordedEvent] = []
    billing = {"app": APPS[1], "screen": "Invoice"}
    for case in range(1, n + 1):
        t_ms, value = case * 20_000, {"mark": case, "wholes": (case,), "words": (case,), "filled": True, "keys": 8}
        for action, after_ms, more in (
            ("case_start", 0, {}),
            ("screen", 10, {"elements": ("customer", "email")}),
            ("focus", 1000, {"element": "customer", "role": "entry"}),
            ("change", 4000, {"element": "customer", "role": "entry", **value}),
            ("blur", 4010, {"element": "customer", "role": "entry", "filled": True}),
            ("switch", 5000, billing),
            ("screen", 5010, {"elements": ("account", "amount"), **billing}),
            ("focus", 6000, {"element": "account", "role": "entry", **billing}),
            ("change", 12_000, {"element": "account", "role": "entry", **value, **billing}),
            ("blur", 12_010, {"element": "account", "role": "entry", "filled": True, **billing}),
            ("submit", 13_000, billing),
            ("case_end", 13_010, billing),
        ):
            found.append(event(start_seq + len(found), action, t_ms=t_ms + after_ms, **more))
    return found


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a command on the agent's PC."""
    return os.environ | {"SHADOW_HOME": str(home), "TZ": "UTC"}
