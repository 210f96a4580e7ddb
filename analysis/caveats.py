"""What a reader must know beside the rows: each a code and a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from analysis.loading import LoadedStudy
    from analysis.ranking import Ranking

__all__ = ["ranking_caveats", "study_caveats"]

Row = dict[str, Any]

# A total that moves more than this with the longest gap that counts rests on that choice.
STEADY: Final = 0.10


def study_caveats(loaded: LoadedStudy, counts: dict[str, int]) -> list[Row]:
    """What holds for every document of a study; `counts` are its sessions, agents, cases and events."""
    found: list[Row] = []
    nowhere = counts["events"] - loaded.sums.totals["events_in_case"]
    if nowhere:
        share = nowhere / max(1, counts["events"])
        found.append(
            _caveat("events_in_no_case", f"{nowhere} of {counts['events']} events ({share:.0%}) belong to no case and are left out")
        )
    if counts["cases"] == 0:
        found.append(_caveat("no_cases", "no case was found: name the action that completes a case in study.toml, [cases] completion"))
    if counts["agents"] < loaded.thresholds.min_agents:
        found.append(
            _caveat("few_agents", f"{counts['agents']} of the {loaded.thresholds.min_agents} agents that a ranking needs: anecdotes")
        )
    if counts["events"] and not any(header.n_tokens for header in loaded.study.catalogue.sessions):
        found.append(_caveat("no_values", "the logs show no values, so typed re-entry cannot be seen"))
    return found


def ranking_caveats(ranking: Ranking) -> list[Row]:
    """What holds for the ranking: who was new to it, what rests on the gap rule or the model, which rows cannot be told apart."""
    found = [*_newness(ranking), *_gaps(ranking)]
    if any(assumption.name == "talk_share" for row in ranking.rows for assumption in row.assumptions):
        found.append(
            _caveat("beside_talk", "what is saved while talking in calls that outlasted the work shortens no case, and does not count")
        )
    odd = [str(place) for place, row in enumerate(ranking.rows, start=1) if row.conflict]
    if odd:
        rows = f"row {odd[0]}" if len(odd) == 1 else f"rows {', '.join(odd)}"
        reason = "the times seen and the keystroke-level model contradict each other; look at the work itself before building"
        found.append(_caveat("model_conflict", f"{rows}: {reason}"))
    found += [
        _caveat("not_apart", f"rows {row + 1} and {below + 1} cannot be told apart: either may save more") for row, below in ranking.tied
    ]
    return [*found, *_workarounds(ranking)]


def _newness(ranking: Ranking) -> list[Row]:
    cases = ranking.cases
    if cases.n_left_out:
        return [_caveat("warm_up_left_out", f"{cases.n_left_out} cases from the agents' first days are left out of the savings")]
    if cases.n_new:
        reason = "too few would be left without them, so they count: savings may be overstated"
        return [_caveat("warm_up_kept", f"{cases.n_new} cases are from the agents' first days of being observed; {reason}")]
    return []


def _gaps(ranking: Ranking) -> list[Row]:
    seconds = [value for value in ranking.by_gap.values() if value > 0]
    if not seconds or max(seconds) <= (1 + STEADY) * min(seconds):
        return []
    told = ", ".join(f"{value / 60:.2f} min with gaps up to {gap} s" for gap, value in ranking.by_gap.items())
    return [_caveat("gap_sensitivity", f"the total rests on how long a gap counts as work: {told}")]


def _workarounds(ranking: Ranking) -> list[Row]:
    """Each application that serves as a memory: what an integration would have to do is asked of those who keep it."""
    found = []
    for workaround in ranking.workarounds:
        memory, source, target = (side[0]["app"] for side in (workaround.memory, workaround.sources, workaround.targets))
        seen = f"{workaround.n_occurrences} times in {workaround.n_cases} cases"
        found.append(_caveat("workaround", f"{memory} serves as a memory between {source} and {target}, {seen}: ask what it is for"))
    return found


def _caveat(code: str, message: str) -> Row:
    return {"code": code, "message": message}
