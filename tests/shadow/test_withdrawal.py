"""A deletion order takes a session out of a study as if it had never been there, once, and is answered with a signed receipt."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import filelock
import pytest

from analysis.loading import load_study
from analysis.results import rank_document
from recorder.agent import for_study
from shadow.deletion import make_order, read_receipt
from shadow.errors import KeyFault, SessionError, StudyError
from shadow.interop.withdrawal import execute_order
from shadow.keys import KeyPair
from shadow.recorded import RecordedEvent
from shadow.sealed_session import open_sealed
from shadow.session import refuse_broken
from shadow.study import open_study
from tests.shadow.released_sessions import (
    AGENT,
    APPS,
    OTHER_STUDY,
    ROOTS,
    SESSION,
    STARTED,
    STUDY,
    a_minute,
    brought_in,
    cases,
    event,
    released,
    study_folder,
)
from tests.shadow.small_logs import all_rows, on_disk, ui_log, written

NOW = STARTED + timedelta(days=1)
LATER = NOW + timedelta(days=1)
SECOND = "2026-11-22-00000002"
OTHER_AGENT = for_study(ROOTS[1], STUDY.public)
# Names that only the session to be withdrawn has, in the middle of the catalogue.
ONLY_HERE = [
    event(0, "screen", app="Diary", screen="Doctor", elements=("ward", "nurse")),
    event(1, app="Diary", screen="Doctor", element="ward", label="Ward 9", role="entry"),
    event(2, "mark", app="Diary", screen="Doctor", note="it is slow"),
    event(3, element="customer"),
]


def order(session_id: str = SESSION, agent: KeyPair = AGENT, study: KeyPair = STUDY) -> bytes:
    """An agent's signed order."""
    return make_order(agent, session_id, study.public, STARTED + timedelta(hours=5))


def filled(folder: Path, *contents: list[RecordedEvent]) -> Path:
    """A study with sessions of these events: the first is SESSION, the second another agent's, and so on."""
    study = study_folder(folder / "study")
    for number, content in enumerate(contents, start=1):
        agent = for_study(ROOTS[number - 1], STUDY.public)
        session_id = SESSION if number == 1 else f"2026-11-22-0000000{number}"
        session = released(folder / session_id, content, session_id=session_id, agent=agent)
        brought_in(study, session)
        shutil.rmtree(session)
    return study


def texts(study: Path) -> bytes:
    """All that is written in the files of a study, one after the other."""
    return b"".join(path.read_bytes() for path in sorted(study.rglob("*")) if path.is_file())


def places(study: Path) -> list[tuple[object, ...]]:
    """The rows of the events in words, without the number of their session."""
    return [row[1:] for row in all_rows(open_study(study))["events"]]


class TestWhatIsLeft:
    def test_as_if_never_there(self, tmp_path: Path) -> None:
        """The other sessions have the rows and the names they would have had, under their own numbers."""
        for folder in ("with", "without"):
            (tmp_path / folder).mkdir()
        study = filled(tmp_path / "with", ONLY_HERE, a_minute(), cases(2))
        agents = [header.agent for header in open_study(study).catalogue.sessions]
        execute_order(order(), study=open_study(study), now=NOW)
        plain = study_folder(tmp_path / "without" / "study")
        for number, content in ((2, a_minute()), (3, cases(2))):
            agent = for_study(ROOTS[number - 1], STUDY.public)
            brought_in(plain, released(tmp_path / "without" / str(number), content, session_id=f"2026-11-22-0000000{number}", agent=agent))
        left, other = open_study(study).catalogue, open_study(plain).catalogue

        refuse_broken(left, study / "store")
        assert places(plain) == places(study)
        assert sorted(other.apps) == sorted(left.apps)
        assert sorted(entry.name for entry in other.screens) == sorted(entry.name for entry in left.screens)
        assert sorted(entry.element for entry in other.fields) == sorted(entry.element for entry in left.fields)
        assert [("s002", agents[1]), ("s003", agents[2])] == [(header.name, header.agent) for header in left.sessions]

    def test_no_trace(self, tmp_path: Path) -> None:
        """No file of the study holds a name, a label or a word that only this session had, nor its agent, consent or key."""
        study = filled(tmp_path, ONLY_HERE, a_minute())
        header = open_study(study).catalogue.sessions[0]
        traces = [
            trace.encode() for trace in ("Diary", "Doctor", "ward", "Ward 9", "nurse", "it is slow", header.consent, AGENT.public.text)
        ]
        files = {path.name for path in (study / "sessions").iterdir()}
        there = [trace in texts(study) for trace in traces]
        execute_order(order(), open_study(study), NOW)

        assert [True] * len(traces) == there
        assert [False] * len(traces) == [trace in texts(study) for trace in traces]
        assert {SESSION} == files - {path.name for path in (study / "sessions").iterdir()}
        assert [2] == list(json.loads((study / "keys" / "agents.json").read_bytes()).values())

    def test_last_session(self, tmp_path: Path) -> None:
        """A study of which nothing is left is an empty one, and takes new sessions."""
        study = filled(tmp_path, a_minute())
        execute_order(order(), open_study(study), NOW)
        empty = open_study(study).catalogue
        brought_in(study, released(tmp_path / "new", a_minute(), session_id=SECOND))

        assert ([], [], [], [], []) == (empty.apps, empty.screens, empty.fields, empty.parts, empty.sources)
        assert 1 == len(open_study(study).catalogue.sessions)

    def test_names_at_the_end(self, tmp_path: Path) -> None:
        """Where no code changes, the parts of the others stay as they were written."""
        study = filled(tmp_path, a_minute(), ONLY_HERE)
        before = {path.name: path.read_bytes() for path in (study / "store").glob("*-0001.parquet")}
        execute_order(order(SECOND, OTHER_AGENT), open_study(study), NOW)

        assert before == {path.name: path.read_bytes() for path in (study / "store").glob("*.parquet")}
        assert APPS[0] in open_study(study).catalogue.apps
        assert "Diary" not in open_study(study).catalogue.apps

    def test_agent_with_another_session(self, tmp_path: Path) -> None:
        """An agent who has another session in the study is known again; one who has none is not."""
        study = filled(tmp_path, a_minute(), ONLY_HERE)
        brought_in(study, released(tmp_path / "third", cases(1), session_id="2026-11-22-00000009"))
        receipt = read_receipt(execute_order(order(), open_study(study), NOW).receipt, order())
        brought_in(study, released(tmp_path / "fourth", cases(1), session_id="2026-11-22-00000010"))

        assert [2, 1, 1] == [header.agent for header in open_study(study).catalogue.sessions]
        assert 4 == len(receipt.removed)

    def test_logs_stay(self, tmp_path: Path) -> None:
        """Logs in the same study keep their rows and their source, and are still recognised."""
        study = study_folder(tmp_path / "study")
        log = written(tmp_path, ui_log("mon,anna,1,focus,CRM,x", "mon,anna,2,change,CRM,Hansen", more="value"))
        brought_in(study, released(tmp_path / SESSION, ONLY_HERE), log)
        execute_order(order(), open_study(study), NOW)

        assert [("ui-log", 2)] == [(entry.format, entry.source) for entry in open_study(study).catalogue.sources]
        assert (str(log),) == brought_in(study, log).already_there

    def test_ranking(self, tmp_path: Path) -> None:
        """What rests on the others is computed without it: a ranking of two sessions becomes that of one."""
        study = filled(tmp_path, cases(6), cases(6))
        before = ranked(study)
        assert (study / "cache" / "sums.bin").exists()
        execute_order(order(), open_study(study), NOW)
        assert not (study / "cache").exists()
        after = ranked(study)

        assert {"sessions": 2, "agents": 2, "cases": 12, "events": 144} == before["study"]
        assert {"sessions": 1, "agents": 1, "cases": 6, "events": 72} == after["study"]
        assert [("customer", "account")] == [(row["sources"][0]["field"], row["targets"][0]["field"]) for row in after["rows"][:1]]


def ranked(study: Path) -> dict[str, object]:
    """The document of `shadow rank`."""
    loaded = load_study(open_study(study))
    try:
        return rank_document(loaded)
    finally:
        loaded.close()


class TestReceipt:
    def test_says_what_was_done(self, tmp_path: Path) -> None:
        """The receipt names session, order, time and what was removed, and is the study's."""
        study = filled(tmp_path, a_minute())
        done = execute_order(order(), open_study(study), NOW)
        receipt = read_receipt(done.receipt, order())

        assert (SESSION, 9, False) == (done.session_id, done.n_events, done.again)
        assert (SESSION, STUDY.public.text, 9, NOW) == (
            receipt.session_id, receipt.study, receipt.n_events, datetime.fromisoformat(receipt.deleted_at),
        )  # fmt: skip
        assert 5 == len(receipt.removed)
        assert "Figures that were published before are not changed." in receipt.remark

    def test_second_time(self, tmp_path: Path) -> None:
        """The same order gives the same receipt again, to the last byte, and changes nothing."""
        study = filled(tmp_path, a_minute(), ONLY_HERE)
        first = execute_order(order(), open_study(study), NOW)
        before = on_disk(study)
        second = execute_order(order(), open_study(study), LATER)

        assert first.receipt == second.receipt
        assert (True, 9) == (second.again, second.n_events)
        assert before == on_disk(study)

    def test_another_order_for_the_same(self, tmp_path: Path) -> None:
        """A later order is answered too, and its receipt says that nothing was left."""
        study = filled(tmp_path, a_minute())
        execute_order(order(), open_study(study), NOW)
        later = make_order(AGENT, SESSION, STUDY.public, LATER)

        assert 0 == read_receipt(execute_order(later, open_study(study), LATER).receipt, later).n_events

    def test_order_before_the_session(self, tmp_path: Path) -> None:
        """An order may come before the session was imported: then it never is."""
        study = study_folder(tmp_path / "study")
        done = execute_order(order(), open_study(study), NOW)

        assert 0 == read_receipt(done.receipt, order()).n_events
        with pytest.raises(SessionError, match="was withdrawn by its agent"):
            brought_in(study, released(tmp_path / SESSION, a_minute()))


def test_not_imported_again(tmp_path: Path) -> None:
    """A session that was withdrawn is refused from then on, also as another copy."""
    study = study_folder(tmp_path / "study")
    session = released(tmp_path / SESSION, a_minute())
    brought_in(study, session)
    execute_order(order(), open_study(study), NOW)
    before = on_disk(study)

    with pytest.raises(SessionError, match="was withdrawn by its agent; delete every copy"):
        brought_in(study, session)
    assert before == on_disk(study)


class TestRefusals:
    @pytest.mark.parametrize(
        ("written_order", "reason"),
        [
            (b"{}", "this is no signed deletion order"),
            (order().replace(SESSION.encode(), SECOND.encode()), "this deletion order is not as it was signed"),
            (order(study=OTHER_STUDY), "this deletion order is for another study"),
            (order(agent=OTHER_AGENT), "this deletion order is not signed by the agent of the session"),
        ],
    )
    def test_orders(self, tmp_path: Path, written_order: bytes, reason: str) -> None:
        """Only the session's own agent can have it removed; a refused order changes nothing."""
        study = filled(tmp_path, a_minute())
        before = on_disk(study)
        with pytest.raises(SessionError) as caught:
            execute_order(written_order, open_study(study), NOW)

        assert reason == caught.value.reason
        assert caught.value.remedy
        assert before == on_disk(study)

    def test_without_the_study_secret(self, tmp_path: Path) -> None:
        """Nobody who cannot sign the receipt removes anything."""
        study = filled(tmp_path, a_minute())
        (study / "keys" / "study.key").unlink()
        before = on_disk(study)
        with pytest.raises(KeyFault, match="secret key is not here"):
            execute_order(order(), open_study(study), NOW)

        assert before == on_disk(study)

    def test_while_an_import_runs(self, tmp_path: Path) -> None:
        """Nothing is removed under the hands of an import."""
        study = filled(tmp_path, a_minute())
        with filelock.FileLock(study / "store" / ".lock"), pytest.raises(StudyError, match="is running"):
            execute_order(order(), open_study(study), NOW)

    def test_lost_copy(self, tmp_path: Path) -> None:
        """Where the sealed copy was lost the order is executed all the same."""
        study = filled(tmp_path, a_minute())
        shutil.rmtree(study / "sessions")

        assert 9 == execute_order(order(), open_study(study), NOW).n_events


class Stopped(BaseException):
    """The process ended here."""


CALLS = ("replace", "unlink", "rename", "rmdir", "fsync", "open")


@pytest.mark.parametrize("call", CALLS)
def test_interrupted_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Killed at any use of a call of the system, the study is whole with the session or without it, and a second try ends the same."""
    (tmp_path / "one").mkdir()
    whole = filled(tmp_path / "one", ONLY_HERE, a_minute())
    expected = execute_order(order(), open_study(shutil.copytree(whole, tmp_path / "done")), NOW).receipt
    outcomes = set()
    for nth in range(1, 60):
        study = shutil.copytree(whole, tmp_path / f"{call}-{nth}")
        with monkeypatch.context() as patch:
            patch.setattr(os, call, stopping(getattr(os, call), nth, study))
            finished = False
            with contextlib.suppress(Stopped):
                execute_order(order(), open_study(study), NOW)
                finished = True
        refuse_broken(open_study(study).catalogue, study / "store")
        outcomes.add(len(open_study(study).catalogue.sessions))
        assert expected == execute_order(order(), open_study(study), NOW).receipt
        assert contents(tmp_path / "done") == contents(study)
        shutil.rmtree(study)
        if finished:
            break

    assert finished
    assert outcomes <= {1, 2}


def contents(study: Path) -> dict[str, bytes]:
    """What a study holds; its parts by their rows."""
    files = {path.relative_to(study).as_posix(): path.read_bytes() for path in study.rglob("*") if path.is_file()}
    return {name: raw for name, raw in files.items() if not name.endswith(".parquet")} | {
        "rows": repr(all_rows(open_study(study))).encode()
    }


def stopping(real: Callable[..., object], nth: int, study: Path) -> Callable[..., object]:
    """A call of the operating system that ends the process at its nth use within the study."""
    left = [nth]

    def call(*args: object, **kwargs: object) -> object:
        if str(args[0]).startswith(str(study)) or isinstance(args[0], int):
            left[0] -= 1
            if left[0] == 0:
                raise Stopped
        return real(*args, **kwargs)

    return call


def test_sealed_copy_cannot_be_opened(tmp_path: Path) -> None:
    """Of the sealed copy nothing is left that the study's key could open."""
    study = filled(tmp_path, a_minute())
    copy = open_sealed(study / "sessions" / SESSION)
    execute_order(order(), open_study(study), NOW)

    assert not (study / "sessions").exists()
    with pytest.raises((OSError, SessionError)):
        copy.read(STUDY)
