"""
The analysis in plain words: a name for each of its assumptions and units, a sentence for each of its codes.

The tables are in English, which is the msgid; `shadow.report.texts` says them in the reader's language.
"""

from __future__ import annotations

from typing import Final

__all__ = ["MESSAGES", "N_", "TERMS"]


def N_(sentence: str) -> str:  # noqa: N802  the mark that gettext looks for
    """A sentence that is translated later, where it is used."""
    return sentence


# Names of assumptions and of units, as the analysis writes them.
TERMS: Final = {
    "gap_drop_ms": N_("A longer gap without any event counts for nothing"),
    "unattributed_ms": N_("In a longer gap nobody knows what was done, so nothing is said to save it"),
    "glance_s": N_("A glance at what was filled in"),
    "trip_s": N_("A field carried over by hand at pace 1"),
    "bit_s": N_("A longer way for the pointer, each doubling"),
    "redo_share": N_("Filled in wrongly and done again by hand"),
    "min_agents": N_("Fewer agents make an anecdote"),
    "min_occurrences": N_("Fewer occurrences make an anecdote"),
    "switch_s": N_("A change of application, where none was measured"),
    "switch_sd_ln": N_("How far an agent's cost of a change may be from that"),
    "winsor": N_("Longer times are pulled in to this share of all"),
    "warm_up_cases": N_("An agent's first cases, in which the work or being observed was new"),
    "talk_share": N_("Share of what is saved while talking that shortens the case, where the talk outlasted the work"),
    "talk_slack_ms": N_("A call that went on for longer after the last act outlasted the work"),
    "model_sd_ln": N_("How far a saving may be off beside the choice of agents"),
    "klm_sd_ln": N_("How far the keystroke-level model may be off"),
    "rare_df": N_("A value in a larger share of the cases proves no re-entry"),
    "effect_min": N_("Agreement above chance that makes a re-entry"),
    "q_max": N_("Share of false pairs that is accepted"),
    "min_pair_cases": N_("Fewest cases for a pair of fields"),
    "const_share": N_("A field with the same value more often than this may get a default value"),
    "direction_share": N_("Cases in which the source was read first"),
    "passed_over_share": N_("A field passed over at least this often may be moved"),
    "never_touched_share": N_("A field never touched at least this often may be removed"),
    "never_touched_min_cases": N_("Fewest cases before a field may be removed"),
    "repeat_click_n": N_("Clicks that make a burst"),
    "dead_click_ms": N_("A click without any effect for this long is dead"),
    "ms": N_("ms"),
    "s": N_("s"),
    "px": N_("px"),
    "cases": N_("cases"),
    "agents": N_("agents"),
    "occurrences": N_("occurrences"),
    "clicks": N_("clicks"),
    "minutes": N_("minutes"),
    "days": N_("days"),
    "ln": N_("spread of the logarithm"),
}

# Sentences for what the analysis says, by its code; `Words.message` fills in the numbers.
MESSAGES: Final = {
    "events_in_no_case": N_("{loose} of {events} events ({loose_share}) belong to no case and are left out."),
    "no_cases": N_("No case was found. The action that completes a case can be named in study.toml, under [cases] completion."),
    "few_agents": N_("A ranking needs {needed} agents and this study has {agents}, so what was seen is told as anecdotes."),
    "no_values": N_("The logs show no values, so values that are typed again cannot be seen."),
    "warm_up_left_out": N_("Cases from the agents' first days are left out of the savings: the work, or being observed, was new."),
    "warm_up_kept": N_(
        "The agents were new to being observed. Too few cases would be left without their first, so they count: savings may be overstated."
    ),
    "gap_sensitivity": N_("The total changes by more than a tenth with how long a gap counts as work; the table above shows it."),
    "beside_talk": N_("In calls that outlasted the work a saving while talking does not shorten the case, so it does not count."),
    "model_conflict": N_(
        "For some rows the times seen and the keystroke-level model contradict each other: look at the work before building."
    ),
    "not_apart": N_("Some neighbouring rows of the ranking cannot be told apart: either may save more."),
    "workaround": N_("An application serves as a memory between two systems; the section on workarounds says which."),
    "dead_clicks": N_("Clicks without effect are not measured where the log shows no reactions of a system."),
    "never_touched": N_("Fields that were never touched cannot be seen: the logs do not say which fields a form has."),
    "no_call_state": N_("The log does not say when the agents were on the telephone."),
    "no_keys": N_("The logs do not count keys, so the least a saving can be is told from clicks alone."),
    "system_wait": N_("Waiting for a system is part of the times shown; the logs do not tell it apart."),
}
