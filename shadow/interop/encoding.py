"""
Neutral rows to content-free rows: values become marks, names become codes, and both are dropped here.

    neutral rows --codes--> app, screen, field --secrets--> values that may be marked --marks--> frames without content

This is the line that values do not cross. What leaves `Encoder.encode` holds ordinals only; the tables that gave them out live in memory and
are thrown away when their session is over (`shadow.interop.marking`).
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from shadow.errors import SettingsError
from shadow.interop.marking import Marks
from shadow.interop.naming import Names
from shadow.interop.neutral import LearntLate

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


# A session that was not seen for so many rows is taken to be over; should it go on all the same, the source is read again.
OVER_AFTER_ROWS: Final = 1_000_000


class Encoder:
    """
    Encodes the batches of one source against a draft catalogue, which it extends with new apps, screens and fields.

    Args:

        catalogue: The draft: names get their codes here.

        settings: Names of systems, screen patterns and case id patterns of the study.

        survey: What is known of the source; of each batch it knows the sessions before the batch is encoded.
    """

    def __init__(self, catalogue: Catalogue, settings: Settings, survey: Survey) -> None:
        self._catalogue = catalogue
        self._survey = survey
        self._names = Names(catalogue, settings)
        self._texts = {name: _Texts() for name in ("app", "screen", "element", "label", "role")}
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

    def encode(self, neutral: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """
        The batch as content-free frames, by table; see STAGED for their columns. New names are in the catalogue.

        Raises:

            LearntLate: Rows encoded so far would be others if all of the source were known.
        """
        frame = self._with_codes(neutral)
        frame = frame.with_columns(value=pl.when(~self._secret(frame) & (pl.col("value").str.strip_chars() != "")).then(pl.col("value")))
        self._note_marked(frame)
        self._refuse_over(frame)
        values = frame.select("session", "value").drop_nulls().unique(maintain_order=True)
        marked = self._marks.of_values(values)
        frame = frame.join(marked.values, on=["session", "value"], how="left", maintain_order="left")
        frame = self._with_cases(frame)
        tables = {
            "events": frame.rename({"time_ms": "t_ms"}),
            "tokens": frame.select("session", "row", "value_no")
            .drop_nulls("value_no")
            .join(marked.tokens, on="value_no", how="inner", maintain_order="left_right"),
            "forms": self._forms(frame),
            "notes": frame.filter(pl.col("note").is_not_null()),
        }
        self._forget(neutral)
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

    def _note_marked(self, frame: pl.DataFrame) -> None:
        """Remember whose values are marked, in case they turn out to be passwords; of a source known as a whole, none will."""
        if not self._survey.whole:
            filled = frame.filter(pl.col("value").is_not_null())
            self._marked[0].update(filled["field"].drop_nulls().unique())
            self._marked[1].update(filled.filter(pl.col("field").is_null())["screen"].unique())

    def _with_codes(self, neutral: pl.DataFrame) -> pl.DataFrame:
        """Session, app, screen and field as codes; new names enter the catalogue in order of first sight."""
        seen = self._survey
        session = neutral["session"].cast(pl.Enum(list(seen.sessions))).to_physical().cast(pl.Int32) + seen.first
        numbers = {name: self._texts[name].numbers(neutral[name]) for name in ("app", "element", "label", "role")}
        numbers["screen"] = self._texts["screen"].numbers(neutral["screen"].fill_null(""))
        frame = neutral.with_columns(session, *(numbers[name].alias(f"{name}_no") for name in numbers))
        frame = _coded(frame, ["app_no"], "app", self._app)
        frame = _coded(frame, ["app_no", "screen_no"], "screen", self._screen)
        self._enter_fields(frame)
        return _coded(frame, ["screen", "element_no"], "field", self._field)

    def _app(self, app: int) -> int:
        return self._names.app(self._texts["app"].seen[app])

    def _screen(self, app: int, screen: int) -> int:
        return self._names.screen(self._texts["app"].seen[app], self._app(app), self._texts["screen"].seen[screen])

    def _field(self, screen: int, element: int | None) -> int | None:
        return None if element is None else self._names.field(screen, self._texts["element"].seen[element])

    def _enter_fields(self, frame: pl.DataFrame) -> None:
        """Enter the fields of the rows, and those that a form announces, with what is said of them."""
        keys = ["screen", "element_no", "label_no", "role_no", "required"]
        named = frame.filter(pl.col("element_no").is_not_null()).unique(keys, keep="first", maintain_order=True)
        announced = _announcements(frame)
        found: list[tuple[int, int, tuple[str, str | None, str | None, bool | None]]] = []
        for row, screen, element, label, role, required in named.select(
            "row", "screen", "element", "label", "role", "required"
        ).iter_rows():
            found.append((row, screen, (element, label, role, required)))
        for row, screen, elements in announced.select("row", "screen", "elements").iter_rows():
            found.extend((row, screen, (element, None, None, None)) for element in _elements(elements))
        for _, screen, about in sorted(found, key=itemgetter(0)):
            self._names.field(screen, *about)

    def _forms(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The fields each `screen` row announced, one row per field."""
        announced = _announcements(frame)
        fields = [[self._names.field(screen, name) for name in _elements(text)] for _, screen, text in announced.iter_rows()]
        shown = frame.filter(pl.col("elements").is_not_null()).select("session", "row", "screen", "elements")
        forms = announced.select("screen", "elements").with_columns(field=pl.Series(fields, dtype=pl.List(pl.Int32)))
        return shown.join(forms, on=["screen", "elements"], how="left", maintain_order="left").explode("field").drop_nulls("field")

    def _with_cases(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Ordinal of each row's case id within its session, as given_case."""
        cases = frame.select("session", "case").drop_nulls().unique(maintain_order=True)
        cases = cases.with_columns(given_case=self._marks.of_cases(cases))
        return frame.join(cases, on=["session", "case"], how="left", maintain_order="left")

    def _refuse_over(self, frame: pl.DataFrame) -> None:
        if self._over and not self._over.isdisjoint(frame["session"].unique()):
            raise LearntLate

    def _forget(self, neutral: pl.DataFrame) -> None:
        """Throw away the tables of sessions that are over: values live no longer than they must."""
        low, high = int(neutral["row"][0]), int(neutral["row"][-1])
        if self._survey.whole:
            over = [seen.ordinal for seen in self._survey.sessions.values() if low <= seen.last_row <= high]
        else:
            before = high - OVER_AFTER_ROWS
            over = [seen.ordinal for seen in self._survey.sessions.values() if seen.last_row < before and seen.ordinal not in self._over]
            self._over.update(over)
        self._marks.forget(over)


class _Texts:
    """Names in order of first sight; the number of a name is its place."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def numbers(self, names: pl.Series) -> pl.Series:
        known = names.cast(pl.Enum(self.seen), strict=False)
        if known.null_count() > names.null_count():
            self.seen.extend(names.filter(known.is_null()).drop_nulls().unique(maintain_order=True))
            known = names.cast(pl.Enum(self.seen))
        return known.to_physical()


def _coded(frame: pl.DataFrame, keys: list[str], name: str, code_of: Callable[..., int | None]) -> pl.DataFrame:
    """The frame with a column of codes for a combination of keys; each distinct combination is coded once, in order of first sight."""
    distinct = frame.select(keys).unique(maintain_order=True)
    codes = pl.Series(name, [code_of(*key) for key in distinct.iter_rows()], dtype=pl.Int32)
    without = frame.drop(name, strict=False)
    return without.join(distinct.with_columns(codes), on=keys, how="left", nulls_equal=True, maintain_order="left")


def _announcements(frame: pl.DataFrame) -> pl.DataFrame:
    """The forms that rows of a batch announce, each once: row, screen, elements."""
    announced = frame.filter(pl.col("elements").is_not_null()).select("row", "screen", "elements")
    return announced.unique(["screen", "elements"], keep="first", maintain_order=True)


def _elements(announced: str) -> list[str]:
    return list(dict.fromkeys(msgspec.json.decode(announced, type=list[str])))
