"""The notice: complete, in four languages, and hashed as it is shown."""

from __future__ import annotations

import hashlib
import re
import string
from datetime import date

import pytest

from recorder.notice import SECTIONS, hotkey_name, render_notice
from recorder.phrases import load_phrases
from shadow.consent import DATA_KINDS, Switches
from shadow.settings import LANGUAGES, Settings
from tests.shadow.consents import ready_settings

TOLD = {
    "controller": "Acme A/S",
    "controller_contact": "dpo@acme.example",
    "processor": "Bo Consult",
    "processor_contact": "bo@consult.example",
    "purpose": "Fewer fields to fill in.",
    "lawful_basis": "An agreement of 2 October",
    "recipients": ("Data Ltd", "Lab AB"),
    "retention_days": 14,
    "impact_assessment": "file 12/2026",
    "employee_representation": "works council, minutes of 2 October",
    "notified_on": date(2026, 10, 1),
}


def flat(text: str) -> str:
    """A text without its line breaks."""
    return " ".join(text.split())


@pytest.mark.parametrize("language", LANGUAGES)
class TestEveryLanguage:
    def test_says_what_the_study_says(self, language: str) -> None:
        """All that study.toml says for the agent is in the notice, word for word, with the keys and the applications."""
        settings = ready_settings(consent=TOLD, record={"apps": ("Billing", "localhost:8080"), "pause_key": "alt+pause", "hours": 2.5})
        text = flat(render_notice(settings, language).text)
        told = [said for value in TOLD.values() for said in (value if isinstance(value, tuple) else (value,))]

        assert [] == [said for said in told if str(said) not in text]
        assert [] == [said for said in ("Billing, localhost:8080", "Alt+Pause", "Ctrl+Shift+F8") if said not in text]
        assert ("2.5" if language == "en" else "2,5") in text

    def test_nothing_said(self, language: str) -> None:
        """A study that says no more than its applications and the basis has a notice without holes: standard words, or nothing."""
        phrases = load_phrases(language, "notice")
        notice = render_notice(ready_settings(), language)
        text = flat(notice.text)

        assert [] == re.findall(r"[{}]", text)
        assert [] == [key for key in ("purpose_standard", "controller_unnamed", "processor_unnamed", "basis_f") if phrases[key] not in text]
        assert [] == [key for key in ("assessment", "representation", "notified") if phrases[f"rights_{key}"].split("{")[0] in text]
        assert [] == [section.title for section in notice.sections if not section.paragraphs]

    def test_every_phrase_has_a_place(self, language: str) -> None:
        """Every sentence of the notice is in the text that is shown; the others are of the questions."""
        phrases = load_phrases(language, "notice")
        text = flat(render_notice(ready_settings(consent=TOLD), language).text)
        shown = [f"{name}_{key}" for name, keys in SECTIONS.items() for key in (*keys, "title")]
        shown += [key for kind in DATA_KINDS for key in (kind, f"{kind}_title")]
        pieces = [(key, literal) for key in shown for literal, *_ in string.Formatter().parse(phrases[key])]

        assert [] == [key for key, literal in pieces if flat(literal) not in text]
        asked = ("yes", "no", "title", "decimal", "ask_", "heard_", "declined", "hours_", "days_", "basis_", "authority_")
        unnamed = ("purpose_standard", "controller_unnamed", "processor_unnamed", "contact_unnamed", "recipients_none")
        assert [] == [key for key in phrases if key not in shown and not key.startswith(asked) and key not in unnamed]

    def test_switches(self, language: str) -> None:
        """The four kinds of data are asked about one by one, in the order of the record, and none is on beforehand."""
        switches = render_notice(ready_settings(), language).switches

        assert list(DATA_KINDS) == list(Switches.__struct_fields__) == [switch.key for switch in switches]
        assert [False] * 4 == [switch.default for switch in switches]
        assert 8 == len({text for switch in switches for text in (switch.title, switch.explanation)})

    def test_window_and_terminal_say_the_same(self, language: str) -> None:
        """The text in the terminal is the words of the window in their order, and nothing else."""
        notice = render_notice(ready_settings(consent=TOLD), language)
        words = [notice.title]
        words += [text for section in notice.sections for text in (section.title, *section.paragraphs)]
        words += [text for switch in notice.switches for text in (switch.title, switch.explanation)]
        without_signs = re.sub(r"^(?:=+|-+)$|^\* ", "", notice.text, flags=re.MULTILINE)

        assert flat(" ".join(words)) == flat(without_signs)

    def test_fits(self, language: str) -> None:
        """No line is wider than a terminal, and yes and no are one word each."""
        notice = render_notice(ready_settings(consent=TOLD), language)

        assert [] == [line for line in notice.text.splitlines() if len(line) > 78]
        assert [1, 1] == [len(word.split()) for word in (notice.yes, notice.no)]

    def test_hash(self, language: str) -> None:
        """The hash is that of exactly the text, and another word in study.toml makes another."""
        notice = render_notice(ready_settings(), language)
        other = render_notice(ready_settings(record={"apps": ("Billing",)}), language)

        assert hashlib.sha256(notice.text.encode("utf-8")).hexdigest() == notice.sha256
        assert notice.sha256 != other.sha256
        assert notice == render_notice(ready_settings(), language)


@pytest.mark.parametrize(
    ("basis", "language", "expected"),
    [
        ("6(1)(a)", "en", "consent, GDPR article 6(1)(a)"),
        (" 6(1)(e) ", "sv", "en uppgift av allmänt intresse, dataskyddsförordningen artikel 6.1 e"),
        ("6(1)(d)", "en", "chosen by the one who decides: 6(1)(d)."),
        ("Our agreement", "da", "valgt det: Our agreement."),
    ],
)
def test_basis(basis: str, language: str, expected: str) -> None:
    """An article of the GDPR is said in the agent's language; any other basis as the controller wrote it."""
    assert expected in flat(render_notice(ready_settings(consent={"lawful_basis": basis}), language).text)


@pytest.mark.parametrize(
    ("jurisdiction", "authority"),
    [("DK", "datatilsynet.dk"), ("NO", "datatilsynet.no"), ("SE", "imy.se"), ("FI", "tietosuoja.fi"), ("IS", "personuvernd.is")],
)
def test_authority(jurisdiction: str, authority: str) -> None:
    """The agent is told where to complain: by jurisdiction, or by the region of the study."""
    stated = ready_settings(consent={"lawful_basis": "6(1)(f)", "jurisdiction": jurisdiction}, study={"region": "DE"})
    by_region = ready_settings(study={"region": jurisdiction})

    assert all(authority in render_notice(settings, language).text for settings in (stated, by_region) for language in LANGUAGES)
    assert "authority of your country" in flat(render_notice(ready_settings(study={"region": "DE"}), "en").text)


def test_one() -> None:
    """One hour and one day are not hours and days."""
    settings = ready_settings(record={"apps": ("CRM",), "hours": 1}, consent={"lawful_basis": "6(1)(f)", "retention_days": 1})

    assert ["one hour", "one day"] == [
        said for said in ("one hour", "one day", "1 hour", "1 day") if said in render_notice(settings, "en").text
    ]


def test_braces_are_nothing_special() -> None:
    """What study.toml says is filled in as it stands, also where it looks like a place."""
    settings = ready_settings(consent={"lawful_basis": "6(1)(f)", "controller": "{apps} {nothing}"})

    assert "{apps} {nothing}" in render_notice(settings, "en").text


def test_long_name_is_not_broken() -> None:
    """The name of an application stays in one piece, however long."""
    name = "https-" * 20 + "crm.example.com:8443"

    assert name in render_notice(ready_settings(record={"apps": (name,)}), "en").text


def test_no_application() -> None:
    """Without an application there is no sentence about applications; such a study is refused before anybody is asked."""
    assert "Only these applications" not in render_notice(Settings(), "en").text


@pytest.mark.parametrize(
    ("combination", "name"),
    [("ctrl+shift+f9", "Ctrl+Shift+F9"), ("shift+CTRL+page_up", "Ctrl+Shift+Page Up"), ("cmd+shift+p", "Shift+Cmd+P")],
)
def test_hotkey_name(combination: str, name: str) -> None:
    """Keys are called as they are on the keyboard."""
    assert name == hotkey_name(combination)
