"""A session in the hands of its agent: seen whole and in plain words, struck for good, released once it is clean, withdrawn at any time."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from recorder.phrases import load_phrases
from recorder.review import Review
from recorder.review_words import ReviewWords, as_clock
from recorder.window.review_model import Review as WindowReview
from shadow.consent import Switches
from shadow.deletion import read_order
from shadow.errors import KeyFault, SessionError
from shadow.events import ACTIONS, ROLES, UNKNOWN_APP
from shadow.recorded import RecordedEvent
from shadow.sealed_session import open_sealed
from shadow.settings import LANGUAGES
from tests.shadow.released_sessions import AGENT, APPS, OTHER_STUDY, SESSION, STUDY, a_minute, event, recorded

INVOICE = {"app": APPS[1], "screen": "Invoice"}


def review(folder: Path, events: Iterable[RecordedEvent] | None = None, language: str | None = None, **more: object) -> Review:
    """The review of a session that has just been recorded."""
    return Review(open_sealed(recorded(folder / SESSION, a_minute() if events is None else events, **more)), AGENT, language)


def seqs(opened: Review) -> list[int]:
    """Numbers of the events that are there, read from the disk again."""
    return [found.seq for found in open_sealed(opened.session.folder).read(AGENT).events]


class TestLook:
    def test_stretches(self, tmp_path: Path) -> None:
        """Stays end where the application or the screen changes, at a pause and at a gap; a pause belongs to no stay's length."""
        opened = review(
            tmp_path,
            [
                event(0, "screen"), event(1), event(2, "screen", screen="Queue"), event(3, "switch", **INVOICE), event(4, **INVOICE),
                event(5, "pause", **INVOICE), event(65, "resume", **INVOICE), event(66, **INVOICE),
            ],
        )  # fmt: skip

        assert [
            (0, 1, 0, 2000, APPS[0], "Ticket", 2), (2, 2, 2000, 3000, APPS[0], "Queue", 1),
            (3, 5, 3000, 5000, APPS[1], "Invoice", 3), (65, 66, 65_000, 66_000, APPS[1], "Invoice", 2),
        ] == [(one.first_seq, one.last_seq, one.start_ms, one.end_ms, one.app, one.screen, one.n_events) for one in opened.stretches()]  # fmt: skip
        assert f"In {APPS[0]}, on “Ticket”, for 2 s." == opened.stretches()[0].sentence

    def test_every_event_is_in_one_line(self, tmp_path: Path) -> None:
        """Nothing that is kept is left out of what the agent sees."""
        opened = review(tmp_path)
        lines = [line for stretch in opened.stretches() for line in opened.lines(stretch)]

        assert list(range(9)) == [line.seq for line in lines]
        assert opened.all_lines() == lines

    def test_lines(self, tmp_path: Path) -> None:
        """Each says what was done and to what, and that what it says is not recorded."""
        assert [
            "“Ticket” was shown. Fields to fill in: 3.",
            "You went to the field “Customer no.”.",
            "You changed the field “Customer no.” (7 key presses). What it says is not recorded.",
            "You clicked the button “Save”.",
            f"You went over to {APPS[1]}.",
            "“Invoice” was shown. Fields to fill in: 2.",
            "You changed the field “account” (7 key presses). What it says is not recorded.",
            "You marked friction and wrote: “the number again”",
            "You left the field “amount” empty.",
        ] == [line.sentence for line in review(tmp_path).all_lines()]

    def test_counts(self, tmp_path: Path) -> None:
        """How much of what: by application and by kind, the most first."""
        opened = review(tmp_path)

        assert {APPS[1]: 5, APPS[0]: 4} == opened.counts_by_app()
        assert {"screens shown": 2, "changes": 2} == dict(list(opened.counts_by_kind().items())[:2])
        assert 9 == sum(opened.counts_by_kind().values())

    def test_what_stands_in_no_line(self, tmp_path: Path) -> None:
        """Marks, places and cases are told of where there are some, and not where there are none."""
        assert 3 == len(review(tmp_path).also_recorded())
        assert [] == Review(open_sealed(recorded(tmp_path / "plain", [event(0)])), AGENT).also_recorded()

    def test_missing(self, tmp_path: Path) -> None:
        """What was forgotten and struck is told of."""
        opened = review(tmp_path, [event(seq) for seq in range(200)], forget_at=[150_000])
        opened.strike({0, 1})

        assert ["From 00:01:00 to 00:02:30 everything was forgotten, as you asked. Nobody can read it any more."] == opened.missing()[:1]
        assert ["Events you struck: 2. Nobody can read them any more."] == opened.missing()[1:]

    def test_agreed(self, tmp_path: Path) -> None:
        """The consent in sentences: what was allowed and what not, who gets it, until when."""
        said = "\n".join(review(tmp_path, switches=Switches(clicks_and_focus=True)).agreed())

        assert "You said yes to: Clicks and focus." in said
        assert "You said no to: Time in fields, and skips; Value marks; Screenshots." in said
        assert "Observant ApS" in said
        assert "Acme A/S" in said
        assert "ab" * 32 in said
        assert "2026-12-2" in said

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_language(self, tmp_path: Path, language: str) -> None:
        """The agent's language is that of the notice unless another is asked for."""
        in_notice = review(tmp_path, language=None)
        asked = Review(in_notice.session, AGENT, language)

        assert "en" == in_notice.language
        assert load_phrases(language, "review")["line_switch"].format(app=APPS[1]) == asked.all_lines()[4].sentence

    def test_what_the_window_needs(self, tmp_path: Path) -> None:
        """The window is shown a review as it is."""
        shown: WindowReview = review(tmp_path)

        assert [9 - 5, 5] == [len(shown.lines(stretch)) for stretch in shown.stretches()]

    def test_another_agent(self, tmp_path: Path) -> None:
        """Nobody else opens it: not another agent, not the study."""
        session = open_sealed(recorded(tmp_path / SESSION, a_minute()))
        for pair in (STUDY, OTHER_STUDY):
            with pytest.raises(KeyFault):
                Review(session, pair)


class TestWords:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_everything_has_a_sentence(self, language: str) -> None:
        """Every action on every kind of control, whatever is known of it, is said in every language without a hole."""
        words = ReviewWords(language)
        said = [
            words.event(
                RecordedEvent(0, 0, action, app, screen, element, role=role, filled=filled, keys=keys, note=note, elements=elements)
            )
            for action in ACTIONS
            for role in (None, *ROLES)
            for filled in (None, True, False)
            for app, screen in ((APPS[0], "Ticket"), (APPS[0], ""), (UNKNOWN_APP, ""))
            for element, keys, note, elements in ((None, None, None, None), ("f", 1, "slow", ("f",)), ("f", 12, None, ()))
        ]

        assert [] == [text for text in said if not re.search(r"[.”»«]$", text) or re.search(r"[{}]|None|\(\)|  ", text)]
        assert "slow" not in "".join(text for text in said if "“" not in text and "«" not in text and "»" not in text and "”" not in text)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_kind_has_a_name(self, language: str) -> None:
        """Counts by kind name each kind, no two alike."""
        assert len(ACTIONS) == len({ReviewWords(language).kind(RecordedEvent(0, 0, action, "CRM")) for action in ACTIONS})

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            ({"action": "change", "element": "pin", "role": "password", "keys": None}, "You changed the password field “pin”. Nothing of it was read."),
            ({"action": "change", "element": "town", "role": "entry", "filled": False}, "You emptied the field “town”."),
            ({"action": "select", "element": "vip", "role": "check", "filled": True}, "You ticked the tick box “vip”."),
            ({"action": "select", "element": "vip", "role": "check", "filled": False}, "You took the tick out of the tick box “vip”."),
            ({"action": "change", "element": "town", "role": "entry", "keys": 1}, "You changed the field “town” (1 key press). What it says is not recorded."),
            ({"action": "click"}, "You clicked a place without a name."),
            ({"action": "copy", "app": UNKNOWN_APP, "screen": ""}, "Something was copied in another application. What and where is not recorded."),
            ({"action": "switch", "app": UNKNOWN_APP, "screen": ""}, "You went over to another application. Which one is not recorded."),
            ({"action": "screen", "screen": ""}, f"{APPS[0]} showed something new."),
            (
                {"action": "screen", "element": "town", "role": "entry", "filled": True, "elements": None},
                "There was something in the field “town”. What it says is not recorded.",
            ),
            ({"action": "mark"}, "You marked friction."),
        ],
    )  # fmt: skip
    def test_particular_cases(self, more: dict[str, object], sentence: str) -> None:
        """Passwords, tick boxes, other applications, marks without words."""
        assert sentence == ReviewWords("en").event(event(0, **more))

    @pytest.mark.parametrize(
        ("ms", "length"), [(0, "0 s"), (59_400, "59 s"), (59_600, "1 min 0 s"), (3_599_000, "59 min 59 s"), (8 * 3_600_000, "8 h 0 min")]
    )
    def test_lengths(self, ms: int, length: str) -> None:
        """In the two units that matter."""
        assert length == ReviewWords("en").length(ms)

    def test_clock(self) -> None:
        """Times count from the start."""
        assert "07:59:59" == as_clock(8 * 3_600_000 - 1)


class TestStrike:
    def test_by_number(self, tmp_path: Path) -> None:
        """Struck events are in no file that anybody can open; numbers that are not there are no matter."""
        opened = review(tmp_path)

        assert 2 == opened.strike({2, 7, 99})
        assert [0, 1, 3, 4, 5, 6, 8] == [found.seq for found in opened.events] == seqs(opened)
        assert 0 == opened.strike({2})

    def test_by_time(self, tmp_path: Path) -> None:
        """A range takes its beginning and not its end."""
        opened = review(tmp_path)

        assert 2 == opened.strike_range(3000, 5000)
        assert [0, 1, 2, 5, 6, 7, 8] == seqs(opened)

    def test_by_application(self, tmp_path: Path) -> None:
        """All of an application, by whatever case its name is written in; also of the others, as the review calls them."""
        opened = review(tmp_path, [*a_minute(), event(9, "switch", app=UNKNOWN_APP, screen="")])

        assert 5 == opened.strike_app(APPS[1].upper())
        assert 1 == opened.strike_app("other applications")
        assert [0, 1, 2, 3] == seqs(opened)


class TestRelease:
    def test_for_the_study_of_the_consent(self, tmp_path: Path) -> None:
        """After the release the study can open it, and nobody can strike any more."""
        opened = review(tmp_path)
        opened.release()

        assert opened.events == open_sealed(opened.session.folder).read(STUDY).events
        with pytest.raises(SessionError, match="released"):
            opened.strike({1})

    @pytest.mark.parametrize(
        "more",
        [{"action": "mark", "note": "ring 20 12 34 56"}, {"label": "kirsten@example.com"}, {"element": "211062-5629"}, {"screen": "CPR 211062-5629"},
         {"action": "screen", "elements": ("name", "211062-5629")}],
    )  # fmt: skip
    def test_tripwire(self, tmp_path: Path, more: dict[str, object]) -> None:
        """Whatever looks as if it were about a person stops the release: its event is named, it is not repeated, and striking it helps."""
        opened = review(tmp_path, [event(0), event(1, **more), event(2)])
        with pytest.raises(SessionError, match=r"^Event 1 seems to hold") as caught:
            opened.release()

        assert "stopped" == opened.session.state
        assert not any(part in str(caught.value) for part in ("20 12", "kirsten", "5629"))
        assert [1] == [suspect.seq for suspect in opened.suspects()]
        opened.strike({1})
        opened.release()
        assert "released" == opened.session.state

    def test_in_the_language_of_the_agent(self, tmp_path: Path) -> None:
        """The refusal is for the agent, so it speaks as the agent does."""
        with pytest.raises(SessionError, match=r"^Hændelse 0 ser ud til at indeholde et telefonnummer"):
            review(tmp_path, [event(0, "mark", note="20123456")], "da").release()


class TestWithdraw:
    def test_before_the_release(self, tmp_path: Path) -> None:
        """Nothing is left, and no order is needed."""
        opened = review(tmp_path)

        assert opened.withdraw() is None
        assert [] == list(tmp_path.iterdir())

    def test_after_the_release(self, tmp_path: Path) -> None:
        """The agent's own copy is gone, and a signed order for the study is left that names the session."""
        opened = review(tmp_path)
        opened.release()
        path = opened.withdraw()

        assert path == tmp_path / f"{SESSION}.deletion-order.json" == opened.order
        assert [path] == list(tmp_path.iterdir())
        said = read_order(path.read_bytes())
        assert (SESSION, AGENT.public.text, STUDY.public.text) == (said.session_id, said.agent, said.study)

    def test_order_that_cannot_be_written(self, tmp_path: Path) -> None:
        """Without the order the session stays: nobody could have it deleted any more."""
        opened = review(tmp_path)
        opened.release()
        with pytest.raises(SessionError, match="cannot be written"):
            opened.withdraw(tmp_path / "nowhere" / "order.json")

        assert 9 == len(seqs(opened))


class TestExport:
    def test_both_files(self, tmp_path: Path) -> None:
        """A page and a JSON document with everything, for the owner's eyes only, whichever of the two was named."""
        opened = review(tmp_path)
        page, document = opened.export(tmp_path / "copy.json")

        assert (tmp_path / "copy.html", tmp_path / "copy.json") == (page, document)
        assert [0o600, 0o600] == [stat.S_IMODE(path.stat().st_mode) for path in (page, document)]
        told = json.loads(document.read_text("utf-8"))
        assert [line.sentence for line in opened.all_lines()] == [one["sentence"] for one in told["events"]]
        assert [found.mark for found in opened.events] == [one["mark"] for one in told["events"]]
        assert SESSION == told["consent"]["ours"]["session_id"]
        assert all(line.sentence in page.read_text("utf-8") for line in opened.all_lines())

    def test_page_is_only_text(self, tmp_path: Path) -> None:
        """What an application calls its fields is shown as text, and the page may load and run nothing."""
        opened = review(tmp_path, [event(0, element="x", label="<script>alert(1)</script>")])
        page = opened.export(tmp_path / "copy")[0].read_text("utf-8")

        assert "<script" not in page
        assert "default-src 'none'" in page


def test_broken_off(tmp_path: Path) -> None:
    """A recording that was broken off can be looked through, struck and released like any other."""
    opened = review(tmp_path, ended=False)
    opened.strike({0})
    opened.release()

    assert 8 == len(open_sealed(opened.session.folder).read(STUDY).events)


def test_while_it_is_recorded(tmp_path: Path) -> None:
    """An expired consent is no matter to the agent: it is their session."""
    opened = review(tmp_path, started=open_sealed(recorded(tmp_path / "other", [event(0)])).started_at - timedelta(days=400))

    assert 9 == len(opened.events)
