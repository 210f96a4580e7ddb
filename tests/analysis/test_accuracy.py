"""The measures of the benchmark of truth, by hand, and one small world through all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.friction import friction_by_screen
from tests.accuracy import __main__ as benchmark
from tests.accuracy.cases import cut_at_gaps, share_right
from tests.accuracy.measures import calibration_error, errors, ndcg, order_figures, pair_scores, total_errors
from tests.accuracy.pool import coverage, pool_facts
from tests.accuracy.segments import first_screen
from tests.accuracy.signals import SIGNALS, Told, hits, signal_facts, signal_lines
from tests.accuracy.table import table
from tests.accuracy.talk import hands_on, talk_lines
from tests.analysis.segmentation_worlds import Act, World
from tests.analysis.studies import import_study
from tests.simulated import draw_office, simulate_agent, write_log

Facts = dict[str, Any]


def row(true: float, said: float, **more: Any) -> Facts:
    """A row of a ranking."""
    return {"true": true, "said": said, "evidence": "measured", "p_top5": None, "occurrences": 1, **more}


def world(*rows: Facts) -> Facts:
    """A world with these rows."""
    return {"rows": list(rows)}


def test_pairs() -> None:
    """Of two planted legs one is found, by a source that shows the same; one pair is wrong."""
    legs = [[["A:x", "A:y"], "B:z"], [["A:u"], "B:v"]]
    found = [["A:y", "B:z"], ["A:u", "B:w"]]

    assert (0.5, 0.5, 0.5) == pair_scores([{"planted": legs, "found": found}])


def test_errors() -> None:
    """One a tenth too high, one three tenths too low: a mean error of a fifth and a bias of a tenth; anecdotes are out."""
    wrong, bias, n = errors([world(row(1, 1.1), row(2, 1.4), row(1, 9, evidence="anecdote"))])

    assert (pytest.approx(0.2), pytest.approx(-0.1), 2) == (wrong, bias, n)


def test_order() -> None:
    """The right order has all of the gain; the wrong one loses what the best saves more than the second."""
    assert 1.0 == ndcg([3, 2, 1], [30, 20, 10])
    assert ndcg([1, 2, 3], [30, 20, 10]) < 0.8
    assert (1.0, 0.0) == order_figures([world(row(3, 3), row(2, 2))])
    assert pytest.approx(1 / 3) == order_figures([world(row(3, 2), row(2, 3))])[1]


def test_calibration() -> None:
    """Chances of a half that come true half of the time are right; certainties that do not are wrong by 1."""
    half = world(row(2, 1, p_top5=0.5), row(1, 1, p_top5=0.5))

    assert pytest.approx(0) == calibration_error([half], top=1)
    assert pytest.approx(1) == calibration_error([world(row(2, 1, p_top5=0.5), row(1, 2, p_top5=0.5))], top=1, sure=True)
    assert pytest.approx(1) == calibration_error([world(row(2, 1, p_top5=0.0), row(1, 1, p_top5=1.0))], top=1)


def test_total() -> None:
    """One world within a tenth, one not."""
    bias, near = total_errors([{"total": {"true": 1.0, "said": 1.05}}, {"total": {"true": 1.0, "said": 0.75}}, {"total": None}])

    assert (pytest.approx(-0.1), 0.5) == (bias, near)


def test_coverage_of_what_is_known() -> None:
    """Where each agent's saving is known exactly, intervals over agents hold the population's at least as often as they say."""
    seconds = [100.0 + 40 * (n % 7) for n in range(70)]
    pool = {"seed": 1, "cases": [10.0] * 70, "rows": [{"kind": "autofill", "targets": ["x"], "said": seconds, "true": seconds}]}
    held, bootstrap, n = coverage([pool], 8, teams=400)
    missed, _, _ = coverage([{**pool, "rows": [{**pool["rows"][0], "true": [2 * each for each in seconds]}]}], 8, teams=400)

    assert 400 == n
    assert 0.88 < held <= 1
    assert bootstrap < held
    assert missed < 0.1


def test_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there is not made again, and a seed that is not usable is left out."""
    made: list[str] = []

    def work(first: int, end: int) -> list[Any]:
        return [(str(seed), lambda seed=seed: made.append(str(seed)) or {"seed": seed}) for seed in range(first, end)]

    monkeypatch.setitem(benchmark.WORK, "worlds", work)
    monkeypatch.setattr(benchmark, "usable", lambda seed: seed != 2)
    benchmark.gather("worlds", 0, 2, tmp_path)
    benchmark.gather("worlds", 0, 4, tmp_path)

    assert ["0", "1", "3"] == made
    assert ["0", "1", "3"] == [json.loads(line)["name"] for line in (tmp_path / "worlds.jsonl").read_text(encoding="utf-8").splitlines()]


def test_a_pool_through_the_product(tmp_path: Path) -> None:
    """Four agents as a pool, and as a team of it: what is said of each is near the truth, and the table can be made of it."""
    facts = pool_facts(1, agents=4)
    true, said = (sum(sum(row[name]) for row in facts["rows"]) for name in ("true", "said"))
    each = [sum(facts["total"]["said"][n] for n in range(4)), sum(facts["total"]["true"])]
    (tmp_path / "pool.jsonl").write_text(json.dumps({"name": "1", **facts}) + "\n", encoding="utf-8")
    whole = {"name": "1-0", "seed": 1, "rows": [{**facts["rows"][0], "ci90": [0.0, 9.0]}]}
    (tmp_path / "teams.jsonl").write_text(json.dumps(whole) + "\n", encoding="utf-8")

    assert 0.8 < said / true < 1.2
    assert 0.8 < each[0] / each[1] < 1.2
    assert "90 % interval holds, 20 agents" in table(tmp_path)
    assert "1 whole studies of 8 agents (1 intervals) | >= 86 % | 100.0%" in table(tmp_path)


def test_hits() -> None:
    """One told near answers for one planted there; another field, another moment, and a second one are none."""
    planted = [Told((1, 7), 5_000, 5_000), Told((1, 7), 6_000, 6_000), Told((1, 8), 5_000, 5_000)]

    assert 1 == hits(planted, [Told((1, 7), 5_100, 5_100), Told((1, 8), 7_100, 7_100), Told((2, 7), 5_000, 5_000)])
    assert 2 == hits(planted, [Told((1, 7), 3_000, 7_000), Told((1, 7), 7_900, 7_900), Told((1, 7), 6_100, 6_100)])


def test_signals_of_a_world(tmp_path: Path) -> None:
    """Two agents' planted signals, through import and cases: each is told, double clicks are not, and the lines are of the table."""
    team = [simulate_agent(draw_office(1), number, 12) for number in range(2)]
    loaded = import_study(tmp_path / "study", [write_log(one, tmp_path / f"{n}.csv") for n, one in enumerate(team)])
    facts = signal_facts(team, loaded)
    shown = friction_by_screen(loaded.sums)[["repeat_clicks", "dead_clicks"]].sum().row(0)
    loaded.close()
    lines = list(signal_lines([{"signals": facts}, {}]))

    assert all(facts[name]["planted"] for name in SIGNALS)
    assert all(facts[name]["right"] >= 0.9 * max(facts[name]["planted"], facts[name]["told"]) for name in SIGNALS)
    assert (facts["repeat_click"]["told"], facts["dead_click"]["told"]) == shown
    assert 0 == facts["double_click"]["told"] < facts["double_click"]["planted"]
    assert [True] * 7 == [met for _, _, _, met, _ in lines]


def test_signals_that_are_not_told() -> None:
    """Half of them missed and half of those told wrong: an F1 of a half, which is no target met."""
    facts = {"planted": 4, "told": 4, "right": 2, "plain": 8, "plain_right": 2}
    every = {**dict.fromkeys(SIGNALS, facts), "double_click": {"planted": 50, "told": 1, "plain": 5}}
    lines = list(signal_lines([{"signals": every}]))

    assert [False] * 7 == [met for _, _, _, met, _ in lines]
    assert lines[0][2] == "0.500 (precision 0.500, recall 0.500 of 4)"
    assert lines[0][4].endswith("0.33")


def test_masked_time() -> None:
    """Of ten seconds of hands four are masked, and the product leaves three out: one is counted that saves nobody's clock."""
    row = {"all": False, "wall": 6.0, "hands": 10.0, "said": 7.0, "everything": 10.0}
    ((_, _, said, met, plainly),) = talk_lines([{"beside_talk": [row]}, {}])

    assert said.startswith("+10.0%")
    assert not met
    assert plainly.endswith("+40.0%")
    assert hands_on([{"beside_talk": [row]}]).endswith("+67%")


def test_cases() -> None:
    """A gap above 30 s opens a case; of five rows one is in another case than it belongs to, and an idle row is in one that is none of its."""
    found = cut_at_gaps([0, 10, 20, 51, 52])

    assert [1, 1, 1, 2, 2] == found
    assert 0.6 == share_right(found, [0, 0, 1, None, 1])
    assert 1.0 == share_right([0, 2, 2, 1, 1], [None, 0, 0, 1, 1])


def test_segments(tmp_path: Path) -> None:
    """A log that comes back to its first screen three times has three cases by that; the means over seeds make two lines for each log."""
    clicks = [("/home", "a"), ("/home", "b"), ("/form", "c"), ("/home", "a"), ("/form", "c"), ("/home", "b")]
    cut = first_screen(World([Act("click", "App", *place) for place in clicks]))
    world = {f"like L{n}": {"ours": [1.0 - n / 25, n / 20], "first_screen": [0.2, 0.7], "back_edges": [0.5, 0.4]} for n in (1, 2, 3)}
    (tmp_path / "segments.jsonl").write_text(json.dumps({"name": "1", **world}) + "\n", encoding="utf-8")
    lines = [line for line in table(tmp_path).splitlines() if line.startswith("| cases of a log like")]

    assert [1, 1, 1, 2, 2, 3] == cut.tolist()
    assert [True, False, False, False, False, False] == ["| yes |" in line for line in lines]
    assert "first screen 0.20, back-edges 0.50" in lines[0]
    assert "1 of 6 targets are met. Missed: cases of a log like L1, edit distance; " in table(tmp_path)
