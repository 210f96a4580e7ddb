"""
Synthetic work at any size, vectorised: whole sessions of cases, with what was planted in them counted.

    cases --route--> visits of screens --chance--> units --template--> events, tokens, forms
    (100 a session)  (12 a case)                  (8 a visit)

A unit is what is done with one field: filled, corrected, looked at, copied, pasted, or a button clicked, once or in a burst. The shares of
the kinds of unit give the mix of actions that the reference measured with (26 % change, 23 % focus, 23 % blur, 20 % click, 4 % screen).
Chance begins with the ordinal of the first session, so the same call makes the same sessions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from shadow.events import ACTION_CODES
from shadow.interop.encoding import STAGED
from tests.bench.values import event_values, marks_and_tokens, unit_values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["BUTTON", "ELEMENTS", "EVENTS_A_CASE", "FILLABLE", "N_APPS", "N_SCREENS", "SCREENS_AN_APP", "Block", "make_block"]

SEED: Final = 0
N_APPS: Final = 8
SCREENS_AN_APP: Final = 6
N_SCREENS: Final = N_APPS * SCREENS_AN_APP
# Fields of a screen: so many that can be filled, then a button, then the one that saves.
ELEMENTS: Final = 8
FILLABLE: Final = 6
BUTTON, SAVE = 6, 7

N_ROUTES: Final = 8
VISITS: Final = 12
QUEUE, CLOSING = 0, 1
UNITS_A_VISIT: Final = (5, 12)
EVENTS_A_CASE: Final = 314

# A unit: how often, and its events as action, what value it shows (0 none, 1 the unit's, 2 a slip), filled afterwards (None: not said).
UNITS: Final = (
    ("click and fill", 10.0, (("focus", 0, False), ("click", 0, None), ("change", 1, True), ("blur", 0, True))),
    ("fill", 3.0, (("focus", 0, False), ("change", 1, True), ("blur", 0, True))),
    ("correct", 6.0, (("focus", 0, False), ("change", 2, True), ("change", 1, True), ("blur", 0, True))),
    ("look", 1.0, (("focus", 1, True), ("blur", 0, True))),
    ("pass over", 1.0, (("focus", 0, False), ("blur", 0, False))),
    ("button", 8.0, (("click", 0, None),)),
    ("burst", 0.5, (("click", 0, None),) * 4),
    ("paste", 1.0, (("focus", 0, False), ("paste", 1, True), ("change", 1, True), ("blur", 0, True))),
    ("copy", 1.0, (("focus", 1, True), ("copy", 1, True), ("blur", 0, True))),
    ("case_start", 0.0, (("case_start", 0, None),)),
    ("switch", 0.0, (("switch", 0, None),)),
    ("screen", 0.0, (("screen", 0, None),)),
    ("submit", 0.0, (("submit", 0, None),)),
    ("case_end", 0.0, (("case_end", 0, None),)),
)
KIND: Final = {name: code for code, (name, _, _) in enumerate(UNITS)}
LONGEST: Final = max(len(events) for _, _, events in UNITS)
# In a unit without a field nothing but the screen is known.
FIELDLESS: Final = [KIND[name] for name in ("case_start", "switch", "screen", "case_end")]
# A burst has its clicks this near; any other click on a button comes later than that, so bursts are the planted ones only.
BURST_MS: Final = (150, 260)
APART_MS: Final = 1010
# Now and then somebody is away for longer than any gap that counts.
BREAK_SHARE, BREAK_MS = 0.002, 400_000
# How the fields of a screen are chosen: the case's value, a number, free text, two choices, a common value.
ELEMENT_SHARES: Final = (0.25, 0.15, 0.10, 0.175, 0.175, 0.15)


@dataclass(frozen=True, slots=True)
class Block:
    """
    Some whole sessions, as the importer stages them, and what was planted.

    Args:

        events: Columns of `STAGED["events"]`; so are tokens and forms those of their tables.

        value: Number of the value that each event shows; 0 for none.

        bursts: Clicks repeated in a burst, counted in bursts.

        carried: Pastes of a value copied in another system in the same case.

        cases: Pieces of work.
    """

    events: pl.DataFrame
    tokens: pl.DataFrame
    forms: pl.DataFrame
    value: Ints
    bursts: int
    carried: int
    cases: int


@dataclass(frozen=True, slots=True)
class _Units:
    """Units in order, one array each: session (from 0 in the block), case (from 0 in the block), screen, kind, element."""

    session: Ints
    case: Ints
    screen: Ints
    kind: Ints
    element: Ints


@dataclass(frozen=True, slots=True)
class _Events:
    """Events in order, one array each: unit, place in the unit, the unit's kind and screen, and its field (also where none is logged)."""

    unit: Ints
    place: Ints
    kind: Ints
    screen: Ints
    field: Ints


def make_block(first_session: int, n_sessions: int, n_cases: int, *, given: bool) -> Block:
    """
    Make some sessions of `n_cases` each.

    Args:

        first_session: Ordinal of the first; other sessions are drawn for another.

        n_sessions: How many.

        n_cases: Cases a session.

        given: Whether case_start and case_end are logged; without them a submit is all that tells where a case ends.
    """
    chance = np.random.default_rng([SEED, first_session])
    units = _units(chance, n_sessions, n_cases, given=given)
    values, source = _values(chance, units)
    at = _expanded(units)
    session = units.session[at.unit] + first_session
    value = event_values(values[at.unit], _table(1)[at.kind, at.place])
    mark, tokens = marks_and_tokens(session, value)
    events = _event_frame(chance, at, session, mark)
    forms = _forms(events, at.screen)
    carried = (units.kind == KIND["paste"]) & (source >= 0)
    apps = units.screen // SCREENS_AN_APP
    carried &= (units.case[source] == units.case) & (apps[source] != apps)
    bursts = int((units.kind == KIND["burst"]).sum())
    return Block(events, tokens, forms, value, bursts, int(carried.sum()), n_sessions * n_cases)


def _routes() -> Ints:
    """The screens that a type of case goes through, in order: back and forth between a few systems, from the queue to where it is closed."""
    chance = np.random.default_rng(SEED)
    apps = chance.permuted(np.tile(np.arange(N_APPS), (N_ROUTES, 1)), axis=1)[:, :4]
    hops = chance.integers(0, 4, (N_ROUTES, VISITS))
    inner = chance.integers(0, SCREENS_AN_APP, (N_ROUTES, VISITS))
    routes = np.take_along_axis(apps, hops, axis=1) * SCREENS_AN_APP + inner
    # Nobody goes to the queue in the middle of a case, or to where it is closed.
    routes[np.isin(routes, [QUEUE, CLOSING])] += CLOSING + 1
    routes[:, 0], routes[:, -1] = QUEUE, CLOSING
    return routes


def _units(chance: np.random.Generator, n_sessions: int, n_cases: int, *, given: bool) -> _Units:
    """The units of all cases: those that chance draws, between the ones that each visit and each case begin and end with."""
    n = n_sessions * n_cases
    screens = _routes()[chance.integers(0, N_ROUTES, n)].ravel()
    case = np.repeat(np.arange(n), VISITS)
    visit = np.arange(n * VISITS)
    first, last = visit % VISITS == 0, visit % VISITS == VISITS - 1
    apps = screens // SCREENS_AN_APP
    switched = np.r_[False, apps[1:] != apps[:-1]] & (visit % (VISITS * n_cases) != 0)
    drawn = np.repeat(visit, chance.integers(*UNITS_A_VISIT, len(visit)))
    weights = np.array([share for _, share, _ in UNITS])
    pieces = [
        (visit[first] if given else visit[:0], "case_start", 0),
        (visit[switched], "switch", 1),
        (visit, "screen", 2),
        (visit[first], "button", 3),
        (drawn, "", 4),
        (visit[last], "submit", 5),
        (visit[last] if given else visit[:0], "case_end", 6),
    ]
    of = np.concatenate([where for where, _, _ in pieces])
    kinds = [np.full(len(where), KIND.get(name, 0)) for where, name, _ in pieces]
    kinds[4] = chance.choice(len(UNITS), len(drawn), p=weights / weights.sum())
    order = np.lexsort((np.concatenate([np.full(len(where), rank) for where, _, rank in pieces]), of))
    kind, of = np.concatenate(kinds)[order], of[order]
    element = chance.choice(FILLABLE, len(of), p=ELEMENT_SHARES)
    element[np.isin(kind, [KIND["paste"], KIND["copy"]])] = 0
    element[np.isin(kind, [KIND["button"], KIND["burst"]])] = BUTTON
    element[kind == KIND["submit"]] = SAVE
    return _Units(case[of] // n_cases, case[of], screens[of], kind, element)


def _values(chance: np.random.Generator, units: _Units) -> tuple[Ints, Ints]:
    """The value of each unit, and for a paste the unit that was copied last in its session (else -1)."""
    values = unit_values(chance, units.case, units.screen, units.element)
    places = np.where(units.kind == KIND["copy"], np.arange(len(units.kind)), -1)
    source = np.maximum.accumulate(places)
    source = np.where(units.session[source] == units.session, source, -1)
    pasted = (units.kind == KIND["paste"]) & (source >= 0)
    return np.where(pasted, values[source], values), source


def _expanded(units: _Units) -> _Events:
    lengths = np.array([len(events) for _, _, events in UNITS])[units.kind]
    unit = np.repeat(np.arange(len(lengths)), lengths)
    place = np.arange(len(unit)) - (np.cumsum(lengths) - lengths)[unit]
    screen = units.screen[unit]
    return _Events(unit, place, units.kind[unit], screen, screen * ELEMENTS + units.element[unit])


def _table(part: int) -> Ints:
    """One part of the templates as an array by kind and place; -1 where it is not said."""
    table = np.full((len(UNITS), LONGEST), -1)
    for kind, (_, _, events) in enumerate(UNITS):
        for place, event in enumerate(events):
            said = ACTION_CODES[event[0]] if part == 0 else event[part]
            table[kind, place] = -1 if said is None else int(said)
    return table


def _event_frame(chance: np.random.Generator, at: _Events, session: Ints, mark: pl.Series) -> pl.DataFrame:
    action, filled = _table(0)[at.kind, at.place], _table(2)[at.kind, at.place]
    typed = (action == ACTION_CODES["change"]) & (at.kind != KIND["paste"])
    clicked = action == ACTION_CODES["click"]
    n = len(action)
    x, y = 80 + at.field % 24 * 48 + chance.integers(-3, 4, n), 90 + at.field // 24 * 36 + chance.integers(-3, 4, n)
    columns = {
        "session": session, "row": np.arange(n), "t_ms": _times(chance, at, session), "action": action,
        "app": at.screen // SCREENS_AN_APP, "screen": at.screen, "field": _where(~np.isin(at.kind, FIELDLESS), at.field), "mark": mark,
        "filled": _where(filled >= 0, filled == 1), "keys": _where(typed, chance.integers(1, 20, n)),
        "x": _where(clicked, x), "y": _where(clicked, y), "given_case": pl.repeat(None, n, eager=True),
        "case_mark": pl.repeat(None, n, eager=True), "clipboard": pl.repeat(value=False, n=n, eager=True),
    }  # fmt: skip
    return pl.DataFrame([pl.Series(name, columns[name]).cast(dtype) for name, dtype in STAGED["events"].items()])


def _where(known: NDArray[np.bool_], values: NDArray[np.generic]) -> pl.Series:
    return pl.Series(values).set(pl.Series(~known), None)


def _times(chance: np.random.Generator, at: _Events, session: Ints) -> Ints:
    """Milliseconds since the session began: log-normal waits, a break between some cases, and bursts with their own pace."""
    wait = np.minimum(chance.lognormal(6.45, 0.8, len(at.kind)), 60_000).astype(np.int64)
    wait[(at.kind == KIND["screen"]) & (chance.random(len(at.kind)) < BREAK_SHARE)] += BREAK_MS
    in_burst = (at.kind == KIND["burst"]) & (at.place > 0)
    wait[in_burst] = chance.integers(*BURST_MS, int(in_burst.sum()))
    wait[np.isin(at.kind, [KIND["button"], KIND["burst"]]) & (at.place == 0)] += APART_MS
    clock = np.cumsum(wait // 10 * 10)
    begins = np.r_[True, session[1:] != session[:-1]]
    offsets = clock[begins]
    return clock - np.repeat(offsets, np.diff(np.r_[np.flatnonzero(begins), len(clock)]))


def _forms(events: pl.DataFrame, screen: Ints) -> pl.DataFrame:
    """Every screen announces the fields that can be filled on it."""
    shown = events["action"].to_numpy() == ACTION_CODES["screen"]
    fields = (screen[shown][:, None] * ELEMENTS + np.arange(FILLABLE)).ravel()
    announced = events.filter(pl.Series(shown)).select("session", "row")
    announced = announced.select(pl.all().repeat_by(FILLABLE).explode()) if announced.height else announced
    return announced.with_columns(field=pl.Series(fields, dtype=pl.Int32))
