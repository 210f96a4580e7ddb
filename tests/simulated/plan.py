"""What each case is about, drawn once: the customer, the order, what will be entered and what only looked at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tests.simulated.office import Entry, Field, Job, Kind, Office, Transfer
from tests.simulated.streams import Stream
from tests.simulated.values import facts, sentence

__all__ = ["Plan", "job_ways", "plan_case", "reasons"]

STOP_SHARE: Final = 0.92  # of the forms with a field that is passed over
STOP_FILLED_SHARE: Final = 0.06
# How much agents differ in what they do: sd of the ln of the odds, as in the measurement reference, section 4.3.
HABIT_SD_LN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What one case is about.

    Args:

        office: The office.

        name: Names the random numbers of the case: seed, agent, case.

        case: Which of the agent's cases, from 0.

        kind: Its kind.

        jobs: The jobs of the kind that this case has.

        values: What each field shows or will be given, by key.

        wanted: Keys of the fields to be entered; `look KEY`, `stop KEY`, `fill KEY` and the rest for everything else that happens.
    """

    office: Office
    name: str
    case: int
    kind: Kind
    jobs: tuple[Job, ...]
    values: Mapping[str, str]
    wanted: frozenset[str]

    def stream(self, name: str) -> Stream:
        """Random numbers of one step of this case, the same in every replay."""
        return Stream(f"{self.name}/{name}")


def plan_case(office: Office, number: int, case: int) -> Plan:
    """Draw what a case is about."""
    name = f"{office.seed}/{number}/{case}"
    draw = Stream(f"{name}/plan")
    kind = office.kinds[draw.weighted(_kind_shares(office, number))]
    jobs = tuple(job for job in kind.jobs if draw.happens(job.share))
    wanted = set(_entered(office, number, jobs, draw)) | {
        f"look {field.key}" for field, share in kind.look_ups.items() if draw.happens(share)
    }
    wanted |= set(_visited(office, jobs, frozenset(wanted)))
    return Plan(office, name, case, kind, jobs, _values(office, name, case), frozenset(wanted))


def _kind_shares(office: Office, number: int) -> dict[int, float]:
    """The kinds of cases an agent gets: nobody gets quite what the others get."""
    odds = [kind.share * habit(office.seed, number, f"kind {kind.name}") for kind in office.kinds]
    return {place: each / sum(odds) for place, each in enumerate(odds)}


@lru_cache(maxsize=4096)
def habit(seed: int, number: int, what: str) -> float:
    """By what factor the odds that an agent does something differ from the office's."""
    return Stream(f"{seed}/{number}/habit {what}").lognormal(1.0, HABIT_SD_LN)


def _entered(office: Office, number: int, jobs: tuple[Job, ...], draw: Stream) -> Iterator[str]:
    forms = [job.form.entries for job in jobs if job.form]
    for entries in (office.ticket_entries, *forms, office.close.entries):
        for entry in entries:
            odds = entry.share * habit(office.seed, number, entry.target.key)
            yield from _entry(entry, odds / (odds + 1 - entry.share), draw)


def _entry(entry: Entry, share: float, draw: Stream) -> Iterator[str]:
    if entry.kind == "stop":
        if draw.happens(STOP_SHARE):
            yield f"fill {entry.target.key}" if draw.happens(STOP_FILLED_SHARE) else f"stop {entry.target.key}"
    elif draw.happens(share):
        yield entry.target.key


def reasons(office: Office, job: Job, record: int) -> frozenset[str]:
    """Why a record is looked up in a job: fields it is carried into, and look-ups."""
    screens = {(screen.app, screen.name) for screen in office.records[record].screens}
    carried = {way.target.key for way in job_ways(office, job) if any((s.app, s.screen) in screens for s in way.sources)}
    looked_at = {f"look {field.key}" for kind in office.kinds for field in kind.look_ups if (field.app, field.screen) in screens}
    return frozenset(carried | looked_at)


def job_ways(office: Office, job: Job) -> list[Transfer]:
    """The ways into the form of a job."""
    targets = {entry.target.key for entry in job.form.entries} if job.form else set()
    return [way for way in office.ways if way.target.key in targets]


def _visited(office: Office, jobs: tuple[Job, ...], wanted: frozenset[str]) -> Iterator[str]:
    """The searches that are made, because there is a reason."""
    for job in jobs:
        for record in job.records:
            if wanted & reasons(office, job, record):
                yield office.records[record].query.key


def _values(office: Office, name: str, case: int) -> dict[str, str]:
    draw = Stream(f"{name}/values")
    told = facts(draw) | {"ticket_no": f"T-{draw.whole(10, 99)}{1000 + case}{draw.whole(0, 9)}"}
    values = {field.key: _value(field, told, draw) for field in office.fields.values() if field.content}
    for way in office.transfers:
        if way.blanks:
            values[way.sources[0].key] += "  "
            values[way.target.key] += "  "
        if way.via:
            values[way.via.key] = values[way.target.key]
    return values


def _value(field: Field, told: Mapping[str, str], draw: Stream) -> str:
    if field.content == "choice":
        return draw.weighted(dict(field.options))
    if field.content == "standard":
        return sentence(Stream(f"standard text {draw.whole(1, 3)}"), 20)
    if field.content == "text":
        return sentence(draw, draw.whole(12, 30))
    return facts(draw)[field.content[4:]] if field.content.startswith("own ") else told[field.content]
