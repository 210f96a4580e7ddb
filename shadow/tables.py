"""Columns and types of the tables in a study's store; the one place where they are written down for polars."""

from __future__ import annotations

from typing import Final

import polars as pl

__all__ = ["SCHEMAS"]

SCHEMAS: Final[dict[str, dict[str, type[pl.DataType]]]] = {
    "events": {
        "session": pl.Int32,
        "seq": pl.Int32,
        "t_ms": pl.Int32,
        "action": pl.UInt8,
        "app": pl.Int32,
        "screen": pl.Int32,
        "field": pl.Int32,
        "mark": pl.Int32,
        "filled": pl.Boolean,
        "keys": pl.Int32,
        "x": pl.Int32,
        "y": pl.Int32,
        "given_case": pl.Int32,
        "case_mark": pl.Int32,
    },
    "tokens": {"session": pl.Int32, "seq": pl.Int32, "token": pl.Int32, "whole": pl.Boolean},
    "forms": {"session": pl.Int32, "seq": pl.Int32, "field": pl.Int32},
    "notes": {"session": pl.Int32, "seq": pl.Int32, "note": pl.String},
}
