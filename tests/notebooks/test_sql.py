"""Asking a study in SQL: what the views hold, and what no query can do."""

from __future__ import annotations

import datetime as dt

import duckdb
import polars as pl
import pytest

import shadow
from shadow.notebook.database import VIEWS, QueryRefusedError, view_descriptions

# What each would do if it were let: write, or reach something that is no view.
REFUSED = {
    "INSERT INTO codes.apps VALUES (9, 'x')": "only reads, and this is INSERT",
    "UPDATE codes.apps SET name = 'x'": "only reads, and this is UPDATE",
    "DELETE FROM codes.events": "only reads, and this is DELETE",
    "WITH a AS (SELECT 1) DELETE FROM codes.events": "only reads, and this is DELETE",
    "CREATE TABLE x AS SELECT 1": "only reads, and this is CREATE",
    "DROP VIEW events": "only reads, and this is DROP",
    "COPY cases TO 'out.csv'": "only reads, and this is COPY",
    "EXPORT DATABASE 'out'": "only reads, and this is EXPORT",
    "ATTACH 'other.db'": "only reads, and this is ATTACH",
    "INSTALL httpfs": "only reads, and this is LOAD",
    "LOAD httpfs": "only reads, and this is LOAD",
    "SET enable_external_access = true": "only reads, and this is SET",
    "PRAGMA enable_profiling": "only reads, and this is PRAGMA",
    "PREPARE x AS SELECT 1": "only reads, and this is PREPARE",
    "COMMIT": "only reads, and this is TRANSACTION",
    "SELECT 1; DELETE FROM codes.events": "one statement, and this is 2",
    "": "one statement, and this is 0",
    "SELECT * FROM read_csv('/etc/passwd')": "opens no file",
    "SELECT * FROM read_text('/etc/passwd')": "opens no file",
    "SELECT * FROM read_parquet('store/events-0001.parquet')": "opens no file",
    "SELECT * FROM read_json('https://example.org/a.json')": "no address",
    "SELECT * FROM glob('/etc/*')": "opens no file",
    "SELECT * FROM '/etc/passwd'": "does not exist",
    "SELECT * FROM query('DELETE FROM codes.events')": "refused",
    "SELECT * FROM frame": "does not exist",
    "SELECT * FROM tokens": "does not exist",
    "SELECT * FROM agents": "does not exist",
    "SELECT agent FROM events": '"agent" not found',
    "SELECT ?": "parameters have names",
    "SELECT $app": "parameters are app, and given are none",
    "SELEC 1": "syntax error",
}


@pytest.mark.parametrize(("query", "reason"), REFUSED.items(), ids=list(REFUSED))
def test_query_is_refused_in_one_line(study, query, reason, tmp_path, monkeypatch):
    """Whatever does more than read the views is refused, says why in one line, and leaves nothing behind."""
    monkeypatch.chdir(tmp_path)
    frame = pl.DataFrame({"a": [1]})
    before = study.sql("SELECT count(*) AS n FROM events")["n"].item()

    with pytest.raises(QueryRefusedError) as refusal:
        study.sql(query)

    assert reason in str(refusal.value)
    assert 1 == len(str(refusal.value).splitlines())
    assert [] == list(tmp_path.iterdir())
    assert before == study.sql("SELECT count(*) AS n FROM events")["n"].item()
    assert 1 == frame.height


def test_refusal_is_an_error_of_the_toolkit():
    """Whoever catches what the toolkit raises catches this, too."""
    assert issubclass(QueryRefusedError, shadow.ShadowError)


@pytest.mark.parametrize("name", VIEWS)
def test_view_is_as_its_header_says(study, name):
    """Every view can be read, has rows in the sample study, and every column it has is named in its header; none of them is an agent."""
    rows, described = study.sql(f"SELECT * FROM {name} LIMIT 5"), view_descriptions()[name].columns  # noqa: S608

    assert rows.height
    assert [] == [column for column in rows.columns if column not in described]
    assert [] == [column for column in rows.columns if "agent" in column]


def test_nothing_that_can_be_reached_knows_an_agent_or_a_day(study):
    """In the whole database of the views no column says whose a session is, when it was, or from which file it came."""
    for name in VIEWS:
        study.relation(name)
    columns = set(study.sql("SELECT column_name FROM duckdb_columns() WHERE NOT internal")["column_name"])

    assert "session" in columns
    assert set() == columns & {"agent", "agents", "started_at", "consent", "source", "name_of_session", "path"}
    assert [] == study.sql("SELECT sql FROM duckdb_views() WHERE sql LIKE '%parquet%' AND NOT internal").rows()


def test_view_of_cases_is_the_table_of_cases(study):
    """Both ways to the cases give the same seconds."""
    by_sql = study.sql("SELECT session, case_no, seconds FROM cases ORDER BY session, case_no")

    assert study.cases().select("session", pl.col("case").cast(pl.Int32).alias("case_no"), "seconds").equals(by_sql)


def test_stays_are_the_visits_of_friction(study):
    """Stays on a screen counted in SQL are the visits that friction tells."""
    counted = study.sql("SELECT app, screen, count(*) AS visits FROM screen_visits GROUP BY ALL ORDER BY app, screen")

    assert study.friction().select("app", "screen", "visits").sort("app", "screen").equals(counted)


def test_re_entries_add_up_to_the_table_of_pairs(study):
    """Occurrences counted in SQL are those of the accepted pairs."""
    pairs = ["source_app", "source_field", "target_app", "target_field", "mode"]
    counted = study.sql(f"SELECT {', '.join(pairs)}, count(*) AS n, sum(seconds * share) / 480 AS s FROM reentries GROUP BY ALL")  # noqa: S608
    both = study.reentry().join(counted, on=pairs)

    assert study.reentry().height == both.height
    assert both["occurrences"].to_list() == both["n"].to_list()
    assert both["seconds_per_case"].to_list() == pytest.approx(both["s"].to_list())


def test_results_have_the_types_of_the_query(study):
    """Numbers, texts, days, lists and what is missing come as polars has them."""
    row = study.sql(
        "SELECT 1::HUGEINT AS whole, 1.5 AS part, 'a' AS text, NULL AS nothing, [1, 2] AS list, {'a': 1} AS pair, DATE '2026-11-22' AS day,"
        " TRUE AS yes, NULL::INTEGER AS gone, INTERVAL 2 SECOND AS span"
    )
    expected = (1, 1.5, "a", None, [1, 2], {"a": 1}, dt.date(2026, 11, 22), True, None, dt.timedelta(seconds=2))

    assert expected == row.row(0)
    assert (pl.Int64, pl.Float64, pl.Int32) == (row["whole"].dtype, row["part"].dtype, row["gone"].dtype)


def test_empty_result_has_its_columns(study):
    """No row is an answer, too."""
    rows = study.sql("SELECT app, count(*) AS n FROM events WHERE app = $app GROUP BY app", app="none of ours")

    assert ((0, 2), ["app", "n"]) == (rows.shape, rows.columns)


@pytest.mark.parametrize(
    "write",
    [
        lambda relation, _: relation.query("x", "DELETE FROM codes.events"),
        lambda relation, _: relation.create("x"),
        lambda relation, folder: relation.to_parquet(str(folder / "out.parquet")),
        lambda relation, folder: relation.to_csv(str(folder / "out.csv")),
    ],
)
def test_relation_only_reads(study, tmp_path, write):
    """What is built on a relation can neither write a file nor change what other queries see."""
    with pytest.raises(duckdb.Error):
        write(study.relation("events"), tmp_path)

    assert [] == list(tmp_path.iterdir())
    assert 50_820 == study.sql("SELECT count(*) AS n FROM events")["n"].item()


def test_unknown_view_is_named(study):
    """Asking for a relation that is none says which there are."""
    with pytest.raises(QueryRefusedError, match="there is no view nothing; the views are events, cases"):
        study.relation("nothing")
