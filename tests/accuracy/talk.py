"""
What is saved beside talk: the agent's hands save it, the clock of the case does not.

    hands   |-- saved beside talk that went on anyway --|-- saved otherwise --|
    wall                                                |---------------------|
    masked  |-------------------------------------------|   the product leaves a part of the saving out for it: as much as this?
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec

from analysis.loading import LoadedStudy
from analysis.ranking import Ranking, rank_integrations
from tests.simulated import AgentSession, Office

__all__ = ["hands_on", "talk_facts", "talk_lines"]

Facts = dict[str, Any]
Line = tuple[str, str, str, bool, str]

TARGET: Final = 0.05


def talk_facts(office: Office, team: Sequence[AgentSession], loaded: LoadedStudy, ranking: Ranking, keys: Sequence[str]) -> list[Facts]:
    """
    The firm rows of a ranking, and all of them together, in seconds per case; nothing where nobody phones.

    Args:

        office: The office.

        team: Its agents' sessions.

        loaded: The study of them.

        ranking: Its ranking.

        keys: The key of each field of the study in the office, by code.

    Returns:

        For each row `wall` and `hands`, truly saved; `said`; and `everything`, said where talk is left out of account.
    """
    if not any(row.action == "call_start" for one in team for row in one.rows):
        return []
    deaf = rank_integrations(replace(loaded, thresholds=msgspec.structs.replace(loaded.thresholds, talk_share=1.0)))
    heard, unheard = _firm(ranking), _firm(deaf)
    targets = {name: {keys[code] for code in name[1]} for name in heard.keys() & unheard.keys()}
    facts = [{"all": False, **_fact(office, team, targets[name], heard[name], unheard[name])} for name in sorted(targets)]
    if ranking.total and deaf.total and heard.keys() == unheard.keys():
        said, everything = ranking.total.seconds, deaf.total.seconds
        facts.append({"all": True, **_fact(office, team, set().union(*targets.values()), said, everything)})
    return facts


def _firm(ranking: Ranking) -> dict[tuple[str, tuple[int, ...]], float]:
    """Seconds per case of each integration, by its kind and targets; anecdotes are out."""
    return {(row.integration.kind, row.integration.targets): row.seconds for row in ranking.rows if row.evidence != "anecdote"}


def _fact(office: Office, team: Sequence[AgentSession], keys: Collection[str], said: float, everything: float) -> Facts:
    targets = [office.fields[key] for key in sorted(keys) if key in office.fields]
    saved = [one.saving(targets) for one in team]
    n_cases = sum(one.n_cases for one in team)
    wall, hands = (sum(seconds) / n_cases for seconds in ((one.wall_s for one in saved), (one.hands_s for one in saved)))
    return {"wall": wall, "hands": hands, "said": said, "everything": everything}


def hands_on(worlds: Sequence[Facts]) -> str:
    """How far single savings would be off if talk were left out of account."""
    rows = [row for world in worlds for row in world.get("beside_talk", ()) if not row["all"] and row["wall"] > 0]
    return f"counting all hands-on {sum(row['everything'] / row['wall'] for row in rows) / len(rows) - 1:+.0%}" if rows else ""


def talk_lines(worlds: Sequence[Facts]) -> Iterator[Line]:
    """A line for single savings, and one for all of a world together."""
    rows = [row for world in worlds for row in world.get("beside_talk", ())]
    for together, name in ((False, "single savings"), (True, "all together")):
        own = [row for row in rows if row["all"] is together]
        if own:
            wall, hands, said, everything = (sum(row[part] for row in own) for part in ("wall", "hands", "said", "everything"))
            masked, left_out = (hands - wall) / hands, (everything - said) / everything
            off = masked - left_out
            yield (
                f"beside talk, {name} ({len(own)}): counted as wall-clock although masked", "within 5 %",
                f"{off:+.1%} of the hands-on saving (masked {masked:.1%}, left out {left_out:.1%})", abs(off) <= TARGET,
                f"counting all hands-on {masked:+.1%}",
            )  # fmt: skip
