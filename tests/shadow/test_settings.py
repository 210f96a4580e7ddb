"""study.toml: a missing key is its default, and what is not understood is refused by name."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace

from shadow.errors import SettingsError
from shadow.settings import LANGUAGES, Settings, hotkey_parts
from shadow.study_toml import load_settings, study_toml_template


def read(folder: Path, text: str | bytes) -> Settings:
    """The settings of a study.toml with this text."""
    path = folder / "study.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(path)


def test_defaults(tmp_path: Path) -> None:
    """An empty study.toml means the defaults."""
    assert Settings() == read(tmp_path, "")


def test_template(tmp_path: Path) -> None:
    """The commented study.toml of a new study means the defaults, but for the lawful basis, which it proposes and the defaults lack."""
    settings = read(tmp_path, study_toml_template())

    assert ("", "6(1)(f)") == (Settings().consent.lawful_basis, settings.consent.lawful_basis)
    assert Settings() == replace(settings, consent=replace(settings.consent, lawful_basis=""))


def test_template_shows_every_key() -> None:
    """Every section and key, and every example of one, is in the commented study.toml."""
    template = study_toml_template()
    known = [
        Settings(),
        *(getattr(Settings(), name) for name in ("study", "cases", "report", "effort", "assumptions", "record", "consent", "keys")),
    ]

    assert [] == [key for section in known for key in section.__struct_fields__ if key not in template]
    assert [] == [language for language in LANGUAGES if language not in template]


def test_effort_is_a_class_of_a_known_kind(tmp_path: Path) -> None:
    """Small, medium or large, by kind or by title; another class or another kind is refused in one line."""
    settings = read(tmp_path, '[effort]\nlink = "medium"\n[effort.titles]\n"Fill Address" = "small"\n')

    assert ("medium", None, {"Fill Address": "small"}) == (settings.effort.link, settings.effort.autofill, settings.effort.titles)
    with pytest.raises(SettingsError, match=r"study.toml: .*'huge'.*effort.link"):
        read(tmp_path, '[effort]\nlink = "huge"\n')
    with pytest.raises(SettingsError, match=r"\[effort\] links is not a key \(did you mean link\?\)"):
        read(tmp_path, '[effort]\nlinks = "small"\n')


def test_template_has_the_line_that_programs_edit() -> None:
    """The allowlist stands once in the commented study.toml, at the beginning of a line of its section."""
    lines = study_toml_template().splitlines()
    (place,) = [number for number, line in enumerate(lines) if line.startswith("apps = []")]

    assert "[record]" == [line for line in lines[:place] if line.startswith("[")][-1]
    assert 1 == study_toml_template().count("apps = []")


def test_template_examples_are_valid(tmp_path: Path) -> None:
    """What the commented study.toml shows as an example is understood when its comment sign is taken away."""
    uncommented = re.sub(r"^# (?=\[\[|\S+ += )", "", study_toml_template(), flags=re.MULTILINE)
    settings = read(tmp_path, uncommented)

    assert {"crm.example.com": "CRM"} == settings.systems
    assert ["/customers/:id"] == [pattern.name for pattern in settings.screens]
    assert 120 == settings.study.cases_per_day
    assert 120_000 == settings.thresholds["gap_drop_ms"]
    assert "da" == settings.record.language
    assert (date(2026, 10, 1), date(2026, 11, 12)) == (settings.consent.notified_on, settings.consent.earliest_start)


def test_labels(tmp_path: Path) -> None:
    """Labels that are kept besides the vocabulary are texts, as the consultant wrote them."""
    assert ("KMD-nr.", "Zendesk ref.") == read(tmp_path, "[record]\nlabels = ['KMD-nr.', 'Zendesk ref.']").record.labels


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
        ("[consent]\nretention_days = 91", "study.toml: Expected `int` <= 90 - at `$.consent.retention_days`"),
        ("[consent]\nretention_days = 0", "study.toml: Expected `int` >= 1 - at `$.consent.retention_days`"),
        ("[consent]\njurisdiction = 'Norway'", "study.toml: Expected `str` matching regex"),
        ("[consent]\nlawful_basis = 6", "study.toml: Expected `str`, got `int` - at `$.consent.lawful_basis`"),
        ('[consent]\npurpose = "a\\nb"', "study.toml: [consent] purpose holds a character that cannot be printed; write it as one line"),
        ('[consent]\nrecipients = ["ok", "a\\u001b[2Jb"]', "study.toml: [consent] recipients holds a character that cannot be printed"),
        ('[record]\napps = ["a\\u202eb"]', "study.toml: [record] apps holds a character that cannot be printed"),
        ("[record]\nlabels = 'KMD-nr.'", "study.toml: Expected `array`, got `str` - at `$.record.labels`"),
        ("[record]\nlabels = [7]", "study.toml: Expected `str`, got `int` - at `$.record.labels[0]`"),
        ('[record]\nlabels = ["a\\u202eb"]', "study.toml: [record] labels holds a character that cannot be printed"),
        ("[record]\nlabel = []", "study.toml: [record] label is not a key (did you mean labels?)"),
        ("[record]\nhours = 8.5", "study.toml: Expected `float` <= 8.0 - at `$.record.hours`"),
        ("[record]\nhours = 0", "study.toml: Expected `float` > 0.0 - at `$.record.hours`"),
        ("[record]\nlanguage = 'fi'", "study.toml: Invalid enum value 'fi' - at `$.record.language`"),
        ("[record]\npause_key = 'ctrl+alt+f9'", "study.toml: [record] pause_key has ctrl and alt together, which is AltGr"),
        (
            "[record]\nmark_key = 'ctrl+shift+fn'",
            "study.toml: [record] mark_key has no key called fn: the names are ctrl, alt, shift, cmd, f1",
        ),
        ("[record]\nmark_key = 'Shift+Ctrl+F9'", "study.toml: [record] pause_key and mark_key are the same keys; give each its own"),
        ("[keys]\npublic = 'ed25519:12'", "study.toml: Expected `str` matching regex"),
        ("[study]\ntitle = 'Kjær'".encode("latin-1"), "study.toml is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_refused(tmp_path: Path, text: str | bytes, message: str) -> None:
    """A key, a type, a word or a pattern that is not understood is refused by the place where it stands."""
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)

    assert message == str(caught.value)[: len(message)]


@pytest.mark.parametrize(
    ("combination", "parts"),
    [
        ("ctrl+shift+f9", ("ctrl", "shift", "f9")),
        ("Shift + Ctrl + F9", ("ctrl", "shift", "f9")),
        ("alt+pause", ("alt", "pause")),
        ("cmd+shift+p", ("shift", "cmd", "p")),
        ("ctrl+page_up", ("ctrl", "page_up")),
    ],
)
def test_hotkeys(combination: str, parts: tuple[str, ...]) -> None:
    """A combination is its modifiers in one order and its key, however it was spelled."""
    assert parts == hotkey_parts(combination)


@pytest.mark.parametrize(
    ("combination", "fault"),
    [
        ("f9", "is pressed in ordinary work"),
        ("shift+f9", "is pressed in ordinary work"),
        ("shift+a", "is pressed in ordinary work"),
        ("ctrl+c", "is a shortcut of other programs"),
        ("ctrl+shift", "is not one key with modifiers"),
        ("ctrl+ctrl+f9", "is not one key with modifiers"),
        ("a+b", "is not one key with modifiers"),
        ("", "has no key called nothing"),
        ("ctrl+", "has no key called nothing"),
        ("alt_gr+f9", "has no key called alt_gr"),
        ("alt+shift+ctrl+f9", "has ctrl and alt together"),
    ],
)
def test_refused_hotkeys(combination: str, fault: str) -> None:
    """What is no combination, types something, or belongs to other programs is refused with the reason."""
    with pytest.raises(ValueError, match=fault):
        hotkey_parts(combination)


def test_what_follows_from_another_section(tmp_path: Path) -> None:
    """Without words of their own, jurisdiction and language of the notice are those of the study; region NO in any letters is Norway."""
    plain = read(tmp_path, "[study]\nlanguage = 'sv'\nregion = 'no'")
    own = read(tmp_path, "[study]\nlanguage = 'sv'\nregion = 'NO'\n[record]\nlanguage = 'da'\n[consent]\njurisdiction = 'DK'")

    assert ("NO", "sv") == (plain.jurisdiction, plain.notice_language)
    assert ("DK", "da") == (own.jurisdiction, own.notice_language)
