"""The environment: it goes before study.toml, and what it says wrongly is refused by the variable's name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from shadow.environment import variable_of
from shadow.errors import SettingsError
from shadow.settings import Settings
from shadow.study_toml import load_settings


def read(folder: Path, text: str, **environ: str) -> Settings:
    """The settings of a study.toml in an environment."""
    path = folder / "study.toml"
    path.write_text(text, "utf-8")
    return load_settings(path, environ)


def test_goes_before_the_file(tmp_path: Path) -> None:
    """A variable is stronger than study.toml, which is stronger than the default."""
    toml = "[study]\nlanguage = 'sv'\nregion = 'SE'\n[thresholds]\nq_max = 0.02\n"
    settings = read(tmp_path, toml, SHADOW_STUDY_LANGUAGE="da", SHADOW_THRESHOLDS_GAP_DROP_MS="60000", SHADOW_STUDY_CASES_PER_DAY="12.5")

    assert ("da", "SE", 12.5, "") == (settings.study.language, settings.study.region, settings.study.cases_per_day, settings.study.title)
    assert {"q_max": 0.02, "gap_drop_ms": 60_000} == settings.thresholds


def test_empty_and_foreign_variables_say_nothing(tmp_path: Path) -> None:
    """An empty variable is not set; one that names no section is none of ours."""
    assert Settings() == read(tmp_path, "", SHADOW_STUDY_TITLE="", SHADOW_HOME="x", SHADOW_STUDY="y", _SHADOW_COMPLETE="z", STUDY_TITLE="t")


def test_name_follows_a_rule() -> None:
    """SHADOW_, the section and the key, in capitals."""
    assert "SHADOW_RECORD_PAUSE_KEY" == variable_of("record", "pause_key")


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("SHADOW_STUDY_LANGUAGE", "fi", ": it is none of en, da, nb, sv; mend the variable, or unset it"),
        ("SHADOW_RECORD_LANGUAGE", "fi", ": it is none of en, da, nb, sv; mend"),
        ("SHADOW_STUDY_LANGUAG", "da", " names no setting; did you mean SHADOW_STUDY_LANGUAGE?"),
        ("SHADOW_STUDY_XYZ", "da", " names no setting; [study] has title, language"),
        ("SHADOW_STUDY_CASES_PER_DAY", "many", ": Expected `float | null`"),
        ("SHADOW_STUDY_CASES_PER_DAY", "nan", " holds what cannot be printed or counted; mend"),
        ("SHADOW_THRESHOLDS_Q_MAX", "inf", " holds what cannot be printed or counted; mend"),
        ("SHADOW_THRESHOLDS_Q_MAX", "low", ": Expected `float`"),
        ("SHADOW_STUDY_TITLE", "a\x1b[2Jb", " holds what cannot be printed or counted; mend"),
        ("SHADOW_RECORD_HOURS", "9", ": Expected `float` <= 8.0"),
        ("SHADOW_RECORD_MARK_KEY", "f9", " is pressed in ordinary work"),
        ("SHADOW_RECORD_APPS", "CRM", ": a list is said in study.toml only"),
        ("SHADOW_CASES_ID_PATTERNS", "x", ": a list is said in study.toml only"),
        ("SHADOW_SCREENS_APP", "x", " is set, but [screens] is a list; unset it and say it in study.toml"),
        ("SHADOW_SYSTEMS_CRM", "x", " is set, but [systems] is a list; unset it and say it in study.toml"),
        (
            "SHADOW_REPORT_AGENTS_AGREED",
            "true",
            " is set, but [report] says what was agreed with people; unset it and say it in study.toml",
        ),
        ("SHADOW_CONSENT_CONTROLLER", "Kirsten", " is set, but [consent] says what was agreed with people"),
        ("SHADOW_KEYS_PUBLIC", "x", " is set, but [keys] says what was agreed with people"),
    ],
)
def test_refused_by_the_name_of_the_variable(variable: str, text: str, message: str, tmp_path: Path) -> None:
    """One line names the variable, says what is wrong and what to do, and never repeats the value."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, "", **{variable: text})

    assert f"{variable}{message}" == str(caught.value)[: len(variable + message)]
    assert "Kirsten" not in str(caught.value)


def test_what_the_file_says_wrongly_is_the_files(tmp_path: Path) -> None:
    """A variable does not hide a mistake in study.toml."""
    with pytest.raises(SettingsError, match=r"study\.toml: Invalid enum value"):
        read(tmp_path, "[study]\nlanguage = 'fi'", SHADOW_STUDY_LANGUAGE="da")


def test_a_day_is_read(tmp_path: Path) -> None:
    """What study.toml has is unharmed by a variable in the same section."""
    settings = read(tmp_path, "[record]\nhours = 2\n[consent]\nnotified_on = 2026-10-01", SHADOW_RECORD_LANGUAGE="nb")

    assert (2, "nb", date(2026, 10, 1)) == (settings.record.hours, settings.record.language, settings.consent.notified_on)
