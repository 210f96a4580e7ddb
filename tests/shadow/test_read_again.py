"""A log is read once; where a later row changes what earlier ones mean, it is read again and the rows are what they would have been."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadow.interop import csv_blocks, encoding, importing
from shadow.interop.importing import import_logs
from shadow.study import Study, open_study
from tests.shadow.small_logs import all_rows, events, imported, ui_log, written

AGAIN = "again: what stands further down in it changes what earlier rows mean"


def in_small_blocks(folder: Path, log: str, patch: pytest.MonkeyPatch) -> tuple[Study, list[str]]:
    """A study with this log in it, read a row or two at a time, and what was said meanwhile."""
    said: list[str] = []
    with patch.context() as small:
        small.setattr(csv_blocks, "BLOCK_BYTES", 80)
        import_logs([written(folder, log)], folder / "study", progress=said.append)
    return open_study(folder / "study"), said


def test_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of which each row stands for itself is read once, however many blocks it has."""
    log = ui_log(*(f"s{n // 10},a,{n},change,CRM,f{n % 3},Hansen {n}" for n in range(40)), more="element,value")
    _, said = in_small_blocks(tmp_path, log, monkeypatch)

    assert [f"reading {tmp_path / 'log.csv'}"] == said


@pytest.mark.parametrize("element", ["secret", ""])
def test_late_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, element: str) -> None:
    """A field that is called a password only at the end of a log has no mark and no token in any row, nor has a nameless one of its screen."""
    rows = [f"s,a,{n},change,CRM,login,{('name', element)[n % 2]},Hansen {n},entry" for n in range(20)]
    log = ui_log(*rows, f"s,a,99,focus,CRM,login,{element},,password", more="screen,element,value,role")
    study, said = in_small_blocks(tmp_path, log, monkeypatch)

    assert [mark for n in range(10) for mark in (n + 1, None)] == [mark for (mark,) in events(study, "mark")][:20]
    assert {n for n in range(20) if n % 2 == 0} == set(study.scan("tokens").collect()["seq"])
    # How many rows are read so far is said every two seconds, which a busy machine may need.
    assert [AGAIN] == [line.removeprefix(f"reading {tmp_path / 'log.csv'} ") for line in said[1:] if not line.endswith(" rows read")]


def test_late_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An action that shows a value only at the end of a log tells of an empty field in the rows before."""
    log = ui_log(
        *(f"s,a,{n},{action},CRM,f," for n, action in enumerate(["focus", "blur", "paste"] * 6)),
        "s,a,90,focus,CRM,f,Hansen", "s,a,91,blur,CRM,f,", "s,a,92,paste,CRM,f,Hansen", more="element,value",
    )  # fmt: skip
    study, said = in_small_blocks(tmp_path, log, monkeypatch)

    assert [(False,), (None,), (False,)] * 6 + [(True,), (None,), (True,)] == events(study, "filled")
    assert said[1].endswith(AGAIN)


def test_session_that_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that goes on after it seemed to be over still knows its values."""
    monkeypatch.setattr(encoding, "OVER_AFTER_ROWS", 5)
    others = (f"other,b,{n},change,CRM,f,Jensen {n % 3}" for n in range(20))
    log = ui_log("s,a,1,change,CRM,f,Hansen", *others, "s,a,2,change,Mail,g,Hansen", more="element,value")
    study, said = in_small_blocks(tmp_path, log, monkeypatch)

    assert [(1, 1), (1, 1)] == events(study, "session", "mark")[:2]
    assert all_rows(imported(tmp_path, log)) == all_rows(study)
    assert said[1].endswith(AGAIN)


def test_progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An import that takes long says how many rows it has read."""
    monkeypatch.setattr(importing, "SAY_EVERY_S", 0)
    log = ui_log(*(f"s,a,{n},change,CRM,f,Hansen {n}" for n in range(12)), more="element,value")
    _, said = in_small_blocks(tmp_path, log, monkeypatch)

    assert f"{tmp_path / 'log.csv'}: 12 rows read; putting them in order" == said[-1]
    assert len(said) > 4
