"""The report is whole in every language it claims to speak."""

import ast
import gettext
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from analysis import caveats, ranking, result_document
from analysis.thresholds import SOURCES
from shadow.report import html
from shadow.report.disclosure import Range, permitted
from shadow.report.html import render_html
from shadow.report.terms import MESSAGES, TERMS
from shadow.report.texts import LOCALES, Words, decimals
from tests.report.example_result import example_result

REPORT = Path(html.__file__).parent
KEYWORDS = {"say": None, "count": (1, 2), "N_": None}
METHODS = [("**.py", "python"), ("**.j2", "jinja2.ext:babel_extract")]
TRANSLATED = ["da", "nb", "sv"]


@pytest.fixture(name="wanted", scope="module")
def _wanted():
    """Every sentence in the code and the template; a pair for one and for many."""
    return {message for _, _, message, _, _ in extract_from_dir(REPORT, METHODS, {}, keywords=KEYWORDS)}


def catalogue(lang):
    """The readable catalogue of a language."""
    with (LOCALES / lang / "LC_MESSAGES" / "shadow.po").open("rb") as file:
        return read_po(file, locale=lang)


def places(text):
    """The named places of a sentence."""
    return set(re.findall(r"{(\w+)}", text))


@pytest.mark.parametrize("lang", TRANSLATED)
def test_every_sentence_is_translated_and_none_is_left_over(lang, wanted):
    """The catalogue has just the sentences of the report, none fuzzy and none empty."""
    entries = [entry for entry in catalogue(lang) if entry.id]

    assert len(wanted) > 250
    assert wanted == {entry.id for entry in entries}
    assert [] == [entry.id for entry in entries if entry.fuzzy]
    assert [] == [entry.id for entry in entries if not all([entry.string] if isinstance(entry.string, str) else entry.string)]


@pytest.mark.parametrize("lang", TRANSLATED)
def test_places_to_fill_in_are_the_same(lang):
    """A translation fills in what the English sentence fills in, in one and in many."""
    for entry in catalogue(lang):
        if entry.id:
            ids = [entry.id] if isinstance(entry.id, str) else entry.id
            strings = [entry.string] if isinstance(entry.string, str) else entry.string
            assert {frozenset(places(text)) for text in ids} == {frozenset(places(text)) for text in strings}, entry.id


@pytest.mark.parametrize("lang", TRANSLATED)
def test_compiled_catalogue_belongs_to_the_readable_one(lang):
    """The .mo file that is read says what the .po file says."""
    compiled = io.BytesIO()
    write_mo(compiled, catalogue(lang))
    compiled.seek(0)
    with (LOCALES / lang / "LC_MESSAGES" / "shadow.mo").open("rb") as file:
        shipped = gettext.GNUTranslations(file)

    header = ""
    assert gettext.GNUTranslations(compiled)._catalog | {header: ""} == shipped._catalog | {header: ""}


def codes(module):
    """The codes a module of the analysis can say: first of `_caveat(code, ...)`, or of a pair that is appended."""
    calls = [node for node in ast.walk(ast.parse(Path(module.__file__).read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    pairs = [call.args for call in calls if getattr(call.func, "id", "") == "_caveat"]
    appended = [call.args[0] for call in calls if getattr(call.func, "attr", "") == "append" and call.args]
    pairs += [pair.elts for pair in appended if isinstance(pair, ast.Tuple)]
    return {pair[0].value for pair in pairs if isinstance(pair[0], ast.Constant)}


def test_every_code_of_the_analysis_has_a_sentence():
    """What the analysis can warn of or could not measure is said in every language, and no sentence is left over."""
    found = codes(caveats), codes(result_document)

    assert "no_cases" in found[0]
    assert "system_wait" in found[1]
    assert set(MESSAGES) == found[0] | found[1]


def test_every_assumption_has_a_name_and_a_unit():
    """Whatever the result lists as an assumption is called something, and so is every unit (a share is written in per cent)."""
    source = ast.parse(Path(ranking.__file__).read_text(encoding="utf-8"))
    texts = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)}

    assert set() == (set(result_document.GENERAL) | texts & set(SOURCES)) - set(TERMS)
    assert {"share"} == {unit for unit, _ in SOURCES.values()} - set(TERMS)


@pytest.mark.parametrize(
    ("lang", "expected"),
    [
        ("en", "4,811 of 81,214 events (6%) belong to no case and are left out."),
        ("da", "4.811 af 81.214 hændelser (6 %) hører ikke til nogen sag og er udeladt."),
        ("nb", "4 811 av 81 214 hendelser (6 %) hører ikke til noen sak og er utelatt."),
        ("sv", "4 811 av 81 214 händelser (6 %) hör inte till något ärende och är utelämnade."),
    ],
)
def test_numbers_of_a_warning_are_those_of_the_result(lang, expected):
    """A sentence takes its numbers from the result, whatever the English text said."""
    result = permitted(example_result())
    said = Words(lang).message({"code": "events_in_no_case", "message": "7 of 8 events"}, result)

    assert expected == said.replace("\xa0", " ")


def test_a_code_that_is_not_known_is_said_as_it_came():
    """A later analysis may warn of something this report has no sentence for."""
    assert "{x} new" == Words("sv").message({"code": "new", "message": "{x} new"}, permitted(example_result()))


def test_nothing_is_said_past_the_catalogue():
    """Outside `texts.py`, sentences are only spoken through `say`, `count` and `N_`, with the sentence written at the call or in a table of them."""
    loose = re.compile(r"(?:\.say|\.count|(?<![\w.])(?<!def )N_)\((?!\s*[\"“]|\s*sentences\[)")
    found = [path.name for path in REPORT.rglob("*.py") if path.name != "texts.py" and loose.search(path.read_text(encoding="utf-8"))]

    assert [] == found
    assert [] == re.findall(r"words\.(?:say|count)\(", (REPORT / "templates" / "report.html.j2").read_text(encoding="utf-8"))


class _Spy(gettext.NullTranslations):
    """Remembers what was looked up."""

    def __init__(self, seen):
        super().__init__()
        self.seen = seen

    def gettext(self, message):
        self.seen.add(message)
        return message

    def ngettext(self, msgid1, msgid2, n):
        self.seen.add((msgid1, msgid2))
        return super().ngettext(msgid1, msgid2, n)


@pytest.mark.parametrize("agents", [2, 4, 8])
def test_every_sentence_that_is_spoken_is_in_the_catalogue(monkeypatch, wanted, agents):
    """Rendering looks up nothing that extraction does not find, so no sentence can stay English unseen."""
    seen = set()
    monkeypatch.setattr("shadow.report.texts._catalogue", lambda _lang: _Spy(seen))
    render_html(example_result(agents=agents, agents_agreed=True), lang="da")

    assert len(seen) > 100
    assert set() == seen - wanted - {"{message}"}


@pytest.mark.parametrize("lang", TRANSLATED)
def test_a_translated_page_has_no_english_left(lang):
    """Words that only the English page has (its labels come from the log, so they are left out) are not in the others."""
    page = render_html(example_result(), lang=lang)
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    english = (
        "minutes per case",
        "agents",
        "cases",
        "interval and",
        "seconds",
        "Questions",
        "Answer",
        "Evidence",
        "Screens",
        "Together",
    )

    assert [] == [word for word in english if re.search(rf"\b{word}\b", text)]


@pytest.mark.parametrize(("lang", "word"), [("da", "Dobbelttastning"), ("nb", "Dobbeltregistrering"), ("sv", "Dubbelregistrering")])
def test_trade_words_are_those_of_the_trade(lang, word):
    """Re-entry is called what people call it there."""
    assert word == Words(lang).say("Re-entry")


@pytest.mark.parametrize(("lang", "expected"), [("da", "1.234,5"), ("nb", "1\xa0234,5"), ("sv", "1\xa0234,5"), ("en", "1,234.5")])
def test_numbers_by_language(lang, expected):
    """Decimal sign and thousands as the language has them."""
    assert expected == Words(lang).number(1234.5, 1)


def test_a_share_is_never_rounded_to_none_or_all():
    """One case of 480 is not 0 of 100, and all but one are not 100 of 100."""
    words = Words("en")

    assert ["0", "1", "50", "99", "100"] == [words.hundred(share) for share in (0.0, 0.002, 0.5, 0.998, 1.0)]


@given(st.floats(min_value=0, max_value=100), st.floats(min_value=0, max_value=100), st.integers(min_value=0, max_value=3))
def test_an_interval_is_one_number_only_if_its_ends_are_equal(a, b, digits):
    """However many digits a table has, two ends a reader could tell apart are written apart."""
    low, high = sorted((a, b))

    assert (" to " not in Words("en").number(Range(low, high), digits)) == (low == high or round(low + 1e-9, 6) == round(high + 1e-9, 6))


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([0.094, 0.012], 3), ([0.094, Range(0.08, 0.21)], 2), ([9.99, 0.01], 2), ([12.0, 0.5], 1), ([None], 2), ([], 2)],
)
def test_decimals_of_a_table_come_from_its_largest_figure(amounts, expected):
    """Three below 0.2 minutes, two below 10, else one: a column is even."""
    assert expected == decimals(amounts)


@pytest.mark.parametrize(
    ("span", "digits", "expected"),
    [
        (Range(0.0174, 0.0228), 2, "0.017 to 0.023"),
        (Range(0.0831, 0.1063), 3, "0.083 to 0.106"),
        (Range(0.003, 0.055), 2, "0.003 to 0.055"),
        (Range(7.0, 10.0), 2, "7 to 10"),
        (Range(-20.0, -15.0), 1, "−20 to −15"),
        (Range(0.5, 0.5), 2, "0.50"),
    ],
)
def test_ranges_are_written_with_the_digits_they_need(span, digits, expected):
    """More where the ends would be alike or a low end would be 0, none where both are whole, a true minus below 0."""
    assert expected == Words("en").number(span, digits)
