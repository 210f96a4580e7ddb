"""What a report may show at which number of agents."""

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.errors import DisclosureError
from shadow.report import ReportRefusedError, level
from shadow.report.disclosure import Range, band, permitted, share_band
from shadow.report.html import render_html
from tests.report.example_result import example_result, screen_row


@pytest.mark.parametrize(
    ("agents", "agreed", "expected"),
    [
        (5, False, "figures"), (8, False, "figures"), (4, False, "ranges"), (3, False, "ranges"), (4, True, "ranges"),
        (2, False, "refused"), (1, False, "refused"), (2, True, "ranges"), (1, True, "ranges"), (0, True, "refused"),
        (None, True, "refused"), (2, "false", "refused"),
    ],
)  # fmt: skip
def test_level_follows_the_number_of_agents(agents, agreed, expected):
    """5 agents give figures, 3 ranges, fewer nothing unless the agents have agreed; only a true `true` is an agreement."""
    result = {"study": {"agents": agents, "agents_agreed": agreed}}

    assert expected == level(result)


def test_refusal_is_an_error_that_says_how_to_mend_it():
    """A report about two agents who have not agreed raises a ValueError of our own tree, with reason and remedy."""
    with pytest.raises(ReportRefusedError, match=r"at least 3 agents and this study has 2; .*agents_agreed = true") as caught:
        render_html(example_result(agents=2), lang="en")

    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, DisclosureError)


@pytest.mark.parametrize("agents", [1, 2])
def test_agreed_small_study_says_so_on_the_first_page(agents):
    """Before the first section, the reader is told how few agents there are and that they agreed."""
    page = render_html(example_result(agents=agents, agents_agreed=True), lang="en")

    assert "agreed to it" in page.split('id="ranking"')[0]


def _moved(value):
    """The same document with every measured amount moved a little, but not out of its range."""
    kept = {
        "ci90",
        "bounds",
        "gap_s",
        "low",
        "high",
        "value",
        "p_top5",
        "agents",
        "n_agents",
        "n",
        "sessions",
        "rank",
        "tied",
        "how",
        "study",
        "assumptions",
        "total",
    }
    if isinstance(value, list):
        return [_moved(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in kept else _moved(item) for key, item in value.items()}
    if isinstance(value, int | float) and not isinstance(value, bool):
        moved = value * 1.0007
        return moved if (band(value), share_band(value)) == (band(moved), share_band(moved)) else value
    return value


def test_ranges_do_not_depend_on_the_figures_in_them():
    """With 4 agents the page stays the same to the byte when each figure moves inside its range: no figure can be read from it."""
    result = example_result(agents=4)
    moved = _moved(result)
    for row in moved["rank"]:
        row["minutes_per_case"] *= 1.3
        row["cumulative_minutes_per_case"] += 0.1

    assert result != moved
    assert render_html(result, lang="en") == render_html(moved, lang="en")


def test_ranges_name_no_field():
    """With 4 agents nothing finer than a screen is named: no label or id of a field is in the page."""
    result = example_result(agents=4)
    page = render_html(result, lang="en")
    labels = {row["label"] or row["field"] for row in result["friction"]["field"]}
    ids = {row["field"] for row in result["friction"]["field"]}

    assert set() == {name for name in labels | ids if f"“{name}”" in page or f">{name}<" in page or f"{name} (" in page}


def test_ranges_have_no_single_case_and_no_waterfall():
    """One case is one person's work and a step of the waterfall is a figure, so neither is drawn for 4 agents."""
    page = render_html(example_result(agents=4), lang="en")

    assert 'id="typical-case"' not in page
    assert 'id="waterfall"' not in page
    assert 'id="fields"' not in page


def test_figures_of_fewer_than_three_agents_are_gone_at_any_size():
    """A candidate that 2 of 8 agents showed keeps its name and loses every number."""
    shown = permitted(example_result())
    thin = next(row for row in shown["rank"] if row["rank"] == 12)

    assert {None} == {thin[key] for key in ("minutes_per_case", "ci90", "bounds", "cases", "agents", "occurrences", "case_share")}
    assert "Seen with fewer than 3 agents" in render_html(example_result(), lang="en")


def test_reentry_of_a_thin_candidate_is_left_out():
    """A pair whose target only a candidate of 2 agents fills is not shown either: it would bring the figure back."""
    result = example_result()
    result["rank"][11]["targets"] = [result["reentry"][0]["target"] | {"field": "only_here"}]
    result["reentry"][0]["target"] = result["rank"][11]["targets"][0]

    shown = permitted(result)

    assert 7 == len(shown["reentry"])
    assert 1 == shown["withheld"]["reentry"]


def test_a_lone_thin_screen_takes_another_with_it():
    """One screen left out could be found by subtraction from the whole; so the smallest of the others goes too."""
    result = example_result()
    result["friction"]["screen"].append(screen_row("notes", 3.0, 1.0, 9) | {"screen": "Secret", "n_agents": 1})

    names = [row["screen"] for row in permitted(result)["friction"]["screen"]]

    assert "Secret" not in names
    assert "Payments" not in names
    assert 11 == len(names)


def test_fields_of_few_agents_are_left_out():
    """A field that 2 of 8 agents used is not listed, and how many are missing is said."""
    result = example_result()
    result["friction"]["field"][0]["n_agents"] = 2

    page = render_html(result, lang="en")

    assert "“Fax” is passed over" not in page
    assert "1 field is left out" in page


def test_a_field_nobody_touched_rests_on_the_agents_of_its_screen():
    """Where fewer than three agents ever saw the screen, a field on it that nobody touched is left out too."""
    result = example_result()
    next(row for row in result["friction"]["screen"] if row["screen"] == "Close ticket")["n_agents"] = 2

    shown = permitted(result)

    assert "survey" not in {row["field"] for row in shown["friction"]["field"]}
    assert 1 == shown["withheld"]["field"]


def test_a_field_that_was_never_shown_is_left_out():
    """No agent and no case is no evidence."""
    result = example_result()
    result["friction"]["field"][-1] |= {"n_cases": 0}

    assert "survey" not in {row["field"] for row in permitted(result)["friction"]["field"]}


def test_no_session_and_no_agent_is_identified():
    """The page names no session, and the result is not changed by rendering it."""
    result = example_result()
    before = copy.deepcopy(result)

    page = render_html(result, lang="en")

    assert before == result
    assert None is re.search(r"\bs0\d\d\b", page)


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_band_holds_the_amount_and_is_wide(amount):
    """A range holds its figure and its ends are at least a quarter apart."""
    low, high = band(amount)

    assert low * (1 - 1e-9) <= amount <= high * (1 + 1e-9)
    assert high >= 1.24 * low


@given(st.floats(min_value=0, max_value=1))
def test_share_band_holds_the_share(share):
    """A range of shares holds its share."""
    low, high = share_band(share)

    assert low <= share <= high


def test_bands_of_nothing():
    """What was not measured stays unmeasured; nothing is from 0 to 0."""
    assert None is band(None)
    assert None is share_band(None)
    assert Range(0.0, 0.0) == band(0)


def test_band_below_nothing_is_the_mirror_image():
    """A screen below the pace has a range below 0."""
    assert Range(-15.0, -10.0) == band(-12.0)


def test_permitted_is_still_a_document():
    """What may be shown is of the shape of the result: it can be written as JSON."""
    assert json.dumps(permitted(example_result(agents=3)))
