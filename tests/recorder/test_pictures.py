"""Pictures: sealed with the events they belong to, destroyed with them, and none where the agent did not ask for them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from recorder.journal import Journal
from recorder.recording import Recording
from recorder.sources.base import PageShown, PictureTaken
from recorder.sources.pictures import Pictures
from recorder.sources.platform import desktop_sources
from recorder.sources.scripted import ScriptedClock
from shadow.disk import Disk
from shadow.errors import SessionError
from shadow.journal import key_of
from shadow.pictures import write_picture
from shadow.sealed_session import open_sealed
from shadow.session_folder import SessionFolder
from shadow.settings import Settings
from tests.cli.running import shadow
from tests.recorder.desk import ALL, SETTINGS, TICKETS, page
from tests.recorder.test_recording import Bench, Live
from tests.shadow.consents import EVERYTHING
from tests.shadow.released_sessions import AGENT as REVIEWER
from tests.shadow.released_sessions import SESSION as REVIEWED
from tests.shadow.released_sessions import a_minute, agent_home, study_folder
from tests.shadow.released_sessions import recorded as recorded_before
from tests.shadow.small_sessions import AGENT, SESSION, STUDY, begin, event, eventually

PNG = b"\x89PNG Njardis Vrabakhus"
OFF = """
import sys
from recorder.sources.platform import desktop_sources
from shadow.consent_record import Switches
from shadow.settings import Settings
made = [make().name for make in desktop_sources(Settings(), Switches(), lambda: 0, lambda: True)]
print(made, [name for name in sys.modules if name.split(".")[0] in ("mss", "numpy") or name.endswith(("pictures", "screenshots"))])
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    """Where a session is to be."""
    return tmp_path / SESSION


def recorded(folder: Path, *, minutes: int = 1) -> Journal:
    """A session that is being recorded: a screen with its picture at the beginning of each minute."""
    clock = ScriptedClock()
    journal = begin(folder, clock)
    for minute in range(minutes):
        clock.move_to(minute * 70_000)
        assert journal.put(event(minute, minute * 70_000, "screen"))
        assert journal.put_picture(minute * 70_000, PNG)
        assert journal.settled(10)
    return journal


def times(folder: Path) -> list[int]:
    """Of the pictures that can be opened by their agent."""
    return [t_ms for t_ms, png in open_sealed(folder).pictures(AGENT) if png == PNG]


def files(folder: Path) -> list[str]:
    """The pictures that are there."""
    return sorted(path.name for path in folder.glob("pictures/*"))


class NoPictures(Disk):
    """A disk that takes everything but pictures."""

    def create(self, path: Path) -> int:
        """Refuse it if it is one."""
        if path.suffix == ".pic":
            raise OSError
        return super().create(path)


class TestStored:
    def test_sealed(self, folder: Path) -> None:
        """A picture is in no file as it is; its agent opens it, with its time."""
        recorded(folder).close()
        session = open_sealed(folder)

        assert [(0, PNG)] == list(session.pictures(AGENT))
        assert ["0001-0.pic"] == files(folder)
        assert not [path for path in folder.rglob("*") if path.is_file() and b"Njardis" in path.read_bytes()]
        assert 0o600 == (folder / "pictures" / "0001-0.pic").stat().st_mode & 0o777
        assert () == session.read(AGENT).damage

    def test_forgotten(self, folder: Path) -> None:
        """Who forgets a time forgets its pictures: the file is gone, and a copy of it cannot be opened."""
        journal = recorded(folder, minutes=2)
        copy = (folder / "pictures" / "0002-70000.pic").read_bytes()
        journal.forget(60_000)
        left = files(folder)
        journal.close()
        (folder / "pictures" / "0002-70000.pic").write_bytes(copy)

        assert ["0001-0.pic"] == left
        assert [0] == times(folder)

    def test_forgotten_though_the_event_was_a_moment_before(self, folder: Path) -> None:
        """A picture is taken a moment after its screen came: who forgets from that moment on forgets it."""
        clock = ScriptedClock()
        journal = begin(folder, clock)
        journal.put(event(0, 0, "screen"))
        assert journal.settled(10)
        clock.move_to(900)
        journal.put_picture(0, PNG)
        assert journal.settled(10)
        journal.forget(500)
        journal.close()

        assert [] == files(folder)

    def test_of_a_forgotten_event_none_comes_later(self, folder: Path) -> None:
        """A picture that comes after its event was forgotten is dropped; so is one whose minute is over."""
        journal = recorded(folder, minutes=2)
        journal.put_picture(500, PNG)
        journal.forget(60_000)
        journal.put_picture(70_500, PNG)
        journal.settled(10)
        journal.close()

        assert ["0001-0.pic"] == files(folder)

    def test_struck(self, folder: Path) -> None:
        """Striking an event destroys the pictures of its minute: the file is gone, and a copy of it cannot be opened."""
        recorded(folder, minutes=2).close()
        copy = (folder / "pictures" / "0001-0.pic").read_bytes()
        open_sealed(folder).strike(AGENT, [0])
        left = files(folder)
        (folder / "pictures" / "0001-0.pic").write_bytes(copy)

        assert ["0002-70000.pic"] == left
        assert [70_000] == times(folder)
        assert ["0002-70000.pic"] == files(folder)

    def test_all_struck(self, folder: Path) -> None:
        """The agent may strike all pictures and keep the events."""
        recorded(folder, minutes=2).close()
        session = open_sealed(folder)

        assert 2 == session.strike_pictures(AGENT)
        assert ([], 2) == (files(folder), len(session.read(AGENT).events))

    def test_withdrawn(self, folder: Path) -> None:
        """Withdrawing leaves nothing."""
        recorded(folder).close()
        open_sealed(folder).withdraw()

        assert not folder.exists()

    @pytest.mark.parametrize(
        "alter", [lambda path: path.write_bytes(path.read_bytes()[:-1] + b"\0\0"), lambda path: path.rename(path.with_stem("0001-7"))]
    )
    def test_altered_after_the_release(self, folder: Path, alter: Callable[[Path], object]) -> None:
        """A picture that was altered or renamed after the release is named, and not shown."""
        recorded(folder).close()
        session = open_sealed(folder)
        session.release(AGENT, STUDY.public)
        session.verify_release()
        alter(folder / "pictures" / "0001-0.pic")

        with pytest.raises(SessionError, match=r"altered after its release: pictures/0001-"):
            session.verify_release()
        assert [] == list(session.pictures(AGENT))

    def test_missing_after_the_release(self, folder: Path) -> None:
        """A released session without its pictures, as in a study's sealed copy, is as it was released."""
        recorded(folder).close()
        session = open_sealed(folder)
        session.release(AGENT, STUDY.public)
        (folder / "pictures" / "0001-0.pic").unlink()

        session.verify_release()

    def test_disk_that_refuses(self, folder: Path) -> None:
        """A picture that cannot be written is dropped, and the recording goes on."""
        journal = begin(folder, disk=NoPictures())
        journal.put(event(0, 0, "screen"))
        journal.put_picture(0, PNG)
        journal.put(event(1))
        assert journal.settled(10)
        status = journal.status()
        journal.close()

        assert ([], 0, False, 2) == (files(folder), status.faults, status.disk_full, len(open_sealed(folder).read(AGENT).events))


class Camera(Pictures):
    """A source of pictures that needs no screen: what it takes is always the same."""

    def _take(self) -> bytes | None:
        return PNG


class Doubtful(Camera):
    """One whose first pictures show nobody knows what."""

    def __init__(self, doubts: int) -> None:
        super().__init__(lambda: None, lambda _: False, lambda: True)
        self.doubts = doubts

    def _take(self) -> bytes | None:
        if not self.doubts:
            return PNG
        self.doubts -= 1
        return None


@pytest.fixture(name="at_once")
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """In doubt it asks again at once."""
    monkeypatch.setattr("recorder.sources.pictures.AGAIN_S", (0.0,) * 4)


class TestTaken:
    def test_off_means_none(self) -> None:
        """Without the switch there is no source of pictures, and nothing that could take one is loaded."""
        environ = {"DISPLAY": ":4711", "PATH": "/usr/bin"}
        said = subprocess.run([sys.executable, "-c", OFF], env=environ, capture_output=True, text=True, check=True).stdout

        assert "['windows and clipboard', 'keyboard and mouse', 'accessibility'] []\n" == said

    def test_on_means_one_more_source(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the switch there is a source of pictures, made last."""
        monkeypatch.setenv("DISPLAY", ":4711")
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            monkeypatch.delenv(name, raising=False)

        assert "screenshots" == [make().name for make in desktop_sources(Settings(), EVERYTHING, lambda: 0, lambda: True)][-1]

    def test_a_screen_that_comes_to_the_front(self, tmp_path: Path) -> None:
        """One picture is taken of it, with its time; while paused there is no thread that could; off, there is none."""
        bench = Bench(tmp_path / "s-1")
        cameras: list[Camera] = []

        def camera() -> Camera:
            cameras.append(Camera(lambda: None, lambda _: False, lambda: True))
            return cameras[-1]

        journal = bench.recording._journal
        bench.recording = Recording(
            SETTINGS, ALL, journal, lambda _: [lambda: Live(bench), camera], clock=bench.clock, tell=bench.troubles.append
        )
        bench.recording.start()
        bench.until(lambda: files(bench.folder), "no picture was taken")
        bench.recording.pause()
        alive = cameras[0].alive()
        events = bench.events()
        (picture,) = open_sealed(bench.folder).pictures(bench.agent)

        assert (next(one.t_ms for one in events if one.action == "screen"), PNG) == picture
        assert not alive

    def test_not_of_a_screen_that_has_gone(self, tmp_path: Path) -> None:
        """When another screen has come before its event is written, no picture is asked for."""
        bench = Bench(tmp_path / "s-1")
        asked: list[int] = []
        looks = type("Looks", (Live,), {"look": lambda _, t_ms: asked.append(t_ms)})
        bench.recording = Recording(
            SETTINGS, ALL, bench.recording._journal, lambda _: [lambda: looks(bench)], clock=bench.clock, tell=bench.troubles.append
        )
        bench.recording.start()
        second = PageShown(t_ms=bench.clock() + 20, page=page(TICKETS, "/tickets"), controls=())
        bench.live[0].emit(second)
        bench.until(lambda: asked, "the second screen was not asked for")
        events = bench.events()

        assert [one.t_ms for one in events if one.action == "screen"][1:] == asked

    def test_at_most_one_at_a_time(self) -> None:
        """Screens that come soon after another are not taken."""
        taken: list[int] = []
        camera = Camera(lambda: None, lambda _: False, lambda: True)
        camera.start(lambda sighting: taken.append(sighting.t_ms) if isinstance(sighting, PictureTaken) else None)
        camera.look(0)
        assert eventually(lambda: bool(taken))
        for t_ms in range(1, 5):
            camera.look(t_ms)
        camera.stop()
        camera.look(6)

        assert ([0], False) == (taken, camera.alive())

    @pytest.mark.usefixtures("at_once")
    def test_again_in_doubt(self) -> None:
        """A page that still settled is asked again, and its picture has the time at which its screen came."""
        taken: list[int] = []
        camera = Doubtful(3)
        camera.start(lambda sighting: taken.append(sighting.t_ms) if isinstance(sighting, PictureTaken) else None)
        camera.look(7)
        assert eventually(lambda: bool(taken))
        camera.stop()

        assert ([7], 0) == (taken, camera.doubts)

    @pytest.mark.usefixtures("at_once")
    def test_let_be_in_lasting_doubt(self) -> None:
        """A page that never says the same twice is asked five times, then let be; the next screen is asked anew."""
        camera = Doubtful(7)
        camera.start(lambda _: None)
        camera.look(0)
        assert eventually(lambda: camera.doubts == 2)
        camera.look(1)
        assert eventually(lambda: camera.doubts == 0)
        camera.stop()

    def test_of_the_next_screen_rather_than_of_one_in_doubt(self) -> None:
        """While a screen is in doubt and another comes, the other is taken, at its time."""
        taken: list[int] = []
        camera = Doubtful(1)
        camera.start(lambda sighting: taken.append(sighting.t_ms) if isinstance(sighting, PictureTaken) else None)
        camera.look(0)
        assert eventually(lambda: camera.doubts == 0)
        camera.look(1)
        assert eventually(lambda: bool(taken))
        camera.stop()

        assert [1] == taken

    @pytest.mark.parametrize("answers", [[False, True], [True, False]])
    def test_not_of_what_may_not_be_recorded(self, answers: list[bool]) -> None:
        """What is in front must be allowed before and after; else there is no picture."""
        taken: list[object] = []
        waiting = list(answers)
        camera = Camera(lambda: None, lambda _: False, lambda: bool(waiting) and waiting.pop(0))
        camera.start(taken.append)
        camera.look(0)
        assert eventually(lambda: not waiting)
        camera.stop()

        assert [] == taken


class TestReviewed:
    @pytest.fixture(name="home")
    def _home(self, tmp_path: Path) -> Path:
        """The recorder's folder on the agent's PC, with a session of a minute in it and a picture."""
        home = agent_home(tmp_path / "home")
        (home / "sessions").mkdir()
        places = SessionFolder(home / "sessions" / REVIEWED)
        recorded_before(places.path, a_minute())
        key = key_of(places.key(1).read_bytes(), REVIEWER, REVIEWED, 1)
        write_picture(Disk(), places, key, (1, 4000), PNG)
        return home

    @pytest.fixture(name="review")
    def _review(self, tmp_path: Path, home: Path) -> Callable[..., str]:
        """Runs `shadow review` on the session, and says what it said."""
        return lambda *options: shadow("review", REVIEWED, *options, cwd=tmp_path, SHADOW_HOME=str(home), TZ="UTC").stdout

    def test_counted_and_struck(self, home: Path, review: Callable[..., str]) -> None:
        """The review says how many pictures there are; the agent strikes them all, and keeps the events."""
        said = review()
        struck = review("--strike", "pictures")

        assert "Pictures with everything black except buttons: 1.\n" in said
        assert "Pictures struck: 1. They are destroyed.\n" == struck
        assert [] == files(home / "sessions" / REVIEWED)
        assert "Pictures" not in review()

    def test_exported(self, tmp_path: Path, review: Callable[..., str]) -> None:
        """The agent's own copy has them beside it."""
        review("--export", "mine")

        assert PNG == (tmp_path / "mine-4000.png").read_bytes()

    def test_not_imported(self, tmp_path: Path, home: Path, review: Callable[..., str]) -> None:
        """A released session with pictures is imported without them."""
        review("--release")
        study = study_folder(tmp_path / "study")
        ran = shadow("import", str(home / "sessions" / REVIEWED), "--study", str(study), cwd=tmp_path)

        assert 0 == ran.returncode
        assert ["0001-4000.pic"] == files(home / "sessions" / REVIEWED)
        assert [] == list(study.rglob("*.pic"))
