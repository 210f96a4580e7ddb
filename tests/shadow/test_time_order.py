"""Rows of a log in the order of their times: sequence, clock and wall time of a session."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shadow.small_logs import all_rows, events, imported, ui_log


class TestTime:
    def test_order(self, tmp_path: Path) -> None:
        """Rows are put in time order, rows of one time keep the order of the file, and seq runs unbroken from 0 in each session."""
        log = ui_log("1,a,30,blur,C", "2,b,7,mark,C", "1,a,10,focus,A", "1,a,30,click,D", "1,a,10,input,B", "2,b,5,pause,C")

        assert [
            (1, 0, "focus", "A"),
            (1, 1, "input", "B"),
            (1, 2, "blur", "C"),
            (1, 3, "click", "D"),
            (2, 0, "pause", "C"),
            (2, 1, "mark", "C"),
        ] == events(imported(tmp_path, log), "session", "seq", "action", "app")

    def test_order_is_finer_than_time(self, tmp_path: Path) -> None:
        """Two rows of the same 10 ms are ordered by the time the log gives, though both show the same time."""
        log = ui_log("1,a,19,blur,A", "1,a,11,focus,A")

        assert [(0, 10, "focus"), (1, 10, "blur")] == events(imported(tmp_path, log), "seq", "t_ms", "action")

    def test_milliseconds(self, tmp_path: Path) -> None:
        """Milliseconds count from the session's beginning, not from its first row, are floored to 10 ms, and give no wall time."""
        study = imported(tmp_path, ui_log("1,a,1009,focus,A", "1,a,1010.99,focus,A", "1,a,+1029.6,focus,A"))

        assert [(1000,), (1010,), (1020,)] == events(study, "t_ms")
        assert [None] == [header.started_at for header in study.catalogue.sessions]

    def test_iso(self, tmp_path: Path) -> None:
        """ISO times of different offsets are one clock, counted from the session's earliest row, which is its wall time."""
        study = imported(
            tmp_path,
            ui_log(
                "1,a,2026-11-22T09:30:01.239+01:00,blur,A",
                "1,a,2026-11-22T08:30:00.230Z,focus,A",
                '1,a,"2026-11-22 10:30:02,25+0200",click,A',
                "1,a,2026-11-22T03:30:03.2289999-05,paste,A",
            ),
        )

        assert [(0, "focus"), (1000, "blur"), (2020, "click"), (2990, "paste")] == events(study, "t_ms", "action")
        assert ["2026-11-22T08:30:00+00:00"] == [header.started_at for header in study.catalogue.sessions]

    def test_each_session_has_its_own_clock(self, tmp_path: Path) -> None:
        """One log may hold a session in ISO times beside one in milliseconds."""
        log = ui_log("1,a,2026-11-22T09:30:00Z,focus,A", "2,a,40,focus,A", "1,a,2026-11-22T09:30:05Z,blur,A")

        assert [(1, 0), (1, 5000), (2, 40)] == events(imported(tmp_path, log), "session", "t_ms")


ROWS = st.lists(
    st.tuples(st.integers(0, 5000), st.sampled_from(["a", "b"]), st.sampled_from(["focus", "change", "copy"]), st.sampled_from("pqr")),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)


def rows_of(lines: list[str]) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a study with this one log."""
    with TemporaryDirectory() as folder:
        return all_rows(imported(Path(folder), ui_log(*lines, more="screen,element,value")))


class TestProperties:
    @settings(max_examples=8)
    @given(ROWS, st.integers(-1_000_000, 1_000_000))
    def test_shift(self, rows: list[tuple[int, str, str, str]], shift: int) -> None:
        """Shifting all times of a session changes nothing but its wall time."""
        early, late = (
            [f"1,a,{stamp(at + moved)},{action},App,form,{field},value {value}" for at, field, action, value in rows]
            for moved in (0, shift)
        )

        assert rows_of(early) == rows_of(late)

    @settings(max_examples=8)
    @given(ROWS, st.randoms(use_true_random=False))
    def test_shuffle(self, rows: list[tuple[int, str, str, str]], chance: random.Random) -> None:
        """The order of rows with different times in the file changes nothing; ordinals of marks are chance and may differ."""
        lines = [f"1,a,{at},{action},App,form,{field},value {value}" for at, field, action, value in rows]
        shuffled = chance.sample(lines, len(lines))

        assert rows_of(lines) == rows_of(shuffled)


def stamp(at_ms: int) -> str:
    """An ISO time so many milliseconds after an hour of a day."""
    minutes, ms = divmod(at_ms + 12 * 3_600_000, 60_000)
    return f"2026-11-22T{minutes // 60:02d}:{minutes % 60:02d}:{ms // 1000:02d}.{ms % 1000:03d}Z"
