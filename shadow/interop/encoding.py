"""
Neutral rows to content-free rows: values become marks, names become codes, and both are dropped here.

    neutral rows --begin--> Begun (codes, and values being marked) --finish--> frames without content

This is the line that values do not cross. What leaves `Encoder.finish` holds ordinals only; the tables that gave them out live in memory,
one per session, and a session's table is thrown away after its last row. Between the two, helpers mark the values while the next rows are
read (`shadow.interop.marking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from recorder.marks import ValueMarks
from shadow.errors import SettingsError
from shadow.interop.marking import Ask
from shadow.interop.naming import Names

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from shadow.interop.marking import Helpers, Marked
    from shadow.interop.survey import Survey
    from shadow.settings import Settings
    from shadow.store import Catalogue

__all__ = ["STAGED", "Encoder"]

# Encoded rows before they are put in time order: `row` is the place in the source, `t_ms` not yet from the session's start.
STAGED: Final[dict[str, dict[str, type[pl.DataType]]]] = {
    "events": {
        "session": pl.Int32, "row": pl.Int64, "t_ms": pl.Int64, "action": pl.UInt8, "app": pl.Int32, "screen": pl.Int32,
        "field": pl.Int32, "mark": pl.Int32, "filled": pl.Boolean, "keys": pl.Int32, "x": pl.Int32, "y": pl.Int32,
        "given_case": pl.Int32, "case_mark": pl.Int32, "clipboard": pl.Boolean,
    },
    "tokens": {"session": pl.Int32, "row": pl.Int64, "token": pl.Int32, "whole": pl.Boolean},
    "forms": {"session": pl.Int32, "row": pl.Int64, "field": pl.Int32},
    "notes": {"session": pl.Int32, "row": pl.Int64, "note": pl.String},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Begun:
    """
    A batch whose values are being marked.

    Args:

        frame: Its rows with codes, and still with values.

        shares: For each helper that was asked: the values it has (session, value), and its answer to come.
    """

    frame: pl.DataFrame
    shares: list[tuple[pl.DataFrame, Future[Marked]]]


class Encoder:
    """
    Encodes the batches of one source against a draft catalogue, which it extends with new apps, screens and fields.

    Args:

        catalogue: The draft: names get their codes here.

        settings: Names of systems, screen patterns and case id patterns of the study.

        survey: What the first reading of the source found.

        helpers: Who marks the values.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, survey: Survey, helpers: Helpers) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._survey = survey
        self._names = Names(catalogue, settings)
        self._helpers = helpers
        self._cases: dict[int, ValueMarks] = {}
        self._secret_screens: set[int] = set()
        _check_region(settings.study.region)
        self._enter_secrets()

    def begin(self, neutral: pl.DataFrame) -> Begun:
        """Give the rows of a batch their codes, which may be new in the catalogue, and have their values marked."""
        frame = self._with_codes(neutral)
        frame = frame.with_columns(value=pl.when(~self._secret() & (pl.col("value").str.strip_chars() != "")).then(pl.col("value")))
        values = frame.select("session", "value").drop_nulls().unique(maintain_order=True)
        finished = self._finished(neutral)
        shares = []
        for share in range(len(self._helpers)):
            own = values.filter(pl.col("session") % len(self._helpers) == share)
            ask = Ask(own["session"].to_list(), own["value"].to_list(), [code for code in finished if code % len(self._helpers) == share])
            shares.append((own, self._helpers.ask(share, ask)))
        frame = frame.join(self._case_ordinals(frame), on=["session", "case"], how="left", maintain_order="left")
        for session in finished:
            self._cases.pop(session, None)
        return Begun(frame, shares)

    def finish(self, begun: Begun) -> dict[str, pl.DataFrame]:
        """The batch as content-free frames, by table; see STAGED for their columns."""
        marked = [(values, share.result()) for values, share in begun.shares]
        firsts = np.cumsum([0, *(len(values) for values, _ in marked)])
        marks = pl.concat(_mark_columns(values, first, answer) for first, (values, answer) in zip(firsts, marked, strict=False))
        frame = begun.frame.join(marks, on=["session", "value"], how="left", maintain_order="left").drop("value")
        tokens = pl.concat(_token_columns(first, answer) for first, (_, answer) in zip(firsts, marked, strict=False))
        tables = {
            "events": frame.rename({"time_ms": "t_ms"}),
            "tokens": frame.select("session", "row", "value_no")
            .drop_nulls("value_no")
            .join(tokens, on="value_no", how="inner", maintain_order="left_right"),
            "forms": self._forms(frame),
            "notes": frame.filter(pl.col("note").is_not_null()),
        }
        return {name: table.select(pl.col(column).cast(kind) for column, kind in STAGED[name].items()) for name, table in tables.items()}

    def _enter_secrets(self) -> None:
        """Enter the fields that are a password anywhere in the source before any of its values is seen, under their names in the study."""
        for app, screen, element in sorted(self._survey.secrets):
            screen_code = self._names.screen(app, self._names.app(app), screen)
            if element:
                self._names.field(screen_code, element, role="password")
            else:
                self._secret_screens.add(screen_code)

    def _secret(self) -> pl.Expr:
        """Whether a row's value belongs to a password; one without a field may be that of any nameless field of its screen."""
        passwords = [code for code, entry in enumerate(self._catalogue.fields) if entry.role == "password"]
        nameless = pl.col("field").is_null() & pl.col("screen").is_in(sorted(self._secret_screens))
        return pl.col("field").is_in(passwords).fill_null(value=False) | nameless

    def _with_codes(self, neutral: pl.DataFrame) -> pl.DataFrame:
        """Session, app, screen and field as codes; new names enter the catalogue."""
        ordinals = {key: seen.ordinal for key, seen in self._survey.sessions.items()}
        frame = neutral.with_columns(session=pl.col("session").replace_strict(ordinals, return_dtype=pl.Int32))
        frame = _coded(frame, ["app"], "app_code", self._names.app)
        frame = _coded(frame.with_columns(pl.col("screen").fill_null("")), ["app", "app_code", "screen"], "screen_code", self._names.screen)
        keys = ["screen_code", "element", "label", "role", "required"]
        named, nameless = frame.filter(pl.col("element").is_not_null()), frame.filter(pl.col("element").is_null())
        named = _coded(named, keys, "field", self._names.field)
        frame = pl.concat([named, nameless.with_columns(field=pl.lit(None, dtype=pl.Int32))]).sort("row")
        return frame.drop("app", "screen").rename({"app_code": "app", "screen_code": "screen"})

    def _case_ordinals(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Ordinal of each case id of the batch within its session: session, case, given_case."""
        cases = frame.select("session", "case").filter(pl.col("case").is_not_null()).unique(maintain_order=True)
        return _coded(cases, ["session", "case"], "given_case", self._case)

    def _case(self, session: int, case: str) -> int:
        if session not in self._cases:
            self._cases[session] = ValueMarks(self._settings.study.region)
        return self._cases[session].mark(case)

    def _forms(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields each `screen` row announced, one row per field."""
        announced = frame.filter(pl.col("elements").is_not_null())
        rows = [
            (session, row, self._names.field(screen, element))
            for session, row, screen, elements in announced.select("session", "row", "screen", "elements").iter_rows()
            for element in dict.fromkeys(msgspec.json.decode(elements, type=list[str]))
        ]
        return pl.DataFrame(rows, schema=STAGED["forms"], orient="row")

    def _finished(self, neutral: pl.DataFrame) -> list[int]:
        """Sessions whose last row is in this batch: their tables are thrown away after it, values live no longer than they must."""
        low, high = int(neutral["row"][0]), int(neutral["row"][-1])
        return [seen.ordinal for seen in self._survey.sessions.values() if low <= seen.last_row <= high]


def _check_region(region: str) -> None:
    try:
        ValueMarks(region)
    except ValueError as fault:
        raise SettingsError(f"study.toml: [study] {fault}", "give the country whose phone numbers the logs hold") from None


def _coded(frame: pl.DataFrame, keys: list[str], name: str, code_of: Callable[..., int]) -> pl.DataFrame:
    """The frame with a column of codes for a combination of keys; each distinct combination is coded once, in order of first sight."""
    distinct = frame.select(keys).unique(maintain_order=True)
    codes = pl.Series(name, [code_of(*key) for key in distinct.iter_rows()], dtype=pl.Int32)
    return frame.join(distinct.with_columns(codes), on=keys, how="left", nulls_equal=True, maintain_order="left")


def _mark_columns(values: pl.DataFrame, first: int, answer: Marked) -> pl.DataFrame:
    """The values of a share, numbered from `first`, with their marks: session, value, value_no, mark, case_mark."""
    case_mark = pl.Series(np.frombuffer(answer.case_mark, np.int32))
    return values.with_columns(
        value_no=pl.int_range(first, first + len(values), dtype=pl.Int32, eager=True),
        mark=pl.Series(np.frombuffer(answer.mark, np.int32)),
        case_mark=case_mark.set(case_mark == 0, None),
    )


def _token_columns(first: int, answer: Marked) -> pl.DataFrame:
    """The tokens of the values of a share in the order of the store: value_no, token, whole."""
    frames = []
    for counts, found, whole in ((answer.n_wholes, answer.wholes, True), (answer.n_words, answer.words, False)):
        counted = np.frombuffer(counts, np.int32)
        value_no = np.repeat(np.arange(first, first + len(counted), dtype=np.int32), counted)
        frames.append(pl.DataFrame({"value_no": value_no, "token": np.frombuffer(found, np.int32)}).with_columns(whole=pl.lit(whole)))
    return pl.concat(frames).sort("value_no", maintain_order=True)
