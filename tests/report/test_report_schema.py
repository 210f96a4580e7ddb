"""The result is what its schema says, to the key."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from analysis.loading import load_study
from analysis.study_result import study_result
from shadow import report
from shadow.events import SCHEMA_VERSION
from shadow.interop.importing import import_logs
from shadow.report import render
from shadow.report.disclosure import permitted
from shadow.study import open_study
from tests.report.example_result import example_result

SAMPLE = Path(__file__).parent.parent.parent / "sample_sessions"


@pytest.fixture(name="schema", scope="module")
def _schema():
    return json.loads((Path(report.__file__).parent / "result.schema.json").read_text(encoding="utf-8"))


def faults(schema, document):
    """What is wrong with a document, as it is read back from a file."""
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(json.loads(json.dumps(document)))]


def objects(part):
    """Every object of a schema that has properties."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for inner in part.values():
            yield from objects(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from objects(inner)


def test_schema_is_one_and_has_the_version_of_the_result(schema):
    """It is valid JSON Schema 2020-12 and names the version that the analysis writes."""
    Draft202012Validator.check_schema(schema)

    assert SCHEMA_VERSION == schema["properties"]["schema_version"]["const"]
    assert schema["$id"].endswith(f":{SCHEMA_VERSION}")


def test_every_key_is_described_and_no_other_is_taken(schema):
    """Each has a sentence, and an unknown key is refused wherever it stands."""
    found = list(objects(schema))

    assert len(found) > 20
    assert [] == [part for part in found if part["additionalProperties"] is True]
    bare = [name for part in found for name, value in part.get("properties", {}).items() if not value.get("description", "").endswith(".")]
    assert [] == bare


@pytest.mark.parametrize("agents", [2, 4, 8])
def test_the_example_is_what_the_schema_says(schema, agents):
    """Before and after it is cut down to what may be shown, with figures and with ranges."""
    result = example_result(agents=agents, agents_agreed=True)

    assert [] == faults(schema, result)
    assert [] == faults(schema, permitted(result))


def test_the_sample_study_is_what_the_schema_says(schema, tmp_path):
    """What the analysis really writes has every key of the schema and no other."""
    logs = sorted(SAMPLE.glob("agent-*.csv.gz"))
    import_logs(logs, tmp_path / "study")
    loaded = load_study(open_study(tmp_path / "study"))
    try:
        result = study_result(loaded)
    finally:
        loaded.close()

    assert [] == faults(schema, result)
    assert [] == faults(schema, json.loads(render(result, "json", lang="en")))


@pytest.mark.parametrize("place", ["study", "cases", "coverage", "switching"])
def test_a_key_that_is_not_known_is_refused(schema, place):
    """A result that grows without its schema fails here."""
    result = example_result()
    result[place]["new"] = 1

    assert 1 == len(faults(schema, result))
