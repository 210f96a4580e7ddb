"""The rows of the result documents as flat frames: a field is four columns, an interval two, and an empty frame has its columns too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from analysis.concepts import Description

__all__ = [
    "ASSUMPTIONS", "CASES", "FRICTION", "GAPS", "RANK", "REENTRY", "STAYS", "TRANSITIONS", "flat_frame", "rank_frame", "reentry_frame",
    "views_frame",
]  # fmt: skip

Row = dict[str, Any]
Schema = dict[str, type[pl.DataType]]

_TEXT, _COUNT, _NUMBER = pl.String, pl.Int64, pl.Float64
_PLACE: Final[Schema] = {"app": _TEXT, "screen": _TEXT}
_FIELD: Final[Schema] = {**_PLACE, "field": _TEXT, "label": _TEXT}


def _of(kind: type[pl.DataType], names: str) -> Schema:
    return dict.fromkeys(names.split(), kind)


CASES: Final[Schema] = {"session": _TEXT, "case": _COUNT} | _of(_NUMBER, "start end seconds") | _of(_COUNT, "events apps") | {"how": _TEXT}

FRICTION: Final[dict[str, Schema]] = {
    "screen": _PLACE
    | _of(_COUNT, "visits cases")
    | _of(_NUMBER, "dwell_s_per_case dwell_s_median dwell_s_p90 returns_per_case")
    | _of(_COUNT, "repeat_clicks dead_clicks")
    | _of(_NUMBER, "corrections_per_case")
    | _of(_COUNT, "passed_over never_touched")
    | _of(_NUMBER, "excess_s_per_case")
    | _of(_COUNT, "n_agents"),
    "field": _FIELD
    | _of(_COUNT, "visits")
    | _of(_NUMBER, "dwell_s_median hesitation_s_median corrections_per_visit return_rate skip_rate never_touched_rate")
    | _of(_COUNT, "n_cases n_agents"),
    "app": {"app": _TEXT} | _of(_NUMBER, "dwell_s_per_case") | _of(_COUNT, "switches_in round_trips"),
}

REENTRY: Final[Schema] = (
    {f"{side}_{part}": _TEXT for side in ("source", "target") for part in _FIELD}
    | _of(_TEXT, "mode relation")
    | _of(_COUNT, "cases")
    | _of(_NUMBER, "case_share")
    | _of(_COUNT, "occurrences")
    | _of(_NUMBER, "chance_rate effect q_value seconds_per_occurrence seconds_per_case")
)

RANK: Final[Schema] = (
    {"rank": _COUNT}
    | _of(_TEXT, "kind title source_apps source_fields target_apps target_fields")
    | _of(
        _NUMBER,
        "minutes_per_case ci90_low ci90_high bounds_low bounds_high marginal_minutes_per_case cumulative_minutes_per_case case_share",
    )
    | _of(_COUNT, "cases agents occurrences")
    | _of(_TEXT, "evidence")
    | _of(_NUMBER, "p_top5")
)

TRANSITIONS: Final[Schema] = _of(_TEXT, "source_app target_app") | _of(_NUMBER, "per_case")

ASSUMPTIONS: Final[Schema] = {"name": _TEXT, "value": _NUMBER} | _of(_TEXT, "unit source")

STAYS: Final[Schema] = _PLACE | _of(_NUMBER, "start_s end_s") | {"reentry": pl.Boolean}

GAPS: Final[Schema] = _of(_NUMBER, "gap_s case_minutes minutes_saved")


def flat_frame(rows: Iterable[Row], schema: Schema) -> pl.DataFrame:
    """Rows of plain values as a frame with these columns; null where a row has none."""
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema, orient="row")


def reentry_frame(rows: Iterable[Row], *, possible: bool) -> pl.DataFrame:
    """Pairs of fields; with `possible` there is a column `accepted`."""
    flat = [row | {f"{side}_{part}": row[side][part] for side in ("source", "target") for part in _FIELD} for row in rows]
    return flat_frame(flat, REENTRY | ({"accepted": pl.Boolean} if possible else {}))


def rank_frame(rows: Iterable[Row]) -> pl.DataFrame:
    """The ranking; of several fields the names stand beside each other."""
    return flat_frame([row | _ends(row, "ci90") | _ends(row, "bounds") | _sides(row) for row in rows], RANK)


def _ends(row: Row, name: str) -> Row:
    low, high = row[name] or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}


def _sides(row: Row) -> Row:
    return {
        f"{side}_{part}": ", ".join(dict.fromkeys(_named(field, part) for field in row[f"{side}s"]))
        for side in ("source", "target")
        for part in ("apps", "fields")
    }


def _named(field: Row, part: str) -> str:
    return str(field["app"] if part == "apps" else field["label"] or field["field"])


def views_frame(descriptions: Mapping[str, Description]) -> pl.DataFrame:
    """What the views' headers say, a row each."""
    parts = ("title", "grain", "columns", "units", "missing")
    rows = [{"view": name} | {part: " ".join(getattr(text, part).split()) for part in parts} for name, text in descriptions.items()]
    return flat_frame(rows, _of(_TEXT, f"view {' '.join(parts)}"))
