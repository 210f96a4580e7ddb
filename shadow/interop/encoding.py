"""
Neutral rows to content-free rows: values become marks, names become codes, and both are dropped here.

    neutral rows --code--> Coded (app, screen, field) --encode--> values that may be marked --marks--> frames without content

This is the line that values do not cross. What leaves `Encoder.encode` holds ordinals only; the tables that gave them out live in memory and
are thrown away when their session is over (`shadow.interop.marking`).
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np
import polars as pl

from shadow.errors import SettingsError
from shadow.interop.coding import Texts, combinations, numbered
from shadow.interop.marking import Marks
from shadow.interop.naming import Names
from shadow.interop.neutral import LearntLate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shadow.interop.coding import Places
    from shadow.interop.survey import Survey
    from shadow.settings import Settings
    from shadow.store import Catalogue

__all__ = ["STAGED", "Coded", "Encoder"]

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


# A session that was not seen for so many rows is taken to be over; should it go on all the same, the source is read again.
OVER_AFTER_ROWS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Coded:
    """
    A batch whose names are codes, and whose values are still there.

    Args:

        frame: One row per row of the batch.

        forms: One row per field that a `screen` row announced: session, row, field.
    """

    frame: pl.DataFrame
    forms: pl.DataFrame


class Encoder:
    """
    Encodes the batches of one source against a draft catalogue, which it extends with new apps, screens and fields.

    Batches are coded in their order, and encoded in their order; while one is encoded, the next may be coded in another thread. What is
    known a batch too early (that a field is a password) never makes anything less secret.

    Args:

        catalogue: The draft: names get their codes here.

        settings: Names of systems, screen patterns and case id patterns of the study.

        survey: What is known of the source; of each batch it knows the sessions before the batch is coded.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, survey: Survey) -> None:
        self._catalogue = catalogue
        self._survey = survey
        self._names = Names(catalogue, settings)
        self._texts = {name: Texts() for name in ("app", "screen", "element", "label", "elements")}
        try:
            self._marks = Marks(settings.study.region, settings.cases.id_patterns)
        except ValueError as fault:
            raise SettingsError(f"study.toml: [study] {fault}", "give the country whose phone numbers the logs hold") from None
        self._secret_screens: set[int] = set()
        self._passwords: set[int] = set()
        # Fields, and screens of rows without a field, of which a value was marked.
        self._marked: tuple[set[int], set[int]] = (set(), set())
        self._over: set[int] = set()
        self._enter_secrets()

    def code(self, neutral: pl.DataFrame) -> Coded:
        """Give the rows of a batch their codes; new names are in the catalogue afterwards."""
        frame = self._with_codes(neutral)
        announced, which = self._announced(frame)
        fields = pl.Series(
            "field", [[self._names.field(screen, name) for name in form] for _, screen, form in announced], pl.List(pl.Int32)
        )
        shown = frame.filter(pl.col("elements").is_not_null()).select("session", "row")
        return Coded(frame, shown.with_columns(fields.gather(which)).explode("field").drop_nulls("field"))

    def encode(self, coded: Coded) -> dict[str, pl.DataFrame]:
        """
        The batch as content-free frames, by table; see STAGED for their columns.

        Raises:

            LearntLate: Rows encoded so far would be others if all of the source were known.
        """
        frame = coded.frame
        frame = frame.with_columns(value=pl.when(~self._secret(frame) & (pl.col("value").str.strip_chars() != "")).then(pl.col("value")))
        self._refuse_over(frame)
        held = frame.filter(pl.col("value").is_not_null()).select("session", "row", "field", "screen", "value")
        self._note_marked(held)
        values, which = numbered(held.select("session", "value"))
        marked = self._marks.of_values(values)
        at = held["row"].to_numpy() - int(frame["row"][0])
        frame = frame.with_columns(
            _scattered("mark", len(frame), at, marked.mark.gather(which)),
            _scattered("case_mark", len(frame), at, marked.case_mark.gather(which)),
            self._given_case(frame),
        )
        tables = {
            "events": frame.rename({"time_ms": "t_ms"}),
            "tokens": _tokens_of_rows(held, which, marked.tokens),
            "forms": coded.forms,
            "notes": frame.filter(pl.col("note").is_not_null()),
        }
        self._forget(frame)
        return {name: table.select(pl.col(column).cast(kind) for column, kind in STAGED[name].items()) for name, table in tables.items()}

    def _enter_secrets(self) -> None:
        """Enter the fields that are known to be a password somewhere in the source, under their names in the study."""
        for app, screen, element in sorted(self._survey.secrets):
            screen_code = self._names.screen(app, self._names.app(app), screen)
            if element:
                self._names.field(screen_code, element, role="password")
            else:
                self._secret_screens.add(screen_code)
        self._passwords = self._password_fields()

    def _password_fields(self) -> set[int]:
        return {code for code, entry in enumerate(self._catalogue.fields) if entry.role == "password"}

    def _secret(self, frame: pl.DataFrame) -> pl.Expr:
        """Whether a row's value belongs to a password; one without a field may be that of any nameless field of its screen."""
        nameless = frame.filter((pl.col("role") == "password") & pl.col("field").is_null())
        self._secret_screens.update(nameless["screen"].unique())
        self._passwords = self._password_fields()
        if self._passwords & self._marked[0] or self._secret_screens & self._marked[1]:
            raise LearntLate
        on_secret_screen = pl.col("field").is_null() & pl.col("screen").is_in(sorted(self._secret_screens))
        return pl.col("field").is_in(sorted(self._passwords)).fill_null(value=False) | on_secret_screen

    def _note_marked(self, held: pl.DataFrame) -> None:
        """Remember whose values are marked, in case they turn out to be passwords; of a source known as a whole, none will."""
        if not self._survey.whole:
            self._marked[0].update(held["field"].drop_nulls().unique())
            self._marked[1].update(held.filter(pl.col("field").is_null())["screen"].unique())

    def _with_codes(self, neutral: pl.DataFrame) -> pl.DataFrame:
        """Session, app, screen and field as codes; new names enter the catalogue in order of first sight."""
        session = self._survey.names.numbers(neutral["session"]).cast(pl.Int32).alias("session") + self._survey.first
        app_no, screen_no = (self._texts[name].numbers(neutral[name].fill_null("")) for name in ("app", "screen"))
        names = self._texts["app"].seen, self._texts["screen"].seen
        rows, which = combinations([app_no, screen_no])
        pairs = [(names[0][app], names[1][screen]) for app, screen in zip(app_no.gather(rows), screen_no.gather(rows), strict=True)]
        apps = [self._names.app(app) for app, _ in pairs]
        screens = [self._names.screen(app, code, screen) for code, (app, screen) in zip(apps, pairs, strict=True)]
        coded = neutral.drop("session", "app", "screen").with_columns(
            session, _codes("app", apps).gather(which), _codes("screen", screens).gather(which)
        )
        return coded.drop("element", "label").with_columns(self._fields(coded))

    def _fields(self, frame: pl.DataFrame) -> pl.Series:
        """Code of each row's field; what rows and announced forms say of fields enters the catalogue in their order."""
        keys = ["element", "label", "role"]
        numbers = [self._texts[key].numbers(frame[key]) for key in keys[:2]] + [frame["role"].to_physical()]
        rows, which = combinations([frame["screen"], *numbers, frame["required"].cast(pl.UInt8)])
        named = frame.select("row", "screen", *keys, "required")[rows]
        found: list[tuple[int, int, str, str | None, str | None, bool | None]] = [row for row in named.iter_rows() if row[2] is not None]
        shown, _ = self._announced(frame)
        found += [(row, screen, name, None, None, None) for row, screen, form in shown for name in form]
        for _, screen, element, label, role, required in sorted(found, key=itemgetter(0)):
            self._names.field(screen, element, label, role, required)
        codes = [None if name is None else self._names.field(screen, name) for _, screen, name, *_ in named.iter_rows()]
        return _codes("field", codes).gather(which)

    def _announced(self, frame: pl.DataFrame) -> tuple[list[tuple[int, int, list[str]]], Places]:
        """The forms that rows announce, each once, as row, screen and elements; and which of them each such row has."""
        shown = frame.filter(pl.col("elements").is_not_null()).select("row", "screen", "elements")
        if shown.is_empty():
            return [], np.empty(0, np.int64)
        rows, which = combinations([shown["screen"], self._texts["elements"].numbers(shown["elements"])])
        forms = shown[rows].iter_rows()
        return [(row, screen, list(dict.fromkeys(msgspec.json.decode(text, type=list[str])))) for row, screen, text in forms], which

    def _given_case(self, frame: pl.DataFrame) -> pl.Series:
        """Ordinal of each row's case id within its session."""
        given = frame.with_row_index("at").filter(pl.col("case").is_not_null())
        cases, which = numbered(given.select("session", "case"))
        return _scattered("given_case", len(frame), given["at"].to_numpy(), self._marks.of_cases(cases).gather(which))

    def _refuse_over(self, frame: pl.DataFrame) -> None:
        if self._over and not self._over.isdisjoint(frame["session"].unique()):
            raise LearntLate

    def _forget(self, frame: pl.DataFrame) -> None:
        """Throw away the tables of sessions that are over: values live no longer than they must."""
        low, high = int(frame["row"][0]), int(frame["row"][-1])
        sessions = list(self._survey.sessions.values())
        if self._survey.whole:
            over = [seen.ordinal for seen in sessions if low <= seen.last_row <= high]
        else:
            before = high - OVER_AFTER_ROWS
            over = [seen.ordinal for seen in sessions if seen.last_row < before and seen.ordinal not in self._over]
            self._over.update(over)
        self._marks.forget(over)


def _codes(name: str, codes: Sequence[int | None]) -> pl.Series:
    return pl.Series(name, codes, dtype=pl.Int32)


def _scattered(name: str, length: int, at: Places, cells: pl.Series) -> pl.Series:
    """A column that holds these cells at these places, and null elsewhere."""
    return pl.repeat(None, length, dtype=cells.dtype, eager=True).scatter(at, cells).alias(name)


def _tokens_of_rows(held: pl.DataFrame, which: Places, tokens: pl.DataFrame) -> pl.DataFrame:
    """The tokens of each row that holds a value: session, row, token, whole; `which` is the number of its value."""
    of_value = np.bincount(tokens["value_no"].to_numpy(), minlength=int(which.max(initial=0)) + 1)
    n_tokens = of_value[which]
    before = np.cumsum(n_tokens) - n_tokens
    places = np.arange(n_tokens.sum()) + np.repeat((np.cumsum(of_value) - of_value)[which] - before, n_tokens)
    rows = np.repeat(np.arange(len(held)), n_tokens)
    return held.select("session", "row")[rows].hstack(tokens.select("token", "whole")[places])
