"""The sample study: made again it is the same, its logs keep the contract, and its truth is what the logs show."""

import ast
import csv
import gzip
import importlib
import json
import re
import sys
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from shadow.events import ACTIONS, ROLES

SAMPLES = Path(__file__).resolve().parents[1] / "sample_sessions"
LOGS = sorted(SAMPLES.glob("agent-*.csv.gz"))
TRUTH = json.loads((SAMPLES / "truth.json").read_text(encoding="utf-8"))
GAP_DROP_S = 120.0


def _read(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as log:
        rows = list(csv.DictReader(log))
    start = datetime.fromisoformat(rows[0]["time"])
    for row in rows:
        row["t"] = (datetime.fromisoformat(row["time"]) - start).total_seconds()
        row["name"] = f"{row['app']}.{row['element']}"
    return rows


@pytest.fixture(name="sessions", scope="module")
def _sessions():
    return {path.name.removesuffix(".csv.gz"): _read(path) for path in LOGS}


@pytest.fixture(name="cases", scope="module")
def _cases(sessions):
    """Rows of each case, by the true boundaries."""
    return [sessions[name][first : last + 1] for name, ends in TRUTH["boundaries"].items() for first, last in ends]


@pytest.fixture(name="generator", scope="module")
def _generator():
    """The generator's modules, importable by name as they are for the script itself."""
    mine = {path.stem for path in SAMPLES.glob("*.py")}
    sys.path.insert(0, str(SAMPLES))
    try:
        yield importlib.import_module
    finally:
        sys.path.remove(str(SAMPLES))
        for name in mine:
            sys.modules.pop(name, None)


def _name(field):
    return f"{field['app']}.{field['field']}"


def _wall_s(rows):
    gaps = (after["t"] - before["t"] for before, after in pairwise(rows))
    return sum(gap for gap in gaps if gap <= GAP_DROP_S)


class TestMaking:
    def test_making_it_again_gives_the_same_files(self, generator):
        """The generator makes, text for text, the logs and the truth that are there."""
        make_sample = generator("make_sample")

        study = make_sample.make()

        assert {path.name for path in LOGS} | {"truth.json"} == set(study)
        assert [] == make_sample.differing(study)

    def test_packing_leaves_no_trace_of_time(self, generator):
        """Equal text gives equal bytes: the packed file holds neither a time nor a name."""
        make_sample = generator("make_sample")

        packed = make_sample.pack("a.csv.gz", "x" * 1000)

        assert packed == make_sample.pack("b.csv.gz", "x" * 1000)
        assert bytes(4) == packed[4:8] == LOGS[0].read_bytes()[4:8]

    def test_a_file_that_was_changed_is_named(self, generator, tmp_path):
        """A log with one character changed, and one that is missing, both count as different."""
        make_sample = generator("make_sample")
        (tmp_path / "a.csv.gz").write_bytes(make_sample.pack("a.csv.gz", "text"))

        assert [] == make_sample.differing({"a.csv.gz": "text"}, tmp_path)
        assert ["a.csv.gz", "b.csv.gz"] == make_sample.differing({"a.csv.gz": "test", "b.csv.gz": "text"}, tmp_path)

    def test_a_seed_unlike_real_work_is_refused(self, generator):
        """The gate passes this study and stops one whose copies take too long to be pasted."""
        make_sample = generator("make_sample")
        figures = make_sample.Calibration(**TRUTH["calibration"])

        make_sample.refuse_unless_real(1, figures)

        with pytest.raises(SystemExit, match=r"copy_to_paste_s is 2\.5"):
            make_sample.refuse_unless_real(1, figures._replace(copy_to_paste_s=2.5))

    def test_it_is_small(self):
        """All committed files together stay under 2 MB."""
        assert sum(path.stat().st_size for path in SAMPLES.iterdir() if path.is_file()) < 2_000_000

    def test_it_needs_nothing_of_the_toolkit(self):
        """The generator imports the standard library, numpy at most, and itself: a test against it cannot go in a circle."""
        trees = [ast.parse(path.read_text(encoding="utf-8")) for path in SAMPLES.glob("*.py")]
        nodes = [node for tree in trees for node in ast.walk(tree)]
        imported = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        imported |= {node.module.split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}

        assert set() == imported - sys.stdlib_module_names - {"numpy"} - {path.stem for path in SAMPLES.glob("*.py")}


class TestLog:
    def test_the_logs_keep_the_contract(self, sessions):
        """Known actions and roles, one session and agent per file, times with offset that never go back."""
        known = "session agent time action app screen element label role value state keys x y required note elements"
        for name, rows in sessions.items():
            assert known.split() == [column for column in rows[0] if column not in {"t", "name"}]
            assert {name} == {row["session"] for row in rows}
            assert len({row["agent"] for row in rows}) == 1
            assert all(datetime.fromisoformat(row["time"]).utcoffset() is not None for row in rows)
            assert [row["t"] for row in rows] == sorted(row["t"] for row in rows)
            assert {row["action"] for row in rows} <= set(ACTIONS)
            assert {row["role"] for row in rows if row["element"]} <= set(ROLES)

    def test_columns_are_used_where_they_mean_something(self, sessions):
        """Forms are announced by `screen` rows, notes stand on marks, keys and pixels are whole numbers."""
        for row in (row for rows in sessions.values() for row in rows):
            assert row["action"] == "screen" or not row["elements"]
            assert (row["action"] == "mark") == bool(row["note"])
            assert row["state"] in {"", "empty", "filled"}
            assert not (row["state"] and row["value"])
            assert re.fullmatch(r"\d*", row["keys"] + row["x"] + row["y"])
            assert not row["elements"] or all(isinstance(element, str) for element in json.loads(row["elements"]))

    def test_a_case_runs_from_the_queue_to_the_close_form(self, sessions, cases):
        """Every case begins at the queue's grid, shows its number, and ends with the one submit of the close form in it."""
        closed = [row for rows in sessions.values() for row in rows if row["action"] == "submit"]

        assert TRUTH["cases"] == len(cases) == sum(row["name"] == "Helpdesk.close_ticket" for row in closed)
        for rows in cases:
            assert rows[0]["name"] == "Helpdesk.ticket_list"
            assert (rows[-1]["action"], rows[-1]["name"]) == ("submit", "Helpdesk.close_ticket")
            assert len({row["value"] for row in rows if row["name"] == "Helpdesk.ticket_no"}) == 1

    def test_ticket_numbers_tell_cases_apart(self, cases):
        """No two cases show the same ticket number."""
        numbers = [row["value"] for rows in cases for row in rows if row["name"] == "Helpdesk.ticket_no"]

        assert len(set(numbers)) == len(numbers) == TRUTH["cases"]


class TestTruth:
    def test_counts_of_the_study(self, sessions, cases):
        """Sessions, rows and the mean length of a case are those of the logs."""
        events = sum(map(len, sessions.values()))

        assert TRUTH["agents"] == len(sessions)
        assert TRUTH["events"] == events
        assert TRUTH["events_in_no_case"] == events - sum(map(len, cases))
        assert TRUTH["case_seconds_mean"] == pytest.approx(sum(map(_wall_s, cases)) / len(cases), abs=0.01)

    def test_clipboard_pairs_are_the_chains_of_the_log(self, cases):
        """Every paste follows the copy it comes from; counted by field they are the truth, but for texts within one system."""
        chains = Counter()
        for rows in cases:
            clipboard = [row for row in rows if row["action"] in {"copy", "paste"}]
            pairs = zip(clipboard[::2], clipboard[1::2], strict=True)
            chains.update((copy["name"], paste["name"]) for copy, paste in pairs if copy["app"] != paste["app"])

        planted = [row for row in TRUTH["reentry"] if row["mode"] == "clipboard" and not row["via"]]
        assert {(_name(row["source"]), _name(row["target"])): row["occurrences"] for row in planted} == chains

    def test_typed_pairs_are_read_before_they_are_typed(self, cases):
        """In as many cases as the truth says, the target ends with the digits that were read in the source before."""
        for row in (row for row in TRUTH["reentry"] if row["mode"] == "typed"):
            found = 0
            for rows in cases:
                read, typed = (
                    {re.sub(r"\D", "", r["value"]): at for at, r in enumerate(rows) if (r["name"], r["action"]) == wanted}
                    for wanted in ((_name(row["source"]), "focus"), (_name(row["target"]), "change"))
                )
                found += any(read[digits] < typed[digits] for digits in read.keys() & typed.keys())
            assert row["cases"] == row["occurrences"] == found

    def test_the_workaround_is_its_two_legs(self):
        """The way through the note has as many cases as each of its legs."""
        (whole,) = [row for row in TRUTH["reentry"] if row["via"]]
        legs = [row for row in TRUTH["reentry"] if "Notes" in {row["source"]["app"], row["target"]["app"]}]

        assert TRUTH["workaround"]["cases"] == whole["cases"]
        assert [whole["cases"]] * 2 == [leg["cases"] for leg in legs]
        assert (whole["source"], whole["target"]) == (legs[0]["source"], legs[1]["target"])

    def test_defaults_are_nearly_always_the_same(self, cases):
        """Of the values a default field ends with, the commonest has the share the truth says, at least 85 %."""
        for default in TRUTH["defaults"]:
            ends = [
                [row["value"] for row in rows if row["name"] == _name(default) and row["action"] in {"change", "select"}] for rows in cases
            ]
            values = Counter(end[-1] for end in ends if end)
            assert default["cases"] == values.total()
            assert default["share"] == pytest.approx(values.most_common(1)[0][1] / values.total(), abs=1e-4)
            assert default["share"] >= 0.85

    def test_no_other_target_is_nearly_constant(self, cases):
        """No entered field but the two defaults has one value in 80 % of its entries."""
        values = defaultdict(Counter)
        for row in (row for rows in cases for row in rows if row["action"] in {"change", "select", "paste"}):
            values[row["name"]][row["value"]] += 1
        constant = {name for name, seen in values.items() if seen.most_common(1)[0][1] >= 0.8 * seen.total()}

        assert {_name(row) for row in TRUTH["defaults"]} == constant

    def test_bursts_are_counted(self, cases):
        """Three clicks and more on one button, a second apart at most, are the planted bursts and no others."""
        bursts, clicks = Counter(), Counter()
        for rows in cases:
            run = []
            for row in [*rows, None]:
                if row and row["action"] == "click" and (not run or _follows(run[-1], row)):
                    run.append(row)
                    continue
                if len(run) > 2:
                    bursts[run[0]["name"]] += 1
                    clicks[run[0]["name"]] += len(run)
                run = [row] if row and row["action"] == "click" else []

        planted = TRUTH["friction"]["repeat_click_bursts"]
        assert {_name(row): row["count"] for row in planted} == bursts
        assert {_name(row): row["clicks"] for row in planted} == clicks

    def test_fields_passed_over_and_never_touched(self, cases):
        """The planted fields are focused and left empty, or never seen to have the focus, in the cases the truth says."""
        friction = TRUTH["friction"]
        for row in friction["passed_over"]:
            shown = [rows for rows in cases if any(r["action"] == "screen" and r["screen"] == row["screen"] for r in rows)]
            seen = [{r["action"] for r in rows if r["name"] == _name(row)} for rows in shown]
            assert row["cases_shown"] == len(shown)
            assert row["count"] == sum(actions == {"focus"} for actions in seen) > 0.8 * len(shown)
        touched = {row["name"] for rows in cases for row in rows if row["element"]}
        assert set() == {_name(row) for row in friction["never_touched"]} & touched

    def test_corrections_are_second_values(self, cases):
        """Fields that get two values in a case are the planted corrections and the cut-down and joined pastes."""
        seconds = Counter()
        for rows in cases:
            entered = defaultdict(list)
            for row in rows:
                if row["action"] in {"change", "select", "paste"}:
                    entered[row["name"]].append(row["value"])
            seconds.update(name for name, values in entered.items() if len(set(values)) > 1)
        joined = {"Billing.postcode_city": next(row["cases"] for row in TRUTH["reentry"] if row["relation"] == "joined")}
        planted = [*TRUTH["friction"]["corrections"], *TRUTH["friction"]["trimmed_pastes"]]

        assert {_name(row): row["count"] for row in planted} | joined == seconds

    def test_marks_breaks_and_pauses(self, sessions, cases):
        """The marks are those planted; long gaps lie between cases but for the planted interruptions; each pause is resumed."""
        actions = Counter(row["action"] for rows in sessions.values() for row in rows)
        long_gaps = [a for rows in cases for a, b in pairwise(rows) if b["t"] - a["t"] > GAP_DROP_S]

        assert TRUTH["friction"]["marks"] == actions["mark"] > 1
        assert actions["pause"] == actions["resume"] == 2
        assert TRUTH["friction"]["interruptions_in_cases"] == len(long_gaps) > 0


def _follows(before, after):
    return before["name"] == after["name"] and before["screen"] == after["screen"] and after["t"] - before["t"] <= 1.0


class TestSavings:
    def test_complements_save_more_together(self):
        """Where a trip ends only when both fields come filled, the pair saves more than the two of them alone."""
        pairs = [row for row in TRUTH["sets"] if row["title"].startswith("complements")]

        assert len(pairs) == 2
        assert all(row["minutes_per_case"] > row["sum_of_parts"] + 0.003 for row in pairs)

    def test_parts_and_wholes_agree(self):
        """A sum of parts is the sum of the integrations alone; a link saves what the set of its targets does."""
        alone = {_name(row["targets"][0]): row["minutes_per_case"] for row in TRUTH["integrations"] if len(row["targets"]) == 1}
        by_targets = {frozenset(map(_name, row["targets"])): row["minutes_per_case"] for row in TRUTH["sets"]}

        for row in TRUTH["sets"]:
            assert row["sum_of_parts"] == pytest.approx(sum(alone[_name(target)] for target in row["targets"]), abs=1e-4)
        links = [row for row in TRUTH["integrations"] if row["kind"] == "link"]
        together = [by_targets.get(frozenset(map(_name, row["targets"]))) for row in links]
        assert [row["minutes_per_case"] for row, whole in zip(links, together, strict=True) if whole] == [w for w in together if w]

    def test_savings_stay_in_their_bounds(self):
        """Everything at once saves more than any one integration, and less than a case takes."""
        everything = max(row["minutes_per_case"] for row in TRUTH["sets"])

        assert all(0 < row["minutes_per_case"] < everything for row in TRUTH["integrations"])
        assert everything < TRUTH["case_seconds_mean"] / 60

    def test_every_target_has_its_integration(self):
        """One autofill for each target that was carried, with all its sources; one default for each default field."""
        carried = defaultdict(set)
        for row in (row for row in TRUTH["reentry"] if "Notes" not in {row["source"]["app"], row["target"]["app"]}):
            carried[_name(row["target"])].add(_name(row["source"]))
        autofills = [row for row in TRUTH["integrations"] if row["kind"] == "autofill"]
        defaults = [row for row in TRUTH["integrations"] if row["kind"] == "default"]

        assert carried == {_name(row["targets"][0]): set(map(_name, row["sources"])) for row in autofills}
        assert {_name(row) for row in TRUTH["defaults"]} == {_name(row["targets"][0]) for row in defaults}


class TestReplay:
    @pytest.fixture(name="replay")
    def _replay(self, generator):
        """Plans of one agent's first cases, and the function that works on them."""
        casework, plan, timing = map(generator, ("casework", "plan", "timing"))
        who = timing.agent(TRUTH["seed"], 3)
        return casework, [plan.plan(TRUTH["seed"], who, case) for case in range(40)]

    def test_the_same_case_twice_is_the_same(self, replay):
        """A case worked on again, nothing switched on, gives the same rows at the same times."""
        casework, plans = replay

        assert casework.work(plans[7]).rows == casework.work(plans[7]).rows

    def test_other_cases_are_left_alone(self, replay):
        """A case that never enters the field is not changed by its integration."""
        casework, plans = replay
        other = next(case for case in plans if "Billing.street" not in case.wanted)

        assert casework.work(other).rows == casework.work(other, {"Billing.street"}).rows

    def test_other_steps_draw_the_same(self, replay):
        """After the filled field nothing changes: the last form takes exactly as long with the integration as without."""
        casework, plans = replay
        case = next(case for case in plans if "Billing.street" in case.wanted)
        ends = [
            [(row.action, row.field, row.detail, row.t - desk.rows[-1].t) for row in desk.rows if row.screen.endswith("/close")]
            for desk in (casework.work(case), casework.work(case, {"Billing.street"}))
        ]

        assert [row[:3] for row in ends[0]] == [row[:3] for row in ends[1]]
        assert [row[3] for row in ends[0]] == pytest.approx([row[3] for row in ends[1]], abs=1e-6)

    def test_a_trip_ends_when_its_last_reason_is_gone(self, replay):
        """One filled field of two leaves the visit to the invoice as it is; both together end it, search and all."""
        casework, plans = replay
        both = ("Helpdesk.invoice_ref", "Helpdesk.refund_amount")
        case = next(
            case
            for case in plans
            if case.wanted.issuperset(both)
            and "Billing look-up" not in case.wanted
            and not casework.standing(case, both)[0].intersection(both)
        )

        def searches(on):
            return sum(row.app == "Billing" and row.action == "change" for row in casework.work(case, on).rows)

        assert [1, 1, 1, 0] == [min(searches(on), 1) for on in ((), both[:1], both[1:], both)]

    def test_the_note_goes_with_the_field_it_serves(self, replay):
        """With the account reference filled, nothing is copied into the note, nor out of it."""
        casework, plans = replay
        field = {"Billing.account_ref"}
        case = next(case for case in plans if field <= case.wanted and not casework.standing(case, field)[0].intersection(field))

        assert "Notes" in {row.app for row in casework.work(case).rows}
        assert "Notes" not in {row.app for row in casework.work(case, field).rows}

    def test_a_wrong_default_changes_nothing(self, replay):
        """Where the default is not what the agent wants, the field is entered as before."""
        casework, plans = replay
        wrong = next(case for case in plans if case.values["Helpdesk.team_code"] != "KS-2")

        assert casework.work(wrong).rows == casework.work(wrong, {"Helpdesk.team_code"}).rows
