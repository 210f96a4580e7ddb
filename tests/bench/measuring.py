"""
What is measured at one size, in order: the scan first, for every other figure is a ratio to it.

    study, linked copy --> one child a piece of work --> rows
    (built once)           (tests.bench.work and others)

Every child works on a copy of the study of its own. Only the incremental piece goes on with the copy on which everything was answered, so
that a cache, if the product left one, is there to be used.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from shadow.store import TABLES
from shadow.study import open_study
from tests.bench.figures import LARGE, Row, held, rows_of, summed
from tests.bench.flows import write_flow_log
from tests.bench.running import Budget, Run, run
from tests.bench.study import Planted, add_session, build_study, linked_copy, write_log

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PIECES", "Bench", "Size"]

WORK: Final = "tests.bench.work"
COMMAND: Final = "tests.bench.command_work"
NEW_SESSION: Final = 30_000
IMPORT_ROWS: Final = 1_000_000
STAGES: Final = {
    "reentry": "of these: cases, concepts, re-entry with tokens",
    "friction": "of these: friction by screen, field, app",
    "rank": "of these: savings, replay, ranking",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """
    How to measure.

    Args:

        folder: Where studies are kept from one run to the next.

        budget: Of one child.

        pm4py: Interpreter of an environment that has pm4py; None if there is none.

        say: Called with a line about what is being done.
    """

    folder: Path
    budget: Budget
    pm4py: str | None
    say: Callable[[str], None]


@dataclass
class Size:
    """
    The measurements at one size.

    Args:

        bench: How to measure.

        wanted: About how many events.

        rows: What was measured so far.

        profile: Where the time of everything goes, if that was asked for.
    """

    bench: Bench
    wanted: int
    rows: list[Row] = field(default_factory=list)
    profile: dict[str, Any] | None = None
    scan_s: float | None = None
    scan_all_s: float | None = None
    answered: bool = False

    def measure(self, only: frozenset[str]) -> None:
        """Measure the pieces wanted, and always the scan."""
        for name, piece in PIECES.items():
            if name in only or name == "scan":
                self.bench.say(f"{self.wanted:,} events: {name}")
                piece(self)
        shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def scratch(self) -> Path:
        """What belongs to one child at a time."""
        return self.bench.folder / "scratch"

    @cached_property
    def given(self) -> Path:
        """The study whose cases are given."""
        return self._study(given=True)

    @cached_property
    def planted(self) -> Planted:
        """What is true of it."""
        return msgspec.json.decode(self.given.with_suffix(".json").read_bytes(), type=Planted)

    @cached_property
    def events(self) -> int:
        """How many events it has."""
        return sum(header.n_events for header in open_study(self.given).catalogue.sessions)

    def _study(self, *, given: bool) -> Path:
        """A study of this size, made if it is not there; what was planted lies beside it and says that it is whole."""
        study = self.bench.folder / f"{'given' if given else 'completed'}-{self.wanted}"
        planted = study.with_suffix(".json")
        if not planted.exists():
            self.bench.say(f"{self.wanted:,} events: making {study.name}")
            shutil.rmtree(study, ignore_errors=True)
            planted.write_bytes(msgspec.json.encode(build_study(study, self.wanted, given=given)))
        return study

    def fresh(self, study: Path) -> Path:
        """A copy of a study with which nothing was done yet."""
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        return linked_copy(study, self.scratch / "study")

    def child(self, *args: str | Path, module: str = WORK, python: str | None = None) -> Run:
        """Run a child whose caches lie beside the study."""
        more = {"XDG_CACHE_HOME": str(self.scratch / "cache")}
        return run(module, [str(arg) for arg in args], self.bench.budget, more, python)


def scan(size: Size) -> None:
    """What reading alone costs: the columns of the concepts, and everything there is."""
    done = size.child("scan", size.fresh(size.given))
    if done.fault:
        raise RuntimeError(f"the scan {done.fault}")
    size.scan_s, size.scan_all_s = (stage.cpu_s for stage in done.stages)
    size.rows += rows_of(done, {"scan": "scan: columns of the concepts, and forms"}, size.scan_s)
    size.rows += rows_of(done, {"scan all": "scan: all columns, forms and tokens"}, size.scan_all_s)


def store(size: Size) -> None:
    """Bytes an event, with its tokens."""
    by_table = {table: sum(path.stat().st_size for path in open_study(size.given).parts(table)) for table in TABLES}
    n_bytes = sum(by_table.values()) / size.events
    parts = ", ".join(f"{table} {n / size.events:.2f}" for table, n in by_table.items() if n)
    note = f"{n_bytes:.2f} bytes an event ({parts})"
    size.rows.append(held(Row("store", note=note), "store", {"bytes an event": n_bytes}))


def cases(size: Size) -> None:
    """Cases given by the log, and found by what completes them."""
    for study, name in ((size.given, "given"), (size._study(given=False), "found by completion")):
        done = size.child("cases", size.fresh(study))
        size.rows += rows_of(done, {"cases": f"cases, {name}"}, size.scan_s)


def kernel(size: Size) -> None:
    """All concepts in one pass, with the cases they need and the friction tables."""
    what, done = "cases, concepts in one pass, friction", size.child(size.fresh(size.given), module="tests.bench.kernel_work")
    note = "" if done.fault else f"{done.stages[0].facts['bursts']:,} bursts"
    size.rows.append(held(summed(what, done, size.scan_s, note), "concepts"))


def concepts(size: Size) -> None:
    """Cases, all concepts and the friction documents as the commands make them, what that leaves behind, and a new session after it."""
    done = size.child("concepts", size.fresh(size.given))
    size.rows.append(held(summed("cases, concepts, friction documents", done, size.scan_s), "concepts"))
    if done.fault:
        return
    size.rows.append(_left(size, "cache of them"))
    n = add_session(size.scratch / "study", NEW_SESSION)
    for command in (("friction", "--by", "field"), ("cases",)):
        done = size.child(command[0], size.scratch / "study", *command[1:], "--json", module=COMMAND)
        what = f"`shadow {command[0]}` after one more session, start included"
        size.rows.append(held(summed(what, done, size.scan_s, f"{n:,} events more"), "incremental"))
        # Each command meets a session that it has not seen.
        n = add_session(size.scratch / "study", NEW_SESSION)


def everything(size: Size) -> None:
    """What `friction`, `reentry` and `rank` answer; then what was left behind for the next time."""
    done = size.child("everything", size.fresh(size.given))
    budget = "everything" if size.events < LARGE else "everything, 100M"
    size.rows.append(held(summed("everything", done, size.scan_all_s), budget))
    size.rows += rows_of(replace(done, fault=None), STAGES, size.scan_all_s)
    if done.fault:
        return
    size.rows.append(_found(done, size.planted))
    size.answered = True
    size.rows.append(_left(size, "cache"))


def incremental(size: Size) -> None:
    """A new session in a study that was answered before, until it is in every answer."""
    what = "one more session, in every answer"
    if not size.answered:
        size.rows.append(Row(what, note="not measured: everything was not answered before, in this run"))
        return
    n = add_session(size.scratch / "study", NEW_SESSION)
    done = size.child("everything", size.scratch / "study")
    size.rows.append(held(summed(what, done, size.scan_all_s, f"{n:,} events more"), "incremental"))


def importing(size: Size) -> None:
    """`shadow import` of a log, and of a quarter of it, to see whether memory is flat."""
    rows = min(IMPORT_ROWS, size.wanted)
    for wanted in (rows // 4, rows):
        shutil.rmtree(size.scratch, ignore_errors=True)
        size.scratch.mkdir(parents=True)
        log = size.scratch / "log.csv"
        n, what = write_log(log, wanted), f"import of {wanted:,} rows of ui-log"
        done = size.child("import", log, "--study", size.scratch / "imported", module=COMMAND)
        if done.fault or wanted < rows:
            size.rows.append(summed(what, done, None))
            continue
        pace, mb = n / done.stages[0].wall_s, log.stat().st_size / 1e6
        row = summed(what, done, None, f"{pace:,.0f} rows a second, {n / done.stages[0].cpu_s:,.0f} a CPU second, {mb:.1f} MB of CSV")
        size.rows.append(held(row, "import", {"rows a second": pace}))


def pandas(size: Size) -> None:
    """Plain pandas."""
    done = size.child(size.fresh(size.given), module="tests.bench.plain_pandas")
    names = {
        "pandas load": "plain pandas: reading",
        "pandas concepts": "plain pandas: main concepts",
        "pandas reentry": "plain pandas: equal values",
    }
    size.rows += rows_of(done, names, size.scan_s)


def flows(size: Size) -> None:
    """The directly-follows graph and the variants, ours from the store and pm4py's from a frame in memory."""
    study = size.fresh(size.given)
    size.rows += rows_of(
        size.child("flows", study), {"our dfg": "polars: directly-follows graph", "our variants": "polars: variants"}, size.scan_s
    )
    names = {"pm4py log": "pm4py: preparing the log", "pm4py dfg": "pm4py: directly-follows graph", "pm4py variants": "pm4py: variants"}
    if size.bench.pm4py is None:
        size.rows.append(Row("pm4py", note="not measured: not installed (it is under the AGPL, so it is no dependency; --pm4py PYTHON)"))
        return
    write_flow_log(open_study(study), size.scratch / "flows.csv")
    size.rows += rows_of(
        size.child(size.scratch / "flows.csv", module="tests.bench.pm4py_work", python=size.bench.pm4py), names, size.scan_s
    )


def profile(size: Size) -> None:
    """Where the time of everything goes."""
    done = size.child(size.fresh(size.given), module="tests.bench.profiling")
    found = [stage.facts for stage in done.stages if stage.stage == "profile"]
    size.profile = found[0] if found else {"fault": done.fault}


PIECES: Final[dict[str, Callable[[Size], None]]] = {
    "scan": scan, "store": store, "cases": cases, "kernel": kernel, "concepts": concepts, "everything": everything, "incremental": incremental,
    "import": importing, "pandas": pandas, "flows": flows, "profile": profile,
}  # fmt: skip


def _found(done: Run, planted: Planted) -> Row:
    """Whether what was planted was found: figures of a wrong answer are worth nothing."""
    wanted = {"cases": planted.cases, "bursts": planted.bursts, "clipboard": planted.carried}
    facts = {name: count for stage in done.stages for name, count in stage.facts.items()}
    said = [f"{facts[name]:,} of {count:,} {name}" for name, count in wanted.items()]
    wrong = tuple(f"found: {facts[name]:,} {name} where {n:,} were planted" for name, n in wanted.items() if facts[name] != n)
    return Row("found of what was planted", note=", ".join(said), misses=wrong)


def _left(size: Size, what: str) -> Row:
    """What an analysis left in the study for the next one, as a share of the store."""
    left = _bytes(size.scratch) - _bytes(size.given)
    share = left / _bytes(size.given / "store")
    return held(Row(what, note=f"{share:.2%} of the store"), "cache", {"of the store": share})


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
