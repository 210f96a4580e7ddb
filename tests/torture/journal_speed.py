"""
How fast the journal is: `python -m tests.torture.journal_speed [SECONDS] [EVENTS_PER_SECOND]`.

Prints one JSON document: events put, dropped and lost, milliseconds from `put` to durable, share of a core, memory of the process.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter, deque
from pathlib import Path
from typing import Any

from recorder.journal import Journal
from shadow.recorded import RecordedEvent
from shadow.sealed_session import open_sealed
from tests.shadow.small_sessions import AGENT, SESSION, begin

TICK_S = 0.005


def speed(seconds: float, per_second: int) -> dict[str, Any]:
    """Record for so long at such a pace, and measure."""
    waits_ms: Counter[int] = Counter()
    put_at: deque[float] = deque()

    def acknowledged(_: int, n: int) -> None:
        now = time.perf_counter()
        for _ in range(n):
            waits_ms[int((now - put_at.popleft()) * 1000)] += 1

    with tempfile.TemporaryDirectory() as place:
        start = time.monotonic()
        journal = begin(
            Path(place) / SESSION,
            lambda: int((time.monotonic() - start) * 1000),
            ballast_bytes=16 << 20,
            on_acknowledged=acknowledged,
        )
        cpu = time.process_time()
        n = _put(journal, put_at, seconds, per_second)
        journal.settled(30)
        took_s, cpu_s = time.monotonic() - start, time.process_time() - cpu
        memory = _pss_mib()
        journal.close()
        n_bytes = sum(path.stat().st_size for path in (Path(place) / SESSION / "segments").iterdir())
        reading = open_sealed(Path(place) / SESSION).read(AGENT)
    return {
        "seconds": round(took_s, 1),
        "events": n,
        "dropped": sum(journal.status().n_dropped.values()),
        "lost": n - len(reading.events) - sum(journal.status().n_dropped.values()),
        "damage": len(reading.damage),
        "ack_p50_ms": _quantile(waits_ms, 0.5),
        "ack_p99_ms": _quantile(waits_ms, 0.99),
        "ack_max_ms": max(waits_ms),
        "cpu_share_of_a_core": round(cpu_s / took_s, 3),
        "pss_mib": memory,
        "bytes_per_event": round(n_bytes / n, 1),
    }


def _put(journal: Journal, put_at: deque[float], seconds: float, per_second: int) -> int:
    chance = random.Random(1)
    pool = [_event(chance) for _ in range(5000)]
    start, seq = time.perf_counter(), 0
    while (now := time.perf_counter() - start) < seconds:
        while seq < now * per_second:
            put_at.append(time.perf_counter())
            kind = pool[seq % len(pool)]
            event = RecordedEvent(seq, int(now * 1000), kind[0], kind[1], kind[2], kind[3], mark=kind[4], keys=kind[5])
            if not journal.put(event):
                put_at.pop()
            seq += 1
        time.sleep(TICK_S)
    return seq


def _event(chance: random.Random) -> tuple[str, str, str, str, int, int]:
    return (
        chance.choice(("focus", "input", "change", "blur", "click")),
        chance.choice(("crm", "billing.example:8443", "notes")),
        chance.choice(("/tickets/:id", "/invoices/:id/edit", "customer")),
        f"field-{chance.randrange(60)}",
        chance.randrange(1, 5000),
        chance.randrange(40),
    )


def _quantile(counts: Counter[int], share: float) -> int:
    rest = share * counts.total()
    for value in sorted(counts):
        rest -= counts[value]
        if rest <= 0:
            return value
    return max(counts)


def _pss_mib() -> float | None:
    rollup = Path("/proc/self/smaps_rollup")
    if not rollup.exists():
        return None
    line = next(line for line in rollup.read_text().splitlines() if line.startswith("Pss:"))
    return round(int(line.split()[1]) / 1024, 1)


if __name__ == "__main__":
    given = [float(text) for text in sys.argv[1:]]
    print(json.dumps(speed(given[0] if given else 60, int(given[1]) if len(given) > 1 else 10_000)))  # noqa: T201 - it says what it measured
