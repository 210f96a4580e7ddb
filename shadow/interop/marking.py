"""
Value marks of many values at once, by session: values go in, ordinals come out.

    values of a block --digest--> keys --known in their session?--> ordinals, counted on in order of first sight
           --forms--> tokens ----------^

It gives what `recorder.marks.ValueMarks` gives, for whole blocks of a log. The tables hold digests under random keys that are drawn for one
import and written nowhere; a session's rows are thrown away when it is over.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from recorder.marks import ValueMarks
from shadow.interop.coding import numbered
from shadow.interop.value_forms import ValueForms

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Marked", "Marks", "Ordinals"]

# Two digests of 64 bits under keys of their own: some two of a million values share both in one session of 10^26.
DIGEST: Final = ("digest", "digest_2")
KEY: Final = ("session", *DIGEST)
# Of an ordinal.
LARGEST: Final = (1 << 31) - 1
# What `str.strip` takes off.
BLANKS: Final = "".join(filter(str.isspace, map(chr, range(0x3001))))


@dataclass(frozen=True, slots=True)
class Marked:
    """
    What is known of some values, in their order.

    Args:

        mark: Of each value.

        case_mark: Of each value, null where it is no case id.

        tokens: One row per token: `value_no` (place of the value), `token`, `whole`, sorted as the store has them: whole forms first, each by
            ordinal.
    """

    mark: pl.Series
    case_mark: pl.Series
    tokens: pl.DataFrame


class Ordinals:
    """Ordinals of digests within their session, from 1 in order of first sight."""

    def __init__(self) -> None:
        self._known = pl.DataFrame(schema={"session": pl.Int32, **dict.fromkeys(DIGEST, pl.UInt64), "ordinal": pl.Int32})

    def of(self, asked: pl.DataFrame) -> pl.Series:
        """Ordinal of each row (session, digest, digest_2); what was not known yet is counted on in the order of the rows."""
        distinct, which = numbered(asked)
        known = self._known.filter(pl.col("session").is_in(distinct["session"].unique().to_list()))
        ordinals = distinct.join(known, on=KEY, how="left", maintain_order="left")["ordinal"]
        counted = known.group_by("session").agg(before=pl.col("ordinal").max())
        fresh = distinct.filter(ordinals.is_null()).join(counted, on="session", how="left", maintain_order="left")
        count = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("session") + pl.col("before").fill_null(0)
        fresh = fresh.select(*KEY, ordinal=count)
        self._known = pl.concat([self._known, fresh], rechunk=True)
        return ordinals.scatter(ordinals.is_null().arg_true(), fresh["ordinal"]).gather(which)

    def forget(self, sessions: Iterable[int]) -> None:
        """Throw away what is known of sessions that are over."""
        self._known = self._known.filter(~pl.col("session").is_in(list(sessions)))


class Marks:
    """
    The value marks of the sessions of one source.

    Args:

        region: Where a telephone number without a country code belongs, ISO 3166-1 alpha-2.

        case_id_patterns: A value in which one of them is found is a case id.

    Raises:

        ValueError: The region is not known.
    """

    def __init__(self, region: str, case_id_patterns: Sequence[str]) -> None:
        ValueMarks(region)
        self._case_id = [re.compile(pattern) for pattern in case_id_patterns]
        self._forms = ValueForms(region)
        self._seeds = [secrets.randbits(64) for _ in DIGEST]
        self._chance = np.random.default_rng(secrets.randbits(128))
        self._values, self._tokens, self._case_marks, self._cases = (Ordinals() for _ in range(4))

    def of_values(self, values: pl.DataFrame) -> Marked:
        """Marks and tokens of values: one row per session and value, in order of first sight."""
        shown = values["value"].str.strip_chars(BLANKS)
        keys = values.select("session", *self._digests(shown))
        return Marked(self._values.of(keys), self._marks_of_case_ids(keys, shown), self._tokens_of(values))

    def of_cases(self, cases: pl.DataFrame) -> pl.Series:
        """Ordinals of case ids: one row per session and case, in order of first sight."""
        return self._cases.of(cases.select("session", *self._digests(cases["case"])))

    def forget(self, sessions: Sequence[int]) -> None:
        """Throw away what is known of sessions that are over."""
        if sessions:
            for table in (self._values, self._tokens, self._case_marks, self._cases):
                table.forget(sessions)

    def _digests(self, texts: pl.Series) -> list[pl.Series]:
        return [texts.hash(seed).alias(name) for name, seed in zip(DIGEST, self._seeds, strict=True)]

    def _marks_of_case_ids(self, keys: pl.DataFrame, shown: pl.Series) -> pl.Series:
        texts = shown if self._case_id else ()
        places = [place for place, text in enumerate(texts) if any(pattern.search(text) for pattern in self._case_id)]
        marks = pl.repeat(None, len(shown), dtype=pl.Int32, eager=True)
        return marks.scatter(places, self._case_marks.of(keys[places])) if places else marks

    def _tokens_of(self, values: pl.DataFrame) -> pl.DataFrame:
        found = self._forms.of(values["value"])
        # New tokens of one value are counted in an order that is chance: that of the alphabet or of the text would tell something of the
        # words. Whole forms are counted first.
        value_no, word = found["value_no"].to_numpy().astype(np.int64), ~found["whole"].to_numpy()
        order = np.argsort((value_no << 32) + (word.astype(np.int64) << 31) + self._chance.integers(0, 1 << 31, len(found)))
        session, text = values["session"].gather(value_no[order]), found["token"].gather(order)
        token = self._tokens.of(pl.DataFrame([session, *self._digests(text)])).to_numpy()
        sorted_once = np.unique((value_no[order] << 32) + (word[order].astype(np.int64) << 31) + token)
        columns = {"value_no": sorted_once >> 32, "token": sorted_once & LARGEST, "whole": sorted_once >> 31 & 1 == 0}
        return pl.DataFrame(columns, schema={"value_no": pl.Int64, "token": pl.Int32, "whole": pl.Boolean})
