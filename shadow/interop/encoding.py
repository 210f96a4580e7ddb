"""
Neutral rows to content-free rows: values become marks, names become codes, and both are dropped here.

This is the line that values do not cross. What leaves `Encoder.encode` holds ordinals only; the tables that gave them out live in this
object, one per session, and a session's table is thrown away after its last row.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from recorder.marks import ValueMarks
from shadow.errors import SettingsError
from shadow.interop.naming import Names

if TYPE_CHECKING:
    from collections.abc import Callable

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


class _SessionTables:
    """What is remembered about one session while it is read: value marks, and ordinals of its case ids."""

    def __init__(self, region: str) -> None:
        self.marks = ValueMarks(region)
        self.cases = ValueMarks(region)
        self.case_ids = ValueMarks(region)


class Encoder:
    """
    Encodes the batches of one source against a draft catalogue, which it extends with new apps, screens and fields.

    Args:

        catalogue: The draft: names get their codes here.

        settings: Names of systems, screen patterns and case id patterns of the study.

        survey: What the first reading of the source found.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, survey: Survey) -> None:
        self._catalogue = catalogue
        self._settings = settings
        self._survey = survey
        self._names = Names(catalogue, settings)
        self._tables: dict[int, _SessionTables] = {}
        self._case_id = [re.compile(pattern) for pattern in settings.cases.id_patterns]
        self._secret_screens: set[int] = set()
        _check_region(settings.study.region)
        self._enter_secrets()

    def encode(self, neutral: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """One batch of neutral rows as content-free frames, by table; see STAGED for their columns."""
        frame = self._with_codes(neutral)
        events, tokens = self._with_marks(frame)
        tables = {
            "events": events.rename({"time_ms": "t_ms"}),
            "tokens": tokens,
            "forms": self._forms(frame),
            "notes": frame.filter(pl.col("note").is_not_null()),
        }
        self._forget_finished(neutral)
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

    def _with_marks(self, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Events with the mark of their value instead of it, and the tokens of those values."""
        frame = frame.with_columns(value=pl.when(~self._secret()).then(pl.col("value")))
        values = frame.select("session", "value").filter(pl.col("value").str.strip_chars() != "").unique(maintain_order=True)
        marked = [self._marked(session, value) for session, value in values.iter_rows()]
        marks = values.with_columns(
            value_no=pl.int_range(pl.len(), dtype=pl.Int32),
            mark=pl.Series([mark for mark, _, _, _ in marked], dtype=pl.Int32),
            case_mark=pl.Series([case_id for _, _, _, case_id in marked], dtype=pl.Int32),
        )
        cases = frame.select("session", "case").filter(pl.col("case").is_not_null()).unique(maintain_order=True)
        cases = _coded(cases, ["session", "case"], "given_case", self._case)
        joined = frame.join(marks, on=["session", "value"], how="left", maintain_order="left")
        joined = joined.join(cases, on=["session", "case"], how="left", maintain_order="left")
        return joined, _token_rows(joined, [(wholes, words) for _, wholes, words, _ in marked])

    def _marked(self, session: int, value: str) -> tuple[int, tuple[int, ...], tuple[int, ...], int | None]:
        tables = self._tables_of(session)
        wholes, words = tables.marks.tokens(value)
        shown = value.strip()
        case_id = tables.case_ids.mark(shown) if any(pattern.search(shown) for pattern in self._case_id) else None
        return tables.marks.mark(shown), wholes, words, case_id

    def _case(self, session: int, case: str) -> int:
        return self._tables_of(session).cases.mark(case)

    def _tables_of(self, session: int) -> _SessionTables:
        if session not in self._tables:
            self._tables[session] = _SessionTables(self._settings.study.region)
        return self._tables[session]

    def _forms(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields each `screen` row announced, one row per field."""
        announced = frame.filter(pl.col("elements").is_not_null())
        rows = [
            (session, row, self._names.field(screen, element))
            for session, row, screen, elements in announced.select("session", "row", "screen", "elements").iter_rows()
            for element in dict.fromkeys(msgspec.json.decode(elements, type=list[str]))
        ]
        return pl.DataFrame(rows, schema=STAGED["forms"], orient="row")

    def _forget_finished(self, neutral: pl.DataFrame) -> None:
        """Throw away the tables of sessions whose last row has been read: values live no longer than they must."""
        read_to = int(neutral["row"][-1])
        for seen in self._survey.sessions.values():
            if seen.last_row <= read_to:
                self._tables.pop(seen.ordinal, None)


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


def _token_rows(joined: pl.DataFrame, tokens: list[tuple[tuple[int, ...], tuple[int, ...]]]) -> pl.DataFrame:
    """One row per event and token; `tokens` are the whole forms and the words of each value, by its number."""
    sides = [[side[whole] for side in tokens] for whole in (0, 1)]
    frames = [
        pl.DataFrame({
            "value_no": np.repeat(np.arange(len(side), dtype=np.int32), [len(found) for found in side]),
            "token": np.fromiter(chain.from_iterable(side), dtype=np.int32),
            "whole": np.full(sum(map(len, side)), fill_value=place == 0),
        })
        for place, side in enumerate(sides)
    ]  # fmt: skip
    rows = joined.select("session", "row", "value_no").drop_nulls("value_no")
    return rows.join(pl.concat(frames), on="value_no", how="inner", maintain_order="left")
