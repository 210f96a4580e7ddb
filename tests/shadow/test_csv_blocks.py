"""A CSV that is read in blocks holds what it holds read row by row, however it is written."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shadow.errors import SourceError
from shadow.interop import csv_blocks, encoding, reading
from shadow.interop.reading import LogFile
from shadow.interop.ui_log import COLUMNS
from shadow.study import Study
from tests.shadow.small_logs import all_rows, imported, written

HEADER = b"session,agent,value\n"
# What makes a CSV odd, and plain bytes between.
PIECES = st.sampled_from([",", '"', '""', "\n", "\r\n", "\r", "\n\n", " ", "a", "bc", "ø", "\u2028", "\0", '"x"', '"y,\nz"', "1,2,3\n"])
CELLS = st.text(st.sampled_from(' ab,"\nøÆ\u2028=#'), max_size=6)


def read(path: Path) -> list[tuple[object, ...]] | tuple[int | None, str]:
    """Rows of a log with their lines and numbers, or how it was refused."""
    try:
        return [
            (row[0], batch.line_of(place), *row[1:])
            for batch in LogFile(path).batches()
            for place, row in enumerate(batch.frame.select("row", *batch.columns).iter_rows())
        ]
    except SourceError as fault:
        return fault.line, fault.reason


def read_by_rows(path: Path, patch: pytest.MonkeyPatch) -> list[tuple[object, ...]] | tuple[int | None, str]:
    """The same, with no block taken for plain."""
    patch.setattr(reading, "parsed", lambda *_: None)
    return read(path)


def both(content: bytes, block_bytes: int, name: str = "log.csv") -> tuple[object, object]:
    """A file as it is read in blocks of about this size, and row by row."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_blocks, "BLOCK_BYTES", block_bytes)
        path = written(Path(folder), content, name)
        return read(path), read_by_rows(path, patch)


class TestBlocks:
    @settings(max_examples=300, deadline=None)
    @given(st.lists(PIECES, max_size=20), st.integers(1, 60))
    def test_any_text(self, pieces: list[str], block_bytes: int) -> None:
        """Any text behind a header gives the same rows and lines, or is refused at the same line for the same reason."""
        blocks, rows = both(HEADER + "".join(pieces).encode(), block_bytes)

        assert rows == blocks

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12), st.sampled_from(["\n", "\r\n"]), st.booleans(), st.integers(1, 200))
    def test_any_table(self, table: list[tuple[str, ...]], end: str, every: bool, block_bytes: int) -> None:  # noqa: FBT001
        """A table that a CSV writer wrote gives its cells, empty ones as null, whatever stands in them."""
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator=end, quoting=csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL).writerows([("a", "b", "c"), *table])
        blocks, rows = both(text.getvalue().encode(), block_bytes)

        assert rows == blocks
        assert [tuple(cell or None for cell in row) for row in table] == [row[2:] for row in blocks]

    def test_plain_rows_need_no_reader(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Quotes, line ends in cells, both line ends and letters of any alphabet are plain: no row of such a log is read one by one."""
        content = '"a","b"\r\n1,"x, ""y""\nz"\n"",ø\r\n2,\n\n\n'
        path = written(tmp_path, content)
        monkeypatch.setattr(LogFile, "_whole_rows", None)

        assert [(0, 2, "1", 'x, "y"\nz'), (1, 4, None, "ø"), (2, 5, "2", None)] == read(path)

    @pytest.mark.parametrize("odd", ['x"y,1', '1,"2" ', "1\r2,3", "\n1,2", "1,2,3", "1"])
    def test_from_the_first_odd_row(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
        """Rows before, in and after a block that is not plain keep their numbers, lines and cells."""
        rows = [f'{n},"{n}\n"' for n in range(40)]
        path = written(tmp_path, "\n".join(["a,b", *rows[:20], odd, *rows[20:], ""]))
        monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 64)

        assert read(path) == read_by_rows(path, monkeypatch)

    @pytest.mark.parametrize("kept", [-1, -9, 3000])
    def test_gzip_that_breaks_off(self, kept: int) -> None:
        """A gzip file that was cut off is refused at the same line."""
        packed = gzip.compress(HEADER + "".join(f"s,a,{n * n * 7919 % 99991}\n" for n in range(5000)).encode(), mtime=0)
        blocks, rows = both(packed[:kept], 4096, "log")

        assert rows == blocks
        assert "the file breaks off or is damaged" == blocks[1]


def random_log(seed: int) -> str:
    """A `ui-log` with mixed sessions, rows out of time order, odd values and, at random, some of the optional columns."""
    chance = random.Random(seed)
    columns = [name for name in COLUMNS if name in COLUMNS[:5] or chance.random() < 0.7]
    values = [
        "",
        " ",
        "Kjær, Anna",
        ' "Kjær"\nAnna ',
        "11/03/1986",
        "1986-03-11",
        "+45 33 12 34 56",
        "INC-7",
        "yes",
        "1.200,00",
        "Søren\r\n",
    ]
    text = io.StringIO(newline="")
    rows = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator=chance.choice(["\n", "\r\n"]))
    rows.writeheader()
    for _ in range(chance.randrange(1, 120)):
        session, at = chance.randrange(4), chance.randrange(100_000)
        stamp = (
            f"2026-11-22T09:{at // 1000 % 60:02d}:{at % 60:02d}{chance.choice(['', '.5', ',25'])}{chance.choice(['Z', '+01:00', '-05'])}"
        )
        action = chance.choice(["focus", "blur", "change", "Copy ", "paste", "screen", "mark", "click", "INPUT"])
        rows.writerow({
            "session": f"s{session}", "agent": f"a{session % 2}", "time": stamp if session % 2 else at, "action": action,
            "app": chance.choice(["CRM", "Mail"]), "screen": chance.choice(["", "/a", "/b"]), "element": chance.choice(["", "e", "f", "g"]),
            "label": chance.choice(["", "L"]), "role": chance.choice(["", "entry", "Text", "password"] if at % 9 else ["", "date"]),
            "value": chance.choice(values), "state": chance.choice(["", "", "empty", "filled"]), "keys": chance.choice(["", "3"]),
            "x": chance.choice(["", "10.4"]), "y": chance.choice(["", "-7"]), "case": chance.choice(["", "c1", "c2"]),
            "required": chance.choice(["", "true", "false"]), "note": "slow" if action == "mark" else "",
            "elements": '["e","g"]' if action == "screen" else "",
        })  # fmt: skip
    return chance.choice(["", "\ufeff"]) + text.getvalue()


def fields(study: Study) -> dict[tuple[str, str, str], tuple[str | None, str | None, bool]]:
    """What is known of each field; their order in the catalogue depends on what had to be read again."""
    found = study.catalogue
    screens = [(found.apps[entry.app], entry.name) for entry in found.screens]
    return {(*screens[entry.screen], entry.element): (entry.label, entry.role, entry.required) for entry in found.fields}


class TestImport:
    @pytest.mark.parametrize("seed", range(12))
    def test_random_logs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
        """
        A log read in small blocks gives the rows that it gives read row by row as a whole.

        Passwords, actions that show values and sessions that go on after they seemed to be over come in late blocks.
        """
        log, cases = random_log(seed), "[cases]\nid_patterns = ['^INC-']\n"
        monkeypatch.setattr(csv_blocks, "BLOCK_BYTES", 1500)
        monkeypatch.setattr(encoding, "OVER_AFTER_ROWS", 30 if seed % 2 else 1000)
        in_blocks = imported(tmp_path, log, settings=cases)
        monkeypatch.setattr(reading, "parsed", lambda *_: None)
        by_rows = imported(tmp_path, log, settings=cases)

        assert all_rows(by_rows) == all_rows(in_blocks)
        assert fields(by_rows) == fields(in_blocks)
