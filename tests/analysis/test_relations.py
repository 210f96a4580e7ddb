"""What became of a value on its way: literal pairs through a real import, and the rules on tokens alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from analysis.loading import LoadedStudy
from analysis.reentry import find_reentry
from analysis.relations import RELATIONS, relations_of
from tests.analysis.kernel_rows import block_of_log
from tests.analysis.studies import carried, import_study, write_log
from tests.analysis.test_concepts import event, log_of

PAIRS = [
    ("jdoe@example.com", "jdoe@example.com", "same"),
    ("  Doe ", "Doe", "same"),
    ("Doe", "Doe\t", "same"),
    ("122 Albert St, Port Melbourne", "Port Melbourne", "part"),
    ("+61 039 689 9324", "039-689-9324", "part"),
    ("VIC 3207", "3207", "part"),
    ("Doe", "John Doe", "joined"),
    ("8000", "8000 Aarhus", "joined"),
    ("11/03/1986", "11-03-1986", "reformatted"),
    ("2024-11-30", "30.11.2024", "reformatted"),
    ("30 November 2024", "2024-11-30", "reformatted"),
    ("1.200,00", "1200", "reformatted"),
    ("1.234,56", "1234.56", "reformatted"),
    ("+45 20 12 34 56", "20123456", "reformatted"),
    ("JOHN DOE", "John Doe", "reformatted"),
    ("alpha", "omega", None),
]


@pytest.fixture(name="relations", scope="module")
def _relations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, str | None]]:
    """The relation that was found of each pair; each is carried over in a case of its own, into a field of its own."""
    folder = tmp_path_factory.mktemp("relations")
    rows = [
        row
        for n, (source, target, _) in enumerate(PAIRS)
        for row in carried(n * 60, "CRM:/card:shown", f"Billing:/note:{n}", source, target, case=str(n))
    ]
    loaded: LoadedStudy = import_study(folder / "study", [write_log(folder / "log.csv", rows)])
    found = find_reentry(loaded).occurrences
    yield {int(str(loaded.field(field)["field"])): relation for field, relation in found.select("target_field", "relation").iter_rows()}
    loaded.close()


@pytest.mark.parametrize("n", range(len(PAIRS)), ids=[f"{source!r} to {target!r}" for source, target, _ in PAIRS])
def test_literal_pairs(relations: dict[int, str | None], n: int) -> None:
    """A value carried over has the relation that a person would give it."""
    assert PAIRS[n][2] == relations[n]


def related(source: dict[str, Any], target: dict[str, Any]) -> str | None:
    """The relation of two events by their mark, words and wholes."""
    sides = [source, target]
    log = log_of(*(event(seq, "change", 111, mark=side.get("mark")) for seq, side in enumerate(sides)))
    log.tokens = [
        (log.events[0]["session"], seq, token, whole)
        for seq, side in enumerate(sides)
        for name, whole in (("words", False), ("wholes", True))
        for token in side.get(name, ())
    ]
    (code,) = relations_of(block_of_log(log), np.array([0]), np.array([1]))
    return None if code < 0 else RELATIONS[code]


class TestRules:
    def test_equal_marks_need_no_tokens(self) -> None:
        """The exact value is the same, even one too common to have tokens."""
        assert "same" == related({"mark": 4}, {"mark": 4})

    def test_nothing_known(self) -> None:
        """Values without marks and tokens have no relation that anybody could tell."""
        assert related({}, {}) is None

    @pytest.mark.parametrize(
        ("source", "target", "relation"),
        [((1, 2), (2, 3), "joined"), ((1, 2, 3), (2, 4), "part"), ((1, 2), (3, 4), None)],
    )
    def test_overlap(self, source: tuple[int, ...], target: tuple[int, ...], relation: str | None) -> None:
        """Values that share some words: the longer one was joined from, or is a part of, the other."""
        assert relation == related({"mark": 1, "words": source}, {"mark": 2, "words": target})

    def test_an_equal_whole_is_the_same_thing_written_differently(self) -> None:
        """Where no word is shared but a normal form of the whole is, the value was reformatted."""
        assert "reformatted" == related({"mark": 1, "words": [1], "wholes": [9]}, {"mark": 2, "words": [2], "wholes": [9]})
