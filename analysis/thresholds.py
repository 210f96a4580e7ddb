"""
Every number that a concept or a decision rests on, named with its unit and sourced in one table.

The SQL concepts take these as named parameters; Python takes them as attributes. Nothing else in `analysis` holds a
naked threshold, so a study that needs another value changes it here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from shadow.errors import SettingsError

if TYPE_CHECKING:
    from shadow.study import Study

__all__ = ["GAPS_S", "SOURCES", "ThresholdSource", "Thresholds", "thresholds_of"]

GAPS_S: Final = (60, 120, 300)
"""Longest gaps that are shown beside each other, so that a reader sees what rests on the choice."""


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """
    The thresholds of one analysis; the defaults are those of `SOURCES`.

    Units end the names (`_ms`, `_px`, `_s`); `n_`, `_n` and `min_` are counts; `_share` and the rest are in 0..1.

    Raises:
        ValueError: A count or duration is negative, a click burst is under two clicks, or a share is outside 0..1.
            Mend the setting that the message names.
    """

    gap_drop_ms: int = 120_000
    unattributed_ms: int = 15_000
    repeat_click_n: int = 3
    repeat_click_n_grid: int = 4
    repeat_click_gap_ms: int = 1_000
    repeat_click_px: int = 30
    dead_click_ms: int = 3_000
    passed_over_min_ms: int = 200
    passed_over_share: float = 0.80
    never_touched_share: float = 0.95
    never_touched_min_cases: int = 100
    rare_df: float = 0.20
    effect_min: float = 0.20
    q_max: float = 0.05
    min_pair_cases: int = 5
    const_share: float = 0.80
    direction_share: float = 0.80
    glance_s: float = 1.2
    redo_share: float = 0.05
    min_agents: int = 3
    min_occurrences: int = 25
    winsor: float = 0.99
    warm_up_cases: int = 20
    warm_up_days: int = 2
    warm_up_left: float = 0.60
    talk_slack_ms: int = 3_000
    talk_share: float = 0.0
    klm_sd_ln: float = 0.25
    model_sd_ln: float = 0.10
    apart_share: float = 0.80
    switch_s: float = 2.0
    switch_sd_ln: float = 0.4

    def __post_init__(self) -> None:
        """Refuse a value that no concept could mean."""
        for name in self.__struct_fields__:
            value, unit = getattr(self, name), SOURCES[name].unit
            if value < 0 or (unit == "share" and value > 1):
                allowed = "a share from 0 to 1" if unit == "share" else f"0 {unit} or more"
                raise ValueError(f"threshold {name} is {value}: it must be {allowed}")
        for name in ("repeat_click_n", "repeat_click_n_grid"):
            if getattr(self, name) < 2:  # noqa: PLR2004 - one click repeats nothing
                raise ValueError(f"threshold {name} is {getattr(self, name)}: a burst has at least 2 clicks")

    def sql_params(self, names: Iterable[str]) -> dict[str, int | float]:
        """
        Give exactly the named parameters a statement needs: DuckDB refuses a missing one and an extra one alike.

        Args:
            names: Parameters of the statement, without the dollar sign.

        Returns:
            One value per name.

        Raises:
            KeyError: A name is not a threshold; the message lists the known ones. Mend the SQL file.
        """
        wanted = sorted(names)
        unknown = [name for name in wanted if name not in self.__struct_fields__]
        if unknown:
            raise KeyError(f"no threshold is called {', '.join(unknown)}; known: {', '.join(self.__struct_fields__)}")
        return {name: getattr(self, name) for name in wanted}


class ThresholdSource(NamedTuple):
    """Where a threshold comes from: its unit, and who says so."""

    unit: str
    source: str


_CLICKS: Final = "default or majority of PostHog, Datadog, Mixpanel and OpenReplay, read in their published code, 2026"
_FORMS: Final = "default of this toolkit, after the form metrics of Zuko (zuko.io/guides/metric-definitions)"
_OWN: Final = "default of this toolkit"

SOURCES: Final[Mapping[str, ThresholdSource]] = {
    "gap_drop_ms": ThresholdSource(
        "ms",
        "default of this toolkit; in a simulation of short work, reading and absence, dropping whole gaps over "
        "120 s kept 0.98 of the true active time, capping them at 120 s made it 1.16",
    ),
    "unattributed_ms": ThresholdSource(
        "ms", f"{_OWN}: in a longer gap nobody knows what was done, so no integration is said to save it; 93 of 100 gaps are of seconds"
    ),
    "repeat_click_n": ThresholdSource("clicks", f"3 is the {_CLICKS}; Amplitude and Splunk take 4"),
    "repeat_click_n_grid": ThresholdSource(
        "clicks", "one more than elsewhere: a double click is the normal way to open a row or to pick a word"
    ),
    "repeat_click_gap_ms": ThresholdSource("ms", f"between neighbouring clicks: {_CLICKS}"),
    "repeat_click_px": ThresholdSource("px", "Manhattan distance between neighbouring clicks: PostHog, code, 2026"),
    "dead_click_ms": ThresholdSource(
        "ms", "Amplitude and Sentry's slow click take 3 s, OpenReplay 1.2 s, PostHog 2.5 s, Sentry's dead click 7 s"
    ),
    "passed_over_min_ms": ThresholdSource("ms", f"{_OWN}: shorter than a fixation, so a key held on Tab is no skip"),
    "passed_over_share": ThresholdSource("share", f"{_FORMS}: a field left empty that often is in the wrong place"),
    "never_touched_share": ThresholdSource("share", f"{_FORMS}: a field left alone that often may be removed"),
    "never_touched_min_cases": ThresholdSource("cases", f"{_FORMS}: fewer cases say nothing about a rare use"),
    "rare_df": ThresholdSource("share", "of the cases that hold a token; 0.10, 0.20 and 0.50 gave the same pairs on the StudentRecord log"),
    "effect_min": ThresholdSource("share", f"{_OWN}: match rate above the chance rate of the same pair of fields"),
    "q_max": ThresholdSource("share", "false discovery rate, Benjamini and Hochberg 1995, J. R. Stat. Soc. B 57(1):289-300"),
    "min_pair_cases": ThresholdSource("cases", f"{_OWN}: fewer cannot reach q_max against a fair chance rate"),
    "const_share": ThresholdSource("share", f"{_OWN}: above it a field is a candidate for a default value"),
    "direction_share": ThresholdSource("share", f"{_OWN}: of the matching cases in which the source was read first"),
    "glance_s": ThresholdSource(
        "s", "default of this toolkit, near the mental operator of the keystroke-level model, doi 10.1145/358886.358895"
    ),
    "redo_share": ThresholdSource("share", f"fills done again by hand: {_OWN} until it is measured after go-live"),
    "min_agents": ThresholdSource("agents", "default of this toolkit: fewer make an anecdote"),
    "min_occurrences": ThresholdSource("occurrences", "default of this toolkit: fewer make an anecdote"),
    "winsor": ThresholdSource("share", f"{_OWN}: quantile to which longer times are pulled in, per kind of field"),
    "warm_up_cases": ThresholdSource(
        "cases", f"{_OWN}, of each agent's first: on the StudentRecord logs the first 5 were 23 to 30 % slower, the first 10 11 to 12 %"
    ),
    "warm_up_days": ThresholdSource("days", f"{_OWN}, of each agent's first: to be watched is new, too"),
    "warm_up_left": ThresholdSource("share", f"{_OWN}: of all cases; where fewer would be left none is left out"),
    "talk_slack_ms": ThresholdSource("ms", f"{_OWN}: from the last act to the end of a call; longer, and the talk outlasted the work"),
    "talk_share": ThresholdSource(
        "share",
        "of what is saved while talking in a call that outlasts the work, as shortens the case: none in simulated offices, as Gray, John and "
        "Atwood 1993 (doi 10.1207/s15327051hci0803_3) found",
    ),
    "klm_sd_ln": ThresholdSource(
        "ln", "how far the keystroke-level model is off absolute times: 21 % (RMS), Card, Moran, Newell 1980, doi 10.1145/358886.358895"
    ),
    "model_sd_ln": ThresholdSource(
        "ln",
        f"{_OWN}: how far the replay of a log was off the true saving of an autofill in simulated offices (seeds 0 to 13); in the interval",
    ),
    "switch_s": ThresholdSource(
        "s",
        "Murty, Dadlani, Das, Harvard Business Review, August 2022: a little over two seconds a change; the keystroke-level model has 1.8 s",
    ),
    "switch_sd_ln": ThresholdSource("ln", f"{_OWN}: how far an agent's cost of a change may be from that before any was seen"),
    "apart_share": ThresholdSource("share", f"{_OWN}: chance of the order of two rows, under which they are not told apart"),
}


def thresholds_of(study: Study) -> Thresholds:
    """
    The thresholds of a study: the defaults, with what `[thresholds]` of study.toml says otherwise.

    Raises:

        SettingsError: A name is no threshold, or a value means nothing; the message names it.
    """
    given = dict(study.settings.thresholds)
    known = {entry.name: entry.type for entry in msgspec.structs.fields(Thresholds)}
    unknown = [name for name in given if name not in known]
    if unknown:
        place = study.place_of("thresholds", unknown[0])
        raise SettingsError(f"[thresholds] {unknown[0]} in {place} is not a threshold", f"known are {', '.join(known)}")
    typed: dict[str, Any] = {name: int(value) if known[name] is int else value for name, value in given.items()}
    for name, value in typed.items():
        try:
            Thresholds(**{name: value})
        except ValueError as fault:
            raise SettingsError(f"[thresholds] {fault}", f"mend it in {study.place_of('thresholds', name)}") from None
    return Thresholds(**typed)
