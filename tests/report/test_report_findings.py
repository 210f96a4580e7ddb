"""Workarounds, suggestions, the cost of a change and rows that cannot be told apart, as the report shows them."""

import re

import pytest

from shadow.report.disclosure import Range, permitted
from shadow.report.html import render_html
from tests.report.example_result import example_result


def section(name, **study):
    """The text of one section, tags taken out and spaces made plain."""
    page = render_html(example_result(**study), lang="en")
    body = page.split(f'<section id="{name}"')[1].split("</section>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body.partition(">")[2])).replace("\xa0", " ")


def test_a_workaround_is_told_with_its_way():
    """The memory, where the value comes from and where it ends, how often, and one example."""
    text = section("workarounds")

    assert "1 application serves as a memory between systems" in text
    for part in ("CRM → Billing", "“Customer no.” to “Account or name”", "3.4", "127", "131", "5.1 s into Notes", "7.2 s into Billing"):
        assert part in text


def test_a_workaround_of_one_agent_is_left_out_and_counted():
    """What rests on fewer than three agents is not shown, only that there is more."""
    text = section("workarounds")

    assert "Text of the reply" not in text
    assert "1 workaround is left out, because fewer than 3 agents stand behind it." in text


def test_a_workaround_in_ranges_has_no_field_and_no_example():
    """With 4 agents screens stand for fields, figures are ranges, and no single occurrence is told."""
    (row,) = permitted(example_result(agents=4))["workarounds"]

    assert row["example"] is None
    assert {None} == {field["field"] for side in ("memory", "sources", "targets") for field in row[side]}
    assert isinstance(row["seconds_per_case"], Range)
    assert "One such way" not in section("workarounds", agents=4)


def test_without_a_workaround_there_is_no_section():
    """Nothing is said of what was not found."""
    assert 'id="workarounds"' not in render_html(example_result() | {"workarounds": []}, lang="en")


def test_suggestions_say_what_they_rest_on():
    """One row for each, in words; one that rests on a single agent is left out."""
    text = section("fields")

    assert "survey Close ticket (Helpdesk) Take it off the form never touched in 100 of 100 cases; 480 cases showed it" in text
    assert "Fax Customer form (CRM) Move it out of the way, or take it off passed over in 97 of 100 cases; 480 cases showed it" in text
    assert "Closing code Close ticket (Helpdesk) Start it with its usual value the usual value in 91 of 100 entries" in text
    assert "85 of 100 entries" not in text


def test_a_field_with_a_suggestion_is_not_listed_twice():
    """What a suggestion is about is not among the other fields that are left empty."""
    assert 1 == section("fields").count("Fax Customer form")


@pytest.mark.parametrize(
    ("agents", "expected"),
    [
        (8, "A change of application adds 2.3 s between two acts, 90% interval 1.8 to 2.9. That is 33 s of a case. 0.6 s of it comes"),
        (4, "A change of application adds 2 to 3 s between two acts. 0.5 to 0.7 s of it comes"),
    ],
)
def test_the_cost_of_a_change(agents, expected):
    """The study's figure with its interval; a range where there are few agents; never a figure for each."""
    assert expected in section("switches", agents=agents)


def test_the_cost_of_a_change_of_two_agents_is_not_told():
    """What rests on fewer than three of the agents is one agent's figure."""
    result = example_result()
    result["switching"] |= {"agents": 2}

    assert "A change of application adds" not in render_html(result, lang="en")


def test_rows_that_cannot_be_told_apart_say_so():
    """In the row, from which; and below the table, which pairs. A row that is not shown is in none."""
    text = section("ranking")

    assert "cannot be told apart from number 5" in text
    assert "These neighbours cannot be told apart, for either of the two may save more: 4 and 5; 6 and 7." in text
    assert "number 10" not in text


@pytest.mark.parametrize(
    ("name", "agents", "title"),
    [
        ("effort", 8, "6 of 9 integrations are small to build and hold 42% of the saving"),
        ("effort", 4, "6 of 9 integrations are small to build"),
        ("friction", 8, "5 of 11 screens hold 82% of the friction"),
        ("friction", 4, "The most time is lost on “Customer form” in CRM"),
        ("sensitivity", 8, "1 of 4 assumptions that were tried would change which integrations come first"),
        ("switches", 8, "14.3 changes of application per case, most often from Helpdesk to CRM"),
    ],
)
def test_a_title_states_its_finding(name, agents, title):
    """With the figures behind it, and without them where there may be none."""
    text = section(name, agents=agents).replace("&#34;", '"')

    assert f" {title} " in text


def test_no_payback_is_made_up():
    """Nobody said what anything costs, so no figure says when it is paid back."""
    text = section("effort")

    assert "So no time to pay back is given." in text
    assert "Fill “Delivery address” in Billing from CRM Small the consultant 0.61" in text


def test_an_assumption_says_by_whom_and_until_when():
    """The toolkit's until a later recording, the consultant's until the day in study.toml."""
    text = section("assumptions")

    assert "A glance at what was filled in 1.2 s this toolkit until a later recording Kieras 2001" in text
    assert "Filled in wrongly and done again by hand 5% the consultant until 30 June 2027" in text


def test_words_that_may_not_be_quoted_are_said_to_be_missing():
    """The reader learns that there are some, not what they are."""
    page = render_html(example_result() | {"marks": [], "marks_not_quoted": 5}, lang="en")

    assert "What the agents wrote to their marks is not quoted" in page
    assert "What the agents marked themselves" not in page


def test_questions_come_before_the_method():
    """What is asked stands before what is there to be looked up."""
    page = render_html(example_result(), lang="en")

    assert 0 < page.index('<section id="questions"') < page.index('<section id="method"')
