"""The two readings of a study for re-entry and savings: in blocks of any size the same, and their clock that of the SQL tables."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from polars.testing import assert_frame_equal

from analysis.choices import Choices
from analysis.concepts import build_concepts, connect
from analysis.friction import friction_by_field
from analysis.kernel import study_pass
from analysis.kernel.columns import SessionBlock
from analysis.loading import LoadedStudy
from analysis.ranking import rank_integrations
from analysis.reentry import find_reentry
from analysis.spans import packed
from analysis.thresholds import Thresholds
from analysis.timeline import timeline
from tests.analysis import oracles, sql_friction
from tests.analysis.kernel_rows import block_of_log
from tests.analysis.studies import Row, act, carried, laid_out, later, replay_of, typed
from tests.analysis.test_concepts import load

StudyOf = Callable[..., LoadedStudy]

NAMES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni"]
RULES = "[thresholds]\nmin_agents = 1\nmin_occurrences = 1\nwarm_up_cases = 0\nwarm_up_days = 0\nwinsor = 0.9\nunattributed_ms = 90000\n"


class InSmallBlocks(LoadedStudy):
    """A study that is read a session at a time."""

    def blocks(self, n_events: int = 1) -> Iterator[SessionBlock]:
        """Blocks of one session each."""
        return super().blocks(n_events)


def shift(agent: str, hurry: float) -> list[Row]:
    """One agent's session: values typed and carried over, by a memory too, a usual value, a field passed over, a call, a long gap."""
    rows = []
    for number, name in enumerate(NAMES):
        case = [
            act(0, "focus", "ERP:/form:fax", state="empty"), act(1, "blur", "ERP:/form:fax", state="empty"),
            *typed(2, "CRM:/card:name", "ERP:/form:name", name + agent), *carried(8, "CRM:/card:no", "Pad:/note:text", f"{name}{number}"),
            *carried(14, "Pad:/note:text", "ERP:/form:no", f"{name}{number}"),
            act(20, "click", "ERP:/form:kind", x=10, y=90), act(21, "select", "ERP:/form:kind", "private", state="filled"),
            act(22 + 70 * (number == 3), "submit", "ERP:/form:save", x=300, y=400),
        ]  # fmt: skip
        calls = [act(3, "call_start", "ERP:/form"), act(40, "call_end", "ERP:/form")] if number % 3 == 0 else []
        case = sorted([*case, *calls], key=lambda row: row["time"])
        rows += later([row | {"time": round(row["time"] * hurry)} for row in case], 200 * number, case=str(number))
    return [row | {"agent": agent, "session": agent} for row in rows]


@pytest.fixture(name="loaded")
def _loaded(study_of: StudyOf) -> LoadedStudy:
    """Three agents, one faster than the other."""
    return study_of([row for agent, hurry in (("Ann", 1.0), ("Bo", 1.3), ("Cy", 0.8)) for row in shift(agent, hurry)], RULES)


def test_blocks_of_any_size(loaded: LoadedStudy) -> None:
    """A study read as one block has the pairs, occurrences, ranking and layouts of the same study read a session at a time."""
    small = InSmallBlocks(loaded.study, loaded.thresholds)
    assert (1, 3) == (len(list(loaded.blocks())), len(list(small.blocks())))
    # What is counted already is read in the blocks of this class.
    assert loaded.sums.totals == small.sums.totals

    whole, parts = find_reentry(loaded), find_reentry(small)
    assert_frame_equal(whole.pairs, parts.pairs)
    assert_frame_equal(whole.occurrences, parts.occurrences)
    one, other = laid_out(loaded), laid_out(small)
    assert_frame_equal(one.bundles.frame, other.bundles.frame)
    assert {"reentry", "default", "passed_over"} == set(one.bundles.frame["kind"])
    assert len(one.bundles.feeds) > 0
    for longest_ms, layout in one.layouts.items():
        assert layout.pulled_in_s > 0
        assert len(layout.need) > layout.n_own
        for column in ("start", "end"):
            np.testing.assert_allclose(getattr(other.layouts[longest_ms].spans, column), getattr(layout.spans, column), atol=1e-9)
    rows, rows_of_parts = rank_integrations(loaded, whole).rows, rank_integrations(small, parts).rows
    assert [row.integration.kind for row in rows] == [row.integration.kind for row in rows_of_parts]
    for name in ("seconds", "least", "most", "marginal", "cumulative"):
        assert [getattr(row, name) for row in rows_of_parts] == pytest.approx([getattr(row, name) for row in rows])


def test_one_reading_counts_and_finds(loaded: LoadedStudy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reading that finds re-entry leaves the sums that a reading for them alone gives, and nothing is read for them again."""
    counted, found = (LoadedStudy(loaded.study, loaded.thresholds) for _ in range(2))
    expected = counted.sums
    shutil.rmtree(loaded.study.folder / "cache")
    assert_frame_equal(find_reentry(counted).pairs, find_reentry(found).pairs)
    monkeypatch.setattr(study_pass, "read_blocks", lambda *_: pytest.fail("read again"))

    assert expected.totals == found.sums.totals
    assert_frame_equal(expected.cases, found.sums.cases)
    assert_frame_equal(friction_by_field(expected), friction_by_field(found.sums))
    assert_frame_equal(friction_by_field(expected), friction_by_field(LoadedStudy(loaded.study, loaded.thresholds).sums))


def test_both_readings_say_how_far_they_are(loaded: LoadedStudy) -> None:
    """Each block read moves the share on, up to all of it."""
    said: list[tuple[str, float | None]] = []
    small = InSmallBlocks(loaded.study, loaded.thresholds, lambda what, share=None: said.append((what, share)))
    assert small.sums.totals["events"] > 0
    rank_integrations(small)

    for doing in ("looking for re-entry", "looking for what could be spared"):
        assert pytest.approx([1 / 3, 2 / 3, 1.0], abs=0.02) == [share for what, share in said if what == doing]


def test_choices_on_a_study(loaded: LoadedStudy) -> None:
    """What single bundles and all of them save is the same by the whole replay and by the reduced one, beside talk too."""
    found = laid_out(loaded)
    replay = replay_of(loaded, found)
    remains = dataclasses.replace(replay.remains, talk_share=0.4)
    replay = dataclasses.replace(replay, remains=remains)
    items = [np.array([bundle]) for bundle in range(0, len(replay.agent), 7)]
    choices = Choices(replay, items)

    assert replay.saving(np.concatenate(items)).talk > 0
    assert replay.saving(np.concatenate(items)).seconds == pytest.approx(choices.seconds(range(len(items))))
    assert [replay.saving(item).seconds for item in items] == pytest.approx([choices.seconds([place]) for place in range(len(items))])


@pytest.mark.parametrize("seed", range(5))
def test_clock_and_model_of_events(seed: int) -> None:
    """Active, motor and modelled time before each event of a seeded log are the running sums of the SQL table and the model's rules."""
    log, thresholds = oracles.random_log(seed), Thresholds()
    con = connect()
    load(con, log)
    build_concepts(con, thresholds, ["event_times"])
    events = sql_friction._with_model_times(sql_friction._frame(con, "SELECT * FROM event_times ORDER BY session, seq"))
    con.close()
    block = block_of_log(log)
    line = timeline(block, np.zeros(len(block.sessions), dtype=np.int64), thresholds.gap_drop_ms, np.zeros((2, 2, 1)), 0)

    assert events["active_ms"].to_list() == np.diff(line.clock_ms).tolist()
    assert events["motor_s"].to_list() == pytest.approx(np.diff(line.before.motor_s), abs=1e-9)
    assert events["model_s"].to_list() == pytest.approx(np.diff(line.before.model_s), abs=1e-9)


def test_columns_too_wide_for_one_number() -> None:
    """Columns are sorted by all of them, whether they fit into one number or not."""
    random = np.random.default_rng(0)
    narrow = random.integers(0, 5, (3, 200))
    wide = narrow * np.array([[1 << 40], [1 << 30], [1 << 20]])

    expected = np.array(sorted(narrow.T.tolist())).T
    assert expected.tolist() == np.stack(packed(*narrow)).tolist()
    assert expected.tolist() == (np.stack(packed(*wide)) // np.array([[1 << 40], [1 << 30], [1 << 20]])).tolist()
