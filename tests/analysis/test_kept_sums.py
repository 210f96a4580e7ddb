"""What an analysis keeps of a study: figures are those of a study read anew, and what is not as it was counts for nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import filelock
import msgspec
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from analysis import kept_sums
from analysis.cases import StudyCases
from analysis.friction import friction_by_field, friction_by_screen, switches_between_apps
from analysis.kernel.aggregates import StudySums
from analysis.kernel.study_pass import Watch, read_sums
from analysis.loading import load_study
from analysis.results import cases_document, friction_document
from analysis.thresholds import Thresholds
from shadow.interop.importing import import_logs
from shadow.store import part_path
from shadow.study import Study, create_study, open_study
from tests.analysis.studies import Row, act, later, write_log
from tests.analysis.test_cases import rounds

DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda content: content[:40],
    "empty": lambda content: content[:0],
    "one bit": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "foreign": lambda content: b"another program's " + content,
}


def monday() -> list[Row]:
    """Two cases in two systems, with a form, typing, a burst and a correction."""
    case = [
        act(0, "screen", "Desk:/ticket", elements='["subject", "fax"]', case="1"),
        act(1, "focus", "Desk:/ticket:subject", "", role="entry", case="1"),
        act(3, "change", "Desk:/ticket:subject", "help", role="entry", keys=4, case="1"),
        act(6, "change", "Desk:/ticket:subject", "help me", role="entry", keys=3, case="1"),
        act(10, "click", "CRM:/card:name", "Ann Lee", role="text", case="1"),
        *(act(11 + n / 2, "click", "CRM:/card:save", role="button", case="1") for n in range(3)),
    ]
    return case + later(case, 60, case="2")


def tuesday() -> list[Row]:
    """Another agent's session, with names that Monday's has not."""
    return later([*monday(), act(90, "click", "ERP:/order:number", role="entry", case="2")], 0, session="two", agent="Bo")


@pytest.fixture(name="read")
def _read(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The parts that were read, one list for each time that anything was."""
    found: list[list[int]] = []

    def noted(study: Study, thresholds: Thresholds, cases: StudyCases, parts: Collection[int], watch: Watch | None) -> Iterator[Any]:
        if parts:
            found.append(sorted(parts))
        return read_sums(study, thresholds, cases, parts, watch)

    monkeypatch.setattr(kept_sums, "read_sums", noted)
    return found


def study_with(folder: Path, *logs: list[Row], toml: str = "") -> Path:
    """A study into which logs were imported one after the other."""
    create_study(folder)
    if toml:
        (folder / "study.toml").write_text(toml, encoding="utf-8")
    for number, rows in enumerate(logs):
        import_logs([write_log(folder.parent / f"{folder.name}-{number}.csv", rows)], folder)
    return folder


def sums(study: Path) -> StudySums:
    """The sums of a study."""
    return load_study(open_study(study)).sums


def assert_as_read_anew(study: Path, known: StudySums) -> None:
    """The sums are those of the same study without a cache."""
    shutil.rmtree(study / "cache", ignore_errors=True)
    fresh = sums(study)

    assert_frame_equal(fresh.cases, known.cases)
    assert fresh.totals == known.totals
    for table in (friction_by_screen, friction_by_field, switches_between_apps):
        assert_frame_equal(table(fresh), table(known))


class TestAdding:
    def test_only_what_is_new_is_read(self, tmp_path: Path, read: list[list[int]]) -> None:
        """After a second import only its part is read, and the figures are those of both."""
        study = study_with(tmp_path / "study", monday())
        sums(study)
        import_logs([write_log(tmp_path / "tuesday.csv", tuesday())], study)
        known = sums(study)

        assert [[1], [2]] == read
        assert 4 == known.n_cases
        assert_as_read_anew(study, known)

    def test_re_entry_counts_only_what_is_new(self, tmp_path: Path, read: list[list[int]]) -> None:
        """The reading that finds re-entry sees both parts, adds up the new one, and keeps the sums for those that ask later."""
        study = study_with(tmp_path / "study", monday())
        sums(study)
        import_logs([write_log(tmp_path / "tuesday.csv", tuesday())], study)
        seen: list[int] = []
        loaded = load_study(open_study(study))
        loaded.read("looking", lambda work: seen.extend(work.block.sessions.tolist()))

        assert [1, 2] == seen
        assert loaded.sums.totals == sums(study).totals
        assert [[1], [2]] == read
        assert_as_read_anew(study, loaded.sums)

    def test_nothing_is_read_twice(self, tmp_path: Path, read: list[list[int]]) -> None:
        """A second command on the same study reads no event, and says the same."""
        study = study_with(tmp_path / "study", monday(), tuesday())
        said = [[make(load_study(open_study(study))) for make in (cases_document, friction_document)] for _ in range(2)]

        assert [[1, 2]] == read
        assert said[0] == said[1]

    def test_agents_before_others(self, tmp_path: Path) -> None:
        """An agent that comes back adds to what was known, and is no other."""
        study = study_with(tmp_path / "study", monday(), tuesday())
        sums(study)
        import_logs([write_log(tmp_path / "wednesday.csv", later(tuesday(), 0, session="three", agent="Ann"))], study)
        known = sums(study)

        assert [2, 2, 2] == friction_by_screen(known)["n_agents"].to_list()
        assert_as_read_anew(study, known)

    def test_the_sample_study(self, root: Path, tmp_path: Path) -> None:
        """What was kept of the sample study is all of it."""
        study = create_study(tmp_path / "study").folder
        for log in sorted((root / "sample_sessions").glob("agent-*.csv.gz"))[:3]:
            import_logs([log], study)
            known = sums(study)

        assert_as_read_anew(study, known)


class TestNotAsItWas:
    @pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
    def test_damage(self, tmp_path: Path, read: list[list[int]], damage: Callable[[bytes], bytes]) -> None:
        """A damaged cache is no error: everything is read again."""
        study = study_with(tmp_path / "study", monday())
        sums(study)
        kept = study / "cache" / "sums.bin"
        kept.write_bytes(damage(kept.read_bytes()))
        known = sums(study)

        assert [[1], [1]] == read
        assert_as_read_anew(study, known)

    @pytest.mark.parametrize("toml", ["[thresholds]\ngap_drop_ms = 2000\n", "[thresholds]\nrepeat_click_n = 4\n"])
    def test_other_thresholds(self, tmp_path: Path, read: list[list[int]], toml: str) -> None:
        """Sums rest on thresholds: with others they are made again."""
        study = study_with(tmp_path / "study", monday())
        before = sums(study)
        (study / "study.toml").write_text(toml, encoding="utf-8")
        known = sums(study)

        assert [[1], [1]] == read
        assert not friction_by_screen(before).equals(friction_by_screen(known))

    def test_other_code(self, tmp_path: Path, read: list[list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
        """Another version of the analysis counts for itself."""
        study = study_with(tmp_path / "study", monday())
        sums(study)
        monkeypatch.setattr(kept_sums, "code_digest", lambda: b"another version")
        sums(study)

        assert [[1], [1]] == read

    def test_other_rows(self, tmp_path: Path, read: list[list[int]]) -> None:
        """A part that is not as it was, under the same name, is read again with all others."""
        study = study_with(tmp_path / "study", monday(), tuesday())
        sums(study)
        path = part_path(study / "store", "events", 2)
        pl.read_parquet(path, glob=False).with_columns(pl.col("t_ms") * 2).write_parquet(path)
        known = sums(study)

        assert [[1, 2], [1, 2]] == read
        assert_as_read_anew(study, known)

    def test_other_cases(self, tmp_path: Path, read: list[list[int]]) -> None:
        """Cases that are found may be found otherwise, though their own part is as it was."""
        rows = rounds(4, "apply", "close")[:-1]
        rows += [row | {"session": session} for session in ("two", "three") for row in rounds(2, "apply", "close")]
        study = study_with(tmp_path / "study", rows)
        before = sums(study)
        (study / "study.toml").write_text('[cases]\ncompletion = ["Desk:/ticket:apply"]\n', encoding="utf-8")
        known = sums(study)

        assert [[1], [1]] == read
        assert not before.cases.equals(known.cases)

    def test_a_part_that_is_gone(self, tmp_path: Path, read: list[list[int]]) -> None:
        """Sums do not say what is whose: without one of its parts a study is read again."""
        study = study_with(tmp_path / "study", monday(), tuesday())
        sums(study)
        catalogue = open_study(study).catalogue
        fewer = msgspec.structs.replace(catalogue, parts=catalogue.parts[:1], sessions=catalogue.sessions[:1])
        (study / "store" / "catalogue.json").write_bytes(msgspec.json.encode(fewer))
        known = sums(study)

        assert [[1, 2], [1]] == read
        assert 2 == known.n_cases


class TestWriting:
    def test_not_while_the_study_changes(self, tmp_path: Path) -> None:
        """While an import holds the study nothing is kept, and nobody waits."""
        study = study_with(tmp_path / "study", monday())
        with filelock.FileLock(study / "store" / ".lock"):
            known = sums(study)

        assert not (study / "cache").exists()
        assert 2 == known.n_cases

    def test_not_of_a_study_that_has_changed(self, tmp_path: Path) -> None:
        """What was read before a change is not kept after it: what was withdrawn meanwhile would be in it."""
        study = study_with(tmp_path / "study", monday())
        loaded = load_study(open_study(study))
        assert loaded.study.catalogue.parts
        import_logs([write_log(tmp_path / "tuesday.csv", tuesday())], study)

        assert 2 == loaded.n_cases
        assert not (study / "cache").exists()

    def test_where_nothing_can_be_written(self, tmp_path: Path) -> None:
        """A study on a disk that takes nothing is analysed all the same."""
        study = study_with(tmp_path / "study", monday())
        (study / "cache").write_bytes(b"")

        assert 2 == sums(study).n_cases

    def test_drafts_are_removed(self, tmp_path: Path) -> None:
        """What an analysis that was killed left behind goes with the next import."""
        study = study_with(tmp_path / "study", monday())
        sums(study)
        draft = study / "cache" / "sums.bin.new"
        draft.write_bytes(b"half")
        import_logs([write_log(tmp_path / "tuesday.csv", tuesday())], study)

        assert ["sums.bin"] == [path.name for path in (study / "cache").iterdir()]
