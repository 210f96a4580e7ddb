"""Contracts, sections 1 and 7: from the agent's review to the study and out of it again, as seen from the shell."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder.agent import for_study
from shadow.deletion import read_receipt
from shadow.sealed_session import open_sealed
from shadow.study import open_study
from tests.cli.running import shadow
from tests.shadow.released_sessions import (
    AGENT,
    APPS,
    ROOTS,
    SESSION,
    STUDY,
    a_minute,
    agent_home,
    brought_in,
    cases,
    event,
    recorded,
    released,
    study_folder,
)

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    """The recorder's folder on the agent's PC, with a session of a minute in it."""
    home = agent_home(tmp_path / "home")
    (home / "sessions").mkdir()
    recorded(home / "sessions" / SESSION, a_minute())
    return home


@pytest.fixture(name="review")
def _review(tmp_path: Path, home: Path) -> Run:
    """Runs `shadow review` on the session, on the agent's PC."""
    return lambda *options, session=SESSION: shadow("review", session, *options, cwd=tmp_path, SHADOW_HOME=str(home), TZ="UTC")


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Path:
    """A study with nothing in it."""
    return study_folder(tmp_path / "study")


def left(home: Path) -> list[int]:
    """Numbers of the events that the session still holds."""
    return [found.seq for found in open_sealed(home / "sessions" / SESSION).read(AGENT).events]


class TestReview:
    def test_in_plain_words(self, review: Run, home: Path) -> None:
        """Without an option the session is told in stays, with what was agreed to and what can be done, and nothing is changed."""
        before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
        ran = review()

        assert (0, "") == (ran.returncode, ran.stderr)
        assert f"00:00:04  In {APPS[1]}, on “Invoice”, for 4 s.  (events 4–8)" in ran.stdout
        assert "You clicked" not in ran.stdout
        assert "You said yes to: Clicks and focus; Time in fields, and skips; Value marks." in ran.stdout
        assert f"shadow review {SESSION} --release" in ran.stdout
        assert before == {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}

    def test_every_event(self, review: Run) -> None:
        """With --all each event is a line with its number and time."""
        ran = review("--all", "--lang", "da")

        assert 0 == ran.returncode
        assert "       3  00:00:03  Du klikkede på knappen »Save«." in ran.stdout
        assert "Du markerede bøvl og skrev: »the number again«" in ran.stdout

    def test_by_path(self, review: Run, home: Path) -> None:
        """The session is found by its folder, too."""
        assert review().stdout.splitlines()[0] == review(session=home / "sessions" / SESSION).stdout.splitlines()[0]

    @pytest.mark.parametrize(
        ("spec", "struck"),
        [
            ("3", {3}), ("3-5", {3, 4, 5}), ("00:00:03-00:00:05", {3, 4, 5}), ("0:00:00-0:00:00", {0}), ("08:30-08:30", set(range(9))),
            (f"app:{APPS[1]}", {4, 5, 6, 7, 8}),
        ],
    )  # fmt: skip
    def test_strike(self, review: Run, home: Path, spec: str, struck: set[int]) -> None:
        """By number, by time since the start, by the clock on the wall, by application; the ends belong to it."""
        ran = review("--strike", spec)

        assert (0, f"Events struck: {len(struck)}. They are destroyed.\n") == (ran.returncode, ran.stdout)
        assert sorted(set(range(9)) - struck) == left(home)

    @pytest.mark.parametrize("spec", ["99", "09:30-09:40", "app:Diary", "01:00:00-02:00:00"])
    def test_strike_nothing(self, review: Run, home: Path, spec: str) -> None:
        """What names no event is refused in one line, and nothing that was named with it is struck."""
        ran = review("--strike", "3", "--strike", spec)

        assert (1, "", 1) == (ran.returncode, ran.stdout, ran.stderr.count("\n"))
        assert f"error: --strike {spec} names no event of this session" in ran.stderr
        assert list(range(9)) == left(home)

    @pytest.mark.parametrize(
        "options", [["--strike", "soon"], ["--strike", "1:00-0:01:00"], ["--release", "--withdraw"], ["--export", "copy.zip"]]
    )
    def test_bad_usage(self, review: Run, home: Path, options: list[str]) -> None:
        """What cannot be understood is bad usage."""
        assert 2 == review(*options).returncode
        assert list(range(9)) == left(home)

    def test_export(self, review: Run, tmp_path: Path) -> None:
        """A copy is a page and a JSON document; the session stays as it is."""
        ran = review("--export", "copy.html")

        assert (0, "Your copy: copy.html and copy.json. It is not locked: whoever has these files can read them.\n") == (
            ran.returncode,
            ran.stdout,
        )
        assert 9 == len(json.loads((tmp_path / "copy.json").read_text("utf-8"))["events"])

    def test_withdraw(self, review: Run, home: Path) -> None:
        """Before the release withdrawing destroys the session at once, and a second look finds none."""
        ran = review("--withdraw")

        assert (0, "Withdrawn. All of the recording is destroyed.\n") == (ran.returncode, ran.stdout)
        assert [] == list((home / "sessions").iterdir())
        assert (1, "error: there is no recorded session here") == (review().returncode, review().stderr.partition(";")[0])

    def test_tripwire(self, home: Path, review: Run) -> None:
        """A release of what looks as if it were about a person is refused in one line that says what to do."""
        recorded(home / "sessions" / "noted", [event(0), event(1, "mark", note="ring 20 12 34 56")], session_id="noted")
        ran = review("--release", session="noted")

        assert (1, "") == (ran.returncode, ran.stdout)
        assert ran.stderr.startswith("error: Event 1 seems to hold a telephone number.")
        assert "--strike 1" in ran.stderr
        assert 0 == review("--strike", "1", "--release", session="noted").returncode

    def test_another_pc(self, home: Path, review: Run) -> None:
        """Elsewhere the session stays shut, and no key is made in the looking."""
        shutil.rmtree(home / "keys")
        ran = review()

        assert (1, "", 1) == (ran.returncode, ran.stdout, ran.stderr.count("\n"))
        assert "there is no agent's key here" in ran.stderr
        assert not (home / "keys").exists()


class TestThereAndBack:
    def test_whole_way(self, home: Path, review: Run, study: Path, tmp_path: Path) -> None:
        """Struck, released, imported, withdrawn: each step says what it did, and in the end nothing of the session is left anywhere."""
        session = home / "sessions" / SESSION
        release = review("--strike", "2", "--release")
        imported = shadow("import", session, "--study", study, cwd=tmp_path)
        again = shadow("import", session, "--study", study, cwd=tmp_path)
        late = review("--strike", "3")
        withdrawn = review("--withdraw", "-o", "order.json")
        executed = shadow("withdraw", "order.json", "--study", study, cwd=tmp_path)
        receipt = (tmp_path / "order.receipt.json").read_bytes()
        repeated = shadow("withdraw", "order.json", "--study", study, cwd=tmp_path)

        assert [0] * 6 == [ran.returncode for ran in (release, imported, again, withdrawn, executed, repeated)]
        assert "Observant ApS can open it from now on." in release.stdout
        assert f"imported 1 recorded session: 1 session, 10 events into {study}\n" == imported.stdout
        assert f"{session} was imported before; nothing changed\n" == again.stdout
        assert (1, "error: this session is released") == (late.returncode, late.stderr.partition(";")[0])
        assert "order.json is your signed order" in withdrawn.stdout
        assert f"removed session {SESSION} (10 events)" in executed.stdout
        assert f"session {SESSION} was withdrawn before; nothing was left to remove" in repeated.stdout
        assert receipt == (tmp_path / "order.receipt.json").read_bytes()
        assert 10 == read_receipt(receipt, (tmp_path / "order.json").read_bytes()).n_events
        assert not session.exists()
        assert ([], []) == (open_study(study).catalogue.sessions, list((study / "store").glob("*.parquet")))

    def test_ranking(self, study: Path, tmp_path: Path) -> None:
        """Sessions of five agents give a ranking whose first integration is the one that was typed again, and a report that says how they came."""
        for number, root in enumerate(ROOTS[:5]):
            agent = for_study(root, STUDY.public)
            session = released(tmp_path / f"s{number}", cases(30), session_id=f"2026-11-22-0000000{number}", agent=agent)
            assert 0 == shadow("import", session, "--study", study, cwd=tmp_path).returncode
        ranked = json.loads(shadow("rank", study, "--json", cwd=tmp_path).stdout)
        report = shadow("report", study, "-o", "report.html", cwd=tmp_path)

        assert {"sessions": 5, "agents": 5, "cases": 150, "events": 1800} == ranked["study"]
        first = ranked["rows"][0]
        assert ("customer", "account") == (first["sources"][0]["field"], first["targets"][0]["field"])
        assert 0 == report.returncode
        assert "released the recordings themselves" in (tmp_path / "report.html").read_text("utf-8")

    def test_import_of_what_is_not_released(self, home: Path, study: Path, tmp_path: Path) -> None:
        """A refusal is one line and exit code 1."""
        ran = shadow("import", home / "sessions" / SESSION, "--study", study, cwd=tmp_path)

        assert (1, "", 1) == (ran.returncode, ran.stdout, ran.stderr.count("\n"))
        assert ": this session is not released; its agent looks through it and releases it" in ran.stderr

    def test_order_for_an_unknown_session(self, home: Path, review: Run, study: Path, tmp_path: Path) -> None:
        """An order for a session that the study never had is answered, and the session is never taken."""
        review("--release")
        copy = shutil.copytree(home / "sessions" / SESSION, tmp_path / "copy")
        review("--withdraw", "-o", "order.json")
        executed = shadow("withdraw", "order.json", "--study", study, "-o", "answer.json", cwd=tmp_path)
        late = shadow("import", copy, "--study", study, cwd=tmp_path)

        assert f"session {SESSION} is not in {study}; it cannot be imported from now on\n" in executed.stdout
        assert (tmp_path / "answer.json").is_file()
        assert (1, f"error: {copy}: this session was withdrawn by its agent") == (late.returncode, late.stderr.partition(";")[0])

    @pytest.mark.parametrize("content", ["", "{}", '{"kind": "release"}'])
    def test_order_that_is_none(self, study: Path, tmp_path: Path, content: str) -> None:
        """Another file is no order."""
        (tmp_path / "order.json").write_text(content, "utf-8")
        ran = shadow("withdraw", "order.json", "--study", study, cwd=tmp_path)

        assert (1, "error: this is no signed deletion order") == (ran.returncode, ran.stderr.partition(";")[0])


def test_study_without_its_keys(study: Path, tmp_path: Path) -> None:
    """Where the study's secret is not, nothing is imported and nothing withdrawn; the line says where to do it."""
    session = released(tmp_path / SESSION, a_minute())
    brought_in(study, session)
    (study / "keys" / "study.key").unlink()
    ran = shadow("import", session, "--study", study, cwd=tmp_path)

    assert (1, 1) == (ran.returncode, ran.stderr.count("\n"))
    assert "the study's secret key is not here" in ran.stderr
