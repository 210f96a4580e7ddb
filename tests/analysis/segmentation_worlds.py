"""
Small worlds of office work whose cases are known, to measure how well a log is cut into cases.

    merged       recordings of single tasks, each with a form of its own, laid end to end in a random order; times say nothing
    noisy        the same without submits: short, with branches, optional steps, doubled and stray events
    interleaved  one ticket system; 20 to 40 % of the cases are put aside in the middle and taken up again

`python -m tests.analysis.segmentation_worlds [FIRST_SEED [N_SEEDS]]` prints how well they are cut, beside what one would try first.
"""

from __future__ import annotations

import random
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

from analysis.loops import _edges, _outermost
from analysis.rounds import completes, find_completions
from analysis.segmentation import find_cases
from analysis.sequences import Sequence, Uses, crossings, run_starts

ENTRY = ("input", "change", "paste", "select")


class Act(NamedTuple):
    """One event: action, app, screen, field, and the tokens of its value."""

    action: str
    app: str
    screen: str
    field: str
    tokens: tuple[str, ...] = ()


@dataclass
class World:
    """Events of one session with the true case of each, 0 for none."""

    acts: list[Act] = field(default_factory=list)
    truth: list[int] = field(default_factory=list)

    def add(self, acts: list[Act], case: int) -> None:
        """Put events of a case behind those there are."""
        self.acts += acts
        self.truth += [case] * len(acts)

    def sequence(self) -> Sequence:
        """The events as the analysis reads them, a second each."""
        keys = [act[:4] for act in self.acts]
        codes = {key: code for code, key in enumerate(sorted(set(keys)))}
        screens = {key: code for code, key in enumerate(sorted({key[1:3] for key in keys}))}
        n = len(keys)
        return Sequence(
            session=np.ones(n, dtype=np.int64),
            t_ms=np.arange(n, dtype=np.int64) * 1000,
            kind=np.array([codes[key] for key in keys], dtype=np.int64),
            screen=np.array([screens[key[1:3]] for key in keys], dtype=np.int64),
            is_submit=np.array([act.action == "submit" for act in self.acts], dtype=bool),
            is_screen=np.array([act.action == "screen" for act in self.acts], dtype=bool),
            is_entry=np.array([act.action in ENTRY for act in self.acts], dtype=bool),
        )

    def uses(self) -> Uses:
        """Where values are used."""
        rows = sorted({(place, token) for place, act in enumerate(self.acts) for token in act.tokens})
        codes = {token: code for code, token in enumerate(sorted({token for _, token in rows}))}
        return Uses(np.array([place for place, _ in rows], dtype=np.int64), np.array([codes[token] for _, token in rows], dtype=np.int64))


# --- values --------------------------------------------------------------------------------------------------------


def value(draw: random.Random, entropy: str) -> tuple[str, ...]:
    """Tokens of a value: a number nobody else has, a name that comes back now and then, or a word everybody uses."""
    if entropy == "own":
        return (f"n{draw.randrange(10**6)}",)
    if entropy == "name":
        return (f"first{draw.randrange(60)}", f"last{draw.randrange(200)}")
    return (f"word{draw.randrange(4)}",)


ENTROPIES = ("own", "name", "word")

# --- merged recordings ---------------------------------------------------------------------------------------------

Task = Callable[[random.Random], list[Act]]


def transfer_task(name: str, draw: random.Random, n_fields: int, opening: int) -> Task:
    """Copy the columns of a spreadsheet into a form and submit it; sometimes a field is left out, done again, or out of turn."""
    entropies = [draw.choice(ENTROPIES) for _ in range(n_fields)]
    thanks = draw.random() < 0.5
    clicks = draw.random() < 0.5

    def record(case: random.Random) -> list[Act]:
        acts = [Act("click", "Browser", f"/{name}", f"open{n}") for n in range(opening)]
        order = list(range(n_fields))
        if n_fields > 3 and case.random() < 0.1:
            n = case.randrange(1, n_fields - 1)
            order[n], order[n + 1] = order[n + 1], order[n]
        for n in order:
            if n and case.random() < 0.05:
                continue
            tokens = value(case, entropies[n])
            for _ in range(1 + (case.random() < 0.05)):
                acts.append(Act("copy", "Excel", f"{name}.xlsx", f"{n}", tokens))
                acts += [Act("click", "Browser", f"/{name}", f"field{n}")] * clicks
                acts.append(Act("paste", "Browser", f"/{name}", f"field{n}", tokens))
                acts.append(Act("change", "Browser", f"/{name}", f"field{n}", tokens[:1]))
        acts.append(Act("submit", "Browser", f"/{name}", "submit"))
        return acts + [Act("click", "Browser", f"/{name}/thanks", "another")] * thanks

    return record


def login_task(name: str) -> Task:
    """Open a file, log in, copy two cells into a page, and click OK; or be refused and note that: no submit in it."""

    def record(case: random.Random) -> list[Act]:
        page = f"/{name}"
        acts = [Act("click", "Excel", f"{name}.xls", "open"), Act("screen", "Browser", page, "")]
        acts += [Act("change", "Browser", page, part, (part,)) for part in ("username", "password")]
        acts.append(Act("click", "Browser", page, "confirm"))
        if case.random() < 0.3:
            acts += [Act("change", "Excel", f"{name}.xls", f"refused{n}", ("wrong",)) for n in range(3)]
            return [*acts, Act("click", "Browser", page, "cancel")]
        acts += [Act("click", "Browser", page, "menu"), Act("change", "Browser", page, "id", value(case, "own"))]
        for n in range(2):
            tokens = value(case, "own")
            acts += [Act("copy", "Excel", f"{name}.xls", f"B{n}", tokens), Act("paste", "Browser", page, f"cell{n}", tokens)]
        return [*acts, Act("click", "Browser", page, "ok")]

    return record


def menu_task(name: str, draw: random.Random) -> Task:
    """Short work in one application, clicks only: branches, optional steps, and buttons that other tasks have too."""
    n_steps = draw.randrange(5, 13)
    branch = draw.randrange(1, n_steps - 2)
    optional = {n for n in range(1, n_steps) if draw.random() < 0.2}
    two_ways_in = draw.random() < 0.3
    shared = {n for n in range(1, n_steps - 1) if draw.random() < 0.2}
    entered = {n for n in range(1, n_steps - 1) if draw.random() < 0.4}

    def record(case: random.Random) -> list[Act]:
        acts = []
        way = case.choice("ab")
        for n in range(n_steps):
            if n in optional and case.random() < 0.3:
                continue
            step = f"step{n}{way}" if n == branch or (n == 0 and two_ways_in) else f"step{n}"
            if n in shared:
                acts.append(Act("click", "Fiori", "", f"apply{n % 2}"))
            elif n in entered:
                acts += [Act("click", "Fiori", name, step), Act("input", "Fiori", name, step, value(case, "name"))]
            else:
                acts.append(Act("click", "Fiori", name, step))
        return acts

    return record


def merge(tasks: list[Task], n_segments: int, draw: random.Random, noise: float = 0.0) -> World:
    """Recordings of the tasks in a random order, as many of each; with noise, events are doubled or strayed into."""
    world = World()
    which = [n % len(tasks) for n in range(n_segments)]
    draw.shuffle(which)
    for case, task in enumerate(which, start=1):
        acts: list[Act] = []
        for act in tasks[task](random.Random(draw.random())):
            acts += [act] * (1 + (draw.random() < noise))
            if draw.random() < noise:
                acts.append(Act("click", "Fiori", "", f"stray{draw.randrange(8)}"))
        world.add(acts, case)
    return world


def like_l1(seed: int) -> World:
    """Two tasks, 200 segments: a student record and a reimbursement."""
    draw = random.Random(f"L1 {seed}")
    return merge([transfer_task(name, draw, draw.randrange(6, 13), 0) for name in ("student", "refund")], 200, draw)


def like_l2(seed: int) -> World:
    """Four tasks, 240 segments; one has no submit."""
    draw = random.Random(f"L2 {seed}")
    tasks = [transfer_task(name, draw, draw.randrange(6, 13), n) for name, n in (("student", 0), ("refund", 0), ("travel", 5))]
    return merge([*tasks, login_task("paste")], 240, draw)


def like_l3(seed: int) -> World:
    """Four short tasks, 120 segments, no submit at all, noisy."""
    draw = random.Random(f"L3 {seed}")
    return merge([menu_task(f"TF{n}", draw) for n in range(4)], 120, draw, noise=0.03)


# --- interleaved cases ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Office:
    """How a world of tickets works: which screens a case goes through, and how it is taken up again."""

    parts: tuple[tuple[tuple[str, str, str, str], ...], ...]
    aside_share: float
    by_tab_share: float

    def case(self, number: int, draw: random.Random) -> list[list[Act]]:
        """The parts of one case, in order; the ticket's number and the customer's go through all of them."""
        ticket, customer = (f"T{number}",), (f"C{draw.randrange(10**6)}",)
        parts: list[list[Act]] = []
        for part in self.parts:
            acts = []
            for action, app, screen, place in part:
                if place.startswith("maybe") and draw.random() < 0.4:
                    continue
                known = ticket if place == "ticket_no" else customer if place.startswith("customer") else None
                tokens = known or (value(draw, ENTROPIES[hash_of(place) % 3]) if action in ("copy", "paste", "change") else ())
                acts.append(Act(action, app, screen, place, tokens))
            parts.append(acts)
        return parts


def hash_of(text: str) -> int:
    """A number for a name, the same in every run."""
    return sum(map(ord, text))


def draw_office(draw: random.Random) -> Office:
    """Two to four parts between opening and closing; what a part looks at of the customer differs."""
    parts = []
    for n in range(draw.randrange(2, 5)):
        app, screen = draw.choice(("CRM", "Billing", "Stock")), f"/p{n}"
        steps = [("click", app, screen, "find"), ("change", app, screen, f"customer{n}")]
        steps += [("submit", app, screen, "search")] * (draw.random() < 0.5)
        for field_no in range(draw.randrange(2, 6)):
            steps.append((draw.choice(("copy", "paste", "change", "click")), app, screen, draw.choice(("", "maybe ")) + f"f{field_no}"))
        steps += [("submit", app, screen, "save")] * (draw.random() < 0.5)
        parts.append(tuple(steps))
    end = (("click", "Desk", "/close", "reason"), ("change", "Desk", "/close", "status"), ("submit", "Desk", "/close", "close"))
    return Office((*parts, end), draw.uniform(0.2, 0.4), draw.choice((0.0, 0.3)))


def opening(case: int, *, by_tab: bool = False) -> list[Act]:
    """Open a ticket from the queue, or come back to where it is still open: its number is seen either way."""
    first = (
        [Act("switch", "Desk", "/ticket", "")] if by_tab else [Act("click", "Desk", "/queue", "list"), Act("screen", "Desk", "/ticket", "")]
    )
    return [*first, Act("focus", "Desk", "/ticket", "ticket_no", (f"T{case}",)), Act("click", "Desk", "/ticket", "message")]


def interleaved(seed: int, n_cases: int = 60) -> World:
    """Tickets one after the other; some are put aside after a part, for one to three others, and taken up again."""
    draw = random.Random(f"interleaved {seed}")
    office = draw_office(draw)
    world, put_aside = World(), []
    for number in range(1, n_cases + 1):
        between(world, draw)
        parts = office.case(number, draw)
        world.add(opening(number), number)
        stop = draw.randrange(1, len(parts)) if draw.random() < office.aside_share and number < n_cases - 3 else len(parts)
        for part in parts[:stop]:
            world.add(part, number)
        if stop < len(parts):
            put_aside.append((number + draw.randrange(1, 4), number, parts[stop:]))
        for due in sorted(item for item in put_aside if item[0] <= number):
            put_aside.remove(due)
            between(world, draw)
            world.add(opening(due[1], by_tab=draw.random() < office.by_tab_share), due[1])
            for part in due[2]:
                world.add(part, due[1])
    return world


def between(world: World, draw: random.Random) -> None:
    """The queue, and now and then the news: no case."""
    world.add([Act("screen", "Desk", "/queue", "")], 0)
    if draw.random() < 0.1:
        world.add([Act("screen", "Web", "/news", ""), *[Act("click", "Web", "/news", "article")] * draw.randrange(1, 4)], 0)


# --- scores --------------------------------------------------------------------------------------------------------


class Scores(NamedTuple):
    """How well a world was cut: boundary F1, event-to-case accuracy, edit distance, segments found and true."""

    boundary_f1: float
    accuracy: float
    distance: float
    found: int
    true: int


def boundaries(cases: list[int]) -> list[int]:
    """Where another case begins; events of no case begin none."""
    known = [(place, case) for place, case in enumerate(cases) if case]
    return [place for n, (place, case) in enumerate(known) if n == 0 or case != known[n - 1][1]]


def boundary_f1(true: list[int], found: list[int]) -> float:
    """F1 of boundaries, each found one within one event of a true one that no other has taken."""
    left, hits = set(true), 0
    for place in found:
        near = [other for other in (place, place - 1, place + 1) if other in left]
        left -= set(near[:1])
        hits += bool(near)
    return 2 * hits / (len(true) + len(found)) if true or found else 1.0


def event_accuracy(true: np.ndarray, found: np.ndarray) -> float:
    """Share of events in the right case, found cases matched one to one with true ones; an event of none is right in none."""
    together = np.zeros((true.max() + 1, found.max() + 1), dtype=np.int64)
    np.add.at(together, (true, found), 1)
    rows, columns = linear_sum_assignment(together[1:, 1:], maximize=True)
    return float((together[1:, 1:][rows, columns].sum() + together[0, 0]) / len(true))


def edit_distance(one: list[int], other: list[int]) -> int:
    """Levenshtein's."""
    if one == other:
        return 0
    row = np.arange(len(other) + 1)
    places = np.arange(len(other) + 1)
    for n, item in enumerate(one, start=1):
        new = np.minimum(row[1:] + 1, row[:-1] + (np.array(other) != item))
        new = np.r_[n, new]
        row = np.minimum.accumulate(new - places) + places
    return int(row[-1])


def segments(cases: list[int]) -> list[tuple[int, int]]:
    """First and last event of each stretch of one case; events of none between two stretches of a case do not part it."""
    starts = boundaries(cases)
    known = [place for place, case in enumerate(cases) if case]
    ends = [known[bisect_left(known, after) - 1] for after in starts[1:]] + known[-1:]
    return list(zip(starts, ends, strict=True))


def normalised_distance(kinds: list[int], true: list[int], found: list[int]) -> float:
    """
    Mean over the found segments of the edit distance to the nearest true segment it overlaps, by the length of the longer.

    Source: the evaluation of Rebmann and van der Aa, Information Systems 2024, doi 10.1016/j.is.2024.102404.
    """
    true_segments, distances = segments(true), []
    for first, last in segments(found):
        near = [part for part in true_segments if part[0] <= last and first <= part[1]]
        one = kinds[first : last + 1]
        ratios = [edit_distance(one, kinds[a : b + 1]) / max(len(one), b + 1 - a) for a, b in near]
        if ratios and min(ratios) < 1:
            distances.append(min(ratios))
    return float(np.mean(distances)) if distances else 1.0


def scores(world: World, cases: np.ndarray) -> Scores:
    """Compare found cases with the true ones."""
    true, found = world.truth, cases.tolist()
    return Scores(
        boundary_f1(boundaries(true), boundaries(found)),
        event_accuracy(np.array(true), cases),
        normalised_distance(world.sequence().kind.tolist(), true, found),
        len(boundaries(found)),
        len(boundaries(true)),
    )


# --- ways of cutting -----------------------------------------------------------------------------------------------


def ours(world: World) -> np.ndarray:
    """What the analysis does."""
    return find_cases(world.sequence(), world.uses()).case


def back_edges(world: World) -> np.ndarray:
    """The loop of the work, with one header (Leno and others, ICPM 2020)."""
    sequence = world.sequence()
    steps = np.flatnonzero(run_starts(sequence.kind))
    found = _outermost(_edges(sequence, steps))
    if found is None:
        return np.zeros(len(world.acts), dtype=np.int64)
    header, sources = found
    opens = np.zeros(len(world.acts), dtype=bool)
    opens[steps] = (sequence.kind[steps] == header) & np.isin(np.r_[-1, sequence.kind[steps[:-1]]], list(sources))
    opens[np.flatnonzero(sequence.kind == header)[0]] = True
    return np.cumsum(opens)


def completion_alone(world: World) -> np.ndarray:
    """A case ends with every completing submit, and nothing is put together."""
    sequence = world.sequence()
    known = find_completions(sequence, crossings(sequence, world.uses()))[:1]
    return 1 + np.cumsum(np.r_[False, completes(sequence, known)[:-1]])


WORLDS = {"like L1": like_l1, "like L2": like_l2, "like L3": like_l3, "interleaved": interleaved}
WAYS = {"ours": ours, "back-edges": back_edges, "completion alone": completion_alone}


def table(seeds: range) -> Iterator[str]:
    """Lines of a table: for each world and way the means over the seeds, and the least of F1 and accuracy."""
    yield f"seeds {seeds[0]} to {seeds[-1]}"
    yield f"{'world':12} {'way':17} {'ED':>6} {'bound. F1':>15} {'event acc.':>15} {'found/true':>13}"
    for name, make in WORLDS.items():
        worlds = [make(seed) for seed in seeds]
        for way, cut in WAYS.items():
            rows = np.array([scores(world, cut(world)) for world in worlds])
            f1, accuracy, distance, found, true = rows.mean(axis=0)
            least = rows.min(axis=0)
            yield (
                f"{name:12} {way:17} {distance:6.3f} {f1:7.3f} ({least[0]:.3f}) {accuracy:7.3f} ({least[1]:.3f}) {found:6.1f}/{true:.1f}"
            )


if __name__ == "__main__":
    first_seed, n_seeds = (list(map(int, sys.argv[1:3])) + [0, 10][len(sys.argv) - 1 :])[:2]
    for line in table(range(first_seed, first_seed + n_seeds)):
        sys.stdout.write(line + "\n")
