"""The fast path gives what the SQL concepts give, row by row and added up: on seeded logs, odd logs, and real studies."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import duckdb
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from analysis.concepts import build_concepts, connect
from analysis.friction import (
    apps_without_reactions,
    friction_by_app,
    friction_by_field,
    friction_by_screen,
    switches_between_apps,
)
from analysis.kernel.aggregates import StudySums, session_sums
from analysis.kernel.concepts import concepts_of
from analysis.kernel.pieces import pieces_of
from analysis.kernel.study_pass import empty_sums
from analysis.kernel.values import TimeCounts, times_at
from analysis.loading import LoadedStudy
from analysis.thresholds import Thresholds
from shadow.events import ROLES
from tests.analysis import oracles, sql_friction
from tests.analysis.conftest import StudyOf
from tests.analysis.kernel_rows import TABLES, block_of_log, places_of, table_of
from tests.analysis.oracles import Log
from tests.analysis.studies import act, later
from tests.analysis.test_concepts import DEFAULT, OTHER_THRESHOLDS, event, load, log_of

FRAMES = {
    "screen": (sql_friction.friction_by_screen, friction_by_screen),
    "field": (sql_friction.friction_by_field, friction_by_field),
    "app": (sql_friction.friction_by_app, friction_by_app),
}
ODD = (
    ("focus", "blur", "input", "change", "click", "click", "copy", "paste", "select", "screen", "mark", "pause", "submit"),
    (111, 112, 114, 115, 11, 12, 211, 9),
    (0, 400, 121_000),
    (None, True, False),
    (None, 1, 2),
    (None, 1, 2),
)
"""What odd sessions are drawn from: action, place, time to the next event, state, mark, case."""


@functools.cache
def shared_connection() -> duckdb.DuckDBPyConnection:
    """The one connection of this module; every log loaded replaces the one before."""
    return connect()


@pytest.fixture(autouse=True, scope="module")
def _closed_connection() -> Iterator[None]:
    yield
    shared_connection().close()
    # A worker may come back to this module: then there is a new one.
    shared_connection.cache_clear()


def differing(con: duckdb.DuckDBPyConnection, log: Log, thresholds: Thresholds) -> dict[str, tuple[list[object], list[object]]]:
    """Rows of each concept that the SQL has and the kernel has not, and the other way round."""
    found = concepts_of(pieces_of(block_of_log(log), thresholds), thresholds)
    differences = {}
    for concept in TABLES:
        table = table_of(found, concept)
        expected = con.execute(f"SELECT {', '.join(table.columns)} FROM {concept}").fetchall()  # noqa: S608 - names of ours
        if expected != table.rows():
            differences[concept] = (expected, table.rows())
    return differences


def built(log: Log, thresholds: Thresholds) -> duckdb.DuckDBPyConnection:
    """The SQL concepts of a log."""
    con = shared_connection()
    load(con, log)
    build_concepts(con, thresholds)
    return con


def built_with_screens(log: Log, thresholds: Thresholds) -> duckdb.DuckDBPyConnection:
    """The SQL concepts of a log, and its screens."""
    con = built(log, thresholds)
    screens = sorted({(row["screen"], row["app"]) for row in [*log.fields.values(), *log.events]})
    con.execute("INSERT INTO screens SELECT unnest(?), unnest(?), ''", [list(codes) for codes in zip(*screens, strict=True)])
    return con


def sums_of_log(log: Log, thresholds: Thresholds) -> StudySums:
    """The sums of a literal log, made session by session and added in no particular order."""
    agents = {row["session"]: row["agent"] for row in log.events}
    sums = StudySums.of(places_of(log), agents)
    for session in sorted(agents, reverse=True):
        events = [row for row in log.events if row["session"] == session]
        sides = ([row for row in side if row[0] == session] for side in (log.forms, log.tokens))
        block = block_of_log(Log(events, log.apps, log.fields, *sides))
        # A session alone may know fewer places than the study.
        work = pieces_of(_with_places(block, sums.places), thresholds)
        found = session_sums(concepts_of(work, thresholds), thresholds)
        sums.add(found, np.zeros(found.cases.height, dtype=np.uint8))
    return sums


def _with_places(block, places):
    return dataclasses.replace(block, places=places)


def _odd_session(session, rows):
    t_ms = 0
    for action, place, gap, filled, mark, case_no in rows:
        yield event(t_ms, action, place, session=session, filled=filled, mark=mark, case_no=case_no)
        t_ms += gap


def database(loaded: LoadedStudy) -> duckdb.DuckDBPyConnection:
    """The SQL concepts of a study."""
    loaded.table("apps")
    return loaded._database


def assert_same_friction(con: duckdb.DuckDBPyConnection, sums: StudySums, by: str, known: list[int] | None = None) -> None:
    """The friction table from the sums is that of the SQL."""
    slow, fast = FRAMES[by]
    expected, actual = slow(con), fast(sums)
    actual = actual if known is None else actual.filter(pl.col(by).is_in(known))

    assert set(expected.columns) == set(actual.columns)
    assert_frame_equal(expected.select(actual.columns), actual, check_dtypes=False, check_exact=False, rel_tol=1e-12, abs_tol=1e-9)


class TestConcepts:
    @pytest.mark.parametrize("thresholds", [DEFAULT, OTHER_THRESHOLDS], ids=["default", "others"])
    @pytest.mark.parametrize("seed", range(6))
    def test_equals_the_sql(self, seed: int, thresholds: Thresholds) -> None:
        """Every concept holds the rows of its SQL table, in its order, whatever the thresholds."""
        log = oracles.random_log(seed)

        assert {} == differing(built(log, thresholds), log, thresholds)

    @settings(max_examples=8, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.lists(st.tuples(*map(st.sampled_from, ODD)), min_size=1, max_size=25), min_size=8, max_size=8))
    def test_equals_the_sql_on_odd_logs(self, drawn) -> None:
        """Actions in an order that no application would show are read as the SQL reads them; each example is eight sessions."""
        log = log_of(*(row for session, rows in enumerate(drawn, start=1) for row in _odd_session(session, rows)))
        events = [row | {"seq": seq} for _, rows in groupby(log.events, key=itemgetter("session")) for seq, row in enumerate(rows)]
        log = Log(events, log.apps, log.fields)

        assert {} == differing(built(log, DEFAULT), log, DEFAULT)

    @pytest.mark.parametrize("place", [113, 114, 11], ids=["button", "unknown role", "no field"])
    def test_one_event(self, place: int) -> None:
        """One event alone is enough, and nothing is read behind it."""
        log = log_of(event(0, "click", place))

        assert {} == differing(built(log, DEFAULT), log, DEFAULT)

    def test_many_works_and_fields_get_slots_by_sorting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where tables of cases by fields would be too large, the rows are the same."""
        monkeypatch.setattr("analysis.kernel.grid.SPARE_SLOTS", 0)
        monkeypatch.setattr("analysis.kernel.grid.MIN_SLOTS", 0)
        log = oracles.random_log(7)

        assert {} == differing(built(log, DEFAULT), log, DEFAULT)

    def test_the_clock_may_wrap(self) -> None:
        """Sessions that together are longer than 2**31 ms are added up as any others."""
        rows = [event(t, "click", 111, session=session) for session in range(1, 31) for t in range(0, 100_000_001, 50_000_000)]
        log = log_of(*rows)
        log = Log([row | {"seq": n % 3} for n, row in enumerate(log.events)], log.apps, log.fields)
        thresholds = Thresholds(gap_drop_ms=60_000_000)
        found = concepts_of(pieces_of(block_of_log(log), thresholds), thresholds)

        assert [100_000_000] * 30 == found.screens.dwell_ms.tolist()


class TestSums:
    @pytest.mark.parametrize("by", FRAMES)
    @pytest.mark.parametrize("seed", range(6))
    def test_friction_of_seeded_logs(self, seed: int, by: str) -> None:
        """Sums of single sessions, added backwards, give the friction tables of the whole log."""
        log = oracles.random_log(seed)
        known = sorted(log.fields) if by == "field" else None

        assert_same_friction(built_with_screens(log, DEFAULT), sums_of_log(log, DEFAULT), by, known)

    @pytest.mark.parametrize("by", FRAMES)
    def test_friction_of_the_sample_study(self, sample: LoadedStudy, by: str) -> None:
        """One pass over the sample study gives its friction tables."""
        assert_same_friction(database(sample), sample.sums, by)

    @pytest.mark.parametrize("by", FRAMES)
    def test_friction_of_a_real_log(self, student: LoadedStudy, by: str) -> None:
        """One pass over a log that people made gives its friction tables."""
        assert_same_friction(database(student), student.sums, by)

    @pytest.mark.parametrize("thresholds", [DEFAULT, OTHER_THRESHOLDS], ids=["default", "others"])
    @pytest.mark.parametrize("seed", range(6))
    def test_cases_and_totals_of_seeded_logs(self, seed: int, thresholds: Thresholds) -> None:
        """What each case is made of, the changes between applications and the recorded time are those of the SQL."""
        log = oracles.random_log(seed)
        con, sums = built_with_screens(log, thresholds), sums_of_log(log, thresholds)

        assert_frame_equal(sql_friction.cases(con), sums.cases.drop("how"), check_dtypes=False)
        assert_frame_equal(sql_friction.switches_between_apps(con), switches_between_apps(sums), check_dtypes=False)
        assert sql_friction.totals(con, thresholds.gap_drop_ms) == sums.totals

    def test_cases_and_totals_of_the_sample_study(self, sample: LoadedStudy) -> None:
        """So they are in the sample study, and in what applications show no reaction."""
        con = database(sample)
        silent = sample.query("SELECT app FROM app_reactions JOIN apps USING (app) WHERE NOT shows_reactions AND name <> '(unknown)'")

        assert_frame_equal(sql_friction.cases(con), sample.sums.cases.drop("how"), check_dtypes=False)
        assert sql_friction.totals(con, sample.thresholds.gap_drop_ms) == sample.sums.totals
        assert silent["app"].to_list() == apps_without_reactions(sample.sums)

    def test_without_cases_nothing_is_known_per_case(self) -> None:
        """A log without a case has no seconds per case, which is not 0."""
        log = log_of(event(0, "click", 113, case_no=None), event(500, "click", 113, case_no=None))

        assert [None] == friction_by_screen(sums_of_log(log, DEFAULT))["dwell_s_per_case"].to_list()


class TestBlocks:
    @pytest.mark.parametrize("n_events", [1, 2_000])
    def test_the_size_of_blocks_changes_nothing(self, sample: LoadedStudy, n_events: int) -> None:
        """Read one session at a time or some at a time, a study has the same sums."""
        sums = empty_sums(sample.study)
        for block in sample.blocks(n_events):
            found = session_sums(concepts_of(pieces_of(block, sample.thresholds), sample.thresholds), sample.thresholds)
            sums.add(found, np.zeros(found.cases.height, dtype=np.uint8))

        assert_frame_equal(friction_by_field(sample.sums), friction_by_field(sums))
        assert sample.sums.totals == sums.totals

    def test_blocks_hold_the_rows_of_the_store(self, sample: LoadedStudy) -> None:
        """Blocks one after the other are the store's own rows, though session and seq are not read."""
        blocks = list(sample.blocks(2_000))
        stored = sample.study.scan("events").select("session", "seq", "t_ms", "app").collect()
        rows = [np.arange(len(block)) for block in blocks]
        read = pl.DataFrame({
            "session": np.concatenate([block.sessions[block.session_of] for block in blocks]),
            "seq": np.concatenate([block.seq(row) for block, row in zip(blocks, rows, strict=True)]),
            "t_ms": np.concatenate([block.t_ms for block in blocks]),
            "app": np.concatenate([block.places.screen_app[block.screen] for block in blocks]),
        })  # fmt: skip

        assert len(blocks) > 1
        assert_frame_equal(stored, read)

    def test_the_telephone_stands_where_the_work_stands(self, study_of: StudyOf) -> None:
        """Blocks hold the rows that the SQL reads, a call's in the place of the work before it."""
        rows = [
            act(0, "call_start", "Phone::line"),
            act(1, "click", "CRM:Ticket:Name", role="entry"),
            act(2, "hold_start", "Phone::line"),
            act(3, "hold_end", "Phone::line"),
            act(4, "click", "ERP:Order:Number"),
            act(5, "call_end", "Phone::line"),
        ]
        loaded = study_of([*rows, *later(rows, 1, session="two")])
        (block,) = loaded.blocks()
        columns = {"session": block.session, "seq": block.seqs, "app": block.app, "screen": block.screen, "field": block.field}
        read = pl.DataFrame(columns).with_columns(pl.col("field").replace(-1, None))

        assert_frame_equal(loaded.query("SELECT session, seq, app, screen, field FROM events ORDER BY session, seq"), read)
        assert loaded.table("events").sort("session", "seq")["role"].to_list() == [[*ROLES, None][code] for code in block.role]


class TestTimeCounts:
    @pytest.mark.parametrize("waiting", [1, 50, 10_000])
    def test_quantiles_are_exact(self, monkeypatch: pytest.MonkeyPatch, waiting: int) -> None:
        """Quantiles of counted times are those of the single times, however often they were put together."""
        monkeypatch.setattr("analysis.kernel.values.WAITING", waiting)
        rng = np.random.default_rng(3)
        place, times = rng.integers(0, 4, 500).astype(np.int32), (rng.integers(0, 90, 500) * 10).astype(np.int32)
        counts = TimeCounts.empty()
        for part in range(0, 500, 25):
            counts.add(times_at(place[part : part + 25], times[part : part + 25]))
        (median, p90) = counts.quantiles(5, 0.5, 0.9)

        for code in range(4):
            assert (np.quantile(times[place == code], 0.5), np.quantile(times[place == code], 0.9)) == pytest.approx(
                (median[code], p90[code])
            )
        assert np.isnan(median[4])
