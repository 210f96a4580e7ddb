"""The simulated offices: the same seed gives the same work, their truth is what was planted, and they look like real work."""

from __future__ import annotations

import ast
from dataclasses import replace
from itertools import chain, groupby
from pathlib import Path

import polars as pl
import pytest

from tests.analysis.studies import import_study
from tests.simulated import AgentSession, Office, calibration, draw_office, refuse, simulate_agent, usable, write_log

SEED = 3
ENTERING = {"change", "paste"}


def imported(file: Path) -> set[str]:
    """Names of the modules that a file imports."""
    tree = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return set(
        chain.from_iterable(
            [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or "."]
            for node in tree
            if isinstance(node, ast.Import | ast.ImportFrom)
        )
    )


@pytest.fixture(name="office", scope="module")
def _office() -> Office:
    return draw_office(SEED)


@pytest.fixture(name="session", scope="module")
def _session(office: Office) -> AgentSession:
    return simulate_agent(office, 1)


class TestIndependence:
    def test_the_product_does_not_know_the_simulator(self, root: Path) -> None:
        """Nothing that is shipped speaks of the simulated offices."""
        shipped = [file for package in ("analysis", "shadow", "recorder") for file in (root / package).rglob("*.py")]

        assert shipped
        assert [] == [file for file in shipped if any("simulated" in name for name in imported(file))]

    def test_the_simulator_does_not_know_the_product(self, root: Path) -> None:
        """The simulator imports nothing of ours but itself."""
        ours = {"analysis", "shadow", "recorder", "sample_sessions", "tests"}
        names = set(chain.from_iterable(imported(file) for file in (root / "tests" / "simulated").glob("*.py")))

        assert [] == [name for name in names if name.split(".")[0] in ours and not name.startswith("tests.simulated.")]


class TestChance:
    def test_the_same_seed_gives_the_same_log(self, session: AgentSession, tmp_path: Path) -> None:
        """An office drawn again and worked in again gives the same file, also where another agent worked before."""
        simulate_agent(draw_office(SEED), 0, 3)
        again = simulate_agent(draw_office(SEED), 1)

        assert write_log(session, tmp_path / "a.csv").read_bytes() == write_log(again, tmp_path / "b.csv").read_bytes()

    def test_every_seed_has_an_office_of_its_own(self) -> None:
        """A hundred seeds, a hundred offices, each within the bounds of an office."""
        offices = [draw_office(seed) for seed in range(100)]

        assert 100 == len({repr(office) for office in offices})
        for office in offices:
            assert 4 <= len(office.systems) <= 6
            assert 6 <= len(office.screens) <= 12
            assert 15 <= sum(field.kind != "act" for field in office.fields.values()) <= 42
            assert 5 <= len(office.transfers) <= 10
            assert 2 <= len(office.kinds) <= 4

    def test_every_trap_is_somewhere(self) -> None:
        """Among forty offices there is every relation, the way through the notes, trailing blanks, slow screens, and the rest."""
        offices = [draw_office(seed) for seed in range(40)]
        transfers = [transfer for office in offices for transfer in office.transfers]

        assert {"same", "reformatted", "part", "joined"} == {transfer.relation for transfer in transfers}
        assert {"clipboard", "typed"} == {transfer.mode for transfer in transfers}
        assert {"autofill", "link", "default", "remove_field"} == {p.kind for office in offices for p in office.integrations()}
        for trap in ("via", "equal", "blanks", "in_mind"):
            assert any(getattr(transfer, trap) for transfer in transfers)
        assert any(screen.slow > 1 for office in offices for screen in office.screens)
        assert any("/exceptions/new" == screen.name for office in offices for screen in office.screens)
        assert all(office.never_touched for office in offices)


class TestLog:
    def test_the_product_imports_it(self, office: Office, session: AgentSession, tmp_path: Path) -> None:
        """Imported as any log is, it has an event for nearly every row, and its fields by name."""
        loaded = import_study(tmp_path / "study", [write_log(session, tmp_path / "log.csv")])
        names = set(loaded.table("fields")["element"].to_list())
        n_events = loaded.cases.select(pl.len()).item()
        loaded.close()

        assert {transfer.target.element for transfer in office.transfers} <= names
        assert pytest.approx(len(session.rows), rel=0.15) == n_events

    def test_rows_go_forward(self, session: AgentSession) -> None:
        """No row is earlier than the one before, and each has its case or none."""
        times = [row.t for row in session.rows]

        assert sorted(times) == times
        assert len(session.rows) == len(session.case_of_row)
        assert {None, *range(60)} == set(session.case_of_row)

    def test_signals_lie_on_their_rows(self) -> None:
        """A planted signal is at a row of its field: a burst at a click, a stop at a focus, a correction in what was typed or chosen."""
        actions: dict[str, set[str]] = {
            "repeat_click": {"click"},
            "dead_click": {"click"},
            "double_click": {"click"},
            "correction": {"input", "select"},
            "never_touched": {"screen"},
        }
        seen = set()
        for seed in range(4):
            session = simulate_agent(draw_office(seed), 0, 30)
            for signal in session.signals:
                row = session.rows[signal.row]
                if signal.kind in actions:
                    seen.add(signal.kind)
                    assert row.action in actions[signal.kind]
                    assert signal.kind == "never_touched" or row.field == signal.field
        assert set(actions) == seen


class TestTruth:
    def test_nothing_on_saves_nothing(self, session: AgentSession) -> None:
        """The same cases again, nothing switched on, take as long; and a field nobody carries changes nothing."""
        assert (0.0, 0.0, 60) == session.saving([])
        assert (0.0, 0.0, 60) == session.saving([session.office.message])

    def test_every_integration_saves(self, office: Office) -> None:
        """In a team, each planted integration saves time, and all together not more than there is."""
        team = [simulate_agent(office, number, 25) for number in range(3)]
        planted = office.integrations()
        everything = {target for one in planted for target in one.targets}

        assert all(0 < sum(session.saving(one.targets).wall_s for session in team) for one in planted)
        assert all(0 < session.saving(everything).wall_s < session.wall_s for session in team)

    def test_complements(self, office: Office, session: AgentSession) -> None:
        """Two fields kept in mind on one visit save more together than their parts: only both end the visit."""
        pair = [way.target for way in office.transfers if way.in_mind and way.mode == "typed" and "reply" in way.target.screen]
        alone = sum(session.saving([target]).wall_s for target in pair)

        assert 2 == len(pair)
        assert session.saving(pair).wall_s > 1.2 * alone

    def test_other_steps_draw_the_same(self, office: Office, session: AgentSession) -> None:
        """After the filled fields nothing changes: closing the ticket takes exactly as long with the integrations as without."""
        on = frozenset(way.target.key for way in office.transfers)
        case = next(case for case in session._cases if len(case.plan.wanted & on) > 3)
        ends = []
        for switched_on in (frozenset[str](), on):
            rows = session._work(case, case.stints[0], {}, switched_on).rows
            ends.append([(row.action, row.field, row.t - rows[-1].t) for row in rows[-8:]])

        assert [row[:2] for row in ends[0]] == [row[:2] for row in ends[1]]
        assert [row[2] for row in ends[0]] == pytest.approx([row[2] for row in ends[1]], abs=1e-6)

    def test_what_is_carried_is_on_its_row(self, office: Office, session: AgentSession) -> None:
        """Every planted pair is carried, and the row named is the edit of its target."""
        pairs = {(source.key, way.target.key) for way in office.transfers for source in way.sources if not way.via}

        assert pairs <= {(one.source.key, one.target.key) for one in session.carried}
        assert all(session.rows[one.row].field == one.target for one in session.carried)
        assert all(session.rows[one.row].action in {"input", "paste"} for one in session.carried)
        assert all(session.case_of_row[one.row] == one.case for one in session.carried)

    def test_a_link_is_the_set_of_its_autofills(self, office: Office, session: AgentSession) -> None:
        """A link and the autofills of its targets are the same change, not two savings to be added."""
        link = next(one for one in office.integrations() if one.kind == "link")
        fills = [one.targets[0] for one in office.integrations() if one.kind == "autofill" and one.targets[0] in link.targets]

        assert session.saving(link.targets) == session.saving(fills)

    def test_wall_and_hands_agree_without_calls(self, office: Office, session: AgentSession) -> None:
        """Where nobody phones, all work is on the clock of the case."""
        wall_s, hands_s, _ = session.saving([way.target for way in office.transfers])

        assert pytest.approx(hands_s) == wall_s

    def test_a_slow_agent(self, office: Office) -> None:
        """One agent in sixteen needs about three times as long."""
        slow = simulate_agent(office, office.slow_agent, 20)
        others = [simulate_agent(office, (office.slow_agent + n) % 16, 20).wall_s for n in range(1, 5)]

        assert slow.agent.slow
        assert slow.wall_s > 1.4 * max(others)


def carried_values(session: AgentSession) -> int:
    """How many values are entered in a case in which another system showed them before, choices aside."""
    n = 0
    shown: dict[int, dict[str, set[str]]] = {}
    for row, case in zip(session.rows, session.case_of_row, strict=True):
        if case is None or row.field is None or row.field.options:
            continue
        value = row.value.strip()
        elsewhere = chain.from_iterable(values for app, values in shown.setdefault(case, {}).items() if app != row.app)
        n += bool(value) and row.action in ENTERING and value in elsewhere
        shown[case].setdefault(row.app, set()).add(value)
    return n


class TestVariants:
    def test_a_null_world_carries_nothing(self, session: AgentSession) -> None:
        """In a null office no value is entered that another system showed, or hardly; in the same office otherwise hundreds are."""
        null = simulate_agent(draw_office(SEED, null=True), 1)

        assert () == null.office.transfers
        assert [] == null.carried
        assert 0 == carried_values(null)
        assert carried_values(session) > 100

    def test_interleaved_cases_are_interrupted(self, office: Office) -> None:
        """A fifth to two fifths of the cases are put aside and taken up again, by opening the ticket once more; every case is complete."""
        sessions = [simulate_agent(office, number, interleaved=True) for number in range(3)]
        goes = [[case for case, _ in groupby(case for case in s.case_of_row if case is not None)] for s in sessions]
        share = sum(len(each) for each in goes) / 180 - 1
        completed = [row for s in sessions for row in s.rows if row.action == "submit" and row.field == office.close.submit]

        assert 0.15 < share < 0.45
        assert 180 == len(completed)

    def test_work_during_talk_saves_less_on_the_clock(self, office: Office) -> None:
        """Under calls no integration saves more on the clock than in the hands, and most save less."""
        session = simulate_agent(office, 1, calls=True)
        saved = [session.saving(one.targets) for one in office.integrations()]

        assert all(wall_s <= hands_s + 1e-6 for wall_s, hands_s, _ in saved)
        assert sum(wall_s for wall_s, _, _ in saved) < 0.95 * sum(hands_s for _, hands_s, _ in saved)
        assert session.wall_s > session.hands_s

    def test_both_variants_at_once_are_refused(self, office: Office) -> None:
        """Nobody puts a caller aside."""
        with pytest.raises(ValueError, match="choose one"):
            simulate_agent(office, 1, calls=True, interleaved=True)


class TestGate:
    def test_a_usable_seed(self, office: Office) -> None:
        """The seed that these tests stand on looks like real work."""
        assert usable(SEED)
        assert refuse(calibration([simulate_agent(office, number, 20) for number in range(3)])) is None

    def test_a_distorted_office_is_refused(self, office: Office) -> None:
        """Systems five times as slow do not look like the work that was recorded."""
        slow = replace(office, responses={app: (5 * median, sd) for app, (median, sd) in office.responses.items()})
        said = refuse(calibration([simulate_agent(slow, number, 10) for number in range(3)]))

        assert said is not None
        assert "must be" in said
