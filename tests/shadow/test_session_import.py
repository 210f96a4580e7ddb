"""A released session becomes rows of the store, and one that may not be used is refused, saying why and what to do."""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from recorder.agent import for_study
from shadow.errors import KeyFault, SessionError, ShadowError, SourceError
from shadow.interop.importing import ImportResult, import_logs
from shadow.sealed_session import open_sealed
from shadow.session import refuse_broken
from shadow.store import SourceEntry
from shadow.study import open_study
from tests.shadow.released_sessions import (
    AGENT,
    APPS,
    GIVEN,
    OTHER_STUDY,
    ROOTS,
    SESSION,
    STARTED,
    STUDY,
    a_minute,
    brought_in,
    event,
    recorded,
    released,
    study_folder,
)
from tests.shadow.small_logs import all_rows, events, on_disk, ui_log, written

LATER = STARTED + timedelta(hours=4)


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Path:
    """A study with nothing in it."""
    return study_folder(tmp_path / "study")


@pytest.fixture(name="session")
def _session(tmp_path: Path) -> Path:
    """A released session of a minute."""
    return released(tmp_path / SESSION, a_minute())


class TestRows:
    def test_events(self, study: Path, session: Path) -> None:
        """Every event is a row with its names as codes, its time to 10 ms, its marks, state and place as they were."""
        brought_in(study, session)
        columns = ("seq", "t_ms", "action", "app", "screen", "field", "mark", "filled", "keys", "x", "y", "given_case", "case_mark")
        ticket, invoice = (APPS[0], "Ticket"), (APPS[1], "Invoice")
        nothing = (None,) * 7

        assert [
            (0, 0, "screen", *ticket, None, *nothing),
            (1, 1000, "focus", *ticket, "customer", *nothing),
            (2, 2510, "change", *ticket, "customer", 1, True, 7, None, None, None, None),
            (3, 3000, "click", *ticket, "save", None, None, None, 10, 20, None, 1),
            (4, 4000, "switch", *invoice, None, *nothing),
            (5, 5000, "screen", *invoice, None, *nothing),
            (6, 6000, "change", *invoice, "account", 1, True, 7, None, None, None, None),
            (7, 7000, "mark", *invoice, None, *nothing),
            (8, 8000, "blur", *invoice, "amount", None, False, None, None, None, None, None),
        ] == events(open_study(study), *columns)

    def test_side_tables(self, study: Path, session: Path) -> None:
        """Tokens keep their two kinds, a form lists its fields, and the agent's words are there."""
        brought_in(study, session)
        opened = open_study(study)
        fields = [entry.element for entry in opened.catalogue.fields]
        forms = [(seq, fields[code]) for _, seq, code in opened.scan("forms").collect().iter_rows()]

        assert [(1, seq, token, token < 3) for seq in (2, 6) for token in (1, 2, 3)] == opened.scan("tokens").collect().rows()
        assert [(0, "customer"), (0, "email"), (0, "topic"), (5, "account"), (5, "amount")] == sorted(forms)
        assert [(1, 7, "the number again")] == opened.scan("notes").collect().rows()

    def test_header_and_source(self, study: Path, session: Path) -> None:
        """The header rests on the consent record, begins when the recording did, and belongs to a source that knows the session by name."""
        brought_in(study, session)
        catalogue = open_study(study).catalogue
        (header,), (source,) = catalogue.sessions, catalogue.sources

        refuse_broken(catalogue, study / "store")
        assert ("s001", 1, "2026-11-22T08:30:00+00:00", 9, 8000) == (
            header.name, header.agent, header.started_at, header.n_events, header.last_t_ms,
        )  # fmt: skip
        assert 36 == len(header.consent)
        assert ("session", 1, SESSION) == (source.format, source.sessions, source.session_id)

    def test_fields(self, study: Path, session: Path) -> None:
        """A field has the label and role of where it was touched, also if its form announced it before."""
        brought_in(study, session)
        found = {entry.element: (entry.label, entry.role, entry.required) for entry in open_study(study).catalogue.fields}

        assert ("Customer no.", "entry", True) == found["customer"]
        assert (None, None, False) == found["topic"]

    def test_names_of_the_study(self, tmp_path: Path) -> None:
        """Systems and screens are called as study.toml says; a name that a pattern gave already is not looked at again."""
        more = f'[systems]\n"{APPS[0]}" = "Helpdesk"\n'
        more += '[[screens]]\napp = "Helpdesk"\nmatch = "Tick"\nname = "Ticket search"\n'
        more += '[[screens]]\napp = "Helpdesk"\nmatch = "^/tickets/"\nname = "Ticket"\n'
        study = study_folder(tmp_path / "study", more=more)
        shown = [
            event(0, screen="Ticket"),
            event(1, screen="/tickets/:id"),
            event(2, screen="Tickets of today"),
            event(3, screen="unnamed screen 1"),
        ]
        brought_in(study, released(tmp_path / SESSION, shown))
        catalogue = open_study(study).catalogue

        assert ["Helpdesk"] == catalogue.apps
        assert ["Ticket", "Ticket search", "unnamed screen 1"] == [entry.name for entry in catalogue.screens]

    def test_same_agent(self, study: Path, tmp_path: Path) -> None:
        """Two sessions of one agent have one pseudonym, that of another agent has another."""
        other = for_study(ROOTS[1], STUDY.public)
        sessions = [
            released(tmp_path / "a", a_minute()),
            released(tmp_path / "b", a_minute(), session_id="2026-11-22-00000002", agent=other),
            released(tmp_path / "c", a_minute(), session_id="2026-11-22-00000003"),
        ]
        brought_in(study, *sessions)

        assert [1, 2, 1] == [header.agent for header in open_study(study).catalogue.sessions]

    def test_unnamed_screens(self, study: Path, tmp_path: Path) -> None:
        """What two sessions call unnamed screen 1 is one screen only if it shows the same form."""
        forms = {"a": ("name", "street", "town"), "b": ("amount", "due"), "c": ("town", "street", "name")}
        for number, (name, form) in enumerate(forms.items()):
            one = [event(0, "screen", screen="unnamed screen 1", elements=form), event(1, screen="unnamed screen 1", element=form[0])]
            brought_in(study, released(tmp_path / name, one, session_id=f"2026-11-22-0000000{number}"))

        assert [
            (1, "unnamed screen 1"), (1, "unnamed screen 1"), (2, "unnamed screen 2"),
            (2, "unnamed screen 2"), (3, "unnamed screen 1"), (3, "unnamed screen 1"),
        ] == events(open_study(study), "session", "screen")  # fmt: skip


class TestMissingTime:
    def test_struck(self, study: Path, tmp_path: Path) -> None:
        """Where events were struck there is a gap, and the rest is numbered without holes."""
        brought_in(study, released(tmp_path / SESSION, a_minute(), struck=(2, 3, 8)))

        assert [
            (0, 0, "screen"), (1, 1000, "focus"), (2, 1000, "gap_start"), (3, 4000, "gap_end"),
            (4, 4000, "switch"), (5, 5000, "screen"), (6, 6000, "change"), (7, 7000, "mark"),
        ] == events(open_study(study), "seq", "t_ms", "action")  # fmt: skip

    def test_forgotten(self, study: Path, tmp_path: Path) -> None:
        """A time that was forgotten is a gap from the last event before it to the first after it."""
        seconds = [event(seq) for seq in range(200)]
        brought_in(study, released(tmp_path / SESSION, seconds, forget_at=[150_000]))
        found = events(open_study(study), "t_ms", "action")
        gap = [t_ms for t_ms, action in found if action.startswith("gap")]

        assert [59_000, 150_000] == gap
        assert 200 - 90 + 2 == len(found)

    def test_broken_off(self, study: Path, tmp_path: Path) -> None:
        """A recording that was broken off is a session as far as it goes."""
        result = brought_in(study, released(tmp_path / SESSION, a_minute(), ended=False))

        assert 9 == result.events


class TestRefusals:
    def refused(self, study: Path, session: Path, kind: type[ShadowError] = SessionError, **more: object) -> str:
        """The one line of a refusal, which leaves every byte of the study as it was."""
        before = on_disk(study)
        with pytest.raises(kind) as caught:
            brought_in(study, session, **more)
        assert caught.value.remedy
        assert "\n" not in str(caught.value)
        assert before == on_disk(study)
        assert kind is not SessionError or caught.value.reason.startswith(f"{session}: ")
        return caught.value.reason.removeprefix(f"{session}: ")

    def test_not_released(self, study: Path, tmp_path: Path) -> None:
        """What its agent has not released nobody else takes."""
        assert "this session is not released" == self.refused(study, recorded(tmp_path / SESSION, a_minute()))

    def test_withdrawn(self, study: Path, session: Path) -> None:
        """Of a session whose destruction was begun nothing is taken, and the destruction is finished."""
        (session / "segments").rename(session / "withdrawn")
        before = on_disk(study)
        with pytest.raises(SessionError, match="was withdrawn"):
            brought_in(study, session)

        assert before == on_disk(study)
        assert not session.exists()

    def test_no_session(self, study: Path, tmp_path: Path) -> None:
        """A folder in which only a consent is left is no session; one without is nothing that could be imported."""
        (tmp_path / "other").mkdir()
        with pytest.raises(SourceError, match="Is a directory"):
            brought_in(study, tmp_path / "other")
        (tmp_path / "other" / "consent.json").touch()

        assert "there is no recorded session here" == self.refused(study, tmp_path / "other")

    @pytest.mark.parametrize("name", ["segments/0001.seg", "consent.json", "released/0001.key", "keys/0001.key"])
    def test_altered(self, study: Path, session: Path, name: str) -> None:
        """One changed byte in any file is seen, and the file is named."""
        file = session / name
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 2] ^= 1
        file.write_bytes(raw)

        assert f"this session was altered after its release: {name}" == self.refused(study, session)

    def test_cut_checkpoints(self, study: Path, session: Path) -> None:
        """So are checkpoints whose last is cut off, and damage to the first, without which the session has no name."""
        file = session / "checkpoints"
        raw = file.read_bytes()
        file.write_bytes(raw[:-1])
        assert "this session was altered after its release: checkpoints" == self.refused(study, session)
        file.write_bytes(raw[1:])
        assert "the checkpoints of this session are damaged" == self.refused(study, session)

    def test_altered_manifest(self, study: Path, session: Path) -> None:
        """So is one in what the agent signed."""
        manifest = session / "release.json"
        manifest.write_text(manifest.read_text("utf-8").replace('"n_events": 9', '"n_events": 8'), "utf-8")

        assert "this session was altered after its release: release.json" == self.refused(study, session)

    def test_consent_of_another_session(self, study: Path, tmp_path: Path) -> None:
        """A consent covers the one session that it names."""
        other = recorded(tmp_path / "other", a_minute(), session_id="2026-11-22-00000002")
        session = recorded(tmp_path / SESSION, a_minute())
        shutil.copy(other / "consent.json", session / "consent.json")
        open_sealed(session).release(AGENT, STUDY.public)

        assert "the consent in this session belongs to another one" == self.refused(study, session)

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            (lambda raw: raw[:-9], "consent.json is damaged"),
            (lambda raw: raw.replace(b'"6(1)(f)"', b'"6(1)(a)"'), "was altered after it was signed"),
        ],
    )
    def test_consent_that_does_not_hold(self, study: Path, tmp_path: Path, change: Callable[[bytes], bytes], said: str) -> None:
        """A consent that is damaged, or was altered before the release, is none."""
        session = recorded(tmp_path / SESSION, a_minute())
        (session / "consent.json").write_bytes(change((session / "consent.json").read_bytes()))
        open_sealed(session).release(AGENT, STUDY.public)

        assert said in self.refused(study, session)

    @pytest.mark.parametrize("given_at", [GIVEN - timedelta(hours=9), STARTED + timedelta(minutes=1)])
    def test_outside_the_consent(self, study: Path, tmp_path: Path, given_at: object) -> None:
        """What was recorded before the yes, or after it had run out, may not be used."""
        session = released(tmp_path / SESSION, a_minute(), given_at=given_at)

        assert "this session was recorded outside the time its consent covers" == self.refused(study, session)

    def test_longer_than_the_consent(self, study: Path, tmp_path: Path) -> None:
        """Nor may a session that went on for longer."""
        session = released(tmp_path / SESSION, [event(0), event(1, t_ms=8 * 3_600_000 + 90_000)])

        assert "this session goes on after its consent has expired" == self.refused(study, session)

    @pytest.mark.parametrize(("days", "taken"), [(29, True), (31, False)])
    def test_retention(self, study: Path, session: Path, days: int, *, taken: bool) -> None:
        """A session may be kept for as long as its agent was told, here 30 days, and not imported after."""
        now = STARTED + timedelta(days=days)
        if taken:
            assert 1 == brought_in(study, session, now=now).sessions
        else:
            assert "this session has expired: it might be kept until 2026-12-22" == self.refused(study, session, now=now)

    def test_another_study(self, session: Path, tmp_path: Path) -> None:
        """A session is for the study that its agent released it to."""
        assert "this session is sealed to another study" == self.refused(study_folder(tmp_path / "other", OTHER_STUDY), session)

    def test_released_to_another_study(self, study: Path, tmp_path: Path) -> None:
        """A release to a study that the consent does not name is void."""
        session = recorded(tmp_path / SESSION, a_minute())
        open_sealed(session).release(AGENT, OTHER_STUDY.public)

        assert "this session is released to another study than its consent names" == self.refused(study, session)

    def test_study_without_its_secret(self, study: Path, session: Path) -> None:
        """Where the study's secret key is not, nothing can be opened."""
        (study / "keys" / "study.key").unlink()

        assert "the study's secret key is not here" == self.refused(study, session, KeyFault)

    def test_nothing_left(self, study: Path, tmp_path: Path) -> None:
        """A session of which all was struck holds nothing to import."""
        session = released(tmp_path / SESSION, a_minute(), struck=range(9))

        assert "this session holds no event" == self.refused(study, session)

    def test_name_that_leads_elsewhere(self, study: Path, tmp_path: Path) -> None:
        """A session's name is never a path out of the study."""
        session = released(tmp_path / SESSION, a_minute(), session_id="../../elsewhere")

        assert "this session was altered: its name is none that a recorder gives" == self.refused(study, session)

    def test_links(self, study: Path, session: Path, tmp_path: Path) -> None:
        """A file that is a link to somewhere else is not followed into the study."""
        (session / "consent.json").rename(tmp_path / "elsewhere.json")
        (session / "consent.json").symlink_to(tmp_path / "elsewhere.json")

        assert "holds links instead of files" in self.refused(study, session)


class TestOnce:
    def test_second_time(self, study: Path, session: Path, tmp_path: Path) -> None:
        """A session that the study has, wherever the folder lies now, changes no byte and is reported."""
        brought_in(study, session)
        before = on_disk(study)
        moved = session.rename(tmp_path / "moved")

        assert ImportResult(0, 0, 0, (str(moved),)) == brought_in(study, moved)
        assert before == on_disk(study)

    def test_twice_in_one_command(self, study: Path, session: Path) -> None:
        """The same session given twice is taken once."""
        assert ImportResult(1, 1, 9, (str(session),), recorded=1) == brought_in(study, session, session)

    def test_recognised_by_name(self, study: Path, tmp_path: Path) -> None:
        """A second release of the same recording is the same session, although its bytes differ."""
        first = recorded(tmp_path / SESSION, a_minute())
        second = shutil.copytree(first, tmp_path / "again")
        for folder in (first, second):
            open_sealed(folder).release(AGENT, STUDY.public)
        brought_in(study, first)

        assert (str(second),) == brought_in(study, second).already_there


class TestCopy:
    def test_sealed_as_it_is(self, study: Path, session: Path) -> None:
        """The sealed session lies beside the store, byte for byte, for its owner's eyes only."""
        brought_in(study, session)
        copy = study / "sessions" / SESSION
        files = {path.relative_to(session): path.read_bytes() for path in session.rglob("*") if path.is_file()}

        assert files == {path.relative_to(copy): path.read_bytes() for path in copy.rglob("*") if path.is_file()}
        assert {0o700} == {stat.S_IMODE(path.stat().st_mode) for path in (copy.parent, copy, copy / "segments")}
        assert {0o600} == {stat.S_IMODE(path.stat().st_mode) for path in copy.rglob("*") if path.is_file()}

    def test_leftovers_of_a_crash(self, study: Path, session: Path, tmp_path: Path) -> None:
        """A copy that an import left which never committed is destroyed by the next one."""
        shutil.copytree(session, study / "sessions" / "2026-11-21-00000000")
        (study / "sessions" / "half").mkdir()
        import_logs([written(tmp_path, ui_log("mon,anna,1,focus,CRM"))], study)

        assert not (study / "sessions").exists()


class TestTogether:
    def test_with_logs(self, study: Path, session: Path, tmp_path: Path) -> None:
        """Logs and sessions come in together, numbered in the order they were given."""
        log = written(tmp_path, ui_log("mon,anna,1,focus,CRM", "tue,anna,1,focus,CRM"))
        result = import_logs([log, session], study, now=LATER)

        assert ImportResult(2, 3, 11, (), recorded=1) == result
        assert ["ui-log", "session"] == [entry.format for entry in open_study(study).catalogue.sources]
        assert [1, 1, 2] == [header.source for header in open_study(study).catalogue.sessions]

    @pytest.mark.parametrize("first", ["log", "session"])
    def test_all_or_nothing(self, study: Path, session: Path, tmp_path: Path, first: str) -> None:
        """When one of them is refused, none is taken: every file of the study is as it was."""
        before = on_disk(study)
        bad_log = written(tmp_path, ui_log("mon,anna,soon,focus,CRM"))
        bad_session = recorded(tmp_path / "other", a_minute(), session_id="2026-11-22-00000002")
        good_log = written(tmp_path, ui_log("mon,anna,1,focus,CRM"), "good.csv")
        sources = [session, bad_log] if first == "session" else [good_log, bad_session]
        with pytest.raises((SourceError, SessionError)):
            import_logs(sources, study, now=LATER)

        assert before == on_disk(study)

    def test_same_rows_from_any_order(self, tmp_path: Path) -> None:
        """Which session comes first changes their numbers and nothing else."""
        found = []
        for order in ((0, 1), (1, 0)):
            study = study_folder(tmp_path / f"study-{order[0]}")
            folder = tmp_path / f"sessions-{order[0]}"
            folder.mkdir()
            both = [released(folder / str(n), a_minute()[: 9 - n], session_id=f"2026-11-22-0000000{n}") for n in (0, 1)]
            brought_in(study, *(both[n] for n in order))
            found.append(sorted(row[1:] for row in all_rows(open_study(study))["events"]))

        assert [str(row) for row in found[0]] == [str(row) for row in found[1]]

    def test_refused_new_study(self, session: Path, tmp_path: Path) -> None:
        """A study that was made for a session that is not for it is gone again."""
        with pytest.raises(SessionError, match="sealed to another study"):
            brought_in(tmp_path / "fresh", session)

        assert not (tmp_path / "fresh").exists()


def test_old_catalogue() -> None:
    """A source of a study that knew no recorded sessions has no session's name."""
    assert SourceEntry(1, "ab", "ui-log", 1).session_id is None
