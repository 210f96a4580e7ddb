"""`shadow config`: every setting, and where it came from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from analysis.thresholds import Thresholds
from shadow.settings import Settings
from tests.cli.running import shadow


def rows(study: Path, *options: str, **environ: str) -> dict[tuple[str, str], dict[str, Any]]:
    """What it lists, by section and key."""
    ran = shadow("config", study, "--json", *options, cwd=study.parent, **environ)
    assert (0, "") == (ran.returncode, ran.stderr)
    document = json.loads(ran.stdout)
    assert (1, "config") == (document["schema_version"], document["command"])
    return {(row["section"], row["key"]): row for row in document["rows"]}


def test_says_which_of_the_four_it_came_from(small_study: Path) -> None:
    """An option goes before the environment, that before study.toml, and that before the default."""
    (small_study / "study.toml").write_text("[study]\nlanguage = 'sv'\ntitle = 'Kjær'\n", "utf-8")
    in_file = rows(small_study)
    in_environment = rows(small_study, SHADOW_STUDY_LANGUAGE="da", SHADOW_THRESHOLDS_Q_MAX="0.01")
    by_option = rows(small_study, "--lang", "nb", SHADOW_STUDY_LANGUAGE="da")
    language, q_max = ("study", "language"), ("thresholds", "q_max")

    assert [("sv", "study.toml"), ("da", "environment"), ("nb", "option")] == [
        (found[language]["value"], found[language]["origin"]) for found in (in_file, in_environment, by_option)
    ]
    assert [(0.05, "default"), (0.01, "environment")] == [
        (found[q_max]["value"], found[q_max]["origin"]) for found in (in_file, in_environment)
    ]
    assert ("Kjær", "study.toml") == (in_file["study", "title"]["value"], in_file["study", "title"]["origin"])
    assert ("DK", "default") == (in_file["study", "region"]["value"], in_file["study", "region"]["origin"])


def test_lists_every_setting_with_its_meaning(small_study: Path) -> None:
    """Nothing is left out; each has a line that says what it does, and each number of the analysis its unit."""
    found = rows(small_study)
    sections = {
        (section, key)
        for section in Settings.__struct_fields__
        if isinstance(held := getattr(Settings(), section), msgspec.Struct)
        for key in held.__struct_fields__
    }

    assert sections | {("thresholds", name) for name in Thresholds.__struct_fields__} | {("systems", ""), ("screens", "")} == set(found)
    assert [] == [place for place, row in found.items() if not row["meaning"] or "\n" in row["meaning"] or "..." in row["meaning"]]
    assert [] == [place for place, row in found.items() if place[0] == "thresholds" and not row["unit"]]


def test_every_variable_it_names_is_understood(small_study: Path) -> None:
    """The variables it lists can be set, all at once, to the values that hold."""
    listed = rows(small_study)
    environ = {row["variable"]: str(row["value"]) for row in listed.values() if row["variable"] and row["value"] not in (None, "")}
    again = rows(small_study, **environ)

    assert len(environ) > 30
    assert {"environment"} == {row["origin"] for row in again.values() if row["variable"] in environ}
    assert {place: row["value"] for place, row in listed.items()} == {place: row["value"] for place, row in again.items()}


def test_as_a_table(small_study: Path) -> None:
    """Without --json each setting is a line for people."""
    ran = shadow("config", small_study, cwd=small_study.parent, SHADOW_STUDY_LANGUAGE="da")
    (line,) = [line for line in ran.stdout.splitlines() if "study.language" in line]

    assert (0, "") == (ran.returncode, ran.stderr)
    assert ["study.language", '"da"', "environment"] == line.split()[:3]


@pytest.mark.parametrize("command", ["config", "rank"])
def test_a_bad_threshold_of_the_environment_is_one_line(command: str, small_study: Path) -> None:
    """A threshold that means nothing, or is none, is refused with the variable to mend."""
    bad = shadow(command, small_study, cwd=small_study.parent, SHADOW_THRESHOLDS_Q_MAX="2")
    none = shadow(command, small_study, cwd=small_study.parent, SHADOW_THRESHOLDS_Q_MIN="0.1")

    assert (1, "", 1) == (bad.returncode, bad.stdout, len(bad.stderr.splitlines()))
    assert bad.stderr.endswith("mend it in SHADOW_THRESHOLDS_Q_MAX\n")
    assert none.stderr.startswith("error: [thresholds] q_min in SHADOW_THRESHOLDS_Q_MIN is not a threshold; known are gap_drop_ms")


def test_report_speaks_the_language_of_the_environment(small_study: Path) -> None:
    """A variable sets the language of the report; the option goes before it."""
    (small_study / "study.toml").write_text("[report]\nagents_agreed = true\n", "utf-8")
    shadow("report", small_study, "-o", "a.html", cwd=small_study.parent, SHADOW_STUDY_LANGUAGE="da")
    shadow("report", small_study, "-o", "b.html", "--lang", "sv", cwd=small_study.parent, SHADOW_STUDY_LANGUAGE="da")

    assert '<html lang="da"' in (small_study.parent / "a.html").read_text("utf-8")
    assert '<html lang="sv"' in (small_study.parent / "b.html").read_text("utf-8")
