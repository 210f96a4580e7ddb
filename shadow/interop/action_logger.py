"""
Logs of the Action Logger and the Robotic Process Mining tools, raw or preprocessed (contracts, section 4).

A raw log writes a copy as an `OS-Clipboard` row beside the `getCell` row it came from, and rows without a user. Both are put right: the
user is the one working at that time, the origin is found once the rows are in time order (`shadow.interop.clipboard`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
import polars as pl

from shadow.events import ACTION_CODES, UNKNOWN_APP
from shadow.interop.neutral import NEUTRAL, iso_or_ms
from shadow.interop.reading import LogFile, check_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shadow.interop.reading import Batch

__all__ = ["ActionLogger", "templated_path"]

REQUIRED: Final = ("timeStamp", "targetApp", "eventType")
TARGET: Final = (
    "target.workbookName", "target.sheetName", "target.id", "target.class", "target.className", "target.tagName", "target.type",
    "target.name", "target.value", "target.innerText", "target.checked", "target.href", "target.option", "target.title",
    "target.innerHTML",
)  # fmt: skip
COLUMNS: Final = ("caseID", "timeStamp", "userID", "targetApp", "eventType", "url", "content", *TARGET)

# Event types by what they begin with, first match wins; the tools that write these logs add types of their own.
ACTION_BY_PREFIX: Final = (
    ("copy", "copy"), ("cut", "copy"), ("paste", "paste"),
    ("edit", "change"), ("fieldInput", "input"), ("pressKey", "input"),
    ("selectOptions", "select"), ("selectField", "select"),
    ("getCell", "focus"), ("getRange", "focus"), ("SelectionChanged", "focus"),
    ("form_submit", "submit"), ("submit", "submit"),
    ("click", "click"), ("mouseClick", "click"), ("doubleClick", "click"), ("rightClick", "click"),
    ("selectWorksheet", "screen"), ("selectTab", "screen"), ("navigate", "screen"), ("reload", "screen"), ("link", "screen"),
    ("open", "screen"), ("close", "screen"), ("create", "screen"), ("new", "screen"), ("start", "screen"), ("generated", "screen"),
    ("add", "screen"), ("worksheet", "screen"), ("Worksheet", "screen"),
)  # fmt: skip

ROLE_BY_TYPE: Final = {
    "password": "password",
    "checkbox": "check",
    "radio": "radio",
    "date": "date",
    "submit": "button",
    "button": "button",
}
ROLE_BY_TAG: Final = {"INPUT": "entry", "TEXTAREA": "text", "SELECT": "combo", "BUTTON": "button", "A": "link"}
CAPTIONED: Final = ("button", "link")
# Longer segments of a path read like a title that somebody wrote.
LONGEST_PAGE_NAME: Final = 40
# Shorter values, such as a language or a land, are parts of many paths.
SHORTEST_CONTENT: Final = 3


class ActionLogger:
    """The `action-logger` format; one instance reads one source, because who worked when and what was entered is learnt from all of it."""

    name = "action-logger"

    def __init__(self) -> None:
        self._users = pl.Series(dtype=pl.String)
        self._entered: set[str] = set()

    def claims(self, opening: str, header: tuple[str, ...]) -> bool:
        """A header with the Action Logger's time, application and event type."""
        del opening
        return set(REQUIRED) <= set(header)

    def open(self, log: LogFile) -> LogFile:
        """The log, read with forgiveness: a raw log has cells with bare quotes in them."""
        return LogFile(log.path, strict=False)

    def prepare(self, log: LogFile) -> None:
        """
        Learn from the whole log who worked when and which names of pages are content.

        A row that names nobody belongs to the user working at that time. A segment of a path that somebody also entered as a value is no
        page: /customers/kirsten.
        """
        seen: list[pl.DataFrame] = []
        pages: set[str] = set()
        for _, neutral in self._neutral_batches(log):
            seen.append(neutral.select("time_ms", "session"))
            pages |= _page_names(neutral)
            self._entered |= _entered(neutral)
        self._entered &= pages
        if seen:
            self._users = _working_users(pl.concat(seen))

    def rows(self, log: LogFile) -> Iterator[tuple[Batch, pl.DataFrame]]:
        """The batches of the log, each with its neutral rows; see `Format`."""
        for batch, neutral in self._neutral_batches(log):
            users = self._users.slice(int(neutral["row"][0]), len(neutral))
            pages = _by_unique(neutral["screen"], self._without_entered, pl.String())
            yield batch, neutral.with_columns(session=users, agent=users, screen=pages)

    def _without_entered(self, screen: str) -> str:
        if not screen.startswith("/"):
            return screen
        return "/".join(":id" if _letters(segment) in self._entered else segment for segment in screen.split("/"))

    def _neutral_batches(self, log: LogFile) -> Iterator[tuple[Batch, pl.DataFrame]]:
        for batch in log.batches():
            check_header(batch, COLUMNS, REQUIRED)
            yield batch, _neutral(batch)


def _working_users(seen: pl.DataFrame) -> pl.Series:
    """The user of every row in file order: as said, else the one working at that time; all rows of a log that names nobody are one's."""
    in_time = seen.with_row_index("row").sort("time_ms", "row").with_columns(pl.col("session").forward_fill().backward_fill())
    return in_time.sort("row")["session"].fill_null("")


def _page_names(neutral: pl.DataFrame) -> set[str]:
    """Letters of every segment of every path."""
    screens = neutral["screen"].drop_nulls().unique()
    return {_letters(segment) for screen in screens if screen.startswith("/") for segment in screen.split("/")}


def _entered(neutral: pl.DataFrame) -> set[str]:
    """Letters of the values that were typed or carried over, as far as they could be the name of a page; a choice from a list is none."""
    by_hand = pl.col("action").is_in([ACTION_CODES[name] for name in ("input", "change", "copy", "paste")])
    chosen = pl.col("role").is_in(["check", "radio", "combo"]).fill_null(value=False)
    values = neutral.filter(by_hand & ~chosen & (pl.col("value").str.len_chars() <= LONGEST_PAGE_NAME))["value"].unique()
    return {letters for letters in map(_letters, values) if len(letters) >= SHORTEST_CONTENT}


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _neutral(batch: Batch) -> pl.DataFrame:
    batch = batch.widened(COLUMNS)
    for name in REQUIRED:
        batch.refuse_where(batch.frame[name].is_null(), f"{name} is empty", "every row needs it")
    frame = batch.frame.with_columns(action=_actions(batch), role=_roles(batch.frame)).with_columns(_clipboard_or_cell())
    time_ms, _ = iso_or_ms(batch, "timeStamp")
    frame = _with_targets(frame).with_columns(
        time_ms=time_ms,
        relative=pl.lit(value=False),
        session=pl.col("userID"),
        agent=pl.col("userID").fill_null(""),
        value=_values(frame),
        case=pl.col("caseID"),
    )
    has_value = pl.col("value").is_not_null()
    emptied = (pl.col("action") == ACTION_CODES["change"]) & pl.col("role").ne_missing("check")
    frame = frame.with_columns(filled=pl.when(has_value).then(statement=True).when(emptied).then(statement=False))
    absent = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in NEUTRAL.items() if name not in frame.columns]
    return frame.with_columns(absent).select(pl.col(name).cast(dtype) for name, dtype in NEUTRAL.items())


def _actions(batch: Batch) -> pl.Series:
    """Action code of each row; a button that submits is a submit."""
    types = batch.frame["eventType"].str.strip_chars()
    codes = {kind: _action_code(kind) for kind in types.unique().to_list()}
    actions = types.replace_strict(codes, return_dtype=pl.UInt8)
    batch.refuse_where(actions.is_null(), "eventType is not one of the Action Logger's", "remove the row, or give a ui-log")
    submits = (actions == ACTION_CODES["click"]) & (batch.frame["target.type"].str.to_lowercase() == "submit")
    return actions.set(submits, ACTION_CODES["submit"])


def _action_code(kind: str) -> int | None:
    for prefix, action in ACTION_BY_PREFIX:
        if kind.startswith(prefix):
            return ACTION_CODES[action]
    return None


def _roles(frame: pl.DataFrame) -> pl.Series:
    kinds = frame["target.type"].str.to_lowercase().replace_strict(ROLE_BY_TYPE, default=None, return_dtype=pl.String)
    tags = frame["target.tagName"].str.to_uppercase().replace_strict(ROLE_BY_TAG, default=None, return_dtype=pl.String)
    return kinds.fill_null(tags)


def _clipboard_or_cell() -> list[pl.Expr]:
    in_sheet = (pl.col("targetApp") == "Excel") | pl.col("target.sheetName").is_not_null()
    return [
        (pl.col("targetApp") == "OS-Clipboard").alias("clipboard"),
        in_sheet.alias("in_sheet"),
        pl.when(in_sheet).then(pl.lit("cell")).otherwise(pl.col("role")).alias("role"),
    ]


def _with_targets(frame: pl.DataFrame) -> pl.DataFrame:
    """Names of app, screen and field as contracts, section 4, gives them."""
    urls = _by_unique(frame["url"], _host_and_path, pl.Struct({"host": pl.String, "path": pl.String}))
    web = frame.with_columns(host=urls.struct.field("host"), path=urls.struct.field("path"))
    sheet, clipboard = pl.col("in_sheet"), pl.col("clipboard")
    columns = pl.col("target.id").str.extract_groups(r"^(?:.*!)?\$?([A-Za-z]{1,3})\$?\d*(?::\$?([A-Za-z]{1,3})\$?\d*)?$")
    first, last = columns.struct.field("1").str.to_uppercase(), columns.struct.field("2").str.to_uppercase()
    cell = pl.when(last.is_not_null()).then(pl.concat_str([first, pl.lit(":"), last])).otherwise(first)
    return web.with_columns(
        app=pl.when(clipboard).then(pl.lit(UNKNOWN_APP)).when(sheet).then(pl.lit("Excel")).otherwise(pl.coalesce("host", "targetApp")),
        screen=pl.when(clipboard).then(pl.lit("")).when(sheet).then(pl.col("target.sheetName")).otherwise(pl.col("path")),
        element=pl.when(clipboard).then(None).when(sheet).then(cell).otherwise(pl.coalesce("target.id", "target.name")),
    )


def _values(frame: pl.DataFrame) -> pl.Series:
    """The value after the action; a caption of a button or link is none."""
    moved = pl.col("action").is_in([ACTION_CODES["copy"], ACTION_CODES["paste"]])
    checked = pl.when(pl.col("role").is_in(["check", "radio"])).then(pl.col("target.checked"))
    held = pl.coalesce(checked, pl.col("target.option"), pl.col("target.value"), pl.col("content"))
    value = (
        pl.when(moved).then(pl.coalesce("content", "target.value")).when(~pl.col("role").is_in(CAPTIONED).fill_null(value=False)).then(held)
    )
    return _by_unique(frame.select(value.alias("value"))["value"], _unquoted, pl.String())


def _by_unique(series: pl.Series, function: Callable[[str], object], dtype: pl.DataType) -> pl.Series:
    """Apply a Python function to each distinct text once."""
    distinct = series.drop_nulls().unique()
    table = pl.DataFrame({"text": distinct, "result": pl.Series([function(text) for text in distinct], dtype=dtype)})
    return pl.DataFrame({"text": series}).join(table, on="text", how="left", maintain_order="left")["result"]


def _unquoted(text: str) -> str:
    """A value that the logger wrote as a JSON text, as the text it was."""
    if len(text) > 1 and text[0] == text[-1] == '"':
        try:
            return msgspec.json.decode(text, type=str)
        except msgspec.MsgspecError:
            return text
    return text


def _host_and_path(url: str) -> dict[str, str | None]:
    """Host (with a port that is not the usual one) and templated path of a web address; neither for anything else."""
    # A user's name and password end at the last @ before the path: a password may have one in it.
    parts = re.match(r"(https?)://(?:[^/?#]*@)?([\w.-]+|\[[\da-f:.]+\])(?::(\d*))?(?=[/?#]|$)([^?#]*)", url.strip(), re.IGNORECASE)
    if parts is None:
        return {"host": None, "path": None}
    scheme, host, port, path = parts.groups()
    usual = {"http": "80", "https": "443"}[scheme.lower()]
    shown = host.lower() if port in (None, "", usual) else f"{host.lower()}:{port}"
    return {"host": shown, "path": templated_path(path)}


def templated_path(path: str) -> str:
    """
    A path with everything that may be content replaced by `:id`.

    Kept are segments that read like the name of a page: up to 40 ASCII letters, in at most three parts joined by - or _ or ., and a
    version such as v2. Digits, e-mail addresses, escapes, letters of other alphabets and long slugs are taken for content.
    """
    segments = path.split("/")
    return "/".join(segment if not segment or _reads_as_page(segment) else ":id" for segment in segments) or "/"


def _reads_as_page(segment: str) -> bool:
    return len(segment) <= LONGEST_PAGE_NAME and re.fullmatch(r"v\d|[A-Za-z]+([-_.][A-Za-z]+){0,2}", segment) is not None
