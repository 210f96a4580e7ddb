"""The questions are made from the evidence and nothing else."""

from shadow.report.disclosure import permitted
from shadow.report.html import render_html
from shadow.report.questions import MOST, questions
from shadow.report.texts import Words
from tests.report.example_result import example_result


def asked(result):
    """The questions of a report in English."""
    return questions(permitted(result), Words("en"))


def test_a_field_passed_over_is_asked_about():
    """The commonest skip comes first, with the figure behind it and the section that has it."""
    first = asked(example_result())[0]

    assert "On “Customer form”, “Fax” is passed over in 97 of 100 cases. What is it for?" == first.text
    assert "of 100 cases: passed over 97, never touched 1; 480 cases showed it" == first.evidence
    assert "fields" == first.anchor


def test_every_kind_of_evidence_has_its_turn():
    """No kind crowds out another: typed and copied values, defaults, corrections, clicks, round trips, loose work and rare things are asked about."""
    texts = " ".join(question.text for question in asked(example_result()))

    for part in ("never touched", "typed again", "is copied", "is kept in Notes", "nearly always gets the same value", "is put right", "go by before the first key",
                 "clicked again and again", "left again at once", "on the way?", "belongs to no case", "seen too rarely to count"):  # fmt: skip
        assert part in texts
    assert MOST == len(asked(example_result()))


def test_each_question_points_to_its_evidence_and_leaves_room():
    """Every question is followed by a link to a section of the page and by room for an answer."""
    page = render_html(example_result(), lang="en")

    assert MOST == page.count('class="answer"') == page.count(">Evidence</a>")
    assert all(f'id="{question.anchor}"' in page for question in asked(example_result()))


def test_ranges_ask_about_no_field():
    """With 4 agents no question names a field."""
    names = {row["label"] for row in example_result()["friction"]["field"]} - {None}

    assert [] == [question.text for question in asked(example_result(agents=4)) for name in names if f"“{name}”" in question.text]
    assert asked(example_result(agents=4))


def test_no_evidence_no_question():
    """A rule that finds nothing asks nothing, and nothing unmeasured is asked about."""
    result = example_result()
    result |= {"rank": [], "reentry": [], "workarounds": [], "switches": []}
    result["friction"] = {"screen": [], "field": [], "app": []}
    result["cases"]["share_in_no_case"] = None

    assert [] == asked(result)
    assert "The figures raise no question of their own" in render_html(result, lang="en")


def test_marks_are_quoted_in_their_own_words():
    """What an agent said at a mark is quoted, with how often, and with no word about who."""
    page = render_html(example_result(), lang="en")

    assert "“I look the address up in Billing because CRM has the old one”" in page
    assert "4 times" in page
