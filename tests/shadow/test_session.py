"""A session is held against its header: what was changed behind the program's back is noticed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import polars as pl
import pytest

from shadow.errors import StudyError
from shadow.session import refuse_broken, session_facts
from shadow.store import part_path
from shadow.study import Study
from tests.shadow.small_logs import imported, ui_log

LOG = ui_log(
    '1,anna,10,screen,CRM,,"[""name""]",',
    "1,anna,20,focus,CRM,Hansen,,",
    "1,anna,40,mark,CRM,,,again",
    "2,bo,10,focus,CRM,Jensen,,",
    "2,bo,30,blur,CRM,Jensen,,",
    more="value,elements,note",
)


@pytest.fixture(name="study")
def _study(tmp_path: Path) -> Study:
    """A study of two sessions that has a row in every table."""
    return imported(tmp_path, LOG)


def refused(study: Study) -> str:
    """What the check says of a study."""
    with pytest.raises(StudyError) as caught:
        refuse_broken(study.catalogue, study.store)
    return caught.value.reason


def tamper(study: Study, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Write a part again with changed rows."""
    path = part_path(study.store, table, 1)
    change(pl.read_parquet(path)).write_parquet(path)


def test_whole(study: Study) -> None:
    """What an import wrote passes, and what its rows say is what the headers say."""
    refuse_broken(study.catalogue, study.store)
    facts = {"first_seq": 0, "unbroken": True, "known_actions": True}

    assert {
        1: {"n_events": 3, "last_seq": 2, "last_t_ms": 40, **facts},
        2: {"n_events": 2, "last_seq": 1, "last_t_ms": 30, **facts},
    } == session_facts(study.store, 1)
    assert [("imported", 1, 0, 2, 40), ("imported", 0, 0, 1, 30)] == [
        (header.consent, header.n_notes, header.first_seq, header.last_seq, header.last_t_ms) for header in study.catalogue.sessions
    ]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"n_events": 3}, "number of events"),
        ({"n_tokens": 9}, "number of tokens"),
        ({"n_forms": 1}, "number of forms"),
        ({"n_notes": 1}, "number of notes"),
        ({"last_t_ms": 40}, "length"),
        ({"schema_version": 2}, "schema version"),
        ({"session": 7}, "number of events"),
    ],
)
def test_changed_header(study: Study, change: dict[str, int], what: str) -> None:
    """A header that says something else than the rows names its session and what differs."""
    study.catalogue.sessions[1] = msgspec.structs.replace(study.catalogue.sessions[1], **change)

    assert f"session s002 is damaged ({what})" == refused(study)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda rows: rows.filter(pl.col("seq") != 1), "number of events"),
        (lambda rows: rows.with_columns(seq=pl.col("seq") + 1), "first seq"),
        (lambda rows: rows.with_columns(seq=pl.col("seq") * 2), "last seq"),
        (lambda rows: rows.with_columns(seq=pl.col("seq").replace(1, 0)), "unbroken order"),
        (lambda rows: rows.with_columns(t_ms=pl.col("t_ms").replace(20, 50)), "unbroken order"),
        (lambda rows: rows.with_columns(t_ms=pl.col("t_ms").replace(10, -10)), "unbroken order"),
        (lambda rows: rows.with_columns(action=pl.lit(99, dtype=pl.UInt8)), "known actions"),
    ],
)
def test_changed_rows(study: Study, change: Callable[[pl.DataFrame], pl.DataFrame], what: str) -> None:
    """Rows that are gone, renumbered, doubled, out of time or unknown are noticed."""
    tamper(study, "events", change)

    assert f"session s001 is damaged ({what})" == refused(study)


@pytest.mark.parametrize("table", ["tokens", "forms", "notes"])
def test_missing_side_table(study: Study, table: str) -> None:
    """A side table whose file is gone counts as empty, which is not what the header says."""
    part_path(study.store, table, 1).unlink()

    assert f"session s001 is damaged (number of {table})" == refused(study)


def test_missing_events(study: Study) -> None:
    """A part whose events are gone is named by its file."""
    part_path(study.store, "events", 1).unlink()

    assert "store/events-0001.parquet is missing" == refused(study)


@pytest.mark.parametrize("table", ["events", "tokens"])
@pytest.mark.parametrize("kept", [0, 3, -20])
def test_cut_off(study: Study, table: str, kept: int) -> None:
    """A file that is no whole Parquet file is named."""
    path = part_path(study.store, table, 1)
    path.write_bytes(path.read_bytes()[:kept])

    assert f"store/{table}-0001.parquet is damaged" == refused(study)


def test_only_some_parts(study: Study) -> None:
    """Parts that are not asked about are not read."""
    part_path(study.store, "events", 1).unlink()
    refuse_broken(study.catalogue, study.store, [])
