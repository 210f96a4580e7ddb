"""What is entered twice: clipboard chains and typed values on literal logs, and chance against a slow oracle on seeded ones."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import polars as pl
import pytest

from analysis.first_pass import first_pass
from analysis.loading import LoadedStudy
from analysis.reentry import Reentry, find_reentry
from analysis.typed_reentry import judged_pairs
from tests.analysis.studies import Row, act, carried, import_study, named_field, typed, write_log

StudyOf = Callable[..., LoadedStudy]
Verdicts = dict[tuple[str, str], dict[str, Any]]

NAMES = ["bilogu", "caruve", "dofimi", "gasetu", "hupalo", "jimeko", "kotari", "luvoni", "mepusa", "nirode", "pulime", "rosavi"]


def pairs_of(loaded: LoadedStudy, found: Reentry | None = None) -> Verdicts:
    """The pairs of a study by the names of their fields."""
    rows = (found or find_reentry(loaded)).pairs.to_dicts()
    return {(named_field(loaded, row["source_field"]), named_field(loaded, row["target_field"])): row for row in rows}


def accepted(pairs: Verdicts) -> set[tuple[str, str]]:
    """Names of the pairs that are accepted."""
    return {pair for pair, row in pairs.items() if row["accepted"]}


def clipboard_case(n: int) -> list[Row]:
    """One case of a minute with every kind of clipboard chain; the last one, of eight, has none."""
    start, name, known = n * 200, NAMES[n], {"case": str(n)}
    if n == 7:
        return [act(start, "click", "CRM:/card:name", **known)]
    rows = [
        *carried(start, "CRM:/card:name", "Billing:/note:payer", name, **known),
        *carried(start + 10, "CRM:/card:phone", "CRM:/card:mobile", f"2012{n}456", **known),
        *carried(start + 20, "(unknown)", "Billing:/note:memo", f"memo {name}", **known),
        *carried(start + 30, "CRM:/card:secret", "Billing:/note:pin", "", role="password", **known),
        act(start + 40, "copy", "CRM:/card:city", f"town {name}", **known),
        act(start + 41, "copy", "Billing:/note:empty", **known),
        *carried(start + 42, "CRM:/card:city", "Billing:/note:town", f"town {name}", **known)[1:],
    ]
    return rows + carried(start + 50, "CRM:/card:street", "Billing:/note:payer2", "1 Way", **known) if n == 3 else rows


@pytest.fixture(name="clipboard", scope="module")
def _clipboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadedStudy, Verdicts]]:
    folder = tmp_path_factory.mktemp("clipboard")
    rows = [row for n in range(8) for row in clipboard_case(n)]
    loaded = import_study(folder / "study", [write_log(folder / "log.csv", rows)])
    yield loaded, pairs_of(loaded)
    loaded.close()


class TestClipboard:
    def test_what_is_accepted(self, clipboard: tuple[LoadedStudy, Verdicts]) -> None:
        """Chains across systems and from an unknown origin are re-entry; one within a system is not, nor one seen once."""
        expected = {
            ("CRM:/card:name", "Billing:/note:payer"), ("(unknown)", "Billing:/note:memo"),
            ("CRM:/card:secret", "Billing:/note:pin"), ("CRM:/card:city", "Billing:/note:town"),
        }  # fmt: skip

        assert expected == accepted(clipboard[1])

    def test_a_slip_is_possible(self, clipboard: tuple[LoadedStudy, Verdicts]) -> None:
        """A chain seen in one case is listed among the doubtful pairs."""
        slip = clipboard[1]["CRM:/card:street", "Billing:/note:payer2"]

        assert (False, 1, 1) == (slip["accepted"], slip["cases"], slip["occurrences"])

    def test_a_copy_of_nothing_is_no_copy(self, clipboard: tuple[LoadedStudy, Verdicts]) -> None:
        """What an empty field's copy did not put on the clipboard is pasted from where it was; a password's copy counts unseen."""
        town, pin = clipboard[1]["CRM:/card:city", "Billing:/note:town"], clipboard[1]["CRM:/card:secret", "Billing:/note:pin"]

        assert (7, 6, "same") == (town["occurrences"], town["seconds_per_occurrence"], town["relation"])
        assert (7, None) == (pin["occurrences"], pin["relation"])

    def test_seconds_are_over_all_cases(self, clipboard: tuple[LoadedStudy, Verdicts]) -> None:
        """Seven chains of 4 s in eight cases: 4 s each, 3.5 s a case, in 7/8 of the cases; a chain is seen, not inferred."""
        row = clipboard[1]["CRM:/card:name", "Billing:/note:payer"]

        assert (7, 7, 7 / 8, 4, 3.5, "clipboard", "same") == tuple(
            row[name] for name in ("cases", "occurrences", "case_share", "seconds_per_occurrence", "seconds_per_case", "mode", "relation")
        )
        assert [None, None, None] == [row[name] for name in ("chance_rate", "effect", "q_value")]

    def test_order(self, clipboard: tuple[LoadedStudy, Verdicts]) -> None:
        """Accepted pairs come first, the most seconds per case before the others."""
        rows = [(not row["accepted"], -row["seconds_per_case"]) for row in clipboard[1].values()]

        assert sorted(rows) == rows

    def test_logs_that_carry_no_values(self, study_of: StudyOf) -> None:
        """Where no copy has a mark every copy counts: the chain alone is the evidence. Of two cases both must show it."""
        rows = [row | {"value": None} for n in range(2) for row in carried(n * 60, "CRM:/card:name", "ERP:/form:name", "", case=str(n))]

        assert {("CRM:/card:name", "ERP:/form:name")} == accepted(pairs_of(study_of(rows)))


def typed_case(n: int) -> list[Row]:
    """
    One case of typing: an order number seen in two systems, a name typed from two fields, and what is equal by chance.

    `Late` shows the order number only after it was typed; country and team are the same everywhere; the customer's shirt size varies
    little.
    """
    known, at, order, size = {"case": str(n)}, n * 300, f"ord{7000 + 13 * n}", ["small", "large"][n % 2]
    first, last = NAMES[n], NAMES[(n * 5 + 3) % 12] + "sen"
    entries = [("country", "Denmark"), ("team", "backoffice"), ("size", size)]
    return [
        act(at, "click", "Desk:/ticket:order", order, **known),
        act(at + 2, "click", "CRM:/card:order", order, **known),
        *(act(at + 3 + i, "click", f"CRM:/card:{name}", value, **known) for i, (name, value) in enumerate(entries)),
        *typed(at + 10, "CRM:/card:order", "ERP:/form:order", order, **known),
        *(act(at + 20 + i, "change", f"ERP:/form:{name}", value, **known) for i, (name, value) in enumerate(entries)),
        act(at + 30, "click", "CRM:/card:first", first, **known),
        act(at + 32, "click", "CRM:/card:last", last, **known),
        act(at + 34, "click", "ERP:/form:name", **known),
        act(at + 38, "change", "ERP:/form:name", f"{first} {last}", **known),
        act(at + 50, "click", "Late:/log:order", order, **known),
    ]


@pytest.fixture(name="typing", scope="module")
def _typing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LoadedStudy, Reentry, Verdicts]]:
    folder = tmp_path_factory.mktemp("typing")
    loaded = import_study(folder / "study", [write_log(folder / "log.csv", [row for n in range(12) for row in typed_case(n)])])
    found = find_reentry(loaded)
    yield loaded, found, pairs_of(loaded, found)
    loaded.close()


class TestTyped:
    def test_what_is_accepted(self, typing: tuple[LoadedStudy, Reentry, Verdicts]) -> None:
        """
        Rare values typed again are pairs; a constant, a value of two, and what was shown only afterwards are none.

        Of the two systems that show the order number the one that is read first is its source.
        """
        expected = {
            ("Desk:/ticket:order", "ERP:/form:order"),
            ("CRM:/card:first", "ERP:/form:name"),
            ("CRM:/card:last", "ERP:/form:name"),
        }

        assert expected == set(typing[2])
        assert expected == accepted(typing[2])

    def test_an_occurrence_is_counted_once(self, typing: tuple[LoadedStudy, Reentry, Verdicts]) -> None:
        """Each edit has shares that sum to one: two sources of a joined value share its time."""
        shares = typing[1].occurrences.group_by("session", "target_seq").agg(pl.col("share").sum(), n=pl.len())

        assert {1.0} == set(shares["share"])
        assert [1] * 12 + [2] * 12 == sorted(shares["n"])

    def test_times(self, typing: tuple[LoadedStudy, Reentry, Verdicts]) -> None:
        """A time runs from the last reading of the source, or the edit before it if that is later; sources of a joined value share theirs."""
        order, first, last = (
            typing[2][pair] for pair in (
                ("Desk:/ticket:order", "ERP:/form:order"), ("CRM:/card:first", "ERP:/form:name"), ("CRM:/card:last", "ERP:/form:name"))
        )  # fmt: skip

        assert (14, 14, "same") == (order["seconds_per_occurrence"], order["seconds_per_case"], order["relation"])
        assert (8, 4, "joined") == (first["seconds_per_occurrence"], first["seconds_per_case"], first["relation"])
        assert (6, 3) == (last["seconds_per_occurrence"], last["seconds_per_case"])

    def test_small_sessions(self, study_of: StudyOf) -> None:
        """
        In sessions under five cases a value counts if no other case of it has it.

        Three sessions of two cases make six cases with both; the word that both cases of a session share makes no pair.
        """
        rows = [
            row
            for n in range(6)
            for source, target, value in [
                ("CRM:/card:name", "ERP:/form:name", NAMES[n]),
                ("CRM:/card:town", "ERP:/form:town", NAMES[6 + n // 2]),
            ]
            for row in typed((n % 2) * 300 + 30 * (target[-4:] == "town"), source, target, value, session=str(n // 2), case=str(n))
        ]

        assert {("CRM:/card:name", "ERP:/form:name")} == accepted(pairs_of(study_of(rows)))

    def test_edits_that_end_a_chain_are_not_typed(self, study_of: StudyOf) -> None:
        """A value carried by the clipboard is no typed occurrence, too."""
        rows = [row for n in range(8) for row in carried(n * 60, "CRM:/card:name", "ERP:/form:name", NAMES[n], case=str(n))]

        assert ["clipboard"] * 8 == find_reentry(study_of(rows)).occurrences["mode"].to_list()


def random_rows(rng: random.Random) -> list[Row]:
    """Two sessions of cases in which three fields of one system are read and three of another typed, often of the same few values."""
    rows = []
    for session, n_cases in (("one", 14), ("two", 9)):
        for case in range(n_cases):
            at, known = case * 100, {"session": session, "case": str(case)}
            shown = {f"s{i}": rng.choice(NAMES) + rng.choice(("", "ne", "ta")) for i in range(3)}
            for i, value in enumerate(shown.values()):
                if rng.random() < 0.9:
                    rows.append(act(at + i, "click", f"CRM:/card:s{i}", value, **known))
            for i in range(3):
                value = shown[f"s{i}"] if rng.random() < 0.5 + 0.2 * i else rng.choice(NAMES)
                if rng.random() < 0.9:
                    rows.append(act(at + rng.choice((-0.5, *[10] * 9)) + i / 10 + 1, "change", f"ERP:/form:d{i}", value, **known))
    return sorted(rows, key=lambda row: (row["session"], row["time"]))


def verdicts(rows: list[Row]) -> dict[tuple[str, str], tuple[int, float, float, float, bool]]:
    """Slow oracle: matching cases, chance rate, effect, q-value and verdict of the pairs that are accepted or possible."""
    tested = {}
    for source, target in product([f"s{i}" for i in range(3)], [f"d{i}" for i in range(3)]):
        n = k = before = 0
        weighted = 0.0
        for session in ("one", "two"):
            mine = [row for row in rows if row["session"] == session]
            n_cases = len({row["case"] for row in mine})
            spread = {value: len({row["case"] for row in mine if row["value"] == value}) for value in {row["value"] for row in mine}}
            rare = [row for row in mine if spread[row["value"]] <= max(1, 0.2 * n_cases)]
            place = {(row["case"], row["element"]): (row["value"], row["time"]) for row in rare}
            both = sorted(case for case, element in place if element == source and (case, target) in place)
            match = [case for case in both if place[case, source][0] == place[case, target][0]]
            hits = sum(place[i, source][0] == place[j, target][0] for i in both for j in both if i != j)
            n, k = n + len(both), k + len(match)
            before += sum(place[case, source][1] < place[case, target][1] for case in match)
            weighted += len(both) * hits / max(1, len(both) * (len(both) - 1))
        if n:
            rate = max(weighted / n, 1 / (n + 1))
            p = sum(math.comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(k, n + 1))
            tested[source, target] = (n, k, before, weighted / n, p)
    by_p = sorted(tested, key=lambda pair: tested[pair][4], reverse=True)
    found, q = {}, 1.0
    for place_from_last, pair in enumerate(by_p):
        n, k, before, chance, p = tested[pair]
        q = min(q, p * len(by_p) / (len(by_p) - place_from_last))
        forward = before >= 0.8 * k
        is_accepted = forward and q <= 0.05 and n >= 5 and k / n - chance >= 0.2
        if is_accepted or (forward and k > 1 and q <= 0.05):
            found[pair] = (k, pytest.approx(chance), pytest.approx(k / n - chance), pytest.approx(q), is_accepted)
    return found


@pytest.mark.parametrize("seed", range(4))
def test_chance_effect_and_q_values(study_of: StudyOf, seed: int) -> None:
    """On seeded logs chance rate, effect and q-value are those of brute-force permutation, a summed binomial tail and BH by hand."""
    rows = random_rows(random.Random(seed))

    loaded = study_of(rows)
    expected = verdicts(rows)

    found = {
        (named_field(loaded, row["source_field"])[-2:], named_field(loaded, row["target_field"])[-2:]): (
            row["n_matching"], row["chance_rate"], row["effect"], row["q_value"], row["accepted"],
        )
        for row in judged_pairs(first_pass(loaded).pairs.total(), loaded.thresholds).to_dicts()
    }  # fmt: skip
    assert expected == found
