"""
What is true of the sample study, known because it was planted: who carries what where, and the time each integration would really save.

A saving is a paired replay: the same cases worked on again with the integration on; wall seconds without it minus wall seconds with it,
as a mean over all cases. Nothing is estimated and no log is read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from statistics import mean
from typing import Any, NamedTuple

from casework import default_value, work
from desk import Desk
from plan import Plan
from shift import Shift
from timing import THOUGHTS
from world import COMPLEMENTS, CREDIT, DEFAULTS, FIELDS, NEVER_TOUCHED, TRANSFERS, Transfer, place_of


class Integration(NamedTuple):
    """A small change that fills fields: which, from where."""

    kind: str
    title: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]


class Replay:
    """All cases of the study, to be worked on again with other integrations on."""

    def __init__(self, shifts: Sequence[Shift]) -> None:
        self.plans: list[Plan] = [case for shift in shifts for case in shift.plans]
        self.desks: list[Desk] = [desk for shift in shifts for desk in shift.desks]
        self.wall_s = [desk.wall_s() for desk in self.desks]
        self._known = {(at, frozenset[str]()): wall for at, wall in enumerate(self.wall_s)}

    def minutes_per_case(self, on: Collection[str]) -> float:
        """Minutes saved with these fields filled, as a mean over all cases."""
        saved = [before - self._with(at, on) for at, before in enumerate(self.wall_s)]
        return round(mean(saved) / 60, 5)

    def _with(self, at: int, on: Collection[str]) -> float:
        """Seconds of a case with these fields filled; a case that enters none of them stays as it was."""
        key = at, self.plans[at].wanted.intersection(on)
        if key not in self._known:
            self._known[key] = work(self.plans[at], key[1]).wall_s()
        return self._known[key]

    def count(self, *fact: str) -> tuple[int, int]:
        """In how many cases something happened, and how often."""
        times = [desk.facts[fact] for desk in self.desks]
        return sum(n > 0 for n in times), sum(times)


def truth(seed: int, shifts: Sequence[Shift]) -> dict[str, Any]:
    """The whole truth about a study, as `truth.json` has it."""
    replay = Replay(shifts)
    return {
        "schema_version": 1,
        "agents": len(shifts),
        "cases": len(replay.plans),
        "seed": seed,
        "events": sum(len(shift.rows) for shift in shifts),
        "events_in_no_case": sum(len(shift.rows) - sum(last - first + 1 for first, last in shift.cases) for shift in shifts),
        "case_seconds_mean": round(mean(replay.wall_s), 3),
        "reentry": list(_reentry(replay)),
        "defaults": [_default(replay, name) for name in DEFAULTS],
        "integrations": [_saving(replay, one) for one in integrations()],
        "sets": [_set_saving(replay, title, on) for title, on in sets()],
        "workaround": _workaround(replay),
        "friction": _friction(replay),
    }


# --- what is carried -----------------------------------------------------------------------------------------------


def _name(field: str) -> dict[str, str]:
    target = FIELDS[field]
    return {"app": target.app, "screen": target.screen, "field": target.element}


def _reentry(replay: Replay) -> Iterator[dict[str, Any]]:
    for transfer in TRANSFERS:
        for source in transfer.sources:
            if transfer.via:
                yield from _legs(replay, transfer)
            else:
                yield _pair(replay, transfer, source, transfer.target)


def _legs(replay: Replay, transfer: Transfer) -> Iterator[dict[str, Any]]:
    """The two legs as the log shows them, then the whole way as it is meant."""
    note = f"{transfer.via}.body"
    yield _pair(replay, transfer, transfer.sources[0], note)
    yield _pair(replay, transfer, note, transfer.target)
    whole = _pair(replay, transfer, note, transfer.target)
    yield {**whole, "source": _name(transfer.sources[0]), "via": transfer.via}


def _pair(replay: Replay, transfer: Transfer, source: str, target: str) -> dict[str, Any]:
    cases, occurrences = replay.count("carried", source, target)
    return {
        "source": _name(source),
        "target": _name(target),
        "mode": transfer.mode,
        "relation": transfer.relation,
        "cases": cases,
        "occurrences": occurrences,
        "via": None,
        "equal_sources": [_name(name) for name in transfer.equal],
    }


def _default(replay: Replay, name: str) -> dict[str, Any]:
    given = [case.values[name] for case in replay.plans if name in case.wanted]
    return {**_name(name), "share": round(given.count(default_value(name)) / len(given), 4), "cases": len(given)}


def _workaround(replay: Replay) -> dict[str, Any]:
    transfer = next(transfer for transfer in TRANSFERS if transfer.via)
    cases, occurrences = replay.count("carried", f"{transfer.via}.body", transfer.target)
    ends = {"source": _name(transfer.sources[0]), "target": _name(transfer.target)}
    return {"via": _name(f"{transfer.via}.body"), **ends, "cases": cases, "occurrences": occurrences}


# --- what it would save --------------------------------------------------------------------------------------------


def integrations() -> list[Integration]:
    """One autofill for each target, one default for each default field, one link for each pair of screens with two or more targets."""
    autofills = [Integration("autofill", f"autofill {t.target}", t.sources, (t.target,)) for t in TRANSFERS]
    defaults = [Integration("default", f"default {name}", (), (name,)) for name in DEFAULTS]
    return [*autofills, *defaults, *_links()]


def _links() -> Iterator[Integration]:
    def ways(transfer: Transfer) -> tuple[str, str]:
        start, end = place_of(transfer.sources[0]), place_of(transfer.target)
        return f"{start.app} {start.screen}", f"{end.app} {end.screen}"

    for (start, end), group in groupby(sorted(TRANSFERS, key=ways), key=ways):
        transfers = list(group)
        if len(transfers) > 1:
            sources = tuple(source for t in transfers for source in t.sources)
            yield Integration("link", f"link {start} -> {end}", sources, tuple(t.target for t in transfers))


def sets() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Sets of filled fields whose saving is not the sum of its parts, and everything."""
    for pair in COMPLEMENTS:
        yield f"complements: {' + '.join(pair)}", pair
    yield "two of one form: Billing.payer_name + Billing.contact_phone", ("Billing.payer_name", "Billing.contact_phone")
    credit = tuple(t.target for t in TRANSFERS if place_of(t.target) == CREDIT)
    yield "every field carried into the credit note", credit
    everything = tuple(t.target for t in TRANSFERS)
    yield "every autofill", everything
    yield "everything", (*everything, *DEFAULTS)


def _saving(replay: Replay, one: Integration) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "title": one.title,
        "sources": [_name(name) for name in one.sources],
        "targets": [_name(name) for name in one.targets],
        "cases": sum(bool(case.wanted.intersection(one.targets)) for case in replay.plans),
        "minutes_per_case": replay.minutes_per_case(one.targets),
    }


def _set_saving(replay: Replay, title: str, on: tuple[str, ...]) -> dict[str, Any]:
    alone = sum(replay.minutes_per_case((name,)) for name in on)
    return {
        "title": title,
        "targets": [_name(name) for name in on],
        "minutes_per_case": replay.minutes_per_case(on),
        "sum_of_parts": round(alone, 5),
    }


# --- what gets in the way ------------------------------------------------------------------------------------------


def _friction(replay: Replay) -> dict[str, Any]:
    facts = sum((desk.facts for desk in replay.desks), Counter[tuple[str, ...]]())
    mu, _, tau = THOUGHTS["hesitate"]

    def listed(kind: str) -> list[dict[str, Any]]:
        return [{**_name(fact[1]), "count": n} for fact, n in sorted(facts.items()) if fact[0] == kind]

    return {
        "repeat_click_bursts": [{**row, "clicks": facts["burst click", f"{row['app']}.{row['field']}"]} for row in listed("burst")],
        "grid_double_clicks": listed("grid double click"),
        "passed_over": [{**row, "cases_shown": _shown(replay, f"{row['app']}.{row['field']}")} for row in listed("passed over")],
        "never_touched": [{**_name(name), "cases_shown": _shown(replay, name)} for name in NEVER_TOUCHED],
        "corrections": listed("correction"),
        "returns": listed("return"),
        "trimmed_pastes": listed("trimmed paste"),
        "hesitation": [{**_name("Billing.credit_reason"), "mean_s_at_pace_1": round(mu + tau, 2)}],
        "marks": facts["mark",],
        "interruptions_in_cases": facts["interruption",],
    }


def _shown(replay: Replay, name: str) -> int:
    """Cases in which the form with this field was shown."""
    place = place_of(name)
    return sum(any(row.action == "screen" and row.screen == place.screen for row in desk.rows) for desk in replay.desks)
