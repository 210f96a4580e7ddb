"""The charts: what is in them, and that no label is clipped or on top of another."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadow.report.disclosure import permitted
from shadow.report.figures import integrations
from shadow.report.figures.bars import bars_chart
from shadow.report.figures.blocks import NARROW, WIDE, Figure
from shadow.report.figures.effort import effort_data
from shadow.report.figures.pareto import pareto_data
from shadow.report.figures.ranking import chance_in_words
from shadow.report.figures.reentry import flow_data
from shadow.report.figures.screens import screens_data
from shadow.report.figures.sensitivity import tornado_data
from shadow.report.figures.svg import ACCENT, INK, MUTED, Drawing, shorten, text_width, wrap
from shadow.report.figures.switches import switches_data
from shadow.report.figures.typical_case import case_data
from shadow.report.figures.waterfall import waterfall_data
from shadow.report.page import make_page
from shadow.report.texts import LANGUAGES, Words
from tests.report.example_result import example_result

TEXT = re.compile(
    r'<text x="([-\d.]+)" y="([-\d.]+)" font-size="(\d+)" text-anchor="(\w+)"[^>]*font-weight="(\d+)">(?:<title>[^<]*</title>)?([^<]*)<'
)


def drawings(result, lang):
    """Every drawing of a report: section, width, SVG."""
    for section in make_page(result, lang).sections:
        for block in section.blocks:
            if isinstance(block, Figure):
                yield section.name, WIDE, block.wide
                yield section.name, NARROW, block.narrow


def boxes(svg):
    """Every text of a drawing: left, top, right, bottom, text."""
    for x, y, size, anchor, weight, text in TEXT.findall(svg):
        # The fonts of the page are narrower than the table by a tenth and more; two texts meet only if they meet as drawn.
        width = text_width(text.replace("&#34;", '"').replace("&amp;", "&"), float(size), bold=weight == "600") * 0.9
        left = float(x) - {"start": 0, "middle": width / 2, "end": width}[anchor]
        yield left, float(y) - 0.7 * float(size), left + width, float(y) + 0.1 * float(size), text


def long_names(result):
    """The same result with a name of the length people really give."""
    for row in result["friction"]["screen"]:
        row["screen"] += " of the customer with a very long name in the window's own words"
    for row in result["rank"] + result["reentry"]:
        ends = [row["source"], row["target"]] if "source" in row else row["sources"] + row["targets"]
        for field in ends:
            field["label"] = f"{field['label']} as it is to be written on the form, with all that belongs to it"
            field["app"] += " (production, Northern region)"
    return result


@pytest.mark.parametrize("lang", sorted(LANGUAGES))
@pytest.mark.parametrize("make", [example_result, lambda: long_names(example_result()), lambda: long_names(example_result(agents=4))])
def test_no_label_is_clipped_or_on_another(make, lang):
    """At both widths and in every language each text is inside its drawing and apart from every other."""
    for name, width, svg in drawings(make(), lang):
        found = list(boxes(svg))
        assert found or name == "coverage", name
        height = float(re.search(r'viewBox="0 0 [\d.]+ ([\d.]+)"', svg).group(1))
        for left, top, right, bottom, text in found:
            assert left >= -1, (name, width, text)
            assert right <= width + 1, (name, width, text)
            assert top >= -1, (name, width, text)
            assert bottom <= height + 1, (name, width, text)
        for index, a in enumerate(found):
            for b in found[index + 1 :]:
                assert a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1 or b[3] <= a[1] + 1, (name, width, a, b)


def _luminance(color):
    channels = [int(color[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("color", [INK, MUTED, ACCENT])
def test_text_is_readable_on_white(color):
    """Every colour that text has stands 4.5:1 or more from white (WCAG 2.2, 1.4.3)."""
    assert (1.05) / (_luminance(color) + 0.05) >= 4.5


def test_text_is_drawn_in_those_colours_only():
    """No text in a drawing has another colour."""
    fills = {fill for _, _, svg in drawings(example_result(), "en") for fill in re.findall(r'<text[^>]*? fill="([^"]+)"', svg)}

    assert fills <= {INK, MUTED, ACCENT}


def test_difference_is_shown_in_more_than_hue():
    """What is pointed out is hatched, and re-entry in the case has a mark above it."""
    svgs = {(name, width): svg for name, width, svg in drawings(example_result(), "en")}

    for name in ("waterfall", "reentry", "screens", "typical-case", "coverage"):
        assert "-hatch)" in svgs[name, WIDE], name
    assert 5 == svgs["typical-case", WIDE].count("h8l-4 6z")


def test_waterfall_ends_at_what_is_left():
    """The steps hang together: each begins where the one before ends, and the last bar is today less all that is saved."""
    steps = waterfall_data(permitted(example_result()), Words("en"))

    assert 11 == len(steps)
    assert pytest.approx(6.4 - 2.92) == steps[-1].end
    assert all(a.start == pytest.approx(b.end) for a, b in pairwise(steps[1:-1]))


def test_waterfall_leaves_out_what_adds_nothing():
    """The tenth row, which the first holds already, has no step."""
    labels = [step.label for step in waterfall_data(permitted(example_result()), Words("en"))]

    assert [] == [label for label in labels if label.startswith("10")]
    assert "A case after all of them" == labels[-1]


def test_a_bar_ends_before_its_text():
    """Also where a screen is below the pace, no text of a bar begins on the bar, and nothing is hatched."""
    result = permitted(example_result())
    for row in result["friction"]["screen"]:
        row["excess_s_per_case"] = -row["dwell_s_per_case"] / 2
    bars = screens_data(result["friction"]["screen"], Words("en"))
    svg = str(bars_chart(Drawing("bars", WIDE), bars, "label"))
    ends = {y: float(x) + float(w) for x, y, w in re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="20"', svg)}
    starts = [float(x) for x, text in re.findall(r'<text x="([\d.]+)"[^>]*>([^<]* below)<', svg)]

    assert len(bars) == len(ends) == len(starts)
    assert all(end < start for end, start in zip(ends.values(), starts, strict=True))
    assert 0 == svg.count('fill="url(')
    assert "74 s, 37 s below" == bars[0].text.replace("\xa0", " ")


def test_an_address_is_shortened_at_its_beginning():
    """Addresses of one system begin alike, so their ends are kept."""
    assert "…NewRecord/thankyou" == shorten("/universityofmelbourne/form/NewRecord/thankyou", 160, 13)


def test_waterfall_needs_every_part():
    """With one saving not measured no waterfall is drawn: a bar of no length would say 0."""
    result = example_result()
    result["rank"][3]["marginal_minutes_per_case"] = None

    assert [] == waterfall_data(permitted(result), Words("en"))


def test_flows_keep_their_seconds():
    """Each pair is one flow, as wide as its seconds per case."""
    result = permitted(example_result())

    assert sorted(row["seconds_per_case"] for row in result["reentry"]) == sorted(
        flow.seconds for flow in flow_data(result["reentry"], Words("en"))
    )


def test_case_lanes_add_up_to_the_case():
    """The seconds of the lanes are those of the case, and the stays in applications are one more than the changes."""
    result = example_result()
    lanes, _ = case_data(result, Words("en"))

    assert result["typical_case"]["seconds"] == sum(lane.seconds for lane in lanes)
    assert result["typical_case"]["switches"] + 1 == sum(lane.stays for lane in lanes)
    assert 14 == result["typical_case"]["switches"]


def test_the_analysis_says_which_rows_are_tied():
    """Rows cannot be told apart if the analysis says so, and both are shown; intervals that overlap are no second answer."""
    result = permitted(example_result())
    rows = integrations.ranked(result)

    assert [(4, 5), (6, 7)] == integrations.tied(result, rows)
    assert [] == integrations.tied(result | {"tied": []}, rows)


@pytest.mark.parametrize(
    ("chance", "expected"),
    [
        (1.0, "almost certain"),
        (0.95, "almost certain"),
        (0.5, "as likely as not"),
        (0.0, "very unlikely"),
        (None, "not measured"),
    ],
)
def test_chances_are_said_in_words(chance, expected):
    """A probability is a word; one that was not measured says so."""
    assert expected == chance_in_words(chance, Words("en"))


def test_savings_of_several_count_overlap_once():
    """In figures the cumulative saving is taken; in ranges it is from the best alone to the sum of all."""
    figures, ranges = (integrations.ranked(permitted(example_result(agents=agents)))[:3] for agents in (8, 4))

    assert 2.10 == integrations.saved_by(figures)
    assert pytest.approx((0.74, 1.12 + 1.09 + 0.88)) == tuple(integrations.saved_by(ranges))


@given(st.text(max_size=80), st.floats(min_value=20, max_value=400), st.integers(min_value=9, max_value=20))
def test_shortened_and_wrapped_text_fits(text, width, size):
    """Whatever the text, what is drawn is not wider than its room."""
    assert text_width(shorten(text, width, size), size) <= width
    assert all(text_width(line, size) <= width for line in wrap(text, width, size))


def test_the_matrix_holds_every_change():
    """Each pair of the result is in its cell, an application never with itself, the one with most changes first."""
    result = permitted(example_result())
    matrix = switches_data(result, Words("en"))
    cells = {
        (source, target): per_case
        for source, row in zip(matrix.apps, matrix.per_case, strict=True)
        for target, per_case in zip(matrix.apps, row, strict=True)
        if per_case is not None
    }

    assert {(row["source_app"], row["target_app"]): row["per_case"] for row in result["switches"]} == cells
    assert "Helpdesk" == matrix.apps[0]
    assert 0 == matrix.more


def test_the_matrix_leaves_out_what_does_not_fit():
    """With nine applications the six with most changes are drawn, and three are said to be left out."""
    result = permitted(example_result())
    result["switches"] += [{"source_app": f"App {n}", "target_app": "CRM", "per_case": 0.01 * n} for n in range(1, 6)]

    matrix = switches_data(result, Words("en"))

    assert (6, 3) == (len(matrix.apps), matrix.more)
    assert "App 1" not in matrix.apps


def test_pareto_adds_up_to_all_and_marks_what_holds_most():
    """Shares grow to 1; the screens pointed out are the fewest that reach 80 per cent; those at or below the pace are left out."""
    data = pareto_data(permitted(example_result()), Words("en"))
    marked = [entry for entry in data if entry.first]

    assert pytest.approx(1.0) == data[-1].reached
    assert sorted((entry.seconds for entry in data), reverse=True) == [entry.seconds for entry in data]
    assert marked[-2].reached < 0.8 <= marked[-1].reached
    assert "Queue" not in {entry.screen for entry in data}


def test_pareto_in_ranges_adds_nothing_up():
    """A share of all could bring a figure back, so there is none."""
    data = pareto_data(permitted(example_result(agents=4)), Words("en"))

    assert {None} == {entry.reached for entry in data}


def test_each_dot_has_the_class_and_the_interval_of_its_row():
    """Number, class, minutes and line are those of the ranking; a row without an interval has its limits, dashed."""
    dots = {dot.rank: dot for dot in effort_data(permitted(example_result()), Words("en"))}

    assert ("medium", 0.92, 0.74, 1.12, True) == (dots["1"].effort, dots["1"].minutes, dots["1"].low, dots["1"].high, dots["1"].interval)
    assert "small" == dots["3"].effort
    assert not dots["9"].interval


def test_the_tornado_has_both_ends_and_no_total_in_ranges():
    """The saving at the lower and the higher value; with 4 agents no bar is drawn, for the totals are figures."""
    first = tornado_data(permitted(example_result()), Words("en"))[0]

    assert (3.18, 2.41, "0.6\xa0s", "2.4\xa0s") == (first.at_low, first.at_high, first.low, first.high)
    assert [] == tornado_data(permitted(example_result(agents=4)), Words("en"))


def test_seconds_of_a_system_are_the_sum_of_what_goes_into_it():
    """Beside the name of a system stands what is entered into it a second time; not in ranges."""
    svgs = {(name, width): svg for name, width, svg in drawings(example_result(), "en")}
    ranges = {(name, width): svg for name, width, svg in drawings(example_result(agents=4), "en")}

    assert {">40\xa0s<", ">31\xa0s<"} <= set(re.findall(r">[^<>]* ?s<", svgs["reentry", WIDE]))
    assert 'font-weight="600">40' not in ranges["reentry", WIDE]
