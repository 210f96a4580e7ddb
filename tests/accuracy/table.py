"""The table: each figure with its target, whether it is met, and what a sensible person would have tried first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.accuracy.measures import calibration_error, errors, order_figures, pair_scores, total_errors
from tests.accuracy.pool import pool_lines
from tests.accuracy.segments import segment_lines
from tests.accuracy.signals import signal_lines
from tests.accuracy.talk import hands_on, talk_lines

__all__ = ["table"]

HEAD = """# How true the figures are

Written by `make truth`; do not edit by hand. Each seed draws an office of its own (`tests/simulated`), and what an integration truly saves is
the same cases worked on again without what it makes needless. Errors are against the truth of the same world, intervals against that of the
population its agents come from. Seeds under 100 were used for tuning, those from 1000 on only for this table. Seeds that do not look like real
work are refused. [What the figures mean, and their limits](method.md).

"""

Facts = dict[str, Any]
Line = tuple[str, str, str, bool, str]


def table(folder: Path) -> str:
    """Markdown of what the facts in a folder say; figures whose facts are missing are left out."""
    facts = {kind: _read(folder / f"{kind}.jsonl") for kind in ("worlds", "nothing", "aside", "calls", "pool", "teams", "segments")}
    lines: list[Line] = []
    if facts["worlds"]:
        lines += [*_of_worlds(facts["worlds"]), *signal_lines(facts["worlds"])]
    if nothing := facts["nothing"]:
        share = float(np.mean([bool(world["found"]) for world in nothing]))
        by_values = float(np.mean([bool(world["equal"]) for world in nothing]))
        lines.append(
            ("nothing entered twice: a pair accepted", "<= 5 % of worlds", f"{share:.0%}", share <= 0.05, f"equal values {by_values:.0%}")
        )
    if aside := facts["aside"]:
        right = float(np.mean([world["cases_right"] for world in aside]))
        lines.append(("cases put aside: events in their case", ">= 0.95", f"{right:.3f}", right >= 0.95, _by_gaps(aside)))
    if calls := facts["calls"]:
        wrong, bias, n = errors(calls)
        lines.append(
            (
                f"minutes saved beside calls, error of {n}",
                "bias within 5 %",
                f"{wrong:.1%}, bias {bias:+.1%}",
                abs(bias) <= 0.05,
                hands_on(calls),
            )
        )
        lines += talk_lines(calls)
    if facts["pool"]:
        lines += pool_lines(facts["pool"], facts["teams"])
    if facts["segments"]:
        lines += segment_lines(facts["segments"])
    missed = [name for name, _, _, met, _ in lines if not met]
    verdict = f"{len(lines) - len(missed)} of {len(lines)} targets are met." + (f" Missed: {'; '.join(missed)}." if missed else "")
    rows = "".join(f"| {name} | {target} | {said} | {'yes' if met else '**NO**'} | {other} |\n" for name, target, said, met, other in lines)
    return f"{HEAD}{verdict}\n\nMade from: {_counts(facts)}.\n\n| figure | target | measured | met | tried first |\n|---|---|---|---|---|\n{rows}"


def _counts(facts: dict[str, list[Facts]]) -> str:
    """How many of each kind there are, and of which seeds."""
    told = []
    for kind, found in facts.items():
        if found:
            seeds = [int(str(each["name"]).split("-")[0]) for each in found]
            told.append(f"{kind} {len(found)} (seeds {min(seeds)} to {max(seeds)})")
    return ", ".join(told)


def _of_worlds(worlds: list[Facts]) -> list[Line]:
    precision, recall, f1 = pair_scores(worlds)
    plain = pair_scores(worlds, "equal")
    wrong, bias, n = errors(worlds)
    order, loss = order_figures(worlds)
    counted, counted_loss = order_figures(worlds, "occurrences")
    calibrated = calibration_error(worlds)
    total_bias, near = total_errors(worlds)
    sum_bias, _ = total_errors(worlds, "sum")
    right = float(np.mean([world["cases_right"] for world in worlds]))
    others = ", ".join(
        f"{name} {errors(worlds, column)[0]:.0%}" for name, column in (("all saved", "everything"), ("model alone", "model"))
    )
    return [
        ("re-entry F1", ">= 0.92", f"{f1:.3f} (recall {recall:.3f})", f1 >= 0.92, f"equal values {plain[2]:.2f}"),
        ("re-entry precision", ">= 0.95", f"{precision:.3f}", precision >= 0.95, f"equal values {plain[0]:.2f}"),
        (f"minutes saved, mean error of {n}", "<= 15 %", f"{wrong:.1%}", wrong <= 0.15, others),
        ("minutes saved, bias", "within 5 %", f"{bias:+.1%}", abs(bias) <= 0.05, f"all saved {errors(worlds, 'everything')[1]:+.0%}"),
        ("order, NDCG@5", ">= 0.95", f"{order:.3f}", order >= 0.95, f"count of occurrences {counted:.3f}"),
        ("first choice, true loss", "<= 5 %", f"{loss:.1%}", loss <= 0.05, f"count of occurrences {counted_loss:.1%}"),
        ("chance of the top five, calibration error", "<= 0.05", f"{calibrated:.3f}", calibrated <= 0.05, f"sure of the first five {calibration_error(worlds, sure=True):.2f}"),
        ("total of all, bias", "within 10 %", f"{total_bias:+.1%}, {near:.0%} of worlds within 10 %", abs(total_bias) <= 0.1, f"sum of parts {sum_bias:+.0%}"),
        ("events in their case", ">= 0.95", f"{right:.3f}", right >= 0.95, _by_gaps(worlds)),
    ]  # fmt: skip


def _by_gaps(worlds: list[Facts]) -> str:
    return f"cut at gaps over 30 s {float(np.mean([world['cases_by_gaps'] for world in worlds])):.2f}"


def _read(path: Path) -> list[Facts]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []
