"""study.toml: a missing key is its default, and what is not understood is refused by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shadow.errors import SettingsError
from shadow.settings import LANGUAGES, Settings, load_settings, study_toml_template


def read(folder: Path, text: str | bytes) -> Settings:
    """The settings of a study.toml with this text."""
    path = folder / "study.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(path)


@pytest.mark.parametrize("text", ["", study_toml_template()])
def test_defaults(tmp_path: Path, text: str) -> None:
    """An empty study.toml and the commented one that a new study gets both mean the defaults."""
    assert Settings() == read(tmp_path, text)


def test_template_shows_every_key() -> None:
    """Every section and key, and every example of one, is in the commented study.toml."""
    template = study_toml_template()
    known = [Settings(), Settings().study, Settings().cases, Settings().report, Settings().record]

    assert [] == [key for section in known for key in section.__struct_fields__ if key not in template]
    assert [] == [language for language in LANGUAGES if language not in template]


def test_template_examples_are_valid(tmp_path: Path) -> None:
    """What the commented study.toml shows as an example is understood when its comment sign is taken away."""
    uncommented = re.sub(r"^# (?=\[\[|\S+ += )", "", study_toml_template(), flags=re.MULTILINE)
    settings = read(tmp_path, uncommented)

    assert {"crm.example.com": "CRM"} == settings.systems
    assert ["/customers/:id"] == [pattern.name for pattern in settings.screens]
    assert 120 == settings.study.cases_per_day
    assert 120_000 == settings.thresholds["gap_drop_ms"]


@pytest.mark.parametrize("text", ['[study]\r\ntitle = "Kjær"\r\n'.encode(), b'\xef\xbb\xbf[study]\ntitle = "Kj\xc3\xa6r"\n'])
def test_saved_on_windows(tmp_path: Path, text: bytes) -> None:
    """Line ends and the byte order mark of Windows editors are understood."""
    assert "Kjær" == read(tmp_path, text).study.title


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[study]\ntitel = 'x'", "study.toml: [study] titel is not a key (did you mean title?); see the comments in a fresh study.toml"),
        ("[cases]\nid_pattern = []", "study.toml: [cases] id_pattern is not a key (did you mean id_patterns?)"),
        ("[[screens]]\napp = 'a'\nmatches = 'b'\nname = 'c'", "study.toml: [screens] matches is not a key (did you mean match?)"),
        ("[recorder]\napps = []", "study.toml: recorder is not a key (did you mean record?)"),
        ("[colours]\nred = 1", "study.toml: colours is not a key; see"),
        ("[study]\nlanguage = 'fi'", "study.toml: Invalid enum value 'fi' - at `$.study.language`"),
        ("[study]\ntitle = 7", "study.toml: Expected `str`, got `int` - at `$.study.title`"),
        ("[thresholds]\nq_max = 'low'", "study.toml: [thresholds] q_max is not a number; see"),
        ("[thresholds]\nq_max = true", "study.toml: [thresholds] q_max is not a number; see"),
        ("[systems]\n'crm.example.com' = 1", "study.toml: [systems] crm.example.com is not a text; see"),
        ("thresholds = 1", "study.toml: Expected `object`, got `int` - at `$.thresholds`"),
        ("[[screens]]\napp = 'a'", "study.toml: Object missing required field `match` - at `$.screens[0]`"),
        ("[study", "study.toml is not valid TOML: "),
        ("[cases]\nid_patterns = ['(']", "study.toml: [cases] id_patterns is not a regular expression: "),
        ("[[screens]]\napp = 'a'\nmatch = '['\nname = 'n'", "study.toml: [[screens]] n is not a regular expression: "),
        ("[study]\ntitle = 'Kjær'".encode("latin-1"), "study.toml is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    """A key, a type, a word or a pattern that is not understood is refused by the place where it stands."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)

    assert message == str(caught.value)[: len(message)]
