"""The tables of a study are plain, flat frames that say what the JSON documents say."""

import polars as pl
import pytest

import shadow
from analysis.loading import load_study
from analysis.results import rank_document
from shadow.notebook import frames
from shadow.study import open_study

FLAT = (pl.String, pl.Int64, pl.Float64, pl.Boolean)

TABLES = {
    "friction by screen": lambda study: study.friction(),
    "friction by field": lambda study: study.friction(by="field"),
    "friction by app": lambda study: study.friction(by="app"),
    "reentry": lambda study: study.reentry(),
    "possible reentry": lambda study: study.reentry(possible=True),
    "cases": lambda study: study.cases(),
    "rank": lambda study: study.rank(),
    "transitions": lambda study: study.transitions(),
    "gaps": lambda study: study.gaps(),
    "assumptions": lambda study: study.assumptions(),
    "views": lambda study: study.views(),
}


@pytest.mark.parametrize("ask", TABLES.values(), ids=list(TABLES))
def test_table_is_a_flat_frame(study, ask):
    """Every table is a polars frame with rows, of numbers, texts and truths, and of no agent."""
    table = ask(study)

    assert type(table) is pl.DataFrame
    assert table.height
    assert set() == set(table.dtypes) - set(FLAT)
    assert [] == [name for name in table.columns if name in {"agent", "agent_id", "pseudonym"}]


def test_ranking_says_what_the_document_says(study, folder):
    """Minutes, intervals and names of the frame are those of `shadow rank --json`."""
    rows = rank_document(load_study(open_study(folder / "study")))["rows"]
    rank = study.rank()

    assert [row["title"] for row in rows] == rank["title"].to_list()
    assert [row["minutes_per_case"] for row in rows] == rank["minutes_per_case"].to_list()
    assert [(row["ci90"] or [None, None])[1] for row in rows] == rank["ci90_high"].to_list()
    assert rank["source_fields"][0].split(", ") == [field["label"] or field["field"] for field in rows[0]["sources"]]


def test_frame_without_rows_has_its_columns():
    """Where nothing was found, the columns are there to be asked."""
    for schema in (*frames.FRICTION.values(), frames.CASES, frames.TRANSITIONS):
        assert dict(frames.flat_frame([], schema).schema) == schema
    assert list(frames.RANK) == frames.rank_frame([]).columns
    assert "accepted" in frames.reentry_frame([], possible=True).columns


def test_friction_by_something_else_is_refused(study):
    """What friction is not known by is named, with what it is known by."""
    with pytest.raises(shadow.ShadowError, match="friction is not known by 'agent'; choose one of screen, field, app"):
        study.friction(by="agent")


def test_case_that_is_not_there_is_refused(study):
    """A case nobody has says so."""
    with pytest.raises(shadow.ShadowError, match="there is no case 999 in session 's001'"):
        study.case("s001", 999)


def test_stays_of_a_case_fill_it(study):
    """The stays of a case follow each other without a hole and last as long as the case."""
    case = study.case("s002", 7)
    ends, starts = case.stays["end_s"].to_list(), case.stays["start_s"].to_list()

    assert case.seconds == pytest.approx(ends[-1])
    assert starts[1:] == pytest.approx(ends[:-1])
    assert case.seconds == study.cases().filter(session="s002", case=7)["seconds"].item()


def test_what_is_no_study_is_refused(tmp_path):
    """A folder that is no study, and a study without sessions, each say what to do."""
    with pytest.raises(shadow.ShadowError, match=r"has no study\.toml; make a study with: shadow init"):
        shadow.open(tmp_path)
    (tmp_path / "study.toml").touch()
    with pytest.raises(shadow.ShadowError, match="has no sessions; bring logs in"):
        shadow.open(tmp_path)


def test_second_opening_answers_from_the_cache(folder, monkeypatch):
    """Once ranked, a study is not ranked again by the next Python that opens it."""
    with shadow.open(folder / "study") as study:
        expected = study.rank()
    monkeypatch.setattr("analysis.ranking.rank_integrations", None)

    with shadow.open(folder / "study") as again:
        assert expected.equals(again.rank())


def test_face_of_the_package():
    """`shadow` names what people use, and each name is there."""
    assert ["Case", "Report", "ShadowError", "Study", "open"] == shadow.__all__
    assert all(getattr(shadow, name) for name in shadow.__all__)
    assert set(shadow.__all__) <= set(dir(shadow))
