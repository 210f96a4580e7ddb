"""An import is all or nothing, is recognised the second time, and knows an agent again without knowing a name."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import filelock
import pytest

from shadow.errors import ShadowError, SourceError, StudyError
from shadow.interop.importing import ImportResult, import_logs
from shadow.session import refuse_broken
from shadow.study import open_study
from tests.shadow.small_logs import all_rows, events, imported, on_disk, ui_log, written

MONDAY = ui_log("mon,anna,1,focus,CRM,x", "mon,anna,2,blur,CRM,y", "mon-2,bo,1,mark,CRM,", more="value")
TUESDAY = ui_log("tue,cleo,1,focus,Mail,x", "tue,cleo,2,change,Mail,Hansen", more="value")
WEDNESDAY = ui_log("wed,bo,1,focus,CRM,x", more="value")
BROKEN = ui_log("thu,dora,1,focus,CRM,x", "thu,dora,soon,focus,CRM,x", more="value")


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Path:
    """A study in which Monday is."""
    return imported(tmp_path, MONDAY, "monday.csv").folder


def sessions(study: Path) -> list[tuple[str, int, int]]:
    """Name, agent and number of events of each session."""
    return [(header.name, header.agent, header.n_events) for header in open_study(study).catalogue.sessions]


class TestAllOrNothing:
    def test_refused_second_source(self, study: Path, tmp_path: Path) -> None:
        """When the second of two sources is refused, the first is not taken either: every file of the study is as it was."""
        before = on_disk(study)
        with pytest.raises(SourceError):
            import_logs([written(tmp_path, TUESDAY, "tue.csv"), written(tmp_path, BROKEN, "thu.csv")], study)

        assert before == on_disk(study)

    def test_refused_study(self, tmp_path: Path) -> None:
        """A study that was made for a refused import is gone again, with the folders above it; an empty folder stays, empty."""
        (tmp_path / "empty").mkdir()
        for study in (tmp_path / "client" / "november" / "study", tmp_path / "empty"):
            with pytest.raises(SourceError):
                import_logs([written(tmp_path, TUESDAY, "tue.csv"), written(tmp_path, BROKEN, "thu.csv")], study)

        assert ["empty", "thu.csv", "tue.csv"] == sorted(path.name for path in tmp_path.iterdir())
        assert [] == list((tmp_path / "empty").iterdir())

    @pytest.mark.parametrize("source", ["tue.csv", "wed.csv"])
    def test_interrupt_between_sources(self, study: Path, tmp_path: Path, source: str) -> None:
        """Ctrl-C before or between two sources leaves every file of the study as it was."""
        before = on_disk(study)

        def interrupt(line: str) -> None:
            if source in line:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            import_logs([written(tmp_path, TUESDAY, "tue.csv"), written(tmp_path, WEDNESDAY, "wed.csv")], study, progress=interrupt)

        assert before == on_disk(study)

    @pytest.mark.parametrize(("call", "uses"), [("replace", 6), ("fsync", 1)])
    @pytest.mark.parametrize("done", [False, True])
    def test_interrupt_while_writing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, uses: int, *, done: bool) -> None:
        """Ctrl-C just before or just after any file takes its place leaves the study as it was, or, after the last one, complete."""
        sources = [written(tmp_path, TUESDAY, "tue.csv"), written(tmp_path, WEDNESDAY, "wed.csv")]
        unchanged = []
        for nth in range(1, uses + 2):
            study = imported(tmp_path, MONDAY, "monday.csv").folder
            before = on_disk(study)
            with monkeypatch.context() as patch:
                patch.setattr(os, call, interrupted(getattr(os, call), nth, done=done))
                with contextlib.suppress(KeyboardInterrupt):
                    import_logs(sources, study)
            refuse_broken(open_study(study).catalogue, open_study(study).store)
            unchanged.append(before == on_disk(study))
        committed = call == "replace" and done

        assert [True] * (uses - committed) + [False] * (1 + committed) == unchanged
        assert [("s001", 1, 2), ("s002", 2, 1), ("s003", 3, 2), ("s004", 2, 1)] == sessions(study)

    def test_leftovers_of_a_crash(self, study: Path, tmp_path: Path) -> None:
        """What an import that was killed has left in the store is removed by the next one."""
        store = study / "store"
        (store / ".staging-x").mkdir()
        for name in ("events-0009.parquet", ".staging-x/events-000000.parquet", "catalogue.json.new"):
            (store / name).write_bytes(b"half")
        import_logs([written(tmp_path, TUESDAY, "tue.csv")], study)

        left = {path.name for path in store.iterdir()}
        assert {
            ".lock",
            "catalogue.json",
            *(f"{table}-000{n}.parquet" for table, n in [("events", 1), ("events", 2), ("tokens", 2)]),
        } == left

    def test_one_import_at_a_time(self, study: Path, tmp_path: Path) -> None:
        """While another import has the study, this one is refused and changes nothing."""
        before = on_disk(study)
        with filelock.FileLock(study / "store" / ".lock"), pytest.raises(StudyError, match="another import into this study is running"):
            import_logs([written(tmp_path, TUESDAY)], study)

        assert before == on_disk(study)

    def test_refused_settings(self, study: Path, tmp_path: Path) -> None:
        """A study.toml that cannot be understood stops the import before anything is written."""
        (study / "study.toml").write_text("[study]\nlanguage = 'fi'\n", encoding="utf-8")
        before = on_disk(study)
        with pytest.raises(ShadowError, match=r"study\.toml.*language"):
            import_logs([written(tmp_path, TUESDAY)], study)

        assert before == on_disk(study)


def interrupted(real: Callable[..., object], nth: int, *, done: bool) -> Callable[..., object]:
    """The call of the operating system, interrupted at its nth use: before it does its work, or when it is done."""
    left = iter([*[False] * (nth - 1), True])

    def call(*args: object, **kwargs: object) -> object:
        now = next(left, False)
        if now and not done:
            raise KeyboardInterrupt
        result = real(*args, **kwargs)
        if now:
            raise KeyboardInterrupt
        return result

    return call


class TestSameSource:
    def test_twice(self, study: Path, tmp_path: Path) -> None:
        """A source that was imported changes no byte when it comes again, under whatever name, and is reported as already there."""
        before = on_disk(study)
        again = written(tmp_path, MONDAY, "copy of monday.csv")

        assert ImportResult(0, 0, 0, (str(again),)) == import_logs([again], study)
        assert before == on_disk(study)

    def test_twice_at_once(self, tmp_path: Path) -> None:
        """The same source named twice in one import is taken once."""
        source = written(tmp_path, MONDAY)

        assert ImportResult(1, 2, 3, (str(source),)) == import_logs([source, source], tmp_path / "study")

    def test_beside_a_new_one(self, study: Path, tmp_path: Path) -> None:
        """A known source does not keep a new one beside it out."""
        known, new = written(tmp_path, MONDAY, "known.csv"), written(tmp_path, TUESDAY, "new.csv")

        assert ImportResult(1, 1, 2, (str(known),)) == import_logs([known, new], study)


class TestSessionsAndAgents:
    def test_numbering(self, study: Path, tmp_path: Path) -> None:
        """Sessions of later sources go on counting, and an agent is the same in every source of the study."""
        import_logs([written(tmp_path, TUESDAY, "tue.csv"), written(tmp_path, WEDNESDAY, "wed.csv")], study)

        assert [("s001", 1, 2), ("s002", 2, 1), ("s003", 3, 2), ("s004", 2, 1)] == sessions(study)
        assert [(1, 0), (1, 1), (2, 0), (3, 0), (3, 1), (4, 0)] == events(open_study(study), "session", "seq")

    def test_names_are_shared(self, study: Path, tmp_path: Path) -> None:
        """A system that a later source names again keeps its code."""
        import_logs([written(tmp_path, TUESDAY, "tue.csv"), written(tmp_path, WEDNESDAY, "wed.csv")], study)

        assert ["CRM", "Mail"] == open_study(study).catalogue.apps

    def test_sources_in_one_import_or_several(self, study: Path, tmp_path: Path) -> None:
        """It does not matter whether sources come in one import or one after the other."""
        sources = [written(tmp_path, text, name) for text, name in ((MONDAY, "mon.csv"), (TUESDAY, "tue.csv"), (WEDNESDAY, "wed.csv"))]
        import_logs(sources, tmp_path / "at-once")
        for source in sources:
            import_logs([source], study)

        assert all_rows(open_study(study)) == all_rows(open_study(tmp_path / "at-once"))
        assert sessions(study) == sessions(tmp_path / "at-once")

    @pytest.mark.parametrize("gone", [["agents.key"], ["agents.key", "agents.json"], ["."]])
    def test_without_the_key(self, study: Path, tmp_path: Path, gone: list[str]) -> None:
        """Without its key the study knows no agent again: a known one becomes a new one, and no one gets another's pseudonym."""
        for name in gone:
            path = study / "keys" / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        import_logs([written(tmp_path, WEDNESDAY)], study)

        assert [("s001", 1, 2), ("s002", 2, 1), ("s003", 3, 1)] == sessions(study)

    @pytest.mark.parametrize("damaged", ["agents.key", "agents.json"])
    def test_damaged_keys(self, study: Path, tmp_path: Path, damaged: str) -> None:
        """Keys that were cut off are refused by name and not written over."""
        path = study / "keys" / damaged
        path.write_bytes(path.read_bytes()[:-3])
        before = on_disk(study)
        with pytest.raises(StudyError, match=f"keys/{damaged} is damaged"):
            import_logs([written(tmp_path, TUESDAY)], study)

        assert before == on_disk(study)

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
    def test_modes(self, study: Path) -> None:
        """Keys are for their owner's eyes only, and so are the folders of keys and store."""
        modes = {name: stat.S_IMODE((study / name).stat().st_mode) for name in ("keys", "store", "keys/agents.key", "keys/agents.json")}

        assert {"keys": 0o700, "store": 0o700, "keys/agents.key": 0o600, "keys/agents.json": 0o600} == modes


class TestFolders:
    def test_name_like_a_pattern(self, tmp_path: Path) -> None:
        """A folder may have brackets, stars and quotes in its name."""
        study = tmp_path / "client's [A] * {b} ?" / "study"
        import_logs([written(tmp_path, MONDAY)], study)

        assert [(1, 0), (1, 1), (2, 0)] == events(open_study(study), "session", "seq")

    def test_folder_of_other_things(self, tmp_path: Path) -> None:
        """A folder that holds other things is not made a study, and neither is a file."""
        source = written(tmp_path, MONDAY)
        for folder, what in ((tmp_path, "is not empty and is not a study"), (source, "is a file")):
            with pytest.raises(StudyError, match=what):
                import_logs([source], folder)

        assert [source] == list(tmp_path.iterdir())


class TestWhatIsWritten:
    def test_no_value_no_name(self, tmp_path: Path) -> None:
        """No value, case id, session's or agent's name of a log is in any file of the study, in plain text or in a column."""
        log = ui_log(
            "Hansen-1,Hansen-2,1,change,CRM,Hansen-3,Hansen-4", "Hansen-1,Hansen-2,2,copy,CRM,Hansen-5,Hansen-6", more="value,case"
        )
        study = imported(tmp_path, log)

        assert [] == [name for name, (_, content) in on_disk(study.folder).items() if b"Hansen" in content]
        assert not any("Hansen" in str(study.scan(table).collect().rows()) for table in ("events", "tokens", "forms", "notes"))

    @pytest.mark.skipif(os.name == "nt", reason="Windows has no resource module")
    def test_memory(self, tmp_path: Path) -> None:
        """A log is read as a stream: four times the log does not take as much more memory as the text that was added."""
        small, large = (peak_and_size(tmp_path / str(rows), rows) for rows in (100_000, 400_000))

        assert large[0] - small[0] < large[1] - small[1]


def peak_and_size(folder: Path, rows: int) -> tuple[int, int]:
    """Peak memory of the import of a generated log in a program of its own, and the size of the log, in bytes."""
    folder.mkdir()
    with (folder / "log.csv").open("w") as file:
        file.write("session,agent,time,action,app,element,value\n")
        for n in range(rows):
            file.write(f"s{n // 10_000},anna,{n * 100},{('focus', 'change', 'blur')[n % 3]},CRM,f{n % 11},{'word ' * 60}{n % 500}\n")
    program = f"""
import resource
from pathlib import Path
from shadow.interop.importing import import_logs
assert import_logs([Path("log.csv")], Path("study")).events == {rows}
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, check=True, capture_output=True, text=True)
    unit = 1 if sys.platform == "darwin" else 1024
    return int(done.stdout) * unit, (folder / "log.csv").stat().st_size
