"""
Make the sample study: eight sessions in the `ui-log` format and the truth about them.

    python sample_sessions/make_sample.py            write agent-1.csv.gz ... agent-8.csv.gz and truth.json
    python sample_sessions/make_sample.py --check    make them in memory and compare with what is there

The same seed makes the same logs on every machine. A packed file is left alone where its content is right already: another zlib packs
the same text into other bytes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from pathlib import Path
from statistics import median, stdev
from typing import Any, Final, NamedTuple

from desk import Row
from shift import Shift, shift
from truth import truth
from world import AGENTS, Field

HERE: Final = Path(__file__).resolve().parent
SEED: Final = 1
FIRST_DAY: Final = datetime(2026, 9, 14, 8, 2, tzinfo=timezone(timedelta(hours=2)))
COLUMNS: Final = (
    "session", "agent", "time", "action", "app", "screen", "element", "label", "role", "value", "state", "keys", "x", "y", "required",
    "note", "elements",
)  # fmt: skip


class Calibration(NamedTuple):
    """
    How the study compares with real logs; seconds.

    Args:

        transfer_s: Median time from one copy to the next, with nothing but one paste and the way there between them.

        copy_to_paste_s: Median time from a copy to the paste of it in another system.

        case_s: Median wall time of a case.

        case_share: Share of the cases that take 60 to 240 s.

        pace_sd_ln: How much agents differ: standard deviation of ln pace.
    """

    transfer_s: float
    copy_to_paste_s: float
    case_s: float
    case_share: float
    pace_sd_ln: float


# Source: measurement reference, sections 1.4 and 8.1 (two real logs: 4.8 and 5.7 s, 1.77 and 2.10 s, 69 and 136 s).
LIMITS: Final[Mapping[str, tuple[float, float]]] = {
    "transfer_s": (4.5, 6.5), "copy_to_paste_s": (1.6, 2.4), "case_s": (60.0, 240.0), "case_share": (0.9, 1.0),
    "pace_sd_ln": (0.2, 0.3),
}  # fmt: skip


def make(seed: int = SEED) -> dict[str, str]:
    """
    Make the study.

    Returns:
        Contents by file name, the logs unpacked.

    Raises:
        SystemExit: The seed gives a study that does not look like real work; take another.
    """
    shifts = [shift(seed, number) for number in range(len(AGENTS))]
    figures = calibration(shifts)
    refuse_unless_real(seed, figures)
    facts = {**truth(seed, shifts), "calibration": figures._asdict(), "boundaries": boundaries(shifts)}
    return {**{f"{file_stem(s)}.csv.gz": log(s) for s in shifts}, "truth.json": truth_text(facts)}


# --- the calibration gate ------------------------------------------------------------------------------------------


def calibration(shifts: Sequence[Shift]) -> Calibration:
    """Take the study's measure."""
    desks = [desk for each in shifts for desk in each.desks]
    walls = [desk.wall_s() for desk in desks]
    low, high = LIMITS["case_s"]
    figures = (
        median(s for desk in desks for s in transfers_s(desk.rows)),
        median(s for desk in desks for s in latencies_s(desk.rows)),
        median(walls),
        sum(low <= wall <= high for wall in walls) / len(walls),
        stdev(math.log(each.who.pace) for each in shifts),
    )
    return Calibration(*(round(figure, 3) for figure in figures))


def transfers_s(rows: Sequence[Row]) -> Iterator[float]:
    """Seconds from a copy to the next, where all that was done between them is to go and paste."""
    copies = [at for at, row in enumerate(rows) if row.action == "copy"]
    for first, after in pairwise(copies):
        done = Counter(row.action for row in rows[first + 1 : after])
        if done["paste"] == 1 and not done.keys() - {"paste", "switch", "focus", "click"}:
            yield rows[after].t - rows[first].t


def latencies_s(rows: Sequence[Row]) -> Iterator[float]:
    """Seconds from a copy to its paste in another system."""
    clipboard = [row for row in rows if row.action in {"copy", "paste"}]
    for copied, pasted in pairwise(clipboard):
        if (copied.action, pasted.action) == ("copy", "paste") and copied.app != pasted.app:
            yield pasted.t - copied.t


def refuse_unless_real(seed: int, figures: Calibration) -> None:
    """Stop if a figure is outside its limits."""
    for name, (low, high) in LIMITS.items():
        if not low <= (value := getattr(figures, name)) <= high:
            message = f"seed {seed} refused: {name} is {value}, must be {low} to {high}; take another seed"
            raise SystemExit(message)


# --- the log -------------------------------------------------------------------------------------------------------


def file_stem(of: Shift) -> str:
    """Name of a session and its file."""
    return f"agent-{of.who.number + 1}"


def log(of: Shift) -> str:
    """A session in the `ui-log` format: CSV, one line for each row."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    start = FIRST_DAY + timedelta(days=of.who.number // 2, minutes=17 * of.who.number)
    for row in of.rows:
        time = start + timedelta(milliseconds=int(row.t * 1000))
        writer.writerow((file_stem(of), AGENTS[of.who.number], time.isoformat(timespec="milliseconds"), *cells(row)))
    return out.getvalue()


def cells(row: Row) -> Iterator[object]:
    """The columns of a row after its time."""
    detail = row.detail
    yield from (row.action, row.app, row.screen)
    yield from (row.field.element, row.field.label, row.field.role) if row.field else ("", "", "")
    yield from (detail.value, detail.state, detail.keys, *(detail.at or ("", "")))
    yield from (required(row.field), detail.note, detail.elements)


def required(field: Field | None) -> str:
    """`true` for a field that must be filled."""
    return "true" if field and field.kind == "must" else ""


def boundaries(shifts: Sequence[Shift]) -> dict[str, list[tuple[int, int]]]:
    """First and last row of each case, counted from 0 in the session's log."""
    return {file_stem(each): each.cases for each in shifts}


def truth_text(facts: Mapping[str, Any]) -> str:
    """The truth as JSON: one line for each entry of a list."""
    lines = []
    for name, value in facts.items():
        if isinstance(value, list):
            entries = ",\n    ".join(json.dumps(entry, ensure_ascii=False) for entry in value)
            lines.append(f"  {json.dumps(name)}: [\n    {entries}\n  ]")
        elif isinstance(value, dict):
            entries = ",\n    ".join(f"{json.dumps(key)}: {json.dumps(entry, ensure_ascii=False)}" for key, entry in value.items())
            lines.append(f"  {json.dumps(name)}: {{\n    {entries}\n  }}")
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


# --- files ---------------------------------------------------------------------------------------------------------


def pack(name: str, text: str) -> bytes:
    """A file's bytes: logs are compressed, without a time or a name inside, so that equal text gives equal bytes."""
    if not name.endswith(".gz"):
        return text.encode()
    out = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=out, mtime=0) as packed:
        packed.write(text.encode())
    return out.getvalue()


def unpack(name: str, content: bytes) -> str:
    """The text in a file; the ends of the lines of `truth.json` do not matter, version control may change them."""
    return gzip.decompress(content).decode() if name.endswith(".gz") else content.decode().replace("\r\n", "\n")


def differing(study: Mapping[str, str], folder: Path = HERE) -> list[str]:
    """Files whose content is missing or not what the generator makes."""
    return [name for name, text in study.items() if not (file := folder / name).exists() or unpack(name, file.read_bytes()) != text]


def main() -> None:
    """Write the study, or compare it with what is there."""
    parser = argparse.ArgumentParser(description="Make the sample study, or compare it with what is there.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    check = parser.parse_args().check
    study = make()
    different = differing(study)
    for name in different:
        if not check:
            (HERE / name).write_bytes(pack(name, study[name]))
        sys.stderr.write(f"{name}: {'differs' if check else 'written'}\n")
    sys.exit(1 if check and different else 0)


if __name__ == "__main__":
    main()
