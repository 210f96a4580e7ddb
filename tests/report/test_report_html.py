"""The page as a whole: complete in itself, in order, readable by machine and by people."""

import copy
import re
import sys
import time
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from shadow.report import html
from shadow.report.html import render_html
from shadow.report.texts import LANGUAGES, UnknownLanguageError, Words
from tests.report.example_result import (
    ACCOUNT_SEARCH,
    ADDRESS,
    CREDIT_REASON,
    CUSTOMER_NO,
    EMAIL,
    INVOICE_ADDRESS,
    INVOICE_NO,
    POSTCODE,
    example_result,
)

LANGS = sorted(LANGUAGES)
VOID = {"meta", "br", "link", "input", "hr", "img"}
SVG_EMPTY = {"rect", "line", "circle", "path"}


class Page(HTMLParser):
    """Every element of a page in order, with its text; unbalanced tags are an error."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):  # noqa: D102  named by the parser
        self.elements.append((tag, dict(attrs), []))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):  # noqa: D102  named by the parser
        self.elements.append((tag, dict(attrs), []))

    def handle_endtag(self, tag):  # noqa: D102  named by the parser
        assert tag == self.open.pop()

    def handle_data(self, data):  # noqa: D102  named by the parser
        for _, _, text in self.elements[-1:]:
            text.append(data)

    def all(self, tag):
        """The attributes of every such element."""
        return [attrs for name, attrs, _ in self.elements if name == tag]

    def texts(self, tag):
        """The text in every such element."""
        return ["".join(text) for name, _, text in self.elements if name == tag]


@pytest.fixture(name="english", scope="module")
def _english():
    return render_html(example_result(), lang="en")


@pytest.mark.parametrize("lang", LANGS)
def test_page_runs_nothing_and_loads_nothing(lang):
    """No script, no address of another place, and a policy that would forbid both."""
    page = render_html(example_result(), lang=lang)
    parsed = Page(page)

    assert [] == parsed.all("script")
    assert [] == [attrs for _, attrs, _ in parsed.elements if attrs.keys() & {"src", "srcset", "action", "style", "onload", "onclick"}]
    assert set() == {attrs["href"] for attrs in parsed.all("a") if not attrs["href"].startswith("#")}
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" == parsed.all("meta")[1]["content"]
    assert "url(" not in page.replace("url(#", "")
    assert {"http://www.w3.org/2000/svg"} == set(re.findall(r"https?://[^\"'\s<]+", page))


@pytest.mark.parametrize("agents", [3, 8])
@pytest.mark.parametrize("lang", LANGS)
def test_page_is_small_and_quick(lang, agents):
    """Under 300 kB, and written in at most 0.3 s of processor time once the modules are loaded."""
    render_html(example_result(agents=agents), lang=lang)
    best = min(_seconds(lang, agents) for _ in range(3))

    assert len(render_html(example_result(agents=agents), lang=lang).encode()) < 300_000
    assert best <= 0.3


def _seconds(lang, agents):
    result = example_result(agents=agents)
    start = time.process_time()
    render_html(result, lang=lang)
    return time.process_time() - start


def test_tags_balance_and_ids_are_unique(english):
    """Every element is closed in order, no id is used twice, and every reference has its target."""
    parsed = Page(english)
    ids = [attrs["id"] for _, attrs, _ in parsed.elements if "id" in attrs]
    wanted = {attrs["href"][1:] for attrs in parsed.all("a")} | {
        attrs["aria-labelledby"] for attrs in parsed.all("section") if "aria-labelledby" in attrs
    }

    assert [] == parsed.open
    assert len(ids) == len(set(ids))
    assert set() == wanted - set(ids)
    assert set() == set(re.findall(r"url\(#([^)]+)\)", english)) - set(ids)


def test_headings_come_in_order(english):
    """One h1, and no level is skipped on the way down."""
    levels = [int(tag[1]) for tag, _, _ in Page(english).elements if re.fullmatch(r"h[1-6]", tag)]

    assert 1 == levels.count(1) == levels[0]
    assert [] == [(a, b) for a, b in pairwise(levels) if b > a + 1]


@pytest.mark.parametrize("lang", LANGS)
def test_page_speaks_to_a_screen_reader(lang):
    """Language, landmarks, a way past the top, captions and scopes in tables, a label on every drawing."""
    parsed = Page(render_html(example_result(), lang=lang))

    assert lang == parsed.all("html")[0]["lang"]
    assert [1, 1, 1, 1] == [len(parsed.all(tag)) for tag in ("header", "main", "nav", "footer")]
    assert "skip" == parsed.all("a")[0]["class"]
    assert len(parsed.all("table")) == len([text for text in parsed.texts("caption") if text])
    assert {"col", "row"} == {attrs["scope"] for attrs in parsed.all("th")}
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in parsed.all("svg"))


def test_first_screen_says_the_finding(english):
    """The title is the finding, counted without overlap; the cards say minutes, interval and what they rest on; a week is worked out."""
    head = english.split("<nav")[0].replace("\xa0", " ")

    assert "<h1>Three small integrations would take 2.1 of 6.4 minutes out of every case</h1>" in head
    assert 3 == head.count("<article>")
    assert "<b>0.92</b>" in head
    assert "<small>55 seconds</small>" in head
    assert "90% interval 0.74 to 1.12" in head
    assert "Measured: 467 cases, 8 agents, 1,204 occurrences" in head
    assert "With 320 cases a day that is 56 hours a week" in head


def test_numbers_are_written_as_the_reader_writes_them():
    """The decimal sign, the thousands and the days follow the language."""
    swedish = render_html(example_result(), lang="sv")
    danish = render_html(example_result(), lang="da")

    assert "2,1 av 6,4 minuter" in swedish
    assert "1\xa0204" in swedish
    assert "1.204" in danish
    assert "14.–25. sep. 2026" in danish


def short_case(**study):
    """The same study with cases a fifth as long, so that every saving is a fifth as large."""
    result = example_result(**study)
    result["cases"] |= {"seconds_mean": 76.8, "seconds_median": 70.2}
    for row in result["rank"]:
        for key in ("minutes_per_case", "marginal_minutes_per_case", "cumulative_minutes_per_case"):
            row[key] = row[key] and row[key] / 5
        for key in ("ci90", "bounds"):
            row[key] = row[key] and [end / 5 for end in row[key]]
    return result


def test_short_cases_are_told_in_seconds():
    """Where a case takes a minute or two the title and the lead count seconds; the cards say minutes with three digits, and seconds."""
    head = render_html(short_case(cases_per_day=None), lang="en").split("<nav")[0]

    assert "<h1>Three small integrations would take 25 of 77 seconds out of every case</h1>" in head
    assert "A case takes 77 seconds today on average; half of them take less than 70 seconds." in head
    assert "In 1,000 cases the saving comes to 7.0 hours" in head
    assert ["0.184", "0.156", "0.122"] == re.findall(r"<b>([\d.]+)</b>", head)
    assert ["11 seconds", "9.4 seconds", "7.3 seconds"] == re.findall(r"<small>([\d.]+ seconds)</small>", head)


def test_first_screen_names_each_integration_by_what_it_fills():
    """Two links between the same systems have different names, and the sentence says what stands where."""
    result = example_result()
    result["rank"][0] |= {
        "kind": "link",
        "sources": [ADDRESS, POSTCODE, EMAIL],
        "targets": [INVOICE_ADDRESS, ACCOUNT_SEARCH, CREDIT_REASON],
    }
    result["rank"][1] |= {"kind": "link", "sources": [CUSTOMER_NO], "targets": [INVOICE_NO]}

    head = render_html(result, lang="en").split("<nav")[0]

    assert "Connect CRM and Billing: “Delivery address”, “Account or name” and 1 more field</h2>" in head
    assert "Connect CRM and Billing: “Invoice no.”</h2>" in head
    assert "What stands in “Address”, “Postcode” and “E-mail” in CRM is there on “Invoice” in Billing at once." in head


def test_a_link_is_named_by_its_screens_where_no_field_may_be_named():
    """With 4 agents a link names the screens at both ends."""
    head = render_html(example_result(agents=4), lang="en").split("<nav")[0]

    assert "Connect “Invoice” in Billing and “Ticket” in Helpdesk</h2>" in head
    assert "What stands on “Invoice” in Billing is there on “Ticket” in Helpdesk at once." in head


@pytest.mark.parametrize("agents", [1, 2])
def test_first_screen_of_anecdotes_makes_sense(agents):
    """Where every row is an anecdote the title says so, and the cards show up to three of them, without a rank and as ranges."""
    result = example_result(agents=agents, agents_agreed=True)
    for row in result["rank"]:
        row |= {"evidence": "anecdote", "ci90": None, "p_top5": None}

    head = render_html(result, lang="en").split("<nav")[0]

    assert "<h1>The evidence is too thin to rank an integration yet</h1>" in head
    assert 3 == head.count("<article>")
    assert 'class="rank"' not in head
    assert "<b>0.44 to 1.46</b>" in head
    assert "These are anecdotes" in head


def test_what_the_rows_above_save_already_is_set_apart(english):
    """A row that adds nothing is under a heading of its own with what it saves alone; it is not counted and not drawn."""
    ranking = english.split('id="ranking"')[1].split("</section>")[0]
    above, below = ranking.split("<h3>Already in those above</h3>")

    assert "The first 3 of 9 integrations hold 72% of the saving" in above
    assert "from CRM</span></th>" in below
    assert "0.31" in below
    assert "0.22 to 0.42" in below
    assert "0.31" not in above


def test_what_the_rows_above_save_already_is_named_once_in_ranges():
    """With 4 agents rows that cannot be told apart by name stand as one, with their number."""
    result = example_result(agents=4)
    result["rank"].insert(10, result["rank"][9] | {"rank": 11})

    page = render_html(result, lang="en")

    assert "<li>Fill fields on “Ticket” in Helpdesk from “Customer form” in CRM (2 integrations)</li>" in page


def test_fields_that_nobody_ever_touched_come_first(english):
    """A field without a single agent is the finding where its screen was worked on by enough of them."""
    fields = english.split('id="fields"')[1].split("</section>")[0]

    assert "1 field is never touched, 6 more are left empty in at least 9 of 10 cases" in fields
    assert fields.index("survey") < fields.index("Fax")
    assert "is left out" not in fields


def test_sources_are_quoted_as_english():
    """The sources of assumptions are the analysis's own English: quoted and marked as such in a Danish report, plain in an English one."""
    danish = render_html(example_result(), lang="da")

    assert '<span lang="en">”Kieras 2001”</span>' in danish
    assert 'lang="en"' not in render_html(example_result(), lang="en").split("<body>")[1]


def test_assumptions_have_units_a_reader_knows(english):
    """Milliseconds are seconds, a share is per cent, and a unit follows its number."""
    table = english.split('id="assumptions"')[1].split("</section>")[0].replace("\xa0", " ")

    for value in ("120 s", "1.2 s", "5%", "25 occurrences"):
        assert f"<span>{value}</span>" in table


@pytest.mark.parametrize(("lang", "told"), [("en", "factor 1.11"), ("da", "faktor 1,11")])
def test_a_spread_of_logarithms_is_a_factor(lang, told):
    """What is spread by 0.1 around its logarithm may be off by a factor of 1.11: that is what a client can read."""
    assert told == Words(lang).value(0.1, "ln")


def test_without_cases_a_day_no_week_is_claimed():
    """Hours a week need the number of cases a day; without it nothing is said about a week."""
    page = render_html(example_result(cases_per_day=None), lang="en")

    assert "hours a week" not in page
    assert "Working days a week" not in page


def _blank(value, keep=("agents",)):
    if isinstance(value, dict):
        return {key: item if key in keep else _blank(item, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [_blank(item, keep) for item in value]
    return value if isinstance(value, str | bool) else None


@pytest.mark.parametrize("agents", [3, 8])
def test_what_was_not_measured_is_never_a_zero(agents):
    """With every figure that may be null set to null the page still comes, says so, and shows no 0 in any table."""
    result = example_result(agents=agents)
    for key in ("reentry", "friction", "switches"):
        result[key] = _blank(result[key], keep=("n_agents",))
    result["cases"] |= dict.fromkeys(("seconds_mean", "seconds_median", "events_median", "events_in_no_case", "share_in_no_case"))
    result["coverage"] |= dict.fromkeys(("recorded_s", "active_s", "long_gaps_s", "paused_s", "blind_s"))
    result["typical_case"] = None
    for row in result["rank"]:
        row.update(
            dict.fromkeys(
                (
                    "minutes_per_case",
                    "ci90",
                    "bounds",
                    "marginal_minutes_per_case",
                    "cumulative_minutes_per_case",
                    "p_top5",
                    "case_share",
                )
            )
        )

    page = render_html(result, lang="en")

    assert "not measured" in page
    assert [] == re.findall(r"<span>0(?:\.0+)?(?: s| hours|%)?</span>", page.replace("\xa0", " "))


def test_an_empty_study_still_gives_a_page():
    """No row anywhere: each section says that nothing was found or measured."""
    result = example_result()
    result |= {
        "rank": [],
        "reentry": [],
        "switches": [],
        "typical_case": None,
        "assumptions": [],
        "marks": [],
        "warnings": [],
    }
    result["friction"] = {"screen": [], "field": [], "app": []}
    result["coverage"] |= {"minutes_by_gap": [], "not_measured": []}

    page = render_html(result, lang="en")

    assert "<h1>The evidence is too thin to rank an integration yet</h1>" in page
    assert "No re-entry between systems was found" in page
    assert "No case could be singled out as typical." in page


@pytest.mark.parametrize(("n", "start"), [(1, "One small integration would take"), (2, "Two small integrations would take")])
def test_title_counts_what_there_is(n, start):
    """With fewer than three ranked integrations the title names as many as there are."""
    result = example_result()
    result["rank"] = result["rank"][:n]

    assert f"<h1>{start}" in render_html(result, lang="en")


def test_infinite_and_broken_numbers_are_not_measured():
    """A number that is not finite is shown as not measured."""
    result = copy.deepcopy(example_result())
    result["cases"]["seconds_mean"] = float("nan")

    assert "How long a case takes was not measured." in render_html(result, lang="en")


def test_unknown_language_lists_the_known_ones():
    """A language the report does not speak is refused with the four it does."""
    with pytest.raises(UnknownLanguageError, match="choose one of en, da, nb, sv"):
        render_html(example_result(), lang="fi")


@pytest.mark.parametrize("lang", LANGS)
def test_no_word_about_feelings_or_persons(lang):
    """The page names no emotion, no idleness and no productivity."""
    page = render_html(example_result(), lang=lang).lower()
    words = (
        "frustrat",
        "annoy",
        "stress",
        "rage",
        "angry",
        "idle",
        "productiv",
        "produktiv",
        "irrit",
        "lazy",
        "ineffektiv",
        "sur ",
        "vred",
    )

    assert [] == [word for word in words if word in re.sub(r"coverage|average|storage", "", page)]


def test_compiled_template_is_kept_and_used(monkeypatch, tmp_path):
    """The template is compiled once; a damaged or older one is compiled anew, and where none can be kept it does without."""
    monkeypatch.setattr(html._Compiled, "folder", tmp_path / "kept")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    expected = render_html(example_result(), lang="en")
    for _ in range(3):
        html._template.cache_clear()
        assert expected == render_html(example_result(), lang="en")
        (kept,) = (tmp_path / "kept").iterdir()
        kept.write_bytes(kept.read_bytes()[:100])
    monkeypatch.setattr(html._Compiled, "folder", tmp_path / "kept" / kept.name)
    html._template.cache_clear()

    assert expected == render_html(example_result(), lang="en")
    html._template.cache_clear()
