"""The benchmark of costs, at a size that takes a moment: its figures are for `make bench`, here it has to be right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis.loading import load_study
from analysis.reentry import find_reentry
from shadow.session import refuse_broken
from shadow.study import open_study
from tests.bench.figures import Row, held
from tests.bench.measuring import Bench, Size
from tests.bench.plain_pandas import concepts, load
from tests.bench.running import Budget, run
from tests.bench.study import Planted, add_session, build_study, linked_copy
from tests.bench.table import Result, keep, kept, machine, page, text_table

N_EVENTS = 20_000


@pytest.fixture(name="built", scope="module")
def _built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    """A synthetic study with its cases given, and what was planted in it."""
    folder = tmp_path_factory.mktemp("bench") / "given"
    return folder, build_study(folder, N_EVENTS, given=True)


class TestStudy:
    def test_is_whole_and_has_the_size_asked_for(self, built: tuple[Path, Planted]) -> None:
        """The product's own check accepts it, and it has about as many events as asked for."""
        study = open_study(built[0])

        refuse_broken(study.catalogue, study.store)
        assert sum(header.n_events for header in study.catalogue.sessions) == pytest.approx(N_EVENTS, rel=0.05)

    def test_has_the_mix_of_actions(self, built: tuple[Path, Planted]) -> None:
        """Of the events, 26 % are changes, 23 % focus, 23 % blur, 20 % clicks, 4 % screens, within two points."""
        events = open_study(built[0]).scan("events").collect()
        shares = dict(events["action"].value_counts(normalize=True).iter_rows())

        assert [0.23, 0.23, 0.26, 0.20, 0.04] == pytest.approx([shares[code] for code in (0, 1, 3, 4, 9)], abs=0.02)

    def test_what_was_planted_is_found(self, built: tuple[Path, Planted]) -> None:
        """The product finds just the cases, the bursts and the values carried by the clipboard that were planted."""
        study, planted = built
        loaded = load_study(open_study(study))
        modes = dict(find_reentry(loaded).occurrences["mode"].value_counts().iter_rows())
        found = (loaded.n_cases, len(loaded.table("repeat_clicks")), modes["clipboard"])
        loaded.close()

        assert (planted.cases, planted.bursts, planted.carried) == found

    def test_plain_pandas_finds_the_same(self, built: tuple[Path, Planted]) -> None:
        """The plain pandas version counts the same bursts and carried values."""
        study, planted = built
        found = concepts(load(open_study(study)))

        assert (planted.bursts, planted.carried) == (found["bursts"], found["carried"])

    def test_a_copy_may_be_added_to(self, built: tuple[Path, Planted], tmp_path: Path) -> None:
        """A session added to a linked copy is in the copy, and not in the study it was made of."""
        copy = linked_copy(built[0], tmp_path / "copy")
        n = add_session(copy, 1000)
        copied, original = (open_study(folder).catalogue.sessions for folder in (copy, built[0]))

        assert (len(original) + 1, n) == (len(copied), copied[-1].n_events)


class TestRuns:
    def test_one_that_takes_too_long_is_stopped_and_says_so(self, tmp_path: Path) -> None:
        """A child over its budget of time is stopped, and the reason is kept."""
        done = run("http.server", ["0", "--directory", str(tmp_path)], Budget(12, 0.3), {})

        assert done.fault is not None
        assert done.fault.startswith("stopped after")

    def test_one_that_takes_too_much_memory_is_stopped_and_says_so(self, tmp_path: Path) -> None:
        """A child over its budget of memory is stopped, and the reason is kept."""
        done = run("http.server", ["0", "--directory", str(tmp_path)], Budget(0.001, 30), {})

        assert done.fault is not None
        assert "over its budget of 0.001 GB" in done.fault

    def test_one_that_fails_says_why_and_names_no_folder(self, tmp_path: Path) -> None:
        """A child that fails leaves its last line, without the folders of the machine."""
        done = run("tests.bench.work", ["scan", str(tmp_path / "none")], Budget(12, 60), {}, sys.executable)

        assert done.fault is not None
        assert "none is not a folder" in done.fault
        assert str(tmp_path) not in done.fault


class TestTable:
    def test_a_budget_missed_is_said_with_how_far(self) -> None:
        """A ratio of 6 where 3 is allowed is a miss, twice off; one of 2 is none."""
        assert ("x: 6.00 x scan, budget at most 3: 2.0 times off",) == held(Row("x", ratio=6.0), "concepts").misses
        assert () == held(Row("x", ratio=2.0), "concepts").misses

    def test_a_pace_below_its_budget_is_a_miss(self) -> None:
        """Half the rows a second that an import should reach is a miss, twice off."""
        (miss,) = held(Row("x"), "import", {"rows a second": 250_000}).misses

        assert miss.endswith("2.0 times off")

    def test_the_whole_way_from_a_size_to_the_page(self, tmp_path: Path) -> None:
        """A size is measured, kept and written, and the page holds no path of the machine."""
        size = Size(Bench(tmp_path, Budget(12, 300), None, lambda _: None), 2000)
        size.measure(frozenset({"store", "cases", "flows"}))
        keep(tmp_path, Result(size.events, size.planted.cases, size.rows, None, "python -m tests.bench", machine(), "2026-11-22", 0.5))
        written = page(kept(tmp_path))

        assert 1.0 == size.rows[0].ratio
        assert "cases, given" in text_table(size.rows)
        assert "## What missed its budget" in written
        assert str(tmp_path) not in written
        assert str(Path.home()) not in written
