"""What an integration takes to build, as a class. No log says it: it is assumed by kind until somebody who runs the systems knows better."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any, Final

from shadow.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shadow.settings import Effort, EffortSection

__all__ = ["EFFORT_BY_KIND", "effort_rows"]

# An assumption of this toolkit, from what has to be touched: a form of one system, a way to read from another, or the records of two.
EFFORT_BY_KIND: Final[Mapping[str, Effort]] = {
    "default": "small",
    "remove_field": "small",
    "template": "small",
    "deep_link": "small",
    "autofill": "medium",
    "link": "large",
}


def effort_rows(rank: Sequence[Mapping[str, Any]], given: EffortSection) -> list[dict[str, Any]]:
    """
    The effort of each row of a ranking.

    Args:

        rank: Rows with `rank`, `kind` and `title`.

        given: What study.toml says.

    Returns:

        One row per row of the ranking: rank, effort (`small`, `medium`, `large`), set_by (`study.toml` or `toolkit`).

    Raises:

        SettingsError: study.toml names an integration that is not in the ranking; mend the title.
    """
    titles = [str(row["title"]) for row in rank]
    for title in given.titles:
        if title not in titles:
            near = difflib.get_close_matches(title, titles, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "take a title from: shadow rank STUDY --json"
            raise SettingsError(f"[effort.titles] {title!r} is no integration of this study", hint)
    return [_effort_row(row, given) for row in rank]


def _effort_row(row: Mapping[str, Any], given: EffortSection) -> dict[str, Any]:
    said = given.titles.get(row["title"]) or getattr(given, row["kind"])
    return {"rank": row["rank"], "effort": said or EFFORT_BY_KIND[row["kind"]], "set_by": "study.toml" if said else "toolkit"}
